"""How far the fieldwork of a questionnaire has come: outcomes, rates, by group; visits; the reserve."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from export.drawing.sample import DrawnCase
from export.respondents.counting import Unused
from export.respondents.dispositions import CLASSES, INTERVIEWS, Class
from export.response import visits
from export.response.cases import Case, cases
from export.response.rates import eligible_share, rates
from export.response.visits import Lacking, Visits
from export.study import StudyInstrument
from interviewer.record import Record

Dimension = Literal["stratum", "interviewer", "week", "batch"]
DIMENSIONS: tuple[Dimension, ...] = ("week", "stratum", "interviewer", "batch")
# What groups the cases, '' for those without a record, of which nobody knows.
_KEYS: Mapping[Dimension, Callable[[Case], int | str]] = {
    "week": lambda case: case.week,
    "stratum": lambda case: case.stratum or 0,
    "interviewer": lambda case: case.interviewer,
    "batch": lambda case: case.batch or 0,
}
_OF_A_SAMPLE: tuple[Dimension, ...] = ("stratum", "batch")


@dataclass(frozen=True, slots=True)
class Group:
    """Some cases by class: how many, and for how many people they stand; every class has its number."""

    name: str
    counts: Mapping[Class, int]
    weighted: Mapping[Class, float]

    @property
    def cases(self) -> int:
        """How many they are."""
        return sum(self.counts.values())

    @property
    def respondents(self) -> int:
        """How many of them gave an interview, if only in part."""
        return sum(self.counts[one] for one in INTERVIEWS)


@dataclass(frozen=True, slots=True)
class Eligible:
    """e, the share of the unknown taken as eligible: of cases, and of base weights; given, or as known."""

    unweighted: float
    weighted: float
    is_given: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a questionnaire has come.

    `outcomes` counts cases by outcome code. `reserve` has, by stratum, how many cases are left; None
    where nothing was drawn: then there are counts of what was collected, and no rates. `e` is that of
    the whole sample, and holds for each group of `groups`. `minimum` is the study's rule for `never_met`.
    """

    whole: Group
    outcomes: Mapping[str, int]
    e: Eligible
    is_weighted: bool
    unrecorded: int
    reserve: Mapping[int, int] | None
    groups: Mapping[Dimension, tuple[Group, ...]]
    by_part: tuple[Visits, ...]
    by_number: tuple[Visits, ...]
    never_met: tuple[Lacking, ...]
    minimum: int
    unused: tuple[Unused, ...]

    @property
    def is_of_a_sample(self) -> bool:
        """Whether the cases were drawn, so that rates mean something."""
        return self.reserve is not None

    def rates(self, group: Group) -> dict[str, float | None]:
        """Return the rates of a group, each case counted as one."""
        return rates(group.counts, self.e.unweighted)

    def weighted_rates(self, group: Group) -> dict[str, float | None]:
        """Return the rates of a group by base weights."""
        return rates(group.weighted, self.e.weighted)

    def so_far(self, weeks: Sequence[Group]) -> Iterator[tuple[int, float | None]]:
        """Yield, up to each week, the interviews (if only in part), and RR2 with no more than these.

        Its denominator is that of today: everybody drawn who is not known to be no part of the survey.
        """
        possible = self.whole.cases - self.whole.counts["NE"]
        for n in accumulate(one.respondents for one in weeks):
            yield n, n / possible if possible else None


def progress(
    found: StudyInstrument,
    records: Sequence[Record],
    sample: Mapping[str, DrawnCase] | None,
    minimum: int,
    e: float | None = None,
) -> Progress:
    """Return how far a questionnaire has come; `e` between 0 and 1, taken from the cases if None."""
    if found.unit != "person":
        sample = None
    known, unused = cases(found, records, sample)
    whole = _group("", known)
    return Progress(
        whole=whole,
        outcomes=dict(sorted(Counter(case.outcome for case in known).items())),
        e=_eligible(whole, e),
        is_weighted=len({case.weight for case in known}) > 1,
        unrecorded=sum(not case.is_recorded for case in known),
        reserve=None if sample is None else _reserve(sample),
        groups={
            one: _groups(known, _KEYS[one])
            for one in DIMENSIONS
            if sample is not None or one not in _OF_A_SAMPLE
        },
        by_part=visits.by_part(known),
        by_number=visits.by_number(known),
        never_met=visits.never_met(known, minimum),
        minimum=minimum,
        unused=unused,
    )


def _group(name: str, known: Sequence[Case]) -> Group:
    counts: Counter[Class] = Counter(case.class_ for case in known)
    weighted = {
        one: math.fsum(case.weight for case in known if case.class_ == one) for one in CLASSES
    }
    return Group(name, {one: counts[one] for one in CLASSES}, weighted)


def _groups(known: Sequence[Case], key: Callable[[Case], int | str]) -> tuple[Group, ...]:
    """Return the groups in order; those without a record last."""
    of: dict[int | str, list[Case]] = {}
    for case in known:
        of.setdefault(key(case), []).append(case)
    ordered = sorted(of, key=lambda one: (one == "", one))
    return tuple(_group(str(one), of[one]) for one in ordered)


def _eligible(whole: Group, e: float | None) -> Eligible:
    if e is not None:
        return Eligible(e, e, is_given=True)
    return Eligible(eligible_share(whole.counts), eligible_share(whole.weighted), is_given=False)


def _reserve(sample: Mapping[str, DrawnCase]) -> dict[int, int]:
    left = Counter(one.stratum for one in sample.values() if not one.is_released)
    return {number: left[number] for number in sorted({one.stratum for one in sample.values()})}
