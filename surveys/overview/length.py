"""How long an interview takes, in minutes and keys, before any is held.

A stop takes the time to read it to the person, to think of an answer, and to type it:

    seconds = words ÷ pace + thinking(type) + 0.28 × keys,   at least its `minimum_seconds`

- **Reading.** The label aloud at 150 words a minute. Interviewers are trained to two words a second
  (Cannell, Miller and Oksenberg 1981, *Sociological Methodology* 12) and go faster with practice;
  people reading aloud reach 183 (Brysbaert 2019, *Journal of Memory and Language* 109). Choices are
  read with it unless the question before had the same list. What the person reads alone (a show
  card, a screen turned, a list of more than nine) goes at 238 words a minute (Brysbaert 2019).
  Hints are for the interviewer and take no time.
- **Thinking.** Seconds by type in `THINKING`, our judgement, so that a closed question of ordinary
  length takes about ten seconds in all, as a question does on the web panel of the Pew Research
  Center (2022, "How we keep our online surveys from running too long").
- **Typing.** 0.28 s a key: an ordinary typist (Card, Moran and Newell 1980, *CACM* 23(7), the
  keystroke-level model). Keys are counted as on the interview's screen: a code alone, where no other
  code begins with it; else what is typed, and Enter.

Nothing is counted for finding the person, the breaks, or what is said beside the questions: an
interview in a corridor takes longer. Routes are those of `rehearsal.py`: the shortest and longest
found among many that end complete, and the middle one. Chance draws answers evenly, people do not:
the middle is a middle of routes, not of people.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from surveys.instrument import Choice, Group, Instrument, Question
from surveys.kinds import is_asked
from surveys.overview.rehearsal import Rehearsal, Stop, rehearse
from surveys.plan import Plan

ALOUD = 150 / 60  # words a second
SILENTLY = 238 / 60
KEY = 0.28  # seconds
READ_OUT = 9  # choices; a longer list is read by the person, or found by the interviewer
THINKING: Mapping[str, float] = {
    "select_one": 3,
    "select_multiple": 5,
    "integer": 5,
    "decimal": 5,
    "range": 4,
    "date": 6,
    "time": 4,
    "dateTime": 8,
    "text": 12,
    "acknowledge": 1,
    "repeat": 2,
}
MOST_ROUTES = 100  # drawn; as many again look for the extremes
MOST_STOPS = 12_000  # of all routes together: a long form is rehearsed less often

_WORD = re.compile(r"[^\W_][\w'’-]*")


@dataclass(frozen=True, slots=True)
class Length:
    """What one route takes. `questions` are those somebody answers."""

    minutes: float
    keys: int
    questions: int

    def __add__(self, other: Length) -> Length:
        return Length(
            self.minutes + other.minutes, self.keys + other.keys, self.questions + other.questions
        )


NONE = Length(0.0, 0, 0)


@dataclass(frozen=True, slots=True)
class Lengths:
    """The shortest, the middle and the longest route found; `sections` are those of the middle one.

    A section is the name of an outermost group or, for items in none, ''.
    """

    shortest: Length
    middle: Length
    longest: Length
    sections: Mapping[str, Length]


def lengths(plan: Plan, chance: random.Random, now: datetime) -> Lengths:
    """Return how long interviews take that end complete, or, if chance finds none, any at all."""
    routes = _routes(plan, chance, now)
    complete = [route for route in routes if route.is_complete] or routes
    complete.sort(key=lambda route: of(plan, route).minutes)
    budget = _budget(complete[-1])

    def extreme(start: Rehearsal, sign: int) -> Length:
        return _climbed(plan, chance, now, start, budget, lambda found: sign * found.minutes)

    middle = complete[len(complete) // 2]
    return Lengths(
        shortest=extreme(complete[0], -1),
        middle=of(plan, middle),
        longest=extreme(complete[-1], 1),
        sections=_sections(plan, middle),
    )


def of(plan: Plan, route: Rehearsal) -> Length:
    """Return what one route takes."""
    return sum((length for _stop, length in _stops(plan, route)), NONE)


def _routes(plan: Plan, chance: random.Random, now: datetime) -> list[Rehearsal]:
    first = rehearse(plan, chance, now)
    routes = [first]
    stops = len(first.draws) + 1
    while len(routes) < MOST_ROUTES and stops < MOST_STOPS:
        routes.append(rehearse(plan, chance, now))
        stops += len(routes[-1].draws) + 1
    return routes


def _budget(route: Rehearsal) -> int:
    return max(4, min(MOST_ROUTES, MOST_STOPS // (len(route.draws) + 1)))


def _climbed(
    plan: Plan,
    chance: random.Random,
    now: datetime,
    best: Rehearsal,
    budget: int,
    merit: Callable[[Length], float],
) -> Length:
    """Return the best length found by changing one or two deciding answers at a time."""
    length = of(plan, best)
    for _attempt in range(budget):
        deciding = [node for node in best.draws if plan.dependents.get(node.name)]
        if not deciding:
            break
        again = set(chance.sample(deciding, min(len(deciding), chance.randint(1, 2))))
        kept = {node: draw for node, draw in best.draws.items() if node not in again}
        other = rehearse(plan, chance, now, kept)
        found = of(plan, other)
        if merit(found) > merit(length) and other.is_complete >= best.is_complete:
            best, length = other, found
    return length


def _sections(plan: Plan, route: Rehearsal) -> Mapping[str, Length]:
    found: dict[str, Length] = {}
    for stop, length in _stops(plan, route):
        around = plan.around[stop.item.name]
        name = around[0].name if around else ""
        found[name] = found.get(name, NONE) + length
    order = [item.name for item in plan.instrument.survey if isinstance(item, Group)]
    return {name: found[name] for name in ("", *order) if name in found}


# --- one stop ---------------------------------------------------------------------------------


def _stops(plan: Plan, route: Rehearsal) -> Iterator[tuple[Stop, Length]]:
    listed = ""
    for stop in route.stops:
        choices = stop.item.choices if isinstance(stop.item, Question) else None
        is_new = choices is None or choices.name != listed
        listed = choices.name if choices else ""
        keys = _keys(stop)
        seconds = _reading(plan, stop, is_new) + _thinking(stop) + KEY * keys
        least = stop.item.minimum_seconds if isinstance(stop.item, Question) else 0
        asked = isinstance(stop.item, Question) and is_asked(stop.item)
        yield stop, Length(max(seconds, least) / 60, keys, int(asked))


def _reading(plan: Plan, stop: Stop, is_new: bool) -> float:
    instrument, item = plan.instrument, stop.item
    turned = any(group.self_completed for group in plan.around[item.name])
    label = words(instrument.text(item.label, instrument.default_language))
    offered = stop.offered if is_new else ()
    listed = sum(words(_label(instrument, choice)) for choice in offered)
    card = isinstance(item, Question) and bool(item.show_card)
    alone = turned or card or len(offered) > READ_OUT
    return label / (SILENTLY if turned else ALOUD) + listed / (SILENTLY if alone else ALOUD)


def _label(instrument: Instrument, choice: Choice) -> str:
    return instrument.text(choice.label, instrument.default_language)


def words(text: str) -> int:
    """Return how many words a text has; `l'eau` and `rendez-vous` are one."""
    return len(_WORD.findall(text))


def _thinking(stop: Stop) -> float:
    item = stop.item
    if isinstance(item, Question) and not is_asked(item):
        return 0.0
    return THINKING[item.kind]


def _keys(stop: Stop) -> int:
    item, draw = stop.item, stop.draw
    if isinstance(item, Group) or draw.status or item.kind == "acknowledge":
        return 1
    codes = [choice.code for choice in stop.offered]
    typed = [choice.code for choice in stop.offered if choice.name in draw.value.split()]
    if item.kind == "select_one":
        return sum(map(len, typed)) + _waits(typed, codes)
    if item.kind == "select_multiple":
        return sum(map(len, typed)) + 1
    return len(draw.value) + 1  # and Enter, which is all a note takes


def _waits(typed: Sequence[str], codes: Sequence[str]) -> int:
    """Return 1 where Enter must say that the code is whole, else 0."""
    return int(
        not typed or any(code != one and code.startswith(one) for one in typed for code in codes)
    )
