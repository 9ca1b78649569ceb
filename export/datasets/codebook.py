"""The codebook as Markdown: every variable of a dataset, its label, its values, what was kept of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveys.codebook import STATUSES, Variable, kept_form, labelled, status_meaning, variables
from surveys.instrument import Instrument
from surveys.language import _


@dataclass(frozen=True, slots=True)
class Described:
    """What a codebook describes: an instrument, the names of the variables that are in the dataset.

    `design` names the columns that come from the sample, as `table.Tables` has them.
    """

    instrument: Instrument
    present: Collection[str]
    design: Mapping[str, str]
    is_simulated: bool


def written(described: Described, language: str) -> bytes:
    """Return the codebook in a language of the questionnaire, else in its default language."""
    instrument = described.instrument
    lines = [
        "# " + _("Codebook: {title}").format(title=instrument.text(instrument.title, language)),
        "",
    ]
    if described.is_simulated:
        lines += ["**" + _("SIMULATED DATA. Nobody said any of this.") + "**", ""]
    told = _("Questionnaire {id}, version {version}.")
    lines += [told.format(id=instrument.id, version=instrument.version), ""]
    lines += _design(described.design)
    lines += _statuses()
    found = variables(instrument)
    for table in dict.fromkeys(variable.repeats for variable in found):
        lines += _table(
            described, [variable for variable in found if variable.repeats == table], language
        )
    lines += _absent(described, found, language)
    return ("\n".join(lines) + "\n").encode("utf-8")


def _design(names: Mapping[str, str]) -> Iterator[str]:
    meanings = {
        "number": _("a number of the row, made for this file alone"),
        "month": _("the month of the interview"),
        "completeness": _("whether the interview is complete or partial"),
        "weight": _("how many people the respondent stands for"),
        "weight_design": _("the weight by the draw alone"),
        "weight_response": _("the weight after non-response, before what followed"),
        "stratum": _("the stratum, under a number made for this file alone"),
        "population": _(
            "how many people the stratum has, or clusters where there are any (N_h); empty where "
            "nothing was drawn"
        ),
        "cluster": _("the cluster, under a number made for this file alone"),
        "cluster_population": _("how many people the cluster has (N_i)"),
        "simulated": _("1 if the interview is simulated, 0 if it was held"),
    }
    yield "## " + _("Columns that are no question")
    yield ""
    for wanted, name in names.items():
        yield f"- `{name}`: {meanings[wanted]}"
    yield ""


def _statuses() -> Iterator[str]:
    yield "## " + _("Why a value is missing")
    yield ""
    yield _(
        "A column that ends in `__status` says why the column before it is empty; there is none where nothing is."
    )
    yield ""
    for status in STATUSES:
        yield f"- `{status}`: {status_meaning(status)}"
    yield ""


def _table(described: Described, found: Sequence[Variable], language: str) -> Iterator[str]:
    present = [variable for variable in found if variable.name in described.present]
    if not present:
        return
    repeats = present[0].repeats
    if repeats:
        yield "## " + _("Variables of the table {name}").format(name=f"`{repeats[-1]}`")
        yield ""
        yield _(
            "A row each time it was asked. `{number}` says of whom, {repeats} which time."
        ).format(
            number=described.design["number"], repeats=", ".join(f"`{name}`" for name in repeats)
        )
    else:
        yield "## " + _("Variables")
    yield ""
    around = {item.name: groups for item, groups in described.instrument.items()}
    for variable in present:
        labels = (
            described.instrument.text(group.label, language) for group in around[variable.name]
        )
        section = " · ".join(_one_line(label) for label in labels if label)
        yield from _variable(variable, described.instrument, language, section)


def _variable(
    variable: Variable, instrument: Instrument, language: str, section: str
) -> Iterator[str]:
    question = variable.question
    label = _one_line(instrument.text(question.label, language))
    yield f"### `{variable.name}`"
    yield ""
    if label:
        yield label
        yield ""
    if section:
        yield "- " + _("section: {section}").format(section=section)
    yield "- " + _("type: {kind}").format(kind=_typed(variable))
    form = kept_form(question.keep)
    if form:
        yield "- " + _("kept: {form}").format(form=form)
    if variable.storage in {"date", "dateTime"} and question.keep.unit in {"", "week"}:
        yield "- " + _("in this file: the month")
    if question.identifying == "quasi":
        yield "- " + _("can help to recognise a person")
    for value in labelled(variable, instrument, language):
        yield f"- `{value.name}`: {_one_line(value.label)}"
    for name, column in variable.indicators:
        yield "- " + _("`{column}`: 1 if `{value}` was chosen, 0 if not").format(
            column=column, value=name
        )
    yield ""


def _typed(variable: Variable) -> str:
    if variable.is_computed and variable.storage == "text":
        return _("calculated (a number where every value is one; true is 1, false is 0)")
    names = {
        "text": _("text"),
        "integer": _("whole number"),
        "decimal": _("number"),
        "date": _("date"),
        "time": _("time of day"),
        "dateTime": _("date and time"),
        "one": _("one of a list"),
        "several": _("several of a list, names separated by spaces"),
        "none": "",
    }
    return names[variable.storage]


def _absent(described: Described, found: Sequence[Variable], language: str) -> Iterator[str]:
    """Yield what was asked and is not in the dataset: it was not kept, or does not leave."""
    absent = [variable for variable in found if variable.name not in described.present]
    if not absent:
        return
    yield "## " + _("Asked, and not in this dataset")
    yield ""
    for variable in absent:
        form = (
            kept_form(variable.question.keep)
            if not variable.is_kept
            else _("left out of this dataset")
        )
        label = _one_line(described.instrument.text(variable.question.label, language))
        yield f"- `{variable.name}`: {label} ({form})" if label else f"- `{variable.name}` ({form})"
    yield ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
