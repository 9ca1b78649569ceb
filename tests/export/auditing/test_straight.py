"""The same answer all the way down a battery."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from export.auditing.straight import LENGTH, batteries, straight
from interviewer.record import Record
from surveys.instrument import Instrument

Loaded = Callable[[str], Instrument]
Made = Callable[..., Record]

LISTS = """
choices:
  often: [{name: never, label: Never}, {name: often, label: Often}, {name: always, label: Always}]
  yes_no: [{name: "yes", label: "Yes"}, {name: "no", label: "No"}]
"""


def item(name: str, choices: str = "often", more: str = "") -> str:
    return f"{{type: select_one, choices: {choices}, name: {name}, label: Question{more}}}"


SEVEN = [f"q{n}" for n in range(7)]
BATTERY = LISTS + "survey:\n" + "".join(f"  - {item(name)}\n" for name in SEVEN)


def test_a_battery_is_a_run_of_questions_with_one_list_in_one_group(loaded: Loaded) -> None:
    """A question of another kind or list ends it, and so does a group; repeats have none."""
    inside = "".join(f"      - {item(f'i{n}')}\n" for n in range(5))
    again = "".join(f"      - {item(f'r{n}')}\n" for n in range(6))
    form = loaded(
        LISTS
        + "survey:\n"
        + "".join(f"  - {item(f'a{n}')}\n" for n in range(4))
        + f"  - {item('other', 'yes_no')}\n"
        + "".join(f"  - {item(f'b{n}', 'yes_no')}\n" for n in range(5))
        + f"  - type: group\n    name: inner\n    questions:\n{inside}"
        + f"  - type: repeat\n    name: many\n    label: Another?\n    questions:\n{again}"
        + "".join(f"  - {item(f'c{n}', more=', keep: never')}\n" for n in range(6))
    )
    assert batteries(form) == (
        ("other", *(f"b{n}" for n in range(5))),
        tuple(f"i{n}" for n in range(5)),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["never", "often", "always", ""]), min_size=7, max_size=7))
def test_a_line_is_straight_where_all_that_was_answered_is_one_answer(
    loaded: Loaded, made: Made, given_answers: list[str]
) -> None:
    """Of fewer than five answers it is none; the longest run is never longer than what was answered."""
    one = made(answers=dict(zip(SEVEN, given_answers, strict=True)))
    found = straight([one], loaded(BATTERY))
    answered = [answer for answer in given_answers if answer]
    if len(answered) < LENGTH:
        assert found.lines == ()
        return
    (line,) = found.lines
    assert line.straight == (len(set(answered)) == 1)
    assert 1 <= line.longest <= len(answered)
    assert (line.longest == len(answered)) == bool(line.straight)


def test_lines_are_counted_by_interviewer(loaded: Loaded, made: Made) -> None:
    """An interview without any battery is not among those that could have a line."""
    form = loaded(BATTERY)
    same = dict.fromkeys(SEVEN, "often")
    found = straight(
        [
            made(answers=same),
            made(answers=same | {"q3": "never"}),
            made(answers=same, interviewer="I02"),
            made(answers={"q1": "often"}, interviewer="I03"),
            made(answers=same, status="partial", interviewer="I03"),
        ],
        form,
    )
    assert [
        (one.interviewer, one.interviews, one.straight, one.longest) for one in found.lines
    ] == [
        ("I01", 2, 1, 7),
        ("I02", 1, 1, 7),
    ]
    assert [(one.who, one.count, one.of) for one in found.tallies()] == [
        ("I01", 1, 2),
        ("I02", 1, 1),
    ]
