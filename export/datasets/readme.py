"""The README of a dataset: what the files are, how to care for them, what the weights mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from export.respondents.part import Part
from export.respondents.responses import Responses
from export.respondents.table import Tables
from export.respondents.weight import Respondents
from surveys.language import _, ngettext


def written(
    given: Responses, made: Tables, names: Sequence[str], part: Part | None, language: str
) -> bytes:
    """Return the README of the files named: some respondents' tables, or a part's."""
    return ("\n".join(_lines(given, made, names, part, language)) + "\n").encode("utf-8")


def _lines(
    given: Responses, made: Tables, names: Sequence[str], part: Part | None, language: str
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
    told = ngettext(
        "Study {study}, questionnaire {id}, version {version}: {n} row.",
        "Study {study}, questionnaire {id}, version {version}: {n} rows.",
        made.main.height,
    )
    yield told.format(
        study=given.study.id, id=instrument.id, version=instrument.version, n=made.main.height
    )
    yield ""
    yield from _files_told(names)
    yield from _care(given.study.cell_threshold)
    yield "## " + _("Weights")
    yield ""
    yield from _weights(given.people, made, part)


def _files_told(names: Sequence[str]) -> Iterator[str]:
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
