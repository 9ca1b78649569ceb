"""What is where, seen from the study lead's desk: for each laptop, what its ledger says and what is here.

Nothing is opened for it. What a laptop has done since it last handed over cannot be known here.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from export.collecting import quarantine
from export.laptops import accounts, devices
from export.laptops.devices import Enrolled
from export.study import Study
from interviewer import ledger, outbox


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of a laptop's records.

    `lines` of its ledger were seen, `head` are the eight characters of its daily sheet, '' before the
    first. `missing` are the ids of sealed records that are nowhere here; `under_way` counts interviews
    begun and not ended, `unsealed` those that ended without a record.
    """

    device: str
    lines: int
    head: str
    collected: int
    missing: tuple[str, ...]
    under_way: int
    unsealed: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A study's laptops in order of name, with how they were enrolled; all records; files set aside."""

    laptops: tuple[tuple[Enrolled, Whereabouts], ...]
    records: int
    quarantined: int


def of_study(study: Study) -> Desk:
    """Return what is where in a study."""
    enrolled = sorted(devices.all_of(study), key=lambda one: one.name)
    return Desk(
        tuple((one, of_laptop(study, one.name)) for one in enrolled),
        len(outbox.ids(study.collected)),
        quarantine.count(study.collected),
    )


def of_laptop(study: Study, device: str, found: Set[str] = frozenset()) -> Whereabouts:
    """Return what is known of a laptop; `found` are ids that are at hand, if not collected."""
    lines = accounts.seen(study, device)
    account = accounts.of_lines(lines)
    here = set(outbox.ids(study.collected))
    begun = account.begun.keys() - here
    return Whereabouts(
        device=device,
        lines=len(lines),
        head=ledger.short(lines) if lines else "",
        collected=len(here & {*account.begun, *account.ended}),
        missing=tuple(sorted(account.sealed.keys() - here - found)),
        under_way=len(begun - account.ended.keys()),
        unsealed=sum(not account.ended.get(one, "-") for one in begun),
    )
