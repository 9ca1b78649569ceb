"""Formulas over numbers: each is what Python computes of it, for each cycle and each draw."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.modelling.formula import (
    CLOCK,
    FUNCTIONS,
    Floats,
    clock,
    evaluate,
    formula,
    probability,
    rate,
    strange,
)
from surveys.expressions import ExpressionError
from surveys.problems import Place

PLACE = Place("model.yaml", 1, 1)
A, B = 0.3, 1.7
ONE, ZERO = 1.0, 0.0


def value(text: str, **names: float) -> float:
    given_values = {name: np.array([[one]]) for name, one in names.items()}
    with np.errstate(all="ignore"):
        found = evaluate(formula(text, PLACE).tree, clock(1, 0.5) | given_values)
    assert found.shape == (1, 1)
    return float(found[0, 0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.5", 12.5),
        ("-a", -A),
        ("a + b - 1 + 2", A + B + 1),
        ("a - b - 1", A - B - 1),
        ("a * b div 2", A * B / 2),
        ("b mod 1", 0.7),
        ("-7 mod 3", -1),
        ("a < b", ONE),
        ("a >= b", ZERO),
        ("a = a", ONE),
        ("a != a", ZERO),
        ("a <= a and b > a", ONE),
        ("a > b or b > a", ONE),
        ("not(a)", ZERO),
        ("not(0)", ONE),
        ("if(a < b, 10, 20)", 10),
        ("if(0, 10, 20)", 20),
        ("exp(log(b))", B),
        ("sqrt(pow(a, 2))", A),
        ("abs(a - b)", B - A),
        ("min(a, b, 1)", A),
        ("max(a)", A),
        ("probability(2)", 1 - math.exp(-1)),
        ("probability(rate(a, 0.5))", A),
        ("${a} + cycle + year + cycle_length", A + 1.5),
    ],
)
def test_each_construct(text: str, expected: float) -> None:
    """Operators, functions, the clock of cycles of half a year, and both ways to write a name."""
    assert value(text, a=A, b=B) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("0 div 0", "log(-1)", "sqrt(-1)", "x mod 0", "x < 1", "x = x", "x != 1", "-x", "0 * x"),
        *("not(x)", "x and 0", "1 or x", "if(x, 1, 2)", "min(1, x)", "max(x, 1)", "probability(x)"),
    ],
)
def test_what_has_no_number_is_none(text: str) -> None:
    """NaN makes NaN, in conditions too: nothing that is not known is taken for false or for 0."""
    assert math.isnan(value(text, x=math.nan))


@settings(max_examples=60)
@given(st.floats(0, 50), st.floats(0.01, 20))
def test_rates_and_probabilities_are_inverses(each: float, years: float) -> None:
    """A rate, made a probability within some time and back, is the rate while the probability is not one."""
    time, known = np.array([[years]]), np.array([[each]])
    within = probability(known, time)
    assert 0 <= within[0, 0] <= 1
    if each * years < 10:
        assert rate(within, time)[0, 0] == pytest.approx(each, rel=1e-9, abs=1e-300)


@settings(max_examples=60)
@given(st.floats(0, 3), st.floats(0.1, 5), st.integers(1, 12))
def test_probabilities_of_a_rate_compound(each: float, years: float, parts: int) -> None:
    """To be spared in a time is to be spared in each part of it."""
    whole = probability(np.array([[each]]), np.array([[years]]))
    part = probability(np.array([[each]]), np.array([[years / parts]]))
    assert (1 - whole)[0, 0] == pytest.approx((1 - part)[0, 0] ** parts, rel=1e-9)


def test_a_tiny_rate_is_not_rounded_away() -> None:
    """1 − exp(−r) loses half its digits at one in a hundred million; the formula keeps them."""
    found = probability(np.array([[1e-12]]), np.array([[1.0]]))
    assert found[0, 0] == pytest.approx(1e-12, rel=1e-11, abs=0)


def test_cycles_stand_in_rows_and_draws_in_columns() -> None:
    """What reads the clock has a row for each cycle, what reads draws a column for each, and both have both."""
    values: dict[str, Floats] = clock(4, 0.5) | {"x": np.array([[1.0, 2.0, 3.0]])}
    found = evaluate(formula("max(x, cycle) + year", PLACE).tree, values)
    expected = [[max(x, cycle) + (cycle - 1) / 2 for x in (1, 2, 3)] for cycle in (1, 2, 3, 4)]
    assert found.tolist() == expected


def test_names_are_each_once_and_without_the_clock() -> None:
    """In the order they are read, whichever way they are written."""
    assert formula("b + a * b + ${a} + cycle + year * cycle_length", PLACE).names == ("b", "a")
    assert CLOCK == ("cycle", "year", "cycle_length")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 + 'x'", [("string", 4)]),
        ("sum(a)", [("sum()", 0)]),
        ("1 + probability(a, b)", [("probability()", 4)]),
        ("if(a, 1)", [("if()", 0)]),
        ("min()", [("min()", 0)]),
        ("a/b", [("path", 0)]),
        (". + 1", [("self", 0)]),
        ("nothing(also('this'))", [("nothing()", 0), ("also()", 8), ("string", 13)]),
        ("a + -b * (c div 2)", []),
    ],
)
def test_what_has_no_meaning_is_all_found(text: str, found: list[tuple[str, int]]) -> None:
    """Texts, paths, functions of questionnaires and wrong numbers of arguments, with their places."""
    assert list(strange(formula(text, PLACE).tree)) == found


def test_every_function_named_can_be_called() -> None:
    """Of the functions told to people, each computes with some number of arguments."""
    for name in FUNCTIONS:
        some = [f"{name}({', '.join(['0.5'] * n)})" for n in (1, 2, 3)]
        told = [one for one in some if not list(strange(formula(one, PLACE).tree))]
        assert told, name
        assert all(math.isfinite(value(one)) for one in told)


@pytest.mark.parametrize("text", ["", "a +", "a / / b", "1e-5", "é(", "(" * 5000])
def test_what_cannot_be_read_is_told_and_does_not_crash(text: str) -> None:
    """ExpressionError, however deep."""
    with pytest.raises(ExpressionError):
        formula(text, PLACE)
