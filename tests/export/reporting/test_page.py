"""The page of a report: whole, by itself, thresholded, in both languages, the same on each run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from export.markup import POLICY
from export.reporting.page import html
from export.reporting.report import Report

Make = Callable[..., Report]
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Read(HTMLParser):
    """Reads a page: its tags in order, its headings, the identifiers, and what is not closed."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.texts.append((self.open[-1], " ".join(data.split())))

    def texts_in(self, tag: str) -> list[str]:
        return [text for at, text in self.texts if at == tag]


@pytest.fixture(scope="module")
def page(pages: Mapping[str, bytes]) -> bytes:
    return pages["en"]


def test_every_element_is_closed_in_order(page: bytes) -> None:
    """The page is well formed, figures and labels that look like markup included."""
    assert Read(page).open == []


def test_headings_are_in_order_under_one_title(page: bytes) -> None:
    """One first, and no level is left out on the way down."""
    levels = [int(tag[1]) for tag, _attrs in Read(page).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - sooner <= 1 for sooner, later in pairwise(levels))


def test_each_identifier_is_used_once_and_each_reference_leads_to_one(page: bytes) -> None:
    """Of sections and of everything within the figures."""
    tags = Read(page).tags
    known = [attrs["id"] for _tag, attrs in tags if "id" in attrs]
    assert len(known) == len(set(known))
    wanted = {attrs["href"][1:] for _tag, attrs in tags if attrs.get("href", "").startswith("#")}
    wanted |= {one for _tag, attrs in tags for one in attrs.get("aria-labelledby", "").split()}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", page.decode("utf-8")))
    assert wanted <= set(known)


def test_the_page_stands_by_itself(page: bytes) -> None:
    """No script, no picture or style from elsewhere, no address that is fetched, and it forbids them all."""
    text = page.decode("utf-8")
    tags = Read(page).tags
    assert {tag for tag, _attrs in tags} & {"script", "link", "img", "iframe", "object"} == set()
    fetched = [
        value
        for _tag, attrs in tags
        for name, value in attrs.items()
        if name in {"href", "src", "xlink:href", "action"} and not value.startswith("#")
    ]
    assert fetched == []
    assert "@import" not in text
    assert f'http-equiv="Content-Security-Policy" content="{POLICY}"' in text


def test_every_figure_is_an_image_with_a_name_and_a_description(page: bytes) -> None:
    """So that a screen reader says what it is and where its figures stand as text."""
    figures = [attrs for tag, attrs in Read(page).tags if tag == "svg"]
    assert len(figures) > 5
    assert all(one["role"] == "img" and one["aria-labelledby"] for one in figures)


def test_every_figure_is_among_tables_that_have_its_numbers(page: bytes) -> None:
    """Nothing is shown in a figure alone."""
    text = page.decode("utf-8")
    told = {one for one in re.findall(r">([0-9.]+%)</text>", text) if "." in one}
    assert told
    cells = set(re.findall(r"<td>([^<]*)</td>", text))
    assert {one for one in told if not any(one in cell for cell in cells)} == set()


def test_headers_of_tables_say_what_they_are_of(page: bytes) -> None:
    """Each has a scope, and each table that can be scrolled has a name and can be reached by keyboard."""
    tags = Read(page).tags
    assert all(attrs.get("scope") for tag, attrs in tags if tag == "th")
    wide = [attrs for tag, attrs in tags if attrs.get("class") == "wide"]
    assert wide
    assert all(one["tabindex"] == "0" and one["aria-label"] for one in wide)


def test_labels_are_text_whatever_they_hold(page: bytes) -> None:
    """A label that is markup, or a formula to the chart library, stands there as it was written."""
    text = page.decode("utf-8")
    assert "<script" not in text
    assert "<b>Bad" not in text
    assert "&lt;script&gt;Safe?&lt;/script&gt;" in text
    assert text.count("&lt;b&gt;Bad&lt;/b&gt; &amp; $x$") > 3
    assert "Sleep, …?" in text


def test_the_page_is_the_same_on_each_run(page: bytes, report_of: Make, english: None) -> None:
    """To the byte: figures have no time, no random identifier."""
    assert html(report_of()) == page


