"""Conditions and calculations in REDCap's words mean what ours do."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.expressions import Context, Node
from surveys.expressions import compile as compiled
from surveys.formats.redcap_fields import Field, fields_of
from surveys.formats.redcap_logic import Logic, Unsaid, all_of
from surveys.instrument import Instrument

FORM = """\
nonresponse: [refused, dont_know]
choices:
  letters: [{name: a, label: A}, {name: b, label: B}, {name: c, label: C}]
  levels: [{name: 1, label: Low}, {name: 2, label: High}, {name: -99, label: Ref, nonresponse: refused}]
  plain_levels: [{name: 1, label: Low}, {name: 2.5, label: High}]
survey:
  - {type: integer, name: n, label: n}
  - {type: decimal, name: k, label: k, nonresponse: []}
  - {type: select_one, name: s, label: s, choices: letters}
  - {type: select_one, name: level, label: l, choices: levels}
  - {type: select_one, name: plain, label: p, choices: plain_levels}
  - {type: select_multiple, name: m, label: m, choices: letters}
  - {type: text, name: t, label: t}
  - {type: calculate, name: is_high, calculation: "${n} > 3"}
  - {type: repeat, name: r, label: r, questions: [{type: integer, name: inside, label: i}]}
"""
InstrumentOf = Callable[[str], Instrument]

NUMBERS = st.sampled_from(
    ["${n}", "${k}", "${n} + ${k}", "2 * ${n} - 1", "count-selected(${m})", "${level}"]
)
ATOMS = st.one_of(
    st.tuples(NUMBERS, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), st.integers(-1, 3)).map(
        lambda parts: f"{parts[0]} {parts[1]} {parts[2]}"
    ),
    st.sampled_from(
        (
            "${n} = '' | ${n} != '' | ${k} = '' | ${s} = '' | ${m} = '' | ${m} != '' | ${s} = 'a' | "
            "${s} != 'b' | 'a' = ${s} | selected(${s}, 'a') | selected(${m}, 'b') | "
            "selected('a c', ${s}) | nonresponse(${n}) = 'refused' | nonresponse(${s}) != '' | "
            "nonresponse(${m}) = 'dont_know' | nonresponse(${level}) != 'refused' | ${level} = '2' | "
            "nonresponse(${k}) = '' | ${t} = 'x' | ${t} != 'x' | ${n} | ${m} | true() | "
            "not(${n} > ${k}) | 3 > ${n} | ${level} = 1"
        ).split(" | ")
    ),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not({one})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
    ),
    max_leaves=5,
)
STATUS = st.sampled_from(["refused", "dont_know"])
ANSWERS = st.fixed_dictionaries(
    {
        "n": st.integers(-1, 4).map(str) | st.just("") | STATUS,
        "k": st.sampled_from(["", "0", "1", "1.5", "2"]),
        "s": st.sampled_from(["", "a", "b", "c"]) | STATUS,
        "plain": st.sampled_from(["", "1", "2.5"]) | STATUS,
        "level": st.sampled_from(["", "1", "2"]) | STATUS,
        "m": st.sampled_from(["", "a", "b", "a b", "a b c"]) | STATUS,
        "t": st.sampled_from(["", "x", "y"]) | STATUS,
    }
)


class Value:
    """What REDCap has in a field. `lenient`: it takes a blank for 0, and a word for a great number."""

    def __init__(self, text: str, lenient: bool) -> None:
        self.text = text
        self.lenient = lenient

    def number(self) -> float:
        try:
            return float(self.text)
        except ValueError:
            if not self.lenient:
                return math.nan
            return 0.0 if self.text == "" else math.inf

    def __eq__(self, other: object) -> bool:
        return self.text == other if isinstance(other, str) else self.number() == number(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, other: object) -> bool:
        return self.number() < number(other)

    def __le__(self, other: object) -> bool:
        return self.number() <= number(other)

    def __gt__(self, other: object) -> bool:
        return self.number() > number(other)

    def __ge__(self, other: object) -> bool:
        return self.number() >= number(other)

    def __add__(self, other: object) -> float:
        return self.number() + number(other)

    def __radd__(self, other: object) -> float:
        return number(other) + self.number()

    def __sub__(self, other: object) -> float:
        return self.number() - number(other)

    def __rsub__(self, other: object) -> float:
        return number(other) - self.number()

    def __mul__(self, other: object) -> float:
        return self.number() * number(other)

    def __rmul__(self, other: object) -> float:
        return number(other) * self.number()

    def __neg__(self) -> float:
        return -self.number()

    def __abs__(self) -> float:
        return abs(self.number())

    def __truediv__(self, other: object) -> float:
        return self.number() / number(other)


def number(value: object) -> float:
    return value.number() if isinstance(value, Value) else float(value)  # type: ignore[arg-type]


_TOKEN = re.compile(
    r"\[(?P<field>\w+)(?:\((?P<code>[^)]+)\))?\]|(?P<string>'[^']*')|(?P<other><>|<=|>=|=|\bif\b|.)"
)


def redcap(said: str, held: Mapping[str, str], lenient: bool) -> Any:
    """Return what REDCap makes of an expression; `held` has the text of each field and box."""

    def python(match: re.Match[str]) -> str:
        if match["field"]:
            key = match["field"] + (f"({match['code']})" if match["code"] else "")
            return f"V({held[key]!r})"
        if match["string"]:
            return match["string"]
        return {"<>": "!=", "=": "==", "if": "IF"}.get(match["other"], match["other"])

    names = {"V": lambda text: Value(text, lenient), "IF": lambda c, a, b: a if c else b}
    return eval(_TOKEN.sub(python, said), {"__builtins__": {}, **names, "round": round, "abs": abs})


def held_in_redcap(fields: Mapping[str, Field], answers: Mapping[str, str]) -> dict[str, str]:
    held: dict[str, str] = {}
    for name, answer in answers.items():
        found = fields[name]
        code = found.statuses.get(answer, found.codes.get(answer, answer))
        if found.is_several:
            boxes = [*found.codes.values(), *found.statuses.values()]
            chosen = {found.statuses.get(word, word) for word in answer.split()}
            held |= {f"{found.name}({box})": "1" if box in chosen else "0" for box in boxes}
        else:
            held[found.name] = code
    return held


def context(answers: Mapping[str, str]) -> Context:
    is_status = {"refused", "dont_know"}
    return Context(
        scopes=dict.fromkeys(answers, ()),
        values={Node(name, ()): text for name, text in answers.items() if text not in is_status},
        statuses={Node(name, ()): text for name, text in answers.items() if text in is_status},
        now=datetime.datetime(2026, 1, 1),
        random=lambda: 0.0,
    )


@settings(max_examples=400)
@given(condition=CONDITIONS, answers=ANSWERS)
def test_a_condition_holds_in_redcap_exactly_when_it_holds_here(
    instrument_of: InstrumentOf, condition: str, answers: dict[str, str]
) -> None:
    """Whatever REDCap makes of a blank in a comparison: it may be nothing, or be taken for 0."""
    fields = fields_of(instrument_of(FORM))
    expression = compiled(condition)
    said = Logic(fields, ()).condition(expression.tree)
    held = held_in_redcap(fields, answers)
    wanted = expression.truth(context(answers))
    assert bool(redcap(said, held, lenient=False)) is wanted
    assert bool(redcap(said, held, lenient=True)) is wanted


@settings(max_examples=200)
@given(
    calculation=st.sampled_from(
        [
            "${n} + ${k} * 2",
            "${n} div 4",
            "-${n}",
            "count-selected(${m}) * ${k}",
            "if(${n} > 2, ${n}, 0)",
            "if(${s} = 'a', ${k}, if(${m} != '', ${n}, ''))",
            "coalesce(${n}, 7)",
            "abs(${n})",
            "number(${plain})",
            "if(${n} > 1, 1, 0) + ${k}",
            "if(${n} = '' or ${k} = '', '', ${n} - ${k})",
        ]
    ),
    answers=ANSWERS,
)
def test_a_calculation_gives_in_redcap_what_it_gives_here(
    instrument_of: InstrumentOf, calculation: str, answers: dict[str, str]
) -> None:
    """A number, or nothing where an answer is missing."""
    fields = fields_of(instrument_of(FORM))
    expression = compiled(calculation)
    said = Logic(fields, ()).calculation(expression.tree)
    found = redcap(said, held_in_redcap(fields, answers), lenient=False)
    given_here = expression.number(context(answers))
    value = math.nan if found == "" else number(found)
    assert value == pytest.approx(given_here, nan_ok=True)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("${s} = 'a'", "[s] = 'a'"),
        ("${k} >= 1.5", "([k] <> '' and [k] >= 1.5)"),
        ("selected(${m}, 'b')", "[m(b)] = '1'"),
        ("not(${s} = 'a' and selected(${m}, 'b'))", "([s] <> 'a' or [m(b)] <> '1')"),
        ("nonresponse(${level}) = 'refused'", "[level] = '-99'"),
        ("nonresponse(${n}) = 'dont_know'", "[n] = 'dont_know'"),
        ("${is_high} = 'true'", "[is_high] = '1'"),
        ("not(not(${s} = 'a'))", "[s] = 'a'"),
        ('${t} = "l\'un"', '[t] = "l\'un"'),
    ],
)
def test_conditions_are_said_as_a_person_would(
    instrument_of: InstrumentOf, ours: str, theirs: str
) -> None:
    """One line of the table of the module each."""
    assert Logic(fields_of(instrument_of(FORM)), ()).condition(compiled(ours).tree) == theirs


@pytest.mark.parametrize(
    "condition",
    [
        "${s} = 'z'",
        "${inside} > 1",
        "sum(${inside}) > 1",
        "regex(${t}, '^a$')",
        "${n} mod 2 = 0",
        "${level} = '-99'",
        "${m} = 'a'",
        "today() > '2020-01-01'",
        "${unknown} = 1",
        "${n} = 1 = 2",
        "nonresponse(${k}) = 'refused'",
        "1 + 1",
    ],
)
def test_what_redcap_cannot_say_is_not_said(instrument_of: InstrumentOf, condition: str) -> None:
    """Nothing near it is written instead."""
    tree = compiled(condition).tree
    with pytest.raises(Unsaid):
        Logic(fields_of(instrument_of(FORM)), ()).condition(tree)


@pytest.mark.parametrize("calculation", ["number(${level})", "if(${n} = '', '', ${n}) + 1", "'a'"])
def test_a_calculation_redcap_would_reckon_otherwise_is_not_said(
    instrument_of: InstrumentOf, calculation: str
) -> None:
    """A code such as −99 is a number there, and a blank text plus a number is a text."""
    tree = compiled(calculation).tree
    with pytest.raises(Unsaid):
        Logic(fields_of(instrument_of(FORM)), ()).calculation(tree)


def test_inside_a_repeat_its_own_items_and_those_asked_once_are_read(
    instrument_of: InstrumentOf,
) -> None:
    """REDCap reads the same round of the same form, and what stands on forms that do not repeat."""
    logic = Logic(fields_of(instrument_of(FORM)), ("r",))
    assert logic.condition(compiled("${inside} >= 1 and ${s} = 'a'").tree).endswith("[s] = 'a')")


def test_conditions_of_groups_are_joined_once() -> None:
    """Blank ones are none, and the same is not said twice."""
    assert all_of(["", ""]) == ""
    assert all_of(["a", "", "b", "a"]) == "(a and b)"
