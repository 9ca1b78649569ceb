"""What a bundle's ledger is worth: signed, whole, and going on from the one seen before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export.collecting import vouching
from export.collecting.collect import Collected
from export.laptops import accounts
from export.study import Study, read_study
from export.unsealing.unseal import unseal_all
from interviewer import age, outbox
from interviewer.handover import handover
from interviewer.laptop import Laptop
from interviewer.record import Record
from surveys.problems import Refusal

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
Put = Callable[..., None]
HandOver = Callable[..., Path]
Collect = Callable[..., Collected]
LaptopOf = Callable[..., Laptop]

PLAIN = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""
LINKED = PLAIN + "  - {type: text, name: card, keep: link, label: Card}\n"
NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)


def faults(collected: Collected) -> list[tuple[str, ...]]:
    return [one.faults for one in collected.bundles]


def reasons(collected: Collected) -> set[str]:
    return {one.reason for one in collected.quarantined}


# --- what vouches -------------------------------------------------------------------------------


def test_a_bundle_as_its_laptop_wrote_it_is_clean(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, laptop_of: LaptopOf
) -> None:
    """Its device is told by its signature, wherever it lies; its ledger is kept as the last seen."""
    study = new_study(PLAIN)
    bundle = hand_over(study, made_of(study, "A"), made_of(study, "B"))
    moved = bundle.rename(bundle.with_name("monday"))
    collected = collect(study, moved)
    assert collected.is_clean
    assert collected.bundles[0].device == "L01"
    assert accounts.seen(study, "L01") == laptop_of(study).ledger.lines()
    assert [one.head for one in collected.laptops] == [
        laptop_of(study).ledger.lines()[-1].digest[:8].upper()
    ]


def test_what_no_ledger_vouches_for_is_set_aside(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, put: Put
) -> None:
    """Anybody can seal to the study's public key: a record that nobody says was sealed is not used."""
    study = new_study(PLAIN)
    good, forged = made_of(study, "A"), made_of(study, "B")
    bundle = hand_over(study, good)
    put(study, bundle, forged)
    collected = collect(study, bundle)
    assert collected.taken == (good.id,)
    assert [(one.name, one.reason) for one in collected.quarantined] == [
        (f"{forged.id}.age", "unvouched")
    ]
    assert faults(collected) == [("torn",)]
    assert outbox.ids(study.collected) == [good.id]


def test_a_folder_without_any_ledger_gives_nothing(
    new_study: NewStudy, made_of: MadeOf, collect: Collect, put: Put, tmp_path: Path
) -> None:
    """An outbox copied by hand is no bundle."""
    study = new_study(PLAIN)
    put(study, tmp_path / "copy", made_of(study, "A"))
    collected = collect(study, tmp_path / "copy")
    assert (collected.taken, faults(collected)) == ((), [("torn", "unsigned")])
    assert reasons(collected) == {"unvouched"}
    assert [one.receipt for one in collected.bundles] == [None]


def without_last_line(ledger: bytes) -> bytes:
    return b"".join(ledger.splitlines(keepends=True)[:-1])


