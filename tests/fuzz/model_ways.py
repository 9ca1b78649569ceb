"""Ways in to what the ten-year comparison is made of: a model, and the estimates it is fed."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path

from export.modelling.fed import fed, given_of_json
from export.modelling.model import Model
from export.modelling.reading import read_model
from export.modelling.results import results
from export.modelling.shipped import source_and_name
from tests.fuzz.mutations import fields, lines
from tests.fuzz.ways import Way

_MOST_RUN = 20_000  # probabilities of a model that is run: others are only read
_DRAWS = 5
_MODEL = b"""\
souspli_model: 1
title: {fr: Dix ans, en: Ten years}
perspective: society
currency: "E"
price_year: 2022
cycle: 6 months
horizon: 3 years
correction: half-cycle
discount: {costs: 2.5 %, effects: 0.025}
cohort: 10
seed: 7
willingness_to_pay: [0, 25, 50]
states:
  stable: {label: Housed}
  unstable: {label: Not}
  dead: {label: Dead, dead: yes}
start: {stable: kept, unstable: complement}
parameters:
  kept: {unit: share, from: "prop(works = 'yes')"}
  cost: {unit: E, value: 17000, distribution: gamma, standard_error: 3000, source: press}
  lost: {unit: probability, value: 0.08, distribution: beta, standard_error: 0.02, assumed: none found}
  risk: {unit: ratio, value: 3, distribution: lognormal, interval: [2, 4.5], source: a trial}
  free: {unit: ratio, value: 5, distribution: uniform, range: [2, 8], assumed: a guess}
  back: {unit: probability, distribution: dirichlet, group: after, count: 80, source: a cohort}
  away: {unit: probability, distribution: dirichlet, group: after, count: 20, source: a cohort}
  dies: {unit: probability, value: "probability(0.02 * risk) * if(cycle > 2, 1, exp(-year))"}
costs:
  programme: {programme: yes, per_year: {stable: 14000}, at_start: 100}
  care: {allow_negative: yes, per_cycle: {unstable: cost * free}, per_transition: {unstable: {stable: -4}}}
effects:
  nights: {unit: nights, per_year: {stable: 365.25}}
transitions:
  stable: {unstable: lost, dead: dies, stable: complement}
  unstable: {stable: back div 10, dead: dies, unstable: complement}
strategies:
  usual: {label: Usual}
  housing:
    transitions: {unstable: {stable: back div 2, dead: dies, unstable: complement}}
    costs: {care: {per_cycle: {unstable: 1000}}}
scenarios:
  plain: {discount: {costs: 0, effects: 0}, correction: none}
  short: {horizon: 1 year}
  worse: {parameters: {lost: 0.2}}
"""
_ESTIMATES = b"""\
{"simulated": true, "estimates": [
 {"expression": "prop(works = 'yes')", "by": "", "figures": {"estimate": 0.6, "standard_error": 0.05}},
 {"expression": "mean(mood)", "by": "works", "figures": null}]}
"""


def models(folder: Path) -> dict[str, Way]:
    """A model as the file, and the estimates of a study as JSON."""
    file = folder / "model.yaml"

    def read(content: bytes) -> None:
        file.write_bytes(content)
        run(read_model(file), _ESTIMATES)

    def feed(content: bytes) -> None:
        file.write_bytes(_MODEL)
        run(read_model(file), content)

    shipped = source_and_name("sick-sicker")[0].encode()
    return {
        "model": Way(lines, [_MODEL, shipped], read),
        "estimates": Way(fields, [_ESTIMATES], feed),
    }


def run(model: Model, estimates: bytes) -> None:
    """Compute everything of a model that is small, with few draws."""
    given, _is_simulated = given_of_json(estimates, "estimates.json")
    model = replace(fed(model, given), draws=_DRAWS)
    size = model.cycles * len(model.states) ** 2 * len(model.strategies)
    if size * (1 + len(model.scenarios)) < _MOST_RUN:
        found = results(model)
        assert (found.base.totals.cost < inf).all()
