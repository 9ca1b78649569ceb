"""Participants' cards: each code on one card, counted in packs, told to nobody."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.declared import Papers, Party, Retention
from export.linking import cards
from export.study import Study
from export.verbs import cards as verb
from surveys.codes import is_card, new_cards
from surveys.problems import Refusal, Usage
from tests.pdf import bare, pages

FORM = (
    'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n'
    "  - {type: text, name: card, format: card_code, keep: link, label: Card}\n"
)
NO_CARD = (
    'souspli: 1\nform: {id: t, version: "1", title: T}\n'
    "survey:\n  - {type: integer, name: a, label: A}\n"
)
TODAY = date(2022, 11, 23)
CODES = new_cards(23)
NewStudy = Callable[..., Study]


@pytest.fixture
def study(new_study: NewStudy) -> Study:
    """A study whose questionnaire asks for the code of a card."""
    return new_study(FORM)


def pages_of(study: Study, size: int = 12, language: str = "en") -> list[str]:
    """Return the text of each page of 23 cards."""
    return pages(cards.pdf(study, cards.packs(CODES, size), language, TODAY))


def on_a_card(study: Study, language: str = "en") -> str:
    """Return the text of one card."""
    return pages(cards.pdf(study, cards.packs(CODES[:1]), language, TODAY))[1]


# --- packs and pages ----------------------------------------------------------------------------


@given(st.integers(0, 300), st.integers(1, 60), st.integers(1, 500))
def test_packs_hold_every_code_once_in_order_and_number_them(
    count: int, size: int, first: int
) -> None:
    """All packs but the last are full, and the numbers of one follow those of the one before."""
    codes = [str(number) for number in range(count)]
    made = cards.packs(codes, size, first)
    assert [code for pack in made for code in pack.codes] == codes
    before = len(cards.packs(["x"] * (first - 1), size))
    assert [pack.number for pack in made] == list(range(before + 1, before + len(made) + 1))
    assert all(len(pack.codes) == size for pack in made[:-1])
    following = first
    for pack in made:
        assert (pack.first, pack.last) == (following, following + len(pack.codes) - 1)
        following = pack.last + 1


def test_every_code_is_printed_once_beside_its_number_and_none_on_a_slip(study: Study) -> None:
    """Ten cards to a page; each pack begins on a new sheet with its slip, which shows no code."""
    text = pages_of(study)
    assert len(text) == (1 + 2) + (1 + 2)
    slips, sheets = [text[0], text[3]], [text[1], text[2], text[4], text[5]]
    assert [len(re.findall("Cardno", page)) for page in sheets] == [10, 2, 10, 1]
    for number, code in enumerate(CODES, start=1):
        assert "".join(text).count(bare(code)) == 1
        assert f"Cardno.{number:04}{bare(code)}" in "".join(sheets)
        assert bare(code) not in "".join(slips)


def test_a_slip_says_which_cards_how_many_and_when_they_were_printed(study: Study) -> None:
    """And has room for who took them; the day of printing stands on no card."""
    text = pages_of(study)
    assert "Cardsno.0001to0012Numberofcards:12" in text[0]
    assert "Cardsno.0013to0023Numberofcards:11" in text[3]
    for word in ("Pack2", "Printedon23November2022", "Handedto", "Backon", "Cardsreturned"):
        assert word in text[3]
    assert "2022" not in text[1]


# --- what a card says ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "answers removed, until 31 December 2026, without giving your name"),
        ("fr", "supprimer vos réponses, jusqu'au 31 décembre 2026, sans donner votre nom"),
    ],
)
def test_a_card_says_what_its_code_is_for_until_when_and_who_takes_it(
    study: Study, language: str, told: str
) -> None:
    """In its own language, under the neutral title in that language."""
    titled = replace(
        study,
        title={"en": "Living conditions", "fr": "Conditions de vie"},
        retention=Retention("2026-12-31", "2027-12-31"),
        controller=Party("Somebody", "write@example.org"),
    )
    text = on_a_card(titled, language)
    assert bare(titled.title[language]) in text
    assert bare(told) in text
    assert "write@example.org" in text
    assert "Somebody" not in text


def test_a_code_is_given_to_the_custodian_where_study_yaml_names_one(study: Study) -> None:
    """Who opens answers does not see a code beside the address of somebody who writes."""
    named = replace(
        study,
        controller=Party("A", "lead@example.org"),
        papers=Papers(custodian=Party("B", "custodian@example.org")),
    )
    assert "custodian@example.org" in on_a_card(named)
    assert "lead@example.org" not in on_a_card(named)


def test_without_a_date_or_a_contact_a_card_promises_none(study: Study) -> None:
    """Later is all it says, and a line waits for a hand."""
    text = on_a_card(study)
    assert "removedlater,without" in text
    assert text.endswith("givethiscodeto:")


def test_cards_of_a_practice_study_say_that_they_have_no_effect(new_study: NewStudy) -> None:
    """So do their slips: none may be handed to a participant."""
    practice = new_study(FORM, practice=True)
    assert all("PRACTICE:THISCARDHASNOEFFECT" in page for page in pages_of(practice))
    assert "ENTRAÎNEMENT" in on_a_card(practice, "fr")


def test_a_title_is_never_markup(study: Study) -> None:
    """Whatever the typesetter would obey is printed as it is written."""
    hostile = "#panic() $x$ *b* @r <l> // [ \\u0023 {number}"
    assert bare(hostile) in on_a_card(replace(study, title={"en": hostile}))


@pytest.mark.parametrize("length", [40, 100, 400, 4000])
def test_texts_too_long_for_a_card_are_refused_never_cut(study: Study, length: int) -> None:
    """What is printed is printed whole; a card has room for a hundred letters of title."""
    title = ("letter " * length)[:length].strip()
    long = replace(study, title={"en": title})
    if length > 100:
        with pytest.raises(Refusal, match="too long for a card"):
            on_a_card(long)
    else:
        assert bare(title) in on_a_card(long)


def test_both_languages_say_the_same_things() -> None:
    """Each text has the same holes, each list as many lines, in French and in English."""
    for one in fields(cards.Words):
        french, english = (getattr(words, one.name) for words in (cards.FRENCH, cards.ENGLISH))
        assert bool(french)
        assert len(french) == len(english) or isinstance(french, str)
        holes = [sorted(re.findall(r"\{\w+\}", str(text))) for text in (french, english)]
        assert holes[0] == holes[1]


# --- the verb -----------------------------------------------------------------------------------


def run(study: Study, *words: str) -> int:
    """Run the verb in a study."""
    parser = argparse.ArgumentParser()
    verb.describe(parser)
    return verb.run(parser.parse_args([*words, "--study", str(study.folder)]))


@pytest.mark.usefixtures("english")
def test_the_verb_tells_no_code_and_leaves_none_but_in_the_pdf(
    study: Study,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither on a stream nor in another file; the PDF is its owner's alone."""
    monkeypatch.setattr(verb, "new_cards", lambda count: CODES[:count])
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    out = tmp_path / "cards.pdf"
    assert run(study, "12", "--out", str(out), "--pack", "5") == 0
    told = capsys.readouterr()
    assert told.out == f"{out}: 12 cards, 3 packs, numbered 0001 to 0012.\n"
    assert "kept nowhere else" in told.err
    assert told.err.startswith(f"{study.folder / 'study.yaml'} names nobody to give the code to")
    assert "papers: custodian" in told.err
    assert "filled in by hand" in told.err
    assert told.err.endswith("more cards begin with --first 13.\n")
    assert str(out.resolve()) in told.err
    for code in CODES[:12]:
        assert code not in told.out + told.err
        assert bare(code) in "".join(pages(out.read_bytes()))
    assert {path for path in tmp_path.rglob("*") if path.is_file()} - before == {out}
    if os.name == "posix":
        assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("english")
