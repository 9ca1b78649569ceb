"""The tables of what a model comes to: by strategy, beside the first, ranked, where people are, the budget.

Amounts are for one person over the horizon and discounted, but for the budget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from export import numerals
from export.markup import text
from export.modelling.comparison import Compared, difference
from export.modelling.figures import amount, figure, signed
from export.modelling.formula import Floats
from export.modelling.probabilistic import middle
from export.modelling.results import Results
from export.reporting.model_markup import grouped, plain
from surveys.language import _

_MOMENTS = 5  # after the start, at which states are told
_MOST_YEARS = 15  # of a budget shown one by one
_FIRST_YEARS = 10  # shown where there are more


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """Something counted: its name as markup, what each strategy has of it, and in each draw."""

    name: str
    base: Floats  # strategies
    drawn: Floats | None  # strategies, draws


def _counted(results: Results) -> tuple[list[_Counted], list[_Counted]]:
    """Return all costs, their sum last, then all effects, life-years last."""
    base, drawn, model = results.base.totals, results.drawn, results.model
    costs = [
        _Counted(text(one.label), base.costs[:, at, 0], drawn.costs[:, at] if drawn else None)
        for at, one in enumerate(model.costs)
    ]
    name = text(_("All costs"))
    together = f"<b>{name}</b>"
    costs.append(_Counted(together, base.cost[:, 0], drawn.cost if drawn else None))
    effects = [
        _Counted(
            _with_unit(one.label, one.unit),
            base.effects[:, at, 0],
            drawn.effects[:, at] if drawn else None,
        )
        for at, one in enumerate(model.effects)
    ]
    lived = _with_unit(_("Life-years"), _("years"))
    effects.append(_Counted(lived, base.life_years[:, 0], drawn.life_years if drawn else None))
    return costs, effects


def _with_unit(label: str, unit: str) -> str:
    return f'{text(label)} <span class="aside">({text(unit)})</span>'


def by_strategy(results: Results) -> Iterator[str]:
    """Yield what each strategy costs, by kind, and yields, in the base case."""
    model = results.model
    costs, effects = _counted(results)
    groups = [
        (text(heading), [[one.name, *map(figure, one.base.tolist())] for one in some])
        for heading, some in (
            (_("Costs, {currency}").format(currency=model.currency), costs),
            (_("Effects"), effects),
        )
    ]
    yield from grouped(
        _("Costs and effects by strategy"), ["", *(one.label for one in model.strategies)], groups
    )


def beside_first(results: Results) -> Iterator[str]:
    """Yield what each other strategy costs and yields more than the first, with 95 % of the draws."""
    headings = ["", _("more or less")] + ([_("95% of draws")] if results.drawn else [])
    groups = [
        (text(one.label), [*_differences(results, at), *_offset(results, at)])
        for at, one in results.model.others
    ]
    first = results.model.strategies[0].label
    yield from grouped(_("Differences from {first}").format(first=first), headings, groups)


def _differences(results: Results, at: int) -> Iterator[list[str]]:
    costs, effects = _counted(results)
    for is_cost, some in ((True, costs), (False, effects)):
        for one in some:
            name = one.name
            if is_cost:
                name += f' <span class="aside">({text(results.model.currency)})</span>'
            cells = [signed(difference(float(one.base[at]), float(one.base[0])))]
            if one.drawn is not None:
                cells.append(_middle(one.drawn[at] - one.drawn[0], figure))
            yield [name, *cells]


def _offset(results: Results, at: int) -> Iterator[list[str]]:
    """Yield what part of the programme's cost other costs make up for, where it costs anything more."""
    base, drawn = results.offset, results.drawn_offset
    if base is None or not np.isfinite(base[at - 1]):
        return
    cells = [numerals.percent(float(base[at - 1]), 0)]
    if drawn is not None:
        cells.append(_middle(drawn[at - 1], lambda one: numerals.percent(one, 0)))
    yield [text(_("Part of the programme's cost that other costs make up for")), *cells]


def _middle(found: Floats, written: Callable[[float], str]) -> str:
    """Return between which values 95 % of some draws lie, one where both are written alike."""
    limits = middle(found)
    if limits is None:
        return ""
    low, high = map(written, limits)
    return low if low == high else numerals.between(low, high)


def ranked(results: Results) -> Iterator[str]:
    """Yield the strategies from the cheapest to the dearest, with what is dominated and the ratios."""
    model = results.model
    labels = {one.name: one.label for one in model.strategies}
    headings = [
        "",
        _("cost, {currency}").format(currency=model.currency),
        _("effect, {unit}").format(unit=model.effects[0].unit),
        _("more cost"),
        _("more effect"),
        _("for one more, {currency}").format(currency=model.currency),
    ]
    rows = [_rank(one, labels) for one in results.base.compared]
    yield from plain(_("Dominance and ratios"), headings, rows)


def _rank(one: Compared, labels: dict[str, str]) -> list[str]:
    about = {
        "dominated": _("dominated: {other} costs no more and yields no less"),
        "extendedly_dominated": _("dominated by two others together (extended dominance)"),
        "equal": _("costs and yields what {other} does"),
        "frontier": _("beside {other}") if one.against else _("the cheapest"),
    }[one.place].format(other=labels.get(one.against, ""))
    name = f'{text(labels[one.name])}<span class="about">{text(about)}</span>'
    found = (one.cost, one.effect, one.cost_more, one.effect_more)
    told = ["" if each is None else figure(each) for each in found]
    return [name, *told, "" if one.icer is None else amount(one.icer)]


def where(results: Results) -> Iterator[str]:
    """Yield the shares of people in each state at a few moments, by strategy."""
    model = results.model
    cycles = np.unique(
        np.linspace(0, model.cycles, min(model.cycles, _MOMENTS) + 1).round().astype(int)
    )
    groups = []
    for one, arm in zip(model.strategies, results.arms, strict=True):
        rows = []
        for cycle in cycles.tolist():
            shares = [numerals.percent(float(each)) for each in arm.trace[cycle, :, 0]]
            rows.append([text(numerals.short_decimal(cycle * model.length, 2)), *shares])
        groups.append((text(one.label), rows))
    headings = [_("years gone by"), *(one.label for one in model.states)]
    yield from grouped(_("Shares of people in each state"), headings, groups)


def budget(results: Results) -> Iterator[str]:
    """Yield what the cohort costs in each year, the later ones together where there are many, and in all."""
    found = results.budget
    shown = len(found.years) if len(found.years) <= _MOST_YEARS else _FIRST_YEARS
    rows = [
        [numerals.whole(year), *map(numerals.whole, found.costs[:, at].tolist())]
        for at, year in enumerate(found.years[:shown])
    ]
    if shown < len(found.years):
        later = numerals.between(str(found.years[shown]), str(found.years[-1]))
        rows.append([later, *map(numerals.whole, found.costs[:, shown:].sum(axis=1).tolist())])
    together = text(_("together"))
    rows.append(
        [f"<b>{together}</b>"] + [numerals.whole(one) for one in found.costs.sum(axis=1).tolist()]
    )
    headings = [_("year"), *(one.label for one in results.model.strategies)]
    yield from plain(_("Budget by year"), headings, rows)
