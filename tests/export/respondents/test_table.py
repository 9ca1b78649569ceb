"""Respondents as a table."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.estimating.columns import arrays
from export.respondents.design_columns import month_of
from export.respondents.table import leaving, shuffled, tables
from export.respondents.weight import Ineligible, Respondent, Respondents
from export.study import Study
from interviewer.record import Record

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]

FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  drug: [{name: crack, label: Crack}, {name: alcohol, label: Alcohol}, {name: none, label: None, exclusive: true}]
  sex: [{name: f, label: Woman}, {name: m, label: Man}, {name: x, label: Other}]
survey:
  - {type: note, name: hello, label: Hello}
  - {type: integer, name: days, label: Days, required: "yes"}
  - {type: decimal, name: price, label: Price}
  - {type: integer, name: age, label: Age, keep: {bands: [18, 25]}, identifying: quasi}
  - {type: select_one, choices: sex, name: sex, label: Sex, keep: {codes: {x: other}}}
  - {type: select_multiple, choices: drug, name: drugs, label: Drugs}
  - {type: date, name: entry, label: Entry}
  - {type: date, name: born, label: Born, keep: {date: year}}
  - {type: text, name: wish, label: Wish}
  - {type: text, name: first_name, label: First name, keep: never}
  - {type: text, name: card, label: Card, keep: link}
  - {type: integer, name: room, label: Room, identifying: direct, accept: {direct: test}}
  - {type: calculate, name: amount, calculation: "${days} * 2"}
  - {type: calculate, name: heavy, calculation: "${days} > 20"}
  - {type: calculate, name: code, calculation: "concat('0', ${days})"}
"""
REPEATS = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - type: repeat
    name: stay
    label: Stay
    questions:
      - {type: integer, name: nights, label: Nights}
      - type: repeat
        name: visit
        label: Visit
        questions:
          - {type: integer, name: minutes, label: Minutes}
"""


def row(
    made: Record, weight: float = 5.0, stratum: int = 1, population: int | None = 40
) -> Respondent:
    return Respondent(made, weight, stratum, population)


def test_answers_keep_their_types_and_the_order_of_the_questionnaire(
    new_study: NewStudy, made_of: MadeOf
) -> None:
    """Numbers as numbers, bands and choices as text, one column of 0 and 1 for each of several choices."""
    study = new_study(FORM)
    answers = {
        "days": "3",
        "price": "2.5",
        "age": "-",
        "sex": "other",
        "drugs": "crack alcohol",
        "entry": "2021-11-30",
        "born": "1980",
        "amount": "6",
        "heavy": "false",
        "code": "03",
    }
    made = tables(study.instruments[0].instrument, [row(made_of(study, "A", answers=answers))])
    found = {name: values[0] for name, values in made.main.to_dict(as_series=False).items()}
    assert found == {
        "number": 1,
        "month": "2022-04",
        "completeness": "complete",
        "weight": 5.0,
        "stratum": 1,
        "population": 40,
        "simulated": 0,
        "days": 3,
        "price": 2.5,
        "age": "-",
        "sex": "other",
        "drugs": "crack alcohol",
        "drugs__crack": 1,
        "drugs__alcohol": 1,
        "drugs__none": 0,
        "entry": "2021-11",
        "born": "1980",
        "amount": 6.0,
        "heavy": 0.0,
        "code": "03",
    }
    assert list(found)[7:] == [name for name in found if name in answers or "__" in name]


@pytest.mark.parametrize("word", ["Infinity", "-Infinity", "NaN"])
def test_a_division_by_zero_is_no_value_and_leaves_the_others_numbers(
    word: str, new_study: NewStudy, made_of: MadeOf
) -> None:
    """One person's Infinity would turn a column of numbers into texts."""
    study = new_study(FORM)
    instrument = study.instruments[0].instrument
    rows = [
        row(made_of(study, case, answers={"amount": a})) for case, a in (("A", "6"), ("B", word))
    ]
    column = tables(instrument, rows).main["amount"]
    assert column.dtype.is_numeric()
    assert column.to_list() == [6, None]
    assert tables(instrument, rows[1:]).main["amount"].to_list() == [None]


def test_nothing_that_points_at_a_person_leaves(new_study: NewStudy, made_of: MadeOf) -> None:
    """No case, laptop, interviewer, id, link, comment, note, own words or direct identifier, nor their columns."""
    study = new_study(FORM)
    secret = "SECRET"
    one = made_of(
        study,
        secret,
        answers={"days": "3", "wish": secret, "room": "4711"},
        statuses={"card": "refused", "first_name": "refused"},
        device=secret,
        interviewer=secret,
        comments={"days": secret},
        reasons={"days": secret},
        notes=secret,
        mode=secret,
    )
    made = tables(study.instruments[0].instrument, [row(one)])
    shown = str(made.main.to_dict(as_series=False))
    assert secret not in shown
    assert "4711" not in shown
    assert one.id not in shown
    assert not {"wish", "card", "first_name", "room", "card__status", "hello"} & set(
        made.main.columns
    )


