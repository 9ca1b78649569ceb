"""Interviews under way that nobody can finish: drafts opened with the study's key, and made into records.

A draft holds every answer acknowledged before its laptop was lost or broken, or its passphrase forgotten.
Its record is the one the laptop would have sealed on stopping there, under the same id and number and
to the keys of the same wave, but without what goes to the custodian alone, which only the laptop's own
vault opens. Should the laptop seal the interview after all, `collect` puts what it sealed in the place of what was recovered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from export import custody, ledger
from export.collecting import bundles, index, vouching
from export.collecting import refused as refuse_list
from export.collecting.index import Hashes, sha256
from export.holders import keyring
from export.laptops import accounts
from export.laptops.accounts import Account
from export.study import Study
from export.unsealing import agreement
from export.unsealing.agreement import Disagreement, Known
from interviewer import age, closing, draft, holding, record
from interviewer.bundle import LEDGER
from interviewer.draft import SUFFIX, Entry
from interviewer.files import alone, write_durably
from interviewer.interview import finished
from interviewer.outbox import LINK, RECORD
from interviewer.record import Record
from surveys.language import _
from surveys.plan import Plan, plan
from surveys.problems import Refusal

Reason = (
    Literal["name", "unreadable", "key", "damaged", "format", "ended", "forged", "withdrawn"]
    | Disagreement
)
_LARGEST = 64 * 1024 * 1024  # bytes of a draft with thousands of answers

Recipients = Mapping[str, tuple[str, ...]]  # by role: study, escrow, custodian


@dataclass(frozen=True, slots=True)
class Refused:
    """A draft that was left as it is: its name as found, and why."""

    name: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came of some drafts: ids of the records made, ids that were collected already, the rest."""

    made: tuple[str, ...]
    known: tuple[str, ...]
    refused: tuple[Refused, ...]


