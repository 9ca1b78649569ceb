"""What a file may accept with a reason, and what not."""

from __future__ import annotations

import pytest

from surveys.check import check
from surveys.problems import Problem

HEAD = """\
souspli: 1
form: {id: test, version: "1", title: Test%s}
survey:
"""
OFF = "{type: note, name: n, label: N, relevant: 'false()'%s}"
NAMED = "{type: text, name: who, label: What is your first name?%s}"


def found(items: str, form: str = "") -> list[Problem]:
    return list(check(HEAD % form + items, "f.yaml").problems)


def told(items: str, form: str = "") -> list[tuple[str, str]]:
    return [(problem.check, problem.severity) for problem in found(items, form)]


ITEM = "  - %s\n"
GROUP = (
    "  - type: group\n    name: g\n    accept: {unreachable: later}\n    questions:\n      - %s\n"
)


@pytest.mark.parametrize(
    ("items", "form"),
    [
        (ITEM % OFF % ", accept: {unreachable: for the second wave}", ""),
        (GROUP % OFF % "", ""),
        (ITEM % OFF % "", ", accept: {unreachable: for the second wave}"),
    ],
)
def test_a_warning_is_accepted_on_the_item_its_group_or_the_form(items: str, form: str) -> None:
    """It is still told, with the reason in place of the remedy."""
    problems = found(items, form)
    assert [(p.check, p.severity) for p in problems] == [("unreachable", "accepted")]
    assert problems[0].remedy in {"for the second wave", "later"}


def test_an_error_of_privacy_is_accepted() -> None:
    """The reason goes to the study's documentation."""
    accepted = ITEM % NAMED % ", accept: {identity: the name is read back and erased}"
    assert told(ITEM % NAMED % "") == [("identity", "error")]
    assert told(accepted) == [("identity", "accepted")]


def test_an_acceptance_reaches_no_neighbour() -> None:
    """It stands for its item alone."""
    items = ITEM % OFF % ", accept: {unreachable: off}" + ITEM % (OFF % "").replace(
        "name: n", "name: m"
    )
    assert told(items) == [("unreachable", "accepted"), ("unreachable", "warning")]


def test_an_error_of_structure_cannot_be_accepted() -> None:
    """It is told with the error it wanted to silence."""
    items = ITEM % "{type: note, name: n, label: '${who}', accept: {reference: never mind}}"
    assert told(items) == [("reference", "error"), ("accept", "error")]
    assert "cannot be accepted" in found(items)[1].fact


def test_an_acceptance_that_finds_nothing_is_idle() -> None:
    """The questionnaire has changed since."""
    items = ITEM % "{type: note, name: n, label: N, accept: {unreachable: off}}"
    assert told(items) == [("accept", "warning")]


def test_a_check_nobody_knows_is_named_with_the_near_one() -> None:
    """A slip in the word must not look like an acceptance."""
    items = ITEM % OFF % ", accept: {unreachabel: off}"
    assert told(items) == [("unreachable", "warning"), ("accept", "error")]
    assert "unreachable" in found(items)[1].remedy


def test_a_reason_is_a_reason() -> None:
    """A blank one accepts nothing."""
    items = ITEM % OFF % ", accept: {unreachable: ''}"
    assert told(items) == [("unreachable", "warning"), ("accept", "error")]
