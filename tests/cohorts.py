"""Cohort models made in Python, for tests of the mathematics that need no file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from export.modelling import distributions
from export.modelling.distributions import Distribution
from export.modelling.formula import Formula, formula
from export.modelling.model import (
    Amounts,
    Discount,
    Model,
    Outcome,
    Parameter,
    Row,
    State,
    Strategy,
)
from surveys.problems import Place

PLACE = Place("model.yaml", 1, 1)
Written = float | str
COMPLEMENT = "complement"


def written(text: Written) -> Formula:
    """Return the formula that a number or a text is."""
    return formula(str(text), PLACE)


def certain(name: str, value: Written) -> Parameter:
    """Return a parameter with a value, or with a formula."""
    given, calculated = (None, written(value)) if isinstance(value, str) else (float(value), None)
    return Parameter(name, name, "unit", "assumed", "a test", given, calculated)


def uncertain(name: str, value: float, distribution: Distribution, group: str = "") -> Parameter:
    """Return a parameter that is drawn."""
    return replace(certain(name, value), distribution=distribution, group=group)


def shares_of(group: str, counts: Mapping[str, float]) -> list[Parameter]:
    """Return the members of a Dirichlet distribution."""
    whole = sum(counts.values())
    return [
        uncertain(name, n / whole, Distribution("dirichlet", n, whole - n), group)
        for name, n in counts.items()
    ]


def row(entries: Mapping[str, Written]) -> Row:
    """Return a row of transitions; `complement` stands for the remainder."""
    rest = next((to for to, one in entries.items() if one == COMPLEMENT), "")
    return Row({to: written(one) for to, one in entries.items() if to != rest}, rest, PLACE)


def amounts(
    per_year: Mapping[str, Written] | None = None,
    *,
    per_cycle: Mapping[str, Written] | None = None,
    per_transition: Mapping[str, Mapping[str, Written]] | None = None,
    at_start: Written | None = None,
) -> Amounts:
    """Return what is counted of one outcome."""
    return Amounts(
        {state: written(one) for state, one in (per_year or {}).items()},
        {state: written(one) for state, one in (per_cycle or {}).items()},
        {
            left: {entered: written(one) for entered, one in some.items()}
            for left, some in (per_transition or {}).items()
        },
        None if at_start is None else written(at_start),
    )


def strategy(
    name: str, rows: Mapping[str, Mapping[str, Written]], counted: Mapping[str, Amounts]
) -> Strategy:
    """Return a strategy; what it does not count is 0."""
    return Strategy(name, name, {state: row(one) for state, one in rows.items()}, counted)


def model(
    states: Iterable[str],
    strategies: Iterable[Strategy],
    *,
    start: Mapping[str, Written],
    parameters: Iterable[Parameter] = (),
    costs: tuple[str, ...] = ("cost",),
    effects: tuple[str, ...] = ("effect",),
    programme: str = "",
    **otherwise: Any,
) -> Model:
    """Return a model; the state `dead` is of the dead. Ten cycles of a year, 3 % unless told otherwise."""
    plain: dict[str, Any] = {
        "title": "A model",
        "text": "",
        "perspective": "of a test",
        "currency": "€",
        "price_year": "2022",
        "length": 1.0,
        "cycles": 10,
        "correction": "half-cycle",
        "discount": Discount(0.03, 0.03),
        "scenarios": (),
        "worth": (),
        "cohort": 1,
        "draws": 100,
        "seed": 1,
    }
    kinds = [(costs, "cost"), (effects, "effect")]
    counted = [
        tuple(Outcome(one, one, "unit", kind, one == programme) for one in some)  # type: ignore[arg-type]
        for some, kind in kinds
    ]
    names = [one.name for one in counted[0] + counted[1]]
    return Model(
        states=tuple(State(one, one, one == "dead") for one in states),
        start={state: written(one) for state, one in start.items()},
        parameters={one.name: one for one in parameters},
        costs=counted[0],
        effects=counted[1],
        strategies=tuple(
            replace(one, amounts={name: one.amounts.get(name, Amounts()) for name in names})
            for one in strategies
        ),
        **(plain | otherwise),
    )


def three_states(**otherwise: Any) -> Model:
    """Return two strategies, three states and twenty cycles, all of it uncertain: the shape of `make bench`."""
    made = {
        "a": (0.1, distributions.beta(0.1, 0.02)),
        "b": (0.2, distributions.beta(0.2, 0.03)),
        "k": (0.01, distributions.beta(0.01, 0.002)),
        "hr": (0.6, distributions.lognormal(0.6, 0.1)),
        "c1": (1000.0, distributions.gamma(1000, 100)),
        "c2": (3000.0, distributions.gamma(3000, 300)),
        "u1": (0.8, distributions.beta(0.8, 0.05)),
        "u2": (0.6, distributions.beta(0.6, 0.05)),
    }

    def arm(name: str, leaving: str) -> Strategy:
        return strategy(
            name,
            {
                "well": {"ill": leaving, "dead": "k", "well": COMPLEMENT},
                "ill": {"well": "b", "dead": "k * 2", "ill": COMPLEMENT},
                "dead": {"dead": 1},
            },
            {
                "cost": amounts({"well": "c1", "ill": "c2"}),
                "effect": amounts({"well": "u1", "ill": "u2"}),
            },
        )

    plain: dict[str, Any] = {
        "start": {"well": 1},
        "parameters": [uncertain(name, *one) for name, one in made.items()],
        "cycles": 20,
    }
    arms = [arm("usual", "a"), arm("programme", "a * hr")]
    return model(("well", "ill", "dead"), arms, **(plain | otherwise))


def sick_sicker() -> Model:
    """Return the Sick-Sicker model of Alarid-Escudero and others, Medical Decision Making 2023;43:3–20."""
    values: dict[str, Written] = {
        "r_HD": 0.002,
        "r_HS1": 0.15,
        "r_S1H": 0.5,
        "r_S1S2": 0.105,
        "hr_S1": 3,
        "hr_S2": 10,
        "hr_B": 0.6,
        "p_HD": "probability(r_HD)",
        "p_S1D": "probability(r_HD * hr_S1)",
        "p_S2D": "probability(r_HD * hr_S2)",
    }

    def arm(name: str, worsening: str, more: float, utility: float) -> Strategy:
        return strategy(
            name,
            {
                "H": {
                    "S1": "(1 - p_HD) * probability(r_HS1)",
                    "dead": "p_HD",
                    "H": COMPLEMENT,
                },
                "S1": {
                    "H": "(1 - p_S1D) * probability(r_S1H)",
                    "S2": f"(1 - p_S1D) * probability({worsening})",
                    "dead": "p_S1D",
                    "S1": COMPLEMENT,
                },
                "S2": {"dead": "p_S2D", "S2": COMPLEMENT},
                "dead": {"dead": 1},
            },
            {
                "cost": amounts({"H": 2000, "S1": 4000 + more, "S2": 15000 + more}),
                "effect": amounts({"H": 1, "S1": utility, "S2": 0.5}),
            },
        )

    arms = [
        arm("standard", "r_S1S2", 0, 0.75),
        arm("A", "r_S1S2", 12000, 0.95),
        arm("B", "r_S1S2 * hr_B", 13000, 0.75),
        arm("AB", "r_S1S2 * hr_B", 25000, 0.95),
    ]
    return model(
        ("H", "S1", "S2", "dead"),
        arms,
        start={"H": 1},
        parameters=[certain(name, value) for name, value in values.items()],
        cycles=75,
    )
