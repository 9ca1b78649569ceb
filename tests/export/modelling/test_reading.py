"""A model's file: what is written is what is computed, and all that is wrong with it is told at once."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.modelling import distributions
from export.modelling.model import Discount, Model
from export.modelling.reading import model_of, read_model
from surveys.problems import Refusal

MODEL = """\
souspli_model: 1
title: {en: Housing, fr: Logement}
text: Who is housed.
perspective: {en: health insurance, fr: assurance maladie}
currency: "€"
price_year: 2022
cycle: 6 months
horizon: 10 years
discount: {costs: 2.5 %, effects: 0.015}
willingness_to_pay: [0, 25, 100]
states:
  stable: {label: {en: Stable, fr: Stable}}
  unstable: {}
  dead: {label: Dead, dead: yes}
start: {stable: kept_now, unstable: complement}
parameters:
  c_care: {label: Care, unit: "€ a year", value: 17000, distribution: gamma, standard_error: 3000, source: "press, 2017"}
  p_lost: {unit: probability, value: 0.08, distribution: beta, standard_error: 0.02, assumed: no figure found}
  kept_now: {unit: share, from: "prop(housed = 'yes')"}
  nights: {unit: nights, from: "mean(nights)"}
  hr: {unit: ratio, value: 3, distribution: lognormal, interval: [2, 4.5], source: a trial}
  times: {unit: ratio, value: 5, distribution: uniform, range: [2, 8], assumed: a guess}
  d_back: {unit: probability, distribution: dirichlet, group: after, count: 80, source: a cohort}
  d_gone: {unit: probability, distribution: dirichlet, group: after, count: 20, source: a cohort}
  r_dead: {unit: rate a year, value: 2e-2, source: a register}
  p_dead: {unit: probability, value: "probability(r_dead * hr)"}
costs:
  programme: {label: Programme, programme: yes, per_year: {stable: 14000}, at_start: 100}
  care:
    allow_negative: yes
    per_year: {stable: c_care, unstable: "c_care * times"}
    per_transition: {unstable: {stable: -40, dead: 10}}
effects:
  nights: {label: Nights, unit: nights, per_year: {stable: nights}}
transitions:
  stable: {unstable: p_lost, dead: p_dead, stable: complement}
  unstable: {stable: d_back div 10, dead: p_dead, unstable: complement}
strategies:
  usual: {label: Usual}
  housing:
    transitions: {unstable: {stable: "d_back div 2", dead: p_dead, unstable: complement}}
    costs: {care: {per_year: {unstable: 1e3}, per_transition: {unstable: {stable: 5}}}}
scenarios:
  plain: {label: Not discounted, discount: {costs: 0, effects: 0}}
  short: {horizon: 5 years, correction: none}
  worse: {parameters: {p_lost: 0.2}, discount: {costs: 4 %}}
"""
MODEL = MODEL.replace("nights: {label: Nights", "sleep: {label: Nights")


def read(text: str) -> Model:
    found, problems = model_of(text, "m.yaml")
    assert found is not None, problems
    return found


def told(text: str) -> list[str]:
    return [str(one) for one in model_of(text, "m.yaml")[1]]


def spoilt(old: str, new: str) -> list[str]:
    assert MODEL.count(old) >= 1, old
    return told(MODEL.replace(old, new, 1))


# --- what is read -----------------------------------------------------------------------------------


def test_a_model_without_a_mistake_has_no_problem() -> None:
    """Nor a warning."""
    assert told(MODEL) == []


def test_what_a_file_says_of_the_analysis_is_what_is_analysed() -> None:
    """Lengths of time become years and cycles, per cent become shares."""
    found = read(MODEL)
    assert (found.title, found.text, found.currency) == ("Housing", "Who is housed.", "€")
    assert (found.perspective, found.price_year) == ("health insurance", "2022")
    assert (found.length, found.cycles, found.correction) == (0.5, 20, "half-cycle")
    assert found.discount == Discount(0.025, 0.015)
    assert (found.cohort, found.draws, found.seed) == (1000, 10_000, 1)
    assert found.worth == (0, 25, 100)
    assert [(one.name, one.label, one.is_dead) for one in found.states] == [
        ("stable", "Stable", False),
        ("unstable", "unstable", False),
        ("dead", "Dead", True),
    ]


def test_texts_are_in_the_language_of_the_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model may be written in both."""
    monkeypatch.setenv("LANGUAGE", "fr")
    assert (read(MODEL).title, read(MODEL).perspective) == ("Logement", "assurance maladie")


