"""A pattern drawn as an automaton, to judge how long it can take and to match without backtracking.

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
_MOST_STATES = 500
_MOST_WORK = 100_000
_MOST_COUNTED = 1 << 30

# The parser of `re` has no public name; one of our own could read a pattern otherwise than `re`.
_sre: Any = importlib.import_module("re._parser")

Counts = dict[int, int]
BEGIN = -1
_LINE_FEED = 10


class UncheckableError(Exception):
    """The pattern refers back to a group, or is too large to examine while an instrument loads."""


Holds = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Automaton:
    """The states of a pattern, numbered from 0, and the ways between them.

    `holds[i]` says whether the code of a character belongs to state i; `samples[i]` is the same as
    bits over a sample of the alphabet: two sets that share a character share one of the sample.
    `edges[i]` are the ways from i to other states, and `edges[BEGIN]` those to begin; `last` are
    the states a text may end in, and `empty` whether it may be empty. `is_exact` says whether its
    walks are all there is to the pattern: not with look-arounds, inner anchors or possessive repeats.
    """

    holds: list[Holds]
    samples: list[int]
    edges: dict[int, Counts]
    last: frozenset[int]
    empty: bool
    is_exact: bool

    def matches(self, text: str) -> bool:
        """Return whether the whole text is a walk; the time is at most length times states."""
        if not text:
            return self.empty
        goals = {state: _bits(self.edges.get(state, {})) for state in range(BEGIN, len(self.holds))}
        here: dict[str, int] = {}
        reached, states = goals[BEGIN], [BEGIN]
        for character in text:
            if character not in here:
                code = ord(character)
                here[character] = _bits(i for i, holds in enumerate(self.holds) if holds(code))
            reached = 0
            for state in states:
                reached |= goals[state]
            reached &= here[character]
            states = [state for state in range(reached.bit_length()) if reached >> state & 1]
        return not self.last.isdisjoint(states)


def _bits(states: Iterable[int]) -> int:
    return sum(1 << state for state in states)


def automaton(pattern: str) -> Automaton:
    """Return the automaton of a pattern, read with ASCII classes.

    Look-arounds are drawn beside it, with their own beginning. Raise re.error for an invalid
    pattern, UncheckableError for one that refers back to a group or has too many states or edges.
    """
    return _Drawing(_sre.parse(pattern, re.ASCII)).drawn()


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a pattern: ways to match nothing, and ways to begin and to end at each state."""

    empty: int
    first: Counts
    last: Counts


_NOTHING = _Part(1, {}, {})


class _Drawing:
    def __init__(self, parsed: Any) -> None:
        self._flags = parsed.state.flags
        # What the pattern names and where classes begin and end, with their neighbours: whatever
        # two sets share, they share one of these.
        named = {code for code in (*_numbers(parsed), *_ENDS) if code < 0x110000}
        named |= {_other_case(code) for code in named}
        self._sample = sorted(
            {code + near for code in named for near in (-1, 0, 1)} - {-1, 0x110000}
        )
        self._sets: dict[tuple[str, int], tuple[Holds, int]] = {}
        self._holds: list[Holds] = []
        self._samples: list[int] = []
        self._edges: dict[int, Counts] = defaultdict(dict)
        self._work = 0
        self._is_exact = not self._flags & re.MULTILINE
        self._whole = self._sequence(_without_anchors(list(parsed)))
        self._begin(self._whole)

    def drawn(self) -> Automaton:
        return Automaton(
            self._holds,
            self._samples,
            self._edges,
            frozenset(self._whole.last),
            self._whole.empty > 0,
            self._is_exact,
        )

    def _begin(self, part: _Part) -> None:
        _add(self._edges[BEGIN], part.first)

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
        # Also counts parts that match nothing: sixteen of them in sixteen in sixteen…
        self._work += 1 + len(last) * len(first)
        if self._work > _MOST_WORK:
            raise UncheckableError
        for state, count in last.items():
            _add(self._edges[state], first, count)

    def _part(self, operation: str, argument: Any) -> _Part:
        match operation:
            case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                return self._state(operation, argument)
            case "SUBPATTERN":
                _group, added, removed, body = argument
                self._is_exact &= not (added or removed)
                return self._sequence(body)
            case "BRANCH":
                return _either([self._sequence(branch) for branch in argument[1]])
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self._repeat(*argument)
        self._is_exact = False
        match operation:
            case "POSSESSIVE_REPEAT":
                return self._repeat(*argument)
            case "ATOMIC_GROUP":
                return self._sequence(argument)
            case "ASSERT" | "ASSERT_NOT":
                self._begin(self._sequence(argument[1]))
                return _NOTHING
            case "AT":
                return _NOTHING
            case _:
                raise UncheckableError

    def _state(self, operation: str, argument: Any) -> _Part:
        state = len(self._holds)
        if state >= _MOST_STATES:
            raise UncheckableError
        # The copies of a repeat hold the same sets.
        key = (operation, argument if isinstance(argument, int) else id(argument))
        if key not in self._sets:
            holds = _membership(operation, argument, self._flags)
            self._sets[key] = holds, _bits(i for i, code in enumerate(self._sample) if holds(code))
        holds, sample = self._sets[key]
        self._holds.append(holds)
        self._samples.append(sample)
        return _Part(0, {state: 1}, {state: 1})

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


def _without_anchors(items: list[Any]) -> list[Any]:
    """Return the items of a pattern without what a match of the whole text implies anyway."""
    while items and str(items[0][1]) in ("AT_BEGINNING", "AT_BEGINNING_STRING"):
        del items[0]
    while items and str(items[-1][1]) in ("AT_END", "AT_END_STRING"):
        del items[-1]
    return items


def _other_case(code: int) -> int:
    """Return the code of a letter of ASCII in its other case, which is all (?i) means here."""
    return ord(chr(code).swapcase()) if code < 128 else code


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


def _membership(operation: str, argument: Any, flags: int) -> Holds:
    """Return whether a character, by its code, belongs to a set of a parsed pattern."""
    match operation:
        case "LITERAL":
            return _in_either_case(lambda code: code == argument, flags)
        case "RANGE":
            low, high = argument
            return _in_either_case(lambda code: low <= code <= high, flags)
        case "NOT_LITERAL":
            literal = _membership("LITERAL", argument, flags)
            return lambda code: not literal(code)
        case "CATEGORY":
            category = re.compile(_CATEGORIES[str(argument)], re.ASCII)
            return lambda code: category.match(chr(code)) is not None
        case "IN":
            is_negated = str(argument[0][0]) == "NEGATE"
            sets = [_membership(str(kind), what, flags) for kind, what in argument[is_negated:]]
            return lambda code: any(holds(code) for holds in sets) is not is_negated
        case _:
            return lambda code: code != _LINE_FEED or bool(flags & re.DOTALL)


def _in_either_case(holds: Holds, flags: int) -> Holds:
    if not flags & re.IGNORECASE:
        return holds
    return lambda code: holds(code) or holds(_other_case(code))


def _numbers(parsed: Any) -> Iterator[int]:
    """Yield every number in a parsed pattern: its characters, and harmlessly its counts."""
    stack = [parsed]
    while stack:
        item = stack.pop()
        if isinstance(item, int):
            yield item
        elif isinstance(item, tuple | list | type(parsed)):
            stack.extend(item)
