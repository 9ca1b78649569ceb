"""Whether a record, once opened, agrees with where it was found: file name, study, kit, ledger, questionnaire.

Anyone who knows a study's public key can seal something to it, so what a record says of itself is
checked before a single answer is used. No message here holds what a record held.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Set
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

from export import ledger
from export.laptops import accounts, devices
from export.laptops.accounts import Account
from export.study import Study
from interviewer.record import Attempt, Record
from surveys.codebook import STATUSES, Variable, admits, variables
from surveys.instrument import Instrument
from surveys.language import _
from surveys.plan import plan

Disagreement = Literal[
    "test",
    "id",
    "study",
    "practice",
    "not_practice",
    "simulated",
    "instrument",
    "unit",
    "kit",
    "ledger",
    "laptop",
    "altered",
    "answers",
]

_ID = re.compile(r"[0-9a-f]{32}")
_KEY = re.compile(r"([^\[\]]+)(?:\[([0-9]{1,6}(?:,[0-9]{1,6})*)\])?")
_OUTCOME = re.compile(r"[1-4]\.[0-9]{1,4}")
_WEEK = re.compile(r"[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])")
_PARADATA = re.compile(r"[0-9]{1,7}(,[0-9]{1,7})?")
_KINDS = {
    "interview": {"complete", "partial", "refused", "broke_off"},
    "outcome": {""},
    "amendment": {""},
}
_WITH_CASE = {"person", "non_respondent", "back_check"}  # the units that are people drawn
_SAID = ("answers", "statuses", "comments", "reasons")
_MAPS = (*_SAID, "paradata")
_TYPES = {
    "sequence": int,
    "minutes": int,
    "is_practice": bool,
    "is_simulated": bool,
    "attempts": tuple,
}


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What the answers of one version of a questionnaire can be.

    `variables` by item; `depths`, within how many repeats each item stands.
    """

    variables: Mapping[str, Variable]
    depths: Mapping[str, int]


Questionnaires = Mapping[str, Questionnaire]  # by the digest of each version


@dataclass(frozen=True, slots=True)
class Said:
    """What the ledger of a laptop says, in little memory: of each record begun on it, in order of id.

    `ids` has 16 bytes for each, `digests` 32, zeros where nothing was sealed; `ranks` count from 1, 0 for one
    that was not begun.
    """

    ids: bytes
    digests: bytes
    ranks: array[int]

    def rank(self, record_id: str) -> int | None:
        """Return which of its records it is, None for one that was not begun here."""
        at = self._at(record_id)
        return None if at is None else self.ranks[at] or None

    def sealed(self, record_id: str) -> str:
        """Return the digest under which a record was sealed, '' where it was not."""
        at = self._at(record_id)
        digest = _UNSEALED if at is None else self.digests[32 * at : 32 * at + 32]
        return "" if digest == _UNSEALED else digest.hex()

    def _at(self, record_id: str) -> int | None:
        if not _ID.fullmatch(record_id):
            return None
        wanted = bytes.fromhex(record_id)
        at = bisect_left(range(len(self.ranks)), wanted, key=self._id)
        return at if at < len(self.ranks) and self._id(at) == wanted else None

    def _id(self, at: int) -> bytes:
        return self.ids[16 * at : 16 * at + 16]


_UNSEALED = bytes(32)


