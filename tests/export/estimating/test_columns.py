"""Expressions over columns: missing stays missing, and nothing is guessed from a text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from export.estimating.columns import Texts, coded, evaluate, is_missing
from surveys.expressions.grammar import parse
from surveys.problems import Refusal

NAN = float("nan")


def texts(*values: object) -> NDArray[Any]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


COLUMNS: dict[str, NDArray[Any]] = {
    "a": np.array([1.0, 2.0, NAN, 0.0]),
    "b": np.array([3.0, 2.0, 1.0, NAN]),
    "n": np.array([1, 2, 3, 4]),
    "yes": np.array([True, False, True, False]),
    "sex": texts("f", "m", None, ""),
    "code": texts("1", "other", "", "2"),
    "drugs": texts("crack", "crack heroin", None, "heroine"),
    "mixed": texts(1, 2.5, None, NAN),
    "blank": texts(None, None, "", None),
    "plain": np.array(["x", "", "y", "x"]),
}


def value(text: str) -> list[Any]:
    """Return the values of an expression, None where missing."""
    found = evaluate(parse(text), COLUMNS, 4)
    if isinstance(found, Texts):
        return [None if at < 0 else found.values[at] for at in found.places.tolist()]
    pairs = zip(found.tolist(), is_missing(found).tolist(), strict=True)
    return [None if missing else each for each, missing in pairs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", [4, 4, None, None]),
        ("b - a - 1", [1, -1, None, None]),
        ("a * 2 + 1", [3, 5, None, 1]),
        ("b div a", [3, 1, None, None]),
        ("1 div a", [1, 0.5, None, None]),
        ("-5 mod 3", [-2, -2, -2, -2]),
        ("n mod 0", [None, None, None, None]),
        ("-a", [-1, -2, None, 0]),
        ("${a} > 0", [1, 1, None, 0]),
        ("a >= b", [0, 1, None, None]),
        ("1 < n", [0, 1, 1, 1]),
        ("a = b", [0, 1, None, None]),
        ("a != b", [1, 0, None, None]),
        ("sex = 'f'", [1, 0, None, None]),
        ("sex != 'f'", [0, 1, None, None]),
        ("code = 1", [1, 0, None, 0]),
        ("code != 1", [0, 1, None, 1]),
        ("code = '1'", [1, 0, None, 0]),
        ("yes + yes", [2, 0, 2, 0]),
        ("mixed + 0", [1, 2.5, None, None]),
        ("plain = 'x'", [1, None, 0, 1]),
        ("blank = 'x'", [None, None, None, None]),
        ("a = 1 and sex = 'f'", [1, 0, None, 0]),
        ("a = 1 or sex = 'f'", [1, 0, None, None]),
        ("a = 1 or b > 0", [1, 1, 1, None]),
        ("not(a = 1)", [0, 1, None, 1]),
        ("not(n = 1 or n = 2)", [0, 0, 1, 1]),
        ("if(a = 1, 10, n)", [10, 2, None, 4]),
        ("if(n > 2, 'old', sex)", ["f", "m", "old", "old"]),
        ("selected(drugs, 'crack')", [1, 1, None, 0]),
        ("selected(drugs, 'heroin')", [0, 1, None, 0]),
        ("selected(n, '2')", [0, 1, 0, 0]),
        ("(yes = 1) - (n > 2)", [1, 0, 0, -1]),
    ],
)
def test_an_expression_has_its_value_in_each_row(text: str, expected: list[Any]) -> None:
    """Arithmetic, comparisons, logic and functions, with what is missing missing."""
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("age", "no column “age”"),
        ("b-a", "spaces around a minus"),
        ("sex + 1", "texts is used as numbers"),
        ("code < 2", "texts is used as numbers"),
        ("sex and a", "condition"),
        ("not(sex)", "condition"),
        ("sex = ''", "left out and counted"),
        ("if(a, 1, 'x')", "both sides"),
        ("today()", "today"),
        ("not(a, b)", "2 arguments"),
        ("a | b", "no meaning"),
        (". > 1", "name the column"),
        ("../a", "name the column"),
        ("a[1]", "name the column"),
    ],
)
def test_what_the_language_lacks_is_refused(text: str, match: str) -> None:
    """Each refusal says what to write instead."""
    with pytest.raises(Refusal, match=match):
        value(text)


def test_no_refusal_repeats_a_value() -> None:
    """A column of answers used wrongly is named by its use, not by its content."""
    with pytest.raises(Refusal) as caught:
        value("drugs > 1")
    assert "crack" not in str(caught.value)


@pytest.mark.parametrize("text", ["nan", "inf", "1_000", "٣", "0x10", "1e999"])
def test_python_spellings_of_numbers_are_not_numbers(text: str) -> None:
    """Only digits, sign, point and exponent make a number; infinity is none."""
    columns = {"x": texts(text)}
    with pytest.raises(Refusal):
        evaluate(parse("x + 1"), columns, 1)


TRUTH = st.sampled_from([0.0, 1.0, NAN])


@given(st.lists(st.tuples(TRUTH, TRUTH), min_size=1))
def test_and_or_and_not_obey_de_morgan(pairs: list[tuple[float, float]]) -> None:
    """not(p and q) is not(p) or not(q), with missing values too."""
    columns = {
        "p": np.array([p for p, _ in pairs]),
        "q": np.array([q for _, q in pairs]),
    }

    def of(text: str) -> NDArray[Any]:
        return np.asarray(evaluate(parse(text), columns, len(pairs)))

    np.testing.assert_array_equal(of("not(p and q)"), of("not(p) or not(q)"))
    np.testing.assert_array_equal(of("not(p or q)"), of("not(p) and not(q)"))


@given(st.lists(st.sampled_from([None, "", "f", "m", "f m", "10"])))
def test_texts_coded_are_the_same_texts(cells: list[str | None]) -> None:
    """A place for each row, no value twice, and blanks are missing."""
    found = coded(cells)
    assert [found.values[at] if at >= 0 else None for at in found.places.tolist()] == [
        cell or None for cell in cells
    ]
    assert len(set(found.values)) == len(found.values)
    assert is_missing(found).tolist() == [not cell for cell in cells]
    np.testing.assert_array_equal(
        np.asarray(evaluate(parse("selected(x, 'm')"), {"x": found}, len(cells))),
        [float("m" in cell.split(" ")) if cell else NAN for cell in cells],
    )


def test_a_column_of_something_else_is_a_mistake_of_the_caller() -> None:
    """Lists in a cell are neither numbers nor texts."""
    with pytest.raises(TypeError):
        evaluate(parse("x"), {"x": texts(["a"], "b")}, 2)
