"""How sure a model's comparison is, in a report: its draws, what it hangs on, and under other choices."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from export import numerals
from export.markup import paragraph, text
from export.modelling.comparison import more
from export.modelling.figures import money
from export.modelling.probabilistic import Curves
from export.modelling.results import Results
from export.modelling.sensitivity import Swing
from export.modelling.totals import Totals
from export.reporting import model_uncertainty_tables as tables
from export.reporting.laid_out import heading as below
from export.reporting.model_axes import Axis, Panel
from export.reporting.model_bars import Reach, tornado
from export.reporting.model_lines import Line, lines
from export.reporting.model_markup import figure_and_table, named
from export.reporting.model_plane import planes
from surveys.language import _

_WIDEST = 10  # parameters of a tornado


def by_draws(results: Results, name: str) -> Iterator[str]:
    """Yield what the draws say: the plane, which strategy is best, what knowing more would be worth."""
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
    others = model.others
    panels = [
        Panel(one.label, np.array([drawn.effect_more[at], drawn.cost_more[at]]))
        for at, one in others
    ]
    found = [more(base, at) for at, _one in others]
    axes = (
        Axis(_("more effect, {unit}").format(unit=model.effects[0].unit)),
        Axis(_("more cost, {currency}").format(currency=model.currency)),
    )
    places = [(one.effect, one.cost) for one in found]
    picture = planes(named(f"{name}-plane", title), panels, places, axes)
    yield from figure_and_table(picture, tables.quadrants(results, drawn), len(others))
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
        drawn = lines(named(f"{name}-curves", title), found.worth, some, axes, band=band)
        axes = worth, Axis(model.currency)
        line = [Line(knowing, found.information)]
        known = lines(named(f"{name}-information", knowing), found.worth, line, axes)
    yield from figure_and_table(drawn, tables.acceptable(results, found), len(model.strategies))
    yield paragraph(_best(results, found))
    yield below(knowing)
    yield paragraph(
        _(
            "To know each of them exactly (expected value of perfect information). Research that costs more "
            "than this, for all whom it concerns, is not worth it."
        ),
        "small",
    )
    yield from figure_and_table(known, tables.information(results, found), 1)


def _best(results: Results, found: Curves) -> str:
    """Return from which worth on each strategy is the best on average."""
    model, turns = results.model, []
    for at, chosen in enumerate(found.chosen):
        if not at or chosen != found.chosen[at - 1]:
            worth = money(float(found.worth[at]), model.currency)
            label = model.strategies[chosen].label
            turns.append(_("{strategy}, from {worth} on").format(strategy=label, worth=worth))
    return _("Best on average: {list}.").format(list=_("; ").join(turns))


def one_way(results: Results, name: str) -> Iterator[str]:
    """Yield for each strategy the values that move its cost or effect, the widest first; nothing where none does."""
    moving = [one for one in results.swings if one.moves]
    if not moving:
        return
    yield below(_("What the difference in cost hangs on"))
    yield paragraph(
        _(
            "Each uncertain value alone is put at either end of its 95% interval, the others staying as they "
            "are. At most the ten that move cost or effect furthest are shown."
        ),
        "small",
    )
    for at, one in results.model.others:
        mine = [each for each in moving if each.strategy == one.name][:_WIDEST]
        if mine:
            yield f"<h4>{text(one.label)}</h4>"
            mine.sort(key=lambda each: -each.width)
            drawn = _tornado(results, mine, at, f"{name}-tornado{at}")
            yield from figure_and_table(drawn, tables.swings(results, mine), 2)


def _tornado(results: Results, some: list[Swing], at: int, name: str) -> str:
    model, base = results.model, results.base.totals
    title = _("What the cost of {strategy} hangs on").format(strategy=model.strategies[at].label)
    rows = [
        Reach(model.parameters[one.parameter].label, one.cost_low, one.cost_high) for one in some
    ]
    ends = (_("the low end of its interval"), _("the high end of its interval"))
    axis = Axis(_("more cost, {currency}").format(currency=model.currency))
    found = more(base, at)
    return tornado(named(name, title), found.cost, rows, ends, axis)


def by_scenario(results: Results, _name: str) -> Iterator[str]:
    """Yield what differs from the first strategy in each scenario, where there are any."""
    if results.scenarios:
        yield below(_("Under other choices"))
        yield from tables.scenarios(results)
