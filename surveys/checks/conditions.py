"""What a condition leaves possible for each item it reads, and whether it leaves anything at all.

A condition is read as and, or, not() and comparisons of one item with a literal; of anything else it
is supposed that it may hold and may not. A *box* gives for some items the values they can have where
the condition holds; items it does not name can have any. It may be too large, so a condition said
to be impossible is impossible. `or` keeps the items that every way through it speaks of, so the
time taken is that of reading the condition once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from surveys.checks.domains import COUNT, STATUSES, blank_of, range_of, where
from surveys.checks.facts import literal as written
from surveys.checks.form import Entry, Form
from surveys.checks.ranges import Values, Words, both, either
from surveys.expressions import Expression
from surveys.expressions.tree import (
    COMPARISONS,
    MIRRORED,
    Call,
    Name,
    Number,
    Operation,
    Self,
    String,
    Tree,
)
from surveys.instrument import Question
from surveys.kinds import KINDS

# An item by its name; a function of one, or whether one has a choice, by the words that say so.
Key = str | tuple[str, ...]
Box = Mapping[Key, Values]
ANYTHING: Box = {}

_HAS = Words(frozenset(["yes"]))  # of selected(${x}, 'a') for a select_multiple
_YES_NO = frozenset(["yes", "no"])
_OF_ONE = frozenset({"string-length", "count-selected", "nonresponse"})


class Conditions:
    """Reads the conditions of one form; what an item can be is worked out once."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._ranges: dict[int, Values | None] = {}
        self._narrowed: dict[str, Values | None] = {}
        self._met: dict[int, Box | None] = {}
        self._alike: dict[tuple[str, Values | None], Values] = {}

    def box(self, tree: Tree, reader: Entry, *, own_first: bool = False) -> Box | None:
        """Return the box where the condition holds for the reader, None where it never does.

        `own_first`: `.` and the reader's own name are judged before its constraint is.
        """
        return _Reading(self, reader, own_first).box(tree, True)

    def possible(self, name: str, reader: Entry) -> Values | None:
        """Return what an item can be where the reader stands; None if that is not known."""
        found = self.form.certain(name)
        if found is None or not found.is_once_for(reader):
            return None
        if name not in self._narrowed:
            self._narrowed[name] = self._narrow(found)
        return self._narrowed[name]

    def range_of(self, entry: Entry) -> Values | None:
        """Return what can be typed for a question, whatever its constraint says."""
        if entry.position not in self._ranges:
            self._ranges[entry.position] = range_of(entry.item)
        return self._ranges[entry.position]

    def met(self, entry: Entry, constraint: Expression) -> Box | None:
        """Return the box where a question's constraint is met, None where it never is."""
        if entry.position not in self._met:
            self._met[entry.position] = self._met_alike(entry, constraint)
        return self._met[entry.position]

    def _met_alike(self, entry: Entry, constraint: Expression) -> Box | None:
        """Return the box of a constraint; one that reads its own question alone is worked out once.

        Questions of a section often have the same: 0 to 30 days.
        """
        if constraint.names:
            return self.box(constraint.tree, entry, own_first=True)
        alike = (constraint.text, self.range_of(entry))
        if alike not in self._alike:
            box = self.box(constraint.tree, entry, own_first=True)
            if box is None or box.keys() != {entry.name}:
                return box
            self._alike[alike] = box[entry.name]
        return {entry.name: self._alike[alike]}

    def _narrow(self, entry: Entry) -> Values | None:
        """Return what can be typed for a question and meets its constraint."""
        range_ = self.range_of(entry)
        constraint = entry.item.constraint if isinstance(entry.item, Question) else None
        if range_ is None or constraint is None:
            return range_
        self._narrowed[entry.name] = range_  # a constraint may read an item whose own reads this
        box = self.met(entry, constraint)
        if box is None:
            return range_  # said of the constraint itself
        allowed = box.get(entry.name, range_)
        return either(allowed, blank_of(range_))


