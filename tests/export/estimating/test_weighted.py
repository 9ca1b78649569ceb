"""The design that respondents came by."""

from __future__ import annotations

from typing import Any

import numpy as np

from export.estimating.weighted import design_of
from export.respondents.weight import Ineligible, Respondent, Respondents
from interviewer.record import Record

TEXTS = "id study kit instrument instrument_version instrument_hash device unit case interviewer language mode"
PLAIN: dict[str, Any] = dict.fromkeys(TEXTS.split(), "") | {
    "sequence": 1,
    "kind": "interview",
    "outcome": "1.1",
    "status": "complete",
    "week": "2022-W15",
    "minutes": 0,
    "is_practice": False,
    "is_simulated": False,
}
SOMEBODY = Record(**PLAIN)


def test_people_drawn_from_strata_are_one_stage() -> None:
    """Each row its own cluster, strata with their N_h; nobody is alone in one."""
    people = tuple(Respondent(SOMEBODY, 5.0, h, 10 * h) for h in (1, 1, 2, 2))
    design = design_of(Respondents(people, (), (), 4, {}))
    (stage,) = design.stages
    assert stage.stratum.tolist() == [0, 0, 1, 1]
    assert stage.population.tolist() == [10.0, 20.0]
    assert design.lonely == "fail"
    assert design.eligible.all()


def test_who_is_not_eligible_comes_last_and_is_in_no_estimate() -> None:
    """With a weight and a stratum of its own, so that others like it are counted with it."""
    people = tuple(Respondent(SOMEBODY, 5.0, 1, 20) for _n in range(3))
    design = design_of(Respondents(people, (Ineligible(4.0, 1, 20),), (), 4, {}))
    assert design.weights.tolist() == [5.0, 5.0, 5.0, 4.0]
    assert design.eligible.tolist() == [True, True, True, False]
    assert design.stages[0].drawn.tolist() == [4]


def test_clusters_are_a_stage_and_their_people_another() -> None:
    """N_h counts clusters, N_i people of a cluster; a cluster with one respondent stops nothing."""
    places = [(1, 7), (1, 7), (1, 8), (2, 3), (2, 4), (2, 4)]
    people = tuple(Respondent(SOMEBODY, 6.0, h, 30 * h, i, 10 + i) for h, i in places)
    design = design_of(Respondents(people, (), (), 6, {}))
    clusters, inside = design.stages
    assert clusters.population.tolist() == [30.0, 60.0]
    assert clusters.drawn.tolist() == [2, 2]
    assert sorted(inside.population.tolist()) == [13.0, 14.0, 17.0, 18.0]
    assert sorted(inside.drawn.tolist()) == [1, 1, 2, 2]
    assert design.lonely == "adjust"


def test_where_nothing_was_drawn_the_population_is_unknown() -> None:
    """As if drawn from very many, each counting as one."""
    people = tuple(Respondent(SOMEBODY, 1.0, 1, None) for _n in range(3))
    design = design_of(Respondents(people, (), (), None, {}))
    assert np.isinf(design.stages[0].population).all()
