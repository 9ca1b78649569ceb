"""What tables printed together tell of a small cell: what one leaves out, another may print, or a sum of others.

A cell is those in certain classes of certain divisions of people: of a group, of an answer. Divisions
that are crossed in a cell make its *frame*, and their classes crossed its *pieces*, whether anybody is
in them or not. Every cell printed in any table that is made of these pieces is an equation; a cell
left out counts somebody. From these the least and the most that a small cell can count are found by
linear programming, and more is left out until it may be anything from one to the threshold less one,
as in a single table (`withheld.py`).

Source: Hundepool et al. (2012), Statistical Disclosure Control, § 4.4 and 4.5 (linked tables, audit).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from export.estimating.columns import Floats, Mask
from export.estimating.members import TOTAL, Told

Place = tuple[int, ...]
Labels = tuple[bytes, ...]
_NEAR = 1e-6  # limits of linear programs are whole numbers, but for rounding
_UNLIMITED = 3  # the status of a linear program without a least value
_TRIED = 12  # places tried each by itself
_MOST_PIECES = 20_000  # of a frame: beyond it, only those that somebody is in are told apart


def left_out_as_well(told: Sequence[Told], threshold: int) -> frozenset[Place]:
    """Return the places that are left out as well, so that no small cell is found from the others.

    A place is left out with all that begin with it. The number of all respondents is known.
    """
    hidden: frozenset[Place] = frozenset()
    for frame in _frames(told, threshold):
        for target in frame.targets:
            if not frame.is_safe(target, hidden):
                hidden |= _remedy(frame, target, hidden)
    return hidden


def exposed(told: Sequence[Told], threshold: int, known: Sequence[Told] = ()) -> tuple[Told, ...]:
    """Return the small cells of `told` that could be found from what is printed, there and in `known`.

    `known` are cells printed elsewhere, over the same respondents.
    """
    found: dict[bytes, Told] = {}
    for frame in _frames((*told, *known), threshold, len(told)):
        for target in frame.targets:
            if not frame.is_safe(target, frozenset()):
                found.setdefault(target.who.tobytes(), target)
    return tuple(found.values())


def _remedy(frame: _Frame, target: Told, hidden: frozenset[Place]) -> frozenset[Place]:
    """Return places whose leaving out makes a cell safe, none of which could be spared.

    What costs least is tried first, one place before several. Where nothing helps, all there is.
    """
    candidates = frame.candidates(hidden)
    for place in candidates[:_TRIED]:
        if frame.is_safe(target, hidden | {place}):
            return frozenset([place])
    least, most = 0, len(candidates)
    while least < most:  # what more is left out never narrows what is possible
        middle = (least + most) // 2
        if frame.is_safe(target, hidden.union(candidates[:middle])):
            most = middle
        else:
            least = middle + 1
    needed = candidates[:most]
    size = len(needed) // 2
    while size:  # whole runs are spared first, then smaller ones: few programs for long lists
        for at in range(len(needed) - size, -1, -size):
            fewer = needed[:at] + needed[at + size :]
            if frame.is_safe(target, hidden.union(fewer)):
                needed = fewer
        size //= 2
    return frozenset(needed)


# --- frames -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A cell as pieces of a frame, and how many are in it."""

    told: Told
    pieces: Mask
    people: int


