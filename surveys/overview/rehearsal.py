"""A questionnaire gone through without a person: which stops a set of chance answers leads to.

It tells how long interviews may take before any is held. Answers are drawn evenly among what each
question allows, so it knows which routes there are, and nothing of how many people take each.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from surveys.codes import simulated_card
from surveys.expressions import Context, Node, comparisons
from surveys.instrument import Choice, Group, Item, Nonresponse, Question
from surveys.kinds import KINDS, is_asked
from surveys.kinds.number import limits, spelled
from surveys.plan import Plan, expressions_of

TRIES = 12  # answers drawn before one that breaks its constraint is taken as it is
WORDS = "words said in answer to it"  # an answer in one's own words
_PLAUSIBLE = ("0", "1", "2", "3", "5", "7", "10", "15", "20", "30", "50", "100", "2020")
_DECLINED = 0.02  # the chance of a non-response where one is offered
_MOST_ROUNDS = 3  # of a repeat that asks “another one?”
_ALL_ROUNDS = 2_000  # of all repeats of one route; what is beyond is left out


@dataclass(frozen=True, slots=True)
class Draw:
    """What chance answered at a place: a value, or a non-response and no value."""

    value: str = ""
    status: Nonresponse | str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a route: what is shown, how it was answered, which choices were offered."""

    item: Item
    draw: Draw
    offered: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One route: its stops, what was drawn where, and whether the interview counts as complete."""

    stops: tuple[Stop, ...]
    draws: Mapping[Node, Draw]
    is_complete: bool


def rehearse(
    plan: Plan, chance: random.Random, now: datetime, kept: Mapping[Node, Draw] | None = None
) -> Rehearsal:
    """Return a route through the questionnaire; where `kept` has an answer that fits, it is given."""
    walk = _Walk(plan, chance, now, kept or {})
    for name in plan.order:
        for node in walk.places(plan.items[name]):
            walk.visit(node, plan.items[name])
    return Rehearsal(tuple(walk.stops), walk.draws, walk.is_complete())


class _Walk:
    """One pass over the items, each after what it reads."""

    def __init__(
        self, plan: Plan, chance: random.Random, now: datetime, kept: Mapping[Node, Draw]
    ) -> None:
        self.plan = plan
        self.chance = chance
        self.kept = kept
        self.values: dict[Node, str] = {}
        self.statuses: dict[Node, str] = {}
        self.counts: dict[Node, int] = {}
        self.relevant: set[Node] = set()
        self.draws: dict[Node, Draw] = {}
        self.stops: list[Stop] = []
        self.rounds_left = _ALL_ROUNDS
        self.context = Context(
            scopes=plan.scopes,
            parents=plan.parents,
            values=self.values,
            statuses=self.statuses,
            counts=self.counts,
            lists=plan.rows(plan.instrument.default_language),
            list_of=plan.list_of,
            now=now,
            random=chance.random,
        )

    def places(self, item: Item) -> list[Node]:
        """Return every place of an item; a repeat is one place wherever it stands."""
        repeats = self.plan.scopes[item.name]
        if isinstance(item, Group) and item.kind == "repeat":
            repeats = repeats[:-1]
        found: list[tuple[int, ...]] = [()]
        for repeat in repeats:
            found = [
                (*at, number)
                for at in found
                for number in range(1, self.counts.get(Node(repeat, at), 0) + 1)
            ]
        return [Node(item.name, at) for at in found]

    def visit(self, node: Node, item: Item) -> None:
        """Go past an item at one place: nothing, a computed value, a group or a stop."""
        if not self._is_relevant(node, item):
            return
        self.relevant.add(node)
        if isinstance(item, Group):
            if item.kind == "repeat":
                self.counts[node] = min(self._rounds(node, item), self.rounds_left)
                self.rounds_left -= self.counts[node]
            return
        if not is_asked(item):
            self.values[node] = self._computed(node, item)
            if KINDS[item.kind].is_shown:
                self.stops.append(Stop(item, Draw()))
            return
        offered = self._offered(node, item)
        draw = self._answer(node, item, offered)
        self.draws[node] = draw
        self.values[node] = draw.value
        self.statuses[node] = draw.status
        self.stops.append(Stop(item, draw, offered))

    def is_complete(self) -> bool:
        """Whether the interview counts as complete; without a condition, whether it is no refusal."""
        instrument = self.plan.instrument
        if instrument.refused_when and instrument.refused_when.truth(self.context):
            return False
        return instrument.complete_when is None or instrument.complete_when.truth(self.context)

    def _is_relevant(self, node: Node, item: Item) -> bool:
        around = self.plan.around[item.name]
        if around:
            at = node.at[:-1] if around[-1].kind == "repeat" else node.at
            if Node(around[-1].name, at) not in self.relevant:
                return False
        return item.relevant is None or item.relevant.truth(self.context.at(node))

    def _rounds(self, node: Node, repeat: Group) -> int:
        if repeat.repeat_count is not None:
            number = repeat.repeat_count.number(self.context.at(node))
            return 0 if math.isnan(number) else max(0, min(int(number), repeat.repeat_max))
        most = min(_MOST_ROUNDS, repeat.repeat_max)
        draw = self.kept.get(node) or Draw(str(self.chance.randint(0, most)))
        self.draws[node] = draw
        asked = min(int(draw.value) + 1, repeat.repeat_max)
        self.stops.extend([Stop(repeat, Draw("1"))] * asked)
        return int(draw.value)

    def _computed(self, node: Node, question: Question) -> str:
        if question.kind == "today":
            return self.context.now.date().isoformat()
        if question.kind in {"start", "end"}:
            return self.context.now.isoformat(timespec="seconds")
        computed = question.calculation or question.dynamic_default
        return computed.string(self.context.at(node)) if computed else question.default

    def _offered(self, node: Node, question: Question) -> tuple[Choice, ...]:
        rows = question.choices.choices if question.choices else ()
        condition, here = question.choice_filter, self.context.at(node)
        if condition is None:
            return rows
        spoken = self.plan.instrument.default_language
        return tuple(row for row in rows if condition.truth(here.with_row(row.row(spoken, spoken))))

    def _answer(self, node: Node, question: Question, offered: tuple[Choice, ...]) -> Draw:
        """Return the kept answer where it is still possible, else one drawn by chance."""
        kept = self.kept.get(node)
        if kept is not None and self._fits(node, question, kept.value, offered):
            return kept
        if question.nonresponse and self.chance.random() < _DECLINED:
            return Draw(status=self.chance.choice(question.nonresponse))
        value = ""
        for _attempt in range(TRIES):
            value = _drawn(self.plan, question, offered, self.chance, self.context.now)
            if self._fits(node, question, value, offered):
                break
        return Draw(value)

    def _fits(
        self, node: Node, question: Question, value: str, offered: tuple[Choice, ...]
    ) -> bool:
        if question.choices and not {choice.name for choice in offered}.issuperset(value.split()):
            return False
        if question.constraint is None or not value:
            return True
        self.values[node] = value
        return question.constraint.truth(self.context.at(node))


def _drawn(
    plan: Plan,
    question: Question,
    offered: Sequence[Choice],
    chance: random.Random,
    now: datetime,
) -> str:
    """Return one value of the kind of the question."""
    match question.kind:
        case "select_one":
            return chance.choice(offered).name if offered else ""
        case "select_multiple":
            return _several(offered, chance)
        case "range":
            start, end, step = limits(question)
            return spelled(start + step * chance.randint(0, int((end - start) / step)))
        case "date":
            return (now - timedelta(days=chance.randint(0, 1500))).date().isoformat()
        case "time":
            return f"{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}:00"
        case "dateTime":
            return (now - timedelta(minutes=chance.randint(0, 10**6))).isoformat()[:19]
        case "acknowledge":
            return "OK"
        case "text" if question.format == "card_code":
            return simulated_card(chance)
        case "text":
            return chance.choice((WORDS[: question.max_length], *_literals(plan, question.name)))
        case _:
            return chance.choice((*_PLAUSIBLE, *_literals(plan, question.name)))


def _several(offered: Sequence[Choice], chance: random.Random) -> str:
    alone = [choice for choice in offered if choice.exclusive]
    together = [choice for choice in offered if not choice.exclusive]
    if alone and (not together or chance.random() < 0.2):
        return chance.choice(alone).name
    count = chance.randint(1, min(3, len(together))) if together else 0
    chosen = chance.sample(together, count)
    return " ".join(choice.name for choice in together if choice in chosen)


def _literals(plan: Plan, name: str) -> tuple[str, ...]:
    return _all_literals(plan).get(name, ())


@lru_cache(maxsize=8)
def _all_literals(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """Return for each item what it is compared with, and the numbers beside it: routes part there."""
    found: dict[str, dict[str, None]] = {}
    for item in plan.items.values():
        for _column, expression in expressions_of(item):
            for name, _operator, literal, _offset in comparisons(expression.tree):
                near = found.setdefault(item.name if name == "." else name, {})
                near.update(dict.fromkeys(_near(literal)))
    return {name: tuple(near) for name, near in found.items()}


def _near(literal: str | float) -> tuple[str, ...]:
    if isinstance(literal, str):
        return (literal,)
    if not math.isfinite(literal):
        return ()
    return tuple(f"{math.floor(literal) + step}" for step in (-1, 0, 1))
