"""Cells left out of a table: none that is small can be found again by taking one number from another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from export.estimating.withheld import (
    Counts,
    possible,
    small,
    with_totals,
    withheld,
    withheld_crossed,
)

THRESHOLD = 3  # small, so that every table that is possible can be tried


def counts(*values: int) -> Counts:
    return np.array(values, dtype=np.intp)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5), st.integers(1, 11))
def test_a_whole_and_its_other_parts_do_not_give_a_small_part(
    parts: list[int], threshold: int
) -> None:
    """It may be anything a small one can be, unless nothing at all is shown."""
    given_counts = counts(*parts)
    out = withheld(given_counts, threshold)
    assert np.all(out[small(given_counts, threshold)])
    assert not np.any(out & (given_counts == 0))
    if not np.any(out):
        return
    hidden = given_counts[out]
    most = int(hidden.sum()) - len(hidden) + 1
    assert (len(hidden) > 1 and most >= threshold - 1) or np.all(out[given_counts > 0])


@pytest.mark.parametrize(
    ("parts", "left_out"),
    [
        ([50, 30, 20], []),
        ([50, 37, 3], [1, 2]),  # 3 would be what is left of the whole
        ([50, 40, 0], []),
        ([40, 30, 5, 4], [1, 2, 3]),  # together 9, a cell of its own
        ([40, 30, 12, 9], [2, 3]),
        ([40, 6, 6, 6], [1, 2, 3]),
        ([90, 4, 3], [0, 1, 2]),
    ],
)
def test_the_least_that_protects_is_left_out(parts: list[int], left_out: list[int]) -> None:
    """With the usual threshold of 11."""
    assert np.flatnonzero(withheld(counts(*parts), 11)).tolist() == left_out


TABLES = st.integers(2, 3).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 5), min_size=columns, max_size=columns).filter(any),
        min_size=2,
        max_size=2,
    ).filter(lambda rows: sum(map(sum, rows)) <= 9)
)


@settings(max_examples=40)
@given(TABLES)
def test_every_small_cell_could_be_anything_a_small_cell_can(rows: list[list[int]]) -> None:
    """Found by trying every table that agrees with all that is printed, cells and totals.

    A total in which several cells are marked counts at least as many.
    """
    table = np.array(rows, dtype=np.intp)
    full = with_totals(table)
    out = withheld_crossed(table, THRESHOLD)
    primary = small(full, THRESHOLD)
    primary[-1, -1] = False
    assert np.all(out[primary])
    assert not out[-1, -1]
    assert not np.any(out & (full == 0))
    everything = full > 0
    everything[-1, -1] = False
    if not np.any(primary) or np.array_equal(out, everything):
        return
    agreeing = tables_like(full, out)
    for r, c in np.argwhere(primary):
        inside = out[:-1, c] if r == full.shape[0] - 1 else out[r, :-1]
        is_total = r == full.shape[0] - 1 or c == full.shape[1] - 1
        least = max(1, int(np.sum(inside))) if is_total else 1
        assert set(agreeing[:, r, c]) >= set(range(least, THRESHOLD))


def tables_like(full: Counts, out: NDArray[np.bool_]) -> Counts:
    """Return, with their totals, the tables that print the same: cells left out count somebody."""
    free, n = np.argwhere(out[:-1, :-1]), int(full[-1, -1])
    tried = np.indices((n,) * len(free)).reshape(len(free), -1).T + 1
    tables = np.repeat(full[np.newaxis, :-1, :-1], len(tried), axis=0)
    for at, (r, c) in enumerate(free):
        tables[:, r, c] = tried[:, at]
    wide = np.concatenate([tables, tables.sum(axis=2, keepdims=True)], axis=2)
    made = np.concatenate([wide, wide.sum(axis=1, keepdims=True)], axis=1)
    agrees = np.all(made[:, ~out] == full[~out], axis=1) & np.all(made[:, out] > 0, axis=1)
    return np.asarray(made[agrees])


def test_a_table_without_small_cells_is_printed_whole() -> None:
    """Cells of nobody are no secret: they are shown."""
    table = np.array([[20, 0, 15], [30, 11, 40]], dtype=np.intp)
    assert not np.any(withheld_crossed(table, 11))


def test_one_small_cell_takes_a_rectangle_with_it() -> None:
    """It alone could be found from its row; a second in the row, from its column."""
    table = np.array([[3, 40, 35], [20, 30, 60], [25, 50, 45]], dtype=np.intp)
    out = withheld_crossed(table, 11)
    assert out[:3, :3].sum() == 4
    assert not np.any(out[3, :])
    assert not np.any(out[:, 3])
    low, high = possible(with_totals(table), out, (0, 0))
    assert low == pytest.approx(1)
    assert high >= 10


def test_a_row_of_small_cells_takes_no_total_with_it() -> None:
    """12 people in three cells: each of these may be 1 to 10, which is all that a mark says."""
    table = np.array([[4, 5, 3], [27, 26, 23]], dtype=np.intp)
    out = withheld_crossed(table, 11)
    assert np.all(out[:2, :3])
    assert not np.any(out[2, :])
    assert not np.any(out[:, 3])


def test_a_small_total_is_left_out_too() -> None:
    """A column of 5 people is not told by its total either, nor by those of the others."""
    table = np.array([[3, 40, 35], [2, 30, 60]], dtype=np.intp)
    out = withheld_crossed(table, 11)
    assert out[2, 0]
    assert out[2].sum() >= 2


def test_where_nothing_helps_nothing_is_shown() -> None:
    """One small cell among zeros is its row and its column."""
    table = np.array([[3, 0], [0, 200]], dtype=np.intp)
    out = withheld_crossed(table, 11)
    assert np.array_equal(out, np.array([[1, 0, 1], [0, 1, 1], [1, 1, 0]], dtype=np.bool_))


@settings(max_examples=25)
@given(
    st.integers(2, 6),
    st.integers(2, 6),
    st.integers(0, 10**6),
    st.sampled_from([1.5, 6.0, 14.0, 40.0]),
    st.integers(2, 11),
)
def test_no_small_cell_is_bounded_more_closely_than_its_mark(
    rows: int, columns: int, seed: int, mean: float, threshold: int
) -> None:
    """Whatever found it safe (a rectangle, or all cells), a linear program of its own says the same."""
    table = np.random.default_rng(seed).poisson(mean, (rows, columns)).astype(np.intp)
    if not np.all(table.sum(axis=0)) or not np.all(table.sum(axis=1)):
        return
    full, out = with_totals(table), withheld_crossed(table, threshold)
    primary = small(full, threshold)
    primary[-1, -1] = False
    everything = full > 0
    everything[-1, -1] = False
    if np.array_equal(out, everything):
        return
    for r, c in np.argwhere(primary).tolist():
        low, high = possible(full, out, (r, c))
        is_total = r == rows or c == columns
        assert low <= 1 + 1e-6 or is_total
        assert high >= threshold - 1 - 1e-6


def test_large_tables_take_a_moment() -> None:
    """Four hundred cells, many of them small."""
    table = np.random.default_rng(3).poisson(9, (20, 20)).astype(np.intp)
    out = withheld_crossed(table, 11)
    full = with_totals(table)
    for r, c in np.argwhere(small(full, 11))[:5]:
        low, high = possible(full, out, (int(r), int(c)))
        assert low == pytest.approx(1)
        assert high >= 10 - 1e-6
