"""What every estimate is computed from: columns, their design, and the threshold of cells."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from typing import Literal

import numpy as np

from export.estimating.accuracy import Figures
from export.estimating.askable import Askable
from export.estimating.columns import Columns, Floats, Mask, Texts, arrays
from export.estimating.design import SurveyDesign
from export.estimating.estimate import Estimand, estimate
from export.estimating.wanted import Wanted
from export.estimating.weighted import design_of
from export.respondents.responses import Responses
from export.respondents.weight import Respondents
from export.respondents.weighting import DESIGN
from surveys.expressions.tree import Name
from surveys.instrument import Instrument


@dataclass(frozen=True, eq=False)
class Surveyed:
    """The answers to one questionnaire: columns with a value for each respondent, and the design.

    `threshold` is the least number of respondents that a cell which is shown may count. `base` are the
    respondents' weights by the draw alone, and `released` the sum of these weights over all cases
    released, whether they answered or not, but those found ineligible; None where nothing was drawn.
    """

    instrument: Instrument
    columns: Columns
    design: SurveyDesign
    threshold: int
    base: Floats
    released: float | None

    @cached_property
    def askable(self) -> Askable:
        """What may be asked of the questionnaire."""
        return Askable.of(self.instrument)

    @property
    def rows(self) -> int:
        """How many respondents there are."""
        return len(self.base)


def surveyed(given: Responses, only: Set[str] | None = None) -> Surveyed:
    """Return the responses to a questionnaire as arrays, of all variables or those in `only`."""
    people = given.people
    return Surveyed(
        instrument=given.found.instrument,
        columns=arrays(given.compact(people, only).tables().main),
        design=design_of(people),
        threshold=given.study.cell_threshold,
        base=np.array([one.steps[DESIGN] for one in people.people], dtype=np.float64),
        released=_released(people),
    )


def _released(people: Respondents) -> float | None:
    if people.response is None:
        return None
    ineligible = (one.steps[DESIGN] for one in people.ineligible)
    return fsum(people.response.base.values()) - fsum(ineligible)


def figures_of(
    data: Surveyed, wanted: Wanted, kind: Literal["prop", "mean"], values: Floats, inside: Mask
) -> Figures | None:
    """Return the estimate of some values among the rows `inside`, however few; None if nobody has one."""
    columns: Columns = {"value": values, "within": Texts(np.where(inside, 0, -1), ("inside",))}
    found = estimate(
        Estimand(wanted.estimand.text, kind, (Name("value", 0),)),
        columns,
        data.design,
        by="" if np.all(inside) else "within",
        method=wanted.method,
        level=wanted.level,
        threshold=1,
        variance=wanted.variance,
    )
    return next((row.figures for row in found.rows), None)
