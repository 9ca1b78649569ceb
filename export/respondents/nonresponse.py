"""Weights after non-response: within a class those who answered stand for those who did not.

A class is a stratum of the draw, unless the study says otherwise. A class needs two units drawn
(people, or clusters where clusters were drawn) in which somebody answered, and so does a stratum for
its variance: where there are fewer, neighbours are taken together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

from export.drawing.sample import DrawnCase, base_weights
from export.drawing.strata import MINIMUM, Group, Merge, collapse
from surveys.language import _
from surveys.problems import Refusal

# What is known of a case released: interviewed; of the population but not interviewed (AAPOR 2.x);
# found not to be of it (4.x); or nothing (3.x).
Known = Literal["respondent", "eligible", "ineligible", "unknown"]


@dataclass(frozen=True, slots=True)
class ResponseClass:
    """Strata of the draw in which non-response is taken to be at random.

    `released`, `known`, `eligible` and `answered` are sums of design weights: of the cases released,
    of those of which it is known whether they belong to the population, of those who do, and of the
    `respondents`, whose number is the last field.
    """

    strata: tuple[int, ...]
    released: float
    known: float
    eligible: float
    answered: float
    respondents: int

    @property
    def of_status(self) -> float:
        """By what a design weight is multiplied where it is known whether the case belongs."""
        return self.released / self.known

    @property
    def of_respondents(self) -> float:
        """By what the design weight of a respondent is multiplied."""
        return self.of_status * self.eligible / self.answered


@dataclass(frozen=True, slots=True)
class ResponseWeights:
    """Design weights (of every case released) and weights after non-response (of those in the design,
    respondents and not eligible), by case; the classes, and how they were merged.

    `stratum` and `population` give, by stratum of the draw, the stratum it is analysed in and the
    N_h of that.
    """

    base: Mapping[str, float]
    weight: Mapping[str, float]
    classes: tuple[ResponseClass, ...]
    merges: tuple[Merge, ...]
    stratum: Mapping[int, int]
    population: Mapping[int, int]

    @property
    def taken_together(self) -> tuple[tuple[int, ...], ...]:
        """The strata of the draw that are analysed as one, where several are."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for number, analysed in sorted(self.stratum.items()):
            members[analysed].append(number)
        return tuple(tuple(found) for found in members.values() if len(found) > 1)


def response_weights(
    sample: Mapping[str, DrawnCase],
    known: Mapping[str, Known],
    classes: Sequence[Sequence[int]] = (),
) -> ResponseWeights:
    """Return the weights after non-response of the cases in the design.

    `known` says of every case released what is known of it. `classes` are groups of strata by number;
    a stratum in none is a class of its own. Neighbours are neighbours by number.

    With a the sums of design weights d in a class, the weight is d · a(released)/a(known) where the
    case is not eligible, and that times a(eligible)/a(respondents) for a respondent, so that weights
    add up to a(released). Source: Valliant, Dever and Kreuter (2013), Practical Tools for Designing
    and Weighting Survey Samples, § 13.4–13.5. Raises Refusal where fewer than two units answered.
    """
    base = base_weights(sample)
    populations = {one.stratum: one.population for one in sample.values()}
    answered: defaultdict[int, set[object]] = defaultdict(set)
    for case, state in known.items():
        one = sample[case]
        if state == "respondent":
            answered[one.stratum].add(case if one.cluster is None else one.cluster)
    if sum(len(units) for units in answered.values()) < MINIMUM:
        raise _too_few(is_clustered=any(one.cluster is not None for one in sample.values()))

    def counts(groups: Sequence[Group]) -> list[int]:
        return [sum(len(answered[number]) for number in group.members) for group in groups]

    merged, _counts, merges = collapse(_groups(populations, classes), counts)
    found = _classes(merged, sample, known, base)
    place = {number: each for each in found for number in each.strata}
    strata: dict[int, Group] = {}
    for each in found:
        inside = [Group(f"{n:09d}", populations[n], (n,)) for n in each.strata]
        strata |= {n: group for group in collapse(inside, counts)[0] for n in group.members}
    return ResponseWeights(
        base=base,
        weight={
            case: base[case] * _factor(state, place[sample[case].stratum])
            for case, state in known.items()
            if state in {"respondent", "ineligible"}
        },
        classes=found,
        merges=merges,
        stratum={number: min(group.members) for number, group in strata.items()},
        population={number: group.population for number, group in strata.items()},
    )


def _groups(populations: Mapping[int, int], classes: Sequence[Sequence[int]]) -> list[Group]:
    """Return the classes as groups, in the order of their first strata."""
    together = {number: tuple(sorted(group)) for group in classes for number in group}
    if unknown := sorted(set(together) - set(populations)):
        raise Refusal(
            _("the draw has no stratum {numbers}; correct weights.yaml").format(
                numbers=", ".join(map(str, unknown))
            )
        )
    every = dict.fromkeys(together.get(number, (number,)) for number in sorted(populations))
    return [Group(f"{g[0]:09d}", sum(populations[number] for number in g), g) for g in every]


def _classes(
    merged: Sequence[Group],
    sample: Mapping[str, DrawnCase],
    known: Mapping[str, Known],
    base: Mapping[str, float],
) -> tuple[ResponseClass, ...]:
    place = {number: at for at, group in enumerate(merged) for number in group.members}
    weights: defaultdict[tuple[int, Known], list[float]] = defaultdict(list)
    for case, state in known.items():
        weights[place[sample[case].stratum], state].append(base[case])
    found = []
    for at, group in enumerate(merged):
        answered, eligible, ineligible, unknown = (
            weights[at, state] for state in ("respondent", "eligible", "ineligible", "unknown")
        )
        found.append(
            ResponseClass(
                strata=tuple(sorted(group.members)),
                released=fsum((*answered, *eligible, *ineligible, *unknown)),
                known=fsum((*answered, *eligible, *ineligible)),
                eligible=fsum((*answered, *eligible)),
                answered=fsum(answered),
                respondents=len(answered),
            )
        )
    return tuple(found)


def _factor(state: Known, place: ResponseClass) -> float:
    return place.of_respondents if state == "respondent" else place.of_status


def _too_few(*, is_clustered: bool) -> Refusal:
    if is_clustered:
        return Refusal(
            _("fewer than 2 of the clusters drawn have a respondent; collect records first")
        )
    return Refusal(
        _(
            "fewer than 2 of the people drawn have answered, too few for weights; collect records first"
        )
    )
