"""Enrolment: the file a laptop gives, its words, its keys, and what is set aside."""

from __future__ import annotations

import argparse
import base64
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import age, enrolment, kit, record, signed, vault
from interviewer.device import Device
from interviewer.enrolment import EnrolmentError
from interviewer.kit import Kit, KitError, KitInstrument, Rules
from interviewer.vault import VaultError
from interviewer.verbs import enrol, passphrase
from surveys.check import check
from surveys.problems import Refusal, Usage

SOURCE = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
SECRET, OTHER = b"a passphrase for tests", b"another one for tests"
LEAD = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STUDY = age.HybridIdentity.generate()
VAULT, KEYS = vault.create(SECRET, vault.CHEAPEST)
CONTENT = enrolment.write("L01", KEYS)


def under(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


# --- the file -----------------------------------------------------------------------------------


def test_an_enrolment_read_is_the_one_written() -> None:
    """The laptop's name and its two public keys; no secret one."""
    found = enrolment.read(CONTENT)
    assert (found.device, found.recipient) == ("L01", KEYS.identity.recipient.encode())
    assert found.signing == KEYS.signing.public_key().public_bytes_raw()
    assert KEYS.identity.encode().encode() not in CONTENT


@settings(max_examples=150)
@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(place: int, change: int) -> None:
    """Not one byte of the file is outside its signature."""
    changed = CONTENT[:place] + bytes([CONTENT[place] ^ change]) + CONTENT[place + 1 :]
    with pytest.raises(EnrolmentError):
        enrolment.read(changed)


def test_the_words_are_those_of_name_and_keys() -> None:
    """Another name, or the same one on another laptop, has other words."""
    another = vault.create(SECRET, vault.CHEAPEST)[1]
    contents = (CONTENT, enrolment.write("L02", KEYS), enrolment.write("L01", another))
    assert len({enrolment.words(content) for content in contents}) == 3
    assert enrolment.words(CONTENT) == enrolment.words(enrolment.write("L01", KEYS))
    assert len(enrolment.words(CONTENT).split()) == 6


def value(**changes: object) -> dict[str, object]:
    payload = CONTENT.split(b"\n", 2)[2]
    return {**json.loads(payload), **changes}


@pytest.mark.parametrize(
    "payload",
    [
        b"not json",
        b"[]",
        b"[" * 100_000,
        json.dumps(value(device="../L01")).encode(),
        json.dumps(value(device=1)).encode(),
        json.dumps(value(recipient="age1pq1notakey")).encode(),
        json.dumps(value(recipient=None)).encode(),
        json.dumps(value(signing=base64.b64encode(bytes(32)).decode())).encode(),
        json.dumps(value(later=1)).encode(),
    ],
    ids="text list deep path number recipient none signing later".split(),
)
def test_a_signed_file_that_is_no_enrolment_is_refused(payload: bytes) -> None:
    """Whoever signs it: a name no file can bear, a key that is none, a key that did not sign."""
    content = signed.write(
        b"souspli-enrolment/1\n", b"souspli/enrolment/v1\0", payload, KEYS.signing
    )
    with pytest.raises(EnrolmentError, match="another version"):
        enrolment.read(content)


def test_a_kit_is_no_enrolment() -> None:
    """Each format names itself in its first line."""
    with pytest.raises(EnrolmentError, match="not an enrolment file"):
        enrolment.read(made())


# --- the verbs, in this process -----------------------------------------------------------------

Verb = Callable[..., int]


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch) -> Verb:
    """A function that runs enrol or passphrase with some passphrases, at the cheapest cost."""
    monkeypatch.setattr("interviewer.vault.calibrated", lambda: vault.CHEAPEST)
    monkeypatch.setattr("interviewer.process.harden", lambda: None)

    def run(*arguments: str | Path, given: tuple[bytes, ...] = ()) -> int:
        module = passphrase if arguments[0] == "passphrase" else enrol
        parser = argparse.ArgumentParser()
        module.describe(parser)
        reading, writing = os.pipe()
        os.write(writing, b"".join(secret + b"\n" for secret in given))
        os.close(writing)
        told = [str(one) for one in arguments[1:]]
        try:
            done: int = module.run(parser.parse_args([*told, "--passphrase-fd", str(reading)]))
            return done
        finally:
            os.close(reading)

    return run


