"""Answers taken out of records where these are opened, as columns: the same as of whole records, however read."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export import changing, cores, custody
from export.respondents import responses
from export.respondents.answers import Answers, answers_of, joined, taken
from export.respondents.responses import Responses
from export.respondents.table import Tables, leaving, shuffled, tables
from export.respondents.versions import merged
from export.study import Study, read_study
from export.unsealing import reading
from export.unsealing.unseal import unseal_all
from interviewer import age, closing
from interviewer.laptop import Laptop
from interviewer.record import Record
from surveys.check import check
from surveys.codebook import Variable

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
Identities = Callable[[Study], Sequence[age.Identity]]

NOW = datetime(2022, 6, 1, 12, tzinfo=UTC)
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Days, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}, {name: x, label: Other}]
  drugs: [{name: crack, label: Crack}, {name: heroin, label: Heroin}]
survey:
  - {type: integer, name: days, label: Days, nonresponse: [refused]}
  - {type: decimal, name: spent, label: Spent}
  - {type: select_one, choices: sex, name: sex, label: Sex}
  - {type: select_multiple, choices: drugs, name: drugs, label: Drugs}
  - {type: date, name: seen, label: Seen}
  - {type: text, name: words, label: Words}
  - {type: text, name: card, label: Card, keep: link}
  - {type: calculate, name: twice, calculation: "${days} * 2"}
  - type: repeat
    name: stay
    label: Stay
    questions:
      - {type: integer, name: nights, label: Nights}
      - type: repeat
        name: visit
        label: Visit
        questions:
          - {type: text, name: who, label: Who}
"""
# What comes later: days are asked as a text, the list of sexes is another, words are gone, mood is new.
LATER = (
    FORM.replace('version: "1"', 'version: "2"')
    .replace("{type: integer, name: days", "{type: decimal, name: days")
    .replace("{name: x, label: Other}", "{name: x, label: Other}, {name: n, label: None}")
    .replace("{type: text, name: words, label: Words}", "{type: integer, name: mood, label: Mood}")
)


def variables_of(form: str) -> tuple[Variable, ...]:
    loaded = check(form, "form.yaml")
    assert loaded.instrument is not None
    return leaving(loaded.instrument, with_texts=True)


PLAIN = variables_of(FORM)

VALUES: Mapping[str, st.SearchStrategy[str]] = {
    "days": st.integers(-200, 10**12).map(str),
    "spent": st.sampled_from(["0", "2.5", "-0.1", "1e3"]),
    "sex": st.sampled_from(["f", "m", "x"]),
    "drugs": st.sampled_from(["crack", "heroin", "crack heroin"]),
    "seen": st.sampled_from(["2022-04-01", "1999-12-31"]),
    "words": st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=8),
    "twice": st.sampled_from(["4", "NaN", "7", "Infinity", "true"]),
}
STATUS = st.sampled_from(["refused", "no_answer", "broke_off"])


