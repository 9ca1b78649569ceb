"""One interviewer beside all the others."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.auditing.shares import LEAST, LEVEL, Tally, above_median, compared, holm

PROBABILITIES = st.lists(st.floats(0, 1), max_size=12)


def exact(a: int, b: int, c: int, d: int) -> float:
    """Return Fisher's two-sided probability of a table, by whole numbers."""
    ways = [
        comb(a + b, k) * comb(c + d, a + c - k) if a + c - k >= 0 else 0 for k in range(a + c + 1)
    ]
    return float(Fraction(sum(way for way in ways if way <= ways[a]), sum(ways)))


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.integers(0, 12)] * 4))
def test_the_probability_is_that_of_all_tables_as_rare_or_rarer(counts: tuple[int, ...]) -> None:
    """Fisher's exact test, against a count of every table with the same margins."""
    a, b, c, d = counts
    found = compared([Tally("fast", "I1", a, a + b), Tally("fast", "I2", c, c + d)])
    if min(a + b, c + d) < LEAST or a + c == 0 or b + d == 0:
        assert all((one.p, one.adjusted) == (None, None) for one in found)
        return
    mine, theirs = found
    assert (mine.others_count, mine.others_of) == (c, c + d)
    assert (mine.p, theirs.p) == pytest.approx((exact(a, b, c, d),) * 2)


def test_fishers_own_table() -> None:
    """Salsburg's convicts and their twins in Fisher (1934): 10 and 2 against 3 and 15, p = 0.0005367."""
    first, _second = compared([Tally("fast", "I1", 10, 12), Tally("fast", "I2", 3, 18)])
    assert first.p == pytest.approx(0.0005367, abs=1e-7)


@given(PROBABILITIES, st.randoms(use_true_random=False))
def test_holm_keeps_the_order_and_is_never_below_the_probability(
    found: list[float], chance: random.Random
) -> None:
    """A smaller probability stays the smaller one; one alone is as it was; shuffled, each keeps its own."""
    adjusted = holm(found)
    assert all(p <= a <= 1 for p, a in zip(found, adjusted, strict=True))
    in_order = sorted(zip(found, adjusted, strict=True))
    assert [a for _p, a in in_order] == sorted(adjusted)
    shuffled = list(range(len(found)))
    chance.shuffle(shuffled)
    assert holm([found[at] for at in shuffled]) == [adjusted[at] for at in shuffled]
    assert holm(found[:1]) == found[:1]


def test_holm_as_published() -> None:
    """R's p.adjust(c(0.01, 0.02, 0.03, 0.005), "holm") is 0.03, 0.04, 0.04, 0.02."""
    assert holm([0.01, 0.02, 0.03, 0.005]) == pytest.approx([0.03, 0.04, 0.04, 0.02])


def test_where_nobody_differs_a_whole_audit_flags_somebody_once_in_twenty_at_most() -> None:
    """Six interviewers, four measures, 150 audits of nothing but chance."""
    chance = random.Random(5)
    flagged = 0
    for _audit in range(150):
        tallies = [
            Tally(measure, f"I{n}", sum(chance.random() < 0.3 for _one in range(20)), 20)
            for measure in ("fast", "round", "changed", "straight")
            for n in range(6)
        ]
        flagged += any(share.is_flagged for share in compared(tallies))
    assert flagged / 150 <= LEVEL


def test_somebody_altogether_different_is_flagged() -> None:
    """15 of 20 against 10 of 100, and nobody else."""
    tallies = [Tally("fast", f"I{n}", 15 if n == 3 else 2, 20) for n in range(6)]
    assert [share.who for share in compared(tallies) if share.is_flagged] == ["I3"]


def test_too_few_interviews_and_being_alone_are_not_tested() -> None:
    """A share of four says more of four people than of their interviewer."""
    assert compared([Tally("fast", "I1", 9, 9)])[0].p is None
    few = compared([Tally("fast", "I1", 4, 4), Tally("fast", "I2", 0, 90)])
    assert [share.p for share in few] == [None, None]
    assert compared([Tally("fast", "I1", 0, 0)]) == ()


def test_half_are_above_the_median_at_most() -> None:
    """And nobody where all are alike."""
    found = above_median("round", {"I1": [0.1, 0.2], "I2": [0.3, 0.4]})
    assert [(one.who, one.count, one.of) for one in found] == [("I1", 0, 2), ("I2", 2, 2)]
    alike = above_median("round", {"I1": [1 / 3] * 3, "I2": [2 / 6] * 4})
    assert [one.count for one in alike] == [0, 0]
    assert above_median("round", {"I1": []}) == []
