"""Conditions and calculations as REDCap writes them, where it can say them; Unsaid where it cannot.

| ours | REDCap's |
|---|---|
| `${sexe} = 'f'` | `[sexe] = 'f'` |
| `${age} >= 18` | `([age] <> '' and [age] >= 18)` |
| `selected(${drugs}, 'crack')` | `[drugs(crack)] = '1'` |
| `count-selected(${drugs}) > 1` | `([drugs(crack)] + [drugs(other)]) > 1` |
| `not(${a} = 1 and ${b} = 2)` | `([a] <> '1' or [b] <> '2')` |
| `nonresponse(${age}) = 'refused'` | `[age] = 'refused'`, a missing data code of the project |

REDCap has no `not`: a negation is carried inwards. A comparison of numbers is false here when an
answer is blank, and REDCap takes a blank for 0 in places: each number is asked to be there first. A
refusal is a blank here, and a word in REDCap's field. Calculations need no such care: there a blank
or a missing data code makes the result blank on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from surveys.expressions import Tree
from surveys.expressions.tree import (
    COMPARISONS,
    MIRRORED,
    Call,
    Minus,
    Name,
    Number,
    Operation,
    String,
)
from surveys.expressions.values import text_of_number
from surveys.formats.redcap_fields import Field

_OPPOSITE = {"=": "<>", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ARITHMETIC = {"+": "+", "-": "-", "*": "*", "div": "/"}
_SAME = frozenset({"abs", "sqrt"})  # functions REDCap has under the same name and meaning


class Unsaid(Exception):
    """REDCap has no words for it."""


@dataclass(frozen=True, slots=True)
class Logic:
    """What can be said where an item stands: all fields by the item's name, and its repeats."""

    fields: Mapping[str, Field]
    scope: tuple[str, ...]

    def condition(self, tree: Tree, *, holds: bool = True) -> str:
        """Return REDCap's words for the tree being true, or for its being false; else raise Unsaid."""
        match tree:
            case Operation(rest=[(("and" | "or") as operator, _), *_]):
                parts = (tree.first, *(operand for _operator, operand in tree.rest))
                joined = "and" if (operator == "and") is holds else "or"
                return _joined(joined, [self.condition(part, holds=holds) for part in parts])
            case Operation(rest=[(operator, right)]) if operator in COMPARISONS:
                return self._comparison(tree.first, operator, right, holds)
            case Call("not", (argument,)):
                return self.condition(argument, holds=not holds)
            case Call("boolean", (argument,)):
                return self.condition(argument, holds=holds)
            case Call("true" | "false", ()):
                return "1 = 1" if (tree.function == "true") is holds else "1 = 0"
            case Call("selected", (Name() as item, (String() | Number()) as choice)):
                return self._chosen(self.read(item), _text(choice).strip(), holds)
            case Call("selected", (String() as several, Name() as item)):
                return self._among(self.read(item), several.text.split(), holds)
            case Name():
                return _blank(self.read(tree), not holds)
        raise Unsaid

    def calculation(self, tree: Tree) -> str:
        """Return REDCap's words for a number, or for 1 and 0 where the tree is a condition."""
        try:
            return _Sum(self, in_calculation=True).value(tree)
        except Unsaid:
            return f"if({self.condition(tree)}, 1, 0)"

    def read(self, name: Name) -> Field:
        """Return the field of an item that has one value where we stand."""
        found = self.fields.get(name.name)
        if found is None or found.scope not in ((), self.scope):
            raise Unsaid
        return found

    def _chosen(self, found: Field, choice: str, holds: bool) -> str:
        if choice not in found.codes:
            raise Unsaid
        code = found.codes[choice]
        sign = "=" if holds else "<>"
        if found.is_several:
            return f"[{found.name}({code})] {sign} '1'"
        return f"[{found.name}] {sign} '{code}'"

    def _among(self, found: Field, choices: list[str], holds: bool) -> str:
        if found.is_several or not found.codes:
            raise Unsaid
        listed = [self._chosen(found, choice, holds) for choice in choices]
        return _joined("or" if holds else "and", listed)

    def _comparison(self, left: Tree, operator: str, right: Tree, holds: bool) -> str:
        if isinstance(left, String | Number) and not isinstance(right, String | Number):
            left, operator, right = right, MIRRORED[operator], left
        is_equality = operator in {"=", "!="}
        says_equal = (operator == "=") is holds
        match left, right:
            case Call("nonresponse", (Name() as item,)), String() if is_equality:
                return _status(self.read(item), right.text, says_equal)
            case Name(), String(text="") if is_equality:
                return _blank(self.read(left), says_equal)
            case Name(), (String() | Number()) if is_equality and self._lists(left, right):
                return self._chosen(self.read(left), _text(right), says_equal)
            case Name(), String() if is_equality and self.read(left).holds == "text":
                sign = "=" if says_equal else "<>"
                return f"[{self.read(left).name}] {sign} {_quoted(right.text)}"
        return self._numbers(left, operator, right, holds)

    def _lists(self, name: Name, choice: String | Number) -> bool:
        """Return whether one choice of a list is what is written."""
        found = self.read(name)
        return not found.is_several and _text(choice) in found.codes

    def _numbers(self, left: Tree, operator: str, right: Tree, holds: bool) -> str:
        """Return a comparison of numbers: false where one is blank, but for `!=`, which is true."""
        reckoned = _Sum(self)
        one, other = reckoned.number(left), reckoned.number(right)
        there = list(dict.fromkeys(reckoned.reads))
        when_blank = operator == "!="
        sign = ("<>" if operator == "!=" else operator) if holds else _OPPOSITE[operator]
        compared = f"{one} {sign} {other}"
        joined = "or" if when_blank is holds else "and"
        tests = [test for found in there for test in _blank_tests(found, when_blank is holds)]
        return _joined(joined, [*tests, compared])


