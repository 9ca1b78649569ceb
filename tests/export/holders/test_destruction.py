"""The end of a key: what goes with it is counted, noted, and cannot be opened any more."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export import custody, ledger
from export.custody import Public
from export.holders import destruction, keyring, proof, rotation
from export.holders.destruction import Toll
from export.study import Study, read_study
from interviewer import age, padded
from interviewer.record import Record
from surveys.problems import Refusal

PASSPHRASE = b"correct horse battery"
CHEAPEST = 1
NOW = datetime(2022, 9, 1, 12, tzinfo=UTC)
LATER = datetime(2027, 9, 1, 12, tzinfo=UTC)
MadeOf = Callable[..., Record]
Put = Callable[..., None]


def opened(path: Path) -> Sequence[age.Identity]:
    return custody.open_key(path, PASSPHRASE)


def rotated(study: Study, **given: Public) -> Study:
    signing = custody.open_signing_key(study.signing_key, PASSPHRASE)
    wave = rotation.prepare(study, given)
    rotation.rotate(study, wave, signing, PASSPHRASE, NOW, CHEAPEST)
    return read_study(study.folder)


def holder(study: Study, role: str) -> Path:
    return study.folder.parent / f"{role}.key"


@pytest.fixture
def filled(study: Study, made_of: MadeOf, put: Put) -> Study:
    """Two records of a first wave, three of a second, a crosswalk and a list of cases."""
    put(study, study.collected, *(made_of(study, f"A{n}") for n in range(2)))
    custodian = custody.recipients(study.recipients["custodian"])
    (study.draw / "crosswalk.age").write_bytes(age.seal(b"x", custodian))
    (study.devices / "assignments.age").write_bytes(padded.seal({}, custodian))
    study = rotated(study)
    put(study, study.collected, *(made_of(study, f"B{n}") for n in range(3)))
    return study


def test_what_a_key_opens_is_counted(filled: Study) -> None:
    """Each wave's key its wave's records, the escrow's all of them, the custodian's the links."""
    keys = filled.folder / "keys"
    assert destruction.toll(filled, opened(keys / "study.key")) == Toll(2, 0, ())
    assert destruction.toll(filled, opened(keys / "study-2.key")) == Toll(3, 0, ())
    assert destruction.toll(filled, opened(holder(filled, "escrow"))) == Toll(5, 0, ())
    assert destruction.toll(filled, opened(holder(filled, "custodian"))) == Toll(
        0, 5, ("draw/crosswalk.age", "devices/assignments.age")
    )
    assert destruction.toll(filled, [age.HybridIdentity.generate()]) == Toll(0, 0, ())


def test_what_is_damaged_stops_no_count(filled: Study) -> None:
    """It does not count; what only its header shows does."""
    first, second, *_others = sorted(filled.collected.glob("*.link.age"))
    first.write_bytes(b"nothing")
    second.write_bytes(second.read_bytes()[:2500])
    assert destruction.toll(filled, opened(holder(filled, "custodian"))).links == 4


def test_whose_a_key_is(filled: Study) -> None:
    """By what it opens, whatever its file is called; a strange one is refused."""
    for role in ("escrow", "custodian"):
        assert destruction.whose(filled, opened(holder(filled, role))).name == role
    held = destruction.whose(filled, opened(filled.folder / "keys" / "study.key"))
    assert (held.name, held.is_current) == ("study", False)
    with pytest.raises(Refusal, match="none of this study's"):
        destruction.whose(filled, [age.HybridIdentity.generate()])


def test_what_else_opens_it_is_told(filled: Study) -> None:
    """As long as an escrow key exists, the records of a wave do; nothing else opens a link."""
    by_name = {one.name: one for one in keyring.of_study(filled)}
    told = {
        name: [one.name for one in destruction.also_open(filled, held)]
        for name, held in by_name.items()
    }
    assert told == {
        "study": ["escrow"],
        "study-2": ["escrow"],
        "escrow": ["study-2", "study"],
        "custodian": [],
    }
    signing = custody.open_signing_key(filled.signing_key, PASSPHRASE)
    destruction.note(filled, by_name["escrow"], 0, signing, LATER, told=True)
    assert destruction.also_open(filled, by_name["study"]) == ()


def test_its_destruction_is_the_last_thing_a_key_signs(filled: Study) -> None:
    """Noted once, with how much became unreadable; every line still holds without the key."""
    path = filled.folder / "keys" / "study.key"
    identities = opened(path)
    held = destruction.whose(filled, identities)
    for _again in range(2):
        destruction.note(filled, held, 2, custody.ledger_key(identities), LATER)
    destruction.erase(path, os.urandom)
    assert not path.exists()
    noted = ledger.verified(filled.ledger, filled.signer)
    assert noted.faults == ()
    last = noted.sound[-1]
    assert (last.event, last.what, last.count) == ("destroy", "study.key", 2)
    assert noted.signer(len(noted.lines)) == "study.key"
    (gone,) = destruction.destroyed(filled)
    assert (gone.role, gone.name, gone.day) == ("study", "study", "2027-09-01")
    assert [one.name for one in filled.study_keys] == ["study-2.key"]


def test_a_holder_who_was_never_tested_signs_nothing(filled: Study) -> None:
    """Once they were, they do."""
    identities = opened(holder(filled, "custodian"))
    held = destruction.whose(filled, identities)
    key = custody.ledger_key(identities)
    with pytest.raises(Refusal, match="never tested"):
        destruction.note(filled, held, 5, key, LATER)
    assert destruction.destroyed(filled) == ()
    sealed = proof.challenge(filled, "custodian", bytes(32))
    _asked, words = proof.answer(sealed, identities)
    signing = custody.open_signing_key(filled.signing_key, PASSPHRASE)
    proof.note(filled, proof.heard(filled, "custodian", words), signing, NOW)
    destruction.note(filled, held, 5, key, LATER)
    (gone,) = destruction.destroyed(filled)
    assert (gone.role, gone.name) == ("custodian", "custodian")


def test_a_kit_is_refused_for_a_key_that_was_destroyed(filled: Study) -> None:
    """Until another takes its place; an earlier wave's hinders nothing."""
    destruction.require_undestroyed(filled)
    signing = custody.open_signing_key(filled.signing_key, PASSPHRASE)
    by_name = {one.name: one for one in keyring.of_study(filled)}
    destruction.note(filled, by_name["study"], 0, signing, LATER)
    destruction.require_undestroyed(filled)
    destruction.note(filled, by_name["study-2"], 0, signing, LATER)
    with pytest.raises(Refusal, match=r"study-2\.key was destroyed on 2027-09-01.*keys rotate"):
        destruction.require_undestroyed(filled)
    destruction.require_undestroyed(rotated(filled))


