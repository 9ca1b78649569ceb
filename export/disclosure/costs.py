"""What each step of a treatment costs and brings: values joined, cells emptied, entropy lost; k before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from export.disclosure import coarsening
from export.disclosure.classes import MISSING
from export.disclosure.keys import coded
from export.disclosure.matching import frequencies
from export.disclosure.seen import Seen, View
from export.disclosure.stages import entropy
from export.disclosure.treatment import Span, Treatment
from export.respondents.table import Tables
from surveys.codebook import variables
from surveys.instrument import Keep
from surveys.saying import quoted

What = Literal["coarser", "rounded", "dropped", "emptied"]

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to a column: with its cost and what it brings.

    `option` says the same on the command line, '' where nothing does. `values` are how many different
    values the column had and has, `cells` how many of it were emptied, `bits` the entropy lost per
    person, of `entropy` before. `k` and `below` (how many people match fewer than is asked) are what
    they are after it; cells of all columns are emptied at once.
    """

    what: What
    column: str
    option: str
    values: tuple[int, int]
    cells: int
    bits: float
    entropy: float
    k: int
    below: int


def steps_of(seen: Seen, start: Treatment, end: Treatment) -> tuple[Step, ...]:
    """Return what leads from one treatment to another: values made coarser, then columns left out, then cells.

    Among each the cheapest first.
    """
    before = seen.under(start)
    whole = seen.under(replace(end, emptied=start.emptied))
    found: list[Step] = []
    now = start
    for step, after in sorted(
        _changes(before, whole, start, end), key=lambda one: (_RANK[one[0].what], one[0].bits)
    ):
        now = after(now)
        k, below = _likeness(seen, now)
        found.append(replace(step, k=k, below=below))
    cells = list(_emptied(whole, start, end))
    if cells:
        k, below = _likeness(seen, end)
        found.extend(replace(step, k=k, below=below) for step in cells)
    return tuple(found)


_RANK = {"coarser": 0, "rounded": 1, "dropped": 2, "emptied": 3}
_Change = Callable[[Treatment], Treatment]


def _changes(
    before: View, after: View, start: Treatment, end: Treatment
) -> Iterator[tuple[Step, _Change]]:
    """Yield what is done to whole columns, each with what does it to a treatment."""
    known = {one.name: one for one in variables(start.described)}
    for name, keep in end.recoded.items():
        if start.recoded.get(name) != keep and name not in end.dropped:
            options = coarsening.options(known[name], keep)
            yield _step("coarser", name, options, before, after), _recoding(name, keep)
    if end.months != start.months:
        option = _option("--coarser", f"{before.tables.design['month']}: {end.months}")
        yield _step("coarser", "month", option, before, after), _shortening(end.months)
    if end.rounding != start.rounding and "weight" not in end.dropped:
        yield _step("rounded", "weight", "", before, after), _rounding(end.rounding)
    for name in sorted(end.dropped - start.dropped):
        option = _option("--drop", before.tables.design.get(name, name))
        yield _step("dropped", name, option, before, after), _dropping(name)


def _recoding(name: str, keep: Keep) -> _Change:
    return lambda now: replace(now, recoded={**now.recoded, name: keep})


def _shortening(months: Span) -> _Change:
    return lambda now: replace(now, months=months)


def _rounding(step: float | None) -> _Change:
    return lambda now: replace(now, rounding=step)


def _dropping(name: str) -> _Change:
    return lambda now: replace(now, dropped=now.dropped | {name})


def _step(what: What, column: str, option: str, before: View, after: View) -> Step:
    old, was = _codes(before.tables, column)
    new, now = _codes(after.tables, column)
    lost = _entropy(was) - _entropy(now)
    return Step(what, column, option, (old, new), 0, lost, _entropy(was), 0, 0)


def _emptied(view: View, start: Treatment, end: Treatment) -> Iterator[Step]:
    """Yield the cells emptied, by column, the fewest first."""
    found = []
    for name, people in end.emptied.items():
        values, codes = _codes(view.tables, name)
        cells = len(people - start.emptied.get(name, frozenset()))
        whole = _entropy(codes)
        share = cells / max(view.rows, 1)
        found.append(Step("emptied", name, "", (values, values), cells, whole * share, whole, 0, 0))
    return iter(sorted((one for one in found if one.cells), key=lambda one: one.cells))


def _likeness(seen: Seen, now: Treatment) -> tuple[int, int]:
    """Return how many are like anybody at least, and how many people have too few."""
    view = seen.under(now)
    f, _population = frequencies(view.truth, view.shown, np.zeros(view.rows))
    return int(f.min(initial=view.rows)), int(np.sum(f < seen.rules.k))


def _codes(tables: Tables, name: str) -> tuple[int, Codes]:
    """Return how many values a column has, and the codes of its rows; none of what is not there."""
    if name in tables.repeats:
        values, codes = coded(tables.repeats[name][tables.design["number"]])
        return len(values), codes
    column = tables.design.get(name, name)
    for frame in (tables.main, *tables.repeats.values()):
        if column in frame.columns:
            values, codes = coded(frame[column])
            return len(values), codes
    return 0, np.zeros(0, dtype=np.int64)


def _entropy(codes: Codes) -> float:
    return entropy(np.bincount(codes[codes != MISSING]).astype(np.float64))


def _option(name: str, text: str) -> str:
    return f"{name} {quoted(text)}"
