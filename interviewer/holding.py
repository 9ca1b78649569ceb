"""One interview under way on a laptop: begun, resumed, closed, and mended after a crash.

In order: the draft, then `start` in the ledger, then the first question. At the end: the sealed record
in the outbox, then `end` in the ledger, then the draft destroyed. Whatever of it a crash left undone,
`mend` does; doing it twice changes nothing. An interview that is interrupted keeps its draft.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from interviewer import cases, closing, draft, outbox
from interviewer.closing import Circumstances
from interviewer.draft import Draft, DraftError, Entry
from interviewer.files import Held, alone
from interviewer.frames import Damaged
from interviewer.interview import (
    Answer,
    Interview,
    begin,
    finished,
    give,
    replay,
    spoken_in,
)
from interviewer.kit import KitError, KitInstrument, instrument_of
from interviewer.laptop import Laptop
from interviewer.record import MAX_ATTEMPTS, Attempt, Record, key_of
from interviewer.sitting import Sitting
from surveys.expressions import Node
from surveys.language import _, ngettext
from surveys.plan import Plan, plan
from surveys.problems import Refusal

GRAIN = 5  # seconds to which the time of a question is rounded
LONGEST = 600  # seconds: a longer one was an interruption
_CLOCK_IS_WRONG = 366  # days: no draft waits so long, the laptop's clock is wrong


class Holding:
    """An interview and its draft: the one thing here that changes, as answers are made durable."""

    def __init__(
        self,
        laptop: Laptop,
        around: Circumstances,
        interview: Interview,
        kept: Draft,
        entries: Sequence[Entry] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.laptop = laptop
        self.around = around
        self.interview = interview
        self._draft = kept
        self._entries = list(entries)
        self._clock = clock
        self._since = clock()

    def durable(self, node: Node, answer: Answer, language: str) -> None:
        """Have an answer in the draft, on the disk; raises FramesError where the disk refuses."""
        now = self._clock()
        seconds = min(LONGEST, GRAIN * round((now - self._since) / GRAIN))
        spoken = self.interview
        if spoken.language != language:
            spoken = spoken_in(spoken, language)
        after = give(spoken, node, answer)
        state = draft.state_of(after, self._entries)
        entry = draft.entry_of(after.plan, node, answer, seconds, language, state)
        self._draft = draft.append(self._draft, entry)
        self._entries.append(entry)
        self.interview, self._since = after, now

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every answer in the draft, in the order they were given."""
        return tuple(self._entries)


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """An interview that can go on. `fault` says why one cannot be opened here, '' where it can."""

    id: str
    case: str = ""
    instrument: str = ""
    interviewer: str = ""
    begun: date = date.min
    fault: str = ""


# --- begun and resumed --------------------------------------------------------------------------


def begun(
    laptop: Laptop,
    instrument: KitInstrument,
    *,
    case: str,
    interviewer: str,
    now: datetime,
    language: str = "",
) -> Holding:
    """Begin an interview: its draft, and that it started, are on the disk when this returns.

    Raises Refusal where as many interviews as the study allows are under way already.
    """
    ready = plan(instrument_of(instrument))
    with laptop.alone():
        if laptop.device.installed().hash != laptop.signed.hash:
            raise Refusal(_("a newer kit was installed meanwhile; begin again"))
        limit = laptop.private.rules.open_drafts
        if sum(not one.fault for one in open_drafts(laptop)) >= limit:
            raise Refusal(
                ngettext(
                    "{n} interview is under way already; finish it or stop it first",
                    "{n} interviews are under way already; finish or stop one first",
                    limit,
                ).format(n=limit)
            )
        around = closing.circumstances(laptop, instrument, case=case, interviewer=interviewer)
        interview = begin(ready, now, around.id, language)
        about = {**asdict(around), "now": now.isoformat(), "language": interview.language}
        kept = draft.begin(
            laptop.drafts,
            around.id,
            about,
            draft.capacity_for(ready.instrument),
            laptop.secrets.vault_key,
            laptop.answer_recipients,
        )
        path = _path(laptop, around.id)
        try:
            digest = draft.head_digest(path)
            laptop.ledger.append("start", around.id, digest, laptop.secrets.signing)
        except Refusal:
            draft.destroy(path)  # nothing was asked
            raise
    return Holding(laptop, around, interview, kept)


