"""The sealed record: what is inside, how large it is, sealing and what unsealing verifies.

A record is compact UTF-8 JSON, filled with zeros to the study's bucket, in an age file. Every record
of a study has the same size whatever was asked, refused or skipped; its id is random; times are
coarse and only inside. Items marked `keep: link` go to a second file of one fixed size, sealed to the
custodian alone. docs/sealed-record.md has the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

from interviewer import age, foreign, keep
from interviewer.interview import Answer, Interview, is_settled
from surveys.expressions import Node
from surveys.instrument import Group, Instrument, Question
from surveys.kinds import KINDS, is_asked
from surveys.language import _
from surveys.problems import Refusal

FORMAT = 1
GRAIN = 16 * 1024  # buckets are multiples of it
HEAD_BYTES = 3 * 1024  # everything that is not an answer, a comment or a note
EXTRA_BYTES = 8 * 1024  # comments, reasons and closing notes together
LINK_BYTES = 4 * 1024  # the whole link file before sealing
MAX_ATTEMPTS = 20
MAX_COMMENT = 200  # characters of a comment or a reason, after scrubbing
REASON_MARK = "-"  # stands for a reason once there is no room for words
MAX_CODE = 64  # characters of a case, an interviewer's code or a device's name

Kind = Literal["interview", "outcome", "amendment", "withdrawal", "test"]


class RecordError(Refusal):
    """An opened record is not what a record must be. Says which rule, never what it held."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to reach a person: the day (ISO), the part of the day, what came of it (AAPOR)."""

    day: str
    part: str
    outcome: str


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """All that is known of one case from one sitting. Values are text, as kept.

    `answers`, `statuses`, `comments` and `reasons` are keyed by item name, with the instance numbers
    of the repeats around it in brackets: `rocks_now`, `frequency[2]`, `amount[2,1]`.
    `week` is the ISO week, `minutes` the duration rounded to five. `amends` is the id of the record an
    amendment corrects, '' for every other. `paradata` has, by item, the seconds it took, rounded to
    five, and after a comma how many times its answer was changed, if it was.
    """

    id: str
    study: str
    kit: str
    instrument: str
    instrument_version: str
    instrument_hash: str
    device: str
    sequence: int
    kind: Kind
    unit: str
    case: str
    interviewer: str
    outcome: str
    status: str
    week: str
    minutes: int
    language: str
    mode: str
    is_practice: bool
    is_simulated: bool
    attempts: tuple[Attempt, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    paradata: Mapping[str, str] = field(default_factory=dict)
    amends: str = ""
    notes: str = ""


def key_of(node: Node) -> str:
    """Return the name of a node inside a record."""
    return f"{node.name}[{','.join(map(str, node.at))}]" if node.at else node.name


def answers_of(interview: Interview) -> dict[str, dict[str, str]]:
    """Return what a record may hold of an interview: answers, statuses, comments, reasons, links.

    Only what lies on the path; a question on the path that was never reached has status broke_off,
    one left blank no_answer. An item that is not on the path is simply absent (not_asked).
    """
    found: dict[str, dict[str, str]] = {
        part: {} for part in ("answers", "statuses", "comments", "reasons", "links")
    }
    for item in interview.plan.items.values():
        if isinstance(item, Question) and not is_asked(item):
            _computed(interview, item, found["links" if item.keep.rule == "link" else "answers"])
    for step in interview.path:
        if isinstance(step.item, Question) and is_asked(step.item):
            answer = interview.answers.get(step.node) if is_settled(interview, step) else None
            if step.node not in interview.answers:
                answer = interview.recalled.get(step.node)
            _asked(step.item, key_of(step.node), answer, found)
    _off_the_path(interview, found)
    return found


def _off_the_path(interview: Interview, found: dict[str, dict[str, str]]) -> None:
    """Add what a resumed draft kept, while the path is not known for want of an answer asked again."""
    if interview.recalled.keys() <= interview.answers.keys():
        return
    on_the_path = {step.node for step in interview.path}
    for node, answer in interview.recalled.items():
        item = interview.plan.items[node.name]
        if node not in on_the_path and isinstance(item, Question) and is_asked(item):
            _asked(item, key_of(node), answer, found)


def _computed(interview: Interview, question: Question, kept: dict[str, str]) -> None:
    for node in (node for node in interview.relevant if node.name == question.name):
        value = interview.values.get(node, "")
        if question.kind in {"start", "end"}:
            value = value[:10]
        try:
            reduced = keep.reduce(question, value, keep.NO_SCRUBBER) if value else ""
        except Refusal:  # a calculation gave what its own rule cannot reduce: nothing of it is kept
            continue
        if reduced:
            kept[key_of(node)] = reduced


def _asked(
    question: Question, key: str, answer: Answer | None, found: dict[str, dict[str, str]]
) -> None:
    if answer is None:
        found["statuses"][key] = "broke_off"
        return
    if answer.status != "answered":
        found["statuses"][key] = answer.status
    elif answer.kept is not None:
        found["links" if question.keep.rule == "link" else "answers"][key] = answer.kept
    if answer.comment:
        found["comments"][key] = answer.comment
    if answer.reason:
        found["reasons"][key] = answer.reason


# --- sizes ------------------------------------------------------------------------------------


def bound(instrument: Instrument) -> int:
    """Return the most bytes the answers of one interview can take in a record.

    A character is at most four bytes of UTF-8, or two of a JSON escape: control characters are
    refused. A status takes the place of an answer; a soft constraint can always be given a mark.
    """
    return _bound(instrument, is_link=False)


def link_bound(instrument: Instrument) -> int:
    """Return the most bytes the links of one interview can take in a link file, its head included."""
    return _bound(instrument, is_link=True) + len(_json({"v": FORMAT, "id": "0" * 32, "links": {}}))


def _bound(instrument: Instrument, *, is_link: bool) -> int:
    total = 0
    for item, around in instrument.items():
        times = 1
        for group in around:
            times *= group.repeat_max if group.kind == "repeat" else 1
        if isinstance(item, Group) or KINDS[item.kind].storage == "none":
            continue
        if is_link and item.keep.rule != "link":
            continue
        depth = sum(group.kind == "repeat" for group in around)
        key = len(item.name.encode()) + 5 * depth + len('"":"",')
        value = max(4 * keep.longest(item), len("not_applicable"))
        mark = key + len(REASON_MARK) if item.soft_constraint else 0
        total += times * (key + value + mark)
    return total


def require_fit(instrument: Instrument, bucket: int) -> None:
    """Raise RecordError where an interview of this instrument could be larger than its record."""
    if HEAD_BYTES + EXTRA_BYTES + bound(instrument) > bucket:
        raise RecordError(
            _(
                "{id}: its records could need more than the study's {bucket} bytes; shorten texts or repeats"
            ).format(id=instrument.id, bucket=bucket)
        )
    if link_bound(instrument) > LINK_BYTES:
        raise RecordError(
            _(
                "{id}: its items for the custodian could need more than {bytes} bytes; give them a shorter max_length"
            ).format(id=instrument.id, bytes=LINK_BYTES)
        )


def bucket_for(instruments: Iterable[Instrument]) -> int:
    """Return the size every record of a study is filled to: one for all its instruments."""
    largest = max((bound(instrument) for instrument in instruments), default=0)
    return -(-(HEAD_BYTES + EXTRA_BYTES + largest) // GRAIN) * GRAIN


def extra_bytes(comments: Mapping[str, str], reasons: Mapping[str, str], notes: str) -> int:
    """Return how much of EXTRA_BYTES comments, reasons and notes take."""
    return len(_json([dict(comments), dict(reasons), notes]))


def has_room(interview: Interview, *words: str) -> bool:
    """Whether more comments and reasons fit beside those of an interview."""
    found = answers_of(interview)
    taken = extra_bytes(found["comments"], found["reasons"], "".join(words))
    return taken + 80 * len(words) <= EXTRA_BYTES  # 80: the key of the item each belongs to


def reason_that_fits(interview: Interview, reason: str, comment: str = "") -> str:
    """Return a reason as far as there is room for it: an unusual answer can always be given."""
    return reason if has_room(interview, reason, comment) else REASON_MARK


# --- sealing and opening ----------------------------------------------------------------------


def seal(record: Record, bucket: int, recipients: Sequence[age.HybridRecipient]) -> bytes:
    """Return the sealed record. Its length depends on `bucket` and the number of recipients alone.

    Paradata take what room the answers leave: a record too full for them goes without.
    """
    content = _json({"v": FORMAT, **asdict(record)})
    if len(content) > bucket:
        content = _json({"v": FORMAT, **asdict(replace(record, paradata={}))})
    return age.seal(_filled(content, bucket), recipients)


def seal_links(
    record_id: str, links: Mapping[str, str], recipients: Sequence[age.HybridRecipient]
) -> bytes:
    """Return the sealed link file of a record; an empty one has the same size."""
    return age.seal(
        _filled(_json({"v": FORMAT, "id": record_id, "links": dict(links)}), LINK_BYTES), recipients
    )


def unseal(sealed: bytes, bucket: int, identities: Sequence[age.Identity]) -> Record:
    """Return the record inside; raises AgeError or RecordError, which name the rule that failed."""
    return parsed(opened(sealed, bucket, identities))


def opened(sealed: bytes, size: int, identities: Sequence[age.Identity]) -> bytes:
    """Return the text inside a record or a link file, of the size given and followed by zeros only."""
    content = age.unseal(sealed, identities)
    if len(content) != size:
        raise RecordError(_("the record has not the size of this study's records"))
    end = content.rfind(b"}") + 1
    if content[end:] != bytes(size - end):
        raise RecordError(_("the record is not followed by zeros only, or is no JSON"))
    return content[:end]


def parsed(text: bytes) -> Record:
    """Return the record that an opened text is; its fields may still hold anything."""
    found = _content(text)
    found.pop("v")
    names = {one.name for one in fields(Record)}
    if found.keys() != names:
        raise _other_fields()
    try:
        found["attempts"] = tuple(Attempt(**attempt) for attempt in found["attempts"])
    except TypeError as error:
        raise _other_fields() from error
    return Record(**found)


def unseal_links(
    sealed: bytes, identities: Sequence[age.Identity]
) -> tuple[str, Mapping[str, str]]:
    """Return (record id, links by item) of a link file; raises AgeError or RecordError as `unseal` does."""
    found = _content(opened(sealed, LINK_BYTES, identities))
    links = found.get("links")
    if found.keys() != {"v", "id", "links"} or not isinstance(links, dict):
        raise _other_fields()
    if not all(isinstance(text, str) for text in (found["id"], *links.values())):
        raise _other_fields()
    return found["id"], links


def _other_fields() -> RecordError:
    return RecordError(
        _("the record has unknown or missing fields; it was not made by this version")
    )


def _filled(content: bytes, size: int) -> bytes:
    if len(content) > size:
        raise RecordError(
            _(
                "the record is larger than the study's records may be; the study lead must make a new kit"
            )
        )
    return content.ljust(size, b"\0")


def _content(text: bytes) -> dict[str, Any]:
    try:
        found = foreign.read(text)
    except ValueError as error:
        raise RecordError(_("the record is not followed by zeros only, or is no JSON")) from error
    if not isinstance(found, dict) or found.get("v") != FORMAT:
        raise RecordError(
            _("the record has another format; use the version of souspli that wrote it")
        )
    return found


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
