"""What the gate says, and the options it is asked by."""

from __future__ import annotations

import argparse
import io
import random

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from export.disclosure import told
from export.disclosure.costs import Step
from export.disclosure.gate import Assessment, Told
from export.disclosure.measures import Diversity, Measures
from export.disclosure.proposal import Proposal
from export.disclosure.rules import Coarser, Merge, Rules
from export.disclosure.treatment import Treatment
from export.respondents.table import Tables
from export.verbs import export_gate
from surveys.check import check
from surveys.problems import Refusal, Usage

pytestmark = pytest.mark.usefixtures("english")


def assessment(rules: Rules, *, texts: int = 0) -> Assessment:
    """Return one of a study in which three of twenty are unlike the others."""
    instrument = check(
        "souspli: 1\nform: {id: a, version: '1', title: A}\nsurvey:\n"
        "  - {type: integer, name: age, label: Age, identifying: quasi}\n",
        "a.yaml",
    ).instrument
    assert instrument is not None
    diverse = (Diversity("used", 2, 1, 1.0, 4),)
    before = Measures(20, 1, {2: 3, 5: 3}, 3, 0.61, 0.4, 0.05, 1.23, diverse)
    after = Measures(20, 5, {2: 0, 5: 0}, 0, 0.0, 0.1, 0.04, 0.9, ())
    step = Step("coarser", "age", "--coarser 'age: 40'", (30, 2), 0, 3.25, 4.5, 5, 0)
    treatment = Treatment(instrument)
    return Assessment(
        rules=rules,
        before=before,
        after=before,
        treatment=treatment,
        steps=(),
        keys=(Told("age", "number", 30, 0),),
        proposal=Proposal(treatment, (step,), after),
        texts={"words": texts} if texts else {},
        calculated=("score",),
        classes=np.zeros(20, dtype=np.intp),
    )


def printed(found: Assessment) -> str:
    """Return what a terminal of eighty columns shows."""
    console = Console(file=io.StringIO(), width=80, markup=False, highlight=False)
    told.print_assessment(console, found)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_was_found_fits_eighty_columns() -> None:
    """Numbers before and after, keys, sensitive answers, what is proposed, what is to be looked at."""
    shown = printed(assessment(Rules(profile="release"), texts=2))
    assert all(len(line) <= 80 for line in shown.splitlines())
    for part in (
        "1.2",
        "age",
        "used",
        "30 to 2",
        "3.25/4.50",
        "--coarser 'age: 40'",
        "words (2)",
        "score",
    ):
        assert part in shown


def test_a_refusal_says_why_and_what_can_be_done() -> None:
    """How many are unlike; what to type."""
    found = assessment(Rules(profile="release"), texts=2)
    with pytest.raises(Refusal, match=r"3 people .*5; people's own words.*--apply.*--override"):
        export_gate.require(found)
    export_gate.require(assessment(Rules(profile="release", override="the board agreed")))
    export_gate.require(assessment(Rules()))


def test_own_words_are_shown_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe they would be kept by whoever reads it."""
    tables = Tables(pl.DataFrame({"number": [1], "words": ["I bake"]}), {}, {"number": "number"})
    export_gate.review(assessment(Rules(), texts=1), tables)
    with pytest.raises(Usage, match="on a terminal"):
        export_gate.review(assessment(Rules(review=True), texts=1), tables)
    console = Console(file=io.StringIO(), width=80)
    told.print_texts(console, tables, ["words"], random.Random(1))
    assert isinstance(console.file, io.StringIO)
    assert "- I bake" in console.file.getvalue()


def rules(*words: str) -> Rules:
    """Return what some options ask for, in a study whose k is 4."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", action="store_true")
    export_gate.describe(parser)
    return export_gate.wanted(parser.parse_args(words), 4)


def test_the_options_become_rules() -> None:
    """Without any, an analyst's, with the study's k."""
    assert rules() == Rules(k=4)
    words = "--profile release --k 7 --l 2 --drop a --drop b --suppress".split()
    more = ["--merge", "c: x + y=z", "--coarser", "age: 25, 45", "--coarser", "m: year"]
    assert rules(*words, *more, "--override", " the  board\nagreed ") == Rules(
        profile="release",
        k=7,
        diversity=2,
        drop=("a", "b"),
        merge=(Merge("c", ("x", "y"), "z"),),
        coarser=(Coarser("age", ("25", "45")), Coarser("m", ("year",))),
        suppress=True,
        override="the board agreed",
    )


@pytest.mark.parametrize(
    "words",
    [
        ["--k", "0"],
        ["--l", "0"],
        ["--merge", "a"],
        ["--merge", "a: b=c"],
        ["--merge", "a: b+b=c"],
        ["--merge", "a: b+=c"],
        ["--merge", "a: b+c=d e"],
        ["--coarser", "a"],
        ["--coarser", "a:"],
        ["--apply", "--suppress"],
        ["--review"],
        ["--override", "for an analyst"],
    ],
)
def test_options_that_say_nothing_are_refused(words: list[str]) -> None:
    """Or that contradict each other."""
    with pytest.raises(Usage):
        rules(*words)
