"""Functions of text, of conditions, and of the space-separated lists of select_multiple."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Mapping, Sequence

from surveys.expressions.code import Argument, Code, as_kept, as_text, as_truth
from surveys.expressions.context import Context, Value
from surveys.expressions.errors import ExpressionError
from surveys.expressions.regexes import Pattern, examined
from surveys.expressions.signature import Function, plain
from surveys.expressions.tree import Call, String
from surveys.language import _

# What joins texts stops here: calculations that double each other's text would fill the memory.
LONGEST_TEXT = 100_000
# XPath's spaces are fewer than Python's: a no-break space belongs to its word.
_WORD = re.compile(r"[^ \t\r\n]+")


def joined(separator: str, parts: Sequence[str]) -> str:
    """Return the parts with the separator between them, cut at LONGEST_TEXT."""
    kept: list[str] = []
    length = 0
    for part in parts:
        kept.append(part)
        length += len(part) + len(separator)
        if length > LONGEST_TEXT + len(separator):
            break
    return separator.join(kept)[:LONGEST_TEXT]


def substr(text: str, start: float, end: float = math.inf) -> str:
    """Return the characters from `start` (0 is the first) up to `end`; negative: from the end."""
    if math.isnan(start) or math.isnan(end):
        return ""
    return text[_index(start, len(text)) : _index(end, len(text))]


def _index(number: float, length: int) -> int:
    return int(max(min(number, length), -length))


def translate(text: str, old: str, new: str) -> str:
    """Return the text with each character of `old` replaced by that of `new` at its place, or cut."""
    table: dict[int, str] = {}
    for place, character in enumerate(old):
        table.setdefault(ord(character), new[place : place + 1])
    return text.translate(table)


def before(text: str, mark: str) -> str:
    """Return what precedes the first mark, '' if there is none."""
    return text.partition(mark)[0] if mark and mark in text else ""


def after(text: str, mark: str) -> str:
    """Return what follows the first mark, '' if there is none."""
    if not mark:
        return text
    return text.partition(mark)[2]


def normalised(context: Context, text: str | None = None) -> str:
    """Return the text, or the current answer, with single spaces between words and none around."""
    if text is None:
        text = context.text(context.current) if context.current else ""
    return " ".join(_WORD.findall(text))


def selected(choices: str, name: str) -> bool:
    """Return whether a choice is among those selected; of none selected, the blank is."""
    return name.strip() in (choices.split() or ("",))


def selected_at(choices: str, index: float) -> str:
    """Return the choice at an index from 0, '' outside."""
    names = choices.split()
    return names[int(index)] if 0 <= index < len(names) else ""


def _if(call: Call, arguments: tuple[Argument, ...]) -> Code:
    condition = as_truth(arguments[0].code)
    then, otherwise = arguments[1].code, arguments[2].code
    yes, no = then.run, otherwise.run
    kind = then.kind if then.kind == otherwise.kind else "value"
    return Code(kind, lambda context: yes(context) if condition(context) else no(context))


def _coalesce(call: Call, arguments: tuple[Argument, ...]) -> Code:
    first, second = as_kept(arguments[0].code), as_text(arguments[1].code)
    return Code("text", lambda context: first(context) or second(context))


def _once(call: Call, arguments: tuple[Argument, ...]) -> Code:
    run = arguments[0].code.run

    def keep(context: Context) -> Value:
        return (context.text(context.current) if context.current else "") or run(context)

    return Code("value", keep)


def _regex(call: Call, arguments: tuple[Argument, ...]) -> Code:
    text, pattern = as_text(arguments[0].code), arguments[1]
    if isinstance(pattern.tree, String):
        matches = _literal(pattern.tree).matches
        return Code("truth", lambda context: matches(text(context)))
    written = as_text(pattern.code)
    return Code("truth", lambda context: examined(written(context)).matches(text(context)))


def _literal(tree: String) -> Pattern:
    pattern = examined(tree.text)
    if pattern.problem:
        raise ExpressionError(
            pattern.problem,
            _("write a valid pattern, each repeat of which matches a text in one way only"),
            tree.offset,
        )
    return pattern


def _same(value: Value) -> Value:
    return value


TEXT_FUNCTIONS: Mapping[str, Function] = {
    "string": plain("text", "text", _same),
    "concat": plain("texts*", "text", lambda parts: joined("", parts)),
    "join": plain("text texts*", "text", joined),
    "substr": plain("text number number?", "text", substr),
    "substring-before": plain("text text", "text", before),
    "substring-after": plain("text text", "text", after),
    "string-length": plain("text", "number", lambda text: float(len(text))),
    "normalize-space": plain("context text?", "text", normalised),
    "translate": plain("text text text", "text", translate),
    "upper-case": plain("text", "text", str.upper),
    "lower-case": plain("text", "text", str.lower),
    "contains": plain("text text", "truth", operator.contains),
    "starts-with": plain("text text", "truth", str.startswith),
    "ends-with": plain("text text", "truth", str.endswith),
    "regex": Function(range(2, 3), _regex),
    "boolean": plain("truth", "truth", _same),
    "boolean-from-string": plain("text", "truth", lambda text: text in ("true", "1")),
    "true": plain("", "truth", lambda: True),
    "false": plain("", "truth", lambda: False),
    "not": plain("truth", "truth", operator.not_),
    "if": Function(range(3, 4), _if),
    "coalesce": Function(range(2, 3), _coalesce),
    "once": Function(range(1, 2), _once),
    "selected": plain("text text", "truth", selected),
    "selected-at": plain("text number", "text", selected_at),
    "count-selected": plain("text", "number", lambda choices: float(len(choices.split()))),
}
