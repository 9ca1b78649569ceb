"""What the rules ask to be done to tables, before anything is proposed: the profile's part, then the lead's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import polars as pl

from export.disclosure import recoding
from export.disclosure.classes import Floats
from export.disclosure.rules import Coarser, Merge, Rules
from export.disclosure.treatment import WEIGHTS, Span, Treatment, rounded
from export.respondents.table import Tables
from surveys.codebook import Variable, variables
from surveys.instrument import Instrument, Keep
from surveys.language import _
from surveys.problems import Usage

# What a release is without: where people were drawn, and how their weights came about.
_LEFT_OUT = ("stratum", "population", "cluster", "cluster_population", *WEIGHTS[1:])
_STEPS = tuple(digit * 10.0**power for power in range(-4, 7) for digit in (1, 2, 5))
_SPANS = ("quarter", "year")


def asked_for(tables: Tables, instrument: Instrument, rules: Rules) -> Treatment:
    """Return what the rules ask for; raises Usage for a column or a value there is not.

    A release leaves out strata, clusters and the steps of weights, and its weights are rounded.
    """
    known = {one.name: one for one in variables(instrument) if _is_here(tables, one)}
    recoded: dict[str, Keep] = {}
    months: Span = "month"
    for merge in rules.merge:
        variable = _named(known, merge.column)
        recoded[merge.column] = _merged(variable, merge, recoded.get(merge.column))
    for coarser in rules.coarser:
        if coarser.column == tables.design.get("month"):
            months = cast(Span, _unit(coarser, _SPANS))
        else:
            recoded[coarser.column] = _coarsened(tables, _named(known, coarser.column), coarser)
    is_release = rules.profile == "release"
    return Treatment(
        instrument,
        dropped=frozenset(_dropped(tables, known, rules)),
        recoded=recoded,
        months=months,
        rounding=_rounding(tables, rules.k) if is_release else None,
        with_ineligible=not is_release,
    )


def _dropped(tables: Tables, known: Mapping[str, Variable], rules: Rules) -> set[str]:
    design = {name: wanted for wanted, name in tables.design.items() if wanted != "number"}
    found = {one for one in _LEFT_OUT if one in tables.design and rules.profile == "release"}
    for name in rules.drop:
        if name not in known and name not in design and name not in tables.repeats:
            raise Usage(_("there is no column “{name}” in this dataset").format(name=name))
        found.add(design.get(name, name))
    return found


def _is_here(tables: Tables, variable: Variable) -> bool:
    frame = tables.repeats.get(variable.repeats[-1]) if variable.repeats else tables.main
    return frame is not None and variable.name in frame.columns


def _named(known: Mapping[str, Variable], name: str) -> Variable:
    if name not in known:
        raise Usage(_("there is no question “{name}” in this dataset").format(name=name))
    return known[name]


# --- coarser values ---------------------------------------------------------------------------


def _merged(variable: Variable, merge: Merge, now: Keep | None) -> Keep:
    """Return what a question with a list keeps, after what was joined of it before."""
    if variable.question.keep.rule == "bands" or not variable.values:
        raise Usage(
            _("“{name}” has no list of answers; for bands and dates use --coarser").format(
                name=variable.name
            )
        )
    names: dict[str, str] = {}
    if now is not None:
        old = variable.question.keep.codes
        names = {old.get(name, name): new for name, new in now.codes.items()}
    there = {names.get(value, value) for value in variable.values}
    for value in merge.values:
        if value not in there:
            raise Usage(
                _("“{name}” has no value “{value}”; the codebook lists them").format(
                    name=variable.name, value=value
                )
            )
    if merge.name in there - set(merge.values):
        raise Usage(
            _("“{name}” has a value “{value}” already; give another name").format(
                name=variable.name, value=merge.name
            )
        )
    after = {value: names.get(value, value) for value in variable.values}
    return recoding.joined(
        variable,
        {value: merge.name if name in merge.values else name for value, name in after.items()},
    )


def _coarsened(tables: Tables, variable: Variable, coarser: Coarser) -> Keep:
    if variable.storage in {"date", "dateTime"}:
        units = _SPANS[1:] if variable.question.keep.unit == "quarter" else _SPANS
        return recoding.spanned(_unit(coarser, units))
    frame = tables.repeats[variable.repeats[-1]] if variable.repeats else tables.main
    bands = variable.question.keep.bands
    if not bands and not recoding.is_number(frame[variable.name]):
        raise Usage(
            _("“{name}” is neither a number nor a date; for a list of answers use --merge").format(
                name=variable.name
            )
        )
    bounds = _bounds(coarser)
    if bands and not set(bounds) <= set(bands):
        raise Usage(
            _("“{name}” is kept in bands from {bounds}; join some of these").format(
                name=variable.name, bounds=", ".join(bands)
            )
        )
    return recoding.banded(bounds)


def _unit(coarser: Coarser, units: Sequence[str]) -> str:
    if coarser.words not in {(unit,) for unit in units}:
        raise Usage(
            _("--coarser: “{name}” can become: {units}").format(
                name=coarser.column, units=", ".join(units)
            )
        )
    return coarser.words[0]


def _bounds(coarser: Coarser) -> tuple[str, ...]:
    try:
        numbers = [float(word) for word in coarser.words]
    except ValueError:
        numbers = []
    if not numbers or not np.all(np.isfinite(numbers)) or sorted(set(numbers)) != numbers:
        raise Usage(
            _("--coarser: give the lower bounds of the bands of “{name}”, ascending").format(
                name=coarser.column
            )
        )
    return coarser.words


# --- weights ----------------------------------------------------------------------------------


def weights_of(tables: Tables) -> Floats:
    """Return for how many each person stands, 1 where nothing is known of it."""
    name = tables.design.get("weight")
    if name is None:
        return np.ones(tables.main.height)
    found: Floats = tables.main[name].cast(pl.Float64).fill_null(1.0).to_numpy()
    return found


def _rounding(tables: Tables, k: int) -> float | None:
    """Return the least step (1, 2 or 5 of a decimal place) at which k people share each rounded weight.

    None where there is no weight.
    """
    if "weight" not in tables.design or not tables.main.height:
        return None
    weights = weights_of(tables)
    least = float(weights.max()) / 100  # two digits
    for step in _STEPS:
        if step >= least:
            _different, counts = np.unique(rounded(weights, step), return_counts=True)
            if counts.min() >= k or len(counts) == 1:
                return step
    return _STEPS[-1]
