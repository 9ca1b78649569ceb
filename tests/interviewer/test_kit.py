"""Kits and the device folder: what a laptop trusts, and what it refuses."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import age, kit
from interviewer.device import Device
from interviewer.kit import Kit, KitError, KitInstrument
from surveys.check import check
from surveys.problems import Refusal

SOURCE = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
RECIPIENT = age.HybridIdentity.generate().recipient.encode()


def made(**changes: object) -> Kit:
    loaded = check(SOURCE, "t.yaml").instrument
    assert loaded is not None
    whole = Kit(
        study="s",
        title={"fr": "Enquête", "en": "Survey"},
        version=1,
        device="L01",
        roster=("L01",),
        is_practice=False,
        bucket=16384,
        has_links=False,
        recipients={"study": (RECIPIENT,), "escrow": (), "custodian": ()},
        instruments=(KitInstrument("t", "1", loaded.digest, "person", SOURCE),),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


SIGNED = kit.sign(made(), KEY)


def test_a_kit_read_is_the_kit_signed() -> None:
    """Nothing is lost between the lead and the laptop."""
    assert kit.read(SIGNED).kit == made()
    assert kit.read(SIGNED).signer == KEY.public_key().public_bytes_raw()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(place: int, change: int) -> None:
    """Not one byte of a kit is outside its signature."""
    changed = SIGNED[:place] + bytes([SIGNED[place] ^ change]) + SIGNED[place + 1 :]
    with pytest.raises(KitError):
        kit.read(changed)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(SIGNED) - 1))
def test_a_kit_cut_short_is_refused(length: int) -> None:
    """Half a kit is no kit."""
    with pytest.raises(KitError):
        kit.read(SIGNED[:length])


def test_a_kit_that_names_nobody_who_could_open_is_refused() -> None:
    """A record sealed to nobody is lost."""
    nobody = {"study": (), "escrow": (), "custodian": ()}
    with pytest.raises(KitError, match="nobody who could open"):
        kit.read(kit.sign(made(recipients=nobody), KEY))


def test_a_kit_with_links_and_no_custodian_is_refused() -> None:
    """Links have nowhere else to go."""
    with pytest.raises(KitError, match="nobody who could open"):
        kit.read(kit.sign(made(has_links=True), KEY))


def test_a_recipient_that_does_not_parse_is_refused() -> None:
    """Found when the kit is read, not when the first interview ends."""
    wrong = {"study": ("age1pq1notakey",), "escrow": (), "custodian": ()}
    with pytest.raises(KitError, match="recipient"):
        kit.read(kit.sign(made(recipients=wrong), KEY))


def test_a_questionnaire_that_is_not_the_one_named_is_refused(tmp_path: Path) -> None:
    """The hash of the text is part of what was signed."""
    changed = replace(made().instruments[0], source=SOURCE.replace("label: A", "label: B"))
    with pytest.raises(KitError, match="damaged"):
        Device(tmp_path).install(kit.sign(made(instruments=(changed,)), KEY))


def test_without_a_kit_nothing_starts(tmp_path: Path) -> None:
    """No kit: refuse, and say what to do."""
    with pytest.raises(KitError, match="souspli enrol"):
        Device(tmp_path).installed()


def test_the_first_kit_pins_the_key(tmp_path: Path) -> None:
    """A kit signed by anybody else is refused from then on, and changes nothing."""
    device = Device(tmp_path)
    device.install(SIGNED)
    with pytest.raises(KitError, match="another key"):
        device.install(kit.sign(made(version=2), OTHER))
    assert device.installed().content == SIGNED


def test_an_older_kit_is_refused_and_a_newer_one_replaces(tmp_path: Path) -> None:
    """Versions only rise; the same kit twice changes nothing."""
    device = Device(tmp_path)
    newer = kit.sign(made(version=2), KEY)
    device.install(newer)
    device.install(newer)
    with pytest.raises(KitError, match="older"):
        device.install(SIGNED)
    assert device.installed().content == newer


@pytest.mark.parametrize("change", [{"study": "other"}, {"device": "L02"}])
def test_a_kit_of_another_study_or_laptop_is_refused(
    tmp_path: Path, change: dict[str, str]
) -> None:
    """Each laptop has one kit."""
    device = Device(tmp_path)
    device.install(SIGNED)
    with pytest.raises(KitError, match="another study or laptop"):
        device.install(kit.sign(made(version=2, **change), KEY))


def test_a_kit_changed_on_the_disk_is_noticed(tmp_path: Path) -> None:
    """The signature is verified each time, not only at enrolment."""
    device = Device(tmp_path)
    device.install(SIGNED)
    device.kit_path.write_bytes(SIGNED.replace(b'"bucket":16384', b'"bucket":16385'))
    with pytest.raises(KitError, match="signature"):
        device.installed()


def test_record_numbers_rise_by_one_and_practice_has_its_own(tmp_path: Path) -> None:
    """A gap in the numbers of a laptop is a record that is missing."""
    device = Device(tmp_path)
    assert [device.next_sequence(practice=False) for _record in range(3)] == [1, 2, 3]
    assert device.next_sequence(practice=True) == 1


def test_a_disk_without_room_is_refused_before_the_first_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Room is tried, not estimated; the trial file is gone afterwards."""
    device = Device(tmp_path / "home")
    device.require_room(1000)
    assert list(device.home.iterdir()) == []

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("interviewer.files.os.fsync", full)
    with pytest.raises(Refusal, match="free some space"):
        device.require_room(1000)
    assert list(device.home.iterdir()) == []


def test_a_kit_removed_from_the_disk_does_not_unpin_the_key(tmp_path: Path) -> None:
    """The pinned key outlives the kit."""
    device = Device(tmp_path)
    device.install(SIGNED)
    device.kit_path.unlink()
    with pytest.raises(KitError, match="another key"):
        device.install(kit.sign(made(version=2), OTHER))


@pytest.mark.parametrize("payload", [b"not json", b"[]", b'{"study": "s", "later": 1}'])
def test_a_signed_kit_of_another_version_says_so(payload: bytes) -> None:
    """A kit from the future is refused in words."""
    signature = KEY.sign(b"souspli/kit/v1\0" + payload)
    line = (
        base64.b64encode(KEY.public_key().public_bytes_raw()) + b" " + base64.b64encode(signature)
    )
    with pytest.raises(KitError, match="another version"):
        kit.read(b"souspli-kit/1\n" + line + b"\n" + payload)