def drafts_in(paths: Sequence[Path]) -> list[Path]:
    """Return the drafts that some paths are, or that the bundles they stand for hold.

    Raises Refusal where there is none.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += [
                folder / one
                for folder in bundles.folders(path)
                for one in bundles.listed(folder).drafts
            ]
        else:
            found.append(path)
    if not found:
        raise Refusal(
            _(
                "there is no interview under way in it; give a file whose name ends in {suffix}"
            ).format(suffix=SUFFIX)
        )
    return found


def recover(
    study: Study, drafts: Sequence[Path], identities: Sequence[age.Identity], now: datetime
) -> Recovered:
    """Make records of drafts, and note it in the study's ledger; again changes nothing.

    A draft counts only if the ledger of its laptop, as seen before or as it lies beside the draft, says
    that the interview was begun with it and not that it ended. That its last answers were cut off
    does not show.
    """
    with alone(study.collected / index.LOCK):
        _take_in_ledgers(study, drafts)
        return _recovered(study, drafts, identities, now)


def _recovered(
    study: Study, drafts: Sequence[Path], identities: Sequence[age.Identity], now: datetime
) -> Recovered:
    given = agreement.known(study)
    ledgers = {name: said for name, said in accounts.all_of(study).items() if said.begun}
    withdrawn = refuse_list.of_study(study)
    made: dict[str, tuple[Record, Recipients]] = {}
    known: list[str] = []
    refused: list[Refused] = []
    for path in drafts:
        record_id = path.name.removesuffix(SUFFIX)
        if record_id in withdrawn:
            refused.append(Refused(path.name, "withdrawn"))
            continue
        before = index.hashes_of(study.collected, record_id)
        if before and before.record:
            known.append(record_id)
            continue
        found = _opened(path, identities, given, ledgers)
        if isinstance(found, Record):
            made.setdefault(found.id, (found, _sealed_to(study, path, identities)))
        else:
            refused.append(Refused(path.name, found))
    if made:
        ids = " ".join(made)
        key = custody.ledger_key(identities)
        ledger.append(study.ledger, "recover", ids, len(made), key=key, now=now)
        _put(study, list(made.values()))
    return Recovered(tuple(made), tuple(known), tuple(refused))


def _sealed_to(study: Study, path: Path, identities: Sequence[age.Identity]) -> Recipients:
    """Return to whom a draft that these identities open was sealed: the keys of its wave.

    Sealed to newer ones, its record would outlive the key of its wave.
    """
    for one in identities:
        if isinstance(one, age.HybridIdentity):
            with suppress(age.NoMatch):
                draft.open_with_study(path, [one])
                return keyring.of_wave(study, one.recipient.encode())
    return study.recipients


def _take_in_ledgers(study: Study, drafts: Sequence[Path]) -> None:
    """Remember the ledgers that lie beside drafts, as `collect` would."""
    for folder in sorted({path.parent for path in drafts}):
        if (folder / LEDGER).exists():
            vouching.all_vouched(study, bundles.found_in([folder]))


def _opened(
    path: Path,
    identities: Sequence[age.Identity],
    given: Known,
    ledgers: Mapping[str, Account],
) -> Record | Reason:
    """Return the record that a draft makes, or why it makes none."""
    draft_id = path.name.removesuffix(SUFFIX)
    if not path.name.endswith(SUFFIX) or not bundles.ID.fullmatch(draft_id):
        return "name"
    if not isinstance(bundles.content(path, _LARGEST), bytes):
        return "unreadable"
    try:
        about, entries = draft.read(draft.open_with_study(path, identities))
        head = draft.head_digest(path)
    except age.NoMatch:
        return "key"
    except (Refusal, age.AgeError, OSError, ArithmeticError, *_MALFORMED):
        return "damaged"
    try:
        found = _record(about, entries, given.study)
    except (Refusal, ArithmeticError, *_MALFORMED):
        return "format"  # sealed to the study, but by no program of ours
    if not isinstance(found, Record):
        return found
    if not agreement.is_well_formed(found):
        return "format"
    wrong = agreement.disagreement(found, draft_id, given) or _unfinished(found, head, ledgers)
    return wrong or found


_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)


def _record(
    about: dict[str, object], entries: Sequence[Entry], study: Study
) -> Record | Literal["instrument"]:
    """Return what the laptop would have sealed on stopping now, but for links."""
    around = holding.circumstances_of(about)
    named = study.named(around.instrument)
    version = named.by_digest(around.instrument_hash) if named else None
    if version is None:
        return "instrument"
    ready = plan(version)
    interview = holding.interview_of(ready, about, _legible(ready, entries))
    interview = replace(interview, recalled=draft.recalled(entries))
    seconds = sum(entry.seconds for entry in entries)
    ended = interview.now + timedelta(seconds=seconds)
    status = draft.state_of(finished(interview, ended), entries)
    paradata = holding.paradata_of(entries)
    return closing.record_of(interview, around, ended, seconds / 60, paradata, status)[0]


def _legible(ready: Plan, entries: Sequence[Entry]) -> list[Entry]:
    """Return the answers but for links that a condition reads: what followed from them is unknown here.

    They count as what waits to be asked again, so that no answer is dropped for want of them.
    """
    return [
        entry
        for entry in entries
        if not (entry.is_link and entry.kept is None and entry.node.name in ready.read_names)
    ]


def _unfinished(found: Record, head: str, ledgers: Mapping[str, Account]) -> Reason | None:
    """Return why a draft is not of an interview under way, by the ledger of its laptop; None where it is.

    `head` is the digest of the draft's head. Everything else in a draft can be made by whoever has seen
    a stick and a kit: the ledger tells the one that its laptop began.
    """
    account = ledgers.get(found.device, accounts.of_lines(()))
    if found.id not in account.begun:
        return "ledger"
    others = ledgers.keys() - {found.device}
    if any(found.id in ledgers[name].begun for name in others):
        return "laptop"
    if found.id in account.ended:
        return "ended"
    return None if account.begun[found.id] == head else "forged"


def _put(study: Study, made: Sequence[tuple[Record, Recipients]]) -> None:
    with index.opened(study.collected) as noted:
        for one, to in made:
            answers = custody.recipients((*to["study"], *to["escrow"]))
            custodian = custody.recipients(to["custodian"])
            link = record.seal_links(one.id, {}, custodian) if study.has_links else b""
            sealed = record.seal(one, study.bucket, answers)
            if link:
                write_durably(study.collected / f"{one.id}{LINK}", link)
            write_durably(study.collected / f"{one.id}{RECORD}", sealed)
            noted.add(one.id, Hashes(sha256(sealed), sha256(link) if link else ""))


def why(reason: Reason) -> str:
    """Return in words why a draft was left as it is, and what to do."""
    told: dict[str, str] = {
        "name": _("its name is not a draft's; give it as the laptop named it"),
        "unreadable": _("it is no file that can be read; copy it again from the laptop"),
        "key": _(
            "this key does not open it: it was held for practice, or is another study's; give the study's own"
        ),
        "damaged": _("it is damaged, or holds nothing yet; copy it again from the laptop"),
        "format": _("what is inside is not an interview under way"),
        "ended": _(
            "by its laptop's ledger this interview ended, or was erased; collect what the laptop sealed"
        ),
        "withdrawn": _("its record was withdrawn; delete the draft wherever it is"),
        "forged": _(
            "it is not the draft that its laptop began, by its ledger; copy it again from the laptop"
        ),
        "ledger": _(
            "its laptop's ledger, as seen here, does not have it under that number; collect first: "
            "souspli collect"
        ),
    }
    return told.get(reason) or agreement.why(reason)  # type: ignore[arg-type]
