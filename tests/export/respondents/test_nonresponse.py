"""Weights after non-response: within a class those who answered stand for those who did not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.sample import DrawnCase
from export.drawing.strata import Merge
from export.respondents.nonresponse import Known, response_weights
from surveys.problems import Refusal

STATES: tuple[Known, ...] = ("respondent", "eligible", "ineligible", "unknown")


def drawn(
    strata: dict[int, tuple[int, list[Known]]],
) -> tuple[dict[str, DrawnCase], dict[str, Known]]:
    """Return a sample and what is known of it, from N_h and the cases of each stratum."""
    sample, known = {}, {}
    for number, (population, states) in strata.items():
        for k, state in enumerate(states):
            case = f"{number}-{k}"
            sample[case] = DrawnCase(case, number, population, is_released=True)
            known[case] = state
    return sample, known


def answering(
    strata: dict[int, tuple[int, int, int]],
) -> tuple[dict[str, DrawnCase], dict[str, Known]]:
    """Return the same from N_h, n_h and r_h; of the others nothing is known."""
    return drawn(
        {
            number: (population, [STATES[0 if k < r else 3] for k in range(n)])
            for number, (population, n, r) in strata.items()
        }
    )


def test_weights_are_the_people_of_a_stratum_over_those_who_answered() -> None:
    """N_h/r_h, whatever n_h was."""
    found = response_weights(*answering({1: (30, 10, 6), 2: (20, 5, 5)}))
    assert [found.weight[case] for case in ("1-0", "1-5", "2-0")] == pytest.approx([5.0, 5.0, 4.0])
    assert found.base["1-9"] == 3.0
    assert found.merges == ()
    assert found.taken_together == ()
    assert "1-6" not in found.weight


def test_classes_with_fewer_than_two_respondents_are_merged() -> None:
    """The smallest with its smaller neighbour; a case keeps its own weight of the draw in it."""
    found = response_weights(*answering({1: (30, 8, 6), 2: (10, 5, 1), 3: (20, 5, 4)}))
    assert found.merges == (Merge(2, 3),)
    assert dict(found.stratum) == {1: 1, 2: 2, 3: 2}
    assert dict(found.population) == {1: 30, 2: 30, 3: 30}
    assert found.taken_together == ((2, 3),)
    # 2 · 5 + 4 · 5 people are released in both, 2 · 1 + 4 · 4 answered.
    assert found.weight["2-0"] == pytest.approx(2 * 30 / 18)
    assert found.weight["3-0"] == pytest.approx(4 * 30 / 18)
    assert [one.respondents for one in found.classes] == [6, 5]
    together = answering({1: (30, 6, 6), 10: (10, 5, 1), 2: (20, 5, 4)})
    assert response_weights(*together).merges == (Merge(2, 10),)


def test_who_is_not_eligible_stands_for_those_of_whom_nothing_is_known() -> None:
    """And for nobody known to be eligible: those who refused are stood for by respondents alone."""
    times = zip(STATES, (4, 4, 2, 10), strict=True)
    states = [state for state, n in times for _case in range(n)]
    found = response_weights(*drawn({1: (200, states)}))
    # 20 of 200 released: 100 known, of whom 80 eligible and 20 not.
    assert found.weight["1-8"] == pytest.approx(10 * 200 / 100)
    assert found.weight["1-0"] == pytest.approx(10 * 200 / 100 * 80 / 40)
    (only,) = found.classes
    assert (only.released, only.known, only.eligible, only.answered) == (200, 100, 80, 40)


def test_classes_may_be_groups_of_strata() -> None:
    """One factor for the group; a stratum in no group is one; the variance keeps its strata."""
    sample, known = answering({1: (30, 10, 2), 2: (20, 10, 8), 3: (50, 10, 5)})
    found = response_weights(sample, known, [(2, 1)])
    assert [one.strata for one in found.classes] == [(1, 2), (3,)]
    assert found.weight["1-0"] == pytest.approx(3 * 50 / 22)
    assert found.weight["2-0"] == pytest.approx(2 * 50 / 22)
    assert found.weight["3-0"] == pytest.approx(10.0)
    assert dict(found.stratum) == {1: 1, 2: 2, 3: 3}
    with pytest.raises(Refusal, match="no stratum 7, 9"):
        response_weights(sample, known, [(1, 9), (7,)])


def test_where_clusters_were_drawn_two_of_them_must_have_a_respondent() -> None:
    """Any number of respondents in one cluster say nothing of the differences between clusters."""
    sample, known = {}, {}
    for stratum, cluster, answers in ((1, 11, 3), (1, 12, 2), (2, 21, 4), (2, 22, 0)):
        for k in range(4):
            case = f"{cluster}-{k}"
            sample[case] = DrawnCase(case, stratum, 6, True, None, cluster, 8)
            known[case] = STATES[0 if k < answers else 3]
    found = response_weights(sample, known)
    assert found.base["11-0"] == 6 / 2 * 8 / 4
    assert found.taken_together == ((1, 2),)
    assert dict(found.population) == {1: 12, 2: 12}
    with pytest.raises(Refusal, match="fewer than 2 of the clusters"):
        response_weights(
            sample,
            {case: state if case[:2] == "21" else "unknown" for case, state in known.items()},
        )


@settings(max_examples=60, deadline=None)
@given(
    strata=st.dictionaries(
        st.integers(1, 40),
        st.tuples(st.integers(0, 50), st.lists(st.sampled_from(STATES), min_size=1, max_size=6)),
        min_size=1,
        max_size=8,
    ),
    pooled=st.booleans(),
)
def test_weights_add_up_to_the_population(
    strata: dict[int, tuple[int, list[Known]]], pooled: bool
) -> None:
    """Those in the design stand for all N people after any merging, in every class."""
    sample, known = drawn(
        {number: (len(states) + more, states) for number, (more, states) in strata.items()}
    )
    classes = [tuple(strata)] if pooled else []
    if list(known.values()).count("respondent") < 2:
        with pytest.raises(Refusal, match="fewer than 2"):
            response_weights(sample, known, classes)
        return
    found = response_weights(sample, known, classes)
    everyone = sum(len(states) + more for more, states in strata.values())
    assert sum(found.weight.values()) == pytest.approx(everyone)
    assert all(one.respondents >= 2 for one in found.classes)
    assert sum(one.released for one in found.classes) == pytest.approx(everyone)
    for analysed in set(found.stratum.values()):
        members = [number for number in strata if found.stratum[number] == analysed]
        answers = [known[case] for case, one in sample.items() if one.stratum in members]
        assert answers.count("respondent") >= 2
        assert found.population[members[0]] == sum(
            sample[f"{number}-0"].population for number in members
        )
