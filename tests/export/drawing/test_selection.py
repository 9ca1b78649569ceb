"""Whoever is drawn is drawn by ticket alone, as often as the design says, whatever the method."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.draw import draw, plan
from export.drawing.drawn import Design, Draw, Unit
from export.drawing.frame import Frame, from_units
from export.drawing.selection import choose, smallest
from export.drawing.tickets import cluster_tickets, ticket

SALT = bytes(32)
DRAWS = 20_000
PEOPLE = [Unit(f"U{at:02d}", "ab"[at in (0, 3, 4, 7)], f"H{at % 5}") for at in range(11)]
SMALL = from_units(PEOPLE)
LARGE = from_units(Unit(f"B{at:03d}", f"G{at % 3}", f"H{at % 17}") for at in range(200))


def design(method: str, size: int, reserve: int = 0, take: int = 0) -> Design:
    return Design(method=method, announced="dice", size=size, reserve=reserve, take=take)


def drawn(frame: Frame, wanted: Design, beacon: str = "a public number") -> Draw:
    return draw(frame, SALT, wanted, beacon)


def ids(result: Draw, status: str = "released") -> set[str]:
    return {person.unit.id for person in result.selected if person.status == status}


# --- chances ----------------------------------------------------------------------------------


def chances(wanted: Design) -> list[float]:
    """Return each person's chance to be of the sample, from the plan alone."""
    counts = Counter((unit.stratum, unit.cluster) for unit in PEOPLE)
    found = []
    for unit in PEOPLE:
        number = SMALL.strata.index(unit.stratum) + 1
        (stratum,) = (one for one in plan(SMALL, wanted).strata if number in one.members)
        people = counts[unit.stratum, unit.cluster]
        within = min(1.0, wanted.take / people) if wanted.take else 1.0
        found.append(stratum.drawn / stratum.population * within)
    return found


@pytest.mark.parametrize(
    "wanted",
    [
        design("simple", 4),
        design("stratified", 5),
        design("systematic", 4),
        design("clusters", 5),
        design("two_stages", 5, take=2),
    ],
    ids=lambda wanted: wanted.method,
)
def test_everybody_is_drawn_as_often_as_the_design_says(wanted: Design) -> None:
    """20,000 draws: each inclusion frequency is within 6 standard deviations of its probability."""
    planned = plan(SMALL, wanted)
    times = np.zeros(len(PEOPLE), np.intp)
    for at in range(DRAWS):
        seed = hashlib.sha256(b"%d" % at).digest()
        times[choose(SMALL, wanted, planned, seed).unit] += 1
    p = np.array(chances(wanted))
    assert np.all(np.abs(times / DRAWS - p) <= 6 * np.sqrt(p * (1 - p) / DRAWS))


# --- order of tickets -------------------------------------------------------------------------

TIED = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([0, 1, 255]), st.integers(0, 2)), max_size=40
)


@given(TIED, st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_the_smallest_tickets_are_found_even_where_their_first_bytes_are_equal(
    rows: list[tuple[int, int, int]], wanted: list[int]
) -> None:
    """As a plain sort by group and whole ticket finds them: equal first bytes decide nothing."""
    tickets = [bytes([high]) * 12 + bytes(18) + bytes([low, at]) for at, (_g, high, low) in enumerate(rows)]  # fmt: skip
    groups = [group for group, _high, _low in rows]
    in_order = sorted(range(len(rows)), key=lambda at: (groups[at], tickets[at]))
    ranks: defaultdict[int, int] = defaultdict(int)
    naive = []
    for at in in_order:
        ranks[groups[at]] += 1
        if ranks[groups[at]] <= wanted[groups[at]]:
            naive.append((at, ranks[groups[at]]))
    found = smallest(b"".join(tickets), np.array(groups, np.intp), np.array(wanted, np.intp))
    assert list(zip(*(column.tolist() for column in found), strict=True)) == naive


def test_a_cluster_has_a_ticket_of_its_own_kind() -> None:
    """Its beginning is not that of a person's, so that no id can be made to share it."""
    seed = hashlib.sha256(b"seed").digest()
    text = b"cluster/v1\0" + seed + b"\0" + "nord\thôtel 1".encode()
    assert cluster_tickets(seed, [("nord", "hôtel 1")]) == hashlib.sha256(text).digest()
    assert cluster_tickets(seed, [("nord", "hôtel 1")]) != ticket(seed, "nord\thôtel 1")


# --- supersets --------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["simple", "clusters"]),
    st.integers(2, 20),
    st.integers(0, 20),
    st.integers(),
)
def test_a_larger_sample_holds_the_smaller_and_then_its_reserve(
    method: str, n: int, more: int, beacon: int
) -> None:
    """Under one beacon the sample of n + k is the sample of n with its reserve of k."""
    frame = from_units(Unit(f"P{at}", "", f"H{at % 40}") for at in range(100))
    small = drawn(frame, design(method, n, more), str(beacon))
    large = drawn(frame, design(method, n + more), str(beacon))
    assert ids(large) == ids(small) | ids(small, "reserve")


@settings(max_examples=30, deadline=None)
@given(st.integers(6, 30), st.integers(0, 20), st.integers())
def test_strata_that_are_given_no_fewer_hold_who_they_held(n: int, more: int, beacon: int) -> None:
    """Stratified, equal shares: each stratum's sample grows by the next tickets."""
    small, large = (
        Design(method="stratified", announced="dice", size=size, allocation="equal")
        for size in (n, n + more)
    )
    assert ids(drawn(LARGE, small, str(beacon))) <= ids(drawn(LARGE, large, str(beacon)))


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 4), st.integers(0, 4), st.integers(0, 3), st.integers())
def test_more_people_per_cluster_are_the_same_and_then_the_reserve(
    take: int, reserve: int, more: int, beacon: int
) -> None:
    """In two stages a larger take holds the smaller and its reserve, and more clusters the fewer."""
    small = drawn(LARGE, design("two_stages", 12, reserve, take), str(beacon))
    large = drawn(LARGE, design("two_stages", 12, 0, take + reserve), str(beacon))
    assert ids(large) == ids(small) | ids(small, "reserve")
    wide = drawn(LARGE, design("two_stages", 12 + 3 * more, reserve, take), str(beacon))
    assert ids(wide) >= ids(small)


