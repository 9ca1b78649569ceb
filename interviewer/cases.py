"""The case journal: what was done about each case of this laptop, sealed, never what was answered.

An append-only file of frames under a key that the vault wraps. Its events are folded into the state of
each case: the visits, the next appointment, whether it is closed and by which record. A record is
noted before it is sealed, and the ledger says whether it was: so the two agree after any crash.
The journal is not for the study: a forgotten passphrase loses the visits of cases still open.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag

from interviewer import foreign, outcomes, vault
from interviewer.files import write_durably
from interviewer.frames import Frames
from interviewer.ledger import Line
from interviewer.record import MAX_ATTEMPTS, Attempt, Kind, Record
from surveys.language import _
from surveys.problems import Refusal

MAX_NOTE = 120  # characters of an appointment's note, after scrubbing
_MAGIC = b"souspli-journal/1\n"
_WHAT = "journal"
_KEY = 32
_WRAPPED = 60  # bytes of the wrapped key
_CAPACITY = 2048  # bytes of a frame: two codes and a note, at four bytes a character
_UNIT = "person"  # only a record about the person closes the case


class CasesError(Refusal):
    """The journal cannot be opened, or a case cannot take what is to be noted."""


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A day's work began, and who works."""

    day: str
    interviewer: str


@dataclass(frozen=True, slots=True, repr=False)
class Attempted:
    """A visit, and what came of it."""

    case: str
    attempt: Attempt
    interviewer: str


@dataclass(frozen=True, slots=True, repr=False)
class Appointment:
    """When to come back: a day (ISO), a part of the day or an hour (14:30), a scrubbed note.

    A day of '' calls the last one off.
    """

    case: str
    day: str
    time: str
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """A record of a case is sealed: an interview, a sheet, an outcome. '' is an outcome not told."""

    case: str
    record: str
    kind: Kind
    outcome: str
    instrument: str
    unit: str


@dataclass(frozen=True, slots=True, repr=False)
class Correction:
    """The record `amends` belongs to `case`, with `outcome` ('' leaves it); `record` says so."""

    case: str
    record: str
    amends: str
    outcome: str


Event = Opened | Attempted | Appointment | Sealed | Correction
_NAMES: Mapping[str, type[Event]] = {
    "opened": Opened,
    "attempt": Attempted,
    "appointment": Appointment,
    "sealed": Sealed,
    "correction": Correction,
}


@dataclass(frozen=True, slots=True, repr=False)
class State:
    """Where a case stands. `closing` is the record that closed it, `sheet` its non-respondent sheet."""

    case: str
    attempts: tuple[Attempt, ...] = ()
    appointment: Appointment | None = None
    closing: Sealed | None = None
    sheet: Sealed | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do at the door."""
        return self.closing is None

    @property
    def lacks_sheet(self) -> bool:
        """Whether it was closed without an interview, and without a non-respondent sheet."""
        if self.closing is None or self.sheet is not None or not self.closing.outcome:
            return False
        return not outcomes.is_interview(self.closing.outcome)


# --- the file -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of one place; whoever writes holds the laptop alone meanwhile."""

    frames: Frames = field(repr=False)

    def events(self) -> tuple[Event, ...]:
        """Return what was noted, in order; an event a power cut tore was never noted."""
        return tuple(_decoded(frame) for frame in self.frames.read())

    def note(self, event: Event) -> None:
        """Write one event; it is on the disk when this returns. A record is noted once only."""
        before = self.events()
        if isinstance(event, Sealed | Correction) and event.record in _noted(before):
            return
        self.frames.append(len(before), _encoded(event))


def opened(place: Path, vault_key: bytes) -> Journal:
    """Return the journal of a place, made where there is none; raises CasesError for another vault."""
    path = place / "journal"
    if not path.exists():
        wrapped = vault.wrap(vault_key, secrets.token_bytes(_KEY), _WHAT)
        write_durably(path, _MAGIC + wrapped)
    start = len(_MAGIC) + _WRAPPED
    with path.open("rb") as file:
        head = file.read(start)
    try:
        key = vault.unwrap(vault_key, head[len(_MAGIC) :], _WHAT)
    except (InvalidTag, ValueError) as error:
        raise CasesError(
            _("{path}: this vault does not open the case journal; ask the study lead").format(
                path=path
            )
        ) from error
    return Journal(Frames(path, key, _CAPACITY, start, _WHAT.encode("ascii")))


def note_record(place: Path, vault_key: bytes, made: Record) -> None:
    """Note a record that is about to be sealed; doing it twice notes it once."""
    event = of_record(made)
    if event is not None:
        opened(place, vault_key).note(event)


def of_record(made: Record) -> Event | None:
    """Return what the journal says of a record; None of one that is about no case's course."""
    if not made.case:
        return None
    if made.kind == "amendment":
        return Correction(made.case, made.id, made.amends, made.outcome)
    if made.kind in {"interview", "outcome"}:
        return Sealed(made.case, made.id, made.kind, made.outcome, made.instrument, made.unit)
    return None


def _noted(events: Iterable[Event]) -> set[str]:
    return {event.record for event in events if isinstance(event, Sealed | Correction)}


