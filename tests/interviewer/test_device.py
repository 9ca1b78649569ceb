"""The device folder: which kit is installed in it, and which never is."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewer import age, kit
from interviewer.device import Device
from interviewer.kit import Kit, KitError, KitInstrument, Rules
from surveys.check import check
from surveys.problems import Refusal

SOURCE = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
LAPTOP = age.HybridIdentity.generate()
RECIPIENT = age.HybridIdentity.generate().recipient.encode()


def made(**changes: object) -> Kit:
    loaded = check(SOURCE, "t.yaml").instrument
    assert loaded is not None
    whole = Kit(
        study="s",
        title={"en": "Survey"},
        version=1,
        device="L01",
        roster=("L01",),
        is_practice=False,
        bucket=16384,
        has_links=False,
        recipients={"study": (RECIPIENT,), "escrow": (), "custodian": ()},
        instruments=(KitInstrument("t", "1", loaded.digest, "person", SOURCE),),
        private="",
        cases="",
    )
    found = replace(whole, **changes)  # type: ignore[arg-type]
    sealed = kit.seal_private(
        found.study,
        found.device,
        words=(),
        help_numbers=(),
        rules=Rules(),
        recipient=LAPTOP.recipient,
    )
    return found if found.private else replace(found, private=b64encode(sealed).decode())


def signed(**changes: object) -> bytes:
    return kit.sign(made(**changes), KEY)


SIGNED = signed()


def under(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def refuses(device: Device, content: bytes, why: str) -> None:
    """The kit is not installed, and nothing of the laptop changes."""
    before = under(device.home)
    with pytest.raises(KitError, match=why):
        device.install(content, LAPTOP)
    assert under(device.home) == before


def test_a_kit_installed_is_the_one_given(tmp_path: Path) -> None:
    """The lead's key is pinned with it; nothing else is written."""
    device = Device(tmp_path)
    assert device.install(SIGNED, LAPTOP) == device.installed() == kit.read(SIGNED)
    assert under(tmp_path) == {"kit": SIGNED, "lead.pub": KEY.public_key().public_bytes_raw()}


def test_a_kit_that_does_not_open_here_is_not_installed(tmp_path: Path) -> None:
    """The kit of another laptop, or one whose cases are another's."""
    device = Device(tmp_path)
    elsewhere = age.HybridIdentity.generate()
    with pytest.raises(KitError, match="not sealed to this laptop"):
        device.install(SIGNED, elsewhere)
    cases = b64encode(kit.seal_cases("s", "L01", (), elsewhere.recipient)).decode()
    refuses(device, signed(cases=cases), "not sealed to this laptop")
    assert under(tmp_path) == {}


def test_a_questionnaire_that_is_not_the_one_named_is_refused(tmp_path: Path) -> None:
    """The hash of the text is part of what was signed."""
    changed = replace(made().instruments[0], source=SOURCE.replace("label: A", "label: B"))
    refuses(Device(tmp_path), signed(instruments=(changed,)), "damaged")


def test_without_a_kit_nothing_starts(tmp_path: Path) -> None:
    """No kit: refuse, and say what to do."""
    with pytest.raises(KitError, match="souspli enrol"):
        Device(tmp_path).installed()


def test_the_first_kit_pins_the_key(tmp_path: Path) -> None:
    """A kit signed by anybody else is refused from then on, even after the kit itself is gone."""
    device = Device(tmp_path)
    device.install(SIGNED, LAPTOP)
    refuses(device, kit.sign(made(version=2), OTHER), "another key")
    device.kit_path.unlink()
    refuses(device, kit.sign(made(version=2), OTHER), "another key")


def test_an_older_kit_is_refused_and_a_newer_one_replaces(tmp_path: Path) -> None:
    """Versions only rise; the same kit twice changes nothing."""
    device = Device(tmp_path)
    newer = signed(version=2)
    device.install(newer, LAPTOP)
    before = under(tmp_path)
    device.install(newer, LAPTOP)
    assert under(tmp_path) == before
    refuses(device, SIGNED, "older")


def test_another_kit_under_the_same_number_is_refused(tmp_path: Path) -> None:
    """A study folder restored from a copy would give one number to two kits."""
    device = Device(tmp_path)
    device.install(SIGNED, LAPTOP)
    refuses(device, signed(title={"en": "Other"}), "under the number")


@pytest.mark.parametrize("change", [{"study": "other"}, {"device": "L02"}])
def test_a_kit_of_another_study_or_laptop_is_refused(
    tmp_path: Path, change: dict[str, str]
) -> None:
    """Each laptop has one kit, even where the other one opens here."""
    device = Device(tmp_path)
    device.install(SIGNED, LAPTOP)
    refuses(device, signed(version=2, **change), "another study or laptop")


def test_a_kit_changed_on_the_disk_is_noticed(tmp_path: Path) -> None:
    """The signature is verified each time, not only at enrolment."""
    device = Device(tmp_path)
    device.install(SIGNED, LAPTOP)
    device.kit_path.write_bytes(SIGNED.replace(b'"bucket":16384', b'"bucket":16385'))
    with pytest.raises(KitError, match="signature"):
        device.installed()


# --- older kits ---------------------------------------------------------------------------------


@pytest.mark.parametrize("practice", [False, True])
def test_an_open_draft_keeps_its_kit(tmp_path: Path, practice: bool) -> None:
    """Kits follow each other; those that drafts may need stay, and go once there is no draft."""
    device = Device(tmp_path)
    first = device.install(SIGNED, LAPTOP)
    draft = device.drafts(practice=practice) / f"{'0' * 32}.draft"
    draft.parent.mkdir(parents=True)
    draft.touch()
    second = device.install(signed(version=2), LAPTOP)
    third = device.install(signed(version=3), LAPTOP)
    for one in (first, second, third):
        assert device.kit_of(one.hash) == one
    draft.unlink()
    device.install(third.content, LAPTOP)
    assert device.kit_of(third.hash) == third
    for one in (first, second):
        with pytest.raises(KitError, match="begun with is not here"):
            device.kit_of(one.hash)


def test_without_a_draft_no_older_kit_stays(tmp_path: Path) -> None:
    """It names cases that may be another laptop's now."""
    device = Device(tmp_path)
    device.install(SIGNED, LAPTOP)
    device.install(signed(version=2), LAPTOP)
    assert sorted(under(tmp_path)) == ["kit", "lead.pub"]


def test_an_older_kit_is_verified_as_the_installed_one_is(tmp_path: Path) -> None:
    """Changed, another lead's, or another kit under its name: it is not used."""
    device = Device(tmp_path)
    first = device.install(SIGNED, LAPTOP)
    device.install(signed(version=2), LAPTOP)
    path = tmp_path / "kits" / first.hash
    path.parent.mkdir(exist_ok=True)
    for content, why in (
        (SIGNED.replace(b'"bucket":16384', b'"bucket":16385'), "signature"),
        (kit.sign(first.kit, OTHER), "not signed by this study's lead"),
        (signed(version=7), "another kit than its name says"),
    ):
        path.write_bytes(content)
        with pytest.raises(KitError, match=why):
            device.kit_of(first.hash)


# --- places -------------------------------------------------------------------------------------


def test_practice_has_a_place_of_its_own(tmp_path: Path) -> None:
    """Records and drafts of practice never lie beside real ones."""
    device = Device(tmp_path)
    places = {device.place(practice=practice) for practice in (False, True)}
    assert places == {tmp_path / "field", tmp_path / "practice"}
    assert device.outbox(practice=True) == tmp_path / "practice" / "outbox"
    assert device.drafts(practice=False) == tmp_path / "field" / "drafts"


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
