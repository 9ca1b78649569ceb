"""Values of parameters: in order, drawn by name, changed one at a time."""

from __future__ import annotations

import math
from dataclasses import replace
from graphlib import CycleError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.modelling.distributions import beta, gamma, normal
from export.modelling.model import Model, Parameter
from export.modelling.values import base, circles, computed, drawn, one_by_one, order
from tests.cohorts import certain, model, shares_of, strategy, uncertain


def of(*parameters: Parameter) -> Model:
    rows = {"here": {"here": 1}}
    return model(("here",), [strategy("usual", rows, {})], start={"here": 1}, parameters=parameters)


def by_name(*some: Parameter) -> dict[str, Parameter]:
    return {one.name: one for one in some}


@settings(max_examples=50)
@given(st.permutations(range(6)))
def test_what_is_calculated_comes_after_what_it_reads(listed: list[int]) -> None:
    """However parameters are listed, a chain of formulas has its values."""
    chain = [certain("p0", 1), *(certain(f"p{at}", f"p{at - 1} * 2") for at in range(1, 6))]
    shuffled = [chain[at] for at in listed]
    assert order(by_name(*shuffled)) == tuple(f"p{at}" for at in range(6))
    found = base(of(*shuffled))
    assert [float(found[f"p{at}"][0, 0]) for at in range(6)] == [1, 2, 4, 8, 16, 32]


def test_circles_are_told_with_their_path() -> None:
    """Each parameter of a circle reads the next; of itself alone is a circle too; the rest is in none."""
    some = by_name(
        certain("a", "b + 1"),
        certain("b", "c"),
        certain("c", "a"),
        certain("alone", "alone * 2"),
        certain("after", "a"),
        certain("fine", 3),
    )
    found = list(circles(some))
    assert sorted(map(len, found)) == [1, 3]
    for circle in found:
        for name, read in zip(circle, (*circle[1:], circle[0]), strict=True):
            formula = some[name].formula
            assert formula is not None
            assert read in formula.names
    with pytest.raises(CycleError):
        order(some)


def test_what_follows_from_a_change_follows() -> None:
    """Changing a value moves what is calculated from it; changing what is calculated holds it there."""
    made = of(certain("a", 2), certain("b", "a * 10"), certain("c", "b + 1"))
    assert [float(base(made, {"a": 3})[name][0, 0]) for name in "abc"] == [3, 30, 31]
    assert [float(base(made, {"b": 7})[name][0, 0]) for name in "abc"] == [2, 7, 8]


def test_what_a_study_has_not_given_is_no_number_and_so_is_what_follows() -> None:
    """NaN for it and for its consequences; the rest has values."""
    asked = replace(certain("a", 1), origin="study", value=None)
    found = base(of(asked, certain("b", "a * 2"), certain("c", 5)))
    assert [math.isnan(found[name][0, 0]) for name in "abc"] == [True, True, False]


X, Y = uncertain("x", 0.2, beta(0.2, 0.05)), uncertain("y", 5, gamma(5, 1))


def test_draws_hang_on_the_seed_and_the_name_alone() -> None:
    """Another parameter, another order and more draws leave the first draws as they were; another seed does not."""
    alone = drawn(of(X), 50, 1)["x"]
    np.testing.assert_array_equal(alone, drawn(of(Y, certain("z", 1), X), 50, 1)["x"])
    np.testing.assert_array_equal(alone, drawn(of(X), 80, 1)["x"][:, :50])
    assert not np.array_equal(alone, drawn(of(X), 50, 2)["x"])
    other = drawn(of(replace(X, name="other")), 50, 1)["other"]
    assert abs(float(np.corrcoef(alone[0], other[0])[0, 1])) < 0.9


def test_draws_have_shapes_that_are_met_by_formulas() -> None:
    """(1, n) of what is uncertain, (1, 1) of what is not; calculated ones follow draw by draw."""
    made = of(X, certain("c", 3), certain("double", "x * 2 + c"))
    found = drawn(made, 20, 1)
    assert {name: one.shape for name, one in found.items()} == {"x": (1, 20), "c": (1, 1)}
    np.testing.assert_allclose(computed(made, found)["double"], found["x"] * 2 + 3)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 200), min_size=2, max_size=5))
def test_shares_of_a_dirichlet_sum_to_one_in_every_draw(counts: list[int]) -> None:
    """And their means tend to the shares of the counts, with the errors of the distribution."""
    names = {f"d{at}": float(count) for at, count in enumerate(counts)}
    found = drawn(of(*shares_of("group", names)), 4000, 1)
    np.testing.assert_allclose(sum(found.values()), 1, rtol=0, atol=1e-12)
    whole = sum(counts)
    for name, count in names.items():
        mean = count / whole
        error = math.sqrt(mean * (1 - mean) / (whole + 1))
        assert abs(float(found[name].mean()) - mean) < 5 * error / math.sqrt(4000)
        assert float(found[name].std()) == pytest.approx(error, rel=0.12)


def test_two_groups_are_apart() -> None:
    """Each Dirichlet sums to one on its own."""
    made = of(*shares_of("g", {"a": 3, "b": 4}), *shares_of("h", {"c": 5, "d": 6}))
    found = drawn(made, 10, 1)
    np.testing.assert_allclose(found["a"] + found["b"], 1)
    np.testing.assert_allclose(found["c"] + found["d"], 1)


def test_one_at_a_time_moves_one_and_keeps_a_group_whole() -> None:
    """A column for each change; the others of a Dirichlet keep their proportions and the sum of one."""
    made = of(certain("c", 7), X, *shares_of("g", {"p": 10, "q": 30, "r": 60}))
    found = one_by_one(made, {"x": (0.1, 0.4), "p": (0.55,)})
    assert found["c"].tolist() == [[7, 7, 7]]
    assert found["x"].tolist() == [[0.1, 0.4, 0.2]]
    assert found["p"][0].tolist() == pytest.approx([0.1, 0.1, 0.55])
    assert found["q"][0].tolist() == pytest.approx([0.3, 0.3, 0.15])
    assert found["r"][0].tolist() == pytest.approx([0.6, 0.6, 0.3])


@settings(max_examples=20)
@given(st.floats(0, 1))
def test_a_group_stays_whole_at_any_value_of_a_member(value: float) -> None:
    """Also at 0 and at 1."""
    made = of(*shares_of("g", {"p": 10, "q": 30, "r": 60}))
    found = one_by_one(made, {"q": (value,)})
    assert float(sum(one[0, 0] for one in found.values())) == pytest.approx(1)


def test_normal_draws_of_parameters_are_apart_from_each_other() -> None:
    """Parameters of the same distribution under other names are uncorrelated."""
    made = of(*(uncertain(name, 0, normal(0, 1)) for name in "abcdef"))
    found = np.vstack(list(drawn(made, 5000, 1).values()))
    together = np.corrcoef(found) - np.eye(6)
    assert np.abs(together).max() < 0.07
