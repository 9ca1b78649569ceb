"""A pattern drawn as an automaton whose edges count ways, for `ambiguity.py` to walk.

Its states are the characters of the pattern (Glushkov 1961): a text is matched by a walk through
one state for each of its characters. Where one state leads to the next in two ways, as in (a+)+,
the edge counts two.
"""

from __future__ import annotations

import importlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# Of a count such as {2,40} this many copies are drawn at most, and the rest as a loop.
_COPIES = 16
_MOST_STATES = 300
_MOST_COUNTED = 1 << 30

# The parser of `re` has no public name; one of our own could read a pattern otherwise than `re`.
_sre: Any = importlib.import_module("re._parser")

Counts = dict[int, int]
BEGIN = -1


class TooLargeError(Exception):
    """The pattern has more states than can be examined while a questionnaire loads."""


@dataclass(frozen=True, slots=True)
class Automaton:
    """`characters[i]` is a set (as bits) for state i; `edges[i]` the ways from i to other states.

    `edges[BEGIN]` are the ways to begin. A set is over a sample of the alphabet: two sets share a
    character of the sample if they share any.
    """

    characters: list[int]
    edges: dict[int, Counts]


def automaton(pattern: str) -> Automaton:
    """Return the automaton of a pattern, read with ASCII classes.

    Look-arounds are drawn beside it, with their own beginning. Raise re.error for an invalid
    pattern, ValueError for one that refers back to a group, TooLargeError beyond 300 states.
    """
    return _Drawing(_sre.parse(pattern, re.ASCII)).drawn


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a pattern: ways to match nothing, and ways to begin and to end at each state."""

    empty: int
    first: Counts
    last: Counts


_NOTHING = _Part(1, {}, {})


class _Drawing:
    def __init__(self, parsed: Any) -> None:
        self._ignores_case = bool(parsed.state.flags & re.IGNORECASE)
        # What the pattern names and where classes begin and end, with their neighbours: whatever
        # two sets share, they share one of these.
        named = {code for code in (*_numbers(parsed), *_ENDS) if code < 0x110000}
        if self._ignores_case:
            named |= {_other_case(code) for code in named}
        self._sample = sorted(
            {code + near for code in named for near in (-1, 0, 1)} - {-1, 0x110000}
        )
        self._sets: dict[tuple[str, int], int] = {}
        self.drawn = Automaton([], defaultdict(dict))
        self._begin(self._sequence(parsed))

    def _begin(self, part: _Part) -> None:
        _add(self.drawn.edges[BEGIN], part.first)

    def _sequence(self, items: Iterable[Any]) -> _Part:
        whole = _NOTHING
        for operation, argument in items:
            whole = self._then(whole, self._part(str(operation), argument))
        return whole

    def _then(self, one: _Part, other: _Part) -> _Part:
        self._connect(one.last, other.first)
        first = dict(one.first)
        _add(first, other.first, one.empty)
        last = dict(other.last)
        _add(last, one.last, other.empty)
        return _Part(min(one.empty * other.empty, _MOST_COUNTED), first, last)

    def _connect(self, last: Counts, first: Counts) -> None:
        for state, count in last.items():
            _add(self.drawn.edges[state], first, count)

    def _part(self, operation: str, argument: Any) -> _Part:
        match operation:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return self._state(self._set(operation, argument))
            case "SUBPATTERN":
                return self._sequence(argument[3])
            case "ATOMIC_GROUP":
                return self._sequence(argument)
            case "BRANCH":
                return _either([self._sequence(branch) for branch in argument[1]])
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self._repeat(*argument)
            case "ASSERT" | "ASSERT_NOT":
                self._begin(self._sequence(argument[1]))
                return _NOTHING
            case "AT":
                return _NOTHING
            case _:
                raise ValueError("reference to a group")

    def _state(self, characters: int) -> _Part:
        state = len(self.drawn.characters)
        if state >= _MOST_STATES:
            raise TooLargeError
        self.drawn.characters.append(characters)
        return _Part(0, {state: 1}, {state: 1})

    def _set(self, operation: str, argument: Any) -> int:
        # The copies of a repeat hold the same lists.
        key = (operation, argument if isinstance(argument, int) else id(argument))
        if key not in self._sets:
            holds = _membership(operation, argument)
            self._sets[key] = sum(
                1 << bit
                for bit, code in enumerate(self._sample)
                if holds(code) or (self._ignores_case and holds(_other_case(code)))
            )
        return self._sets[key]

    def _repeat(self, least: int, most: int, body: Iterable[Any]) -> _Part:
        """Draw {least,most} as copies, each optional one inside the one before it."""
        if most == 0:
            return _NOTHING
        has_loop = most > _COPIES
        copies = max(1, min(least, _COPIES)) if has_loop else most
        whole = _NOTHING
        for copy in range(copies, 0, -1):
            part = self._sequence(body)
            if has_loop and copy == copies:
                self._connect(part.last, part.first)
            whole = self._then(part, whole)
            if copy > least:
                whole = _Part(whole.empty + 1, whole.first, whole.last)
        return whole


def _either(parts: list[_Part]) -> _Part:
    first: Counts = {}
    last: Counts = {}
    for part in parts:
        _add(first, part.first)
        _add(last, part.last)
    return _Part(sum(part.empty for part in parts), first, last)


def _add(counts: Counts, more: Counts, times: int = 1) -> None:
    if times:
        for state, count in more.items():
            counts[state] = min(counts.get(state, 0) + count * times, _MOST_COUNTED)


def _other_case(code: int) -> int:
    swapped = chr(code).swapcase()
    return ord(swapped) if len(swapped) == 1 else code


# Where \d, \w and \s begin and end.
_ENDS = tuple(map(ord, "09AZ_az\t\r "))
_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def _membership(operation: str, argument: Any) -> Callable[[int], bool]:
    """Return whether a character, by its code, belongs to a set of a parsed pattern."""
    match operation:
        case "LITERAL":
            return lambda code: code == argument
        case "NOT_LITERAL":
            return lambda code: code != argument
        case "RANGE":
            low, high = argument
            return lambda code: low <= code <= high
        case "CATEGORY":
            category = re.compile(_CATEGORIES[str(argument)], re.ASCII)
            return lambda code: category.match(chr(code)) is not None
        case "IN":
            is_negated = str(argument[0][0]) == "NEGATE"
            sets = [_membership(str(kind), what) for kind, what in argument[is_negated:]]
            return lambda code: any(holds(code) for holds in sets) is not is_negated
        case _:
            return lambda code: True


def _numbers(parsed: Any) -> Iterator[int]:
    """Yield every number in a parsed pattern: its characters, and harmlessly its counts."""
    stack = [parsed]
    while stack:
        item = stack.pop()
        if isinstance(item, int):
            yield item
        elif isinstance(item, tuple | list | type(parsed)):
            stack.extend(item)
