"""The gate: what it knows of people, what it refuses, proposes and does to tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.disclosure import gate
from export.disclosure.as_json import as_json
from export.disclosure.gate import Assessment
from export.disclosure.rules import Coarser, Merge, Rules
from export.disclosure.treatment import Treatment, applied
from export.respondents.table import Tables
from surveys.check import check, errors
from surveys.codebook import labelled, variables
from surveys.instrument import Instrument
from surveys.problems import Usage

FORM = """souspli: 1
form: {id: small, version: '1', title: Small}
choices:
  sexes:
    - {name: f, label: Woman}
    - {name: m, label: Man}
    - {name: x, label: Other}
  yes_no:
    - {name: "yes", label: "Yes"}
    - {name: "no", label: "No"}
  drugs:
    - {name: crack, label: Crack}
    - {name: opioids, label: Opioids}
survey:
  - {type: select_one, choices: sexes, name: sex, label: Sex, identifying: quasi}
  - {type: integer, name: age, label: Age, identifying: quasi}
  - {type: select_one, choices: yes_no, name: pregnant, label: Pregnant?, relevant: "${sex} = 'f'"}
  - {type: calculate, name: older, calculation: "${age} >= 40"}
  - {type: calculate, name: score, calculation: "${age} + (${used} = 'yes')"}
  - {type: select_one, choices: yes_no, name: used, label: Used?, sensitive: yes}
  - {type: select_multiple, choices: drugs, name: drugs, label: Which?, sensitive: yes}
  - {type: date, name: arrived, label: Arrived, identifying: quasi, keep: {date: month}}
  - {type: text, name: words, label: Anything?, keep: scrub}
  - type: repeat
    name: child
    label: Child
    questions:
      - {type: select_one, choices: sexes, name: child_sex, label: Sex, identifying: quasi}
