"""The certificate as a page: it says what was drawn, names nobody, and asks nothing of a network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from export.drawing import steps
from export.drawing.certificate import certificate, circumstances
from export.drawing.draw import draw
from export.drawing.drawn import BY_STRATUM, Design, Unit
from export.drawing.frame import from_units
from export.drawing.page import page
from export.drawing.table import Columns
from export.study import Study
from surveys import language

NewStudy = Callable[..., Study]
NOW = datetime(2022, 4, 1, 12, 30, tzinfo=UTC)
FORM = """souspli: 1
form: {id: small, version: '1', title: Small}
survey:
  - {type: integer, name: days, label: Days, keep: as_given}
"""
SALT = bytes(range(32))
FRAME = from_units(Unit(f"Q{at:03}", f"zone-é{at % 7}", f"hôtel-{at % 14:02}") for at in range(140))
STRATIFIED = Design(method="stratified", announced="tirage du 4 décembre", size=13, reserve=7)
CLUSTERS = Design(method="clusters", announced="dice", size=5, reserve=1)
DESIGNS = [
    Design(method="simple", announced="dice", size=20, reserve=3),
    STRATIFIED,
    replace(STRATIFIED, allocation="equal", least=2, most=9, size=20),
    Design(method="systematic", announced="dice", size=14),
    CLUSTERS,
    replace(CLUSTERS, method="two_stages", take=3),
]
VOID = {"meta"}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGUAGE", "en")
    yield
    language.use("en")


class Read(HTMLParser):
    """Reads a page; `open_` is what is not closed, `strays` what was closed and not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open_: list[str] = []
        self.strays: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open_.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open_ and self.open_[-1] == tag:
            self.open_.pop()
        else:
            self.strays.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def made(
    study: Study, design: Design = STRATIFIED, beacon: str = "4 8 15", proof: str = "a letter"
) -> tuple[str, dict[str, Any]]:
    """Return the page of a draw, and its certificate."""
    drawn = draw(FRAME, SALT, design, beacon)
    certified = certificate(drawn, SALT, proof, "ab" * 32)
    return page(drawn, certified, study).decode("utf-8"), certified


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_it_is_sound_html_that_asks_nothing_of_a_network(new_study: NewStudy, spoken: str) -> None:
    """Every element is closed, the language is said, nothing is fetched, headings of tables have a scope."""
    language.use(spoken)
    study = new_study(FORM)
    for design in DESIGNS:
        _is_sound(made(study, design)[0], spoken)


def _is_sound(text: str, spoken: str) -> None:
    found = Read(text)
    assert (found.open_, found.strays) == ([], [])
    assert dict(found.tags)["html"] == {"lang": spoken}
    assert not any({"src", "href"} & attributes.keys() for _tag, attributes in found.tags)
    assert not re.search(r"https?:|url\(|@import", text)
    assert "default-src 'none'" in text
    assert all("scope" in attributes for tag, attributes in found.tags if tag == "th")
    levels = [tag for tag, _attributes in found.tags if re.fullmatch(r"h\d", tag)]
    assert levels == ["h1", *["h2"] * (len(levels) - 1)]


def test_it_names_no_unit_no_stratum_and_no_cluster(new_study: NewStudy) -> None:
    """It can be published."""
    study = new_study(FORM)
    codes = [*FRAME.ids, *FRAME.strata, *(code for _place, code in FRAME.clusters)]
    for design in DESIGNS:
        text, _certified = made(study, design)
        assert [code for code in codes if code in text] == []


def test_it_has_every_hash_and_number_of_the_certificate(new_study: NewStudy) -> None:
    """Commitment, seed, fingerprints, randomness and proof; strata with N_h and n_h."""
    keys = "commitment seed frame_hash design_hash selection_hash sample_hash beacon proof".split()
    study = new_study(FORM)
    for design in DESIGNS:
        text, certified = made(study, design)
        assert [key for key in keys if certified[key] not in text] == []
        assert design.announced in text
        for stratum in certified["strata"] if design.method in BY_STRATUM else ():
            row = rf"<tr><th scope=\"row\">{stratum['stratum']}</th><td>{stratum['N_h']}</td>"
            assert re.search(rf"{row}<td>{stratum['n_h']}</td>", text)


def test_it_begins_with_what_was_drawn(new_study: NewStudy) -> None:
    """In a sentence, counted."""
    text, _certified = made(new_study(FORM))
    drawn = "13 people were drawn of 140, at random within 6 strata. 7 more people are in reserve."
    assert drawn in text
    assert "1 stratum of the list was merged into another" in text


def test_what_others_wrote_is_text_and_nothing_else(new_study: NewStudy) -> None:
    """Markup in the announcement, the proof or the randomness shows as it was written."""
    hostile = '"><script>alert(1)</script>&amp;'
    text, _certified = made(
        new_study(FORM), replace(STRATIFIED, announced=hostile), hostile, hostile
    )
    found = Read(text)
    assert "script" not in {tag for tag, _attributes in found.tags}
    assert found.text.count(hostile) == 3


def test_a_draw_without_proof_says_so(new_study: NewStudy) -> None:
    """Nothing else on the page can stand for it."""
    assert "none was given" in made(new_study(FORM), proof="")[0]


def test_of_a_practice_study_it_says_that_it_is_simulated(new_study: NewStudy) -> None:
    """As the other pages do; that of a real one does not."""
    study = new_study(FORM)
    told = "SIMULATED: this is a practice study"
    assert [told in made(replace(study, is_practice=is_it))[0] for is_it in (True, False)] == [
        True,
        False,
    ]


def test_what_would_turn_the_text_around_is_not_on_it(new_study: NewStudy) -> None:
    """Marks of direction in title, announcement, proof or randomness show as a question mark."""
    turned = "1 December\u202e12\x07"
    study = replace(new_study(FORM), title={"en": turned})
    text, _certified = made(study, replace(STRATIFIED, announced=turned), turned, turned)
    assert not re.search("[\u202e\x07]", text)
    assert text.count("1 December?12?") == 5  # the title stands twice


def test_it_has_both_days_and_the_whole_command(new_study: NewStudy) -> None:
    """With the columns the list was read by, quoted as a shell wants them."""
    drawn = draw(FRAME, SALT, STRATIFIED, "4 8 15")
    columns = Columns("code", "hotel", drop=("last name", "<b>"), sheet="List")
    more = circumstances(columns, "2022-12-01T09:00:00+00:00", "2022-12-04T21:15:00+00:00")
    certified = certificate(drawn, SALT, "a letter", "ab" * 32) | more
    text = Read(page(drawn, certified, new_study(FORM)).decode("utf-8")).text
    assert text.index("2022-12-01 (UTC") < text.index("2022-12-04 (UTC")
    wanted = "--salt salt --id code --stratum hotel --drop 'last name' --drop '<b>' --sheet List"
    assert f"souspli draw LIST --verify certificate.json {wanted}" in text


def test_it_is_written_beside_the_certificate(new_study: NewStudy) -> None:
    """By the draw itself, for anybody to read."""
    study = new_study(FORM)
    steps.commit(study, FRAME, STRATIFIED, NOW)
    drawn = steps.conclude(study, FRAME, "4 8 15", "a letter", NOW)
    path = study.draw / "certificate.html"
    assert drawn.seed.hex() in path.read_text("utf-8")
