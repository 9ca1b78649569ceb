"""The languages of a workbook: each suffix of a translated column has a code.

`label::Français (fr)` has the suffix `Français (fr)` and the code `fr`; one without a code in
parentheses is made of its letters. A column without suffix serves every language; in a row that has
both, it is in the default language: the one the settings name, else one called `default`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from surveys.language import _
from surveys.problems import Problem, loss
from surveys.xlsform.cells import Cell
from surveys.xlsform.columns import TRANSLATED, Column
from surveys.xlsform.nodes import mapping, put, scalar
from surveys.yamltree import Mapping, Node, Scalar

DEFAULT = "default"
_CODE = re.compile(r".*\(\s*([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)\s*\)")


class Languages:
    """Code by suffix, in the order they are first met; `default` is the suffix the settings name."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.default = ""

    def named(self, code: str, suffix: str) -> None:
        """Take a code from the settings."""
        self.codes.setdefault(suffix, code)

    def meet(self, columns: Iterable[Column]) -> None:
        """Take the languages of a sheet's columns in their order; that of one without is the default."""
        for column in columns:
            suffix = column.language or self.default
            if column.is_known and column.key in TRANSLATED and suffix:
                self.code(suffix)

    def code(self, suffix: str) -> str:
        """Return the code of a suffix, a new one where it is met for the first time."""
        if suffix not in self.codes:
            self.codes[suffix] = self._unused(derived_code(suffix))
        return self.codes[suffix]

    def _unused(self, code: str) -> str:
        used = set(self.codes.values())
        numbered = (f"{code}_{number}" for number in range(2, len(used) + 3))
        return next(one for one in (code, *numbered) if one not in used)

    def by_code(self) -> dict[str, str]:
        """Return suffix by code; one that only rows without suffix are in comes first."""
        pairs = sorted(
            self.codes.items(), key=lambda pair: pair[0] != DEFAULT or bool(self.default)
        )
        return {code: suffix for suffix, code in pairs}

    def text(self, cells: dict[str, Cell], subject: str, problems: list[Problem]) -> Node | None:
        """Return a text from its cells by suffix ('' for none); None where there is none."""
        if not cells:
            return None
        if set(cells) == {""}:
            return scalar(cells[""])
        default = self.default or DEFAULT
        if "" in cells and default in cells:
            problems.append(
                loss(
                    cells[""].place,
                    subject,
                    _("a text without language stands beside one in the default language"),
                    _("keep one of the two"),
                )
            )
        texts = {suffix: cell for suffix, cell in cells.items() if suffix}
        if "" in cells:
            texts.setdefault(default, cells[""])
        first = next(iter(texts.values()))
        found: Mapping = mapping(first.place)
        for suffix, cell in texts.items():
            put(found, self.code(suffix), scalar(cell))
        return found

    def everywhere(self, text: str, like: Scalar) -> Node:
        """Return one text in each language there is."""
        if not self.codes:
            return Scalar(text, like.place)
        found = mapping(like.place)
        for code in self.by_code():
            put(found, code, Scalar(text, like.place))
        return found


def derived_code(suffix: str) -> str:
    """Return the code a suffix has by itself: that in parentheses, else its letters and digits."""
    in_parentheses = _CODE.fullmatch(suffix.strip())
    if in_parentheses:
        return in_parentheses[1]
    letters = "_".join(re.findall(r"\w+", suffix.lower()))
    return letters or "language"
