"""Keys of the study: their files, what their holders give, what they sign with."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export import custody
from export.custody import Public, public_of, recipient_of
from interviewer import age
from interviewer.passphrases import Passphrases
from surveys.problems import Refusal

PASSPHRASE = b"correct horse battery"
CHEAPEST = 1
IDENTITY = age.HybridIdentity(bytes(range(32)))


def given_by(*secrets: bytes) -> Passphrases:
    """Return what gives these passphrases."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(secret + b"\n" for secret in secrets))
    os.close(writing)
    return Passphrases(reading)


def test_a_key_opens_what_is_sealed_to_what_its_holder_gives(tmp_path: Path) -> None:
    """By its passphrase, and it is never overwritten."""
    path = tmp_path / "a.key"
    identity = custody.new_identity(path, PASSPHRASE, CHEAPEST)
    (tmp_path / "a.pub").write_bytes(Public.of(identity).encode())
    (recipient,) = custody.recipients([recipient_of(str(tmp_path / "a.pub"))])
    sealed = age.seal(b"x", [recipient])
    assert age.unseal(sealed, custody.open_key(path, PASSPHRASE)) == b"x"
    with pytest.raises(Refusal, match="does not open it"):
        custody.open_key(path, b"another passphrase")
    with pytest.raises(Refusal, match="never overwritten"):
        custody.new_key(path, PASSPHRASE, CHEAPEST)


def test_what_a_holder_gives_is_read_back() -> None:
    """Recipient and signing key, by the file; the recipient alone, by its text."""
    public = Public.of(IDENTITY)
    assert public.recipient == IDENTITY.recipient.encode()
    signs = custody.ledger_key([IDENTITY]).public_key().public_bytes_raw()
    assert public.ledger == signs
    assert public_of(public.recipient) == Public(public.recipient)
    assert public.encode().count(b"\n") == 2
    assert Public(public.recipient).encode() == public.recipient.encode() + b"\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "", "\n\n"])
def test_a_file_of_another_program_is_one(tmp_path: Path, end: str) -> None:
    """A recipients file of age, with comments of its own."""
    path = tmp_path / "a.pub"
    recipient = IDENTITY.recipient.encode()
    path.write_text(f"# made yesterday{end or chr(10)}{recipient}{end}", "utf-8", newline="")
    assert public_of(str(path)) == Public(recipient)
    path.write_bytes(Public.of(IDENTITY).encode().replace(b"\n", b"\r\n"))
    assert public_of(str(path)) == Public.of(IDENTITY)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "AAAA",
        "not base64!",
        base64.b64encode(bytes(33)).decode(),
        f"{'A' * 43}=\n# ledger key: ",
    ],
)
def test_a_signing_key_that_is_none_counts_as_unknown(tmp_path: Path, told: str) -> None:
    """What matters is the recipient; who signs is found out when they are tested."""
    path = tmp_path / "a.pub"
    path.write_text(f"# ledger key: {told}\n{IDENTITY.recipient.encode()}\n", "utf-8")
    assert public_of(str(path)).ledger == b""


@given(st.text(max_size=80) | st.binary(max_size=80))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_no_recipient_is_refused(tmp_path: Path, content: str | bytes) -> None:
    """As a text or in a file, in one sentence."""
    path = tmp_path / "a.pub"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    with pytest.raises(Refusal):
        public_of(str(path))


def test_two_recipients_in_a_file_are_refused(tmp_path: Path) -> None:
    """A holder has one key; nobody chooses for them."""
    path = tmp_path / "a.pub"
    path.write_bytes(Public.of(IDENTITY).encode() * 2)
    with pytest.raises(Refusal):
        public_of(str(path))


def test_several_keys_open_together(tmp_path: Path) -> None:
    """A passphrase each, in their order; the newest signs."""
    paths = [tmp_path / f"{name}.key" for name in ("old", "new")]
    secrets = (b"the first passphrase", b"the second passphrase")
    made = [
        custody.new_identity(path, secret, CHEAPEST)
        for path, secret in zip(paths, secrets, strict=True)
    ]
    identities = custody.unlocked(paths, given_by(*secrets))
    assert list(identities) == made
    signs = [custody.ledger_key(one).private_bytes_raw() for one in (identities, made[1:])]
    assert signs[0] == signs[1]
    with pytest.raises(Refusal, match=r"old\.key: this passphrase does not open it"):
        custody.unlocked(paths, given_by(*reversed(secrets)))
    with pytest.raises(Refusal, match="ended before the last passphrase"):
        custody.unlocked(paths, given_by(secrets[0]))


def test_no_key_opens_nothing(tmp_path: Path) -> None:
    """Nothing is asked where there is no key file."""
    with pytest.raises(Refusal, match="there is no study key"):
        custody.unlocked([], given_by())
    with pytest.raises(Refusal, match="cannot be read"):
        custody.unlocked([tmp_path / "gone.key"], given_by())


def test_a_key_that_signs_is_not_one_that_opens(tmp_path: Path) -> None:
    """Neither is taken for the other."""
    signing = custody.new_signing_key(tmp_path / "signing.key", PASSPHRASE, CHEAPEST)
    custody.new_key(tmp_path / "study.key", PASSPHRASE, CHEAPEST)
    again = custody.open_signing_key(tmp_path / "signing.key", PASSPHRASE)
    assert again.private_bytes_raw() == signing.private_bytes_raw()
    custody.require_signer(again, signing.public_key().public_bytes_raw())
    with pytest.raises(Refusal, match="not the key"):
        custody.require_signer(again, bytes(32))
    with pytest.raises(Refusal, match="is not a signing key"):
        custody.open_signing_key(tmp_path / "study.key", PASSPHRASE)
    with pytest.raises(Refusal):
        custody.open_key(tmp_path / "signing.key", PASSPHRASE)


@pytest.mark.parametrize("written", ["", "AAAA", "A", "é", "A" * 44 + "\n" + "A" * 44])
def test_a_signing_key_that_is_none_says_so(tmp_path: Path, written: str) -> None:
    """Of whatever was sealed under the passphrase nothing is repeated."""
    path = tmp_path / "signing.key"
    content = f"SOUSPLI-SIGNING-KEY-1-{written}\n".encode()
    path.write_bytes(age.seal(content, [age.Passphrase(PASSPHRASE, CHEAPEST)]))
    with pytest.raises(Refusal, match="is not a signing key"):
        custody.open_signing_key(path, PASSPHRASE)
