"""Write docs/interview.svg: the real screen, on a real question, of a terminal of 80 by 24.

Run it after a change of the screen: `python docs/make_screenshot.py`. The picture names no remote
host: the browser's own monospaced font is used.
"""

from __future__ import annotations

import io
import re
import sys
from datetime import datetime
from itertools import groupby
from pathlib import Path

import pyte
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from interviewer.interview import Interview, begin, give, judge  # noqa: E402
from interviewer.screen import hold  # noqa: E402
from interviewer.scrub import Scrubber  # noqa: E402
from interviewer.sitting import Setting  # noqa: E402
from surveys.check import check  # noqa: E402
from surveys.language import use  # noqa: E402
from surveys.plan import plan  # noqa: E402

INSTRUMENT = ROOT / "surveys" / "instruments" / "assore" / "beneficiaires.yaml"
QUESTION = "onward_steps"
KEYS = "15"  # two steps are picked, so that the picture shows how
COLUMNS, ROWS = 80, 24
INK, PAPER = (34, 34, 34), (252, 252, 250)
THEME = TerminalTheme(
    PAPER,
    INK,
    [INK, (170, 0, 0), (0, 110, 0), (130, 90, 0), (0, 60, 140), (120, 0, 120), (0, 95, 110), INK],
)


def main() -> None:
    """Hold the interview up to the question, and draw what is on the screen there."""
    use("fr")
    loaded = check(INSTRUMENT.read_text(encoding="utf-8"), INSTRUMENT.name)
    if loaded.instrument is None:
        raise SystemExit("the instrument has errors; run souspli check on it")
    interview = _up_to(
        begin(plan(loaded.instrument), datetime(2022, 4, 12, 10), "picture", "fr"), QUESTION
    )
    screen = _seen(interview)
    console = Console(
        width=COLUMNS, record=True, file=io.StringIO(), force_terminal=True, color_system="standard"
    )
    for row in range(ROWS):
        console.print(_line(screen, row), no_wrap=True, overflow="ignore", crop=False)
    svg = console.export_svg(title="Enquête", theme=THEME)
    (ROOT / "docs" / "interview.svg").write_text(_without_hosts(svg), encoding="utf-8")


def _up_to(interview: Interview, name: str) -> Interview:
    """Return the interview at a question, every one before it answered with the first thing it takes."""
    scrubber = Scrubber()
    while (step := interview.current) is not None and step.node.name != name:
        judged = (judge(interview, step, typed, scrubber) for typed in ("1", "04/2020", ""))
        answer = next(found.answer for found in judged if found.answer is not None)
        interview = give(interview, step.node, answer)
    return interview


def _seen(interview: Interview) -> pyte.Screen:
    """Return the terminal as a person sees it at the first question."""
    shown = pyte.Screen(COLUMNS, ROWS)
    with create_pipe_input() as keyboard:

        class Terminal(io.StringIO):
            """Draws what is written, and hangs up once the picture is there."""

            encoding = "utf-8"

            def write(self, text: str) -> int:
                if not keyboard.closed:
                    stream.feed(text)
                return len(text)

            def flush(self) -> None:
                if all(f"[x] {key}" in "\n".join(shown.display) for key in KEYS):
                    keyboard.close()

        stream = pyte.Stream(shown)
        output = Vt100_Output(
            Terminal(), lambda: Size(ROWS, COLUMNS), default_color_depth=ColorDepth.DEPTH_4_BIT
        )
        keyboard.send_text(KEYS)
        hold(interview, Setting("Enquête", Scrubber()), keyboard, output)
    return shown


def _line(screen: pyte.Screen, row: int) -> Text:
    """Return one line of the terminal, one piece of text for each run of one style."""
    cells = [screen.buffer[row][column] for column in range(COLUMNS)]
    line = Text()
    for style, run in groupby(cells, key=_style):
        line.append("".join(cell.data for cell in run), style)
    return line


def _style(cell: pyte.screens.Char) -> str:
    """Return the style of a cell in rich's words."""
    words = {"bold": "bold", "italics": "italic", "underscore": "underline", "reverse": "reverse"}
    style = [word for kind, word in words.items() if getattr(cell, kind)]
    return " ".join([*style, *([cell.fg] if cell.fg != "default" else [])])


def _without_hosts(svg: str) -> str:
    """Return the picture without the font rich would fetch from a content network."""
    local = re.sub(r"@font-face\s*{[^}]*}", "", svg)
    local = local.replace("Fira Code, monospace", "monospace").replace("Fira Code", "monospace")
    return re.sub(r"<!--.*?-->\s*", "", local)


if __name__ == "__main__":
    main()
