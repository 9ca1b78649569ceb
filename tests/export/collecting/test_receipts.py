"""The receipt beside a bundle: what a laptop may let go of, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export.collecting.collect import Collected
from export.study import Study
from interviewer import outbox, receipt
from interviewer.handover import handover
from interviewer.laptop import Laptop
from interviewer.receipt import Receipt
from interviewer.record import Record

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
HandOver = Callable[..., Path]
Collect = Callable[..., Collected]
LaptopOf = Callable[..., Laptop]

NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
LINKED = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
  - {type: text, name: card, keep: link, label: Card}
"""


def read(study: Study, path: Path) -> Receipt:
    found, signer = receipt.read(path.read_bytes())
    assert signer == study.signer
    return found


def test_the_laptop_lets_go_of_what_was_collected(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    laptop_of: LaptopOf,
) -> None:
    """There and back: the next hand-over to that place takes the receipt in, and the outbox is empty."""
    study = new_study(LINKED)
    bundle = hand_over(study, made_of(study, "A"), made_of(study, "B"))
    (came,) = collect(study, bundle.parent).bundles
    assert came.receipt == bundle.parent / "souspli-L01.receipt"
    laptop = laptop_of(study)
    assert handover(laptop, bundle.parent, NOW).let_go == 2
    assert list(laptop.outbox.iterdir()) == []
    assert collect(study, bundle).is_clean


def test_it_covers_all_that_is_collected_of_the_laptop_and_nothing_else(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    laptop_of: LaptopOf,
) -> None:
    """By the digests of its ledger: what was collected before too, not what was set aside or is gone."""
    study = new_study(LINKED)
    first, second, damaged, gone = (made_of(study, case) for case in "ABCD")
    bundle = hand_over(study, first)
    collect(study, bundle)
    hand_over(study, second, damaged, gone)
    (bundle / f"{damaged.id}.link.age").write_bytes(b"x")
    (bundle / f"{gone.id}.age").unlink()
    collect(study, bundle)
    found = read(study, bundle.parent / "souspli-L01.receipt")
    assert found.records == {
        one.id: outbox.digest(study.collected, one.id) for one in (first, second)
    }
    assert (found.study, found.device) == (study.id, "L01")
    lines = laptop_of(study).ledger.lines()
    assert (found.lines, found.head) == (len(lines), lines[-1].digest)


@pytest.mark.parametrize("ending", [".age", ".link.age"])
def test_what_was_damaged_in_the_study_folder_since_is_not_covered(
    ending: str, new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """The bytes on the disk count, not that they were once good."""
    study = new_study(LINKED)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    collect(study, bundle)
    (study.collected / f"{one.id}{ending}").write_bytes(b"x")
    (bundle / f"{one.id}.age").unlink()
    collect(study, bundle)
    assert read(study, bundle.parent / "souspli-L01.receipt").records == {}


def test_an_older_bundle_gets_the_receipt_of_all_that_was_seen(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """It says no less than the one before."""
    study = new_study(LINKED)
    bundle = hand_over(study, made_of(study, "A"))
    old = Path(shutil.copytree(bundle, bundle.parent.parent / "old" / bundle.name))
    hand_over(study, made_of(study, "B"))
    collect(study, bundle)
    collect(study, old)
    beside = (bundle.parent / "souspli-L01.receipt", old.parent / "souspli-L01.receipt")
    assert beside[0].read_bytes() == beside[1].read_bytes()


def test_a_stick_that_cannot_be_written_holds_nothing_up(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The records are taken in, and it says that no receipt was written."""
    study = new_study(LINKED)
    bundle = hand_over(study, made_of(study, "A"))

    def refuse(path: Path, content: bytes) -> None:
        raise OSError(30, "read-only")

    monkeypatch.setattr("export.collecting.receipts.write_onto_stick", refuse)
    collected = collect(study, bundle)
    (came,) = collected.bundles
    assert (len(came.taken), came.receipt) == (1, None)
    assert "could not be written (read-only)" in came.refusal
    assert not collected.is_clean


def test_a_link_under_the_name_of_the_receipt_is_not_written_through(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, tmp_path: Path
) -> None:
    """A stick may hold anything: what it points to stays as it was."""
    study = new_study(LINKED)
    bundle = hand_over(study, made_of(study, "A"))
    mine = tmp_path / "mine"
    mine.write_text("years of work", "utf-8")
    for name in ("souspli-L01.receipt", ".souspli-L01.receipt.tmp"):
        (bundle.parent / name).symlink_to(mine)
    collect(study, bundle)
    assert mine.read_text("utf-8") == "years of work"
    assert len(read(study, bundle.parent / "souspli-L01.receipt").records) == 1