def test_numbers_as_json_and_the_language_asked_for(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Talk stays on the other stream."""
    out = tmp_path / "cards.pdf"
    assert run(study, "3", "--out", str(out), "--language", "fr", "--json") == 0
    told = {"file": str(out), "cards": 3, "first": 1, "last": 3, "packs": 1}
    assert json.loads(capsys.readouterr().out) == told
    assert "Carten°0003" in pages(out.read_bytes())[1]


@pytest.mark.usefixtures("english")
def test_a_second_file_goes_on_after_the_last_number(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No two cards bear one number; their packs are numbered on too."""
    out = tmp_path / "more.pdf"
    given = ("3", "--out", str(out), "--first", "9999", "--pack", "50", "--language", "en")
    assert run(study, *given) == 0
    told = capsys.readouterr()
    assert told.out.endswith("numbered 9999 to 10001.\n")
    assert "--first 10002" in told.err
    slip, sheet = pages(out.read_bytes())
    assert "Pack201" in slip
    assert "Cardsno.9999to10001Numberofcards:3" in slip
    assert all(f"Cardno.{n}" in sheet for n in (9999, 10000, 10001))


@pytest.mark.parametrize("first", ["0", "-4", "999999"])
def test_a_number_no_card_can_bear_is_a_wrong_command_line(
    study: Study, tmp_path: Path, first: str
) -> None:
    """Numbers begin at 1, and have room for six figures."""
    with pytest.raises(Usage, match="from 1 to 999999"):
        run(study, "2", "--out", str(tmp_path / "cards.pdf"), "--first", first)


@pytest.mark.usefixtures("english")
def test_where_a_contact_is_given_nothing_is_to_be_filled_in(
    study: Study,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor is it said."""
    known = replace(study, controller=Party("A", "write@example.org"))
    monkeypatch.setattr(verb, "read_study", lambda folder: known)
    assert run(study, "1", "--out", str(tmp_path / "cards.pdf")) == 0
    assert "nobody to give" not in capsys.readouterr().err


def test_two_runs_share_no_code(study: Study, tmp_path: Path) -> None:
    """What is printed is random, and passes its own check."""
    found: list[list[str]] = []
    for name in ("one.pdf", "two.pdf"):
        run(study, "10", "--out", str(tmp_path / name), "--language", "en")
        text = pages((tmp_path / name).read_bytes())[1]
        found.append(re.findall(r"Cardno\.\d{4}(\w{14})", text))
    codes = [f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}" for code in found[0] + found[1]]
    assert len(set(codes)) == 20
    assert all(is_card(code) for code in codes)


@pytest.mark.parametrize("wrong", [["0"], ["5001"], ["-3"], ["10", "--pack", "0"]])
def test_a_number_of_cards_that_nobody_can_cut_is_a_wrong_command_line(
    study: Study, tmp_path: Path, wrong: list[str]
) -> None:
    """And nothing is written."""
    with pytest.raises(Usage, match="from 1 to 5000"):
        run(study, *wrong, "--out", str(tmp_path / "cards.pdf"))
    assert not (tmp_path / "cards.pdf").exists()


def test_a_file_that_exists_is_never_written_over(study: Study, tmp_path: Path) -> None:
    """It may be the only cards there are."""
    out = tmp_path / "cards.pdf"
    out.write_bytes(b"cards of yesterday")
    with pytest.raises(Refusal, match="exists already"):
        run(study, "1", "--out", str(out))
    assert out.read_bytes() == b"cards of yesterday"
    with pytest.raises(Usage, match="ends in"):
        run(study, "1", "--out", str(tmp_path / "cards.txt"))


def test_a_study_that_asks_for_no_card_gets_none(new_study: NewStudy, tmp_path: Path) -> None:
    """A card would promise a withdrawal that nobody could honour."""
    with pytest.raises(Refusal, match="format: card_code"):
        run(new_study(NO_CARD), "1", "--out", str(tmp_path / "cards.pdf"))


def test_without_typst_the_remedy_says_what_to_install(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no file is left."""
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(Refusal, match=r"souspli\[lead\]"):
        run(study, "1", "--out", str(tmp_path / "cards.pdf"))
    assert not (tmp_path / "cards.pdf").exists()