class _Reading:
    """Reads one condition for one reader."""

    def __init__(self, conditions: Conditions, reader: Entry, own_first: bool) -> None:
        self._conditions = conditions
        self._reader = reader
        self._own_first = own_first

    def box(self, tree: Tree, wanted: bool) -> Box | None:
        """Return the box where the tree is true, or where it is not if that is wanted."""
        if isinstance(tree, Operation):
            operator = tree.rest[0][0]
            if operator in {"and", "or"}:
                boxes = [self.box(tree.first, wanted)]
                boxes.extend([self.box(operand, wanted) for _symbol, operand in tree.rest])
                is_all = (operator == "and") is wanted
                return all_of(*boxes) if is_all else _any(boxes)
            if operator in COMPARISONS and len(tree.rest) == 1:
                return self._compared(tree.first, operator, tree.rest[0][1], wanted)
        elif isinstance(tree, Call):
            return self._called(tree, wanted)
        elif isinstance(tree, Number):
            return ANYTHING if (tree.value != 0) is wanted else None
        return ANYTHING

    def _called(self, call: Call, wanted: bool) -> Box | None:
        if call.function in {"not", "boolean"} and len(call.arguments) == 1:
            return self.box(call.arguments[0], wanted is (call.function == "boolean"))
        if call.function in {"true", "false"}:
            return ANYTHING if (call.function == "true") is wanted else None
        if call.function == "selected":
            return self._selected(call, wanted)
        return ANYTHING

    def _selected(self, call: Call, wanted: bool) -> Box | None:
        name, choice = self._key(call.arguments[0]), call.arguments[1]
        if not isinstance(name, str) or not isinstance(choice, String):
            return ANYTHING
        found = self._conditions.form.certain(name)
        question = found.item if found is not None and found.is_once_for(self._reader) else None
        if not isinstance(question, Question) or question.choices is None or not choice.text:
            return ANYTHING
        if question.kind == "select_one":
            return self._compared(call.arguments[0], "=", choice, wanted)
        if question.choices.named(choice.text.strip()) is None:
            return ANYTHING
        key = ("selected", name, choice.text.strip())
        return {key: _HAS if wanted else Words(_YES_NO - _HAS.words)}

    def _compared(self, left: Tree, operator: str, right: Tree, wanted: bool) -> Box | None:
        value = written(right)
        if value is None:
            left, operator, right = right, MIRRORED[operator], left
            value = written(right)
        key = self._key(left) if value is not None else None
        domain = self._domain(key) if key is not None else None
        if key is None or value is None or domain is None:
            return ANYTHING
        holding = where(domain, operator, value, is_date=self._is_date(key))
        if holding is None:
            return ANYTHING
        left_over = both(domain, holding if wanted else holding.others())
        return {key: left_over} if left_over else None

    def _key(self, tree: Tree) -> Key | None:
        """Return what a box calls an item or a function of one; `.` is the reader's name."""
        if isinstance(tree, Name):
            return tree.name
        if isinstance(tree, Self):
            return self._reader.name
        if isinstance(tree, Call) and tree.function in _OF_ONE and len(tree.arguments) == 1:
            name = self._key(tree.arguments[0])
            return (tree.function, name) if isinstance(name, str) else None
        return None

    def _domain(self, key: Key) -> Values | None:
        """Return what an item, or a function of one, can be; None if that is not known."""
        if not isinstance(key, str):
            return STATUSES if key[0] == "nonresponse" else COUNT
        if self._own_first and key == self._reader.name:
            return self._conditions.range_of(self._reader)
        return self._conditions.possible(key, self._reader)

    def _is_date(self, key: Key) -> bool:
        found = self._conditions.form.certain(key) if isinstance(key, str) else None
        item = found.item if found is not None else None
        return isinstance(item, Question) and KINDS[item.kind].storage == "date"


def all_of(*boxes: Box | None) -> Box | None:
    """Return what is left where all boxes hold, None where nothing is."""
    joined: dict[Key, Values] = {}
    for box in boxes:
        if box is None:
            return None
        if not joined:
            joined = dict(box)
            continue
        for item, values in box.items():
            left = both(joined[item], values) if item in joined else values
            if not left:
                return None
            joined[item] = left
    return joined


def _any(boxes: Iterable[Box | None]) -> Box | None:
    """Return what is left where at least one box holds."""
    joined: dict[Key, Values] | None = None
    for box in boxes:
        if box is None:
            continue
        if joined is None:
            joined = dict(box)
            continue
        for item in list(joined):
            union = either(joined[item], box[item]) if item in box else None
            if union is None:
                del joined[item]
            else:
                joined[item] = union
    return joined
