"""Checking a questionnaire: every problem at once, where it stands, without a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check, errors
from surveys.shipped import FOLDER, names

HEAD = """\
souspli: 1
form: {id: test, version: "1", title: Test}
choices:
  yes_no:
    - {name: 1, label: Yes}
    - {name: 2, label: No}
survey:
"""


def problems(survey: str) -> list[str]:
    return [str(problem) for problem in check(HEAD + survey, "f.yaml").problems]


def found(survey: str) -> list[tuple[int, int, str]]:
    loaded = check(HEAD + survey, "f.yaml")
    return [
        (p.place.line, p.place.column, p.check) for p in loaded.problems if p.severity != "accepted"
    ]


GOOD = "  - {type: select_one, choices: yes_no, name: a, label: A}\n"


def test_a_good_form_has_no_problems() -> None:
    """Silence means good."""
    assert problems(GOOD) == []


def test_a_duplicate_key_is_refused_where_it_stands() -> None:
    """YAML would keep the last one silently; we name both lines."""
    assert problems(GOOD + "  - type: text\n    name: b\n    label: B\n    label: C\n") == [
        "f.yaml:12:5: key “label” is already used on line 11; keep one of the two"
    ]


def test_an_alias_bomb_costs_nothing() -> None:
    """Anchors and aliases are refused, never followed."""
    bomb = 'a: &a ["x"]\n' + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)
    )
    loaded = check(bomb, "f.yaml")
    assert {problem.check for problem in loaded.problems} >= {"alias"}
    assert all(problem.severity == "error" for problem in loaded.problems)


def test_a_tab_is_named_with_its_remedy_and_what_was_found_before_it() -> None:
    """A syntax error ends the reading; what was found before it is reported with it."""
    before = "  - type: text\n    name: a\n    required: perhaps\n    label: A\n"
    text = problems(before + "\t- {type: note, name: n, label: N}\n")
    assert text[0] == "f.yaml:10:15: a: is neither yes nor no; write yes or no"
    assert text[1].startswith("f.yaml:12:1: YAML syntax")
    assert "never with tabs" in text[1]
    assert len(text) == 2


def test_an_unknown_list_is_refused_and_a_near_one_named() -> None:
    """The remedy names the list that was probably meant."""
    assert problems("  - {type: select_one, choices: yes_non, name: a, label: A}\n")[-1] == (
        "f.yaml:8:33: a: there is no list “yes_non”; did you mean “yes_no”?"
    )


def test_an_undefined_reference_points_at_the_name() -> None:
    """The place is that of ${…} itself, not of the item."""
    assert problems(GOOD + "  - {type: note, name: n, label: N, relevant: '${b} = 1'}\n") == [
        "f.yaml:9:48: n: no item is called ${b}; check the name"
    ]


def test_an_undefined_reference_in_a_label_is_found() -> None:
    """What a label pipes in must exist as well; the place is that of ${…}."""
    assert found(GOOD + "  - {type: note, name: n, label: 'Hello ${who}'}\n") == [
        (9, 41, "reference")
    ]


def test_a_cycle_is_named_with_its_path() -> None:
    """a reads b reads a."""
    cycle = (
        "  - {type: calculate, name: a, calculation: '${b} + 1'}\n"
        "  - {type: calculate, name: b, calculation: '${a} + 1'}\n"
    )
    assert any("a → b → a" in line for line in problems(GOOD.replace("name: a", "name: z") + cycle))


def test_a_group_that_depends_on_its_own_child_is_a_cycle() -> None:
    """The child is asked only if the group is."""
    group = (
        "  - type: group\n    name: g\n    relevant: ${inside} = 1\n    label: G\n    questions:\n"
        "      - {type: integer, name: inside, label: I}\n"
    )
    assert "cycle" in {check for _line, _column, check in found(GOOD + group)}


def test_ten_thousand_parentheses_are_refused_at_once() -> None:
    """Depth is bounded before anything recurses."""
    deep = "(" * 10_000 + "1" + ")" * 10_000
    text = problems(GOOD + f"  - {{type: calculate, name: c, calculation: '{deep}'}}\n")
    assert len(text) == 1
    assert text[0].startswith("f.yaml:9:")


def test_a_catastrophic_pattern_is_refused() -> None:
    """`^(a+)+$` would take longer than the universe on forty letters."""
    text = problems(
        "  - {type: text, name: t, label: T, constraint: \"regex(., '^(a+)+$')\"}\n" + GOOD
    )
    assert len(text) == 1
    assert text[0].startswith("f.yaml:8:")


def test_all_problems_are_shown_at_once_in_the_order_of_the_file() -> None:
    """Forty mistakes show forty."""
    bad = "".join(
        f"  - {{type: integer, name: i{n}, label: L, relevant: '${{none{n}}} = 1'}}\n"
        for n in range(40)
    )
    places = found(GOOD + bad)
    assert len(places) == 40
    assert places == sorted(places)


def test_a_calculation_that_reads_a_reduced_item_needs_its_own_keep() -> None:
    """Otherwise it would carry what keep drops."""
    age = "  - {type: integer, name: age, label: Age, keep: {bands: [18, 25]}}\n"
    leak = "  - {type: calculate, name: birth, calculation: '2022 - ${age}'}\n"
    further = "  - {type: calculate, name: later, calculation: '${birth} + 1'}\n"
    mended = leak.replace("birth, ", "birth, keep: never, ")
    assert [check for _l, _c, check in found(GOOD + age + leak + further)] == ["leak", "leak"]
    assert found(GOOD + age + mended) == []


def test_what_has_no_type_is_not_blamed_for_its_label() -> None:
    """Nobody knows whether it would need one."""
    assert [one for _l, _c, one in found(GOOD + "  - {type: interger, name: n}\n")] == ["type"]


def test_a_remedy_lists_each_name_once() -> None:
    """A list that has a name twice, or a blank one, is told so where it stands."""
    listed = "[{name: a, label: A}, {name: b, label: B}, {name: a, label: C}]"
    head = HEAD.replace("choices:\n", f"choices:\n  l: {listed}\n")
    items = (
        "  - {type: select_one l, name: s, label: S}\n"
        "  - {type: note, name: n, label: N, relevant: \"${s} = 'zzzz'\"}\n"
    )
    remedies = [one.remedy for one in check(head + items, "f.yaml").problems]
    assert "use one of: a, b" in remedies


def test_a_repeat_asked_less_often_than_was_answered_is_told() -> None:
    """Where its count is an answer that may be larger than `repeat_max`; unbounded, nothing is known."""
    count = "  - {type: integer, name: size, label: S, constraint: . >= 1 and . <= 20}\n"
    inside = "questions: [{type: text, name: who, label: W}]"
    several = f"  - {{type: repeat, name: r, label: R, repeat_count: '${{size}}', {inside}}}\n"
    (told,) = check(HEAD + GOOD + count + several, "f.yaml").problems
    assert (told.check, told.severity) == ("repeat", "warning")
    assert "“size” can be 20, and only 10 rounds are asked" in str(told)
    enough = several.replace("r, label", "r, repeat_max: 20, label")
    assert found(GOOD + count + enough) == []
    assert found(GOOD + count.replace(" and . <= 20", "") + several) == []


def test_what_is_shown_of_a_reduced_item_needs_its_own_keep() -> None:
    """A text that is calculated and read only keeps what it shows."""
    who = "  - {type: text, name: who, label: Nickname, keep: never}\n"
    shown = "  - {type: text, name: t, label: T, calculation: '${who}', read_only: yes}\n"
    assert [check for _l, _c, check in found(GOOD + who + shown)] == ["leak"]
    assert found(GOOD + who + shown.replace("name: t,", "name: t, keep: never,")) == []


def test_a_missing_translation_names_the_languages() -> None:
    """A text in one of two languages is half a text."""
    source = HEAD.replace(
        "title: Test", "title: Test, languages: {fr: F, en: E}, default_language: fr"
    )
    loaded = check(source + "  - {type: note, name: n, label: {fr: Bonjour}}\n" + GOOD, "f.yaml")
    assert [(p.check, p.fact) for p in loaded.problems] == [
        ("translation", "a text is missing in: en")
    ]


@pytest.mark.parametrize(
    ("item", "check_name"),
    [
        ("{type: textt, name: a, label: A}", "type"),
        ("{type: rank, name: a, label: A}", "type"),
        ("{type: text, name: 1a, label: A}", "name"),
        ("{type: text, name: a}", "label"),
        ("{type: text, label: A}", "missing"),
        ("{type: text, name: a, lable: A, label: B}", "unknown_key"),
        ("{type: range, name: a, label: A, parameters: start=0 end=10 step=3}", "parameters"),
        ("{type: range, name: a, label: A, parameters: start=x end=10}", "parameters"),
        ("{type: select_one, name: a, label: A}", "choices"),
        ("{type: calculate, name: a}", "calculation"),
        ("{type: integer, name: a, label: A, keep: {bands: [9, 3]}}", "keep"),
        ("{type: integer, name: a, label: A, keep: {prefix: 2}}", "keep"),
        ("{type: text, name: a, label: A, keep: {vague: 2}}", "keep"),
        ("{type: text, name: a, label: A, max_length: many}", "shape"),
        ("{type: text, name: a, label: A, nonresponse: [maybe]}", "nonresponse"),
        ("{type: integer, name: a, label: A, constraint: '. > '}", "expression"),
        ("{type: integer, name: a, label: A, constraint: 'nosuch(.)'}", "expression"),
        ("{type: repeat, name: a, questions: [{type: text, name: b, label: B}]}", "label"),
    ],
)
def test_each_rule_of_an_item_finds_its_mistake(item: str, check_name: str) -> None:
    """One invalid example for each rule."""
    assert check_name in {
        check for _line, _column, check in found(f"  - {item}\n" + GOOD.replace("a,", "z,"))
    }


def test_choices_have_names_and_codes_of_their_own() -> None:
    """Two choices with one code could not be told apart by whoever types."""
    text = HEAD.replace("{name: 2, label: No}", "{name: 2, label: No, code: 1}") + GOOD
    assert [str(p) for p in check(text, "f.yaml").problems] == [
        "f.yaml:6:14: yes_no: code 1 is already used on line 5; give each choice its own code"
    ]


@pytest.mark.parametrize("name", names())
def test_every_shipped_questionnaire_is_good(name: str) -> None:
    """No error and no warning; what is accepted is that few people answer alike."""
    path = FOLDER / f"{name}.yaml"
    loaded = check(path.read_text("utf-8"), path.name)
    standing = [str(problem) for problem in loaded.problems if problem.severity != "accepted"]
    assert standing == []
    assert {problem.check for problem in loaded.problems} <= {"unique"}


def test_the_four_assore_questionnaires_are_shipped() -> None:
    """So that the test above cannot pass on nothing."""
    assert len([name for name in names() if name.startswith("assore/")]) == 4


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=" \n\t-:{}[]&*!'\"|>#%@`${}abnté01,?", max_size=120))
def test_no_text_makes_the_check_fall_over(text: str) -> None:
    """Whatever is read, the answer is a list of problems."""
    assert check(text, "f.yaml").problems is not None


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_shipped_text_with_a_piece_cut_out_never_makes_the_check_fall_over(
    data: st.DataObject,
) -> None:
    """Half-edited files are what a lead really has."""
    source = (
        HEAD
        + GOOD
        + "  - {type: integer, name: i, label: L, relevant: '${a} = 1', keep: {bands: [1, 2]}}\n"
    )
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, len(source)))
    loaded = check(source[:start] + source[end:], "f.yaml")
    assert loaded.instrument is not None or errors(loaded)


CARD = "  - {type: text, name: card, label: C, keep: link}\n"
KIDS = "  - {type: integer, name: kids, label: K, keep: never}\n"
ROUND = "  - {type: repeat, name: r, label: R, %s, questions: [{type: integer, name: amount, label: A, keep: never}]}\n"


@pytest.mark.parametrize(
    "survey",
    [
        CARD + "  - {type: calculate, name: c, calculation: '${card}', keep: as_given}\n",
        CARD + "  - {type: calculate, name: c, calculation: '${card}'}\n",
        "  - {type: text, name: t, label: T}\n  - {type: calculate, name: c, calculation: '${t}'}\n",
        "  - {type: integer, name: n, label: N, identifying: direct, accept: {direct: a test}}\n"
        "  - {type: calculate, name: c, calculation: '${n}'}\n",
        KIDS + "  - {type: calculate, name: c, calculation: '1', relevant: '${kids} > 2'}\n",
        KIDS + ROUND % "repeat_count: '${kids}'",
        ROUND % "repeat_count: '2'"
        + "  - {type: calculate, name: c, calculation: 'sum(${r}/amount)'}\n",
        "  - {type: calculate, name: c, calculation: 'now()'}\n",
    ],
)
def test_nothing_kept_back_is_shown_by_a_calculation_or_a_count(survey: str) -> None:
    """Links, reduced answers, people's own words, direct identifiers, the clock."""
    assert [check for _line, _column, check in found(GOOD + survey)] == ["leak"]


def test_a_link_may_go_on_to_the_custodian() -> None:
    """A calculation over a link item is itself a link, or nothing."""
    for rule in ("link", "never"):
        calculation = f"  - {{type: calculate, name: c, calculation: '${{card}}', keep: {rule}}}\n"
        assert found(GOOD + CARD + calculation) == []


def test_a_step_of_a_path_that_is_no_item_is_refused() -> None:
    """Bare names are names too."""
    calculation = "  - {type: calculate, name: c, calculation: 'sum(${r}/amuont)', keep: never}\n"
    assert [c for _l, _c, c in found(GOOD + ROUND % "repeat_count: '2'" + calculation)] == [
        "reference"
    ]


def test_a_control_character_is_refused_and_never_printed() -> None:
    """What a terminal would obey does not reach it."""
    text = problems(GOOD + '  - {type: note, name: n, label: "\\e[31mred"}\n')
    assert "control character" in text[0]
    assert "\x1b" not in "".join(text)
