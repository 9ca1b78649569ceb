"""The section of a report on its model: what is compared, what it comes to, how sure that is, what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from export import numerals
from export.markup import paragraph, text
from export.modelling.probabilistic import Curves, Totals
from export.modelling.results import Results
from export.modelling.sensitivity import Swing
from export.modelling.told import (
    assumed_told,
    conventions,
    difference,
    how_sure,
    in_short,
    money,
    more,
    offset_told,
    span,
)
from export.reporting import model_charts as charts
from export.reporting import model_tables as tables
from export.reporting.charts import Named
from export.reporting.cheers import REFERENCE
from export.reporting.laid_out import beside, figure
from export.reporting.laid_out import heading as below
from export.reporting.model_charts import Axis, Bar, Line, Panel, Reach
from export.reporting.parts import MOST_PARTS
from export.reporting.titles import unbroken
from surveys.language import _

_WIDEST = 10  # parameters of a tornado
_MOMENTS = 60  # of a trace that are drawn
_BESIDE = 4  # columns of numbers of a table that there is room for beside a figure, on paper too
_MILLION = 1e6


def heading(results: Results) -> str:
    """Return what the section is called."""
    if abs(results.model.years - 10) < 1e-9:
        return _("The ten-year comparison")
    return _("The comparison over {time}").format(time=span(results.model.years))


def section(results: Results, name: str) -> Iterator[str]:
    """Yield the section as markup; `name` begins the identifiers of its figures."""
    yield from _compared(results)
    yield from _careful(results)
    yield from _verdicts(results)
    for each in (_costs, _differences, _where, _sure, _one_way, _scenarios, _budget):
        yield from each(results, name)
    yield from _values(results)
    yield from _cheers(results)


def _beside(drawn: str, made: Iterable[str], columns: int) -> Iterator[str]:
    """Yield a figure and its table: below it where its columns of numbers would not stand beside."""
    if columns <= _BESIDE:
        yield from beside(drawn, made)
        return
    if drawn:
        yield figure(drawn)
    yield from made


def _named(name: str, title: str) -> Named:
    return Named(name, title, _("The same figures stand in the table beside it."))


# --- what is compared -----------------------------------------------------------------------------


def _compared(results: Results) -> Iterator[str]:
    model = results.model
    yield paragraph(unbroken(model.title), "lead")
    yield from (paragraph(unbroken(line)) for line in model.text.splitlines() if line.strip())
    rows = [
        (_("Compared"), _("; ").join(one.label for one in model.strategies)),
        (_("Perspective"), unbroken(model.perspective)),
        (_("How it counts"), conventions(model)),
    ]
    yield from tables.facts(
        _("What is compared"), [(text(what), text(told)) for what, told in rows]
    )


def _careful(results: Results) -> Iterator[str]:
    """Yield the warning: how much is assumed, and that nothing is presumed to be saved."""
    yield '<div class="careful">'
    if any(one.origin == "assumed" for one in results.model.parameters.values()):
        told = _("{assumed}. Nobody measured what is assumed.").format(
            assumed=assumed_told(results.model)
        )
        yield f"<p><strong>{text(told)}</strong></p>"
    yield paragraph(
        _(
            "What stands below follows from the values it was given; it is no finding. Nothing is presumed "
            "to be saved: a strategy saves only where those values say so, and each of them can be read, "
            "with where it comes from, at the end of this section."
        )
    )
    yield "</div>"


def _verdicts(results: Results) -> Iterator[str]:
    """Yield in sentences how each strategy compares with the first."""
    model = results.model
    yield below(_("For one person, beside {first}").format(first=model.strategies[0].label))
    yield "<ul>"
    for at in range(1, len(model.strategies)):
        first, *others = (f(results, at) for f in (in_short, how_sure, offset_told))
        yield f"<li><strong>{text(first)}</strong> {text(' '.join(filter(None, others)))}</li>"
    yield "</ul>"


# --- what it comes to -----------------------------------------------------------------------------


def _costs(results: Results, name: str) -> Iterator[str]:
    model, found = results.model, results.base.totals
    title = _("Costs and effects of one person, over {time}").format(time=span(model.years))
    yield below(title)
    names, costs = [one.label for one in model.costs], found.costs[:, :, 0]
    if len(names) > MOST_PARTS:  # more shades cannot be told apart
        names, costs = [_("All costs")], found.cost
    rows = [
        Bar(one.label, tuple(costs[at].tolist()), money(float(found.cost[at, 0]), model.currency))
        for at, one in enumerate(model.strategies)
    ]
    drawn = charts.bars(_named(f"{name}-costs", title), rows, names, Axis(model.currency))
    yield from _beside(drawn, tables.by_strategy(results), len(model.strategies))


def _differences(results: Results, _name: str) -> Iterator[str]:
    first = results.model.strategies[0].label
    yield below(_("What differs from {first}").format(first=first))
    yield from tables.beside_first(results)
    yield below(_("Which are worth their cost"))
    yield paragraph(
        _(
            "From the cheapest to the dearest. What is dominated costs more without yielding more; the others "
            "are compared with the one before them that is not."
        ),
        "small",
    )
    yield from tables.ranked(results)


def _where(results: Results, name: str) -> Iterator[str]:
    model = results.model
    title = _("Where people are")
    yield below(title)
    alive = [at for at, one in enumerate(model.states) if not one.is_dead]
    dead = [at for at, one in enumerate(model.states) if one.is_dead]
    drawn = ""
    if len(alive) <= MOST_PARTS:
        order = [*alive, *dead]
        moments = min(model.cycles, _MOMENTS) + 1
        cycles = np.unique(np.linspace(0, model.cycles, moments).round().astype(int))
        panels = [
            Panel(one.label, arm.trace[cycles][:, order, 0].T)
            for one, arm in zip(model.strategies, results.arms, strict=True)
        ]
        times = model.length * cycles
        labels = [model.states[at].label for at in order]
        drawn = charts.traces(_named(f"{name}-trace", title), times, panels, labels, len(dead))
    yield from _beside(drawn, tables.where(results), len(model.states))


# --- how sure it is -------------------------------------------------------------------------------


def _sure(results: Results, name: str) -> Iterator[str]:
    model, drawn = results.model, results.drawn
    if drawn is None:
        yield below(_("How sure this is"))
        yield paragraph(_("No value is uncertain in this model: nothing was drawn."))
        return
    title = _("How sure this is: {n} draws of all uncertain values").format(
        n=numerals.whole(model.draws)
    )
    yield below(title)
    yield paragraph(
        _(
            "Each draw gives every uncertain value another number, as likely as its distribution says, and "
            "computes the model once more. All strategies share the draws (seed {seed})."
        ).format(seed=model.seed)
    )
    yield from _plane(results, drawn, name, title)
    if results.curves is not None and model.worth:
        yield from _acceptable(results, results.curves, name)


def _plane(results: Results, drawn: Totals, name: str, title: str) -> Iterator[str]:
    model, base = results.model, results.base.totals
    others = list(enumerate(model.strategies))[1:]
    panels = [
        Panel(
            one.label,
            np.array([drawn.effect[at] - drawn.effect[0], drawn.cost[at] - drawn.cost[0]]),
        )
        for at, one in others
    ]
    found = [more(base.cost, base.effect, at) for at, _one in others]
    axes = (
        Axis(_("more effect, {unit}").format(unit=model.effects[0].unit)),
        Axis(_("more cost, {currency}").format(currency=model.currency)),
    )
    places = [(one.effect, one.cost) for one in found]
    picture = charts.planes(_named(f"{name}-plane", title), panels, places, axes)
    yield from _beside(picture, tables.quadrants(results, drawn), len(others))
    yield paragraph(
        _(
            "Squares hold the draws, the darker the more of them; one draw in twenty, the furthest out, is not "
            "shown. The ring is the base case."
        ),
        "small",
    )


def _acceptable(results: Results, found: Curves, name: str) -> Iterator[str]:
    model = results.model
    effect = model.effects[0]
    title = _("Which is best, by what one more is worth ({effect}, {unit})").format(
        effect=effect.label, unit=effect.unit
    )
    yield below(title)
    drawn = known = ""
    knowing = _("What knowing every value would be worth, for one person")
    if len(found.worth) > 1:
        worth = Axis(_("one more is worth, {currency}").format(currency=model.currency))
        some = [Line(one.label, found.acceptable[at]) for at, one in enumerate(model.strategies)]
        best = found.acceptable[list(found.chosen), np.arange(len(found.worth))]
        axes = worth, Axis(_("share of draws in which it is the best"), are_shares=True)
        band = Line(_("the one best on average (frontier)"), best)
        drawn = charts.lines(_named(f"{name}-curves", title), found.worth, some, axes, band=band)
        axes = worth, Axis(model.currency)
        line = [Line(knowing, found.information)]
        known = charts.lines(_named(f"{name}-information", knowing), found.worth, line, axes)
    yield from _beside(drawn, tables.acceptable(results, found), len(model.strategies))
    yield paragraph(_best(results, found))
    yield below(knowing)
    yield paragraph(
        _(
            "To know each of them exactly (expected value of perfect information). Research that costs more "
            "than this, for all whom it concerns, is not worth it."
        ),
        "small",
    )
    yield from _beside(known, tables.information(results, found), 1)


def _best(results: Results, found: Curves) -> str:
    """Return from which worth on each strategy is the best on average."""
    model, turns = results.model, []
    for at, chosen in enumerate(found.chosen):
        if not at or chosen != found.chosen[at - 1]:
            worth = money(float(found.worth[at]), model.currency)
            label = model.strategies[chosen].label
            turns.append(_("{strategy}, from {worth} on").format(strategy=label, worth=worth))
    return _("Best on average: {list}.").format(list=_("; ").join(turns))


# --- what it hangs on -----------------------------------------------------------------------------


def _one_way(results: Results, name: str) -> Iterator[str]:
    if not results.swings:
        return
    yield below(_("What the difference in cost hangs on"))
    yield paragraph(
        _(
            "Each uncertain value alone is put at either end of its 95% interval, the others staying as they "
            "are. At most the ten that move cost or effect furthest are shown."
        ),
        "small",
    )
    for at, one in enumerate(results.model.strategies[1:], start=1):
        mine = [each for each in results.swings if each.strategy == one.name and _moves(each)]
        if mine:
            yield f"<h4>{text(one.label)}</h4>"
            drawn = _tornado(results, mine[:_WIDEST], at, f"{name}-tornado{at}")
            yield from _beside(drawn, tables.swings(results, mine[:_WIDEST]), 2)


def _moves(one: Swing) -> bool:
    return difference(one.cost_high, one.cost_low) != 0


def _tornado(results: Results, some: list[Swing], at: int, name: str) -> str:
    model, base = results.model, results.base.totals
    title = _("What the cost of {strategy} hangs on").format(strategy=model.strategies[at].label)
    rows = [
        Reach(model.parameters[one.parameter].label, one.cost_low, one.cost_high) for one in some
    ]
    ends = (_("the low end of its interval"), _("the high end of its interval"))
    axis = Axis(_("more cost, {currency}").format(currency=model.currency))
    found = more(base.cost, base.effect, at)
    return charts.tornado(_named(name, title), found.cost, rows, ends, axis)


def _scenarios(results: Results, _name: str) -> Iterator[str]:
    if results.scenarios:
        yield below(_("Under other choices"))
        yield from tables.scenarios(results)


def _budget(results: Results, name: str) -> Iterator[str]:
    model, found = results.model, results.budget
    n = numerals.whole(model.cohort)
    title = _("Budget of {n} people who enter together").format(n=n)
    yield below(title)
    yield paragraph(_("What they cost in each year, not discounted."), "small")
    is_large = float(np.abs(found.costs).max()) >= _MILLION
    unit = _("millions of {currency}") if is_large else "{currency}"
    axis = Axis(_("{what} in each year").format(what=unit.format(currency=model.currency)))
    some = [
        Line(one.label, found.costs[at] / (_MILLION if is_large else 1))
        for at, one in enumerate(model.strategies)
    ]
    drawn = ""
    if len(found.years) > 1:
        places = np.array(found.years, dtype=np.float64)
        named = _named(f"{name}-budget", title)
        marks = len(found.years) <= 20
        drawn = charts.lines(named, places, some, (Axis(_("year")), axis), has_marks=marks)
    yield from _beside(drawn, tables.budget(results), len(model.strategies))


# --- what it is made of ---------------------------------------------------------------------------


def _values(results: Results) -> Iterator[str]:
    yield below(_("Every value, and where it comes from"))
    yield paragraph(
        _(
            "A dash for an interval: the value is taken as certain. What is calculated has no interval of its own."
        ),
        "small",
    )
    yield from tables.values(results)


def _cheers(results: Results) -> Iterator[str]:
    yield below(_("What a publication has to say (CHEERS 2022)"))
    yield paragraph(
        _("What the model says already is filled in. {source}.").format(source=REFERENCE), "small"
    )
    yield from tables.checked(results)
