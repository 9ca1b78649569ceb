"""What came of a model in words: numbers to four figures, lengths of time, verdicts, where values come from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from export import numerals
from export.modelling import distributions
from export.modelling.comparison import Compared
from export.modelling.formula import Floats
from export.modelling.model import Model, Origin, Parameter
from export.modelling.results import Results
from export.modelling.sensitivity import ENDS
from surveys.language import _, ngettext

FIGURES = 4  # of a number that is read
_SAME = 1e-9  # of the greater: below it two numbers differ by rounding alone
_SMALLEST = 1e-6  # what is nearer to 0 is written 0


# --- numbers ------------------------------------------------------------------------------------


def number(value: float) -> str:
    """Return a number to four figures, whole from a hundred up; a dash where there is none."""
    if not math.isfinite(value):
        return numerals.NOTHING
    size = abs(value)
    if size >= 100 or size < _SMALLEST:
        return numerals.whole(value)
    return numerals.short_decimal(value, FIGURES - 1 - math.floor(math.log10(size)))


def figure(value: float) -> str:
    """Return a number that was computed to four figures, whole from a hundred up; no decimal is left out."""
    size = abs(value)
    if not math.isfinite(value) or size >= 100 or size < _SMALLEST:
        return number(value)
    return numerals.decimal(value, FIGURES - 1 - math.floor(math.log10(size)))


def signed(value: float) -> str:
    """Return a difference with its sign; 0 has none."""
    text = figure(value)
    return f"+{text}" if value > 0 and any(one in "123456789" for one in text) else text


def money(value: float, currency: str) -> str:
    """Return an amount with its currency."""
    return _priced(number(value), currency)


def more_money(value: float, currency: str) -> str:
    """Return a difference of amounts with its currency."""
    return _priced(signed(value), currency)


def _priced(amount: str, currency: str) -> str:
    told = _("{amount} {currency}").format(amount=amount, currency=currency)
    return told.replace(" ", "\N{NO-BREAK SPACE}")


def middle(found: Floats) -> tuple[float, float] | None:
    """Return between which values 95 % of some draws lie; None where there is none of them."""
    known = found[np.isfinite(found)]
    if not known.size:
        return None
    low, high = np.quantile(known, ENDS)
    return float(low), float(high)


def interval(parameter: Parameter) -> tuple[float, float] | None:
    """Return the 95 % interval of a parameter; None of one that is certain or calculated."""
    of = parameter.distribution
    if of is None:
        return None
    low, high = (distributions.quantile(of, end) for end in ENDS)
    return low, high


def between(limits: tuple[float, float] | None) -> str:
    """Return two limits as they are written, '' where there are none."""
    return "" if limits is None else numerals.between(*map(number, limits))


def span(years: float) -> str:
    """Return a length of time in words, in the largest unit it is a whole number of."""
    exact = Fraction(years).limit_denominator(1461 * 12)
    if exact.denominator == 1:
        n = exact.numerator
        return ngettext("{n} year", "{n} years", n).format(n=n)
    if (months := exact * 12).denominator == 1:
        n = months.numerator
        return ngettext("{n} month", "{n} months", n).format(n=n)
    days = exact * 1461 / 4
    if days.denominator > 1:
        return _("{n} years").format(n=numerals.short_decimal(years, 2))
    if days.numerator % 7 == 0:
        n = days.numerator // 7
        return ngettext("{n} week", "{n} weeks", n).format(n=n)
    return ngettext("{n} day", "{n} days", days.numerator).format(n=days.numerator)


# --- what a model is ----------------------------------------------------------------------------


def conventions(model: Model) -> str:
    """Return how a model counts: over which time, at which prices, discounted by how much."""
    halves = (
        _("half-cycle correction")
        if model.correction == "half-cycle"
        else _("no correction within the cycle")
    )
    cycles = ngettext(
        "{horizon}, in {n} cycle of {cycle}", "{horizon}, in {n} cycles of {cycle}", model.cycles
    ).format(horizon=span(model.years), n=model.cycles, cycle=span(model.length))
    return _(
        "Over {cycles}, {correction}. Prices of {year} in {currency}. Discounted each year: costs by "
        "{costs}, effects by {effects}."
    ).format(
        cycles=cycles,
        correction=halves,
        year=model.price_year,
        currency=model.currency,
        costs=numerals.short_percent(model.discount.costs, 2),
        effects=numerals.short_percent(model.discount.effects, 2),
    )


def by_origin(model: Model) -> Iterator[tuple[Origin, list[Parameter]]]:
    """Yield the parameters by where they come from, what is assumed first."""
    order: tuple[Origin, ...] = ("assumed", "study", "source", "calculated")
    for origin in order:
        found = [one for one in model.parameters.values() if one.origin == origin]
        if found:
            yield origin, found


def origin_told(origin: Origin) -> str:
    """Return where values come from."""
    return {
        "assumed": _("Assumed, to be replaced"),
        "study": _("From the study"),
        "source": _("From publications"),
        "calculated": _("Calculated from these (in the first cycle)"),
    }[origin]


def assumed_told(model: Model) -> str:
    """Return how many of a model's values are assumed; those calculated from others are not counted."""
    of = Counter(one.origin for one in model.parameters.values())
    return ngettext(
        "{assumed} of {n} values is assumed", "{assumed} of {n} values are assumed", of["assumed"]
    ).format(assumed=of["assumed"], n=len(model.parameters) - of["calculated"])


def named(parameter: Parameter) -> str:
    """Return what a parameter is, with its unit."""
    return _("{label} ({unit})").format(label=parameter.label, unit=parameter.unit)


