"""From records to respondents: the sample joined on the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from export.drawing.sample import DrawnCase
from export.respondents.weight import Respondents, respondents
from export.study import Study
from interviewer.record import Record
from surveys.problems import Refusal

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]

FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""
SAMPLE = {
    **{f"A{n}": DrawnCase(f"A{n}", 1, 40, True) for n in range(4)},
    **{f"B{n}": DrawnCase(f"B{n}", 2, 60, True) for n in range(3)},
    "R0": DrawnCase("R0", 2, 60, False),
}


def weighted(study: Study, *records: Record) -> Respondents:
    return respondents(study.instruments[0], records, SAMPLE)


def test_weights_add_up_to_the_population(new_study: NewStudy, made_of: MadeOf) -> None:
    """Whoever answers, the respondents stand for all: 40 by three, 60 by two."""
    study = new_study(FORM)
    found = weighted(study, *(made_of(study, case) for case in ("A0", "A1", "A3", "B0", "B2")))
    assert [round(one.weight, 6) for one in found.people] == [13.333333] * 3 + [30.0] * 2
    assert sum(one.weight for one in found.people) == pytest.approx(100)
    assert [one.population for one in found.people] == [40, 40, 40, 60, 60]


def test_strata_with_one_respondent_are_merged(new_study: NewStudy, made_of: MadeOf) -> None:
    """A stratum of one has no variance: it joins its neighbour, and weights still add up."""
    study = new_study(FORM)
    found = weighted(study, *(made_of(study, case) for case in ("A0", "A1", "A3", "B0")))
    assert {(one.stratum, one.population, one.weight) for one in found.people} == {(1, 100, 25.0)}


def test_who_was_not_drawn_stands_for_nobody(new_study: NewStudy, made_of: MadeOf) -> None:
    """A case of no sample, or of the reserve, is named and left out."""
    study = new_study(FORM)
    stranger, reserve = made_of(study, "ZZ"), made_of(study, "R0")
    found = weighted(study, made_of(study, "A0"), made_of(study, "B0"), stranger, reserve)
    assert [(one.id, one.reason) for one in found.unused] == [
        (stranger.id, "not_drawn"),
        (reserve.id, "reserve"),
    ]
    assert [one.record.case for one in found.people] == ["A0", "B0"]


def test_of_two_interviews_of_a_case_the_complete_one_counts(
    new_study: NewStudy, made_of: MadeOf
) -> None:
    """Then the first; the other is named. An outcome never counts before an interview."""
    study = new_study(FORM)
    partial = made_of(study, "A0", status="partial", outcome="1.2")
    first, again = made_of(study, "A0"), made_of(study, "A0")
    visit = made_of(study, "A0", kind="outcome", status="", outcome="2.25")
    other = made_of(study, "A1")
    found = weighted(study, visit, again, partial, first, other)
    assert [one.record.id for one in found.people] == [first.id, other.id]
    assert {(one.id, one.reason) for one in found.unused} == {
        (partial.id, "another"),
        (again.id, "another"),
    }


def test_the_first_made_counts_whatever_the_laptop(new_study: NewStudy, made_of: MadeOf) -> None:
    """Each laptop counts its own records: the week comes before the number, the number before the id."""
    study = new_study(FORM)
    late = made_of(study, "A0", device="L02", sequence=1, week="2022-W20")
    early = made_of(study, "A0", sequence=30, week="2022-W09")
    same = made_of(study, "A1", sequence=41, week="2022-W15")
    before = made_of(study, "A1", sequence=40, week="2022-W15")
    found = weighted(study, late, early, same, before)
    assert {one.record.id for one in found.people} == {early.id, before.id}


def test_a_sheet_about_a_non_respondent_is_weighted_by_nobody(
    new_study: NewStudy, made_of: MadeOf
) -> None:
    """It has a case, counts as one, and is no outcome of the case: that is the interview's."""
    study = new_study(FORM)
    sheets = replace(study.instruments[0], unit=cast(Any, "non_respondent"))
    records = [made_of(study, case, unit="non_respondent") for case in ("A0", "B0", "B1")]
    found = respondents(sheets, records, SAMPLE)
    assert [(one.weight, one.population) for one in found.people] == [(1.0, None)] * 3
    assert (found.drawn, found.outcomes, found.unused) == (None, {}, ())


def test_an_interview_checked_back_is_no_respondent_and_no_outcome(
    new_study: NewStudy, made_of: MadeOf
) -> None:
    """Not of the questionnaire it checks; of its own it counts as one, and weighs nobody."""
    study = new_study(FORM)
    (plain,) = study.instruments
    other = replace(plain.instrument, id="check")
    checks = replace(plain, instrument=other, unit=cast(Any, "back_check"))
    held = [made_of(study, case) for case in ("A0", "A1", "B0", "B1")]
    again = [
        made_of(
            study, case, instrument="check", unit="back_check", status="partial", week="2022-W10"
        )
        for case in ("A0", "A2")
    ]
    before = respondents(plain, held, SAMPLE)
    assert respondents(plain, [*again, *held], SAMPLE) == before
    found = respondents(checks, [*held, *again], SAMPLE)
    assert [(one.weight, one.population) for one in found.people] == [(1.0, None)] * 2
    assert (found.drawn, found.outcomes, found.unused) == (None, {}, ())


def test_the_outcomes_count_every_case_drawn_once(new_study: NewStudy, made_of: MadeOf) -> None:
    """A case without any record is 3.11; of two visits without an interview the last counts."""
    study = new_study(FORM)
    away = made_of(study, "A2", kind="outcome", status="", outcome="2.25", week="2022-W15")
    gone = made_of(study, "A2", kind="outcome", status="", outcome="2.31", week="2022-W16")
    left = made_of(study, "B1", status="broke_off", outcome="2.12")
    found = weighted(study, made_of(study, "A0"), made_of(study, "B0"), gone, away, left)
    assert found.drawn == 7
    assert found.outcomes == Counter({"1.1": 2, "2.31": 1, "2.12": 1, "3.11": 3})
    assert found.unused == ()


def test_fewer_than_two_respondents_are_refused(new_study: NewStudy, made_of: MadeOf) -> None:
    """Nobody can stand for all alone."""
    study = new_study(FORM)
    with pytest.raises(Refusal, match="fewer than 2"):
        weighted(study, made_of(study, "A0"))


def test_without_a_sample_each_counts_as_one(new_study: NewStudy, made_of: MadeOf) -> None:
    """A study that drew nobody, or a questionnaire about sites, has no population."""
    study = new_study(FORM)
    found = respondents(study.instruments[0], [made_of(study, "A0"), made_of(study, "A0")], None)
    assert [(one.weight, one.population) for one in found.people] == [(1.0, None)]
    sites = replace(study.instruments[0], unit="site")
    visits = [made_of(study, unit="site"), made_of(study, unit="site")]
    assert len(respondents(sites, visits, SAMPLE).people) == 2