def said_by(account: Account) -> Said:
    """Return the same as an account in little memory."""
    ranks = {record_id: rank for rank, record_id in enumerate(account.begun, start=1)}
    in_order = sorted({*ranks, *account.ended})
    return Said(
        b"".join(bytes.fromhex(one) for one in in_order),
        b"".join(bytes.fromhex(account.ended.get(one) or _UNSEALED.hex()) for one in in_order),
        array("L", [ranks.get(one, 0) for one in in_order]),
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What records are checked against, by laptop or by questionnaire.

    `kits` of each laptop; `ledgers`, what its ledger says, where it was seen; `recovered`, the ids of
    records that this desk made of drafts.
    """

    study: Study
    kits: Mapping[str, frozenset[str]]
    ledgers: Mapping[str, Said]
    recovered: Set[str]
    questionnaires: Questionnaires

    def sealed_by(self, device: str, record_id: str, digest: str) -> bool:
        """Whether a laptop's ledger says that it sealed a record as these bytes."""
        said = self.ledgers.get(device)
        return said is not None and bool(digest) and said.sealed(record_id) == digest

    def is_sealed(self, record_id: str, digest: str) -> bool:
        """Whether the ledger of any laptop says so."""
        return any(self.sealed_by(device, record_id, digest) for device in self.ledgers)


def known(study: Study) -> Known:
    """Return what records of a study are checked against."""
    laptops = devices.all_of(study)
    ledgers = {}
    for one in laptops:  # one at a time: an account takes ten times the memory
        if (account := accounts.of_laptop(study, one.name)).begun:
            ledgers[one.name] = said_by(account)
    return Known(
        study=study,
        kits={one.name: frozenset(one.kits) for one in laptops},
        ledgers=ledgers,
        recovered=_recovered(study),
        questionnaires=questionnaires(study),
    )


def questionnaires(study: Study) -> dict[str, Questionnaire]:
    """Return what the answers of every version of each questionnaire of a study can be."""
    return {
        version.digest: Questionnaire(
            {found.name: found for found in variables(version)}, _depths(version)
        )
        for one in study.instruments
        for version in one.versions
    }


def _recovered(study: Study) -> frozenset[str]:
    lines = ledger.verified(study.ledger, study.signer).sound
    return frozenset(one for line in lines if line.event == "recover" for one in line.what.split())


def _depths(instrument: Instrument) -> dict[str, int]:
    return {name: len(repeats) for name, repeats in plan(instrument).scopes.items()}


def is_well_formed(found: Record) -> bool:
    """Whether every field holds what such a field can hold, whatever the study."""
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
    return found.kind == "test" or (_is_coded(found) and _is_of_its_kind(found))


def _is_coded(found: Record) -> bool:
    is_outcome = _OUTCOME.fullmatch(found.outcome) or (
        found.kind == "amendment" and not found.outcome
    )
    is_timed = all(_PARADATA.fullmatch(text) for text in found.paradata.values())
    is_visited = all(_is_visit(one) for one in found.attempts)
    return bool(is_outcome) and bool(_WEEK.fullmatch(found.week)) and is_timed and is_visited


def _is_visit(one: Attempt) -> bool:
    """Whether a visit has a day there is, and words for the rest."""
    if not all(isinstance(text, str) for text in (one.day, one.part, one.outcome)):
        return False
    try:
        return date.fromisoformat(one.day).isoformat() == one.day
    except ValueError:
        return False


def _is_of_its_kind(found: Record) -> bool:
    """Whether the status is one of its kind; an amendment names a record and says nothing else."""
    is_amendment = found.kind == "amendment"
    is_named = bool(_ID.fullmatch(found.amends)) if is_amendment else not found.amends
    says_more = is_amendment and any(getattr(found, name) for name in (*_MAPS, "attempts"))
    return is_named and not says_more and found.status in _KINDS.get(found.kind, ())


def disagreement(
    found: Record, record_id: str, given: Known, digest: str = ""
) -> Disagreement | None:
    """Return the first thing in which a well-formed record does not agree with where it was found.

    `digest` is of its sealed files, as a ledger gives it; '' for a draft, which no laptop has sealed.
    """
    wrong = disagreement_outside(found, record_id, given, digest)
    return wrong or (None if are_possible(found, given.questionnaires) else "answers")


def disagreement_outside(
    found: Record, record_id: str, given: Known, digest: str
) -> Disagreement | None:
    """Return the first of them that needs no look at its answers."""
    study = given.study
    named = study.named(found.instrument)
    if found.kind == "test":
        return "test"
    if found.id != record_id:
        return "id"
    if found.study != study.id:
        return "study"
    if found.is_practice != study.is_practice:
        return "practice" if found.is_practice else "not_practice"
    if found.is_simulated and not study.is_practice:
        return "simulated"
    if named is None or named.by_digest(found.instrument_hash) is None:
        return "instrument"
    if found.unit != named.unit or (found.unit in _WITH_CASE) != bool(found.case):
        return "unit"
    if found.kit not in given.kits.get(found.device, ()):
        return "kit"
    said = given.ledgers.get(found.device)
    if said is not None and said.rank(record_id) != found.sequence:
        return "ledger"
    is_its_own = given.sealed_by(found.device, record_id, digest)
    if not is_its_own and given.is_sealed(record_id, digest):
        return "laptop"
    return None if _is_as_sealed(found, digest, given) else "altered"


def _is_as_sealed(found: Record, digest: str, given: Known) -> bool:
    """Whether its bytes are those that its laptop's ledger says were sealed, where it says so.

    Anyone with the study's public key can seal a record; a desk's own record of a draft is another one.
    """
    said = given.ledgers.get(found.device)
    sealed = said.sealed(found.id) if said and digest else ""
    return not sealed or sealed == digest or found.id in given.recovered


def are_possible(found: Record, given: Questionnaires) -> bool:
    """Whether its questionnaire can have given all that is said, each at a place it has.

    Of a questionnaire that the study does not have nothing is possible.
    """
    questionnaire = given.get(found.instrument_hash)
    if questionnaire is None:
        return False
    variables, depths = questionnaire.variables, questionnaire.depths
    for values, is_good in ((found.answers, _is_kept), (found.statuses, _is_status)):
        for key, value in values.items():
            name, at = place_of(key)
            variable = variables.get(name)
            if variable is None or len(at) != len(variable.repeats) or not is_good(variable, value):
                return False
    places = (place_of(key) for key in found.paradata)
    return all(depths.get(name) == len(at) for name, at in places)


def _is_kept(variable: Variable, value: str) -> bool:
    """Whether an answer can be there at all: what is for the custodian alone, or for nobody, cannot."""
    return variable.is_kept and admits(variable, value)


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


def why(reason: Disagreement) -> str:
    """Return in words why a record is not used."""
    told: dict[Disagreement, str] = {
        "test": _("it is the test record of a laptop; that one is for: souspli device test"),
        "id": _("it is another record, under this one's name; collect it again from the laptop"),
        "study": _("it is of another study; ask how it came here"),
        "practice": _("it was held for practice; nothing is to be done"),
        "not_practice": _(
            "it was not held for practice, and this study is for practice; ask which study it is of"
        ),
        "simulated": _("it is simulated; nothing is to be done"),
        "instrument": _(
            "it was made with a questionnaire, or a version of one, that the study does not have; put that "
            "one back into the study folder"
        ),
        "unit": _(
            "it says something else of whom it is about than the study does; ask the interviewer"
        ),
        "kit": _(
            "it was made with a kit that this study did not write for that laptop; ask the interviewer which"
        ),
        "ledger": _(
            "its laptop's ledger does not have it under that number; keep the laptop, and ask the interviewer"
        ),
        "laptop": _("the ledger of another laptop says that it is its own; ask both interviewers"),
        "altered": _(
            "it is not what its laptop sealed, by its ledger; collect it again from the laptop"
        ),
        "answers": _(
            "it holds an answer that its questionnaire cannot have given; keep the laptop, and ask the interviewer"
        ),
    }
    return told[reason]
