"""The section of a report on its model: what is compared, what it comes to, how sure that is, what it needs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from export import numerals
from export.markup import paragraph, text
from export.modelling.figures import money, span
from export.modelling.results import Results
from export.modelling.told import assumed_told, conventions, how_sure, in_short, offset_told
from export.reporting import cheers, model_tables
from export.reporting.laid_out import heading as below
from export.reporting.model_axes import Axis, Panel
from export.reporting.model_bars import Bar, bars
from export.reporting.model_lines import Line, lines, traces
from export.reporting.model_markup import facts, figure_and_table, named
from export.reporting.model_uncertainty import by_draws, by_scenario, one_way
from export.reporting.model_values import values
from export.reporting.parts import MOST_PARTS
from export.reporting.titles import unbroken
from surveys.language import _

_MOMENTS = 60  # of a trace that are drawn
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
    for each in (_costs, _differences, _where, by_draws, one_way, by_scenario, _budget):
        yield from each(results, name)
    yield from _values(results)
    yield from _cheers(results)


def _compared(results: Results) -> Iterator[str]:
    model = results.model
    yield paragraph(unbroken(model.title), "lead")
    yield from (paragraph(unbroken(line)) for line in model.text.splitlines() if line.strip())
    rows = [
        (_("Compared"), _("; ").join(one.label for one in model.strategies)),
        (_("Perspective"), unbroken(model.perspective)),
        (_("How it counts"), conventions(model)),
    ]
    yield from facts(_("What is compared"), [(text(what), text(told)) for what, told in rows])


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
    for at, _strategy in model.others:
        first, *others = (f(results, at) for f in (in_short, how_sure, offset_told))
        yield f"<li><strong>{text(first)}</strong> {text(' '.join(filter(None, others)))}</li>"
    yield "</ul>"


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
    drawn = bars(named(f"{name}-costs", title), rows, names, Axis(model.currency))
    yield from figure_and_table(drawn, model_tables.by_strategy(results), len(model.strategies))


def _differences(results: Results, _name: str) -> Iterator[str]:
    first = results.model.strategies[0].label
    yield below(_("What differs from {first}").format(first=first))
    yield from model_tables.beside_first(results)
    yield below(_("Which are worth their cost"))
    yield paragraph(
        _(
            "From the cheapest to the dearest. What is dominated costs more without yielding more; the others "
            "are compared with the one before them that is not."
        ),
        "small",
    )
    yield from model_tables.ranked(results)


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
        drawn = traces(named(f"{name}-trace", title), times, panels, labels, len(dead))
    yield from figure_and_table(drawn, model_tables.where(results), len(model.states))


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
        drawn_as = named(f"{name}-budget", title)
        marks = len(found.years) <= 20
        drawn = lines(drawn_as, places, some, (Axis(_("year")), axis), has_marks=marks)
    yield from figure_and_table(drawn, model_tables.budget(results), len(model.strategies))


def _values(results: Results) -> Iterator[str]:
    yield below(_("Every value, and where it comes from"))
    yield paragraph(
        _(
            "A dash for an interval: the value is taken as certain. What is calculated has no interval of its own. "
            "Intervals are those of the distributions, whose mean is the value: they may differ a little from "
            "those published."
        ),
        "small",
    )
    yield from values(results)


def _cheers(results: Results) -> Iterator[str]:
    yield below(_("What a publication has to say (CHEERS 2022)"))
    yield paragraph(
        _("What the model says already is filled in. {source}.").format(source=cheers.REFERENCE),
        "small",
    )
    yield from cheers.table(results)
