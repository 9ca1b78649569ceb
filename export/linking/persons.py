"""Which records are of one person, by what only the custodian may know: a card's code above all.

Two records are one person's where both hold the same card code, under whatever item, or the same text
under one item that is kept for the custodian; and so on from record to record. What someone chose
from a list joins nobody, since many choose alike.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from export.linking.links import Opened, Unopened
from export.study import Study
from surveys.codes import is_card, normal_card

CARD = ""  # stands for the item of a card's code, whatever its name
_JOINING = {"text", "calculate"}

Mark = tuple[str, str]  # an item and its value: records that share one are of one person


@dataclass(frozen=True, slots=True)
class Persons:
    """Records by person, those of two or more; of how many; and what joined them.

    `records` counts those whose link file was opened, `without` those among them that hold no such
    value. `shared` has by item, CARD for card codes, how many values stand in more than one record.
    """

    groups: tuple[tuple[str, ...], ...]
    records: int
    without: int
    shared: Mapping[str, int]
    unopened: tuple[Unopened, ...]


def joining_items(study: Study) -> frozenset[str]:
    """Return the items whose equal values are one person's: kept for the custodian, and a text.

    In every version of every questionnaire that keeps them so: a link file does not say which it is of,
    and what was ever chosen from a list under a name joins nobody.
    """
    kinds: dict[str, set[str]] = {}
    for found in study.instruments:
        for version in found.versions:
            for question in version.questions():
                if question.keep.rule == "link":
                    kinds.setdefault(question.name, set()).add(question.kind)
    return frozenset(name for name, found_as in kinds.items() if found_as <= _JOINING)


def persons(
    found: Iterable[Opened | Unopened], items: Collection[str], withdrawn: Collection[str] = ()
) -> Persons:
    """Return who is who by the link files found; records withdrawn are of nobody.

    A copy set aside speaks for a record only where its own link file does not.
    """
    spare: dict[str, set[Mark]] = {}
    marks: dict[str, set[Mark]] = {}
    unopened: list[Unopened] = []
    for one in found:
        if isinstance(one, Unopened):
            unopened.append(one)
            if not one.is_aside and one.id in spare:
                marks[one.id] = spare[one.id]
        elif one.is_aside:
            spare.setdefault(one.id, set()).update(marks_of(one.links, items))
        else:
            marks[one.id] = marks_of(one.links, items)
    for record_id in withdrawn:
        marks.pop(record_id, None)
    holders: dict[Mark, list[str]] = {}
    for record_id, held in marks.items():
        for mark in held:
            holders.setdefault(mark, []).append(record_id)
    several = {mark: ids for mark, ids in holders.items() if len(ids) > 1}
    shared: dict[str, int] = {}
    for item, _value in several:
        shared[item] = shared.get(item, 0) + 1
    without = sum(not held for held in marks.values())
    return Persons(_groups(several.values()), len(marks), without, shared, tuple(unopened))


def marks_of(links: Mapping[str, str], items: Collection[str]) -> set[Mark]:
    """Return what of a link file tells one person from another; blanks and capitals make no difference."""
    found: set[Mark] = set()
    for key, value in links.items():
        name, text = key.partition("[")[0], " ".join(value.split()).casefold()
        if is_card(normal_card(value)):
            found.add((CARD, normal_card(value)))
        elif name in items and text:
            found.add((name, text))
    return found


def _groups(joined: Iterable[list[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the ids that hang together, directly or through others, each group and all in order."""
    leads_to: dict[str, str] = {}
    for ids in joined:
        first = _leader(ids[0], leads_to)
        for one in ids:
            leads_to[_leader(one, leads_to)] = first
    groups: dict[str, list[str]] = {}
    for one in sorted(leads_to):
        groups.setdefault(_leader(one, leads_to), []).append(one)
    return tuple(sorted(tuple(group) for group in groups.values()))


def _leader(record_id: str, leads_to: dict[str, str]) -> str:
    """Return the id that stands for the group of an id, and shorten the way there."""
    while (following := leads_to.setdefault(record_id, record_id)) != record_id:
        leads_to[record_id] = leads_to[following]
        record_id = leads_to[record_id]
    return record_id


def table(groups: Collection[tuple[str, ...]], chance: random.Random) -> bytes:
    """Return the CSV `person,record`: a number drawn for this table alone, the rows in no order."""
    numbers = chance.sample(range(1, len(groups) + 1), len(groups))
    rows = [
        f"{number},{record_id}\n"
        for number, group in zip(numbers, groups, strict=True)
        for record_id in group
    ]
    chance.shuffle(rows)
    return "".join(["person,record\n", *rows]).encode("ascii")
