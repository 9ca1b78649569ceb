"""All that an audit of one questionnaire's interviewing says, put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from export.auditing.habits import Habits, habits
from export.auditing.likeness import Likeness, likeness
from export.auditing.said import held
from export.auditing.shares import Share, compared
from export.auditing.speed import Speed, speed
from export.auditing.starts import Laptop, starts
from export.auditing.straight import Straight, straight
from export.auditing.workload import Workload, workload
from export.laptops.accounts import Account
from export.respondents.counting import Unused
from export.unsealing.unseal import Unsealed
from surveys.instrument import Instrument


@dataclass(frozen=True, slots=True)
class Desk:
    """What the study folder knows without opening a record.

    The ledgers of its laptops as last seen; the ids of records collected, and of those withdrawn; how many
    files are in quarantine.
    """

    ledgers: Mapping[str, Account]
    collected: Collection[str]
    withdrawn: Collection[str]
    quarantined: int


@dataclass(frozen=True, slots=True, repr=False)
class Audit:
    """An audit. `shares` has each interviewer (or laptop) beside the others; `unused` do not count.

    Of `unsealed`, gaps in the numbers of laptops whose ledger was seen are left out: `laptops` says
    what became of each number.
    """

    instrument: Instrument
    unsealed: Unsealed
    unused: tuple[Unused, ...]
    quarantined: int
    laptops: tuple[Laptop, ...]
    workload: Workload
    speed: Speed
    likeness: Likeness
    straight: Straight
    habits: Habits
    shares: tuple[Share, ...]


def audit(
    instrument: Instrument,
    unsealed: Unsealed,
    unused: tuple[Unused, ...],
    desk: Desk,
    match: Fraction,
) -> Audit:
    """Return the audit of the interviews held with a questionnaire; `match` is likeness's threshold."""
    interviews = held(unsealed.records, instrument)
    laptops = starts(
        desk.ledgers, desk.collected, {left.id for left in unsealed.left_out}, desk.withdrawn
    )
    work = workload(unsealed.records, instrument)
    pace, lines = speed(interviews, instrument), straight(interviews, instrument)
    manners = habits(interviews, instrument)
    tallies = [
        *(one.tally for one in laptops),
        *work.tallies(),
        *pace.tallies(),
        *manners.tallies,
        *lines.tallies(),
    ]
    return Audit(
        instrument=instrument,
        unsealed=_unexplained(unsealed, laptops),
        unused=unused,
        quarantined=desk.quarantined,
        laptops=laptops,
        workload=work,
        speed=pace,
        likeness=likeness(interviews, instrument, match),
        straight=lines,
        habits=manners,
        shares=compared(tallies),
    )


def _unexplained(unsealed: Unsealed, laptops: tuple[Laptop, ...]) -> Unsealed:
    seen = {one.device for one in laptops if one.begun}
    gaps = tuple(gap for gap in unsealed.missing if gap.device not in seen)
    return replace(unsealed, missing=gaps)
