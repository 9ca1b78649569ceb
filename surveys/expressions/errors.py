"""Why a text is not an expression: what each mistake is called, and what to do about it."""

from __future__ import annotations

from surveys.language import _


class ExpressionError(ValueError):
    """Why a text is not an expression: a fact, a remedy, and the character where it shows (from 0)."""

    def __init__(self, fact: str, remedy: str, offset: int) -> None:
        super().__init__(f"{fact}; {remedy}")
        self.fact = fact
        self.remedy = remedy
        self.offset = offset


def stray(text: str, offset: int) -> ExpressionError:
    """Return what is wrong with a character that begins no token, with the usual cause."""
    character = text[offset]
    if character in "'\"":
        return ExpressionError(
            _("the text that begins here is not closed"),
            _("end it with the same quote, {quote}").format(quote=character),
            offset,
        )
    if character in "‘’“”«»":
        remedy = _("write straight quotes, ' or \"")
    elif character in "&!≤≥≠÷×":
        remedy = _("write and, or, not(), <=, >=, !=, div or *")
    elif character == "$":
        remedy = _("write a name as ${name}")
    elif character.isspace():
        remedy = _("replace this special space with an ordinary one")
    else:
        remedy = _("remove it, or put the text in quotes")
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    fact = _("the character {character} has no meaning here").format(character=shown)
    return ExpressionError(fact, remedy, offset)


def no_value(text: str, offset: int) -> ExpressionError:
    """Return that a token, or '' for the end, stands where a value was expected."""
    if not text:
        return ExpressionError(
            _("the expression stops where a value was expected"),
            _("write what comes after the last operator"),
            offset,
        )
    if text == "/":
        return ExpressionError(
            _("a path that starts with / is not supported"), _("write ${name} instead"), offset
        )
    return ExpressionError(
        _("{text} stands where a value was expected").format(text=text),
        _("write a value before it, or remove it"),
        offset,
    )


def no_step(offset: int) -> ExpressionError:
    """Return that what follows a / is no step."""
    return ExpressionError(
        _("a path goes on with a name, . or .."), _("write for example ../name, or ${name}"), offset
    )


def no_name(text: str, offset: int) -> ExpressionError:
    """Return that a ${…} holds no name."""
    if "last-saved#" in text:
        return ExpressionError(
            _("answers of an earlier interview (last-saved) are not available"),
            _("ask the question, or give it a default"),
            offset,
        )
    return ExpressionError(
        _("{text} does not hold a name").format(text=text),
        _("write the name of one item between the braces: letters, digits, _, - and ."),
        offset,
    )


def not_closed(symbol: str, opened: int, text: str, offset: int) -> ExpressionError:
    """Return that a token, or '' for the end, stands where something opened should be closed."""
    if text:
        fact = _("{text} stands where {symbol} was expected").format(text=text, symbol=symbol)
    else:
        fact = _("{symbol} is missing at the end").format(symbol=symbol)
    remedy = _("close what opens at character {n}").format(n=opened + 1)
    return ExpressionError(fact, remedy, offset)


def not_at_its_end(text: str, offset: int) -> ExpressionError:
    """Return that a token follows a complete expression."""
    if text in (")", "]"):
        return ExpressionError(
            _("nothing was opened that {text} could close").format(text=text),
            _("remove it, or add the missing opening one"),
            offset,
        )
    return ExpressionError(
        _("{text} follows a complete expression").format(text=text),
        _("put an operator before it, such as and, or, =, +"),
        offset,
    )
