"""Several desks, each with a copy of the study folder: what one has collected, the other takes in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import cores, custody
from export.collecting import quarantine, refused
from export.collecting.collect import Collected
from export.collecting.withdrawal import withdraw
from export.laptops import accounts
from export.study import Study, read_study
from interviewer.record import Record

NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
HandOver = Callable[..., Path]
Collect = Callable[..., Collected]

PLAIN = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""
LINKED = PLAIN + "  - {type: text, name: card, keep: link, label: Card}\n"


def signing_key(study: Study) -> Ed25519PrivateKey:
    return custody.open_signing_key(study.signing_key, b"correct horse battery")


def sealed(study: Study) -> dict[str, bytes]:
    """Return the sealed files of a study by name."""
    return {path.name: path.read_bytes() for path in study.collected.glob("*.age")}


def other_desk(study: Study, folder: Path) -> Study:
    """Return a copy of a study folder."""
    return read_study(Path(shutil.copytree(study.folder, folder)))


def reasons(collected: Collected) -> set[str]:
    return {one.reason for one in collected.quarantined}


@pytest.mark.parametrize("little", [0, 10**9])
def test_two_desks_end_with_the_same_records(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    little: int,
) -> None:
    """Each takes in the other's folder; nothing is wrong, twice changes nothing, no receipt is written."""
    monkeypatch.setattr(cores, "LITTLE", little)
    here = new_study(LINKED)
    first = hand_over(here, made_of(here, "A"), stick="one")
    second = hand_over(here, made_of(here, "B", device="L02"), stick="two", name="L02")
    there = other_desk(here, tmp_path / "there")
    collect(here, first)
    collect(there, second)
    came = collect(here, there.folder)
    assert came.is_clean
    assert (len(came.taken), len(came.known)) == (1, 0)
    assert [one.receipt for one in came.bundles] == [None]
    assert collect(there, here.folder).is_clean
    assert sealed(here) == sealed(there)
    assert len(sealed(here)) == 4
    assert [accounts.seen(here, name) for name in ("L01", "L02")] == [
        accounts.seen(there, name) for name in ("L01", "L02")
    ]
    again = collect(here, there.folder)
    assert (again.is_clean, len(again.taken), len(again.known)) == (True, 0, 2)


def test_a_desk_that_has_seen_less_of_a_laptop_is_no_fault(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, tmp_path: Path
) -> None:
    """Its ledger stops short of ours, and what it has is ours already."""
    here = new_study(PLAIN)
    collect(here, hand_over(here, made_of(here, "A"), stick="one"))
    there = other_desk(here, tmp_path / "there")
    collect(here, hand_over(here, made_of(here, "B"), stick="two"))
    came = collect(here, there.folder)
    assert (came.is_clean, len(came.known)) == (True, 1)
    assert len(accounts.seen(here, "L01")) == 6


def test_what_no_signed_ledger_vouches_for_is_not_believed_of_a_desk_either(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, tmp_path: Path
) -> None:
    """A record put into the folder, or one whose ledger came without its head, is set aside."""
    here = new_study(PLAIN)
    there = other_desk(here, tmp_path / "there")
    one, two = made_of(here, "A"), made_of(here, "B")
    collect(there, hand_over(here, one))
    head = accounts.head_path(there.devices, "L01")
    kept = head.read_bytes()
    head.unlink()
    came = collect(here, there.folder)
    assert ([found.faults for found in came.bundles], reasons(came)) == (
        [("unsigned",)],
        {"unvouched"},
    )
    head.write_bytes(kept)
    (there.collected / f"{two.id}.age").write_bytes(
        (there.collected / f"{one.id}.age").read_bytes()
    )
    came = collect(here, there.folder)
    assert (came.taken, reasons(came)) == ((one.id,), {"unvouched"})


def test_a_ledger_that_parts_from_ours_is_told(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, tmp_path: Path
) -> None:
    """The laptop was copied, and each copy handed over at another desk."""
    here = new_study(PLAIN)
    there = other_desk(here, tmp_path / "there")
    before = Path(shutil.copytree(tmp_path / "L01", tmp_path / "before"))
    collect(here, hand_over(here, made_of(here, "A"), stick="one"))
    shutil.rmtree(tmp_path / "L01")
    shutil.move(before, tmp_path / "L01")
    late = replace(made_of(here, "B"), sequence=1)
    collect(there, hand_over(there, late, stick="two"))
    came = collect(here, there.folder)
    assert [one.faults for one in came.bundles] == [("forked",)]
    assert (came.taken, reasons(came)) == ((), {"forked"})


# --- withdrawn ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [PLAIN, LINKED])
def test_a_withdrawn_record_is_never_taken_in_again(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, form: str
) -> None:
    """Nor kept in quarantine; all others are taken in, and the laptop may let go of it."""
    study = new_study(form)
    one, two = made_of(study, "A"), made_of(study, "B")
    bundle = hand_over(study, one, two)
    withdraw(study, [one.id], signing_key(study), NOW)
    came = collect(study, bundle)
    assert (came.taken, came.refused, came.is_clean) == ((two.id,), (one.id,), False)
    assert came.quarantined == ()
    assert {name[:32] for name in sealed(study)} == {two.id}
    assert quarantine.count(study.collected) == 0
    assert [(found.withdrawn, found.missing) for found in came.laptops] == [(1, ())]
    assert one.id.encode() in (bundle.parent / "souspli-L01.receipt").read_bytes()


def test_a_list_lost_with_an_older_copy_lets_no_withdrawn_record_back(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """The signed ledger names it too."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    withdraw(study, [one.id], signing_key(study), NOW)
    shutil.rmtree(study.collected / refused.NAME)
    assert collect(study, bundle).refused == (one.id,)
    assert sealed(study) == {}


def test_a_file_put_on_the_list_makes_no_laptop_let_go(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """The record is refused and named, and the receipt, which nobody but the ledger vouches for, lacks it."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    refused.add(study.collected, [one.id])
    assert collect(study, bundle).refused == (one.id,)
    assert one.id.encode() not in (bundle.parent / "souspli-L01.receipt").read_bytes()


def test_what_another_desk_has_withdrawn_is_told_and_not_taken_in(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, tmp_path: Path
) -> None:
    """Nothing is removed here for that: the lead of this desk does it, with the custodian's file."""
    here = new_study(PLAIN)
    one = made_of(here, "A")
    bundle = hand_over(here, one)
    there = other_desk(here, tmp_path / "there")
    collect(here, bundle)
    collect(there, bundle)
    refused.add(there.collected, [one.id])
    came = collect(here, there.folder)
    assert [(found.withdrawn, found.is_clean) for found in came.bundles] == [(1, False)]
    assert came.refused == (one.id,)
    assert {name[:32] for name in sealed(here)} == {one.id}