@dataclass(frozen=True, eq=False)
class _Frame:
    """Divisions crossed: the cells that are made of their pieces, and the small ones to be protected."""

    lines: tuple[_Line, ...]
    targets: tuple[Told, ...]
    threshold: int
    counted: frozenset[Place]
    divided: frozenset[int]
    known: dict[frozenset[Place], _Known] = field(default_factory=dict)

    @cached_property
    def _different(self) -> tuple[csr_array, Floats, NDArray[np.intp]]:
        """The different lines: their pieces, how many people are in each; and which of them each line is."""
        pieces = np.array([one.pieces for one in self.lines])
        found, first, which = np.unique(pieces, axis=0, return_index=True, return_inverse=True)
        sizes = np.array([self.lines[at].people for at in first.tolist()], dtype=np.float64)
        return csr_array(found.astype(np.float64)), sizes, which.ravel()

    @cached_property
    def _of_target(self) -> dict[int, Mask]:
        return {id(one.told): one.pieces for one in self.lines}

    def is_safe(self, target: Told, hidden: frozenset[Place]) -> bool:
        """Whether a cell may count anything that a small one can, given all that is still printed."""
        if hidden not in self.known:
            self.known[hidden] = self._known(hidden)
        aim = self._of_target[id(target)].astype(np.float64)
        return self.known[hidden].may_be_any(aim, self.threshold)

    def _known(self, hidden: frozenset[Place]) -> _Known:
        pieces, sizes, which = self._different
        printed, marked = np.zeros((2, len(sizes)), dtype=np.bool_)
        for line, at in zip(self.lines, which.tolist(), strict=True):
            if _is_printed(line.told, hidden):
                printed[at] = True
            elif self._is_marked(line, hidden):
                marked[at] = True
        return _Known(pieces[printed], sizes[printed], pieces[marked])

    def _is_marked(self, line: _Line, hidden: frozenset[Place]) -> bool:
        """Whether a cell is seen to be left out, and so to count somebody: its row or table is printed."""
        place = line.told.place
        is_in_view = place[:2] in self.counted and not is_hidden(place[:2], hidden)
        return line.people > 0 and len(place) > 2 and is_in_view

    def candidates(self, hidden: frozenset[Place]) -> list[Place]:
        """Return the places that could be left out as well, what costs least first."""
        people: dict[Place, int] = {}
        for line in self.lines:
            place = line.told.place
            if place and line.people and _is_printed(line.told, hidden):
                people[place] = max(people.get(place, 0), line.people)
        return sorted(people, key=lambda place: (self._cost(place), people[place], place))

    def _cost(self, place: Place) -> int:
        """Return how dear a place is: cells, then groups and totals, then figures of everyone."""
        if len(place) == 4:
            return 1 if place[2] == TOTAL else 0
        return 2 * (place[0] not in self.divided) + (len(place) == 2)


def _frames(told: Sequence[Told], threshold: int, own: int | None = None) -> Iterator[_Frame]:
    """Yield the frames in which there is a small cell, one of the first `own` where that is given."""
    if not told:
        return
    everyone = np.ones(len(told[0].who), dtype=np.bool_)
    whole = Told((), "", "", (), everyone, True, ~everyone)
    cells = [_Cell.of(one) for one in (whole, *told)]
    small = [
        one for one in cells[1 : None if own is None else own + 1] if 0 < one.people < threshold
    ]
    counted = frozenset(one.place for one in told if len(one.place) == 2 and one.is_shown)
    divided = frozenset(one.place[0] for one in told if one.place and one.place[1] > 0)
    divided_by = _Divisions.of(cells)
    for sides in _crossed([one for one in cells if one.people]):
        crossing = _Crossing(sides, divided_by)
        targets = [one for one in small if crossing.has(one)]
        if not targets:
            continue
        lines = []
        for one in cells:
            if crossing.has(one) and np.any(pieces := crossing.pieces(one)):
                lines.append(_Line(one.told, pieces, one.people))
        if _is_one_table(lines):
            continue
        aims = {id(target.told) for target in targets}
        unique = {line.pieces.tobytes(): line.told for line in lines if id(line.told) in aims}
        yield _Frame(tuple(lines), tuple(unique.values()), threshold, counted, divided)


def _is_one_table(lines: Sequence[_Line]) -> bool:
    """Whether cells are those of one table of two answers, which is protected by itself."""
    places = [line.told.place for line in lines if line.told.place]
    return len({place[:2] for place in places}) == 1 and any(len(one) == 4 for one in places)


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """A cell, its terms by division (labels renumbered in order of appearance, as bytes), who is in each.

    Both are given by bytes, which are alike for what is alike.
    """

    told: Told
    people: int
    terms: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, told: Told) -> _Cell:
        terms = []
        for term in told.terms:
            who = term.who
            if not np.all(who):
                terms.append((_key(term.side.labels), who.tobytes()))
        return cls(told, int(np.sum(told.who)), tuple(terms))


def _key(labels: NDArray[np.intp]) -> bytes:
    """Return the same for divisions that are the same, whatever their classes are called."""
    _values, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int32).tobytes()


def _crossed(cells: Sequence[_Cell]) -> list[tuple[bytes, ...]]:
    """Return the divisions that are crossed in cells, but for those that are crossed with more in others."""
    found = dict.fromkeys(tuple(sorted({key for key, _who in one.terms})) for one in cells)
    largest: list[tuple[bytes, ...]] = []
    for sides in sorted(found, key=len, reverse=True):
        if not any(set(sides) <= set(other) for other in largest):
            largest.append(sides)
    return [sides for sides in largest if sides]