def test_a_line_that_does_not_hold_destroys_nothing(filled: Study) -> None:
    """Whoever wrote it."""
    stranger = custody.ledger_key([age.HybridIdentity.generate()])
    digest = custody.digest(filled.recipients["study"][0])
    ledger.append(filled.ledger, "destroy", "study-2.key", 0, key=stranger, sha256=digest, now=NOW)
    assert destruction.destroyed(filled) == ()


def test_the_bytes_of_a_key_are_overwritten_where_they_lie(filled: Study) -> None:
    """Through another name of the same file it can be seen: as long, and random."""
    path = filled.folder / "keys" / "study.key"
    size, other = path.stat().st_size, filled.folder / "other"
    os.link(path, other)
    destruction.erase(path, lambda count: b"\x07" * count)
    assert other.read_bytes() == b"\x07" * size


def test_a_key_half_destroyed_is_no_key_that_is_asked_for(
    filled: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails in the middle: the other keys open as before, and random bytes are no key."""
    path = filled.folder / "keys" / "study.key"
    assert len(filled.study_keys) == 2

    def fails(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as context:
        context.setattr(os, "fsync", fails)
        with pytest.raises(Refusal, match="could not be destroyed"):
            destruction.erase(path, lambda count: b"\x07" * count)
    assert [one.name for one in filled.study_keys] == ["study-2.key"]


def test_what_is_no_key_file_of_its_own_is_left(filled: Study, tmp_path: Path) -> None:
    """A link would leave the file it stands for."""
    link = tmp_path / "link.key"
    link.symlink_to(filled.folder / "keys" / "study.key")
    for path in (link, tmp_path, tmp_path / "gone.key"):
        with pytest.raises(Refusal, match="give the key file itself"):
            destruction.require_destroyable(path)
    destruction.require_destroyable(filled.folder / "keys" / "study.key")


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    """The key may still be there."""
    with pytest.raises(Refusal, match="run it again"):
        destruction.erase(tmp_path / "gone.key", os.urandom)
