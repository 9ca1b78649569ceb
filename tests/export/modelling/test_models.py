"""The models that come with Souspli: whole, sourced, and what they compute."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from export.estimating.wanted import wanted
from export.modelling import shipped
from export.modelling.distributions import Family
from export.modelling.fed import Given, fed
from export.modelling.formula import FUNCTIONS
from export.modelling.model import Model
from export.modelling.reading import model_of, read_model
from export.modelling.results import Results, results
from surveys.shipped import usable

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "model.md").read_text("utf-8")
NAMES = ("assore", "sick-sicker")
# What somebody could find: not a finding, and not what the demonstration computes.
TOLD = {
    "prop(slept_before = 'emergency_shelter' or slept_before = 'other_hotel')": Given(0.3, 0.04),
    "mean(nights_away_now)": Given(4.0, 0.5),
    "mean(days_crack_before)": Given(24.0, 0.6),
    "mean(days_crack_before - days_crack_now)": Given(14.0, 1.0),
    "mean(emergency_visits_12m)": Given(1.2, 0.15),
    "mean(hospital_stays_12m)": Given(0.6, 0.08),
}


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """In English, whatever the machine speaks."""
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture(scope="module")
def assore() -> Results:
    """The results of the model of Assore, few draws."""
    return results(replace(fed(read_model("assore"), TOLD), draws=500))


def uncertain(model: Model) -> Iterator[str]:
    """Yield the parameters that have a distribution, or will have one from the study."""
    for name, one in model.parameters.items():
        if one.distribution is not None or one.origin == "study":
            yield name


def test_the_example_of_the_page_is_a_model() -> None:
    """What a beginner copies from docs/model.md has no problem, and its results can be computed."""
    (source,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    model, problems = model_of(source, "model.yaml")
    assert problems == ()
    assert model is not None
    assert results(replace(model, draws=50)).curves is not None


def test_the_page_has_every_function_and_every_distribution() -> None:
    """And no function that is not there."""
    told = {name for name in re.findall(r"`([a-z]+)\(", PAGE) if name in FUNCTIONS}
    assert told == set(FUNCTIONS)
    assert set(get_args(Family)) <= set(re.findall(r"^\| `([a-z]+)` \|", PAGE, flags=re.MULTILINE))


def test_these_models_come_with_souspli() -> None:
    """By the names the documents use."""
    assert tuple(shipped.names()) == NAMES


@pytest.mark.parametrize("tongue", ["en", "fr"])
@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_model_has_no_problem_and_no_warning(
    name: str, tongue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In either language."""
    monkeypatch.setenv("LANGUAGE", tongue)
    model, problems = model_of(*shipped.source_and_name(name))
    assert model is not None
    assert problems == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_value_says_where_it_comes_from(name: str) -> None:
    """A source, an assumption, an estimate; what is calculated needs none."""
    for one in read_model(name).parameters.values():
        assert one.told or one.origin == "calculated", one.name
        assert one.unit, one.name


def test_every_text_is_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the name of the programme, which is the same."""

    def texts(tongue: str) -> list[str]:
        monkeypatch.setenv("LANGUAGE", tongue)
        model = read_model("assore")
        found = [model.title, model.text, model.perspective]
        found += [state.label for state in model.states]
        found += [outcome.label for outcome in model.outcomes]
        found += [strategy.label for strategy in model.strategies]
        found += [scenario.label for scenario in model.scenarios]
        for one in model.parameters.values():
            found += [one.label] if one.origin in {"study", "calculated"} else [one.label, one.told]
        return found

    same = {en for en, fr in zip(texts("en"), texts("fr"), strict=True) if en == fr}
    assert same == {"Assore"}


def test_the_published_example_gives_its_published_values() -> None:
    """Sick-Sicker with half-cycle correction, to 1e-9 of each."""
    found = results(replace(read_model("sick-sicker"), draws=20))
    assert math.isclose(found.base.totals.cost[0, 0], 152262.290718265, rel_tol=1e-12)
    assert math.isclose(found.base.totals.effect[0, 0], 21.038150923113, abs_tol=1e-9)
    rows = {one.name: one for one in found.base.compared}
    assert round(rows["B"].cost) == 259_992
    assert round(rows["B"].effect, 3) == 22.511
    assert rows["B"].icer is not None
    assert round(rows["B"].icer, -1) == 73_130
    assert rows["A"].place == "dominated"


def test_the_questionnaire_can_tell_what_the_model_asks() -> None:
    """Each estimate of assore.yaml is of variables that the shipped questionnaire has."""
    instrument = usable("assore/beneficiaires")
    model = read_model("assore")
    assert set(model.asked) == set(TOLD)
    assert [wanted(instrument, text).estimand.text for text in model.asked] == list(model.asked)


def test_assore_presumes_no_saving_on_care_justice_or_death(assore: Results) -> None:
    """In the base case these cost the same whatever the strategy, and nobody lives longer."""
    names = [one.name for one in assore.model.costs]
    for name in ("health", "justice"):
        of = assore.base.totals.costs[:, names.index(name), 0]
        assert of == pytest.approx([of[0]] * len(of))
    lives = assore.base.totals.life_years[:, 0]
    assert lives == pytest.approx([lives[0]] * len(lives))


def test_a_hotel_is_no_dwelling(assore: Results) -> None:
    """The nights in a dwelling are those of people in that state alone; the hotel shelters."""
    effects = {one.name: at for at, one in enumerate(assore.model.effects)}
    amounts = assore.model.strategies[0].amounts
    assert set(amounts["housed"].per_year) == {"dwelling"}
    assert set(amounts["sheltered"].per_year) == {"outside", "hotel", "dwelling"}
    base = assore.base.totals.effects[:, :, 0]
    assert (base[:, effects["housed"]] <= base[:, effects["sheltered"]]).all()


def test_usual_care_has_nobody_in_the_programme(assore: Results) -> None:
    """And so costs it nothing."""
    states = [one.name for one in assore.model.states]
    assert not assore.arms[0].trace[:, states.index("hotel")].any()
    assert assore.base.totals.costs[0, 0, 0] == 0


def test_what_is_assumed_is_most_of_assore_and_is_drawn() -> None:
    """But for the price of an admission, no assumption is taken as certain."""
    model = read_model("assore")
    assumed = {name for name, one in model.parameters.items() if one.origin == "assumed"}
    assert assumed - set(uncertain(model)) == {"c_admission"}


def test_the_pessimistic_scenario_costs_more(assore: Results) -> None:
    """And the favourable one less, beside usual care."""
    more = {
        case.scenario.name: case.totals.cost[1, 0] - case.totals.cost[0, 0]
        for case in assore.scenarios
        if case.scenario
    }
    base = assore.base.totals.cost[1, 0] - assore.base.totals.cost[0, 0]
    assert more["favourable"] < base < more["pessimistic"]
    assert more["no_effect"] == pytest.approx(base)
