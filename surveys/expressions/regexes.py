"""Which patterns regex() accepts, and how it matches: the whole text, as JavaRosa does."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

from surveys.expressions.ambiguity import ways
from surveys.expressions.automaton import TooLargeError
from surveys.language import _

LONGEST_TEXT = 500
LONGEST_PATTERN = 500
MOST_GROUPS = 40
# Ways that grow as the square of the longest text are tried by `re` in a tenth of a second.
MOST_WAYS = 2_000_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern examined: `problem` says why it is refused, and then it matches nothing."""

    compiled: re.Pattern[str] | None
    problem: str | None

    def matches(self, text: str) -> bool:
        """Return whether the whole text matches; texts longer than LONGEST_TEXT never do."""
        if self.compiled is None or len(text) > LONGEST_TEXT:
            return False
        return self.compiled.fullmatch(text) is not None


def examined(pattern: str) -> Pattern:
    r"""Return the pattern ready to match. `\w`, `\d` and `\s` are of ASCII, as in Java."""
    if len(pattern) > LONGEST_PATTERN or pattern.count("(") > MOST_GROUPS:
        return Pattern(None, _("the pattern is too long"))
    try:
        with warnings.catch_warnings():
            # What Python warns of, such as [[a-z], means something else in Java.
            warnings.simplefilter("error")
            compiled = re.compile(pattern, re.ASCII)
            most = ways(pattern, LONGEST_TEXT)
    except (re.error, ValueError, OverflowError, Warning) as error:
        return Pattern(None, _("the pattern is not valid: {reason}").format(reason=error))
    except TooLargeError:
        return Pattern(None, _("the pattern is too large to be checked"))
    if most > MOST_WAYS:
        return Pattern(None, _("the pattern can match some texts in more ways than can be tried"))
    return Pattern(compiled, None)


def regex_problem(pattern: str) -> str | None:
    """Return why regex() does not accept a pattern, None if it does."""
    return examined(pattern).problem
