"""Proof, before field work, that each holder can open: a challenge sealed to them, answered in words.

Only who opens a challenge knows the 32 random bytes in it, and so the six words that follow from them.
They are said to the lead, whose folder keeps nothing but their hash. A proof is of one key: the
ledger names it, and another key that takes its place has shown nothing yet.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody, ledger
from export.commands import in_study
from export.custody import Public
from export.holders import keyring
from export.holders.keyring import Held
from export.ledger import Verified
from export.study import ROLES, Study, is_study_id
from interviewer import age, kit, padded
from interviewer.files import sync_folder, write_durably
from surveys.language import _
from surveys.problems import Refusal

SUFFIX = ".challenge"
SECRET = 32  # bytes
_WORDS = b"souspli/challenge/words/v1\0"
_EXPECTED = b"souspli/challenge/expected/v1\0"


@dataclass(frozen=True, slots=True, repr=False)
class Challenge:
    """What a challenge says: for which study and role, and by digest the keys it is for.

    `keys` has beside each digest the key its holder signs with, as the lead knows it, '' if not.
    """

    study: str
    role: str
    secret: str
    keys: dict[str, str]

    def words(self, digest: str) -> str:
        """Return the six words by which the holder of a key shows that they opened it."""
        said = [self.study, self.role, self.secret, digest, self.keys[digest]]
        return kit.spoken(hashlib.sha256(_WORDS + json.dumps(said).encode("ascii")).digest())


# --- the lead asks ------------------------------------------------------------------------------


def challenge(study: Study, role: str, secret: bytes) -> bytes:
    """Return a challenge for the holders of a role, and expect their words; those before count no more.

    `secret` is random. Only the keys that study.yaml names for the role open it.
    """
    held = keyring.current(study, role)
    made = Challenge(
        study.id,
        role,
        secret.hex(),
        {one.public.digest: base64.b64encode(one.public.ledger).decode() for one in held},
    )
    _expect(study, role, {_hashed(made.words(digest)): digest for digest in made.keys})
    value = {
        "souspli_challenge": 1,
        "study": made.study,
        "role": role,
        "secret": made.secret,
        "keys": made.keys,
    }
    return padded.seal(value, custody.recipients([one.public.recipient for one in held]))


def heard(study: Study, role: str, words: str) -> Held:
    """Return the key whose holder said these words, however they were typed.

    Raises Refusal where nobody was asked, where they are not the words, or the key was replaced since.
    """
    expected = _expected(study, role)
    digest = expected.get(_hashed("".join(filter(str.isalpha, words.casefold()))))
    if digest is None:
        raise Refusal(
            _(
                "these are not the words of the challenge that was written last; hear them again, or "
                "write a new one: souspli keys test {role} --out DIR{study}"
            ).format(role=role, study=in_study(study))
        )
    found = next((one for one in keyring.current(study, role) if one.public.digest == digest), None)
    if found is None:
        raise Refusal(
            _(
                "this key is not in study.yaml any more; write a new challenge: "
                "souspli keys test {role} --out DIR{study}"
            ).format(role=role, study=in_study(study))
        )
    return found


def require_asked(study: Study, role: str) -> None:
    """Raise Refusal where no words are expected of a role's holders."""
    _expected(study, role)


def note(study: Study, held: Held, key: Ed25519PrivateKey, now: datetime) -> None:
    """Note in the study's ledger that a holder has shown that they can open, and expect no more of them.

    `key` is the study's signing key; it introduces the key that the holder will sign with.
    """
    custody.require_signer(key, study.signer)
    signs = held.public.ledger
    known = ledger.verified(study.ledger, study.signer).names
    if signs and base64.b64encode(signs).decode() not in known:
        ledger.append(
            study.ledger,
            "key",
            f"{held.name}.key",
            0,
            key=key,
            introduces=signs,
            sha256=held.public.digest,
            now=now,
        )
    _note_tested(study, held, key, now)
    waiting = _expected(study, held.role)
    _expect(
        study,
        held.role,
        {said: digest for said, digest in waiting.items() if digest != held.public.digest},
    )


