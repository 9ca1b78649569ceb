"""Which patterns regex() accepts, and how it matches: the whole text, as JavaRosa does.

Python's `re` matches by trying one way after the other. That is quick where a text can be matched in
one way; elsewhere the pattern's automaton matches, following all ways at once. A pattern with too
many ways is refused all the same, for the other tools that hold the form would hang.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from surveys.expressions.ambiguity import ways
from surveys.expressions.automaton import UncheckableError, automaton
from surveys.language import _

LONGEST_TEXT = 500
LONGEST_PATTERN = 500
MOST_GROUPS = 40
# As many as the square of the longest text, which costs `re` a tenth of a second.
MOST_WAYS = 2_000_000
# What the automaton cannot match, such as a look-ahead, is left to `re`, so it must be quick there.
MOST_WAYS_OF_RE = 2


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern examined: `problem` says why it is refused, and then it matches nothing."""

    match: Callable[[str], object]
    problem: str | None = None

    def matches(self, text: str) -> bool:
        """Return whether the whole text matches; texts longer than LONGEST_TEXT never do."""
        return len(text) <= LONGEST_TEXT and bool(self.match(text))


def examined(pattern: str) -> Pattern:
    r"""Return the pattern ready to match. `\w`, `\d` and `\s` are of ASCII, as in Java."""
    if len(pattern) > LONGEST_PATTERN or pattern.count("(") > MOST_GROUPS:
        return _refused(_("the pattern is too long"))
    try:
        with warnings.catch_warnings():
            # What Python warns of, such as [[a-z], means something else in Java.
            warnings.simplefilter("error")
            compiled = re.compile(pattern, re.ASCII)
            drawn = automaton(pattern)
            most = ways(drawn, LONGEST_TEXT)
    except (re.error, ValueError, OverflowError, Warning) as error:
        return _refused(_("the pattern is not valid: {reason}").format(reason=error))
    except UncheckableError:
        return _refused(
            _("the pattern is too large, or refers back to a group: it cannot be checked")
        )
    if most > (MOST_WAYS if drawn.is_exact else MOST_WAYS_OF_RE):
        return _refused(_("the pattern can match some texts in more ways than can be tried"))
    return Pattern(drawn.matches if drawn.is_exact and most > 1 else compiled.fullmatch)


def _refused(problem: str) -> Pattern:
    return Pattern(lambda text: False, problem)


def regex_problem(pattern: str) -> str | None:
    """Return why regex() does not accept a pattern, None if it does."""
    return examined(pattern).problem
