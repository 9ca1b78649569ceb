"""What became of each case: one outcome each, whatever records there are, and the visits it took."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.sample import DrawnCase, base_weights
from export.respondents.dispositions import outcome_of
from export.response.cases import Case, cases
from export.study import StudyInstrument
from interviewer.record import Attempt, Record

Made = Callable[..., Record]
Drawn = Callable[..., dict[str, DrawnCase]]

OUT = Attempt("2022-04-11", "morning", "2.25")
AGAIN = Attempt("2022-04-12", "evening", "postponed")
NO = Attempt("2022-04-13", "morning", "2.112")


def of(found: StudyInstrument, records: list[Record], sample: dict[str, DrawnCase]) -> list[Case]:
    return list(cases(found, records, sample)[0])


@settings(max_examples=25)
@given(st.integers(0, 2**32).map(random.Random))
def test_every_case_released_has_one_outcome_whatever_was_sealed(
    about_people: StudyInstrument, made: Made, drawn: Drawn, chance: random.Random
) -> None:
    """Several records of a case, records of none, of the reserve: the cases are those released."""
    sample = drawn((40, 5, 2), (60, 6, 0))
    records = [
        made(
            chance.choice([*sample, "X1"]),
            status=chance.choice(["complete", "partial", "refused", "broke_off"]),
            outcome=chance.choice(["1.1", "2.12", "4.10"]),
            attempts=chance.choice([(), (OUT,), (OUT, AGAIN)]),
        )
        for _n in range(12)
    ]
    found = of(about_people, records, sample)
    assert len(found) == 11
    assert sum(one.weight for one in found) == pytest.approx(100)
    weights = sorted(base_weights(sample).values())
    assert sorted(one.weight for one in found) == weights
    used = {one.case for one in records if sample.get(one.case) and sample[one.case].is_released}
    assert sum(one.is_recorded for one in found) == len(used)
    chance.shuffle(records)
    assert of(about_people, records, sample) == found


def test_a_case_without_a_record_is_not_attempted_and_has_no_interviewer(
    about_people: StudyInstrument, drawn: Drawn
) -> None:
    """AAPOR 3.11; its weight and stratum are known all the same."""
    (found,) = of(about_people, [], drawn((10, 1, 3)))
    assert (found.outcome, found.class_, found.is_recorded) == ("3.11", "UH", False)
    assert (found.weight, found.stratum, found.batch, found.interviewer) == (10.0, 1, 0, "")


@pytest.mark.parametrize(
    ("status", "sealed", "outcome"),
    [
        ("complete", "1.1", "1.1"),
        ("partial", "1.1", "1.2"),
        ("refused", "2.112", "2.112"),
        ("broke_off", "4.10", "4.10"),  # as its interviewer corrected it
        ("broke_off", "1.1", "3.90"),  # claims an interview that there is none of
    ],
)
def test_an_interview_counts_as_what_its_answers_say(
    made: Made, status: str, sealed: str, outcome: str
) -> None:
    """Its status, not a code that claims more."""
    assert outcome_of(made("A1", status=status, outcome=sealed)) == outcome


def test_what_two_records_of_a_laptop_have_in_common_is_one_visit(
    about_people: StudyInstrument, made: Made, closed: Made, drawn: Drawn
) -> None:
    """An outcome carries all visits before it, and so does the sheet after it; another laptop's are others."""
    records = [
        closed("A1", "2.25", attempts=(OUT, AGAIN), week="2022-W14"),
        closed("A1", "2.112", attempts=(OUT, AGAIN, NO)),
        made("A1", instrument="sheet", unit="non_respondent", attempts=(OUT, AGAIN, NO)),
        closed("A1", "2.24", attempts=(OUT,), device="L02", week="2022-W13"),
    ]
    (found,) = of(about_people, records, drawn((10, 1, 0)))
    assert found.outcome == "2.112"
    assert found.visits == (OUT, OUT, AGAIN, NO)


def test_checking_back_is_no_visit_of_the_case(
    about_people: StudyInstrument, made: Made, drawn: Drawn
) -> None:
    """Whoever is asked again was met already."""
    records = [
        made("A1", attempts=(OUT,)),
        made("A1", instrument="again", unit="back_check", attempts=(OUT, AGAIN), device="L09"),
    ]
    (found,) = of(about_people, records, drawn((10, 1, 0)))
    assert found.visits == (OUT,)
    assert found.is_held


def test_without_a_sample_each_case_of_a_record_counts_as_one(
    about_people: StudyInstrument, made: Made, closed: Made
) -> None:
    """Nobody knows of the others."""
    found, unused = cases(about_people, [made("A1"), made("A1"), closed("A2", "2.112")], None)
    assert [(one.outcome, one.weight, one.stratum) for one in found] == [
        ("1.1", 1.0, None),
        ("2.112", 1.0, None),
    ]
    assert [one.reason for one in unused] == ["another"]


def test_of_professionals_each_record_is_one(
    about_people: StudyInstrument, made: Made, drawn: Drawn
) -> None:
    """They were not drawn, and have no case."""
    about_others = StudyInstrument(about_people.instrument, "professional")
    records = [made("", unit="professional") for _n in range(3)]
    found, _unused = cases(about_others, records, drawn((10, 2, 0)))
    assert [one.stratum for one in found] == [None] * 3
