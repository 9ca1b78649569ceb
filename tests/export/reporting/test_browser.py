"""The page of a report in a browser: headless Chromium, judged by axe-core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from export.reporting.report import Report
from export.response.html import About, html

Judged = list[dict[str, Any]]


def test_no_rule_of_axe_is_broken_and_nothing_is_said_or_fetched(
    pages: Mapping[str, bytes], tmp_path: Path, axe: Callable[..., Judged]
) -> None:
    """In both languages, on a telephone and a desk; nor is it wider than the screen."""
    for language, page in pages.items():
        (tmp_path / f"{language}.html").write_bytes(page)
    found = axe(tmp_path / "en.html", tmp_path / "fr.html")
    assert [one["violations"] for one in found] == [[]] * 4
    assert [one["said"] + one["asked"] for one in found] == [[]] * 4
    assert [(one["overflow"], one["scripts"]) for one in found] == [(0, 0)] * 4
    assert all(one["passes"] > 20 for one in found)  # or nothing was judged


def test_the_page_of_progress_is_held_to_the_same(
    report_of: Callable[..., Report], english: None, tmp_path: Path, axe: Callable[..., Judged]
) -> None:
    """It is shown around before there is a report."""
    about = About("Small", "people", "2022-06-01", "en", True, 11)
    page = tmp_path / "progress.html"
    page.write_bytes(html(report_of(has_staff=False).progress, about, ("week",)))
    found = axe(page)
    assert [one["violations"] for one in found] == [[]] * 2
    assert [(one["said"], one["asked"], one["overflow"]) for one in found] == [([], [], 0)] * 2


def test_what_is_wrong_would_be_found(tmp_path: Path, axe: Callable[..., Judged]) -> None:
    """A page without a language or titles, that speaks to a console and asks for a picture, is refused."""
    page = tmp_path / "wrong.html"
    page.write_text(
        "<!DOCTYPE html><html><body><img src='http://127.0.0.1:9/a.png'>"
        "<p style='color:#ccc'>pale</p><div style='width:3000px'>wide</div>"
        "<script>console.log('said')</script></body></html>",
        "utf-8",
    )
    (found,) = axe(page, widths=(390,))
    assert {"html-has-lang", "document-title", "image-alt", "color-contrast"} <= {
        one["id"] for one in found["violations"]
    }
    assert "said" in found["said"]
    assert found["asked"] == ["http://127.0.0.1:9/a.png"]
    assert (found["overflow"] > 0, found["scripts"]) == (True, 1)
