"""What holds of every expression and every answer: arithmetic, logic, order, and never an exception."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from surveys.expressions import Context, Node, NodeSet, compile
from surveys.expressions.functions import FUNCTIONS
from surveys.expressions.signature import ANY_NUMBER

SCOPES: Mapping[str, tuple[str, ...]] = {
    "a": (),
    "b": (),
    "c": (),
    "r": ("r",),
    "x": ("r",),
    "s": ("r", "s"),
    "y": ("r", "s"),
}


def context(answers: Mapping[Node, str], current: Node | None = None) -> Context:
    return Context(
        scopes=SCOPES,
        values=answers,
        counts={Node("r", ()): 2, Node("s", (1,)): 2, Node("s", (2,)): 1},
        current=current,
        lists={"list": [{"name": "1", "label": "One"}]},
        list_of={"a": "list"},
        now=datetime(2026, 5, 1, 12, tzinfo=UTC),
        random=lambda: 0.25,
    )


def with_answers(a: str = "", b: str = "", c: str = "") -> Context:
    return context({Node("a", ()): a, Node("b", ()): b, Node("c", ()): c})


# Numbers as people write them: enough decimals, no exponent.
NUMBERS = st.decimals(-1_000_000, 1_000_000, allow_nan=False, places=3).map(
    lambda number: format(number, "f")
)
ANSWERS = st.one_of(
    st.just(""),
    NUMBERS,
    st.dates().map(lambda day: day.isoformat()),
    st.datetimes(timezones=st.just(UTC)).map(lambda when: when.isoformat(timespec="milliseconds")),
    st.sampled_from(
        ["a b c", " ", "true", "nan", "-", "1e400", "9" * 400, "2026-02-30", "%Y", "\0"]
    ),
    st.text(max_size=8),
)


@given(NUMBERS, NUMBERS, NUMBERS)
@settings(max_examples=100, deadline=None)
def test_arithmetic_is_that_of_python(a: str, b: str, c: str) -> None:
    """Of doubles, with its precedence; only division by zero is a value and not an exception."""
    here = with_answers(a, b, c)
    x, y, z = float(a), float(b), float(c)
    assert compile("${a} + ${b} * ${c} - ${a}").number(here) == x + y * z - x
    assert compile("-(${a} - ${b}) * ${c}").number(here) == -(x - y) * z
    assume(y != 0)
    assert compile("${a} div ${b}").number(here) == x / y
    assert compile("${a} mod ${b}").number(here) == math.fmod(x, y)


@given(NUMBERS)
@settings(max_examples=200, deadline=None)
def test_a_number_written_and_read_again_is_the_same(number: str) -> None:
    """From text to number to text to number, without a digit lost."""
    here = with_answers(number)
    once = compile("number(${a})").number(here)
    assert once == float(number)
    assert compile("${a} = number(string(number(${a})))").truth(here)
    assert float(compile("string(number(${a}))").string(here)) == once


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=200, deadline=None)
def test_any_double_is_written_without_exponent_and_reads_back(number: float) -> None:
    """XPath's numbers have no exponent, from the least to the greatest."""
    from surveys.expressions.values import text_of_number

    written = text_of_number(number)
    assert set(written) <= set("-.0123456789")
    assert float(written) == number
    assert not written.endswith(".0")
    assert compile("number(${a})").number(with_answers(written)) == number


@given(ANSWERS, ANSWERS)
@settings(max_examples=150, deadline=None)
def test_de_morgan(a: str, b: str) -> None:
    """Not (p and q) is not-p or not-q, whatever the answers."""
    here = with_answers(a, b)
    for p, q in [("${a}", "${b}"), ("${a} = ${b}", "${a} < ${b}"), ("${a} != ''", "${b} > 1")]:
        assert compile(f"not({p} and {q})").truth(here) == compile(f"not({p}) or not({q})").truth(
            here
        )
        assert compile(f"not({p} or {q})").truth(here) == compile(f"not({p}) and not({q})").truth(
            here
        )


@given(ANSWERS, ANSWERS | NUMBERS)
@settings(max_examples=150, deadline=None)
def test_two_answers_are_equal_or_different_never_both(a: str, b: str) -> None:
    """= and != are opposites for single values, and < is > from the other side."""
    here = with_answers(a, b)
    assert compile("${a} = ${b}").truth(here) is not compile("${a} != ${b}").truth(here)
    assert compile("${a} < ${b}").truth(here) == compile("${b} > ${a}").truth(here)
    assert compile("${a} <= ${b}").truth(here) == compile("${b} >= ${a}").truth(here)
    assert compile("${a} < ${b}").truth(here) <= compile("${a} <= ${b}").truth(here)


