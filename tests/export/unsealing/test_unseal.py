"""Opening the records taken in: inside against outside."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export import custody, ledger
from export.collecting import refused
from export.collecting.collect import Collected
from export.respondents import remarks, responses
from export.study import Study
from export.unsealing.agreement import place_of
from export.unsealing.unseal import Unsealed, unseal_all, why
from interviewer import age
from interviewer.record import Record, key_of
from surveys.expressions import Node
from surveys.problems import Refusal

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
Put = Callable[..., None]
HandOver = Callable[..., Path]
Collect = Callable[..., Collected]
Identities = Callable[[Study], Sequence[age.Identity]]

NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}]
survey:
  - {type: integer, name: days, label: Days}
  - {type: select_one, choices: sex, name: sex, label: Sex}
  - {type: integer, name: age, label: Age, keep: {bands: [18, 25]}}
  - type: repeat
    name: stay
    label: Stay
    questions:
      - {type: integer, name: nights, label: Nights}
"""


def opened(study: Study, identities: Identities) -> Unsealed:
    return unseal_all(study, identities(study), "test", NOW)


def left_out(found: Unsealed) -> dict[str, str]:
    return {one.id: one.reason for one in found.left_out}


def raw(study: Study, content: object) -> bytes:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    answers = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
    return age.seal(text.ljust(study.bucket, b"\0"), answers)


def test_what_was_sealed_is_what_is_opened(
    new_study: NewStudy, made_of: MadeOf, put: Put, identities: Identities
) -> None:
    """A record of an interview and one of an outcome come back as they went in."""
    study = new_study(FORM)
    held = made_of(
        study, "A", answers={"days": "3", "age": "-", "nights[1]": "2"}, statuses={"sex": "refused"}
    )
    absent = made_of(study, "B", kind="outcome", status="", outcome="2.25")
    put(study, study.collected, held, absent)
    found = opened(study, identities)
    assert found.records == (held, absent)
    assert (found.left_out, found.repeated, found.missing) == ((), (), ())


@pytest.mark.parametrize(
    ("otherwise", "reason"),
    [
        ({"study": "other"}, "study"),
        ({"is_practice": True}, "practice"),
        ({"is_simulated": True}, "simulated"),
        ({"instrument": "other"}, "instrument"),
        ({"instrument_hash": "0" * 64}, "instrument"),
        ({"unit": "site"}, "unit"),
        ({"case": ""}, "unit"),
        ({"kit": "0" * 64}, "kit"),
        ({"device": "L02"}, "kit"),
        ({"answers": {"weight": "3"}}, "answers"),
        ({"answers": {"days": "three"}}, "answers"),
        ({"answers": {"days": "9" * 30}}, "answers"),
        ({"answers": {"sex": "x"}}, "answers"),
        ({"answers": {"age": "19"}}, "answers"),
        ({"answers": {"days[1]": "3"}}, "answers"),
        ({"answers": {"nights": "3"}}, "answers"),
        ({"answers": {"nights[1": "3"}}, "answers"),
        ({"statuses": {"days": "tired"}}, "answers"),
        ({"answers": {"days": 3}}, "format"),
        ({"answers": ["days"]}, "format"),
        ({"case": None}, "format"),
        ({"sequence": "1"}, "format"),
        ({"sequence": True}, "format"),
        ({"kind": "amendment"}, "format"),
        ({"kind": "amendment", "status": ""}, "format"),
        ({"kind": "amendment", "status": "", "amends": "ab"}, "format"),
        (
            {"kind": "amendment", "status": "", "amends": "a" * 32, "answers": {"days": "3"}},
            "format",
        ),
        ({"kind": "withdrawal", "status": ""}, "format"),
        ({"kind": "test"}, "test"),
        ({"kind": "test", "case": "", "instrument": "", "outcome": "", "status": ""}, "test"),
        ({"amends": "a" * 32}, "format"),
        ({"amends": None}, "format"),
        ({"paradata": {"days": "soon"}}, "format"),
        ({"paradata": {"days": "5,"}}, "format"),
        ({"paradata": {"days": "-5"}}, "format"),
        ({"paradata": {"days": 5}}, "format"),
        ({"paradata": ["days"]}, "format"),
        ({"paradata": {"weight": "5"}}, "answers"),
        ({"paradata": {"days[1]": "5"}}, "answers"),
        ({"status": ""}, "format"),
        ({"outcome": "done"}, "format"),
        ({"week": "2022-W99"}, "format"),
        ({"attempts": [{"place": "there"}]}, "format"),
        ({"attempts": [{"day": "2022-02-30", "part": "evening", "outcome": "2.25"}]}, "format"),
        ({"attempts": [{"day": "2022-04-11", "part": [], "outcome": "2.25"}]}, "format"),
    ],
)
def test_a_record_that_is_not_what_it_should_be_is_named_and_holds_up_no_other(
    otherwise: dict[str, Any],
    reason: str,
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    identities: Identities,
) -> None:
    """Each disagreement has its reason; the good record beside it is used."""
    study = new_study(FORM)
    good, bad = made_of(study, "A"), made_of(study, "B")
    put(study, study.collected, good)
    inside = {
        "v": 1,
        **{name: getattr(bad, name) for name in Record.__dataclass_fields__},
        **otherwise,
    }
    (study.collected / f"{bad.id}.age").write_bytes(raw(study, inside))
    found = opened(study, identities)
    assert found.records == (good,)
    assert left_out(found) == {bad.id: reason}
    assert why(found.left_out[0].reason)


