"""One text, two looks: HTML and PDF say what the document says, and no text is ever markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.papers.html import html
from export.papers.papers import Source, papers
from export.papers.parts import (
    Bullets,
    Code,
    Document,
    Grid,
    Heading,
    Language,
    Mark,
    NewPage,
    Notice,
    Paragraph,
    lines_of,
)
from export.papers.speaking import plain
from export.papers.typeset import data, pdf
from export.study import Study
from tests.pdf import bare, pages

SOURCE = Source("2026-11-23", "0.1.0", "ab" * 32)
VOID = {"meta", "br"}
HOSTILE = '<script>alert(1)</script> & "quoted" #panic("x") *bold* $x$ @ref \\ // `code` [À COMPLÉTER : rien]'


class Reader(HTMLParser):
    """What a browser reads, and whether every element is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "title" not in self.open:
            self.texts.append(data)


def read(document: Document) -> Reader:
    reader = Reader()
    reader.feed(html(document).decode("utf-8"))
    reader.close()
    assert reader.open == []
    return reader


def expected(document: Document) -> str:
    """Return the letters of a document in order, its title again where a sheet begins."""
    head = document.title + document.subtitle
    found = [head]
    for block in document.blocks:
        found += [plain(line) for line in lines_of(block)]
        found += [head] if isinstance(block, NewPage) else []
    return "".join("".join(found).split())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_html_says_what_the_document_says(assore: Study, language: Language) -> None:
    """Every line once, in order, and nothing else; well formed."""
    for document in papers(assore, language, SOURCE):
        assert "".join("".join(read(document).texts).split()) == expected(document)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pdf_says_what_the_document_says(assore: Study, language: Language) -> None:
    """Every line of the two shortest documents is on its pages."""
    for document in papers(assore, language, SOURCE)[2:5:2]:
        content = pdf(document)
        assert content.startswith(b"%PDF")
        read_all = "".join(pages(content))
        for block in document.blocks:
            for line in lines_of(block):
                spans = [span if isinstance(span, str) else plain((span,)) for span in line]
                assert all(bare(text) in read_all for text in spans), spans


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_sheet_of_a_study_just_founded_is_one_page(assore: Study, language: Language) -> None:
    """With all its marks."""
    assert len(pages(pdf(papers(assore, language, SOURCE)[4]))) == 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_sheet_is_one_page_once_completed(completed: Study, language: Language) -> None:
    """Behind the page that is taken away; that page holds none of it."""
    sheet = papers(completed, language, SOURCE)[4]
    cover, *rest = pages(pdf(sheet))
    assert len(rest) == 1
    assert bare("Centre hospitalier Exemple") in rest[0]
    assert bare("Centre hospitalier Exemple") not in cover
    assert "SHA256" in cover
    assert "SHA256" not in rest[0]
    assert bare("study.yaml") not in rest[0]


def hostile(language: Language) -> Document:
    """Return a document whose every text tries to be markup."""
    line = (HOSTILE, Mark("complete", HOSTILE, HOSTILE), Code(HOSTILE))
    return Document(
        "name",
        language,
        HOSTILE,
        HOSTILE,
        (
            Heading(2, HOSTILE),
            Paragraph(line),
            Bullets((line,), is_numbered=True),
            Notice((line,)),
            Grid((HOSTILE, HOSTILE), ((line, line),), (1, 2)),
            Grid((), ((line, line),), (1, 2), is_dense=True),
        ),
    )


def test_no_text_is_ever_markup(assore: Study) -> None:
    """What tries to be a tag or a command is printed as it is."""
    document = hostile("fr")
    reader = read(document)
    assert "script" not in reader.tags
    assert "".join("".join(reader.texts).split()) == expected(document)
    assert bare('#panic("x")*bold*') in "".join(pages(pdf(document)))
    titled = replace(assore, title={"fr": HOSTILE}, id="assore")
    assert "script" not in read(papers(titled, "fr", SOURCE)[0]).tags


def spans(value: object) -> Iterator[str]:
    """Yield every text the template is given."""
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from spans(one)
        case list() | tuple():
            for one in value:
                yield from spans(one)


@given(text=st.text(max_size=40))
@settings(max_examples=30)
def test_html_and_template_are_given_the_same_text(text: str) -> None:
    """Whatever the letters."""
    document = Document("name", "en", "Title", "", (Paragraph((text, Code(text))),))
    assert list(spans(data(document))).count(text) >= 2
    shown = "".join("".join(read(document).texts).split())
    clean = "".join(text.replace("\r", "\n").replace("\0", "").split())
    assert shown.count(clean) >= 2 or "\0" in text
