"""The jackknife: an estimate again without one cluster at a time, and what it varies by.

Without strata this is JK1, with strata JKn: a cluster is left out, the others of its stratum weigh
more, and the estimate is made anew, its weights adjusted anew to the totals they met. Clusters are
those of the first stage; where people were drawn in them, they are taken as drawn with replacement,
so that what the second stage adds is not lost. It costs more than linearisation and says much the same; it needs no
formula for the estimate, and sees what adjusting the weights does.

Source: Wolter (2007), Introduction to Variance Estimation, ch. 4; replicates, scales and the
treatment of lone clusters as in as.svrepdesign() of R's survey.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from export.estimating.adjustment import again
from export.estimating.columns import Floats, Places
from export.estimating.design import Stage, SurveyDesign, lone, raised, sums
from surveys.language import _
from surveys.problems import Refusal

_MOST = 50_000_000  # weights of all replicates together that are held in memory: 400 MB


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """What each replicate leaves out, and what its squared distance from the mean counts.

    `cluster` (replicates) is the cluster of the first stage that is left out, -1 where the whole
    `stratum` (replicates) is, and the others stand for it. `scales` (replicates).
    """

    cluster: Places
    stratum: Places
    scales: Floats


def replicates(design: SurveyDesign) -> Replicates:
    """Return the replicates of a design: one for each cluster of a stratum that has several.

    The scale is (1 − n_h/N_h)(n_h − 1)/n_h, and a stratum drawn whole has no replicate, but without
    the correction where later stages leave people undrawn (`_first`). A stratum with one
    cluster is treated by the design's policy: it has no replicate (`remove`, `certainty`), none
    but the others count for it (`average`), or is left out whole (`adjust`).
    """
    first = _first(design)
    alone, left = lone(first, design.lonely), first.left()
    scale = left * (first.drawn - 1) / first.drawn
    cluster = np.flatnonzero((left > 0)[first.stratum] & ~alone[first.stratum])
    stratum = first.stratum[cluster]
    scales = scale[stratum]
    if design.lonely == "average" and len(cluster):
        scales = scales * (1 + np.sum(alone) / len(cluster))
    if design.lonely == "adjust" and np.any(alone):
        whole, strata = np.flatnonzero(alone), len(first.drawn)
        cluster = np.append(cluster, np.full(len(whole), -1))
        stratum = np.append(stratum, whole)
        scales = np.append(scales, np.full(len(whole), (strata - 1) / strata))
    return Replicates(cluster, stratum, scales)


def _first(design: SurveyDesign) -> Stage:
    """Return the first stage, without its population where later stages leave anybody undrawn.

    Replicates leave out whole clusters: they show what varies between them, which holds what varies
    within. A correction for the clusters not drawn would shrink both, down to nothing where all
    clusters are drawn. These are the ultimate clusters of Hansen, Hurwitz and Madow (1953), which err
    on the safe side.
    """
    first = design.stages[0]
    if not has_later_stages(design):
        return first
    return replace(first, population=np.full(len(first.population), np.inf))


def has_later_stages(design: SurveyDesign) -> bool:
    """Whether anybody in the clusters drawn was left undrawn, so that errors come from there too."""
    return any(bool(np.any(later.left() > 0)) for later in design.stages[1:])


def jackknife(
    design: SurveyDesign, parts: Floats, rows: Places, value: Callable[[Floats], Floats]
) -> float | None:
    """Return the variance of value(totals) over the replicates, or None where one has no value.

    `parts` (rows × k) are what the totals are of, `rows` the rows of the design they belong to;
    `value` turns totals (replicates × k) into estimates. The distance is from the mean of the
    replicates.
    """
    these = replicates(design)
    if not len(these.cluster):
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        found = value(_totals(design, these, parts, rows))
    if not np.all(np.isfinite(found)):
        return None
    return float(np.sum(these.scales * (found - np.mean(found)) ** 2))


@lru_cache(maxsize=1)  # the figures of one design all need the same
def replicate_weights(design: SurveyDesign) -> Floats:
    """Return the weights of a design in each replicate (rows × replicates), adjusted anew."""
    these, first = replicates(design), design.stages[0]
    if len(design.weights) * len(these.cluster) > _MOST:
        raise Refusal(
            _(
                "the jackknife would weight {rows} people {times} times;"
                " leave it out, or estimate by linearisation"
            ).format(rows=len(design.weights), times=len(these.cluster))
        )
    row_stratum = first.stratum[first.cluster]
    is_whole, strata = these.cluster < 0, len(first.drawn)
    inside = row_stratum[:, np.newaxis] == these.stratum
    left_out = np.where(is_whole, inside, first.cluster[:, np.newaxis] == these.cluster)
    more = np.where(is_whole, strata / max(strata - 1, 1), raised(first.drawn)[these.stratum])
    factors = np.where(left_out, 0.0, np.where(inside | is_whole, more, 1.0))
    if not design.adjustments:
        return factors * design.weights[:, np.newaxis]
    return again(design.adjustments, design.weights, factors)


def _totals(design: SurveyDesign, these: Replicates, parts: Floats, rows: Places) -> Floats:
    """Return the weighted totals of parts in each replicate (replicates × k)."""
    if design.adjustments:
        return np.asarray(replicate_weights(design)[rows].T @ parts)
    first = design.stages[0]
    weighted = parts * design.weights[rows][:, np.newaxis]
    clusters = sums(weighted, first.cluster[rows], len(first.stratum))
    strata = sums(clusters, first.stratum, len(first.drawn))
    everyone, within = strata.sum(axis=0), strata[these.stratum]
    is_whole, n = (these.cluster < 0)[:, np.newaxis], len(first.drawn)
    # T − T_h + n_h/(n_h − 1) (T_h − t_hi), put so that what is alike cancels.
    more = (raised(first.drawn)[these.stratum] - 1)[:, np.newaxis]
    without = everyone + more * within - (more + 1) * clusters[these.cluster]
    alone = (everyone - within) * n / max(n - 1, 1)
    return np.asarray(np.where(is_whole, alone, without))
