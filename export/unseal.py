"""Opening the records taken in: what is inside must agree with what is outside.

Anyone who knows a study's public key can seal something to it, so what a record says of itself is
checked against its file name, the study, its kits and its questionnaires before a single answer is
used. What fails is named and left out, never dropped from the folder and never silently accepted; one
bad record holds up no other. From here on answers are readable, in memory alone.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Literal

from export import index, ledger
from export.bars import Track, quiet
from export.study import Study
from interviewer import age, outbox, record
from interviewer.record import Record
from surveys.codebook import STATUSES, Variable, admits, variables
from surveys.language import _
from surveys.problems import Refusal

Reason = Literal[
    "lost",
    "sealed",
    "format",
    "id",
    "study",
    "practice",
    "not_practice",
    "simulated",
    "instrument",
    "unit",
    "kit",
    "answers",
]

_KEY = re.compile(r"([^\[\]]+)(?:\[([0-9]{1,6}(?:,[0-9]{1,6})*)\])?")
_OUTCOME = re.compile(r"[1-4]\.[0-9]{1,4}")
_WEEK = re.compile(r"[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])")
_KINDS = {"interview": {"complete", "partial", "refused", "broke_off"}, "outcome": {""}}
_WITH_CASE = {"person", "non_respondent"}  # the units that are people drawn
_MAPS = ("answers", "statuses", "comments", "reasons")
_TYPES = {
    "sequence": int,
    "minutes": int,
    "is_practice": bool,
    "is_simulated": bool,
    "attempts": tuple,
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is not used, and why."""

    id: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Repeated:
    """Records of one device under one number: a laptop copied or set back. All of them are used."""

    device: str
    sequence: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Numbers, from `first` to `last`, of which a device that has used later ones has no record here."""

    device: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, repr=False)
class Unsealed:
    """The records opened and found good, in order of id; what was left out; numbers out of order.

    `mended` are the ids of which a copy from quarantine is used, the one taken in first being bad.
    What a laptop has sealed last and never handed over cannot be missed here.
    """

    records: tuple[Record, ...]
    quarantined: tuple[LeftOut, ...]
    repeated: tuple[Repeated, ...]
    missing: tuple[Missing, ...]
    mended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What records are checked against: the kits of each device, the variables of each questionnaire.

    And the keys that open them, and the files in quarantine by the id they bore.
    """

    study: Study
    kits: Mapping[str, frozenset[str]]
    variables: Mapping[str, Mapping[str, Variable]]
    identities: Sequence[age.Identity]
    copies: Mapping[str, Sequence[Path]]


def unseal_all(
    study: Study,
    identities: Sequence[age.Identity],
    purpose: str,
    now: datetime,
    track: Track = quiet,
) -> Unsealed:
    """Open every record taken in, and note in the study's ledger that it was done, and what for.

    Raises Refusal where the key opens none of them, or the ledger cannot be written.
    """
    known = _Known(
        study, _kits(study), _variables(study), identities, index.copies(study.collected)
    )
    opened: list[Record] = []
    wrong: list[LeftOut] = []
    mended: list[str] = []
    refused: list[str] = []
    record_ids = sorted({*outbox.ids(study.collected), *index.noted(study.collected)})
    for record_id in track(record_ids):
        filed = _judged(study.collected / f"{record_id}{outbox.RECORD}", record_id, known)
        if not isinstance(filed, str):
            opened.append(filed)
        elif copy := _only_good_copy(record_id, known):
            opened.append(copy)
            mended.append(record_id)
        else:
            refused += [record_id] if filed == "refused" else []
            wrong.append(LeftOut(record_id, "sealed" if filed == "refused" else filed))
    count = len(record_ids) - len(refused) - sum(left.reason == "lost" for left in wrong)
    if refused and count == 0:
        raise Refusal(_("this key opens none of the records; give the study's own key"))
    ledger.append(study.folder / "ledger", "unseal", purpose, count, now=now)
    return Unsealed(tuple(opened), tuple(wrong), _repeated(opened), _missing(opened), tuple(mended))


