"""How long an interview takes: what counts, what does not, and routes that chance finds."""

from __future__ import annotations

import random
import re
from datetime import datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check
from surveys.expressions import Node
from surveys.instrument import Question
from surveys.kinds import KINDS
from surveys.overview.length import KEY, THINKING, Length, Lengths, lengths, of, words
from surveys.overview.rehearsal import Rehearsal, rehearse
from surveys.plan import Plan, plan
from surveys.shipped import found_file, names, opened

NOW = datetime(2026, 3, 2, 10)
HEAD = "souspli: 1\nform: {id: f, version: '1', title: T}\n"
LISTS = """choices:
  yes_no:
    - {name: "yes", code: 1, label: "Yes"}
    - {name: "no", code: 2, label: "No"}
  long:
    - {name: a, code: 1, label: One}
    - {name: b, code: 11, label: Eleven}
"""


def planned(survey: str, form: str = "") -> Plan:
    """Return the plan of a small questionnaire."""
    loaded = check(HEAD.replace("title: T", "title: T" + form) + LISTS + "survey:\n" + survey, "f")
    assert loaded.instrument is not None
    assert [str(one) for one in loaded.problems if one.severity == "error"] == []
    return plan(loaded.instrument)


def estimated(survey: str, form: str = "") -> Lengths:
    """Return the lengths of a small questionnaire."""
    return lengths(planned(survey, form), random.Random(1), NOW)


@cache
def shipped(name: str) -> Plan:
    """Return the plan of a shipped questionnaire."""
    instrument = opened(found_file(name), name).instrument
    assert instrument is not None
    return plan(instrument)


def one(survey: str) -> Length:
    """Return what a questionnaire of one route takes, non-response left aside."""
    return estimated(survey.replace("}", ", nonresponse: []}")).middle


def test_a_question_takes_its_reading_its_thinking_and_its_keys() -> None:
    """Twenty-five words at 150 a minute are ten seconds; a code alone is one key."""
    label = " ".join(["word"] * 23)  # with Yes and No: 25
    found = one(f"  - {{type: select_one, choices: yes_no, name: q, label: {label}}}\n")
    assert found.minutes * 60 == pytest.approx(10 + THINKING["select_one"] + KEY)
    assert (found.keys, found.questions) == (1, 1)


def test_a_list_that_was_just_read_is_not_read_again() -> None:
    """Of two questions with one list, the second takes less."""
    row = "  - {{type: select_one, choices: yes_no, name: {0}, label: Word}}\n"
    first, both = one(row.format("a")), one(row.format("a") + row.format("b"))
    assert both.minutes < 2 * first.minutes


def test_what_is_read_alone_on_a_card_goes_faster() -> None:
    """A show card is read silently."""
    row = "  - {type: select_one, choices: yes_no, name: a, label: Word}\n"
    assert one(row.replace("label", "show_card: '1', label")).minutes < one(row).minutes


def test_a_code_that_begins_another_needs_enter() -> None:
    """1 begins 11; 11 begins nothing."""
    survey = planned("  - {type: select_one, choices: long, name: q, nonresponse: [], label: W}\n")
    keys = {
        route.draws[Node("q", ())].value: of(survey, route).keys
        for route in (rehearse(survey, random.Random(seed), NOW) for seed in range(20))
    }
    assert keys == {"a": 2, "b": 2}  # 1 and Enter; 11


def test_the_least_time_of_a_question_is_kept() -> None:
    """`minimum_seconds` is a floor."""
    row = "  - {type: acknowledge, name: a, minimum_seconds: 90, label: Told}\n"
    assert one(row).minutes == 1.5


def test_hints_and_what_nobody_answers_take_no_time() -> None:
    """A hint is for the interviewer; a calculation is nobody's."""
    row = "  - {type: acknowledge, name: a, label: Told}\n"
    more = row.replace("label", "hint: many words for the interviewer only, label")
    more += "  - {type: calculate, name: c, calculation: 1 + 1}\n"
    assert one(more) == one(row)


