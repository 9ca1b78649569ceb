"""Laws of the page: at any size nothing is cut, and everything is where the eye looks for it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.utils import get_cwidth

from interviewer.screen.page import CURSOR, Laid, Line, Row, Sheet, lay_out, wrapped
from interviewer.screen.typed import Typed, is_text

SIZES = st.tuples(st.integers(40, 200), st.integers(12, 60))
WORDS = st.text("abcdéœß…?«»ΩЖ中漢한字🙂אש", min_size=1, max_size=13)  # at most 26 columns
TEXTS = st.lists(WORDS, min_size=1, max_size=60).map(" ".join)
SHORT = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from(["", "[x]", "[ ]", "•"]),
        st.integers(0, 99).map(str),
        SHORT,
        st.just("") | SHORT,
    )
    | st.builds(Row, st.just(""), st.just(""), SHORT, is_heading=st.just(True)),
    max_size=30,
).map(tuple)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Any sheet: long labels, many answers, something typed, something wrong."""
    text = draw(st.text("abc éΩ中🙂", max_size=120))
    return Sheet(
        heading=draw(SHORT),
        progress="12/345",
        card=draw(st.sampled_from(["", "Show card 3", "Produit 2 · Carte 3"])),
        question=draw(TEXTS),
        practice=draw(st.sampled_from(["", "PRACTICE "])),
        hints=tuple(draw(st.lists(TEXTS, max_size=2))),
        rows=draw(ROWS),
        prompt=draw(SHORT),
        typed=draw(st.none() | st.just(Typed(text, draw(st.integers(0, len(text)))))),
        warning=draw(st.just("") | SHORT),
        message=draw(st.just("") | SHORT),
        notes=tuple(draw(st.lists(SHORT, max_size=2))),
        footer=("F1 help", "F3 back", "F4 refused", "F5 don't know", "F6 comment", "F8 suspend"),
        is_large=draw(st.booleans()),
    )


def text_of(line: Line) -> str:
    return "".join(text for _style, text in line)


def pages_of(sheet: Sheet, columns: int, rows: int) -> list[Laid]:
    first = lay_out(sheet, columns, rows)
    return [first, *(lay_out(sheet, columns, rows, page) for page in range(1, first.pages))]


def squeezed(text: str) -> str:
    return "".join(text.split())


@settings(max_examples=60, deadline=None)
@given(sheets(), SIZES)
def test_every_word_is_on_some_page_at_any_size(sheet: Sheet, size: tuple[int, int]) -> None:
    """Label, hints, codes, answers, prompt, messages and notes are there whole, and in their order."""
    shown = [text for page in pages_of(sheet, *size) for text in map(text_of, page.lines)]
    everything = squeezed("".join(shown))
    said = [sheet.heading, sheet.card, sheet.question, sheet.prompt, sheet.warning, sheet.message]
    labels = [f"{row.label} {row.said} {sheet.practice}" for row in sheet.rows]
    for word in " ".join([*said, *sheet.hints, *sheet.notes, *labels]).split():
        assert any(word in text for text in shown)
    found = 0
    for row in sheet.rows:
        found = everything.index(squeezed(row.code) + row.label[:1], found)


@settings(max_examples=60, deadline=None)
@given(sheets(), SIZES)
def test_a_page_has_exactly_the_size_of_the_screen(sheet: Sheet, size: tuple[int, int]) -> None:
    """No line is wider than the screen, no page longer or shorter, whatever is on it."""
    columns, rows = size
    for page in pages_of(sheet, columns, rows):
        assert len(page.lines) == rows
        assert max(get_cwidth(text_of(line)) for line in page.lines) < columns


@settings(max_examples=60, deadline=None)
@given(sheets(), SIZES)
def test_every_page_has_one_cursor_and_help(sheet: Sheet, size: tuple[int, int]) -> None:
    """The cursor is somewhere once, and F1 is in the footer of every page."""
    for page in pages_of(sheet, *size):
        assert sum(line.count(CURSOR) for line in page.lines) == 1
        assert text_of(page.lines[-1]).startswith("F1 help")


