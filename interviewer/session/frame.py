"""A page around a question of questionary's: what is told above it, and the keys under it.

questionary alone shows one line above its choices, cuts long ones, and shows no sign that a list goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import questionary
from prompt_toolkit.application import Application
from prompt_toolkit.filters import Always
from prompt_toolkit.formatted_text import StyleAndTextTuples, to_formatted_text
from prompt_toolkit.layout import Dimension, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.layout.containers import WindowRenderInfo
from prompt_toolkit.layout.margins import ScrollbarMargin
from prompt_toolkit.utils import get_cwidth
from questionary.prompts.common import InquirerControl

from interviewer.screen.page import NARROWEST, wrapped

_POINTER, _INDENT = 3, 5  # columns before a choice, and before the lines it goes on in

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
            _scroll(window, window.content, application)
    top = Window(FormattedTextControl(fragments), height=lambda: Dimension.exact(len(lines())))
    foot = Window(FormattedTextControl([("class:keys", keys)]), height=1)
    focused = application.layout.current_window
    application.layout = Layout(HSplit([top, inner, foot]), focused_element=focused)


def _scroll(window: Window, control: InquirerControl, application: Application[Any]) -> None:
    """Let long choices wrap, indented, and show where a list is that is longer than its window."""
    choices = control.text

    def at_words() -> StyleAndTextTuples:
        columns = application.output.get_size().columns - 1  # the scroll bar takes one
        return broken_at_words(to_formatted_text(choices), columns)

    control.text = at_words
    window.wrap_lines = Always()
    window.get_line_prefix = lambda _line, wraps: " " * _INDENT if wraps else ""
    window.right_margins = [_ScrollBar(display_arrows=True)]


def broken_at_words(fragments: StyleAndTextTuples, columns: int) -> StyleAndTextTuples:
    """Return choices filled with blanks so that a window of so many columns breaks them at spaces.

    A choice stays one line of the window's, which it shows whole when the pointer is on it.
    """
    room, first = columns - _INDENT, columns - _POINTER
    if room < NARROWEST:
        return fragments
    found: StyleAndTextTuples = []
    for style, text, *_handler in fragments:
        if get_cwidth(text) <= first:
            found.append((style, text))
            continue
        lines = wrapped(text, room)
        for n, line in enumerate(lines[:-1]):
            blanks = (room if n else first) - get_cwidth(line)
            found += [(style, line), ("", " " * blanks)]
        found.append((style, lines[-1]))
    return found


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