def test_every_value_says_where_it_comes_from() -> None:
    """A source, an assumption, the study, or other parameters."""
    found = read(MODEL)
    assert {name: one.origin for name, one in found.parameters.items()} == {
        **dict.fromkeys(("c_care", "hr", "d_back", "d_gone", "r_dead"), "source"),
        **dict.fromkeys(("p_lost", "times"), "assumed"),
        **dict.fromkeys(("kept_now", "nights"), "study"),
        "p_dead": "calculated",
    }
    assert found.asked == ("prop(housed = 'yes')", "mean(nights)")
    kept, nights = found.parameters["kept_now"], found.parameters["nights"]
    assert (kept.value, kept.distribution, kept.family) == (None, None, "beta")
    assert nights.family == "normal"


def test_a_calculated_value_may_be_assumed() -> None:
    """It is then counted with what is to be replaced."""
    text = MODEL.replace('hr)"}', 'hr)", assumed: the same}')
    found = read(text).parameters["p_dead"]
    assert (found.origin, found.told, found.value) == ("assumed", "the same", None)


def test_distributions_have_the_mean_and_error_that_are_written() -> None:
    """By the method of moments; of an interval, its width over twice 1.96 errors."""
    found = read(MODEL).parameters
    gamma, lognormal = found["c_care"].distribution, found["hr"].distribution
    assert gamma is not None
    assert lognormal is not None
    assert gamma.first * gamma.second == pytest.approx(17_000)
    assert distributions.error(gamma) == pytest.approx(3000)
    assert math.exp(lognormal.first + lognormal.second**2 / 2) == pytest.approx(3)
    low, high = (distributions.quantile(lognormal, share) for share in (0.025, 0.975))
    assert high / low == pytest.approx(4.5 / 2, rel=1e-6)
    assert found["times"].distribution == distributions.Distribution("uniform", 2, 8)


def test_the_interval_of_a_normal_is_two_errors_wide_each_way() -> None:
    """At 95 %."""
    text = MODEL.replace("lognormal, interval: [2, 4.5]", "normal, interval: [2, 4]")
    found = read(text).parameters["hr"].distribution
    assert found is not None
    assert found.second == pytest.approx(2 / (2 * 1.959964), rel=1e-9)


def test_a_value_may_be_in_per_cent() -> None:
    """As discount rates are."""
    assert read(MODEL.replace("value: 0.08", "value: 8 %")) == read(MODEL)


def test_shares_of_a_dirichlet_are_counts_over_their_sum() -> None:
    """And sum to one."""
    found = read(MODEL).parameters
    assert (found["d_back"].value, found["d_gone"].value) == (0.8, 0.2)
    assert found["d_back"].distribution == distributions.Distribution("dirichlet", 80, 20)


def test_a_strategy_has_what_is_common_but_for_what_it_says() -> None:
    """Rows are replaced whole, amounts entry by entry; the dead stay dead."""
    usual, housing = read(MODEL).strategies
    assert housing.rows["stable"] == usual.rows["stable"]
    assert usual.rows["unstable"].entries["stable"].text == "d_back div 10"
    assert housing.rows["unstable"].entries["stable"].text == "d_back div 2"
    assert (dict(housing.rows["dead"].entries), housing.rows["dead"].complement) == ({}, "dead")
    care = housing.amounts["care"]
    assert {name: one.text for name, one in care.per_year.items()} == {
        "stable": "c_care",
        "unstable": "1e3",
    }
    moves = {name: one.text for name, one in care.per_transition["unstable"].items()}
    assert moves == {"stable": "5", "dead": "10"}
    assert housing.amounts["programme"] == usual.amounts["programme"]


def test_the_complement_of_the_start_is_the_rest() -> None:
    """Written as a formula, so that it follows what is drawn."""
    assert read(MODEL).start["unstable"].text == "1 - (kept_now)"


def test_a_scenario_has_only_what_is_different() -> None:
    """A rate that it does not give is the model's."""
    plain, short, worse = read(MODEL).scenarios
    assert (plain.discount, plain.cycles, plain.label) == (Discount(0, 0), None, "Not discounted")
    assert (short.cycles, short.correction, short.discount) == (10, "none", None)
    assert (dict(worse.values), worse.discount) == ({"p_lost": 0.2}, Discount(0.04, 0.015))


