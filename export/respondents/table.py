"""Respondents as a table: a row each, the columns of the questionnaire in its order.

What never leaves: case, interviewer, device, record id, links, comments, reasons, attempts, closing
notes, times. What leaves coarser than it was kept: days and weeks, as months. A question inside a
repeat goes to a table of its own, joined by `number` and the instances of the repeats.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import polars as pl

from export.respondents.answers import ROW, Answers, answers_of, held, scopes
from export.respondents.design_columns import (
    design_columns,
    design_names,
    drawn_columns,
    present,
)
from export.respondents.weight import Ineligible, Respondent, Respondents
from surveys.codebook import Variable, variables
from surveys.instrument import Instrument

# A calculation is text to the questionnaire; where all its values are numbers it is one here.
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})?")
_TRUTH = {"true": 1, "false": 0}

Row = TypeVar("Row", Respondent, Ineligible)


@dataclass(frozen=True, slots=True)
class Tables:
    """The main table, one row a respondent, and one for each repeat by its name.

    `design` gives, of the columns in DESIGN that are there, the name in the main table, in order: a
    questionnaire may have an item of that name, and then ours takes an underscore. `ineligible` has
    the same columns, where they apply, of those drawn who were found not to belong to the
    population; it is None where there are none.
    """

    main: pl.DataFrame
    repeats: Mapping[str, pl.DataFrame]
    design: Mapping[str, str]
    ineligible: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Compact:
    """The tables of some respondents, in little memory; `tables` gives them as they leave.

    `answers` has the respondents' rows in order, `people` their columns of DESIGN, under their names in
    `design`; `found` are the variables, in order, `kinds` what they turned out to hold, by name.
    """

    found: tuple[Variable, ...]
    answers: Answers
    people: pl.DataFrame
    design: Mapping[str, str]
    ineligible: pl.DataFrame | None
    kinds: Mapping[str, Kind]

    @property
    def height(self) -> int:
        """How many respondents there are."""
        return self.people.height

    def tables(self) -> Tables:
        """Return the tables whole."""
        return self._tables(self.people, self.answers, self.found)

    def slices(self, size: int, only: str | None = None) -> Iterator[Tables]:
        """Yield the tables of `size` respondents at a time, all with the same columns, at least once.

        With `only`, that of one repeat alone, or with '' the main one alone, beside the columns of DESIGN.
        """
        wanted = [one for one in self.found if only is None or _is_of(one, only)]
        for start in range(0, max(self.height, 1), size):
            rows = pl.col(ROW).is_between(start, start + size - 1)
            part = Answers(
                self.answers.main.slice(start, size),
                {
                    name: table.filter(rows) if only in (None, name) else table.clear()
                    for name, table in self.answers.repeats.items()
                },
            )
            yield self._tables(self.people.slice(start, size), part, wanted)

    def _tables(self, people: pl.DataFrame, answers: Answers, found: Sequence[Variable]) -> Tables:
        number = self.design["number"]
        rows = people.get_columns()
        rows += self._wide([one for one in found if not one.repeats], answers.main)
        repeats = {}
        for scope in scopes(found):
            table = answers.repeats[scope[-1]]
            first = answers.main[ROW][0] if answers.height else 0
            keys = [people[number][table[ROW] - first].cast(pl.Int64)]
            keys += [table[repeat].cast(pl.Int64) for repeat in scope]
            inside = [one for one in found if one.repeats == scope]
            repeats[scope[-1]] = pl.DataFrame(keys + self._wide(inside, table))
        return Tables(pl.DataFrame(rows), repeats, self.design, self.ineligible)

    def _wide(self, found: Iterable[Variable], frame: pl.DataFrame) -> list[pl.Series]:
        """Return the columns of some variables: values, indicators, statuses if there is one."""
        return [
            column
            for variable in found
            for column in _columns(variable, frame, self.kinds[variable.name])
        ]


def leaving(instrument: Instrument, *, with_texts: bool) -> tuple[Variable, ...]:
    """Return the variables that may stand in a dataset, in order.

    Not what identifies a person directly; people's own words only where they are asked for.
    """
    return tuple(
        variable
        for variable in variables(instrument)
        if variable.is_kept
        and variable.question.identifying != "direct"
        and (with_texts or not variable.is_free_text)
    )


def shuffled(people: Respondents, chance: random.Random) -> Respondents:
    """Return the respondents, and those not eligible, in a random order.

    Strata and clusters are under random numbers from 1.
    """
    rows = people.rows
    strata = _renumbered({one.stratum for one in rows}, chance)
    clusters = _renumbered({one.cluster for one in rows if one.cluster is not None}, chance)

    def mixed(given: Sequence[Row]) -> tuple[Row, ...]:
        return tuple(
            replace(
                one,
                stratum=strata[one.stratum],
                cluster=None if one.cluster is None else clusters[one.cluster],
            )
            for one in chance.sample(given, len(given))
        )

    return replace(people, people=mixed(people.people), ineligible=mixed(people.ineligible))


def _renumbered(numbers: Iterable[int], chance: random.Random) -> dict[int, int]:
    known = sorted(numbers)
    return dict(zip(known, chance.sample(range(1, len(known) + 1), len(known)), strict=True))


def tables(
    instrument: Instrument,
    people: Sequence[Respondent],
    ineligible: Sequence[Ineligible] = (),
    *,
    with_texts: bool = False,
) -> Tables:
    """Return the tables of some respondents, in their order, which `number` counts from 1."""
    found = leaving(instrument, with_texts=with_texts)
    answers = answers_of(found, [one.record for one in people])
    return compact(instrument, found, answers, people, ineligible).tables()


def compact(
    instrument: Instrument,
    found: tuple[Variable, ...],
    answers: Answers,
    people: Sequence[Respondent],
    ineligible: Sequence[Ineligible] = (),
) -> Compact:
    """Return the same in little memory, of answers that have been read: a row for each of `people`."""
    names = design_names(instrument)
    every: list[Respondent | Ineligible] = [*people, *ineligible]
    there = {name: names[name] for name in present(every)}
    columns = pl.DataFrame(list(design_columns(people, there)))
    outside = pl.DataFrame(list(drawn_columns(ineligible, there))) if ineligible else None
    frames = {(): answers.main, **{scope: answers.repeats[scope[-1]] for scope in scopes(found)}}
    kinds = {one.name: _kind(one, frames[one.repeats]) for one in found}
    return Compact(found, answers, columns, there, outside, kinds)


# --- one variable -----------------------------------------------------------------------------


def _is_of(variable: Variable, repeat: str) -> bool:
    return variable.repeats[-1:] == ((repeat,) if repeat else ())


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column turned out to hold over all its rows: numbers, whole ones, and any status."""

    is_number: bool
    is_whole: bool
    has_status: bool


