"""The README of a dataset: what the files are, how to care for them, what the weights mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from export.disclosure.gate import Assessment
from export.disclosure.told import step_in_words
from export.respondents.changes import changes
from export.respondents.part import Part
from export.respondents.responses import Responses
from export.respondents.table import Compact
from export.respondents.weight import Respondents
from surveys.language import _, ngettext


def written(
    given: Responses,
    made: Compact,
    assessment: Assessment,
    part: Part | None,
    names: Sequence[str],
    language: str,
) -> bytes:
    """Return the README of the files named: some respondents' tables, or a part's, as the gate let them leave."""
    lines = _lines(given, made, assessment, part, names, language)
    return ("\n".join(lines) + "\n").encode("utf-8")


def _lines(
    given: Responses,
    made: Compact,
    assessment: Assessment,
    part: Part | None,
    names: Sequence[str],
    language: str,
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
        made.height,
    )
    yield told.format(
        study=given.study.id, id=instrument.id, version=instrument.version, n=made.height
    )
    yield ""
    yield from _versions(given, language)
    yield from _files_told(names)
    yield from _care(assessment, given.study.cell_threshold)
    yield from _treated(assessment)
    yield "## " + _("Weights")
    yield ""
    if assessment.rules.profile == "release":
        yield from _rounded(given.people)
    else:
        yield from _weights(given.people)
    if part:
        yield ""
        yield from _part(part, made.height)
    yield from _redoing(names)


def _versions(given: Responses, language: str) -> Iterator[str]:
    """Yield with which versions of the questionnaire people answered, where there are several."""
    if len(given.versions) == 1:
        return
    yield "## " + _("Versions of the questionnaire")
    yield ""
    yield _("These data were answered with versions {versions} of the questionnaire.").format(
        versions=", ".join(one.version for one in given.versions)
    )
    yield ""
    yield from (f"- {one.sentence}" for one in changes(given.versions, language))
    yield ""


def _files_told(names: Sequence[str]) -> Iterator[str]:
    yield "## " + _("Files")
    yield ""
    yield _(
        "The codebook says what is in each table. CSV is UTF-8, with commas; what is missing is empty."
    )
    yield ""
    yield from (f"- {name}" for name in names)
    yield ""


def _care(assessment: Assessment, cell: int) -> Iterator[str]:
    yield "## " + _("Care")
    yield ""
    if assessment.rules.profile == "release":
        told = _(
            "These data were made coarser, so that whoever looks for a person by what others may know finds "
            "{k} rows at least that could be that person's. They are pseudonymised, not anonymised: do not join "
            "them with another list, and do not look for anybody."
        ).format(k=assessment.after.k)
        if assessment.is_overridden:
            told = _(
                "These data were released although somebody could be recognised in them, for a reason that "
                "stands in the study's ledger. They are pseudonymised, not anonymised: keep them encrypted, do "
                "not join them with another list, and do not look for anybody."
            )
        yield told
    else:
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


def _treated(assessment: Assessment) -> Iterator[str]:
    """Yield what was done to the data before they left, where anything was."""
    if not assessment.steps:
        return
    yield "## " + _("What was done to the data")
    yield ""
    for step in assessment.steps:
        yield f"- `{step.column}`: {step_in_words(step)}"
    yield ""


def _rounded(people: Respondents) -> Iterator[str]:
    """Yield what the weights of a release are."""
    if people.drawn is None:
        yield _("Nothing was drawn for this questionnaire.")
        return
    yield _(
        "Strata and clusters are left out, and so are those found not to belong to the population; a weight, "
        "where there is one, is how many people a row stands for, rounded. Figures differ a little from the "
        "study's own, and their errors cannot be computed from these files."
    )


def _weights(people: Respondents) -> Iterator[str]:
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


def _part(part: Part, kept: int) -> Iterator[str]:
    if part.where:
        yield _(
            "These rows are those of the {n} respondents (of {all}) for whom this is true: `{where}`. They "
            "serve for figures of themselves; for their errors, everybody's design is needed."
        ).format(n=part.chosen, all=part.respondents, where=part.where)
    if part.fraction:
        yield _(
            "These rows are a part, {fraction} ({kept} of {n} respondents): the cases with the smallest "
            "SHA-256 of the seed followed by the case. The weights are multiplied by {n}/{kept}. Seed: {seed}"
        ).format(fraction=part.fraction, kept=kept, n=part.chosen, seed=part.seed)


def _redoing(names: Sequence[str]) -> Iterator[str]:
    """Yield how figures are redone, where there are scripts."""
    script = next((name for name in names if name.endswith("analysis.R")), "")
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
