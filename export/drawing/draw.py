"""The draw: a sample that anyone can redo from the frame, its salt and a public random number.

In order: a design is committed to before the random number (the beacon) is known; frame hash and
beacon make a seed; the seed gives every unit a ticket; the smallest tickets of a stratum are its
sample, the next ones its reserve. Nothing here is random and nothing is rounded: two machines that
hold the same bytes find the same people.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from export.drawing.fraction import people_in
from export.drawing.frame import Unit, frame_hash, from_canonical, stratum_codes
from export.drawing.strata import MINIMUM, Group, Merge, collapse, shares
from surveys.language import _
from surveys.problems import Refusal

Status = Literal["released", "reserve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What is decided before the beacon is known.

    Either `size` (people) or `fraction` of the frame (rounded half up) is given. `announced` says
    which public randomness will be used. `minimum` is the count under which a stratum is merged;
    `similarity` numbers the frame's strata with those alike side by side, () for the order of code.
    """

    method: str
    announced: str
    size: int | None = None
    fraction: Fraction | None = None
    allocation: str = "proportional"
    minimum: int = MINIMUM
    reserve: int = 0
    similarity: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            known = ", ".join(METHODS)
            raise Refusal(_("the method must be one of {known}").format(known=known))
        if self.allocation not in ALLOCATIONS:
            known = ", ".join(ALLOCATIONS)
            raise Refusal(_("the allocation must be one of {known}").format(known=known))
        if (self.size is None) == (self.fraction is None):
            raise Refusal(_("a draw needs a size or a fraction; give one of the two"))
        if self.fraction is not None and not 0 < self.fraction <= 1:
            raise Refusal(_("the fraction must be above 0 and at most 1; write it as 20% or 1/5"))
        if self.minimum < MINIMUM or self.reserve < 0:
            raise Refusal(_("give a minimum of 2 or more per stratum and a reserve of 0 or more"))
        if not self.announced.strip() or not _is_unicode(self.announced):
            raise Refusal(_("say which public randomness will be used, before it is known"))

    def sample_size(self, population: int) -> int:
        """Return the number of people to draw from a frame of `population` units."""
        if self.fraction is None:
            return self.size or 0
        return people_in(self.fraction, population)

    def as_json(self) -> dict[str, object]:
        """Return the design as a JSON object, without the one of size and fraction not given."""
        wanted: dict[str, object] = (
            {"size": self.size} if self.fraction is None else {"fraction": str(self.fraction)}
        )
        return wanted | {
            "format": "souspli/design/v1",
            "method": self.method,
            "announced": self.announced,
            "allocation": self.allocation,
            "minimum": self.minimum,
            "reserve": self.reserve,
            "similarity": list(self.similarity),
        }

    def digest(self) -> bytes:
        """Return the design hash: SHA-256 of the canonical JSON (keys sorted, no spaces, UTF-8)."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum as drawn: N_h people, n_h drawn, a reserve; `members` are strata of the frame."""

    number: int
    population: int
    drawn: int
    reserve: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many are drawn from where: all that follows from the frame and the design alone."""

    strata: tuple[Stratum, ...]
    merges: tuple[Merge, ...]


@dataclass(frozen=True, slots=True)
class Selected:
    """A unit that was drawn. `order` counts tickets within the stratum from 1, reserve included."""

    unit: Unit
    stratum: Stratum
    order: int

    @property
    def status(self) -> Status:
        """Whether the unit is of the sample released at once, or of the reserve."""
        return "released" if self.order <= self.stratum.drawn else "reserve"


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw, done. `selected` is in order of stratum and ticket."""

    frame_hash: bytes
    design: Design
    beacon: str
    seed: bytes
    plan: Plan
    selected: tuple[Selected, ...]


def commitment(frame_hash: bytes, design_hash: bytes) -> bytes:
    """Return SHA-256(frame hash ‖ design hash): what is published before the beacon is known."""
    return hashlib.sha256(frame_hash + design_hash).digest()


def beacon_kind(beacon: str) -> Literal["hex", "text"]:
    """Return how the beacon's bytes are read: raw bytes after `hex:`, else the text in UTF-8."""
    return "hex" if beacon.startswith("hex:") else "text"


def beacon_bytes(beacon: str) -> bytes:
    """Return the bytes of the beacon; Refusal if there are none."""
    if beacon_kind(beacon) == "hex":
        if not re.fullmatch(r"hex:(?:[0-9a-fA-F]{2})+", beacon):
            raise Refusal(_("after hex: give the beacon's bytes as pairs of digits 0-9 and a-f"))
        return bytes.fromhex(beacon.removeprefix("hex:"))
    if not beacon.strip() or not _is_unicode(beacon):
        raise Refusal(_("the beacon is blank or not text; give it exactly as it was published"))
    return beacon.encode()


