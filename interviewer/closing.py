"""From a sitting to the outbox: what the interview amounts to, as one sealed record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from interviewer import outbox, record
from interviewer.device import Device, new_id
from interviewer.interview import Completeness, completeness, finished
from interviewer.kit import KitInstrument, SignedKit
from interviewer.record import Attempt, Record
from interviewer.sitting import Sitting

# AAPOR Standard Definitions, 10th edition, named persons: the default outcome of each ending.
OUTCOMES: dict[Completeness, str] = {
    "refused": "2.112",
    "complete": "1.1",
    "partial": "1.2",
    "broke_off": "2.12",
}


@dataclass(frozen=True, slots=True, repr=False)
class Circumstances:
    """Who was interviewed by whom, with what. A record of a professional or a site has no case."""

    signed: SignedKit
    instrument: KitInstrument
    case: str
    interviewer: str
    mode: str
    is_practice: bool
    is_simulated: bool = False


def record_of(
    sitting: Sitting, around: Circumstances, device: Device, ended: datetime
) -> tuple[Record, dict[str, str]]:
    """Return the record of a sitting and its links; it takes the device's next number."""
    interview = finished(sitting.interview, ended)
    found = record.answers_of(interview)
    status = completeness(interview)
    seconds = (ended - interview.now).total_seconds()
    made = replace(
        _blank(around, device, interview.now),
        outcome=OUTCOMES[status],
        status=status,
        minutes=5 * round(max(0.0, seconds) / 300),
        language=interview.language,
        answers=found["answers"],
        statuses=found["statuses"],
        comments=found["comments"],
        reasons=found["reasons"],
    )
    return made, found["links"]


def outcome_record(
    outcome: str,
    attempts: tuple[Attempt, ...],
    around: Circumstances,
    device: Device,
    now: datetime,
) -> Record:
    """Return the record that says what came of a case without an interview."""
    blank = _blank(around, device, now)
    return replace(blank, kind="outcome", outcome=outcome, attempts=attempts)


def _blank(around: Circumstances, device: Device, now: datetime) -> Record:
    """Return the record of an interview in which nothing was said."""
    kit = around.signed.kit
    return Record(
        id=new_id(),
        study=kit.study,
        kit=around.signed.hash,
        instrument=around.instrument.id,
        instrument_version=around.instrument.version,
        instrument_hash=around.instrument.hash,
        device=kit.device,
        sequence=device.next_sequence(practice=around.is_practice),
        kind="interview",
        unit=around.instrument.unit,
        case=around.case,
        interviewer=around.interviewer,
        outcome="",
        status="",
        week=iso_week(now),
        minutes=0,
        language="",
        mode=around.mode,
        is_practice=around.is_practice,
        is_simulated=around.is_simulated,
    )


def iso_week(now: datetime) -> str:
    """Return the ISO week of a day, as 2022-W15."""
    year, week, _weekday = now.isocalendar()
    return f"{year}-W{week:02}"


def put_away(made: Record, links: dict[str, str], signed: SignedKit, device: Device) -> None:
    """Seal a record and its links and put them into the outbox; nothing readable is written."""
    kit = signed.kit
    sealed = record.seal(made, kit.bucket, kit.answer_recipients)
    sealed_links = record.seal_links(made.id, links, kit.link_recipients) if kit.has_links else None
    outbox.put(device.outbox(practice=made.is_practice), made.id, sealed, sealed_links)
