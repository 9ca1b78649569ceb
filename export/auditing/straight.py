"""Batteries answered in a straight line: the same answer all the way down a list of questions.

A battery is a run of questions that stand one after another in one group and offer the same list of
answers. That somebody gives one answer to all of it is often true (no to ten products, say), so it is
no sign by itself; that it happens far more often to one interviewer may be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from export.auditing.shares import Tally
from interviewer.record import Record
from surveys.instrument import Group, Instrument, Item, Question

LENGTH = 5  # answers: a shorter battery has a straight line too easily


@dataclass(frozen=True, slots=True)
class Line:
    """Of an interviewer's interviews, `interviews` have a battery of LENGTH answers or more.

    In `straight` of them at least one battery has one answer all the way down; `longest` is the
    longest run of one answer in any battery.
    """

    interviewer: str
    interviews: int
    straight: int
    longest: int


@dataclass(frozen=True, slots=True)
class Straight:
    """How many batteries the questionnaire has, and what each interviewer's interviews have of them."""

    batteries: int
    lines: tuple[Line, ...]

    def tallies(self) -> list[Tally]:
        """Return how many interviews of each have a straight line."""
        return [
            Tally("straight", one.interviewer, one.straight, one.interviews) for one in self.lines
        ]


def straight(interviews: Sequence[Record], instrument: Instrument) -> Straight:
    """Return the straight lines in the complete interviews of a questionnaire; not inside repeats."""
    found = batteries(instrument)
    runs: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for one in interviews:
        answered = [
            [one.answers[name] for name in battery if one.answers.get(name)] for battery in found
        ]
        long = [answers for answers in answered if len(answers) >= LENGTH]
        if one.status == "complete" and long:
            longest = max(map(_longest_run, long))
            is_straight = any(len(set(answers)) == 1 for answers in long)
            runs[one.interviewer].append((longest, is_straight))
    return Straight(
        len(found),
        tuple(
            Line(
                who,
                len(theirs),
                sum(is_straight for _run, is_straight in theirs),
                max(run for run, _is_straight in theirs),
            )
            for who, theirs in sorted(runs.items())
        ),
    )


def batteries(instrument: Instrument) -> tuple[tuple[str, ...], ...]:
    """Return the names of the questions of each battery of LENGTH questions or more, in order."""
    return tuple(found for found in _batteries(instrument.survey) if len(found) >= LENGTH)


def _batteries(items: Sequence[Item]) -> Iterator[tuple[str, ...]]:
    for listed, run in groupby(items, _list_of):
        together = list(run)
        if listed:
            yield tuple(item.name for item in together)
        for item in together:
            if isinstance(item, Group) and item.kind == "group":
                yield from _batteries(item.questions)


def _list_of(item: Item) -> str:
    """Return the list of a question with one answer that the lead can read; '' of anything else."""
    if not isinstance(item, Question) or item.kind != "select_one" or item.choices is None:
        return ""
    return "" if item.keep.rule in {"never", "link"} else item.choices.name


def _longest_run(answers: Sequence[str]) -> int:
    return max(len(list(run)) for _answer, run in groupby(answers))
