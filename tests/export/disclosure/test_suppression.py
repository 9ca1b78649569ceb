"""Cells emptied, and the cheapest way to enough alike: what is promised of both."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from export.disclosure.classes import MISSING, Codes, Floats, distinct, gathered
from export.disclosure.coarsening import bounds_of, coarser, each_apart
from export.disclosure.keys import APART, Key
from export.disclosure.matching import frequencies
from export.disclosure.remedies import Demand, Way, below, cheapest, emptied_alone
from export.disclosure.stages import Stage, entropy, lack_of, next_stage
from export.disclosure.suppression import suppressed

CODES = arrays(
    np.int64,
    st.tuples(st.integers(1, 25), st.integers(1, 4)),
    elements=st.integers(MISSING, 3),
)


def emptied(codes: Codes, k: int, fixed: list[int]) -> Codes | None:
    """Return the codes of people with cells emptied until k are alike."""
    found, which = distinct(codes)
    amounts = gathered(np.ones((len(codes), 1)), which, len(found))
    mask = np.isin(np.arange(codes.shape[1]), fixed)
    short = frequencies(found, codes, np.ones(len(codes)))[0] < k
    bits = (found != MISSING) * 1.0
    return suppressed(found, which, amounts, short, lambda sums: sums[:, 0] >= k, bits, mask)


def alike(codes: Codes, shown: Codes) -> int:
    """Return the least number of rows that could be anybody's, of whom the truth is known."""
    return int(frequencies(codes, shown, np.ones(len(codes)))[0].min())


@given(CODES, st.integers(1, 6))
@settings(max_examples=80, deadline=None)
def test_after_local_suppression_everybody_matches_k_people(codes: Codes, k: int) -> None:
    """min f ≥ k, also for who knows what was emptied; no cell is changed; only fewer than k people are too few."""
    found = emptied(codes, k, [])
    if found is None:
        assert len(codes) < k
        return
    assert alike(found, found) >= k
    assert alike(codes, found) >= k
    assert ((found == codes) | (found == MISSING)).all()


