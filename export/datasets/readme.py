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
    yield from _redoing(names)


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
    n = len(people.people)
    if people.drawn is None:
        yield _("Nothing was drawn for this questionnaire.")
    else:
        yield _(
            "{drawn} people were drawn and {n} answered. A weight is how many people the respondent stands "
            "for by the draw, raised for those of the same class who did not answer: they are taken to be "
            "like those who did. Strata too small for that were merged."
        ).format(drawn=people.drawn, n=n)
    if names := ", ".join(one.name for one in people.weighting.treatments):
        yield ""
        yield _("Then, in order: {steps}.").format(steps=names)
    if excluded := len(people.ineligible):
        yield ""
        told = ngettext(
            "{n} person drawn was found not to belong to the population: in no figure, and part of the design.",
            "{n} people drawn were found not to belong to the population: in no figure, and part of the design.",
            excluded,
        )
        yield told.format(n=excluded)
    if part:
        yield ""
        yield _(
            "These rows are a part, {fraction} ({kept} of {n} respondents): the cases with the smallest "
            "SHA-256 of the seed followed by the case. The weights are multiplied by {n}/{kept}. Seed: {seed}"
        ).format(fraction=part.fraction, kept=made.main.height, n=part.respondents, seed=part.seed)


def _redoing(names: Sequence[str]) -> Iterator[str]:
    """Yield how figures are redone, where there are scripts."""
    script = next((name for name in names if name.endswith(".R")), "")
    if not script:
        return
    yield ""
    yield "## " + _("Redoing the figures")
    yield ""
    yield _(
        "`Rscript {script}`, in this folder, builds the design and prints the study's figures; it needs R "
        "with the package survey. The file ending in .do is the same for Stata. Both read the design from "
        "the file whose name ends in design.csv: a row for each respondent, found by `number`, then one "
        "for each person drawn and found not eligible. `stratum_k`, `cluster_k` and `population_k` are those "
        "of stage k; `step_k_…` a step that made weights meet totals of the population."
    ).format(script=script)
