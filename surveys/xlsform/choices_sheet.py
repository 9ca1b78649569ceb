"""The rows of the sheet `choices` → lists of choices."""

from __future__ import annotations

from surveys.language import _
from surveys.load import CHOICE_KEYS, KEPT
from surveys.problems import Problem, loss
from surveys.xlsform.cells import Cell, Row, Sheet
from surveys.xlsform.columns import Column, choices_column, columns_of, kept_as, restored
from surveys.xlsform.languages import Languages
from surveys.xlsform.nodes import mapping, put, scalar, sequence
from surveys.yamltree import Mapping, Scalar, Sequence

_KNOWN = tuple(CHOICE_KEYS)
OTHER = "Other"  # the label of the choice that “or_other” adds, in every language


def read_choices(
    sheet: Sheet | None,
    languages: Languages,
    with_other: dict[str, Scalar],
    problems: list[Problem],
) -> Mapping | None:
    """Return the lists by name; `with_other`: those that get a choice `other` if they have none."""
    if sheet is None:
        return None
    columns = columns_of(sheet.header, choices_column, problems)
    lists = mapping(sheet.header.place)
    for row in sheet.rows:
        _take(lists, row, columns, languages, problems)
    for name, asked in with_other.items():
        found = lists.nodes.get(name)
        if isinstance(found, Sequence):
            _add_other(found, asked, languages)
    return lists


def _take(
    lists: Mapping,
    row: Row,
    columns: dict[int, Column],
    languages: Languages,
    problems: list[Problem],
) -> None:
    listed: Cell | None = None
    choice = mapping(row.place)
    labels: dict[str, Cell] = {}
    for position, cell in row.cells.items():
        column = columns.get(position)
        if column is None:
            problems.append(loss(cell.place, "", _("the column has no name: it is not carried")))
        elif column.key == "list_name":
            listed = cell
        elif column.key == "label" and column.is_known:
            labels[column.language] = cell
        else:
            is_ours = column.is_known or column.is_own
            put(choice, column.key if is_ours else kept_as(column.key, _KNOWN), scalar(cell))
    if listed is None:
        fact = _("the row names no list: it is not carried")
        problems.append(loss(next(iter(row.cells.values())).place, "", fact))
        return
    if listed.text not in lists.nodes:
        put(lists, listed.text, sequence(listed.place, []))
    found = lists.nodes[listed.text]
    if isinstance(found, Sequence):
        label = languages.text(labels, listed.text, problems)
        found.nodes.append(_in_order(choice, label))


def _in_order(choice: Mapping, label: Mapping | Scalar | Sequence | None) -> Mapping:
    """Return the choice with its name first, then its label, then the rest."""
    ordered = mapping(choice.place)
    put(ordered, "name", choice.nodes.get("name"))
    put(ordered, "label", label)
    for key, node in choice.nodes.items():
        put(ordered, key, node)
    return ordered


def _add_other(found: Sequence, asked: Scalar, languages: Languages) -> None:
    rows = [row for row in found.nodes if isinstance(row, Mapping)]
    if any(_text(row, "name") == "other" for row in rows):
        return
    choice = mapping(asked.place)
    put(choice, "name", asked)
    translated = [row.nodes["label"] for row in rows if isinstance(row.nodes.get("label"), Mapping)]
    if translated:
        label = mapping(asked.place)
        for text in translated:
            for code in text.nodes if isinstance(text, Mapping) else ():
                put(label, code, Scalar(OTHER, asked.place))
        put(choice, "label", label)
    else:
        put(choice, "label", Scalar(OTHER, asked.place))
    found.nodes.append(choice)


def _text(row: Mapping, key: str) -> str:
    node = row.nodes.get(key)
    return node.text if isinstance(node, Scalar) else ""


def hidden_columns(lists: Mapping | None) -> set[str]:
    """Return the columns of choices that had to be renamed, by the name they had."""
    rows = (
        row
        for found in (lists.nodes.values() if lists else ())
        if isinstance(found, Sequence)
        for row in found.nodes
        if isinstance(row, Mapping)
    )
    return {restored(key) for row in rows for key in row.nodes if key.startswith(KEPT)}
