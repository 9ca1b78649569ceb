"""Expressions as XLSForm writes them: `${age} >= 18 and selected(${products}, 'crack')`.

Read `tree.py` (what is written), `grammar.py` and `errors.py` (text to tree, or why not), `context.py` (what there is to read),
`values.py` and `dates.py` (kinds of value and how they compare), `code.py`, `evaluate.py` and `paths.py`
(tree to closures), `signature.py` and `functions.py` (how functions are declared and found) with the four
tables `text_functions.py`, `number_functions.py`, `date_functions.py` and `node_functions.py`, and
`regexes.py` with `automaton.py` and `ambiguity.py` (which patterns are safe).

Semantics are those of the ODK XForms specification. Where it is silent or tools differ:

- blank is '' and, in arithmetic, NaN; NaN compares false, except that it differs from everything;
- a sum, minimum or maximum with a blank is blank (Collect leaves blanks out);
- numbers equal to within 1e-12 are equal; texts that write the same date are equal;
- a half is rounded up: round(-1.5) is -1;
- regex() matches the whole text, and at most 500 characters;
- `count(${child})` counts all children even when asked inside one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import isnan

from surveys.expressions import values
from surveys.expressions.code import Code, as_number, as_text, as_truth
from surveys.expressions.context import Cell, Context, Node, NodeSet, Value
from surveys.expressions.errors import ExpressionError
from surveys.expressions.evaluate import compiled
from surveys.expressions.grammar import parse, quoted_name
from surveys.expressions.regexes import regex_problem
from surveys.expressions.tree import (
    CHOICE_NAME,
    Call,
    Child,
    Comparison,
    Name,
    Self,
    String,
    Tree,
    calls,
    comparisons,
    walk,
)
from surveys.language import _

__all__ = [
    "Cell",
    "Comparison",
    "Context",
    "Expression",
    "ExpressionError",
    "Node",
    "NodeSet",
    "Tree",
    "Value",
    "calls",
    "comparisons",
    "compile",
    "parse",
    "regex_problem",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression, compiled. Two of the same text are equal.

    `references` are the names in `${}` with their offsets, in order; `bare` likewise the names
    without, which are columns of a choice, or children of the node a predicate is about.
    """

    text: str
    tree: Tree = field(compare=False, repr=False)
    names: frozenset[str] = field(compare=False, repr=False)
    references: tuple[tuple[str, int], ...] = field(compare=False, repr=False)
    bare: tuple[tuple[str, int], ...] = field(compare=False, repr=False)
    uses_self: bool = field(compare=False, repr=False)
    _value: Callable[[Context], Value] = field(compare=False, repr=False)
    _truth: Callable[[Context], bool] = field(compare=False, repr=False)
    _number: Callable[[Context], float] = field(compare=False, repr=False)
    _string: Callable[[Context], str] = field(compare=False, repr=False)

    def evaluate(self, context: Context) -> Value:
        """Return the value; a `${name}` that means one place gives its text, not a node set."""
        return self._value(context)

    def truth(self, context: Context) -> bool:
        """Return the value as a condition: blank, 0 and NaN are false."""
        return self._truth(context)

    def number(self, context: Context) -> float:
        """Return the value as a number, NaN if it is none."""
        return self._number(context)

    def string(self, context: Context) -> str:
        """Return the value as the text an item would keep: a number that is NaN is blank, ''."""
        return self._string(context)


@lru_cache(maxsize=10_000)  # questions of a section often have the same relevant
def compile(text: str) -> Expression:  # the verb of the field; callers write expressions.compile
    """Return the expression written in `text`, or raise ExpressionError."""
    tree = parse(text)
    references: list[tuple[str, int]] = []
    bare: list[tuple[str, int]] = []
    uses_self = False
    question: Tree | None = None
    for node in walk(tree):
        if isinstance(node, Name):
            references.append((node.name, node.offset))
        elif isinstance(node, Child):
            bare.append((node.name, node.offset))
        elif isinstance(node, Self):
            uses_self = True
        elif isinstance(node, Call) and node.function == CHOICE_NAME:
            question = node.arguments[-1] if node.arguments else None
        elif isinstance(node, String) and "${" in node.text:
            references.append((_question(node, node is question), node.offset))
    code = compiled(tree)
    return Expression(
        text=text,
        tree=tree,
        names=frozenset([name for name, _offset in references]),
        references=tuple(references),
        bare=tuple(bare),
        uses_self=uses_self,
        _value=code.run,
        _truth=as_truth(code),
        _number=as_number(code),
        _string=_kept(code),
    )


def _question(node: String, is_question: bool) -> str:
    """Return the name in a quoted '${name}', which jr:choice-name() alone takes quoted."""
    name = quoted_name(node) if is_question else None
    if name is None:
        raise ExpressionError(
            _("a ${name} in quotes is not replaced by its answer"),
            _("write concat('…', ${name}, '…')"),
            node.offset,
        )
    return name


def _kept(code: Code) -> Callable[[Context], str]:
    if code.kind in ("text", "truth"):
        return as_text(code)
    run = code.run

    def convert(context: Context) -> str:
        value = run(context)
        if isinstance(value, str):
            return value
        return "" if isinstance(value, float) and isnan(value) else values.text(value)

    return convert
