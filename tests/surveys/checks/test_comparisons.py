"""Comparisons of like with like, codes of their list, patterns, lists and texts: example by example."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check
from surveys.checks.patterns import alternatives

HEAD = """\
souspli: 1
form: {id: test, version: "1", title: Test}
choices:
  letters: [{name: a, label: A}, {name: b, label: B}, {name: -99, label: R, nonresponse: refused}]
  digits: [{name: 1, label: A}, {name: 2, label: B}]
  mixed: [{name: 1, label: A}, {name: 2, label: B}, {name: other, label: O}]
survey:
  - {type: integer, name: age, label: N}
  - {type: decimal, name: weight, label: D}
  - {type: select_one letters, name: one, label: O}
  - {type: select_one digits, name: digit, label: O}
  - {type: select_one mixed, name: mixed, label: O}
  - {type: select_multiple letters, name: many, label: M}
  - {type: text, name: words, label: W}
  - {type: date, name: day, label: W}
  - {type: acknowledge, name: ok, label: OK?}
  - {type: calculate, name: sum, calculation: '${age} + 1'}
"""


def told(items: str) -> list[tuple[str, str]]:
    return [(p.check, p.severity) for p in check(HEAD + items, "f.yaml").problems]


def condition(text: str) -> list[tuple[str, str]]:
    return told(f'  - {{type: note, name: n, label: N, relevant: "{text}"}}\n')


GOOD = [
    "${age} = 18",
    "${age} = '18'",
    "${age} != ''",
    "${weight} >= 1.5",
    "${one} = 'a'",
    "selected(${one}, 'a')",
    "selected('a b', ${one})",
    "${digit} = 1",
    "${digit} = '1'",
    "${digit} >= 2",
    "${digit} + 1 = 2",
    "${mixed} = 2",
    "${mixed} > 1",
    "${mixed} != 'other'",
    "selected(${many}, 'b')",
    "selected-at(${many}, 0) = 'b'",
    "${words} = 'whatever'",
    "${words} > 3",
    "${day} > '2026-01-01'",
    "${day} > today()",
    "${ok} = 'OK'",
    "${sum} = 'x'",
    "nonresponse(${one}) = 'refused'",
    "nonresponse(${one}) != ''",
    "if(${age} > 3, 'x', 'y') = 'x'",
]
ERRORS = {
    "${age} = 'oui'": "mismatch",
    "'oui' = ${age}": "mismatch",
    "${weight} > 'a'": "mismatch",
    "selected(${age}, 'a')": "mismatch",
    "${one} = 1": "mismatch",
    "${one} > 'a'": "mismatch",
    "${one} + 1 > 2": "mismatch",
    "${day} = 'monday'": "mismatch",
    "${ok} = 'yes'": "mismatch",
    "nonresponse(${one}) = 'refuse'": "mismatch",
    "nonresponse(${one}) = 'not_applicable'": "mismatch",
    "${one} = 'z'": "unknown_choice",
    "selected(${one}, 'z')": "unknown_choice",
    "selected('a z', ${one})": "unknown_choice",
    "selected(${many}, 'a b')": "unknown_choice",
    "selected-at(${many}, 1) = 'z'": "unknown_choice",
    "${digit} = 3": "unknown_choice",
    "${mixed} = 3": "unknown_choice",
    "${many} = 'a z'": "unknown_choice",
}
WARNINGS = ["${many} = 'a'", "${one} = '-99'", "selected(${many}, '-99')"]


@pytest.mark.parametrize("text", GOOD)
def test_like_with_like_is_good(text: str) -> None:
    """Numbers with numbers or their digits, choices with their names, dates with dates."""
    assert condition(text) == []


@pytest.mark.parametrize("text", ERRORS)
def test_unlike_things_and_unknown_choices_are_errors(text: str) -> None:
    """The comparison could never hold."""
    assert condition(text) == [(ERRORS[text], "error")]


@pytest.mark.parametrize("text", WARNINGS)
def test_what_holds_less_often_than_meant_is_a_warning(text: str) -> None:
    """A list of several answers as a whole; a code that stands for a refusal."""
    assert condition(text) == [("unknown_choice", "warning")]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("{type: select_one letters, name: q, label: Q, default: a}", []),
        ("{type: select_one letters, name: q, label: Q, default: z}", ["unknown_choice"]),
        ("{type: select_multiple letters, name: q, label: Q, default: a z}", ["unknown_choice"]),
        ("{type: select_one letters, name: q, label: Q, keep: {codes: {a: b}}}", []),
        (
            "{type: select_one letters, name: q, label: Q, keep: {codes: {z: b}}}",
            ["unknown_choice"],
        ),
        ("{type: integer, name: q, label: Q, constraint: . > 'a'}", ["mismatch"]),
        ("{type: integer, name: q, label: Q, constraint: 'count(${one}[. > 3]) > 0'}", []),
    ],
)
def test_defaults_recodings_and_the_current_item_are_judged_too(
    item: str, expected: list[str]
) -> None:
    """`.` is the item itself, but within a predicate."""
    assert [check_name for check_name, _severity in told(f"  - {item}\n")] == expected


@pytest.mark.parametrize(
    ("pattern", "is_anchored"),
    [
        ("^[0-9]{5}$", True),
        ("[0-9]{5}", False),
        ("^[0-9]{5}", False),
        ("[0-9]{5}$", False),
        ("^a$|^b$", True),
        ("^a|b$", False),
        ("^(a|b)$", True),
        ("(^a$|^b$)", True),
        ("(^a)|(b$)", False),
        (".*@.*", True),
        ("^[|]$", True),
        (r"^a\$", False),
        (r"^\|$", True),
    ],
)
def test_a_pattern_says_where_it_begins_and_ends(pattern: str, is_anchored: bool) -> None:
    """In each of its alternatives."""
    item = f"""  - {{type: text, name: t, label: T, constraint: "regex(., '{pattern}')"}}\n"""
    item = item.replace("\\", "\\\\")
    assert told(item) == ([] if is_anchored else [("regex", "warning")])


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["a", "(b|c)", "[|]", r"\|", "d?"]), max_size=5))
def test_alternatives_are_what_stands_between_bars(parts: list[str]) -> None:
    """Bars in brackets, in classes and after a backslash are no bars."""
    assert alternatives("|".join(parts)) == (parts or [""])


NONE = """\
souspli: 1
form: {id: test, version: "1", title: Test}
choices:
  used: [{name: crack, label: Crack}, {name: %s, label: %s}]