@settings(max_examples=60, deadline=None)
@given(sheets(), SIZES)
def test_several_pages_say_so(sheet: Sheet, size: tuple[int, int]) -> None:
    """A page that is not alone says which it is, and of how many."""
    pages = pages_of(sheet, *size)
    if len(pages) > 1:
        for number, page in enumerate(pages, start=1):
            texts = [text_of(line) for line in page.lines]
            assert any(f"page {number}/{len(pages)}" in text for text in texts)


@settings(max_examples=60, deadline=None)
@given(sheets(), SIZES)
def test_following_shows_where_text_is_typed_or_what_is_wrong_with_it(
    sheet: Sheet, size: tuple[int, int]
) -> None:
    """With `follows`, the page shown has the message where there is one, else the cursor in its text."""
    laid = lay_out(sheet, *size, follows=True)
    if sheet.message:
        assert any(text_of(line).startswith("! ") for line in laid.lines)
    else:
        line = next(line for line in laid.lines if CURSOR in line)
        assert not text_of(line).startswith("page ")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.integers(8, 120))
def test_wrapping_loses_no_character_and_passes_no_edge(text: str, width: int) -> None:
    """Wrapped lines hold every character but spaces and control characters, within the width."""
    lines = wrapped(text, width)
    assert all(get_cwidth(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(filter(is_text, text)).replace(" ", "")


def small(**parts: object) -> Sheet:
    given: dict[str, object] = {
        "heading": "A. Profil",
        "progress": "2/9",
        "card": "",
        "question": "Vous êtes",
        "rows": (Row("", "1", "Un homme"), Row("", "12", "Une femme")),
        "prompt": "Code :",
        "typed": Typed(),
        "footer": ("F1 aide", "F3 retour"),
    }
    return Sheet(**(given | parts))  # type: ignore[arg-type]


def test_the_question_stands_on_line_3_and_codes_are_aligned() -> None:
    """Section and progress on line 1, the question on line 3, codes right-aligned, the key footer last."""
    texts = [text_of(line).rstrip() for line in lay_out(small(), 40, 12).lines]
    assert texts[0] == "A. Profil" + " " * 27 + "2/9"
    assert texts[2] == "Vous êtes"
    assert texts[4:6] == ["   1  Un homme", "  12  Une femme"]
    assert texts[-1] == "F1 aide  F3 retour"


def test_the_question_stays_on_line_3_with_a_card() -> None:
    """The card has line 2, empty or not."""
    texts = [text_of(line) for line in lay_out(small(card="Carte 3"), 80, 24).lines]
    assert texts[1:3] == ["Carte 3", "Vous êtes"]


def test_the_error_is_directly_under_what_is_typed() -> None:
    """The message comes on the line after the prompt."""
    texts = [text_of(line) for line in lay_out(small(message="Non."), 80, 24).lines]
    prompt = next(number for number, text in enumerate(texts) if text.startswith("Code :"))
    assert texts[prompt + 1] == "! Non."


def test_a_hint_is_told_from_the_question_without_colour() -> None:
    """An instruction to the interviewer begins with a sign of its own."""
    texts = [text_of(line) for line in lay_out(small(hints=("Tendre la carte.",)), 80, 24).lines]
    assert texts[3] == "▸ Tendre la carte."


def test_a_large_sheet_is_spaced_where_it_fits_and_tight_where_not() -> None:
    """For a respondent answers stand apart; on a small screen they close up before they page."""

    def gap(rows: int) -> int:
        texts = [text_of(line).strip() for line in lay_out(small(is_large=True), 80, rows).lines]
        return texts.index("12  Une femme") - texts.index("1  Un homme")

    assert (gap(24), gap(9)) == (2, 1)


def test_a_tiny_screen_still_shows_a_page() -> None:
    """Even smaller than 40×12 nothing raises, and there is a page."""
    for columns in range(1, 40, 3):
        for rows in range(3, 12):
            assert len(lay_out(small(), columns, rows).lines) == rows