@given(ANSWERS)
@settings(max_examples=100, deadline=None)
def test_a_comparison_with_a_literal_is_that_of_two_answers(a: str) -> None:
    """Comparisons with constants have code of their own, which must not mean anything else."""
    for literal, answer in [
        ("2", "2"),
        ("-1.5", "-1.5"),
        ("'2'", "2"),
        ("''", ""),
        ("'true'", "true"),
    ]:
        here = with_answers(a, answer)
        value = "${b}" if literal.startswith("'") else "number(${b})"
        for sign in ("=", "!=", "<", "<=", ">", ">="):
            expected = compile(f"${{a}} {sign} {value}").truth(here)
            assert compile(f"${{a}} {sign} {literal}").truth(here) is expected
    for sign, mirrored in [("<", ">"), ("<=", ">="), ("=", "="), ("!=", "!=")]:
        here = with_answers(a)
        assert compile(f"2 {sign} ${{a}}").truth(here) is compile(f"${{a}} {mirrored} 2").truth(
            here
        )


@given(ANSWERS)
def test_no_order_holds_of_what_is_no_number(a: str) -> None:
    """NaN compares false with everything, and differs from everything."""
    here = with_answers(a)
    assume(math.isnan(compile("number(${a})").number(here)))
    for sign, holds in [("=", False), ("<", False), (">", False), ("<=", False), ("!=", True)]:
        assert compile(f"${{a}} {sign} 1").truth(here) is holds
        assert compile(f"number(${{a}}) {sign} number(${{a}})").truth(here) is holds


@given(st.lists(st.sampled_from(["", "1", "2", "2026-05-01"]), min_size=2, max_size=2), ANSWERS)
def test_a_node_set_compares_as_some_of_its_nodes(values: list[str], other: str) -> None:
    """= and < over a repeat are true when some instance makes them so."""
    here = context({Node("x", (1,)): values[0], Node("x", (2,)): values[1], Node("a", ()): other})
    singles = [with_answers(value, other) for value in values]
    for sign in ("=", "!=", "<", ">="):
        expected = any(compile(f"${{a}} {sign} ${{b}}").truth(one) for one in singles)
        assert compile(f"${{x}} {sign} ${{a}}").truth(here) is expected


@given(st.lists(NUMBERS, min_size=2, max_size=2))
def test_sum_count_and_extremes_agree_with_python(numbers: list[str]) -> None:
    """Over the instances of a repeat."""
    here = context({Node("x", (1,)): numbers[0], Node("x", (2,)): numbers[1]})
    values = [float(number) for number in numbers]
    assert compile("sum(${x})").number(here) == values[0] + values[1]
    assert compile("min(${x})").number(here) == min(values)
    assert compile("max(${x})").number(here) == max(values)
    assert compile("count(${x}[. >= 0])").number(here) == sum(value >= 0 for value in values)


@given(st.text(max_size=12), st.integers(-15, 15), st.integers(-15, 15))
@settings(max_examples=200, deadline=None)
def test_substr_is_a_slice(text: str, start: int, end: int) -> None:
    """With Python's negative indexes, which ODK's are too."""
    here = context({Node("a", ()): text, Node("b", ()): str(start), Node("c", ()): str(end)})
    assert compile("substr(${a}, ${b}, ${c})").string(here) == text[start:end]
    assert compile("string-length(${a})").number(here) == len(text)


@given(st.text(max_size=10), st.text(min_size=1, max_size=3))
def test_what_is_before_and_after_a_mark_with_the_mark_is_the_text(text: str, mark: str) -> None:
    """Where the mark is there at all."""
    here = with_answers(text, mark)
    whole = "concat(substring-before(${a}, ${b}), ${b}, substring-after(${a}, ${b}))"
    assert (compile(whole).string(here) == text) is (mark in text)
    assert compile("contains(${a}, ${b})").truth(here) is (mark in text)


@given(st.lists(st.text("abc", min_size=1, max_size=2), max_size=5))
def test_a_list_of_choices_is_counted_and_indexed_like_a_list(choices: list[str]) -> None:
    """selected, selected-at and count-selected agree with each other."""
    here = with_answers(" ".join(choices))
    assert compile("count-selected(${a})").number(here) == len(choices)
    for index, name in enumerate(choices):
        assert compile(f"selected-at(${{a}}, {index})").string(here) == name
        assert compile(f"selected(${{a}}, '{name}')").truth(here)
    assert compile(f"selected-at(${{a}}, {len(choices)})").string(here) == ""


@given(st.dates(), st.integers(-40_000, 40_000))
def test_dates_and_days_are_one_line(day: object, shift: int) -> None:
    """date() undoes number(), and adding days moves along the calendar."""
    here = with_answers(str(day), str(shift))
    assert compile("date(number(${a}))").string(here) == str(day)
    moved = compile("date(${a} + ${b})").string(here)
    if moved:
        assert compile("number(${c}) - ${a}").number(with_answers(str(day), "", moved)) == shift


