"""Whether the interviews of one interviewer differ from the others': exact tests, corrected together.

The unit is the interview, never the answer: the answers of one person go together, and counted one by
one they would make a test sure of what it cannot know. Each figure is a share of interviews; one
interviewer's is set against everybody else's by Fisher's exact test, two-sided (Fisher 1935, *The
Design of Experiments*, § 21). All tests of one audit are one family: their probabilities are
corrected by Holm (1979), *Scandinavian Journal of Statistics* 6, 65–70, so that where nobody differs
the whole audit flags anybody in at most one study out of twenty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

import numpy as np

LEAST = 5  # interviews: a share of fewer says more of a person than of an interviewer
LEVEL = 0.05  # of the whole audit

Measure = Literal["unfinished", "broke_off", "fast", "unanswered", "changed", "round", "straight"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Of `of` interviews of an interviewer (or a laptop), `count` are as the measure says."""

    measure: Measure
    who: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Share:
    """A tally beside everybody else's. `p` is Fisher's, `adjusted` Holm's; None where not tested.

    Not tested are those who are alone, those of whom, or of whose colleagues, there are fewer than
    LEAST interviews, and a measure that holds for all interviews or for none.
    """

    measure: Measure
    who: str
    count: int
    of: int
    others_count: int
    others_of: int
    p: float | None
    adjusted: float | None

    @property
    def is_flagged(self) -> bool:
        """Whether it differs from the others' by more than chance would have it."""
        return self.adjusted is not None and self.adjusted <= LEVEL


def compared(tallies: Iterable[Tally]) -> tuple[Share, ...]:
    """Return each tally beside that of all the others of its measure, in the order given."""
    tallies = [one for one in tallies if one.of]
    totals: dict[Measure, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in tallies:
        count, of = totals[one.measure]
        totals[one.measure] = count + one.count, of + one.of
    others = [
        (totals[one.measure][0] - one.count, totals[one.measure][1] - one.of) for one in tallies
    ]
    found = [_p(one, *other) for one, other in zip(tallies, others, strict=True)]
    adjusted = iter(holm([p for p in found if p is not None]))
    return tuple(
        Share(
            one.measure,
            one.who,
            one.count,
            one.of,
            *other,
            p,
            None if p is None else next(adjusted),
        )
        for one, other, p in zip(tallies, others, found, strict=True)
    )


def _p(one: Tally, others_count: int, others_of: int) -> float | None:
    is_some = 0 < one.count + others_count < one.of + others_of
    if min(one.of, others_of) < LEAST or not is_some:
        return None
    from scipy.stats import fisher_exact  # a second of importing, which few audits need

    table = np.array([[one.count, one.of - one.count], [others_count, others_of - others_count]])
    return float(fisher_exact(table).pvalue)


def holm(probabilities: Sequence[float]) -> list[float]:
    """Return the probabilities corrected for all being tested at once, each in its place.

    The k-th smallest of m is multiplied by m − k + 1, is at least the one before it and at most 1.
    """
    m = len(probabilities)
    adjusted = [1.0] * m
    least = 0.0
    for rank, at in enumerate(sorted(range(m), key=lambda at: probabilities[at])):
        least = max(least, min(1.0, (m - rank) * probabilities[at]))
        adjusted[at] = least
    return adjusted


def above_median(measure: Measure, values: Mapping[str, Sequence[float]]) -> list[Tally]:
    """Return how many of each interviewer's interviews have a value above the median of all.

    With Fisher's test that is the exact median test (Mood 1954, *Annals of Mathematical Statistics*
    25, 514–522): it asks nothing of how values are distributed.
    """
    every = [value for found in values.values() for value in found]
    if not every:
        return []
    middle = median(every)
    return [
        Tally(measure, who, sum(value > middle for value in found), len(found))
        for who, found in sorted(values.items())
    ]
