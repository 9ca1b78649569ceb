"""A cohort model as values: states, parameters, strategies, what is counted, and how it is analysed.

People are in one state at a time and may change it once a cycle. A strategy says with which probability
they go from each state to each, and what being in a state, or changing it, costs and yields. Everything
here is as the file has it; numbers are computed elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from export.modelling.distributions import Distribution, Family
from export.modelling.formula import Formula
from surveys.problems import Place

Correction = Literal["half-cycle", "none"]
# Where a value comes from: a publication, an assumption to replace, the study, or other parameters.
Origin = Literal["source", "assumed", "study", "calculated"]
Kind = Literal["cost", "effect"]


@dataclass(frozen=True, slots=True)
class State:
    """A state people can be in; nobody alive is in one that `is_dead`."""

    name: str
    label: str
    is_dead: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number the model needs: what it is, its unit, where it comes from, and how sure it is.

    `told` is its source, why it is assumed, or the estimate of the study. `value` is None where it is
    calculated by its `formula`, and where a study has not yet given it. `distribution` is None for what
    is taken as certain. Members of a Dirichlet distribution share its name, `group`. Of a value that a study
    gives, `family` says which distribution its error will have.
    """

    name: str
    label: str
    unit: str
    origin: Origin
    told: str
    value: float | None
    formula: Formula | None = None
    distribution: Distribution | None = None
    family: Family | None = None
    group: str = ""
    place: Place = field(default=Place("", 1, 1), compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """Where people of a state go within a cycle: probabilities; the rest of them go to `complement`.

    Without a complement the probabilities themselves sum to one.
    """

    entries: Mapping[str, Formula]
    complement: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What is counted of one outcome: for a year in a state, a cycle in it, a change; once, when one begins.

    `per_transition` is by the state left, then the state entered. What is not written is 0.
    """

    per_year: Mapping[str, Formula] = field(default_factory=dict)
    per_cycle: Mapping[str, Formula] = field(default_factory=dict)
    per_transition: Mapping[str, Mapping[str, Formula]] = field(default_factory=dict)
    at_start: Formula | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something that is counted: a kind of cost, or an effect.

    `is_programme` is the cost of what is evaluated, which the others may offset. Amounts below 0 are an
    error unless it `allows_negative`.
    """

    name: str
    label: str
    unit: str
    kind: Kind
    is_programme: bool = False
    allows_negative: bool = False


@dataclass(frozen=True, slots=True)
class Strategy:
    """One of the things compared: a row of transitions for each state, amounts for each outcome."""

    name: str
    label: str
    rows: Mapping[str, Row]
    amounts: Mapping[str, Amounts]


@dataclass(frozen=True, slots=True)
class Discount:
    """Rates a year at which what comes later counts less: 0.03 is 3 %."""

    costs: float
    effects: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """The model once more with something else: what is None or absent is as in the model."""

    name: str
    label: str
    discount: Discount | None = None
    cycles: int | None = None
    correction: Correction | None = None
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """A model, checked. The first strategy is what the others are compared with.

    `length` is that of a cycle in years. `start` gives the share of people that begins in each state.
    `effects` has at least one; the first is what costs are set against. `worth` are the amounts that one
    more of it could be worth (willingness to pay), in order: tables have each, curves end at the last; () is
    none. `cohort` people enter at once (budget impact).
    """

    title: str
    text: str
    perspective: str
    currency: str
    price_year: str
    length: float
    cycles: int
    correction: Correction
    discount: Discount
    states: tuple[State, ...]
    start: Mapping[str, Formula]
    parameters: Mapping[str, Parameter]
    costs: tuple[Outcome, ...]
    effects: tuple[Outcome, ...]
    strategies: tuple[Strategy, ...]
    scenarios: tuple[Scenario, ...]
    worth: tuple[float, ...]
    cohort: int
    draws: int
    seed: int

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """All that is counted: costs, then effects."""
        return (*self.costs, *self.effects)

    @property
    def others(self) -> tuple[tuple[int, Strategy], ...]:
        """The strategies that are compared with the first, each with its place."""
        return tuple(enumerate(self.strategies))[1:]

    @property
    def years(self) -> float:
        """The horizon."""
        return self.length * self.cycles

    @property
    def asked(self) -> tuple[str, ...]:
        """The estimates that a study must give, as written, each once."""
        found = (one.told for one in self.parameters.values() if one.origin == "study")
        return tuple(dict.fromkeys(found))