def resumed(laptop: Laptop, draft_id: str) -> Holding:
    """Return an interview where it stopped, with the questionnaire it was begun with.

    Raises Refusal where the draft cannot be opened, or the laptop has not the kit any more.
    """
    path = _path(laptop, draft_id)
    if not path.exists():
        raise DraftError(_("this interview has ended meanwhile; there is nothing to go on with"))
    kept = draft.open_with_vault(path, laptop.secrets.vault_key)
    about, entries = draft.read(kept)
    around = circumstances_of(about)
    if around.id != draft_id:
        raise draft.other_version()
    then = laptop.under(around.kit)
    named = then.signed.kit.named(around.instrument)
    if named is None:
        raise DraftError(_("the kit lacks this interview's questionnaire; ask for a new kit"))
    interview = interview_of(plan(instrument_of(named)), about, entries)
    return Holding(then, around, interview, kept, entries)


def circumstances_of(about: dict[str, Any]) -> Circumstances:
    """Return what a draft says it is about; raises DraftError where it says something else."""
    try:
        found = {name: about[name] for name in Circumstances.__dataclass_fields__}
        attempts = tuple(Attempt(**one) for one in found.pop("attempts"))
    except (KeyError, TypeError) as error:
        raise draft.other_version() from error
    kinds: dict[str, type] = {"sequence": int, "is_practice": bool, "is_simulated": bool}
    texts = (text for one in attempts for text in (one.day, one.part, one.outcome))
    is_whole = all(type(value) is kinds.get(name, str) for name, value in found.items())
    if not is_whole or not all(isinstance(text, str) for text in texts):
        raise draft.other_version()
    return Circumstances(attempts=attempts, **found)


