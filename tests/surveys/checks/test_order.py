"""Order and rounds: what waits for what, which circles there are, what is read from a repeat."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check

HEAD = 'souspli: 1\nform: {id: test, version: "1", title: Test%s}\nsurvey:\n'


def told(items: str, form: str = "") -> list[tuple[str, str]]:
    return [(p.subject, p.check) for p in check(HEAD % form + items, "f.yaml").problems]


def item(kind: str, name: str, more: str = "") -> str:
    return f"  - {{type: {kind}, name: {name}, label: L{more}}}\n"


def calculated(name: str, text: str) -> str:
    return f'  - {{type: calculate, name: {name}, calculation: "{text}"}}\n'


def test_a_calculation_stands_anywhere() -> None:
    """It is an error only where the order of asking would wait for a later answer."""
    total = calculated("total", "${a} + ${b}")
    asked = item("integer", "a") + item("integer", "b")
    reader = item("note", "n", ", relevant: '${total} > 3'")
    assert told(total + asked + reader) == []
    assert told(total + item("integer", "a") + reader + item("integer", "b")) == [("n", "forward")]


@pytest.mark.parametrize(
    "column", ["relevant", "constraint", "required", "read_only", "soft_constraint"]
)
def test_nothing_that_decides_reads_a_later_answer(column: str) -> None:
    """Whichever column asks for it."""
    early = item("integer", "a", f", {column}: '${{b}} > 3'")
    assert told(early + item("integer", "b")) == [("a", "forward")]
    assert told(item("integer", "b") + early) == []


def test_a_label_that_shows_a_later_answer_is_a_warning() -> None:
    """It would be blank."""
    text = "  - {type: note, name: n, label: 'You said ${b}'}\n"
    assert told(text + item("integer", "b")) == [("n", "forward")]
    assert told(item("integer", "b") + text) == []


REPEAT = """\
  - type: repeat
    name: visit
    label: Visit
    questions:
      - {type: note, name: n, label: N, relevant: "%s"}
      - {type: integer, name: minutes, label: M}
"""


@pytest.mark.parametrize(
    "condition",
    [
        "indexed-repeat(${minutes}, ${visit}, position(..) - 1) > 5",
        "sum(${minutes}) > 60",
        "count(${visit}) > 2",
        "position(..) > 1",
    ],
)
def test_an_earlier_round_may_be_read_before_the_question(condition: str) -> None:
    """What was answered in the round before is known."""
    assert told(REPEAT % condition) == []


def test_the_same_round_is_read_in_order() -> None:
    """A question later in the round is not answered yet."""
    assert told(REPEAT % "${minutes} > 5") == [("n", "forward")]


def test_every_circle_is_told() -> None:
    """Each once, by its shortest path, from its first item."""
    items = (
        calculated("a", "${b}")
        + calculated("b", "${a}")
        + calculated("c", "${d}")
        + calculated("d", "${e}")
        + calculated("e", "${c}")
        + calculated("f", "${f} + ${a}")
    )
    facts = [p.fact for p in check(HEAD % "" + items, "f.yaml").problems if p.check == "cycle"]
    assert facts == [
        "depends on itself: a → b → a",
        "depends on itself: c → d → e → c",
        "depends on itself: f → f",
    ]


def test_a_circle_is_not_told_as_an_order_as_well() -> None:
    """Two questions that wait for each other are one mistake."""
    items = item("integer", "a", ", relevant: '${b} = 1'") + item(
        "integer", "b", ", relevant: '${a} = 1'"
    )
    assert told(items) == [("a", "cycle")]


@settings(max_examples=50)
@given(st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 7), max_size=3), max_size=8))
def test_circles_are_those_of_the_paths(reads: dict[int, set[int]]) -> None:
    """An item is in a circle where following what it reads leads back to it."""
    items = "".join(
        calculated(
            f"c{name}", " + ".join(f"${{c{other}}}" for other in others & reads.keys()) or "1"
        )
        for name, others in reads.items()
    )
    reached = {name: set(others) & reads.keys() for name, others in reads.items()}
    for _step in reads:
        for found in reached.values():
            found |= {far for near in found for far in reached[near]}
    told_of = {
        name
        for p in check(HEAD % "" + items, "f").problems
        if p.check == "cycle"
        for name in [p.subject]
    }
    circles = {
        frozenset(m for m in found if name in reached[m])
        for name, found in reached.items()
        if name in found
    }
    assert len(told_of) == len(circles)
    assert all(
        any(name == f"c{member}" for member in circle for name in told_of) for circle in circles
    )


OUTSIDE = """\
  - type: repeat
    name: visit
    label: Visit
    questions:
      - {type: integer, name: minutes, label: M}
      - type: repeat
        name: drug
        label: Drug
        questions: [{type: integer, name: dose, label: D}]
"""


@pytest.mark.parametrize(
    ("condition", "is_good"),
    [
        ("${minutes} > 5", False),
        ("not(${minutes} = 1 and true())", False),
        ("sum(${minutes}) > 5", True),
        ("max(${dose}) > 5", True),
        ("sum(${minutes} | ${dose}) > 5", True),
        ("${minutes}[1] > 5", True),
        ("count(${visit}[${minutes} > 5]) > 1", True),
        ("indexed-repeat(${minutes}, ${visit}, 2) > 5", True),
        ("indexed-repeat(${dose}, ${visit}, ${minutes}, ${drug}, 1) > 5", False),
        ("count(${visit}) > 1", True),
    ],
)
def test_from_outside_rounds_are_counted_or_chosen(condition: str, is_good: bool) -> None:
    """In an item's condition and in the form's own alike."""
    note = f'  - {{type: note, name: n, label: N, relevant: "{condition}"}}\n'
    expected = [] if is_good else ["repeat"]
    assert [check_name for _who, check_name in told(OUTSIDE + note)] == expected
    form = f', complete_when: "{condition}"'
    assert [check_name for _who, check_name in told(OUTSIDE, form)] == expected


def test_inside_a_round_its_own_answers_are_single() -> None:
    """Those of the rounds around it as well; those of a round within are several."""
    inner = OUTSIDE.replace(
        "questions: [{type: integer, name: dose, label: D}]",
        "questions: [{type: integer, name: dose, label: D, relevant: '${minutes} > 1'}]",
    )
    assert told(inner) == []
    beside = "      - {type: note, name: n, label: N, relevant: '${dose} > 1'}\n"
    assert told(OUTSIDE + beside) == [("n", "repeat")]


def test_a_label_shows_one_answer() -> None:
    """Not that of every round."""
    text = "  - {type: note, name: n, label: 'It took ${minutes}'}\n"
    assert told(OUTSIDE + text) == [("n", "repeat")]


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("relevant: ${a} = 1 and ${who} = 2", 0),
        ("relevant: '${a} = 1 and ${who} = 2'", 0),
        ('relevant: "${a} = 1\n      and ${who} = 2"', 1),
        ("relevant: >-\n      ${a} = 1\n\n      and   ${who} = 2", 3),
        ("relevant: |\n      ${a} = 1\n      and ${who} = 2", 2),
    ],
)
def test_a_place_in_a_folded_expression_is_the_very_place(written: str, line: int) -> None:
    """Plain, quoted, folded or kept as written."""
    items = item("integer", "a") + f"  - type: note\n    name: n\n    label: N\n    {written}\n"
    source = HEAD % "" + items
    place = check(source, "f.yaml").problems[0].place
    first = source[: source.index("    relevant")].count("\n") + 1
    assert place.line - first == line
    assert source.splitlines()[place.line - 1][place.column - 1 :].startswith("${who}")