def _kind(variable: Variable, frame: pl.DataFrame) -> Kind:
    has_status = bool(variable.status_column) and not frame[variable.status_column].is_null().all()
    if not _is_calculated(variable):
        return Kind(False, False, has_status)
    values = frame[variable.name].cast(pl.String).drop_nulls().unique().to_list()
    is_number = bool(values) and all(
        value in _TRUTH or (_PLAIN_NUMBER.fullmatch(value) and _is_exact(value)) for value in values
    )
    numbers = [float(_TRUTH.get(value, value)) for value in values] if is_number else []
    return Kind(is_number, is_number and all(one.is_integer() for one in numbers), has_status)


def _is_exact(number: str) -> bool:
    """Whether a number written in digits is itself again once it was held in 64 bits."""
    return len(number.lstrip("-0.").replace(".", "")) <= 15


def _columns(variable: Variable, frame: pl.DataFrame, kind: Kind) -> Iterator[pl.Series]:
    values = frame[variable.name]
    yield _series(variable, values, kind)
    if variable.indicators:
        chosen = values.cast(pl.String).str.split(" ")
        for name, column in variable.indicators:
            yield chosen.list.contains(name).cast(pl.Int8).alias(column)
    if kind.has_status:
        yield frame[variable.status_column].cast(pl.String)


def _series(variable: Variable, values: pl.Series, kind: Kind) -> pl.Series:
    """Return the values of a variable, as numbers where it is one."""
    match held(variable):
        case "integer":
            return values.cast(pl.Int64)
        case "decimal":
            return values
    texts = values.cast(pl.String)
    if not kind.is_number:
        return texts
    numbers = texts.replace(_TRUTH).cast(pl.Float64)
    return numbers.cast(pl.Int64) if kind.is_whole else numbers


def _is_calculated(variable: Variable) -> bool:
    """Whether it holds the text of a calculation as it came out: bands are names, not numbers."""
    return (
        variable.is_computed
        and variable.storage == "text"
        and variable.question.keep.rule == "as_given"
    )
