"""A model's results on a terminal: what was put in, what came out, how sure it is, and at the end in short."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from export import layout, numerals
from export.modelling import figures, told
from export.modelling.columns import print_columns
from export.modelling.comparison import more
from export.modelling.distributions import interval
from export.modelling.model import Model, Outcome
from export.modelling.results import Case, Results
from surveys.language import _, ngettext, printable

_SWINGS = 10  # of a strategy, the widest


def print_results(console: Console, found: Results, *, is_practice: bool) -> None:
    """Print everything; what it comes to stands at the end, where a terminal stops."""
    layout.print_practice(console, is_practice=is_practice)
    print_model(console, found.model)
    _print_values(console, found)
    _print_totals(console, found)
    _print_compared(console, found)
    _print_budget(console, found)
    _print_scenarios(console, found)
    _print_swings(console, found)
    _print_worth(console, found)
    _print_in_short(console, found, is_practice=is_practice)


def print_model(console: Console, model: Model) -> None:
    """Print what a model is about, from whose view, and how it counts."""
    console.print(printable(model.title), style="bold underline")
    if model.text:
        _say(console, model.text)
    _say(
        console, _("Perspective: {perspective}.").format(perspective=model.perspective.rstrip("."))
    )
    _say(console, told.conventions(model))


def _say(console: Console, text: str) -> None:
    console.print(Text(printable(text)))


# --- what was put in ----------------------------------------------------------------------------


def _print_values(console: Console, found: Results) -> None:
    """Print every value by where it comes from, what is assumed first."""
    layout.heading(console, _("Where the values come from"))
    _say(
        console,
        _("{assumed}. The file says why, and where the others were published.").format(
            assumed=told.assumed_told(found.model)
        ),
    )
    for origin, parameters in told.by_origin(found.model):
        console.print()
        rows = [
            (
                told.with_unit(one.label, one.unit),
                figures.number(found.values[one.name]),
                figures.between(interval(one.distribution) if one.distribution else None),
            )
            for one in parameters
        ]
        heading = told.origin_told(origin)
        print_columns(console, (heading, _("value"), _("95% interval")), rows)


# --- what came out ------------------------------------------------------------------------------


def _print_totals(console: Console, found: Results) -> None:
    """Print the totals of each strategy, a column each."""
    model, totals = found.model, found.base.totals
    heading = _("What each strategy costs and yields, for one person, discounted")
    layout.heading(console, heading)
    costs = [_row(_of(model, one), totals.costs[:, at, 0]) for at, one in enumerate(model.costs)]
    if len(costs) > 1:
        all_costs = _("All costs ({currency})").format(currency=model.currency)
        costs.append(_row(all_costs, totals.cost[:, 0]))
    effects = [
        _row(_of(model, one), totals.effects[:, at, 0]) for at, one in enumerate(model.effects)
    ]
    life_years = _row(_("Life-years"), totals.life_years[:, 0])
    names = ["", *(one.label for one in model.strategies)]
    print_columns(console, names, [*costs, *effects, life_years])


def _of(model: Model, outcome: Outcome) -> str:
    unit = model.currency if outcome.kind == "cost" else outcome.unit
    return told.with_unit(outcome.label, unit)


def _row(name: str, values: Iterable[float]) -> list[str]:
    return [name, *map(figures.figure, values)]


def _print_compared(console: Console, found: Results) -> None:
    """Print the strategies from the cheapest to the dearest, with what one more of the effect costs."""
    model = found.model
    layout.heading(console, _("From the cheapest to the dearest"))
    label = {one.name: one.label for one in model.strategies}
    effect = model.effects[0]
    headings = (
        "",
        _("cost"),
        effect.label,
        _("costs more"),
        _("yields more"),
        _("for one more"),
    )
    rows = [
        (
            label[one.name],
            figures.figure(one.cost),
            figures.figure(one.effect),
            "" if one.cost_more is None else figures.figure(one.cost_more),
            "" if one.effect_more is None else figures.figure(one.effect_more),
            told.place_told(one),
        )
        for one in found.base.compared
    ]
    print_columns(console, headings, rows)
    if len(rows) > 2:
        _say(console, _against())


def _against() -> str:
    return _("For one more: against the next cheaper one that is not dominated.")


def _print_budget(console: Console, found: Results) -> None:
    model, budget = found.model, found.budget
    heading = ngettext(
        "Budget of {n} person by year ({currency}, not discounted)",
        "Budget of {n} people by year ({currency}, not discounted)",
        model.cohort,
    ).format(n=numerals.whole(model.cohort), currency=model.currency)
    layout.heading(console, heading)
    shown = list(zip(budget.years, budget.costs.T, strict=True))[: layout.LISTED]
    rows = [[str(year), *map(figures.figure, costs)] for year, costs in shown]
    rows.append(_row(_("All years"), budget.costs.sum(axis=1)))
    print_columns(console, [_("year"), *(one.label for one in model.strategies)], rows)
    layout.more(console, len(budget.years))


# --- how sure it is -----------------------------------------------------------------------------


def _print_scenarios(console: Console, found: Results) -> None:
    """Print what each strategy costs and yields more than the first, case by case."""
    if not found.scenarios:
        return
    model = found.model
    layout.heading(console, _("Scenarios"))
    for at, strategy in model.others:
        if at > 1:
            console.print()
        heading = _("{strategy}, against {first}").format(
            strategy=strategy.label, first=model.strategies[0].label
        )
        rows = [_scenario(case, at) for case in (found.base, *found.scenarios)]
        headings = (heading, _("costs more"), _("yields more"), _("for one more"))
        print_columns(console, headings, rows)
    if len(model.strategies) > 2:
        _say(console, _against())


def _scenario(case: Case, at: int) -> list[str]:
    one = more(case.totals, at)
    label = case.scenario.label if case.scenario else _("Base case")
    place = told.place_told(case.ranked(at))
    return [label, figures.signed(one.cost), figures.signed(one.effect), place]


def _print_swings(console: Console, found: Results) -> None:
    """Print for each strategy what the parameters alone do that move its cost most."""
    model, moving = found.model, [one for one in found.swings if one.moves_cost]
    if not moving:
        return
    heading = _("One value at a time, from one end of its 95% interval to the other")
    layout.heading(console, heading)
    for at, strategy in model.others:
        if at > 1:
            console.print()
        swings = [one for one in moving if one.strategy == strategy.name]
        rows = [
            (
                model.parameters[one.parameter].label,
                figures.between((one.low, one.high)),
                figures.signed(one.cost_low),
                figures.signed(one.cost_high),
            )
            for one in sorted(swings[:_SWINGS], key=lambda each: -each.width)
        ]
        costs = _("{strategy}: costs more ({currency})").format(
            strategy=strategy.label, currency=model.currency
        )
        print_columns(console, (costs, _("value"), _("at the low end"), _("at the high end")), rows)


def _print_worth(console: Console, found: Results) -> None:
    """Print by what one more of the effect could be worth how often each strategy is the best."""
    model, curves = found.model, found.curves
    if curves is None or not model.worth:
        return
    heading = _("The best by what one more is worth, in {n} draws ({effect}, {unit})").format(
        n=numerals.whole(model.draws), effect=model.effects[0].label, unit=model.effects[0].unit
    )
    layout.heading(console, heading)
    rows = []
    for worth in model.worth:
        at = curves.at(worth)
        shares = [
            figures.share(float(one)) + ("*" if place == curves.chosen[at] else "")
            for place, one in enumerate(curves.acceptable[:, at])
        ]
        rows.append(
            [
                figures.money(worth, model.currency),
                *shares,
                figures.amount(float(curves.information[at])),
            ]
        )
    names = [one.label for one in model.strategies]
    print_columns(console, ["", *names, _("perfect information")], rows)
    _say(
        console,
        _(
            "*: the best on average. Perfect information: what it would be worth, for one person, to know "
            "every value exactly ({currency})."
        ).format(currency=model.currency),
    )


# --- in short -----------------------------------------------------------------------------------


def _print_in_short(console: Console, found: Results, *, is_practice: bool) -> None:
    """Print what it comes to: strategy by strategy, what is offset, and how much of it is assumed."""
    layout.heading(console, _("In short"))
    layout.print_practice(console, is_practice=is_practice)
    for at, _strategy in found.model.others:
        parts = (told.in_short(found, at), told.how_sure(found, at), told.offset_told(found, at))
        _say(console, " ".join(part for part in parts if part))
    if any(one.origin == "assumed" for one in found.model.parameters.values()):
        _say(
            console,
            _("{assumed}: so is what follows from them.").format(
                assumed=told.assumed_told(found.model)
            ),
        )