# --- what came of it ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class More:
    """What one strategy costs and yields more than the first."""

    cost: float
    effect: float

    @property
    def signs(self) -> tuple[int, int]:
        """Whether it costs and yields more (1), less (−1) or the same (0)."""
        return _sign(self.cost), _sign(self.effect)

    @property
    def ratio(self) -> float:
        """The cost of one more of the effect, or what is saved for one less; NaN elsewhere."""
        first, second = self.signs
        return self.cost / self.effect if first * second > 0 else math.nan


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def difference(value: float, of: float) -> float:
    """Return by how much a value is more than another; 0 where only rounding tells them apart."""
    more = value - of
    return 0.0 if abs(more) <= _SAME * max(abs(value), abs(of)) else more


def more(costs: Floats, effects: Floats, at: int) -> More:
    """Return what a strategy costs and yields more than the first (strategies, 1)."""
    return More(
        difference(float(costs[at, 0]), float(costs[0, 0])),
        difference(float(effects[at, 0]), float(effects[0, 0])),
    )


def verdict(one: More) -> str:
    """Return in a few words how a strategy compares with the first."""
    return {
        (1, 1): _("costs more and yields more"),
        (1, 0): _("costs more and yields the same"),
        (1, -1): _("costs more and yields less"),
        (0, 1): _("costs the same and yields more"),
        (0, 0): _("costs and yields the same"),
        (0, -1): _("costs the same and yields less"),
        (-1, 1): _("saves and yields more"),
        (-1, 0): _("saves and yields the same"),
        (-1, -1): _("saves and yields less"),
    }[one.signs]


def ratio_told(one: More, results: Results) -> str:
    """Return what one more of the effect costs, or one less saves; '' where neither says anything."""
    if math.isnan(one.ratio):
        return ""
    model = results.model
    amount, effect = money(one.ratio, model.currency), model.effects[0]
    if one.cost > 0:
        told = _("{amount} for one more ({effect}, {unit})")
    else:
        told = _("{amount} saved for one less ({effect}, {unit})")
    return told.format(amount=amount, effect=effect.label, unit=effect.unit)


def in_short(results: Results, at: int) -> str:
    """Return how a strategy, by its place, compares with the first and, where there are more, with them."""
    model, totals = results.model, results.base.totals
    one = more(totals.cost, totals.effect, at)
    told = _("{strategy}, against {first}: {verdict} ({cost} and {effect} {unit} a person)").format(
        strategy=model.strategies[at].label,
        first=model.strategies[0].label,
        verdict=verdict(one),
        cost=more_money(one.cost, model.currency),
        effect=signed(one.effect),
        unit=model.effects[0].unit,
    )
    among = ratio_told(one, results) if len(model.strategies) == 2 else _among(results, at)
    return _("{told}; {ratio}.").format(told=told, ratio=among) if among else f"{told}."


def _among(results: Results, at: int) -> str:
    """Return the place of a strategy among several: a ratio is against the one before it on the frontier."""
    label = {one.name: one.label for one in results.model.strategies}
    name = results.model.strategies[at].name
    one = next(one for one in results.base.compared if one.name == name)
    if one.icer is None:
        return "" if one.place == "frontier" else place_told(one)
    return _("{amount} for one more than {other}").format(
        amount=money(one.icer, results.model.currency), other=label[one.against]
    )


def place_told(one: Compared) -> str:
    """Return the place of a strategy among all: what one more of the effect costs, or a word."""
    if one.icer is not None:
        return figure(one.icer)
    return {
        "frontier": _("cheapest"),
        "dominated": _("dominated"),
        "extendedly_dominated": _("dominated (extended)"),
        "equal": _("equal to another"),
    }[one.place]


def how_sure(results: Results, at: int) -> str:
    """Return in how many draws a strategy costs and yields more than the first; '' where nothing was drawn."""
    if results.drawn is None:
        return ""
    costs, effects = (one[at] - one[0] for one in (results.drawn.cost, results.drawn.effect))
    return _(
        "In {dearer} of {n} draws it costs more, in {better} it yields more; 95% of draws lie within {costs} "
        "{currency} and {effects} {unit}."
    ).format(
        dearer=share(float(np.mean(costs > 0))),
        better=share(float(np.mean(effects > 0))),
        n=numerals.whole(costs.size),
        costs=_from_to(costs),
        currency=results.model.currency,
        effects=_from_to(effects),
        unit=results.model.effects[0].unit,
    )


def offset_told(results: Results, at: int) -> str:
    """Return what part of what the programme costs more is saved elsewhere; '' where it costs nothing more."""
    if results.offset is None or not math.isfinite(results.offset[at - 1]):
        return ""
    part = float(results.offset[at - 1])
    if part < 0:
        told = _("Other costs rise as well, by {share} of what the programme costs more").format(
            share=numerals.percent(-part)
        )
    else:
        told = _("Lower costs elsewhere offset {share} of what the programme costs more").format(
            share=numerals.percent(part)
        )
    drawn = results.drawn_offset
    limits = None if drawn is None else middle(drawn[at - 1])
    if limits is None:
        return f"{told}."
    low, high = map(numerals.percent, limits)
    return _("{told} (offset in 95% of draws: {interval}).").format(
        told=told, interval=numerals.between(low, high)
    )


def _from_to(found: Floats) -> str:
    limits = middle(found)
    if limits is None:
        return numerals.NOTHING
    return _("{low} to {high}").format(low=signed(limits[0]), high=signed(limits[1]))


def share(value: float) -> str:
    """Return a share of draws in per cent; more than none is never 0 %, less than all never 100 %."""
    if 0 < value < 0.001:
        return f"<{numerals.percent(0.001, 1)}"
    if 0.999 < value < 1:
        return f">{numerals.percent(0.999, 1)}"
    return numerals.percent(value, 1)
