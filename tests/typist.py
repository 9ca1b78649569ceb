"""Simulated interviews as the keys an interviewer presses, for the tests of the screen and the bench."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from interviewer.interview import (
    Answer,
    Interview,
    Step,
    begin,
    choices,
    give,
    is_self_completed,
    judge,
    without_answer,
)
from interviewer.respondent import Respondent, answer_all
from interviewer.screen.entries import codes_of, entries
from interviewer.scrub import Scrubber
from surveys import shipped
from surveys.check import check
from surveys.codes import simulated_card
from surveys.expressions import Node
from surveys.instrument import Group, Question
from surveys.plan import Plan, plan

NOW = datetime(2022, 4, 11, 10)
SCRUBBER = Scrubber()
ENTER, HELP, BACK, ERASE, PAGE_DOWN = "\r", "\x1bOP", "\x1b[Z", "\x7f", "\x1b[6~"
LEAVE = "\x03"  # then Enter
WITHOUT = {"refused": "\x12", "dont_know": "\x0b", "not_applicable": "\x19", "no_answer": ENTER}

Answering = Callable[[Interview, Step], Answer]


@dataclass(frozen=True)
class Stop:
    """Where an interview stands, what is answered there, and the keys of it, one string a key."""

    interview: Interview
    step: Step
    answer: Answer
    keys: tuple[str, ...]

    @property
    def is_private(self) -> bool:
        """Whether the respondent is at the screen."""
        return is_self_completed(self.interview, self.step)


@lru_cache
def planned(instrument: str) -> Plan:
    """Return the plan of a shipped instrument."""
    path = shipped.found_file(instrument)
    loaded = check(path.read_text(encoding="utf-8"), str(path)).instrument
    assert loaded is not None
    return plan(loaded)


def walked(interview: Interview, answering: Answering) -> tuple[Stop, ...]:
    """Return every stop of an interview, in the order they are asked."""
    stops = []
    while (step := interview.current) is not None:
        answer = answering(interview, step)
        stops.append(Stop(interview, step, answer, keys_of(interview, step, answer)))
        interview = give(interview, step.node, answer)
    return tuple(stops)


# --- two respondents ----------------------------------------------------------------------------


@lru_cache
def likely(instrument: str, lot: int) -> tuple[Stop, ...]:
    """Return the interview of the simulated respondent of the demonstration, begun in its language."""
    interview = begin(planned(instrument), NOW, str(lot))
    given: dict[Node, Answer] = {}

    def note(node: Node, answer: Answer, language: str) -> None:
        given[node] = answer

    answer_all(interview, Respondent(random.Random(lot)), SCRUBBER, note)
    return walked(interview, lambda _interview, step: given[step.node])


@lru_cache
def thorough(instrument: str, lot: int, spoken: str) -> tuple[Stop, ...]:
    """Return the interview of a respondent who leaves out little; every other one knows little."""
    chance = random.Random(lot)
    unknown = (0, 0.5)[lot % 2]

    def answering(interview: Interview, step: Step) -> Answer:
        declined = without_answer(step, "dont_know")
        if declined and not is_self_completed(interview, step) and chance.random() < unknown:
            return declined
        for typed in _candidates(interview, step, chance):
            judged = judge(interview, step, typed, SCRUBBER, reason="r")
            if judged.answer is not None:
                return judged.answer
        raise AssertionError(f"{step.node.name}: nothing tried is an answer")

    return walked(begin(planned(instrument), NOW, str(lot), spoken), answering)


def _candidates(interview: Interview, step: Step, chance: random.Random) -> list[str]:
    """Return texts a respondent might type at a stop, likely answers first."""
    if isinstance(step.item, Group):
        return [chance.choice("122")]
    offered = [choice.code for choice in choices(interview, step)]
    together = [choice.code for choice in choices(interview, step) if not choice.exclusive]
    leads_on = chance.random() < 0.8
    match step.item.kind:
        case "select_one":  # of two answers, the first mostly leads on to more questions
            return offered if len(offered) == 2 and leads_on else _shuffled(offered, chance)
        case "select_multiple":
            return [" ".join(together)] * leads_on + _shuffled(offered, chance)
        case "date":
            return [f"{chance.randint(2017, 2022)}-{month:02}-01" for month in range(12, 0, -1)]
        case "acknowledge":
            return ["1"]
        case "text" if step.item.format == "card_code":
            return [simulated_card(chance)]
        case "text" | "note":
            return ["mot" if step.item.kind == "text" and step.item.required else ""]
        case _:
            return _shuffled("0 1 2 3 5 7 10 12 15 20 25 30 50 100 1990 2020".split(), chance)


def _shuffled(texts: list[str], chance: random.Random) -> list[str]:
    return chance.sample(texts, len(texts))


# --- its keys -----------------------------------------------------------------------------------


def is_coded(step: Step) -> bool:
    """Whether a stop is answered by codes."""
    coded = {"select_one", "select_multiple", "acknowledge"}
    return isinstance(step.item, Group) or step.item.kind in coded


def could_go_on(interview: Interview, step: Step, code: str) -> bool:
    """Whether a code begins another one that is on offer."""
    others = [entry.code for entry in entries(interview, step) if entry.code != code]
    return any(other.startswith(code) for other in others)


def keys_of(interview: Interview, step: Step, answer: Answer) -> tuple[str, ...]:
    """Return the keys that give an answer; Enter or space only where a code could go on."""
    reason = (*answer.reason, ENTER) if answer.reason else ()
    item = step.item
    if answer.status != "answered":
        if not is_self_completed(interview, step) or answer.status == "no_answer":
            return (WITHOUT[answer.status],)
        offered = entries(interview, step)
        code = next(entry.code for entry in offered if entry.status == answer.status)
        return _picking(interview, step, code, ENTER)
    if isinstance(item, Question) and not is_coded(step):
        return (*answer.value, ENTER, *reason)
    if isinstance(item, Group):
        return ("1",) if answer.value == "1" else ("2",)
    if item.kind == "acknowledge":
        return ("1",)
    codes = sorted(codes_of(interview, step, answer.value))
    if item.kind == "select_multiple":
        picks = [key for code in codes for key in _picking(interview, step, code, " ")]
        return (*picks, ENTER, *reason)
    return (*_picking(interview, step, codes[0], ENTER), *reason)


def _picking(interview: Interview, step: Step, code: str, end: str) -> tuple[str, ...]:
    return (*code, end) if could_go_on(interview, step, code) else tuple(code)


def pressed(stops: tuple[Stop, ...]) -> list[tuple[str, ...]]:
    """Return the keys of each stop, Enter before them or last where the laptop changes hands."""
    found = []
    was_private = False
    for stop in stops:
        handed = (ENTER,) if stop.is_private != was_private else ()
        found.append((*handed, *stop.keys))
        was_private = stop.is_private
    return [*found, (ENTER,)] if was_private else found
