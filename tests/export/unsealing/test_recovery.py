"""Interviews under way, recovered with the study's key."""

from __future__ import annotations

import argparse
import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export import custody, ledger
from export.collecting import refused as refuse_list
from export.collecting.collect import Collected
from export.custody import Public
from export.holders import destruction, keyring, rotation
from export.study import Study, read_study
from export.unsealing import recovery
from export.unsealing.recovery import Recovered, drafts_in, recover
from export.unsealing.unseal import unseal_all
from export.verbs import recover as verb
from interviewer import age, closing, draft, holding, outbox, record
from interviewer.draft import Draft
from interviewer.handover import without_passphrase
from interviewer.holding import Holding
from interviewer.laptop import Laptop
from interviewer.respondent import Respondent, answer_all
from interviewer.scrub import Scrubber
from interviewer.sitting import Sitting
from surveys.problems import Refusal

NewStudy = Callable[..., Study]
Collect = Callable[..., Collected]
LaptopOf = Callable[..., Laptop]
Identities = Callable[[Study], Sequence[age.Identity]]

NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
PASSPHRASE = b"correct horse battery"
FORM = """
souspli: 1
form:
  id: plain
  version: "1"
  title: Plain
  languages: {en: English (en)}
  default_language: en
  partial_when: ${age} != ''
nonresponse: [refused]
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}]
survey:
  - {type: integer, name: age, label: Age, keep: {bands: [18, 25]}}
  - {type: select_one, choices: sex, name: sex, label: Sex, relevant: "${age} >= 18"}
  - {type: text, name: card, keep: link, label: Card}
  - {type: integer, name: days, label: Days, relevant: "${card} != ''"}
  - {type: text, name: words, keep: scrub, label: Words}
  - {type: text, name: never, keep: never, label: Never}
  - type: repeat
    name: stay
    label: Stay
    repeat_max: 2
    questions:
      - {type: integer, name: nights, label: Nights}
  - {type: integer, name: last, label: Last}
"""
SCRIPT = {"age": "30", "card": "7K2M", "days": "12", "words": "call 06 12 34 56 78", "never": "x"}


def begun(laptop: Laptop, case: str = "A") -> Holding:
    instrument = laptop.signed.kit.named("plain")
    assert instrument is not None
    return holding.begun(laptop, instrument, case=case, interviewer="I01", now=NOW)


def held(laptop: Laptop, answers: int | None = 4, case: str = "A", seed: int = 0) -> Holding:
    """Hold an interview up to some answers; its draft stays."""
    found = begun(laptop, case)
    respondent = Respondent(random.Random(seed), SCRIPT, declines=0.2, leaves_after=answers)
    answer_all(found.interview, respondent, Scrubber(), found.durable)
    return found


def lost(laptop: Laptop, tmp_path: Path) -> Path:
    """Hand over without the passphrase, and return the bundle."""
    (tmp_path / "stick").mkdir(exist_ok=True)
    without_passphrase(laptop.device, tmp_path / "stick")
    return tmp_path / "stick" / f"souspli-{laptop.signed.kit.device}"


def recovered(study: Study, *paths: Path) -> Recovered:
    identities = custody.open_key(study.study_key, PASSPHRASE)
    return recover(study, drafts_in(paths), identities, NOW)


def refused(found: Recovered) -> list[str]:
    return [one.reason for one in found.refused]


