"""The page on estimates is true: what it asks can be asked of the shipped questionnaire."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from export.estimating.tabulation import How, plan_of
from export.estimating.wanted import wanted
from export.study import StudyInstrument
from export.verbs import estimate
from surveys.shipped import usable

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "estimates.md").read_text("utf-8")
WRITTEN = re.findall(r"^\| `([a-z]+\(.*\))` \|", PAGE, flags=re.MULTILINE)


@pytest.mark.parametrize("text", WRITTEN)
def test_each_expression_of_the_page_can_be_asked(text: str) -> None:
    """Of the questionnaire for people who are housed."""
    assert wanted(usable("assore/beneficiaires"), text).estimand.text == text


def test_the_page_has_every_kind() -> None:
    """None is left for people to guess."""
    kinds = {text.partition("(")[0] for text in WRITTEN}
    assert kinds >= {"prop", "mean", "total", "ratio", "median", "quantile"}
    assert kinds >= {"share", "table", "change"}


def test_the_plan_of_the_page_is_one() -> None:
    """Without a problem."""
    (plan,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    people = StudyInstrument(usable("assore/beneficiaires"), "person")
    found, problems = plan_of(plan, "tables.yaml", [people], How())
    assert problems == ()
    assert found is not None
    assert len(found.wanted) == 9


def test_the_options_of_the_page_are_those_of_the_verb() -> None:
    """But for the study and the passphrases, which every verb has."""
    parser = argparse.ArgumentParser()
    estimate.describe(parser)
    known = {option for action in parser._actions for option in action.option_strings}
    told = set(re.findall(r"`(--[a-z]+)", PAGE))
    assert told | {"--study", "--passphrase-fd", "--help", "-h"} == known
