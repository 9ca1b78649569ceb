"""The dataset: a zip of tables, codebook and README, made in memory for whoever seals it.

Nothing readable touches a disk. One set of rows in one order gives the same bytes every time.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import ledger
from export.datasets import codebook, csv, parquet, readme
from export.datasets.archive import zipped
from export.respondents.part import Part
from export.respondents.responses import Responses
from export.respondents.table import Tables, shuffled, tables
from export.respondents.weight import Respondents
from export.study import Study
from interviewer import age
from interviewer.files import write_durably

# What is to lie beside the tables made of some respondents: files by name, from the prefix of names.
Beside = Callable[[Tables, Respondents, str], Mapping[str, bytes]]


def build(
    given: Responses,
    people: Respondents,
    chance: random.Random,
    language: str,
    *,
    part: Part | None = None,
    with_texts: bool = False,
    beside: Beside | None = None,
) -> bytes:
    """Return the dataset of some respondents as a zip, not yet sealed.

    `people` are those of `given`, or a part of them that `part` describes. `chance` orders the rows.
    `beside` makes the files that lie beside the tables, from these and the respondents in their order.
    """
    mixed = shuffled(people, chance)
    made = tables(given.found.instrument, mixed.people, mixed.ineligible, with_texts=with_texts)
    prefix = "simulated-" if given.study.is_practice else ""
    members = {f"{prefix}{name}": content for name, content in _files(made)}
    described = codebook.Described(
        given.found.instrument,
        {column for frame in (made.main, *made.repeats.values()) for column in frame.columns},
        made.design,
        given.study.is_practice,
    )
    members[f"{prefix}codebook.md"] = codebook.written(described, language)
    if beside is not None:
        members |= beside(made, mixed, prefix)
    told = readme.written(given, made, [*members], part, language)
    return zipped({"README.md": told, **members})


def sealed(content: bytes, recipient: age.Recipient) -> bytes:
    """Return the dataset sealed to its reader's key, or under a passphrase."""
    return age.seal(content, [recipient])


def write(
    study: Study,
    instrument: str,
    rows: int,
    content: bytes,
    out: Path,
    *,
    key: Ed25519PrivateKey,
    now: datetime,
) -> str:
    """Note the export in the study's ledger, write the sealed dataset, and return its SHA-256.

    `key` signs in the ledger, which comes first: a dataset that was never noted must not exist.
    """
    digest = hashlib.sha256(content).hexdigest()
    ledger.append(study.ledger, "export", instrument, rows, key=key, sha256=digest, now=now)
    write_durably(out, content, mode=0o644)
    return digest


def _files(made: Tables) -> Iterator[tuple[str, bytes]]:
    for stem, frame in (
        ("data", made.main),
        *((f"data-{name}", frame) for name, frame in made.repeats.items()),
    ):
        yield f"{stem}.csv", csv.written(frame)
        yield f"{stem}.parquet", parquet.written(frame)
