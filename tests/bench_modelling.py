"""How fast a model is drawn, against a plain Python loop and bare matrix products: `make bench`.

10,000 draws of three states, twenty cycles and two strategies. The loop has the same draws and the same
arithmetic, written for one person's shares at a time; it runs some of them, and must find what we find. The
products are only that: (10,000 × 1 × 3) times (10,000 × 3 × 3), once a cycle and a strategy, nothing counted.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from export.modelling.probabilistic import simulated
from export.modelling.values import drawn
from tests.cohorts import three_states

DRAWS, LOOPED, ROUNDS = 10_000, 300, 7
MODEL = three_states()
Draw = dict[str, float]


def looped(one: Draw, ratio: float) -> tuple[float, float]:
    """Return cost and effect of one draw of one strategy."""
    leave, die = one["a"] * ratio, one["k"]
    steps = (
        (1 - leave - die, leave, die),
        (one["b"], 1 - one["b"] - 2 * die, 2 * die),
        (0.0, 0.0, 1.0),
    )
    costs, effects = (one["c1"], one["c2"], 0.0), (one["u1"], one["u2"], 0.0)
    here = [1.0, 0.0, 0.0]
    cost = effect = 0.0
    for cycle in range(MODEL.cycles):
        after = [sum(here[a] * steps[a][b] for a in range(3)) for b in range(3)]
        early, late = 1.03**-cycle / 2, 1.03 ** -(cycle + 1) / 2
        for state in range(3):
            spent = early * here[state] + late * after[state]
            cost += spent * costs[state]
            effect += spent * effects[state]
        here = after
    return cost, effect


def in_python() -> tuple[float, list[list[tuple[float, float]]]]:
    """Return the seconds of each draw in a plain loop, and what it finds of each strategy."""
    values = drawn(MODEL, DRAWS, 1)
    some = [{name: float(one[0, at]) for name, one in values.items()} for at in range(LOOPED)]
    start = time.perf_counter()
    found = [[looped(one, ratio) for ratio in (1.0, one["hr"])] for one in some]
    return (time.perf_counter() - start) / LOOPED, found


def products() -> float:
    """Return the seconds of bare matrix products of the same shapes."""
    chance = np.random.default_rng(1)
    steps, here = chance.random((DRAWS, 3, 3)), chance.random((DRAWS, 1, 3))
    start = time.perf_counter()
    for _strategy in MODEL.strategies:
        where = here
        for _cycle in range(MODEL.cycles):
            where = where @ steps
    return time.perf_counter() - start


def report() -> None:
    """Print draws per second and both ratios."""
    mine, bare = [], []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        found = simulated(MODEL, DRAWS, 1)
        mine.append(time.perf_counter() - start)
        bare.append(products())
    loop, figures = in_python()
    told = np.array(figures).transpose(2, 1, 0)  # cost and effect, strategies, draws
    np.testing.assert_allclose(found.cost[:, :LOOPED], told[0], rtol=1e-9)
    np.testing.assert_allclose(found.effect[:, :LOOPED], told[1], rtol=1e-9)
    ours, theirs = statistics.median(mine), statistics.median(bare)
    print(
        f"{theirs / ours:6.2f}  {DRAWS:,} draws of 3 states, {MODEL.cycles} cycles, 2 strategies, against bare "
        f"matrix products  ({1000 * ours:.0f} ms / {1000 * theirs:.0f} ms)"
    )
    print(
        f"{loop * DRAWS / ours:6.1f}  times a plain Python loop on the same  "
        f"({DRAWS / ours:,.0f} draws/s / {1 / loop:,.0f} draws/s)"
    )


if __name__ == "__main__":
    report()
