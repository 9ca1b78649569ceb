"""Choices that stand for a refusal or a “do not know”, as -99 does in many forms, become statuses.

A choice is one where its name is a code in use for it. What it stands for is what its label says, else
what its code is most often used for (in 52 public forms: -99 refusal in 98 rows, -999 and -88 do not
know in 50; -888 refusal is a data centre's convention). The choice stays in its list, so that the code
goes back out; in expressions the answer is then blank, and what compares with the code is named. A
number that may be such a code, by its constraint, stays a number and is named too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Map

from surveys.expressions import Comparison, ExpressionError, comparisons, compile
from surveys.instrument import Nonresponse
from surveys.language import _
from surveys.problems import Problem, in_order, loss
from surveys.xlsform.nodes import put
from surveys.yamltree import Mapping, Node, Scalar, Sequence

_CODES: dict[str, Nonresponse | None] = {
    **dict.fromkeys(("-99", "-888", "ref", "refused", "refuse", "refus"), "refused"),
    **dict.fromkeys(("-88", "-999", "dk", "dnk", "dont_know", "nsp"), "dont_know"),
    **dict.fromkeys(("-77", "na", "n_a", "not_applicable"), "not_applicable"),
    **dict.fromkeys(("-97", "-98"), None),  # too many uses: only the label tells
}
_LABELS: tuple[tuple[Nonresponse, re.Pattern[str]], ...] = (
    (
        "refused",
        re.compile(r"\brefus|\bno (response|answer)\b|\bprefer not|\bne souhaite pas", re.I),
    ),
    ("dont_know", re.compile(r"\bdo(n['’]t| not) know|\bne sai[st] pas|\bnsp\b|\bunknown\b", re.I)),
    ("not_applicable", re.compile(r"\bnot applicable|\bn/a\b|\bsans objet|\bnon concern", re.I)),
)
_EXPRESSIONS = (
    "relevant constraint calculation required read_only choice_filter repeat_count soft_constraint"
).split()
_NUMBERS = ("integer", "decimal", "range")

Codes = Map[str, Map[str, Nonresponse]]  # what each choice of each list stands for


def mark_statuses(root: Node) -> tuple[Problem, ...]:
    """Mark in the tree the choices that stand for non-response; return what changes by it.

    A list that would have no answer left stays as it is, and so does a choice that says itself what it
    stands for.
    """
    if not isinstance(root, Mapping):
        return ()
    codes = _mark(root.nodes.get("choices"))
    items = list(_items(root.nodes.get("survey")))
    lists = {_text(item, "name"): _text(item, "choices") for item in items}
    asked = {name: codes[listed] for name, listed in lists.items() if listed in codes}
    return in_order(
        problem for item in items for problem in (*_compared(item, asked), *_typed_codes(item))
    )


def _mark(node: Node | None) -> Codes:
    """Mark the choices that stand for a status, and return them."""
    found: dict[str, dict[str, Nonresponse]] = {}
    for name, rows in node.nodes.items() if isinstance(node, Mapping) else ():
        choices = [row for row in _rows(rows) if "nonresponse" not in row.nodes]
        statuses = {_text(row, "name"): status for row in choices if (status := _status(row))}
        if not statuses or len(statuses) == len(_rows(rows)):
            continue
        found[name] = statuses
        for row in choices:
            status = statuses.get(_text(row, "name"))
            if status:
                put(row, "nonresponse", Scalar(status, row.place))
    return found


def _status(row: Mapping) -> Nonresponse | None:
    """Return what a choice stands for; None for an answer."""
    code = _text(row, "name").lower()
    if code not in _CODES:
        return None
    label = row.nodes.get("label")
    texts = label.nodes.values() if isinstance(label, Mapping) else [label]
    said = " ".join(text.text for text in texts if isinstance(text, Scalar))
    return next((status for status, words in _LABELS if words.search(said)), _CODES[code])


def _compared(item: Mapping, asked: Codes) -> Iterator[Problem]:
    """Yield each expression of an item that compares with a code which is no answer any more."""
    name = _text(item, "name")
    for key in _EXPRESSIONS:
        node = item.nodes.get(key)
        if not isinstance(node, Scalar) or (key == "constraint" and _is_alone(node.text)):
            continue
        for found in _comparisons(node.text):
            subject = name if found.name == "." else found.name
            code = _code(found)
            status = asked.get(subject, {}).get(code)
            if status:
                fact = _("“{code}” of ${{{name}}} is no answer any more: this is never equal to it")
                remedy = _("write nonresponse(${{{name}}}) = '{status}'")
                if key == "constraint" and subject == name:
                    remedy = _("take it out: a constraint judges answers alone")
                yield loss(
                    node.place_at(found.offset),
                    name,
                    fact.format(code=code, name=subject),
                    remedy.format(name=subject, status=status),
                )


def _is_alone(constraint: str) -> bool:
    """Whether a constraint is there to let no other answer stand beside a code: none can now."""
    return "count-selected(.)" in "".join(constraint.split())


def _typed_codes(item: Mapping) -> Iterator[Problem]:
    """Yield that a constraint lets codes in among the numbers: they would be kept as such."""
    node = item.nodes.get("constraint")
    if _text(item, "type") not in _NUMBERS or not isinstance(node, Scalar):
        return
    equal = [one for one in _comparisons(node.text) if (one.name, one.operator) == (".", "=")]
    codes = [one for one in equal if _code(one) in _CODES]
    if codes:
        fact = _("{codes} would be kept as a number like any other")
        remedy = _(
            "take it out of the constraint, the hint and the message, and give the status instead"
        )
        yield Problem(
            node.place_at(min(one.offset for one in codes)),
            _text(item, "name"),
            fact.format(codes=", ".join(dict.fromkeys(map(_code, codes)))),
            remedy,
            "nonresponse",
            "warning",
        )


def _comparisons(text: str) -> tuple[Comparison, ...]:
    try:
        return tuple(comparisons(compile(text).tree))
    except ExpressionError:
        return ()


def _code(found: Comparison) -> str:
    """Return the name of the choice a literal means."""
    if isinstance(found.literal, str):
        return found.literal
    return str(int(found.literal)) if found.literal.is_integer() else str(found.literal)


def _items(node: Node | None) -> Iterator[Mapping]:
    for item in _rows(node):
        yield item
        yield from _items(item.nodes.get("questions"))


def _rows(node: Node | None) -> list[Mapping]:
    nodes = node.nodes if isinstance(node, Sequence) else []
    return [row for row in nodes if isinstance(row, Mapping)]


def _text(found: Mapping, key: str) -> str:
    node = found.nodes.get(key)
    return node.text if isinstance(node, Scalar) else ""
