"""Figures: text that can be read, colours that can be told apart, the same bytes each time."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.reporting import charts
from export.reporting.charts import Dot, Named, Stack

NAMED = Named("f1", "Safe? <b>", "As in the table & below.")
LABELS = st.text(min_size=1, max_size=80).filter(lambda text: text.isprintable() and text.strip())
SVG = "{http://www.w3.org/2000/svg}"


def read(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)


def texts(markup: str) -> str:
    return " ".join("".join(one.itertext()) for one in read(markup).iter(f"{SVG}text"))


def drawings() -> list[str]:
    dot, none = Dot("Stopped", 0.25, 0.16, 0.36, "25%"), Dot("Small", None, None, None, "* not")
    return [
        charts.dots(NAMED, [dot, none, Dot("Known", 0.5, None, None, "50%")], are_shares=True),
        charts.stacks(NAMED, [Stack("Safe", (0.2, None, 0.5))], ["bad", "fair", "good"]),
        charts.pair(
            NAMED, Dot("before", 9, 8, 10, "9.0"), Dot("now", -3, -4, -2, "−3.0"), are_shares=False
        ),
        charts.funnel(NAMED, [("Drawn", 107), ("Met", 90)]),
    ]


@pytest.mark.parametrize("at", range(4))
def test_a_figure_is_an_image_named_and_described(at: int) -> None:
    """Its title and description come first, and what it refers to is its own."""
    root = read(drawings()[at])
    assert root.attrib["role"] == "img"
    title, told = list(root)[:2]
    assert [title.text, told.text] == [NAMED.title, NAMED.told]
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], told.attrib["id"]]
    assert all(one.attrib["id"].startswith("f1-") for one in root.iter() if "id" in one.attrib)


def test_a_figure_is_the_same_each_time() -> None:
    """To the byte, though no two figures of a page share an identifier."""
    assert drawings() == drawings()


def test_a_figure_holds_no_style_of_the_page_nor_what_made_it() -> None:
    """No rule that would hold for the whole page, no name of a program, no time."""
    for markup in drawings():
        assert not {"style", "metadata"} & {one.tag.split("}")[1] for one in read(markup).iter()}
        assert "Matplotlib" not in markup


@settings(max_examples=25)
@given(label=LABELS)
def test_labels_stand_in_a_figure_as_text_whatever_they_hold(label: str) -> None:
    """Markup, formulas, letters of any script: folded, never lost or read as anything else."""
    markup = charts.dots(NAMED, [Dot(label, 0.5, 0.4, 0.6, "50%")], are_shares=True)
    assert "".join(label.split()) in "".join(texts(markup).split())


def test_a_withheld_part_is_marked_and_told_in_the_key() -> None:
    """Only where there is one."""
    withheld = charts.stacks(NAMED, [Stack("Safe", (0.2, None))], ["bad", "good"])
    whole = charts.stacks(NAMED, [Stack("Safe", (0.2, 0.8))], ["bad", "good"])
    assert "not shown" in texts(withheld)
    assert "not shown" not in texts(whole)


@pytest.mark.parametrize("count", range(1, 8))
def test_shades_can_be_told_apart_in_grey(count: int) -> None:
    """Each is darker than the one before, and what is written on it has a contrast of 4.5 or more."""
    light = [charts.luminance(one) for one in charts.shades(count)]
    assert light == sorted(light, reverse=True)
    assert len(set(light)) == count
    for colour in charts.shades(count):
        pair = sorted((charts.luminance(colour), charts.luminance(charts.legible(colour))))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5


@pytest.mark.parametrize("colour", [charts.INK, charts.BLUE, charts.GREY])
def test_what_is_written_or_drawn_on_white_has_contrast(colour: str) -> None:
    """4.5 to 1, as WCAG asks of text."""
    assert 1.05 / (charts.luminance(colour) + 0.05) >= 4.5