def _begun_at(about: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(about["now"])
    except (KeyError, TypeError, ValueError) as error:
        raise draft.other_version() from error


def interview_of(ready: Plan, about: dict[str, Any], entries: Sequence[Entry]) -> Interview:
    """Return the interview that a draft holds: what was reduced and is still needed is asked again.

    Raises DraftError where it holds an answer to what the questionnaire does not ask.
    """
    now = _begun_at(about)
    language = entries[-1].language if entries else about.get("language", "")
    nodes = [entry.node for entry in entries]
    if not all(node.name in ready.items for node in nodes) or not isinstance(language, str):
        raise draft.other_version()
    if any(len(node.at) != len(ready.scopes[node.name]) for node in nodes):
        raise draft.other_version()
    interview = replay(ready, now, about["id"], draft.resumed(ready, entries).items(), language)
    return replace(interview, recalled=draft.recalled(entries))


def open_drafts(laptop: Laptop) -> tuple[OpenDraft, ...]:
    """Return the interviews under way on this laptop, the oldest first."""
    found = [_listed(laptop, path) for path in _paths(laptop)]
    return tuple(sorted(found, key=lambda one: (one.begun, one.id)))


def _listed(laptop: Laptop, path: Path) -> OpenDraft:
    draft_id = path.name.removesuffix(draft.SUFFIX)
    try:
        about, _entries = draft.read(draft.open_with_vault(path, laptop.secrets.vault_key))
        around, begun = circumstances_of(about), _begun_at(about)
    except Refusal as error:
        return OpenDraft(draft_id, fault=str(error))
    return OpenDraft(draft_id, around.case, around.instrument, around.interviewer, begun.date())


@contextmanager
def at_work(laptop: Laptop, draft_id: str) -> Iterator[None]:
    """Hold a draft while its interview is held: another terminal may not resume it meanwhile."""
    path = laptop.place / "locks" / draft_id
    with alone(path):
        yield
    if not _path(laptop, draft_id).exists():
        path.unlink(missing_ok=True)


# --- closed -------------------------------------------------------------------------------------


def close(holding: Holding, sitting: Sitting, now: datetime) -> Literal["sealed", "kept"]:
    """Seal what came of a sitting and destroy its draft, or keep the draft of one that can go on."""
    if sitting.ending in {"suspended", "interrupted"}:
        return "kept"
    laptop, around = holding.laptop, holding.around
    with laptop.alone():
        if sitting.ending == "erased":
            made = closing.erased(around, holding.interview.now)
            draft.destroy(_path(laptop, around.id))  # first: whatever comes after, it is gone
            closing.put_away(laptop, made, {})
        else:
            made, links = _record_of(holding, sitting.interview, now)
            closing.put_away(laptop, made, links)
            draft.destroy(_path(laptop, around.id))
    return "sealed"


def _record_of(
    holding: Holding, interview: Interview, now: datetime
) -> tuple[Record, dict[str, str]]:
    entries = holding.entries
    minutes = sum(entry.seconds for entry in entries) / 60
    status = draft.state_of(finished(interview, now), entries)
    around = replace(holding.around, attempts=_attempts(holding))
    return closing.record_of(interview, around, now, minutes, paradata_of(entries), status)


def _attempts(holding: Holding) -> tuple[Attempt, ...]:
    """Return the visits to the case so far, those of this day included; none where there is no case."""
    laptop = holding.laptop
    try:
        found = cases.attempts_of(
            laptop.place, laptop.secrets.vault_key, laptop.ledger.lines(), holding.around.case
        )
    except (cases.CasesError, Damaged):
        return ()  # the session says that the journal is damaged
    return found[-MAX_ATTEMPTS:]


def paradata_of(entries: Sequence[Entry]) -> dict[str, str]:
    """Return, by item, the seconds it took, and after a comma how many times its answer was changed."""
    seconds: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for entry in entries:
        seconds[key_of(entry.node)] += entry.seconds
        given[key_of(entry.node)] += 1
    return {
        key: f"{seconds[key]},{count - 1}" if count > 1 else str(seconds[key])
        for key, count in given.items()
    }


# --- mended -------------------------------------------------------------------------------------


def mend(laptop: Laptop, now: datetime) -> int:
    """Do what a crash left undone; seal what is too old to go on; return how many were sealed for that.

    In order: sealed records get their `end`; ended drafts go, and those never started; what started
    and left neither draft nor record is ended with nothing. A draft that cannot be opened stays, and
    holds nothing up.
    """
    with laptop.alone():
        _sweep(laptop)
        lines = laptop.ledger.lines()
        ended = {line.id for line in lines if line.event == "end"}
        started = {line.id for line in lines if line.event == "start"}
        sealed = set(outbox.ids(laptop.outbox))
        for record_id in sorted((sealed & started) - ended):
            closing.end(laptop, record_id)
        for path in _paths(laptop):
            draft_id = path.name.removesuffix(draft.SUFFIX)
            if draft_id in ended | sealed:
                draft.destroy(path)
            elif draft_id not in started:
                _start_or_remove(laptop, path, draft_id)
        drafted = {path.name.removesuffix(draft.SUFFIX) for path in _paths(laptop)}
        for record_id in sorted(started - ended - sealed - drafted):
            closing.end(laptop, record_id)
    return _seal_old(laptop, now)


def _start_or_remove(laptop: Laptop, path: Path, draft_id: str) -> None:
    """Remove a draft that was never started: it asked nothing. One with answers is started."""
    try:
        kept = draft.open_with_vault(path, laptop.secrets.vault_key)
    except Refusal:
        return  # it stays, and is listed with what is wrong
    if kept.count > 1:  # its ledger was lost: the answers are not
        digest = draft.head_digest(path)
        laptop.ledger.append("start", draft_id, digest, laptop.secrets.signing)
    else:
        draft.destroy(path)


def _sweep(laptop: Laptop) -> None:
    """Remove what was being written when the process died, and links whose record never came."""
    folders = (laptop.outbox, laptop.drafts, laptop.place)
    for path in (path for folder in folders for path in folder.glob(".*.tmp")):
        path.unlink(missing_ok=True)
    sealed = set(outbox.ids(laptop.outbox))
    for path in laptop.outbox.glob(f"*{outbox.LINK}"):
        if path.name.removesuffix(outbox.LINK) not in sealed:
            path.unlink(missing_ok=True)


def _seal_old(laptop: Laptop, now: datetime) -> int:
    """Seal, as far as it went, each interview begun longer ago than the study lets it wait."""
    count = 0
    for found in open_drafts(laptop):
        days = (now.date() - found.begun).days
        if found.fault or not laptop.private.rules.draft_days < days < _CLOCK_IS_WRONG:
            continue
        with contextlib.suppress(Held, DraftError, KitError), at_work(laptop, found.id):
            holding = resumed(laptop, found.id)
            close(holding, Sitting(holding.interview, "stopped"), now)
            count += 1
    return count


def _paths(laptop: Laptop) -> list[Path]:
    return sorted(laptop.drafts.glob(f"*{draft.SUFFIX}"))


def _path(laptop: Laptop, draft_id: str) -> Path:
    return laptop.drafts / f"{draft_id}{draft.SUFFIX}"
