"""Totals known of the population, read from weights.yaml: columns, values, a number for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import fsum, isclose

from export.respondents.categories import Category
from export.respondents.weighting import Cell, Margin
from surveys.language import _
from surveys.problems import Place
from surveys.reading import Reading, near
from surveys.yamltree import Mapping, Node, Scalar

_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class _Totals:
    """The cells read so far of a margin, each with where it stands."""

    values: tuple[tuple[str, ...], ...]
    node: Node
    place: Place


class MarginsReading(Reading):
    """A reading that knows margins; the columns there are come with each."""

    def margins(self, kind: str, node: Node, columns: dict[str, Category]) -> tuple[Margin, ...]:
        """Return the margins of a step: those of a list for raking, else one."""
        nodes = self.sequence(node, kind) if kind == "rake" else [node]
        found = [one for one in (self.margin(each, kind, columns) for each in nodes) if one]
        if kind == "rake" and len(nodes) < 2:
            fact = _("raking needs two margins or more")
            self.note(node.place, kind, fact, _("add one, or use poststratify"), "rake")
        sums = [fsum(cell.total for cell in one.cells) for one in found]
        if any(not isclose(one, sums[0], rel_tol=1e-9) for one in sums):
            fact = _("the totals of the margins have different sums: {sums}").format(
                sums=", ".join(f"{one:.12g}" for one in sums)
            )
            self.note(node.place, kind, fact, _("make the sums equal"), "rake")
        return tuple(found)

    def margin(self, node: Node, kind: str, columns: dict[str, Category]) -> Margin | None:
        """Return a margin; None where its columns cannot be used."""
        found = self.mapping(node, kind, node.place)
        self.refuse_others(found, ("column", "columns", "totals", "missing"), kind)
        chosen = self.columns(found, kind, columns)
        if not chosen:
            return None
        cells = self.cells(found.nodes.get("totals"), chosen, found.place)
        return Margin(chosen, cells, self.missing(found.nodes.get("missing"), chosen))

    def columns(
        self, found: Mapping, kind: str, known: dict[str, Category]
    ) -> tuple[Category, ...]:
        """Return the columns of a margin; () where one of them cannot be used."""
        nodes = self.sequence(found.nodes.get("columns"), "columns")
        if "column" in found.nodes:
            nodes.append(found.nodes["column"])
        if not nodes or ("column" in found.nodes and "columns" in found.nodes):
            fact = _("a margin is of one column, or of several crossed")
            remedy = _("write column: NAME, or columns: [NAME, NAME]")
            self.note(found.place, kind, fact, remedy, "columns")
            return ()
        names = [self.string(node, "columns") for node in nodes]
        for at, (name, node) in enumerate(zip(names, nodes, strict=True)):
            if name not in known:
                fact = _("“{name}” is not a column of few values").format(name=name)
                self.note(node.place, "columns", fact, _instead_of(name, known), "columns")
            elif name in names[:at]:
                fact = _("a column stands twice in a margin")
                self.note(node.place, name, fact, _("remove one"), "columns")
        if len(set(names)) < len(names) or not set(names) <= set(known):
            return ()
        return tuple(known[name] for name in names)

    def missing(self, node: Node | None, columns: tuple[Category, ...]) -> tuple[str, ...]:
        """Return the value of each column that stands for no answer; a text where there is one."""
        if len(columns) > 1 and node is not None:
            by_column = self.mapping(node, "missing", node.place)
            self.refuse_others(by_column, [one.name for one in columns], "missing")
            nodes = [by_column.nodes.get(one.name) for one in columns]
        else:
            nodes = [node] * len(columns)
        return tuple(
            self.one_of(each, "missing", column.values, "")
            for each, column in zip(nodes, columns, strict=True)
        )

    # --- totals ---------------------------------------------------------------------------------

    def cells(
        self, node: Node | None, columns: tuple[Category, ...], start: Place
    ) -> tuple[Cell, ...]:
        """Return the cells of a margin; every combination of values stands in one of them."""
        if node is None:
            fact = _("a margin has no totals")
            self.note(start, "totals", fact, _("write totals: {value: number}"), "totals")
            return ()
        found = []
        for one in self.leaves(node, columns, ()):
            total = self.number(one.node, "totals")
            found.append(Cell(one.values, total))
        return tuple(found)

    def leaves(
        self, node: Node, columns: tuple[Category, ...], above: tuple[tuple[str, ...], ...]
    ) -> Iterator[_Totals]:
        """Yield what stands at the ends of nested maps, with the values that lead to it."""
        if not columns:
            yield _Totals(above, node, node.place)
            return
        found = self.mapping(node, "totals", node.place)
        taken: set[str] = set()
        for key, below in found.nodes.items():
            values = tuple(part.strip() for part in key.split(","))
            for value in values:
                self.value(value, columns[0], found.keys[key].place, taken)
            yield from self.leaves(below, columns[1:], (*above, values))
        if lacking := [value for value in columns[0].values if value not in taken]:
            fact = _("these values of {name} have no total: {values}").format(
                name=columns[0].name, values=", ".join(lacking)
            )
            remedy = _("give each one, or join it to another as in “a, b: 100”")
            self.note(found.place, "totals", fact, remedy, "totals")

    def value(self, value: str, column: Category, place: Place, taken: set[str]) -> None:
        """Note what is wrong with a value that has a total, and take it."""
        if value not in column.values:
            fact = _("“{value}” is not a value of {name}").format(value=value, name=column.name)
            self.note(place, "totals", fact, self.known(value, column.values), "totals")
        elif value in taken:
            fact = _("the value “{value}” stands twice").format(value=value)
            self.note(place, "totals", fact, _("leave it in one total"), "totals")
        taken.add(value)

    def number(self, node: Node, subject: str) -> float:
        """Return a number above 0; 1 where it is none, which is noted."""
        text = self.string(node, subject)
        if _NUMBER.fullmatch(text) and float(text) > 0:
            return float(text)
        if isinstance(node, Scalar):
            fact = _("is not a number above 0")
            self.note(node.place, subject, fact, _("write it in digits, as 120 or 0.5"), "shape")
        return 1.0

    def known(self, name: str, known: Iterable[str]) -> str:
        """Return the remedy for a name that is none of those known."""
        return near(name, known) or _("use one of: {known}").format(known=", ".join(known))


def _instead_of(name: str, known: Iterable[str]) -> str:
    """Return the remedy for a column that has not few values, or does not exist."""
    if several := [one for one in known if one.startswith(f"{name}__")]:
        return _("use one of: {known}").format(known=", ".join(several))
    return near(name, known) or _(
        "name a question with a list of answers or kept as bands, one of several answers, or a "
        "calculation of 0 and 1"
    )
