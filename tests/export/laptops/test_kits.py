"""Kits made by the lead: numbered, for laptops that were added, with cases once they were tested."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody
from export.laptops import devices, kits
from export.study import Study, read_study
from export.verbs import kit as verb
from interviewer import age, enrolment, kit, vault
from interviewer.kit import Case, KitError, Rules
from surveys.problems import Refusal

FORM = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
PASSPHRASE = b"correct horse battery"
KEYS = vault.create(PASSPHRASE, vault.CHEAPEST)[1]
CASES = (Case("K7Q2-M4T9", "H01"), Case("0000-0000", ""))


@pytest.fixture
def study(new_study: Callable[..., Study]) -> Study:
    """A study with L01, which has a kit, and L02, which has none yet."""
    found = new_study(FORM)
    path = found.folder / "study.yaml"
    text = path.read_text("utf-8").replace("words: []", "words: [Bellevue]")
    path.write_text(text.replace("attempts: 4", "attempts: 6"), "utf-8")
    devices.add(found, enrolment.write("L02", KEYS))
    return read_study(found.folder)


def made(study: Study, device: str = "L02") -> kit.SignedKit:
    """Return the next kit of a laptop."""
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    return kit.read(kits.make(study, device, key))


def give_cases(study: Study, *, tested: bool, to: age.HybridRecipient | None = None) -> None:
    """Put cases for L02 into the study, as the custodian does."""
    sealed = kit.seal_cases("small", "L02", CASES, to or KEYS.identity.recipient)
    devices.cases_path(study, "L02").write_bytes(sealed)
    devices.write(study, replace(devices.required(study, "L02"), is_tested=tested))


def test_kits_are_numbered_and_remembered(study: Study) -> None:
    """Records name the kit they were made with by its hash."""
    first, second = made(study), made(study)
    assert (first.kit.version, second.kit.version) == (1, 2)
    assert devices.required(study, "L02").kits == (first.hash, second.hash)
    assert first.kit.roster == ("L01", "L02")
    assert first.signer == study.signer


def test_its_laptop_alone_reads_the_private_part(study: Study) -> None:
    """Words and rules as study.yaml has them; nothing of it readable in the file."""
    found = made(study)
    private = kit.private_of(found.kit, KEYS.identity)
    assert (private.words, private.rules, private.cases) == (("Bellevue",), Rules(attempts=6), ())
    assert b"Bellevue" not in found.content
    with pytest.raises(KitError):
        kit.private_of(made(study, "L01").kit, KEYS.identity)


def test_a_laptop_that_was_not_added_has_no_kit(study: Study) -> None:
    """Its words were not compared."""
    with pytest.raises(Refusal, match="device add FILE"):
        made(study, "L03")
    assert not (study.devices / "L03.json").exists()


def test_cases_travel_once_the_laptop_was_tested(study: Study) -> None:
    """As the custodian sealed them: the lead never sees them."""
    give_cases(study, tested=True)
    found = made(study)
    assert kit.private_of(found.kit, KEYS.identity).cases == CASES


def test_cases_do_not_travel_before(study: Study) -> None:
    """A laptop whose records perhaps nobody can open holds no real interview."""
    give_cases(study, tested=False)
    with pytest.raises(Refusal, match="souspli device test L02"):
        made(study)
    assert devices.required(study, "L02").kits == ()


def test_kits_with_few_and_many_cases_are_of_one_size(study: Study) -> None:
    """What leaves the office does not say how many people a laptop goes to."""
    sizes = set()
    for count in (1, 400):
        give_cases(study, tested=True)
        many = kit.seal_cases("small", "L02", CASES[:1] * count, KEYS.identity.recipient)
        devices.cases_path(study, "L02").write_bytes(many)
        sizes.add(len(made(study).content))
    assert len(sizes) == 1


def test_a_questionnaire_that_was_changed_goes_into_no_kit(study: Study) -> None:
    """Whatever laptop had the kit before: its records would be useless. Back as it was, it goes on."""
    made(study, "L01")
    (path,) = (study.folder / "instruments").glob("*.yaml")
    text = path.read_text("utf-8")
    path.write_text(text.replace('version: "1"', 'version: "2"'), "utf-8")
    for device in ("L01", "L02"):
        with pytest.raises(Refusal, match=r"questionnaire t: .*study change-questionnaire FILE"):
            made(read_study(study.folder), device)
    assert devices.required(study, "L02").kits == ()
    path.write_text(text, "utf-8")
    assert made(read_study(study.folder)).kit.version == 1


def changed(study: Study, version: str) -> Study:
    """Return the study with another version of its questionnaire, the former ones known."""
    (one,) = study.instruments
    new = replace(one.instrument, version=version, digest=version * 64)
    return replace(study, instruments=(replace(one, instrument=new, former=one.versions),))


def test_kits_carry_the_newest_version_of_a_questionnaire(study: Study) -> None:
    """Whatever laptop, from then on; what was answered with a former one can still be used."""
    made(study, "L01")
    second = changed(study, "2")
    for device in ("L01", "L02"):
        (carried,) = made(second, device).kit.instruments
        assert (carried.version, carried.hash) == ("2", "2" * 64)
    assert made(changed(second, "3")).kit.version == 2


def test_no_version_that_a_kit_carried_may_be_missing(study: Study) -> None:
    """Its records could not be used: the second, made known without the first or without itself."""
    made(study)
    second = changed(study, "2")
    made(second)
    (two,) = second.instruments
    (three,) = changed(second, "3").instruments
    for former in (two.former, three.former[1:]):
        lacking = replace(three, former=former)
        with pytest.raises(Refusal, match="questionnaire t: is not as earlier kits carry it"):
            made(replace(study, instruments=(lacking,)))
        with pytest.raises(Refusal, match="questionnaire t"):
            kits.require_versions(replace(study, instruments=(lacking,)))
    with pytest.raises(Refusal, match="questionnaire t"):
        made(study)


def test_a_study_whose_kits_carried_one_version_goes_on(study: Study) -> None:
    """One hash alone is how that was written when there could be no other."""
    made(study)
    path = study.devices / "kits.instruments.json"
    path.write_text(json.dumps({"t": study.instruments[0].instrument.digest}))
    made(changed(study, "2"))
    assert list(json.loads(path.read_bytes()).values()) == [
        [study.instruments[0].instrument.digest, "2" * 64]
    ]


def test_another_questionnaire_may_stand_beside_the_first(study: Study) -> None:
    """Under another id."""
    made(study)
    (one,) = study.instruments
    new = replace(one, instrument=replace(one.instrument, id="t-2", digest="0" * 64))
    assert made(replace(study, instruments=(new, one))).kit.version == 2


@pytest.mark.parametrize("damage", [b"", b"{", b"3", b"[1]", b"[" * 100_000])
def test_where_it_is_not_known_what_kits_carried_none_is_made(study: Study, damage: bytes) -> None:
    """A damaged file is restored from a copy, not begun anew."""
    made(study)
    (study.devices / "kits.instruments.json").write_bytes(damage)
    with pytest.raises(Refusal, match=r"kits\.instruments\.json: cannot be read"):
        made(study)


def test_another_signing_key_signs_no_kit(study: Study) -> None:
    """Laptops would refuse it."""
    with pytest.raises(Refusal, match="is not the key"):
        kits.make(study, "L02", Ed25519PrivateKey.generate())


def test_the_verb_writes_the_kit_and_says_what_comes_next(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the test, the test; after it, the cases; and never a case."""
    parser = argparse.ArgumentParser()
    verb.describe(parser)

    def run(device: str = "L02") -> str:
        reading, writing = os.pipe()
        os.write(writing, PASSPHRASE + b"\n")
        os.close(writing)
        given = [device, "--study", str(study.folder), "--out", str(tmp_path / f"{device}.kit")]
        try:
            assert verb.run(parser.parse_args([*given, "--passphrase-fd", str(reading)])) == 0
        finally:
            os.close(reading)
        return " ".join(capsys.readouterr().out.split())

    told = run()
    assert kit.fingerprint(study.signer) in told
    assert "no cases yet. Next, once it is installed: souspli device test L02.test.age" in told
    devices.write(study, replace(devices.required(study, "L02"), is_tested=True))
    assert "custodian: souspli assign L02" in run()
    give_cases(study, tested=True)
    told = run()
    assert "no cases yet" not in told
    assert "K7Q2" not in told
    assert "H01" not in told
    kept = (tmp_path / "mine", tmp_path / ".L02.kit.tmp")
    kept[0].write_text("years of work", "utf-8")
    kept[1].symlink_to(kept[0])  # a stick may hold anything, under any name
    run()
    assert kept[0].read_text("utf-8") == "years of work"
    with pytest.raises(Refusal, match="device add FILE"):
        run("L09")
    assert not (tmp_path / "L09.kit").exists()
