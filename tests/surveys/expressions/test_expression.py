"""What a compiled expression tells of itself, and the ways to ask for its value."""

from __future__ import annotations

import dataclasses
import doctest
import math
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from surveys.expressions import Context, Expression, ExpressionError, Node, compile

CONTEXT = Context(
    scopes={"a": (), "b": ()},
    values={Node("a", ()): "3"},
    current=Node("a", ()),
    now=datetime(2026, 5, 1, tzinfo=UTC),
    random=lambda: 0.5,
)


def test_its_references_are_in_order_with_their_places() -> None:
    """Each occurrence counts, so that each can be pointed at."""
    text = "${b} > 1 and ${a} + ${b} = column"
    expression = compile(text)
    assert expression.references == (("b", 0), ("a", 13), ("b", 20))
    assert expression.names == {"a", "b"}
    assert expression.bare == (("column", text.index("column")),)


def test_the_question_of_choice_name_is_a_reference_though_quoted() -> None:
    """jr:choice-name names its question in quotes; the form depends on it all the same."""
    expression = compile("jr:choice-name(${a}, '${b}')")
    assert expression.references == (("a", 15), ("b", 21))


@pytest.mark.parametrize(
    ("text", "uses_self"),
    [(". > 1", True), ("not(selected(., 'a'))", True), ("${a}[. = 1]", True), ("../a", False)],
)
def test_it_says_whether_it_reads_the_current_answer(text: str, uses_self: bool) -> None:
    """A point anywhere, also as the node of a predicate; two points are the parent."""
    assert compile(text).uses_self is uses_self


def test_two_expressions_are_equal_when_their_texts_are() -> None:
    """Also as keys, and whatever was compiled when."""
    assert compile("${a}") == compile("${a}")
    assert compile("${a}") != compile("${a} ")
    assert len({compile("1"), compile("1"), compile("2")}) == 2
    assert "_value" not in repr(compile("${a}"))


def test_it_cannot_be_changed() -> None:
    """It is shared by every question of the same text."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        compile("1").text = "2"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "number", "string", "truth"),
    [
        ("${a}", 3.0, "3", True),
        ("${b}", math.nan, "", False),
        ("${a} * 2", 6.0, "6", True),
        ("${b} * 2", math.nan, "", False),
        ("${a} > 1", 1.0, "true", True),
        ("${a} < 1", 0.0, "false", False),
        ("'x'", math.nan, "x", True),
        ("if(${a} > 1, ${b} + 1, 'x')", math.nan, "", False),
        ("today()", 20574.0, "2026-05-01", True),
    ],
)
def test_a_value_can_be_asked_for_as_text_number_or_condition(
    text: str, number: float, string: str, truth: bool
) -> None:
    """A number that is NaN is kept as a blank: that is what a calculation of blanks is."""
    expression = compile(text)
    assert expression.number(CONTEXT) == pytest.approx(number, nan_ok=True)
    assert expression.string(CONTEXT) == string
    assert expression.truth(CONTEXT) is truth


def test_the_functions_it_calls_are_known_and_what_a_text_quotes_is_none() -> None:
    """Those within predicates and arguments too; a word in quotes is no call."""
    text = "if(count(${r}[selected(., 'x')]) > 1, 'random(', round (2.5, 0))"
    assert compile(text).functions == {"if", "count", "selected", "round"}


@pytest.mark.parametrize(
    ("text", "fact", "remedy"),
    [
        ("bmi(1)", "there is no function bmi()", "manual"),
        ("selectd('a', 'b')", "there is no function selectd()", "perhaps selected() is meant"),
        ("checklist(1)", "checklist() is not supported", "conditions"),
        ("trim('a')", "trim() is not supported", "normalize-space()"),
        ("not()", "not() takes 1 argument, not 0", "parentheses"),
        ("selected('a')", "selected() takes 2 arguments, not 1", "parentheses"),
        ("substr('a')", "substr() takes 2 or 3 arguments, not 1", "parentheses"),
        ("min()", "min() takes 1 argument or more, not 0", "parentheses"),
        ("indexed-repeat(1)", "indexed-repeat() takes 3, 5 or 7 arguments, not 1", "parentheses"),
        ("count(1)", "count() needs items here, not a value", "${name}"),
    ],
)
def test_a_call_that_cannot_be_made_says_why_and_what_to_do(
    text: str, fact: str, remedy: str
) -> None:
    """By the name of the function, at the place of the call."""
    with pytest.raises(ExpressionError) as refusal:
        compile(f"1 + {text}")
    assert fact in refusal.value.fact
    assert remedy in refusal.value.remedy
    assert refusal.value.offset >= 4


def test_the_package_needs_nothing_but_the_language_of_messages() -> None:
    """Expressions know no instrument, no answers' store, no terminal."""
    program = (
        "import sys, surveys.expressions;"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('surveys', 'interviewer', 'export')"
        " and not m.startswith('surveys.expressions')))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "['surveys', 'surveys.language']"


def test_the_example_of_compile_is_true() -> None:
    """A caller outside learns from it how to feed values, nested repeats, lists and a fixed clock."""
    example = doctest.DocTestFinder().find(compile, "compile", globs={})[0]
    said: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert results.attempted >= 10
    assert results.failed == 0, "".join(said)


def test_expression_is_the_type_that_compile_returns() -> None:
    """For those who annotate."""
    assert isinstance(compile("1"), Expression)
