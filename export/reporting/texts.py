"""What a report must say whatever its figures: what they cannot tell, how they were made, what marks mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from export import numerals
from export.estimating.figures import notes
from export.markup import paragraph, text
from export.reporting.report import Part, Report
from export.respondents.weighting import RESPONSE
from surveys.language import _, ngettext


def limits(report: Report) -> Iterator[str]:
    """Yield what the figures of a report cannot tell, the largest doubt first."""
    told = [
        _(
            "People said this of themselves, and nothing was checked against another source. Whoever is "
            "housed, cared for or paid by the programme that is evaluated may say what they think is "
            "expected, or what keeps their place. This threatens the results more than the chance of "
            "the draw, which is all that the intervals show."
        ),
        _(
            "What was before is remembered, and nobody outside the programme was asked the same: that "
            "something changed since does not show that the programme changed it."
        ),
        *_of_answering(report),
        _(
            "Whoever left a question out, refused it or did not know is left out of the figures of that "
            "question, as if they were like those who answered it. Beside a table stands how many they are."
        ),
    ]
    if report.study.is_practice:
        told.insert(0, _("This is a practice study: all of it was made up by a program."))
    yield "<ul>" + "".join(f"<li>{text(one)}</li>" for one in told) + "</ul>"


def _of_answering(report: Report) -> Iterator[str]:
    people, made = report.main.given.people, report.progress
    if people.drawn is None:
        yield _(
            "Nobody was drawn at random: figures are of those who answered, and stand for nobody else."
        )
        return
    share = made.whole.respondents / max(made.whole.cases - made.whole.counts["NE"], 1)
    yield _(
        "{share} of those drawn were interviewed. The others are taken to be like those of their class "
        "who were; people who are never in, unwell or distrustful may not be."
    ).format(share=numerals.percent(share, 0))


def methods(report: Report) -> Iterator[str]:
    """Yield how people were drawn and weighted, and how figures were found."""
    told = [*_drawn(report), *_weighted(report), *_questionnaires(report.parts)]
    yield from (paragraph(one) for one in told)


def _drawn(report: Report) -> Iterator[str]:
    design = (report.certificate or {}).get("design")
    method = design.get("method") if isinstance(design, dict) else None
    ways = {
        "simple": _("People were drawn at random from a list, each with the same chance."),
        "stratified": _("People were drawn at random from a list, within strata of it."),
        "systematic": _("People were drawn from a sorted list at equal steps from a random start."),
        "clusters": _("Clusters were drawn at random, with everybody in them."),
        "two_stages": _("Clusters were drawn at random, then people within each."),
    }
    if method not in ways:
        return
    yield ways[method]
    yield _(
        "Who was drawn follows from the list and from randomness that was public afterwards: nobody "
        "could choose, and the draw can be done again from its certificate (below)."
    )


def _weighted(report: Report) -> Iterator[str]:
    people = report.main.given.people
    if people.drawn is None:
        return
    told = _(
        "Each respondent counts for as many people as the draw gives, raised in each class for those who "
        "did not answer."
    )
    if people.steps[-1] != RESPONSE:
        told += " " + _("Then weights were made to meet known totals, or were bounded.")
    yield (
        told
        + " "
        + _(
            "Errors are those of the design, its strata and its clusters, and of how small the population is."
        )
    )


def _questionnaires(parts: Sequence[Part]) -> Iterator[str]:
    for one in parts:
        n = len(one.given.people.people)
        told = ngettext(
            "{title}: {n} interview counts.", "{title}: {n} interviews count.", n
        ).format(title=one.name, n=numerals.whole(n))
        yield told


def marks(report: Report) -> Iterator[str]:
    """Yield what is not shown, why, and how the marks of tables are to be read."""
    least = report.study.cell_threshold
    told = _(
        "No figure stands here of fewer than {n} respondents, nor one from which such a figure could be "
        "found. A share counts as the people it is a share of. “People” are those of the whole "
        "population for whom respondents stand, with the limits of the interval in brackets."
    ).format(n=least)
    yield paragraph(told)
    for one in report.parts:
        yield from (paragraph(note, "small") for note in notes(one.given, one.answers))
