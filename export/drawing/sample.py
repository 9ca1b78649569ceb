"""sample.csv: the cases of a draw, written and read side by side.

It is the lead's, who may not learn from it who a case is. Whoever has the frame can redo the draw and
knows everybody's rank, so no rank stands beside a case of the sample: within a stratum cases stand in
the order of their random codes. Only a case of the reserve has its rank, by which it is released.
The crosswalk (`crosswalk.py`), for the custodian, holds the rest.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from export.drawing.draw import Draw, Selected
from export.study import Study
from surveys.language import _
from surveys.problems import Refusal

COLUMNS = ("case", "stratum", "N_h", "n_h", "order", "status")

_Counts = tuple[object, object, object, object, object]  # stratum, N_h, n_h, released, reserve


@dataclass(frozen=True, slots=True)
class DrawnCase:
    """One line of sample.csv: a case, its stratum, N_h, and its rank in the reserve.

    `order` counts tickets within the stratum from 1, the sample first; None where released.
    """

    case: str
    stratum: int
    population: int
    is_released: bool
    order: int | None = None


# --- written ----------------------------------------------------------------------------------


def sample_csv(drawn: Draw, codes: Sequence[str]) -> str:
    """Return sample.csv: one line per person drawn, under its case code; no frame id, no cluster.

    `codes` are random and given in the order of `drawn.selected`.
    """
    lines: list[tuple[str, int, int, int, int | str, str]] = []
    for code, person in under_codes(drawn, codes):
        stratum = person.stratum
        order = "" if person.status == "released" else person.order
        lines.append(
            (code, stratum.number, stratum.population, stratum.drawn, order, person.status)
        )
    lines.sort(key=lambda line: (line[1], line[0]))
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *lines])
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
    """Return the sample by case, None where nothing was drawn.

    Raises Refusal where the file is missing from a study that has a certificate or a crosswalk, has
    no certificate beside it, or is not the one the certificate was made with.
    """
    path = study.draw / "sample.csv"
    certificate = study.draw / "certificate.json"
    if not path.exists():
        if certificate.exists() or (study.draw / "crosswalk.age").exists():
            raise Refusal(
                _("{path}: is missing, and a sample was drawn; restore it from a copy").format(
                    path=path
                )
            )
        return None
    try:
        content = path.read_bytes()
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
        drawn = [_drawn(row) for row in rows[1:]]
        counts = {int(row[1]): int(row[3]) for row in rows[1:]}
        is_good = tuple(rows[0]) == COLUMNS
    except (OSError, ValueError, IndexError, csv.Error) as error:
        raise _damaged(path) from error
    found = {one.case: one for one in drawn}
    expected = _certified(certificate)
    if (
        not is_good
        or len(found) != len(drawn)
        or expected.get("sample_hash") != sample_hash(content)
        or _strata(expected.get("strata")) != _counted(drawn, counts)
    ):
        raise _damaged(path)
    return found


def _drawn(row: Sequence[str]) -> DrawnCase:
    case, stratum, population, _n, order, status = row
    if status not in {"released", "reserve"} or (status == "released") != (not order):
        raise ValueError
    return DrawnCase(
        case, int(stratum), int(population), status == "released", int(order) if order else None
    )


def _certified(path: Path) -> Mapping[str, object]:
    """Return the certificate of the draw; Refusal where it is not there or cannot be read."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _uncertified(path) from error
    if not isinstance(found, dict):
        raise _uncertified(path)
    return found


def _counted(drawn: Sequence[DrawnCase], wanted: Mapping[int, int]) -> set[_Counts]:
    """Return stratum, N_h, n_h and how many cases are released and in reserve, as the lines say."""
    strata = {(one.stratum, one.population) for one in drawn}
    return {
        (
            number,
            population,
            wanted[number],
            sum(one.is_released for one in drawn if one.stratum == number),
            sum(not one.is_released for one in drawn if one.stratum == number),
        )
        for number, population in strata
    }


def _strata(given: object) -> set[_Counts]:
    """Return the same of the certificate's strata: n_h cases are released. Empty if it has none."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        return set()
    keys = ("stratum", "N_h", "n_h", "n_h", "reserve")
    numbers = [[one.get(key) for key in keys] for one in given]
    if not all(type(value) is int for values in numbers for value in values):
        return set()
    return {(a, b, c, d, e) for a, b, c, d, e in numbers}


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
