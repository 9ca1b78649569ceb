"""The design of a survey as arrays, and the variance of a weighted total under it.

A design has one row per respondent and one or more stages. At each stage the clusters of a stratum
were drawn without replacement, with equal probability, from a known number of them (or, without
that number, as if with replacement, and later stages then add nothing). Everything estimated is
turned into a total of linearised values first; this file holds its variance by linearisation (`replicates.py` has the jackknife).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from export.estimating.adjustment import Adjustment, residuals
from export.estimating.columns import Floats, Mask, Places
from surveys.language import _
from surveys.problems import Refusal

Labels = Sequence[object] | NDArray[Any]

# What to do with a stratum of which one cluster was drawn, as R's option survey.lonely.psu.
Lonely = Literal["fail", "remove", "adjust", "average", "certainty"]

# Below this share left undrawn a stratum is a census and adds nothing, even with one cluster (as R).
_CENSUS = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage: clusters in strata, strata in the clusters of the stage before.

    `cluster` (rows) gives each row's cluster; `stratum` (clusters) its stratum; `parent` (strata)
    the cluster of the stage before, 0 at the first; `drawn` (strata) the number of clusters drawn,
    `population` (strata) that of clusters there were, inf if unknown; `fraction` (strata) the
    product of the sampling fractions of the stages before, 1 at the first.
    """

    cluster: Places
    stratum: Places
    parent: Places
    drawn: Places
    population: Floats
    fraction: Floats

    def left(self) -> Floats:
        """Return the share of the clusters of each stratum that was not drawn, 1 if unknown."""
        share = np.where(np.isinf(self.population), 1.0, 1 - self.drawn / self.population)
        share[share < _CENSUS] = 0.0
        return share

    def totals(self, weighted: Floats, rows: Places | None) -> tuple[Floats, Places]:
        """Return totals of `weighted` (of all rows, or of some) by cluster, and their strata.

        Clusters without any of these rows may be left out: their totals are 0.
        """
        cluster = self.cluster if rows is None else self.cluster[rows]
        if len(self.stratum) == len(self.cluster):  # each row is a cluster
            return weighted, self.stratum[cluster]
        return sums(weighted, cluster, len(self.stratum)), self.stratum


@dataclass(frozen=True, slots=True, eq=False)
class SurveyDesign:
    """Weights (rows), stages, the policy for strata with one cluster, and what else is known.

    `eligible` (rows) is false for those drawn who were found not to belong to the population: they
    keep their weight and their cluster and are in no estimate. `adjustments` made the weights, in
    order.
    """

    weights: Floats
    stages: tuple[Stage, ...]
    lonely: Lonely
    eligible: Mask
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def people(self) -> Places:
        """The rows that estimates are of: those eligible."""
        return np.flatnonzero(self.eligible)

    @property
    def is_simple(self) -> bool:
        """Whether this is a simple random sample without replacement, weighted to its population."""
        first = self.stages[0]
        alone = len(first.population) == 1 and len(first.stratum) == len(self.weights)
        population = float(first.population[0])
        expanded = np.allclose(self.weights * len(self.weights), population, rtol=1e-9, atol=0)
        return len(self.stages) == 1 and alone and np.isfinite(population) and bool(expanded)

    @property
    def is_sum_known(self) -> bool:
        """Whether the weights add up to a number that is known, and not to one that clusters tell.

        It is where people were drawn one by one, or everyone eligible counts towards a total met.
        """
        return len(self.stages[0].stratum) == len(self.weights) or self._meets_total

    @property
    def is_number_known(self) -> bool:
        """Whether it is known how many people are eligible."""
        return (bool(np.all(self.eligible)) and self.is_sum_known) or self._meets_total

    @property
    def _meets_total(self) -> bool:
        margins = [margin for step in self.adjustments for margin in step.margins]
        return any(bool(np.all(margin[self.eligible] >= 0)) for margin in margins)

    @property
    def is_census(self) -> bool:
        """Whether every cluster was drawn at every stage, so that no error of sampling is left."""
        return all(bool(np.all(stage.drawn == stage.population)) for stage in self.stages)

    def degrees_of_freedom(self, rows: Places | Mask) -> int:
        """Return clusters less strata of the first stage, of the strata in which some rows are.

        All clusters of these strata tell of the variance there, those without any of the rows as well:
        they say that the domain is rare there. So Stata counts; R counts the clusters with rows alone,
        which with strata of two or three people leaves next to nothing. What is found in one cluster
        alone has none: nothing of it varies between clusters.
        """
        first = self.stages[0]
        clusters = _found(first.cluster[rows], len(first.stratum))
        if len(clusters) < 2:
            return 0
        strata = _found(first.stratum[clusters], len(first.drawn))
        return int(first.drawn[strata].sum()) - len(strata)


