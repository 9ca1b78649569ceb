"""Contact sheets: every released case once, under its hotel, and nothing of it on the terminal."""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export import custody
from export.drawing import crosswalk, steps
from export.drawing.crosswalk import Identified
from export.drawing.drawn import Design, Unit
from export.drawing.frame import from_units
from export.drawing.sample import read_sample
from export.linking import sheets
from export.study import Study
from export.verbs import contact_sheets as verb
from surveys.codes import new_cases
from surveys.problems import Refusal, Usage
from tests.pdf import bare, pages

FORM = (
    'souspli: 1\nform: {id: t, version: "1", title: T}\n'
    "survey:\n  - {type: integer, name: a, label: A}\n"
)
PASSPHRASE = "correct horse battery"
HOTELS = ("Bellevue", "Lilas", "Mistral")
CASES = new_cases(40)
NOW = datetime(2022, 4, 1, 12, tzinfo=UTC)
NewStudy = Callable[..., Study]
Typed = Callable[..., list[str]]


@pytest.fixture
def study(new_study: NewStudy) -> Study:
    """A study in which nothing is drawn."""
    return new_study(FORM)


@pytest.fixture
def drawn(study: Study) -> Study:
    """The same with a sample: twelve of thirty people in three hotels, six more in reserve."""
    units = from_units(
        Unit(f"P{number:03}", stratum=HOTELS[number % 3], cluster=HOTELS[number % 3])
        for number in range(30)
    )
    design = Design(method="stratified", announced="a lottery", size=12, reserve=6)
    steps.commit(study, units, design, NOW)
    steps.conclude(study, units, "a lottery: 1 2 3", "nowhere", NOW)
    return study


def everybody(study: Study) -> list[Identified]:
    """Return everybody drawn, as the custodian may know them."""
    key = study.folder.parent / "custodian.key"
    return crosswalk.read_crosswalk(study, custody.open_key(key, PASSPHRASE.encode()))


def printed(study: Study, people: list[Identified], language: str = "en") -> list[str]:
    """Return the text of each page of the sheets of some people."""
    return pages(sheets.pdf(study, sheets.sheets(people), language))


# --- who stands where ---------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.sampled_from(["", "b", "a", "B b"]), st.text(max_size=3)), max_size=30)
)
def test_everybody_stands_on_one_sheet_that_of_the_hotel(people: list[tuple[str, str]]) -> None:
    """One sheet a hotel, in order; on it, people in order of their id."""
    given_people = [Identified(f"c{n}", id, hotel) for n, (hotel, id) in enumerate(people)]
    made = sheets.sheets(given_people)
    assert [sheet.hotel for sheet in made] == sorted({one.hotel for one in given_people})
    assert all(one.hotel == sheet.hotel for sheet in made for one in sheet.people)
    assert all([*sheet.people] == sorted(sheet.people, key=lambda one: one.id) for sheet in made)
    on_sheets = [one.case for sheet in made for one in sheet.people]
    assert sorted(on_sheets) == sorted(one.case for one in given_people)


def test_a_hotel_of_many_has_pages_that_count_themselves(study: Study) -> None:
    """Each hotel counts from one, and bears its head on every page; no line is cut in two."""
    people = [
        Identified(code, f"P{n:03}", "Bellevue" if n < 30 else "Lilas")
        for n, code in enumerate(CASES)
    ]
    text = printed(study, people)
    of = [re.search(r"page(\d)of(\d)", page) for page in text]
    assert [(one[1], one[2]) for one in of if one] == [
        ("1", "3"),
        ("2", "3"),
        ("3", "3"),
        ("1", "1"),
    ]
    assert ["Bellevue30cases" in page for page in text] == [True, True, True, False]
    assert "Lilas10cases" in text[3]
    for one in people:
        (page,) = [page for page in text if bare(one.case) in page]
        assert f"{bare(one.case)}{one.id}" in page
        assert ("Bellevue" in page) == (one.hotel == "Bellevue")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["Hotelnotgiven1case", "Neverkeepitwiththelaptop", "Visit4", "Name,room(byhand)"]),
        ("fr", ["Hôtelnonprécisé1cas", "Nelarangezjamaisavecl'ordinateur", "Visite4", "(àlamain)"]),
    ],
)
def test_a_sheet_says_what_is_to_become_of_it(study: Study, language: str, told: list[str]) -> None:
    """In its own language; somebody of no hotel has a sheet too."""
    text = printed(study, [Identified(CASES[0], "P001", "")], language)
    assert all(words in text[0] for words in told)