# --- what the selected say of themselves ------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(6, 30), st.integers(2, 5), st.integers(0, 4), st.integers())
def test_in_two_stages_orders_and_counts_agree_with_the_frame(
    n: int, take: int, reserve: int, beacon: int
) -> None:
    """Each cluster's people are counted from 1 by ticket; all are taken where there are fewer."""
    result = drawn(LARGE, design("two_stages", n, reserve, take), str(beacon))
    people = Counter((unit.stratum, unit.cluster) for unit in map(LARGE.unit, range(200)))
    found = defaultdict(list)
    for person in result.selected:
        found[person.unit.stratum, person.unit.cluster].append(person)
    assert len(found) == n == len({one.cluster for one in result.selected})
    for key, mine in found.items():
        cluster = mine[0].cluster
        assert cluster is not None
        assert all(person.cluster == cluster for person in mine)
        assert cluster.population == people[key]
        assert cluster.drawn == min(take, people[key])
        assert cluster.reserve == min(reserve, people[key] - cluster.drawn)
        assert [person.order for person in mine] == list(range(1, len(mine) + 1))
        assert [ticket(result.seed, p.unit.id) for p in mine] == sorted(
            ticket(result.seed, p.unit.id) for p in mine
        )
        assert sum(person.status == "released" for person in mine) == cluster.drawn
        assert len(mine) == cluster.drawn + cluster.reserve


@pytest.mark.parametrize("more", [{"take": 10**30}, {"take": 2, "reserve": 10**30}])
def test_in_two_stages_nobody_gives_more_than_it_has(more: dict[str, int]) -> None:
    """However much the design of a certificate asks for: all of a cluster are drawn, or in reserve."""
    result = drawn(SMALL, design("two_stages", len(SMALL.clusters), **more))
    assert ids(result) | ids(result, "reserve") == {unit.id for unit in PEOPLE}


def test_whole_clusters_are_drawn_with_all_their_people_in_one_order() -> None:
    """The order, and whether it is the reserve, is the cluster's; N_h and n_h count clusters."""
    result = drawn(LARGE, design("clusters", 12, 6))
    strata = result.plan.strata
    assert [(s.population, s.drawn, s.reserve) for s in strata] == [(17, 4, 2)] * 3
    found = defaultdict(list)
    for person in result.selected:
        found[person.stratum.number, person.order].append(person)
    assert sorted(found) == [(stratum, at) for stratum in (1, 2, 3) for at in range(1, 7)]
    for (_stratum, order), mine in found.items():
        cluster = mine[0].cluster
        assert cluster is not None
        assert (cluster.drawn, cluster.reserve) == (len(mine), 0) == (cluster.population, 0)
        assert len({(p.unit.stratum, p.unit.cluster, p.status) for p in mine}) == 1
        assert mine[0].status == ("released" if order <= 4 else "reserve")


def test_a_cluster_of_one_code_in_two_strata_is_two() -> None:
    """A hotel that lies in two strata is drawn in each for itself."""
    frame = from_units(Unit(f"{s}{at}", s, f"H{at % 4}") for s in "ab" for at in range(12))
    result = drawn(frame, design("clusters", 4))
    assert [stratum.population for stratum in result.plan.strata] == [4, 4]
    assert len({(p.unit.stratum, p.unit.cluster) for p in result.selected}) == 4


def test_the_numbers_of_clusters_are_the_callers_and_change_nothing_else() -> None:
    """Drawn again with other numbers, the same people come in the same order."""
    wanted = design("two_stages", 9, 1, 3)
    again = draw(LARGE, SALT, wanted, "a public number", lambda n: range(n, 0, -1))
    first = drawn(LARGE, wanted)
    assert [(p.unit, p.order, p.status) for p in again.selected] == [
        (p.unit, p.order, p.status) for p in first.selected
    ]
    numbers = [p.cluster.number for p in again.selected if p.cluster]
    assert set(numbers) == set(range(1, 10))
    assert numbers == sorted(numbers, reverse=True)


# --- along the list ---------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 200), st.integers(0, 30), st.integers())
def test_a_systematic_sample_takes_every_nth_of_the_sorted_list(
    n: int, reserve: int, beacon: int
) -> None:
    """Places ⌊u·N/n + k·N/n⌋ by exact fractions; the reserve are the next tickets of the others."""
    reserve = min(reserve, 200 - n)
    result = drawn(LARGE, design("systematic", n, reserve), str(beacon))
    along = sorted(map(LARGE.unit, range(200)), key=lambda u: (u.stratum, u.cluster, u.id))
    interval = Fraction(200, n)
    u = Fraction(int.from_bytes(ticket(result.seed, "systematic/v1")), 2**256)
    units = [along[floor(u * interval + k * interval)] for k in range(n)]
    others = [unit for unit in along if unit not in units]
    others.sort(key=lambda unit: ticket(result.seed, unit.id))
    assert [p.unit for p in result.selected] == units + others[:reserve]
    assert [p.order for p in result.selected] == list(range(1, n + reserve + 1))
    for code in LARGE.strata:  # spread along the list, a stratum has its share to within one
        share = Fraction(n * sum(unit.stratum == code for unit in along), 200)
        assert abs(sum(unit.stratum == code for unit in units) - share) < 1
