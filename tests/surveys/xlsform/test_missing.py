"""Choices such as -99 become statuses: which, what they stand for, and what changes by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from surveys.load import of_tree
from surveys.problems import Problem
from surveys.xlsform import read, workbook
from surveys.xlsform.missing import mark_statuses

Book = Callable[[str], bytes]
XForm = Callable[[bytes], str]

SURVEY = """
| survey | type               | name | label | relevant                   | constraint               |
|        | select_one yn      | a    | A     |                            | . != '-99'               |
|        | select_multiple yn | b    | B     | ${a} = 1 and ${a} != -88   | not(selected(., 'ref'))  |
|        | integer            | c    | C     | ${a} = 1                   | . > 0 or . = -99         |
"""
CHOICES = """
| choices | list_name | name | label           |
|         | yn        | 1    | Yes             |
|         | yn        | -99  | Refused         |
|         | yn        | -88  | Don't know      |
|         | yn        | ref  | Prefers not to  |
|         | none      | -99  | Refused         |
"""


def marked(content: bytes) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Return the status of each choice that has one, by name, and what changes."""
    tree, _losses = read(content, "form.xlsx")
    assert tree.root is not None
    problems = mark_statuses(tree.root)
    instrument = of_tree(tree, "", "form.xlsx").instrument
    assert instrument is not None
    rows = [choice for found in instrument.lists.values() for choice in found.rows]
    return {choice.name: choice.nonresponse for choice in rows if choice.nonresponse}, problems


def test_codes_become_statuses_and_comparisons_are_named(book: Book) -> None:
    """Each expression that reads such a code of such a question is on the list, with what to write."""
    statuses, problems = marked(book(SURVEY + CHOICES))
    assert statuses == {"-99": "refused", "-88": "dont_know", "ref": "refused"}
    assert [str(problem).removeprefix("form.xlsx:") for problem in problems] == [
        "survey!E2: a: “-99” of ${a} is no answer any more: this is never equal to it; "
        "take it out: a constraint judges answers alone",
        "survey!D3: b: “-88” of ${a} is no answer any more: this is never equal to it; "
        "write nonresponse(${a}) = 'dont_know'",
        "survey!E3: b: “ref” of ${b} is no answer any more: this is never equal to it; "
        "take it out: a constraint judges answers alone",
        "survey!E4: c: -99 would be kept as a number like any other; take it out of the constraint, the "
        "hint and the message, and give the status instead",
    ]


def test_a_constraint_that_keeps_a_code_alone_is_let_be(book: Book) -> None:
    """A status stands beside no answer: what such a constraint forbids cannot be given any more."""
    form = """
| survey | type               | name | label | constraint                                      |
|        | select_multiple yn | a    | A     | not(selected(., '-99') and count-selected(.)>1) |
"""
    statuses, problems = marked(book(form + CHOICES))
    assert statuses["-99"] == "refused"
    assert problems == ()


def test_codes_among_numbers_are_told_once_for_each_question(book: Book) -> None:
    """Where the constraint lets them in; a bound, or a number that is no such code, is left alone."""
    form = """
| survey | type    | name | label | constraint                          |
|        | decimal | a    | A     | . >= 0 or . = -99 or (. = -88)      |
|        | integer | b    | B     | . > -99 and . != -88                |
|        | integer | c    | C     | . = 3 or . = 99                     |
|        | text    | d    | D     | . = '-99'                           |
"""
    _statuses, problems = marked(book(form))
    assert [(one.subject, one.check, one.fact) for one in problems] == [
        ("a", "nonresponse", "-99, -88 would be kept as a number like any other")
    ]


@pytest.mark.parametrize(
    ("name", "label", "status"),
    [
        ("-99", "Ne sait pas", "dont_know"),
        ("-99", "Refus de répondre", "refused"),
        ("-88", "No response", "refused"),
        ("-888", "Anything", "refused"),
        ("-999", "Anything", "dont_know"),
        ("-77", "Sans objet", "not_applicable"),
        ("-98", "Don't know", "dont_know"),
        ("-98", "Other", None),
        ("dk", "Unknown", "dont_know"),
        ("99", "Refused", None),
        ("5", "Refused", None),
    ],
)
def test_the_label_tells_before_the_code(
    book: Book, name: str, label: str, status: str | None
) -> None:
    """A code is used for different things; a number that could be an answer is left alone."""
    form = f"""
| survey  | type         | name | label |
|         | select_one l | a    | A     |
| choices | list_name | name | label |
|         | l         | 1    | One   |
|         | l         | {name} | {label} |
"""
    statuses, _problems = marked(book(form))
    assert statuses.get(name) == status


def test_the_codes_come_back_in_a_workbook(book: Book, xform: XForm) -> None:
    """Other tools see the choices they had; only our own column says what they stand for here."""
    settings = "| settings | form_id | form_title | version |\n| | f | F | 1 |\n"
    content = book(SURVEY + CHOICES + settings)
    tree, _losses = read(content, "form.xlsx")
    assert tree.root is not None
    mark_statuses(tree.root)
    instrument = of_tree(tree, "", "form.xlsx").instrument
    assert instrument is not None
    copy, _losses = workbook(instrument)
    ours = "<souspli_nonresponse>"
    assert ours in xform(copy)
    stripped = xform(copy)
    for status in ("refused", "dont_know"):
        stripped = stripped.replace(f"{ours}{status}</souspli_nonresponse>", "")
    assert stripped == xform(content)