@pytest.mark.parametrize(
    ("unit", "case", "is_good"),
    [
        ("non_respondent", "A", True),
        ("non_respondent", "", False),
        ("back_check", "A", True),
        ("back_check", "", False),
        ("site", "", True),
        ("site", "A", False),
    ],
)
def test_only_who_was_drawn_has_a_case(
    unit: str,
    case: str,
    is_good: bool,
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    identities: Identities,
) -> None:
    """A person, one who gave no interview, one who is asked again; neither a professional nor a place."""
    plain = new_study(FORM)
    (found,) = plain.instruments
    study = replace(plain, instruments=(replace(found, unit=cast(Any, unit)),))
    one = made_of(study, case)
    put(study, study.collected, one)
    assert left_out(opened(study, identities)) == ({} if is_good else {one.id: "unit"})


def test_what_an_interview_took_is_taken_as_it_was_sealed(
    new_study: NewStudy, made_of: MadeOf, put: Put, identities: Identities
) -> None:
    """Seconds and changes by item, in a repeat by its instance, “another one?” included."""
    study = new_study(FORM)
    paradata = {"days": "15", "sex": "600,12", "stay[1]": "0", "nights[1]": "5,1"}
    one = made_of(study, "A", paradata=paradata)
    put(study, study.collected, one)
    assert opened(study, identities).records == (one,)


def test_the_number_of_a_record_is_its_rank_in_the_ledger_of_its_laptop(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    hand_over: HandOver,
    collect: Collect,
    identities: Identities,
) -> None:
    """One sealed under another number, or that its laptop never began, is not used."""
    study = new_study(FORM)
    first, second = made_of(study, "A", sequence=1), made_of(study, "B", sequence=3)
    collect(study, hand_over(study, first, second))
    never = made_of(study, "C", sequence=3)
    put(study, study.collected, never)
    found = opened(study, identities)
    assert found.records == (first,)
    assert left_out(found) == {second.id: "ledger", never.id: "ledger"}


def test_a_record_whose_file_is_gone_is_named(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    identities: Identities,
) -> None:
    """The index remembers what was taken in; collected again, it is there again."""
    study = new_study(FORM)
    kept, gone = made_of(study, "A"), made_of(study, "B")
    bundle = hand_over(study, kept, gone)
    collect(study, bundle)
    (study.collected / f"{gone.id}.age").unlink()
    found = opened(study, identities)
    assert found.records == (kept,)
    assert left_out(found) == {gone.id: "lost"}
    assert collect(study, bundle).taken == (gone.id,)
    assert opened(study, identities).records == (kept, gone)


def spoil(path: Path) -> bytes:
    """Change one bit of a file, and return what it held."""
    content = path.read_bytes()
    path.write_bytes(content[:-5] + bytes([content[-5] ^ 1]) + content[-4:])
    return content


