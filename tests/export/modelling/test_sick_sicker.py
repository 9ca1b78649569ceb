"""The published Sick-Sicker model: as it should be computed, and as its tutorial printed it."""

from __future__ import annotations

import numpy as np
import pytest

from export.modelling.cohort import Timing, Timings, followed, timings
from export.modelling.comparison import Compared, compared
from export.modelling.values import base
from tests.cohorts import sick_sicker

MODEL = sick_sicker()


def table(weights: Timings) -> dict[str, Compared]:
    arms = [followed(MODEL, one, base(MODEL), weights) for one in MODEL.strategies]
    names = [one.name for one in MODEL.strategies]
    cost, effect = ([float(one.total(name)[0]) for one in arms] for name in ("cost", "effect"))
    return {one.name: one for one in compared(names, cost, effect)}


def swapped_simpson() -> Timings:
    """Return the weights of the tutorial's code, 1/3, 2/3, 4/3, …: those of Simpson with two of them swapped.

    Of 76 moments; each cycle has that of its beginning, the last one also that of its end.
    """
    moments = np.arange(76)
    weights = np.where(moments % 2 == 1, 2 / 3, 4 / 3)
    weights[[0, -1]] = 1 / 3
    weights = weights / 1.03**moments
    end = np.zeros(75)
    end[-1] = weights[-1]
    found = Timing(weights[:-1], end)
    return Timings(found, found)


def test_half_cycle_figures_are_those_of_an_independent_program_to_nine_digits() -> None:
    """Standard care costs 152,262.290718265 and yields 21.038150923113; B has a ratio of 73,134."""
    found = table(timings(MODEL))
    standard, b = found["standard"], found["B"]
    assert standard.cost == pytest.approx(152262.290718265, rel=1e-9, abs=0)
    assert standard.effect == pytest.approx(21.038150923113, rel=1e-9, abs=0)
    assert round(b.cost) == 259992
    assert round(b.effect, 3) == 22.511
    assert b.icer is not None
    assert round(b.icer) == 73134
    assert found["A"].place == "dominated"


def test_the_published_table_is_reproduced_with_the_weights_it_was_made_with() -> None:
    """151,580 and 20.711; B at 72,988; A and B together at 125,764; A dominated."""
    found = table(swapped_simpson())
    assert round(found["standard"].cost) == 151580
    assert round(found["standard"].effect, 3) == 20.711
    ratios = {name: round(one.icer) for name, one in found.items() if one.icer is not None}
    assert ratios == {"B": 72988, "AB": 125764}
    assert found["B"].against == "standard"
    assert found["AB"].against == "B"
    assert found["A"].place == "dominated"


def test_swapped_weights_lose_a_part_of_every_horizon() -> None:
    """Weights of the tutorial do not add up to the years they stand for: that is why nobody is offered them."""
    ten = np.array([1, 2, 4, 2, 4, 2, 4, 2, 4, 2, 1]) / 3
    true = np.array([1, 4, 2, 4, 2, 4, 2, 4, 2, 4, 1]) / 3
    assert true.sum() == pytest.approx(10)
    assert ten.sum() == pytest.approx(28 / 3)
