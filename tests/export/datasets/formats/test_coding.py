"""Choices as numbers, statuses as kinds of missing values."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.datasets.coding import EXACT, KINDS, LARGEST, LETTERS, Coded, coded, fits_long, numbered
from export.datasets.described import Column, Sheet
from export.datasets.names import cut, cut_bytes, names_for
from surveys.codebook import STATUSES
from surveys.instrument import Instrument
from surveys.problems import Refusal

NAMES = st.lists(st.text(min_size=1, max_size=8), unique=True, min_size=1, max_size=8)


def column(name: str = "x") -> Column:
    return Column(name, "value", "X", None)


def one(values: list[object], dtype: type[pl.DataType], instrument: Instrument) -> Coded:
    sheet = Sheet("data", pl.DataFrame([pl.Series("x", values, dtype=dtype)]), (column(),))
    return coded(sheet, instrument, "fr")[0]


def test_every_status_is_a_kind_of_missing_value() -> None:
    """In the order .a to .f: refused first."""
    assert set(KINDS) == set(STATUSES)
    assert LETTERS == {
        "refused": "a",
        "dont_know": "b",
        "not_applicable": "c",
        "not_asked": "d",
        "broke_off": "e",
        "no_answer": "f",
    }


@given(NAMES)
def test_no_two_values_have_one_number(names: list[str]) -> None:
    """And each value has one, also one that stands in the column and not in the list."""
    found = numbered(names[1:], pl.Series([names[0], None], dtype=pl.String))
    assert set(found) == set(names)
    assert len(set(found.values())) == len(names)


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (["3", "-1", "0"], [3, -1, 0]),
        (["1", "02"], [1, 2]),
        (["-", "18", "25"], [1, 2, 3]),
        (["f", "m"], [1, 2]),
        (["1", str(LARGEST + 1)], [1, 2]),
        (["1", "1.5"], [1, 2]),
        (["٣", "1"], [1, 2]),
    ],
)
def test_names_that_are_numbers_stay_and_others_are_counted(
    names: list[str], numbers: list[int]
) -> None:
    """Only where all of a list are whole numbers that Stata holds, written as it writes them."""
    assert list(numbered(names, pl.Series([], dtype=pl.String)).values()) == numbers


@given(st.lists(st.integers(-(10**15), 10**15) | st.integers(-1000, 0), max_size=5))
def test_no_value_is_among_the_numbers_that_stand_for_missing_ones(values: list[int]) -> None:
    """They are a block of six, exact as doubles; below everything, and 0, where there is room."""
    made = Coded(column(), "whole", pl.Series(values, dtype=pl.Int64), None, KINDS)
    block = list(made.block.values())
    assert block == [block[0] - n for n in range(6)]
    assert not set(block) & set(values)
    assert block[-1] > -EXACT
    if min([0, *values]) > -(10**14):
        assert all(block[0] < value for value in [0, *values])


def test_a_value_at_every_such_number_is_refused() -> None:
    """With the name of the column; no value is said."""
    lowest = [-(10**digits - 5) for digits in range(2, 17)]
    made = Coded(column(), "whole", pl.Series(lowest), None, KINDS)
    with pytest.raises(Refusal, match="column “x” has a value at every number"):
        made.block  # noqa: B018 - it is reckoned when it is read


def test_the_block_is_a_round_one() -> None:
    """-91 to -96 nearly always; one more nine in front where a value is as low."""
    for least, first in ((0, -91), (-90, -91), (-91, -991), (-990, -991), (-991, -9991)):
        made = Coded(column(), "whole", pl.Series([least]), None, KINDS)
        assert made.block["refused"] == first


def test_numbers_a_double_would_round_are_text(instrument: Instrument) -> None:
    """Nothing is changed by writing it; numbers below are numbers, and Stata's long where it holds them."""
    assert one([EXACT + 1], pl.Int64, instrument).holds == "text"
    assert one([EXACT, None], pl.Int64, instrument).holds == "whole"
    assert not fits_long(one([LARGEST + 1], pl.Int64, instrument))
    assert fits_long(one([LARGEST, None], pl.Int64, instrument))
    assert not fits_long(one([1.5], pl.Float64, instrument))


# --- names and labels -----------------------------------------------------------------------------


@given(st.lists(st.text(min_size=1, max_size=40), unique_by=str.lower, max_size=12))
def test_short_names_are_unique_and_plain(wanted: list[str]) -> None:
    """ASCII letters, digits and underscores, a letter first, none reserved, none too long."""
    found = names_for(((name, 8) for name in wanted), {"if", "with"})
    assert list(found) == wanted
    short = [name.lower() for name in found.values()]
    assert len(set(short)) == len(wanted)
    for name in short:
        assert len(name) <= 8
        assert name.isascii()
        assert name[0].isalpha()
        assert name.replace("_", "a").isalnum()
        assert name not in {"if", "with"}


def test_a_name_that_needs_no_change_keeps_it_from_one_that_does() -> None:
    """Whatever their order."""
    found = names_for([("weight-2", 32), ("weight_2", 32), ("if", 32), ("Été", 32)], {"if"})
    assert found == {"weight-2": "weight_2_2", "weight_2": "weight_2", "if": "if_2", "Été": "Ete"}


@given(st.text(max_size=30), st.integers(4, 20))
def test_a_text_is_cut_where_it_must_be_and_says_so(text: str, longest: int) -> None:
    """Never in the middle of a character."""
    assert len(cut(text, longest)) <= longest
    assert len(cut_bytes(text, longest).encode("utf-8")) <= longest
    assert (cut(text, longest) == text) == (len(text) <= longest or text.endswith("…"))
    assert len(text.encode("utf-8")) > longest or cut_bytes(text, longest) == text