def _encoded(event: Event) -> bytes:
    name = next(name for name, kind in _NAMES.items() if kind is type(event))
    content = {"e": name, **asdict(event)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _decoded(frame: bytes) -> Event:
    try:
        found: dict[str, Any] = foreign.read(frame)
        kind = _NAMES[found.pop("e")]
        if kind is Attempted:
            attempt = found.pop("attempt")
            return Attempted(attempt=_attempt(attempt), **_texts(found))
        return kind(**_texts(found))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CasesError(
            _("the case journal was made by another version of souspli; use that one")
        ) from error


def _texts(found: dict[str, Any]) -> dict[str, Any]:
    if not all(isinstance(text, str) for text in found.values()):
        raise TypeError
    return found


def _attempt(found: dict[str, Any]) -> Attempt:
    attempt = Attempt(**_texts(found))
    if attempt.part not in outcomes.PARTS:
        raise ValueError
    return attempt


# --- what it comes to ---------------------------------------------------------------------------


def sealed_in(lines: Iterable[Line]) -> frozenset[str]:
    """Return the ids of the records that a ledger says were sealed."""
    return frozenset(line.id for line in lines if line.event == "end" and line.hash)


def as_sealed(events: Iterable[Event], sealed: Collection[str]) -> dict[str, Sealed]:
    """Return the sealed records of cases by id, in order, as they were before any correction."""
    return {
        event.record: event
        for event in events
        if isinstance(event, Sealed) and event.record in sealed
    }


def records(events: Sequence[Event], sealed: Collection[str]) -> tuple[Sealed, ...]:
    """Return the sealed records of cases, in order, each as its corrections leave it.

    `sealed` are the ids the ledger vouches for: what was noted and then not sealed does not count.
    """
    found = as_sealed(events, sealed)
    for event in events:
        if isinstance(event, Correction) and event.record in sealed and event.amends in found:
            before = found[event.amends]
            outcome = event.outcome or before.outcome
            found[event.amends] = replace(before, case=event.case, outcome=outcome)
    return tuple(found.values())


def states(events: Sequence[Event], sealed: Collection[str]) -> dict[str, State]:
    """Return where each case stands that anything was noted of; see `records` for `sealed`."""
    right = {one.record: one for one in records(events, sealed)}
    found: dict[str, State] = {}
    for event in events:
        if isinstance(event, Opened | Correction):
            continue
        state = found.get(event.case, State(event.case))
        match event:
            case Attempted():
                attempts = (*state.attempts, event.attempt)
                due = state.appointment
                is_past = due is not None and due.day <= event.attempt.day
                due = None if is_past else due
                found[event.case] = replace(state, attempts=attempts, appointment=due)
            case Appointment():
                found[event.case] = replace(state, appointment=event if event.day else None)
            case Sealed() if event.record in right:
                _close(found, event, right[event.record])
    return {case: _in_order(state) for case, state in found.items()}


def _close(found: dict[str, State], noted: Sealed, right: Sealed) -> None:
    """Close the right case; the visit that ended the wrong one goes with it."""
    before = found.get(noted.case, State(noted.case))
    visit = before.attempts[-1:] if _is_last_visit(before, noted) else ()
    if visit:
        found[noted.case] = replace(before, attempts=before.attempts[:-1])
    after = found.get(right.case, State(right.case))
    moved = tuple(replace(one, outcome=right.outcome) for one in visit)
    after = replace(after, attempts=(*after.attempts, *moved))
    if right.unit == "non_respondent":
        found[right.case] = replace(after, sheet=right)
    elif right.unit == _UNIT:
        found[right.case] = replace(after, closing=right, appointment=None)


def _is_last_visit(state: State, noted: Sealed) -> bool:
    """Whether the last visit is the one that ended the case: an absence is no such visit."""
    if noted.kind != "outcome" or not state.attempts:
        return False
    is_end = any(one.code == noted.outcome for one in outcomes.ends())
    return is_end and state.attempts[-1].outcome == noted.outcome


def _in_order(state: State) -> State:
    """Return the state with its visits by day and part of day, whenever each was noted."""

    def when(attempt: Attempt) -> tuple[str, int]:
        return attempt.day, outcomes.PARTS.index(attempt.part)

    return replace(state, attempts=tuple(sorted(state.attempts, key=when)))


def attempts_of(
    place: Path, vault_key: bytes, lines: Iterable[Line], case: str
) -> tuple[Attempt, ...]:
    """Return the visits noted of a case so far, in order; () of what is about no case.

    `lines` are the ledger's. Raises CasesError where the journal cannot be read.
    """
    if not case:
        return ()
    found = states(opened(place, vault_key).events(), sealed_in(lines))
    return found.get(case, State(case)).attempts


def interviewer_of(events: Iterable[Event], day: str) -> str:
    """Return who works today, '' where nobody has said so yet."""
    found = ""
    for event in events:
        if isinstance(event, Opened) and event.day == day:
            found = event.interviewer
    return found


def require_room(state: State) -> None:
    """Raise CasesError where a case has as many visits as its record holds, but one.

    That one is kept for the visit that ends the case: it can always be sealed with all of them.
    """
    if len(state.attempts) >= MAX_ATTEMPTS - 1:
        raise CasesError(
            _(
                "{n} visits are noted, as many as a record holds; make an appointment or close the case"
            ).format(n=len(state.attempts))
        )
