"""The interview's screen: one full-screen application for the whole interview.

Read `keys.py` (which key does what), `typed.py` (the line being typed), `entries.py` (the codes on
offer), `view.py` (what is looked at: a frozen value), `strokes.py` (what a key makes of it),
`sheet.py` (a view in words), `page.py` (words laid out on a terminal), `terminal.py` (the edge).
"""

from interviewer.screen.terminal import STYLE, hold

__all__ = ["STYLE", "hold"]
