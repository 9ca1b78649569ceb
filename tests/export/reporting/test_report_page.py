"""The page on reports is true: its plan is one, its options are those of the verb."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from export.estimating.tabulation import How, plan_of
from export.study import StudyInstrument
from export.verbs import report
from surveys.shipped import usable

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "report.md").read_text("utf-8")


def test_the_plan_of_the_page_is_one() -> None:
    """Without a problem, and it says who took part."""
    (plan,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    people = StudyInstrument(usable("assore/beneficiaires"), "person")
    found, problems = plan_of(plan, "tables.yaml", [people], How())
    assert problems == ()
    assert found is not None
    assert found.respondents == ("sex", "birthplace")


def test_the_options_of_the_page_are_those_of_the_verb() -> None:
    """But for the study, the passphrases and help, which every verb has."""
    parser = argparse.ArgumentParser()
    report.describe(parser)
    known = {option for action in parser._actions for option in action.option_strings}
    told = set(re.findall(r"--[a-z]+", PAGE))
    assert told | {"--study", "--passphrase-fd", "--help", "-h"} == known | {"--study"}
