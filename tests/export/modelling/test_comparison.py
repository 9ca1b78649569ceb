"""Dominance: a brute force over mixtures must agree, then cases by hand."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.modelling.comparison import Compared, compared, difference
from export.modelling.probabilistic import curves
from export.modelling.totals import Totals

points = st.lists(st.tuples(st.integers(-12, 12), st.integers(-12, 12)), min_size=1, max_size=8)
SOME = settings(max_examples=200)


def ranked(some: list[tuple[float, float]]) -> dict[str, Compared]:
    names = [f"s{at}" for at in range(len(some))]
    return {one.name: one for one in compared(names, [c for c, _e in some], [e for _c, e in some])}


def places(*some: tuple[float, float]) -> list[str]:
    found = ranked(list(some))
    return [found[f"s{at}"].place for at in range(len(some))]


def dominates(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a[0] <= b[0] and a[1] >= b[1] and a != b


def is_mixed_away(one: tuple[int, int], some: list[tuple[int, int]]) -> bool:
    """Say whether some strategy, or two together in shares of the people, yield more for no more cost.

    In whole numbers, so that nothing is rounded: the mixture of a and b that costs what `one` does.
    """
    for a, b in combinations(sorted(set(some)), 2):
        if a[0] < one[0] < b[0]:
            span = b[0] - a[0]
            if a[1] * (b[0] - one[0]) + b[1] * (one[0] - a[0]) > one[1] * span:
                return True
    return any(dominates(other, one) for other in some)


@SOME
@given(points)
def test_the_frontier_is_what_no_mixture_beats(some: list[tuple[int, int]]) -> None:
    """Dominated and by extension dominated are those that a brute force over all pairs finds."""
    found = ranked([(float(c), float(e)) for c, e in some])
    for at, one in enumerate(some):
        place = found[f"s{at}"].place
        if some.index(one) < at:
            assert place == "equal"
        elif any(dominates(other, one) for other in some):
            assert place == "dominated"
        elif is_mixed_away(one, some):
            assert place == "extendedly_dominated"
        else:
            assert place == "frontier"


@SOME
@given(points)
def test_ratios_rise_along_the_frontier(some: list[tuple[int, int]]) -> None:
    """Each costs more, yields more, and its ratio is no less than the one before; the cheapest has none."""
    found = list(ranked([(float(c), float(e)) for c, e in some]).values())
    edge = [one for one in found if one.place == "frontier"]
    assert edge[0].icer is None
    assert edge[0].against == ""
    assert edge[0].cost == min(c for c, _e in some)
    ratios = [one.icer for one in edge[1:] if one.icer is not None]
    assert len(ratios) == len(edge) - 1
    assert ratios == pytest.approx(sorted(ratios))
    for before, one in pairwise(edge):
        assert one.against == before.name
        assert one.cost_more == one.cost - before.cost > 0
        assert one.effect_more == one.effect - before.effect > 0
    assert all(one.icer is None for one in found if one.place != "frontier")


@SOME
@given(points, st.integers(0, 40))
def test_the_best_at_any_worth_is_on_the_frontier(some: list[tuple[int, int]], worth: int) -> None:
    """The greatest net benefit at a worth is that of a strategy on the frontier."""
    found = ranked([(float(c), float(e)) for c, e in some]).values()
    best = max(worth * e - c for c, e in some)
    assert best in [worth * one.effect - one.cost for one in found if one.place == "frontier"]


@SOME
@given(points, st.integers(-100, 100), st.integers(-100, 100))
def test_places_hang_on_differences_only(
    some: list[tuple[int, int]], cost: int, effect: int
) -> None:
    """The same cost and effect more for all moves nothing, also where both are below 0."""
    moved = [(float(c + cost), float(e + effect)) for c, e in some]
    assert places(*moved) == places(*((float(c), float(e)) for c, e in some))


@SOME
@given(points, st.permutations(range(8)))
def test_the_order_of_the_list_moves_no_frontier(
    some: list[tuple[int, int]], order: list[int]
) -> None:
    """Costs and effects on the frontier are the same however strategies are listed."""

    def edge(listed: list[tuple[int, int]]) -> list[tuple[float, float]]:
        found = ranked([(float(c), float(e)) for c, e in listed]).values()
        return sorted((one.cost, one.effect) for one in found if one.place == "frontier")

    assert edge(some) == edge([some[at] for at in order if at < len(some)])


@pytest.mark.parametrize(
    ("some", "expected"),
    [
        ([(0, 0)], ["frontier"]),
        ([(0, 0), (10, 1)], ["frontier", "frontier"]),
        ([(0, 0), (-10, 1)], ["dominated", "frontier"]),
        ([(0, 0), (-10, -1)], ["frontier", "frontier"]),
        ([(0, 0), (10, -1)], ["frontier", "dominated"]),
        ([(0, 0), (10, 0)], ["frontier", "dominated"]),
        ([(0, 0), (0, 1)], ["dominated", "frontier"]),
        ([(0, 0), (0, 0)], ["frontier", "equal"]),
        ([(0, 0), (10, 1), (12, 3)], ["frontier", "extendedly_dominated", "frontier"]),
        ([(0, 0), (10, 1), (20, 2)], ["frontier", "frontier", "frontier"]),
        ([(-20, -2), (-10, -1.5), (-9, 0)], ["frontier", "extendedly_dominated", "frontier"]),
        # The second rests on the third, which the fourth throws off in turn.
        (
            [(0, 0), (10, 2), (21, 4), (25, 10)],
            ["frontier", "extendedly_dominated", "extendedly_dominated", "frontier"],
        ),
    ],
)
def test_cases_by_hand(some: list[tuple[float, float]], expected: list[str]) -> None:
    """Dearer and worse, cheaper and better, ties of one and of both, on a line, and by extension."""
    assert places(*some) == expected


def test_what_is_equal_says_to_what() -> None:
    """And what is dominated, by what: the twin of a dominated strategy is seen to be no better."""
    found = compared(["a", "b", "c"], [1, 2, 2], [5, 4, 4])
    assert [(one.name, one.place, one.against) for one in found] == [
        ("a", "frontier", ""),
        ("b", "dominated", "a"),
        ("c", "equal", "b"),
    ]


def test_costs_stay_as_they_are_computed() -> None:
    """Ties are looked for among twelve digits; what is shown has all of them."""
    cost = 152262.29071826546
    assert compared(["a", "b"], [cost, 2 * cost], [1.0, 2.0])[0].cost == cost


def test_saving_and_yielding_less_has_a_ratio_of_what_it_is_cheaper_than() -> None:
    """A programme that saves 10 and loses 1 makes usual care the dearer: 10 for one more."""
    found = ranked([(0.0, 0.0), (-10.0, -1.0)])
    assert found["s0"].against == "s1"
    assert found["s0"].icer == 10
    assert found["s1"].icer is None


def test_names_come_from_the_cheapest_to_the_dearest() -> None:
    """Of equal cost the best is first, and equal strategies as they are listed."""
    found = compared(["a", "b", "c", "d"], [5, 1, 1, 5], [0, 0, 1, 0])
    assert [one.name for one in found] == ["c", "b", "a", "d"]
    assert [one.place for one in found] == ["frontier", "dominated", "dominated", "equal"]


def test_rounding_is_no_difference() -> None:
    """Two sums of the same in another order are the same."""
    assert difference(0.1 + 0.2, 0.3) == 0
    assert difference(1e-12, 0) == 1e-12


def test_a_tie_but_for_rounding_is_a_tie() -> None:
    """0.1 + 0.2 is 0.3: dearer for the same is dominated, and no ratio of 18 digits is told."""
    dearer, better = compared(["a", "b"], [100, 1100], [0.3, 0.1 + 0.2])[1], 0.1 + 0.2
    assert (dearer.place, dearer.icer) == ("dominated", None)
    found_places = [one.place for one in compared(["a", "b"], [0.3, better], [1, 2])]
    assert found_places == ["frontier", "dominated"]
    assert compared(["a", "b"], [0.3, better], [better, 0.3])[1].place == "equal"
    found = Totals(np.array([[[0.3]], [[better]]]), np.zeros((2, 1, 1)), np.zeros((2, 1)))
    assert curves(found, np.array([1.0])).acceptable[:, 0].tolist() == [0.5, 0.5]
