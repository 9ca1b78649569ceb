"""The kit: what a laptop must know to hold interviews, signed by the study lead.

Its public part: study, device, instruments, recipients, bucket size. Its private part is sealed to the
laptop's own key, twice: what the lead knows (words to scrub, help numbers, rules), and the cases with
their hotels, which the custodian sealed and the lead cannot read. The signature covers all of it.
The file is one line naming the format, one with the lead's public key and signature, then JSON.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewer import age, foreign, padded, signed
from surveys.check import check, errors
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal

_MAGIC = b"souspli-kit/1\n"
_CONTEXT = b"souspli/kit/v1\0"  # what is signed begins with it, so no other signature can serve

# Proquints (Wilkerson 2009): 16 bits a word, consonants and vowels in turn, easy to say aloud.
_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"
_WORDS = 6  # 96 bits: nobody finds a second key with the same words
_DEVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_ROLES = ("study", "escrow", "custodian")
_LARGEST_BUCKET = 2**24  # bytes of a record: a laptop makes sure of room for one before it begins
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)


class KitError(Refusal):
    """A kit that cannot be trusted or used."""


@dataclass(frozen=True, slots=True)
class KitInstrument:
    """An instrument in a kit: its source text and what its records are about.

    `tables` are the CSV texts it looks into, each with its name.
    """

    id: str
    version: str
    hash: str
    unit: str
    source: str
    tables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Kit:
    """A kit as it is signed. `recipients` has the keys study, escrow and custodian.

    `private` and `cases` are base64 of age files sealed to the laptop; `cases` is '' where it has none.
    """

    study: str
    title: Mapping[str, str]
    version: int
    device: str
    roster: tuple[str, ...]
    is_practice: bool
    bucket: int
    has_links: bool
    recipients: Mapping[str, tuple[str, ...]]
    instruments: tuple[KitInstrument, ...]
    private: str
    cases: str

    @property
    def answer_recipients(self) -> tuple[age.HybridRecipient, ...]:
        """Whom answers are sealed to: the study's key and the escrow's."""
        wanted = (*self.recipients["study"], *self.recipients["escrow"])
        return tuple(age.HybridRecipient.parse(text) for text in wanted)

    @property
    def link_recipients(self) -> tuple[age.HybridRecipient, ...]:
        """Whom links are sealed to: the custodian alone."""
        return tuple(age.HybridRecipient.parse(text) for text in self.recipients["custodian"])

    def named(self, instrument: str) -> KitInstrument | None:
        """Return the instrument with this id, or None."""
        return next((found for found in self.instruments if found.id == instrument), None)


@dataclass(frozen=True, slots=True)
class SignedKit:
    """A kit whose signature was verified: by which key, and the hash its records name."""

    kit: Kit
    signer: bytes
    hash: str
    content: bytes


# --- the private part ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rules:
    """What the study asks of fieldwork.

    Attempts before somebody counts as not found, interviews under way at once, days until one that was
    left is sealed as it stands, minutes until the screen locks.
    """

    attempts: int = 4
    open_drafts: int = 2
    draft_days: int = 14
    idle_minutes: int = 5


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """A person drawn: the code, and the place (the hotel) where they are to be found, '' if unknown."""

    code: str
    place: str


@dataclass(frozen=True, slots=True, repr=False)
class Private:
    """What only the laptop itself may read of its kit. `help_numbers` are (label, number)."""

    words: tuple[str, ...]
    help_numbers: tuple[tuple[str, str], ...]
    rules: Rules
    cases: tuple[Case, ...]


def seal_private(
    study: str,
    device: str,
    *,
    words: Sequence[str],
    help_numbers: Sequence[tuple[str, str]],
    rules: Rules,
    recipient: age.HybridRecipient,
) -> bytes:
    """Return what the lead knows, sealed to a laptop; it says for which study and laptop it is."""
    value = {
        "study": study,
        "device": device,
        "words": list(words),
        "help_numbers": [list(one) for one in help_numbers],
        "rules": asdict(rules),
    }
    return padded.seal(value, [recipient])


def seal_cases(
    study: str, device: str, cases: Sequence[Case], recipient: age.HybridRecipient
) -> bytes:
    """Return the cases of a laptop, sealed to it; their number cannot be told from the size."""
    listed = [[case.code, case.place] for case in cases]
    return padded.seal({"study": study, "device": device, "cases": listed}, [recipient])


def private_of(kit: Kit, identity: age.HybridIdentity) -> Private:
    """Return the private part of a kit.

    Raises KitError where this laptop cannot open it, or it was made for another study or laptop.
    """
    told = _unsealed(kit, kit.private, identity)
    listed = _unsealed(kit, kit.cases, identity) if kit.cases else {"cases": []}
    try:
        return Private(
            words=tuple(_text(word) for word in told["words"]),
            help_numbers=tuple(
                (_text(label), _text(number)) for label, number in told["help_numbers"]
            ),
            rules=_rules(told["rules"]),
            cases=tuple(Case(_text(code), _text(place)) for code, place in listed["cases"]),
        )
    except _UNREADABLE as error:
        raise KitError(
            _("this kit was made by another version of souspli; install that one")
        ) from error


def _unsealed(kit: Kit, encoded: str, identity: age.HybridIdentity) -> dict[str, Any]:
    try:
        found = padded.unseal(base64.b64decode(encoded, validate=True), [identity])
    except age.NoMatch as error:
        raise KitError(
            _(
                "this kit is not sealed to this laptop; ask the study lead for its own, or enrol it anew"
            )
        ) from error
    except (age.AgeError, ValueError) as error:
        raise KitError(_("the private part of the kit is damaged; ask for a new kit")) from error
    if (found.get("study"), found.get("device")) != (kit.study, kit.device):
        raise KitError(
            _("the private part of the kit is for another study or laptop; ask for a new kit")
        )
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _rules(found: dict[str, Any]) -> Rules:
    names = [one.name for one in fields(Rules)]
    if any(type(found[name]) is not int or found[name] < 1 for name in names):
        raise ValueError
    return Rules(**found)


# --- signed and read ----------------------------------------------------------------------------


def sign(kit: Kit, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of a kit, signed."""
    payload = json.dumps(asdict(kit), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return signed.write(_MAGIC, _CONTEXT, payload.encode("utf-8"), key)


def read(content: bytes) -> SignedKit:
    """Return a kit whose own signature verifies; who signed it is for the caller to judge.

    Raises KitError where the file is no kit, was changed, or names a recipient that is none.
    """
    if not content.startswith(_MAGIC):
        raise KitError(_("this file is not a kit; ask the study lead for the kit of this laptop"))
    try:
        payload, signer = signed.read(_MAGIC, _CONTEXT, content)
    except signed.NotSigned as error:
        raise KitError(
            _("the kit's signature does not verify: it was changed on the way; ask for it again")
        ) from error
    try:
        kit = _kit(foreign.read(payload))
    except _UNREADABLE as error:
        raise KitError(
            _("this kit was made by another version of souspli; install that one")
        ) from error
    _require_recipients(kit)
    return SignedKit(kit, signer, hashlib.sha256(payload).hexdigest(), content)


def _instrument(found: dict[str, Any]) -> KitInstrument:
    tables = [(_text(name), _text(text)) for name, text in found.pop("tables", ())]
    texts = {name: _text(text) for name, text in found.items()}
    return KitInstrument(**texts, tables=tuple(tables))


def _kit(found: dict[str, Any]) -> Kit:
    found["roster"] = tuple(map(_text, found["roster"]))
    found["title"] = {code: _text(title) for code, title in found["title"].items()}
    recipients = {role: tuple(map(_text, found["recipients"][role])) for role in _ROLES}
    found["recipients"] = recipients
    found["instruments"] = tuple(_instrument(one) for one in found["instruments"])
    kit = Kit(**found)
    for text in (kit.study, kit.private, kit.cases):
        _text(text)
    numbers, claims = (kit.version, kit.bucket), (kit.is_practice, kit.has_links)
    if not all(type(claim) is bool for claim in claims):
        raise TypeError
    if any(type(number) is not int for number in numbers) or not is_device_name(kit.device):
        raise ValueError
    if not 0 < kit.bucket <= _LARGEST_BUCKET:
        raise ValueError
    return kit


def _require_recipients(kit: Kit) -> None:
    try:
        if not kit.answer_recipients or (kit.has_links and not kit.link_recipients):
            raise KitError(_("the kit names nobody who could open its records; ask for a new kit"))
    except age.AgeError as error:
        raise KitError(
            _("the kit names a recipient that is not a key; ask for a new kit")
        ) from error


@lru_cache(maxsize=16)  # checking one takes a fifth of a second, and every verb asks several times
def instrument_of(found: KitInstrument) -> Instrument:
    """Return a kit's instrument, loaded; raises KitError if its text is not the one named."""
    loaded = check(found.source, f"{found.id}.yaml", dict(found.tables))
    if loaded.instrument is None or errors(loaded) or loaded.instrument.digest != found.hash:
        raise KitError(_("the kit's questionnaire is damaged; ask for a new kit"))
    return loaded.instrument


def is_device_name(text: str) -> bool:
    """Whether a text can be a laptop's name: a file name can carry it."""
    return _DEVICE.fullmatch(text) is not None


# --- compared aloud -----------------------------------------------------------------------------


def fingerprint(signer: bytes) -> str:
    """Return a signing key as six words of five letters, to compare aloud."""
    return spoken(hashlib.sha256(b"souspli/fingerprint/v1\0" + signer).digest())


def spoken(digest: bytes) -> str:
    """Return the first 96 bits of a digest as six words that can be said aloud."""
    pairs = zip(digest[0 : 2 * _WORDS : 2], digest[1 : 2 * _WORDS : 2], strict=True)
    return " ".join(_word(high << 8 | low) for high, low in pairs)


def _word(bits: int) -> str:
    return (
        _CONSONANTS[bits >> 12]
        + _VOWELS[bits >> 10 & 3]
        + _CONSONANTS[bits >> 6 & 15]
        + _VOWELS[bits >> 4 & 3]
        + _CONSONANTS[bits & 15]
    )
