"""What scrubbing takes out of a free text, and what it cannot.

Replaced by a mark: telephone numbers, e-mail addresses (typed or spoken), web addresses and handles,
national and bank numbers and any run of nine digits or more, full dates and months with a year, the
names on the study's list, and names that follow a title, a role or "appelle".

Kept on purpose: quantities, ages, prices, bare years, bare months, durations, postcodes, short
public numbers (15, 115, 3919).

**Not found: a first name, nickname or street on its own, numbers and dates written in words, a name in
lower case after a role.** No list of names would tell Rose from a rose. The interviewer is shown the
result before it is kept and takes out the rest; a scrubbed text is still personal data.

Erring is on the side of taking out: "10 12 15 20 25" may be a telephone number, so it goes.

`patterns.py` holds what numbers, dates, addresses and titles look like, `names.py` the list
of the study, `folded.py` the one spelling both look in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from interviewer.scrub.folded import folded, plain
from interviewer.scrub.names import index, look_for_names
from interviewer.scrub.patterns import KINDS, Kind, look_for

LIMIT = 4_000  # characters read; a text is one answer typed on one line, 500 by default
_TAIL = 200  # a number or a name cut in two by LIMIT is shorter than this

_FRENCH = dict(
    zip(KINDS, ("[téléphone]", "[courriel]", "[numéro]", "[date]", "[nom]"), strict=True)
)
_ENGLISH = dict(zip(KINDS, ("[phone]", "[email]", "[number]", "[date]", "[name]"), strict=True))
_EVERY_MARK = frozenset({*_FRENCH.values(), *_ENGLISH.values()})
_LONGEST_MARK = max(map(len, _EVERY_MARK))

_Span = tuple[int, int, Kind]


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A text with marks in place of what identifies, and how many of each kind were put in."""

    text: str = field(repr=False)
    found: tuple[tuple[Kind, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Scrubber:
    """What to look for. `words` are the study's names of hotels and staff, as people write them.

    `language` is the questionnaire's, for the marks: French, or English for any other; `region` is the
    country whose telephone numbers are written without a country code.
    """

    words: tuple[str, ...] = field(default=(), repr=False)
    language: str = "fr"
    region: str = "FR"

    def scrub(self, text: str) -> Scrubbed:
        """Return the text in NFC with a mark in place of each identifying passage.

        Characters of no width go, control characters become spaces. Beyond LIMIT nothing is read; what
        was cut there loses its last _TAIL characters, for they may be half a telephone number.
        Scrubbing twice changes nothing more.
        """
        found: Counter[Kind] = Counter()
        kept = self._settled(plain(text[:LIMIT]), found)
        if len(text) > LIMIT or len(kept) > LIMIT:
            kept = self._settled(cut(kept, max(0, min(len(kept), LIMIT) - _TAIL)), found)
        return Scrubbed(kept, tuple((kind, found[kind]) for kind in KINDS if found[kind]))

    def _settled(self, text: str, found: Counter[Kind]) -> str:
        """Return the text once nothing more is found in it; each round leaves fewer characters to read."""
        count = -1
        while count != found.total():
            count = found.total()
            text = "".join(
                piece if is_mark else self._replaced(piece, found)
                for piece, is_mark in _pieces(text)
            )
        return text

    def _replaced(self, text: str, found: Counter[Kind]) -> str:
        marks = _FRENCH if self.language == "fr" else _ENGLISH
        view = folded(text)
        spans = [*look_for(view.text, self.region), *look_for_names(view.text, index(self.words))]
        kept, done = [], 0
        for start, end, kind in _merged(
            (*view.in_the_original(start, end), kind) for start, end, kind in spans
        ):
            kept += [text[done:start], marks[kind]]
            done = end
            found[kind] += 1
        return "".join([*kept, text[done:]])


def cut(text: str, length: int) -> str:
    """Return at most `length` characters of a scrubbed text, without half a mark at the end."""
    if len(text) <= length:
        return text
    opening = text.rfind("[", max(0, length - _LONGEST_MARK), length)
    is_halved = opening >= 0 and any(
        text.startswith(mark, opening) and opening + len(mark) > length for mark in _EVERY_MARK
    )
    return text[: opening if is_halved else length]


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield (piece, whether it is a mark), so that a mark is never read as text."""
    done = opening = 0
    while (opening := text.find("[", opening)) >= 0:
        mark = text[opening : text.find("]", opening) + 1]
        if mark in _EVERY_MARK:
            yield text[done:opening], False
            yield mark, True
            done = opening + len(mark)
        opening += 1
    yield text[done:], False


def _merged(spans: Iterable[_Span]) -> list[_Span]:
    """Return the spans in order, those that overlap as one, of the kind that was looked for first."""
    ranked = sorted((start, end, rank, kind) for rank, (start, end, kind) in enumerate(spans))
    merged: list[tuple[int, int, int, Kind]] = []
    for start, end, rank, kind in ranked:
        if merged and start < merged[-1][1]:
            before = merged.pop()
            best = min(before[2:], (rank, kind))
            merged.append((before[0], max(before[1], end), *best))
        else:
            merged.append((start, end, rank, kind))
    return [(start, end, kind) for start, end, _rank, kind in merged]
