"""The rule of an item for what may be kept of its answer, read from YAML."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Literal, cast, get_args

from surveys.instrument import Keep
from surveys.kinds import KINDS
from surveys.kinds.number import is_number
from surveys.language import _
from surveys.reading import Reading
from surveys.yamltree import Mapping, Node, Scalar

# For each rule that changes an answer, the storages it makes sense for.
_SUITS: dict[str, tuple[str, ...]] = {
    "scrub": ("text",),
    "prefix": ("text",),
    "bands": ("integer", "decimal", "text"),
    "round": ("integer", "decimal", "text"),
    "top": ("integer", "decimal", "text"),
    "bottom": ("integer", "decimal", "text"),
    "date": ("date", "dateTime"),
    "codes": ("one", "several"),
}
# A text typed need not be a number; a computed text was not typed, so nothing scrubs it.
_UNSUITED = {
    *((rule, "text") for rule in ("bands", "round", "top", "bottom")),
    *(("scrub", kind) for kind in ("calculate", "hidden")),
}
_Plain = Literal["as_given", "never", "link", "scrub"]
_Numbered = Literal["prefix", "round", "top", "bottom"]
PLAIN: tuple[_Plain, ...] = get_args(_Plain)
NUMBERED: tuple[_Numbered, ...] = get_args(_Numbered)
UNITS = ("week", "month", "quarter", "year")


def read_keep(reading: Reading, node: Node | None, name: str, kind: str) -> Keep:
    """Return the rule written at `node`, or the default of the kind where none is."""
    if node is None:
        return default_keep(kind)
    if isinstance(node, Scalar):
        word = reading.one_of(node, name, PLAIN, "never")
        keep = Keep(cast(_Plain, word))
    else:
        keep = _with_argument(reading, reading.mapping(node, name, node.place), name)
    storage = KINDS[kind].storage
    if storage not in _SUITS.get(keep.rule, (storage,)) or (keep.rule, kind) in _UNSUITED:
        reading.note(
            node.place,
            name,
            _("“keep: {rule}” does not suit an item of type {kind}").format(
                rule=keep.rule, kind=kind
            ),
            _("choose another rule"),
            "keep",
        )
    return keep


@cache
def default_keep(kind: str) -> Keep:
    """Return what is kept where the file says nothing: free text is scrubbed, times are weeks."""
    if kind == "text":
        return Keep("scrub")
    if kind in {"start", "end", "today"}:
        return Keep("date", unit="week")
    return Keep("as_given")


def _with_argument(reading: Reading, found: Mapping, name: str) -> Keep:
    rule = next(iter(found.nodes), "")
    node = found.nodes.get(rule)
    for other in list(found.keys.values())[1:]:
        reading.note(
            other.place,
            name,
            _("an answer is kept by one rule: “{rule}” comes after another").format(
                rule=other.text
            ),
            _("keep one of the two"),
            "keep",
        )
    if rule == "bands":
        return Keep("bands", bands=_bands(reading, node, name))
    if rule == "codes":
        return Keep("codes", codes=reading.strings(node, name))
    if rule == "date":
        return Keep("date", unit=reading.one_of(node, name, UNITS, "year"))
    if rule in NUMBERED:
        return Keep(rule, number=_number(reading, found, rule, name))
    reading.note(
        found.place,
        name,
        _("“{rule}” is not a rule for what to keep").format(rule=rule),
        _("use as_given, never, link, scrub, bands, prefix, round, date, codes, top or bottom"),
        "keep",
    )
    return Keep("never")


def _number(reading: Reading, found: Mapping, rule: str, name: str) -> str:
    number = reading.string(found.nodes[rule], name)
    is_good = number.isascii() and number.isdigit() if rule == "prefix" else is_number(number)
    if is_good and (rule in {"top", "bottom"} or Decimal(number) > 0):
        return number
    reading.note(
        found.place,
        name,
        _("“keep: {rule}” needs a number").format(rule=rule),
        _("write for example: {{{rule}: 5}}").format(rule=rule),
        "keep",
    )
    return "1"


def _bands(reading: Reading, node: Node | None, name: str) -> tuple[str, ...]:
    bands = tuple(reading.string(bound, name) for bound in reading.sequence(node, name))
    numbers = [Decimal(bound) for bound in bands if is_number(bound)]
    if node is None or (bands and len(numbers) == len(bands) and sorted(set(numbers)) == numbers):
        return bands
    reading.note(
        node.place,
        name,
        _("bands are not ascending numbers"),
        _("write lower bounds, for example: {{bands: [18, 25, 35]}}").format(),
        "keep",
    )
    return ("0",)
