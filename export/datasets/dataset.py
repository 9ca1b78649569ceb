"""The dataset: a zip of tables, codebook and README, sealed to its reader as it is written.

Nothing readable touches a disk. CSV and Parquet are written some rows at a time, however many there are;
the other formats need their table whole. One set of rows in one order gives the same files every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

import polars as pl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import ledger
from export.datasets import codebook, codebook_html, csv, ddi, ddi_study, parquet, readme
from export.datasets.archive import Member, member, write_zip
from export.datasets.book import Book
from export.datasets.described import sheets
from export.datasets.formats import FORMATS
from export.datasets.frequencies import figures
from export.disclosure.gate import Assessment
from export.disclosure.treatment import Treatment, applied
from export.respondents.changes import changes
from export.respondents.part import Part
from export.respondents.responses import Responses
from export.respondents.table import Compact, Tables
from export.respondents.versions import merged
from export.respondents.weight import Respondents
from export.study import Study
from interviewer import age
from interviewer.files import writing_durably

ROWS = 4096  # of a table, in memory as they leave
_IN_PARTS = frozenset({"csv", "parquet", "ddi"})  # formats that need no table whole
USUAL = ("csv", "parquet")  # formats where none is asked for
_CODED = frozenset({"sav", "dta", "r", "stata", "spss"})  # in which values are numbers

# What is to lie beside the tables made of some respondents: files by name, from the prefix of names.
# The tables have all columns, and the first rows alone.
Beside = Callable[[Tables, Respondents, str], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What goes into a dataset: respondents in their order, their tables, what the gate said of them.

    `people` are those of `given`, or a part of them that `part` describes. `beside` makes the files that
    lie beside the tables, from these and the respondents.
    """

    given: Responses
    people: Respondents
    held: Compact
    assessment: Assessment
    formats: Sequence[str] = USUAL
    part: Part | None = None
    beside: Beside | None = None

    @property
    def prefix(self) -> str:
        """What the names of files begin with: those of a practice study say what they are."""
        return "simulated-" if self.given.study.is_practice else ""

    def tables(self, given: Tables) -> Tables:
        """Return tables, or some of their rows, as they leave."""
        return applied(given, self.assessment.treatment)


def members(what: Contents, language: str) -> tuple[Member, ...]:
    """Return the files of a dataset; `language` is that of questions and values where there is a choice.

    What they are written from is the tables held: no respondent, and no record.
    """
    instrument = what.assessment.treatment.described
    first = what.tables(next(what.held.slices(ROWS)))
    is_whole = not _IN_PARTS.issuperset(what.formats)
    versions = what.given.versions
    book = Book(
        instrument,
        sheets(instrument, what.tables(what.held.tables()) if is_whole else first, language),
        language,
        what.given.study.is_practice,
        figures(
            (sheets(instrument, what.tables(one), language) for one in what.held.slices(ROWS)),
            what.given.study.cell_threshold,
        ),
        is_coded=not _CODED.isdisjoint(what.formats),
        asked_in=merged(versions).asked_in if len(versions) > 1 else {},
        changes=tuple(one.sentence for one in changes(versions, language)),
    )
    files = [one for kind in what.formats for one in _of_format(what, kind, first, book)]
    files.append(member(f"{what.prefix}codebook.md", codebook.written(book)))
    files.append(member(f"{what.prefix}codebook.html", codebook_html.written(book)))
    if what.beside is not None:
        files += [member(*one) for one in what.beside(first, what.people, what.prefix).items()]
    files = list({one.name: one for one in files}.values())
    names = [one.name for one in files]
    told = readme.written(what.given, what.held, what.assessment, what.part, names, language)
    return (member("README.md", told), *files)


def _of_format(what: Contents, kind: str, first: Tables, book: Book) -> Iterator[Member]:
    if kind in {"csv", "parquet"}:
        write = csv.write if kind == "csv" else parquet.write
        for repeat in ("", *first.repeats):
            stem = f"{what.prefix}data-{repeat}" if repeat else f"{what.prefix}data"
            frames = partial(_frames, what.held, what.assessment.treatment, repeat)
            yield Member(f"{stem}.{kind}", partial(write, frames))
    elif kind == "ddi":
        study = ddi_study.surveyed(what.given, what.assessment.rules.profile)
        tables = [f"{what.prefix}{sheet.name}.csv" for sheet in book.sheets]
        yield member(f"{what.prefix}ddi.xml", ddi.written(book, study, tables))
    else:
        made = FORMATS[kind].files(book.sheets, book.instrument, book.language, what.prefix)
        yield from (member(*one) for one in made.items())


def _frames(held: Compact, treatment: Treatment, repeat: str) -> Iterator[pl.DataFrame]:
    for made in held.slices(ROWS, only=repeat):
        tables = applied(made, treatment)
        yield tables.repeats[repeat] if repeat else tables.main


def write(
    study: Study,
    instrument: str,
    rows: int,
    files: Sequence[Member],
    readers: Sequence[age.Recipient],
    out: Path,
    *,
    key: Ed25519PrivateKey,
    now: datetime,
    before: Callable[[], None] = lambda: None,
) -> str:
    """Write the dataset sealed to its readers' keys, or under a passphrase, and return its SHA-256.

    Without readers it is a zip that anybody can read.

    It is noted in the study's ledger, signed with `key`, before it has its name: a dataset that was
    never noted must not exist. `before` notes what else is to be known of it, once all its bytes are
    written: what no disk had room for did not leave.
    """
    with writing_durably(out, mode=0o644 if readers else 0o600) as writing:
        if readers:
            with age.sealing(cast(BinaryIO, writing), readers) as sealed:
                write_zip(files, cast(BinaryIO, sealed))
        else:
            write_zip(files, cast(BinaryIO, writing))
        digest = str(writing.hashed.hexdigest())
        before()
        ledger.append(study.ledger, "export", instrument, rows, key=key, sha256=digest, now=now)
        writing.is_kept = True
    return digest
