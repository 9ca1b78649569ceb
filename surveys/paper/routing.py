"""Where each answer leads on paper: on past items that are not asked, or under a condition.

A reader of the paper goes from one item to the next, follows what stands beside the answer given, and
leaves out what stands under a condition that does not hold. `directions` finds what must be printed
for such a reader to be asked just what the screen would ask: going through the questionnaire once, it
knows at each item in which cases (`cases.py`) it is reached. An answer after which the items that
follow are certainly not asked is a skip; a condition that holds whenever its item is reached is not
printed; every other is, with where to go otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from surveys.expressions.tree import Tree
from surveys.instrument import Group, Instrument, Question
from surveys.kinds import KINDS
from surveys.paper.answers import Possible, possible_answers
from surveys.paper.cases import (
    ANYTHING,
    BLANK,
    Case,
    Cases,
    assumed,
    certain,
    fewer,
    in_all,
    merged,
    reads,
)
from surveys.paper.numbering import has_number, worked_out_names
from surveys.paper.parts import joint, operands
from surveys.paper.written import written
from surveys.plan import repeats_around

END = ""  # the target after the last item
NEXT_ROUND = "next round"  # the target at the end of a repeat; no item has a space in its name


@dataclass(frozen=True, slots=True)
class Stop:
    """One item that has a place on paper; `conditions` are those of the groups around, then its own.

    Each condition comes with the name of the group or question it is of. `repeats` are around it.
    """

    question: Question
    around: tuple[Group, ...]
    repeats: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be printed above an item or group: conditions that must all hold, and where else to go."""

    holding: tuple[str, ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Jump:
    """Answers after which one goes to `target`: a name of an item, END or NEXT_ROUND."""

    answers: tuple[Possible, ...]
    target: str


@dataclass(frozen=True, slots=True)
class Direction:
    """What is printed at one stop: conditions by name of the group or question, and jumps.

    `following` is where one goes when nothing is printed; `is_always`: whatever is answered, one goes
    to the target of the only jump.
    """

    stop: Stop
    following: str
    conditions: Mapping[str, Condition]
    jumps: tuple[Jump, ...]
    is_always: bool


@lru_cache(maxsize=4)
def directions(instrument: Instrument) -> Mapping[str, Direction]:
    """Return the directions of each item that has a place on paper, in order, by its name."""
    walk = _Walk(instrument, stops(instrument))
    return {stop.question.name: walk.direct(place) for place, stop in enumerate(walk.stops)}


def stops(instrument: Instrument) -> tuple[Stop, ...]:
    """Return the items that have a place on paper, in order."""
    worked_out = worked_out_names(instrument)
    found = []
    for item, around in instrument.items():
        if isinstance(item, Group):
            continue
        if KINDS[item.kind].is_shown or has_number(item, worked_out):
            owners: tuple[Group | Question, ...] = (*around, item)
            conditions = tuple((owner.name, one) for owner in owners for one in _conditions(owner))
            found.append(Stop(item, around, repeats_around(item, around), conditions))
    return tuple(found)


def _conditions(owner: Group | Question) -> Iterator[str]:
    """Yield what must hold for an item to be asked; a repeat asked no time is not asked."""
    if owner.relevant is not None:
        yield from (written(part) for part in _parts(owner.relevant.tree))
    if isinstance(owner, Group) and owner.repeat_count is not None:
        yield f"({written(owner.repeat_count.tree)}) > 0"


def _parts(tree: Tree) -> Iterator[Tree]:
    if joint(tree) == "and":
        for part in operands(tree):
            yield from _parts(part)
    else:
        yield tree


@dataclass
class _Walk:
    """Goes through the stops once, in order; `arrivals` are the cases in which each is reached."""

    instrument: Instrument
    stops: tuple[Stop, ...]
    arrivals: list[list[Case]] = field(default_factory=list)
    live: list[tuple[str, ...]] = field(default_factory=list)  # names read from here on, next first

    def __post_init__(self) -> None:
        self.arrivals = [[] for _stop in (*self.stops, None)]
        self.arrivals[0].extend(ANYTHING)
        self.live = [()]
        for stop in reversed(self.stops):
            read = sorted({name for _owner, one in stop.conditions for name in reads(one)})
            self.live.append(tuple(dict.fromkeys((*read, *self.live[-1]))))
        self.live.reverse()

    def direct(self, place: int) -> Direction:
        """Return the directions of one stop; those before it have been."""
        stop = self.stops[place]
        cases = self._of_use(place, self.arrivals[place]) or ANYTHING
        self._pass_repeats(place, cases)
        printed: dict[str, Condition] = {}
        for owner in dict.fromkeys(owner for owner, _one in stop.conditions):
            held = [one for name, one in stop.conditions if name == owner]
            uncertain = tuple(one for one in held if in_all(one, cases) is not True)
            if uncertain:
                missed = _missed(uncertain, cases)
                target = self._go_past(owner, place, missed)
                printed[owner] = Condition(uncertain, target)
                cases = _met(uncertain, cases)
        following = self._name(place + 1, stop.repeats)
        return Direction(stop, following, printed, *self._jumps(place, cases, following))

    def _jumps(self, place: int, cases: Cases, following: str) -> tuple[tuple[Jump, ...], bool]:
        stop = self.stops[place]
        name = stop.question.name
        found: dict[str, list[Possible]] = {}
        answers = possible_answers(self.instrument, stop.question)
        for possible in answers:
            answered = tuple(case.with_facts(possible.facts) for case in cases)
            if possible.answer is not None:
                answered = tuple(case.with_answer(name, possible.answer) for case in cases)
            target = self._go(place + 1, answered, stop.repeats)
            if target != following:
                found.setdefault(target, []).append(possible)
        jumps = tuple(Jump(tuple(answers_there), target) for target, answers_there in found.items())
        return jumps, len(jumps) == 1 and len(jumps[0].answers) == len(answers)

    def _go_past(self, owner: str, place: int, cases: Cases) -> str:
        """Arrive behind a group or question that begins at a place and is not asked."""
        repeats = _repeats_before(self.stops[place], owner)
        while place < len(self.stops) and _is_of(self.stops[place], owner):
            cases = self._left_out(place, repeats, cases)
            place += 1
        return self._go(place, cases, repeats)

    def _left_out(self, place: int, repeats: tuple[str, ...], cases: Cases) -> Cases:
        """Return the cases in which a stop is not asked; a repeat has as many answers as rounds."""
        stop = self.stops[place]
        if len(stop.repeats) > len(repeats):
            return cases
        return tuple(case.with_answer(stop.question.name, BLANK) for case in cases)

    def _of_use(self, place: int, cases: Sequence[Case]) -> Cases:
        """Return what the conditions from a place on can use of some cases."""
        return fewer(tuple(dict.fromkeys(cases)), self.live[place])

    def _go(self, place: int, cases: Cases, repeats: tuple[str, ...]) -> str:
        """Arrive, from inside `repeats`, at the first stop from `place` on that may be asked.

        Return its name. A round of a repeat is left by its end only, and entered by its beginning.
        """
        cases = self._of_use(place, cases)
        limit = self._end_of_round(place, repeats)
        entered = -1
        while place < limit and cases:
            stop = self.stops[place]
            if not all(_is_false(stop, case) for case in cases):
                break
            if len(stop.repeats) > len(repeats) and entered < 0:
                entered = place
            cases = self._left_out(place, repeats, cases)
            place += 1
            if entered >= 0 and self._end_of_round(entered, self.stops[entered].repeats) == place:
                entered = -1
        if entered >= 0:
            place = entered
        if place < limit or not repeats:
            self.arrivals[place].extend(cases)
        return self._name(place, repeats)

    def _name(self, place: int, repeats: tuple[str, ...]) -> str:
        """Return how a target is called by a reader inside `repeats`."""
        if repeats and place >= self._end_of_round(place, repeats):
            return NEXT_ROUND
        return self.stops[place].question.name if place < len(self.stops) else END

    def _end_of_round(self, place: int, repeats: tuple[str, ...]) -> int:
        """Return the place after the last stop inside `repeats`, from a place on."""
        if not repeats:
            return len(self.stops)
        while place < len(self.stops) and self.stops[place].repeats[: len(repeats)] == repeats:
            place += 1
        return place

    def _pass_repeats(self, place: int, cases: Cases) -> None:
        """Arrive behind each repeat that begins here, with what is known before it: no more, no less."""
        before = self.stops[place - 1].repeats if place else ()
        repeats = self.stops[place].repeats
        for depth in range(len(repeats), 0, -1):
            end = self._end_of_round(place, repeats[:depth])
            is_inside = not repeats[: depth - 1] or end < self._end_of_round(
                place, repeats[: depth - 1]
            )
            if before[:depth] != repeats[:depth] and is_inside:
                self.arrivals[end].extend(cases)


def _repeats_before(stop: Stop, owner: str) -> tuple[str, ...]:
    """Return the repeats around one of the groups of a stop, or around its question."""
    found = []
    for group in stop.around:
        if group.name == owner:
            break
        if group.kind == "repeat":
            found.append(group.name)
    return tuple(found)


def _is_of(stop: Stop, owner: str) -> bool:
    """Whether a stop is in a group, or is the question, of that name."""
    return stop.question.name == owner or any(group.name == owner for group in stop.around)


def _is_false(stop: Stop, case: Case) -> bool:
    return any(certain(one, case) is False for _owner, one in stop.conditions)


def _met(conditions: Sequence[str], cases: Cases) -> Cases:
    """Return the cases left where all the conditions hold."""
    for one in conditions:
        cases = merged(later for case in cases for later in assumed(one, case))
    return cases


def _missed(conditions: Sequence[str], cases: Cases) -> Cases:
    """Return the cases left where one of the conditions does not hold."""
    return merged(
        later for one in conditions for case in cases for later in assumed(one, case, False)
    )