"""


@pytest.fixture(scope="module")
def form() -> Instrument:
    """A questionnaire with each kind of key."""
    loaded = check(FORM, "small.yaml")
    assert errors(loaded) == ()
    assert loaded.instrument is not None
    return loaded.instrument


def made(
    rows: Sequence[dict[str, Any]],
    children: Sequence[tuple[int, str]] = (),
    *,
    with_words: bool = False,
    strata: Sequence[int] = (),
) -> Tables:
    """Return tables as a dataset has them; what a row leaves out is the same for all."""
    plain = {
        "month": "2022-04",
        "weight": 5.0,
        "sex": "m",
        "age": 30,
        "older": 0,
        "score": 30,
        "used": "no",
        "drugs": "crack",
        "arrived": "2022-01",
        "words": None,
    }
    full: list[dict[str, Any]] = [
        {"number": number, "month": plain["month"], "weight": plain["weight"]}
        | ({"stratum": strata[number - 1], "population": 50} if strata else {})
        | plain
        | row
        for number, row in enumerate(rows, start=1)
    ]
    main = pl.DataFrame(full).with_columns(
        pl.Series("sex__status", [None if one["sex"] else "refused" for one in full], pl.String),
        pl.Series(
            "pregnant", ["no" if one["sex"] == "f" else None for one in full], dtype=pl.String
        ),
        pl.Series(
            "pregnant__status",
            [None if one["sex"] == "f" else "not_asked" for one in full],
            pl.String,
        ),
        *(
            pl.Series(f"drugs__{name}", [int(name in one["drugs"]) for one in full], dtype=pl.Int8)
            for name in ("crack", "opioids")
        ),
        pl.col("words").cast(pl.String),
    )
    if not with_words:
        main = main.drop("words")
    child = pl.DataFrame(
        {
            "number": [number for number, _sex in children],
            "child": [1 + at for at, _one in enumerate(children)],
            "child_sex": [sex for _number, sex in children],
        },
        schema={"number": pl.Int64, "child": pl.Int64, "child_sex": pl.String},
    )
    design = ["number", "month", "weight", *(["stratum", "population"] if strata else [])]
    return Tables(main, {"child": child}, {name: name for name in design})


def people(n: int, seed: int) -> list[dict[str, Any]]:
    """Return people drawn at random."""
    chance = random.Random(seed)
    found = []
    for _one in range(n):
        age = chance.randint(18, 60)
        found.append(
            {
                "sex": chance.choice(["f", "m", "m", "m", "x", None]),
                "age": age,
                "older": int(age >= 40),
                "used": chance.choice(["yes", "no"]),
                "arrived": f"202{chance.randint(1, 2)}-{chance.randint(1, 12):02}",
                "weight": chance.choice([4.0, 5.5]),
                "month": chance.choice(["2022-04", "2022-05"]),
            }
        )
    return found


ALIKE: list[dict[str, Any]] = [{}] * 6


# --- what is known ----------------------------------------------------------------------------


def test_what_others_may_know_is_found_in_the_questionnaire(form: Instrument) -> None:
    """Items marked so, what is calculated of these alone, repeats; the month, the stratum; the weight in a release."""
    rows = [{"month": "2022-05", "weight": 4.0}, *ALIKE]
    given_ = made(rows, [(1, "f"), (1, "m"), (2, "f")], strata=[1, 2, 2, 2, 2, 2, 2])
    names = [one.name for one in gate.assess(given_, form, Rules()).keys]
    assert names == ["month", "stratum", "sex", "age", "older", "arrived", "child", "child_sex"]
    release = [one.name for one in gate.assess(given_, form, Rules(profile="release")).keys]
    assert {"stratum", "population"} & {*release} == set()


def test_a_missing_key_matches_anything_but_what_was_not_asked_is_a_value(form: Instrument) -> None:
    """Who refused may be like all; who was not asked for a reason is told by that."""
    refused = gate.assess(made([*ALIKE, {"sex": None}]), form, Rules())
    assert refused.after.k == 7
    changed = made([*ALIKE, {"sex": None}])
    status = pl.Series("sex__status", [None] * 6 + ["not_asked"], dtype=pl.String)
    tables = Tables(changed.main.with_columns(status), changed.repeats, changed.design)
    assert gate.assess(tables, form, Rules()).after.k == 1


def test_how_many_instances_a_repeat_has_is_known(form: Instrument) -> None:
    """The one person with three children is unique, whatever is said of the children."""
    found = gate.assess(made(ALIKE, [(1, "f"), (1, "f"), (1, "m")]), form, Rules())
    assert (found.after.k, found.after.uniques) == (1, 1)


def test_who_was_asked_what_tells_of_an_item_that_is_left_out(form: Instrument) -> None:
    """Without sex, the question on pregnancy still tells women from men; together they do not."""
    rows = [{"sex": "f"}, *ALIKE]
    alone = gate.assess(made(rows), form, Rules(drop=("sex",)))
    assert [one.name for one in alone.keys if one.kind == "asked"] == ["pregnant"]
    assert alone.after.k == 1
    assert gate.assess(made(rows), form, Rules(drop=("sex", "pregnant"))).after.k == 7


def test_a_calculation_from_more_than_keys_is_named_for_a_look(form: Instrument) -> None:
    """The score has the age in it, which is coarser now."""
    found = gate.assess(made(ALIKE), form, Rules(coarser=(Coarser("age", ("40",)),)))
    assert found.calculated == ("score",)
    assert gate.assess(made(ALIKE), form, Rules()).calculated == ()


def test_answers_that_all_who_are_alike_gave_are_counted(form: Instrument) -> None:
    """Each choice of several is an answer of its own."""
    rows = [{"used": "yes" if at < 6 else "no", "age": 30 + (at > 6)} for at in range(12)]
    told = {one.column: one for one in gate.assess(made(rows), form, Rules()).after.diversity}
    assert {*told} == {"used", "drugs__crack", "drugs__opioids"}
    assert (told["used"].distinct, told["used"].alike) == (1, 5)
    assert told["drugs__crack"].alike == 12


# --- what is refused and done -----------------------------------------------------------------


def test_a_release_of_people_who_are_alike_leaves(form: Instrument) -> None:
    """Nothing is refused or proposed; strata and steps of weights stay here, weights are rounded."""
    given_ = made(ALIKE, strata=[1, 1, 1, 2, 2, 2])
    found = gate.assess(given_, form, Rules(profile="release"))
    assert (found.is_refused, found.reasons, found.proposal) == (False, (), None)
    left = applied(given_, found.treatment)
    assert "stratum" not in left.main.columns
    assert "stratum" not in left.design
    assert left.main["weight"].to_list() == [5.0] * 6


def test_a_release_below_k_is_refused_but_for_a_reason_in_writing(form: Instrument) -> None:
    """An analyst is told the same and refused nothing."""
    given_ = made([*ALIKE, {"age": 70, "older": 1}])
    found = gate.assess(given_, form, Rules(profile="release"))
    assert (found.is_refused, found.reasons) == (True, ("k",))
    assert found.proposal is not None
    assert found.proposal.after.k >= 5
    written = gate.assess(given_, form, Rules(profile="release", override="agreed with the board"))
    assert (written.is_refused, written.is_overridden) == (False, True)
    analyst = gate.assess(given_, form, Rules())
    assert (analyst.after.k, analyst.is_refused, analyst.proposal) == (1, False, None)
    assert analyst.treatment.is_nothing
    assert applied(given_, analyst.treatment) is given_


def test_own_words_keep_a_release_back(form: Instrument) -> None:
    """How many there are is said; no measure sees what they tell."""
    rows = [{**ALIKE[0], "words": "I am the baker"}, *ALIKE]
    found = gate.assess(made(rows, with_words=True), form, Rules(profile="release"))
    assert (found.reasons, found.texts) == (("texts",), {"words": 1})
    assert "baker" not in str(as_json(found))


@given(n=st.integers(5, 40), seed=st.integers(0, 999), k=st.integers(2, 5), l=st.integers(1, 2))
@settings(max_examples=12, deadline=None)
def test_what_is_proposed_and_applied_is_enough(
    form: Instrument,
    n: int,
    seed: int,
    k: int,
    l: int,  # noqa: E741 (the name in the literature)
) -> None:
    """Of any people, the tables as they leave meet what is asked, measured anew."""
    given_ = made(people(n, seed), [(1 + at, "f") for at in range(0, n, 7)])
    rules = Rules(profile="release", k=k, diversity=l, apply=True)
    found = gate.assess(given_, form, rules)
    assert found.after.k >= k
    assert not found.is_refused
    left = applied(given_, found.treatment)
    assert left.main["number"].to_list() == given_.main["number"].to_list()
    again = gate.assess(left, found.treatment.described, Rules(k=k))
    assert again.after.k >= k


@given(n=st.integers(5, 30), seed=st.integers(0, 999), size=st.integers(1, 9))
@settings(max_examples=12, deadline=None)
def test_a_part_of_the_rows_is_treated_as_the_whole(
    form: Instrument, n: int, seed: int, size: int
) -> None:
    """So that tables can be treated as they are written."""
    given_ = made(people(n, seed), [(1 + at, "f") for at in range(0, n, 3)])
    treatment = gate.assess(given_, form, Rules(profile="release", apply=True)).treatment
    whole = applied(given_, treatment)
    parts = [
        applied(
            Tables(
                given_.main.slice(at, size),
                {
                    "child": given_.repeats["child"].filter(
                        pl.col("number").is_between(at + 1, at + size)
                    )
                },
                given_.design,
            ),
            treatment,
        )
        for at in range(0, n, size)
    ]
    assert pl.concat([one.main for one in parts]).equals(whole.main)
    for name, frame in whole.repeats.items():
        assert pl.concat([one.repeats[name] for one in parts]).equals(frame)


def test_what_is_emptied_takes_with_it_what_would_tell_of_it(form: Instrument) -> None:
    """No value and no status; who was asked about pregnancy would give the sex back."""
    given_ = made([{"sex": "f"}, *ALIKE, *ALIKE])
    found = gate.assess(given_, form, Rules(suppress=True))
    assert found.after.k == 5
    first = applied(given_, found.treatment).main.row(0, named=True)
    assert [first[name] for name in ("sex", "sex__status", "pregnant", "pregnant__status")] == [
        None
    ] * 4
    assert applied(given_, found.treatment).main["sex"].to_list().count("m") == 8


def test_those_who_were_not_eligible_leave_to_an_analyst_alone(form: Instrument) -> None:
    """They have weights and strata, no number and no answers; a release says nothing of them."""
    given_ = made([{"sex": "f"}, *ALIKE], strata=[1] * 7)
    others = given_.main.select("weight", "stratum", "population")[:2]
    tables = Tables(given_.main, given_.repeats, given_.design, others)
    analyst = gate.assess(tables, form, Rules(suppress=True)).treatment
    assert analyst.emptied
    assert applied(tables, analyst).ineligible is not None
    release = gate.assess(tables, form, Rules(profile="release")).treatment
    assert applied(tables, release).ineligible is None


# --- what the lead asks for -------------------------------------------------------------------


def test_joined_answers_have_one_name_and_both_labels(form: Instrument) -> None:
    """In the table, and in the questionnaire that describes it; joined again, all of them."""
    given_ = made([{"sex": "f"}, {"sex": "x"}, *ALIKE])
    merges = (Merge("sex", ("f", "x"), "other"), Merge("sex", ("other", "m"), "all"))
    for count, name, told in ((1, "other", "Woman / Other"), (2, "all", "Woman / Man / Other")):
        treatment = gate.assess(given_, form, Rules(merge=merges[:count])).treatment
        assert applied(given_, treatment).main["sex"][0] == name
        sex = next(one for one in variables(treatment.described) if one.name == "sex")
        assert {one.name: one.label for one in labelled(sex, treatment.described, "en")}[
            name
        ] == told


def test_joined_choices_of_several_have_one_column(form: Instrument) -> None:
    """Chosen where either was."""
    given_ = made([{"drugs": "crack opioids"}, {"drugs": "opioids"}])
    rules = Rules(merge=(Merge("drugs", ("crack", "opioids"), "any"),))
    left = applied(given_, gate.assess(given_, form, rules).treatment).main
    assert left["drugs"].to_list() == ["any", "any"]
    assert left["drugs__any"].to_list() == [1, 1]
    assert "drugs__crack" not in left.columns


def test_numbers_become_bands_and_dates_are_shortened(form: Instrument) -> None:
    """A band is named by its lower bound, as everywhere; the month of the interview too can be coarser."""
    given_ = made([{"age": 24}, {"age": 25, "arrived": "2022-12"}, {"age": 70}])
    coarser = (
        Coarser("age", ("25", "45")),
        Coarser("arrived", ("quarter",)),
        Coarser("month", ("year",)),
    )
    left = applied(given_, gate.assess(given_, form, Rules(coarser=coarser)).treatment).main
    assert left["age"].to_list() == ["-", "25", "45"]
    assert left["arrived"].to_list() == ["2022-Q1", "2022-Q4", "2022-Q1"]
    assert left["month"].to_list() == ["2022"] * 3


def test_what_is_left_out_goes_with_all_its_columns(form: Instrument) -> None:
    """An item with its indicators and statuses, a repeat with its table."""
    given_ = made(ALIKE, [(1, "f")])
    rules = Rules(drop=("drugs", "sex", "child", "month"))
    left = applied(given_, gate.assess(given_, form, rules).treatment)
    gone = {"drugs", "drugs__crack", "drugs__opioids", "sex", "sex__status", "month"}
    assert gone & {*left.main.columns} == set()
    assert left.repeats == {}
    assert "month" not in left.design


@pytest.mark.parametrize(
    "rules",
    [
        Rules(drop=("nothing",)),
        Rules(drop=("number",)),
        Rules(merge=(Merge("sex", ("f", "z"), "o"),)),
        Rules(merge=(Merge("sex", ("f", "x"), "m"),)),
        Rules(merge=(Merge("age", ("1", "2"), "o"),)),
        Rules(merge=(Merge("weight", ("1", "2"), "o"),)),
        Rules(coarser=(Coarser("sex", ("1",)),)),
        Rules(coarser=(Coarser("age", ("45", "25")),)),
        Rules(coarser=(Coarser("age", ("young",)),)),
        Rules(coarser=(Coarser("age", ("nan",)),)),
        Rules(coarser=(Coarser("arrived", ("week",)),)),
        Rules(coarser=(Coarser("month", ("1",)),)),
        Rules(coarser=(Coarser("weight", ("1",)),)),
    ],
)
def test_what_there_is_not_is_refused(form: Instrument, rules: Rules) -> None:
    """A column, a value, a form that a column cannot take, a name already taken."""
    with pytest.raises(Usage):
        gate.assess(made(ALIKE), form, rules)


def test_only_the_columns_named_are_looked_at(form: Instrument) -> None:
    """The gate finds the same in a table that has no others."""
    given_ = made(people(30, 1), [(1, "f")])
    names = gate.needed(form, Rules())
    owned = {
        column: one.name
        for one in variables(form)
        for column in (one.name, one.status_column, *(name for _value, name in one.indicators))
    }
    few = [
        column
        for column in given_.main.columns
        if column in given_.design or owned[column] in names
    ]
    less = Tables(given_.main.select(few), given_.repeats, given_.design)
    rules = Rules(profile="release", apply=True)
    one, other = gate.assess(given_, form, rules), gate.assess(less, form, rules)
    assert as_json(one) == as_json(other)


# --- attacks ----------------------------------------------------------------------------------


def linked(roster: Sequence[dict[str, Any]], left: pl.DataFrame, keys: Sequence[str]) -> list[int]:
    """Return how many rows each person of a list matches, by the keys that are there as they were."""
    counts = []
    for person in roster:
        alike = np.ones(left.height, dtype=np.bool_)
        for name in keys:
            if name in left.columns and person[name] is not None:
                values = left[name].to_list()
                alike &= np.array([one is None or one == person[name] for one in values])
        counts.append(int(alike.sum()))
    return counts


def test_a_list_of_names_finds_people_in_the_raw_table_and_nobody_in_the_release(
    form: Instrument,
) -> None:
    """Linkage: sex, age and month of arrival, as a roster has them, against what leaves."""
    roster = people(60, 3)
    given_ = made(roster)
    keys = ("sex", "age", "arrived")
    assert linked(roster, given_.main, keys).count(1) > 10
    found = gate.assess(given_, form, Rules(profile="release", apply=True))
    left = applied(given_, found.treatment).main
    known = {one.name: one for one in variables(found.treatment.described)}
    coarse = made(roster)
    for_roster = applied(coarse, Treatment(form, recoded=found.treatment.recoded)).main
    seen = [for_roster.row(at, named=True) for at in range(len(roster))]
    assert min(linked(seen, left, [name for name in keys if name in known])) >= 5


def test_whether_somebody_answered_cannot_be_told_by_a_row_of_theirs(form: Instrument) -> None:
    """Membership: a person of the list who did not answer matches rows as one who did."""
    everybody = people(80, 5)
    answered = everybody[:60]
    found = gate.assess(made(answered), form, Rules(profile="release", apply=True))
    left = applied(made(answered), found.treatment).main
    seen = applied(made(everybody), Treatment(form, recoded=found.treatment.recoded)).main
    rows = [seen.row(at, named=True) for at in range(80)]
    matches = linked(rows, left, ("sex", "age", "arrived"))
    raw = linked(everybody, made(answered).main, ("sex", "age", "arrived"))
    assert sum(one == 0 for one in raw[60:]) > 10  # in the raw table absence shows
    assert sum(one == 0 for one in matches[60:]) == 0
    assert isinstance(found, Assessment)
