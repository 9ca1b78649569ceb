"""What is asked of a study's respondents: expressions in, estimates out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from export.estimating import askable
from export.estimating.design import SurveyDesign, survey_design
from export.estimating.estimate import Estimand, Estimates, estimand, estimate
from export.estimating.intervals import Method
from export.respondents.responses import Responses
from export.respondents.table import tables
from export.respondents.weight import Respondent
from surveys.instrument import Instrument


def estimate_rows(
    given: Responses,
    expressions: Sequence[str],
    *,
    by: str = "",
    method: Method | None = None,
    level: float = 0.95,
) -> tuple[Estimates, ...]:
    """Return the estimates of some expressions, for everyone or in each domain of the column `by`."""
    instrument, people = given.found.instrument, given.people.people
    wanted = estimands(instrument, expressions, by)
    columns = arrays(tables(instrument, people, with_texts=True).main)
    order = askable.order_of(by, instrument, columns) if by else ()
    design, threshold = design_of(people), given.study.cell_threshold
    return tuple(
        estimate(
            one,
            columns,
            design,
            by=by,
            order=order,
            method=method,
            level=level,
            threshold=threshold,
        )
        for one in wanted
    )


def estimands(instrument: Instrument, expressions: Sequence[str], by: str = "") -> list[Estimand]:
    """Return what some expressions ask for; Refusal for what may not be asked, or not by `by`."""
    wanted = [estimand(text) for text in expressions]
    askable.require_askable([tree for one in wanted for tree in one.arguments], instrument)
    if by:
        askable.require_domains(by, instrument)
    return wanted


def design_of(people: Sequence[Respondent]) -> SurveyDesign:
    """Return the design the respondents came by: strata of people, drawn without replacement."""
    populations = [one.population for one in people if one.population is not None]
    return survey_design(
        [one.weight for one in people],
        strata=([one.stratum for one in people],),
        populations=(populations or None,),
    )


def arrays(frame: pl.DataFrame) -> dict[str, NDArray[np.generic]]:
    """Return the columns by name: numbers as float64 (NaN missing), texts as objects (None missing)."""
    found: dict[str, NDArray[np.generic]] = {}
    for series in frame:
        if series.dtype == pl.String:
            texts = np.empty(len(series), dtype=np.object_)
            texts[:] = series.to_list()
            found[series.name] = texts
        else:
            found[series.name] = np.array(
                [np.nan if value is None else value for value in series.to_list()], dtype=float
            )
    return found
