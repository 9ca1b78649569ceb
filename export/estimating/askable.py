"""What may be asked of a dataset: refused before a record is opened, where it can be.

An estimate is of what people answered: columns that describe rows (a number, a weight, a month) are no
part of one. A comparison with a choice that the questionnaire does not have would be 0 % of everybody,
so it is refused. Domains are of a few values known beforehand: their names are printed, and people's
own words and numbers are not names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from export.estimating.columns import Columns, Texts, column
from export.respondents.design_columns import design_names
from export.respondents.table import leaving
from surveys.codebook import STATUSES, Variable
from surveys.expressions.tree import (
    COMPARISONS,
    Call,
    Child,
    Minus,
    Name,
    Number,
    Operation,
    String,
    Tree,
    walk,
)
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal
from surveys.reading import near


@dataclass(frozen=True, slots=True, eq=False)
class Askable:
    """The columns of a questionnaire that may be asked of: found once, where much is asked.

    `main` are the variables of the main table. `closed` gives the columns that can have few values, with these
    in their order; `names` are all that hold answers; `design` those that describe rows.
    """

    main: tuple[Variable, ...]
    design: Mapping[str, str]
    closed: Mapping[str, tuple[str, ...]]
    names: frozenset[str]

    @classmethod
    def of(cls, asked: Instrument | Askable) -> Askable:
        """Return those of a questionnaire, or what they were found to be."""
        if isinstance(asked, Askable):
            return asked
        main = tuple(one for one in leaving(asked, with_texts=True) if not one.repeats)
        return cls(main, design_names(asked), _closed(main), frozenset(_names(main)))

    def named(self, name: str) -> Variable | None:
        """Return the variable of a name, None where it has none."""
        return next((one for one in self.main if one.name == name), None)

    def is_several(self, name: str) -> bool:
        """Whether a column holds several answers of a person."""
        found = self.named(name)
        return found is not None and found.storage == "several"


def require_askable(trees: Sequence[Tree], asked: Instrument | Askable) -> None:
    """Refuse expressions that read a design column or none, or compare one with what it never is."""
    found = Askable.of(asked)
    design = set(found.design.values())
    for tree in trees:
        for node in walk(tree):
            if isinstance(node, Name | Child) and node.name in design:
                raise Refusal(
                    _(
                        "“{name}” describes a row of the dataset, not what somebody answered;"
                        " leave it out"
                    ).format(name=node.name)
                )
            if isinstance(node, Name | Child) and node.name not in found.names:
                raise _unknown(node.name, found.names)
        for name, operator, literal in _comparisons(tree):
            if name in found.closed:
                _require_possible(name, operator, literal, found.closed[name])


def require_measures(kind: str, trees: Sequence[Tree], asked: Instrument | Askable) -> None:
    """Refuse a bare list of answers where a number or a condition is needed, with one it could be compared to."""
    found = Askable.of(asked)
    named = [found.named(tree.name) for tree in trees if isinstance(tree, Name | Child)]
    lists = [one for one in named if one and None in [_number(value) for value in one.values]]
    if lists:
        examples = [_compared(one) for one in lists]
        if len(examples) < len(trees):
            examples *= len(trees)
        raise Refusal(
            _("“{name}” holds texts; compare it, as in {kind}({example})").format(
                name=lists[0].name, kind=kind, example=", ".join(examples)
            )
        )


def _compared(one: Variable) -> str:
    """Return the comparison of a list with the first of its values."""
    if one.storage == "several":
        return f"selected({one.name}, '{one.values[0]}')"
    return f"{one.name} = '{one.values[0]}'"


def require_classes(tree: Tree, asked: Instrument | Askable, *, several: bool) -> None:
    """Refuse a bare column that does not divide people; of several answers only where that may be."""
    found = Askable.of(asked)
    if isinstance(tree, Name | Child) and not (several and found.is_several(tree.name)):
        require_domains(tree.name, found)


def require_domains(by: str, asked: Instrument | Askable) -> None:
    """Refuse a column of domains that is free text, an open number or date, or describes rows.

    A calculation can be told only from its values (`order_of`).
    """
    found = Askable.of(asked)
    variable, stratum = found.named(by), found.design["stratum"]
    if found.is_several(by):
        raise Refusal(
            _("“{name}” holds several answers of a person; give one of: {columns}").format(
                name=by, columns=", ".join(indicators_of(by, found).values())
            )
        )
    is_open = variable is not None and not variable.values and not variable.is_computed
    if is_open or by in set(found.design.values()) - {stratum}:
        raise _too_open(by)
    if by not in found.names and by != stratum:
        raise _unknown(by, found.names)


def order_of(by: str, asked: Instrument | Askable, columns: Columns) -> tuple[str, ...]:
    """Return the domains of a column in the order of the codebook, () for the order of their numbers.

    Raises Refusal for a calculation whose values are not all 0 or 1.
    """
    found = Askable.of(asked)
    if by in found.closed or by == found.design["stratum"]:
        return found.closed.get(by, ())
    values = column(columns, by)
    if isinstance(values, Texts) or not np.all(np.isnan(values) | np.isin(values, (0, 1))):
        raise _too_open(by)
    return ()


def indicators_of(name: str, asked: Instrument | Askable) -> dict[str, str]:
    """Return each answer of a list of several and the column that says 0 or 1; {} for any other column."""
    found = Askable.of(asked).named(name)
    return {} if found is None else dict(found.indicators)


def _names(main: Sequence[Variable]) -> Iterator[str]:
    """Yield the names of the columns that hold answers."""
    for one in main:
        yield from (one.name, *(column for _value, column in one.indicators))
        if one.status_column:
            yield one.status_column


def _unknown(name: str, known: Set[str]) -> Refusal:
    remedy = near(name, sorted(known)) or _("check its spelling")
    if "-" in name:
        remedy = _("put spaces around a minus sign")
    return Refusal(
        _("the dataset has no column “{name}”; {remedy}").format(name=name, remedy=remedy)
    )


def _too_open(by: str) -> Refusal:
    return Refusal(
        _(
            "“{name}” does not divide people into groups known beforehand; give a question with a"
            " list of answers, one kept as bands, a calculation of 0 and 1, or the stratum"
        ).format(name=by)
    )


def _closed(main: Sequence[Variable]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in main:
        if one.values:
            found[one.name] = one.values
        found |= {name: ("0", "1") for _value, name in one.indicators}
        if one.status_column:
            found[one.status_column] = STATUSES
    return found


def _comparisons(tree: Tree) -> Iterator[tuple[str, str, str | float]]:
    """Yield each column that is compared with a literal: its name, the operator, the literal."""
    for node in walk(tree):
        pairs: list[tuple[Tree, str, Tree]] = []
        if isinstance(node, Operation) and node.rest[0][0] in COMPARISONS:
            operator, right = node.rest[0]
            pairs = [(node.first, operator, right), (right, operator, node.first)]
        elif isinstance(node, Call) and node.function == "selected" and len(node.arguments) == 2:
            pairs = [(node.arguments[0], "selected", node.arguments[1])]
        for item, operator, other in pairs:
            literal = _literal(other)
            if isinstance(item, Name | Child) and literal is not None:
                yield item.name, operator, literal


def _literal(tree: Tree) -> str | float | None:
    match tree:
        case String(text=text):
            return text or None  # '' is refused where it is evaluated
        case Number(value=value):
            return value
        case Minus(operand=Number(value=value)):
            return -value
        case _:
            return None


def _require_possible(
    name: str, operator: str, literal: str | float, values: Sequence[str]
) -> None:
    """Refuse a literal the column never is; order (<, >) only where every value is a number."""
    numbers = [_number(value) for value in values]
    is_number = not isinstance(literal, str) or _number(literal) is not None
    if operator in {"<", "<=", ">", ">="}:
        is_possible = None not in numbers and is_number
    elif operator == "selected" or isinstance(literal, str):
        parts = literal.split(" ") if isinstance(literal, str) else [f"{literal:.15g}"]
        is_possible = set(parts) <= set(values)
    else:
        is_possible = literal in numbers
    if not is_possible:
        raise Refusal(
            _(
                "“{name}” cannot be compared with “{literal}” in this way; it is one of: {values}"
            ).format(
                name=name,
                literal=literal if isinstance(literal, str) else f"{literal:.15g}",
                values=", ".join(values),
            )
        )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