def test_a_good_copy_set_aside_stands_in_for_a_file_damaged_since(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    identities: Identities,
) -> None:
    """It was set aside for want of its link file; it is what the laptop sealed, and that is reported."""
    study = new_study(FORM + "  - {type: text, name: card, keep: link, label: Card}\n")
    one, other = made_of(study, "A", answers={"days": "3"}), made_of(study, "B")
    bundle = hand_over(study, one, other)
    link = bundle / f"{one.id}.link.age"
    held = link.read_bytes()
    link.unlink()
    assert [aside.reason for aside in collect(study, bundle).quarantined] == ["link_missing"]
    link.write_bytes(held)
    collect(study, bundle)
    spoil(study.collected / f"{one.id}.age")
    found = opened(study, identities)
    assert found.records == (one, other)
    assert (found.left_out, found.mended) == ((), (one.id,))
    given = responses.responses(
        study, study.instruments[0], identities(study), "test", NOW, with_texts=True
    )
    assert any(
        one.id in remark and "a good one set aside later is used" in remark
        for remark in remarks.of_all(given)
    )


def test_a_copy_that_its_laptop_did_not_seal_stands_in_for_nothing(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    hand_over: HandOver,
    collect: Collect,
    identities: Identities,
) -> None:
    """Anybody can seal another record under its id, and have it set aside here."""
    study = new_study(FORM)
    one = made_of(study, "A", answers={"days": "3"})
    bundle = hand_over(study, one)
    collect(study, bundle)
    put(study, bundle, replace(one, answers={"days": "4"}))
    assert [aside.reason for aside in collect(study, bundle).quarantined] == ["altered"]
    spoil(study.collected / f"{one.id}.age")
    found = opened(study, identities)
    assert (found.records, found.mended) == ((), ())
    assert left_out(found) == {one.id: "sealed"}


def test_a_record_under_the_name_of_another_is_named(
    new_study: NewStudy, made_of: MadeOf, put: Put, identities: Identities
) -> None:
    """A copy under another id says so, and counts once."""
    study = new_study(FORM)
    one = made_of(study, "A")
    put(study, study.collected, one)
    shutil.copy(study.collected / f"{one.id}.age", study.collected / f"{'f' * 32}.age")
    found = opened(study, identities)
    assert found.records == (one,)
    assert left_out(found) == {"f" * 32: "id"}


@pytest.mark.parametrize("at", [30, 2000, 3000, -1])
def test_any_flipped_byte_is_named(
    at: int, new_study: NewStudy, made_of: MadeOf, put: Put, identities: Identities
) -> None:
    """In the header, the wrapped key or the content: the record is left out, the other used."""
    study = new_study(FORM)
    good, bad = made_of(study, "A"), made_of(study, "B")
    put(study, study.collected, good, bad)
    path = study.collected / f"{bad.id}.age"
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    found = opened(study, identities)
    assert found.records == (good,)
    assert left_out(found) == {bad.id: "sealed"}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"v":2}', b"{" * 5000, b"[" * 5000, b"\xff", b"{}x\0x", b"1" * 5000]
)
def test_what_is_sealed_to_the_study_but_is_no_record_is_named(
    content: bytes, new_study: NewStudy, made_of: MadeOf, put: Put, identities: Identities
) -> None:
    """Anybody can seal to a public key: what is inside may be anything."""
    study = new_study(FORM)
    put(study, study.collected, made_of(study, "A"))
    (study.collected / f"{'e' * 32}.age").write_bytes(raw(study, content))
    assert left_out(opened(study, identities)) == {"e" * 32: "format"}


def test_a_practice_study_takes_nothing_else(
    new_study: NewStudy, made_of: MadeOf, put: Put, identities: Identities
) -> None:
    """Held or simulated for practice are both good; an interview held in earnest is not."""
    study = new_study(FORM, practice=True)
    held, simulated = made_of(study, "A", is_simulated=False), made_of(study, "B")
    earnest = made_of(study, "C", is_practice=False, is_simulated=False)
    put(study, study.collected, held, simulated, earnest)
    found = opened(study, identities)
    assert found.records == (held, simulated)
    assert left_out(found) == {earnest.id: "not_practice"}


def test_a_number_used_twice_is_named_and_both_records_are_used(
    new_study: NewStudy, made_of: MadeOf, put: Put, identities: Identities
) -> None:
    """A laptop copied or set back loses nobody's answers, and shows."""
    study = new_study(FORM)
    one = made_of(study, "A")
    two = replace(made_of(study, "B"), sequence=one.sequence)
    put(study, study.collected, one, two)
    found = opened(study, identities)
    assert found.records == (one, two)
    assert [(again.device, again.sequence, again.ids) for again in found.repeated] == [
        ("L01", one.sequence, (one.id, two.id))
    ]