@dataclass(slots=True)
class _Sum:
    """Writes a number; `reads` are the fields that must be there for it to be one."""

    logic: Logic
    in_calculation: bool = False
    reads: list[Field] = field(default_factory=list)

    def value(self, tree: Tree) -> str:
        """Return a number that may be blank: nothing is reckoned with it any more."""
        match tree:
            case String(text=""):
                return "''"
            case Call("if", (when, then, otherwise)):
                said = self.logic.condition(when)
                return f"if({said}, {self.value(then)}, {self.value(otherwise)})"
        return self.number(tree)

    def number(self, tree: Tree) -> str:
        """Return a number; raises Unsaid for what REDCap would reckon otherwise."""
        match tree:
            case Number():
                return text_of_number(tree.value)
            case Minus():
                return f"-({self.number(tree.operand)})"
            case Operation() if all(operator in _ARITHMETIC for operator, _ in tree.rest):
                parts = [self.number(tree.first)]
                for operator, operand in tree.rest:
                    parts += [_ARITHMETIC[operator], self.number(operand)]
                return f"({' '.join(parts)})"
            case Name():
                return self._read(self.logic.read(tree))
            case Call("number", (argument,)):
                return self.number(argument)
            case Call("count-selected", (Name() as item,)):
                return _count(self.logic.read(item))
            case Call(function, (argument,)) if function in _SAME:
                return f"{function}({self.number(argument)})"
            case Call("round", (argument, Number() as places)):
                return f"round({self.number(argument)}, {text_of_number(places.value)})"
            case Call("if", (when, then, otherwise)) if self.in_calculation:
                said = self.logic.condition(when)
                return f"if({said}, {self.number(then)}, {self.number(otherwise)})"
            case Call("coalesce", (Name() as first, second)) if self.in_calculation:
                found = self.logic.read(first)
                return f"if({_blank(found, True)}, {self.number(second)}, {self._read(found)})"
        raise Unsaid

    def _read(self, found: Field) -> str:
        if not found.is_number or (self.in_calculation and found.has_numeric_status):
            raise Unsaid
        self.reads.append(found)
        return f"[{found.name}]"


def _count(found: Field) -> str:
    if not found.is_several:
        raise Unsaid
    return "(" + " + ".join(f"[{found.name}({code})]" for code in found.codes.values()) + ")"


def _blank(found: Field, is_blank: bool) -> str:
    """Return that a field has no answer, or has one: a refusal is none."""
    if found.is_several:
        sign, joined = ("<>", "and") if is_blank else ("=", "or")
        boxes = [f"[{found.name}({code})] {sign} '1'" for code in found.codes.values()]
        return _joined(joined, boxes)
    return _joined("or" if is_blank else "and", _blank_tests(found, is_blank))


def _blank_tests(found: Field, is_blank: bool) -> list[str]:
    """Return the tests of which one holds where a single answer is blank, or all where it is not."""
    sign = "=" if is_blank else "<>"
    return [f"[{found.name}] {sign} '{word}'" for word in ("", *found.statuses.values())]


def _status(found: Field, word: str, holds: bool) -> str:
    """Return that the non-response of a field is `word`, or is not; '' means there is none."""
    if word and word not in found.statuses:
        raise Unsaid
    wanted = [found.statuses[word]] if word else list(found.statuses.values())
    is_there = holds if word else not holds
    if not wanted:
        return "1 = 0" if is_there else "1 = 1"
    joined, sign = ("or", "=") if is_there else ("and", "<>")
    if found.is_several:
        return _joined(joined, [f"[{found.name}({code})] {sign} '1'" for code in wanted])
    return _joined(joined, [f"[{found.name}] {sign} '{code}'" for code in wanted])


def _joined(operator: str, parts: Iterable[str]) -> str:
    unique = list(dict.fromkeys(parts))
    if not unique:
        raise Unsaid
    return unique[0] if len(unique) == 1 else f"({f' {operator} '.join(unique)})"


def all_of(conditions: Iterable[str]) -> str:
    """Return a condition that holds where all do; '' where there is none."""
    parts = [condition for condition in conditions if condition]
    return _joined("and", parts) if parts else ""


def _text(tree: String | Number) -> str:
    return tree.text if isinstance(tree, String) else text_of_number(tree.value)


def _quoted(text: str) -> str:
    """Return a text between quotes; one of an expression never holds both kinds."""
    quote = '"' if "'" in text else "'"
    return f"{quote}{text}{quote}"
