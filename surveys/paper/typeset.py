"""The paper as PDF: `paper.typ` is the template, the texts go to it as data, never as markup."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from surveys import typesetting
from surveys.instrument import Instrument
from surveys.paper.sheet import Sheet, sheet
from surveys.paper.wording import is_right_to_left, wording

TEMPLATE = Path(__file__).with_name("paper.typ")


def pdf(instrument: Instrument, language: str) -> bytes:
    """Return the paper of a checked questionnaire in one of its languages.

    Raises Refusal where Typst is not installed or no font has the letters of the language.
    """
    given = data(sheet(instrument, language), instrument, language)
    return typesetting.pdf(TEMPLATE, given, instrument.languages.get(language, language))


def data(found: Sheet, instrument: Instrument, language: str) -> dict[str, object]:
    """Return what the template reads."""
    words = wording(instrument, language)
    code = language.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0].lower()
    return {
        "sheet": asdict(found),
        "lang": code if len(code) in {2, 3} and code.isascii() and code.isalpha() else "en",
        "dir": "rtl" if is_right_to_left(language) else "ltr",
        "words": {
            name: getattr(words, name)
            for name in "case interviewer started ended page clear alone list_apart lists".split()
        },
    }
