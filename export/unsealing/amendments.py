"""Corrections by interviewers: a wrong case, a wrong outcome, read as corrected; nothing sealed is edited.

An amendment counts only from the laptop that sealed the record: it was sealed later, by the same
interviewer's keys. Of several, the last on that laptop counts. Whether an interview is complete
is what its questionnaire says of its answers, so no amendment makes a record an interview, or a more
complete one; one that says that an interview was none (of the wrong person, say) leaves its answers out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from interviewer.record import Record
from surveys.language import _

Reason = Literal["absent", "device", "instrument", "outcome"]
_INTERVIEW = "1."  # AAPOR: outcomes that begin so are interviews
_ANSWERED = {"complete", "partial"}  # the statuses that count as interviews


@dataclass(frozen=True, slots=True)
class Unapplied:
    """An amendment that changes nothing, the record it names, and why."""

    id: str
    amends: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Amended:
    """The ids of records read as corrected; of those among them that count as interviews no more; the rest."""

    corrected: tuple[str, ...] = ()
    annulled: tuple[str, ...] = ()
    unapplied: tuple[Unapplied, ...] = ()


def applied(opened: Sequence[Record]) -> tuple[tuple[Record, ...], Amended]:
    """Return the records that are no amendments, corrected, in their order; and what came of those that are."""
    named = {one.amends for one in opened if one.kind == "amendment"}
    records = {one.id: one for one in opened if one.id in named and one.kind != "amendment"}
    corrected = dict(records)
    unapplied: list[Unapplied] = []
    in_order = sorted(
        (one for one in opened if one.kind == "amendment"),
        key=lambda one: (one.device, one.sequence, one.id),
    )
    for amendment in in_order:
        reason = _why_not(amendment, records)
        if reason is None:
            corrected[amendment.amends] = _corrected(
                corrected[amendment.amends], records[amendment.amends], amendment
            )
        else:
            unapplied.append(Unapplied(amendment.id, amendment.amends, reason))
    others = (one for one in opened if one.kind != "amendment")
    return tuple(corrected.get(one.id, one) for one in others), Amended(
        tuple(one for one in records if corrected[one] != records[one]),
        tuple(one for one in records if corrected[one].kind != records[one].kind),
        tuple(unapplied),
    )


def _why_not(amendment: Record, records: Mapping[str, Record]) -> Reason | None:
    """Return why an amendment cannot be applied; None where it can."""
    record = records.get(amendment.amends)
    if record is None:
        return "absent"
    if amendment.device != record.device:
        return "device"
    if amendment.instrument != record.instrument:
        return "instrument"
    becomes_interview = amendment.outcome.startswith(_INTERVIEW)
    return "outcome" if becomes_interview and amendment.outcome != record.outcome else None


def _corrected(now: Record, sealed: Record, amendment: Record) -> Record:
    """Return a record after one more amendment: `now` as corrected before, `sealed` as it was sealed."""
    outcome = amendment.outcome or now.outcome
    right = replace(sealed, case=amendment.case, outcome=outcome)
    if sealed.status not in _ANSWERED or outcome == sealed.outcome:
        return right
    return replace(
        right,
        kind="outcome",
        status="",
        answers={},
        statuses={},
        comments={},
        reasons={},
        paradata={},
    )


def why(reason: Reason) -> str:
    """Return in words why an amendment changes nothing."""
    told: dict[Reason, str] = {
        "absent": _("the record it corrects is not here, or is not used"),
        "device": _("the record it corrects is another laptop's"),
        "instrument": _("the record it corrects is of another questionnaire"),
        "outcome": _(
            "it says that there was an interview, or another one than was sealed; that is for the "
            "questionnaire to say"
        ),
    }
    return told[reason]
