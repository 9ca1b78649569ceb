"""A whole progress: groups add up to everybody, by every grouping, weighted or not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.sample import DrawnCase
from export.respondents.dispositions import CLASSES
from export.response.as_json import progress_json
from export.response.progress import progress
from export.response.rates import rates
from export.study import StudyInstrument
from interviewer.record import Attempt, Record

Made = Callable[..., Record]
Drawn = Callable[..., dict[str, DrawnCase]]
CODES = ("2.111", "2.112", "2.25", "2.33", "3.18", "3.20", "3.90", "4.10")


def some(
    made: Made, closed: Made, sample: dict[str, DrawnCase], chance: random.Random
) -> list[Record]:
    """Return records of about two cases in three."""
    found = []
    for case in sample:
        around = {
            "interviewer": f"I{chance.randint(1, 3)}",
            "week": f"2022-W{chance.randint(14, 16)}",
            "attempts": (Attempt("2022-04-11", "morning", "2.25"),) * chance.randint(0, 3),
        }
        if chance.random() < 0.4:
            found.append(made(case, status=chance.choice(["complete", "partial"]), **around))
        elif chance.random() < 0.5:
            found.append(closed(case, chance.choice(CODES), **around))
    return found


@settings(max_examples=20)
@given(st.integers(0, 2**32).map(random.Random))
def test_by_every_grouping_the_groups_add_up_to_everybody(
    about_people: StudyInstrument, made: Made, closed: Made, drawn: Drawn, chance: random.Random
) -> None:
    """In cases and in weights; and the order of records changes nothing."""
    sample = drawn((50, 9, 4), (30, 7, 2), (90, 11, 0))
    records = some(made, closed, sample, chance)
    found = progress(about_people, records, sample, 3)
    assert found.whole.cases == 27
    assert sum(found.whole.weighted.values()) == pytest.approx(170)
    for groups in found.groups.values():
        for one in CLASSES:
            assert sum(group.counts[one] for group in groups) == found.whole.counts[one]
            weighted = sum(group.weighted[one] for group in groups)
            assert weighted == pytest.approx(found.whole.weighted[one])
    assert sum(found.outcomes.values()) == 27
    assert found.reserve == {1: 4, 2: 2, 3: 0}
    before = progress_json(found)
    chance.shuffle(records)
    assert progress_json(progress(about_people, records, sample, 3)) == before


def test_batches_count_as_drawn_and_stand_apart(
    about_people: StudyInstrument, made: Made, drawn: Drawn
) -> None:
    """A case released since is in the denominators, and the base weights of its stratum are smaller."""
    sample = drawn((12, 2, 4))
    sample["A3"] = replace(sample["A3"], is_released=True, batch=1)
    sample["A4"] = replace(sample["A4"], is_released=True, batch=2)
    found = progress(about_people, [made("A1"), made("A3")], sample, 3)
    assert found.whole.cases == 4
    assert [(one.name, one.cases, one.respondents) for one in found.groups["batch"]] == [
        ("0", 2, 1),
        ("1", 1, 1),
        ("2", 1, 0),
    ]
    assert found.reserve == {1: 2}
    assert found.rates(found.whole)["RR1"] == 0.5
    assert sum(found.whole.weighted.values()) == pytest.approx(12)


def test_rates_by_weight_are_those_of_the_people_stood_for(
    about_people: StudyInstrument, made: Made, closed: Made, drawn: Drawn
) -> None:
    """One of two answers for 10 people, two of two for 90: RR1 is 3/4 of cases, 95 % of people."""
    sample = drawn((10, 2, 0), (90, 2, 0))
    records = [made("A1"), closed("A2", "2.112"), made("B1"), made("B2")]
    found = progress(about_people, records, sample, 3)
    assert found.is_weighted
    assert found.rates(found.whole)["RR1"] == 0.75
    assert found.weighted_rates(found.whole)["RR1"] == pytest.approx(0.95)
    assert found.weighted_rates(found.whole)["REF1"] == pytest.approx(0.05)


def test_e_is_that_of_the_whole_in_every_group_and_can_be_given(
    about_people: StudyInstrument, made: Made, closed: Made, drawn: Drawn
) -> None:
    """In a stratum of its own it would stand on too few cases."""
    sample = drawn((30, 3, 0), (30, 3, 0))
    records = [made("A1"), closed("A2", "4.10"), made("B1"), closed("B2", "2.25")]
    found = progress(about_people, records, sample, 3)
    assert (found.e.unweighted, found.e.is_given) == (0.75, False)
    first, second = found.groups["stratum"]
    assert found.rates(first) == rates(first.counts, 0.75)
    assert found.rates(second)["RR3"] == pytest.approx(1 / (2 + 0.75))
    given_ = progress(about_people, records, sample, 3, e=0.2)
    assert (given_.e.unweighted, given_.e.weighted, given_.e.is_given) == (0.2, 0.2, True)
    assert given_.rates(second)["RR3"] == pytest.approx(1 / 2.2)


def test_so_far_ends_in_rr2_of_everybody(
    about_people: StudyInstrument, made: Made, closed: Made, drawn: Drawn
) -> None:
    """Week after week it grows to the rate of today."""
    sample = drawn((50, 6, 0))
    records = [
        made("A1", week="2022-W14"),
        made("A2", week="2022-W15", status="partial"),
        closed("A3", "2.112", week="2022-W15"),
        closed("A4", "4.10", week="2022-W16"),
        made("A5", week="2022-W16"),
    ]
    found = progress(about_people, records, sample, 3)
    weeks = found.groups["week"]
    assert [one.name for one in weeks] == ["2022-W14", "2022-W15", "2022-W16", ""]
    assert list(found.so_far(weeks))[:3] == [(1, 0.2), (2, 0.4), (3, 0.6)]
    assert found.rates(found.whole)["RR2"] == 0.6


def test_without_a_sample_there_are_counts_and_no_rates(
    about_people: StudyInstrument, made: Made, closed: Made
) -> None:
    """Nobody knows of whom nothing was collected; JSON says null rather than a number."""
    found = progress(about_people, [made("A1"), closed("A2", "2.112")], None, 3)
    assert not found.is_of_a_sample
    assert set(found.groups) == {"week", "interviewer"}
    told = progress_json(found)
    assert (told["cases"], told["drawn"], told["reserve"], told["e"]) == (2, None, None, None)
    assert "rates" not in told


def test_before_anything_is_collected_everybody_is_unknown(
    about_people: StudyInstrument, drawn: Drawn
) -> None:
    """RR1 is 0, what is of those reached is nothing, and e is 1."""
    found = progress(about_people, [], drawn((50, 6, 0)), 3)
    told = found.rates(found.whole)
    assert (told["RR1"], told["CON1"], told["RR5"], told["COOP1"]) == (0, 0, None, None)
    assert (found.e.unweighted, found.unrecorded) == (1, 6)
