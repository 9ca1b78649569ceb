"""Sets of values: what the operations say is what membership says, value by value."""

from __future__ import annotations

import operator
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.checks.ranges import Numbers, Values, Words, both, either

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
BOUNDS = st.sampled_from([-3.0, -1.5, 0.0, 1.0, 1.5, 2.0, 4.0])
SOME = [value / 2 for value in range(-12, 13)]
WHOLE = [float(value) for value in range(-6, 7)]


def holds(values: Numbers, number: float | None) -> bool:
    if number is None:
        return values.blank
    return any(low <= number <= high for low, high in values.spans)


@st.composite
def numbers(draw: st.DrawFn, whole: bool) -> Numbers:
    found = Numbers(whole=whole)
    for symbol, bound in draw(
        st.lists(st.tuples(st.sampled_from(sorted(OPERATORS)), BOUNDS), max_size=3)
    ):
        found = found.both(Numbers(whole=whole).where(symbol, bound))
    return found


@settings(max_examples=100)
@given(st.sampled_from(sorted(OPERATORS)), BOUNDS, st.booleans())
def test_a_comparison_gives_the_numbers_it_holds_for(
    symbol: str, bound: float, whole: bool
) -> None:
    """Blank compares false, but that it differs from every number."""
    found = Numbers(whole=whole).where(symbol, bound)
    for number in WHOLE if whole else SOME:
        assert holds(found, number) is OPERATORS[symbol](number, bound)
    assert holds(found, None) is (symbol == "!=")


@settings(max_examples=100)
@given(st.booleans().flatmap(lambda whole: st.tuples(numbers(whole), numbers(whole))))
def test_both_either_and_others_are_and_or_and_not(pair: tuple[Numbers, Numbers]) -> None:
    """For every number, and for blank."""
    one, other = pair
    for number in [None, *(WHOLE if one.whole else SOME)]:
        assert holds(one.both(other), number) is (holds(one, number) and holds(other, number))
        assert holds(one.either(other), number) is (holds(one, number) or holds(other, number))
        assert holds(one.others(), number) is not holds(one, number)


ALPHABET = ["", "a", "b", "c", "d"]
WORDS = st.builds(Words, st.frozensets(st.sampled_from(ALPHABET[:-1])), st.booleans())


@settings(max_examples=100)
@given(WORDS, WORDS)
def test_words_are_sets_as_well(one: Words, other: Words) -> None:
    """Named, or all but those named; a word nobody names is in the second kind."""

    def has(values: Words, word: str) -> bool:
        return (word in values.words) is not values.are_excluded

    for word in ALPHABET:
        assert has(one.both(other), word) is (has(one, word) and has(other, word))
        assert has(one.either(other), word) is (has(one, word) or has(other, word))
        assert has(one.others(), word) is not has(one, word)
    assert one.blank is has(one, "")
    assert not one.without_blank().blank


def test_unlike_sets_leave_what_is_too_large() -> None:
    """Nothing is concluded from comparing a number with a word."""
    number, word = Numbers().where("=", 1), Words(frozenset(["a"]))
    pairs: list[tuple[Values, Values]] = [(number, word), (word, number)]
    for one, other in pairs:
        assert both(one, other) == one
        assert either(one, other) is None
