"""From an interview, an outcome or a correction to one sealed record in the outbox.

Every record ends in the ledger, whatever it holds: `end` says the hash of what was sealed, and no more.
Sealing, the ledger and what comes after can each be done again: a crash between them loses nothing.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from interviewer import cases, outbox, record
from interviewer.cases import CasesError
from interviewer.device import new_id
from interviewer.frames import Damaged
from interviewer.interview import Completeness, Interview, completeness, finished
from interviewer.kit import KitInstrument
from interviewer.laptop import Laptop
from interviewer.record import Attempt, Kind, Record

# AAPOR Standard Definitions, 10th edition, named persons: the default outcome of each ending.
OUTCOMES: Mapping[Completeness, str] = {
    "refused": "2.112",
    "complete": "1.1",
    "partial": "1.2",
    "broke_off": "2.12",
}


@dataclass(frozen=True, slots=True, repr=False)
class Circumstances:
    """Under what, of whom and by whom: what is known of a record before the first answer.

    A record of a professional or a site has no case. `sequence` is its number on the laptop.
    """

    id: str
    sequence: int
    study: str
    kit: str
    device: str
    instrument: str
    instrument_version: str
    instrument_hash: str
    unit: str
    case: str
    interviewer: str
    mode: str
    is_practice: bool
    is_simulated: bool = False
    attempts: tuple[Attempt, ...] = ()


def circumstances(
    laptop: Laptop,
    instrument: KitInstrument,
    *,
    case: str,
    interviewer: str,
    attempts: tuple[Attempt, ...] = (),
    is_simulated: bool = False,
) -> Circumstances:
    """Return the circumstances of the next record of a laptop, under a new id."""
    begun = sum(line.event == "start" for line in laptop.ledger.lines())
    return Circumstances(
        id=new_id(),
        sequence=begun + 1,
        study=laptop.signed.kit.study,
        kit=laptop.signed.hash,
        device=laptop.signed.kit.device,
        instrument=instrument.id,
        instrument_version=instrument.version,
        instrument_hash=instrument.hash,
        unit=instrument.unit,
        case=case,
        interviewer=interviewer,
        mode="interviewer",
        is_practice=laptop.is_practice,
        is_simulated=is_simulated,
        attempts=attempts[-record.MAX_ATTEMPTS :],
    )


def record_of(
    interview: Interview,
    around: Circumstances,
    ended: datetime,
    minutes: float,
    paradata: Mapping[str, str],
    status: Completeness,
) -> tuple[Record, dict[str, str]]:
    """Return the record of an interview as far as it went, and its links."""
    done = finished(interview, ended)
    found = record.answers_of(done)
    made = replace(
        _blank(around, "interview", interview.now),
        outcome=OUTCOMES[status],
        status=status,
        minutes=5 * round(max(0.0, minutes) / 5),
        language=interview.language,
        answers=found["answers"],
        statuses=found["statuses"],
        comments=found["comments"],
        reasons=found["reasons"],
        paradata=paradata,
    )
    return made, found["links"]


def erased(around: Circumstances, begun: datetime) -> Record:
    """Return the record of an interview that its respondent had erased: that it was broken off."""
    return replace(_blank(around, "interview", begun), outcome="2.12", status="broke_off")


def seal_simulated(
    laptop: Laptop, instrument: KitInstrument, interview: Interview, case: str, ended: datetime
) -> str:
    """Seal an interview that was simulated in memory, without a draft; return the record's id."""
    with laptop.alone():
        around = circumstances(laptop, instrument, case=case, interviewer="I01", is_simulated=True)
        minutes = (ended - interview.now).total_seconds() / 60
        made, links = record_of(
            interview, around, ended, minutes, {}, completeness(finished(interview, ended))
        )
        _start(laptop, made)
        put_away(laptop, made, links)
    return made.id


def seal_outcome(
    laptop: Laptop,
    instrument: KitInstrument,
    *,
    case: str,
    interviewer: str,
    outcome: str,
    attempts: tuple[Attempt, ...],
    now: datetime,
    is_simulated: bool = False,
) -> str:
    """Seal what came of a case without an interview, and return the record's id."""
    with laptop.alone():
        around = circumstances(
            laptop,
            instrument,
            case=case,
            interviewer=interviewer,
            attempts=attempts,
            is_simulated=is_simulated,
        )
        return _noted(laptop, replace(_blank(around, "outcome", now), outcome=outcome))


def seal_amendment(
    laptop: Laptop,
    instrument: KitInstrument,
    *,
    amends: str,
    case: str,
    outcome: str,
    interviewer: str,
    now: datetime,
) -> str:
    """Seal a correction of the record `amends`: its right case, its right outcome; return the id.

    An outcome of '' leaves the outcome as it was. What is sealed already stays as it is.
    """
    with laptop.alone():
        around = circumstances(laptop, instrument, case=case, interviewer=interviewer)
        made = replace(_blank(around, "amendment", now), outcome=outcome, amends=amends)
        return _noted(laptop, made)


def _noted(laptop: Laptop, made: Record) -> str:
    """Seal a record that begins and ends at once."""
    _start(laptop, made)
    put_away(laptop, made, {})
    return made.id


def _start(laptop: Laptop, made: Record) -> None:
    """Start a record that has no draft: a random hash stands where an interview's draft is named."""
    laptop.ledger.append("start", made.id, secrets.token_hex(32), laptop.secrets.signing)


def put_away(laptop: Laptop, made: Record, links: Mapping[str, str]) -> None:
    """Seal a record and its links into the outbox, and end it in the ledger; nothing readable is written."""
    kit = laptop.signed.kit
    if not made.is_simulated:
        with contextlib.suppress(CasesError, Damaged):  # the session says so; it stops no sealing
            cases.note_record(laptop.place, laptop.secrets.vault_key, made)
    sealed = record.seal(made, kit.bucket, laptop.answer_recipients)
    sealed_links = (
        record.seal_links(made.id, links, laptop.link_recipients) if kit.has_links else None
    )
    outbox.put(laptop.outbox, made.id, sealed, sealed_links)
    end(laptop, made.id)


def end(laptop: Laptop, record_id: str) -> None:
    """Write in the ledger that a record ended, with the hash of what was sealed, '' where nothing was."""
    is_sealed = record_id in outbox.ids(laptop.outbox)
    digest = outbox.digest(laptop.outbox, record_id) if is_sealed else ""
    laptop.ledger.append("end", record_id, digest, laptop.secrets.signing)


def _blank(around: Circumstances, kind: Kind, now: datetime) -> Record:
    """Return a record in which nothing was said."""
    return Record(
        id=around.id,
        study=around.study,
        kit=around.kit,
        instrument=around.instrument,
        instrument_version=around.instrument_version,
        instrument_hash=around.instrument_hash,
        device=around.device,
        sequence=around.sequence,
        kind=kind,
        unit=around.unit,
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
        attempts=around.attempts,
    )


def iso_week(now: datetime) -> str:
    """Return the ISO week of a day, as 2022-W15."""
    year, week, _weekday = now.isocalendar()
    return f"{year}-W{week:02}"