@pytest.mark.parametrize(
    ("cycle", "horizon", "length", "cycles"),
    [
        ("1 year", "75 years", 1, 75),
        ("1 month", "2 years", 1 / 12, 24),
        ("28 days", "56 days", 28 / 365.25, 2),
        ("2 weeks", "1461 days", None, None),
        ("7 days", "4 weeks", 7 / 365.25, 4),
    ],
)
def test_a_year_is_365_and_a_quarter_days_and_12_months(
    cycle: str, horizon: str, length: float | None, cycles: int | None
) -> None:
    """Exactly: a horizon is a whole number of cycles, or the nearest is named."""
    text = MODEL.replace("cycle: 6 months", f"cycle: {cycle}")
    text = text.replace("horizon: 10 years", f"horizon: {horizon}")
    text = text.replace("horizon: 5 years, ", "")
    if cycles is None:
        assert told(text) == [
            "m.yaml:8:10: horizon: is not a whole number of cycles of 2 weeks; "
            "the nearest is 208 weeks"
        ]
    else:
        assert (read(text).length, read(text).cycles) == (length, cycles)


# --- what is wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("souspli_model: 1", "souspli_model: 2", "1:1: this is not a model of version 1"),
        ("horizon: 10", "horizn: 10", "“horizn” is not a known key; did you mean “horizon”?"),
        ("title:", "titel:", "title: “title” is missing; write it, for example"),
        ("perspective: {en", "perspective: {} # {en", "perspective: “perspective” is missing"),
        ('currency: "€"', "currency: ", "5:1: currency: “currency” is missing"),
        ("price_year: 2022", "price_year: soon", "6:13: price_year: “soon” is not a year"),
        ("cycle: 6 months", "cycle: six months", "7:8: cycle: “six months” is not a length of time"),
        ("cycle: 6 months", "cycle: 0 months", "“0 months” is not a length of time"),
        ("cycle: 6 months", "cycle: 1 day", "horizon: is not a whole number of cycles of 1 day"),
        ("10 years", "9999 years", "horizon: 19998 cycles are more than 5000"),
        ("costs: 2.5 %, effects: 0.015", "costs: 2.5 %", "discount: “effects” is missing"),
        ("2.5 %, eff", "250 %, eff", "9:19: discount: 250 % is not from 0 to 1"),
        ("2.5 %, eff", '"2,5 %", eff', "“2,5 %” is not a number; write digits, with a point"),
        ("[0, 25, 100]", "[0, 25, 25]", "willingness_to_pay: the numbers do not increase"),
        ("[0, 25, 100]", "[-1, 25]", "-1 is not from 0 to 1e+12"),
        ("dead: {label: Dead, dead: yes}", "dead: {}", "states: nobody dies; write “dead: yes”"),
        ("  stable: {label", "  st-able: {label", "states: “st-able” is not a name"),
        ("stable: kept_now", "stabel: kept_now", "there is no state “stabel”; did you mean “stable”"),
        ("p_lost, dead", "p_losst, dead", "there is no parameter “p_losst”; did you mean “p_lost”?"),
        ("dead: p_dead", "dead: p_dead-hr", "“p_dead-hr”; put spaces on both sides of a minus"),
        ("stable: d_back div", "stable: d_back /", "“/” does not divide; write div"),
        ('"c_care * times"', '"today()"', "“today()” has no meaning in a model"),
        ('"c_care * times"', "'''a'''", "“string” has no meaning in a model"),
        ('"c_care * times"', '"c_care | times"', "“|” has no meaning in a model"),
        ('"c_care * times"', '"c_care *"', "the expression stops where a value was expected"),
        ('"c_care * times"', "min(c_care, times)", "an expression is cut at its comma"),
        ('"c_care * times"', '"17,000"', "“17,000” is not a number"),
        ('"c_care * times"', "", "there is no number; write a number or a formula"),
        ("unit: ratio, value: 3", "value: 3", "parameters.hr: “unit” is missing"),
        ("source: a trial", "soruce: a trial", "nothing says where the value comes from"),
        ("source: a trial", "source: a, assumed: b", "source and assumed cannot both be"),
        ("value: 3, ", "", "parameters.hr: “value” is missing"),
        ("value: 3, ", "value: 1e13, ", "1e13 is not from -1e+12 to 1e+12"),
        ("distribution: gamma", "distribution: weibull", "“weibull” is not possible here"),
        ("distribution: gamma, ", "", "“standard_error” has no distribution"),
        ("gamma, standard_error: 3000", "gamma", "takes one of standard_error and interval"),
        ("gamma, ", "gamma, interval: [1, 2], ", "takes one of standard_error and interval"),
        ("standard_error: 0.02", "standard_error: 0.3", "no beta distribution has mean 0.08 and"),
        ("standard_error: 0.02", "standard_error: 0.3", "above 0 and below 0.271293"),
        ("standard_error: 3000", "standard_error: 0", "and standard error 0; both must be above 0"),
        ("interval: [2, 4.5]", "interval: [2]", "this is not two numbers; write two"),
        ("interval: [2, 4.5]", "interval: [4, 4.5]", "4 to 4.5 does not have the value 3 in it"),
        ("interval: [2, 4.5]", "interval: [0, 4.5]", "a lognormal distribution is above 0"),
        ("range: [2, 8]", "range: [6, 8]", "6 to 8 does not have the value 5 in it"),
        ("range: [2, 8]", "standard_error: 2", "“standard_error” does not go with it"),
        ("count: 80", "count: 0", "a count below 0.1 makes it all but certain that nobody does"),
        ("count: 80", "count: 80, value: 0.8", "its count over all of its group's; remove the value"),
        ("group: after, count: 20", "group: other, count: 20", "nothing else is a share of “other”"),
        ("prop(housed = 'yes')", "prop(housed = 'yes'", "parameters.kept_now: ) is missing at the"),
        ("prop(housed = 'yes')", "share(housed)", "share() is not one number; use one of: prop"),
        ("prop(housed = 'yes')", "housed", "housed: write prop(A), mean(A)"),
        ('"mean(nights)"', '"mean(nights)", value: 3', "the estimate brings its own value"),
        ('"mean(nights)"', '"mean(nights)", distribution: uniform', "has no uniform distribution"),
        ('hr)"}', 'hr)", distribution: beta}', "as sure as what it is calculated from"),
        ("  r_dead:", "  cycle:", "“cycle” means something in formulas; give it another name"),
        ("nights, per_year", "nights, per_yaer", "“per_yaer” is not a known key; did you mean"),
        ("unit: nights, per", "per", "effects.sleep: “unit” is missing; write what it is counted in"),
        ("  sleep: {label", "  care: {label", "effects: “care” is a cost already"),
        ("unstable: {stable: -40", "unstable: {unstable: -40", "staying in “unstable” is not a change"),
        ("stable: complement}", "stable: complement, unstable: complement}", "already used"),
        ("unstable: p_lost,", "unstable: complement,", "“unstable” is the complement already"),
        ("costs: {care: {per", "costs: {cares: {per", "there is no “cares” under costs; did you mean"),
        ("  usual: {label: Usual}\n", "", "strategies: there are fewer than two to compare"),
        ("worse: {parameters: {p_lost", "worse: {parameters: {p_lots", "there is no parameter “p_lots”"),
        ("value: 0.08", "value: 0,08", "a number is cut at its comma; write digits, with a point"),
        ("worse: {parameters: {p_lost", "worse: {parameters: {d_back", "“d_back” is one share of a whole"),
        ("worse: {parameters: {p_lost: 0.2}, discount: {costs: 4 %}}", "worse: {}", "changes nothing"),
        ("correction: none", "correction: simpson", "use one of: half-cycle, none"),
        ("willingness", "draws: 0\nwillingness", "is not a whole number from 1 to 1000000"),
        ("willingness", "seed: one\nwillingness", "seed: is not a whole number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, problem: str) -> None:
    """And what to do about it."""
    found = spoilt(old, new)
    assert any(problem in one for one in found), found
    assert all(one.startswith("m.yaml:") for one in found)


BAD = """\
souspli_model: 1
title: Housing
perspective: society
currency: "€"
price_year: 2022
cycle: 1 year
horizon: 10 years
states: {housed: {}, outside: {}, dead: {dead: yes}}
start: {outside: 1}
parameters:
  p_kept: {unit: probability, value: 0.9, source: a trial}
  p_dead: {unit: probability, value: 0.2, source: a register}
  c_one: {unit: "€", value: "c_two + 1"}
  c_two: {unit: "€", value: "c_one * 2"}
costs:
  care: {per_year: {housed: c_one, outside: -100}}
effects:
  nights: {unit: nights, per_year: {housed: 365.25}}
transitions:
  housed: {housed: p_kept, dead: p_dead}
  outside: {huosed: 0.5, outside: complement}
strategies: {usual: {}, programme: {transitions: {outside: {housed: 0.6, outside: complement}}}}
"""


def test_the_mistakes_of_a_bad_model_are_told_at_once(tmp_path: Path) -> None:
    """Rows over one, an unknown state, a negative cost, no discount, parameters in a circle."""
    path = tmp_path / "bad.yaml"
    path.write_text(BAD, "utf-8")
    with pytest.raises(Refusal) as refused:
        read_model(path)
    assert str(refused.value).replace(str(path), "bad.yaml").splitlines() == [
        "bad.yaml:1:1: discount: “discount” is missing; "
        "write “discount: {costs: 2.5 %, effects: 2.5 %}”; 0 is a rate as well",
        "bad.yaml:13:3: parameters.c_one: is calculated from itself: c_one → c_two → c_one; "
        "write one of them as a number",
        "bad.yaml:16:45: costs.care: -100 is below 0; "
        "correct it, or write “allow_negative: yes” beside the label",
        "bad.yaml:20:11: transitions.housed: probabilities sum to 1.1, more than one; lower them",
        "bad.yaml:21:13: transitions.outside: there is no state “huosed”; did you mean “housed”?",
    ]


FORTY = """\
souspli_model: 1
titel: Housing
currency:
price_year: last
cycle: half a year
horizon: ten
correction: simpson
discount: {costs: 300 %, efects: 0}
cohort: 0
draws: many
seed: -1
willingness_to_pay: [10, 5]
states:
  in-side: {}
  outside: {lable: Outside}
  dead: {dead: perhaps}
start: {outsid: 1}
parameters:
  no_unit: {value: 1, source: x}
  no_source: {unit: x, value: 1}
  both: {unit: x, value: 1, source: x, assumed: y}
  no_value: {unit: x, source: x}
  comma: {unit: x, value: "1,5", source: x}
  weird: {unit: x, value: 1, source: x, distribution: cauchy}
  bare: {unit: x, value: 1, source: x, standard_error: 1}
  wide: {unit: x, value: 0.5, source: x, distribution: beta, standard_error: 0.5}
  below: {unit: x, value: -1, source: x, distribution: gamma, standard_error: 1}
  twice: {unit: x, value: 1, source: x, distribution: normal, standard_error: 1, interval: [0, 2]}
  beyond: {unit: x, value: 9, source: x, distribution: uniform, range: [1, 2]}
  alone: {unit: x, source: x, distribution: dirichlet, group: one, count: 3}
  shared: {unit: x, from: share(x)}
  loop: {unit: x, value: loop + 1}
  nobody: {unit: x, value: nobodi}
  odd: {unit: x, value: today()}
  cut: {unit: x, value: min(1, 2)}
  open: {unit: x, value: "(1"}
costs:
  care: {per_yaer: {}, programme: maybe, per_year: {heaven: 1, outside: -1}}
effects:
  care: {per_year: {outside: 1 div 0}, per_transition: {outside: {outside: 1}}}
transitions:
  outside: {outside: 0.7, dead: 0.7}
strategies: {one: {costs: {cure: {}}}}
scenarios: {same: {}, other: {parameters: {nowhere: 1}}}
"""


def test_forty_mistakes_show_forty() -> None:
    """At once, in the order of the file; one does not hide another."""
    found = told(FORTY)
    assert len(found) >= 40, "\n".join(found)
    lines = [int(one.split(":")[1]) for one in found]
    assert lines == sorted(lines)
    assert {*range(2, 13), *range(14, 18), *range(19, 37), 38, 40, 42, 43, 44} <= set(lines)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "the file is empty"),
        ("- a\n", "should be a map"),
        ("a: [\n", "YAML syntax"),
        ("souspli_model: 1\n", "states: there is none"),
        ("souspli_model: 1\nstart: {}\n", "start: “start” is missing; write where people begin"),
        ("souspli_model: 1\n" + "#" * 300_000, "the file has more than 300000 characters"),
        ("souspli_model: 1\nstates: [a]\nparameters: 3\n", "states: should be a map"),
    ],
)
def test_what_is_no_model_is_said_to_be_none(text: str, fact: str) -> None:
    """Whatever it is."""
    found, problems = model_of(text, "m.yaml")
    assert found is None
    assert any(fact in str(one) for one in problems)