@st.composite
def said(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """Draw answers and statuses of one record: any item, said or not, and repeats within repeats."""
    answers: dict[str, str] = {}
    statuses: dict[str, str] = {}
    for name, value in VALUES.items():
        if draw(st.booleans()):
            answers[name] = draw(value)
        elif name != "twice" and draw(st.booleans()):
            statuses[name] = draw(STATUS)
    for stay in range(1, draw(st.integers(0, 3)) + 1):
        answers[f"nights[{stay}]"] = str(stay)
        for visit in range(1, draw(st.integers(0, 2)) + 1):
            answers[f"who[{stay},{visit}]"] = draw(VALUES["words"])
    return answers, statuses


RECORDS = st.lists(said(), max_size=7)


def record_of(answers: Mapping[str, str], statuses: Mapping[str, str]) -> Record:
    plain = dict.fromkeys(Record.__dataclass_fields__, "")
    numbers = {"sequence": 1, "minutes": 0, "is_practice": False, "is_simulated": False}
    maps: dict[str, object] = {"comments": {}, "reasons": {}, "paradata": {}, "attempts": ()}
    return Record(**(plain | numbers | maps | {"answers": answers, "statuses": statuses}))  # type: ignore[arg-type]


def plain(found: Answers) -> dict[str, list[dict[str, object]]]:
    """Return columns as rows of plain values, whatever they are held as."""
    frames = {"": found.main, **found.repeats}
    return {name: frame.to_dicts() for name, frame in frames.items()}


# --- laws ---------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(RECORDS, st.data())
def test_columns_made_in_parts_and_joined_are_those_made_at_once(
    made: list[tuple[dict[str, str], dict[str, str]]], data: st.DataObject
) -> None:
    """Wherever the records are cut, parts without a record included."""
    records = [record_of(*one) for one in made]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(records)), max_size=3)))
    ends = [0, *cuts, len(records)]
    parts = [answers_of(PLAIN, records[start:end]) for start, end in pairwise(ends)]
    assert plain(joined(parts)) == plain(answers_of(PLAIN, records))


@settings(max_examples=40)
@given(RECORDS, st.data())
def test_rows_taken_are_those_of_the_records_at_these_places(
    made: list[tuple[dict[str, str], dict[str, str]]], data: st.DataObject
) -> None:
    """In their order, some or all or none of them, rows of repeats with theirs."""
    records = [record_of(*one) for one in made]
    places = data.draw(st.permutations(range(len(records))))
    places = places[: data.draw(st.integers(0, len(places)))]
    wanted = answers_of(PLAIN, [records[place] for place in places])
    assert plain(taken(answers_of(PLAIN, records), places)) == plain(wanted)


@settings(max_examples=20)
@given(RECORDS, st.sets(st.sampled_from(["days", "sex__status", "nights", "who", "none"])))
def test_columns_left_out_leave_the_rows_and_whose_they_are(
    made: list[tuple[dict[str, str], dict[str, str]]], unread: set[str]
) -> None:
    """Also which time it was, of a repeat."""
    whole = answers_of(PLAIN, [record_of(*one) for one in made])
    some = plain(whole.without(unread))
    assert some == {
        table: [{name: row[name] for name in row if name not in unread} for row in rows]
        for table, rows in plain(whole).items()
    }


@settings(max_examples=40)
@given(said())
def test_a_column_says_what_the_record_says(
    made: tuple[dict[str, str], dict[str, str]],
) -> None:
    """A value is there or a reason is, never both; a row for each time a repeat was asked."""
    answers, statuses = made
    found = answers_of(PLAIN, [record_of(answers, statuses)])
    (row,) = found.main.to_dicts()
    for name in VALUES:
        value = row[name]
        if name in answers and answers[name] not in {"NaN", "Infinity"}:
            wanted = answers[name][:7] if name == "seen" else answers[name]
            if isinstance(value, int | float):
                assert float(value) == float(wanted)
            else:
                assert value == wanted
        else:
            assert value is None
        if name != "twice":
            why = row[f"{name}__status"]
            assert why == (None if name in answers else statuses.get(name, "not_asked"))
    stays = sum(key.startswith("nights") for key in answers)
    visits = sum(key.startswith("who") for key in answers)
    assert (found.repeats["stay"].height, found.repeats["visit"].height) == (stays, visits)


# --- a study ------------------------------------------------------------------------------------


def reference(study: Study, identities: Sequence[age.Identity], given_: Responses) -> Tables:
    """Return the tables made of whole records, opened once more without taking anything out of them."""
    whole = merged(study.instruments[0].versions)
    unsealed = unseal_all(study, identities, "test", NOW)
    by_id = {one.id: whole.record(one) for one in unsealed.records}
    people = [replace(one, record=by_id[one.record.id]) for one in given_.people.people]
    return tables(whole.instrument, people, given_.people.ineligible, with_texts=True)


