"""What other tools will not do with a workbook of ours, though its columns carry it."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.expressions import calls
from surveys.instrument import Group, Instrument
from surveys.language import _, ngettext
from surveys.plan import expressions_of
from surveys.problems import Place, Problem, loss


def without_effect(instrument: Instrument) -> Iterator[Problem]:
    """Yield the loss list of a workbook: what stands in columns of ours, and what stands in none."""
    questions = list(instrument.questions())
    reduced = [q for q in questions if q.keep.is_reduction]
    soft = [q for q in questions if q.soft_constraint is not None]
    offering = [q for q in questions if q.nonresponse]
    coded = [q for q in questions if q.format]
    turned = [
        item
        for item, _around in instrument.items()
        if isinstance(item, Group) and item.self_completed
    ]
    if reduced:
        fact = ngettext(
            "other tools keep the whole answer to {n} question that is reduced here",
            "other tools keep the whole answer to {n} questions that are reduced here",
            len(reduced),
        )
        yield loss(reduced[0].place_of("keep"), "keep", fact.format(n=len(reduced)))
    if offering:
        fact = ngettext(
            "other tools offer no refusal and no “do not know” on {n} question",
            "other tools offer no refusal and no “do not know” on {n} questions",
            len(offering),
        )
        remedy = _("give its list choices that stand for them")
        yield loss(offering[0].place, "nonresponse", fact.format(n=len(offering)), remedy)
    if soft:
        fact = ngettext(
            "other tools do not warn by the soft constraint of {n} question",
            "other tools do not warn by the soft constraint of {n} questions",
            len(soft),
        )
        yield loss(soft[0].place_of("soft_constraint"), "soft_constraint", fact.format(n=len(soft)))
    if coded:
        fact = ngettext(
            "other tools take any text for the code of a card at {n} question",
            "other tools take any text for the code of a card at {n} questions",
            len(coded),
        )
        yield loss(coded[0].place_of("format"), "format", fact.format(n=len(coded)))
    for group in turned:
        fact = _("other tools do not hide the answers of a section the respondent completes")
        yield loss(group.place_of("self_completed"), group.name, fact)
    yield from _unknown_calls(instrument)
    for number, line in enumerate(instrument.source.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            place = Place(instrument.place.file, number, 1)
            yield loss(place, "", _("the comments of the file are not carried"))
            break


def _unknown_calls(instrument: Instrument) -> Iterator[Problem]:
    """Yield each expression that calls a function no other tool has."""
    for item, _around in instrument.items():
        for key, expression in expressions_of(item):
            for call in calls(expression.tree):
                if call.function == "nonresponse":
                    fact = _(
                        "nonresponse() is unknown to other tools: they stop at this expression"
                    )
                    yield loss(item.place_of(key).moved(call.offset), item.name, fact)
