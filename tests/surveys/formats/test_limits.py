"""A constraint read as limits: never stronger than it is, and all of it where it says so."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.expressions import Context, Node
from surveys.expressions import compile as compiled
from surveys.formats.limits import TODAY, Bound, Limits, limits_of, soft_limits_of
from surveys.instrument import Instrument, Question

NUMBERS = st.integers(-20, 20).map(str) | st.decimals(-9, 9, places=1).map(str)
PARTS = st.one_of(
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "="]), NUMBERS).map(
        lambda p: f". {p[0]} {p[1]}"
    ),
    st.tuples(st.sampled_from(["<", "<=", ">", ">="]), NUMBERS).map(lambda p: f"{p[1]} {p[0]} ."),
    st.sampled_from([". mod 2 = 0", "(. > 3 or . < 1)", ". != 4", "not(. = 2)"]),
)
InstrumentOf = Callable[[str], Instrument]


def question(instrument_of: InstrumentOf, kind: str, lines: str = "") -> Question:
    more = "".join(f"    {line}\n" for line in lines.splitlines())
    instrument = instrument_of(
        f"survey:\n  - type: {kind}\n    name: n\n    label: {{fr: n, en: n}}\n{more}"
    )
    return next(instrument.questions())


def passes(limits: Limits, value: Decimal) -> bool:
    low, high = limits.low, limits.high
    is_above = low is None or (
        value > Decimal(low.text) if low.is_open else value >= Decimal(low.text)
    )
    is_below = high is None or (
        value < Decimal(high.text) if high.is_open else value <= Decimal(high.text)
    )
    return is_above and is_below


@settings(max_examples=150)
@given(parts=st.lists(PARTS, min_size=1, max_size=4), value=NUMBERS)
def test_limits_let_through_all_that_the_constraint_does_and_no_more_where_they_are_all_of_it(
    instrument_of: InstrumentOf, parts: list[str], value: str
) -> None:
    """Against the engine of expressions, on any conjunction."""
    written = " and ".join(parts)
    plain = question(instrument_of, "decimal")
    found = limits_of(dataclasses.replace(plain, constraint=compiled(written)))
    here = Node("n", ())
    context = Context(
        scopes={"n": ()},
        values={here: value},
        now=datetime.datetime(2026, 1, 1),
        random=lambda: 0.0,
        current=here,
    )
    holds = compiled(written).truth(context)
    if holds or found.is_all:
        assert passes(found, Decimal(value)) is holds


@pytest.mark.parametrize(
    ("kind", "lines", "limits"),
    [
        ("integer", "", Limits()),
        (
            "integer",
            "constraint: . >= 0 and . <= 30",
            Limits(Bound("0", False), Bound("30", False)),
        ),
        ("integer", "constraint: . > -3", Limits(Bound("-3", True))),
        (
            "date",
            "constraint: . >= '2020-01-01' and . <= today()",
            Limits(Bound("2020-01-01", False), Bound(TODAY, False)),
        ),
        ("date", "constraint: . > date('2020-01-01')", Limits(Bound("2020-01-01", True))),
        ("text", "constraint: string-length(.) < 4", Limits(is_all=False)),
        ("integer", "constraint: . <= 30 and . != 7", Limits(None, Bound("30", False), False)),
        (
            "range",
            "parameters: start=10 end=0 step=2",
            Limits(Bound("0", False), Bound("10", False)),
        ),
        ("range", "constraint: . < 4", Limits(Bound("1", False), Bound("4", True))),
    ],
)
def test_limits_of_each_kind(
    instrument_of: InstrumentOf, kind: str, lines: str, limits: Limits
) -> None:
    """Numbers, dates, today; a range has its ends; what is no limit is left out and said so."""
    assert limits_of(question(instrument_of, kind, lines)) == limits


def test_a_soft_constraint_has_limits_of_its_own(instrument_of: InstrumentOf) -> None:
    """It says what is doubted, not what is refused."""
    found = question(instrument_of, "integer", "soft_constraint: . <= 12")
    assert soft_limits_of(found) == Limits(None, Bound("12", False))
    assert limits_of(found) == Limits()
