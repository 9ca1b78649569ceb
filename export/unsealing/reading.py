"""Sealed files read, many at a time: the record inside each, and whether its questionnaire can have given it.

It is done by every core. What is needed of an answer later is made there as well, a batch at a time, so
that no process holds the answers of all records: a record comes back with the answers asked for alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from export.cores import Crew
from export.unsealing import agreement, opening
from export.unsealing.agreement import Questionnaires
from export.unsealing.opening import Fault, Keys, Sealed
from interviewer import record
from interviewer.record import Record

BATCH = 512  # records of one batch: a table of them is worth its heading
_MALFORMED = (record.RecordError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True, repr=False)
class Shortening:
    """What becomes of answers where they are read: `make` is given the records of a batch.

    `kept` has the versions of the questionnaire that is asked for (their digests). Of what somebody said
    the records then have but the answers named there: what each is to be called, by its name in that version. `make` is a function
    that other processes know by name, with what it needs in `about`.
    """

    kept: Mapping[str, Mapping[str, str]]
    make: Callable[[Any, Sequence[Record]], Any]
    about: Any


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What opens records, what their answers can be, and what becomes of these."""

    keys: Keys
    questionnaires: Questionnaires
    shortening: Shortening | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Read:
    """What came of a file: the record inside, well formed, or the fault.

    `digest` is what a ledger would give of its bytes; `is_possible`, whether its questionnaire can have
    given all it says.
    """

    id: str
    digest: str
    found: Record | None
    fault: Fault | Literal["format"] | None
    is_possible: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Batch:
    """Some files read, in order, and what was made of the answers of some of them, at these places in `read`."""

    read: tuple[Read, ...]
    places: tuple[int, ...] = ()
    made: Any = None


def batches(crew: Crew, reading: Reading, files: Iterator[Sealed]) -> Iterator[Batch]:
    """Yield what came of the files, in order."""
    return crew.batches(batch, reading, files, BATCH)


def batch(reading: Reading, files: Sequence[Sealed]) -> Batch:
    """Return what came of some files."""
    came = [_read(reading, opened) for opened in opening.batch(reading.keys, files)]
    if reading.shortening is None:
        return Batch(tuple(came))
    shortening = reading.shortening
    wanted = {place: one.found for place, one in enumerate(came) if _is_wanted(one, shortening)}
    made = shortening.make(shortening.about, [one for one in wanted.values() if one])
    return Batch(tuple(_shortened(one, shortening.kept) for one in came), (*wanted,), made)


def _read(reading: Reading, one: opening.Opened) -> Read:
    if one.fault is not None:
        return Read(one.id, one.digest, None, one.fault)
    try:
        found = record.parsed(one.text)
        if not agreement.is_well_formed(found):
            return Read(one.id, one.digest, None, "format")
        is_possible = agreement.are_possible(found, reading.questionnaires)
    except _MALFORMED:
        return Read(
            one.id, one.digest, None, "format"
        )  # sealed to the study, by no program of ours
    return Read(one.id, one.digest, found, None, is_possible)


def _is_wanted(one: Read, shortening: Shortening) -> bool:
    """Whether something is made of the answers: those of interviews by a version that is asked for.

    Another questionnaire may have items of the same names. Which of these records count is not known yet.
    """
    found = one.found
    return (
        found is not None
        and one.is_possible
        and found.kind == "interview"
        and found.instrument_hash in shortening.kept
    )


def _shortened(one: Read, kept: Mapping[str, Mapping[str, str]]) -> Read:
    if one.found is None:
        return one
    names = kept.get(one.found.instrument_hash, {})
    answers = one.found.answers
    alike: dict[str, Any] = {name: sys.intern(getattr(one.found, name)) for name in _ALIKE}
    if one.found.id == one.id:
        alike["id"] = one.id
    found = replace(
        one.found,
        answers={name: answers[item] for item, name in names.items() if item in answers} or _NONE,
        statuses=_NONE,
        comments=_NONE,
        reasons=_NONE,
        paradata=_NONE,
        **alike,
    )
    return replace(one, found=found)


_NONE: Mapping[str, str] = {}  # one for all: there are many records
# What many records say in the same words, which are then held once.
_ALIKE = (
    *("study", "kit", "instrument", "instrument_version", "instrument_hash", "device", "kind"),
    *("unit", "interviewer", "outcome", "status", "week", "language", "mode"),
)