def survey_design(
    weights: Sequence[float] | Floats,
    strata: Sequence[Labels | None] = (None,),
    clusters: Sequence[Labels | None] = (None,),
    populations: Sequence[Sequence[float] | Floats | None] = (None,),
    lonely: Lonely = "fail",
    eligible: Mask | None = None,
    adjustments: Sequence[Adjustment] = (),
) -> SurveyDesign:
    """Return a design from one column per stage, each with a label or number per row.

    A stage without strata has one; without clusters, each row is its own. `populations` gives, in
    every row, the number of clusters in the frame of that row's stratum. Labels are nested: the
    same cluster code in two strata is two clusters. Refusal when a weight is not above 0, or a
    population changes within a stratum or is below the number drawn.
    """
    w = np.asarray(weights, dtype=np.float64)
    if not len(w) or not np.all(np.isfinite(w) & (w > 0)):
        raise Refusal(_("every respondent needs a weight above 0; check the weights"))
    stages: list[Stage] = []
    for place in range(len(clusters)):
        before = stages[-1] if stages else None
        stages.append(_stage(len(w), strata[place], clusters[place], populations[place], before))
    everyone = np.ones(len(w), dtype=np.bool_)
    within = everyone if eligible is None else np.asarray(eligible, dtype=np.bool_)
    return SurveyDesign(w, tuple(stages), lonely, within, tuple(adjustments))


def variance(design: SurveyDesign, scores: Floats, rows: Places | None = None) -> Floats:
    """Return the variance (p × p) of the weighted total of `scores` (rows × p).

    `rows` are the rows of the design that the scores are of, by default all of it; the others have
    scores of 0 and stay in their cluster. Where the weights meet totals of the population, what
    these explain is taken off. Refusal under the policy 'fail' when a stratum has one cluster.

    Source: Cochran (1977), ch. 5 and 11, and Särndal, Swensson and Wretman (1992), ch. 4; Taylor
    linearisation as in Binder (1983). The policies for lone clusters are those of R's survey.
    """
    weights = design.weights if rows is None else design.weights[rows]
    weighted = scores * weights[:, np.newaxis]
    if design.adjustments:
        weighted, rows = residuals(design.adjustments, _everywhere(design, weighted, rows)), None
    parts = [_stage_variance(stage, weighted, rows, design.lonely) for stage in design.stages]
    return sum(parts[1:], start=parts[0])


def answering_variance(design: SurveyDesign, scores: Floats, rows: Places, valid: Mask) -> float:
    """Return what missing answers add to the variance of the weighted total of `scores` (rows).

    The finite population correction counts everyone interviewed, and only those with a `valid` answer
    tell anything. So they are taken for one more stage: a random sample of the `rows` of the domain
    within each stratum of the last stage, which adds what any stage does. Of a simple sample, the
    mean then has the correction of those who answered. A stratum in which one did is measured from
    zero. 0 where nothing is known of the population: there is no correction then.
    """
    last = design.stages[-1]
    places, n = last.stratum[last.cluster[rows]], len(last.drawn)
    asked, told = np.bincount(places, minlength=n), np.bincount(places[valid], minlength=n)
    scale = last.fraction * last.drawn / last.population * raised(told)
    scale = scale * (1 - told / np.maximum(asked, 1))
    z = np.where(valid, scores * design.weights[rows], 0.0)
    centre = np.bincount(places, weights=z, minlength=n) / np.maximum(told, 1)
    off = z - np.where(told > 1, centre, 0.0)[places]
    return float(np.sum((scale[places] * off**2)[valid]))


def sums(values: Floats, places: Places, n: int) -> Floats:
    """Return the sums of the rows of `values` (rows × p) by place (n × p)."""
    columns = [np.bincount(places, weights=column, minlength=n) for column in values.T]
    return np.stack(columns, axis=1)


def raised(drawn: Places) -> Floats:
    """Return n/(n − 1), 1 where n = 1."""
    return np.where(drawn > 1, drawn / np.maximum(drawn - 1, 1), 1.0)


def lone(stage: Stage, policy: Lonely) -> Mask:
    """Return the strata that vary and have one cluster; Refusal under the policy 'fail'."""
    alone = (stage.drawn == 1) & (stage.left() > 0) & (stage.fraction > 0)
    if policy == "fail" and np.any(alone):
        raise Refusal(
            _("a stratum has one cluster; merge strata, or choose how to treat lone clusters")
        )
    return cast(Mask, alone)


