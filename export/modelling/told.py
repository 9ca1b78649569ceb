"""What a model is and what came of it, in words: how it counts, where values come from, verdicts, how sure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np

from export import numerals
from export.modelling.comparison import Compared, More, more
from export.modelling.figures import amount, money, more_money, share, signed, span
from export.modelling.formula import Floats
from export.modelling.model import Model, Origin, Parameter
from export.modelling.probabilistic import middle
from export.modelling.results import Results
from surveys.language import _, ngettext

# --- what a model is ----------------------------------------------------------------------------


def conventions(model: Model) -> str:
    """Return how a model counts: over which time, at which prices, discounted by how much."""
    cycles = ngettext(
        "{horizon}, in {n} cycle of {cycle}", "{horizon}, in {n} cycles of {cycle}", model.cycles
    ).format(horizon=span(model.years), n=model.cycles, cycle=span(model.length))
    return _(
        "Over {cycles}, {correction}. Prices of {year} in {currency}. Discounted each year: costs by "
        "{costs}, effects by {effects}."
    ).format(
        cycles=cycles,
        correction=correction_told(model),
        year=model.price_year,
        currency=model.currency,
        costs=numerals.short_percent(model.discount.costs, 2),
        effects=numerals.short_percent(model.discount.effects, 2),
    )


def correction_told(model: Model) -> str:
    """Return how what happens within a cycle is counted."""
    if model.correction == "half-cycle":
        return _("half-cycle correction")
    return _("no correction within the cycle")


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


def with_unit(label: str, unit: str) -> str:
    """Return what a number is of, with its unit."""
    return _("{label} ({unit})").format(label=label, unit=unit)


# --- what came of it ----------------------------------------------------------------------------


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
    model = results.model
    one = more(results.base.totals, at)
    told = _("{strategy}, against {first}: {verdict} ({cost} and {effect} {unit} a person)").format(
        strategy=model.strategies[at].label,
        first=model.strategies[0].label,
        verdict=verdict(one),
        cost=more_money(one.cost, model.currency),
        effect=signed(one.effect),
        unit=model.effects[0].unit,
    )
    parts = [told, ratio_told(one, results), _among(results, at)]
    return _("; ").join(part for part in parts if part) + "."


def _among(results: Results, at: int) -> str:
    """Return what beside the first says of the place of a strategy: who dominates it, or is before it."""
    model, one = results.model, results.base.ranked(at)
    label = {one.name: one.label for one in model.strategies}
    if one.place in ("dominated", "equal") or one.against == model.strategies[0].name:
        told = {"dominated": _("dominated by {other}"), "equal": _("equal to {other}")}
        return told.get(one.place, "").format(other=label[one.against])
    if one.icer is None:
        return "" if one.place == "frontier" else place_told(one)
    return _("{amount} for one more than {other}").format(
        amount=money(one.icer, model.currency), other=label[one.against]
    )


def place_told(one: Compared) -> str:
    """Return the place of a strategy among all: what one more of the effect costs, or a word."""
    if one.icer is not None:
        return amount(one.icer)
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
    costs, effects = results.drawn.cost_more[at], results.drawn.effect_more[at]
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
