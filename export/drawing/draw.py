"""The draw: a sample that anyone can redo from the frame, its salt and a public random number.

In order: a design is committed to before the random number (the beacon) is known; frame hash and
beacon make a seed; the seed gives every unit a ticket; the smallest tickets of a stratum are its
sample, the next ones its reserve. Nothing here is random and nothing is rounded: two machines that
hold the same bytes find the same people.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from export.drawing.drawn import Cluster, Design, Draw, Plan, Selected, Status, Stratum
from export.drawing.frame import Frame, frame_hash
from export.drawing.selection import Chosen, choose
from export.drawing.strata import MINIMUM, Group, collapse, shares
from export.drawing.tickets import beacon_bytes, seed_of
from surveys.language import _
from surveys.problems import Refusal

Numbers = Callable[[int], Sequence[int]]  # that many different numbers, for the clusters drawn


def in_turn(count: int) -> Sequence[int]:
    """Return 1, 2, 3…: numbers for clusters that tell their rank, for who redoes a draw."""
    return range(1, count + 1)


def draw(
    frame: Frame, salt: bytes, design: Design, beacon: str, numbers: Numbers = in_turn
) -> Draw:
    """Return the draw from a frame. The same bytes give the same people.

    `numbers` gives the clusters drawn their numbers, which are no part of what is certified.
    """
    hashed = frame_hash(frame.canonical, salt)
    seed = seed_of(hashed, beacon_bytes(beacon))
    planned = plan(frame, design)
    chosen = choose(frame, design, planned, seed)
    selected = tuple(_selected(frame, design, planned, chosen, numbers))
    return Draw(hashed, design, beacon, seed, planned, selected)


def _selected(
    frame: Frame, design: Design, planned: Plan, chosen: Chosen, numbers: Numbers
) -> Iterator[Selected]:
    clusters = _clusters(frame, design, chosen, numbers)
    within = chosen.cluster.tolist() if clusters else [None] * len(chosen.unit)
    columns = (chosen.unit.tolist(), chosen.stratum.tolist(), chosen.order.tolist(), within)
    for at, place, order, position in zip(*columns, strict=True):
        stratum = planned.strata[place]
        cluster = None if position is None else clusters[position]
        counted = stratum if cluster is None or design.method == "clusters" else cluster
        status: Status = "released" if order <= counted.drawn else "reserve"
        yield Selected(frame.unit(at), stratum, cluster, order, status)


def _clusters(frame: Frame, design: Design, chosen: Chosen, numbers: Numbers) -> Sequence[Cluster]:
    """Return the clusters drawn, in order of stratum and ticket, with how many of their people."""
    people = frame.people_by_cluster()
    found = []
    for number, at in zip(numbers(len(chosen.clusters)), chosen.clusters.tolist(), strict=True):
        population = people[at]
        drawn = min(design.take, population) if design.method == "two_stages" else population
        reserve = min(design.reserve, population - drawn)
        found.append(Cluster(number, population, drawn, reserve))
    return found


# --- how many from where ----------------------------------------------------------------------


def plan(frame: Frame, design: Design) -> Plan:
    """Return what the design draws from each stratum; Refusal if the frame cannot give it."""
    if design.is_of_clusters and not all(code for _place, code in frame.clusters):
        raise Refusal(_("clusters are to be drawn and the frame has none; give their column"))
    counts = units_by_stratum(frame, design)
    n, population = design.sample_size(sum(counts)), sum(counts)
    if n < max(MINIMUM, design.minimum):
        raise Refusal(
            _("the sample would be {n} of {population}; draw at least {least}").format(
                n=n, population=population, least=max(MINIMUM, design.minimum)
            )
        )
    reserve = 0 if design.method == "two_stages" else design.reserve
    if n + reserve > population:
        raise Refusal(
            _(
                "{wanted} are wanted with the reserve and the frame has {population}; ask for fewer"
            ).format(wanted=n + reserve, population=population)
        )
    if design.method in {"simple", "systematic"}:
        members = tuple(range(1, len(counts) + 1))
        return Plan((Stratum(1, population, n, reserve, members),), ())
    return _by_stratum(frame, design, counts, n, reserve)


def units_by_stratum(frame: Frame, design: Design) -> list[int]:
    """Return N_h of the frame's strata, in order of code: of people, or of clusters if drawn."""
    return frame.clusters_by_stratum() if design.is_of_clusters else frame.people_by_stratum()