def test_routes_that_end_refused_do_not_count() -> None:
    """The shortest is the shortest of those that count as complete."""
    survey = (
        "  - {type: select_one, choices: yes_no, name: consent, nonresponse: [], label: Agree}\n"
        "  - {type: integer, name: age, relevant: \"${consent} = 'yes'\", nonresponse: [], label: A}\n"
    )
    form = ", refused_when: \"${consent} = 'no'\", complete_when: \"${age} != ''\""
    assert estimated(survey, form).shortest.questions == 2
    assert estimated(survey).shortest.questions == 1


def test_rare_routes_are_found() -> None:
    """One answer in a thousand opens the long way; the search knows what conditions compare with."""
    survey = (
        "  - {type: integer, name: n, nonresponse: [], constraint: . >= 0 and . <= 999, label: N}\n"
        '  - {type: text, name: t, relevant: "${n} = 777", nonresponse: [], label: T}\n'
        "  - {type: text, name: u, relevant: \"${t} = 'crack'\", nonresponse: [], label: U}\n"
    )
    found = estimated(survey)
    assert (found.shortest.questions, found.longest.questions) == (1, 3)


def test_a_repeat_takes_its_rounds() -> None:
    """As many as its count says, at most `repeat_max`; or as chance has it, asking each time."""
    survey = (
        "  - type: repeat\n    name: r\n    repeat_max: 4\n    repeat_count: 9\n    label: R\n"
        "    questions:\n"
        "      - {type: integer, name: n, nonresponse: [], label: N}\n"
    )
    assert estimated(survey).middle.questions == 4
    route = rehearse(planned(survey.replace("    repeat_count: 9\n", "")), random.Random(2), NOW)
    rounds = sum(isinstance(stop.item, Question) for stop in route.stops)
    assert len(route.stops) == 2 * rounds + 1


@pytest.mark.parametrize("name", names())
def test_the_lengths_of_a_shipped_questionnaire_are_in_order(name: str) -> None:
    """Shortest, middle, longest; the sections add up to the middle; the same seed says the same."""
    ready = shipped(name)
    found = lengths(ready, random.Random(1), NOW)
    assert found.shortest.minutes <= found.middle.minutes <= found.longest.minutes
    assert found.shortest.minutes > 0
    assert sum(part.keys for part in found.sections.values()) == found.middle.keys
    assert sum(part.minutes for part in found.sections.values()) == pytest.approx(
        found.middle.minutes
    )
    assert lengths(ready, random.Random(1), NOW) == found


def test_the_beneficiaries_are_told_how_long_it_takes() -> None:
    """The questionnaire announces 25 to 35 minutes: the estimate lies there."""
    ready = shipped("assore/beneficiaires")
    told = re.search(r"(\d+) à (\d+) minutes", ready.instrument.source)
    assert told is not None
    found = lengths(ready, random.Random(3), NOW)
    assert int(told[1]) <= found.middle.minutes <= int(told[2])


@given(st.integers(0, 10**6))
@settings(max_examples=15)
def test_a_route_given_again_is_the_same_route(seed: int) -> None:
    """Answers that are kept lead where they led."""
    ready = shipped("assore/site")
    route = rehearse(ready, random.Random(seed), NOW)
    again: Rehearsal = rehearse(ready, random.Random(seed + 1), NOW, route.draws)
    assert again == route


def test_each_type_that_is_asked_has_its_seconds() -> None:
    """And no other; a repeat asks whether there is another round."""
    assert set(THINKING) == {name for name, kind in KINDS.items() if kind.is_asked} | {"repeat"}


def test_words_are_counted_as_they_are_said() -> None:
    """An elision and a hyphen join; punctuation set apart is no word."""
    assert words("Qu'est-ce qui vous a empêché de dormir ?") == 7
    assert words("") == 0
