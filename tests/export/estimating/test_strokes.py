"""Lines in characters: as long as they may be, dots where they belong, plain where they must be."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from export.estimating.strokes import FINE, PLAIN, Scale, bar, ends, scale, strokes, whisker

VALUES = st.floats(-1e9, 1e9, allow_nan=False)


@given(VALUES, VALUES)
@example(0.0, 5e-324)
@example(-5e-324, 0.0)
@example(-5e-324, 5e-324)
def test_a_scale_holds_its_numbers_and_0(one: float, other: float) -> None:
    """With ends that are not far from them."""
    low, high = sorted((one, other))
    found = scale(low, high)
    spread = max(high, 0.0) - min(low, 0.0)
    assert found.low <= min(low, 0.0) + 1e-9 * spread
    assert found.high >= max(high, 0.0) - 1e-9 * spread
    if spread > 1e-300:
        assert found.high - found.low <= 2.2 * spread


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.248, 0.921, (0, 1)),
        (0.1, 0.289, (0, 0.3)),
        (8.1, 21.99, (0, 25)),
        (-12.6, -9, (-15, 0)),
        (-3, 8, (-5, 10)),
        (0, 0, (0, 1)),
        (400, 4950, (0, 5000)),
    ],
)
def test_the_ends_of_a_scale_are_round(
    low: float, high: float, expected: tuple[float, float]
) -> None:
    """Numbers a person would have chosen."""
    found = scale(low, high)
    assert (found.low, found.high) == pytest.approx(expected)


def test_no_share_is_beyond_all() -> None:
    """A scale ends where its numbers cannot go on."""
    assert scale(0, 0.98, most=1.0) == Scale(0, 1)


@given(st.integers(12, 80), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_a_whisker_holds_its_dot_and_stays_on_its_line(columns: int, found: list[float]) -> None:
    """Its ends are where its limits are, to half a column."""
    low, value, high = sorted(found)
    of = Scale(0, 1)
    line = whisker(value, (low, high), of, columns, PLAIN)
    assert len(line) <= columns
    assert line.index("o") == of.place(value, columns)
    drawn = line.strip()
    assert len(drawn) == of.place(high, columns) - of.place(low, columns) + 1
    assert abs(of.place(value, columns) - value * (columns - 1)) <= 0.5 + 1e-9


def test_a_dot_stands_alone_without_an_interval() -> None:
    """And covers both ends of one that has no width; 0 is marked where it is inside."""
    assert whisker(0.5, None, Scale(0, 1), 11, FINE) == "     ●"
    assert whisker(0.5, (0.5, 0.5), Scale(0, 1), 11, FINE) == "     ●"
    assert whisker(5, (2, 8), Scale(-10, 10), 21, FINE) == "          ┊ ├──●──┤"


@given(st.floats(0, 1), st.floats(0, 1), st.integers(12, 80))
def test_a_longer_bar_is_never_of_less(one: float, other: float, columns: int) -> None:
    """No bar is longer than its line; what is more than nothing is drawn."""
    of = Scale(0, 1)
    for by in (FINE, PLAIN):
        lengths = [
            sum(by.parts.index(part) + 1 for part in bar(value, of, columns, by))
            for value in sorted((one, other))
        ]
        assert lengths == sorted(lengths)
        assert lengths[-1] <= columns * len(by.parts)
        assert bool(bar(one, of, columns, by)) == (one > 0)


def test_a_bar_is_as_long_as_its_number() -> None:
    """To an eighth of a column, or to a whole one where there is no eighth."""
    assert bar(0.5, Scale(0, 1), 10, FINE) == "█████"
    assert bar(0.5125, Scale(0, 1), 10, FINE) == "█████▏"
    assert bar(0.5, Scale(0, 1), 10, PLAIN) == "#####"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", FINE),
        ("ascii", PLAIN),
        ("latin-1", PLAIN),
        ("cp1252", PLAIN),
        ("cp850", PLAIN),
        ("no such", PLAIN),
    ],
)
def test_what_an_encoding_lacks_is_not_drawn_with(encoding: str, expected: object) -> None:
    """A terminal of one's own code page has the plain strokes."""
    assert strokes(encoding) is expected
    assert "".join(
        (PLAIN.dot, PLAIN.left, PLAIN.right, PLAIN.between, PLAIN.zero, PLAIN.parts)
    ).isascii()


def test_the_ends_of_a_scale_stand_above_the_ends_of_its_line() -> None:
    """With a space between them whatever the line is."""
    assert ends("0%", "100%", 12) == "0%      100%"
    assert ends("0", "1000", 3) == "0 1000"
