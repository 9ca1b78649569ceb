"""The codebook: what it says of each variable, the same in Markdown and as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import polars as pl
import pytest

from export.datasets import codebook, codebook_html
from export.datasets.book import Book, entries
from export.datasets.described import sheets
from export.datasets.frequencies import figures
from export.respondents.table import Tables
from surveys import language
from surveys.check import check, errors

FORM = """
souspli: 1
form:
  id: f
  version: "2"
  title: {fr: Jours}
  languages: {fr: Français (fr)}
  default_language: fr
choices:
  abc:
    - {name: a, label: {fr: "Un <b>&"}}
    - {name: b, label: {fr: Deux}}
    - {name: c, label: {fr: Trois}}
survey:
  - {type: text, name: first_name, label: {fr: Prénom}, keep: never}
  - type: group
    name: part
    label: {fr: "A. Partie"}
    questions:
      - {type: select_one, choices: abc, name: x, label: {fr: Quel X ?}, nonresponse: [refused], identifying: quasi}
      - {type: select_multiple, choices: abc, name: m, label: {fr: Lesquels}, relevant: "${x} = 'a'"}
      - {type: integer, name: age, label: {fr: Âge}, keep: {bands: [18, 40]}}
  - {type: integer, name: days, label: {fr: Jours}}
  - type: repeat
    name: stay
    label: {fr: Séjour}
    questions:
      - {type: integer, name: nights, label: {fr: Nuits}}
"""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The interface speaks English, the questionnaire French."""
    language.use("en")
    yield
    language.use("en")


def book() -> Book:
    """Return 60 rows: 36 a, 20 b, 4 who refused; m was asked of those who said a."""
    loaded = check(FORM, "form.yaml")
    assert loaded.instrument is not None
    assert errors(loaded) == ()
    x = ["a"] * 36 + ["b"] * 20 + [None] * 4
    main = pl.DataFrame(
        {
            "number": range(1, 61),
            "x": x,
            "x__status": [None] * 56 + ["refused"] * 4,
            "m": ["a b", "b"] * 18 + [None] * 24,
            "m__a": [1, 0] * 18 + [None] * 24,
            "m__b": [1] * 36 + [None] * 24,
            "m__c": [0] * 36 + [None] * 24,
            "m__status": [None] * 36 + ["not_asked"] * 24,
            "age": ["18", "40", "-"] * 20,
            "days": range(60),
        }
    )
    stays = pl.DataFrame({"number": [1] * 20, "stay": range(20), "nights": [3] * 20})
    made = sheets(loaded.instrument, Tables(main, {"stay": stays}, {"number": "number"}), "fr")
    return Book(loaded.instrument, made, "en", True, figures([made], 11))


def test_markdown_says_what_is_asked_what_is_kept_and_how_often() -> None:
    """Labels are the questionnaire's, sentences the interface's; a number of a few is a mark."""
    told = codebook.written(book()).decode()
    assert told.startswith("# Codebook: Jours\n\n**SIMULATED DATA")
    part = told.partition("### `x`")[2].partition("###")[0]
    assert part.strip().splitlines() == [
        "A1. Quel X ?",
        "",
        "- section: A. Partie",
        "- type: one of a list",
        "- can help to recognise a person",
        "- rows with a value: *",
        "- `a`: Un <b>& – 36 rows",
        "- `b`: Deux – * rows",
        "- `c`: Trois – 0 rows",
        "- `refused`: the person refused to answer – * rows",
    ]
    assert "- `first_name`: Prénom (nothing is kept)" in told
    assert "- lower quartile 14, median 29, upper quartile 44" in told


def test_routing_is_said_in_words_by_the_number_of_the_question() -> None:
    """In the questionnaire's language, as its paper has it."""
    told = codebook.written(book()).decode()
    assert "- asked: si A1 est « Un <b>& »" in told.replace("\u00a0", " ").replace("\u202f", " ")


