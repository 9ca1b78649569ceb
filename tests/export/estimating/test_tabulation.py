"""A tabulation plan: what it asks, in order, and all that is wrong with it, each with its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.estimating.tabulation import How, Section, Tabulation, plan_of
from export.study import StudyInstrument
from surveys import language
from surveys.instrument import Instrument

PLAN = """
souspli_tables: 1
title: {en: Report, fr: Rapport}
level: 90
sections:
  - title: Who they are
    text: |
      Of all who were drawn.
    estimates:
      - share(sex)
      - {estimate: "prop(sex = 'f')", label: {en: Women, fr: Femmes}, level: 99.9, method: wilson}
  - title: By sex
    by: ["", sex, "sex, card"]
    variance: jackknife
    estimates:
      - mean(days)
      - {estimate: "change(days_before, days)", by: card}
"""


def read(text: str, instrument: Instrument) -> tuple[Tabulation | None, list[str]]:
    found, problems = plan_of(text, "tables.yaml", [StudyInstrument(instrument, "person")], How())
    return found, [str(problem) for problem in problems]


def test_a_plan_asks_in_order_with_what_stands_above_unless_it_says_otherwise(
    instrument: Instrument,
) -> None:
    """Level, method, variance and groups go down from the plan to its sections and estimates."""
    found, problems = read(PLAN, instrument)
    assert problems == []
    assert found is not None
    assert (found.title, found.instrument) == ("Report", "plain")
    assert [section.title for section in found.sections] == ["Who they are", "By sex"]
    told = [
        (one.estimand.text, one.by, one.level, one.method, one.variance) for one in found.wanted
    ]
    assert told == [
        ("share(sex)", (), 0.9, None, "taylor"),
        ("prop(sex = 'f')", (), pytest.approx(0.999), "wilson", "taylor"),
        ("mean(days)", (), 0.9, None, "jackknife"),
        ("mean(days)", ("sex",), 0.9, None, "jackknife"),
        ("mean(days)", ("sex", "card"), 0.9, None, "jackknife"),
        ("change(days_before, days)", ("card",), 0.9, None, "jackknife"),
    ]
    assert [one.label for one in found.wanted][:2] == ["", "Women"]
    assert isinstance(found.sections[0], Section)
    assert found.sections[0].text == "Of all who were drawn."


def test_texts_are_in_the_language_of_the_interface(
    instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan may be written in both."""
    monkeypatch.setenv("LANGUAGE", "fr")
    found, _problems = read(PLAN, instrument)
    assert found is not None
    assert (found.title, found.wanted[1].label) == ("Rapport", "Femmes")
    assert language.from_environment() == "fr"


@pytest.mark.parametrize(
    ("changed", "into", "problem"),
    [
        (
            "souspli_tables: 1",
            "souspli_tables: 2",
            "2:1: this is not a tabulation plan of version 1",
        ),
        ("level: 90", "level: 9", "4:8: level: is not a percentage from 50 to 99.99"),
        ("level: 90", "level: nan", "4:8: level: is not a percentage"),
        ("level: 90", "levle: 90", "4:1: tables.yaml: “levle” is not a known key; did you mean"),
        (
            "level: 90",
            "instrument: plane",
            "4:13: instrument: the study has no questionnaire “plane”",
        ),
        ("share(sex)", "share(sex", ": estimates: "),
        ("share(sex)", "sharing(sex)", "10:9: estimates: sharing(sex): write prop(A)"),
        ("share(sex)", "share(days)", "10:9: estimates: “days” does not divide"),
        ("share(sex)", "prop(sex = 'x')", "10:9: estimates: “sex” cannot be compared"),
        ("share(sex)", "[share(sex)]", "10:9: estimates: should be a text"),
        ("method: wilson", "method: wald", "“wald” is not possible here"),
        ("by: card", "by: words", ":53: by: “words” does not divide"),
        ('"sex, card"', '"sex, sex"', "by: groups are those of at most 3 different columns"),
        ('"sex, card"', '"sex, card, stopped, age"', "at most 3 different columns"),
        (
            '"change(days_before, days)"',
            "change(days_before, days)",
            "cut at its comma; put double",
        ),
        ("variance: jackknife", "variance: bootstrap", "“bootstrap” is not possible here"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    changed: str, into: str, problem: str, instrument: Instrument
) -> None:
    """Once, not for each grouping."""
    _found, problems = read(PLAN.replace(changed, into, 1), instrument)
    assert len(problems) == 1, problems
    assert problem in problems[0]


def test_all_that_is_wrong_is_told_at_once(instrument: Instrument) -> None:
    """Sorted by place."""
    text = PLAN.replace("level: 90", "level: x").replace("share(sex)", "share(words)")
    _found, problems = read(text.replace("mean(days)", "mean(number)"), instrument)
    assert [problem.split(":")[1] for problem in problems] == ["4", "10", "16"]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "the file is empty"),
        ("souspli_tables: 1\n", "nothing is to be estimated"),
        ("souspli_tables: 1\nsections: []\n", "nothing is to be estimated"),
        ("- a\n", "should be a map"),
        ("souspli_tables: 1\nsections: {a: b}\n", "should be a list"),
    ],
)
def test_an_empty_plan_is_none(text: str, fact: str, instrument: Instrument) -> None:
    """It says what is missing."""
    _found, problems = read(text, instrument)
    assert any(fact in problem for problem in problems)


@settings(max_examples=60)
@given(
    st.text(alphabet="abd:-{}[]\"' \n(),=/*&!#%0", max_size=80).map(
        lambda tail: "souspli_tables: 1\nsections:\n  - estimates: " + tail
    )
)
def test_whatever_is_written_is_a_plan_or_problems(text: str) -> None:
    """Never anything else."""
    found, problems = plan_of(text, "tables.yaml", [], How())
    assert problems
    assert found is None or isinstance(found, Tabulation)


def test_more_estimates_than_a_report_holds_are_refused(instrument: Instrument) -> None:
    """A plan of 2,001 is a slip, or hostile."""
    lines = "\n".join(["      - mean(days)"] * 2001)
    text = f"souspli_tables: 1\nsections:\n  - title: Many\n    estimates:\n{lines}\n"
    _found, problems = read(text, instrument)
    assert any("more than 2000 estimates" in problem for problem in problems)


def test_a_plan_that_asks_for_millions_is_refused_before_they_are_read(
    instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groupings multiply estimates: a megabyte of YAML could ask for a thousand million."""
    read_ones: list[str] = []

    def parsed(text: str) -> None:
        read_ones.append(text)

    monkeypatch.setattr("export.estimating.tabulation.parse", parsed)
    entries = ", ".join(["prop(stopped)"] * 100)
    text = f"souspli_tables: 1\nsections: [{{by: [{', '.join(['sex'] * 100)}], estimates: [{entries}]}}]"
    _found, problems = read(text, instrument)
    assert problems[-1].endswith("there are more than 2000 estimates; make several plans of it")
    assert len(read_ones) == 2000
