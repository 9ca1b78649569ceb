"""From the YAML of a model to its values, with every problem of the text at once.

As a questionnaire is read: what cannot be read is noted with its place and replaced by something
harmless, so that reading goes on. What follows from the numbers is judged afterwards (`checks.py`).
"""

from __future__ import annotations

from pathlib import Path

from export.modelling import checks
from export.modelling.model import Model
from export.modelling.parameters import MOST as MOST_PARAMETERS
from export.modelling.scenarios import ScenarioReading
from export.modelling.shipped import source_and_name
from export.modelling.strategies import StrategyReading
from surveys.language import _
from surveys.problems import Place, Problem, Refusal, in_order
from surveys.yamltree import Mapping

NAME = "model.yaml"
MOST = {"states": 100, "parameters": MOST_PARAMETERS, "strategies": 100, "scenarios": 50}
MOST_DRAWS = 1_000_000
MOST_SEED = 10**11 - 1
LONGEST = 300_000  # characters of a file: each formula of it is computed for every cycle
_ROOT = (
    "souspli_model title text perspective currency price_year cycle horizon correction discount cohort "
    "draws seed willingness_to_pay states start parameters costs effects transitions strategies scenarios"
).split()


def read_model(path: Path | str) -> Model:
    """Return the model in a file, or a shipped one by its name; Refusal with every error, one a line."""
    model, problems = model_of(*source_and_name(str(path)))
    if model is None:
        raise Refusal("\n".join(str(one) for one in problems if one.severity == "error"))
    return model


def model_of(source: str, file: str) -> tuple[Model | None, tuple[Problem, ...]]:
    """Return the model that a text writes, None where it has errors, and every problem of the text."""
    reading = _ModelReading()
    found = reading.model(source, file)
    is_read = not any(one.severity == "error" for one in reading.problems)
    for one in checks.wrong(found) if found else ():
        if is_read or one.severity == "error":  # a warning could come of what could not be read
            reading.problems.append(one)
    is_wrong = any(one.severity == "error" for one in reading.problems)
    return None if is_wrong else found, in_order(reading.problems)


class _ModelReading(StrategyReading, ScenarioReading):
    """Reads a whole model: states and parameters first, which all the rest is written with."""

    def model(self, source: str, file: str) -> Model | None:
        """Return the model, parts that cannot be read replaced; None where none of it can."""
        root = self.root(source, file)
        if root is None or self.is_too_large(root):
            return None
        place = root.place
        self.states = self.all_states(root)
        parameters = self.parameters(self.part(root, "parameters"))
        cycle, currency = self.cycle(root), self.needed(root, "currency", "€")
        costs, of_costs = self.outcomes(root, "costs", "cost", currency)
        effects, of_effects = self.outcomes(root, "effects", "effect", "")
        self.refuse_shared(self.part(root, "effects"), [one.name for one in costs])
        rows = self.rows(self.part(root, "transitions"), "transitions")
        discount = self.discount(root)
        return Model(
            title=self.needed(root, "title", _("What is compared")),
            text=self.told(root.nodes.get("text"), "text", place),
            perspective=self.needed(root, "perspective", _("public health insurance")),
            currency=currency,
            price_year=self.price_year(root),
            length=float(cycle.years),
            cycles=self.cycles(root, cycle),
            correction=self.correction(root),
            discount=discount,
            states=tuple(self.states.values()),
            start=self.start(root),
            parameters=parameters,
            costs=costs,
            effects=effects,
            strategies=self.strategies(root, rows, of_costs, of_effects),
            scenarios=self.scenarios(root, cycle, discount),
            worth=self.worth(root.nodes.get("willingness_to_pay")),
            cohort=self.whole(root.nodes.get("cohort"), "cohort", 1000, 1, 100_000_000),
            draws=self.whole(root.nodes.get("draws"), "draws", 10_000, 1, MOST_DRAWS),
            seed=self.whole(root.nodes.get("seed"), "seed", 1, 0, MOST_SEED),
        )

    def root(self, source: str, file: str) -> Mapping | None:
        """Return the whole file as a map, None where its YAML is broken."""
        if len(source) > LONGEST:
            fact = _("the file has more than {n} characters").format(n=LONGEST)
            self.note(Place(file, 1, 1), "", fact, _("make a smaller model"), "size")
            return None
        root = self.document(source, file, NAME, _("write it, or remove it"))
        fact = _("this is not a model of version 1")
        if root is None or not self.is_first_version(root, "souspli_model", NAME, fact):
            return None
        self.refuse_others(root, _ROOT, NAME)
        return root

    def is_too_large(self, root: Mapping) -> bool:
        """Return whether there is more of anything than a model can have, a problem if so."""
        large = [key for key, most in MOST.items() if len(self.part(root, key).nodes) > most]
        for key in large:
            fact = _("there are more than {n}").format(n=MOST[key])
            self.note(root.keys[key].place, key, fact, _("make a smaller model"), "size")
        return bool(large)
