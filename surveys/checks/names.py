"""Rules of names: valid, and each used once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveys.checks.form import Form
from surveys.instrument import Item
from surveys.language import _
from surveys.problems import Problem

LONGEST = 64
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def names(form: Form) -> Iterator[Problem]:
    """Each name is one that XML and every statistics program accept."""
    for entry in form.entries:
        name = entry.name
        if name and (not _NAME.fullmatch(name) or len(name) > LONGEST):
            yield Problem(
                entry.item.place,
                name[:LONGEST],
                _("is not a valid name"),
                _("begin with a letter, go on with letters, digits or _, at most 64"),
                "name",
            )


def duplicates(form: Form) -> Iterator[Problem]:
    """Each item has a name of its own, not told from another by capitals only."""
    seen: dict[str, Item] = {}
    for entry in form.entries:
        item = entry.item
        first = seen.setdefault(item.name.lower(), item)
        if first is item or not item.name:
            continue
        fact = (
            _("the name is already used on line {line}")
            if first.name == item.name
            else _("differs only by case from the name on line {line}")
        )
        yield Problem(
            item.place,
            item.name,
            fact.format(line=first.place.line),
            _("give each item its own name"),
            "duplicate",
        )
