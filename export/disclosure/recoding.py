"""Coarser values: what an item keeps now, as the questionnaire itself says what is kept of an answer.

Joined values are kept as `codes`, numbers as `bands`, dates as a quarter or a year. So everything that
describes a dataset (labels, codebook, formats) needs to know nothing of treatments: it is given a
questionnaire that keeps less.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite

import polars as pl

from surveys.codebook import BELOW, Variable
from surveys.instrument import Group, Instrument, Item, Keep


def described(instrument: Instrument, recoded: Mapping[str, Keep]) -> Instrument:
    """Return the questionnaire with what these items keep now."""
    if not recoded:
        return instrument

    def kept(item: Item) -> Item:
        if isinstance(item, Group):
            return replace(item, questions=tuple(kept(one) for one in item.questions))
        return replace(item, keep=recoded.get(item.name, item.keep))

    return replace(instrument, survey=tuple(kept(item) for item in instrument.survey))


def joined(variable: Variable, names: Mapping[str, str]) -> Keep:
    """Return what a question with a list keeps where values are renamed, some to the same name."""
    question = variable.question
    choices = question.choices.choices if question.choices is not None else ()
    kept = {one.name: question.keep.codes.get(one.name, one.name) for one in choices}
    return Keep("codes", codes={name: names.get(value, value) for name, value in kept.items()})


def banded(bounds: tuple[str, ...]) -> Keep:
    """Return what a number, or a band, keeps where it is known between these bounds, ascending."""
    return Keep("bands", bands=bounds)


def spanned(unit: str) -> Keep:
    """Return what a date keeps as its quarter or year."""
    return Keep("date", unit=unit)


def coarsened(values: pl.Series, variable: Variable, keep: Keep) -> pl.Series:
    """Return the values of a column as they are kept now, texts; missing stays missing."""
    texts = values.cast(pl.String)
    new = renaming(variable, keep)
    different = texts.drop_nulls().unique().to_list()
    return texts.replace_strict(
        different, [new(one) for one in different], default=None, return_dtype=pl.String
    )


def renaming(variable: Variable, keep: Keep) -> Callable[[str], str]:
    """Return what turns a kept value of a variable into the coarser one."""
    if keep.rule == "bands":
        return lambda value: band(value, keep.bands)
    if keep.rule == "date":
        return lambda value: span(value, keep.unit)
    old = variable.question.keep.codes
    names = {old.get(name, name): new for name, new in keep.codes.items()}
    if variable.storage == "several":
        return lambda value: " ".join(dict.fromkeys(names[one] for one in value.split(" ")))
    return lambda value: names[value]


def band(value: str, bounds: tuple[str, ...]) -> str:
    """Return the lower bound of the band a number, or the lower bound of a band, is in."""
    if value == BELOW:
        return BELOW
    at = bisect_right([float(bound) for bound in bounds], float(value))
    return bounds[at - 1] if at else BELOW


def span(date: str, unit: str) -> str:
    """Return the quarter or year of a date, a month (2022-04) or a quarter."""
    year, _dash, rest = date.partition("-")
    if unit == "year" or not rest:
        return year
    return date if rest.startswith("Q") else f"{year}-Q{(int(rest[:2]) + 2) // 3}"


def is_number(values: pl.Series) -> bool:
    """Whether a column holds numbers, of which bands can be made."""
    return values.dtype.is_numeric() and all(isfinite(one) for one in values.drop_nulls().unique())
