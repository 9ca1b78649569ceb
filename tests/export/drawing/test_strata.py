"""Shares add up and stay in their room; merging ends with enough in each stratum."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from export.drawing.strata import Group, Merge, collapse, shares

sizes = st.lists(st.integers(1, 200), min_size=1, max_size=12)


@settings(max_examples=150)
@given(sizes, st.integers(0, 400))
def test_shares_add_up_and_are_within_one_of_their_quota(
    populations: list[int], total: int
) -> None:
    """Largest remainder: Σ n_h = n, n_h ≤ N_h, and n_h is the quota rounded down or up."""
    assume(total <= sum(populations))
    n = shares(populations, total)
    assert sum(n) == total
    for n_h, size in zip(n, populations, strict=True):
        assert n_h <= size
        assert abs(n_h - Fraction(total * size, sum(populations))) < 1


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 100), st.integers(0, 100)), min_size=1, max_size=8),
    st.integers(0, 300),
)
def test_shares_fill_a_room_before_they_overflow(places: list[tuple[int, int]], total: int) -> None:
    """Whatever the rooms, the whole is shared and none is exceeded."""
    weights, room = [a for a, _ in places], [b for _, b in places]
    assume(total <= sum(room))
    n = shares(weights, total, room)
    assert sum(n) == total
    assert all(0 <= n_h <= space for n_h, space in zip(n, room, strict=True))


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 30), st.integers(0, 60)),
        min_size=1,
        max_size=8,
    ),
    st.integers(0, 300),
)
def test_shares_keep_both_bounds_whenever_they_can(
    places: list[tuple[int, int, int]], total: int
) -> None:
    """Whatever the sizes, least and room: the whole is shared, and every part is within."""
    sizes = [size for size, _low, _more in places]
    least = [low for _size, low, _more in places]
    room = [low + more for _size, low, more in places]
    if not sum(least) <= total <= sum(room):
        with pytest.raises(ValueError, match="bounds"):
            shares(sizes, total, room, least)
        return
    n = shares(sizes, total, room, least)
    assert sum(n) == total
    assert all(low <= n_h <= high for low, n_h, high in zip(least, n, room, strict=True))


@settings(max_examples=150)
@given(sizes, st.integers(0, 8), st.integers(8, 40), st.integers(0, 300))
def test_under_the_same_bounds_the_larger_has_no_less(
    populations: list[int], low: int, high: int, total: int
) -> None:
    """Bounds move shares, they do not turn their order round."""
    n = len(populations)
    assume(low * n <= total <= high * n)
    found = shares(populations, total, [high] * n, [low] * n)
    pairs = sorted(zip(populations, found, strict=True))
    smallest: dict[int, int] = {}
    largest: dict[int, int] = {}
    for size, n_h in pairs:
        smallest[size] = min(n_h, smallest.get(size, n_h))
        largest[size] = max(n_h, largest.get(size, n_h))
    ordered = sorted(smallest)
    assert all(largest[a] <= smallest[b] for a, b in pairwise(ordered))


def test_shares_with_bounds_by_hand() -> None:
    """50 of 10, 500 and 490 with at least 5; 30 by 4, 200 and 0 with rooms of 9, 15 and 40."""
    assert shares([10, 500, 490], 50) == (1, 25, 24)
    assert shares([10, 500, 490], 50, None, [5, 5, 5]) == (5, 23, 22)
    assert shares([400, 200, 0], 30, [9, 15, 40], [0, 0, 0]) == (9, 15, 6)


def test_ties_of_remainders_go_to_the_first() -> None:
    """Three equal strata and four to share: the first has two."""
    assert shares([10, 10, 10], 4) == (2, 1, 1)
    assert shares([10, 10, 10], 5) == (2, 2, 1)


def test_what_has_no_room_cannot_be_shared() -> None:
    """More than every room together is a mistake of the caller."""
    with pytest.raises(ValueError, match="share"):
        shares([5, 5], 7, [3, 3])


def groups(*populations: int) -> list[Group]:
    return [Group(chr(97 + at), N, (at + 1,)) for at, N in enumerate(populations)]


def test_the_smallest_is_merged_with_its_smaller_neighbour_and_keeps_the_first_code() -> None:
    """Of 30, 4, 6 and 60 with 10 to draw: 4 goes to 6, not to 30; 10 still has one, and goes to 30."""
    counts = {  # allocations by hand, 10 of 100
        (30, 4, 6, 60): (3, 0, 1, 6),
        (30, 10, 60): (3, 1, 6),
        (40, 60): (4, 6),
    }
    kept, n, merges = collapse(
        groups(30, 4, 6, 60), lambda now: counts[tuple(group.population for group in now)]
    )
    assert merges == (Merge(2, 3), Merge(1, 2))
    assert [(group.code, group.members) for group in kept] == [("a", (1, 2, 3)), ("d", (4,))]
    assert n == (4, 6)


def test_ties_are_broken_by_code() -> None:
    """Two equal small strata: the first by code is merged; two equal neighbours: the first."""
    kept, _n, merges = collapse(
        groups(9, 1, 9), lambda now: [1 if group.population == 1 else 5 for group in now]
    )
    assert merges == (Merge(1, 2),)
    assert [group.code for group in kept] == ["a", "c"]


def test_neighbours_are_those_of_the_order_given() -> None:
    """With b, a, c in order of similarity, a goes to the smaller of b and c."""
    order = [Group("b", 50, (2,)), Group("a", 3, (1,)), Group("c", 40, (3,))]
    kept, _n, merges = collapse(order, lambda now: [group.population // 4 for group in now])
    assert merges == (Merge(1, 3),)
    assert [(group.code, group.members) for group in kept] == [("b", (2,)), ("a", (1, 3))]


@settings(max_examples=150)
@given(sizes, st.integers(2, 60))
def test_merging_ends_with_enough_everywhere_and_loses_nobody(
    populations: list[int], n: int
) -> None:
    """Populations, members and the sample are kept; only a single stratum may stay short."""
    assume(n <= sum(populations))
    start = groups(*populations)
    kept, drawn, merges = collapse(
        start, lambda now: shares([group.population for group in now], n)
    )
    assert sum(group.population for group in kept) == sum(populations)
    assert sorted(k for group in kept for k in group.members) == list(
        range(1, len(populations) + 1)
    )
    assert len(kept) + len(merges) == len(start)
    assert sum(drawn) == n
    assert all(n_h >= 2 for n_h in drawn)