def test_the_order_of_the_parts_is_that_of_a_report(page: bytes) -> None:
    """Headline, participation, who took part, what was asked, professionals, limits, methods, sources."""
    assert Read(page).texts_in("h2") == [
        "In brief",
        "Participation",
        "Who took part",
        "Use",
        "By sex",
        "Rooms",
        "Staff",
        "What these figures cannot tell",
        "Methods",
        "What is not shown",
        "Sources",
    ]


def test_the_contents_lead_to_every_part(page: bytes) -> None:
    """One entry for each heading of the second level."""
    read = Read(page)
    assert read.texts_in("a") == read.texts_in("h2")


def test_neither_a_record_nor_an_interviewer_nor_own_words_stand_on_the_page(page: bytes) -> None:
    """Nor does the number of any record."""
    assert b"CANARY" not in page
    assert not re.search(rb"0{20}[0-9a-f]", page)


def test_job_titles_of_professionals_are_not_on_the_page(page: bytes) -> None:
    """What could point at one of them is left out; of the others no group is small."""
    assert b"Your job" not in page
    assert b"secret job" not in page.lower()
    assert b"Effect on use" in page


def test_no_number_of_respondents_on_the_page_is_small(page: bytes) -> None:
    """Of a column called n, no cell is from 1 to 10, in any table of answers."""
    text = page.decode("utf-8")
    small = []
    for table in re.findall(r"<table>.*?</table>", text, flags=re.DOTALL):
        heads = re.findall(r'<th scope="col">([^<]*)</th>', table)
        if "n" in heads:
            for row in re.findall(r'<th scope="row">[^<]*</th>(.*?)</tr>', table):
                cells = ["", *re.findall(r"<td>([^<]*)</td>", row)]
                at = heads.index("n") + (len(cells) - len(heads))
                small += [cells[at]] if cells[at] in {str(n) for n in range(1, 11)} else []
    assert small == []


def test_the_page_says_what_it_cannot_tell(page: bytes) -> None:
    """Self-report first: it threatens the results more than the draw does."""
    text = page.decode("utf-8")
    told = text.index("said this of themselves")
    assert told < text.index("is remembered") < text.index("of those drawn were interviewed")
    assert "threatens the results more than the chance of the draw" in text


def test_the_page_says_where_it_comes_from(page: bytes) -> None:
    """Questionnaire, version, fingerprint; commitment, proof and hashes of the draw."""
    text = page.decode("utf-8")
    assert "<code>people</code>" in text
    assert "<code>3</code>" in text
    assert "<code>" + "ab" * 32 + "</code>" in text
    assert "A letter of 1 May &lt;2022&gt;" in text


def test_the_page_of_a_practice_study_says_so_first(page: bytes) -> None:
    """Before its title."""
    text = page.decode("utf-8")
    assert text.index("SIMULATED") < text.index("<h1>")


def test_the_page_in_french_has_the_questionnaire_in_french(pages: Mapping[str, bytes]) -> None:
    """Its language is declared, numbers have commas, and a question mark never begins a line."""
    text = pages["fr"].decode("utf-8")
    assert '<html lang="fr">' in text
    assert "Ce que disent les personnes" in text
    assert "En sécurité\u00a0?" in text
    assert re.search(r"\d,\d\u00a0%", text)


def test_without_a_draw_there_are_counts_and_no_people(report_of: Make, english: None) -> None:
    """Nobody stands for anybody else, and no certificate is shown."""
    text = html(report_of(drawn=False)).decode("utf-8")
    assert "none of them drawn at random" in text
    assert "Certificate of the draw" not in text
    assert '<th scope="col">people</th>' not in text


def test_without_a_plan_everything_that_tells_something_is_shown(
    report_of: Make, english: None
) -> None:
    """Section by section of the questionnaire, but for what everybody said alike, and own words."""
    text = html(report_of("", has_staff=False)).decode("utf-8")
    assert "<h2>Your life</h2>" in text
    assert "Days now" in text
    assert "Told?" not in text
    assert "Words" not in text


def test_a_plan_says_who_took_part(report_of: Make, english: None) -> None:
    """By the columns it names, in its order, instead of every one that could point at somebody."""
    plan = """
souspli_tables: 1
title: Short
instrument: people
respondents: [card, sex]
sections: [{title: Use, estimates: [prop(stopped)]}]
"""
    text = html(report_of(plan, has_staff=False)).decode("utf-8")
    assert re.findall(r'<th scope="rowgroup"[^>]*>([^<]*)<', text) == ["A card?", "Are you"]
