"""Which coarser values a key can be given: neighbours joined, bands widened, dates shortened.

Neighbours are those of the list in the questionnaire, or in order of size. Values stand in groups,
each of values that follow each other; a key begins with a group for each value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from export.disclosure import recoding
from export.disclosure.classes import MISSING
from export.disclosure.keys import APART, Key
from surveys.codebook import BELOW, Variable
from surveys.instrument import Keep
from surveys.saying import quoted

_MANY = 24  # numbers of more values than this are first taken in bands of a round width
_FEW = 6  # and then, with more bands than this, two by two
_WIDTHS = tuple(digit * 10.0**power for power in range(-2, 6) for digit in (1, 2, 5))
_SPANS = ("quarter", "year")
_LONGEST = 32  # a name for joined values has no more characters where it can be helped


@dataclass(frozen=True, slots=True)
class Groups:
    """How the values of a key are grouped: the places of the values of each group, in order.

    `unit` is what a date was shortened to, '' where it was not.
    """

    places: tuple[tuple[int, ...], ...]
    unit: str = ""

    def codes(self, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the group that each code is in; missing stays missing."""
        lookup = np.full(1 + sum(len(group) for group in self.places), MISSING, dtype=np.int64)
        for at, group in enumerate(self.places):
            lookup[list(group)] = at
        return lookup[codes]  # MISSING is the last place of it


def each_apart(key: Key) -> Groups:
    """Return the groups of a key that nothing was done to."""
    return Groups(tuple((at,) for at in range(len(key.values))))


def coarser(key: Key, now: Groups) -> Iterator[Groups]:
    """Yield each next step: the fewest values joined that can be; nothing for a key without an order."""
    if key.kind == "date":
        yield from _shortened(key, now)
    elif key.kind == "number" and len(now.places) > _MANY:
        yield _in_width(key, now)
    elif key.kind == "number" and len(now.places) > _FEW:
        yield _in_pairs(key, now)
    else:
        yield from (joined(now, at) for at in neighbours(key, now))


def neighbours(key: Key, now: Groups) -> range:
    """Return the groups of which each can be joined with the next; none where a step is another."""
    is_open = key.kind == "number" and len(now.places) > _FEW
    if is_open or key.kind not in {"list", "bands", "number"}:
        return range(0)
    joinable = sum(key.values[group[0]] != APART for group in now.places)  # APART is the last
    if joinable == 2 and key.kind == "bands" and key.values[now.places[0][0]] == BELOW:
        return range(0)  # what lies below the first band has no bound: no one band holds everybody
    return range(joinable - 1)


def joined(now: Groups, at: int) -> Groups:
    """Return groups with one joined with the next."""
    return Groups((*now.places[:at], now.places[at] + now.places[at + 1], *now.places[at + 2 :]))


def _shortened(key: Key, now: Groups) -> Iterator[Groups]:
    for unit in _SPANS[_SPANS.index(now.unit) + 1 :] if now.unit else _SPANS:
        names = [one if one == APART else recoding.span(one, unit) for one in key.values]
        found = _by_name(names)
        if len(found) < len(now.places):
            yield Groups(found, unit)
            return


def _in_width(key: Key, now: Groups) -> Groups:
    """Return the values in bands of the least round width that leaves few enough."""
    numbers = np.array([np.nan if one == APART else float(one) for one in key.values])
    for width in _WIDTHS:
        bands = np.floor(numbers / width)  # APART is not a number, and a band of its own
        if len(np.unique(bands)) <= _MANY:
            return Groups(_by_name([str(one) for one in bands.tolist()]))
    return Groups((tuple(at for group in now.places for at in group),))


def _in_pairs(key: Key, now: Groups) -> Groups:
    """Return the bands two by two: with many of them, one pair less brings little."""
    apart = tuple(group for group in now.places if key.values[group[0]] == APART)
    bands = [group for group in now.places if group not in apart]
    pairs = [sum(bands[at : at + 2], ()) for at in range(0, len(bands), 2)]
    return Groups((*pairs, *apart))


def _by_name(names: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    found: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        found.setdefault(name, []).append(at)
    return tuple(tuple(group) for group in found.values())


def keep_of(key: Key, variable: Variable, groups: Groups) -> Keep:
    """Return what the item of a key keeps where its values are in these groups."""
    real = [
        [key.values[at] for at in group] for group in groups.places if key.values[group[0]] != APART
    ]
    if key.kind == "date":
        return recoding.spanned(groups.unit)
    if key.kind in {"bands", "number"}:
        return recoding.banded(bounds_of(real, is_open=key.kind == "number"))
    names = {value: name for values in real for value, name in _named(values, key.values)}
    return recoding.joined(variable, names)


def bounds_of(groups: Sequence[Sequence[str]], *, is_open: bool) -> tuple[str, ...]:
    """Return the lower bounds of bands of neighbouring values.

    The first is without a bound where numbers are open (the least would be one person's), or where it
    holds what lies below the first band; one band alone begins at its first value.
    """
    firsts = [group[0] for group in groups]
    if len(firsts) > 1 and (is_open or firsts[0] == BELOW):
        return tuple(firsts[1:])
    return tuple(firsts)


def _named(values: Sequence[str], others: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each value with the name of its group: the names joined, where that is not too long."""
    if len(values) == 1:
        return
    name = "_".join(values)
    if len(name) > _LONGEST:
        name = f"{values[0]}_and_{len(values) - 1}"
    while name in others:
        name += "_"
    yield from ((value, name) for value in values)


def options(variable: Variable, keep: Keep) -> str:
    """Return what on the command line makes a variable keep less, as it is now."""
    if keep.rule in {"bands", "date"}:
        words = " ".join(keep.bands) or keep.unit
        return "--coarser " + quoted(f"{variable.name}: {words}")
    new = recoding.renaming(variable, keep)
    found: dict[str, list[str]] = {}
    for value in variable.values:
        found.setdefault(new(value), []).append(value)
    merges = [
        f"{variable.name}: {'+'.join(values)}={name}"
        for name, values in found.items()
        if len(values) > 1
    ]
    return " ".join("--merge " + quoted(one) for one in merges)
