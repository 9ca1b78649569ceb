"""The tables of a model: its values and where they come from, what it comes to, and how sure that is.

Amounts are for one person over the horizon and discounted, but for the budget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from export import numerals
from export.markup import CLOSED, opened, row, table, text
from export.modelling.comparison import Compared
from export.modelling.formula import Floats
from export.modelling.model import Parameter, Strategy
from export.modelling.probabilistic import Curves, Totals
from export.modelling.results import Case, Results
from export.modelling.sensitivity import Swing
from export.modelling.told import (
    between,
    by_origin,
    difference,
    figure,
    interval,
    middle,
    money,
    more,
    number,
    origin_told,
    place_told,
    share,
    signed,
    verdict,
)
from export.reporting.cheers import checklist
from export.reporting.titles import unbroken
from surveys.language import _

_MOMENTS = 5  # after the start, at which states are told
_MOST_YEARS = 15  # of a budget shown one by one
_FIRST_YEARS = 10  # shown where there are more

# A heading of rows, as markup, and its rows: a name, as markup, then cells, plain text.
Group = tuple[str, list[list[str]]]


def grouped(
    title: str, headings: Sequence[str], groups: Iterable[Group], *, kinds: Sequence[str] = ()
) -> Iterator[str]:
    """Yield a table with its rows in groups, each under a heading; `kinds` are classes of the groups."""
    yield from opened(f'<span class="hidden">{text(title)}</span>', headings, label=title)
    for at, (heading, rows) in enumerate(groups):
        kind = f' class="{kinds[at]}"' if kinds else ""
        yield f'<tbody{kind}><tr><th scope="rowgroup" colspan="{len(headings)}">{heading}</th></tr>'
        yield from (row(first, others) for first, *others in rows)
        yield "</tbody>"
    yield CLOSED


def plain(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a table whose title is heard, not seen: a heading above says the same."""
    hidden = f'<span class="hidden">{text(title)}</span>'
    yield from table(hidden, headings, rows, label=title)


