"""The draft: an interview under way, encrypted, one frame an answer, on the disk before the next question.

The draft's key is wrapped twice in its head: under the vault key, for the interviewer, and as an age
file to the study's recipients, so that a forgotten passphrase loses nothing. Answers are stored as
they may be kept: what was reduced is stored reduced, what may not be kept is not stored at all, and
is asked again after a resume where something still needs it. What goes to the custodian alone is
stored under the vault key only: the study's key, which also opens the draft, must not open it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from cryptography.exceptions import InvalidTag

from interviewer import age, foreign, vault
from interviewer.files import sync_folder, write_durably
from interviewer.frames import Frames
from interviewer.interview import Answer, Completeness, Interview, Status, completeness
from interviewer.keep import longest
from surveys.expressions import Node
from surveys.instrument import Instrument, Question
from surveys.kinds import is_asked
from surveys.language import _
from surveys.plan import Plan
from surveys.problems import Refusal

SUFFIX = ".draft"
_MAGIC = b"souspli-draft/1\n"
_LENGTH = 4  # bytes of the head's own length
_HEAD_LIMIT = 64 * 1024
_CAPACITY_LIMIT = 16 * 1024 * 1024  # bytes of a frame: as many as the largest record has
_KEY = 32
_MANY = 10**6  # more instances or seconds than any answer has
_BESIDE = 2048  # bytes of a frame that are not the answer: name, status, comment, reason, seconds
_ABOUT = 4096  # bytes the first frame may need: case, codes, kit hash


class DraftError(Refusal):
    """A draft that cannot be opened."""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One answer as a draft holds it. `seconds` since the answer before, coarse; in which language.

    `state` is what the interview amounted to with it: whoever seals the draft unasked cannot tell.
    """

    node: Node
    status: Status
    kept: str | None
    comment: str
    reason: str
    seconds: int
    language: str
    state: Completeness = "broke_off"
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An open draft: its id, its file, how many frames are in it; no vault key if the study opened it."""

    id: str
    frames: Frames
    count: int
    vault_key: bytes | None = field(repr=False)


def capacity_for(instrument: Instrument) -> int:
    """Return the bytes a frame must hold for any answer of an instrument."""
    widest = max(
        (4 * longest(question) for question in instrument.questions() if is_asked(question)),
        default=0,
    )
    return max(_ABOUT, _BESIDE + widest)


def begin(
    folder: Path,
    draft_id: str,
    about: Mapping[str, object],
    capacity: int,
    vault_key: bytes,
    recipients: Sequence[age.HybridRecipient],
) -> Draft:
    """Make a draft whose first frame says what it is about; it is on the disk when this returns."""
    key = secrets.token_bytes(_KEY)
    head = json.dumps(
        {
            "capacity": capacity,
            "vault": base64.b64encode(vault.wrap(vault_key, key, draft_id)).decode(),
            "study": base64.b64encode(age.seal(key, recipients)).decode(),
        }
    ).encode("ascii")
    start = _MAGIC + len(head).to_bytes(_LENGTH, "big") + head
    path = folder / f"{draft_id}{SUFFIX}"
    write_durably(path, start)
    draft = Draft(draft_id, _frames(path, draft_id, key, capacity, len(start)), 0, vault_key)
    return _appended(draft, dict(about))


def open_with_vault(path: Path, vault_key: bytes) -> Draft:
    """Return a draft opened by the interviewer's vault; raises DraftError where it is not its own."""
    head, length = _head(path)
    draft_id = path.name.removesuffix(SUFFIX)
    try:
        key = vault.unwrap(vault_key, base64.b64decode(head["vault"]), draft_id)
    except (InvalidTag, ValueError) as error:
        raise DraftError(
            _("{path}: this vault does not open the draft; hand it over to the study lead").format(
                path=path
            )
        ) from error
    return _opened(path, draft_id, (key, vault_key), head, length)


