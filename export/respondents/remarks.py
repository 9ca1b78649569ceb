"""What the study lead must know of the records and respondents of a questionnaire, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import fsum

from export.respondents import counting
from export.respondents.counting import Unused
from export.respondents.diagnostics import MOVED, met
from export.respondents.dispositions import NOT_WORKED
from export.respondents.responses import Responses
from export.respondents.weight import Respondents
from export.respondents.weighting import RESPONSE
from export.unsealing import amendments, unseal
from export.unsealing.amendments import Amended
from export.unsealing.unseal import Unsealed
from surveys.language import _, ngettext

_APART = 0.05  # of totals from what the draw stands for: more is a slip of the keyboard


def of_all(given: Responses) -> Iterator[str]:
    """Yield what the study lead must know of records that are not used, or are twice there."""
    yield from of_opening(given.unsealed)
    yield from of_counting(given.people.unused)
    yield from of_weighting(given.people)


def of_opening(unsealed: Unsealed) -> Iterator[str]:
    """Yield what came of opening the records, but for those that are as they should be."""
    for left in unsealed.left_out:
        yield _("record {id}: not used; {why}").format(id=left.id, why=unseal.why(left.reason))
    for record_id in unsealed.mended:
        yield _(
            "record {id}: the copy taken in first cannot be used; a good one set aside later is used"
        ).format(id=record_id)
    yield from _corrections(unsealed.amended)
    for again in unsealed.repeated:
        told = _(
            "laptop {device}: {n} records have the number {number}; was it copied or set back? {ids}"
        )
        ids = ", ".join(again.ids)
        yield told.format(device=again.device, n=len(again.ids), number=again.sequence, ids=ids)
    for gap in unsealed.missing:
        told = _(
            "laptop {device}: no record numbered {numbers}; not collected yet, left out, or lost"
        )
        numbers = str(gap.first) if gap.first == gap.last else f"{gap.first}–{gap.last}"
        yield told.format(device=gap.device, numbers=numbers)


def of_counting(unused: Iterable[Unused]) -> Iterator[str]:
    """Yield which records of a questionnaire do not count."""
    for one in unused:
        yield _("record {id}: not counted; {why}").format(id=one.id, why=counting.why(one.reason))


def of_weighting(people: Respondents) -> Iterator[str]:
    """Yield what is to be known of how respondents were weighted before a figure is believed."""
    together = people.response.taken_together if people.response else ()
    if together:
        n = len(together)
        told = ngettext(
            "{strata} strata are taken together, in {n} class: in one of them fewer than two of those "
            "drawn answered; souspli weights says which",
            "{strata} strata are taken together, in {n} classes: in one of each fewer than two of those "
            "drawn answered; souspli weights says which",
            n,
        )
        yield told.format(strata=sum(map(len, together)), n=n)
    if people.response is not None:
        drawn = fsum(one.steps[RESPONSE] for one in people.people)
        for step in people.weighting.calibrations:
            for margin in step.margins:
                known = fsum(cell.total for cell in margin.cells)
                if abs(known / drawn - 1) > _APART:
                    yield _(
                        "weights.yaml: the totals of {columns} add up to {known:.0f}, and the draw stands "
                        "for {drawn:.0f} people; check them (numbers of people, not per cent)"
                    ).format(columns=margin.name, known=known, drawn=drawn)
    moved = [one.columns for one in met(people, 1) if abs(one.after / one.total - 1) > MOVED]
    if moved:
        yield _(
            "weights.yaml: a later step moved weights away from the totals of {columns}: figures that hang "
            "together with them are shifted, and their intervals do not show it"
        ).format(columns=", ".join(dict.fromkeys(moved)))


def _corrections(found: Amended) -> Iterator[str]:
    """Yield what interviewers corrected, and what of it could not be applied."""
    if n := len(found.corrected):
        told = ngettext(
            "{n} record is read as its interviewer corrected it.",
            "{n} records are read as their interviewers corrected them.",
            n,
        )
        yield told.format(n=n)
    for record_id in found.annulled:
        yield _(
            "record {id}: its interviewer says that it was no interview; its answers are not used"
        ).format(id=record_id)
    for one in found.unapplied:
        yield _("amendment {id} of record {amends}: not applied; {why}").format(
            id=one.id, amends=one.amends, why=amendments.why(one.reason)
        )


def told(given: Responses) -> str:
    """Return in one line how many were drawn and how many answered."""
    people = given.people
    n = len(people.people)
    if people.drawn is None:
        return ngettext(
            "{n} response; nothing was drawn.", "{n} responses; nothing was drawn.", n
        ).format(n=n)
    complete = sum(one.record.status == "complete" for one in people.people)
    nothing = people.outcomes.get(NOT_WORKED, 0)
    return of_a_sample(people.drawn, complete, n - complete, nothing)


def of_a_sample(drawn: int, complete: int, partial: int, nothing: int) -> str:
    """Return in one line what became of so many drawn, `nothing` being those without any record."""
    return _(
        "{drawn} people drawn: {complete} complete and {partial} partial interviews, "
        "{others} other outcomes, {nothing} without any record."
    ).format(
        drawn=drawn,
        complete=complete,
        partial=partial,
        others=drawn - complete - partial - nothing,
        nothing=nothing,
    )
