"""Skips of the paper: a reader who follows them is asked what the screen would ask."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check
from surveys.expressions import Context, Node, compile
from surveys.instrument import Instrument
from surveys.kinds import KINDS, is_asked
from surveys.overview.rehearsal import Draw, rehearse
from surveys.paper.answers import Possible
from surveys.paper.routing import END, NEXT_ROUND, Direction, directions
from surveys.paper.skips import Guide, skips
from surveys.plan import plan
from surveys.shipped import found_file, names, opened

HEAD = """
souspli: 1
form: {id: f, version: "1", title: Form, languages: {en: English (en), fr: Français (fr)}, default_language: en}
nonresponse: [refused]
choices:
  yes_no:
    - {name: "yes", label: {en: "Yes", fr: "Oui"}}
    - {name: "no", label: {en: "No", fr: "Non"}}
  drugs:
    - {name: crack, label: {en: "Crack", fr: "Crack"}}
    - {name: other, label: {en: "Other", fr: "Autre"}}
    - {name: none, label: {en: "None", fr: "Aucun"}, exclusive: true}
survey:
"""
NOW = datetime(2026, 5, 1)


def loaded(survey: str) -> Instrument:
    """Return a questionnaire of these items, in English and French."""
    found = check(HEAD + survey, "f.yaml")
    assert found.instrument is not None, [str(one) for one in found.problems]
    return found.instrument


def one(name: str, relevant: str = "", kind: str = "select_one", more: str = "") -> str:
    """Return the YAML of one question, asked of all or where `relevant` holds."""
    choices = {"select_one": "choices: yes_no, ", "select_multiple": "choices: drugs, "}
    when = f', relevant: "{relevant}"' if relevant else ""
    return (
        f"  - {{type: {kind}, {choices.get(kind, '')}name: {name}, required: yes{when}{more}, "
        f'label: {{en: "{name}?", fr: "{name} ?"}}}}\n'
    )


def group(name: str, relevant: str, *questions: str) -> str:
    """Return the YAML of one part."""
    inner = "".join("    " + question for question in questions)
    return (
        f"  - type: group\n    name: {name}\n    label: {{en: {name}, fr: {name}}}\n"
        f'    relevant: "{relevant}"\n    questions:\n{inner}'
    )


# --- the reader -------------------------------------------------------------------------------


def asked_on_paper(instrument: Instrument, draws: Mapping[str, Draw]) -> list[str]:
    """Return what a reader asks who knows only what is printed, and the answers written so far."""
    steps = list(directions(instrument).values())
    at = {step.stop.question.name: place for place, step in enumerate(steps)} | {END: len(steps)}
    values: dict[str, str] = {}
    statuses: dict[str, str] = {}
    asked, place = [], 0
    while place < len(steps):
        step = steps[place]
        missed = [
            condition.otherwise
            for condition in step.conditions.values()
            if not all(holds(text, instrument, values, statuses) for text in condition.holding)
        ]
        if missed:
            assert at[missed[0]] > place
            place = at[missed[0]]
            continue
        question = step.stop.question
        draw = draws.get(question.name, Draw())
        if question.calculation is not None:
            draw = Draw(question.calculation.string(context(instrument, values, statuses)))
        asked.append(question.name)
        values[question.name], statuses[question.name] = draw.value, draw.status
        place = at[target] if (target := jump(step, draw)) is not None else place + 1
    return asked


def jump(step: Direction, draw: Draw) -> str | None:
    """Return where an answer leads, None to the next item."""
    for found in step.jumps:
        if step.is_always or any(is_answer(step, one, draw) for one in found.answers):
            return found.target
    return None


def is_answer(step: Direction, possible: Possible, draw: Draw) -> bool:
    """Whether an answer is the one a skip speaks of, or among them."""
    if possible.is_number:
        number = float(draw.value or "nan")
        low = -1e99 if possible.low is None else possible.low
        high = 1e99 if possible.high is None else possible.high
        return low < number < high if possible.is_between else number == low
    if possible.answer is None:
        exclusive = (
            {c.name for c in step.stop.question.choices.choices if c.exclusive}
            if (step.stop.question.choices)
            else set[str]()
        )
        return bool(draw.value) and not exclusive & set(draw.value.split())
    return (draw.value, draw.status) == (possible.answer.value, possible.answer.status)


def context(
    instrument: Instrument, values: Mapping[str, str], statuses: Mapping[str, str]
) -> Context:
    """Return what conditions read of a form without repeats."""
    return Context(
        scopes={item.name: () for item, _around in instrument.items()},
        values={Node(name, ()): value for name, value in values.items()},
        statuses={Node(name, ()): status for name, status in statuses.items()},
        now=NOW,
        random=lambda: 0.5,
    )


def holds(
    text: str, instrument: Instrument, values: Mapping[str, str], statuses: Mapping[str, str]
) -> bool:
    """Whether a condition holds for the answers written so far."""
    return compile(text).truth(context(instrument, values, statuses))


def asked_on_screen(instrument: Instrument, seed: int) -> tuple[list[str], Mapping[str, Draw]]:
    """Return what one chance interview asks in order, and its answers."""
    found = rehearse(plan(instrument), random.Random(seed), NOW)
    draws = {node.name: draw for node, draw in found.draws.items()}
    shown = {stop.item.name for stop in found.stops}
    return [item.name for item, _around in instrument.items() if item.name in shown], draws


def is_out_of_bounds(instrument: Instrument, name: str, draw: Draw) -> bool:
    """Whether chance gave up: no answer where one is required, or what the constraint forbids."""
    question = next(one for one in instrument.questions() if one.name == name)
    if not draw.value:
        return not draw.status and question.required is not None
    if question.constraint is None:
        return False
    where = context(instrument, {name: draw.value}, {}).at(Node(name, ()))
    return not question.constraint.truth(where)


def agree(instrument: Instrument, seed: int) -> None:
    """Fail where paper and screen part; what is worked out on paper is not on the screen."""
    screen, draws = asked_on_screen(instrument, seed)
    if any(is_out_of_bounds(instrument, name, draw) for name, draw in draws.items()):
        return
    paper = asked_on_paper(instrument, draws)
    on_screen = {
        question.name
        for question in instrument.questions()
        if is_asked(question) or KINDS[question.kind].is_shown
    }
    assert [name for name in paper if name in on_screen] == screen


@pytest.mark.parametrize("name", names())
def test_a_reader_of_a_shipped_questionnaire_is_asked_what_the_screen_asks(name: str) -> None:
    """Over forty chance interviews, item for item."""
    instrument = opened(found_file(name), name).instrument
    assert instrument is not None
    for seed in range(40):
        agree(instrument, seed)


CONDITIONS = (
    "",
    "${a} = 'yes'",
    "${a} != 'no'",
    "${b} = 'yes' and ${a} = 'yes'",
    "${a} = 'yes' or ${b} = 'no'",
    "not(${b} = 'yes')",
    "${n} > 3",
    "${n} = 0 or ${n} >= 10",
    "${n} + 1 > 4",
    "nonresponse(${a}) = 'refused'",
    "nonresponse(${n}) != ''",
    "${n} = ''",
    "selected(${m}, 'crack')",
    "not(selected(${m}, 'none'))",
    "count-selected(${m}) > 0",
    "${c} = 1",
    "${c} = 0 and ${b} = 'yes'",
)


@given(st.lists(st.sampled_from(CONDITIONS), min_size=8, max_size=8), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_a_reader_of_any_questionnaire_is_asked_what_the_screen_asks(
    conditions: list[str], seed: int
) -> None:
    """Whatever the conditions, on questions, parts, and runs of both, and on what is worked out."""
    c1, c2, c3, c4, c5, c6, c7, c8 = conditions
    worked = (
        '  - {type: calculate, name: c, label: C, calculation: "if(${n} > 3, 1, if(${a} = '
        "'yes', 0, ''))\"}\n"
    )
    instrument = loaded(
        one("a")
        + one("b", "${a} = 'yes'")
        + one("n", "${b} != 'no'", "integer", ', constraint: ". >= 0 and . <= 12"')
        + one("m", kind="select_multiple")
        + worked
        + one("q1", c1)
        + one("q2", c2)
        + group("part1", c3 or "true()", one("q3", c4), one("q4", c4), one("q5", c5))
        + one("note1", c6, "note").replace("required: yes, ", "").replace(", required: yes", "")
        + group("part2", c7 or "true()", one("q6"), one("q7", c8))
        + one("last")
    )
    for offset in range(5):
        agree(instrument, seed * 5 + offset)


# --- in words ---------------------------------------------------------------------------------

SURVEY = (
    one("a")
    + one("b", "${a} = 'yes'")
    + group("part", "${a} = 'yes' and ${b} = 'yes'", one("c"))
    + one("last", "${a} = 'yes'")
)


def test_a_skip_stands_beside_the_answers_that_lead_past_what_follows() -> None:
    """In the language of the questionnaire, by the labels of its choices."""
    assert skips(loaded(SURVEY), "en")["a"] == ("if “No” or “Refused”, go to the end",)
    assert skips(loaded(SURVEY), "fr")["b"] == ("si « Non » ou « Refus », aller à la question 3",)


def test_a_condition_known_to_hold_is_not_printed() -> None:
    """Whoever reaches the part has answered yes twice, for every other answer leads past it."""
    found = directions(loaded(SURVEY))
    assert [name for name, step in found.items() if step.conditions] == []


def test_numbers_that_lead_on_are_said_as_runs() -> None:
    """One number, or all from one on, or any."""
    ask = ', constraint: ". >= 0 and . <= 30"'
    for condition, told in (
        ("${n} > 0", "if 0 or “Refused”, go to question 3"),
        ("${n} <= 4", "if more than 4 or “Refused”, go to question 3"),
        ("${n} = 3", "if less than 3, more than 3 or “Refused”, go to question 3"),
        ("nonresponse(${n}) != ''", "if a number, go to question 3"),
    ):
        instrument = loaded(one("n", "", "integer", ask) + one("b", condition) + one("z"))
        assert skips(instrument, "en")["n"] == (told,)


def test_what_cannot_stand_beside_an_answer_stands_above_the_item() -> None:
    """With where to go otherwise, unless that is the next item."""
    instrument = loaded(
        one("m", "", "select_multiple")
        + one("b", "selected(${m}, 'crack')")
        + one("c", "selected(${m}, 'other')")
        + one("d", "selected(${m}, 'other')")
        + one("z")
    )
    guide = Guide(instrument, "en")
    told = {
        name: guide.condition(condition, step.following)
        for name, step in directions(instrument).items()
        for condition in step.conditions.values()
    }
    assert told == {
        "b": "if question 1 includes “Crack”",
        "c": "if question 1 includes “Other”; otherwise go to question 5",
    }


def test_a_round_of_a_repeat_is_left_by_its_end() -> None:
    """A skip inside goes on to the next sheet, one outside passes over all of it."""
    repeat = (
        "  - type: repeat\n    name: r\n    repeat_count: ${n}\n    repeat_max: 3\n"
        "    label: {en: R, fr: R}\n    questions:\n    "
        + one("a")
        + "    "
        + one("b", "${a} = 'yes'")
        + "    "
        + one("c", "${b} = 'yes'")
    )
    instrument = loaded(one("n", "", "integer") + repeat + one("z", "count(${r}) > 1"))
    assert skips(instrument, "en")["n"] == ("if 0 or less or “Refused”, go to question 2",)
    steps = directions(instrument)
    assert [(jump.target, len(jump.answers)) for jump in steps["a"].jumps] == [(NEXT_ROUND, 2)]
    assert steps["a"].conditions == {}
    assert steps["z"].conditions["z"].holding == ("count(${r}) > 1",)
    assert skips(instrument, "en")["a"] == ("if “No” or “Refused”, go on to the next sheet",)


def test_what_was_answered_in_a_round_is_not_known_behind_the_repeat() -> None:
    """Another round may have another answer: the condition is printed."""
    repeat = (
        "  - type: repeat\n    name: r\n    repeat_max: 3\n    label: {en: R, fr: R}\n"
        "    questions:\n    " + one("a")
    )
    instrument = loaded(repeat + one("z", "sum(${a}) = 0"))
    assert "z" in directions(instrument)["z"].conditions


def test_questions_that_all_depend_on_each_other_are_directed_in_time() -> None:
    """What is known is bounded: the work grows with the questions, not with their combinations."""
    chance = random.Random(1)
    survey = one("q0") + one("q1")
    for place in range(2, 150):
        names_read = [f"${{q{chance.randrange(max(0, place - 30), place)}}}" for _n in range(3)]
        survey += one(f"q{place}", " or ".join(f"{name} = 'yes'" for name in names_read))
    assert len(directions(loaded(survey))) == 150