@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("ledger.head", lambda held: None, "unsigned"),
        (
            "ledger.head",
            lambda held: held.replace(b'"signature": "', b'"signature": "AAAA'),
            "unsigned",
        ),
        ("ledger.head", lambda held: b"[" * 100_000, "unsigned"),
        ("ledger.head", lambda held: b'{"n": -1, "hash": "", "signature": ""}', "unsigned"),
        ("ledger.head", lambda held: b'{"n": 1e999, "hash": "", "signature": ""}', "unsigned"),
        ("ledger", lambda held: None, "unsigned"),
        ("ledger", lambda held: b"", "unsigned"),
        ("ledger", without_last_line, "unsigned"),
        ("ledger", lambda held: held.replace(b'"start"', b'"begin"', 1), "broken"),
        ("ledger", lambda held: held.split(b"\n", 1)[1], "broken"),
        ("ledger", lambda held: b"{" * 100_000 + b"\n", "broken"),
    ],
)
def test_a_ledger_that_its_laptop_did_not_sign_vouches_for_nothing(
    name: str,
    change: Callable[[bytes], bytes | None],
    fault: str,
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
) -> None:
    """Its records are set aside; once a good copy was seen, that one vouches for them."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    good = Path(shutil.copytree(bundle, bundle.parent.parent / "good"))
    changed = change((bundle / name).read_bytes())
    if changed is None:
        (bundle / name).unlink()
    else:
        (bundle / name).write_bytes(changed)
    collected = collect(study, bundle)
    assert (collected.taken, faults(collected), reasons(collected)) == (
        (),
        [("torn", fault)],
        {"unvouched"},
    )
    assert not (bundle.parent / "souspli-L01.receipt").exists()
    assert collect(study, good).taken == (one.id,)
    again = collect(study, bundle)
    assert (again.known, faults(again), reasons(again)) == ((one.id,), [("torn", fault)], set())


def test_a_laptop_nobody_added_vouches_for_nothing(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """However well it signs: its records are set aside, and taken in once it was added."""
    study = new_study(PLAIN)
    one = made_of(study, "A", device="L02")
    bundle = hand_over(study, one, name="L02")
    added = study.devices / "L02.json"
    added.rename(study.folder / "L02.json")
    collected = collect(study, bundle)
    assert (faults(collected), reasons(collected)) == ([("unsigned",)], {"unvouched"})
    (study.folder / "L02.json").rename(added)
    assert collect(study, bundle).taken == (one.id,)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(chosen=st.integers(0, 10**9), at=st.integers(0, 10**9), bit=st.integers(0, 7))
def test_one_bit_changed_anywhere_in_a_bundle_is_seen(
    chosen: int,
    at: int,
    bit: int,
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    tmp_path: Path,
) -> None:
    """Whatever file it is in, the collection is not clean, and only what was sealed is taken in."""
    if not (tmp_path / "study").exists():
        study = new_study(PLAIN)
        hand_over(study, made_of(study, "A"), made_of(study, "B"))
        shutil.copytree(tmp_path / "study", tmp_path / "empty")
    shutil.rmtree(tmp_path / "study")
    shutil.rmtree(tmp_path / "changed", ignore_errors=True)
    study = read_study(Path(shutil.copytree(tmp_path / "empty", tmp_path / "study")).resolve())
    sealed = tmp_path / "stick" / "souspli-L01"
    bundle = Path(shutil.copytree(sealed, tmp_path / "changed" / "souspli-L01"))
    path = sorted(bundle.iterdir())[chosen % 5]
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1 << bit
    path.write_bytes(content)
    assert not collect(study, bundle).is_clean
    for record_id in outbox.ids(study.collected):
        name = f"{record_id}.age"
        assert (study.collected / name).read_bytes() == (sealed / name).read_bytes()


# --- torn ---------------------------------------------------------------------------------------


def manifest_with(bundle: Path, **otherwise: object) -> None:
    path = bundle / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | otherwise), "utf-8")


@pytest.mark.parametrize(
    "tear",
    [
        lambda bundle: (bundle / "manifest.json").unlink(),
        lambda bundle: (bundle / "manifest.json").write_bytes(b"{"),
        lambda bundle: (bundle / "manifest.json").write_bytes(b"[" * 100_000),
        lambda bundle: (bundle / "manifest.json").write_bytes(b'{"study": "small"}'),
        lambda bundle: manifest_with(bundle, study="other"),
        lambda bundle: manifest_with(bundle, device="L02"),
        lambda bundle: manifest_with(bundle, files={}),
        lambda bundle: manifest_with(bundle, files=[]),
        lambda bundle: manifest_with(bundle, files={"../../study/study.yaml": "0" * 64}),
        lambda bundle: manifest_with(bundle, souspli_bundle=2),
        lambda bundle: (bundle / f"{'d' * 32}.draft").write_bytes(b""),
    ],
)
def test_a_torn_bundle_is_named_and_its_good_records_are_taken_in(
    tear: Callable[[Path], object],
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
) -> None:
    """What vouches is the ledger; the manifest says only that not all is there."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    tear(bundle)
    collected = collect(study, bundle)
    assert (collected.taken, faults(collected)) == ((one.id,), [("torn",)])
    assert not collected.is_clean
    assert vouching.why("torn")


