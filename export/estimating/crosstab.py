"""Two answers crossed: `table(A, B)`, the shares of A within each value of B, and whether they go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from export.estimating.accuracy import Figures, Variance
from export.estimating.classes import Classes, classes
from export.estimating.columns import Floats, Mask
from export.estimating.design import SurveyDesign, variance
from export.estimating.independence import Significance, rao_scott
from export.estimating.replicates import replicate_weights, replicates
from export.estimating.surveyed import Surveyed, figures_of
from export.estimating.wanted import Wanted
from export.estimating.withheld import Counts, small, with_totals, withheld_crossed


@dataclass(frozen=True, slots=True)
class CrossedCell:
    """The share of a row's value among those of a column; `respondents` are in both, unweighted.

    A cell that `is_withheld` has neither number nor figures. Nor has any cell of a column whose total is:
    a share and its number, or the interval of a share of 0, would tell it. One `is_uniform` when nobody
    in the column gave the row's value, or everybody: it tells of each of them.
    """

    respondents: int | None
    is_withheld: bool
    figures: Figures | None
    is_uniform: bool = False


@dataclass(frozen=True, slots=True)
class Crosstab:
    """A table of two answers in one group ('' = everyone).

    `cells` has a line for each of `rows`, in it a cell for each of `columns`: the share of the row's
    value within the column. `row_totals` are the shares of the rows' values among everybody,
    `column_totals` those of the columns'. `respondents` gave both answers, `missing` did not. The
    `test` is of independence: None where a small cell would be told by it, or it says nothing.
    """

    domain: str
    respondents: int
    missing: int
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[CrossedCell, ...], ...]
    row_totals: tuple[CrossedCell, ...]
    column_totals: tuple[CrossedCell, ...]
    test: Significance | None

    @property
    def has_withheld(self) -> bool:
        """Whether anything in the table is left out."""
        inner = [cell for line in self.cells for cell in line]
        return any(cell.is_withheld for cell in (*inner, *self.row_totals, *self.column_totals))


def crosstab(data: Surveyed, wanted: Wanted, domain: str, inside: Mask) -> Crosstab | None:
    """Return the table of two answers among those `inside` who gave both.

    Values nobody has are left out. None where fewer than the threshold gave both.
    """
    n = data.rows
    first, second = (
        classes(tree, data.askable, data.columns, n) for tree in wanted.estimand.arguments
    )
    valid = inside & first.known & second.known
    if int(np.sum(valid)) < max(data.threshold, 1):
        return None
    first, second = _present(first, valid), _present(second, valid)
    counts = _counts(first, second, valid)
    hidden = withheld_crossed(counts, data.threshold)
    hidden[:-1] |= hidden[-1]
    full = with_totals(counts)

    def cell(r: int, c: int, values: Floats, among: Mask) -> CrossedCell:
        if hidden[r, c]:
            return CrossedCell(None, True, None)
        known = np.where(valid, values, np.nan)
        count = int(full[r, c])
        is_uniform = r < counts.shape[0] and count in (0, int(full[-1, c]))
        return CrossedCell(count, False, figures_of(data, wanted, "prop", known, among), is_uniform)

    within = [inside & (one == 1) for one in second.indicators]
    cells = tuple(
        tuple(cell(r, c, values, within[c]) for c in range(len(within)))
        for r, values in enumerate(first.indicators)
    )
    last_row, last_column = counts.shape
    return Crosstab(
        domain=domain,
        respondents=int(full[-1, -1]),
        missing=int(np.sum(inside)) - int(full[-1, -1]),
        rows=first.names,
        columns=second.names,
        cells=cells,
        row_totals=tuple(
            cell(r, last_column, values, inside) for r, values in enumerate(first.indicators)
        ),
        column_totals=tuple(
            cell(last_row, c, values, inside) for c, values in enumerate(second.indicators)
        ),
        test=None
        if np.any(small(full, data.threshold))
        else _independence(data, wanted, first, second, inside, valid),
    )


def _present(found: Classes, valid: Mask) -> Classes:
    kept = np.flatnonzero(found.counts(valid)).tolist()
    return Classes(
        tuple(found.names[at] for at in kept),
        tuple(found.indicators[at] for at in kept),
        found.exclusive,
    )


def _counts(first: Classes, second: Classes, valid: Mask) -> Counts:
    return np.array(
        [second.counts(valid & (one == 1)) for one in first.indicators], dtype=np.intp
    ).reshape(len(first.names), len(second.names))


def _independence(
    data: Surveyed, wanted: Wanted, first: Classes, second: Classes, inside: Mask, valid: Mask
) -> Significance | None:
    """Return the test of Rao and Scott on the shares that the cells have of all who gave both answers."""
    design, rows = data.design, data.design.people
    cells = np.column_stack(
        [
            np.where(valid, one * other, 0.0)
            for one in first.indicators
            for other in second.indicators
        ]
    )
    shares, covariance = _shares(design, cells, valid, wanted.variance)
    table = shares.reshape(len(first.names), len(second.names))
    return rao_scott(table, covariance, design.degrees_of_freedom(rows[inside]))


def _shares(
    design: SurveyDesign, cells: Floats, valid: Mask, by: Variance
) -> tuple[Floats, Floats]:
    """Return the shares that cells (rows × k) have, and their covariance.

    They are linearised as means are; so too where a replicate of the jackknife has nobody in it.
    """
    rows = design.people
    weights = design.weights[rows]
    shares = (weights @ cells) / float(np.sum(weights[valid]))
    if by == "jackknife":
        replicated = replicate_weights(design)[rows].T
        whole = (replicated @ valid.astype(np.float64))[:, np.newaxis]
        if np.all(whole > 0):
            again = (replicated @ cells) / whole
            off = again - again.mean(axis=0)
            return shares, (off * replicates(design).scales[:, np.newaxis]).T @ off
    scores = np.where(valid[:, np.newaxis], cells - shares, 0.0) / float(np.sum(weights[valid]))
    return shares, variance(design, scores, rows)
