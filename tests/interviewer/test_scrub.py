"""What scrubbing takes out of a text and what it leaves: laws, hostile texts, and a table of sentences."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.scrub import LIMIT, Scrubber, cut
from interviewer.scrub.folded import plain
from surveys import codes

WORDS = (
    "Hôtel du Nord",
    "Hôtel Sacré-Cœur",
    "Hôtel de la Paix",
    "Résidence des Lilas",
    "Aurore",
    "Saint-Ange",
    "Mme Lefort",
    "Karim Benhadj",
    "",
)
FRENCH = Scrubber(WORDS)
ENGLISH = Scrubber(WORDS, language="en")
CASES = Path(__file__).with_name("scrub_cases.tsv").read_text(encoding="utf-8").splitlines()
MARKS = ("[téléphone]", "[courriel]", "[numéro]", "[date]", "[nom]")

# Pieces that make numbers, dates, names, marks and halves of them when they meet.
TYPED = (
    "06 39 98 +33 12/05 1987 mai May M. Mme Nord hôtel du Aurore s Dupont point arobase fr com www. 2A "
    "[nom] [date nom] é e\u0301 \u200b ٣ ０ ½ œ ﷽"
)
PIECES = st.sampled_from(
    [*TYPED.split(" "), *"0123456789 .-/@[](+'’_,", "39 98", "\u00a0", "\n", "\ud800"]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=60))


# --- laws -------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(TEXTS)
def test_scrubbing_twice_changes_nothing_more(text: str) -> None:
    """A scrubbed text is its own scrubbed text, in which nothing is found."""
    once = FRENCH.scrub(text)
    again = FRENCH.scrub(once.text)
    assert again.text == once.text
    assert again.found == ()


@given(TEXTS)
def test_what_is_found_is_counted_by_kind_and_stands_as_a_mark(text: str) -> None:
    """Marks in the result are those found plus those already written."""
    scrubbed = FRENCH.scrub(text)
    already = sum(map(plain(text).count, MARKS))
    assert sum(map(scrubbed.text.count, MARKS)) == already + sum(n for _kind, n in scrubbed.found)


@given(TEXTS)
def test_the_kept_text_is_nfc_on_one_line_and_can_be_written_as_utf8(text: str) -> None:
    """Nothing invisible, no control character, no half of a surrogate pair is kept."""
    kept = FRENCH.scrub(text).text
    assert unicodedata.is_normalized("NFC", kept)
    assert not {unicodedata.category(character) for character in kept} & {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }
    kept.encode()


SEPARATORS = st.sampled_from(
    ["", " ", ".", "-", "_", "  ", " . ", "\u00a0", "\u202f", "\u2011", "\u200b"]
)
DIGITS = st.sampled_from(["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩"])


@given(
    st.integers(0, 9999),
    st.sampled_from(["063998", "019900"]),
    st.lists(SEPARATORS, min_size=9, max_size=9),
    DIGITS,
)
def test_a_french_number_is_found_however_it_is_spaced(
    end: int, start: str, gaps: list[str], digits: str
) -> None:
    """Any separators between the ten digits, in any script's digits."""
    number = f"{start}{end:04d}".translate({ord(str(i)): digits[i] for i in range(10)})
    spaced = "".join(map("".join, zip(number, [*gaps, ""], strict=True)))
    assert FRENCH.scrub(f"au {spaced} merci").text == "au [téléphone] merci"


@given(st.integers(10**8, 10**20))
def test_a_run_of_nine_digits_or_more_never_stays(number: int) -> None:
    """Whatever the number is of, it is long enough to be somebody's."""
    kept = FRENCH.scrub(f"dossier {number} clos").text
    assert kept in {"dossier [numéro] clos", "dossier [téléphone] clos"}


@given(st.dates())
def test_a_full_date_never_stays_in_any_usual_spelling(day: object) -> None:
    """Day first, year first, with slashes, points or dashes, for years a person can remember."""
    year, month, date = str(day).split("-")
    year = f"{1900 + int(year) % 130}"
    for spelling in (
        f"{date}/{month}/{year}",
        f"{date}.{month}.{year}",
        f"{date}-{month}-{year}",
        f"{year}-{month}-{date}",
    ):
        assert FRENCH.scrub(f"le {spelling}, oui").text == "le [date], oui"


