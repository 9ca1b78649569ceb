"""The interview as a fold of answers over an instrument: laws first, then the rules one by one."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.interview import (
    ANOTHER,
    Answer,
    Interview,
    begin,
    choices,
    completeness,
    finished,
    first_broken,
    give,
    judge,
    replay,
    text_of,
    without_answer,
)
from interviewer.respondent import Respondent, answer_all
from interviewer.scrub import Scrubber
from surveys.check import check, errors
from surveys.expressions import Node
from surveys.plan import Plan, plan
from surveys.shipped import FOLDER, names

NOW = datetime(2022, 4, 11, 10, 0)
SCRUBBER = Scrubber()
FORM = """\
souspli: 1
form: {id: t, version: "1", title: T, refused_when: "${ok} = 2", partial_when: "${n} != ''"}
choices:
  yes_no: [{name: 1, label: Yes}, {name: 2, label: No}]
  routes:
    - {name: smoke, label: Smoke, for: crack hash}
    - {name: inject, label: Inject, for: crack}
survey:
  - {type: select_one, choices: yes_no, name: ok, label: Agree?, required: yes, nonresponse: []}
  - type: group
    name: body
    relevant: ${ok} = 1
    questions:
      - {type: integer, name: n, label: How many?, constraint: . >= 0 and . <= 3,
         soft_constraint: . < 3, nonresponse: [refused, dont_know, not_applicable]}
      - type: repeat
        name: each
        label: Each
        repeat_count: ${n}
        repeat_max: 3
        questions:
          - {type: text, name: product, label: "Product ${which}?", required: yes}
          - {type: calculate, name: which, calculation: position(..)}
          - {type: select_one, choices: routes, name: route, label: "How ${product}?",
             choice_filter: "selected(for, ${product})"}
      - {type: calculate, name: smoked, calculation: "count(${each}[${route} = 'smoke'])"}
      - type: repeat
        name: child
        label: Child
        repeat_max: 2
        questions:
          - {type: integer, name: child_age, label: Age?}
      - {type: integer, name: total, label: "Of ${n}, total?", constraint: ". >= ${n}"}
