"""What changed between versions, in words."""

from __future__ import annotations

import pytest

from export.respondents.changes import changes
from surveys.instrument import Instrument
from surveys.load import load


def form(version: int, items: str, lists: str = "") -> Instrument:
    """Return a version of a questionnaire."""
    head = f'souspli: 1\nform: {{id: t, version: "{version}", title: T}}\n'
    found = load(f"{head}{lists}survey:\n{items}", "t.yaml").instrument
    assert found is not None
    return found


PLAIN = "  - {type: integer, name: a, label: How many?}\n"


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (PLAIN, []),
        (PLAIN.replace("How many", "How  many"), []),
        (
            PLAIN.replace("How many", "How much"),
            ["is asked in other words; before: “How many?”"],
        ),
        (PLAIN.replace("}", ", hint: Count}"), ["has another hint; before: “”"]),
        (
            PLAIN.replace("}", ', relevant: "1 = 1"}'),
            ["is asked in other cases; before: always; now: 1 = 1"],
        ),
        (
            '  - {type: group, name: g, label: G, relevant: "1 = 1", questions: '
            "[{type: integer, name: a, label: How many?}]}\n",
            ["is asked in other cases; before: always; now: 1 = 1"],
        ),
        (PLAIN.replace("}", ', constraint: ". < 9"}'), ["what is accepted as an answer changed"]),
        (PLAIN.replace("}", ", required: yes}"), ["when it may go without an answer changed"]),
        (
            PLAIN.replace("}", ", nonresponse: [refused]}"),
            ["when it may go without an answer changed"],
        ),
    ],
)
def test_each_change_is_told(new: str, told: list[str]) -> None:
    """Blanks are none."""
    found = changes([form(1, PLAIN), form(2, new)], "en")
    assert [one.told for one in found] == told
    assert {(one.before, one.after, one.item, one.column) for one in found} <= {("1", "2", "a", "")}


def test_answers_of_a_list_are_told_with_their_labels() -> None:
    """Added, removed and reworded ones, in the language that is wanted."""
    item = "  - {type: select_one, choices: l, name: a, label: A}\n"
    old = "choices:\n  l: [{name: y, label: {fr: Oui, en: Yes}}, {name: n, label: Never}]\n"
    new = "choices:\n  l: [{name: y, label: {fr: Oui, en: Yea}}, {name: p, label: Perhaps}]\n"
    found = changes([form(1, item, old), form(2, item, new)], "en")
    assert [one.told for one in found] == [
        "has more answers: p “Perhaps”",
        "has no longer the answers: n “Never”",
        "has answers with other labels; before: y “Yes”",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{type: integer, name: a, label: A}", "{type: text, name: a, label: A}", "takes another"),
        (
            "{type: integer, name: a, label: A}",
            "{type: repeat, name: r, label: R, questions: [{type: integer, name: a, label: A}]}",
            "stands within other repeats",
        ),
        (
            "{type: integer, name: a, label: A}",
            "{type: integer, name: a, label: A, keep: {round: 5}}",
            "is kept in another form",
        ),
        (
            '{type: range, name: a, label: A, parameters: "start=0 end=10"}',
            '{type: range, name: a, label: A, parameters: "start=0 end=20"}',
            "other ends",
        ),
        (
            '{type: calculate, name: a, calculation: "1"}',
            '{type: calculate, name: a, calculation: "2"}',
            "is computed otherwise",
        ),
    ],
)
def test_what_is_apart_is_told_with_the_column_of_before(old: str, new: str, told: str) -> None:
    """So that the reader of a dataset finds it."""
    found = changes([form(1, f"  - {old}\n"), form(2, f"  - {new}\n")], "en")
    assert told in found[0].told
    assert [one.column for one in found if one.column] == ["a__2"]


def test_items_that_came_and_went_are_told_version_by_version() -> None:
    """From the oldest to the newest; one version alone changed nothing."""
    versions = [
        form(number, f"  - {{type: integer, name: {name}, label: A}}\n")
        for number, name in enumerate("abb", start=1)
    ]
    found = changes(versions, "en")
    assert [(one.before, one.after, one.item, one.told) for one in found] == [
        ("1", "2", "b", "is new"),
        ("1", "2", "a", "is no longer there"),
    ]
    assert changes(versions[:1], "en") == ()


def test_a_repeat_asked_another_number_of_times_is_told() -> None:
    """Of each question in it."""
    one, other = (
        f'  - {{type: repeat, name: r, label: R, repeat_count: "{n}", questions: '
        "[{type: integer, name: a, label: A}]}\n"
        for n in (2, 3)
    )
    found = changes([form(1, one), form(2, other)], "en")
    assert [one.told for one in found] == ["how many times it is asked changed"]


def test_another_form_kept_of_ones_own_words_is_told() -> None:
    """They stay in one column."""
    one, other = (
        f"  - {{type: text, name: a, label: A, keep: {rule}}}\n" for rule in ("as_given", "scrub")
    )
    (found,) = changes([form(1, one), form(2, other)], "en")
    assert found.told.startswith("what is kept of it; before: the answer itself; now: own words")
    assert not found.column


def test_a_filter_of_answers_that_changed_is_told() -> None:
    """Values that were never offered are no zeros."""
    lists = "choices:\n  l: [{name: y, label: Yes}, {name: n, label: Never}]\n"
    item = "  - {type: select_one, choices: l, name: a, label: A}\n"
    filtered = item.replace("}", ", choice_filter: \"name = 'y'\"}")
    found = changes([form(1, item, lists), form(2, filtered, lists)], "en")
    assert [one.told for one in found] == ["its answers are offered in other cases"]
