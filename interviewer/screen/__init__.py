"""The interview's screen: one full-screen application for the whole interview.

Read `keys.py` (which key does what), `typed.py` (the line being typed), `entries.py` (the codes on
offer), `sift.py` (a list sifted by letters), `view.py` (what is looked at: a frozen value),
`items.py` and `listing.py` (the questions as a list, and going to one), `cover.py` (pause, lock, stop,
erase), `azerty.py` (a keyboard whose digits need Shift), `strokes.py` (what a key makes of a view),
`sheet.py` and `around.py` (a view in words: a question, every other page), `page.py` (words laid out
on a terminal), `secret.py` (a passphrase typed unseen), `terminal.py` (the edge).
"""

from interviewer.screen.terminal import STYLE, hold

__all__ = ["STYLE", "hold"]
