"""Cases to check back: by chance, one of everybody's at least, and the same again by the same seed."""

from __future__ import annotations

import csv
import hashlib
import io
import random
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.auditing.backcheck import Chosen, chosen, seed_bytes
from export.drawing.fraction import people_in
from interviewer.record import Record
from surveys.problems import Refusal

Made = Callable[..., Record]

SEED = seed_bytes("small", "plain", "dice: 4 2 6 1")
TENTH = Fraction(1, 10)


def held(made: Made, counts: Sequence[int]) -> list[Record]:
    """Return so many interviews of each of some interviewers."""
    return [
        made(interviewer=f"I{who}", case=f"{who}-{number}")
        for who, count in enumerate(counts)
        for number in range(count)
    ]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=4),
    st.fractions(Fraction(1, 100), 1),
    st.integers(0, 2**32).map(random.Random),
)
def test_of_everybody_s_cases_the_share_is_chosen_and_one_at_least(
    made: Made, counts: list[int], part: Fraction, chance: random.Random
) -> None:
    """Rounded half up; whatever the order of records, the same."""
    records = held(made, counts)
    found = chosen(records, part, SEED)
    assert found.of == sum(counts)
    assert Counter(who for _case, who in found.cases) == {
        f"I{who}": max(1, people_in(part, count)) for who, count in enumerate(counts)
    }
    assert set(found.cases) <= {(one.case, one.interviewer) for one in records}
    chance.shuffle(records)
    assert chosen(records, part, SEED) == found


def test_cases_that_come_later_change_no_other_interviewer_s(made: Made) -> None:
    """And a larger share has the smaller one in it."""
    records = held(made, [20, 20])
    before = chosen(records, TENTH, SEED)
    after = chosen([*records, *held(made, [0, 0, 40])], TENTH, SEED)
    assert set(before.cases) < set(after.cases)
    assert set(before.cases) < set(chosen(records, Fraction(1, 2), SEED).cases)


def test_every_case_is_chosen_as_often_as_another(made: Made) -> None:
    """Over 600 seeds each of ten cases is one of the two chosen about 120 times."""
    records = held(made, [10])
    times: Counter[str] = Counter()
    for number in range(600):
        seed = seed_bytes("small", "plain", str(number))
        times.update(case for case, _who in chosen(records, Fraction(1, 5), seed).cases)
    assert len(times) == 10
    assert all(80 <= n <= 160 for n in times.values())  # four standard errors each side


def test_only_cases_with_an_interview_are_chosen(made: Made) -> None:
    """Refusals and outcomes have nothing to check; where there is none it is refused."""
    outcome = made(kind="outcome", status="", outcome="2.25")
    nothing = [outcome, made(status="refused"), made(status="broke_off"), made(case="")]
    partial = made(status="partial", case="P")
    assert chosen([*nothing, partial], Fraction(1), SEED).cases == (("P", "I01"),)
    with pytest.raises(Refusal, match="no case has an interview"):
        chosen(nothing, Fraction(1), SEED)


def test_the_seed_is_the_one_docs_describe() -> None:
    """Anyone can work it out; another study or questionnaire has another, and a blank text none."""
    about = hashlib.sha256(b"back-check/v1\0small\0plain").digest()
    assert hashlib.sha256(b"draw/v1\0" + about + b"\0dice: 4 2 6 1").digest() == SEED
    assert seed_bytes("small", "other", "dice: 4 2 6 1") != SEED
    with pytest.raises(Refusal):
        seed_bytes("small", "plain", "  ")


def test_the_list_is_one_that_can_be_read_back() -> None:
    """Whatever an interviewer's code holds; the place is for fieldwork to fill in."""
    found = Chosen((("K7Q2-M4T9", 'a "b", c'), ("B4D2-F6H4", "I02")), 9)
    rows = list(csv.reader(io.StringIO(found.csv())))
    assert rows == [
        ["case", "place", "interviewer"],
        ["K7Q2-M4T9", "", 'a "b", c'],
        ["B4D2-F6H4", "", "I02"],
    ]
    assert "K7Q2" not in repr(found)
