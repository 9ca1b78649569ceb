"""What is left unanswered, changed, rounded: counted, never told."""

from __future__ import annotations

import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from export.auditing.habits import habits
from interviewer.record import Record
from surveys.instrument import Instrument

Loaded = Callable[[str], Instrument]
Made = Callable[..., Record]

FORM = """
choices:
  yes_no: [{name: "yes", label: "Yes"}, {name: "no", label: "No"}]
survey:
  - {type: integer, name: days, label: Days}
  - {type: integer, name: nights, label: Nights}
  - {type: integer, name: age, label: Age, keep: {bands: [18, 25, 40]}}
  - {type: select_one, choices: yes_no, name: pet, label: Pet}
  - {type: text, name: words, label: Words}
  - {type: calculate, name: twice, calculation: "2 * ${days}"}
"""


def test_each_thing_is_counted_among_what_was_asked(loaded: Loaded, made: Made) -> None:
    """What was never reached is not asked; bands are no numbers; a number under ten is not round."""
    one = made(
        answers={"days": "20", "nights": "5", "age": "25", "twice": "40"},
        statuses={"pet": "refused", "words": "dont_know"},
        paradata={"days": "5,2", "nights": "10", "age": "5", "pet": "0,1"},
    )
    other = made(
        status="partial",
        answers={"days": "21", "nights": "-30"},
        statuses={"pet": "broke_off", "words": "no_answer", "age": "not_applicable"},
    )
    (found,) = habits([one, other], loaded(FORM)).interviewers
    assert (found.interviews, found.items) == (2, 9)
    assert (found.refused, found.dont_know) == (1, 1)
    assert (found.timed, found.changed) == (4, 2)
    assert (found.numbers, found.round) == (2, 1)


def test_only_interviews_count(loaded: Loaded, made: Made) -> None:
    """One refused at once leaves everything unanswered, and says nothing of how it was asked."""
    refused = made(status="refused", statuses={"days": "refused"})
    found = habits([refused, made(status="broke_off")], loaded(FORM))
    assert (found.interviewers, found.tallies) == ((), ())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32).map(random.Random))
def test_the_order_of_records_changes_nothing(
    loaded: Loaded, made: Made, chance: random.Random
) -> None:
    """And every interview is compared once, for what there is to compare."""
    records = [
        made(
            interviewer=chance.choice(["I01", "I02"]),
            answers={"days": str(chance.randint(0, 30)), "nights": str(chance.randint(0, 30))},
            statuses={"pet": "refused"} if chance.random() < 0.3 else {},
            paradata={"days": chance.choice(["5", "5,1"])},
        )
        for _number in range(12)
    ]
    found = habits(records, loaded(FORM))
    for measure in ("unanswered", "changed"):
        assert sum(one.of for one in found.tallies if one.measure == measure) == 12
    chance.shuffle(records)
    assert habits(records, loaded(FORM)) == found