def _judged(path: Path, record_id: str, known: _Known) -> Record | Reason | Literal["refused"]:
    """Return the record in a file, or why it is not used; 'refused' where no key at hand opens it."""
    if not path.is_file():
        return "lost"
    try:
        found = record.unseal(path.read_bytes(), known.study.bucket, known.identities)
    except age.NoMatch:
        return "refused"
    except (age.AgeError, OSError):
        return "sealed"
    except (record.RecordError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "format"  # sealed to the study, but by no program of ours
    if not _is_well_formed(found):
        return "format"
    return _mismatch(found, record_id, known) or found


def _only_good_copy(record_id: str, known: _Known) -> Record | None:
    """Return what the copies of a record in quarantine hold, where all that are good hold the same.

    A copy damaged on its way may have been taken in before the good one.
    """
    good: list[Record] = []
    for path in known.copies.get(record_id, ()):
        found = _judged(path, record_id, known)
        if not isinstance(found, str) and found not in good:
            good.append(found)
    return good[0] if len(good) == 1 else None


def _is_well_formed(found: Record) -> bool:
    for one in fields(Record):
        value = getattr(found, one.name)
        if one.name in _MAPS:
            is_map = isinstance(value, dict) and all(
                isinstance(text, str) for text in value.values()
            )
            if not is_map:
                return False
        elif type(value) is not _TYPES.get(one.name, str):
            return False
    is_coded = bool(_OUTCOME.fullmatch(found.outcome)) and bool(_WEEK.fullmatch(found.week))
    return is_coded and found.status in _KINDS.get(found.kind, ())


def _mismatch(found: Record, record_id: str, known: _Known) -> Reason | None:
    """Return the first thing in which a record does not agree with where it was found."""
    study = known.study
    named = study.named(found.instrument)
    if found.id != record_id:
        return "id"
    if found.study != study.id:
        return "study"
    if found.is_practice != study.is_practice:
        return "practice" if found.is_practice else "not_practice"
    if found.is_simulated and not study.is_practice:
        return "simulated"
    if named is None or found.instrument_hash != named.instrument.digest:
        return "instrument"
    if found.unit != named.unit or (found.unit in _WITH_CASE) != bool(found.case):
        return "unit"
    if found.kit not in known.kits.get(found.device, ()):
        return "kit"
    return None if _are_possible(found, known.variables[found.instrument]) else "answers"


def _are_possible(found: Record, known: Mapping[str, Variable]) -> bool:
    """Whether the questionnaire can have given every answer and status, each at a place it has."""
    for values, is_good in ((found.answers, admits), (found.statuses, _is_status)):
        for key, value in values.items():
            name, at = place_of(key)
            variable = known.get(name)
            if variable is None or len(at) != len(variable.repeats) or not is_good(variable, value):
                return False
    return True


def _is_status(variable: Variable, status: str) -> bool:
    return status in STATUSES


def place_of(key: str) -> tuple[str, tuple[int, ...]]:
    """Return the item and the instances of the repeats around it that a key of a record names.

    ('', ()) for a key that is none: the inverse of `record.key_of`.
    """
    match = _KEY.fullmatch(key)
    if match is None:
        return "", ()
    return match[1], tuple(int(number) for number in match[2].split(",")) if match[2] else ()


def _repeated(opened: Sequence[Record]) -> tuple[Repeated, ...]:
    used: dict[tuple[str, int], list[str]] = defaultdict(list)
    for found in opened:
        used[found.device, found.sequence].append(found.id)
    return tuple(
        Repeated(*number, tuple(ids)) for number, ids in sorted(used.items()) if len(ids) > 1
    )


def _missing(opened: Sequence[Record]) -> tuple[Missing, ...]:
    numbers = sorted({(found.device, found.sequence) for found in opened})
    before = dict.fromkeys((device for device, _number in numbers), 0)
    gaps = []
    for device, number in numbers:
        if number > before[device] + 1:
            gaps.append(Missing(device, before[device] + 1, number - 1))
        before[device] = number
    return tuple(gaps)


def _kits(study: Study) -> dict[str, frozenset[str]]:
    return {path.stem: _hashes(path) for path in sorted((study.folder / "devices").glob("*.json"))}


def _hashes(path: Path) -> frozenset[str]:
    try:
        return frozenset(json.loads(path.read_bytes())["kits"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal(
            _("{path}: cannot be read; restore it from a copy").format(path=path)
        ) from error


def _variables(study: Study) -> dict[str, dict[str, Variable]]:
    return {
        found.instrument.id: {variable.name: variable for variable in variables(found.instrument)}
        for found in study.instruments
    }


def why(reason: Reason) -> str:
    """Return in words why a record is not used."""
    told: dict[Reason, str] = {
        "lost": _("it was taken in and its file is gone; collect it again, or restore a copy"),
        "sealed": _("the key does not open it, or it was altered after it was sealed"),
        "format": _("what is inside is not a record"),
        "id": _("it is another record, under this one's name"),
        "study": _("it is of another study"),
        "practice": _("it was held for practice"),
        "not_practice": _("it was not held for practice, and this study is for practice"),
        "simulated": _("it is simulated"),
        "instrument": _(
            "it was made with a questionnaire, or a version of one, that the study does not have"
        ),
        "unit": _("it says something else of whom it is about than the study does"),
        "kit": _("it was made with a kit that this study did not write for that laptop"),
        "answers": _("it holds an answer that its questionnaire cannot have given"),
    }
    return told[reason]