@given(st.integers(0, 99_999_999), st.sampled_from(["jours", "euros", "galettes", "ans", "mg"]))
def test_a_quantity_stays(number: int, unit: str) -> None:
    """A number below nine digits with its unit is an answer, unless its eight digits are a date."""
    text = f"environ {number} {unit}"
    kept = FRENCH.scrub(text).text
    assert kept == text or (number > 9_999_999 and kept == f"environ [date] {unit}")


@given(
    st.sampled_from([word for word in WORDS if word]),
    st.sampled_from([" ", "-", "  ", "'", "’"]),
    st.booleans(),
)
def test_a_listed_name_is_found_without_accents_or_case_and_however_joined(
    name: str, joint: str, shouted: bool
) -> None:
    """Only letters count, not how they are typed."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    typed = joint.join(bare.replace("-", " ").split())
    kept = FRENCH.scrub(f"oui, {typed.upper() if shouted else typed.lower()} !").text
    assert kept in {"oui, [nom] !", f"oui, {'MME' if shouted else 'mme'}{joint}[nom] !"}


@given(st.text(st.sampled_from("[]nomdate téléphone"), max_size=40), st.integers(0, 40))
def test_a_cut_is_a_beginning_without_half_a_mark(text: str, length: int) -> None:
    """What is cut off begins where a mark does, or at the length asked for."""
    kept = cut(text, length)
    assert text.startswith(kept)
    assert len(kept) <= length
    marks = (*MARKS, "[name]")  # the one English mark these letters can spell
    assert len(kept) == min(length, len(text)) or text[len(kept) :].startswith(marks)


# --- a table of sentences ---------------------------------------------------------------------


@pytest.mark.parametrize("line", [line for line in CASES if not line.startswith("#")])
def test_a_sentence_loses_what_identifies_and_keeps_the_rest(line: str) -> None:
    """Each line of the table: language, text, what must be gone, what must stay."""
    language, text, gone, stay = line.split("\t")
    kept = Scrubber(WORDS, language=language).scrub(text).text
    assert (text if stay == "=" else stay) in kept
    assert not [part for part in gone.split("|") if part and part in kept]


def test_the_table_is_long_enough_to_mean_something() -> None:
    """At least 120 sentences, a third of which must stay as they are or nearly."""
    lines = [line.split("\t") for line in CASES if not line.startswith("#")]
    assert len(lines) >= 120
    assert sum(line[3] == "=" for line in lines) >= 40


# --- hostile texts ----------------------------------------------------------------------------


def test_an_unusual_space_dash_digit_or_invisible_character_hides_nothing() -> None:
    """Detection sees one spelling; what is kept around a mark is as typed."""
    assert FRENCH.scrub("café 06\u00a039\u202f98\u200b12\u201134").text == "café [téléphone]"
    assert FRENCH.scrub("０６３９９８１２３４ ﬁn").text == "[téléphone] ﬁn"
    assert FRENCH.scrub("jean＠exemple．fr").text == "[courriel]"
    assert FRENCH.scrub("A\u00adu\u200dr\ufeffore").text == "[nom]"
    assert FRENCH.scrub("Ho\u0302tel du Nord").text == "[nom]"
    assert FRENCH.scrub("1️⃣2/05/1987").text == "[date]"


def test_a_control_character_becomes_a_space() -> None:
    """Nothing a terminal or a file could act on is kept."""
    assert FRENCH.scrub("a\x1b[2J\tb\r\nc\x00\u2028d").text == "a [2J b  c  d"


def test_an_accent_typed_apart_goes_with_the_name_it_belongs_to() -> None:
    """No accent is left to sit on the mark."""
    assert FRENCH.scrub("Aurore\u0323 part").text == "[nom] part"


def test_the_mark_speaks_the_language_of_the_questionnaire() -> None:
    """French, or English for any other."""
    assert ENGLISH.scrub("06 39 98 12 34, Aurore").text == "[phone], [name]"
    assert Scrubber(WORDS, language="ar").scrub("12/05/1987").text == "[date]"
    assert FRENCH.scrub(ENGLISH.scrub("06 39 98 12 34").text).text == "[phone]"


def test_kinds_and_numbers_are_told_but_nothing_of_the_text() -> None:
    """The names on the list and the text scrubbed are in no repr, hence in no traceback."""
    scrubbed = FRENCH.scrub("Mme Lefort, Aurore, 06 39 98 12 34, 12/05/1987")
    assert scrubbed.found == (("phone", 1), ("date", 1), ("name", 2))
    assert "Mme" not in repr(scrubbed)
    assert "Nord" not in repr(FRENCH)


def test_without_a_list_only_listed_names_are_missed() -> None:
    """The list adds names and changes nothing else."""
    assert (
        Scrubber().scrub("Aurore, 06 39 98 12 34, M. Dupont").text
        == "Aurore, [téléphone], M. [nom]"
    )


def test_a_text_beyond_the_limit_loses_its_end_and_no_half_number_stays() -> None:
    """A number that straddles the limit is not kept by halves."""
    for before in range(LIMIT - 14, LIMIT + 1):
        scrubbed = FRENCH.scrub("a" * before + " 06 39 98 12 34" + " b" * 100)
        assert "39" not in scrubbed.text
        assert len(scrubbed.text) <= LIMIT
        assert FRENCH.scrub(scrubbed.text) == type(scrubbed)(scrubbed.text)


@pytest.mark.parametrize("growing", ["@ab ", "123456789 ", "﷽", "\U0001d160", "🯰"])
def test_a_text_that_grows_when_scrubbed_is_cut_once(growing: str) -> None:
    """Marks and normal forms may be longer than what they stand for."""
    scrubbed = FRENCH.scrub(growing * LIMIT)
    assert len(scrubbed.text) <= LIMIT
    assert FRENCH.scrub(scrubbed.text) == type(scrubbed)(scrubbed.text)


HOSTILE = [
    "0",
    "06 ",
    "a",
    "a ",
    "point ",
    "a.b-",
    "[",
    "[nom",
    "AB12 ",
    "AB12 ABCD ",
    "@",
    "a@",
    "a @ ",
    "1 ",
    "12/",
]
HOSTILE += [
    "M. ",
    "M. Du-",
    "Aurore ",
    "Hôtel du ",
    "mai ",
    "12 mai ",
    "+",
    "+33 ",
    "(1",
    "Abc'",
    "appelle A ",
    "x at y.",
]
HOSTILE += [
    "a-",
    "a.",
    "www.",
    "http://a",
    "2A",
    "1-",
    "K7QF3M9X",
    "﷽",
    "e\u0301\u0323",
    "\u200b",
    "a tiret du bas ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_long(piece: str) -> None:
    """4,000 characters of anything: a fraction of a second even on a slow laptop."""
    FRENCH.scrub("+33 1 99 00 12 34, FR76 3000 6000 0112 3456 7890 189")  # the libraries are loaded
    began = time.process_time()
    FRENCH.scrub((piece * LIMIT)[:LIMIT])
    assert time.process_time() - began < 1


def test_the_heavy_libraries_are_loaded_only_for_a_text_that_needs_them() -> None:
    """Importing and scrubbing plain words costs neither phonenumbers nor stdnum."""
    asked = (
        "import sys; from interviewer.scrub import Scrubber; Scrubber(('Aurore',)).scrub('2 galettes chez Aurore');"
        "print([name for name in ('phonenumbers', 'stdnum') if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", asked], cwd=root, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize("written", ["{}", "sa carte {}, perdue", "n°{}."])
def test_the_code_of_a_card_or_a_case_is_no_free_text(written: str) -> None:
    """However it is written: among the answers it would tell whose they are."""
    chance = random.Random(7)
    for _one in range(40):
        card, case = codes.simulated_card(chance), codes.new_case()
        for typed in (card, card.replace("-", ""), card.replace("-", " "), card.lower(), case):
            shown = FRENCH.scrub(written.format(typed)).text
            assert typed not in shown, "a code passed"
            assert "[numéro]" in shown or "[date]" in shown or "[téléphone]" in shown


def test_words_of_eight_letters_stay() -> None:
    """One in thirty has the check character of a case by chance."""
    for words in (
        "avec elle",
        "toujours",
        "Quand même",
        "week-end",
        "pour lui, peut-être",
        "CHATEAUX",
    ):
        assert FRENCH.scrub(words).text == words
