"""sample.csv: the cases of a draw, written and read side by side.

It is the lead's, who may not learn from it who a case is. Whoever has the frame can redo the draw and
knows everybody's rank, so no rank stands beside a case of the sample: within a stratum cases stand in
the order of their random codes, and clusters bear random numbers. Only a case of the reserve has its
rank, by which it is released (`releases.py`). The crosswalk (`crosswalk.py`), for the custodian, holds
the rest.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from export.drawing import releases
from export.drawing.drawn import Draw, Selected
from export.drawing.folder import CERTIFICATE, COMMITMENT, CROSSWALK, SAMPLE
from export.study import Study
from surveys.language import _
from surveys.problems import Refusal

COLUMNS = ("case", "stratum", "N_h", "n_h", "order", "status")
CLUSTER_COLUMNS = (
    "cluster",
    "N_i",
    "n_i",
)  # only where clusters were drawn: N_h and n_h count them
_IN_STAGES = "two_stages"  # the method whose reserve is within each cluster, not within the stratum

_NEXT = -1  # the number of a batch that is not written yet
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")  # as it is written; nobody draws from a thousand million

_Counts = tuple[object, object, object, object]  # stratum, N_h, n_h, in reserve


@dataclass(frozen=True, slots=True)
class DrawnCase:
    """One line of sample.csv: a case, where it was drawn from, and its rank in the reserve.

    `population` is N_h: the people of the stratum, or its clusters where clusters were drawn; then
    `cluster` is the number of the case's cluster and `people` N_i, all who are there. `cell` is the
    stratum (or, where people were drawn within clusters, the cluster) in which `order` counts tickets
    from 1, the sample first; `order` is None for the sample itself. `batch` is 0 for the sample, k for
    the k-th batch released from the reserve, None while in reserve.
    """

    case: str
    stratum: int
    population: int
    is_released: bool
    order: int | None = None
    cluster: int | None = None
    people: int | None = None
    cell: int = 0
    batch: int | None = 0


def base_weights(sample: Mapping[str, DrawnCase]) -> dict[str, float]:
    """Return how many people each released case stands for: N_h/n_h, times N_i/n_i in a cluster.

    Cases released from the reserve count as drawn.
    """
    released = [one for one in sample.values() if one.is_released]
    units: defaultdict[int, set[object]] = defaultdict(set)  # what was drawn from each stratum
    for one in released:
        units[one.stratum].add(one.case if one.cluster is None else one.cluster)
    people = Counter(one.cluster for one in released)
    return {
        one.case: one.population
        / len(units[one.stratum])
        * (1.0 if one.people is None else one.people / people[one.cluster])
        for one in released
    }


# --- written ----------------------------------------------------------------------------------


def sample_csv(drawn: Draw, codes: Sequence[str]) -> str:
    """Return sample.csv: one line per person drawn, under its case code; no frame id, no cluster's.

    `codes` are random and given in the order of `drawn.selected`.
    """
    lines: list[tuple[str, int, int, int, int | str, str, *tuple[int, ...]]] = []
    for code, person in under_codes(drawn, codes):
        stratum, cluster = person.stratum, person.cluster
        order = "" if person.status == "released" else person.order
        more = () if cluster is None else (cluster.number, cluster.population, cluster.drawn)
        lines.append(
            (code, stratum.number, stratum.population, stratum.drawn, order, person.status, *more)
        )
    lines.sort(key=lambda line: (line[1], line[0]))
    has_clusters = any(person.cluster is not None for person in drawn.selected)
    text = io.StringIO(newline="")
    heading = (*COLUMNS, *CLUSTER_COLUMNS) if has_clusters else COLUMNS
    csv.writer(text, lineterminator="\n").writerows([heading, *lines])
    return text.getvalue()


def under_codes(drawn: Draw, codes: Sequence[str]) -> Iterator[tuple[str, Selected]]:
    """Yield each person drawn under a case code; ValueError unless each has one of its own."""
    if len(codes) != len(drawn.selected) or len(set(codes)) != len(codes) or not all(codes):
        raise ValueError("one case code, not blank, for each person drawn, each once")
    yield from zip(codes, drawn.selected, strict=True)


def sample_hash(content: bytes) -> str:
    """Return the SHA-256 of sample.csv, as the certificate gives it."""
    return hashlib.sha256(content).hexdigest()


# --- read -------------------------------------------------------------------------------------


def read_sample(study: Study) -> dict[str, DrawnCase] | None:
    """Return the sample by case, with what was released since; None where nothing was drawn.

    Raises Refusal where the file is missing from a study that has a certificate or a crosswalk, has
    no certificate beside it, is not the one the certificate was made with, or where that certificate
    is of a draw that this study did not commit to.
    """
    found = _as_drawn(study)
    if found is None:
        return None
    for number, batch in enumerate(releases.read(study), start=1):
        found = _released(found, number, batch)
    return {one.case: one for one in found}


def newly_released(sample: Iterable[DrawnCase], batch: releases.Batch) -> int:
    """Return how many cases a batch will release."""
    return sum(one.batch == _NEXT for one in _released(tuple(sample), _NEXT, batch))


def _released(
    sample: Sequence[DrawnCase], number: int, batch: releases.Batch
) -> tuple[DrawnCase, ...]:
    """Return the sample with a batch released: in each cell the next ranks of the reserve."""
    ranks: defaultdict[int, set[int]] = defaultdict(set)
    for one in sample:
        if one.order is not None and not one.is_released:
            ranks[one.cell].add(one.order)
    last = {}  # the last rank that is released in each cell
    for cell, count in batch.released.items():
        if len(ranks[cell]) < count:
            raise releases.unfitting(number)
        last[cell] = sorted(ranks[cell])[count - 1]
    return tuple(
        replace(one, is_released=True, batch=number)
        if not one.is_released and one.order is not None and one.order <= last.get(one.cell, 0)
        else one
        for one in sample
    )


def _as_drawn(study: Study) -> tuple[DrawnCase, ...] | None:
    path = study.draw / SAMPLE
    certificate = study.draw / CERTIFICATE
    if not path.exists():
        if certificate.exists() or (study.draw / CROSSWALK).exists():
            raise Refusal(
                _("{path}: is missing, and a sample was drawn; restore it from a copy").format(
                    path=path
                )
            )
        return None
    expected = _certified(certificate)
    commitment = study.draw / COMMITMENT
    if commitment.exists() and _is_of_another(expected, _certified(commitment)):
        raise Refusal(
            _(
                "{path}: is of another draw than the one this study committed to; restore the folder "
                "draw from a copy"
            ).format(path=certificate)
        )
    try:
        content = path.read_bytes()
        heading, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
        is_staged = _method(expected) == _IN_STAGES
        drawn = tuple(_drawn(row, tuple(heading), is_staged=is_staged) for row in rows)
        wanted = {(_number(row[1]), _number(row[2])): _number(row[3]) for row in rows}
    except (OSError, ValueError, IndexError, csv.Error) as error:
        raise _damaged(path) from error
    if (
        len({one.case for one in drawn}) != len(drawn)
        or expected.get("sample_hash") != sample_hash(content)
        or _counted(drawn, wanted, is_staged=is_staged) != _strata(expected.get("strata"))
    ):
        raise _damaged(path)
    return drawn


def _drawn(row: Sequence[str], heading: tuple[str, ...], *, is_staged: bool) -> DrawnCase:
    if heading not in {COLUMNS, (*COLUMNS, *CLUSTER_COLUMNS)} or len(row) != len(heading):
        raise ValueError
    case, stratum, population, _n, order, status, *more = row
    if status not in {"released", "reserve"} or (status == "released") != (not order):
        raise ValueError
    cluster, people = (_number(more[0]), _number(more[1])) if more else (None, None)
    return DrawnCase(
        case,
        _number(stratum),
        _number(population),
        status == "released",
        _number(order) if order else None,
        cluster,
        people,
        cell=cluster if is_staged and cluster is not None else _number(stratum),
        batch=0 if status == "released" else None,
    )


def _number(text: str) -> int:
    """Return a number of 1 or more, as a draw writes it; ValueError for any other text."""
    if not _NUMBER.fullmatch(text):
        raise ValueError
    return int(text)


def _is_of_another(certificate: Mapping[str, object], committed: Mapping[str, object]) -> bool:
    keys = ("commitment", "frame_hash", "design")
    return any(certificate.get(key) != committed.get(key) for key in keys)


def _certified(path: Path) -> Mapping[str, object]:
    """Return the certificate of the draw, or its commitment; Refusal where it cannot be read."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _uncertified(path) from error
    if not isinstance(found, dict):
        raise _uncertified(path)
    return found


