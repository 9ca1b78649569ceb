"""Expressions as XLSForm writes them: `${age} >= 18 and selected(${products}, 'crack')`.

Read `tree.py` (what is written), `grammar.py` and `errors.py` (text to tree, or why not), `context.py` (what there is to read),
`values.py` and `dates.py` (kinds of value and how they compare), `code.py`, `evaluate.py` and `paths.py`
(tree to closures), `signature.py` and `functions.py` (how functions are declared and found) with the four
tables `text_functions.py`, `number_functions.py`, `date_functions.py` and `node_functions.py`, and
`regexes.py` with `automaton.py` and `ambiguity.py` (which patterns are safe).

Semantics are those of the ODK XForms specification. Where it is silent or its tools differ (Collect;
Enketo and Web Forms in a browser), and where we do on purpose:

- blank is '' and, in arithmetic, NaN; NaN compares false, except that it differs from everything;
  kept or given to coalesce(), NaN is blank;
- a sum, minimum or maximum with a blank is blank (Collect leaves blanks out); a sum of nothing is 0;
- an answer alone as a condition is true unless it is blank, also 0 (Collect: not 0; Web Forms: also
  a blank), so write `${n} > 0`;
- numbers equal to within 1e-12 are equal, as in Collect; texts that write the same date are equal;
- days are counted in local time, as in Collect; date() drops the time of day;
- a half is rounded up: round(-1.5) is -1 (Web Forms: -2); decimals are rounded as they are written;
- regex() matches the whole text, as in Collect, and at most 500 characters;
- `count(${child})` counts all children even when asked inside one;
- in a predicate `${name}` is that of the node asked about, as in Collect; the others find every
  instance there, and want the bare name, which means the same in all: `${person}[age > 18]`;
- once() keeps the current answer; an interview computes calculations afresh from the answers, so
  that equal answers make equal interviews, and draws the same lots each time;
- selected() of a blank and a blank is true; jr:itext() finds the labels of choices only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from surveys.expressions.code import as_kept, as_number, as_truth
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

    `names` are those in `${}`, each once: what a caller must feed. `references` are the same with
    their offsets, in order; `bare` likewise the names without `${}`, which are columns of a choice,
    or children of the node a predicate is about. `uses_self`: it reads the current answer.
    `functions` are those it calls.
    """

    text: str
    tree: Tree = field(compare=False, repr=False)
    names: frozenset[str] = field(compare=False, repr=False)
    references: tuple[tuple[str, int], ...] = field(compare=False, repr=False)
    bare: tuple[tuple[str, int], ...] = field(compare=False, repr=False)
    uses_self: bool = field(compare=False, repr=False)
    functions: frozenset[str] = field(compare=False, repr=False)
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

    def __reduce__(self) -> tuple[Callable[[str], Expression], tuple[str]]:
        """Go from process to process as the text, and be compiled again there."""
        return compile, (self.text,)


@lru_cache(maxsize=10_000)  # questions of a section often have the same relevant
def compile(text: str) -> Expression:  # the verb of the field; callers write expressions.compile
    """Return the expression written in `text`, or raise ExpressionError with the offset of the slip.

    `names` tells what it reads, in the form `${name}`; what they are worth comes with a `Context`,
    here two persons with two doses and one:

    >>> from datetime import UTC, datetime
    >>> from surveys.expressions import Context, Node, compile
    >>> sorted(compile("sum(${grams}) > 5 and ${place} = 'csapa'").names)
    ['grams', 'place']
    >>> context = Context(
    ...     scopes={
    ...         "place": (),
    ...         **dict.fromkeys(("person", "name"), ("person",)),
    ...         **dict.fromkeys(("dose", "grams"), ("person", "dose")),
    ...     },
    ...     values={
    ...         Node("place", ()): "csapa",
    ...         Node("name", (1,)): "Ana",
    ...         Node("name", (2,)): "Bo",
    ...         Node("grams", (1, 1)): "2",
    ...         Node("grams", (1, 2)): "3",
    ...         Node("grams", (2, 1)): "5",
    ...     },
    ...     counts={Node("person", ()): 2, Node("dose", (1,)): 2, Node("dose", (2,)): 1},
    ...     lists={
    ...         "places": [{"name": "csapa", "label": "The clinic"}, {"name": "gp", "label": "A GP"}],
    ...         "fees": [{"place": "gp", "fee": "26.5"}, {"place": "csapa", "fee": "0"}],
    ...     },
    ...     list_of={"place": "places"},
    ...     now=datetime(2026, 5, 1, 12, tzinfo=UTC),
    ...     random=lambda: 0.5,
    ... )

    From nowhere in particular `${grams}` is all the doses; from inside a person, that person's; the
    point is the current item:

    >>> compile("sum(${grams})").evaluate(context)
    10.0
    >>> compile("sum(${grams})").evaluate(context.at(Node("name", (1,))))
    5.0
    >>> compile(". > 4 and ${name} = 'Bo'").evaluate(context.at(Node("grams", (2, 1))))
    True

    Lists and tables are rows; a choice filter is asked of one row at a time; the clock stands still:

    >>> compile("jr:choice-name(${place}, '${place}')").evaluate(context)
    'The clinic'
    >>> compile("pulldata('fees', 'fee', 'place', ${place})").number(context)
    0.0
    >>> compile("name = ${place}").truth(context.with_row({"name": "gp", "label": "A GP"}))
    False
    >>> compile("date(today() + 1)").string(context)
    '2026-05-02'
    """
    tree = parse(text)
    references: list[tuple[str, int]] = []
    bare: list[tuple[str, int]] = []
    uses_self = False
    functions: set[str] = set()
    question: Tree | None = None
    for node in walk(tree):
        if isinstance(node, Name):
            references.append((node.name, node.offset))
        elif isinstance(node, Child):
            bare.append((node.name, node.offset))
        elif isinstance(node, Self):
            uses_self = True
        elif isinstance(node, Call):
            functions.add(node.function)
            if node.function == CHOICE_NAME and node.arguments:
                question = node.arguments[-1]
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
        functions=frozenset(functions),
        _value=code.run,
        _truth=as_truth(code),
        _number=as_number(code),
        _string=as_kept(code),
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