def head_digest(path: Path) -> str:
    """Return the SHA-256 of a draft's head, which the ledger's `start` carries.

    Whoever has not the draft's key cannot make frames under this head.
    """
    return hashlib.sha256(path.read_bytes()[: _head(path)[1]]).hexdigest()


def open_with_study(path: Path, identities: Sequence[age.Identity]) -> Draft:
    """Return a draft opened by the study's key; raises AgeError or DraftError."""
    head, length = _head(path)
    try:
        sealed = base64.b64decode(head["study"])
    except ValueError as error:
        raise _no_draft(path) from error
    key = age.unseal(sealed, identities)
    return _opened(path, path.name.removesuffix(SUFFIX), (key, None), head, length)


def destroy(path: Path) -> None:
    """Overwrite both wraps of a draft's key, then remove the file; done twice, it is done once.

    What flash memory keeps of overwritten blocks is out of reach (docs/threats.md).
    """
    try:
        length = _head(path)[1]
        with path.open("r+b", buffering=0) as file:
            file.write(secrets.token_bytes(length))
            os.fsync(file.fileno())
    except DraftError:
        pass  # its head is overwritten already
    except FileNotFoundError:
        return
    path.unlink()
    sync_folder(path.parent)


def append(draft: Draft, entry: Entry) -> Draft:
    """Return the draft with one more answer, which is on the disk when this returns."""
    return _appended(
        draft,
        {
            "n": entry.node.name,
            "at": entry.node.at,
            "s": entry.status,
            "k": _stored(draft, entry),
            "l": entry.is_link,
            "c": entry.comment,
            "r": entry.reason,
            "t": entry.seconds,
            "g": entry.language,
            "e": entry.state,
        },
    )


def read(draft: Draft) -> tuple[dict[str, object], tuple[Entry, ...]]:
    """Return what the draft is about, and its answers in the order they were given.

    Raises DraftError where it holds nothing, or what no draft holds: whoever knows a study's recipient
    can write one that the study's key opens.
    """
    frames = draft.frames.read()
    if not frames:
        raise DraftError(
            _("{path}: holds nothing; keep the file and ask the study lead").format(
                path=draft.frames.path
            )
        )
    try:
        about, *answers = (foreign.read(frame) for frame in frames)
        return dict(about), tuple(_entry(draft, found) for found in answers)
    except (ValueError, TypeError, KeyError, AttributeError, InvalidTag) as error:
        raise other_version() from error


def other_version() -> DraftError:
    """Return the refusal of a draft that holds something else than drafts of this version do."""
    return DraftError(_("the draft was made by another version of souspli; use that one"))


def _entry(draft: Draft, found: Mapping[str, Any]) -> Entry:
    """Return an answer as a draft holds it; raises ValueError or TypeError where it is none."""
    kept = _restored(draft, found)
    texts = (found["n"], found["c"], found["r"], found["g"], "" if kept is None else kept)
    numbers = (*found["at"], found["t"])
    if not all(isinstance(text, str) for text in texts) or type(found["l"]) is not bool:
        raise TypeError
    if not all(type(number) is int and 0 <= number < _MANY for number in numbers):
        raise ValueError
    if found["s"] not in get_args(Status) or found["e"] not in get_args(Completeness):
        raise ValueError
    return Entry(
        node=Node(found["n"], tuple(found["at"])),
        status=found["s"],
        kept=kept,
        is_link=found["l"],
        comment=found["c"],
        reason=found["r"],
        seconds=found["t"],
        language=found["g"],
        state=found["e"],
    )


def entry_of(
    plan: Plan,
    node: Node,
    answer: Answer,
    seconds: int,
    language: str,
    state: Completeness = "broke_off",
) -> Entry:
    """Return what a draft may hold of an answer."""
    item = plan.items[node.name]
    if not isinstance(item, Question):  # “another one?” is no answer about anybody
        return Entry(node, answer.status, answer.value, "", "", seconds, language, state)
    beside = (answer.comment, answer.reason, seconds, language, state)
    return Entry(node, answer.status, answer.kept, *beside, is_link=item.keep.rule == "link")