"""


def ready(source: str = FORM) -> Plan:
    loaded = check(source, "t.yaml")
    assert errors(loaded) == (), [str(problem) for problem in loaded.problems]
    assert loaded.instrument is not None
    return plan(loaded.instrument)


PLAN = ready()
SHIPPED = {
    name: ready((FOLDER / f"{name}.yaml").read_text("utf-8"))
    for name in names()
    if "assore" in name
}


def state(interview: Interview) -> tuple[object, ...]:
    said = {node: (a.value, a.status, a.kept) for node, a in interview.answers.items()}
    return (
        said,
        interview.values,
        interview.statuses,
        interview.counts,
        interview.relevant,
        interview.path,
    )


def held(name: str, seed: int) -> Interview:
    respondent = Respondent(random.Random(seed), {"info_given": "1", "consent": "1"}, declines=0.1)
    return answer_all(begin(SHIPPED[name], NOW, "s"), respondent, SCRUBBER).interview


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(SHIPPED)), st.integers(0, 10_000))
def test_replaying_the_answers_gives_the_same_interview(name: str, seed: int) -> None:
    """Going forward step by step and replaying from the start end in one state."""
    interview = held(name, seed)
    again = replay(interview.plan, NOW, "s", interview.answers.items())
    assert state(again) == state(interview)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(SHIPPED)), st.integers(0, 10_000))
def test_the_order_of_answers_does_not_matter(name: str, seed: int) -> None:
    """Equal answers make an equal interview, whatever was answered first."""
    interview = held(name, seed)
    shuffled = list(interview.answers.items())
    random.Random(seed).shuffle(shuffled)
    assert state(replay(interview.plan, NOW, "s", shuffled)) == state(interview)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(SHIPPED)), st.integers(0, 10_000), st.data())
def test_changing_an_answer_and_back_changes_nothing(
    name: str, seed: int, data: st.DataObject
) -> None:
    """What depends on an answer follows it there and back."""
    interview = held(name, seed)
    node = data.draw(st.sampled_from(sorted(interview.answers)))
    blanked = give(interview, node, Answer(status="refused"))
    assert state(give(blanked, node, interview.answers[node])) == state(interview)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(sorted(SHIPPED)), st.integers(0, 10_000))
def test_a_finished_interview_breaks_no_constraint(name: str, seed: int) -> None:
    """Every answer on the path was judged, and still holds."""
    interview = held(name, seed)
    assert interview.current is None
    assert first_broken(interview) is None


def say(interview: Interview, *typed: str) -> Interview:
    for text in typed:
        step = interview.current
        assert step is not None
        judged = judge(interview, step, text, SCRUBBER)
        assert judged.answer is not None, judged.message
        interview = give(interview, step.node, judged.answer)
    return interview


def names_on_path(interview: Interview) -> list[str]:
    return [step.node.name + "".join(f"[{n}]" for n in step.node.at) for step in interview.path]


def test_what_is_not_relevant_is_not_asked() -> None:
    """A group that is skipped takes everything in it along."""
    assert names_on_path(begin(PLAN, NOW, "s")) == ["ok"]
    assert names_on_path(say(begin(PLAN, NOW, "s"), "2")) == ["ok"]


def test_a_repeat_is_asked_as_often_as_it_counts() -> None:
    """Two products, two rounds; then none, and nothing of the rounds is left."""
    interview = say(begin(PLAN, NOW, "s"), "1", "2", "crack", "2", "hash", "1")
    rounds = ["product[1]", "route[1]", "product[2]", "route[2]"]
    assert names_on_path(interview) == ["ok", "n", *rounds, "child[1]", "total"]
    assert interview.values[Node("smoked", ())] == "1"
    none = give(interview, Node("n", ()), Answer(value="0", kept="0"))
    assert names_on_path(none) == ["ok", "n", "child[1]", "total"]
    assert none.values[Node("smoked", ())] == "0"
    assert Node("product", (1,)) not in none.values


def test_a_repeat_without_a_count_asks_for_another_until_there_is_none() -> None:
    """At most repeat_max of them; then nobody asks any more."""
    interview = say(begin(PLAN, NOW, "s"), "1", "0", "1", "4", "1", "6")
    assert names_on_path(interview)[2:] == [
        "child[1]",
        "child_age[1]",
        "child[2]",
        "child_age[2]",
        "total",
    ]
    fewer = say(begin(PLAN, NOW, "s"), "1", "0", "1", "4", "2")
    assert names_on_path(fewer)[2:] == ["child[1]", "child_age[1]", "child[2]", "total"]
    assert fewer.answers[Node("child", (1,))].value == ANOTHER


def test_choices_are_filtered_by_what_was_answered_in_the_same_round() -> None:
    """hash cannot be injected; a choice no longer offered is asked again."""
    interview = say(begin(PLAN, NOW, "s"), "1", "1", "crack")
    step = interview.current
    assert step is not None
    assert [choice.name for choice in choices(interview, step)] == ["smoke", "inject"]
    chosen = say(interview, "2")
    changed = give(chosen, Node("product", (1,)), Answer(value="hash", kept="hash"))
    assert changed.current is not None
    assert changed.current.node == Node("route", (1,))


def test_a_label_pipes_in_what_was_answered_nearest() -> None:
    """Inside a repeat, ${product} is the product of this round."""
    interview = say(begin(PLAN, NOW, "s"), "1", "2", "crack", "2", "hash")
    step = interview.current
    assert step is not None
    assert text_of(interview, step.item.label, step.node) == "How hash?"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("4", "This answer is not possible here."),
        ("many", "Type a whole number, in digits."),
        ("1.5", "Type a whole number, in digits."),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_type(typed: str, message: str) -> None:
    """The message never repeats what was typed."""
    interview = say(begin(PLAN, NOW, "s"), "1")
    assert interview.current is not None
    judged = judge(interview, interview.current, typed, SCRUBBER)
    assert (judged.answer, judged.message) == (None, message)


def test_a_soft_constraint_is_accepted_with_a_reason() -> None:
    """Without one it is only a warning; the reason is kept with the answer."""
    interview = say(begin(PLAN, NOW, "s"), "1")
    assert interview.current is not None
    assert judge(interview, interview.current, "3", SCRUBBER).is_soft
    answer = judge(interview, interview.current, "3", SCRUBBER, "checked twice").answer
    assert answer is not None
    assert (answer.value, answer.reason) == ("3", "checked twice")


def test_an_answer_that_another_one_broke_is_found_at_the_end() -> None:
    """total ≥ n held when it was given; then n was changed."""
    interview = say(begin(PLAN, NOW, "s"), "1", "0", "2", "1")
    assert interview.current is None
    changed = give(interview, Node("n", ()), Answer(value="2", kept="2"))
    broken = first_broken(changed)
    assert broken is not None
    assert broken[0].node == Node("total", ())


def test_a_refusal_is_possible_only_where_it_is_offered() -> None:
    """Consent is yes or no."""
    interview = begin(PLAN, NOW, "s")
    assert interview.current is not None
    assert without_answer(interview.current, "refused") is None
    asked = say(interview, "1").current
    assert asked is not None
    assert without_answer(asked, "not_applicable") == Answer(status="not_applicable")


def test_a_blank_is_no_answer_where_optional_and_asked_again_where_required() -> None:
    """Nothing is invented from an empty line."""
    interview = begin(PLAN, NOW, "s")
    assert interview.current is not None
    assert judge(interview, interview.current, "  ", SCRUBBER).answer is None
    asked = say(interview, "1")
    assert asked.current is not None
    assert judge(asked, asked.current, "", SCRUBBER).answer == Answer(status="no_answer")


def test_what_an_interview_amounts_to() -> None:
    """refused_when, then complete (the end reached), then partial_when, then a break-off."""
    start = begin(PLAN, NOW, "s")
    assert completeness(start) == "broke_off"
    assert completeness(say(start, "2")) == "refused"
    assert completeness(say(start, "1", "0")) == "partial"
    assert completeness(say(start, "1", "0", "2", "5")) == "complete"


def test_a_number_is_kept_reduced_while_conditions_see_it_whole() -> None:
    """The band is what may be kept; the constraint is judged on the number."""
    source = FORM.replace("label: How many?,", "label: How many?, keep: {bands: [0, 2]},").replace(
        "repeat_count: ${n}", "repeat_count: 1"
    )
    interview = say(begin(ready(source), NOW, "s"), "1")
    assert interview.current is not None
    answer = judge(interview, interview.current, "1", SCRUBBER).answer
    assert answer is not None
    assert (answer.value, answer.kept) == ("1", "0")


def test_no_repr_shows_an_answer() -> None:
    """A traceback that prints its values prints nothing of these."""
    interview = say(begin(PLAN, NOW, "s"), "1", "2", "crack")
    for value in (interview, interview.answers[Node("product", (1,))]):
        assert "crack" not in repr(value)


LOTS = FORM.replace(
    "      - {type: integer, name: total,",
    "      - {type: calculate, name: lot, calculation: random()}\n"
    "      - {type: calculate, name: other_lot, calculation: random()}\n"
    "      - {type: integer, name: total,",
)


def test_lots_are_drawn_once_for_each_place() -> None:
    """Two calculations draw two lots; replaying the answers draws the same."""
    interview = say(begin(ready(LOTS), NOW, "s"), "1", "0", "2", "5")
    lots = [interview.values[Node(name, ())] for name in ("lot", "other_lot")]
    assert lots[0] != lots[1]
    assert state(replay(interview.plan, NOW, "s", interview.answers.items())) == state(interview)


def test_sums_over_rounds_follow_each_round() -> None:
    """`sum(${each}/n)`: a step of a path counts as what is read."""
    source = FORM.replace("count(${each}[${route} = 'smoke'])", "count(${each}[route = 'smoke'])")
    interview = say(begin(ready(source), NOW, "s"), "1", "1", "crack", "1")
    assert interview.values[Node("smoked", ())] == "1"


def test_an_end_is_when_the_interview_ended() -> None:
    """Blank until then."""
    plan_ = ready(FORM + "  - {type: end, name: stop, keep: never}\n")
    interview = say(begin(plan_, NOW, "s"), "2")
    assert Node("stop", ()) not in interview.values
    done = finished(interview, datetime(2022, 4, 11, 10, 30))
    assert done.values[Node("stop", ())].startswith("2022-04-11T10:30")


def test_a_text_of_nothing_visible_is_blank() -> None:
    """Characters of no width are no answer."""
    interview = say(begin(PLAN, NOW, "s"), "1", "1")
    assert interview.current is not None
    assert judge(interview, interview.current, "\u200b", SCRUBBER).answer is None
