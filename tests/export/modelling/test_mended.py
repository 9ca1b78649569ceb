"""What a first version got wrong: draws that are no number, divisions that are guarded, ties but for rounding."""

from __future__ import annotations

import numpy as np
import pytest

from export.modelling.comparison import compared
from export.modelling.distributions import normal
from export.modelling.model import Model
from export.modelling.probabilistic import curves, simulated
from export.modelling.totals import Totals
from surveys.problems import Refusal
from tests.cohorts import Written, amounts, certain, model, strategy, uncertain


def of(
    start: dict[str, Written], leaving: Written, cost: Written, mean: float, error: float
) -> Model:
    rows: dict[str, dict[str, Written]] = {
        "a": {"b": leaving, "a": "complement"},
        "b": {"b": 1},
    }
    return model(
        ("a", "b"),
        [strategy("usual", rows, {"cost": amounts({"a": cost})})],
        start=start,
        parameters=[uncertain("x", mean, normal(mean, error)), certain("zero", 0)],
        cycles=2,
    )


def test_draws_that_cost_no_number_are_refused() -> None:
    """A logarithm of what may be drawn below 0 would leave curves of NaN; it is told instead."""
    with pytest.raises(Refusal, match="no number"):
        simulated(of({"a": 1}, 0.5, "log(x)", 0.5, 0.5), 200, 1)


def test_shares_that_begin_below_nothing_are_refused() -> None:
    """Shares may sum to one and yet be impossible: 1.1 and −0.1."""
    with pytest.raises(Refusal, match="start"):
        simulated(of({"a": "x", "b": "1 - x"}, 0.5, 1, 0.9, 0.2), 200, 1)


@pytest.mark.parametrize(
    ("start", "leaving"),
    [({"a": "if(zero = 0, 1, 1 div zero)"}, 0.5), ({"a": 1}, "if(zero = 0, 0.5, 1 div zero)")],
)
def test_a_division_that_is_guarded_says_nothing(
    start: dict[str, Written], leaving: Written
) -> None:
    """Both branches are computed; what the other would give is no warning on anybody's terminal."""
    assert simulated(of(start, leaving, 1, 0.5, 0.1), 20, 1).cost.shape == (1, 20)


def test_a_tie_but_for_rounding_is_a_tie() -> None:
    """0.1 + 0.2 is 0.3: dearer for the same is dominated, and no ratio of 18 digits is told."""
    dearer, better = compared(["a", "b"], [100, 1100], [0.3, 0.1 + 0.2])[1], 0.1 + 0.2
    assert (dearer.place, dearer.icer) == ("dominated", None)
    places = [one.place for one in compared(["a", "b"], [0.3, better], [1, 2])]
    assert places == ["frontier", "dominated"]
    assert compared(["a", "b"], [0.3, better], [better, 0.3])[1].place == "equal"
    found = Totals(np.array([[[0.3]], [[better]]]), np.zeros((2, 1, 1)), np.zeros((2, 1)))
    assert curves(found, np.array([1.0])).acceptable[:, 0].tolist() == [0.5, 0.5]
