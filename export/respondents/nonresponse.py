"""Weights after non-response: within a stratum those who answered stand for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from export.drawing.strata import MINIMUM, Group, Merge, collapse
from surveys.language import _
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class ResponseWeights:
    """Weights after non-response: by stratum of the draw, the stratum it is analysed in, with the
    N_h, r_h and weight N_h/r_h of that stratum, and the merges made to reach two respondents."""

    stratum: Mapping[int, int]
    population: Mapping[int, int]
    respondents: Mapping[int, int]
    weight: Mapping[int, float]
    merges: tuple[Merge, ...]


def response_weights(
    populations: Mapping[int, int], respondents: Mapping[int, int]
) -> ResponseWeights:
    """Return N_h/r_h per stratum, after merging strata with fewer than two respondents.

    `populations` gives N_h for every stratum of the draw by its number, `respondents` r_h (a
    stratum left out has none). Neighbours are neighbours by number, as the draw ordered them.
    Within a stratum, non-response is taken to be at random.
    """
    answered = {number: respondents.get(number, 0) for number in populations}
    if set(respondents) - set(populations):
        raise Refusal(_("a respondent is of no stratum of the draw; check sample.csv"))
    if sum(answered.values()) < MINIMUM:
        raise Refusal(
            _(
                "fewer than 2 of the people drawn have answered, too few for weights; collect records first"
            )
        )
    groups = [Group(f"{n:09d}", populations[n], (n,)) for n in sorted(populations)]
    kept, r, merges = collapse(
        groups, lambda now: [sum(answered[n] for n in group.members) for group in now]
    )
    found = [(n, group, r_h) for group, r_h in zip(kept, r, strict=True) for n in group.members]
    return ResponseWeights(
        stratum={n: group.members[0] for n, group, _r in found},
        population={n: group.population for n, group, _r in found},
        respondents={n: r_h for n, _group, r_h in found},
        weight={n: group.population / r_h for n, group, r_h in found},
        merges=merges,
    )
