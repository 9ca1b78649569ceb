"""The CHEERS 2022 checklist of a model, filled in with what the model says already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from export import numerals
from export.markup import text
from export.modelling.results import Results
from export.modelling.told import assumed_told, correction_told
from export.reporting.cheers_items import items
from surveys.language import _, ngettext

REFERENCE = "Husereau D, Drummond M, Augustovski F, et al. BMC Medicine 2022;20:23"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the checklist; `told` is what the model says of it, '' where its authors have to."""

    number: int
    section: str
    topic: str
    guidance: str
    told: str


def checklist(results: Results) -> tuple[Item, ...]:
    """Return the 28 items in their order, with what the model and its results say already."""
    return tuple(
        Item(number, section, topic, guidance, _TOLD[number](results) if number in _TOLD else "")
        for number, (section, topic, guidance) in enumerate(items(), start=1)
    )


def table(results: Results) -> Iterator[str]:
    """Yield the CHEERS 2022 checklist, filled in with what the model says."""
    title, left = _("CHEERS 2022"), _("to be completed")
    yield f'<table class="facts"><caption class="hidden">{text(title)}</caption>'
    for section, mine in groupby(checklist(results), key=lambda one: one.section):
        yield f'<tbody><tr><th scope="rowgroup" colspan="2">{text(section)}</th></tr>'
        for one in mine:
            name = f'{one.number}. {text(one.topic)}<span class="about">{text(one.guidance)}</span>'
            told = text(one.told) if one.told else f"<i>{text(left)}</i>"
            yield f'<tr><th scope="row">{name}</th><td>{told}</td></tr>'
        yield "</tbody>"
    yield "</table>"


def _title(results: Results) -> str:
    return results.model.title


def _comparators(results: Results) -> str:
    return _("; ").join(one.label for one in results.model.strategies)


def _perspective(results: Results) -> str:
    return results.model.perspective


def _horizon(results: Results) -> str:
    model = results.model
    return _("{years} years, in {cycles} cycles").format(
        years=numerals.short_decimal(model.years, 2), cycles=numerals.whole(model.cycles)
    )


def _discount(results: Results) -> str:
    rates = results.model.discount
    return _("{costs} a year for costs, {effects} for effects; the reason is to be given").format(
        costs=numerals.short_percent(rates.costs, 2),
        effects=numerals.short_percent(rates.effects, 2),
    )


def _outcomes(results: Results) -> str:
    first, *others = (f"{one.label} ({one.unit})" for one in results.model.effects)
    told = _("{effect}, which costs are set against").format(effect=first)
    return _("; ").join([told, *others, _("life-years")])


def _measured(results: Results) -> str:
    asked = len(results.model.asked)
    return (
        ngettext(
            "{n} estimate of the survey, with its standard error; the questionnaire is that of the study",
            "{n} estimates of the survey, with their standard errors; the questionnaire is that of the study",
            asked,
        ).format(n=asked)
        if asked
        else ""
    )


def _costs(results: Results) -> str:
    kinds = _("; ").join(one.label for one in results.model.costs)
    return _("kinds of cost: {kinds}; prices and their sources stand with the parameters").format(
        kinds=kinds
    )


def _currency(results: Results) -> str:
    model = results.model
    return _("{currency}, prices of {year}; nothing was converted by the tool").format(
        currency=model.currency, year=model.price_year
    )


def _model(results: Results) -> str:
    states = ", ".join(one.label for one in results.model.states)
    return _(
        "cohort state-transition model; states: {states}; its file and the code that computes it are open"
    ).format(states=states)


def _assumptions(results: Results) -> str:
    model = results.model
    of = Counter(one.origin for one in model.parameters.values())
    others = _("{source} are from a source, {study} from the study").format(
        source=of["source"], study=of["study"]
    )
    return _("; ").join([assumed_told(model), others, correction_told(model)])


def _uncertainty(results: Results) -> str:
    model = results.model
    uncertain = sum(one.distribution is not None for one in model.parameters.values())
    if results.drawn is None:
        told = _("no parameter has a distribution: nothing was drawn")
    else:
        told = _(
            "{n} parameters with a distribution: each alone at the ends of its 95% interval, and all "
            "together in {draws} draws (seed {seed})"
        ).format(n=uncertain, draws=numerals.whole(model.draws), seed=model.seed)
    return _("; ").join([told, _("scenarios: {n}").format(n=len(model.scenarios))])


def _parameters(results: Results) -> str:
    n = len(results.model.parameters)
    return ngettext(
        "the table of parameters, {n} value", "the table of parameters, {n} values", n
    ).format(n=n)


def _main(_results: Results) -> str:
    return _("the tables of results by strategy and of the comparison")


def _effects_of_uncertainty(_results: Results) -> str:
    return _("the one-way analysis, the scenarios and the acceptability curves")


_TOLD: Mapping[int, Callable[[Results], str]] = {
    1: _title,
    7: _comparators,
    8: _perspective,
    9: _horizon,
    10: _discount,
    11: _outcomes,
    12: _measured,
    14: _costs,
    15: _currency,
    16: _model,
    17: _assumptions,
    20: _uncertainty,
    22: _parameters,
    23: _main,
    24: _effects_of_uncertainty,
}