def made(recipient: age.HybridRecipient = KEYS.identity.recipient, **changes: str) -> bytes:
    loaded = check(SOURCE, "t.yaml").instrument
    assert loaded is not None
    told = {"study": "s", "device": "L01"} | changes
    sealed = kit.seal_private(
        told["study"],
        told["device"],
        words=(),
        help_numbers=(),
        rules=Rules(),
        recipient=recipient,
    )
    whole = Kit(
        title={"en": "Survey"},
        version=1,
        roster=("L01",),
        is_practice=False,
        bucket=16384,
        has_links=False,
        recipients={"study": (STUDY.recipient.encode(),), "escrow": (), "custodian": ()},
        instruments=(KitInstrument("t", "1", loaded.digest, "person", SOURCE),),
        private=base64.b64encode(sealed).decode(),
        cases="",
        **told,
    )
    return kit.sign(whole, LEAD)


@pytest.fixture
def laptop(verb: Verb, tmp_path: Path) -> Device:
    """A laptop whose keys were just made, under the first passphrase."""
    verb("enrol", "--name", "L01", "--out", tmp_path, "--home", tmp_path / "home", given=(SECRET,))
    return Device(tmp_path / "home")


def recipient_of(folder: Path) -> age.HybridRecipient:
    """Return whom to seal to for the laptop whose enrolment file is in a folder."""
    content = (folder / "L01.enrolment").read_bytes()
    return age.HybridRecipient.parse(enrolment.read(content).recipient)


def test_a_laptop_makes_its_keys(
    verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The vault opens with the passphrase; the enrolment file is its own, and its words are told."""
    laptop = Device(tmp_path / "home")
    verb("enrol", "--name", "L01", "--out", tmp_path, "--home", laptop.home, given=(SECRET,))
    content = (tmp_path / "L01.enrolment").read_bytes()
    keys = vault.unlock(laptop.vault_path.read_bytes(), SECRET)
    assert content == enrolment.write("L01", keys)
    assert sorted(under(laptop.home)) == ["enrolment", "vault"]
    assert f"  {enrolment.words(content)}\n" in capsys.readouterr().out


def test_the_kit_is_installed_and_a_test_record_sealed(
    laptop: Device, verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside the kit, of the size of every record, and it opens with the study's key alone."""
    path = tmp_path / "stick" / "L01.kit"
    path.parent.mkdir()
    path.write_bytes(made(recipient_of(tmp_path)))
    assert verb("enrol", path, "--home", laptop.home, given=(SECRET,)) == 0
    told = capsys.readouterr().out
    installed = laptop.installed()
    assert kit.fingerprint(installed.signer) in told
    sealed = (tmp_path / "stick" / "L01.test.age").read_bytes()
    assert len(sealed) == age.sealed_size(16384, [STUDY.recipient])
    found = record.unseal(sealed, 16384, [STUDY])
    assert (found.kind, found.status, found.device) == ("test", "test", "L01")
    assert (found.study, found.kit, found.is_practice) == ("s", installed.hash, True)
    assert (found.case, found.week, found.outcome, found.answers) == ("", "", "", {})


def test_the_same_kit_may_be_installed_again(laptop: Device, verb: Verb, tmp_path: Path) -> None:
    """Where the test record could not be written, the same command does it later."""
    path = tmp_path / "L01.kit"
    path.write_bytes(made(recipient_of(tmp_path)))
    (tmp_path / "full").write_bytes(b"")  # no folder: nothing can be written there
    with pytest.raises(Refusal, match="could not be written"):
        verb("enrol", path, "--home", laptop.home, "--out", tmp_path / "full", given=(SECRET,))
    assert verb("enrol", path, "--home", laptop.home, given=(SECRET,)) == 0
    assert (tmp_path / "L01.test.age").exists()


def test_the_kit_of_another_laptop_is_refused(laptop: Device, verb: Verb, tmp_path: Path) -> None:
    """It does not open here; nothing changes, and no test record is made."""
    path = tmp_path / "L02.kit"
    path.write_bytes(made(device="L02"))
    before = under(tmp_path)
    with pytest.raises(KitError, match="not sealed to this laptop"):
        verb("enrol", path, "--home", laptop.home, given=(SECRET,))
    assert under(tmp_path) == before


def test_a_kit_for_a_laptop_without_keys_is_refused(verb: Verb, tmp_path: Path) -> None:
    """It says what to do first, and makes no folder."""
    (tmp_path / "L01.kit").write_bytes(made())
    with pytest.raises(KitError, match="enrol --name NAME"):
        verb("enrol", tmp_path / "L01.kit", "--home", tmp_path / "home", given=(SECRET,))
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "--name NAME"),
        (("--name", "L01", "L01.kit"), "--name NAME"),
        (("L01.kit", "--anew"), "--anew with --name"),
    ],
)
def test_it_is_keys_or_a_kit(verb: Verb, arguments: tuple[str, ...], why: str) -> None:
    """One thing at a time."""
    with pytest.raises(Usage, match=why):
        verb("enrol", *arguments)


