"""From text to tree: the grammar of XPath 1.0 that XLSForm writes, with `${name}` as a primary.

    expression  operand, then operators by precedence: or; and; = !=; < <= > >=; + -; * div mod
    operand     any number of '-', then paths joined by '|'
    path        a primary, then predicates `[…]` and steps `/name`, `/.`, `/..`
    primary     number, text, `${name}`, name, `.`, `..`, function call, parentheses

A word or `*` is an operator only where an operator can stand, so a column may be called `div`.
Operators of one precedence are read by a loop; only nesting recurses, and nesting is limited.
"""

from __future__ import annotations

import re
from typing import Final

from surveys.expressions.errors import (
    ExpressionError,
    no_name,
    no_step,
    no_value,
    not_at_its_end,
    not_closed,
    stray,
)
from surveys.expressions.tree import (
    Call,
    Child,
    Minus,
    Name,
    Number,
    Operation,
    Parent,
    Path,
    Self,
    Step,
    String,
    Tree,
    Where,
)
from surveys.language import _

# Limits against an expression made to exhaust the machine; the longest of 66 real forms' cells
# had 4,000 characters. Nested predicates multiply their costs, hence the low number.
LONGEST = 20_000
MOST_TERMS = 2_000
DEEPEST = 64
DEEPEST_PREDICATE = 2

_WORD = r"[^\W\d][\w.\-]*"
_NAME = re.compile(_WORD)
_TOKEN = re.compile(
    rf"""[ \t\r\n]*
       (?: (?P<name>\$\{{[^{{}}]*\}})
       | (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
       | (?P<string>"[^"]*"|'[^']*')
       | (?P<word>{_WORD}(?::{_WORD})?)
       | (?P<symbol>\.\.|!=|<=|>=|[-+*|=<>()\[\],/.])
       | (?P<end>\Z)
       | (?P<other>.) )""",
    re.VERBOSE | re.DOTALL,
)
_LEVELS: Final = {
    "or": 1,
    "and": 2,
    **dict.fromkeys(("=", "!="), 3),
    **dict.fromkeys(("<", "<=", ">", ">="), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "div", "mod"), 6),
}
_OPERATORS = frozenset({"word", "symbol"})

Token = tuple[str, str, int]


def parse(text: str) -> Tree:
    """Return the tree of `text`, whatever functions it calls; raise ExpressionError if it has none."""
    if len(text) > LONGEST:
        raise ExpressionError(
            _("the expression has {n} characters, more than {most}").format(
                n=len(text), most=LONGEST
            ),
            _("split it into several calculations"),
            LONGEST,
        )
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        token = match[kind]
        offset = match.end() - len(token)
        if kind == "other":
            raise stray(text, offset)
        tokens.append((kind, token, offset))
    return tokens


