"""What came of everything asked: the answers, and the groups they are given for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from export.estimating.bounds import Bounds
from export.estimating.change import Change
from export.estimating.classes import crossed
from export.estimating.columns import Mask
from export.estimating.crosstab import Crosstab
from export.estimating.estimate import Estimates
from export.estimating.shares import Shares
from export.estimating.surveyed import Surveyed
from export.estimating.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Parts:
    """A table for each group, in order; one of everyone where there are no groups.

    `left_out` groups have too few respondents even to be named; `unclassified` respondents are in
    no group, for one of its columns has no value.
    """

    tables: tuple[Shares | Crosstab | Change, ...]
    unclassified: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked and what came of it.

    `found` are Estimates of prop, mean, total, ratio, median and quantile; of share, table and change
    Parts that hold Shares, Crosstab and Change. `bounds`, where they were asked for, are those of the
    proportions that are shown: of prop under '', of share by value.
    """

    wanted: Wanted
    found: Estimates | Parts
    bounds: Mapping[str, Bounds] = field(default_factory=dict)


def inside_groups(data: Surveyed, wanted: Wanted) -> dict[str, Mask]:
    """Return who is in each group that an estimate is wanted for, by its name; '' is everyone."""
    if not wanted.by:
        return {"": np.ones(data.rows, dtype=np.bool_)}
    groups = crossed(wanted.by, data.askable, data.columns)
    return {name: one == 1 for name, one in zip(groups.names, groups.indicators, strict=True)}
