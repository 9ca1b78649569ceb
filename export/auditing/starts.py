"""What became of every record that a laptop's ledger says was begun.

Each laptop numbers what it begins; the ledger last seen of it says whether that ended, and whether a
record was sealed. Nothing is opened for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from export.auditing.shares import Tally
from export.laptops.accounts import Account


@dataclass(frozen=True, slots=True)
class Laptop:
    """What a laptop began, by what became of it; ids in the order in which they were begun.

    `used` are collected and used; `left_out` collected and not used; `withdrawn` removed since, by
    right; `missing` sealed and not here; `unsealed` ended without a record; `under_way` not ended when
    the ledger was last seen.
    """

    device: str
    begun: int
    used: int
    left_out: tuple[str, ...]
    withdrawn: tuple[str, ...]
    missing: tuple[str, ...]
    unsealed: tuple[str, ...]
    under_way: tuple[str, ...]

    @property
    def tally(self) -> Tally:
        """How much of what was begun never became a record."""
        return Tally(
            "unfinished", self.device, len(self.unsealed) + len(self.under_way), self.begun
        )


def starts(
    ledgers: Mapping[str, Account],
    collected: Collection[str],
    left_out: Collection[str],
    withdrawn: Collection[str],
) -> tuple[Laptop, ...]:
    """Return what became of what each laptop began, by name of laptop.

    `collected` are the ids of records in the study folder, `left_out` those that are not used (lost
    ones too), `withdrawn` those on the list of the withdrawn.
    """
    return tuple(
        _laptop(name, found, collected, left_out, withdrawn)
        for name, found in sorted(ledgers.items())
    )


def _laptop(
    name: str,
    found: Account,
    collected: Collection[str],
    left_out: Collection[str],
    withdrawn: Collection[str],
) -> Laptop:
    sealed = found.sealed
    by_fate: dict[str, list[str]] = {}
    for record_id in found.begun:
        if record_id in withdrawn:
            fate = "withdrawn"
        elif record_id in left_out:
            fate = "left_out"
        elif record_id in collected:
            fate = "used"
        elif record_id in sealed:
            fate = "missing"
        else:
            fate = "unsealed" if record_id in found.ended else "under_way"
        by_fate.setdefault(fate, []).append(record_id)
    others = ("left_out", "withdrawn", "missing", "unsealed", "under_way")
    return Laptop(
        name,
        len(found.begun),
        len(by_fate.get("used", ())),
        *(tuple(by_fate.get(fate, ())) for fate in others),
    )
