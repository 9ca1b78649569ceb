"""A simulated respondent: answers an interview through the engine, as typed text, like anyone.

For demonstrations and tests. What it says comes from a script (typed text by item name) and, where
the script is silent, from chance among what the question allows.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from interviewer.interview import (
    Answer,
    Interview,
    Step,
    choices,
    give,
    judge,
    without_answer,
)
from interviewer.scrub import Scrubber
from interviewer.sitting import Durable, Sitting, not_durable
from surveys.codes import simulated_card
from surveys.instrument import Choice, Group, Question
from surveys.kinds import is_asked
from surveys.kinds.number import limits

TRIES = 30  # typed texts tried before the respondent declines
_PLAUSIBLE = (
    "0",
    "1",
    "2",
    "3",
    "5",
    "7",
    "10",
    "12",
    "15",
    "20",
    "25",
    "30",
    "50",
    "100",
    "1990",
    "2020",
)


@dataclass(frozen=True, slots=True)
class Respondent:
    """One simulated person. `script` has what is typed for an item; '' leaves it blank.

    `declines` is the chance of a non-response where one is offered; `leaves_after` the number of
    answers after which the person leaves, if ever.
    """

    chance: random.Random
    script: Mapping[str, str] = field(default_factory=dict)
    declines: float = 0.02
    leaves_after: int | None = None


def answer_all(
    interview: Interview,
    respondent: Respondent,
    scrubber: Scrubber,
    durable: Durable = not_durable,
) -> Sitting:
    """Hold the interview with a simulated respondent, to its end or until the person leaves."""
    given = 0
    while (step := interview.current) is not None:
        if respondent.leaves_after is not None and given >= respondent.leaves_after:
            return Sitting(interview, "stopped")
        answer = _answer(interview, step, respondent, scrubber)
        durable(step.node, answer, interview.language)
        interview = give(interview, step.node, answer)
        given += is_asked(step.item)
    return Sitting(interview, "finished")


def _answer(interview: Interview, step: Step, respondent: Respondent, scrubber: Scrubber) -> Answer:
    question = step.item
    if isinstance(question, Question) and not is_asked(question):
        return Answer()
    scripted = respondent.script.get(question.name)
    if scripted is not None:
        judged = judge(interview, step, scripted, scrubber, reason="simulated")
        if judged.answer is not None:
            return judged.answer
    declined = without_answer(step, "refused") or without_answer(step, "dont_know")
    if declined and respondent.chance.random() < respondent.declines:
        return declined
    for _attempt in range(TRIES):
        typed = _typed(interview, step, respondent.chance)
        judged = judge(interview, step, typed, scrubber, reason="simulated")
        if judged.answer is not None:
            return judged.answer
    return declined or Answer(status="no_answer")


def _typed(interview: Interview, step: Step, chance: random.Random) -> str:
    question = step.item
    if isinstance(question, Group):
        return chance.choice("122")
    offered = choices(interview, step)
    match question.kind:
        case "select_one":
            return chance.choice(offered).code if offered else ""
        case "select_multiple":
            return _several(offered, chance)
        case "range":
            start, end, step_size = limits(question)
            return str(start + step_size * chance.randint(0, int((end - start) / step_size)))
        case "date":
            return (date(2022, 6, 1) - timedelta(days=chance.randint(0, 1500))).isoformat()
        case "time":
            return f"{chance.randint(0, 23)}:{chance.randint(0, 59):02d}"
        case "dateTime":
            day = date(2022, 6, 1) - timedelta(days=chance.randint(0, 1500))
            return f"{day.isoformat()} {chance.randint(0, 23)}:{chance.randint(0, 59):02d}"
        case "acknowledge":
            return "1"
        case "text" if question.format == "card_code":
            return simulated_card(chance)
        case "text":
            return "simulation" if question.required else ""
        case _:
            return chance.choice(_PLAUSIBLE)


def _several(offered: tuple[Choice, ...], chance: random.Random) -> str:
    if not offered:
        return ""
    alone = [choice for choice in offered if choice.exclusive]
    if alone and chance.random() < 0.3:
        return chance.choice(alone).code
    together = [choice for choice in offered if not choice.exclusive] or list(offered)
    count = chance.randint(1, min(3, len(together)))
    return " ".join(choice.code for choice in chance.sample(together, count))
