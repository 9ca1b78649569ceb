"""Expressions written for R and for Stata have the values they have here, missing answers included."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from export.estimating.columns import arrays, evaluate
from export.scripts.columns_read import columns_of, is_text
from export.scripts.r_expression import in_r, named, quoted
from export.scripts.stata_expression import in_stata
from surveys.expressions.grammar import parse
from surveys.expressions.tree import Call, Child, Minus, Name, Number, Operation, String, Tree
from surveys.problems import Refusal

FUNCTIONS = Path(__file__).parents[3] / "export" / "scripts" / "expressions.R"

DATA = pl.DataFrame(
    {
        "a": [1.0, 2.0, None, 0.0, -3.5, None, 10.0, 2.0],
        "b": [3.0, 2.0, 1.0, None, 2.0, None, -4.0, 0.0],
        "if": [0, 1, None, 1, 0, 1, 1, None],
        "sex": ["f", "m", None, "f", "é", "m", "f", None],
        "code": ["1", "2", None, "2", "10", "1", "3", "2"],
        "drugs": ["crack", "crack heroin", None, "heroin", "none", "1 2", "crack", None],
    }
)
TEXTS = ("sex", "code", "drugs")
COLUMNS = arrays(DATA)


def op(operator: str, left: Tree, right: Tree) -> Tree:
    return Operation(left, ((operator, right),), 0)


def call(function: str, *arguments: Tree) -> Tree:
    return Call(function, arguments, 0)


WORDS = ["f", "m", "é", "1", "2", "crack", "heroin", "1 2", 'say "$x" `y\' \\']
literals = st.sampled_from([0.0, 1.0, 2.0, 3.5, 10.0]).map(lambda value: Number(value, 0))
words = st.sampled_from(WORDS).map(lambda text: String(text, 0))
texts = st.one_of(words, st.sampled_from(TEXTS).map(lambda name: Child(name, 0)))
leaves = st.one_of(literals, st.sampled_from(["a", "b", "if"]).map(lambda name: Name(name, 0)))


def deeper(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    either, plain = st.one_of(inner, texts), st.one_of(leaves, texts)
    return st.one_of(
        st.builds(op, st.sampled_from(["+", "-", "*", "div", "mod"]), inner, inner),
        st.builds(op, st.sampled_from(["<", "<=", ">", ">="]), either, inner),
        st.builds(op, st.sampled_from(["=", "!="]), either, either),
        st.builds(op, st.sampled_from(["and", "or"]), inner, inner),
        st.builds(lambda one: Minus(one, 0), inner),
        st.builds(lambda one: call("not", one), inner),
        st.builds(lambda c, a, b: call("if", c, a, b), inner, inner, inner),
        st.builds(lambda c, a, b, d: op("=", call("if", c, a, b), d), inner, texts, texts, texts),
        st.builds(lambda a, b: call("selected", a, b), plain, plain),
    )


trees: st.SearchStrategy[Tree] = st.recursive(leaves, deeper, max_leaves=8)


def values(tree: Tree) -> NDArray[np.float64] | None:
    """Return what an expression is here, None where it is refused."""
    try:
        found = evaluate(tree, COLUMNS, DATA.height)
    except Refusal:
        return None
    return np.asarray(found, dtype=np.float64)


@pytest.fixture(scope="module")
def in_one_run(
    require: Callable[[str, bool, str], None], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[list[str]], list[NDArray[np.float64]]]:
    """A function that has R evaluate expressions over DATA."""
    rscript = shutil.which("Rscript")
    require("R", rscript is not None, "apt-get install r-base-core")
    folder = tmp_path_factory.mktemp("r")
    DATA.write_csv(folder / "data.csv")

    def run(written: list[str]) -> list[NDArray[np.float64]]:
        lines = [
            f"source({quoted(str(FUNCTIONS))})",
            f'd <- read.csv({quoted(str(folder / "data.csv"))}, na.strings = "", check.names = FALSE,',
            '  encoding = "UTF-8", colClasses = c(rep("numeric", 3), rep("character", 3)))',
            "show <- function(x) cat(sprintf('%.17g', rep_len(as.numeric(x), nrow(d))), '\\n')",
            *(f"show(with(d, {one}))" for one in written),
        ]
        path = folder / "script.R"
        path.write_text("\n".join(lines) + "\n", "ascii")
        done = subprocess.run(
            [str(rscript), "--vanilla", str(path)], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        cells = [line.split() for line in done.stdout.decode().splitlines()]
        return [np.array([np.nan if c == "NA" else float(c) for c in one]) for one in cells]

    return run


@settings(max_examples=4)
@given(st.lists(trees, min_size=40, max_size=60))
def test_r_gives_an_expression_the_values_it_has_here(
    in_one_run: Callable[[list[str]], list[NDArray[np.float64]]], found: list[Tree]
) -> None:
    """Whatever is combined: arithmetic, comparisons, logic, if, selected, texts that are numbers."""
    pairs = [(tree, here) for tree in found if (here := values(tree)) is not None]
    there = in_one_run([in_r(tree, TEXTS) for tree, _here in pairs])
    for (tree, here), other in zip(pairs, there, strict=True):
        np.testing.assert_allclose(other, here, rtol=1e-14, err_msg=in_r(tree, TEXTS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 1 and sex = 'f'", '((a > 1) & same(sex, "f"))'),
        ("not(selected(drugs, 'crack'))", '(!chosen(drugs, "crack"))'),
        ("if(a = 1, 10, ${if}) - b div 2", "(when(same(a, 1), 10, `if`) - divided(b, 2))"),
        ("code + 1.5", "(number(code) + 1.5)"),
        ("a - b - 1", "((a - b) - 1)"),
    ],
)
def test_r_reads_like_what_was_asked(text: str, expected: str) -> None:
    """The names of columns stay, and each function says what it does."""
    assert in_r(parse(text), TEXTS) == expected


def test_a_text_cannot_leave_its_quotes() -> None:
    """Quotes, backslashes, macros of Stata and line ends are written by number or escaped."""
    tree = op("=", Child("sex", 0), String("\"); q() #\n`x' $y \\", 0))
    assert in_r(tree, TEXTS) == r"""same(sex, "\"); q() #\u{a}`x' $y \\")"""
    (line,) = in_stata(tree, TEXTS, {"sex": "sex"}).lines
    assert not set("`$\\\n'") & set(line)
    assert named("a`b") == r"`a\`b`"


# --- Stata, by an interpreter of the few functions the steps use ---------------------------------


def stata_values(tree: Tree) -> NDArray[np.float64]:
    """Return what the steps make of DATA, read as Stata reads them: missing is above all numbers."""
    names = {name: f"c{at}" for at, name in enumerate(DATA.columns)}
    steps = in_stata(tree, TEXTS, names)
    out = []
    for row in DATA.iter_rows(named=True):
        known: dict[str, Any] = {
            names[name]: ("" if value is None else value)
            if name in TEXTS
            else (MISSING if value is None else float(value))
            for name, value in row.items()
        }
        for line in steps.lines:
            target, _sign, value = (
                line.removeprefix("generate ").removeprefix("double ").partition(" = ")
            )
            known[target] = StataReader(value, known).read()
        result = known[steps.result]
        out.append(np.nan if result == MISSING else float(result))
    return np.array(out)


MISSING = float("inf")


def _real(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return MISSING


def _string(value: float, form: str) -> str:
    assert form == "%21.15g"
    return "." if value == MISSING else f"{value:.15g}"


def _mod(x: float, y: float) -> float:
    return MISSING if MISSING in (x, y) or y == 0 else float(np.fmod(x, y))


STATA: Mapping[str, Callable[..., Any]] = {
    "missing": lambda x: float(x in (MISSING, "")),
    "cond": lambda c, a, b: a if c else b,
    "real": _real,
    "string": _string,
    "strpos": lambda text, part: float(text.find(part) + 1),
    "abs": abs,
    "sign": lambda x: MISSING if x == MISSING else float(np.sign(x)),
    "mod": _mod,
    "char": lambda n: chr(int(n)),
    "uchar": lambda n: chr(int(n)),
}
LEVELS = (("|",), ("&",), ("==", "!=", "<=", ">=", "<", ">"), ("+", "-"), ("*", "/"))


class StataReader:
    """A reader of Stata's expressions, as far as the steps need one."""

    def __init__(self, text: str, known: Mapping[str, Any]) -> None:
        self.text, self.at, self.known = text, 0, known

    def read(self) -> Any:
        value = self.level(0)
        self.space()
        assert self.at == len(self.text), self.text[self.at :]
        return value

    def space(self) -> None:
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1

    def takes(self, *signs: str) -> str:
        self.space()
        for sign in signs:
            if self.text.startswith(sign, self.at):
                self.at += len(sign)
                return sign
        return ""

    def level(self, depth: int) -> Any:
        if depth == len(LEVELS):
            return self.unary()
        left = self.level(depth + 1)
        while sign := self.takes(*LEVELS[depth]):
            left = operated(sign, left, self.level(depth + 1))
        return left

    def unary(self) -> Any:
        if self.takes("-"):
            value = self.unary()
            return value if value == MISSING else -value
        if self.takes("!"):
            return float(not self.unary())
        return self.atom()

    def atom(self) -> Any:
        if self.takes("("):
            value = self.level(0)
            assert self.takes(")")
            return value
        if self.takes('"'):
            start = self.at
            self.at = self.text.index('"', start) + 1
            return self.text[start : self.at - 1]
        start = self.at
        while self.at < len(self.text) and (
            self.text[self.at].isalnum() or self.text[self.at] in "._"
        ):
            self.at += 1
        word = self.text[start : self.at]
        if not self.takes("("):
            return (
                MISSING
                if word == "."
                else self.known.get(word)
                if word[0].isalpha()
                else float(word)
            )
        arguments = [self.level(0)]
        while self.takes(","):
            arguments.append(self.level(0))
        assert self.takes(")")
        return STATA[word](*arguments)