def _by_stratum(frame: Frame, design: Design, counts: Sequence[int], n: int, reserve: int) -> Plan:
    """Plan a sample in each stratum, merging strata that would have too few."""
    numbers = design.similarity or tuple(range(1, len(counts) + 1))
    if sorted(numbers) != list(range(1, len(counts) + 1)):
        raise Refusal(_("the design's order of strata is not that of this frame; commit again"))
    if design.spread and len(design.spread) != len(counts):
        raise Refusal(_("the design's spread is not of the strata of this frame; commit again"))
    groups = [Group(frame.strata[k - 1], counts[k - 1], (k,)) for k in numbers]
    weights = _weights(design, counts)
    kept, drawn, merges = collapse(
        groups, lambda now: allocated(now, n, design, weights), design.minimum
    )
    rest = [group.population - n_h for group, n_h in zip(kept, drawn, strict=True)]
    spare = _by_code(kept, [group.population for group in kept], reserve, rest, [0] * len(kept))
    strata = (
        Stratum(at, group.population, n_h, more, tuple(sorted(group.members)))
        for at, (group, n_h, more) in enumerate(zip(kept, drawn, spare, strict=True), start=1)
    )
    return Plan(tuple(strata), merges)


def apart(frame: Frame, design: Design) -> tuple[int, ...]:
    """Return n_h of each stratum of the frame, in order of code, as they would be if none were merged."""
    counts = units_by_stratum(frame, design)
    pairs = zip(frame.strata, counts, strict=True)
    groups = [Group(code, N_h, (k,)) for k, (code, N_h) in enumerate(pairs, start=1)]
    n = design.sample_size(sum(counts))
    return allocated(groups, n, design, _weights(design, counts))


def _weights(design: Design, counts: Sequence[int]) -> Sequence[int]:
    """Return by what the strata of the frame share a sample: N_h, or for Neyman's N_h·S_h.

    In whole numbers; () where all strata, merged ones too, are given the same.
    """
    if design.allocation == "equal":
        return ()
    if design.allocation == "proportional":
        return counts
    scale = math.lcm(*(spread.denominator for spread in design.spread))
    return [N_h * int(S_h * scale) for N_h, S_h in zip(counts, design.spread, strict=True)]


def allocated(
    groups: Sequence[Group], n: int, design: Design, weights: Sequence[int]
) -> tuple[int, ...]:
    """Return n shared among the groups by weight, each within the design's least and most.

    A merged group weighs what its strata weigh together; where no weights are given all groups
    weigh the same. Refusal if the bounds leave no way.
    """
    room = [min(group.population, design.most or group.population) for group in groups]
    least = [min(group.population, design.least) for group in groups]
    if n < sum(least):
        raise Refusal(
            _(
                "at least {least} in each of {strata} strata make {low}, and {n} are to be drawn; "
                "draw more, or ask for fewer in each"
            ).format(least=design.least, strata=len(groups), low=sum(least), n=n)
        )
    if n > sum(room):
        raise Refusal(
            _(
                "at most {most} in each of {strata} strata make {high}, and {n} are to be drawn; "
                "draw fewer, or allow more in each"
            ).format(most=design.most, strata=len(groups), high=sum(room), n=n)
        )
    sizes = [sum(weights[k - 1] for k in group.members) if weights else 1 for group in groups]
    return _by_code(groups, sizes, n, room, least)


def _by_code(
    groups: Sequence[Group],
    sizes: Sequence[int],
    total: int,
    room: Sequence[int],
    least: Sequence[int],
) -> tuple[int, ...]:
    """Return the shares of the groups, ties of remainders by code."""
    order = sorted(range(len(groups)), key=lambda at: groups[at].code)
    columns = ([column[at] for at in order] for column in (sizes, room, least))
    by_size, by_room, by_least = columns
    given = shares(by_size, total, by_room, by_least)
    return tuple(n for _at, n in sorted(zip(order, given, strict=True)))
