"""Formulas as a model's file has them: read, or refused with their place."""

from __future__ import annotations

import re

from export.modelling.formula import CLOCK, FUNCTIONS, Formula, constant, formula, strange, unread
from export.modelling.written import Written, number_in
from surveys.expressions import ExpressionError, walk
from surveys.expressions.tree import Child, Name, Tree
from surveys.language import _
from surveys.problems import Place
from surveys.yamltree import Node, Scalar

LONGEST = 2000  # characters of a formula
_NEARLY = re.compile(r"[+-]?[0-9][0-9.,'\s]*%?")  # a number as people write it, not as files do


class FormulaReading(Written):
    """Reads formulas; `names` are those of the model's parameters, all that a formula may read."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}

    def formula(self, node: Node | None, subject: str, place: Place) -> Formula:
        """Return a formula of the model's parameters, `unread` where it cannot be one."""
        count = len(self.problems)
        scalar = self.scalar(node, subject)
        if scalar is None or not scalar.text.strip():
            if len(self.problems) == count:
                fact, remedy = _("there is no number"), _("write a number or a formula")
                self.note(node.place if node else place, subject, fact, remedy, "formula")
            return unread(place)
        text = scalar.text.strip()
        if number_in(text) is None and not _NEARLY.fullmatch(text):
            return self._parsed(scalar, subject)
        number = self.number(scalar, subject)
        return unread(scalar.place) if number is None else constant(number, text, scalar.place)

    def _parsed(self, scalar: Scalar, subject: str) -> Formula:
        if len(scalar.text) > LONGEST:
            fact = _("the formula has more than {n} characters").format(n=LONGEST)
            remedy = _("calculate parts of it as parameters")
            self.note(scalar.place, subject, fact, remedy, "size")
            return unread(scalar.place)
        if "/" in scalar.text:  # to the grammar a step of a path, which no model has
            place = scalar.place_at(scalar.text.index("/"))
            self.note(place, subject, _("“/” does not divide"), _("write div"), "formula")
            return unread(scalar.place)
        try:
            found = formula(scalar.text, scalar.place)
        except ExpressionError as error:
            place = scalar.place_at(error.offset)
            self.note(place, subject, error.fact, error.remedy, "formula")
            return unread(scalar.place)
        return found if self._is_read(found.tree, scalar, subject) else unread(scalar.place)

    def _is_read(self, tree: Tree, scalar: Scalar, subject: str) -> bool:
        """Return whether a formula is one of numbers and of parameters there are; else note why."""
        others = list(strange(tree))
        for written, offset in others:
            fact = _("“{written}” has no meaning in a model").format(written=written)
            remedy = _("use parameters, + - * div, comparisons, and: {known}").format(
                known=", ".join(f"{name}()" for name in FUNCTIONS)
            )
            self.note(scalar.place_at(offset), subject, fact, remedy, "formula")
        nobody = [
            one
            for one in ([] if others else walk(tree))
            if isinstance(one, Name | Child)
            and one.name not in self.names
            and one.name not in CLOCK
        ]
        for one in nobody:
            fact = _("there is no parameter “{name}”").format(name=one.name)
            place = scalar.place_at(one.offset)
            if "-" in one.name:
                remedy = _("put spaces on both sides of a minus")
                self.note(place, subject, fact, remedy, "unknown")
            else:
                self.unknown(place, subject, fact, one.name, self.names)
        return not others and not nobody
