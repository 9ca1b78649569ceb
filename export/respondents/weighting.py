"""How a study weights its respondents: the steps after the draw, as weights.yaml gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

from export.respondents.categories import Category
from interviewer.record import Record

DESIGN, RESPONSE = "design", "response"  # the names of the first two steps


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a margin: for each of its columns the values it takes together, and its total."""

    values: tuple[tuple[str, ...], ...]
    total: float

    @property
    def name(self) -> str:
        """The values, joined ones with a comma, those of crossed columns with ×."""
        return " × ".join(", ".join(together) for together in self.values)

    def combinations(self) -> Iterator[tuple[str, ...]]:
        """Yield every combination of single values that falls into the cell."""
        yield from product(*self.values)


@dataclass(frozen=True, slots=True)
class Margin:
    """Totals known of the population, by the values of one column or of several crossed.

    `missing` gives, for each column, the value that stands for no answer; '' where there is none.
    """

    columns: tuple[Category, ...]
    cells: tuple[Cell, ...]
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """The columns, with commas between them."""
        return ", ".join(column.name for column in self.columns)

    def places(self) -> dict[tuple[str, ...], int]:
        """Return the cell of each combination of values."""
        return {values: at for at, cell in enumerate(self.cells) for values in cell.combinations()}

    def values_of(self, record: Record) -> tuple[str, ...]:
        """Return the values by which a record finds its cell; '' for one that it has not."""
        return tuple(
            column.of(record) or otherwise
            for column, otherwise in zip(self.columns, self.missing, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """A step that meets totals: post-stratification with one margin, raking with several.

    `name` is that of the step, `before` that of the step whose weights it starts from.
    """

    name: str
    before: str
    margins: tuple[Margin, ...]


@dataclass(frozen=True, slots=True)
class Trimming:
    """A step that holds weights within multiples of their median; None where there is no bound."""

    name: str
    before: str
    least: float | None
    most: float | None


Treatment = Calibration | Trimming


@dataclass(frozen=True, slots=True)
class Weighting:
    """How respondents are weighted after the draw.

    `classes` are groups of strata within which non-response is taken to be at random, or the strata
    of the draw each (`strata`), or everyone (`all`). The treatments follow, in order.
    """

    classes: tuple[tuple[int, ...], ...] | Literal["strata", "all"] = "strata"
    treatments: tuple[Treatment, ...] = ()

    @property
    def calibrations(self) -> tuple[Calibration, ...]:
        """The treatments that meet totals."""
        return tuple(one for one in self.treatments if isinstance(one, Calibration))


BY_STRATUM = Weighting()  # each stratum a class of non-response, and nothing more
