"""How risky tables are, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from export.disclosure import risk, uniqueness
from export.disclosure.classes import MISSING, Codes, Floats
from export.disclosure.diversity import likeness


@dataclass(frozen=True, slots=True)
class Diversity:
    """Of one sensitive column: the least l of anyone, distinct and entropy, None where nobody answered.

    `different` answers were given in all. `alike` is how many people can be told the answer of though
    they are not recognised: all who match them and answered gave the same.
    """

    column: str
    different: int
    distinct: int | None
    entropy: float | None
    alike: int

    def is_below(self, asked: int) -> bool:
        """Whether somebody's like gave fewer different answers than asked, or than everybody together."""
        return self.distinct is not None and self.distinct < min(asked, self.different)


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured of n people.

    `k` is the least number of rows that could be anybody's, of whom others know the keys, their own included; `below` for how many there are
    fewer than 2, 3 and the k asked for, by that number. `uniques` match nobody else;
    `population_uniques` of them can be expected to match nobody in the population. `highest` and
    `mean` are of the individual risks, `expected` their sum.
    """

    n: int
    k: int
    below: Mapping[int, int]
    uniques: int
    population_uniques: float
    highest: float
    mean: float
    expected: float
    diversity: tuple[Diversity, ...]


def measured(
    truth: Codes,
    shown: Codes,
    weights: Floats,
    answers: Mapping[str, NDArray[np.int64]],
    k: int,
) -> Measures:
    """Return the measures of people by their keys, and by their answers to what is sensitive.

    `truth` and `shown` as of `frequencies`. Of nobody, all numbers are 0.
    """
    n = len(truth)
    like = likeness(truth, shown, weights, list(answers.values()))
    f, population = like.f, like.population
    risks = risk.individual(f, population)
    return Measures(
        n=n,
        k=int(f.min(initial=n)),
        below={bound: int(np.sum(f < bound)) for bound in sorted({2, 3, k})},
        uniques=uniqueness.in_sample(f),
        population_uniques=uniqueness.in_population(f, population),
        highest=float(risks.max(initial=0)),
        mean=float(risks.mean()) if n else 0.0,
        expected=risk.expected(risks),
        diversity=tuple(
            _diversity(name, given, *found)
            for (name, given), found in zip(answers.items(), like.diversity, strict=True)
        ),
    )


def _diversity(
    column: str, answers: NDArray[np.int64], distinct: Floats, entropy: Floats
) -> Diversity:
    known = ~np.isnan(distinct)
    if not np.any(known):
        return Diversity(column, 0, None, None, 0)
    return Diversity(
        column,
        len(np.unique(answers[answers != MISSING])),
        int(distinct[known].min()),
        float(entropy[known].min()),
        int(np.sum(distinct[known] == 1)),
    )
