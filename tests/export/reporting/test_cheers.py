"""The CHEERS 2022 checklist: whole, in order, and filled in with what the model says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from export.modelling.model import Model
from export.modelling.reading import read_model
from export.modelling.results import results
from export.reporting.cheers import checklist


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """In English, whatever the machine speaks."""
    monkeypatch.setenv("LANGUAGE", "en")


def example(**changes: object) -> Model:
    """Return the published example, few draws."""
    return replace(read_model("sick-sicker"), draws=20, **changes)  # type: ignore[arg-type]


def test_there_are_28_items_in_the_order_of_the_statement() -> None:
    """Numbers from 1 to 28, seven sections, each item with what it asks."""
    items = checklist(results(example()))
    assert [one.number for one in items] == list(range(1, 29))
    sections = [one.section for one in items]
    assert {name: sections.count(name) for name in dict.fromkeys(sections)} == {
        "Title": 1,
        "Abstract": 1,
        "Introduction": 1,
        "Methods": 18,
        "Results": 4,
        "Discussion": 1,
        "Other information": 2,
    }
    assert all(one.topic and one.guidance for one in items)


def test_what_the_model_says_is_filled_in() -> None:
    """Title, strategies, perspective, horizon, rates, outcomes, money, uncertainty."""
    told = {one.number: one.told for one in checklist(results(example()))}
    assert told[1] == "Sick-Sicker: a worked example"
    assert told[7] == "Standard care; Treatment A; Treatment B; Treatments A and B"
    assert told[8] == "that of the tutorial: health care costs"
    assert told[9] == "75 years, in 75 cycles"
    assert told[10].startswith("3% a year for costs, 3% for effects")
    assert told[15].startswith("$, prices of 2019")
    assert "20 draws (seed 2023)" in told[20]


def test_what_the_model_cannot_say_is_left_to_its_authors() -> None:
    """Who was studied and where, who took part, who paid, who has interests, what follows from it."""
    empty = {one.number for one in checklist(results(example())) if not one.told}
    assert empty >= {2, 3, 4, 5, 6, 13, 18, 19, 21, 25, 26, 27, 28}


def test_a_model_without_uncertainty_claims_no_draws() -> None:
    """Nothing was drawn, and the checklist says so."""
    model = example()
    certain = {name: replace(one, distribution=None) for name, one in model.parameters.items()}
    told = {one.number: one.told for one in checklist(results(replace(model, parameters=certain)))}
    assert told[20] == "no parameter has a distribution: nothing was drawn; scenarios: 3"


def test_assumed_values_are_counted() -> None:
    """As many as the model has, of those that are not calculated."""
    model = example()
    parameters = dict(model.parameters)
    parameters["c_A"] = replace(parameters["c_A"], origin="assumed")
    told = checklist(results(replace(model, parameters=parameters)))[16].told
    assert told.startswith("1 of 15 values is assumed; 14 are from a source, 0 from the study")