def test_ids_and_hotels_are_printed_whole_and_never_as_markup(study: Study) -> None:
    """A long id goes on below; whatever the typesetter would obey is printed as it is written."""
    hostile = "#panic() $x$ *b* @r <l> // [ \\u0023 {n}"
    long = "2022-PARIS-" + "0123456789" * 6
    text = printed(study, [Identified(CASES[0], long, hostile), Identified(CASES[1], "*b*", "x")])
    assert bare(hostile) in text[0]
    assert bare(long) in text[0]
    assert "*b*" in text[1]


def test_the_sheets_of_a_practice_study_say_so(new_study: NewStudy) -> None:
    """On every page."""
    text = printed(new_study(FORM, practice=True), [Identified(CASES[0], "P001", "H")])
    assert "PRACTICE" in text[0]


def test_both_languages_say_the_same_things() -> None:
    """Each text has the same holes, each list as many lines, in French and in English."""
    for one in fields(sheets.Words):
        french, english = (getattr(words, one.name) for words in (sheets.FRENCH, sheets.ENGLISH))
        assert bool(french)
        assert len(french) == len(english) or isinstance(french, str)
        holes = [sorted(re.findall(r"\{\w+\}", str(text))) for text in (french, english)]
        assert holes[0] == holes[1]


# --- the verb -----------------------------------------------------------------------------------


def run(study: Study, *words: str, key: str = "custodian.key") -> int:
    """Run the verb in a study."""
    parser = argparse.ArgumentParser()
    verb.describe(parser)
    where = ["--study", str(study.folder), "--key", str(study.folder.parent / key)]
    return verb.run(parser.parse_args([*words, *where]))


@pytest.mark.usefixtures("english")
def test_the_verb_prints_the_released_cases_and_tells_none(
    drawn: Study, tmp_path: Path, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those in reserve stand on no sheet; the terminal learns neither cases nor ids nor hotels."""
    out = tmp_path / "sheets.pdf"
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert run(drawn, "--out", str(out), *typed(PASSPHRASE)) == 0
    told = capsys.readouterr()
    assert told.out == f"{out}: 12 cases, 3 hotels.\n"
    assert "joins cases to people" in told.err
    sample = read_sample(drawn)
    assert sample is not None
    text = pages(out.read_bytes())
    for one in everybody(drawn):
        standing = [page for page in text if bare(one.case) in page]
        assert len(standing) == sample[one.case].is_released
        assert all(one.id in page and one.hotel in page for page in standing)
        assert not any(word in told.out + told.err for word in (one.case, one.id, one.hotel))
    assert {path for path in tmp_path.rglob("*") if path.is_file()} - before == {out}
    if os.name == "posix":
        assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("english")
def test_only_the_hotels_named_are_printed(
    drawn: Study, tmp_path: Path, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the language asked for; the numbers come as JSON."""
    out = tmp_path / "sheets.pdf"
    words = ["--hotel", "Lilas", "--out", str(out), "--language", "fr", "--json"]
    assert run(drawn, *words, *typed(PASSPHRASE)) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(out), "hotels": 1, "cases": 4}
    (page,) = pages(out.read_bytes())
    assert "Hôtel:Lilas4cas" in page
    assert not any(hotel in page for hotel in ("Bellevue", "Mistral"))


def test_a_hotel_that_is_not_in_the_crosswalk_is_refused_unnamed(
    drawn: Study, tmp_path: Path, typed: Typed
) -> None:
    """How many, not which; and nothing is written."""
    out = tmp_path / "sheets.pdf"
    with pytest.raises(Refusal, match="1 of the hotels named is not") as caught:
        run(drawn, "--hotel", "Lilas", "Canari", "--out", str(out), *typed(PASSPHRASE))
    assert "Canari" not in str(caught.value)
    assert not out.exists()


def test_what_cannot_be_done_is_refused_before_a_passphrase_is_asked(
    study: Study, tmp_path: Path
) -> None:
    """No sample, a file that exists, a name of another kind."""
    out = tmp_path / "sheets.pdf"
    with pytest.raises(Refusal, match="nothing is drawn"):
        run(study, "--out", str(out))
    with pytest.raises(Usage, match="ends in"):
        run(study, "--out", str(tmp_path / "sheets.txt"))
    out.write_bytes(b"kept")
    with pytest.raises(Refusal, match="exists already"):
        run(study, "--out", str(out))
    assert out.read_bytes() == b"kept"


def test_another_holder_s_key_prints_no_sheet(drawn: Study, tmp_path: Path, typed: Typed) -> None:
    """Not even the escrow's, who opens every answer."""
    out = tmp_path / "sheets.pdf"
    with pytest.raises(Refusal):
        run(drawn, "--out", str(out), *typed(PASSPHRASE), key="escrow.key")
    assert not out.exists()
