"""From text to tree, and what is refused on the way."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.expressions import ExpressionError, calls, comparisons, compile, parse, walk
from surveys.expressions.grammar import DEEPEST, LONGEST, MOST_TERMS
from surveys.expressions.tree import (
    Call,
    Child,
    Minus,
    Name,
    Number,
    Operation,
    Parent,
    Path,
    String,
    Where,
    conjuncts,
)

PIECES = st.sampled_from(
    [
        *(
            "${a}",
            "${b}",
            ".",
            "..",
            "1",
            "2.5",
            "'x'",
            '"y"',
            "and",
            "or",
            "div",
            "mod",
            "=",
            "!=",
        ),
        *("<", ">=", "+", "-", "*", "|", "(", ")", "[", "]", "/", ",", "name", "not(", "count("),
        *("if(", "regex(.,'a+')", "$", "{", "}", "'", "&", " ", "\n", "\u00a0", "é", "${", "1e5"),
    ]
)


@given(st.text(max_size=60) | st.lists(PIECES, max_size=25).map("".join))
@settings(max_examples=400, deadline=None)
def test_any_text_is_an_expression_or_is_refused_at_one_of_its_characters(text: str) -> None:
    """No text makes the compiler fail otherwise, and the place is inside the text or at its end."""
    refusal = refused(text)
    if refusal is not None:
        assert 0 <= refusal.offset <= len(text)
        assert refusal.fact
        assert refusal.remedy
        assert str(refusal) == f"{refusal.fact}; {refusal.remedy}"


def refused(text: str) -> ExpressionError | None:
    try:
        compile(text)
    except ExpressionError as refusal:
        return refusal
    return None


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "(" * 10_000,
        "not(" * 3_000 + "1" + ")" * 3_000,
        "-(" * 3_000 + "1" + ")" * 3_000,
        "if(1," * 3_000 + "1",
        "a[" * 3_000,
        "1 + " * 10_000 + "1",
        "a/" * 9_000 + "a",
        "1" * LONGEST + "1",
        " or ".join(["${a} = 1 and ${b} = 2"] * 900),
    ],
)
def test_an_expression_made_to_exhaust_the_machine_is_refused_at_once(text: str) -> None:
    """Length, depth and number of terms are limited before anything is built on them."""
    started = time.perf_counter()
    with pytest.raises(ExpressionError):
        compile(text)
    assert time.perf_counter() - started < 1


def test_nesting_is_limited_long_before_the_stack() -> None:
    """At the limit the expression still compiles; one deeper it does not."""
    deepest = "(" * (DEEPEST - 1) + "1" + ")" * (DEEPEST - 1)
    assert parse(deepest) == Number(1.0, 0)
    with pytest.raises(ExpressionError, match="nests more than"):
        parse(f"({deepest})")


@pytest.mark.parametrize("operator", ["and", "or", "=", "<", "+", "-", "*", "mod", "|"])
def test_a_chain_up_to_the_limit_nests_nothing(operator: str) -> None:
    """Terms of one precedence are a flat row in the tree, however many."""
    tree = parse(f" {operator} ".join(["${a}"] * MOST_TERMS))
    assert isinstance(tree, Operation)
    assert len(tree.rest) == MOST_TERMS - 1
    with pytest.raises(ExpressionError, match="more than 2000 terms"):
        parse(f" {operator} ".join(["${a}"] * (MOST_TERMS + 1)))


def test_precedence_is_that_of_xpath() -> None:
    """Or, and, equality, order, sums, products, minus, union: from loosest to tightest."""
    tree = parse("1 or 2 and 3 = 4 < 5 + 6 * -${a} | ${b}")
    levels = []
    while isinstance(tree, Operation):
        ((operator, tree),) = tree.rest
        levels.append(operator)
        if isinstance(tree, Minus):
            tree = tree.operand
    assert levels == ["or", "and", "=", "<", "+", "*", "|"]


def test_operators_of_one_precedence_are_read_from_left_to_right() -> None:
    """1 - 2 + 3 is one row."""
    tree = parse("1 - 2 + 3")
    assert tree == Operation(Number(1, 0), (("-", Number(2, 4)), ("+", Number(3, 8))), 0)


def test_a_path_is_its_start_and_its_steps() -> None:
    """Predicates and names follow in the order they are written."""
    tree = parse("${person}[p_age > 1]/contact/..")
    age = Operation(Child("p_age", 0), ((">", Number(1, 0)),), 0)
    steps = (Where(age, 0), Child("contact", 0), Parent(0))
    assert tree == Path(Name("person", 0), steps, 0)


def test_parentheses_before_a_predicate_make_a_path_within_a_path() -> None:
    """So that (a)[1] counts over the whole of a."""
    inner = Path(Name("visit", 0), (), 0)
    assert parse("(${visit})[1]") == Path(inner, (Where(Number(1, 0), 0),), 0)
    assert parse("(${visit})") == Name("visit", 0)


def test_the_parser_knows_no_functions() -> None:
    """Another language of the same grammar can use it: the words of an estimate, for one."""
    assert parse("mean(days_a - days_b)") == Call(
        "mean", (Operation(Child("days_a", 5), (("-", Child("days_b", 14)),), 5),), 0
    )
    with pytest.raises(ExpressionError, match=r"there is no function mean\(\)"):
        compile("mean(days_a - days_b)")


def test_space_between_tokens_means_nothing() -> None:
    """Offsets apart, the trees are equal."""
    spaced = parse(" selected ( ${a} ,\n\t'x' ) and not( . = 1 ) ")
    assert spaced == parse("selected(${a},'x')and not(.=1)")


def test_words_are_operators_only_where_one_can_stand() -> None:
    """A column called div, or mod, or and."""
    tree = parse("div div mod mod and")
    assert tree == Operation(
        Child("div", 0), (("div", Child("mod", 0)), ("mod", Child("and", 0))), 0
    )


def test_a_walk_visits_everything_in_the_order_it_is_written() -> None:
    """Offsets never go back, but for an operation, which begins where its first operand does."""
    text = "if(${a} = 'x', count(${r}[${b} > -1]/c), ../d | ${e}) + 2"
    offsets = [node.offset for node in walk(parse(text))]
    assert offsets == sorted(offsets)
    assert [call.function for call in calls(parse(text))] == ["if", "count"]


def test_comparisons_tell_which_literals_an_item_is_held_against() -> None:
    """What a check needs to find a choice that is not in its list, and where it is written."""
    text = (
        "${sex} = 'h' and 3 < ${age} or selected(${use}, 'crack') or . != -1 or ${a} = ${b} "
        "or ${day} >= date('2026-05-01')"
    )
    found = list(comparisons(parse(text)))
    assert found == [
        ("sex", "=", "h", text.index("'h'")),
        ("age", ">", 3.0, text.index("3")),
        ("use", "selected", "crack", text.index("'crack'")),
        (".", "!=", -1.0, text.index("-1")),
        ("day", ">=", "2026-05-01", text.index("date")),
    ]


def test_what_and_joins_are_the_conditions_that_must_all_hold() -> None:
    """Parentheses around an `and` make no difference; those around an `or` keep it one condition."""
    parts = conjuncts(parse("${a} = 'x and y' and ((${b} or ${c}) and not(${d} and ${e}))"))
    wanted = ("${a} = 'x and y'", "${b} or ${c}", "not(${d} and ${e})")
    assert list(parts) == [parse(text) for text in wanted]
    either = parse("${a} or ${b} and ${c}")
    assert list(conjuncts(either)) == [either]


def test_only_the_first_pair_of_a_chain_compares_the_item_itself() -> None:
    """In ${a} = 1 = 2 the 2 is held against a condition."""
    assert [(c.name, c.literal) for c in comparisons(parse("${a} = 1 = 2"))] == [("a", 1.0)]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("‘a’", "straight quotes"),
        ("1 & 2", "write and"),
        ("$a", "${name}"),
        ("1\u00a0+ 2", "ordinary one"),
        ("'a", "same quote"),
        ("1 # 2", "quotes"),
    ],
)
def test_a_usual_slip_of_the_pen_has_its_own_remedy(text: str, remedy: str) -> None:
    """Curly quotes, the operators of other languages, special spaces, forgotten braces."""
    with pytest.raises(ExpressionError) as refusal:
        parse(text)
    assert remedy in refusal.value.remedy


def test_a_text_may_hold_what_is_not_a_name() -> None:
    """Braces matter to the compiler, which knows jr:choice-name, not to the parser."""
    assert parse("'${'") == String("${", 0)
    with pytest.raises(ExpressionError, match="in quotes is not replaced"):
        compile("'${'")
