"""What is where, seen from the study lead's desk: for each laptop, what its ledger says and what is here.

Nothing is opened for it. What a laptop has done since it last handed over cannot be known here.
"""

from __future__ import annotations

import os
from collections.abc import Set
from dataclasses import dataclass

from export.collecting import quarantine, refused
from export.laptops import accounts, devices
from export.laptops.accounts import Account
from export.laptops.devices import Enrolled
from export.study import Study
from interviewer import ledger, outbox


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of a laptop's records.

    `lines` of its ledger were seen, `head` are the eight characters of its daily sheet, '' before the
    first. `withdrawn` counts records removed at their participants' wish, `missing` are the ids of sealed records that are nowhere here; `under_way` counts interviews
    begun and not ended, `unsealed` those that ended without a record.
    """

    device: str
    lines: int
    head: str
    collected: int
    withdrawn: int
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


def of_laptop(study: Study, device: str) -> Whereabouts:
    """Return what is known of a laptop."""
    return of_account(study, device, accounts.of_laptop(study, device))


def of_account(
    study: Study, device: str, account: Account, found: Set[str] = frozenset()
) -> Whereabouts:
    """Return what is known of a laptop whose ledger says this; `found` are ids at hand, if not collected."""
    withdrawn = refused.of_study(study)
    known = dict.fromkeys((*account.begun, *account.ended))
    here = {one for one in known if os.path.exists(f"{study.collected / one}{outbox.RECORD}")}
    begun = account.begun.keys() - here - withdrawn
    return Whereabouts(
        device=device,
        lines=account.lines,
        head=ledger.shortened(account.head),
        collected=len(here),
        withdrawn=len(withdrawn & known.keys()),
        missing=tuple(sorted(account.sealed.keys() - here - found - withdrawn)),
        under_way=len(begun - account.ended.keys()),
        unsealed=sum(not account.ended.get(one, "-") for one in begun),
    )
