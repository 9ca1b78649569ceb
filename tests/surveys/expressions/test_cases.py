"""Every line of cases.tsv holds: what expressions mean, case by case."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from surveys import expressions
from surveys.expressions import Context, Node, NodeSet, Value

CASES = Path(__file__).with_name("cases.tsv")
SECTION = re.compile(r"## (.+)")

IN_PERSON = ("p_name", "p_age", "contact", "p_phone")
IN_VISIT = ("v_day", "v_cost")
SCOPES = {
    **dict.fromkeys(
        "age height name sex products blank zero minus flag yes spaced dob seen income freq".split(),
        (),
    ),
    "person": ("person",),
    **dict.fromkeys(IN_PERSON, ("person",)),
    "visit": ("person", "visit"),
    **dict.fromkeys(IN_VISIT, ("person", "visit")),
}
ANSWERS = {
    Node("age", ()): "34",
    Node("height", ()): "1.75",
    Node("name", ()): "Léa Martin",
    Node("sex", ()): "2",
    Node("products", ()): "crack cannabis autre",
    Node("zero", ()): "0",
    Node("minus", ()): "-7",
    Node("flag", ()): "false",
    Node("yes", ()): "oui",
    Node("spaced", ()): "  a   b ",
    Node("dob", ()): "1992-03-15",
    Node("seen", ()): "2026-04-30T08:00:00.000+02:00",
    Node("freq", ()): "2",
    Node("p_name", (1,)): "Ana",
    Node("p_name", (2,)): "Bo",
    Node("p_name", (3,)): "Cy",
    Node("p_age", (1,)): "40",
    Node("p_age", (2,)): "12",
    Node("p_phone", (1,)): "06",
    Node("p_phone", (2,)): "07",
    Node("v_day", (1, 1)): "2026-01-05",
    Node("v_day", (1, 2)): "2026-01-06",
    Node("v_day", (3, 1)): "2026-02-01",
    Node("v_cost", (1, 1)): "10",
    Node("v_cost", (1, 2)): "20",
    Node("v_cost", (3, 1)): "5",
}
CONTEXT = Context(
    scopes=SCOPES,
    values=ANSWERS,
    statuses={Node("income", ()): "refused"},
    counts={Node("person", ()): 3, Node("visit", (1,)): 2, Node("visit", (3,)): 1},
    parents={"contact": "person", "p_phone": "contact"},
    lists={
        "freq": [
            {"name": "1", "label": "Every day", "short": "d"},
            {"name": "2", "label": "Weekly", "short": "w"},
            {"name": "3", "label": "Never", "short": "n"},
        ],
        "letters": [{"name": letter} for letter in "ABCDEF"],
        "prices": [{"name": "crack", "price": "10"}, {"name": "cannabis", "price": "5"}],
    },
    list_of={"freq": "freq"},
    now=datetime(2026, 5, 1, 14, 30, 15, 250_000, tzinfo=timezone(timedelta(hours=2))),
    random=lambda: 0.5,
)


def cases() -> Iterator[object]:
    section = ""
    for number, line in enumerate(CASES.read_text(encoding="utf-8").splitlines(), 1):
        if heading := SECTION.match(line):
            section = heading[1]
        elif not line.startswith("#"):
            yield pytest.param(*line.split("\t"), id=f"{number} {section}: {line.split(chr(9))[1]}")


def node(written: str) -> Node | None:
    """Read `v_cost[1,2]`, or `-` for no item."""
    if written == "-":
        return None
    name, _bracket, numbers = written.rstrip("]").partition("[")
    return Node(name, tuple(int(number) for number in numbers.split(",") if number))


def shown(value: Value) -> tuple[str, str]:
    """Write a value as cases.tsv does."""
    if isinstance(value, bool):
        return "truth", "true" if value else "false"
    if isinstance(value, float):
        if math.isfinite(value):
            return "number", repr(value + 0.0).removesuffix(".0")
        return "number", {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[repr(value)]
    if isinstance(value, NodeSet):
        return "nodes", " | ".join(value.texts) if value.nodes else "∅"
    return "text", value


@pytest.mark.parametrize(("current", "written", "kind", "expected", "fact"), list(cases()))
def test_an_expression_has_the_value_of_its_case(
    current: str, written: str, kind: str, expected: str, fact: str
) -> None:
    """Each case shows the fact in its last column."""
    assert fact
    if kind == "refused":
        with pytest.raises(expressions.ExpressionError) as refusal:
            expressions.compile(written)
        assert (refusal.value.offset, refusal.value.remedy != "") == (int(expected), True)
        return
    expression = expressions.compile(written)
    context = CONTEXT.at(node(current))
    if kind == "text-of":
        assert expression.string(context) == expected
        return
    assert shown(expression.evaluate(context)) == (kind, expected)


def test_every_function_has_a_case() -> None:
    """A function of the table that no case calls has no meaning anybody wrote down."""
    from surveys.expressions.functions import FUNCTIONS, REFUSED

    called = {
        call.function
        for case in CASES.read_text(encoding="utf-8").splitlines()
        if not case.startswith("#") and case.split("\t")[2] != "refused"
        for call in expressions.calls(expressions.parse(case.split("\t")[1]))
    }
    assert called == set(FUNCTIONS)
    assert not set(FUNCTIONS) & set(REFUSED)
