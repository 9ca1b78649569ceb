"""How precise a draw will be, before anything is drawn: half-widths expected, sizes needed.

What is planned for is a proportion, and the interval that `estimate` will print of it. Everything is an
expectation under three assumptions: the proportion is the same in every stratum, those who answer are
like those of their stratum who do not, and people of one cluster are alike by ρ, the intraclass
correlation. Planning commits to nothing and enters no certificate: floats will do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from export.intervals import beta_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What is expected of the answers: shares between 0 and 1.

    `proportion` is widest at one half, `response` the share of those drawn who answer, `rho` the
    intraclass correlation within clusters, `level` the coverage of the interval.
    """

    proportion: float = 0.5
    response: float = 1.0
    rho: float = 0.05
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum as it would be drawn: of `people`, so many drawn; or of clusters of these sizes.

    `clusters` is () where people are drawn; `take` is how many people of a cluster drawn, all where
    it has fewer, None for all.
    """

    people: int
    drawn: int
    clusters: tuple[int, ...] = ()
    take: int | None = None


@dataclass(frozen=True, slots=True)
class Precision:
    """What is to be expected of a plan.

    `people` are drawn, `respondents` of them answer, both on average. `half_width` and
    `standard_error` are of the proportion, None where a stratum has nobody drawn or no degree of
    freedom is left. `design_effect` is the variance over that of as many respondents drawn simply.
    `weights` are the least and the greatest number of people of the frame that one drawn stands for.
    """

    people: float
    respondents: float
    half_width: float | None
    standard_error: float | None
    design_effect: float | None
    weights: tuple[float, float]


def precision(parts: Sequence[Part], given: Assumptions) -> Precision:
    """Return what a plan is expected to give.

    V = Σ_h V_h / N², with N people in all. The interval is that of Korn and Graubard at the effective
    size p(1 − p)/V, as `estimate` prints it; Wald's, of which textbooks compute sizes, is narrower
    and covers too little.
    """
    everybody = sum(part.people for part in parts)
    people = sum(_taken(part) for part in parts)
    rows = people * given.response
    units = sum(part.drawn * (1 if part.clusters else given.response) for part in parts)
    spread = given.proportion * (1 - given.proportion)
    known, error, effect = None, None, None
    if all(part.drawn for part in parts):
        variance = spread * sum(_variance(part, given) for part in parts) / everybody**2
        simple = spread * max(0.0, 1 - rows / everybody) / rows
        error = math.sqrt(variance)
        effect = variance / simple if simple > 0 else None
        known = _half_width(given, variance, rows, units - len(parts))
    return Precision(people, rows, known, error, effect, _weights(parts))


def needed(
    precision_of: Callable[[int], Precision | None], wanted: float, least: int, most: int
) -> int | None:
    """Return a size of `least` to `most` whose half-width is at most `wanted`, None if none is.

    `precision_of` gives the precision of a size, None of one that cannot be planned. It is the
    smallest such size as long as a larger one is never less precise, which the rounding of shares
    can break by one or two.
    """

    def is_enough(size: int) -> bool:
        found = precision_of(size)
        return found is not None and found.half_width is not None and found.half_width <= wanted

    if most < least or not is_enough(most):
        return None
    while least < most:
        middle = (least + most) // 2
        if is_enough(middle):
            most = middle
        else:
            least = middle + 1
    return most


# --- what merging does ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Merged:
    """A stratum made of several: what each was before, by its number in the frame, and what it is."""

    members: tuple[tuple[int, Part], ...]
    whole: Part


@dataclass(frozen=True, slots=True)
class Merging:
    """What merging strata costs or gains.

    Before: `unreached` strata of which nobody would be drawn, with `unreached_people` of whom the
    sample would say nothing; `alone` strata with one drawn, which shows no variance.
    """

    strata: tuple[int, int]
    merged: tuple[Merged, ...]
    unreached: int
    unreached_people: int
    alone: int
    before: Precision
    after: Precision


def merging(
    before: Mapping[int, Part],
    after: Sequence[tuple[tuple[int, ...], Part]],
    given: Assumptions,
) -> Merging:
    """Return what merging the strata `before` (by their numbers) into those `after` does.

    Each of those after comes with the numbers of its members.
    """
    none = [part for part in before.values() if part.drawn == 0]
    merged = tuple(
        Merged(tuple((number, before[number]) for number in members), whole)
        for members, whole in after
        if len(members) > 1
    )
    return Merging(
        (len(before), len(after)),
        merged,
        len(none),
        sum(part.people for part in none),
        sum(part.drawn == 1 for part in before.values()),
        precision(tuple(before.values()), given),
        precision([whole for _members, whole in after], given),
    )


# --- formulas ---------------------------------------------------------------------------------

_ROUNDING = 1e-16  # of a variance: everybody answers, but for how 1 is written


def _taken(part: Part) -> float:
    """Return how many people of a stratum are drawn, on average over the clusters drawn."""
    if not part.clusters:
        return part.drawn
    return part.drawn / len(part.clusters) * sum(_of_cluster(part, size) for size in part.clusters)


def _of_cluster(part: Part, size: int) -> int:
    return size if part.take is None else min(size, part.take)


def _variance(part: Part, given: Assumptions) -> float:
    """Return V_h/(p(1 − p)): of the estimated number of people of a stratum who have the trait.

    People: N_h² (1 − m_h/N_h)/m_h, of whom m_h answer. Clusters of M_i people, of whom m_i answer:
    (1 − n_h/N_h) N_h/n_h Σ (ρM_i² + (1 − ρ)M_i) between them, and N_h/n_h Σ (1 − ρ) M_i² (1 − m_i/M_i)/m_i
    within. For large frames and equal clusters that makes Kish's design effect, 1 + (m − 1)ρ.

    Source: Cochran (1977), Sampling Techniques, ch. 2 and eq. 11.24; the model is that of Kish
    (1965), Survey Sampling, § 5.4.
    """
    if not part.clusters:
        m_h = part.drawn * given.response
        return part.people * (part.people - m_h) / m_h
    rho, scale = given.rho, len(part.clusters) / part.drawn
    between = sum(rho * size**2 + (1 - rho) * size for size in part.clusters)
    within = sum(
        size * (size / (_of_cluster(part, size) * given.response) - 1) for size in part.clusters
    )
    return scale * ((1 - 1 / scale) * between + (1 - rho) * within)


def _half_width(given: Assumptions, variance: float, rows: float, df: float) -> float | None:
    """Return half the width of the beta interval of a proportion, None without degrees of freedom.

    Source: Korn and Graubard (1998), Survey Methodology 24, 193–201.
    """
    if df < 1 or rows <= 1:
        return None
    p = given.proportion
    spread = p * (1 - p)
    if variance <= _ROUNDING * spread:
        return 0.0
    low, high = beta_limits(p, spread / variance, rows, df, (1 - given.level) / 2)
    return (high - low) / 2


def _weights(parts: Sequence[Part]) -> tuple[float, float]:
    """Return the least and the greatest design weight, of the strata of which anyone is drawn."""
    found = [
        (len(part.clusters) or part.people) / part.drawn * within
        for part in parts
        if part.drawn
        for within in (
            {size / _of_cluster(part, size) for size in part.clusters} if part.clusters else {1.0}
        )
    ]
    return (min(found), max(found)) if found else (0.0, 0.0)
