"""The design of a survey as arrays, and the variance of a weighted total under it.

A design has one row per respondent and one or more stages. At each stage the clusters of a stratum
were drawn without replacement, with equal probability, from a known number of them (or, without
that number, as if with replacement, and later stages then add nothing). Everything estimated is
turned into a total of linearised values first; this file holds the one variance there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from surveys.language import _
from surveys.problems import Refusal

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Labels = Sequence[object] | NDArray[Any]

# What to do with a stratum of which one cluster was drawn, as R's option survey.lonely.psu.
Lonely = Literal["fail", "remove", "adjust", "average", "certainty"]

# Below this share left undrawn a stratum is a census and adds nothing, even with one cluster (as R).
_CENSUS = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage: clusters in strata, strata in the clusters of the stage before.

    `cluster` (rows) gives each row's cluster; `stratum` (clusters) its stratum; `parent` (strata)
    the cluster of the stage before, 0 at the first; `population` (strata) the number of clusters
    there were, inf if unknown; `fraction` (strata) the product of the sampling fractions of the
    stages before, 1 at the first.
    """

    cluster: Places
    stratum: Places
    parent: Places
    population: Floats
    fraction: Floats

    def clusters_drawn(self) -> Places:
        """Return the number of clusters drawn in each stratum."""
        return np.bincount(self.stratum, minlength=len(self.population))


@dataclass(frozen=True, slots=True, eq=False)
class SurveyDesign:
    """Weights (rows), stages, and the policy for strata with one cluster."""

    weights: Floats
    stages: tuple[Stage, ...]
    lonely: Lonely = "fail"

    @property
    def is_simple(self) -> bool:
        """Whether this is a simple random sample without replacement, weighted to its population."""
        first = self.stages[0]
        alone = len(first.population) == 1 and len(first.stratum) == len(self.weights)
        population = float(first.population[0])
        expanded = np.allclose(self.weights * len(self.weights), population, rtol=1e-9, atol=0)
        return len(self.stages) == 1 and alone and np.isfinite(population) and bool(expanded)

    @property
    def is_census(self) -> bool:
        """Whether every cluster was drawn at every stage, so that no error of sampling is left."""
        return all(
            bool(np.all(stage.clusters_drawn() == stage.population)) for stage in self.stages
        )

    def degrees_of_freedom(self, rows: NDArray[np.bool_]) -> int:
        """Return clusters less strata of the first stage, counting those where `rows` are true."""
        clusters = np.unique(self.stages[0].cluster[rows & (self.weights > 0)])
        return len(clusters) - len(np.unique(self.stages[0].stratum[clusters]))


def survey_design(
    weights: Sequence[float] | Floats,
    strata: Sequence[Labels | None] = (None,),
    clusters: Sequence[Labels | None] = (None,),
    populations: Sequence[Sequence[float] | Floats | None] = (None,),
    lonely: Lonely = "fail",
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
    return SurveyDesign(w, tuple(stages), lonely)


def variance(design: SurveyDesign, scores: Floats) -> Floats:
    """Return the variance (p × p) of the weighted total of `scores` (rows × p).

    Rows outside a domain have scores of 0 and stay in their cluster. Refusal under the policy
    'fail' when a stratum has one cluster.

    Source: Cochran (1977), ch. 5 and 11, and Särndal, Swensson and Wretman (1992), ch. 4; Taylor
    linearisation as in Binder (1983). The policies for lone clusters are those of R's survey.
    """
    weighted = scores * design.weights[:, np.newaxis]
    parts = [_stage_variance(stage, weighted, design.lonely) for stage in design.stages]
    return sum(parts[1:], start=parts[0])


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
        share = before.clusters_drawn()[within] / before.population[within]
        fraction = before.fraction[within] * share
    population = np.full(len(drawn), np.inf)
    if populations is not None:
        population = _constant(np.asarray(populations, dtype=np.float64), row_stratum)
        if np.any(population < drawn):
            raise Refusal(
                _("a stratum has more clusters drawn than its population; correct the population")
            )
    return Stage(row_cluster, stratum, parent, population, fraction)


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


def _sums(values: Floats, places: Places, n: int) -> Floats:
    """Return the sums of the rows of `values` (rows × p) by place (n × p)."""
    out = np.zeros((n, values.shape[1]))
    np.add.at(out, places, values)
    return out


def _stage_variance(stage: Stage, weighted: Floats, lonely: Lonely) -> Floats:
    """Return Σ_h φ_h (1 − n_h/N_h) n_h/(n_h−1) Σ_i (z_hi − z̄_h)(z_hi − z̄_h)′ for one stage.

    z_hi is the weighted total of cluster i of stratum h, φ_h the sampling fraction before it.
    """
    n = stage.clusters_drawn()
    left = np.where(np.isinf(stage.population), 1.0, 1 - n / stage.population)
    left[left < _CENSUS] = 0.0
    totals = _sums(weighted, stage.cluster, len(stage.stratum))
    centred = totals - (_sums(totals, stage.stratum, len(n)) / n[:, np.newaxis])[stage.stratum]
    scale = stage.fraction * left * np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    alone = (n == 1) & (left > 0) & (stage.fraction > 0)
    if np.any(alone):
        if lonely == "fail":
            raise Refusal(
                _("a stratum has one cluster; merge strata, or choose how to treat lone clusters")
            )
        if lonely == "adjust":
            centred = np.where(alone[stage.stratum][:, np.newaxis], totals, centred)
        if lonely == "average":
            scale = scale * _average_factor(stage.parent, alone)
    return (centred * scale[stage.stratum][:, np.newaxis]).T @ centred


def _average_factor(parent: Places, alone: NDArray[np.bool_]) -> Floats:
    """Return strata over strata with a variance, within each parent, for each stratum."""
    every = np.bincount(parent)
    sound = np.bincount(parent, weights=~alone, minlength=len(every))
    if np.any((sound == 0) & (every > 0)):
        raise Refusal(_("every stratum has one cluster; choose another policy for lone clusters"))
    return cast(Floats, np.where(alone, 0.0, (every / np.maximum(sound, 1))[parent]))