@given(CODES, st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_cells_of_a_fixed_key_are_never_emptied(codes: Codes, k: int) -> None:
    """Where those of others do not do, nothing is given back."""
    found = emptied(codes, k, [0])
    if found is not None:
        assert (found[:, 0] == codes[:, 0]).all()
        assert alike(codes, found) >= k


def test_nothing_is_emptied_where_enough_are_alike() -> None:
    """Five who are the same stay as they are."""
    codes = np.tile([1, 2], (5, 1))
    found = emptied(codes, 5, [])
    assert found is not None
    assert (found == codes).all()


def test_of_two_unlike_pairs_only_what_parts_them_is_emptied() -> None:
    """Two keys, one of which all share: the other is emptied."""
    codes = np.array([[0, 0], [0, 0], [0, 1], [0, 1]])
    found = emptied(codes, 3, [])
    assert found is not None
    assert (found[:, 0] == 0).all()
    assert (found[:, 1] == MISSING).all()


def test_an_empty_cell_alone_does_not_hide_a_rare_value() -> None:
    """Whoever knows the one rare value finds as many rows that can have it as are asked, not one."""
    codes = np.array([[0]] * 20 + [[1]])
    found = emptied(codes, 5, [])
    assert found is not None
    assert int(np.sum(found == MISSING)) == 5
    assert alike(codes, found) == 5


def plainly(codes: Codes, counts: list[int], k: int, fixed: list[int]) -> Codes | None:
    """Return what `suppressed` does of different rows, every group looked at in every round."""
    shown, sizes = codes.copy(), [float(one) for one in counts]
    bits = told(codes)
    people = [[(row, at) for at in range(count)] for row, count in enumerate(counts)]
    everybody = np.repeat(codes, counts, axis=0)
    short = [bool(f < k) for f in frequencies(codes, everybody, np.ones(len(everybody)))[0]]
    while any(short):
        one = min((row for row in range(len(codes)) if short[row]), key=lambda row: sizes[row])
        lack = max(k - sizes[one], 1)
        best: tuple[float, int, int] = (np.inf, 0, 0)
        for other, size in enumerate(sizes):
            differs = shown[one] != shown[other]
            if other == one or size == 0 or any(differs[at] for at in fixed):
                continue
            need = lack if not short[other] and size > lack and size - lack >= k else size
            lost = float(np.sum((bits[one] * sizes[one] + bits[other] * need)[differs]))
            best = min(best, (lost, other, int(need)))
        lost, other, moved = best
        if lost == np.inf:
            return None
        people[one] += people[other][:moved]
        people[other] = people[other][moved:]
        sizes[one] += moved
        sizes[other] -= moved
        short[other] = short[other] and sizes[other] > 0
        differs = shown[one] != shown[other]
        shown[one, differs], bits[one, differs] = MISSING, 0.0
        short[one] = sizes[one] < k
    found = {person: shown[row] for row, members in enumerate(people) for person in members}
    return np.array([found[person] for person in sorted(found)])


def told(codes: Codes) -> Floats:
    """Return bits of each cell, by key and value: sums of them are exact."""
    return np.where(codes == MISSING, 0.0, 1.0 + codes + 0.25 * np.arange(codes.shape[1]))


@given(
    st.integers(1, 11).flatmap(
        lambda keys: arrays(
            np.int64, st.tuples(st.integers(1, 12), st.just(keys)), elements=st.integers(MISSING, 2)
        )
    ),
    st.integers(1, 5),
    st.sampled_from([[], [0]]),
    st.data(),
)
@settings(max_examples=120, deadline=None)
def test_groups_are_put_together_as_by_looking_at_all_of_them(
    codes: Codes, k: int, fixed: list[int], data: st.DataObject
) -> None:
    """With the first of those that cost least; also with more than eight keys."""
    rows, _which = distinct(codes)
    counts = data.draw(st.lists(st.integers(1, 9), min_size=len(rows), max_size=len(rows)))
    which = np.repeat(np.arange(len(rows)), counts)
    sizes = np.array(counts, dtype=np.float64)[:, None]
    short = frequencies(rows, rows[which], np.ones(len(which)))[0] < k
    mask = np.isin(np.arange(rows.shape[1]), fixed)
    found = suppressed(rows, which, sizes, short, lambda sums: sums[:, 0] >= k, told(rows), mask)
    plain = plainly(rows, counts, k, fixed)
    assert (None if found is None else found.tolist()) == (
        None if plain is None else plain.tolist()
    )


def test_nothing_is_gone_on_with_that_loses_more_than_it_may() -> None:
    """The bits of all people together are counted as cells are emptied."""
    codes, which = np.array([[0], [1]]), np.array([0, 1])
    amounts, bits = np.ones((2, 1)), np.ones((2, 1))
    short, fixed = np.ones(2, dtype=np.bool_), np.zeros(1, dtype=np.bool_)

    def emptied_within(most: float) -> Codes | None:
        return suppressed(
            codes, which, amounts, short, lambda sums: sums[:, 0] >= 2, bits, fixed, most
        )

    assert emptied_within(2.0) is not None
    assert emptied_within(1.9) is None


# --- the cheapest way -------------------------------------------------------------------------


def key(name: str, codes: list[int], kind: str = "list") -> Key:
    values = tuple(str(one) for one in range(1 + max([*codes, 0])))
    return Key(name, kind, values, np.array(codes, dtype=np.int64), (name,))  # type: ignore[arg-type]


def truth_of(way: Way) -> Codes:
    """Return the keys of each person as coarse as they leave, none emptied; all the same where left out."""
    pairs = zip(way.keys, way.groups, strict=True)
    columns = [
        np.full(len(key.codes), MISSING) if one is None else one.codes(key.codes)
        for key, one in pairs
    ]
    return np.column_stack(columns)


@given(CODES, st.integers(1, 6), st.integers(1, 2))
@settings(max_examples=40, deadline=None)
def test_the_way_proposed_is_enough(codes: Codes, k: int, diversity: int) -> None:
    """Everybody matches k people who gave as many different answers as asked, or as there are."""
    keys = [key(f"key{at}", column.tolist()) for at, column in enumerate(codes.T)]
    demand = Demand(k, diversity, {"answer": np.arange(len(codes)) % 2})
    for way in (cheapest(keys, len(codes), demand), emptied_alone(keys, len(codes), demand)):
        if way is None:
            assert len(codes) < k
        else:
            assert below(truth_of(way), way.codes, demand) == 0


def counted(codes: Codes) -> tuple[Codes, Floats]:
    """Return the different rows and how many people there are of each."""
    found, which = distinct(codes)
    return found, np.bincount(which).astype(np.float64)


def lost(before: Codes, after: Codes) -> float:
    """Return the entropy lost of one key, counted anew."""
    values = [np.bincount(one[one != MISSING]).astype(np.float64) for one in (before, after)]
    return entropy(values[0]) - entropy(values[1])


@given(CODES, st.integers(2, 6), st.sampled_from(["list", "number", "times"]))
@settings(max_examples=60, deadline=None)
def test_each_step_brings_most_for_what_it_loses_counted_anew(
    codes: Codes, k: int, kind: str
) -> None:
    """Of all joins that could be made: people who lack fewer others, for the bits of entropy."""
    keys = [key(f"key{at}", column.tolist(), kind) for at, column in enumerate(codes.T)]
    stage, rows = Stage(tuple(each_apart(one) for one in keys)), codes
    while (found := next_stage(keys, stage, *counted(rows), k)) is not None:
        after, at, lookup = found
        now = lack_of(counted(rows)[1], k)

        def worth(
            at: int, column: Codes, times: int, now: float = now, rows: Codes = rows
        ) -> float:
            new = rows.copy()
            new[:, at] = column
            return (now - lack_of(counted(new)[1], k)) / max(
                times * lost(rows[:, at], column), 1e-9
            )

        new, groups = lookup[rows[:, at]], after.groups[at]
        plain = np.full(len(codes), MISSING) if groups is None else groups.codes(codes[:, at])
        assert new.tolist() == plain.tolist()
        times = 2 if groups is None else 1
        assert np.isclose(after.bits - stage.bits, times * lost(rows[:, at], new))
        best = worth(at, new, times)
        for other, old in enumerate(stage.groups):
            for one in () if old is None else coarser(keys[other], old):
                if len(one.places) > 1:
                    assert worth(other, one.codes(codes[:, other]), 1) <= best * (1 + 1e-9) + 1e-9
        stage, rows = after, np.column_stack([*rows.T[:at], new, *rows.T[at + 1 :]])


def test_neighbours_are_joined_rather_than_a_key_left_out() -> None:
    """Where joining two values is enough, the others stay apart."""
    codes = [0] * 20 + [1] * 20 + [2] * 20 + [3] * 2
    way = cheapest([key("region", codes)], 62, Demand(5, 1, {}))
    assert way is not None
    assert way.groups[0] is not None
    assert way.groups[0].places == ((0,), (1,), (2, 3))


def test_a_fixed_key_is_left_out_where_it_must_be() -> None:
    """How often a repeat was asked cannot be emptied for one person."""
    way = cheapest([key("children", list(range(10)), "times")], 10, Demand(2, 1, {}))
    assert way is not None
    assert way.groups == (None,)


def test_the_steps_of_a_key_join_neighbours_or_shorten_dates() -> None:
    """Not what stands apart; numbers of many values first in bands of a round width."""
    found = Key("size", "list", ("s", "m", "l", APART), np.array([0, 1, 2, 3]), ("size",))
    steps = [one.places for one in coarser(found, each_apart(found))]
    assert steps == [((0, 1), (2,), (3,)), ((0,), (1, 2), (3,))]
    dates = Key("month", "date", ("2022-01", "2022-02", "2022-04"), np.arange(3), ("month",))
    (quarters,) = coarser(dates, each_apart(dates))
    assert (quarters.unit, quarters.places) == ("quarter", ((0, 1), (2,)))
    (years,) = coarser(dates, quarters)
    assert (years.unit, years.places) == ("year", ((0, 1, 2),))
    assert list(coarser(dates, years)) == []
    ages = Key("age", "number", tuple(map(str, range(18, 60))), np.arange(42), ("age",))
    (widths,) = coarser(ages, each_apart(ages))
    assert [len(group) for group in widths.places] == [2] * 21


def test_the_bounds_of_bands_do_not_give_the_least_number_away() -> None:
    """The first band of open numbers has no lower bound; a first band that was one keeps it."""
    assert bounds_of([["18", "19"], ["25"]], is_open=True) == ("25",)
    assert bounds_of([["18"], ["25", "35"]], is_open=False) == ("18", "25")
    assert bounds_of([["-", "18"], ["25"]], is_open=False) == ("25",)