def test_a_ledger_newer_than_its_head_counts_as_far_as_the_head_goes(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """A stick pulled out between the two loses nothing that was handed over before."""
    study = new_study(PLAIN)
    first, second = made_of(study, "A"), made_of(study, "B")
    bundle = hand_over(study, first)
    head = (bundle / "ledger.head").read_bytes()
    hand_over(study, second)
    (bundle / "ledger.head").write_bytes(head)
    collected = collect(study, bundle)
    assert (collected.taken, faults(collected)) == ((first.id,), [("torn",)])
    assert reasons(collected) == {"unvouched"}
    hand_over(study)
    assert collect(study, bundle).taken == (second.id,)


# --- older and forked ---------------------------------------------------------------------------


def test_an_older_copy_is_named_and_the_longer_ledger_goes_on_vouching(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """Nothing of it is new; the ledger seen before stays."""
    study = new_study(PLAIN)
    first, second = made_of(study, "A"), made_of(study, "B")
    bundle = hand_over(study, first)
    old = Path(shutil.copytree(bundle, bundle.parent.parent / "old"))
    hand_over(study, second)
    collect(study, bundle)
    before = accounts.seen(study, "L01")
    collected = collect(study, old)
    assert (collected.known, faults(collected)) == ((first.id,), [("older",)])
    assert accounts.seen(study, "L01") == before
    assert collect(study, bundle).is_clean


def test_a_laptop_copied_and_used_twice_is_named(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, tmp_path: Path
) -> None:
    """What only the second ledger has is set aside; what both have stays; no receipt lets it go."""
    study = new_study(PLAIN)
    both, mine, other = (made_of(study, case) for case in "ABC")
    collect(study, hand_over(study, both))
    shutil.copytree(tmp_path / "L01", tmp_path / "copy")
    collect(study, hand_over(study, mine))
    before = accounts.seen(study, "L01")
    forked = hand_over(study, other, name="copy", stick="other")
    collected = collect(study, forked)
    assert (collected.known, collected.taken) == ((both.id,), ())
    assert faults(collected) == [("forked",)]
    assert [(one.name, one.reason) for one in collected.quarantined] == [
        (f"{other.id}.age", "forked")
    ]
    assert accounts.seen(study, "L01") == before
    assert not (tmp_path / "other" / "souspli-L01.receipt").exists()


def test_a_damaged_ledger_in_the_study_folder_is_refused(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """Without it, a laptop that was set back would not be seen."""
    study = new_study(PLAIN)
    bundle = hand_over(study, made_of(study, "A"))
    collect(study, bundle)
    path = study.devices / "L01.ledger"
    path.write_bytes(path.read_bytes().replace(b'"n":2', b'"n":7'))
    with pytest.raises(Refusal, match="restore it from a copy"):
        collect(study, bundle)


def test_the_sticks_of_a_laptop_are_collected_in_any_order(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """Each with what was new that day: all is taken in, nothing is wrong, the receipts are the same."""
    study = new_study(PLAIN)
    sticks = [hand_over(study, made_of(study, case), stick=f"stick{case}") for case in "ABC"]
    fresh = Path(shutil.copytree(study.folder, study.folder.with_name("fresh")))
    for order in permutations(sticks):
        shutil.rmtree(study.folder)
        shutil.copytree(fresh, study.folder)
        collected = collect(study, *order)
        assert collected.is_clean
        assert [one.folder for one in collected.bundles] == list(order)
        assert len(collected.taken) == 3
        receipts = {(one.parent / "souspli-L01.receipt").read_bytes() for one in sticks}
        assert len(receipts) == 1


# --- one laptop and another ---------------------------------------------------------------------


def copied(study: Study, one: Record, laptop: Laptop, put: Put) -> None:
    """Have a laptop seal a record under an id that another began, as its own ledger's."""
    put(study, laptop.outbox, one)
    laptop.ledger.append("start", one.id, "", laptop.secrets.signing)


@pytest.mark.parametrize("form", [PLAIN, LINKED])
def test_what_one_laptop_sealed_no_other_displaces(
    form: str,
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    laptop_of: LaptopOf,
    put: Put,
    identities: Callable[[Study], Sequence[age.Identity]],
) -> None:
    """An interviewer who has seen its stick seals under its id: set aside; the true one stays known."""
    study = new_study(form)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    collect(study, bundle)
    before = outbox.digest(study.collected, one.id)
    copied(study, replace(one, status="refused", outcome="2.112"), laptop_of(study, "L02"), put)
    other = hand_over(study, name="L02")
    for _again in range(2):
        collected = collect(study, other)
        assert (collected.taken, collected.known, reasons(collected)) == ((), (), {"contested"})
        assert not collected.is_clean
        assert collect(study, bundle).known == (one.id,)
    assert outbox.digest(study.collected, one.id) == before
    found = unseal_all(study, identities(study), "test", NOW)
    assert [opened.status for opened in found.records] == ["complete"]
    assert handover(laptop_of(study, "L02"), other.parent, NOW).let_go == 0


def test_an_id_of_two_laptops_that_come_together_is_taken_in_from_neither(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    laptop_of: LaptopOf,
    put: Put,
) -> None:
    """In either order; what else they bring is taken in."""
    study = new_study(PLAIN)
    one, two, three = (made_of(study, case) for case in "ABC")
    first = hand_over(study, one, two)
    copied(study, one, laptop_of(study, "L02"), put)
    second = hand_over(study, three, name="L02")
    for order in ((first, second), (second, first)):
        collected = collect(study, *order)
        assert reasons(collected) == {"contested"}
        assert len(collected.quarantined) == 2
        assert outbox.ids(study.collected) == sorted((two.id, three.id))


@pytest.mark.parametrize("is_seen", [False, True])
def test_a_record_is_the_laptops_whose_ledger_vouches_for_it(
    is_seen: bool,
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    laptop_of: LaptopOf,
    put: Put,
    identities: Callable[[Study], Sequence[age.Identity]],
) -> None:
    """One that says it is another's is not used, whether or not that one's ledger comes."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    copied(study, one, laptop_of(study, "L02"), put)
    collect(study, hand_over(study, name="L02", stick="other"))
    if is_seen:
        assert reasons(collect(study, bundle)) == {"contested"}
    found = unseal_all(study, identities(study), "test", NOW)
    assert [left.reason for left in found.left_out] == ([] if is_seen else ["laptop"])
    assert found.mended == ((one.id,) if is_seen else ())


# --- what is not here ---------------------------------------------------------------------------


def test_what_was_sealed_and_is_not_here_is_named_until_it_is(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, tmp_path: Path
) -> None:
    """A record taken out of a bundle is missed, and no receipt covers it."""
    study = new_study(PLAIN)
    kept, gone = made_of(study, "A"), made_of(study, "B")
    bundle = hand_over(study, kept, gone)
    held = (bundle / f"{gone.id}.age").rename(tmp_path / "held")
    for _again in range(2):
        collected = collect(study, bundle)
        assert [one.missing for one in collected.laptops] == [(gone.id,)]
        assert not collected.is_clean
    held.rename(bundle / f"{gone.id}.age")
    collected = collect(study, bundle)
    assert [one.missing for one in collected.laptops] == [()]
    assert collected.is_clean


def test_a_record_that_is_damaged_here_is_set_aside_and_not_also_missing(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """It is named once."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    (bundle / f"{one.id}.age").write_bytes(b"")
    assert [found.missing for found in collect(study, bundle).laptops] == [()]


def test_interviews_under_way_and_those_that_left_nothing_are_counted(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    laptop_of: LaptopOf,
) -> None:
    """An interviewer who begins and drops interviews leaves a mark."""
    study = new_study(PLAIN)
    bundle = hand_over(study, made_of(study, "A"))
    laptop = laptop_of(study)
    for letter in "abc":
        laptop.ledger.append("start", letter * 32, "", laptop.secrets.signing)
    laptop.ledger.append("end", "a" * 32, "", laptop.secrets.signing)
    for name in ("ledger", "ledger.head"):
        shutil.copy(laptop.place / name, bundle / name)
    (known,) = collect(study, bundle).laptops
    assert (known.under_way, known.unsealed, known.collected) == (2, 1, 1)