def test_own_words_leave_only_where_they_are_asked_for(
    new_study: NewStudy, made_of: MadeOf
) -> None:
    """Free text is scrubbed, and still a person's own words."""
    study = new_study(FORM)
    instrument = study.instruments[0].instrument
    one = row(made_of(study, "A", answers={"days": "3", "wish": "a garden"}))
    assert "wish" not in tables(instrument, [one]).main.columns
    assert tables(instrument, [one], with_texts=True).main["wish"].to_list() == ["a garden"]
    assert "room" not in {variable.name for variable in leaving(instrument, with_texts=True)}


def test_why_a_value_is_missing_stands_beside_it(new_study: NewStudy, made_of: MadeOf) -> None:
    """Only where a row lacks a value; what the questionnaire did not lead to is not_asked."""
    study = new_study(FORM)
    rows = [
        row(
            made_of(
                study, "A", answers={"days": "3"}, statuses={"sex": "refused", "drugs": "broke_off"}
            )
        ),
        row(made_of(study, "B", answers={"days": "0", "sex": "f", "drugs": "none"})),
    ]
    frame = tables(study.instruments[0].instrument, rows).main
    assert frame["sex__status"].to_list() == ["refused", None]
    assert frame["drugs__status"].to_list() == ["broke_off", None]
    assert frame["drugs__crack"].to_list() == [None, 0]
    assert frame["price__status"].to_list() == ["not_asked", "not_asked"]
    assert "days__status" not in frame.columns
    assert "amount__status" not in frame.columns


def test_a_repeat_is_a_table_of_its_own(new_study: NewStudy, made_of: MadeOf) -> None:
    """A row each time it was asked, under the number of the respondent and which time it was."""
    study = new_study(REPEATS)
    rows = [
        row(
            made_of(
                study,
                "A",
                answers={
                    "nights[1]": "3",
                    "nights[2]": "4",
                    "minutes[2,1]": "9",
                    "minutes[2,2]": "8",
                },
            )
        ),
        row(made_of(study, "B")),
        row(made_of(study, "C", statuses={"nights[1]": "refused"})),
    ]
    made = tables(study.instruments[0].instrument, rows)
    assert made.main.height == 3
    assert "nights" not in made.main.columns
    assert made.repeats["stay"].rows() == [
        (1, 1, 3, None),
        (1, 2, 4, None),
        (3, 1, None, "refused"),
    ]
    assert made.repeats["stay"].columns == ["number", "stay", "nights", "nights__status"]
    assert made.repeats["visit"].rows() == [(1, 2, 1, 9), (1, 2, 2, 8)]
    assert made.repeats["visit"].columns == ["number", "stay", "visit", "minutes"]


def test_a_question_may_be_called_as_a_column_of_ours(new_study: NewStudy, made_of: MadeOf) -> None:
    """The question keeps its name; ours takes an underscore."""
    study = new_study(
        """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: Weight, label: Weight}
  - {type: integer, name: number, label: Number}
"""
    )
    made = tables(
        study.instruments[0].instrument,
        [row(made_of(study, "A", answers={"Weight": "70", "number": "1"}))],
    )
    assert dict(made.design) == {
        "number": "number_",
        "month": "month",
        "completeness": "completeness",
        "weight": "weight_",
        "stratum": "stratum",
        "population": "population",
        "simulated": "simulated",
    }
    assert made.main["Weight"].to_list() == [70]
    assert made.main["weight_"].to_list() == [5.0]


def test_the_order_of_rows_tells_nothing(new_study: NewStudy, made_of: MadeOf) -> None:
    """Every order is as likely; strata bear new numbers; nobody is lost, and nobody's weight changes."""
    study = new_study(FORM)
    people = [
        row(made_of(study, f"C{n}"), weight=n + 1, stratum=3 * (n % 4), population=10 * (n % 4))
        for n in range(12)
    ]
    whole = Respondents(tuple(people), (), (), 12, {})
    mixed = shuffled(whole, random.Random(7)).people
    assert mixed != whole.people
    assert {(one.record.id, one.weight) for one in mixed} == {
        (one.record.id, one.weight) for one in people
    }
    assert {one.stratum for one in mixed} == {1, 2, 3, 4}
    assert len({(one.stratum, one.population) for one in mixed}) == 4
    firsts = {shuffled(whole, random.Random(seed)).people[0].record.id for seed in range(200)}
    assert len(firsts) == len(people)


