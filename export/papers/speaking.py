"""The sentences of a document, in its language, whatever the interface speaks.

Each sentence stands in French and in English side by side where it is used, so that the two documents
say the same in the same order. French typography is seen to here: no-break spaces before high
punctuation, inside quotation marks, in numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter

from export.days import in_words
from export.papers.parts import Code, Language, Line, Mark, Span

_SPACE = "\u00a0"
_HIGH = re.compile(r" (?=[:;!?%»])|(?<=«) |(?<=\d) (?=\d{3}\b)|(?<=\bn°) ")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says in one language what is written in both."""

    language: Language

    def __call__(self, french: str, english: str, **holes: Span | Line) -> Line:
        """Return a sentence, its {holes} filled; what fills them may hold marks."""
        spans: list[Span] = []
        for text, hole, _format, _conversion in Formatter().parse(self.word(french, english)):
            if text:
                spans.append(text)
            if hole is not None:
                filling = holes[hole]
                spans.extend(filling if isinstance(filling, tuple) else (filling,))
        return self._joined(spans)

    def word(self, french: str, english: str) -> str:
        """Return a title or a word."""
        return self._spaced(french) if self.language == "fr" else english

    def own(self, text: str) -> Line:
        """Return what others wrote, on one line."""
        return (self._spaced(" ".join(text.split())),)

    def todo(self, french: str, english: str, key: str = "") -> Line:
        """Return the mark that a person must complete something.

        `key` is its place in study.yaml, which the list of what is left names, not the text.
        """
        what = self.word(french, english)
        place = self.word(f" (study.yaml : {key})", f" (study.yaml: {key})") if key else ""
        label = self.word("À COMPLÉTER : ", "TO COMPLETE: ")
        return (Mark("complete", what + place, f"[{label}{what}]"),)

    def law(self, french: str, english: str) -> Line:
        """Return a reference to law, known by heart only: with the mark that it is to be checked."""
        what = self.word(french, english)
        told = self.word("à vérifier", "to be checked")
        return (Mark("check", what, f"{what}{_SPACE}[{told}]"),)

    def told(self, text: str, french: str, english: str, key: str) -> Line:
        """Return what study.yaml says under a key, without its full stop: it stands in a sentence.

        Where it says nothing, return the mark that it is to be completed.
        """
        return self.own(text.rstrip(" .")) if text else self.todo(french, english, key)

    def translated(self, texts: Mapping[str, str], french: str, english: str, key: str) -> Line:
        """Return what study.yaml says in this language, or for all; else the mark."""
        return self.told(texts.get(self.language) or texts.get("", ""), french, english, key)

    def day(self, iso: str) -> str:
        """Return a day in words: 1er janvier 2027, 1 January 2027."""
        return in_words(date.fromisoformat(iso), self.language)

    def number(self, value: int) -> str:
        """Return a number with its thousands apart."""
        return f"{value:,}".replace(",", _SPACE if self.language == "fr" else ",")

    def _joined(self, spans: list[Span]) -> Line:
        """Return spans with texts side by side made one, so that spacing sees across them."""
        found: list[Span] = []
        for span in spans:
            if isinstance(span, str) and found and isinstance(found[-1], str):
                found[-1] += span
            else:
                found.append(span)
        return tuple(self._spaced(span) if isinstance(span, str) else span for span in found)

    def _spaced(self, text: str) -> str:
        return _HIGH.sub(_SPACE, text) if self.language == "fr" else text


def plain(line: Line) -> str:
    """Return a line as one text."""
    return "".join(span if isinstance(span, str) else shown(span) for span in line)


def shown(span: Mark | Code) -> str:
    """Return what is read of a mark or of code."""
    return span.shown if isinstance(span, Mark) else span.text
