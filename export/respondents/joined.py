"""One question made of the same one in several versions of a questionnaire: it admits what any of them did."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from surveys.codebook import free_name
from surveys.expressions import Expression, compile
from surveys.instrument import (
    NONRESPONSE,
    PIPED,
    ChoiceList,
    Group,
    Identifying,
    Keep,
    Question,
)

_IDENTIFYING: tuple[Identifying, ...] = ("direct", "quasi", "")  # the strictest first
Kind = TypeVar("Kind")


@dataclass(slots=True)
class Lists:
    """The lists of a merged questionnaire: those of the newest version, then those joined from several."""

    by_name: dict[str, ChoiceList]
    taken: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.taken = {name.lower() for name in self.by_name}

    def of(self, versions: Sequence[Question]) -> ChoiceList | None:
        """Return the list of a question, the newest version first; the same one for equal lists."""
        lists = [one.choices for one in versions if one.choices]
        if not lists:
            return None
        rows = list(lists[0].rows)
        for older in lists[1:]:
            rows = in_order(rows, list(older.choices), lambda choice: choice.name)
        wanted = lists[0].name
        names = (name for name in self.by_name if name == wanted or name.startswith(f"{wanted}__"))
        known = next((name for name in names if self.by_name[name].rows == tuple(rows)), None)
        if known is None:
            known = wanted if wanted not in self.by_name else free_name(f"{wanted}__2", self.taken)
            self.taken.add(known.lower())
            self.by_name[known] = ChoiceList(known, tuple(rows), lists[0].place)
        return self.by_name[known]


def in_order(
    newer: Sequence[Kind], older: Sequence[Kind], key: Callable[[Kind], str]
) -> list[Kind]:
    """Return what stands in either list, once by its key: in the newer's order, and what the older alone
    has after the one it stood after there.
    """
    found = list(newer)
    place = {key(one): at for at, one in enumerate(found)}
    after = -1
    for one in older:
        if key(one) in place:
            after = place[key(one)]
            continue
        after += 1
        found.insert(after, one)
        place = {key(other): at for at, other in enumerate(found)}
    return found


def joined(
    versions: Sequence[Question], column: str, lists: Lists, renamed: Mapping[str, str]
) -> Question:
    """Return the question that several versions of it make, the newest first, under the name of its column.

    `renamed` are the items that the newest of them reads under another name than theirs there. It
    may be left blank, or have no answer for a reason, where that was so in any; what it is of a person
    (identifying, sensitive) is the most it was in any.
    """
    newest = versions[0]
    is_required = all(one.is_always_required for one in versions)
    return replace(
        rewritten(newest, renamed),
        name=column,
        choices=lists.of(versions),
        keep=_keep([one.keep for one in versions]),
        nonresponse=tuple(
            status for status in NONRESPONSE if any(status in one.nonresponse for one in versions)
        ),
        required=None if newest.is_always_required and not is_required else newest.required,
        identifying=min((one.identifying for one in versions), key=_IDENTIFYING.index),
        sensitive=any(one.sensitive for one in versions),
        max_length=max(one.max_length for one in versions),
    )


def _keep(versions: Sequence[Keep]) -> Keep:
    """Return what is kept: the newest, with the codes of all; a text is scrubbed if it ever was."""
    found = versions[0]
    for one in versions[1:]:
        if one.rule in {"codes", "scrub"} and found.rule == "as_given":
            found = replace(found, rule=one.rule)
    codes: dict[str, str] = {}
    for one in versions:
        codes = {**one.codes, **codes}
    return replace(found, codes=codes) if codes != dict(found.codes) else found


def rewritten(item: Question, renamed: Mapping[str, str]) -> Question:
    """Return a question whose expressions read items under other names."""
    if not renamed:
        return item
    return replace(
        item,
        required=_renamed(item.required, renamed),
        relevant=_renamed(item.relevant, renamed),
        constraint=_renamed(item.constraint, renamed),
        soft_constraint=_renamed(item.soft_constraint, renamed),
        calculation=_renamed(item.calculation, renamed),
        choice_filter=_renamed(item.choice_filter, renamed),
        dynamic_default=_renamed(item.dynamic_default, renamed),
        read_only=_renamed(item.read_only, renamed),
    )


def joined_group(versions: Sequence[Group], name: str, renamed: Mapping[str, str]) -> Group:
    """Return the group that several versions of it make, the newest first, without what is in it."""
    newest = versions[0]
    return replace(
        newest,
        name=name,
        relevant=_renamed(newest.relevant, renamed),
        repeat_count=_renamed(newest.repeat_count, renamed),
        repeat_max=max(one.repeat_max for one in versions),
        questions=(),
    )


def _renamed(expression: Expression | None, renamed: Mapping[str, str]) -> Expression | None:
    if expression is None or not expression.names & renamed.keys():
        return expression

    def under(found: re.Match[str]) -> str:
        name = found[1].strip()
        return f"${{{renamed.get(name, name)}}}"

    return compile(PIPED.sub(under, expression.text))
