"""Who matches whom, what it risks, what all who match have in common: sdcMicro's numbers, and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from export.disclosure import risk, uniqueness
from export.disclosure.classes import MISSING, Codes, Floats, distinct, numbered
from export.disclosure.diversity import likeness
from export.disclosure.matching import by_combinations, by_following, frequencies, matched
from export.disclosure.measures import measured

# sdcMicro 5.8.1, `francdat`: Key1 to Key4 and the weights of its 8 rows, and what it prints of them.
KEYS = np.array(
    [
        [1, 2, 5, 1],
        [1, 2, 1, 1],
        [1, 2, 1, 1],
        [3, 3, 1, 5],
        [4, 3, 1, 4],
        [4, 3, 1, 1],
        [6, 2, 1, 5],
        [1, 2, 5, 1],
    ]
)
WEIGHTS = np.array([18, 45.5, 39, 17, 541, 8, 5, 92])
RISKS = (
    ".0171442615962852 .0220423261832562 .0220423261832562 .177075834003514 .011654480146012 "
    ".297063077382834 .402359478108525 .0171442615962852"
).split()

CODES = arrays(
    np.int64,
    st.tuples(st.integers(1, 12), st.integers(0, 4)),
    elements=st.integers(MISSING, 2),
)


def like(one: list[int], other: list[int]) -> bool:
    return all(a == b or MISSING in (a, b) for a, b in zip(one, other, strict=True))


def test_the_frequencies_and_risks_of_sdcmicro_come_out() -> None:
    """f, F and the individual risks of its example, to the digits it prints."""
    f, population = frequencies(KEYS, KEYS, WEIGHTS)
    assert f.tolist() == [2, 2, 2, 1, 1, 1, 1, 2]
    assert population.tolist() == [110, 84.5, 84.5, 17, 541, 8, 5, 110]
    assert (int(np.sum(f < 2)), int(np.sum(f < 3))) == (4, 8)
    found = risk.individual(f, population)
    np.testing.assert_allclose(found, [float(one) for one in RISKS], rtol=1e-14)


def test_the_measures_of_a_dataset_are_those_of_its_people() -> None:
    """The least f, how many are below, the unique, the sum of the risks."""
    found = measured(KEYS, KEYS, WEIGHTS, {"answer": np.array([0, 1, 1, 0, 1, 0, MISSING, 0])}, 3)
    assert (found.n, found.k, found.below, found.uniques) == (8, 1, {2: 4, 3: 8}, 4)
    assert found.expected == pytest.approx(sum(float(one) for one in RISKS), rel=1e-12)
    assert found.population_uniques == pytest.approx(1 / 17 + 1 / 541 + 1 / 8 + 1 / 5)
    one = found.diversity[0]
    assert (one.different, one.distinct, one.alike) == (2, 1, 7)


def test_of_nobody_every_measure_is_nothing() -> None:
    """An empty table has no least and no mean."""
    nobody = np.zeros((0, 2), dtype=np.int64)
    found = measured(nobody, nobody, np.zeros(0), {}, 5)
    assert (found.n, found.k, found.mean, found.highest, found.expected) == (0, 0, 0, 0, 0)


@given(CODES)
@settings(max_examples=60, deadline=None)
def test_who_matches_is_found_as_by_comparing_each_with_each(codes: Codes) -> None:
    """A missing key matches anything, on either side."""
    weights = np.arange(1.0, len(codes) + 1)
    rows = codes.tolist()
    f, population = frequencies(codes, codes, weights)
    assert f.tolist() == [sum(like(one, other) for other in rows) for one in rows]
    assert population.tolist() == [
        sum(w for other, w in zip(rows, weights, strict=True) if like(one, other)) for one in rows
    ]


def compared(asked: Codes, given: Codes, amounts: Floats) -> list[list[float]]:
    """Return the sums of the amounts of those who match, each compared with each."""
    return [
        [
            sum(
                part for other, part in zip(given.tolist(), amount, strict=True) if like(one, other)
            )
            for amount in amounts.T.tolist()
        ]
        for one in asked.tolist()
    ]


@given(st.integers(1, 4), st.integers(0, 4), st.integers(1, 6), st.data())
@settings(max_examples=120, deadline=None)
def test_every_way_of_matching_finds_what_comparing_each_with_each_does(
    keys: int, highest: int, width: int, data: st.DataObject
) -> None:
    """By all combinations of values, by following beginnings, and by whichever of them is taken."""
    rows = st.integers(1, 14)
    asked, others = (
        data.draw(arrays(np.int64, (data.draw(rows), keys), elements=st.integers(MISSING, highest)))
        for _side in range(2)
    )
    amounts = np.arange(float(len(others) * width)).reshape(len(others), width)
    sizes = [int(max(a.max(), b.max())) + 2 for a, b in zip(asked.T, others.T, strict=True)]
    plain = compared(asked, others, amounts)
    assert matched(asked, others, amounts).tolist() == plain
    assert by_combinations(asked, others, amounts, sizes).tolist() == plain
    assert by_following(asked, others, amounts, sizes).tolist() == plain


@pytest.mark.parametrize("values", [2, 3, 40])
@pytest.mark.parametrize("share", [0.0, 0.05, 0.4])
def test_both_ways_of_matching_many_people_agree(share: float, values: int) -> None:
    """However many values keys have, and cells are missing: with more rows than are compared at a time."""
    chance = np.random.default_rng(7)
    codes = chance.integers(0, values, (1500, 6))
    codes[chance.random(codes.shape) < share] = MISSING
    some = chance.choice(1500, 25, replace=False)
    alike = (codes[some, None] == codes) | (codes[some, None] == MISSING) | (codes == MISSING)
    plain = np.all(alike, axis=2).sum(axis=1).tolist()
    sizes = [values + 1] * 6
    assert frequencies(codes, codes, np.ones(1500))[0][some].tolist() == plain
    assert by_following(codes, codes, np.ones((1500, 1)), sizes)[some, 0].tolist() == plain
    if values < 40:
        found = by_combinations(codes, codes, np.ones((1500, 1)), sizes)
        assert found[some, 0].tolist() == plain


def test_keys_of_more_values_than_a_number_holds_are_compared_too() -> None:
    """They are packed in several numbers."""
    codes = np.random.default_rng(1).integers(MISSING, 2**20, (40, 7))
    codes[20:] = codes[:20]
    amounts, sizes = np.ones((40, 1)), [2**20 + 1] * 7
    assert by_following(codes, codes, amounts, sizes).tolist() == compared(codes, codes, amounts)


def test_rows_of_more_combinations_than_a_number_holds_stay_apart() -> None:
    """Numbers of rows are shortened before they run over."""
    codes = np.random.default_rng(1).integers(0, 2**20, (300, 12))
    codes[100:200] = codes[:100]
    numbers = numbered(codes)
    assert len(np.unique(numbers)) == 200
    found, which = distinct(codes)
    assert (found[which] == codes).all()


@given(st.integers(1, 40), st.floats(0, 1e7))
@settings(max_examples=200, deadline=None)
def test_a_risk_lies_between_one_over_the_population_and_one_over_the_sample(
    f: int, more: float
) -> None:
    """It is the expected value of 1 over a number that is f at least, and F on average."""
    found = float(risk.individual(np.array([float(f)]), np.array([f + more]))[0])
    assert 1 / (f + more) - 1e-9 <= found <= 1 / f + 1e-9


@pytest.mark.parametrize("f", [1.0, 2.0, 3.0, 9.0])
def test_the_formulas_and_their_series_meet(f: float) -> None:
    """A share not sampled just below and just above where the series begin gives the same risk."""
    shares = np.array([1 - 0.99999e-4, 1 - 1.00001e-4])
    one, other = risk.individual(np.array([f, f]), f / shares)
    assert math.isclose(one, other, rel_tol=1e-6)
    assert risk.individual(np.array([f]), np.array([f / 2]))[0] == pytest.approx(1 / f)


def test_the_unique_are_counted_and_their_like_in_the_population_predicted() -> None:
    """p = 1/F for each who is alone in the sample."""
    f, population = np.array([1.0, 1.0, 2.0]), np.array([4.0, 2.0, 9.0])
    assert uniqueness.in_sample(f) == 2
    assert uniqueness.in_population(f, population) == 0.75


@given(CODES, st.data())
@settings(max_examples=60, deadline=None)
def test_diversity_is_that_of_the_answers_of_those_who_match(
    codes: Codes, data: st.DataObject
) -> None:
    """Distinct answers are counted; entropy is at most their number, and as much where all are as frequent."""
    width = st.lists(st.integers(MISSING, 2), min_size=len(codes), max_size=len(codes))
    answers = np.array(data.draw(width), dtype=np.int64)
    (found,) = likeness(codes, codes, np.ones(len(codes)), [answers]).diversity
    rows = codes.tolist()
    for one, number, entropy in zip(rows, *found, strict=True):
        given_ = [a for other, a in zip(rows, answers.tolist(), strict=True) if like(one, other)]
        known = [a for a in given_ if a != MISSING]
        if not known:
            assert math.isnan(number)
            continue
        assert number == len(set(known))
        assert 1 - 1e-9 <= entropy <= number + 1e-9
        shares = [known.count(a) / len(known) for a in set(known)]
        assert entropy == pytest.approx(math.exp(-sum(p * math.log(p) for p in shares)))
