"""What is where on a laptop, known without its passphrase."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from interviewer import closing, holding
from interviewer.device import Device
from interviewer.kit import KitError
from interviewer.laptop import Laptop
from interviewer.whereabouts import Held, is_enrolled, of_laptop

Enrolled = Callable[..., Laptop]

NOW = datetime(2022, 4, 11, 10, 0).astimezone()
NOTHING = Held(drafts=0, waiting=0, let_go=0, head="")


def sealed(laptop: Laptop) -> str:
    [instrument] = laptop.signed.kit.instruments
    return closing.seal_outcome(
        laptop,
        instrument,
        case="K7Q2-M4T9",
        interviewer="I1",
        outcome="2.112",
        attempts=(),
        now=NOW,
    )


def begin(laptop: Laptop) -> None:
    [instrument] = laptop.signed.kit.instruments
    holding.begun(laptop, instrument, case="K7Q2-M4T9", interviewer="I1", now=NOW)


def test_a_laptop_just_enrolled_holds_nothing(enrolled: Enrolled, tmp_path: Path) -> None:
    """Its study, its kit, and no more."""
    laptop = enrolled(tmp_path / "home")
    found = of_laptop(laptop.device)
    assert (found.device, found.study, found.kit, found.is_practice) == ("L01", "trial", 1, False)
    assert found.title == {"fr": "Essai", "en": "Trial"}
    assert (found.field, found.practice) == (NOTHING, NOTHING)


def test_what_waits_what_is_under_way_and_what_was_let_go_of_are_counted(
    enrolled: Enrolled, tmp_path: Path
) -> None:
    """Let go of is what the ledger says was sealed and is in the outbox no more."""
    laptop = enrolled(tmp_path / "home")
    ids = [sealed(laptop) for _number in range(3)]
    begin(laptop)
    for path in laptop.outbox.glob(f"{ids[0]}*"):
        path.unlink()
    head = laptop.ledger.lines()[-1].digest[:8].upper()
    assert of_laptop(laptop.device).field == Held(drafts=1, waiting=2, let_go=1, head=head)
    assert of_laptop(laptop.device).practice == NOTHING


def test_practice_is_counted_apart(enrolled: Enrolled, tmp_path: Path) -> None:
    """It never waits for a hand-over."""
    laptop = enrolled(tmp_path / "home", practice=True)
    sealed(laptop)
    found = of_laptop(laptop.device)
    assert (found.field, found.practice.waiting) == (NOTHING, 1)


def test_a_ledger_that_does_not_hold_is_told_and_the_rest_counted(
    enrolled: Enrolled, tmp_path: Path
) -> None:
    """What was let go of is then unknown."""
    laptop = enrolled(tmp_path / "home")
    sealed(laptop)
    laptop.ledger.path.write_bytes(b"{}\n" + laptop.ledger.path.read_bytes())
    found = of_laptop(laptop.device).field
    assert (found.waiting, found.let_go, found.head) == (1, None, "")
    assert "line 1 of the ledger" in found.fault


def test_looking_changes_nothing(enrolled: Enrolled, tmp_path: Path) -> None:
    """No folder is made, no file touched."""
    laptop = enrolled(tmp_path / "home")
    before = sorted(path.name for path in laptop.device.home.rglob("*"))
    of_laptop(laptop.device)
    assert sorted(path.name for path in laptop.device.home.rglob("*")) == before


def test_a_laptop_is_enrolled_once_it_has_keys(enrolled: Enrolled, tmp_path: Path) -> None:
    """Before its kit, it can only say what to do."""
    assert not is_enrolled(Device(tmp_path / "home"))
    laptop = enrolled(tmp_path / "home")
    laptop.device.kit_path.unlink()
    assert is_enrolled(laptop.device)
    with pytest.raises(KitError, match="no kit is installed"):
        of_laptop(laptop.device)
