"""Patterns: which are refused, which are fast, what they match."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from surveys.expressions import ExpressionError, compile, regex_problem
from surveys.expressions.ambiguity import ways
from surveys.expressions.automaton import automaton
from surveys.expressions.regexes import LONGEST_TEXT, examined

EXPONENTIAL = [
    *("^(a+)+$", "(a|a)*", "(a*)*", "(a|aa)+", "(a?a?)*", "(a?b?)*", r"(\w+\s?)+", "(x+x+)+y"),
    *(
        "([a-z]*)*",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(.{1,30}){1,30}",
        "(ab|[ab]b)*c",
        "(?i)(ab|AB|éa|Éa)*x",
    ),
    *(
        "(a+)*?b",
        "((ab)+)+",
        "(?:[0-9]{2,}|[0-9]{3,})+",
        "(é|[à-ü])*(é|x)*([é-î]|y)*(é+)+",
        "(?=(a+)+b)a",
    ),
]
HIGH_POWER = ["a*a*a*a*b", "(?i)a*A*a*A*b", ".*-.*-.*-.*", "(ab)*" * 10, "(?=x)(a*a*a*b)"]
USUAL = [
    *("^[0-9]{5}$", "^[A-Z]{2}[0-9]{4}$", "^0[67]( ?[0-9]{2}){4}$", r"^(\d{1,3}\.){3}\d{1,3}$"),
    *("^[A-Za-z]+([ -][A-Za-z]+)*$", r"^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$", ".{1,255}"),
    *(r"^(?=.*\d)(?=.*[a-z]).{8,}$", r"^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$", "a*a*b", "(a|ab)*", ""),
    *("^[A-ZÀ-Ý][a-zà-ÿ'-]+( [A-ZÀ-Ý][a-zà-ÿ'-]+)*$", "^(oui|non)$", r"(\w+\s)*\w+", r"\S(.*\S)?"),
    *(
        r"^[12][0-9]{2}(0[1-9]|1[0-2])(2[AB]|[0-9]{2})[0-9]{8}$",
        ".*-.*-.*",
        "(a{16}){0}",
        "x" * 400,
    ),
]


@pytest.mark.parametrize("pattern", EXPONENTIAL + HIGH_POWER)
def test_a_pattern_with_too_many_ways_is_refused(pattern: str) -> None:
    """Whichever way it hides them."""
    assert regex_problem(pattern)
    with pytest.raises(ExpressionError) as refusal:
        compile(f"regex(., '{pattern}')")
    assert refusal.value.offset == len("regex(., ")


@pytest.mark.parametrize("pattern", USUAL)
def test_the_patterns_of_real_forms_are_accepted_at_once(pattern: str) -> None:
    """Postcodes, telephones, names, addresses, at most some milliseconds each."""
    started = time.perf_counter()
    assert regex_problem(pattern) is None
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[0-9", "not valid"),
        (r"\p{L}+", "not valid"),
        ("a**", "not valid"),
        ("[[a-z]", "not valid"),
        ("(?P<n", "not valid"),
        (r"(a)\1", "refers back"),
        ("(" * 41 + ")" * 41, "too long"),
        ("a" * 501, "too long"),
        ("(" * 30 + ")" + "{16})" * 29, "too large"),
        ("(a?){16}" * 40, "too large"),
    ],
)
def test_a_pattern_that_cannot_be_judged_is_refused(pattern: str, why: str) -> None:
    """Invalid here, read otherwise elsewhere, or made to keep the judge busy."""
    started = time.perf_counter()
    assert why in (regex_problem(pattern) or "")
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a?" * 25 + "a" * 25, "a" * 24),
        ("(((a|(ab){2,4})){2,4}){2,4}c", "ab" * 249),
        ("a*a*a*b", "a" * 500),
        (r"(\+?[0-9]{1,3}[ .-]?)?([0-9]{2,4}[ .-]?){2,4}x", "0" * 500),
    ],
)
def test_a_pattern_of_many_ways_but_no_circle_is_matched_without_trying_them(
    pattern: str, text: str
) -> None:
    """`re` would take seconds, minutes or years over these."""
    found = examined(pattern)
    started = time.perf_counter()
    assert found.problem is None
    assert not found.matches(text)
    assert time.perf_counter() - started < 0.5


PATTERNS = st.recursive(
    st.sampled_from(["a", "b", "[ab]", ".", "ab", "[^a]", "[^b-é]", r"\w", "é", "[A-B]"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda two: f"({two[0]}){two[1]}"),
        inner.map(lambda one: f"({one}){{2,4}}"),
    ),
    max_leaves=8,
)


PREFIXES = st.sampled_from(["", "^", "(?i)", "(?=.*a)", "(?s)"])


@given(PREFIXES, PATTERNS, st.sampled_from(["a", "b", "ab", "aab", "ba"]))
@settings(max_examples=60, deadline=None)
def test_no_accepted_pattern_is_slow_on_a_text_that_almost_matches(
    prefix: str, pattern: str, word: str
) -> None:
    """The longest text there is, of a repeated word, with an end that cannot match."""
    found = examined(f"{prefix}{pattern}c")
    assume(found.problem is None)
    text = (word * LONGEST_TEXT)[: LONGEST_TEXT - 1] + "!"
    started = time.perf_counter()
    found.matches(text)
    assert time.perf_counter() - started < 2


@given(PATTERNS)
@settings(max_examples=50, deadline=None)
def test_repeating_a_pattern_that_can_match_in_two_ways_is_refused(pattern: str) -> None:
    """(p|p)+ has twice the ways with each turn, so it never passes."""
    assert regex_problem(f"({pattern}|(?:{pattern}))+c")


@given(PREFIXES, PATTERNS, st.lists(st.text("abABéÉ\n", max_size=6), min_size=5))
@settings(max_examples=80, deadline=None)
def test_an_accepted_pattern_matches_what_re_matches_in_full(
    prefix: str, pattern: str, texts: list[str]
) -> None:
    """Whichever of the two matches it, also when the automaton does."""
    found = examined(prefix + pattern)
    assume(found.problem is None)
    drawn = automaton(prefix + pattern)
    for text in texts:
        expected = re.fullmatch(prefix + pattern, text, re.ASCII) is not None
        assert found.matches(text) is expected
        assert not drawn.is_exact or drawn.matches(text) is expected


def test_ways_are_about_those_of_a_text() -> None:
    """One for what is read in one way only; a power of the length; a power of two; no end."""
    assert ways(automaton("[a-z]+(-[a-z]+)*"), 500) == 1
    assert ways(automaton("a*a*"), 500) == pytest.approx(1000)
    assert ways(automaton("(?:a|a){12}b"), 500) == 2**12
    assert ways(automaton("(a+)+"), 500) == float("inf")


def test_a_text_longer_than_the_limit_matches_nothing() -> None:
    """So that no answer, however long, can take long."""
    assert examined("a*").matches("a" * LONGEST_TEXT)
    assert not examined("a*").matches("a" * (LONGEST_TEXT + 1))


def test_a_match_is_of_the_whole_text_line_ends_included() -> None:
    """$ alone would let one line feed pass."""
    assert not examined("^[0-9]{5}$").matches("75011\n")
    assert examined("^[0-9]{5}$").matches("75011")
