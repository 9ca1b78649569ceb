"""From records to respondents: the sample joined on the case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from export.drawing.sample import DrawnCase
from export.respondents.categories import categories
from export.respondents.remarks import of_weighting
from export.respondents.weight import Respondents, respondents
from export.respondents.weighting import Calibration, Cell, Margin, Trimming, Weighting
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
SEXES = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}]
survey:
  - {type: select_one, choices: sex, name: sex, label: Sex}
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
    """A stratum of one has no variance: it joins its neighbour; each keeps its chance of the draw."""
    study = new_study(FORM)
    found = weighted(study, *(made_of(study, case) for case in ("A0", "A1", "A3", "B0")))
    assert {(one.stratum, one.population) for one in found.people} == {(1, 100)}
    # 40 people of 4 drawn and 60 of 3: 10 · 3 + 20 answered, 10 · 4 + 20 · 3 were released.
    assert [one.weight for one in found.people] == [20.0, 20.0, 20.0, 40.0]
    assert found.response is not None
    assert found.response.taken_together == ((1, 2),)
    (told,) = of_weighting(found)
    assert "2 strata are taken together, in 1 class:" in told


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


def test_every_step_is_kept(new_study: NewStudy, made_of: MadeOf) -> None:
    """The weight by the draw, then after non-response, then after each step that was asked for."""
    study = new_study(FORM)
    steps = (Trimming("trim", "response", None, 1.8),)
    records = [made_of(study, case) for case in ("A0", "A1", "A3", "B0", "B1")]
    found = respondents(study.instruments[0], records, SAMPLE, Weighting("all", steps))
    assert found.steps == ("design", "response", "trim")
    a, b = found.people[0], found.people[3]
    assert [round(a.steps[step], 4) for step in found.steps] == [10.0, 14.2857, 16.1905]
    assert [round(b.steps[step], 4) for step in found.steps] == [20.0, 28.5714, 25.7143]
    assert (a.weight, b.weight) == (a.steps["trim"], b.steps["trim"])
    assert sum(one.weight for one in found.people) == pytest.approx(100)


def test_who_is_found_not_eligible_stays_in_the_design(
    new_study: NewStudy, made_of: MadeOf
) -> None:
    """With a weight, in no estimate: respondents stand for fewer people than the frame has."""
    study = new_study(FORM)
    gone = made_of(study, "A3", kind="outcome", status="", outcome="4.5")
    records = [made_of(study, case) for case in ("A0", "A1", "A2", "B0", "B1")]
    before = weighted(study, *records)
    found = weighted(study, *records, gone)
    (one,) = found.ineligible
    assert (one.weight, one.stratum, one.population) == (10.0, 1, 40)
    assert [each.weight for each in found.people] == [10.0, 10.0, 10.0, 30.0, 30.0]
    assert sum(each.weight for each in found.rows) == sum(each.weight for each in before.people)
    assert found.outcomes["4.5"] == 1


def test_who_is_not_eligible_keeps_the_weight_from_before_totals_were_met(
    new_study: NewStudy, made_of: MadeOf
) -> None:
    """Totals known of the population are of those who belong to it."""
    study = new_study(SEXES)
    gone = made_of(study, "A3", kind="outcome", status="", outcome="4.5")
    said = {"A0": "f", "A1": "m", "A2": "m", "B0": "f", "B1": "f"}
    records = [made_of(study, case, answers={"sex": sex}) for case, sex in said.items()]
    sex = categories(study.instruments[0].instrument)["sex"]
    margin = Margin((sex,), (Cell((("f",),), 30.0), Cell((("m",),), 45.0)), ("",))
    step = Calibration("poststratify", "response", (margin,))
    found = respondents(
        study.instruments[0], [*records, gone], SAMPLE, Weighting(treatments=(step,))
    )
    assert sum(one.weight for one in found.people) == pytest.approx(75)
    assert [one.weight for one in found.people[1:3]] == [22.5, 22.5]
    assert found.ineligible[0].steps == {"design": 10.0, "response": 10.0, "poststratify": 10.0}


@pytest.mark.parametrize(
    ("women", "men", "trim", "said"),
    [
        (40.0, 60.0, None, []),
        (40.0, 600.0, None, ["add up to 640, and the draw stands for 100 people"]),
        (40.0, 60.0, Trimming("trim", "poststratify", None, 3.0), ["away from the totals of sex"]),
    ],
)
def test_totals_that_cannot_be_right_are_told(
    women: float,
    men: float,
    trim: Trimming | None,
    said: list[str],
    new_study: NewStudy,
    made_of: MadeOf,
    english: None,
) -> None:
    """Other sums than the draw stands for, and weights that a later step moved away from them."""
    study = new_study(SEXES)
    sex = categories(study.instruments[0].instrument)["sex"]
    margin = Margin((sex,), (Cell((("f",),), women), Cell((("m",),), men)), ("",))
    met = Calibration("poststratify", "response", (margin,))
    steps = (met,) if trim is None else (met, trim)
    records = [
        made_of(study, case, answers={"sex": sex})
        for case, sex in {"A0": "f", "A1": "f", "B0": "f", "B1": "m"}.items()
    ]
    found = respondents(study.instruments[0], records, SAMPLE, Weighting(treatments=steps))
    told = list(of_weighting(found))
    assert len(told) == len(said)
    assert all(words in one for words, one in zip(said, told, strict=True))


def test_somebody_without_a_value_must_be_counted_as_something(
    new_study: NewStudy, made_of: MadeOf
) -> None:
    """Refused unless the study says as what; so is a total that nobody is there to meet."""
    study = new_study(SEXES)
    sex = categories(study.instruments[0].instrument)["sex"]
    cells = (Cell((("f",),), 30.0), Cell((("m",),), 45.0))
    records = [
        made_of(study, case, answers={"sex": "f"} if case != "B1" else {})
        for case in ("A0", "A1", "B0", "B1")
    ]

    def made(missing: str) -> Respondents:
        step = Calibration("poststratify", "response", (Margin((sex,), cells, (missing,)),))
        return respondents(study.instruments[0], records, SAMPLE, Weighting(treatments=(step,)))

    with pytest.raises(Refusal, match="sex: somebody has no value"):
        made("")
    with pytest.raises(Refusal, match="sex: nobody who answered is in m"):
        made("f")
    assert made("m").people[3].weight == pytest.approx(45)


def test_totals_can_be_met_where_nothing_was_drawn(new_study: NewStudy, made_of: MadeOf) -> None:
    """Each begins with 1; the population stays unknown."""
    study = new_study(SEXES)
    sex = categories(study.instruments[0].instrument)["sex"]
    cells = (Cell((("f",),), 30.0), Cell((("m",),), 45.0))
    step = Calibration("poststratify", "response", (Margin((sex,), cells, ("",)),))
    records = [
        made_of(study, case, answers={"sex": sex}) for case, sex in zip("ABC", "ffm", strict=True)
    ]
    found = respondents(study.instruments[0], records, None, Weighting(treatments=(step,)))
    assert [(one.weight, one.population) for one in found.people] == [
        (15.0, None),
        (15.0, None),
        (45.0, None),
    ]
