"""A workbook in a file, read and checked like any questionnaire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from surveys import yamlwriter
from surveys.check import checked
from surveys.language import _
from surveys.load import Loaded, of_tree
from surveys.problems import Place, Refusal, in_order
from surveys.tables import beside
from surveys.xlsform.cells import MOST_BYTES, Unreadable, read_cells
from surveys.xlsform.missing import mark_statuses
from surveys.xlsform.reading import read

SUFFIXES = (".xlsx", ".xls")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a workbook holds: the questionnaire with all its problems, its text in YAML, its cells."""

    loaded: Loaded
    text: str
    cells: Mapping[Place, str]


def opened(path: Path, called: str, *, has_missing_codes: bool = False) -> Opened:
    """Return the questionnaire in a workbook, with the tables beside it; `called` in messages.

    Where it `has_missing_codes`, choices such as -99 become statuses. The loss list is among the
    problems. Raises Refusal where the file cannot be opened.
    """
    content = _content(path)
    tree, losses = read(content, called)
    if tree.root is None:
        return Opened(Loaded(None, losses), "", {})
    if has_missing_codes:
        losses = (*losses, *mark_statuses(tree.root))
    text = yamlwriter.written(tree.root)
    loaded = of_tree(tree, text, called, beside(path))
    loaded = checked(replace(loaded, problems=in_order((*loaded.problems, *losses))))
    return Opened(_said_once(loaded), text, _cells(content, called))


def _said_once(loaded: Loaded) -> Loaded:
    """Leave out the warnings that a code is a status now, where the loss list says the same."""
    lost = {(one.place, one.subject) for one in loaded.problems if one.check == "loss"}
    return replace(
        loaded,
        problems=tuple(
            one
            for one in loaded.problems
            if (one.check, one.severity) != ("unknown_choice", "warning")
            or (one.place, one.subject) not in lost
        ),
    )


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refusal(
            _("{path}: cannot be read ({why}); check the path").format(
                path=path, why=error.strerror
            )
        ) from error


def _cells(content: bytes, called: str) -> Mapping[Place, str]:
    """Return the text of every cell by its place."""
    try:
        sheets = read_cells(content, called).sheets.values()
    except Unreadable:
        return {}
    return {
        cell.place: cell.text
        for sheet in sheets
        for row in (sheet.header, *sheet.rows)
        for cell in row.cells.values()
    }
