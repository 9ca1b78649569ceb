"""What a script computes, line by line: every figure of some answers as an expression over columns.

Each kind comes down to shares, means, totals, ratios and quantiles of an expression among rows. A line
stands for what is printed: what is withheld has none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from export.estimating.accuracy import Figures
from export.estimating.askable import Askable, indicators_of
from export.estimating.asked import Answer, Parts
from export.estimating.cells import reads_columns
from export.estimating.change import Change
from export.estimating.crosstab import Crosstab
from export.estimating.estimate import Estimates
from export.estimating.independence import Significance
from export.estimating.shares import Shares
from export.estimating.wanted import BETWEEN, Wanted
from surveys.expressions.tree import Child, Minus, Name, Number, Operation, String, Tree

Kind = Literal[
    "prop", "mean", "total", "ratio", "quantile", "rao_scott", "paired_t", "mcnemar_exact"
]

DIFFERENCE = "difference"  # the part of a change that its test is of


@dataclass(frozen=True, slots=True)
class Line:
    """One estimate or test: of which expressions, among the rows where all of `within` hold.

    `part` says which figure of several it is, '' where there is one. What `is_known` reads no answer.
    A quantile that `has_no_limits` is printed without: they would tell of few people.
    """

    wanted: Wanted
    kind: Kind
    trees: tuple[Tree, ...]
    domain: str = ""
    part: str = ""
    within: tuple[Tree, ...] = ()
    is_known: bool = False
    has_no_limits: bool = False

    @property
    def about(self) -> tuple[str, str, str, str]:
        """The expression as it was asked, the columns of the groups, the group, the part."""
        return self.wanted.estimand.text, self.wanted.column, self.domain, self.part


@dataclass(frozen=True, slots=True)
class _Reader:
    asked: Askable
    texts: Collection[str]
    wanted: Wanted
    lines: list[Line] = field(default_factory=list)


def lines_of(answer: Answer, asked: Askable, texts: Collection[str]) -> tuple[Line, ...]:
    """Return the lines of one answer; `texts` names the columns that hold texts."""
    reader = _Reader(asked, texts, answer.wanted)
    if isinstance(answer.found, Estimates):
        return tuple(_estimates(reader, answer.found))
    return tuple(_parts(reader, answer.found))


def _estimates(reader: _Reader, found: Estimates) -> Iterator[Line]:
    wanted = reader.wanted
    kind, trees = wanted.estimand.kind, wanted.estimand.arguments
    is_constant = not any(reads_columns(tree) for tree in trees)
    for row in found.rows:
        if row.figures is not None:
            yield Line(
                wanted,
                _KINDS[kind],
                trees,
                row.domain,
                within=_group(reader, row.domain),
                is_known=is_constant and row.figures.interval is None,
                has_no_limits=row.has_no_limits,
            )


_KINDS: dict[str, Kind] = {
    "prop": "prop",
    "mean": "mean",
    "total": "total",
    "ratio": "ratio",
    "median": "quantile",
    "quantile": "quantile",
}


def _parts(reader: _Reader, found: Parts) -> Iterator[Line]:
    for table in found.tables:
        base = Line(reader.wanted, "prop", (), table.domain, within=_group(reader, table.domain))
        match table:
            case Shares():
                yield from _shares(reader, base, table)
            case Crosstab():
                yield from _crosstab(reader, base, table)
            case Change():
                yield from _change(base, table)


def _shares(reader: _Reader, base: Line, table: Shares) -> Iterator[Line]:
    tree = reader.wanted.estimand.arguments[0]
    for row in table.rows:
        if row.figures is not None:
            yield replace(base, trees=(_of(reader, tree, row.value),), part=row.value)


def _crosstab(reader: _Reader, base: Line, table: Crosstab) -> Iterator[Line]:
    first, second = reader.wanted.estimand.arguments
    for name, line, total in zip(table.rows, table.cells, table.row_totals, strict=True):
        of_row = _of(reader, first, name)
        for column, cell in zip(table.columns, line, strict=True):
            if cell.figures is not None:
                among = (*base.within, _of(reader, second, column))
                yield replace(base, trees=(of_row,), part=f"{name} | {column}", within=among)
        if total.figures is not None:
            yield replace(base, trees=(_where_known(of_row, second),), part=f"{name} |")
    for column, total in zip(table.columns, table.column_totals, strict=True):
        if total.figures is not None:
            of_column = _where_known(_of(reader, second, column), first)
            yield replace(base, trees=(of_column,), part=f"| {column}")
    yield from _test(base, table.test, (first, second), "")


def _change(base: Line, table: Change) -> Iterator[Line]:
    before, now = base.wanted.estimand.arguments
    level: Kind = "prop" if table.is_condition else "mean"
    difference = _operation("-", now, before)
    zero = Number(0.0, 0)
    ways: tuple[tuple[str, Kind, Tree, Figures | None], ...] = (
        ("before", level, _where_known(before, now), table.before),
        ("now", level, _where_known(now, before), table.now),
        (DIFFERENCE, "mean", difference, table.difference),
        ("fewer", "prop", _operation("<", difference, zero), table.fewer.figures),
        ("same", "prop", _operation("=", difference, zero), table.same.figures),
        ("more", "prop", _operation(">", difference, zero), table.more.figures),
    )
    for part, kind, tree, figures in ways:
        if figures is not None:
            yield replace(base, kind=kind, trees=(tree,), part=part)
    yield from _test(base, table.test, (difference,), DIFFERENCE)


def _test(
    base: Line, test: Significance | None, trees: tuple[Tree, ...], part: str
) -> Iterator[Line]:
    if test is not None:
        yield replace(base, kind=test.name, trees=trees, part=f"test {part}".strip())


def _group(reader: _Reader, domain: str) -> tuple[Tree, ...]:
    """Return the conditions that make a group: a value for each column of `by`."""
    by = reader.wanted.by
    if not by:
        return ()
    values = domain.split(BETWEEN)
    return tuple(
        _equals(Name(name, 0), value, is_text=name in reader.texts)
        for name, value in zip(by, values, strict=True)
    )


def _of(reader: _Reader, tree: Tree, value: str) -> Tree:
    """Return the condition of being in a class: a value of a column, one answer of several, 0 or 1."""
    if isinstance(tree, Name | Child):
        several = indicators_of(tree.name, reader.asked)
        if several:
            return Name(several[value], 0)
        return _equals(tree, value, is_text=tree.name in reader.texts)
    return _equals(tree, value, is_text=False)


def _equals(tree: Tree, value: str, *, is_text: bool) -> Tree:
    return _operation("=", tree, String(value, 0) if is_text else _number(float(value)))


def _number(value: float) -> Tree:
    return Minus(Number(-value, 0), 0) if value < 0 else Number(value, 0)


def _where_known(tree: Tree, other: Tree) -> Tree:
    """Return an expression that is missing where another one is: it is multiplied by other = other."""
    return _operation("*", tree, _operation("=", other, other))


def _operation(operator: str, left: Tree, right: Tree) -> Tree:
    return Operation(left, ((operator, right),), 0)