def _everywhere(design: SurveyDesign, weighted: Floats, rows: Places | None) -> Floats:
    """Return the values of some rows as those of all rows, 0 elsewhere."""
    if rows is None:
        return weighted
    out = np.zeros((len(design.weights), weighted.shape[1]))
    out[rows] = weighted
    return out


def _stage(
    rows: int,
    strata: Labels | None,
    clusters: Labels | None,
    populations: Sequence[float] | Floats | None,
    before: Stage | None,
) -> Stage:
    above = np.zeros(rows, dtype=np.intp) if before is None else before.cluster
    row_stratum = _nested(above, strata if strata is not None else np.zeros(rows))
    row_cluster = _nested(row_stratum, clusters if clusters is not None else np.arange(rows))
    stratum = _first_of(row_cluster, row_stratum)
    drawn = np.bincount(stratum)
    parent = _first_of(row_stratum, above)
    fraction = np.ones(len(drawn))
    if before is not None:
        within = before.stratum[parent]
        share = before.drawn[within] / before.population[within]
        fraction = before.fraction[within] * share
    population = np.full(len(drawn), np.inf)
    if populations is not None:
        population = _constant(np.asarray(populations, dtype=np.float64), row_stratum)
        if np.any(population < drawn):
            raise Refusal(
                _("a stratum has more clusters drawn than its population; correct the population")
            )
    return Stage(row_cluster, stratum, parent, drawn, population, fraction)


def _nested(above: Places, labels: Labels) -> Places:
    """Return places 0, 1, … for the pairs (place above, label)."""
    inner = np.unique(np.asarray(labels), return_inverse=True)[1]
    pairs = above * (int(inner.max()) + 1) + inner
    return cast(Places, np.unique(pairs, return_inverse=True)[1])


def _first_of(places: Places, values: NDArray[Any]) -> NDArray[Any]:
    """Return, for places 0, 1, …, the value in the first row of each."""
    return values[np.unique(places, return_index=True)[1]]


def _constant(values: Floats, places: Places) -> Floats:
    first = cast(Floats, _first_of(places, values))
    if not np.all(values > 0) or np.any(first[places] != values):
        raise Refusal(_("a stratum needs one population, above 0, in all its rows; correct it"))
    return first


def _found(places: Places, n: int) -> Places:
    """Return, in order, those of 0 … n − 1 that are among some places."""
    is_found = np.zeros(n, dtype=np.bool_)
    is_found[places] = True
    return np.flatnonzero(is_found)


def _stage_variance(stage: Stage, weighted: Floats, rows: Places | None, lonely: Lonely) -> Floats:
    """Return Σ_h φ_h (1 − n_h/N_h) n_h/(n_h−1) Σ_i (z_hi − z̄_h)(z_hi − z̄_h)′ for one stage.

    z_hi is the weighted total of cluster i of stratum h, φ_h the sampling fraction before it. The
    clusters that none of the rows is in have z_hi = 0: together, (n_h − their number) z̄_h z̄_h′.
    """
    alone = lone(stage, lonely)
    totals, stratum = stage.totals(weighted, rows)
    scale = stage.fraction * stage.left() * raised(stage.drawn)
    if lonely == "average" and np.any(alone):
        scale = scale * _average_factor(stage.parent, alone)
    centre = sums(totals, stratum, len(stage.drawn)) / stage.drawn[:, np.newaxis]
    if lonely == "adjust":
        centre[alone] = 0.0
    absent = stage.drawn - np.bincount(stratum, minlength=len(stage.drawn))
    centred = totals - centre[stratum]
    # Not @: threads of linear algebra wait for each other over a few columns of many rows.
    within = np.einsum("ci,cj,c->ij", centred, centred, scale[stratum])
    return cast(Floats, within + np.einsum("hi,hj,h->ij", centre, centre, scale * absent))


def _average_factor(parent: Places, alone: NDArray[np.bool_]) -> Floats:
    """Return strata over strata with a variance, within each parent, for each stratum."""
    every = np.bincount(parent)
    sound = np.bincount(parent, weights=~alone, minlength=len(every))
    if np.any((sound == 0) & (every > 0)):
        raise Refusal(_("every stratum has one cluster; choose another policy for lone clusters"))
    return cast(Floats, np.where(alone, 0.0, (every / np.maximum(sound, 1))[parent]))