@dataclass(frozen=True, slots=True, eq=False)
class _Divisions:
    """The different terms of all cells, terms × respondents; and by division those that are classes of it."""

    terms: Mapping[bytes, int]
    masks: NDArray[np.bool_]
    people: NDArray[np.intp]
    found: dict[bytes, dict[bytes, Mask]] = field(default_factory=dict)

    @classmethod
    def of(cls, cells: Sequence[_Cell]) -> _Divisions:
        names = dict.fromkeys(who for one in cells for _key, who in one.terms)
        rows = len(cells[0].told.who)
        masks = np.frombuffer(b"".join(names), dtype=np.bool_).reshape(len(names), rows)
        return cls({name: at for at, name in enumerate(names)}, masks, masks.sum(axis=1))

    def classes(self, side: bytes) -> dict[bytes, Mask]:
        """Return, for each term that is some classes of a division, which of them."""
        if side not in self.found:
            labels = np.frombuffer(side, dtype=np.int32)
            first = np.unique(labels, return_index=True)[1]
            inside = self.masks[:, first]
            may_be = inside @ np.bincount(labels) == self.people
            self.found[side] = {
                name: inside[at]
                for name, at in self.terms.items()
                if may_be[at] and np.array_equal(inside[at][labels], self.masks[at])
            }
        return self.found[side]


class _Crossing:
    """The pieces of some divisions crossed."""

    def __init__(self, sides: tuple[bytes, ...], divided: _Divisions) -> None:
        labels = [np.frombuffer(side, dtype=np.int32).astype(np.intp) for side in sides]
        self._sizes = [int(one.max()) + 1 for one in labels]
        self._occupied: NDArray[np.intp] | None = None
        if np.prod(self._sizes, dtype=np.float64) > _MOST_PIECES:
            self._occupied = np.unique(np.array(labels), axis=1)
        self._known: dict[tuple[bytes, bytes], Mask] = {}
        self._alike: dict[bytes, Mask] = {}
        for at, side in enumerate(sides):
            for name, classes in divided.classes(side).items():
                spread = self._spread(at, classes)
                self._known[side, name] = spread
                self._alike.setdefault(name, spread)

    def has(self, cell: _Cell) -> bool:
        """Whether a cell is made of these pieces."""
        return all(who in self._alike for _key, who in cell.terms)

    def pieces(self, cell: _Cell) -> Mask:
        """Return the pieces that a cell is made of.

        Those of its own divisions, even where the same people are also a class of another: that they
        are the same is for whoever reads the tables to find out.
        """
        found = self._everything()
        for key, who in cell.terms:
            mine = self._known.get((key, who))
            found = found & (self._alike[who] if mine is None else mine)
        return found

    def _spread(self, at: int, classes: Mask) -> Mask:
        """Return the pieces that are in some classes of the division at a place."""
        if self._occupied is not None:
            occupied: Mask = classes[self._occupied[at]]
            return occupied
        shape = [1] * len(self._sizes)
        shape[at] = self._sizes[at]
        spread: Mask = np.broadcast_to(classes.reshape(shape), self._sizes).ravel()
        return spread

    def _everything(self) -> Mask:
        size = int(np.prod(self._sizes)) if self._occupied is None else self._occupied.shape[1]
        return np.ones(size, dtype=np.bool_)


# --- what is known ------------------------------------------------------------------------------


def _is_printed(told: Told, hidden: frozenset[Place]) -> bool:
    return told.is_shown and not is_hidden(told.place, hidden)


def is_hidden(place: Place, hidden: frozenset[Place]) -> bool:
    """Whether a place is left out, or one that it begins with."""
    return any(place[:length] in hidden for length in range(2, len(place) + 1))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of pieces: how many are in what is printed, somebody in what is marked as left out."""

    printed: csr_array
    sizes: Floats
    marked: csr_array

    def may_be_any(self, aim: Floats, threshold: int) -> bool:
        """Whether the pieces of `aim` may count anything from 1 to the threshold less one.

        The least is more than 1 where marks alone say so: of each cell left out, that somebody is in it.
        """
        if self.least(-aim) > -(threshold - 1 - _NEAR):
            return False
        least = self.least(aim)
        if least <= 1 + _NEAR:
            return True
        by_marks = _Known(self.printed[:0], self.sizes[:0], self.marked)
        return least <= by_marks.least(aim) + _NEAR

    def least(self, aim: Floats) -> float:
        """Return the least that a sum of pieces can be."""
        has_marks = self.marked.shape[0] > 0
        has_printed = self.printed.shape[0] > 0
        found = linprog(
            aim,
            # The stubs know no sparse matrices.
            A_ub=-self.marked if has_marks else None,  # type: ignore[arg-type]
            b_ub=-np.ones(self.marked.shape[0]) if has_marks else None,
            A_eq=self.printed if has_printed else None,  # type: ignore[arg-type]
            b_eq=self.sizes if has_printed else None,
            bounds=(0, None),
        )
        if found.status == _UNLIMITED:
            return -np.inf
        return np.inf if found.fun is None else float(found.fun)  # fail closed