@pytest.mark.parametrize("name", ["", "L 01", "../L01", "L01.", "é", "-L01", "L" * 33, "L01\n"])
def test_a_name_no_file_can_bear_is_refused(verb: Verb, tmp_path: Path, name: str) -> None:
    """Before a passphrase is asked, and nothing is made."""
    with pytest.raises(EnrolmentError, match="a laptop's name is made of"):
        verb("enrol", f"--name={name}", "--home", tmp_path / "home", "--out", tmp_path)
    assert under(tmp_path) == {}


def test_a_short_passphrase_is_refused(verb: Verb, tmp_path: Path) -> None:
    """Twelve characters, of however many bytes; bytes that are no text count too."""
    arguments = ("enrol", "--name", "L01", "--home", tmp_path / "home", "--out", tmp_path)
    for short in (b"eleven char", "éééééééééé".encode(), b"\xff\xff"):
        with pytest.raises(Refusal, match="too short"):
            verb(*arguments, given=(short,))
    assert under(tmp_path) == {}
    assert verb(*arguments, given=("éééééééééééé".encode(),)) == 0


def test_keys_are_never_made_over_others(laptop: Device, verb: Verb, tmp_path: Path) -> None:
    """A laptop that has keys, or a kit, refuses without --anew."""
    before = under(laptop.home)
    arguments = ("enrol", "--name", "L09", "--home", laptop.home, "--out", tmp_path)
    with pytest.raises(EnrolmentError, match="add --anew"):
        verb(*arguments, given=(SECRET,))
    assert under(laptop.home) == before
    laptop.vault_path.unlink()
    laptop.kit_path.write_bytes(b"")
    with pytest.raises(EnrolmentError, match="add --anew"):
        verb(*arguments, given=(SECRET,))


def test_an_enrolment_file_is_never_written_over_another(
    laptop: Device, verb: Verb, tmp_path: Path
) -> None:
    """Two laptops under one name on one stick: the second says so, and makes no keys."""
    before = (tmp_path / "L01.enrolment").read_bytes()
    with pytest.raises(EnrolmentError, match="exists already"):
        verb("enrol", "--name", "L01", "--home", tmp_path / "b", "--out", tmp_path, given=(SECRET,))
    assert (tmp_path / "L01.enrolment").read_bytes() == before
    assert not (tmp_path / "b").exists()


def test_where_the_file_cannot_be_written_nothing_is_enrolled(verb: Verb, tmp_path: Path) -> None:
    """The vault is written last."""
    (tmp_path / "full").write_bytes(b"")
    with pytest.raises(Refusal, match="could not be written"):
        verb(
            "enrol", "--name", "L01", "--home", tmp_path / "home", "--out", tmp_path / "full",
            given=(SECRET,),
        )  # fmt: skip
    assert not (tmp_path / "home" / "vault").exists()


# --- anew ---------------------------------------------------------------------------------------


