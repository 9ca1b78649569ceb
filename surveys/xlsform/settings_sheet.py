"""The sheet `settings` → the head of the questionnaire."""

from __future__ import annotations

import re
from pathlib import PurePath

from surveys.language import _
from surveys.load import FORM_KEYS, KEPT
from surveys.problems import Place, Problem, loss
from surveys.xlsform.cells import Cell, Sheet
from surveys.xlsform.columns import columns_of, kept_as, settings_column
from surveys.xlsform.languages import DEFAULT, Languages
from surveys.xlsform.nodes import expression, mapping, own, put, scalar, words
from surveys.yamltree import Mapping, Node, Scalar

_ORDER = tuple(FORM_KEYS)
_CONDITIONS = ("refused_when", "complete_when", "partial_when")
NAMESPACE = 'souspli="urn:souspli:xlsform:1"'  # what declares our columns in an XForm
_NAMESPACE = re.compile(r"(?<!\s)\s*+\bsouspli=(\"[^\"]*\"|'[^']*')")


class Settings:
    """The settings of a form: `found` by key, ours in `own`, others kept for the way back."""

    def __init__(self, sheet: Sheet | None, name: str, problems: list[Problem]) -> None:
        self.place = sheet.header.place if sheet else Place(name, 1, 1)
        self.stem = PurePath(name).stem
        self.problems = problems
        self.found: dict[str, Cell] = {}
        self.own: dict[str, Cell] = {}
        self.others: dict[str, Cell] = {}
        if sheet is not None and sheet.rows:
            self._take(sheet)

    def _take(self, sheet: Sheet) -> None:
        columns = columns_of(sheet.header, settings_column, self.problems)
        for position, cell in sheet.rows[0].cells.items():
            column = columns.get(position)
            if column is None:
                self.problems.append(
                    loss(cell.place, "", _("the column has no name: it is not carried"))
                )
                continue
            chosen = self.own if column.is_own else self.found if column.is_known else self.others
            chosen[column.key] = cell
        for row in sheet.rows[1:]:
            fact = _("only the first row of settings counts: this one is not carried")
            self.problems.append(loss(next(iter(row.cells.values())).place, "", fact))
        if "namespaces" in self.others:
            self.forget_namespace(self.others["namespaces"])

    def forget_namespace(self, cell: Cell) -> None:
        """Leave out the namespace of our own columns: it is written with them."""
        rest = _NAMESPACE.sub("", cell.text).strip()
        del self.others["namespaces"]
        if rest:
            self.others["namespaces"] = Cell(rest, cell.place)

    def languages(self) -> Languages:
        """Return the languages the settings name."""
        default = self.found.get("default_language")
        codes = own(self.own["languages"], self.problems) if "languages" in self.own else None
        languages = Languages()
        for code, suffix in codes.nodes.items() if isinstance(codes, Mapping) else ():
            if isinstance(suffix, Scalar):
                languages.named(code, suffix.text)
        languages.default = default.text if default else ""
        return languages

    def form(self, languages: Languages, tables: list[str]) -> Mapping:
        """Return the head of the questionnaire."""
        form = mapping(self.place)
        if languages.default:
            languages.code(languages.default)  # after those of the columns, whose order counts
        for key in _ORDER:
            put(form, key, self._value(key, languages))
        for key, cell in self.others.items():
            put(form, kept_as(key, _ORDER), scalar(cell))
        if tables:
            put(form, KEPT + "tables", Scalar("\n".join(tables), self.place))
        return form

    def _value(self, key: str, languages: Languages) -> Node | None:
        if key == "languages":
            return _suffixes(languages, self.place)
        if key == "default_language":
            cell = self.found.get(key)
            return Scalar(languages.code(cell.text), cell.place) if cell else None
        if key == "title":
            return self.title(languages)
        if key in self.own:
            cell = self.own[key]
            return expression(cell) if key in _CONDITIONS else own(cell, self.problems)
        if key in self.found:
            return scalar(self.found[key])
        if key == "id":
            return Scalar(self.stem, self.place)
        if key == "version":
            self.problems.append(
                Problem(
                    self.place,
                    "form",
                    _("the form has no version"),
                    _("give it one, and another at each change: records carry it"),
                    "missing",
                    "warning",
                )
            )
            return Scalar("", self.place)
        return None

    def title(self, languages: Languages) -> Node:
        """Return the title: that of `form_title`, in the default language where ours has several."""
        plain = self.found.get("title") or self.found.get("id")
        node = Scalar(plain.text, plain.place) if plain else Scalar(self.stem, self.place)
        if "title" not in self.own:
            return node
        found = own(self.own["title"], self.problems)
        if isinstance(found, Mapping) and "title" in self.found:
            default = languages.codes.get(languages.default) or next(iter(found.nodes), DEFAULT)
            found.nodes[default] = node
            found.keys.setdefault(default, Scalar(default, node.place))
        return found

    def nonresponse(self) -> Node | None:
        """Return what every question offers unless it says otherwise."""
        cell = self.own.get("nonresponse")
        return words(cell, self.problems) if cell else None


def _suffixes(languages: Languages, place: Place) -> Mapping | None:
    if not languages.codes:
        return None
    found = mapping(place)
    for code, suffix in languages.by_code().items():
        put(found, code, Scalar(suffix, place))
    return found
