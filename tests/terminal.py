"""A terminal without a person: a process on a pseudo-terminal, and what can be read on its screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pexpect
import pyte

from tests.typist import PAGE_DOWN

FRAME = b"\x1b[?25h"  # the last thing written of a screen: the cursor is shown again
LEFT = b"\x1b[?1049l"
PROGRESS = re.compile(r"(\d+/\d+) *$")
MARK = re.compile(r"page (\d+)/(\d+) · ")


class Emulator(pyte.HistoryScreen):
    """A terminal with a scrollback, and with the alternate screen that pyte leaves out.

    A terminal does not add to the scrollback from the alternate screen; this one would, so that a
    screen that scrolled would be seen.
    """

    main: Any = None
    is_alternate = False
    # The class's own scrolls down before each character; here nobody scrolls up.
    __getattribute__ = object.__getattribute__

    def set_mode(self, *modes: int, **keywords: Any) -> None:
        """Enter the alternate screen, or any other mode."""
        if keywords.get("private") and 1049 in modes:
            lines = {y: dict(line) for y, line in self.buffer.items()}
            self.main = (lines, self.cursor.y, self.cursor.x)
            self.erase_in_display(2)
            self.is_alternate = True
        super().set_mode(*modes, **keywords)

    def reset_mode(self, *modes: int, **keywords: Any) -> None:
        """Leave the alternate screen, or any other mode."""
        super().reset_mode(*modes, **keywords)
        if keywords.get("private") and 1049 in modes:
            self.erase_in_display(2)
            lines, self.cursor.y, self.cursor.x = self.main
            for y, line in lines.items():
                self.buffer[y].update(line)
            self.dirty.update(range(self.lines))
            self.is_alternate = False


class Terminal:
    """A child on a pseudo-terminal, read one whole screen at a time."""

    def __init__(
        self, command: list[str], columns: int, rows: int, environment: Mapping[str, str]
    ) -> None:
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            command[0],
            command[1:],
            env=dict(environment),
            dimensions=(rows, columns),
            timeout=60,
        )
        self.child.delaybeforesend = None
        self.emulator = Emulator(columns, rows, history=10_000)
        self.stream = pyte.ByteStream(self.emulator)
        self.shown: dict[int, str] = {}
        self.unread = b""

    def lines(self) -> list[str]:
        """Return the lines on the screen; only those that changed are read anew."""
        for y in self.emulator.dirty:
            self.shown[y] = self.text(self.emulator.buffer[y])
        self.emulator.dirty.clear()
        return [self.shown[y] for y in range(self.emulator.lines)]

    def text(self, line: Any) -> str:
        """Return one line of the emulator."""
        return "".join(line[x].data for x in range(self.emulator.columns)).rstrip()

    def until(self, is_there: Callable[[list[str]], bool]) -> list[str]:
        """Return the first screen of an interview, wholly written, that has something."""
        while True:
            self.read_to(FRAME)
            lines = self.lines()
            if self.emulator.is_alternate and lines[-1] and is_there(lines):
                return lines

    def read_to(self, mark: bytes) -> None:
        """Show what the child writes, as far as a mark."""
        while mark not in self.unread:
            self.unread += self.child.read_nonblocking(65536, timeout=60)
        written, found, self.unread = self.unread.partition(mark)
        self.stream.feed(written + found)

    def pages(self, lines: list[str]) -> list[list[str]]:
        """Return this screen and those that PageDown leads to."""
        found = [lines]
        while mark := MARK.search("\n".join(found[-1])):
            page, pages = int(mark[1]), int(mark[2])
            if page == pages:
                break
            self.child.send(PAGE_DOWN)
            found.append(self.until(marked(page + 1)))
        return found

    def finish(self) -> list[str]:
        """Return every line the terminal holds once the child has ended: scrollback and screen."""
        self.stream.feed(self.unread + self.child.read())
        self.child.close()
        history = self.emulator.history
        above = [self.text(line) for line in (*history.top, *history.bottom)]
        return [line for line in (*above, *self.lines()) if line]


def marked(page: int) -> Callable[[list[str]], bool]:
    """Return whether a screen is this page of several, as a function of its lines."""
    return lambda lines: bool((mark := MARK.search("\n".join(lines))) and int(mark[1]) == page)


def progress(lines: list[str]) -> str:
    """Return “12/345” of line 1; '' on a page that is no question."""
    found = PROGRESS.search(lines[0])
    return found[1] if found else ""


def is_silent(lines: list[str]) -> bool:
    """Whether nothing is said to be wrong."""
    return not any(line.startswith("! ") for line in lines)


# --- what can be read -------------------------------------------------------------------------------


def squeezed(text: str) -> str:
    """Return a text without its blanks, and so without its line breaks."""
    return "".join(text.split())


def is_read(text: str, pages: list[list[str]]) -> bool:
    """Whether a text stands whole on one page, or its words follow each other over the pages."""
    if any(squeezed(text) in squeezed(" ".join(page)) for page in pages):
        return True
    written = iter(word for page in pages for line in page for word in line.split())
    return all(word in written for word in text.split())
