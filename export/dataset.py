"""The dataset: a zip of tables, codebook and README, made in memory for whoever seals it.

Nothing readable touches a disk. One set of rows in one order gives the same bytes every time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from export.archive import zipped
from export.formats import codebook, csv, parquet
from export.responses import Responses
from export.table import Tables, shuffled, tables
from export.weight import Respondents
from interviewer import age
from surveys.language import _


@dataclass(frozen=True, slots=True)
class Part:
    """That a dataset is a part of the respondents: which share, by which seed, out of how many."""

    fraction: str
    seed: str
    respondents: int


def build(
    given: Responses,
    people: Respondents,
    chance: random.Random,
    language: str,
    *,
    part: Part | None = None,
    with_texts: bool = False,
) -> bytes:
    """Return the dataset of some respondents as a zip, not yet sealed.

    `people` are those of `given`, or a part of them that `part` describes. `chance` orders the rows.
    """
    made = tables(given.found.instrument, shuffled(people.people, chance), with_texts=with_texts)
    prefix = "simulated-" if given.study.is_practice else ""
    members = {f"{prefix}{name}": content for name, content in _files(made)}
    described = codebook.Described(
        given.found.instrument,
        {column for frame in (made.main, *made.repeats.values()) for column in frame.columns},
        made.design,
        given.study.is_practice,
    )
    members[f"{prefix}codebook.md"] = codebook.written(described, language)
    readme = "\n".join(_readme(given, made, [*members], part, language)) + "\n"
    return zipped({"README.md": readme.encode("utf-8"), **members})


def sealed(content: bytes, recipient: age.Recipient) -> bytes:
    """Return the dataset sealed to its reader's key, or under a passphrase."""
    return age.seal(content, [recipient])


def _files(made: Tables) -> Iterator[tuple[str, bytes]]:
    for stem, frame in (
        ("data", made.main),
        *((f"data-{name}", frame) for name, frame in made.repeats.items()),
    ):
        yield f"{stem}.csv", csv.written(frame)
        yield f"{stem}.parquet", parquet.written(frame)


# --- the README -------------------------------------------------------------------------------


def _readme(
    given: Responses, made: Tables, names: list[str], part: Part | None, language: str
) -> Iterator[str]:
    instrument = given.found.instrument
    yield "# " + instrument.text(instrument.title, language)
    yield ""
    if given.study.is_practice:
        yield (
            "**"
            + _("SIMULATED DATA. This is a practice study: nothing in it describes anybody.")
            + "**"
        )
        yield ""
    told = _("Study {study}, questionnaire {id}, version {version}: {n} rows.")
    yield told.format(
        study=given.study.id, id=instrument.id, version=instrument.version, n=made.main.height
    )
    yield ""
    yield from _files_told(names)
    yield from _care(given.study.cell_threshold)
    yield "## " + _("Weights")
    yield ""
    yield from _weights(given.people, made, part)


def _files_told(names: list[str]) -> Iterator[str]:
    yield "## " + _("Files")
    yield ""
    yield _(
        "Each table is there twice, as CSV (UTF-8, commas) and as Parquet; the codebook says what is in them."
    )
    yield ""
    yield from (f"- {name}" for name in names)
    yield ""


def _care(cell: int) -> Iterator[str]:
    yield "## " + _("Care")
    yield ""
    yield _(
        "These data are pseudonymised, not anonymised: few people live in few places, and a person "
        "can be recognised by a combination of answers. Keep the files encrypted, give them to nobody, "
        "do not join them with another list, and destroy them when the work is done."
    )
    yield ""
    yield _("Publish no cell of fewer than {n} respondents, and no percentage from one.").format(
        n=cell
    )
    yield ""


def _weights(people: Respondents, made: Tables, part: Part | None) -> Iterator[str]:
    weight, stratum, population = made.design[3:6]
    n = len(people.people)
    if people.drawn is None:
        yield _("Nothing was drawn for this questionnaire: each row counts as one.")
    else:
        yield _(
            "{drawn} people were drawn and {n} answered. In a stratum of N_h people of whom r_h answered, "
            "each stands for N_h/r_h; strata with fewer than two respondents were merged. This takes those "
            "who did not answer to be like those of their stratum who did."
        ).format(drawn=people.drawn, n=n)
    yield ""
    if part:
        yield _(
            "These rows are a part, {fraction} ({kept} of {n} respondents): the cases with the smallest "
            "SHA-256 of the seed followed by the case. The weights are multiplied by {n}/{kept}. Seed: {seed}"
        ).format(fraction=part.fraction, kept=made.main.height, n=part.respondents, seed=part.seed)
    elif people.drawn is not None:
        yield (
            _("In R:")
            + f" `survey::svydesign(~1, strata = ~{stratum}, weights = ~{weight}, fpc = ~{population}, data = data)`"
        )