def facts(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a table of what something is and its value, both markup."""
    yield f'<table class="facts"><caption class="hidden">{text(title)}</caption><tbody>'
    yield from (f'<tr><th scope="row">{name}</th><td>{told}</td></tr>' for name, told in rows)
    yield "</tbody></table>"


# --- the values -----------------------------------------------------------------------------------


def values(results: Results) -> Iterator[str]:
    """Yield every value with its unit, its 95 % interval and where it comes from; what is assumed first."""
    headings = ["", _("value"), numerals.interval_heading(0.95)]
    groups, kinds = [], []
    for origin, mine in by_origin(results.model):
        told = f"{text(origin_told(origin))} ({numerals.whole(len(mine))})"
        groups.append((told, [_value(one, results) for one in mine]))
        kinds.append(origin)
    yield from grouped(_("The values of the model"), headings, groups, kinds=kinds)


def _value(one: Parameter, results: Results) -> list[str]:
    mark = ""
    if one.origin == "assumed":
        mark = f'<b class="mark">{text(_("assumed"))}</b> '
    elif one.origin == "study":
        mark = f'<b class="mark">{text(_("study"))}</b> '
    told = text(unbroken(one.told))
    if one.origin == "study":
        told = f"<code>{told}</code>"
    elif one.formula is not None:
        told = f"<code>{text(one.formula.text)}</code>" + (f" {told}" if told else "")
    about = [text(one.unit), *([text(_family(one))] if one.distribution else [])]
    name = (
        f'{mark}{text(one.label)} <span class="about">{" · ".join(about)}</span>'
        f'<span class="about">{told}</span>'
    )
    return [name, number(results.values[one.name]), _spread(one)]


def _spread(one: Parameter) -> str:
    if one.distribution is None and one.origin != "calculated":
        return numerals.NOTHING
    return between(interval(one))


def _family(one: Parameter) -> str:
    if one.distribution is None:
        return ""
    return {
        "beta": _("beta distribution"),
        "gamma": _("gamma distribution"),
        "lognormal": _("lognormal distribution"),
        "normal": _("normal distribution"),
        "uniform": _("uniform distribution"),
        "dirichlet": _("Dirichlet distribution"),
    }[one.distribution.family]


# --- what it comes to -----------------------------------------------------------------------------


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
        _Counted(text(one.label), base.costs[:, at, 0], _drawn_of(drawn, at))
        for at, one in enumerate(model.costs)
    ]
    together = f"<b>{text(_('All costs'))}</b>"
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


def _drawn_of(drawn: Totals | None, at: int) -> Floats | None:
    return drawn.costs[:, at] if drawn else None


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
        for at, one in _others(results)
    ]
    first = results.model.strategies[0].label
    yield from grouped(_("Differences from {first}").format(first=first), headings, groups)


def _others(results: Results) -> list[tuple[int, Strategy]]:
    return list(enumerate(results.model.strategies))[1:]


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
        "dominated": _("dominated: another costs no more and yields no less"),
        "extendedly_dominated": _("dominated by two others together (extended dominance)"),
        "equal": _("costs and yields what {other} does"),
        "frontier": _("beside {other}") if one.against else _("the cheapest"),
    }[one.place].format(other=labels.get(one.against, ""))
    name = f'{text(labels[one.name])}<span class="about">{text(about)}</span>'
    found = (one.cost, one.effect, one.cost_more, one.effect_more, one.icer)
    return [name, *("" if each is None else figure(each) for each in found)]


# --- where people are -----------------------------------------------------------------------------


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


# --- how sure it is -------------------------------------------------------------------------------


def quadrants(results: Results, drawn: Totals) -> Iterator[str]:
    """Yield in which share of the draws each other strategy costs more or saves, yields more or less."""
    cost, effect = drawn.cost - drawn.cost[0], drawn.effect - drawn.effect[0]
    named = (
        (_("costs more, yields more"), (cost > 0) & (effect > 0)),
        (_("costs more, yields no more"), (cost > 0) & (effect <= 0)),
        (_("costs no more, yields more"), (cost <= 0) & (effect > 0)),
        (_("costs no more, yields no more"), (cost <= 0) & (effect <= 0)),
    )
    rows = [
        [text(told), *(share(float(held[at].mean())) for at, _one in _others(results))]
        for told, held in named
    ]
    headings = ["", *(one.label for _at, one in _others(results))]
    yield from plain(_("Shares of the draws"), headings, rows)


def acceptable(results: Results, found: Curves) -> Iterator[str]:
    """Yield in which share of the draws each strategy is the best, by what one more is worth."""
    model = results.model
    rows = [
        [worth, *(share(float(one)) for one in found.acceptable[:, at])]
        for at, worth in _worths(results, found)
    ]
    headings = [_("one more is worth"), *(one.label for one in model.strategies)]
    yield from plain(_("Probability of being the best"), headings, rows)


def information(results: Results, found: Curves) -> Iterator[str]:
    """Yield what knowing every value would be worth for one person, by what one more is worth."""
    told = _("knowing all is worth, {currency}").format(currency=results.model.currency)
    rows = [[worth, figure(float(found.information[at]))] for at, worth in _worths(results, found)]
    yield from plain(_("Value of perfect information"), [_("one more is worth"), told], rows)


def _worths(results: Results, found: Curves) -> Iterator[tuple[int, str]]:
    """Yield the worths that the model names, as markup, with their places on the curves."""
    for worth in results.model.worth:
        at = int(np.searchsorted(found.worth, worth))
        yield at, text(money(worth, results.model.currency))


def swings(results: Results, some: Sequence[Swing]) -> Iterator[str]:
    """Yield what a strategy costs and yields more than the first at both ends of some parameters."""
    model = results.model
    rows = []
    for one in some:
        about = _("from {low} to {high}").format(low=number(one.low), high=number(one.high))
        label = (
            f'{text(model.parameters[one.parameter].label)}<span class="about">{text(about)}</span>'
        )
        pairs = ((one.cost_low, one.cost_high), (one.effect_low, one.effect_high))
        rows.append([label, *(_to(low, high) for low, high in pairs)])
    headings = [
        "",
        _("more cost, {currency}").format(currency=model.currency),
        _("more effect, {unit}").format(unit=model.effects[0].unit),
    ]
    yield from plain(_("One value at a time"), headings, rows)


def _to(low: float, high: float) -> str:
    ends = figure(low), figure(high)
    return ends[0] if ends[0] == ends[1] else _("{low} to {high}").format(low=ends[0], high=ends[1])


def scenarios(results: Results) -> Iterator[str]:
    """Yield what each other strategy costs and yields more than the first in each scenario."""
    model = results.model
    cases = [(_("the base case"), results.base)]
    cases += [(one.scenario.label, one) for one in results.scenarios if one.scenario]
    groups = [
        (text(one.label), [_scenario(label, case, one, at) for label, case in cases])
        for at, one in _others(results)
    ]
    headings = [
        "",
        _("more cost, {currency}").format(currency=model.currency),
        _("more effect, {unit}").format(unit=model.effects[0].unit),
        _("for one more, {currency}").format(currency=model.currency),
    ]
    yield from grouped(_("Scenarios"), headings, groups)


def _scenario(label: str, case: Case, strategy: Strategy, at: int) -> list[str]:
    found = more(case.totals.cost, case.totals.effect, at)
    place = next(one for one in case.compared if one.name == strategy.name)
    name = f'{text(label)}<span class="about">{text(verdict(found))}</span>'
    return [name, signed(found.cost), signed(found.effect), place_told(place)]


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
    together = [f"<b>{text(_('together'))}</b>"]
    rows.append(together + [numerals.whole(one) for one in found.costs.sum(axis=1).tolist()])
    headings = [_("year"), *(one.label for one in results.model.strategies)]
    yield from plain(_("Budget by year"), headings, rows)


# --- what has to be said --------------------------------------------------------------------------


def checked(results: Results) -> Iterator[str]:
    """Yield the CHEERS 2022 checklist, filled in with what the model says."""
    yield f'<table class="facts"><caption class="hidden">{text(_("CHEERS 2022"))}</caption>'
    for section, items in groupby(checklist(results), key=lambda one: one.section):
        yield f'<tbody><tr><th scope="rowgroup" colspan="2">{text(section)}</th></tr>'
        for one in items:
            name = f'{one.number}. {text(one.topic)}<span class="about">{text(one.guidance)}</span>'
            told = text(one.told) if one.told else f"<i>{text(_('to be completed'))}</i>"
            yield f'<tr><th scope="row">{name}</th><td>{told}</td></tr>'
        yield "</tbody>"
    yield "</table>"
