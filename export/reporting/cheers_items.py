"""The 28 items of the CHEERS 2022 checklist: what a report of an economic evaluation must say.

Source: Husereau and others, Consolidated Health Economic Evaluation Reporting Standards 2022, BMC Medicine
2022;20:23. Guidance is told in our own words.
"""

from __future__ import annotations

from collections.abc import Iterator

from surveys.language import _


def items() -> Iterator[tuple[str, str, str]]:
    """Yield the section, the topic and the guidance of each item, in the order of their numbers."""
    for section, mine in _sections():
        for topic, guidance in mine:
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
