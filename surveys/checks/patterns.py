"""The rule of patterns: regex() matches the whole text here, a piece of it in other tools."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.checks.facts import facts
from surveys.checks.form import Form
from surveys.language import _
from surveys.problems import Problem


def patterns(form: Form) -> Iterator[Problem]:
    """A pattern says where it begins and ends, `^…$`: then every tool matches the same texts."""
    for entry in form.entries:
        for column, expression in entry.expressions:
            for pattern, offset in facts(expression).patterns:
                if not all(_is_anchored(part) for part in alternatives(pattern)):
                    yield Problem(
                        form.place_in(entry.item.place_of(column), expression, offset),
                        entry.name,
                        _("the pattern matches the whole text here, and a piece of it elsewhere"),
                        _("begin it with ^ and end it with $"),
                        "regex",
                        "warning",
                    )


def _marks(pattern: str) -> Iterator[tuple[int, str, bool, int]]:
    """Yield each character: where, which, whether it means something, how many ( are open after it.

    What is escaped or stands in a [class] means itself.
    """
    depth, in_class, is_escaped = 0, False, False
    for index, character in enumerate(pattern):
        means = not (is_escaped or in_class or character in "\\[")
        if is_escaped:
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        else:
            depth += (character == "(") - (character == ")")
        yield index, character, means, depth


def alternatives(pattern: str) -> list[str]:
    """Return the parts of a pattern between the | that stand in no bracket."""
    parts = [""]
    for _index, character, means, depth in _marks(pattern):
        if character == "|" and means and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _is_anchored(pattern: str) -> bool:
    """Whether a search finds only what is the whole text; .* at an end reaches it as well."""
    if pattern.startswith("(") and pattern.endswith(")") and _closes(pattern) == len(pattern) - 1:
        inside = pattern[1:-1].removeprefix("?:")
        return all(_is_anchored(part) for part in alternatives(inside))
    body = pattern.removesuffix("$")
    escapes = len(body) - len(body.rstrip("\\"))
    ends = (body != pattern and escapes % 2 == 0) or pattern.endswith(".*")
    return ends and pattern.startswith(("^", ".*"))


def _closes(pattern: str) -> int:
    """Return where the parenthesis that opens a pattern is closed."""
    marks = _marks(pattern)
    return next((index for index, _mark, means, depth in marks if means and depth == 0), -1)