def test_numbers_that_are_not_there_are_named(
    new_study: NewStudy, made_of: MadeOf, put: Put, identities: Identities
) -> None:
    """A record that was never handed over leaves a gap in its laptop's numbers, whatever their size."""
    study = new_study(FORM)
    for case, number in zip("ABCD", (2, 3, 7, 10**12), strict=True):
        put(study, study.collected, made_of(study, case, sequence=number))
    gaps = [(gap.device, gap.first, gap.last) for gap in opened(study, identities).missing]
    assert gaps == [("L01", 1, 1), ("L01", 4, 6), ("L01", 8, 10**12 - 1)]


def test_a_key_that_opens_nothing_is_refused(
    new_study: NewStudy, made_of: MadeOf, put: Put
) -> None:
    """The wrong key is one refusal, not a hundred records left out."""
    study = new_study(FORM)
    put(study, study.collected, made_of(study, "A"), made_of(study, "B"))
    with pytest.raises(Refusal, match="opens none"):
        unseal_all(study, [age.HybridIdentity.generate()], "test", NOW)


def test_the_escrow_key_opens_as_the_study_key_does(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """Whoever holds the escrow key can read the records if the lead's is lost."""
    study = new_study(FORM)
    put(study, study.collected, made_of(study, "A"))
    escrow = custody.open_key(tmp_path / "escrow.key", b"correct horse battery")
    assert len(unseal_all(study, escrow, "test", NOW).records) == 1


def test_every_opening_is_in_the_ledger(
    new_study: NewStudy, made_of: MadeOf, put: Put, identities: Identities
) -> None:
    """What for, how many, when; and what cannot be noted is not given out."""
    study = new_study(FORM)
    put(study, study.collected, made_of(study, "A"))
    opened(study, identities)
    noted = ledger.verified(study.ledger, study.signer)
    assert noted.faults == ()
    assert [(line.event, line.what, line.count, line.time) for line in noted.sound[1:]] == [
        ("unseal", "test", 1, "2022-05-01T12:00:00+00:00")
    ]
    study.ledger.unlink()
    with pytest.raises(Refusal, match="restore it from a copy"):
        opened(study, identities)
    study.ledger.mkdir()
    with pytest.raises(Refusal, match="ledger"):
        opened(study, identities)


def test_collected_then_unsealed_is_what_the_laptop_sealed(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    identities: Identities,
) -> None:
    """The road from the outbox to the lead's memory loses nothing."""
    study = new_study(FORM)
    records = [made_of(study, case, answers={"days": str(n)}) for n, case in enumerate("ABC")]
    collect(study, hand_over(study, *records))
    assert list(opened(study, identities).records) == records


@given(
    name=st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,20}", fullmatch=True),
    at=st.lists(st.integers(1, 999)),
)
def test_the_place_of_a_key_is_read_back(name: str, at: list[int]) -> None:
    """`place_of` undoes `key_of`."""
    assert place_of(key_of(Node(name, tuple(at)))) == (name, tuple(at))


@given(st.text(max_size=30))
def test_no_key_makes_reading_fail(key: str) -> None:
    """What is no key is no place."""
    name, at = place_of(key)
    assert name or at == ()


def test_a_record_put_in_the_place_of_what_the_laptop_sealed_is_not_used(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    put: Put,
    identities: Identities,
) -> None:
    """It has the right id, kit and number, and is sealed to the public keys, which are no secret."""
    study = new_study(FORM)
    one = made_of(study, "A")
    collect(study, hand_over(study, one))
    assert len(opened(study, identities).records) == 1
    put(study, study.collected, one)  # sealed anew: other bytes
    found = opened(study, identities)
    assert (found.records, [left.reason for left in found.left_out]) == ((), ["altered"])


def test_what_corrects_a_withdrawn_record_is_neither_used_nor_named(
    new_study: NewStudy, made_of: MadeOf, put: Put, identities: Identities
) -> None:
    """It would tell which case withdrew."""
    study = new_study(FORM)
    one = made_of(study, "A")
    correction = made_of(study, "B", kind="amendment", status="", outcome="", amends=one.id)
    put(study, study.collected, correction)
    assert len(opened(study, identities).amended.unapplied) == 1
    refused.add(study.collected, [one.id])
    found = opened(study, identities)
    assert (found.records, found.amended.unapplied, found.left_out) == ((), (), ())
