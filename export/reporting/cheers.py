"""The CHEERS 2022 checklist of a model: what a report of it must say, and what the model already says.

Source: Husereau and others, Consolidated Health Economic Evaluation Reporting Standards 2022, BMC Medicine
2022;20:23 (28 items). Guidance is told in our own words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from export import numerals
from export.modelling.results import Results
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
        for number, (section, topic, guidance) in enumerate(_items(), start=1)
    )


def _items() -> Iterator[tuple[str, str, str]]:
    for section, items in _sections():
        for topic, guidance in items:
            yield section, topic, guidance


def _sections() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return (
        (_("Title"), ((_("Title"), _("Name it an economic evaluation, and what is compared.")),)),
        (
            _("Abstract"),
            (
                (
                    _("Abstract"),
                    _("Sum up context, main methods, results and other analyses, under headings."),
                ),
            ),
        ),
        (
            _("Introduction"),
            (
                (
                    _("Background and objectives"),
                    _("The context, the question, and what decision it serves."),
                ),
            ),
        ),
        (_("Methods"), _methods()),
        (_("Results"), _results()),
        (
            _("Discussion"),
            (
                (
                    _("Findings, limits, and whether they hold elsewhere"),
                    _("Main findings, limits, what is fair or right, and what follows for policy."),
                ),
            ),
        ),
        (
            _("Other information"),
            (
                (_("Funding"), _("Who paid, and what part they had in the analysis.")),
                (_("Conflicts of interest"), _("Those of each author, as the journal asks.")),
            ),
        ),
    )


def _methods() -> tuple[tuple[str, str], ...]:
    return (
        (_("Analysis plan"), _("Whether a plan was written beforehand, and where it can be read.")),
        (_("Population"), _("Who they are: age, sex, social and health situation.")),
        (_("Setting and location"), _("What of the place could bear on the results.")),
        (_("Comparators"), _("What is compared, and why these.")),
        (_("Perspective"), _("Whose costs and effects count, and why.")),
        (_("Time horizon"), _("How long, and why that suits.")),
        (_("Discount rate"), _("The rates, and the reason for them.")),
        (_("Choice of outcomes"), _("What was taken as benefit and as harm.")),
        (_("Measurement of outcomes"), _("How they were measured.")),
        (_("Valuation of outcomes"), _("Of whom, and by what method, they were valued.")),
        (_("Resources and costs"), _("How costs were counted and valued.")),
        (
            _("Currency, price date and conversion"),
            _("When quantities and prices are of, the currency and its year, any conversion."),
        ),
        (
            _("Rationale and description of the model"),
            _("What it is and why; whether it can be had, and where."),
        ),
        (
            _("Analytics and assumptions"),
            _("How data were transformed, extrapolated and checked; what was assumed."),
        ),
        (_("Heterogeneity"), _("How results for groups of people were estimated.")),
        (
            _("Distributional effects"),
            _("How effects are spread over people, or what was done for those who matter most."),
        ),
        (_("Uncertainty"), _("How uncertainty was taken into account.")),
        (
            _("Engagement of those concerned"),
            _("How patients, the public or others took part in the design."),
        ),
    )


def _results() -> tuple[tuple[str, str], ...]:
    return (
        (
            _("Parameters of the study"),
            _("All inputs with their values, ranges, distributions and sources."),
        ),
        (
            _("Main results"),
            _("Mean costs and outcomes of each, and their summary in one measure."),
        ),
        (
            _("Effect of uncertainty"),
            _("What inputs, methods, horizon and discount rate do to the result."),
        ),
        (
            _("Effect of engagement"),
            _("What the part taken by those concerned changed in the study."),
        ),
    )


# --- what the model says --------------------------------------------------------------------------


def _title(results: Results) -> str:
    return results.model.title


def _comparators(results: Results) -> str:
    return "; ".join(one.label for one in results.model.strategies)


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
    return "; ".join([told, *others, _("life-years")])


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
    kinds = "; ".join(one.label for one in results.model.costs)
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
    assumed = ngettext(
        "{assumed} of {n} values is assumed",
        "{assumed} of {n} values are assumed",
        of["assumed"],
    ).format(assumed=of["assumed"], n=len(model.parameters) - of["calculated"])
    others = _("{source} are from a source, {study} from the study").format(
        source=of["source"], study=of["study"]
    )
    correction = (
        _("half-cycle correction")
        if model.correction == "half-cycle"
        else _("no correction within the cycle")
    )
    return "; ".join([assumed, others, correction])


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
    return "; ".join([told, _("scenarios: {n}").format(n=len(model.scenarios))])


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
