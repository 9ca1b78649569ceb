"""The tables of how sure a model's comparison is: draws, worths, one value at a time, other choices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from export.markup import text
from export.modelling.comparison import more
from export.modelling.figures import amount, figure, money, number, share, signed
from export.modelling.probabilistic import Curves
from export.modelling.results import Case, Results
from export.modelling.sensitivity import Swing
from export.modelling.told import place_told, verdict
from export.modelling.totals import Totals
from export.reporting.model_markup import grouped, plain
from surveys.language import _


def quadrants(results: Results, drawn: Totals) -> Iterator[str]:
    """Yield in which share of the draws each other strategy costs more or saves, yields more or less."""
    cost, effect = drawn.cost_more, drawn.effect_more
    named = (
        (_("costs more, yields more"), (cost > 0) & (effect > 0)),
        (_("costs more, yields no more"), (cost > 0) & (effect <= 0)),
        (_("costs no more, yields more"), (cost <= 0) & (effect > 0)),
        (_("costs no more, yields no more"), (cost <= 0) & (effect <= 0)),
    )
    rows = [
        [text(told), *(share(float(held[at].mean())) for at, _one in results.model.others)]
        for told, held in named
    ]
    headings = ["", *(one.label for _at, one in results.model.others)]
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
    rows = [[worth, amount(float(found.information[at]))] for at, worth in _worths(results, found)]
    yield from plain(_("Value of perfect information"), [_("one more is worth"), told], rows)


def _worths(results: Results, found: Curves) -> Iterator[tuple[int, str]]:
    """Yield the worths that the model names, as markup, with their places on the curves."""
    for worth in results.model.worth:
        at = found.at(worth)
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
        (text(one.label), [_scenario(label, case, at) for label, case in cases])
        for at, one in results.model.others
    ]
    headings = [
        "",
        _("more cost, {currency}").format(currency=model.currency),
        _("more effect, {unit}").format(unit=model.effects[0].unit),
        _("for one more, {currency}").format(currency=model.currency),
    ]
    yield from grouped(_("Scenarios"), headings, groups)


def _scenario(label: str, case: Case, at: int) -> list[str]:
    found = more(case.totals, at)
    name = f'{text(label)}<span class="about">{text(verdict(found))}</span>'
    return [name, signed(found.cost), signed(found.effect), place_told(case.ranked(at))]