survey:
  - {type: %s used, name: q, label: Q%s}
"""


@pytest.mark.parametrize(
    ("name", "label", "kind", "more", "is_found"),
    [
        ("none", "None", "select_multiple", "", True),
        ("x", "Aucun produit", "select_multiple", "", True),
        ("x", "Ne sait pas", "select_multiple", "", True),
        ("aucune", "X", "select_multiple", "", True),
        ("none", "None, exclusive: true", "select_multiple", "", False),
        ("none", "None", "select_one", "", False),
        ("other", "Nonetheless", "select_multiple", "", False),
        (
            "none",
            "None",
            "select_multiple",
            ", constraint: \"not(selected(., 'none') and count-selected(.) > 1)\"",
            False,
        ),
    ],
)
def test_none_of_these_excludes_the_others(
    name: str, label: str, kind: str, more: str, is_found: bool
) -> None:
    """By its name or its label; a constraint that says so is as good."""
    found = check(NONE % (name, label, kind, more), "f.yaml").problems
    assert [p.check for p in found] == (["none"] if is_found else [])


def test_a_hint_or_a_picture_may_stand_for_a_label() -> None:
    """As in forms made for telephones: a warning."""
    assert told("  - {type: note, name: n, hint: H}\n") == [("label", "warning")]
    assert told("  - {type: note, name: n, 'media::image': a.png}\n") == [("label", "warning")]
    assert told("  - {type: note, name: n}\n") == [("label", "error")]


def test_a_choice_without_a_label_is_a_warning() -> None:
    """Its name is shown."""
    source = HEAD.replace("{name: b, label: B}", "{name: b}")
    assert [(p.check, p.severity) for p in check(source, "f").problems] == [("label", "warning")]


def test_a_text_missing_in_a_language_is_a_warning() -> None:
    """In the default one too: another language is shown."""
    form = HEAD.replace("title: Test", "title: T, languages: {fr: F, en: E}, default_language: fr")
    for language in ("fr", "en"):
        item = f"  - {{type: note, name: n, label: {{{language}: N}}}}\n"
        found = check(form + item, "f").problems
        assert [(p.check, p.severity) for p in found] == [("translation", "warning")]


def test_nine_choices_of_two_lines_do_not_fit_with_a_long_question() -> None:
    """The question, its hint and its first choices are on the screen together."""
    choices = ", ".join(f"{{name: c{n}, label: {'long ' * 20}}}" for n in range(9))
    source = HEAD.replace("digits:", f"tall: [{choices}]\n  digits:")
    short = "  - {type: select_one tall, name: q, label: Short?}\n"
    tall = f"  - {{type: select_one tall, name: q, label: {'word ' * 60}}}\n"
    assert [p.check for p in check(source + short, "f").problems] == []
    assert [p.check for p in check(source + tall, "f").problems] == ["long"]


def test_an_unknown_list_does_not_make_the_one_it_means_unused() -> None:
    """One slip, one problem."""
    source = HEAD.replace("select_one digits", "select_one digit")
    assert [p.check for p in check(source, "f").problems] == ["list"]


def test_a_list_an_expression_looks_into_is_used() -> None:
    """As instance() does."""
    lists = HEAD.replace("digits:", "rows: [{name: x, label: X}]\n  digits:")
    looked = "  - {type: calculate, name: c, calculation: \"count(instance('rows')/root/item)\"}\n"
    assert [p.check for p in check(lists + looked, "f").problems] == []
