"""Which functions an expression may call, and what is said of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from surveys.expressions.date_functions import DATE_FUNCTIONS
from surveys.expressions.errors import ExpressionError
from surveys.expressions.node_functions import NODE_FUNCTIONS
from surveys.expressions.number_functions import NUMBER_FUNCTIONS
from surveys.expressions.signature import ANY_NUMBER, Function
from surveys.expressions.text_functions import TEXT_FUNCTIONS
from surveys.expressions.tree import Call
from surveys.language import _, ngettext

FUNCTIONS: Mapping[str, Function] = {
    **TEXT_FUNCTIONS,
    **NUMBER_FUNCTIONS,
    **DATE_FUNCTIONS,
    **NODE_FUNCTIONS,
}

# Known to ODK or XPath and not to us: the name alone tells the reader nothing, so each has what to
# do instead, '' where nothing here can.
REFUSED: Mapping[str, Callable[[], str]] = {
    **dict.fromkeys(("checklist", "weighted-checklist"), lambda: _("add up conditions with +")),
    **dict.fromkeys(("substring", "is-selected"), lambda: _("use substr() or selected()")),
    "trim": lambda: _("use normalize-space()"),
    **dict.fromkeys(
        (
            *("area", "enclosed-area", "distance", "geofence", "intersects"),
            *("digest", "base64-encode", "base64-decode", "extract-signed"),
            *("property", "version", "depend", "id", "lang", "name", "local-name", "namespace-uri"),
        ),
        lambda: _("do without it, or compute it after the interviews"),
    ),
}


def function_called(call: Call) -> Function:
    """Return the function of a call; raise ExpressionError if there is none, or not with so many."""
    function = FUNCTIONS.get(call.function)
    if function is None:
        raise _unknown(call)
    if len(call.arguments) not in function.counts:
        raise ExpressionError(
            _("{function}() takes {wanted}, not {given}").format(
                function=call.function, wanted=_wanted(function.counts), given=len(call.arguments)
            ),
            _("check what stands between its parentheses"),
            call.offset,
        )
    return function


def _wanted(counts: range) -> str:
    least, most = counts[0], counts[-1]
    if most >= ANY_NUMBER:
        return ngettext("{n} argument or more", "{n} arguments or more", least).format(n=least)
    if least == most:
        return ngettext("{n} argument", "{n} arguments", least).format(n=least)
    numbers = ", ".join(map(str, counts[:-1]))
    return _("{numbers} or {last} arguments").format(numbers=numbers, last=most)


def _unknown(call: Call) -> ExpressionError:
    if call.function in REFUSED:
        fact = _("the function {function}() is not supported").format(function=call.function)
        return ExpressionError(fact, REFUSED[call.function](), call.offset)
    fact = _("there is no function {function}()").format(function=call.function)
    close = get_close_matches(call.function, FUNCTIONS, n=1, cutoff=0.75)
    if close:
        remedy = _("perhaps {function}() is meant").format(function=close[0])
    else:
        remedy = _("see the list of functions in the manual")
    return ExpressionError(fact, remedy, call.offset)