class _Parser:
    """Reads tokens one after the other; a method returns the tree of what it has read."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0
        self._predicates = 0
        self._terms = 0

    def whole(self) -> Tree:
        if self._tokens[0][0] == "end":
            raise ExpressionError(
                _("the expression is empty"), _("write one, or remove the key"), 0
            )
        tree = self._expression(1)
        kind, text, offset = self._tokens[self._next]
        if kind == "end":
            return tree
        raise not_at_its_end(text, offset)

    def _expression(self, lowest: int) -> Tree:
        """Read operators of precedence `lowest` and tighter."""
        self._deeper()
        tree = self._operand()
        level = self._level()
        while level >= lowest:
            rest: list[tuple[str, Tree]] = []
            this = level
            while level == this:
                operator = self._tokens[self._next][1]
                self._next += 1
                rest.append((operator, self._expression(this + 1)))
                level = self._level()
            tree = Operation(tree, tuple(rest), tree.offset)
        self._depth -= 1
        return tree

    def _level(self) -> int:
        kind, text, _offset = self._tokens[self._next]
        return _LEVELS.get(text, 0) if kind in _OPERATORS else 0

    def _operand(self) -> Tree:
        offset = self._tokens[self._next][2]
        minuses = 0
        while self._took("-"):
            minuses += 1
        tree = self._path()
        if self._tokens[self._next][1] == "|":
            others: list[tuple[str, Tree]] = []
            while self._took("|"):
                others.append(("|", self._path()))
            tree = Operation(tree, tuple(others), tree.offset)
        if minuses == 0:
            return tree
        # Two minuses are kept, for they turn a text into a number; four are the same as two.
        tree = Minus(tree, offset)
        return tree if minuses % 2 else Minus(tree, offset)

    def _path(self) -> Tree:
        in_parentheses = self._tokens[self._next][1] == "("
        start = self._primary()
        steps: list[Step] = []
        while True:
            kind, text, offset = self._tokens[self._next]
            if kind != "symbol" or text not in ("[", "/"):
                break
            self._next += 1
            self._term(offset)
            steps.append(self._where(offset) if text == "[" else self._step())
        if not steps:
            return start
        if in_parentheses:
            start = Path(start, (), start.offset)
        return Path(start, tuple(steps), start.offset)

    def _where(self, offset: int) -> Where:
        self._predicates += 1
        if self._predicates > DEEPEST_PREDICATE:
            raise ExpressionError(
                _("predicates [ ] stand more than {most} deep in each other").format(
                    most=DEEPEST_PREDICATE
                ),
                _("put the inner one in a calculation of its own"),
                offset,
            )
        predicate = self._expression(1)
        self._close("]", offset)
        self._predicates -= 1
        return Where(predicate, offset)

    def _step(self) -> Step:
        kind, text, offset = self._take()
        if kind == "word" and ":" not in text and self._tokens[self._next][1] != "(":
            return Child(text, offset)
        if text == ".":
            return Self(offset)
        if text == "..":
            return Parent(offset)
        raise no_step(offset)

    def _primary(self) -> Tree:
        kind, text, offset = self._take()
        self._term(offset)
        if kind == "name":
            return Name(_inner_name(text, offset), offset)
        if kind == "number":
            return Number(float(text), offset)
        if kind == "string":
            return String(text[1:-1], offset)
        if kind == "word":
            if self._took("("):
                return Call(text, self._arguments(offset), offset)
            if ":" not in text:
                return Child(text, offset)
        if text == ".":
            return Self(offset)
        if text == "..":
            return Parent(offset)
        if text == "(":
            tree = self._expression(1)
            self._close(")", offset)
            return tree
        raise no_value("" if kind == "end" else text, offset)

    def _arguments(self, offset: int) -> tuple[Tree, ...]:
        if self._took(")"):
            return ()
        arguments = [self._expression(1)]
        while self._took(","):
            arguments.append(self._expression(1))
        self._close(")", offset)
        return tuple(arguments)

    def _take(self) -> Token:
        token = self._tokens[self._next]
        if token[0] != "end":
            self._next += 1
        return token

    def _took(self, symbol: str) -> bool:
        kind, text, _offset = self._tokens[self._next]
        if text == symbol and kind == "symbol":
            self._next += 1
            return True
        return False

    def _close(self, symbol: str, opened: int) -> None:
        if not self._took(symbol):
            kind, text, offset = self._tokens[self._next]
            raise not_closed(symbol, opened, "" if kind == "end" else text, offset)

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(
                _("the expression nests more than {most} levels deep").format(most=DEEPEST),
                _("split it into several calculations"),
                self._tokens[self._next][2],
            )

    def _term(self, offset: int) -> None:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise ExpressionError(
                _("the expression has more than {most} terms").format(most=MOST_TERMS),
                _("split it into several calculations"),
                offset,
            )


def quoted_name(tree: String) -> str | None:
    """Return x of a text that is '${x}', as jr:choice-name() wants its question; None of others."""
    text = tree.text.strip()
    if text.startswith("${") and text.endswith("}"):
        return _inner_name(text, tree.offset)
    return None


def _inner_name(text: str, offset: int) -> str:
    name = text[2:-1].strip(" \t\r\n")
    if _NAME.fullmatch(name):
        return name
    raise no_name(text, offset)
