"""The responses to one questionnaire of a study: records opened, joined with the sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from export.bars import Track, quiet
from export.drawing.sample import read_sample
from export.respondents import weight
from export.respondents.weight import Respondents, Unused, respondents
from export.study import Study, StudyInstrument
from export.unsealing import amendments, unseal
from export.unsealing.amendments import Amended
from export.unsealing.unseal import Unsealed, unseal_all
from interviewer import age
from surveys.language import _, ngettext
from surveys.problems import Refusal, Usage


@dataclass(frozen=True, slots=True, repr=False)
class Responses:
    """Who answered a questionnaire of a study, and what came of opening its records."""

    study: Study
    found: StudyInstrument
    unsealed: Unsealed
    people: Respondents


def chosen(study: Study, wanted: str | None) -> StudyInstrument:
    """Return the questionnaire with this id, the study's first where none is wanted."""
    if wanted is None and study.instruments:
        return study.instruments[0]
    found = study.named(wanted or "")
    if found is None:
        known = ", ".join(one.instrument.id for one in study.instruments)
        raise Usage(
            _("the study has no questionnaire “{wanted}”; it has: {known}").format(
                wanted=wanted, known=known
            )
        )
    return found


def responses(
    study: Study,
    found: StudyInstrument,
    identities: Sequence[age.Identity],
    purpose: str,
    now: datetime,
    track: Track = quiet,
) -> Responses:
    """Open the records of a study and return the responses to one questionnaire.

    `purpose` goes into the study's ledger. Raises Refusal where nobody has answered.
    """
    unsealed = unseal_all(study, identities, purpose, now, track)
    people = respondents(found, unsealed.records, read_sample(study))
    if not people.people:
        raise Refusal(_("nobody has answered this questionnaire yet; collect records first"))
    return Responses(study, found, unsealed, people)


def remarks(given: Responses) -> Iterator[str]:
    """Yield what the study lead must know of records that are not used, or are twice there."""
    yield from of_opening(given.unsealed)
    yield from of_counting(given.people.unused)


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
        yield _("record {id}: not counted; {why}").format(id=one.id, why=weight.why(one.reason))


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
    nothing = people.outcomes.get(weight.NOT_WORKED, 0)
    return _(
        "{drawn} people drawn: {complete} complete and {partial} partial interviews, "
        "{others} other outcomes, {nothing} without any record."
    ).format(
        drawn=people.drawn,
        complete=complete,
        partial=n - complete,
        others=people.drawn - n - nothing,
        nothing=nothing,
    )
