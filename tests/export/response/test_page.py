"""A progress as it is read: on eighty columns, on a page, as JSON; no case, nothing that steers."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO

import pytest
from rich.console import Console

from export.drawing.sample import DrawnCase
from export.response.as_json import progress_json
from export.response.html import About, html
from export.response.page import print_progress
from export.response.progress import DIMENSIONS, Dimension, Progress, progress
from export.study import StudyInstrument
from interviewer.record import Attempt, Record

pytestmark = pytest.mark.usefixtures("english")

Made = Callable[..., Record]
Drawn = Callable[..., dict[str, DrawnCase]]
ABOUT = About("Small <study> & co", "plain", "2022-05-01", "en", is_simulated=True, threshold=11)
LONG, HOSTILE = "W" * 64, "\x1b[2J\u202e<b>I1"


def shown(found: Progress, *by: Dimension) -> str:
    text = StringIO()
    console = Console(file=text, width=80, markup=False, highlight=False)
    print_progress(console, found, by or DIMENSIONS)
    return text.getvalue()


@pytest.fixture(scope="module")
def many(
    about_people: StudyInstrument, made: Made, closed: Made, drawn: Drawn
) -> tuple[Progress, dict[str, DrawnCase]]:
    """Ninety cases of four strata, by four interviewers, two with names made to do harm."""
    chance = random.Random(5)
    sample = drawn((80, 40, 6), (60, 30, 2), (30, 10, 0), (20, 10, 3))
    sample["B31"] = replace(sample["B31"], is_released=True, batch=1)
    records = []
    for case in sample:
        visit = Attempt(f"2022-04-{chance.randint(11, 28)}", "evening", "2.25")
        around = {
            "interviewer": chance.choice(["I01", "I02", LONG, HOSTILE]),
            "week": f"2022-W{chance.randint(14, 17)}",
            "attempts": (visit,) * chance.randint(0, 2),
        }
        if chance.random() < 0.6:
            records.append(
                made(case, **around, comments={"days": "xcanary"}, answers={"days": "29"})
            )
        elif chance.random() < 0.8:
            records.append(closed(case, chance.choice(["2.112", "2.25", "4.10", "3.18"]), **around))
    return progress(about_people, records, sample, 3), sample


def test_the_terminal_fits_eighty_columns_and_nothing_steers_it(
    many: tuple[Progress, dict[str, DrawnCase]],
) -> None:
    """Whatever an interviewer is called."""
    text = shown(many[0])
    assert max(map(len, text.splitlines())) <= 80
    assert not {"\x1b", "\u202e"} & set(text)
    assert "batch 1: 1 case released" in text
    assert "Response (RR)" in text


def test_no_case_and_no_answer_is_told_anywhere(
    many: tuple[Progress, dict[str, DrawnCase]],
) -> None:
    """On the terminal, on the page, in JSON."""
    found, sample = many
    page = html(found, ABOUT, DIMENSIONS).decode("utf-8")
    body = page.partition("</style>")[2]
    for text in (shown(found), body, json.dumps(progress_json(found))):
        assert "xcanary" not in text
        assert not [case for case in sample if re.search(rf"\b{case}\b", text)]


class Reader(HTMLParser):
    """Reads a page as a browser would: every tag closed in order, the text apart."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"th", "td"} & set(self.open):
            self.rows[-1][-1] += data
        if "style" not in self.open:
            self.text += data


def read(page: bytes) -> Reader:
    reader = Reader()
    reader.feed(page.decode("utf-8"))
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_is_whole_asks_for_nothing_and_escapes_what_others_wrote(
    many: tuple[Progress, dict[str, DrawnCase]],
) -> None:
    """No script, no address; every row has as many cells as its head, and a name to be read aloud by."""
    page = html(many[0], ABOUT, DIMENSIONS)
    reader = read(page)
    assert not re.search(rb"<script|<b>|https?:|url\(|src=|href=|@import", page)
    assert {"\x1b", "\u202e"} & set(page.decode("utf-8")) == set()
    assert "Small <study> & co" in reader.text
    assert "SIMULATED" in reader.text
    assert ("lang", "en") in reader.attributes
    assert [value for name, value in reader.attributes if name == "scope"].count("row") > 20
    heads = [at for at, row in enumerate(reader.rows) if row[0] in {"outcome", "rate", "week"}]
    for at in heads:
        assert len(reader.rows[at]) == len(reader.rows[at + 1])
    assert "" not in [row[0] for row in reader.rows]


def test_no_group_on_the_page_is_smaller_than_the_threshold(
    many: tuple[Progress, dict[str, DrawnCase]],
) -> None:
    """Groups of fewer respondents stand together; codes of outcomes and what is rare are left out."""
    found = many[0]
    assert min(one.respondents for one in found.groups["stratum"]) < 11
    reader = read(html(found, ABOUT, DIMENSIONS))
    at = next(n for n, row in enumerate(reader.rows) if row[:1] == ["stratum"])
    rows = reader.rows[at + 1 : reader.rows.index(["interviewer", *reader.rows[at][1:]])]
    assert any(" to " in row[0] for row in rows)
    assert all(int(row[2]) >= 11 for row in rows)
    assert sum(int(row[2]) for row in rows) == found.whole.respondents
    assert "2.112" not in reader.text
    none = read(html(found, replace(ABOUT, threshold=500), DIMENSIONS)).text
    assert none.count("fewer than 500 respondents: nothing is shown by group") == 4


def test_without_a_sample_nothing_is_called_a_rate(
    about_people: StudyInstrument, made: Made, closed: Made
) -> None:
    """Neither on the terminal nor on the page; both say why."""
    found = progress(about_people, [made("A1"), closed("A2", "2.112")], None, 3)
    for text in (shown(found), read(html(found, ABOUT, DIMENSIONS)).text):
        assert "nothing was drawn for it" in text
        assert "RR1" not in text


def test_a_study_that_has_not_begun_can_be_shown(
    about_people: StudyInstrument, drawn: Drawn
) -> None:
    """Everybody is unknown; a dash stands where nothing is divided."""
    found = progress(about_people, [], drawn((50, 6, 0)), 3)
    told = " ".join(shown(found).split())
    assert "6 without any record" in told
    assert "6 cases have no record here" in told
    assert "–" in read(html(found, ABOUT, ["week"])).text
    nothing = progress(about_people, [], None, 3)
    assert "0 cases collected" in shown(nothing)
    assert "0 cases collected" in read(html(nothing, ABOUT, ["week"])).text


def test_json_has_every_rate_of_every_group(many: tuple[Progress, dict[str, DrawnCase]]) -> None:
    """And the lines that the terminal cuts or folds together."""
    told = json.loads(json.dumps(progress_json(many[0])))
    assert set(told["by"]) == set(DIMENSIONS)
    assert len(told["rates"]) == len(told["weighted_rates"]) == 16
    assert all(len(group["rates"]) == 16 for groups in told["by"].values() for group in groups)
    assert told["by"]["week"][-1]["name"] is None
    assert told["so_far"][-1]["RR2"] == told["rates"]["RR2"]
    assert told["reserve"] == {"1": 6, "2": 1, "3": 0, "4": 3}