def _is_unicode(text: str) -> bool:
    """Return whether the text has bytes in UTF-8: half a surrogate pair has none."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def seed_of(frame_hash: bytes, beacon: bytes) -> bytes:
    """Return the seed of a draw: SHA-256("draw/v1" 0 ‖ frame hash ‖ 0 ‖ beacon)."""
    return hashlib.sha256(b"draw/v1\0" + frame_hash + b"\0" + beacon).digest()


def ticket(seed: bytes, id: str) -> bytes:
    """Return a unit's ticket: SHA-256("ticket/v1" 0 ‖ seed ‖ 0 ‖ id in UTF-8), big-endian."""
    return hashlib.sha256(b"ticket/v1\0" + seed + b"\0" + id.encode()).digest()


def plan(units: Sequence[Unit], design: Design) -> Plan:
    """Return what the design draws from each stratum; Refusal if the frame cannot give it."""
    n, population = design.sample_size(len(units)), len(units)
    if n < max(MINIMUM, design.minimum):
        raise Refusal(
            _("the sample would be {n} of {population}; draw at least {least}").format(
                n=n, population=population, least=max(MINIMUM, design.minimum)
            )
        )
    if n + design.reserve > population:
        raise Refusal(
            _(
                "{wanted} are wanted with the reserve and the frame has {population}; ask for fewer"
            ).format(wanted=n + design.reserve, population=population)
        )
    return METHODS[design.method](units, design)


def draw(frame: bytes, salt: bytes, design: Design, beacon: str) -> Draw:
    """Return the draw from a frame in canonical form. The same bytes give the same draw."""
    units = from_canonical(frame)
    hashed = frame_hash(frame, salt)
    seed = seed_of(hashed, beacon_bytes(beacon))
    planned = plan(units, design)
    return Draw(hashed, design, beacon, seed, planned, _smallest_tickets(units, planned, seed))


def _smallest_tickets(units: Sequence[Unit], planned: Plan, seed: bytes) -> tuple[Selected, ...]:
    number = {code: at for at, code in enumerate(stratum_codes(units), start=1)}
    in_order = sorted(units, key=lambda unit: ticket(seed, unit.id))
    return tuple(
        Selected(unit, stratum, order)
        for stratum in planned.strata
        for order, unit in enumerate(
            [unit for unit in in_order if number[unit.stratum] in stratum.members][
                : stratum.drawn + stratum.reserve
            ],
            start=1,
        )
    )


def _simple(units: Sequence[Unit], design: Design) -> Plan:
    """Plan a simple random sample: the whole frame is one stratum."""
    members = tuple(range(1, len(stratum_codes(units)) + 1))
    n = design.sample_size(len(units))
    return Plan((Stratum(1, len(units), n, design.reserve, members),), ())


def _stratified(units: Sequence[Unit], design: Design) -> Plan:
    """Plan a simple random sample in each stratum, merging strata that would have too few."""
    codes = stratum_codes(units)
    sizes = Counter(unit.stratum for unit in units)
    numbers = design.similarity or tuple(range(1, len(codes) + 1))
    if sorted(numbers) != list(range(1, len(codes) + 1)):
        raise Refusal(_("the design's order of strata is not that of this frame; commit again"))
    groups = [Group(codes[k - 1], sizes[codes[k - 1]], (k,)) for k in numbers]
    allocate = ALLOCATIONS[design.allocation]
    n = design.sample_size(len(units))
    kept, drawn, merges = collapse(groups, lambda now: allocate(now, n), design.minimum)
    rest = [group.population - n_h for group, n_h in zip(kept, drawn, strict=True)]
    reserve = _proportional(kept, design.reserve, rest)
    strata = (
        Stratum(at, group.population, n_h, more, tuple(sorted(group.members)))
        for at, (group, n_h, more) in enumerate(zip(kept, drawn, reserve, strict=True), start=1)
    )
    return Plan(tuple(strata), merges)


def _proportional(
    groups: Sequence[Group], total: int, room: Sequence[int] | None = None
) -> tuple[int, ...]:
    """Return `total` shared among the groups by their population, ties by code, within `room`."""
    by_code = sorted(range(len(groups)), key=lambda at: groups[at].code)
    sizes = [groups[at].population for at in by_code]
    given = shares(sizes, total, None if room is None else [room[at] for at in by_code])
    return tuple(n for _at, n in sorted(zip(by_code, given, strict=True)))


# A method of drawing, or of sharing the sample among strata, is one function and one line here.
METHODS: Mapping[str, Callable[[Sequence[Unit], Design], Plan]] = {
    "simple": _simple,
    "stratified": _stratified,
}
ALLOCATIONS: Mapping[str, Callable[[Sequence[Group], int], tuple[int, ...]]] = {
    "proportional": _proportional,
}
