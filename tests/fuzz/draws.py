"""A draw by every method from one frame, its certificate and its sample: the seeds of campaigns."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from export import ledger
from export.drawing import frame, releases
from export.drawing.certificate import certificate
from export.drawing.draw import draw
from export.drawing.drawn import Design, Draw, Unit
from export.drawing.sample import CLUSTER_COLUMNS, COLUMNS, sample_csv, sample_hash
from export.drawing.tickets import beacon_bytes, beacon_kind, commitment, seed_of
from export.study import Study
from tests.fuzz import corpus, forge
from tests.fuzz.forge import as_json

SALT = forge.secret("salt")
BEACON = "hex:00ff"
_MOST_BATCHES = 20
_ANNOUNCED = "the lottery of 4 December"
DESIGNS: Mapping[str, Design] = {
    "simple": Design(method="simple", announced=_ANNOUNCED, size=12, reserve=3),
    "stratified": Design(
        method="stratified",
        announced=_ANNOUNCED,
        fraction=Fraction(2, 5),
        reserve=6,
        similarity=(1, 3, 2),
    ),
    "neyman": Design(
        method="stratified",
        announced=_ANNOUNCED,
        size=15,
        allocation="neyman",
        spread=(Fraction(1), Fraction(2), Fraction(1, 2)),
    ),
    "equal": Design(
        method="stratified", announced=_ANNOUNCED, size=15, allocation="equal", least=3, most=9
    ),
    "systematic": Design(method="systematic", announced=_ANNOUNCED, size=12, reserve=3),
    "clusters": Design(method="clusters", announced=_ANNOUNCED, size=6, reserve=3),
    "two_stages": Design(method="two_stages", announced=_ANNOUNCED, size=6, take=3, reserve=1),
}


@cache
def people() -> frame.Frame:
    """Return a frame: sixty people in twelve hotels in three zones."""
    return frame.from_units(
        Unit(f"P{at:03}", f"Z{at % 3}", f"H{at % 12}", str(at % 7)) for at in range(60)
    )


@cache
def drawn(name: str) -> Draw:
    """Return the draw by a design."""
    return draw(people(), SALT, DESIGNS[name], BEACON)


@cache
def sample(name: str) -> tuple[bytes, dict[str, Any]]:
    """Return sample.csv of a draw, and the certificate that is of it."""
    found = drawn(name)
    content = sample_csv(found, cases(len(found.selected))).encode()
    return content, certificate(found, SALT, "a gazette", sample_hash(content))


def cases(count: int) -> list[str]:
    """Return codes for that many cases; the first is that of `corpus.made`."""
    return ["K7Q2-M4T9", *(f"CASE-{number:03}" for number in range(1, count))]


# --- made to agree --------------------------------------------------------------------------------


def agreeing(value: Any) -> dict[str, Any]:
    """Return a certificate whose own hashes are those of its design and its beacon, whatever they are."""
    design = json.dumps(
        value["design"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    hashed = drawn("simple").frame_hash
    digest = bytes.fromhex(sample_hash(design))
    return dict(value) | {
        "frame_hash": hashed.hex(),
        "design_hash": digest.hex(),
        "commitment": commitment(hashed, digest).hex(),
        "beacon_kind": beacon_kind(value["beacon"]),
        "seed": seed_of(hashed, beacon_bytes(value["beacon"])).hex(),
    }


def commitment_of(name: str) -> bytes:
    """Return the commitment to a design, as the study keeps it."""
    _table, value = sample(name)
    return as_json({key: value[key] for key in ("commitment", "frame_hash", "design")})


def commit(study: Study, name: str) -> None:
    """Have a study be committed to a design."""
    study.draw.mkdir(exist_ok=True)
    (study.draw / "commitment.json").write_bytes(commitment_of(name))


def sample_value(name: str) -> dict[str, Any]:
    """Return the lines of a sample, to be spoiled, and two batches of its reserve."""
    _heading, *rows = csv.reader(io.StringIO(sample(name)[0].decode()))
    cell = CLUSTER_COLUMNS[0] if name == "two_stages" else "stratum"
    numbers = [row[(*COLUMNS, *CLUSTER_COLUMNS).index(cell)] for row in rows if row[4]]
    batches = [batch_value({number: 1}) for number in dict.fromkeys(numbers)]
    return {"method": DESIGNS[name].method, "rows": rows, "batches": batches[:2]}


def put_sample(study: Study, value: Any) -> None:
    """Have a study hold the sample of a value, a certificate that is of it, and its batches noted.

    n_h is as many as the lines have released, and the certificate's strata are those of the lines.
    Raises ValueError for very many batches: each is a file, and a line of the ledger.
    """
    if len(value["batches"]) > _MOST_BATCHES:
        raise ValueError
    rows = [list(row) for row in value["rows"]]
    is_clustered = any(len(row) > len(COLUMNS) for row in rows)
    released, reserve = _units(rows, "released"), _units(rows, "reserve")
    strata = []
    for row in rows:
        place = (row[1], row[2])
        row[3] = len(released[place])
        left = 0 if value["method"] == "two_stages" else len(reserve[place])
        stratum = {"stratum": int(row[1]), "N_h": int(row[2]), "n_h": row[3], "reserve": left}
        strata += [] if stratum in strata else [stratum]
    text = io.StringIO(newline="")
    heading = (*COLUMNS, *CLUSTER_COLUMNS) if is_clustered else COLUMNS
    csv.writer(text, lineterminator="\n").writerows([heading, *rows])
    content = text.getvalue().encode("utf-8", "surrogatepass")
    design = {"method": value["method"]}
    certified = {"design": design, "strata": strata, "sample_hash": sample_hash(content)}
    put_files(study, content, as_json(certified))
    begin(study)
    for batch in value["batches"]:
        note_batch(study, as_json(batch))


def _units(rows: list[list[Any]], status: str) -> Mapping[tuple[Any, Any], set[Any]]:
    """Return by stratum and N_h the cases, or the clusters, whose lines have a status."""
    found: defaultdict[tuple[Any, Any], set[Any]] = defaultdict(set)
    for row in rows:
        if row[5] == status:
            found[row[1], row[2]].add(row[6] if len(row) > len(COLUMNS) else row[0])
    return found


def put_files(study: Study, table: bytes, certified: bytes) -> None:
    """Have a study hold these files of a draw, and no batch."""
    corpus.as_it_was(study.folder, "draw")
    study.draw.mkdir()
    (study.draw / "sample.csv").write_bytes(table)
    (study.draw / "certificate.json").write_bytes(certified)


def begin(study: Study) -> None:
    """Have a study's ledger begin anew."""
    corpus.as_it_was(study.folder, "ledger", ".ledger.lock")
    corpus.found(study)


def batch_value(released: Mapping[str, int]) -> dict[str, Any]:
    """Return a batch of the reserve, to be spoiled."""
    return {
        "format": releases.FORMAT,
        "time": "2022-05-01T12:00:00+00:00",
        "reason": "few answered",
        "released": dict(released),
    }


def note_batch(study: Study, content: bytes) -> None:
    """Write a batch of the reserve, whatever it holds, as the next one, and note it in the ledger."""
    number = 1 + len(list(study.draw.glob("release-*.json")))
    (study.draw / f"release-{number}.json").write_bytes(content)
    hashed = sample_hash(content)
    now = corpus.NOW
    ledger.append(
        study.ledger, "release", "few answered", 1, key=forge.LEAD, sha256=hashed, now=now
    )
