"""design.csv: the design that weights and errors come from, a row each, for anybody who redoes them.

The rows are the respondents', then those of cases found not eligible, which are in no estimate and
stay in the design. Columns: `number`, that of the row in the data (empty where not eligible); `eligible`
(1 or 0); `weight`; for each stage k `stratum_k`, `cluster_k`, `population_k` (the clusters there were in
the stratum; empty where unknown); for each step k that met totals of the population `step_k_before` and
`step_k_after`, the weights it started from and made, and `step_k_margin_j`, the cell of the row in each
margin (-1 in none).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from export.estimating.design import SurveyDesign


def design_table(design: SurveyDesign) -> pl.DataFrame:
    """Return a design as a table; `number` counts the eligible rows, which are the first, from 1."""
    rows = len(design.weights)
    number = [at + 1 if is_in else None for at, is_in in enumerate(design.eligible.tolist())]
    columns = [
        pl.Series("number", number, dtype=pl.Int64),
        pl.Series("eligible", design.eligible.astype(np.int64)),
        pl.Series("weight", design.weights),
    ]
    for k, stage in enumerate(design.stages, start=1):
        stratum = stage.stratum[stage.cluster]
        population = stage.population[stratum].tolist()
        known = [None if np.isinf(one) else one for one in population]
        columns += [
            pl.Series(f"stratum_{k}", stratum + 1),
            pl.Series(f"cluster_{k}", stage.cluster + 1),
            pl.Series(f"population_{k}", known, dtype=pl.Float64),
        ]
    for k, step in enumerate(design.adjustments, start=1):
        columns += [
            pl.Series(f"step_{k}_before", step.before),
            pl.Series(f"step_{k}_after", step.after),
            *(
                pl.Series(f"step_{k}_margin_{j}", margin)
                for j, margin in enumerate(step.margins, start=1)
            ),
        ]
    found = pl.DataFrame(columns)
    if found.height != rows:
        raise ValueError("a column of the design has another number of rows")
    return found
