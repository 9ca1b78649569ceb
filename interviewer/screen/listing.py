"""Going to a question from a list of them: from anywhere, or from the review at the end."""

from __future__ import annotations

from dataclasses import replace

from interviewer.screen.items import Listed, to_go_to, to_review
from interviewer.screen.sift import taken
from interviewer.screen.view import View, given_to, look_at, over
from surveys.language import _


def listed(view: View) -> tuple[Listed, ...]:
    """Return the questions the list of this view offers, before it is sifted."""
    if view.mode == "closing":
        return to_review(view.interview)
    return to_go_to(view.interview, everything=view.everything)


def opened(view: View) -> View:
    """Return the list of what has no answer, over the view."""
    return over(view, "jump")


def widened(view: View) -> View:
    """Return the list with every question in it."""
    return replace(view, everything=True, page=0)


def gone(view: View) -> View:
    """Return the question that was named; once it is answered, what is next to answer follows."""
    found = taken(listed(view), view.typed.text)
    if found is None:
        return replace(view, message=_("Type the number of one question of the list."))
    return given_to(replace(look_at(view.interview, found.step, frozenset()), sent_back=True))
