"""Which conditions can hold: what is called impossible is impossible, and plain slips are found."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check
from surveys.expressions import Context, Node, compile

HEAD = """\
souspli: 1
form: {id: test, version: "1", title: Test}
choices:
  letters: [{name: a, label: A}, {name: b, label: B}]
  digits: [{name: 1, label: A}, {name: 2, label: B}, {name: 3, label: C}]
  mixed: [{name: 1, label: A}, {name: 01, label: A}, {name: x, label: C}]
survey:
  - {type: select_one mixed, name: mixed, label: O}
  - {type: integer, name: n, label: N}
  - {type: decimal, name: d, label: D, constraint: . >= 0 and . <= 2}
  - {type: select_one letters, name: one, label: O}
  - {type: select_one digits, name: digit, label: O}
  - {type: select_multiple letters, name: many, label: M}
  - {type: text, name: words, label: W}
  - {type: date, name: day, label: W}
"""
VALUES = {
    "n": ["", "0", "1", "2", "-1"],
    "d": ["", "0", "0.5", "2"],
    "one": ["", "a", "b"],
    "digit": ["", "1", "3"],
    "mixed": ["", "01", "x"],
    "many": ["", "a", "b", "a b"],
    "words": ["", "a", "x"],
    "day": ["", "2026-01-01", "2026-05-01"],
}
EVERY = [dict(zip(VALUES, row, strict=True)) for row in itertools.product(*VALUES.values())]


def checks(condition: str, tail: str = "") -> list[tuple[str, str]]:
    item = f'  - {{type: note, name: last, label: L, relevant: "{condition}"}}\n'
    return [(p.subject, p.check) for p in check(HEAD + tail + item, "f.yaml").problems]


def context(answers: dict[str, str]) -> Context:
    return Context(
        scopes=dict.fromkeys(VALUES, ()),
        values={Node(name, ()): value for name, value in answers.items()},
        now=datetime(2026, 5, 1, tzinfo=UTC),
        random=lambda: 0.5,
    )


ATOMS = st.one_of(
    st.builds(
        "${{{}}} {} {}".format,
        st.sampled_from(["n", "d", "digit", "mixed"]),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        st.sampled_from(["1", "2", "0.5", "-1", "3"]),
    ),
    st.builds(
        "${{{}}} {} '{}'".format,
        st.sampled_from(["one", "words"]),
        st.sampled_from(["=", "!="]),
        st.sampled_from(["a", "b", ""]),
    ),
    st.builds(
        "${{{}}} {} '{}'".format,
        st.sampled_from(["n", "d"]),
        st.sampled_from(["=", "!=", "<", ">"]),
        st.sampled_from(["1", "1.0", "2", "0.50"]),
    ),
    st.builds(
        "selected(${{{}}}, '{}')".format,
        st.sampled_from(["one", "many"]),
        st.sampled_from(["a", "b"]),
    ),
    st.builds(
        "${{day}} {} '2026-0{}-01'".format,
        st.sampled_from(["=", "!=", "<", ">="]),
        st.sampled_from(["1", "5"]),
    ),
    st.builds(
        "{}(${{many}}) {} {}".format,
        st.sampled_from(["count-selected", "string-length"]),
        st.sampled_from([">", "=", "<"]),
        st.sampled_from(["0", "1", "2"]),
    ),
    st.sampled_from(["true()", "${words}", "${n} + 1 > ${d}", "3 > ${n}"]),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("not({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=60)
@given(CONDITIONS)
def test_an_item_some_answers_lead_to_is_never_called_unreachable(condition: str) -> None:
    """Whatever the condition: thousands of answers are tried with the engine itself."""
    if ("last", "unreachable") in checks(condition):
        expression = compile(condition)
        assert not any(expression.truth(context(answers)) for answers in EVERY)


@pytest.mark.parametrize(
    "condition",
    [
        "false()",
        "${n} > 5 and ${n} < 6",
        "${n} > 5 and not(${n} > 3)",
        "${n} = 1.5",
        "${d} > 2",
        "${one} = 'a' and ${one} = 'b'",
        "${one} = 'a' and (${one} = 'b' or ${one} = '')",
        "not(${one} = 'a' or ${one} = 'b' or ${one} = '')",
        "selected(${many}, 'a') and not(selected(${many}, 'a'))",
        "${digit} > 2 and ${digit} < 3",
        "${digit} = 1 and ${digit} != 1",
        "${mixed} > 1",
        "${mixed} = 1 and ${mixed} = 'x'",
        "${day} > '2026-05-01' and ${day} < '2026-05-02'",
        "count-selected(${many}) < 0",
        "string-length(${words}) > 3 and string-length(${words}) < 2",
        "nonresponse(${n}) = 'refused' and nonresponse(${n}) = 'dont_know'",
        "${words} = 'a' and ${words} = 'x'",
        "(${n} = 1 or ${n} = 2) and ${n} = 3",
    ],
)
def test_a_condition_that_contradicts_itself_is_found(condition: str) -> None:
    """Numbers as spans, choices as sets, dates as days."""
    assert checks(condition) == [("last", "unreachable")]


@pytest.mark.parametrize(
    "condition",
    [
        "${n} != 1 and ${n} != 2 and not(${n} > 3)",
        "${n} = '' and ${d} > 1",
        "${n} > 5 or ${n} < 3",
        "selected(${many}, 'a') and selected(${many}, 'b')",
        "${n} > ${d} and ${n} < ${d}",
        "${day} > today() and ${day} < '2020-01-01'",
        "random() > 2",
    ],
)
def test_what_is_not_certain_is_left_in_peace(condition: str) -> None:
    """A comparison of two items, or of a clock, says nothing here."""
    assert checks(condition) == []


def test_a_group_that_forbids_what_an_item_in_it_asks_for_is_found_once() -> None:
    """At the item whose condition closes the way, not at all within."""
    group = (
        "  - type: group\n    name: g\n    relevant: ${one} = 'a'\n    questions:\n"
        "      - type: group\n        name: h\n        relevant: ${one} = 'b'\n        questions:\n"
        "          - {type: text, name: t, label: T, relevant: ${n} = 1}\n".replace(
            "${n} = 1", "'${n} = 1'"
        )
    )
    assert checks("true()", group) == [("h", "unreachable")]


def test_what_is_asked_only_elsewhere_leads_nowhere() -> None:
    """b is asked where a is 1; who answered b answered 1 to a."""
    asked = "  - {type: integer, name: b, label: B, relevant: '${n} = 1'}\n"
    assert checks("${b} = 3 and ${n} = 2", asked) == [("last", "unreachable")]
    assert checks("${b} = '' and ${n} = 2", asked) == []


def test_a_round_of_a_repeat_is_not_mistaken_for_another() -> None:
    """The same name stands for several values where it is read from outside."""
    repeat = (
        "  - type: repeat\n    name: r\n    label: R\n    questions:\n"
        "      - {type: integer, name: x, label: X}\n"
    )
    assert checks("count(${r}[${x} = 1]) > 0 and count(${r}[${x} = 2]) > 0", repeat) == []


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("{type: integer, name: q, label: Q, constraint: '. > 5 and . < 6'}", True),
        ("{type: decimal, name: q, label: Q, constraint: '. > 5 and . < 6'}", False),
        ("{type: integer, name: q, label: Q, constraint: '${q} > 5 and . < 5'}", True),
        ("{type: integer, name: q, label: Q, constraint: \". = ''\"}", True),
        (
            "{type: range, name: q, label: Q, parameters: start=0 end=10, constraint: '. > 10'}",
            True,
        ),
        ("{type: date, name: q, label: Q, constraint: '. < today()'}", False),
        ('{type: text, name: q, label: Q, constraint: "string-length(.) < 0"}', True),
        (
            "{type: integer, name: q, label: Q, relevant: '${n} = 1', constraint: '. > 2 and ${n} > 1'}",
            True,
        ),
        ("{type: integer, name: q, label: Q, soft_constraint: '. > 5 and . < 5'}", True),
    ],
)
def test_a_constraint_no_value_meets_is_found(item: str, expected: bool) -> None:
    """A blank answer is never judged, so blank alone does not save it."""
    found = [(p.subject, p.check) for p in check(HEAD + f"  - {item}\n", "f.yaml").problems]
    assert found == ([("q", "unsatisfiable")] if expected else [])


def test_a_slip_is_not_blamed_as_unreachable_as_well() -> None:
    """What is wrong with the comparison itself is said once."""
    assert checks("${one} = 'z'") == [("last", "unknown_choice")]
    assert checks("${n} = 'z'") == [("last", "mismatch")]
    required = "  - {type: text, name: t, label: T, required: yes, relevant: 'false()'}\n"
    assert checks("true()", required) == [("t", "required")]


def test_two_items_of_one_name_are_not_mistaken_for_each_other() -> None:
    """The name is the mistake; neither is judged by the other's values."""
    items = (
        "  - {type: range, name: q, label: Q, parameters: start=0 end=5, constraint: '. < 4'}\n"
        "  - {type: integer, name: q, label: Q, constraint: '. > 9'}\n"
        "  - {type: note, name: x, label: X, relevant: '${q} > 9'}\n"
    )
    assert [p.check for p in check(HEAD + items, "f.yaml").problems] == ["duplicate"]
