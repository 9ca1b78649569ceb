"""What cannot be in a model, from its numbers: each rule, in every cycle and under every scenario."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.modelling.checks import wrong
from export.modelling.fed import Given, fed
from export.modelling.model import Model
from export.modelling.reading import model_of
from export.modelling.results import results
from surveys.problems import Refusal

MODEL = """\
souspli_model: 1
title: T
perspective: P
currency: C
price_year: 2022
cycle: 1 year
horizon: 5 years
discount: {costs: 0, effects: 0}
states: {on: {}, off: {}, dead: {dead: yes}}
start: {on: share_on, off: complement}
parameters:
  share_on: {unit: share, value: 0.5, source: s}
  p: {unit: probability, value: 0.1, source: s}
  q: {unit: probability, value: 0.2, source: s}
  c: {unit: C, value: 10, source: s}
  c_twice: {unit: C, value: c * 2}
costs: {care: {per_year: {on: c_twice}}}
effects: {life: {unit: years, per_year: {on: 1, off: 1}}}
transitions:
  on: {off: p, dead: q, on: complement}
  off: {on: p, dead: q, off: complement}
strategies: {a: {}, b: {transitions: {on: {off: p div 2, dead: q, on: complement}}}}
scenarios: {other: {parameters: {c: 11}}}
"""


def told(*changes: tuple[str, str], severity: str = "error") -> list[str]:
    text = MODEL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    problems = model_of(text, "m.yaml")[1]
    return [str(one) for one in problems if one.severity == severity]


def warned(*changes: tuple[str, str]) -> list[str]:
    assert told(*changes) == []
    return told(*changes, severity="warning")


def read(*changes: tuple[str, str]) -> Model:
    text = MODEL
    for old, new in changes:
        text = text.replace(old, new, 1)
    found, problems = model_of(text, "m.yaml")
    assert found is not None, problems
    return found


def test_a_model_that_can_be_has_no_problem() -> None:
    """Nor a warning."""
    assert warned() == []


# --- probabilities ----------------------------------------------------------------------------------


def test_a_row_over_one_is_told_with_its_sum() -> None:
    """Each row once, though two strategies have it."""
    assert told(("value: 0.1", "value: 0.9")) == [
        "m.yaml:20:7: transitions.on: probabilities sum to 1.1, more than one; lower them",
        "m.yaml:21:8: transitions.off: probabilities sum to 1.1, more than one; lower them",
    ]


def test_a_row_without_complement_sums_to_one() -> None:
    """Less is people lost."""
    assert told(("dead: q, off: complement", "dead: q, off: 0.6")) == [
        "m.yaml:21:8: transitions.off: probabilities sum to 0.9, less than one; "
        "write one of them as complement"
    ]
    assert told(("dead: q, off: complement", "dead: q, off: 0.7")) == []


def test_a_probability_outside_0_to_1_is_told_where_it_stands() -> None:
    """And the sum of its row is not told as well."""
    (one,) = told(("off: p, dead: q, on", "off: p - 1, dead: q, on"))
    assert one == (
        "m.yaml:20:13: transitions.on: the probability of “off” is -0.9; "
        "a probability is from 0 to 1; of a rate write probability(rate)"
    )


def test_every_cycle_is_looked_at() -> None:
    """The first in which it is wrong is named."""
    (one,) = told(("off: p, dead: q, on", "off: 0.2 * cycle, dead: q, on"))
    assert "probabilities sum to 1.2 in cycle 5, more than one" in one
    (one,) = told(("off: p, dead: q, on", "off: 0.3 * cycle, dead: 0, on"))
    assert "the probability of “off” is 1.2 in cycle 4;" in one


def test_every_scenario_is_looked_at() -> None:
    """What is wrong in the base case as well is told once."""
    (one,) = told(("parameters: {c: 11}", "parameters: {share_on: 1.5}"))
    assert one.startswith("m.yaml:10:13: scenarios.other, start: the share of “on” is 1.5;")
    (one,) = told(("parameters: {c: 11}", "horizon: 9 years"), ("on: c_twice", "on: 7 - cycle"))
    assert "scenarios.other, costs.care: -1 in cycle 8 is below 0" in one
    assert len(told(("value: 0.5", "value: 1.5"))) == 1


def test_the_dead_stay_dead() -> None:
    """They may go from one state of the dead to another."""
    row = ("  off: {on: p", "  dead: {on: 0.1, dead: complement}\n  off: {on: p")
    assert told(row) == [
        "m.yaml:21:9: transitions.dead: the dead go to “on”, where people are alive; "
        "leave this row out"
    ]
    assert told(("  off: {on: p", "  dead: {dead: 1}\n  off: {on: p")) == []


def test_the_start_sums_to_one() -> None:
    """Shares are from 0 to 1; the complement is what the others leave."""
    (one,) = told(("on: share_on, off: complement", "on: share_on, off: 0.4"))
    assert "start: shares sum to 0.9, not to one; write one of them as complement" in one
    (one,) = told(("on: share_on, off: complement", "on: 0.7, dead: share_on, off: complement"))
    assert "m.yaml:10:39: start: the share of “off” is -0.2; shares are from 0 to 1" in one


# --- numbers ----------------------------------------------------------------------------------------


def test_an_amount_below_0_must_be_allowed() -> None:
    """Of costs and of effects."""
    (one,) = told(("on: c_twice", "on: c - c_twice"))
    assert one == (
        "m.yaml:17:31: costs.care: -10 is below 0; "
        "correct it, or write “allow_negative: yes” beside the label"
    )
    assert told(("per_year: {on: c_twice", "allow_negative: yes, per_year: {on: c - c_twice")) == []
    (one,) = told(("on: 1, off: 1", "on: 1, off: -0.1"))
    assert "effects.life: -0.1 is below 0" in one


@pytest.mark.parametrize("formula", ["c div 0", "log(0 - 1)", "0 div 0", "exp(10000)", "log(0)"])
def test_a_formula_gives_a_number(formula: str) -> None:
    """What follows from one that does not is not told as well."""
    (one,) = told(("c * 2", formula))
    assert one.startswith(f"m.yaml:16:29: parameters.c_twice: “{formula}” gives no number;")
    (one,) = told(("on: c_twice", f"on: {formula}"), ("{c: 11}", "{c_twice: 1}"))[:1]
    assert "costs.care" in one


def test_a_formula_gives_a_number_in_every_cycle() -> None:
    """The first that has none is named."""
    (one,) = told(("c * 2", "1 div (3 - cycle) * c"), ("care: {", "care: {allow_negative: yes, "))
    assert "gives no number in cycle 3;" in one


def test_every_circle_of_parameters_is_told_once_with_its_path() -> None:
    """From its first parameter on; what hangs on a circle is not judged."""
    found = told(
        ("value: c * 2", "value: c_twice * 2"),
        ("value: 0.1, source: s", "value: q * 1"),
        ("value: 0.2, source: s", "value: share_on * 1"),
        ("value: 0.5, source: s", "value: p * 1"),
        ("parameters: {c: 11}", "parameters: {c: 11}, label: L"),
    )
    assert [one.split("; ")[0] for one in found] == [
        "m.yaml:12:3: parameters.share_on: is calculated from itself: share_on → p → q → share_on",
        "m.yaml:16:3: parameters.c_twice: is calculated from itself: c_twice → c_twice",
    ]


# --- what is hardly meant ---------------------------------------------------------------------------


def test_a_parameter_that_is_never_used_is_a_warning() -> None:
    """The model is a model nevertheless."""
    (one,) = warned(("value: c * 2", "value: 20, source: s"))
    assert one == "m.yaml:15:3: parameters.c: is never used; use it, or remove it"
    assert read(("value: c * 2", "value: 20, source: s")).parameters["c"].value == 10


def test_a_share_that_the_others_leave_need_not_be_used() -> None:
    """Of a Dirichlet distribution one may be the complement."""
    p = "p: {unit: probability, distribution: dirichlet, group: g, count: 1, source: s}"
    rest = "rest: {unit: probability, distribution: dirichlet, group: g, count: 9, source: s}"
    assert warned(("p: {unit: probability, value: 0.1, source: s}", f"{p}\n  {rest}")) == []


def test_a_state_that_nobody_is_ever_in_is_a_warning() -> None:
    """What is reached under one strategy is reached."""
    states = ("off: {}, dead", "off: {}, lost: {}, dead")
    row = ("  off: {on: p", "  lost: {lost: 1}\n  off: {on: p")
    assert warned(states, row) == [
        "m.yaml:21:9: states.lost: nobody is ever in it; write who goes there, or remove it"
    ]
    own = ("on: complement}}}}", "lost: 0.1, on: complement}}}}")
    assert warned(states, row, own) == []


# --- what a study has yet to give -------------------------------------------------------------------

FROM_STUDY = ("p: {unit: probability, value: 0.1, source: s}", 'p: {unit: share, from: "prop(a)"}')


def test_what_hangs_on_a_study_is_not_judged_before_it_is_known() -> None:
    """Nor is a state taken for one that nobody reaches."""
    assert warned(FROM_STUDY) == []
    assert told(FROM_STUDY, ("on: c_twice", "on: p - 9")) == []


def test_what_does_not_hang_on_a_study_is_judged() -> None:
    """In the same row too: no probability is below 0."""
    (one, _two) = told(FROM_STUDY, ("value: 0.2", "value: 1.2"), ("dead: q, off", "dead: 0, off"))
    assert "the probability of “dead” is 1.2" in one
    found = told(FROM_STUDY, ("off: p, dead: q", "off: 0.9, dead: q"))
    assert any("probabilities sum to 1.1, more than one" in one for one in found)


def test_once_fed_a_model_is_judged_whole() -> None:
    """The same rules, of the value that the study gives."""
    model = fed(read(FROM_STUDY), {"prop(a)": Given(0.95, 0.01)})
    assert [str(one).split("; ")[0] for one in wrong(model)] == [
        "m.yaml:20:7: transitions.on: probabilities sum to 1.15, more than one",
        "m.yaml:21:8: transitions.off: probabilities sum to 1.15, more than one",
    ]
    assert wrong(fed(read(FROM_STUDY), {"prop(a)": Given(0.5, 0.01)})) == []


def test_nothing_is_computed_of_a_model_that_a_study_makes_wrong() -> None:
    """Whoever asks, for a terminal or a report: the message is that of the rule, with its place."""
    with pytest.raises(Refusal, match=r"m.yaml:20:7: transitions.on: probabilities sum to 1.15"):
        results(fed(read(FROM_STUDY), {"prop(a)": Given(0.95, 0.01)}))


def test_a_scenario_can_give_what_the_study_has_not() -> None:
    """It is then judged under that scenario alone."""
    found = told(FROM_STUDY, ("parameters: {c: 11}", "parameters: {p: 0.95}"))
    assert len(found) == 2
    assert all("scenarios.other, transitions.o" in one for one in found)


# --- laws -------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.floats(-1, 2), st.floats(-1, 2), st.floats(-1, 2), st.floats(-5, 5))
def test_no_problem_means_probabilities_that_can_be(
    share: float, p: float, q: float, cost: float
) -> None:
    """And a problem means that they cannot."""
    model = read()
    values = {"share_on": share, "p": p, "q": q, "c": cost}
    parameters = dict(model.parameters) | {
        name: replace(model.parameters[name], value=value) for name, value in values.items()
    }
    found = [
        one for one in wrong(replace(model, parameters=parameters)) if "scen" not in one.subject
    ]
    errors = [one for one in found if one.severity == "error"]
    can_be = 0 <= share <= 1 and min(p, q, 1 - p - q) >= 0 and p / 2 + q <= 1 and cost >= 0
    slack = min(abs(one) for one in (share, 1 - share, p, q, 1 - p - q, 1 - p / 2 - q)) < 1e-6
    if not slack:
        assert (errors == []) == can_be, errors