def operated(sign: str, a: Any, b: Any) -> Any:
    match sign:
        case "|" | "&":
            return float((a != 0 or b != 0) if sign == "|" else (a != 0 and b != 0))
        case "==":
            return float(a == b)
        case "!=":
            return float(a != b)
        case "<" | "<=" | ">" | ">=":
            return float({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign])
        case "+" if isinstance(a, str):
            return a + b
    if MISSING in (a, b) or (sign == "/" and b == 0):
        return MISSING
    return {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else 0}[sign]


@settings(max_examples=300)
@given(trees)
def test_stata_gives_an_expression_the_values_it_has_here(tree: Tree) -> None:
    """Read with Stata's rules, where missing is above all numbers, the steps give the same values."""
    here = values(tree)
    if here is not None:
        np.testing.assert_allclose(stata_values(tree), here, rtol=1e-14)


def test_the_columns_an_expression_reads_are_known() -> None:
    """Each once, in order; the type of an `if` is that of its sides."""
    tree = parse("if(a > b, sex, code) = 'f' and a = 1")
    assert columns_of(tree) == ("a", "b", "sex", "code")
    assert is_text(parse("if(a > b, sex, code)"), TEXTS)
    assert not is_text(tree, TEXTS)


def test_a_number_beyond_all_numbers_is_written_as_one_that_both_can_read() -> None:
    """`inf` would be a name there, and nothing of the script would run."""
    tree = parse(f"a < 1{'0' * 400}")
    assert in_r(tree, TEXTS) == "(a < 8e+307)"
    assert "8e+307" in in_stata(tree, TEXTS, {"a": "a_a"}).lines[0]
