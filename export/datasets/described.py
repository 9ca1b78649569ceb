"""The tables of a dataset with what each column is: all that a format needs to write them.

A format never asks the questionnaire what a column is called: it reads a `Sheet`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from export.respondents.table import Tables
from surveys.codebook import Value, Variable, labelled, variables
from surveys.instrument import Group, Instrument
from surveys.language import _

Role = Literal["design", "value", "indicator", "status", "instance"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `variable` is what it holds the values, a choice or the statuses of; else None.

    `of` is the value column of an indicator or a status, for a column of the design what it is in
    DESIGN (`weight` is called `weight_` where a question is called so), and '' otherwise. `value` is
    the value whose choice an indicator tells.
    """

    name: str
    role: Role
    label: str
    variable: Variable | None
    of: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: `name` is “data”, or “data-REPEAT” for that of a repeat; a column each of `frame`."""

    name: str
    frame: pl.DataFrame
    columns: tuple[Column, ...]

    @property
    def repeat(self) -> str:
        """The name of the repeat; '' of the main table."""
        return self.name.partition("-")[2]

    def column(self, name: str) -> Column:
        """Return the column of this name."""
        return next(column for column in self.columns if column.name == name)


def sheets(instrument: Instrument, tables: Tables, language: str) -> tuple[Sheet, ...]:
    """Return the main table, then that of each repeat, labelled in a language of the questionnaire."""
    known = dict(_known(instrument, language))
    design = {name: wanted for wanted, name in tables.design.items()}
    groups = {item.name: item for item, _a in instrument.items() if isinstance(item, Group)}

    def described(name: str) -> Column:
        if name in known:
            return known[name]
        if name in design:
            return Column(name, "design", design_meaning(design[name]), None, design[name])
        group = groups.get(name)
        label = one_line(instrument.text(group.label, language)) if group else ""
        return Column(name, "instance", label or name, None)

    frames = {"data": tables.main, **{f"data-{name}": one for name, one in tables.repeats.items()}}
    return tuple(
        Sheet(name, frame, tuple(described(column) for column in frame.columns))
        for name, frame in frames.items()
    )


def _known(instrument: Instrument, language: str) -> Iterator[tuple[str, Column]]:
    """Yield every column that questions can have, by name."""
    for variable in variables(instrument):
        name = variable.name
        label = one_line(instrument.text(variable.question.label, language))
        yield name, Column(name, "value", label or name, variable)
        labels = {value.name: value.label for value in labelled(variable, instrument, language)}
        for value, column in variable.indicators:
            told = " – ".join(part for part in (labels.get(value, "") or value, label) if part)
            yield column, Column(column, "indicator", one_line(told), variable, name, value)
        if variable.status_column:
            told = _("why {name} has no value").format(name=name)
            yield (
                variable.status_column,
                Column(variable.status_column, "status", told, variable, name),
            )


def value_labels(column: Column, instrument: Instrument, language: str) -> tuple[Value, ...]:
    """Return what each value of a column means, in the order of the list; () where they are many."""
    if column.role != "value" or column.variable is None or column.variable.storage == "several":
        return ()
    return tuple(
        Value(value.name, one_line(value.label) or value.name)
        for value in labelled(column.variable, instrument, language)
    )


def design_meaning(wanted: str) -> str:
    """Return what a column of DESIGN says."""
    meanings: Mapping[str, str] = {
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
    return meanings.get(wanted, "")


def one_line(text: str) -> str:
    """Return a text without breaks of lines and runs of spaces."""
    return " ".join(text.split())
