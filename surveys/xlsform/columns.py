"""What the columns of a workbook are called, in every spelling that XLSForm tools take.

A header becomes a `Column`: the key of the questionnaire language, and the language of a translated
one. What no one here knows is kept under its own name and goes back as it came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from surveys.language import _
from surveys.load import KEPT
from surveys.problems import Problem
from surveys.reading import near
from surveys.xlsform.cells import Cell, Row

TRANSLATED = ("label", "hint", "guidance_hint", "required_message", "constraint_message")
OWN_IN_SURVEY = (
    "keep nonresponse identifying sensitive max_length format soft_constraint "
    "soft_constraint_message show_card minimum_seconds self_completed repeat_max choices accept"
).split()
OWN_IN_CHOICES = "code exclusive nonresponse".split()
OWN_IN_SETTINGS = (
    "title description languages population refused_when complete_when partial_when nonresponse "
    "accept"
).split()

# Spelling, once in lower case with _ for spaces → key.
_SURVEY = {
    key: key
    for key in (
        "type name label hint guidance_hint required required_message relevant constraint "
        "constraint_message calculation choice_filter default read_only appearance parameters "
        "repeat_count trigger disabled"
    ).split()
} | {
    "command": "type",
    "tag": "name",
    "value": "name",
    "caption": "label",
    "relevance": "relevant",
    "readonly": "read_only",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
    "count": "repeat_count",
    "jr:count": "repeat_count",
}
_CHOICES = {
    "list_name": "list_name",
    "name": "name",
    "value": "name",
    "label": "label",
    "caption": "label",
}
_SETTINGS = {
    "form_title": "title",
    "set_form_title": "title",
    "title": "title",
    "form_id": "id",
    "set_form_id": "id",
    "id_string": "id",
    "version": "version",
    "default_language": "default_language",
}
_BOUND = {
    "relevant": "relevant",
    "required": "required",
    "readonly": "read_only",
    "constraint": "constraint",
    "calculate": "calculation",
    "jr:constraintMsg": "constraint_message",
    "jr:requiredMsg": "required_message",
}
_BODY = {"appearance": "appearance", "jr:count": "repeat_count"}
_PATHS = {"bind": _BOUND, "body": _BODY, "control": _BODY}

BOUND_OWN = "souspli:"  # in the survey sheet after `bind::`, in the settings sheet alone
CHOICE_OWN = "souspli_"  # a choice's column becomes an XML element, where a prefix is not safe


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds. `language`: the suffix as written; `is_own`: ours, in a workbook of ours.

    One that is not `is_known` has its header for a key.
    """

    key: str
    language: str = ""
    is_own: bool = False
    is_known: bool = True


def survey_column(header: str, has_double: bool = True) -> Column:
    """Return the column of a survey sheet; `has_double`: `::` separates, as somewhere in the sheet."""
    parts = _parts(header, has_double)
    first = _spelling(parts[0])
    if len(parts) > 1 and parts[1] in _PATHS.get(first, {}):
        return _translated(_PATHS[first][parts[1]], parts[2:], parts)
    if len(parts) == 2 and first == "bind" and parts[1].startswith(BOUND_OWN):
        key = parts[1].removeprefix(BOUND_OWN)
        if key in OWN_IN_SURVEY:
            return Column(key, is_own=True)
    known = _SURVEY.get(first)
    return _translated(known, parts[1:], parts) if known else _unknown(parts)


def choices_column(header: str, has_double: bool = True) -> Column:
    """Return the column of a choices sheet."""
    parts = _parts(header, has_double)
    own = header.removeprefix(CHOICE_OWN)
    if own != header and own in OWN_IN_CHOICES:
        return Column(own, is_own=True)
    known = _CHOICES.get(_spelling(parts[0]))
    return _translated(known, parts[1:], parts) if known else _unknown(parts)


def settings_column(header: str, has_double: bool = True) -> Column:
    """Return the column of a settings sheet."""
    own = header.removeprefix(BOUND_OWN)
    if own != header and own in OWN_IN_SETTINGS:
        return Column(own, is_own=True)
    known = _SETTINGS.get(_spelling(header))
    return Column(known) if known else _unknown(_parts(header, has_double))


def _translated(key: str, rest: tuple[str, ...], parts: tuple[str, ...]) -> Column:
    if not rest:
        return Column(key)
    if key in TRANSLATED and len(rest) == 1:
        return Column(key, language=rest[0])
    return _unknown(parts)


def _unknown(parts: tuple[str, ...]) -> Column:
    return Column("::".join(parts), is_known=False)


def _spelling(word: str) -> str:
    return "_".join(word.split()).lower()


def _parts(header: str, has_double: bool) -> tuple[str, ...]:
    """Return the parts of a header. Only where no header has `::` does one colon separate."""
    header = " ".join(header.split())
    if has_double:
        return tuple(part.strip() for part in header.split("::"))
    parts = [part.strip() for part in header.split(":")]
    if "jr" in parts[:-1]:
        at = parts.index("jr")
        parts[at : at + 2] = [f"jr:{parts[at + 1]}"]
    return tuple(parts)


def columns_of(
    header: Row, column_of: Callable[[str, bool], Column], problems: list[Problem]
) -> dict[int, Column]:
    """Return the column at each position; two headers that mean the same are a problem."""
    has_double = any("::" in cell.text for cell in header.cells.values())
    columns: dict[int, Column] = {}
    seen: dict[Column, Cell] = {}
    for position, cell in header.cells.items():
        column = column_of(cell.text, has_double)
        first = seen.setdefault(column, cell)
        if first is not cell:
            fact = _("column “{header}” means the same as column “{first}”")
            problems.append(
                Problem(
                    cell.place,
                    "",
                    fact.format(header=cell.text, first=first.text),
                    _("keep one of the two"),
                    "column",
                )
            )
            continue
        if not column.language and any(column.key == one.key and one.language for one in seen):
            fact = _("other tools read “{header}” only, where it stands after its translations")
            problems.append(
                Problem(
                    cell.place,
                    "",
                    fact.format(header=cell.text),
                    _("move it before them"),
                    "column",
                    "warning",
                )
            )
        columns[position] = column
    return columns


@lru_cache(maxsize=1_000)
def kept_as(header: str, known: tuple[str, ...]) -> str:
    """Return the key under which a column is kept that has no meaning here: its own header.

    One that means something else to us, or that the loader would take for a slip, has another spelling
    or `xlsform_` before it.
    """
    first, _separator, rest = header.partition("::")
    bound = [f"bind::{path}" for path, key in _BOUND.items() if key == first]
    spellings = [header, *(f"{path}::{rest}" if rest else path for path in bound)]
    for spelling in spellings if not header.startswith(KEPT) else ():
        if spelling not in known and ("::" in spelling or not near(spelling, known)):
            return spelling
    return KEPT + header


def restored(key: str) -> str:
    """Return the header of a column that was kept under a key."""
    return key.removeprefix(KEPT)
