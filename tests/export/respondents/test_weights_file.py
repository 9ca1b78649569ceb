"""weights.yaml: what it says is read, what is wrong with it is told all at once."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.respondents.weighting import Calibration, Cell, Trimming, Weighting
from export.respondents.weights_file import read_weights, weights_of
from export.study import Study, StudyInstrument
from surveys.check import check
from surveys.problems import Refusal

NewStudy = Callable[..., Study]

FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}, {name: x, label: Other}]
  drug: [{name: crack, label: Crack}, {name: alcohol, label: Alcohol}]
survey:
  - {type: select_one, choices: sex, name: sex, label: Sex}
  - {type: select_multiple, choices: drug, name: drugs, label: Drugs}
  - {type: integer, name: age, label: Age, keep: {bands: [18, 25]}, identifying: quasi}
  - {type: integer, name: days, label: Days}
  - {type: calculate, name: heavy, calculation: "${days} > 20"}
"""
GOOD = """
souspli_weights: 1
instrument: plain
response: [[1, 2], [4]]
steps:
  - poststratify:
      column: sex
      totals: {f: 180, "m, x": 356}
      missing: m
  - trim: {least: 0.3, most: 3}
  - rake:
      - {column: drugs__crack, totals: {0: 100, 1: 436}}
      - columns: [heavy, age]
        totals:
          0: {"-": 36, "18, 25": 200}
          1: {"-, 18": 180.5, 25: 119.5}
        missing: {age: 25}
  - trim: {most: 2.5}
"""


def instruments() -> tuple[StudyInstrument, ...]:
    found = check(FORM, "form.yaml").instrument
    assert found is not None
    return (
        StudyInstrument(found, "person"),
        StudyInstrument(replace(found, id="sites"), cast(Any, "site")),
    )


def told(text: str) -> list[str]:
    """Return the problems of a text, without the name of the file."""
    return [str(one).removeprefix("w:") for one in weights_of(text, "w", instruments())[1]]


def steps(text: str) -> list[str]:
    """Return the problems of some steps, without where they stand."""
    text = f"souspli_weights: 1\nsteps:\n{text}"
    return [line.split(": ", 1)[1] for line in told(text)]


def test_the_steps_come_in_the_order_given() -> None:
    """Each knows the one before it; a second of a kind has a number; values may be joined, and crossed."""
    found, problems = weights_of(GOOD, "w", instruments())
    assert problems == ()
    plain = found["plain"]
    assert plain.classes == ((1, 2), (4,))
    assert [(one.name, one.before) for one in plain.treatments] == [
        ("poststratify", "response"),
        ("trim", "poststratify"),
        ("rake", "trim"),
        ("trim_2", "rake"),
    ]
    post, trim, rake, last = plain.treatments
    assert (trim, last) == (
        Trimming("trim", "poststratify", 0.3, 3.0),
        Trimming("trim_2", "rake", None, 2.5),
    )
    assert isinstance(post, Calibration)
    assert isinstance(rake, Calibration)
    assert post.margins[0].cells == (Cell((("f",),), 180.0), Cell((("m", "x"),), 356.0))
    assert post.margins[0].missing == ("m",)
    crack, crossed = rake.margins
    assert (crack.columns[0].item, crack.columns[0].chosen) == ("drugs", "crack")
    assert crossed.name == "heavy, age"
    assert [cell.name for cell in crossed.cells] == ["0 × -", "0 × 18, 25", "1 × -, 18", "1 × 25"]
    assert crossed.missing == ("", "25")
    assert len(crossed.places()) == 6


def test_a_study_without_the_file_has_strata_for_classes(new_study: NewStudy) -> None:
    """And nothing after that; a questionnaire the file does not name, likewise."""
    study = new_study(FORM)
    assert read_weights(study, study.instruments[0]) == Weighting()
    path = study.folder / "weights.yaml"
    path.write_text("souspli_weights: 1\nresponse: all\n", "utf-8")
    assert read_weights(study, study.instruments[0]) == Weighting("all")
    other = replace(study.instruments[0].instrument, id="other")
    assert read_weights(study, replace(study.instruments[0], instrument=other)) == Weighting()
    path.write_text("souspli_weights: 2\nresponse: some\n", "utf-8")
    with pytest.raises(Refusal) as refused:
        read_weights(study, study.instruments[0])
    assert len(str(refused.value).splitlines()) == 2