def note_own(study: Study, identities: Sequence[age.Identity], now: datetime) -> Held:
    """Note that the lead's own key opens what is sealed to the study, once it did; return the key.

    Raises Refusal where study.yaml names another.
    """
    own = {Public.of(one).digest for one in identities if isinstance(one, age.HybridIdentity)}
    for held in keyring.current(study, "study"):
        if held.public.digest in own:
            sealed = age.seal(study.id.encode(), custody.recipients([held.public.recipient]))
            age.unseal(sealed, identities)
            _note_tested(study, held, custody.ledger_key(identities), now)
            return held
    raise Refusal(
        _("this key is not the one that study.yaml names; give the key of this wave: --key FILE")
    )


def _note_tested(study: Study, held: Held, key: Ed25519PrivateKey, now: datetime) -> None:
    name, digest = f"{held.name}.key", held.public.digest
    ledger.append(study.ledger, "tested", name, 0, key=key, sha256=digest, now=now)


# --- the holder answers -------------------------------------------------------------------------


def answer(sealed: bytes, identities: Sequence[age.Identity]) -> tuple[Challenge, str]:
    """Return what a challenge says, and the six words that its holder answers.

    Raises Refusal where these keys do not open it, it is none, or it gives a signing key that is not
    the holder's.
    """
    try:
        found = padded.unseal(sealed, identities)
        if found.pop("souspli_challenge") != 1:
            raise ValueError
        made = Challenge(**found)
        _require_texts(made)
    except age.NoMatch as error:
        raise Refusal(
            _("this key does not open this challenge: it is for another holder, or another key")
        ) from error
    except (age.AgeError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Refusal(
            _("this file is no challenge of souspli keys test; ask for it again")
        ) from error
    for one in identities:
        public = Public.of(one) if isinstance(one, age.HybridIdentity) else None
        if public is not None and public.digest in made.keys:
            _require_own(made.keys[public.digest], public)
            return made, made.words(public.digest)
    raise Refusal(_("this challenge is for another key; ask the study lead for a new one"))


def _require_texts(made: Challenge) -> None:
    texts = (made.study, made.role, made.secret, *made.keys, *made.keys.values())
    if not all(isinstance(text, str) for text in texts):
        raise TypeError
    if not is_study_id(made.study) or made.role not in ROLES or len(made.secret) != 2 * SECRET:
        raise ValueError


def _require_own(told: str, public: Public) -> None:
    if told and told != base64.b64encode(public.ledger).decode():
        raise Refusal(
            _(
                "the study has another signing key beside yours: your .pub file was changed on its way; "
                "give it to the study lead again, who puts it in keys/"
            )
        )


# --- who has shown it ---------------------------------------------------------------------------


def tested(study: Study, noted: Verified) -> tuple[tuple[Held, str], ...]:
    """Return the keys that kits seal to now, each with the day (ISO) its holder last showed it, or ''."""
    days = {line.sha256: line.time[:10] for line in noted.sound if line.event == "tested"}
    return tuple(
        (one, days.get(one.public.digest, "")) for one in keyring.of_study(study) if one.is_current
    )


# --- the words expected -------------------------------------------------------------------------


def _path(study: Study, role: str) -> Path:
    return study.folder / "keys" / f"{role}.expected"


def _expect(study: Study, role: str, hashes: dict[str, str]) -> None:
    """Keep which words are expected of the holders of a role: hash → key; none, and the file goes."""
    path = _path(study, role)
    if hashes:
        write_durably(path, json.dumps(hashes, indent=1).encode("ascii"))
    elif path.exists():
        path.unlink()
        sync_folder(path.parent)


def _expected(study: Study, role: str) -> dict[str, str]:
    path = _path(study, role)
    if not path.exists():
        raise Refusal(
            _(
                "no words are expected; write a challenge first: "
                "souspli keys test {role} --out DIR{study}"
            ).format(role=role, study=in_study(study))
        )
    try:
        return {
            str(said): str(digest) for said, digest in dict(json.loads(path.read_bytes())).items()
        }
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise Refusal(
            _(
                "{path}: cannot be read; write a new challenge: "
                "souspli keys test {role} --out DIR{study}"
            ).format(path=path, role=role, study=in_study(study))
        ) from error


def _hashed(words: str) -> str:
    return hashlib.sha256(_EXPECTED + words.replace(" ", "").encode("utf-8", "replace")).hexdigest()
