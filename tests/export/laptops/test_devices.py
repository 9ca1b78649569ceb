"""The laptops of a study: added by the words read aloud, tested by a record that opens."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export import custody, ledger
from export.laptops import devices, kits
from export.laptops.devices import Enrolled
from export.study import Study, read_study
from export.verbs import device as verb
from interviewer import age, enrolment, kit, record, vault
from interviewer.enrolment import EnrolmentError
from interviewer.record import Record
from surveys.problems import Refusal, Usage

FORM = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
PASSPHRASE = b"correct horse battery"
NOW = datetime(2027, 1, 4, tzinfo=UTC)
KEYS = vault.create(PASSPHRASE, vault.CHEAPEST)[1]
OTHERS = vault.create(PASSPHRASE, vault.CHEAPEST)[1]
CONTENT = enrolment.write("L02", KEYS)
NewStudy = Callable[..., Study]


@pytest.fixture
def study(new_study: NewStudy) -> Study:
    """A study with the laptop L01, which has a kit."""
    return new_study(FORM)


def run(*arguments: str | Path, passphrase: bytes = b"") -> int:
    """Run the verb, with a passphrase through a descriptor where one is given."""
    parser = argparse.ArgumentParser()
    verb.describe(parser)
    reading, writing = os.pipe()
    os.write(writing, passphrase + b"\n")
    os.close(writing)
    given = ["--passphrase-fd", str(reading)] if passphrase else []
    try:
        return verb.run(parser.parse_args([*map(str, arguments), *given]))
    finally:
        os.close(reading)


# --- read and written ---------------------------------------------------------------------------


def test_a_laptop_written_is_the_one_read(study: Study) -> None:
    """Its name, its keys, its kits, and whether it was tested."""
    one = Enrolled("L02", KEYS.identity.recipient.encode(), bytes(32), True, ("a", "b"))
    devices.write(study, one)
    assert devices.read(study, "L02") == one
    assert [found.name for found in devices.all_of(study)] == ["L01", "L02"]


@pytest.mark.parametrize("name", ["L09", "", "../study", "L01.cases", "L01/"])
def test_a_name_that_is_none_finds_no_laptop(study: Study, name: str) -> None:
    """Whatever lies under that path."""
    assert devices.read(study, name) is None
    with pytest.raises(Refusal, match="device add FILE"):
        devices.required(study, name)


@pytest.mark.parametrize(
    "changes",
    [
        {"tested": "yes"},
        {"tested": None},
        {"recipient": "age1pq1notakey"},
        {"signing": "?"},
        {"kits": [1]},
        {"kits": "abc"},
    ],
)
def test_a_damaged_file_is_refused(study: Study, changes: dict[str, object]) -> None:
    """A laptop is never taken for tested because nobody can tell."""
    path = study.devices / "L01.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))
    with pytest.raises(Refusal, match="restore it from a copy"):
        devices.read(study, "L01")


def test_a_file_of_another_spelling_is_no_other_laptop(study: Study) -> None:
    """Where file names ignore case, l01 would find L01."""
    path = study.devices / "L01.json"
    (study.devices / "l01.json").write_bytes(path.read_bytes())
    assert devices.read(study, "l01") is None


# --- added --------------------------------------------------------------------------------------


def test_a_laptop_is_added_once(study: Study) -> None:
    """Added again it stays as it is, with its kits and its test."""
    added = devices.add(study, CONTENT)
    assert added == Enrolled("L02", KEYS.identity.recipient.encode(), added.signer)
    assert added.signer == KEYS.signing.public_key().public_bytes_raw()
    known = replace(added, is_tested=True, kits=("a",))
    devices.write(study, known)
    assert devices.add(study, CONTENT) == devices.read(study, "L02") == known


@pytest.mark.parametrize("name", ["L02", "l02"])
def test_a_name_in_use_is_refused(study: Study, name: str) -> None:
    """Two laptops under one name could not be told apart, nor could their files on some systems."""
    before = devices.add(study, CONTENT)
    with pytest.raises(Refusal, match="a laptop L02 already"):
        devices.add(study, enrolment.write(name, OTHERS))
    assert devices.read(study, "L02") == before
    assert len(devices.all_of(study)) == 2


def test_one_laptop_has_one_name(study: Study) -> None:
    """The same keys under a second name would be one laptop counted twice."""
    devices.add(study, CONTENT)
    with pytest.raises(Refusal, match="in the study as L02"):
        devices.add(study, enrolment.write("L03", KEYS))


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}.", "\t{}\n"])
def test_words_are_compared_however_they_are_typed(typed: str) -> None:
    """Capitals, hyphens, commas and spaces do not matter."""
    words = enrolment.words(CONTENT)
    for heard in (words, words.upper(), words.replace(" ", "-"), words.replace(" ", ", ")):
        devices.require_words(CONTENT, typed.format(heard))


def test_wrong_words_are_refused() -> None:
    """One letter, one word, none at all, or those of another laptop."""
    words = enrolment.words(CONTENT)
    changed = ("b" if words[0] != "b" else "d") + words[1:]
    other = enrolment.words(enrolment.write("L02", OTHERS))
    for heard in (changed, words.rsplit(" ", 1)[0], "", words + " babab", other):
        with pytest.raises(Refusal, match="not the words") as raised:
            devices.require_words(CONTENT, heard)
        assert not any(word in str(raised.value) for word in words.split())


def test_the_verb_adds_only_by_the_words(study: Study, tmp_path: Path) -> None:
    """Wrong words, or nobody to type them, and no laptop is added."""
    path = tmp_path / "L02.enrolment"
    path.write_bytes(CONTENT)
    with pytest.raises(Refusal, match="not the words"):
        run("add", path, "--study", study.folder, "--words", "lusab babad")
    with pytest.raises(Usage, match="give --words"):
        run("add", path, "--study", study.folder)
    assert devices.read(study, "L02") is None
    assert run("add", path, "--study", study.folder, "--words", enrolment.words(CONTENT)) == 0
    assert devices.read(study, "L02") is not None


def test_a_file_that_is_no_enrolment_is_refused(study: Study, tmp_path: Path) -> None:
    """Changed, of another kind, or not there."""
    path = tmp_path / "L02.enrolment"
    for content, why in ((CONTENT[:-1], "changed on the way"), (b"", "not an enrolment file")):
        path.write_bytes(content)
        with pytest.raises(EnrolmentError, match=why):
            run("add", path, "--study", study.folder, "--words", "any")
    with pytest.raises(Refusal, match="cannot be read"):
        run("add", tmp_path / "none", "--study", study.folder, "--words", "any")


# --- tested -------------------------------------------------------------------------------------


@pytest.fixture
def sealed(study: Study) -> bytes:
    """The test record of L02, which has a first kit."""
    devices.add(study, CONTENT)
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    return enrolment.sealed_test(kit.read(kits.make(study, "L02", key)))


def test_a_test_record_that_opens_makes_a_laptop_tested(
    study: Study, sealed: bytes, tmp_path: Path
) -> None:
    """By the study's key, and the study's ledger notes that it was used."""
    path = tmp_path / "L02.test.age"
    path.write_bytes(sealed)
    assert run("test", path, "--study", study.folder, passphrase=PASSPHRASE) == 0
    tested = devices.required(study, "L02")
    assert tested.is_tested
    assert len(tested.kits) == 1
    noted = ledger.verified(study.ledger, study.signer)
    line = noted.sound[-1]
    assert (line.event, line.what, line.count) == ("unseal", "device test L02", 1)
    assert noted.faults == ()
    assert not devices.required(study, "L01").is_tested


def test_a_test_record_for_another_key_is_refused(
    study: Study, sealed: bytes, new_study: NewStudy, tmp_path: Path
) -> None:
    """What the study's key does not open is found out before fieldwork."""
    stranger = [age.HybridIdentity.generate()]
    with pytest.raises(Refusal, match="does not open this test record"):
        devices.open_test(study, sealed, stranger, NOW)
    identities = custody.open_key(study.study_key, PASSPHRASE)
    for damaged in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b""):
        with pytest.raises(Refusal, match="does not open this test record"):
            devices.open_test(study, damaged, identities, NOW)
    assert not devices.required(study, "L02").is_tested
    assert len(ledger.verified(study.ledger, study.signer).lines) == 1  # its founding


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "interview"}, "not a test record"),
        ({"study": "other"}, "not a test record"),
        ({"device": ["L02"]}, "not a test record"),
        ({"device": "L09"}, "no laptop of this name"),
        ({"device": "../L02"}, "no laptop of this name"),
        ({"device": "L01"}, "a kit that is not its own"),
        ({"kit": "0" * 64}, "a kit that is not its own"),
    ],
)
def test_what_is_inside_must_be_right(
    study: Study, sealed: bytes, changes: dict[str, object], why: str
) -> None:
    """Anybody can seal to the study: kind, study, laptop and kit are compared."""
    identities = custody.open_key(study.study_key, PASSPHRASE)
    good = record.unseal(sealed, study.bucket, identities)
    changed: Record = replace(good, **changes)  # type: ignore[arg-type]
    recipients = custody.recipients(study.recipients["study"])
    with pytest.raises(Refusal, match=why):
        devices.open_test(study, record.seal(changed, study.bucket, recipients), identities, NOW)
    assert not any(one.is_tested for one in devices.all_of(study))


def test_a_record_of_no_program_of_ours_is_no_test(study: Study, sealed: bytes) -> None:
    """Sealed to the study, of the right size, and nothing we wrote."""
    identities = custody.open_key(study.study_key, PASSPHRASE)
    recipients = custody.recipients(study.recipients["study"])
    for content in (b"[]", b"{", b'{"v":1}', b"[" * 1000):
        strange = age.seal(content.ljust(study.bucket, b"\0"), recipients)
        with pytest.raises(Refusal):
            devices.open_test(study, strange, identities, NOW)


def test_a_study_read_again_is_the_same(study: Study) -> None:
    """Nothing of the laptops is in study.yaml."""
    devices.add(study, CONTENT)
    again = read_study(study.folder)
    assert replace(again, instruments=study.instruments) == study
    assert [one.instrument.digest for one in again.instruments] == [
        one.instrument.digest for one in study.instruments
    ]
