"""What a report shows where no plan says: every list, number and indicator, in the questionnaire's order.

Pairs of numbers whose names end in `_before` and `_now` are shown as a change. What could point at a
person is shown once, as who answered (Table 1), and never crossed with anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from export.estimating.askable import Askable
from export.estimating.cells import are_truths
from export.estimating.change import Change
from export.estimating.columns import Texts, column
from export.estimating.crosstab import Crosstab
from export.estimating.estimate import Estimates
from export.estimating.found import Answer
from export.estimating.shares import Shares
from export.estimating.surveyed import Surveyed
from export.estimating.tabulation import Section, Tabulation
from export.estimating.wanted import Wanted, wanted
from export.respondents.table import leaving
from surveys import language
from surveys.codebook import Variable
from surveys.instrument import Group, Instrument
from surveys.problems import Refusal

MOST_VALUES = 8  # of a column of Table 1: with more it is no longer a profile
_BEFORE, _NOW = "_before", "_now"


def columns(instrument: Instrument) -> tuple[str, ...]:
    """Return the columns of Table 1: what is marked as quasi-identifying, and has few values."""
    return tuple(
        one.name
        for one in leaving(instrument, with_texts=False)
        if one.question.identifying == "quasi"
        and not one.repeats
        and one.storage != "several"
        and 1 < len(one.values) <= MOST_VALUES
    )


def profile(instrument: Instrument, names: Sequence[str]) -> tuple[Wanted, ...]:
    """Return what Table 1 asks: the shares of the values of each column."""
    known = Askable.of(instrument)
    return tuple(wanted(known, f"share({name})") for name in names)


def plan(data: Surveyed) -> Tabulation:
    """Return a plan of everything that can be shown by itself, in sections as the questionnaire's."""
    instrument = data.instrument
    found = [one for one in leaving(instrument, with_texts=False) if not one.repeats]
    spoken = language.from_environment()
    titles = _titles(instrument, spoken)
    shown = [one for one in found if one.question.identifying != "quasi"]
    sections = []
    for title, inside in groupby(shown, lambda one: titles.get(one.name, "")):
        asked = tuple(_each(list(inside), {one.name for one in shown}, data))
        if asked:
            sections.append(Section(title, "", asked))
    title = instrument.text(instrument.title, spoken)
    return Tabulation(title, instrument.id, tuple(sections))


def _titles(instrument: Instrument, spoken: str) -> dict[str, str]:
    """Return, for each question, the label of the outermost group it stands in."""
    return {
        item.name: instrument.text(around[0].label, spoken)
        for item, around in instrument.items()
        if around and not isinstance(item, Group)
    }


def _each(inside: Sequence[Variable], known: set[str], data: Surveyed) -> Iterator[Wanted]:
    for one in inside:
        text = _expression(one, known, data)
        if text:
            try:
                yield wanted(data.askable, text)
            except Refusal:  # nobody chose it: what may not be asked is not asked
                continue


def _expression(one: Variable, known: set[str], data: Surveyed) -> str:
    if one.values:
        return f"share({one.name})"
    values = column(data.columns, one.name)
    if isinstance(values, Texts) or np.all(np.isnan(values)):
        return ""
    if one.name.endswith(_BEFORE) and one.name.removesuffix(_BEFORE) + _NOW in known:
        return ""
    before = one.name.removesuffix(_NOW) + _BEFORE
    if one.name.endswith(_NOW) and before in known:
        is_number = not isinstance(column(data.columns, before), Texts)
        return f"change({before}, {one.name})" if is_number else ""
    if one.is_computed:
        return f"prop({one.name})" if are_truths(values[~np.isnan(values)]) else ""
    return f"median({one.name})" if one.storage in {"integer", "decimal"} else ""


def is_telling(answer: Answer) -> bool:
    """Whether an answer shows anything that not everybody who gave one has in common."""
    if isinstance(answer.found, Estimates):
        return any(row.figures and not row.is_uniform for row in answer.found.rows)
    return any(_tells(part) for part in answer.found.tables)


def _tells(part: Shares | Crosstab | Change) -> bool:
    match part:
        case Shares():
            return any(row.figures and not row.is_uniform for row in part.rows)
        case Change():
            return part.before is not None or part.now is not None
        case Crosstab():
            return True
