"""Who is in the cells of printed tables: for each group that a number or a figure is of, its respondents.

A cell has a `place`: the answer it belongs to, the row or table within it, and the part of that. What
is left out at a place is left out at every place that begins with it: a row without its number of
respondents has no figures either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from export.estimating.cells import Cell, are_truths, conditions
from export.estimating.change import Change, numeric
from export.estimating.classes import Classes, classes
from export.estimating.columns import Floats, Mask, Places, Texts
from export.estimating.columns import column as column_of
from export.estimating.crosstab import Crosstab
from export.estimating.estimate import Estimates, Row, cell_of
from export.estimating.found import Answer, inside_groups
from export.estimating.shares import Shares
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import Wanted
from surveys.codebook import variables
from surveys.expressions.tree import Child, Name, walk
from surveys.plan import reads_of

# Why somebody has no value who might have had one; routing and “not applicable” tell of a person.
_UNANSWERED = ("refused", "dont_know", "no_answer", "broke_off")
TOTAL = -1  # the part of a crosstab that holds the totals of its rows
MOVED = 2  # the part of a change that says how many went which way
CROSS = " × "


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A division of the respondents: the number of each one's class, -1 for whoever is in none."""

    labels: Places


@dataclass(frozen=True, slots=True)
class Term:
    """Those whose class in a division is one of some."""

    side: Side
    classes: tuple[int, ...]

    @property
    def who(self) -> Mask:
        """The respondents in these classes."""
        return np.isin(self.side.labels, self.classes)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A cell of an answer: `table` and `name` say which, `who` are in it, a mask over respondents.

    They are those in every one of `terms`. `is_shown` where their number or figures are printed.
    `unanswered` are those whom the table leaves out only because they did not answer something it asks.
    `about` are the items that are told of them; they are a `base` where these are figures of them all,
    else those who have some answer.
    """

    place: tuple[int, ...]
    table: str
    name: str
    terms: tuple[Term, ...]
    who: Mask
    is_shown: bool
    unanswered: Mask
    about: frozenset[str] = frozenset()
    is_base: bool = False


def members(data: Surveyed, answers: Sequence[Answer]) -> tuple[Told, ...]:
    """Return the cells of some answers, in order: those that are shown and those that are not.

    Groups that are not even named are among them, for what is printed of others tells of them.
    """
    items = _Items.of(data)
    return tuple(cell for at, one in enumerate(answers) for cell in _cells(data, one, at, items))


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """What the cells of one group of an answer have in common: it is `within` that they are."""

    place: tuple[int, ...]
    table: str
    group: str
    unanswered: Mask
    within: tuple[Term, ...]

    def told(
        self, part: tuple[int, ...], name: str, terms: tuple[Term, ...], is_shown: bool
    ) -> Told:
        every = (*self.within, *terms)
        who = np.all([one.who for one in every], axis=0)
        full = f"{self.group}: {name}" if self.group and name else self.group or name
        return Told((*self.place, *part), self.table, full, every, who, is_shown, self.unanswered)


def _cells(data: Surveyed, answer: Answer, at: int, items: _Items) -> Iterator[Told]:
    wanted = answer.wanted
    table = f"{wanted.estimand.text} [{wanted.column}]" if wanted.by else wanted.estimand.text
    asked = items.asked(wanted)
    unanswered = items.unanswered({*asked, *wanted.by})
    about = items.behind(asked)
    groups = inside_groups(data, wanted)
    of_group = np.full(data.rows, -1, dtype=np.intp)
    for number, inside in enumerate(groups.values()):
        of_group[inside] = number
    side = Side(of_group)
    parts = _parts(data, wanted)
    for number, group in enumerate(groups):
        named = _Named((at, number), table, group, unanswered, (Term(side, (number,)),))
        found = _found(answer, group)
        is_counted = found is not None and not (
            isinstance(found, Row) and found.respondents is None
        )
        yield named.told((), "", (), is_counted)
        for part in parts:
            is_shown = is_counted and (part.place == () or _is_shown(found, part))
            cell = named.told(part.place, part.name, part.terms, is_shown)
            is_base = not part.place
            of = about if is_base else about | items.behind(wanted.by)
            yield replace(cell, about=of, is_base=is_base)


def _found(answer: Answer, group: str) -> Row | Shares | Crosstab | Change | None:
    """Return what came of one group, None where it is not even named."""
    rows = answer.found.rows if isinstance(answer.found, Estimates) else answer.found.tables
    return next((one for one in rows if one.domain == group), None)


@dataclass(frozen=True, slots=True, eq=False)
class _Items:
    """The items of a questionnaire: by column, what each is made of, and who did not answer it.

    `reads` are the items on which an item's value or relevance depends, `sources` those that a
    calculation is made of.
    """

    item_of: Mapping[str, str]
    reads: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, tuple[str, ...]]
    silent: Mapping[str, Mask]

    @classmethod
    def of(cls, data: Surveyed) -> _Items:
        """Return the items of the questionnaire that was answered."""
        item_of: dict[str, str] = {}
        silent: dict[str, Mask] = {}
        reads = reads_of(data.instrument)
        sources = {}
        for variable in variables(data.instrument):
            item_of |= dict.fromkeys((name for _value, name in variable.indicators), variable.name)
            item_of[variable.name] = variable.name
            if variable.is_computed:
                sources[variable.name] = reads[variable.name]
            if variable.status_column in data.columns:
                statuses = column_of(data.columns, variable.status_column)
                if isinstance(statuses, Texts):
                    codes = [at for at, one in enumerate(statuses.values) if one in _UNANSWERED]
                    silent[variable.name] = np.isin(statuses.places, codes)
        return cls(item_of, reads, sources, silent | {"": np.zeros(data.rows, dtype=np.bool_)})

    def asked(self, wanted: Wanted) -> frozenset[str]:
        """Return the columns that an estimate reads."""
        return frozenset(
            node.name
            for tree in wanted.estimand.arguments
            for node in walk(tree)
            if isinstance(node, Name | Child)
        )

    def behind(self, columns: Iterable[str]) -> frozenset[str]:
        """Return the items of some columns, and those that calculations among them are made of."""
        return _reached((self.item_of.get(name, name) for name in columns), self.sources)

    def unanswered(self, columns: Iterable[str]) -> Mask:
        """Return who gave no answer to something that columns depend on, though it was theirs to answer."""
        reached = _reached((self.item_of.get(name, name) for name in columns), self.reads)
        found = self.silent[""]
        for name in reached & self.silent.keys():
            found = found | self.silent[name]
        return found


def _reached(names: Iterable[str], links: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return names and everything that links lead to from them."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(links.get(name, ()))
    return frozenset(found)


# --- the cells of each kind, in one group -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """A cell that every group has: where it stands in it, what it is called, what it is made of."""

    place: tuple[int, ...]
    name: str
    terms: tuple[Term, ...]


def _parts(data: Surveyed, wanted: Wanted) -> tuple[_Part, ...]:
    match wanted.estimand.kind:
        case "share":
            return tuple(_of_shares(data, wanted))
        case "table":
            return tuple(_of_crosstab(data, wanted))
        case "change":
            return tuple(_of_change(data, wanted))
        case _:
            cell = cell_of(wanted.estimand, data.columns, data.design)
            return tuple(_of_cell(cell, (0,), is_sum=not wanted.estimand.order))


def _of_cell(cell: Cell, place: tuple[int, ...], *, is_sum: bool = True) -> Iterator[_Part]:
    valid = Term(Side(cell.valid.astype(np.intp)), (1,))
    yield _Part((), "n", (valid,))
    for number, labels in enumerate(cell.divisions(is_sum=is_sum)):
        side = Side(labels)
        for label in np.unique(labels[labels >= 0]).tolist():
            yield _Part(place, f"{number}.{label}", (valid, Term(side, (label,))))


def _of_shares(data: Surveyed, wanted: Wanted) -> Iterator[_Part]:
    found = classes(wanted.estimand.arguments[0], data.askable, data.columns, data.rows)
    if found.exclusive:
        side = _side(found)
        yield _Part((), "n", (Term(side, tuple(range(len(found.names)))),))
        for at, name in enumerate(found.names):
            yield _Part((at,), name, (Term(side, (at,)),))
        return
    valid = Term(Side(found.known.astype(np.intp)), (1,))
    yield _Part((), "n", (valid,))
    for at, (name, values) in enumerate(zip(found.names, found.indicators, strict=True)):
        side = Side((values == 1).astype(np.intp))
        yield _Part((at,), name, (valid, Term(side, (1,))))
        yield _Part((at,), f"≠ {name}", (valid, Term(side, (0,))))


def _of_crosstab(data: Surveyed, wanted: Wanted) -> Iterator[_Part]:
    """Yield the cells by the places of their values in the lists: a printed table leaves out empty ones."""
    first, second = (
        classes(tree, data.askable, data.columns, data.rows) for tree in wanted.estimand.arguments
    )
    rows, columns = _side(first), _side(second)
    has_row = Term(rows, tuple(range(len(first.names))))
    has_column = Term(columns, tuple(range(len(second.names))))
    yield _Part((), "n", (has_row, has_column))
    for r, name in enumerate(first.names):
        yield _Part((TOTAL, r), name, (Term(rows, (r,)), has_column))
        for c, other in enumerate(second.names):
            terms = (Term(rows, (r,)), Term(columns, (c,)))
            yield _Part((c, r), f"{name}{CROSS}{other}", terms)
    for c, other in enumerate(second.names):
        yield _Part((c,), other, (has_row, Term(columns, (c,))))


def _side(found: Classes) -> Side:
    labels = np.full(len(found.known), -1, dtype=np.intp)
    for at, one in enumerate(found.indicators):
        labels[one == 1] = at
    return Side(labels)


def _of_change(data: Surveyed, wanted: Wanted) -> Iterator[_Part]:
    before, now = (numeric(wanted, place, data) for place in (0, 1))
    both = ~np.isnan(before) & ~np.isnan(now)
    if are_truths(before[both]) and are_truths(now[both]):
        side = Side(np.where(both, 2 * (before == 1) + (now == 1), -1).astype(np.intp))
        yield _Part((), "n", (Term(side, (0, 1, 2, 3)),))
        for place, having in ((0, (2, 3)), (1, (1, 3))):
            lacking = tuple(sorted({0, 1, 2, 3} - set(having)))
            yield _Part((place,), f"{place}.1", (Term(side, having),))
            yield _Part((place,), f"{place}.0", (Term(side, lacking),))
        for name, went in (("-1", (2,)), ("0", (0, 3)), ("1", (1,))):
            yield _Part((MOVED,), name, (Term(side, went),))
        return
    for place, (values, tree) in enumerate(
        zip((before, now), wanted.estimand.arguments, strict=True)
    ):
        choosing = tuple(conditions(tree, data.columns, both))
        yield from _of_cell(_level(values, both, choosing), (place,))
    side = Side(np.where(both, np.sign(now - before) + 1, -1).astype(np.intp))
    for way in (0, 1, 2):
        yield _Part((MOVED,), str(way - 1), (Term(side, (way,)),))


def _level(values: Floats, both: Mask, choosing: tuple[Floats, ...]) -> Cell:
    """Return the cell of one level of a change, of all who gave both."""
    known = np.where(both, values, 0.0)
    return Cell(np.arange(len(both)), both, known, both.astype(np.float64), False, choosing)


# --- what is printed of them ------------------------------------------------------------------


def _is_shown(found: Row | Shares | Crosstab | Change | None, part: _Part) -> bool:
    """Whether a cell of a group that is shown is itself."""
    match found:
        case Row():
            return found.figures is not None
        case Shares():
            return not found.rows[part.place[0]].is_withheld
        case Crosstab():
            return _is_in_table(found, part)
        case Change():
            moved = not found.more.is_withheld and not found.fewer.is_withheld
            return (found.before is not None, found.now is not None, moved)[part.place[0]]
        case None:
            return False


def _is_in_table(found: Crosstab, part: _Part) -> bool:
    """Whether a cell of a table is shown; those of values that nobody has are not in it, and known."""
    name, _cross, other = part.name.partition(CROSS)
    if other:
        is_there = name in found.rows and other in found.columns
        return not is_there or not (
            found.cells[found.rows.index(name)][found.columns.index(other)].is_withheld
        )
    totals, names = (
        (found.row_totals, found.rows)
        if part.place[0] == TOTAL
        else (found.column_totals, found.columns)
    )
    return name not in names or not totals[names.index(name)].is_withheld
