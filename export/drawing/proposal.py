"""A draw as it would be: its plan, what that is expected to give, what merging strata does to it.

From a frame and a design, nothing fixed: `planning.py` has the formulas, `proposed.py` the words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby

from export.drawing.draw import apart, plan, units_by_stratum
from export.drawing.drawn import Design, Plan
from export.drawing.frame import Frame
from export.drawing.planning import (
    Assumptions,
    Merging,
    Part,
    Precision,
    merging,
    needed,
    precision,
)
from surveys.problems import Refusal

HALF_WIDTHS = (0.10, 0.08, 0.06, 0.05, 0.04, 0.03)  # whose sizes are shown to who has no size yet


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan and its precision; `with_reserve` once all of it is released, None where there is none.

    `merging` is None where no strata are merged.
    """

    frame: Frame
    design: Design
    assumed: Assumptions
    plan: Plan
    expected: Precision
    with_reserve: Precision | None
    merging: Merging | None


@dataclass(frozen=True, slots=True)
class Size:
    """How many are to be drawn for a half-width, and what that gives; None where none is enough."""

    half_width: float
    size: int | None
    expected: Precision | None


def propose(frame: Frame, design: Design, assumed: Assumptions) -> Proposal:
    """Return what a design would draw and give; Refusal where the frame cannot give it."""
    planned = plan(frame, design)
    parts = parts_of(frame, design, planned)
    spare = parts_of(frame, design, planned, with_reserve=True)
    return Proposal(
        frame,
        design,
        assumed,
        planned,
        precision(parts, assumed),
        precision(spare, assumed) if design.reserve else None,
        _merging(frame, design, planned, assumed),
    )


def sized(
    frame: Frame, design: Design, assumed: Assumptions, half_widths: Sequence[float]
) -> tuple[Size, ...]:
    """Return for each half-width how many of a frame are to be drawn by a design of whatever size.

    The size counts clusters where clusters are drawn.
    """

    def of(size: int) -> Precision | None:
        again = replace(design, size=size, fraction=None)
        try:
            planned = plan(frame, again)
        except Refusal:
            return None
        return precision(parts_of(frame, again, planned), assumed)

    most = _greatest(frame, design)
    while most > design.minimum and of(most) is None:  # strata that must be merged take less
        most -= 1
    found = ((wanted, needed(of, wanted, design.minimum, most)) for wanted in half_widths)
    return tuple(Size(wanted, n, None if n is None else of(n)) for wanted, n in found)


def _greatest(frame: Frame, design: Design) -> int:
    """Return the most that can be drawn within the design's bounds, the reserve left aside."""
    counts = units_by_stratum(frame, design)
    room = sum(min(N_h, design.most) for N_h in counts) if design.most else sum(counts)
    return min(room, sum(counts) - (0 if design.method == "two_stages" else design.reserve))


def parts_of(
    frame: Frame, design: Design, planned: Plan, *, with_reserve: bool = False
) -> tuple[Part, ...]:
    """Return the strata of a plan as planning counts them, the reserve drawn as well if wanted."""
    sizes = _clusters(frame) if design.is_of_clusters else {}
    return tuple(
        _part(
            design,
            stratum.population,
            stratum.drawn + (stratum.reserve if with_reserve else 0),
            tuple(size for number in stratum.members for size in sizes.get(number, ())),
            design.take + (design.reserve if with_reserve else 0),
        )
        for stratum in planned.strata
    )


def _part(design: Design, units: int, drawn: int, sizes: tuple[int, ...], take: int) -> Part:
    if not design.is_of_clusters:
        return Part(units, drawn)
    return Part(sum(sizes), drawn, sizes, take if design.method == "two_stages" else None)


def _clusters(frame: Frame) -> Mapping[int, tuple[int, ...]]:
    """Return the people of each cluster, by the number of its stratum in the frame."""
    pairs = zip(frame.clusters, frame.people_by_cluster(), strict=True)  # in order of stratum
    return {
        place + 1: tuple(size for _cluster, size in found)
        for place, found in groupby(pairs, key=lambda pair: pair[0][0])
    }


def _merging(frame: Frame, design: Design, planned: Plan, assumed: Assumptions) -> Merging | None:
    if not planned.merges:
        return None
    counts = apart(frame, design)
    sizes = _clusters(frame) if design.is_of_clusters else {}
    pairs = zip(frame.people_by_stratum(), counts, strict=True)
    before = {
        number: _part(design, N_h, n_h, sizes.get(number, ()), design.take)
        for number, (N_h, n_h) in enumerate(pairs, start=1)
    }
    wholes = zip(planned.strata, parts_of(frame, design, planned), strict=True)
    after = [(stratum.members, part) for stratum, part in wholes]
    return merging(before, after, assumed)


def as_json(found: Proposal) -> dict[str, object]:
    """Return a proposal as a JSON object; strata bear the codes of the frame, which the lead has."""
    before = dict(
        pair for one in (found.merging.merged if found.merging else ()) for pair in one.members
    )
    parts = parts_of(found.frame, found.design, found.plan)
    return {
        "frame": {
            "people": len(found.frame.ids),
            "strata": len(found.frame.strata),
            "clusters": len(found.frame.clusters) if has_clusters(found.frame) else 0,
        },
        "design": {
            key: value for key, value in found.design.as_json().items() if key != "announced"
        },
        "assumed": asdict(found.assumed),
        "strata": [
            {
                "stratum": stratum.number,
                "N_h": stratum.population,
                "n_h": stratum.drawn,
                "reserve": stratum.reserve,
                "people": part.people,
                "members": [
                    {"number": k, "code": found.frame.strata[k - 1]}
                    | ({"people": before[k].people, "n_h": before[k].drawn} if k in before else {})
                    for k in stratum.members
                ],
            }
            for stratum, part in zip(found.plan.strata, parts, strict=True)
        ],
        "expected": asdict(found.expected),
        "with_reserve": None if found.with_reserve is None else asdict(found.with_reserve),
        "merging": None if found.merging is None else _merging_json(found.merging),
    }


def _merging_json(found: Merging) -> dict[str, object]:
    return {key: value for key, value in asdict(found).items() if key != "merged"}


def has_clusters(frame: Frame) -> bool:
    """Whether the frame has a column of clusters."""
    return any(code for _place, code in frame.clusters)
