"""The design that respondents came by, as the arrays of `design.py`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from export.estimating.adjustment import Adjustment
from export.estimating.design import SurveyDesign, survey_design
from export.respondents.treating import placed
from export.respondents.weight import Respondents
from export.respondents.weighting import Calibration


def design_of(people: Respondents) -> SurveyDesign:
    """Return the design of some respondents: a row each, then one for each case not eligible.

    People drawn from strata are one stage. Where clusters were drawn they are the first stage and
    people the second, those who answered taken for a sample of their cluster; a cluster in which one
    person answered is measured from zero there (the policy `adjust`), which errs on the safe side.
    """
    rows = people.rows
    weights = [one.weight for one in rows]
    strata = [one.stratum for one in rows]
    populations = [one.population for one in rows if one.population is not None]
    eligible = np.arange(len(rows)) < len(people.people)
    adjustments = [_adjustment(people, step) for step in people.weighting.calibrations]
    clusters = [one.cluster for one in rows if one.cluster is not None]
    if not clusters:
        return survey_design(
            weights,
            strata=(strata,),
            populations=(populations or None,),
            eligible=eligible,
            adjustments=adjustments,
        )
    return survey_design(
        weights,
        strata=(strata, None),
        clusters=(clusters, None),
        populations=(populations, [one.people for one in rows if one.people is not None]),
        lonely="adjust",
        eligible=eligible,
        adjustments=adjustments,
    )


def _adjustment(people: Respondents, step: Calibration) -> Adjustment:
    """Return a step that met totals; it left alone whoever is not eligible."""
    records = [one.record for one in people.people]
    outside = [-1] * len(people.ineligible)
    margins = (placed(records, margin) + outside for margin in step.margins)
    return Adjustment(
        tuple(np.array(places, dtype=np.intp) for places in margins),
        _weights(people, step.before),
        _weights(people, step.name),
    )


def _weights(people: Respondents, step: str) -> NDArray[np.float64]:
    """Return the weights after a step, of every row."""
    return np.array([one.steps[step] for one in people.rows])