def test_several_questionnaires_stand_in_a_list() -> None:
    """Each once, and only those about people drawn."""
    found, problems = weights_of(
        "souspli_weights: 1\nweights:\n  - {instrument: plain, response: all}\n", "w", instruments()
    )
    assert (found, problems) == ({"plain": Weighting("all")}, ())
    assert told(
        "souspli_weights: 1\nresponse: all\nweights:\n"
        "  - {instrument: plain}\n  - {instrument: plain}\n  - {instrument: sites}\n"
        "  - {instrument: plane}\n"
    ) == [
        "2:1: weights.yaml: “response” stands beside “weights”; move it into the list",
        "5:5: plain: two parts are about one questionnaire; make one of them",
        "6:18: instrument: the questionnaire “sites” is not about a person; remove it; only people "
        "drawn are weighted",
        "7:18: instrument: the study has no questionnaire “plane”; did you mean “plain”?",
    ]


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("  - trim: {}", "trim has no bound"),
        ("  - trim: {most: 0.5}", "multiples of the median"),
        ("  - trim: {most: -3}", "is not a number above 0"),
        ("  - trimm: {most: 3}", "“trimm” is not a known key; did you mean “trim”?"),
        ("  - {trim: {most: 3}, rake: []}", "a step is one of: poststratify, rake, trim"),
        ("  - rake: [{column: sex, totals: {f: 1, m: 1, x: 1}}]", "raking needs two margins"),
        ("  - poststratify: {column: sex}", "a margin has no totals"),
        ("  - poststratify: {totals: {f: 1}}", "a margin is of one column, or of several crossed"),
        ("  - poststratify: {column: days, totals: {}}", "“days” is not a column of few values"),
        (
            "  - poststratify: {column: drugs, totals: {}}",
            "use one of: drugs__crack, drugs__alcohol",
        ),
        (
            "  - poststratify: {column: sex, totals: {f: 1}}",
            "these values of sex have no total: m, x",
        ),
        ("  - poststratify: {column: sex, totals: {f: 1, 'm, x, f': 1}}", "“f” stands twice"),
        ("  - poststratify: {column: sex, totals: {f: 0, 'm, x': 1}}", "is not a number above 0"),
        ("  - poststratify: {column: sex, totals: {f: 1, 'm, x': {y: 1}}}", "should be a text"),
        ("  - poststratify: {columns: [sex, sex], totals: {}}", "a column stands twice"),
        (
            "  - poststratify: {column: heavy, missing: 2, totals: {0: 1, 1: 1}}",
            "“2” is not possible here",
        ),
        (
            "  - rake: [{column: heavy, totals: {0: 5, 1: 5}}, {column: drugs__crack, totals: {0: 5, 1: 6}}]",
            "have different sums: 10, 11",
        ),
    ],
)
def test_what_is_wrong_with_a_step_is_told(step: str, problem: str) -> None:
    """Place, subject, fact, remedy; one mistake is one problem."""
    (found,) = steps(step)
    assert problem in found


def test_all_mistakes_are_told_at_once_with_their_places() -> None:
    """In the order of the file."""
    assert told(
        "souspli_weights: 1\ninstrument: plain\nresponse: [[1, 2], [2, b]]\nsteps:\n"
        "  - poststratify: {column: sex, totals: {f: 1, m: many}}\n  - trim: {mots: 3}\n"
    ) == [
        "3:21: response: stratum 2 stands in two groups; leave it in one",
        "3:24: response: is not a whole number from 1 to 1000000000; write it in digits",
        "5:41: totals: these values of sex have no total: x; give each one, or join it to another as in "
        "“a, b: 100”",
        "5:51: totals: is not a number above 0; write it in digits, as 120 or 0.5",
        "6:12: trim: “mots” is not a known key; did you mean “most”?",
    ]


def test_the_example_of_the_page_on_methods_is_good() -> None:
    """What a study lead copies works, for a questionnaire that has these columns."""
    page = (Path(__file__).parents[3] / "docs" / "methods.md").read_text("utf-8")
    block = re.search(r"^    souspli_weights: 1\n(?:    .*\n)+", page, re.MULTILINE)
    assert block is not None
    sector = "  sector: [{name: north, label: North}, {name: south, label: South}]\nsurvey:\n"
    asked = "  - {type: select_one, choices: sector, name: sector, label: Sector}\n"
    instrument = check(FORM.replace("survey:\n", sector + asked), "form.yaml").instrument
    assert instrument is not None
    source = textwrap.dedent(block[0])
    found, problems = weights_of(source, "w", [StudyInstrument(instrument, "person")])
    assert problems == ()
    assert len(found["plain"].treatments) == 3


SCALARS = st.sampled_from(["sex", "f", "m, x", "1", "-", "all", "plain", "", "1e9", "é", "0.5"])
KEYS = st.sampled_from(
    "souspli_weights weights instrument response steps poststratify rake trim column columns totals "
    "missing least most f m".split()
)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_any_text_is_read_or_has_problems(tree: object) -> None:
    """Nothing of any shape stops the reading."""
    found, problems = weights_of(json.dumps(tree), "w", instruments())
    assert found or problems or tree in ({}, [])