# --- what is recovered --------------------------------------------------------------------------


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(answers=st.integers(0, 9), seed=st.integers(0, 10**6))
def test_what_is_recovered_is_what_the_laptop_would_have_sealed_on_stopping_there(
    answers: int, seed: int, new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Wherever it stopped: the same answers; of what was not reached, as much as a draft lets one know.

    A draft keeps the band of an age, not the age: whether it leads to a question cannot be told.
    """
    if (tmp_path / "study").exists():
        shutil.rmtree(tmp_path / "study")
        shutil.copytree(tmp_path / "fresh", tmp_path / "study")
        study = read_study(tmp_path / "study")
        for path in (tmp_path / "L01" / "field", tmp_path / "stick"):
            shutil.rmtree(path)
    else:
        study = new_study(FORM)
        laptop_of(study)
        shutil.copytree(tmp_path / "study", tmp_path / "fresh")
    laptop = laptop_of(study)
    found = held(laptop, answers, seed=seed)
    assert recovered(study, lost(laptop, tmp_path)).made == (found.around.id,)
    identities = custody.open_key(study.study_key, PASSPHRASE)
    (one,) = unseal_all(study, identities, "test", NOW).records
    holding.close(found, Sitting(found.interview, "stopped"), NOW)
    sealed = (laptop.outbox / f"{one.id}.age").read_bytes()
    expected = record.unseal(sealed, study.bucket, identities)
    assert replace(one, statuses={}) == replace(expected, statuses={})
    assert one.statuses.items() <= expected.statuses.items()


def test_a_forgotten_passphrase_loses_no_answer(
    new_study: NewStudy,
    laptop_of: LaptopOf,
    collect: Collect,
    identities: Identities,
    tmp_path: Path,
) -> None:
    """Handed over without it, collected, recovered: the answers are there, those kept are whole."""
    study = new_study(FORM)
    laptop = laptop_of(study)
    found = held(laptop, None)
    bundle = lost(laptop, tmp_path)
    collected = collect(study, bundle)
    assert (collected.taken, collected.bundles[0].drafts) == ((), 1)
    assert [one.under_way for one in collected.laptops] == [1]
    assert recovered(study, bundle).made == (found.around.id,)
    (one,) = unseal_all(study, identities(study), "test", NOW).records
    assert (one.case, one.sequence, one.interviewer) == ("A", 1, "I01")
    assert {name: one.answers[name] for name in ("age", "days")} == {"age": "25", "days": "12"}
    assert "06 12 34 56 78" not in one.answers["words"]
    assert {"card", "never"} & one.answers.keys() == set()
    assert one.status == "complete"
    assert one.outcome == "1.1"


def test_an_interview_of_an_earlier_wave_is_sealed_to_the_keys_of_that_wave(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """So it ends with them: the key of the next wave does not open it."""
    study = new_study(FORM)
    found = held(laptop_of(study), None)
    bundle = lost(laptop_of(study), tmp_path)
    signing = custody.open_signing_key(study.signing_key, PASSPHRASE)
    new = {
        role: Public.of(age.HybridIdentity.generate())
        for role in ("escrow", "custodian")
        if study.recipients[role]
    }
    rotation.rotate(study, rotation.prepare(study, new), signing, PASSPHRASE, NOW, 1)
    study = read_study(study.folder)
    keys = [custody.open_key(path, PASSPHRASE) for path in study.study_keys]
    made = recover(study, drafts_in([bundle]), [one for key in keys for one in key], NOW)
    assert made.made == (found.around.id,)
    sealed = (study.collected / f"{found.around.id}.age").read_bytes()
    assert record.unseal(sealed, study.bucket, keys[0]).id == found.around.id
    with pytest.raises(age.NoMatch):
        record.unseal(sealed, study.bucket, keys[1])
    link = (study.collected / f"{found.around.id}.link.age").read_bytes()
    custodian = custody.open_key(tmp_path / "custodian.key", PASSPHRASE)
    assert record.unseal_links(link, custodian) == (found.around.id, {})


def test_nothing_is_sealed_to_a_key_that_was_destroyed(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Before a passphrase is asked; new keys are the remedy."""
    study = new_study(FORM)
    held(laptop_of(study))
    bundle = lost(laptop_of(study), tmp_path)
    own = next(one for one in keyring.of_study(study) if one.role == "study")
    signing = custody.open_signing_key(study.signing_key, PASSPHRASE)
    destruction.note(study, own, 0, signing, NOW, told=True)
    parser = argparse.ArgumentParser()
    verb.describe(parser)
    arguments = parser.parse_args([str(bundle), "--study", str(study.folder)])
    with pytest.raises(
        Refusal, match=r"was destroyed on .*make new keys first: souspli keys rotate"
    ):
        verb.run(arguments)
    assert outbox.ids(study.collected) == []


def test_its_link_file_is_there_and_empty(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Only the laptop's own vault opens what is for the custodian; from outside nothing shows."""
    study = new_study(FORM)
    found = held(laptop_of(study), None)
    recovered(study, lost(laptop_of(study), tmp_path))
    custodian = custody.open_key(tmp_path / "custodian.key", PASSPHRASE)
    link = (study.collected / f"{found.around.id}.link.age").read_bytes()
    assert record.unseal_links(link, custodian) == (found.around.id, {})


def test_recovering_twice_changes_nothing(
    new_study: NewStudy, laptop_of: LaptopOf, collect: Collect, tmp_path: Path
) -> None:
    """The second time it is known; collecting in between does not mind."""
    study = new_study(FORM)
    found = held(laptop_of(study))
    bundle = lost(laptop_of(study), tmp_path)
    recovered(study, bundle)
    before = {path.name: path.read_bytes() for path in study.collected.glob("*.age")}
    collected = collect(study, bundle)
    assert (collected.is_clean, [one.under_way for one in collected.laptops]) == (True, [0])
    again = recovered(study, bundle)
    assert (again.made, again.known) == ((), (found.around.id,))
    assert {path.name: path.read_bytes() for path in study.collected.glob("*.age")} == before


def test_a_recovery_cut_off_is_done_again(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """A link file alone is no record."""
    study = new_study(FORM)
    found = held(laptop_of(study))
    bundle = lost(laptop_of(study), tmp_path)
    recovered(study, bundle)
    (study.collected / f"{found.around.id}.age").unlink()
    assert recovered(study, bundle).made == (found.around.id,)


def test_the_same_draft_given_twice_is_recovered_once(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """By its bundle, and by itself."""
    study = new_study(FORM)
    found = held(laptop_of(study))
    bundle = lost(laptop_of(study), tmp_path)
    assert recovered(study, bundle, bundle / f"{found.around.id}.draft").made == (found.around.id,)


def test_what_the_laptop_seals_after_all_takes_its_place(
    new_study: NewStudy,
    laptop_of: LaptopOf,
    collect: Collect,
    hand_over: Callable[..., Path],
    identities: Identities,
    tmp_path: Path,
) -> None:
    """The passphrase came back: the interview went on, and the longer one is used."""
    study = new_study(FORM)
    laptop = laptop_of(study)
    found = held(laptop, 2)
    recovered(study, lost(laptop, tmp_path))
    resumed = holding.resumed(laptop, found.around.id)
    answer_all(resumed.interview, Respondent(random.Random(1), SCRIPT), Scrubber(), resumed.durable)
    holding.close(resumed, Sitting(resumed.interview, "finished"), NOW)
    collected = collect(study, hand_over(study))
    assert collected.taken == (found.around.id,)
    assert {one.reason for one in collected.quarantined} == {"replaced"}
    (one,) = unseal_all(study, identities(study), "test", NOW).records
    assert one.status == "complete"


def test_it_is_noted_in_the_ledger_of_the_study(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Which records, when; where that cannot be noted, nothing is taken in."""
    study = new_study(FORM)
    laptop = laptop_of(study)
    found = held(laptop)
    bundle = lost(laptop, tmp_path)
    kept = study.ledger.read_bytes()
    study.ledger.unlink()
    with pytest.raises(Refusal, match="ledger"):
        recovered(study, bundle)
    assert outbox.ids(study.collected) == []
    study.ledger.write_bytes(kept)
    recovered(study, bundle)
    noted = ledger.verified(study.ledger, study.signer)
    assert noted.faults == ()
    line = noted.sound[-1]
    assert (line.event, line.what, line.count) == ("recover", found.around.id, 1)


# --- what is not --------------------------------------------------------------------------------


def test_an_interview_that_ended_is_not_recovered(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Sealed or erased: an old copy of its draft says what was said before somebody took it back."""
    study = new_study(FORM)
    laptop = laptop_of(study)
    found = held(laptop)
    bundle = lost(laptop, tmp_path)
    kept = (bundle / f"{found.around.id}.draft").read_bytes()
    holding.close(found, Sitting(found.interview, "erased"), NOW)
    for path in (bundle, laptop.outbox):
        shutil.rmtree(path)
    bundle = lost(laptop, tmp_path)
    (bundle / f"{found.around.id}.draft").write_bytes(kept)
    assert refused(recovered(study, bundle)) == ["ended"]
    assert outbox.ids(study.collected) == []


def test_one_whose_record_was_withdrawn_is_not_recovered(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Its id is on the refuse list; another interview of that laptop is recovered."""
    study = new_study(FORM)
    laptop = laptop_of(study)
    gone, stays = held(laptop), held(laptop, case="B")
    bundle = lost(laptop, tmp_path)
    refuse_list.add(study.collected, {gone.around.id})
    found = recovered(study, bundle)
    assert [(one.name, one.reason) for one in found.refused] == [
        (f"{gone.around.id}.draft", "withdrawn")
    ]
    assert found.made == (stays.around.id,)
    assert outbox.ids(study.collected) == [stays.around.id]
    assert "was withdrawn" in recovery.why("withdrawn")


def test_a_draft_no_ledger_speaks_of_is_not_recovered(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Anybody can make a draft for the study's public key."""
    study = new_study(FORM)
    laptop = laptop_of(study)
    found = held(laptop)
    path = Path(shutil.copy(laptop.drafts / f"{found.around.id}.draft", tmp_path))
    assert refused(recovered(study, path)) == ["ledger"]
    assert recovered(study, lost(laptop, tmp_path)).made == (found.around.id,)


def test_a_questionnaire_the_study_has_no_more_is_named_and_the_rest_goes_on(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """A version that was replaced in the study folder."""
    study = new_study(FORM)
    laptop = laptop_of(study)
    held(laptop)
    (one,) = study.instruments
    newer = replace(one, instrument=replace(one.instrument, digest="0" * 64))
    found = recovered(replace(study, instruments=(newer,)), lost(laptop, tmp_path))
    assert (found.made, refused(found)) == ((), ["instrument"])
    assert "version" in recovery.why("instrument")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda path: path.write_bytes(b""), "damaged"),
        (lambda path: path.write_bytes(b"souspli-draft/1\n\0\0\0\2{}"), "damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:3000]), "damaged"),
        (lambda path: path.write_bytes(flipped(path.read_bytes(), 6500)), "damaged"),
        (lambda path: path.rename(path.with_name(f"{'a' * 32}.draft")), "damaged"),
        (lambda path: path.rename(path.with_name("mine.draft")), "name"),
        (lambda path: path.symlink_to(path.rename(path.with_suffix(".away"))), "unreadable"),
    ],
)
def test_a_damaged_draft_is_named_and_the_rest_goes_on(
    change: Callable[[Path], object],
    reason: str,
    new_study: NewStudy,
    laptop_of: LaptopOf,
    tmp_path: Path,
) -> None:
    """Each has its reason; the good one beside it is recovered."""
    study = new_study(FORM)
    laptop = laptop_of(study)
    bad, good = held(laptop, case="A"), held(laptop, case="B")
    bundle = lost(laptop, tmp_path)
    change(bundle / f"{bad.around.id}.draft")
    found = recovered(study, bundle)
    assert (found.made, refused(found)) == ((good.around.id,), [reason])
    assert recovery.why(found.refused[0].reason)


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def forged(study: Study, laptop: Laptop, folder: Path, about: object, *frames: object) -> Path:
    """Write a draft of our own making as that of an interview that its laptop began."""
    instrument = laptop.signed.kit.named("plain")
    assert instrument is not None
    around = closing.circumstances(laptop, instrument, case="A", interviewer="I01")
    answers = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
    whole = asdict(around) | {"now": NOW.isoformat(), "language": "en"}
    first = whole | about if isinstance(about, dict) else about
    kept = Draft(around.id, begin(folder, around.id, answers), 0, None)
    for number, frame in enumerate((first, *frames)):
        kept.frames.append(number, json.dumps(frame).encode())
    head = draft.head_digest(kept.frames.path)
    laptop.ledger.append("start", around.id, head, laptop.secrets.signing)
    return kept.frames.path


def begin(folder: Path, draft_id: str, answers: Sequence[age.HybridRecipient]) -> Any:
    empty = draft.begin(folder, draft_id, {}, 4096, b"k" * 32, answers)
    return empty.frames


ENTRY = {"n": "age", "at": [], "s": "answered", "k": "25", "l": False, "c": "", "r": "", "t": 5}
WHOLE = ENTRY | {"g": "en", "e": "partial"}


@pytest.mark.parametrize(
    ("about", "frames", "reason"),
    [
        ({}, [WHOLE], ""),
        ({}, [ENTRY], "damaged"),
        ({}, [[]], "damaged"),
        ([], [], "format"),
        ({"now": "yesterday"}, [], "format"),
        ({"attempts": 3}, [], "format"),
        ({"interviewer": 3}, [], "format"),
        ({"sequence": "1"}, [], "format"),
        ({"sequence": 2}, [], "ledger"),
        ({"id": "f" * 32}, [], "id"),
        ({"study": "other"}, [], "study"),
        ({"device": "../../keys/study"}, [], "kit"),
        ({"kit": "0" * 64}, [], "kit"),
        ({"is_practice": True}, [], "practice"),
        ({"is_simulated": True}, [], "simulated"),
        ({"case": ""}, [], "unit"),
        ({"instrument": "other"}, [], "instrument"),
        ({}, [WHOLE | {"n": "weight"}], "format"),
        ({}, [WHOLE | {"k": "19"}], "answers"),
        ({}, [WHOLE | {"s": "tired"}], "damaged"),
        ({}, [WHOLE | {"e": "splendid"}], "damaged"),
        ({}, [WHOLE | {"t": -5}], "damaged"),
        ({}, [WHOLE | {"t": 10**30}], "damaged"),
    ],
)
def test_a_draft_that_is_not_what_it_should_be_is_named(
    about: object,
    frames: list[object],
    reason: str,
    new_study: NewStudy,
    laptop_of: LaptopOf,
    tmp_path: Path,
) -> None:
    """Whatever is inside, nothing but a record its questionnaire can have given is taken in."""
    study = new_study(FORM)
    laptop = laptop_of(study)
    path = forged(study, laptop, tmp_path / "forged", about, *frames)
    lost(laptop, tmp_path)
    shutil.copy(path, tmp_path / "stick" / "souspli-L01")
    found = recovered(study, tmp_path / "stick")
    assert refused(found) == ([reason] if reason else [])
    assert len(found.made) == (not reason)


def test_a_draft_that_its_laptop_did_not_begin_is_not_recovered(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Who carries the stick knows id, number, kit and public key: the head is not the ledger's."""
    study = new_study(FORM)
    laptop = laptop_of(study)
    found = held(laptop)
    bundle = lost(laptop, tmp_path)
    path = bundle / f"{found.around.id}.draft"
    true = path.read_bytes()
    answers = laptop.answer_recipients
    about = asdict(found.around) | {"case": "B", "now": NOW.isoformat(), "language": "en"}
    path.unlink()
    draft.begin(bundle, found.around.id, about, 8192, b"k" * 32, answers)
    assert refused(recovered(study, bundle)) == ["forged"]
    assert outbox.ids(study.collected) == []
    path.write_bytes(true)
    assert recovered(study, bundle).made == (found.around.id,)


def test_a_draft_whose_interview_another_laptop_began_is_not_recovered(
    new_study: NewStudy, laptop_of: LaptopOf, collect: Collect, tmp_path: Path
) -> None:
    """It would stand in the place of that laptop's own."""
    study = new_study(FORM)
    laptop, other = laptop_of(study), laptop_of(study, "L02")
    found = held(laptop)
    (tmp_path / "away").mkdir()
    lost(laptop, tmp_path).rename(tmp_path / "away" / "souspli-L01")
    around = replace(found.around, device="L02", sequence=1, kit=other.signed.hash)
    about = asdict(around) | {"now": NOW.isoformat(), "language": "en"}
    draft.begin(other.drafts, around.id, about, 8192, b"k" * 32, other.answer_recipients)
    head = draft.head_digest(other.drafts / f"{around.id}.draft")
    other.ledger.append("start", around.id, head, other.secrets.signing)
    collect(study, tmp_path / "away")
    assert refused(recovered(study, lost(other, tmp_path))) == ["laptop"]


def test_practice_of_a_real_study_is_not_recovered(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """It is sealed to the laptop's own key."""
    study = new_study(FORM)
    laptop = replace(laptop_of(study), is_practice=True)
    found = held(laptop)
    lost(laptop_of(study), tmp_path)
    path = laptop.drafts / f"{found.around.id}.draft"
    assert refused(recovered(study, path)) == ["key"]


def test_a_practice_study_is_recovered_like_any(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """It is sealed to the study's keys, and handed over."""
    study = new_study(FORM, practice=True)
    found = held(laptop_of(study))
    assert recovered(study, lost(laptop_of(study), tmp_path)).made == (found.around.id,)


def test_where_there_is_no_draft_that_is_said(
    new_study: NewStudy, laptop_of: LaptopOf, tmp_path: Path
) -> None:
    """Before the passphrase is asked for."""
    study = new_study(FORM)
    with pytest.raises(Refusal, match="no interview under way"):
        drafts_in([lost(laptop_of(study), tmp_path)])
