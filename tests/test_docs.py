"""The documents are true: commands parse, examples load, tables name what the code knows."""

from __future__ import annotations

import argparse
import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

import souspli
from surveys.check import check
from surveys.instrument import NONRESPONSE
from surveys.kinds import KINDS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
INSTRUMENT = (ROOT / "docs" / "instrument.md").read_text("utf-8")
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def commands() -> list[list[str]]:
    """Return every `souspli …` line of the README, continued lines joined, comments dropped."""
    text = README.replace("\\\n", " ")
    lines = re.findall(r"^    (souspli .+)$", text, flags=re.MULTILINE)
    return [shlex.split(line, comments=True)[1:] for line in lines]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_each_command_of_the_readme_is_one(words: list[str]) -> None:
    """The verb exists and takes these words."""
    module, _told = souspli._modules()[words[0]]
    parser = argparse.ArgumentParser(prog=words[0])
    import_module(module).describe(parser)
    assert parser.parse_args(words[1:]) is not None


def test_the_readme_has_commands() -> None:
    """So that the test above cannot pass on nothing."""
    assert len(commands()) >= 12


def test_the_readme_begins_with_the_two_commands_and_a_picture() -> None:
    """Its first screen is enough to start."""
    first = "\n".join(README.splitlines()[:20])
    assert "make demo" in first
    assert "make test" in first
    assert "docs/interview.svg" in first


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_of_a_page_is_broken(page: Path) -> None:
    """A link to a file of the repository leads to one."""
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("source", re.findall(r"```yaml\n(.*?)```", INSTRUMENT, flags=re.DOTALL))
def test_the_example_of_the_page_on_questionnaires_is_good(source: str) -> None:
    """What a beginner copies works."""
    assert [str(problem) for problem in check(source, "example.yaml").problems] == []


def test_the_page_on_questionnaires_names_every_type_and_key() -> None:
    """And an item's type is none that the page does not name."""
    load = (ROOT / "surveys" / "load.py").read_text("utf-8")
    keys = re.findall(
        r"^_(?:SHARED|QUESTION|FORM|CHOICE|GROUP|REPEAT|TOP)\b.*?(?=^_|\n\n)", load, re.M | re.S
    )
    words = {
        word for block in keys for text in re.findall(r'"([^"]+)"', block) for word in text.split()
    }
    assert {"label", "choice_filter", "repeat_max", "refused_when", "exclusive"} <= words
    assert {
        word for word in {*words, *KINDS, *NONRESPONSE} if f"`{word}`" not in INSTRUMENT
    } == set()
