"""Weights after non-response: N_h/r_h, strata of fewer than two respondents merged."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.strata import Merge
from export.respondents.nonresponse import response_weights
from surveys.problems import Refusal


def test_weights_are_the_people_of_a_stratum_over_those_who_answered() -> None:
    """N_h/r_h, so that the weights of the respondents of a stratum add up to its people."""
    found = response_weights({1: 30, 2: 20}, {1: 6, 2: 5})
    assert dict(found.weight) == {1: 5.0, 2: 4.0}
    assert found.merges == ()


def test_strata_with_fewer_than_two_respondents_are_merged() -> None:
    """The smallest of them with its smaller neighbour; populations and respondents are pooled."""
    found = response_weights({1: 30, 2: 10, 3: 20}, {1: 6, 2: 1, 3: 4})
    assert found.merges == (Merge(2, 3),)
    assert dict(found.stratum) == {1: 1, 2: 2, 3: 2}
    assert dict(found.population) == {1: 30, 2: 30, 3: 30}
    assert dict(found.respondents) == {1: 6, 2: 5, 3: 5}
    assert dict(found.weight) == {1: 5.0, 2: 6.0, 3: 6.0}
    assert response_weights({1: 30, 10: 10, 2: 20}, {1: 6, 2: 4}).merges == (Merge(2, 10),)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.integers(1, 40), st.tuples(st.integers(1, 50), st.integers(0, 6)), min_size=1
    )
)
def test_weights_add_up_to_the_population(strata: dict[int, tuple[int, int]]) -> None:
    """Σ_h r_h · weight_h = N after any merging, unless fewer than two answered in all."""
    populations = {number: N + r for number, (N, r) in strata.items()}
    respondents = {number: r for number, (_N, r) in strata.items() if r}
    if sum(respondents.values()) < 2:
        with pytest.raises(Refusal):
            response_weights(populations, respondents)
        return
    found = response_weights(populations, respondents)
    total = sum(r * found.weight[number] for number, r in respondents.items())
    assert total == pytest.approx(sum(populations.values()))
    assert all(r >= 2 for r in found.respondents.values())


def test_a_respondent_of_no_stratum_is_refused() -> None:
    """A stratum number that the draw does not know is a mistake to correct, not to weigh."""
    with pytest.raises(Refusal, match="no stratum"):
        response_weights({1: 30}, {1: 5, 2: 3})