def _method(certificate: Mapping[str, object]) -> object:
    design = certificate.get("design")
    return design.get("method") if isinstance(design, dict) else None


def _counted(
    drawn: Sequence[DrawnCase], wanted: Mapping[tuple[int, int], int], *, is_staged: bool
) -> set[_Counts]:
    """Return stratum, N_h, n_h and how many are in reserve, as the lines say; empty unless n_h hold.

    They count people, or clusters where clusters were drawn. The reserve within clusters is none of
    the stratum's.
    """
    released: defaultdict[tuple[int, int], set[object]] = defaultdict(set)
    reserve: defaultdict[tuple[int, int], set[object]] = defaultdict(set)
    for one in drawn:
        place = one.stratum, one.population
        unit = one.case if one.cluster is None else one.cluster
        if one.is_released:
            released[place].add(unit)
        elif not is_staged:
            reserve[place].add(unit)
    if any(len(released[place]) != n for place, n in wanted.items()):
        return set()
    return {(*place, n, len(reserve[place])) for place, n in wanted.items()}


def _strata(given: object) -> set[_Counts]:
    """Return the same of the certificate's strata. Empty if it has none."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        return set()
    numbers = [tuple(one.get(key) for key in ("stratum", "N_h", "n_h", "reserve")) for one in given]
    if not all(type(value) is int for values in numbers for value in values):
        return set()
    return {(a, b, c, d) for a, b, c, d in numbers}


def _damaged(path: Path) -> Refusal:
    return Refusal(
        _("{path}: is not the sample as it was drawn; restore it from a copy").format(path=path)
    )


def _uncertified(path: Path) -> Refusal:
    return Refusal(
        _("{path}: is missing or cannot be read; restore the sample's certificate").format(
            path=path
        )
    )
