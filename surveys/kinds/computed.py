"""calculate, hidden, start, end, today: nobody is asked; the interview fills them in."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.instrument import Question
from surveys.kinds.kind import Kind
from surveys.language import _
from surveys.problems import Problem


def calculate_problems(question: Question) -> Iterator[Problem]:
    """Yield a problem where there is nothing to calculate."""
    if question.calculation is None and "calculation" not in question.places:
        yield Problem(
            question.place,
            question.name,
            _("nothing to calculate"),
            _("add a calculation"),
            "calculation",
        )


CALCULATE = Kind(
    "calculate", storage="text", is_asked=False, is_shown=False, problems=calculate_problems
)
HIDDEN = Kind("hidden", storage="text", is_asked=False, is_shown=False)
START = Kind("start", storage="date", is_asked=False, is_shown=False)
END = Kind("end", storage="date", is_asked=False, is_shown=False)
TODAY = Kind("today", storage="date", is_asked=False, is_shown=False)