def _stored(draft: Draft, entry: Entry) -> str | None:
    if not entry.is_link or entry.kept is None:
        return entry.kept
    if draft.vault_key is None:
        raise DraftError(_("only the laptop that began this interview can go on with it"))
    return base64.b64encode(vault.wrap(draft.vault_key, entry.kept.encode(), draft.id)).decode()


def _restored(draft: Draft, found: Mapping[str, Any]) -> str | None:
    """Return what was kept; a link is None to whoever has not the vault key."""
    kept: str | None = found["k"]
    if not found["l"] or kept is None:
        return kept
    if draft.vault_key is None:
        return None
    return vault.unwrap(draft.vault_key, base64.b64decode(kept), draft.id).decode()


def resumed(plan: Plan, entries: Iterable[Entry]) -> dict[Node, Answer]:
    """Return the answers a resumed interview goes on with, later ones replacing earlier ones.

    An answer that was reduced, and that an expression or a text still reads, is left out: it is
    asked again when the interview comes to it. `recalled` has what was kept of it.
    """
    found: dict[Node, Answer] = {}
    for entry in entries:
        if _is_whole(plan, entry):
            found[entry.node] = _answer(entry, entry.kept or "")
        elif entry.node.name in plan.read_names:
            found.pop(entry.node, None)
        else:
            found[entry.node] = _answer(entry, "")
    return found


def state_of(interview: Interview, entries: Sequence[Entry]) -> Completeness:
    """Return what an interview amounts to: while answers wait to be asked again, what it did before."""
    is_waiting = not interview.recalled.keys() <= interview.answers.keys()
    return entries[-1].state if is_waiting and entries else completeness(interview)


def recalled(entries: Iterable[Entry]) -> dict[Node, Answer]:
    """Return what a record may hold of every answer of a draft, whether or not it is asked again."""
    return {entry.node: _answer(entry, "") for entry in entries}


def _is_whole(plan: Plan, entry: Entry) -> bool:
    """Whether what was stored is all that was answered."""
    item = plan.items[entry.node.name]
    if entry.status != "answered" or not isinstance(item, Question):
        return True
    return not is_asked(item) or item.keep.rule in {"as_given", "scrub", "link"}


def _answer(entry: Entry, value: str) -> Answer:
    return Answer(value, entry.status, entry.kept, entry.comment, entry.reason)


def _appended(draft: Draft, content: Mapping[str, object]) -> Draft:
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    draft.frames.append(draft.count, written)
    return replace(draft, count=draft.count + 1)


def _opened(
    path: Path,
    draft_id: str,
    keys: tuple[bytes, bytes | None],
    head: Mapping[str, str],
    length: int,
) -> Draft:
    frames = _frames(path, draft_id, keys[0], int(head["capacity"]), length)
    return Draft(draft_id, frames, len(frames.read()), keys[1])


def _frames(path: Path, draft_id: str, key: bytes, capacity: int, start: int) -> Frames:
    return Frames(path, key, capacity, start, b"draft/" + draft_id.encode("ascii"))


def _head(path: Path) -> tuple[dict[str, str], int]:
    content = path.read_bytes()
    start = len(_MAGIC) + _LENGTH
    length = int.from_bytes(content[len(_MAGIC) : start], "big")
    try:
        if not content.startswith(_MAGIC) or length > _HEAD_LIMIT:
            raise ValueError
        found = foreign.read(content[start : start + length])
        head = {name: str(found[name]) for name in ("capacity", "vault", "study")}
        if not 0 < int(head["capacity"]) <= _CAPACITY_LIMIT:
            raise ValueError
        return head, start + length
    except (ValueError, KeyError, TypeError) as error:
        raise _no_draft(path) from error


def _no_draft(path: Path) -> DraftError:
    return DraftError(
        _("{path}: is not a draft; keep the file and ask the study lead").format(path=path)
    )
