"""A page around a question of questionary's: what is told above it, and the keys under it.

questionary alone shows one line above its choices, cuts long ones, and shows no sign that a list goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import questionary
from prompt_toolkit.application import Application
from prompt_toolkit.filters import Always
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import Dimension, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.layout.containers import WindowRenderInfo
from prompt_toolkit.layout.margins import ScrollbarMargin
from questionary.prompts.common import InquirerControl

from interviewer.screen.page import NARROWEST, wrapped

# Weight, underline and reverse: never a colour alone.
STYLE = questionary.Style(
    [
        ("heading", "reverse"),
        ("keys", "reverse"),
        ("body", ""),
        ("question", "bold"),
        ("pointer", "bold"),
        ("highlighted", "bold underline"),
        ("selected", "bold underline"),
        ("separator", "italic"),
        ("validation-toolbar", "bold"),
    ]
)


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """What is told above a question: a heading, and lines under it."""

    heading: str
    body: tuple[str, ...] = ()


def dress(application: Application[Any], page: Page, keys: str, room: int) -> None:
    """Put the page above a question and the keys under it, and let long choices wrap and scroll."""

    def lines() -> list[tuple[str, str]]:
        size = application.output.get_size()
        width = max(NARROWEST, size.columns - 1)
        heading = [("class:heading", line) for line in wrapped(page.heading, width)]
        body = [("class:body", line) for text in page.body for line in wrapped(text, width)]
        written = [*heading, *body]
        fits = max(1, size.rows - room)
        return written if len(written) <= fits else [*written[: fits - 1], ("class:body", "…")]

    def fragments() -> StyleAndTextTuples:
        written: StyleAndTextTuples = []
        for line in lines():
            written += [line, ("", "\n")]
        return written[:-1]

    inner = application.layout.container
    for window in application.layout.find_all_windows():
        if isinstance(window.content, InquirerControl):
            _scroll(window)
    top = Window(FormattedTextControl(fragments), height=lambda: Dimension.exact(len(lines())))
    foot = Window(FormattedTextControl([("class:keys", keys)]), height=1)
    focused = application.layout.current_window
    application.layout = Layout(HSplit([top, inner, foot]), focused_element=focused)


def _scroll(window: Window) -> None:
    """Let long choices wrap, indented, and show where a list is that is longer than its window."""
    window.wrap_lines = Always()
    window.get_line_prefix = lambda _line, wraps: "     " if wraps else ""
    window.right_margins = [_ScrollBar(display_arrows=True)]


class _ScrollBar(ScrollbarMargin):
    """A scroll bar that is blank where everything is shown, from the first drawing on."""

    def create_margin(
        self, window_render_info: WindowRenderInfo, width: int, height: int
    ) -> StyleAndTextTuples:
        """Return the bar, or nothing."""
        rows = map(window_render_info.get_height_for_line, range(window_render_info.content_height))
        if sum(rows) <= window_render_info.window_height:
            return []
        return super().create_margin(window_render_info, width, height)
