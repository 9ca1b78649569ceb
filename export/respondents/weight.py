"""From records to respondents with weights: the sample joined on the case.

A respondent is a person drawn whose interview is complete or partial. The weight begins as that of
the draw, is raised for those who did not answer (`nonresponse.py`), and follows what the study asks
for after that (`weighting.py`); every step is kept. Nothing was drawn for questionnaires about
anything but a person drawn: of professionals, of sites, of those who gave no interview each record
counts as one, and as the outcome of no case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from export.drawing.sample import DrawnCase
from export.respondents.counting import ANSWERED, Unused, counted
from export.respondents.dispositions import ELIGIBLE, INTERVIEWS, class_of, outcome_of
from export.respondents.nonresponse import Known, ResponseWeights, response_weights
from export.respondents.treating import treated
from export.respondents.weighting import BY_STRATUM, DESIGN, RESPONSE, Weighting
from export.study import StudyInstrument
from interviewer.record import Record


@dataclass(frozen=True, slots=True, repr=False)
class Respondent:
    """A record that counts, for how many, and where it was drawn from.

    `population` is N_h, of people or, where `cluster` has a number, of clusters; None where nothing
    was drawn. `people` is N_i, all who are in the cluster. `steps` are the weights after each step
    that made them, by its name and in order; the last is `weight`.
    """

    record: Record
    weight: float
    stratum: int
    population: int | None
    cluster: int | None = None
    people: int | None = None
    steps: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Ineligible:
    """A case found not to belong to the population: what of a `Respondent` is known of it.

    It stays in the design, for how many there are like it is an estimate too, and in no estimate.
    """

    weight: float
    stratum: int
    population: int | None
    cluster: int | None = None
    people: int | None = None
    steps: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Respondents:
    """The respondents of one questionnaire, in order of record id, and what became of everybody else.

    `ineligible` were found not to belong to the population, in order of case. `drawn` is the number
    of cases released, None without a sample. `outcomes` counts them by AAPOR code; without a sample,
    the cases that have a record; {} where the unit is no person. `response` says how non-response was
    made good, None without a sample; `weighting` what was asked for.
    """

    people: tuple[Respondent, ...]
    ineligible: tuple[Ineligible, ...]
    unused: tuple[Unused, ...]
    drawn: int | None
    outcomes: Mapping[str, int]
    response: ResponseWeights | None = None
    weighting: Weighting = BY_STRATUM

    @property
    def rows(self) -> tuple[Respondent | Ineligible, ...]:
        """The rows of the design: the respondents, then those not eligible."""
        return (*self.people, *self.ineligible)

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the steps that made the weights, in order."""
        return (DESIGN, RESPONSE, *(one.name for one in self.weighting.treatments))


def respondents(
    found: StudyInstrument,
    records: Sequence[Record],
    sample: Mapping[str, DrawnCase] | None,
    weighting: Weighting = BY_STRATUM,
) -> Respondents:
    """Return the respondents of a questionnaire among the records of a study.

    Without a sample each weighs 1 before any treatment, and the population is unknown. Raises Refusal
    where fewer than two people (or clusters) of a sample have answered, or weights cannot be made.
    """
    best, unused = counted(found, records, sample)
    answered = sorted(
        (one for one in best.values() if one.status in ANSWERED), key=lambda one: one.id
    )
    if found.unit != "person" or sample is None:
        outcomes = Counter(outcome_of(one) for one in best.values() if found.unit == "person")
        alike = dict.fromkeys((DESIGN, RESPONSE), 1.0)
        people = tuple(Respondent(one, 1.0, 1, None, steps=alike) for one in answered)
        people = _treated(people, weighting)
        return Respondents(people, (), unused, None, outcomes, weighting=weighting)
    states = known_of(best, sample)
    response = response_weights(sample, states, _classes(weighting, sample))
    shared: dict[tuple[float, float], Mapping[str, float]] = {}
    people = tuple(
        Respondent(one, **_drawn(sample[one.case], response, shared)) for one in answered
    )
    ineligible = tuple(
        Ineligible(**_drawn(sample[case], response, shared))
        for case, state in sorted(states.items())
        if state == "ineligible"
    )
    outcomes = Counter(outcome_of(best.get(case)) for case in states)
    return Respondents(
        _treated(people, weighting),
        _untouched(ineligible, weighting),
        unused,
        len(states),
        outcomes,
        response,
        weighting,
    )


def known_of(best: Mapping[str, Record], sample: Mapping[str, DrawnCase]) -> dict[str, Known]:
    """Return what is known of every case released, by the record that counts of it."""
    return {case: _known(best.get(case)) for case, drawn in sample.items() if drawn.is_released}


def _known(one: Record | None) -> Known:
    disposition = class_of(outcome_of(one))
    if disposition in INTERVIEWS:
        return "respondent"
    if disposition == "NE":
        return "ineligible"
    return "eligible" if disposition in ELIGIBLE else "unknown"


def _classes(weighting: Weighting, sample: Mapping[str, DrawnCase]) -> tuple[tuple[int, ...], ...]:
    match weighting.classes:
        case "strata":
            return ()
        case "all":
            return (tuple(sorted({one.stratum for one in sample.values()})),)
        case groups:
            return groups


class _Drawn(TypedDict):
    """What a row of the design has from the draw and the response."""

    weight: float
    stratum: int
    population: int
    cluster: int | None
    people: int | None
    steps: Mapping[str, float]


def _drawn(
    one: DrawnCase,
    response: ResponseWeights,
    shared: dict[tuple[float, float], Mapping[str, float]],
) -> _Drawn:
    """Return what a case has from the draw and the response; the steps of those weighted alike are shared."""
    base, weight = response.base[one.case], response.weight[one.case]
    steps = shared.setdefault((base, weight), {DESIGN: base, RESPONSE: weight})
    return {
        "weight": weight,
        "stratum": response.stratum[one.stratum],
        "population": response.population[one.stratum],
        "cluster": one.cluster,
        "people": one.people,
        "steps": steps,
    }


def _treated(people: tuple[Respondent, ...], weighting: Weighting) -> tuple[Respondent, ...]:
    """Return the respondents with the weights after every treatment."""
    if not weighting.treatments:
        return people
    steps = treated(
        [one.record for one in people], [one.weight for one in people], weighting.treatments
    )
    return tuple(
        replace(one, weight=[one.weight, *more.values()][-1], steps={**one.steps, **more})
        for one, more in zip(people, steps, strict=True)
    )


def _untouched(ineligible: tuple[Ineligible, ...], weighting: Weighting) -> tuple[Ineligible, ...]:
    """Return those not eligible as the treatments leave them: no total known is of theirs."""
    names = [step.name for step in weighting.treatments]
    if not names:
        return ineligible
    return tuple(
        replace(one, steps={**one.steps, **dict.fromkeys(names, one.weight)}) for one in ineligible
    )
