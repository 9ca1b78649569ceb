"""The few values a column of the questionnaire can have, and the one that a record has.

What weights can meet totals of: a question with a list of answers, one of several answers chosen or
not, a question kept as bands, a calculation of 0 and 1. As in the tables of a dataset.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from interviewer.record import Record
from surveys.codebook import Variable, variables
from surveys.instrument import Instrument

_TRUTH = {"true": "1", "false": "0"}


@dataclass(frozen=True, slots=True)
class Category:
    """A column with few values: its name in a dataset, the item whose answers it comes from.

    `chosen` is the answer of which the column says 0 or 1, '' where it holds the answer itself.
    """

    name: str
    item: str
    values: tuple[str, ...]
    chosen: str = ""

    def of(self, record: Record) -> str | None:
        """Return the value a record has of it, None where it has none.

        A calculation may have others than `values`.
        """
        value = record.answers.get(self.item, "")
        if not value:
            return None
        if self.chosen:
            return str(int(self.chosen in value.split(" ")))
        return _TRUTH.get(value, value)


def categories(instrument: Instrument) -> dict[str, Category]:
    """Return by name the columns of a questionnaire that have few values, in its order."""
    return {
        found.name: found
        for variable in variables(instrument)
        if not variable.repeats and variable.is_kept and variable.question.identifying != "direct"
        for found in _of(variable)
    }


def _of(variable: Variable) -> Iterator[Category]:
    if variable.indicators:
        for value, column in variable.indicators:
            yield Category(column, variable.name, ("0", "1"), value)
    elif variable.values:
        yield Category(variable.name, variable.name, variable.values)
    elif variable.is_computed and variable.storage == "text":
        yield Category(variable.name, variable.name, ("0", "1"))