def test_clusters_bear_numbers_of_their_file_in_all_rows_alike(
    new_study: NewStudy, made_of: MadeOf
) -> None:
    """Who is not eligible is in the same stratum and cluster as before, among the same neighbours."""
    study = new_study(FORM)
    people = [
        Respondent(made_of(study, f"C{n}"), n + 1.0, 5, 9, 70 + n % 3, 20 + n % 3) for n in range(9)
    ]
    outside = (Ineligible(50.0, 5, 9, 71, 21), Ineligible(51.0, 8, 9, 90, 4))
    whole = Respondents(tuple(people), outside, (), 11, {})
    mixed = shuffled(whole, random.Random(3))
    before = {one.weight: one for one in whole.rows}
    clusters = {(before[one.weight].cluster, one.cluster) for one in mixed.rows}
    assert len(clusters) == 4
    assert {new for _old, new in clusters} == {1, 2, 3, 4}
    assert {(one.stratum, before[one.weight].stratum) for one in mixed.rows} in (
        {(1, 5), (2, 8)},
        {(1, 8), (2, 5)},
    )
    assert all(one.people == before[one.weight].people for one in mixed.rows)


def test_weights_and_clusters_have_columns_where_they_say_anything(
    new_study: NewStudy, made_of: MadeOf
) -> None:
    """The steps that differ from the weight; those not eligible in a table of their own, without answers."""
    study = new_study(FORM)
    instrument = study.instruments[0].instrument
    steps = {"design": 4.0, "response": 5.0, "rake": 5.5}
    people = [Respondent(made_of(study, "A"), 5.5, 1, 9, 3, 20, steps)]
    outside = [Ineligible(5.0, 1, 9, 4, 21, {"design": 4.0, "response": 5.0, "rake": 5.0})]
    made = tables(instrument, people, outside)
    wanted = {
        "weight": 5.5,
        "weight_design": 4.0,
        "weight_response": 5.0,
        "stratum": 1,
        "population": 9,
        "cluster": 3,
        "cluster_population": 20,
    }
    assert {name: made.main[name].to_list() for name in wanted} == {
        name: [value] for name, value in wanted.items()
    }
    assert list(made.design)[3:10] == list(wanted)
    assert made.ineligible is not None
    assert made.ineligible.columns == list(wanted)
    assert made.ineligible.rows() == [(5.0, 4.0, 5.0, 1, 9, 4, 21)]
    plain = tables(
        instrument, [Respondent(made_of(study, "A"), 5.0, 1, 9, steps={"response": 5.0})]
    )
    assert plain.ineligible is None
    assert not {"weight_design", "weight_response", "cluster"} & set(plain.main.columns)


def test_what_is_simulated_says_so_in_every_row(new_study: NewStudy, made_of: MadeOf) -> None:
    """A practice study holds both; the column tells them apart."""
    study = new_study(FORM, practice=True)
    rows = [row(made_of(study, "A")), row(made_of(study, "B", is_simulated=False))]
    assert tables(study.instruments[0].instrument, rows).main["simulated"].to_list() == [1, 0]


@pytest.mark.parametrize(
    ("kept", "month"),
    [
        ("2022-04-30", "2022-04"),
        ("2022-W13", "2022-03"),
        ("2022-W17", "2022-04"),
        ("2020-W53", "2020-12"),
        ("2022-W53", "2022"),
    ],
)
def test_days_and_weeks_leave_as_months(kept: str, month: str) -> None:
    """A week is of the month that has its Thursday, as its year is; one that never was leaves its year."""
    assert month_of(kept) == month


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "days": st.integers(-(10**15), 10**15).map(str),
                "age": st.sampled_from(["-", "18", "25"]),
                "drugs": st.lists(
                    st.sampled_from(["crack", "alcohol"]), min_size=1, unique=True
                ).map(" ".join),
                "code": st.text("0123456789.-truefals", min_size=1, max_size=12),
            },
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_answers_make_a_table_of_as_many_rows(answers: list[dict[str, str]]) -> None:
    """Types hold whatever was answered; the arrays of estimates have the same length."""
    from surveys.check import check

    instrument = check(FORM, "form.yaml").instrument
    assert instrument is not None
    rows = [row(blank(answers=one)) for one in answers]
    frame = tables(instrument, rows).main
    assert frame.height == len(rows)
    assert frame["days"].dtype == pl.Int64
    assert frame["age"].dtype == pl.String
    found = arrays(frame)
    assert {len(column) for column in found.values()} == {len(rows)}
    assert isinstance(found["days"], np.ndarray)


def blank(**otherwise: Any) -> Record:
    texts = "id study kit instrument instrument_version instrument_hash device unit case interviewer language mode".split()
    plain: dict[str, Any] = dict.fromkeys(texts, "")
    plain |= {
        "sequence": 1,
        "kind": "interview",
        "outcome": "1.1",
        "status": "complete",
        "week": "2022-W15",
    }
    plain |= {"minutes": 0, "is_practice": False, "is_simulated": False}
    return Record(**(plain | otherwise))