def assert_equal(found: Tables, wanted: Tables) -> None:
    assert found.design == wanted.design
    assert found.main.equals(wanted.main, null_equal=True)
    assert found.main.schema == wanted.main.schema
    assert found.repeats.keys() == wanted.repeats.keys()
    for name, frame in found.repeats.items():
        assert frame.schema == wanted.repeats[name].schema
        assert frame.equals(wanted.repeats[name], null_equal=True)
    assert (found.ineligible is None) == (wanted.ineligible is None)
    if found.ineligible is not None and wanted.ineligible is not None:
        assert found.ineligible.equals(wanted.ineligible, null_equal=True)


@pytest.fixture(params=["one process", "every core"])
def spread(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One process does it all, or others do it; in batches of five, joined by two."""
    monkeypatch.setattr(reading, "BATCH", 5)
    monkeypatch.setattr(responses, "_TOGETHER", 2)
    if request.param == "every core":
        monkeypatch.setattr(cores, "LITTLE", 0)
        monkeypatch.setattr("os.cpu_count", lambda: 2)


@dataclass(frozen=True)
class Field:
    """A study whose records are collected, and which of them are what."""

    study: Study
    mended: str
    moved: str
    annulled: str
    impossible: str


@pytest.fixture
def field(
    tmp_path: Path,
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: Callable[..., Path],
    collect: Callable[..., object],
    laptop_of: Callable[..., Laptop],
    drew: Callable[[Study, str], None],
) -> Field:
    """Twelve records of each of two versions: one good in quarantine alone, two amended, one impossible."""
    found = new_study(FORM)
    cases = [f"CASE-{n:04}" for n in range(30)]
    lines = [f"{case},{1 + n % 2},60,15,,released" for n, case in enumerate(cases)]
    drew(found, "\n".join(["case,stratum,N_h,n_h,order,status", *lines, ""]))
    chance = random.Random(3)
    first = [
        made_of(found, case, answers=answered(n, chance), statuses={"drugs": "refused"})
        for n, case in enumerate(cases[:12])
    ]
    bundle = hand_over(found, *first)
    link = bundle / f"{first[1].id}.link.age"
    held = link.read_bytes()
    link.unlink()
    collect(found, bundle)
    link.write_bytes(held)
    collect(found, bundle)
    path = found.collected / f"{first[1].id}.age"
    path.write_bytes(path.read_bytes()[:-1] + b"?")

    (tmp_path / "later.yaml").write_text(LATER, "utf-8")
    key = custody.open_signing_key(found.signing_key, b"correct horse battery")
    changing.done(found, changing.prepared(found, str(tmp_path / "later.yaml")), key, NOW)
    found = read_study(found.folder)
    second = [made_of(found, case, answers=later(n, chance)) for n, case in enumerate(cases[12:24])]
    bad = made_of(found, cases[24], answers={"mood": "cheerful"})  # which is no number
    hand_over(found, *second, bad)
    laptop = laptop_of(found)
    amend(laptop, first[2].id, cases[25], "")
    amend(laptop, second[3].id, second[3].case, "2.112")
    collect(found, hand_over(found))
    return Field(found, first[1].id, first[2].id, second[3].id, bad.id)


def amend(laptop: Laptop, record_id: str, case: str, outcome: str) -> None:
    """Have the laptop say what is right of a record."""
    named = laptop.signed.kit.named("plain")
    assert named is not None
    closing.seal_amendment(
        laptop,
        named,
        amends=record_id,
        case=case,
        outcome=outcome,
        interviewer="I01",
        now=NOW,
    )


def answered(n: int, chance: random.Random) -> dict[str, str]:
    """Return answers to the first version."""
    found = {"days": str(n), "sex": chance.choice("fmx"), "words": f"été {n}"}
    found |= {"twice": str(2 * n), "seen": "2022-04-01", "spent": "0.5"}
    for stay in range(1, n % 3 + 1):
        found |= {f"nights[{stay}]": str(n + stay), f"who[{stay},1]": f"with {n}"}
    return found


def later(n: int, chance: random.Random) -> dict[str, str]:
    """Return answers to the second version."""
    found = answered(n, chance) | {"drugs": "crack heroin"}
    del found["words"]
    return found | {"days": f"{n}.5", "sex": chance.choice("fmxn"), "mood": str(n)}


def test_what_is_taken_out_of_records_is_what_whole_records_hold(
    field: Field, spread: None, identities: Identities
) -> None:
    """A copy from quarantine, a case corrected, an interview annulled, two versions; in any order of people."""
    study, keys = field.study, identities(field.study)
    given_ = responses.responses(study, study.instruments[0], keys, "test", NOW, with_texts=True)
    ids = {one.record.id for one in given_.people.people}
    assert given_.unsealed.mended == (field.mended,)
    assert given_.unsealed.amended.annulled == (field.annulled,)
    assert [left.id for left in given_.unsealed.left_out] == [field.impossible]
    assert {field.mended, field.moved} <= ids
    assert not {field.annulled, field.impossible} & ids
    assert len(ids) == 23
    for seed in range(3):
        people = shuffled(given_.people, random.Random(seed))
        mixed = replace(given_, people=people)
        found = mixed.compact(people).tables()
        assert_equal(found, reference(study, keys, mixed))
        assert {"days", "days__2", "mood", "words"} <= set(found.main.columns)


def test_slices_and_some_columns_are_those_of_the_whole(
    field: Field, spread: None, identities: Identities
) -> None:
    """Some rows at a time, one below the other; or the columns wanted alone, or some people alone."""
    study, keys = field.study, identities(field.study)
    given_ = responses.responses(study, study.instruments[0], keys, "test", NOW, with_texts=True)
    whole = given_.compact(given_.people).tables()
    for size in (1, 4, 100):
        parts = list(given_.compact(given_.people).slices(size))
        assert pl.concat([one.main for one in parts]).equals(whole.main, null_equal=True)
        for name, frame in whole.repeats.items():
            below = pl.concat([one.repeats[name] for one in parts])
            assert below.equals(frame, null_equal=True)
    some = given_.compact(given_.people, {"sex", "who"}).tables()
    assert some.main["sex"].equals(whole.main["sex"], null_equal=True)
    assert some.repeats["visit"].equals(whole.repeats["visit"], null_equal=True)
    assert "days" not in some.main.columns
    few = replace(given_.people, people=given_.people.people[5:2:-1])
    mixed = replace(given_, people=few)
    assert_equal(mixed.compact(few).tables(), reference(study, keys, mixed))


def test_tables_in_one_order_leave_those_in_another_as_they_are(
    field: Field, spread: None, identities: Identities
) -> None:
    """All answers are held once, in the order last asked for; what was made before, and after, is the same."""
    study, keys = field.study, identities(field.study)
    given_ = responses.responses(study, study.instruments[0], keys, "test", NOW, with_texts=True)
    before = given_.compact(given_.people)
    some = given_.compact(given_.people, {"sex", "who"}).tables()
    whole = before.tables()
    given_.compact(shuffled(given_.people, random.Random(1)))
    assert_equal(before.tables(), whole)
    assert_equal(given_.compact(given_.people, {"sex", "who"}).tables(), some)
    assert_equal(given_.compact(given_.people).tables(), whole)


def test_records_keep_no_answer_that_no_weight_needs(
    field: Field, spread: None, identities: Identities
) -> None:
    """So no process holds what everybody said as texts; nor are their own words at hand unless asked for."""
    study, keys = field.study, identities(field.study)
    given_ = responses.responses(study, study.instruments[0], keys, "test", NOW, with_texts=False)
    assert all(not one.record.answers for one in given_.people.people)
    assert all(not one.record.statuses for one in given_.people.people)
    found = given_.compact(given_.people)
    assert not {"words", "who"} & {one.name for one in found.found}
    assert "words" not in found.answers.main.columns