def test_choices_of_several_have_the_count_of_their_column() -> None:
    """And its name."""
    told = codebook.written(book()).decode()
    assert "- `a`: Un <b>& (`m__a` is 1 where it was chosen, else 0) – 18 rows, 50%" in told
    assert "- `c`: Trois (`m__c` is 1 where it was chosen, else 0) – 0 rows, 0%" in told


def test_a_table_of_few_people_is_described_and_not_counted() -> None:
    """Its variables are there, without a number."""
    told = codebook.written(book()).decode().partition("table `stay`")[2]
    assert "`number` says of whom, `stay` which time" in told
    assert "fewer than 11 people: nothing is counted" in told
    assert "20" not in told.partition("## ")[0].replace("2022", "")


def test_without_figures_nothing_is_counted() -> None:
    """Nor is it said what counts mean."""
    told = codebook.written(replace(book(), figures=None)).decode()
    assert " rows" not in told
    assert "Not told, and marked" not in told


def test_numbers_of_spss_and_stata_stand_beside_values() -> None:
    """Where there are files for them, and where they are not the name itself."""
    made = replace(book(), is_coded=True)
    values = {one.name: one.values for one in entries(made, made.sheets[0])}
    assert [(one.name, one.number) for one in values["x"]] == [("a", "1"), ("b", "2"), ("c", "3")]
    assert [one.number for one in values["m"]] == ["", "", ""]
    assert "- `a` " not in codebook.written(made).decode()
    assert "- `a`: Un <b>& (1) – 36 rows" in codebook.written(made).decode()


def test_versions_are_named_where_not_all_ask_it() -> None:
    """What changed stands at the end."""
    asked = {"x": ("1", "2"), "days": ("2",)}
    told = codebook.written(replace(book(), asked_in=asked, changes=("days: new",))).decode()
    assert told.count("asked in versions: 2") == 1
    assert told.endswith("What changed between versions of the questionnaire\n\n- days: new\n\n")


# --- the page -------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """Reads a page: every element closed, headings and ids in order, what it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in {"meta", "br", "wbr"}:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        self.ids += [one for one in [given.get("id")] if one]
        self.links += [one for one in [given.get("href")] if one]
        self.loads += [tag] if tag in {"script", "link", "img", "iframe"} or "src" in given else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page_of(made: Book) -> _Page:
    found = _Page()
    found.feed(codebook_html.written(made).decode())
    found.close()
    return found


def test_a_page_is_well_formed_and_loads_nothing() -> None:
    """Headings go down by one, ids are unique, links stay on the page and find what they name."""
    found = page_of(book())
    assert found.open == []
    assert found.loads == []
    assert len(found.ids) == len(set(found.ids))
    assert {f"#{one}" for one in found.ids} == set(found.links)
    levels = [int(one[1]) for one in found.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_page_and_markdown_tell_the_same_numbers() -> None:
    """A label is never read as markup, and each variable is there."""
    made = book()
    words = "".join(page_of(made).words)
    assert "Un <b>&" in words
    for one in entries(made, made.sheets[0]):
        assert one.name in words
    numbers = re.findall(r"rows with a value: (\S+)", codebook.written(made).decode())
    assert re.findall(r"rows with a value: (\d+|\*)", words) == numbers


def test_bars_are_drawn_of_told_shares_alone() -> None:
    """None betrays a number that is withheld."""
    page = codebook_html.written(book()).decode()
    article = page.partition('id="v-x"')[2].partition("</article>")[0]
    assert "width:" not in article
    several = page.partition('id="v-m"')[2].partition("</article>")[0]
    assert re.findall(r"width:(\d+%)", several) == ["50%", "100%", "0%"]


def test_the_language_of_the_questionnaire_is_marked() -> None:
    """A screen reader speaks it in French within an English page."""
    page = codebook_html.written(book()).decode()
    assert '<html lang="en">' in page
    assert '<p lang="fr" dir="auto"><span class="number">A1</span>Quel X ?</p>' in page


def test_the_same_dataset_gives_the_same_page() -> None:
    """No clock, no chance."""
    assert codebook_html.written(book()) == codebook_html.written(book())