@pytest.mark.parametrize(
    ("key", "count"), [("states", 10_000), ("parameters", 20_000), ("strategies", 10_000)]
)
def test_a_model_too_large_is_refused_at_once(key: str, count: int) -> None:
    """Before anything of it is computed."""
    more = "".join(f"  n{one}: {{}}\n" for one in range(count))
    started = time.monotonic()
    found = told(MODEL.replace(f"{key}:\n", f"{key}:\n{more}", 1))
    assert len(found) == 1
    assert f"{key}: there are more than" in found[0]
    assert time.monotonic() - started < 5


def test_ten_thousand_names_that_nothing_has_take_a_moment() -> None:
    """Names near them are sought for the first only."""
    many = ", ".join(f"q{one}: x{one}" for one in range(10_000))
    started = time.monotonic()
    assert len(spoilt("start: {", f"start: {{{many}, ")) >= 10_000
    assert time.monotonic() - started < 10


def test_a_model_of_too_many_cycles_and_states_is_refused() -> None:
    """Its probabilities would not fit in memory."""
    states = "".join(f"  n{one}: {{}}\n" for one in range(90))
    text = MODEL.replace("states:\n", "states:\n" + states, 1).replace("6 months", "1 month")
    text = text.replace("horizon: 10 years", "horizon: 40 years")
    assert any("480 cycles are more than 231" in one for one in told(text))


NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}_v", fullmatch=True)
NUMBERS = st.floats(0.001, 1e9).map(lambda value: float(f"{value:.6g}"))


@settings(max_examples=40, deadline=None)
@given(
    names=st.lists(NAMES, min_size=1, max_size=5, unique=True),
    data=st.data(),
    rates=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    cycles=st.integers(1, 60),
)
def test_a_valid_model_that_is_read_is_the_model_that_was_meant(
    names: list[str], data: st.DataObject, rates: tuple[float, float], cycles: int
) -> None:
    """Numbers to the last digit, whatever they are called."""
    values = {name: data.draw(NUMBERS) for name in names}
    shares = data.draw(st.lists(st.integers(1, 99), min_size=2, max_size=2))
    lines = [
        f"  {name}: {{unit: u, value: {value!r}, source: s}}" for name, value in values.items()
    ]
    paid = " + ".join(names)
    text = f"""\
souspli_model: 1
title: T
perspective: P
currency: C
price_year: 2000
cycle: 1 month
horizon: {cycles} months
discount: {{costs: {rates[0]!r}, effects: {rates[1]!r}}}
states: {{on: {{}}, off: {{dead: yes}}}}
start: {{on: {shares[0] / 100!r}, off: complement}}
parameters:
{chr(10).join(lines)}
costs: {{all: {{per_cycle: {{on: {paid}}}}}}}
effects: {{life: {{unit: years, per_year: {{on: 1}}}}}}
transitions: {{on: {{off: {shares[1] / 100!r}, on: complement}}}}
strategies: {{a: {{}}, b: {{}}}}
"""
    found, problems = model_of(text, "m.yaml")
    assert problems == ()
    assert found is not None
    assert {name: one.value for name, one in found.parameters.items()} == values
    assert (found.discount, found.cycles) == (Discount(*rates), cycles)
    assert found.strategies[0].amounts["all"].per_cycle["on"].names == tuple(names)
    assert replace(found.strategies[1], name="a", label="a") == found.strategies[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(MODEL)), st.text(alphabet="ab01:-{}[]\"'() \n,%*.", max_size=6))
def test_whatever_is_written_is_a_model_or_problems(at: int, more: str) -> None:
    """Never anything else."""
    found, problems = model_of(MODEL[:at] + more + MODEL[at:], "m.yaml")
    assert found is not None or problems
    assert (found is None) == any(one.severity == "error" for one in problems)