def test_anew_sets_everything_aside(
    laptop: Device, verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The former folder is whole under another name, which is told; as often as it is done."""
    for number, name in enumerate(("L02", "L03"), start=1):
        before = under(laptop.home)
        arguments = ("enrol", "--name", name, "--anew", "--home", laptop.home, "--out", tmp_path)
        assert verb(*arguments, given=(OTHER,)) == 0
        aside = tmp_path / f"home.former-{number}"
        assert under(aside) == before
        assert f"is now {aside}." in capsys.readouterr().out
        vault.unlock(laptop.vault_path.read_bytes(), OTHER)


def test_what_is_not_handed_over_is_counted(
    laptop: Device, verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A record and an open interview: two, and how to hand them over."""
    for path in (
        laptop.outbox(practice=False) / f"{'1' * 32}.age",
        laptop.outbox(practice=False) / f"{'1' * 32}.link.age",
        laptop.drafts(practice=False) / f"{'2' * 32}.draft",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"sealed")
    capsys.readouterr()
    verb(
        "enrol", "--name", "L02", "--anew", "--home", laptop.home, "--out", tmp_path,
        given=(OTHER,),
    )  # fmt: skip
    told = capsys.readouterr().out
    assert "2 interviews in it are not handed over" in told
    assert f"--lost-passphrase --home {tmp_path / 'home.former-1'}" in told


def test_a_name_that_records_bear_is_not_taken_again(
    laptop: Device, verb: Verb, tmp_path: Path
) -> None:
    """Once a kit was installed, another laptop under the name would be a fork of its ledger."""
    path = tmp_path / "L01.kit"
    path.write_bytes(made(recipient_of(tmp_path)))
    verb("enrol", path, "--home", laptop.home, given=(SECRET,))
    before = under(tmp_path)
    for name in ("L01", "l01"):
        arguments = ("enrol", f"--name={name}", "--anew", "--home", laptop.home)
        with pytest.raises(EnrolmentError, match="had the name"):
            verb(*arguments, "--out", tmp_path / "new", given=(SECRET,))
    assert under(tmp_path) == before
    verb("enrol", "--name=L02", "--anew", "--home", laptop.home, "--out", tmp_path, given=(OTHER,))
    with pytest.raises(EnrolmentError, match="had the name"):
        verb("enrol", "--name=L01", "--anew", "--home", laptop.home, "--out", tmp_path / "new")


def test_the_folder_one_stands_in_can_be_set_aside(
    laptop: Device, verb: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--home .` would be the former folder once that is renamed: its vault is not written over."""
    before = under(laptop.home)
    monkeypatch.chdir(laptop.home)
    verb("enrol", "--name", "L02", "--anew", "--home", ".", "--out", tmp_path, given=(OTHER,))
    assert under(tmp_path / "home.former-1") == before
    vault.unlock(laptop.vault_path.read_bytes(), OTHER)


def test_a_refused_passphrase_sets_nothing_aside(
    laptop: Device, verb: Verb, tmp_path: Path
) -> None:
    """The folder is renamed once a new passphrase was chosen, not before."""
    before = under(tmp_path)
    arguments = ("enrol", "--name", "L02", "--anew", "--home", laptop.home, "--out", tmp_path)
    with pytest.raises(Refusal, match="too short"):
        verb(*arguments, given=(b"short",))
    assert under(tmp_path) == before


# --- the passphrase -----------------------------------------------------------------------------


def test_a_passphrase_is_changed_and_everything_else_stays(laptop: Device, verb: Verb) -> None:
    """The same keys under the new one; the former one opens the vault no more."""
    content = laptop.vault_path.read_bytes()
    keys = vault.unlock(content, SECRET)
    assert verb("passphrase", "--home", laptop.home, given=(SECRET, OTHER)) == 0
    content = laptop.vault_path.read_bytes()
    found = vault.unlock(content, OTHER)
    assert (found.vault_key, found.identity) == (keys.vault_key, keys.identity)
    with pytest.raises(VaultError):
        vault.unlock(content, SECRET)


@pytest.mark.parametrize(
    ("given_in_turn", "why"),
    [
        ((OTHER, OTHER), "does not open this laptop"),
        ((SECRET, b"short"), "too short"),
        ((SECRET,), "ended before the last"),
    ],
)
def test_where_a_passphrase_is_refused_the_vault_stays(
    laptop: Device, verb: Verb, given_in_turn: tuple[bytes, ...], why: str
) -> None:
    """A wrong old one, a short new one, none at all."""
    before = under(laptop.home)
    with pytest.raises(Refusal, match=why):
        verb("passphrase", "--home", laptop.home, given=given_in_turn)
    assert under(laptop.home) == before


def test_a_laptop_without_keys_has_no_passphrase(verb: Verb, tmp_path: Path) -> None:
    """It says what to do, and makes nothing."""
    with pytest.raises(KitError, match="enrol --name NAME"):
        verb("passphrase", "--home", tmp_path / "home", given=(SECRET, OTHER))
    assert under(tmp_path) == {}


def test_passphrases_are_wiped(laptop: Device, verb: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are zeros when the verb ends, also where it ends badly."""
    seen: list[bytearray] = []
    unlock = vault.unlock

    def watched(content: bytes, secret: bytes | bytearray) -> vault.Secrets:
        assert isinstance(secret, bytearray)
        seen.append(secret)
        return unlock(content, secret)

    monkeypatch.setattr("interviewer.vault.unlock", watched)
    verb("passphrase", "--home", laptop.home, given=(SECRET, OTHER))
    with pytest.raises(VaultError):
        verb("passphrase", "--home", laptop.home, given=(SECRET, OTHER))
    assert [bytes(secret) for secret in seen] == [bytes(len(SECRET))] * 2
