"""How many give each answer: `share(A)`, all values of a list in one table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from export.estimating.accuracy import Figures
from export.estimating.classes import classes
from export.estimating.columns import Mask
from export.estimating.surveyed import Surveyed, figures_of
from export.estimating.wanted import Wanted
from export.estimating.withheld import Counts, small, withheld


@dataclass(frozen=True, slots=True)
class Share:
    """One value of the list, and the share who gave it.

    `respondents` gave it, unweighted; a value `is_withheld` has neither number nor figures. It
    `is_uniform` where nobody gave it, or everybody did.
    """

    value: str
    respondents: int | None
    is_withheld: bool
    is_uniform: bool
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of the values of a list in one group ('' = everyone), in the order of the list.

    `respondents` answered, `missing` did not. Of answers that are `exclusive` everybody gave one:
    their shares add up to 1.
    """

    domain: str
    respondents: int
    missing: int
    exclusive: bool
    rows: tuple[Share, ...]


def shares(data: Surveyed, wanted: Wanted, domain: str, inside: Mask) -> Shares | None:
    """Return the share of each value among those `inside` who answered.

    None where fewer than the threshold did.
    """
    found = classes(wanted.estimand.arguments[0], data.askable, data.columns, data.rows)
    valid = inside & found.known
    n = int(np.sum(valid))
    if n < max(data.threshold, 1):
        return None
    counts = found.counts(valid)
    hidden = (
        withheld(counts, data.threshold)
        if found.exclusive
        else _either_way(counts, n, data.threshold)
    )
    rows = []
    for at, (name, values) in enumerate(zip(found.names, found.indicators, strict=True)):
        is_uniform = int(counts[at]) in (0, n)
        if hidden[at]:
            rows.append(Share(name, None, True, False, None))
        else:
            figures = figures_of(data, wanted, "prop", values, inside)
            rows.append(Share(name, int(counts[at]), False, is_uniform, figures))
    return Shares(domain, n, int(np.sum(inside)) - n, found.exclusive, tuple(rows))


def _either_way(counts: Counts, n: int, threshold: int) -> Mask:
    """Return where those who gave an answer, or those who did not, are too few; each by itself."""
    return small(counts, threshold) | small(n - counts, threshold)
