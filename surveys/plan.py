"""An instrument made ready for replay: who reads whom, in what order, within which repeats.

Names form a graph: an item depends on the names its relevance, calculation, count and choice filter
read, and on the group around it. `order` puts every name after what it reads; `affected` is what a
change of one name may change. Both are computed once for an instrument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from surveys.expressions import Expression
from surveys.instrument import PIPED, Group, Instrument, Item, Question

_RANDOM = frozenset({"random", "randomize", "uuid"})


@dataclass(frozen=True, eq=False)
class Plan:
    """`items`, `around` (the groups around, outermost first) and `scopes` (the repeats) by name.

    `read_names` are read by some expression or text; the expressions of `random_names` draw lots.
    """

    instrument: Instrument
    items: Mapping[str, Item]
    around: Mapping[str, tuple[Group, ...]]
    scopes: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]
    dependents: Mapping[str, frozenset[str]]
    list_of: Mapping[str, str]
    parents: Mapping[str, str]
    read_names: frozenset[str]
    random_names: frozenset[str]

    def affected(self, name: str) -> tuple[str, ...]:
        """Return the name and all that a change of it may change, in `order`."""
        return _affected(self, name)

    def rows(self, language: str) -> Mapping[str, tuple[Mapping[str, str], ...]]:
        """Return every list as rows, as expressions see it in a language."""
        return _rows(self, language)


@lru_cache(maxsize=64)
def _rows(plan: Plan, language: str) -> Mapping[str, tuple[Mapping[str, str], ...]]:
    default = plan.instrument.default_language
    lists = {
        name: tuple(choice.row(language, default) for choice in found.rows)
        for name, found in plan.instrument.lists.items()
    }
    return {**plan.instrument.tables, **lists}


@lru_cache(maxsize=8192)
def _affected(plan: Plan, name: str) -> tuple[str, ...]:
    reached = {name}
    waiting = [name]
    while waiting:
        for dependent in plan.dependents.get(waiting.pop(), ()):
            if dependent not in reached:
                reached.add(dependent)
                waiting.append(dependent)
    return tuple(found for found in plan.order if found in reached)


def plan(instrument: Instrument) -> Plan:
    """Return the plan of a checked instrument; raises ValueError where names form a cycle."""
    items = {item.name: item for item, _around in instrument.items()}
    around = {item.name: groups for item, groups in instrument.items()}
    reads = reads_of(instrument)
    order, cycle = in_order(reads)
    if cycle:
        raise ValueError("the instrument has a cycle; check it first")
    dependents: dict[str, set[str]] = {}
    for name, read in reads.items():
        for other in read:
            dependents.setdefault(other, set()).add(name)
    return Plan(
        instrument=instrument,
        items=items,
        around=around,
        scopes={name: repeats_around(items[name], groups) for name, groups in around.items()},
        order=order,
        dependents={name: frozenset(found) for name, found in dependents.items()},
        list_of={
            item.name: item.choices.name
            for item in items.values()
            if isinstance(item, Question) and item.choices is not None
        },
        parents={name: groups[-1].name if groups else "" for name, groups in around.items()},
        read_names=_read_names(instrument),
        random_names=frozenset(
            item.name
            for item in items.values()
            for _column, expression in expressions_of(item)
            if expression.functions & _RANDOM
        ),
    )


def _read_names(instrument: Instrument) -> frozenset[str]:
    """Return the names that some condition, calculation, constraint or text reads."""
    found: set[str] = set()
    for item, _around in instrument.items():
        for column, expression in expressions_of(item):
            found.update(name for name, _offset in names_read(instrument, item, column, expression))
            if expression.uses_self:
                found.add(item.name)
    for _key, condition in instrument.conditions():
        found.update(condition.names)
    for _whose, text in instrument.texts():
        found.update(
            name for written in text.by_language.values() for name in PIPED.findall(written)
        )
    return frozenset(found)


def repeats_around(item: Item, around: tuple[Group, ...]) -> tuple[str, ...]:
    """Return the repeats an item stands in, outermost first; a repeat stands in itself."""
    groups = (*around, item) if isinstance(item, Group) else around
    return tuple(group.name for group in groups if group.kind == "repeat")


# Columns that a question's value depends on, and those that only judge or suggest one.
_VALUE = ("relevant", "calculation", "read_only", "choice_filter")
_OF_GROUPS = ("relevant", "repeat_count")
_JUDGEMENT = ("constraint", "soft_constraint", "required", "dynamic_default")
_OF_QUESTIONS = (*_VALUE, *_JUDGEMENT)
_OF_HIDDEN = (*_VALUE, "dynamic_default")  # a hidden item's default is its value


def expressions_of(item: Item) -> Iterator[tuple[str, Expression]]:
    """Yield (column, expression) for each expression of an item."""
    return _written(item, _OF_GROUPS if isinstance(item, Group) else _OF_QUESTIONS)


def _deciding(item: Item) -> Iterator[tuple[str, Expression]]:
    """Yield (column, expression) for each expression that an item's value or relevance depends on."""
    if isinstance(item, Group):
        return _written(item, _OF_GROUPS)
    return _written(item, _OF_HIDDEN if item.kind == "hidden" else _VALUE)


def _written(item: Item, columns: tuple[str, ...]) -> Iterator[tuple[str, Expression]]:
    for column in columns:
        expression: Expression | None = getattr(item, column)
        if expression is not None:
            yield column, expression


def names_read(
    instrument: Instrument, item: Item, column: str, expression: Expression
) -> Iterable[tuple[str, int]]:
    """Return (name, offset) of each item an expression reads, by `${name}` or as a step of a path.

    In a choice filter, a bare name is a column of the choice before it is anything else; after
    `instance()`, a bare name is a part of a list.
    """
    if not expression.bare or "instance" in expression.functions:
        return expression.references
    columns: set[str] = set()
    if column == "choice_filter" and isinstance(item, Question) and item.choices is not None:
        columns = {"name", "label"}.union(*(choice.columns for choice in item.choices.choices))
    own = [(name, offset) for name, offset in expression.bare if name not in columns]
    return (*expression.references, *own)


@lru_cache(maxsize=4)  # three checks and the plan ask the same
def reads_of(instrument: Instrument) -> Mapping[str, tuple[str, ...]]:
    """Return for each name the names its value or relevance depends on.

    Constraints and defaults are left out: they judge or suggest a value and never change it; but
    for the default of a hidden item, which is its value.
    """
    known = {item.name for item, _around in instrument.items()}
    reads: dict[str, tuple[str, ...]] = {}
    for item, around in instrument.items():
        found = [around[-1].name] if around else []
        for column, expression in _deciding(item):
            read = names_read(instrument, item, column, expression)
            found.extend([name for name, _offset in read if name in known])
        reads[item.name] = tuple(dict.fromkeys(found))
    return reads


def in_order(reads: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (every name after what it reads, the first cycle found or ()).

    Depth-first without recursion: a chain of ten thousand calculations is only long.
    """
    done: dict[str, None] = {}
    for start in reads:
        path: dict[str, Iterator[str]] = {}
        name: str | None = start
        while name is not None:
            if name not in done and name not in path:
                path[name] = iter(reads[name])
            elif name in path:
                names = list(path)
                return tuple(done), (*names[names.index(name) :], name)
            name = None
            while path and name is None:
                top = next(reversed(path))
                name = next((read for read in path[top] if read not in done), None)
                if name is None:
                    done[top] = None
                    del path[top]
    return tuple(done), ()