@given(st.floats(-1e9, 1e9), st.integers(-3, 6))
@example(-1.5, 0)
@example(2.675, 2)
def test_rounding_is_to_the_nearest_and_a_half_goes_up(number: float, places: int) -> None:
    """Never further than half a unit; XPath 1.0 rounds towards positive infinity."""
    from surveys.expressions.number_functions import rounded

    unit = 10.0**-places
    result = rounded(number, places)
    assert abs(result - number) <= unit / 2 * (1 + 1e-9) + math.ulp(number)
    assert rounded(result, places) == result
    assert rounded(-0.5) == 0
    assert rounded(0.5) == 1


BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul}
TREES: st.SearchStrategy[tuple[str, Callable[[], float]]] = st.recursive(
    st.integers(0, 99).map(lambda n: (str(n), lambda: float(n))),
    lambda inner: st.tuples(st.sampled_from(sorted(BINARY)), inner, inner).map(
        lambda parts: (
            f"({parts[1][0]} {parts[0]} {parts[2][0]})",
            lambda: float(BINARY[parts[0]](parts[1][1](), parts[2][1]())),
        )
    ),
    max_leaves=15,
)


@given(TREES)
@settings(max_examples=150, deadline=None)
def test_nested_arithmetic_is_that_of_python(tree: tuple[str, Callable[[], float]]) -> None:
    """Any nesting of sums and products with parentheses."""
    assert compile(tree[0]).number(with_answers()) == tree[1]()


# Arguments of every sort; a function is called with what it may not expect.
ARGUMENTS = st.sampled_from(
    [
        *(
            "${a}",
            "${b}",
            "${x}",
            "${y}",
            "${r}",
            "${none}",
            ".",
            "..",
            "x",
            "''",
            "'a+'",
            "'list'",
        ),
        *("0", "-1", "2.5", "1 div 0", "0 div 0", "true()", "${r}[2]", "${y}[. != '']", "now()"),
        *("${x} | ${y}", "instance('list')/root/item/label", "99999999999999999999", "-${a}"),
    ]
)


@given(st.data(), ANSWERS, ANSWERS, st.sampled_from([None, "a", "x", "y", "r"]))
@settings(max_examples=400, deadline=None)
def test_no_function_fails_whatever_the_answers(
    data: st.DataObject, a: str, b: str, where: str | None
) -> None:
    """What cannot be computed is NaN or blank; an exception would stop an interview."""
    from surveys.expressions import ExpressionError

    name = data.draw(st.sampled_from(sorted(FUNCTIONS)))
    counts = [n for n in FUNCTIONS[name].counts if n <= 7 or (n < ANY_NUMBER and n <= 3)]
    arguments = [data.draw(ARGUMENTS) for _ in range(data.draw(st.sampled_from(counts)))]
    answers = {Node("a", ()): a, Node("b", ()): b, Node("x", (1,)): b, Node("y", (1, 2)): a}
    current = {None: None, "a": Node("a", ()), "x": Node("x", (2,)), "y": Node("y", (1, 2))}
    here = context(answers, current.get(where, Node("r", (1,))))
    try:
        expression = compile(f"{name}({', '.join(arguments)})")
    except ExpressionError:
        return
    value = expression.evaluate(here)
    assert isinstance(value, str | float | bool | NodeSet)
    assert isinstance(expression.string(here), str)
    assert isinstance(expression.number(here), float)
    assert isinstance(expression.truth(here), bool)
    assert expression.string(here) != "NaN" or not isinstance(value, float)


def test_the_deepest_expression_is_evaluated_without_exhausting_the_stack() -> None:
    """At the limit of nesting, of every construct that nests."""
    from surveys.expressions.grammar import DEEPEST

    here = with_answers("1", "2")
    for opening, closing in [
        ("(", ")"),
        ("-(", ")"),
        ("not(", ")"),
        ("if(1, ", ", 0)"),
        ("-number(1 + ", ")"),
        ("concat('', -", ")"),
        ("count(${x} | ${x}[1][string(", ")])"),
    ]:
        for depth in range(DEEPEST, 0, -1):
            try:
                expression = compile(opening * depth + "1" + closing * depth)
            except ValueError:
                continue
            expression.evaluate(here)
            break
        assert depth >= 2


def test_a_long_row_of_operators_does_not_deepen_the_stack() -> None:
    """Two thousand terms are a loop, not two thousand calls in each other."""
    from surveys.expressions.grammar import MOST_TERMS

    here = with_answers("1")
    for sign in ("and", "or", "=", "!=", "<", "+", "-", "*", "div", "|"):
        compile(f" {sign} ".join(["${a}"] * MOST_TERMS)).evaluate(here)
    compile("/".join(["${r}", *[".."] * (MOST_TERMS - 1)])).evaluate(here)
    compile("-" * 10_000 + "1").evaluate(here)


def test_texts_that_double_each_other_stop_growing() -> None:
    """Forty calculations that join the one before with itself would fill any memory."""
    text = "x"
    for _step in range(40):
        text = compile("concat(${a}, ${a})").string(with_answers(text))
    assert len(text) == 100_000
