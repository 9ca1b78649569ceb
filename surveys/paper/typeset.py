"""The paper as PDF, by Typst: `paper.typ` is the template, the texts go to it as data, never as markup.

The fonts are Typst's own, so that the same questionnaire gives the same bytes on every machine; a
script they lack is set in the fonts of the system. The PDF is accessible (PDF/UA-1), a standard that
forbids missing letters: a script nobody can set is refused, never printed as empty boxes.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from surveys.instrument import Instrument
from surveys.language import _
from surveys.paper.sheet import Sheet, sheet
from surveys.paper.wording import is_right_to_left, wording
from surveys.problems import Refusal

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).with_name("paper.typ")
FONT = "Libertinus Serif"  # comes with Typst
# For other scripts, the first of these that the system has, else whatever it has.
OTHER_FONTS = (
    "Noto Naskh Arabic",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans",
    "DejaVu Sans",
    "Arial",
)
_OWN_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
_MISSING = "could not be displayed"


def pdf(instrument: Instrument, language: str) -> bytes:
    """Return the paper of a checked questionnaire in one of its languages.

    Raises Refusal where Typst is not installed or no font has the letters of the language.
    """
    import_typst()
    import typst

    found = sheet(instrument, language)
    try:
        content = _compiler(found, instrument, language).compile(
            format="pdf", pdf_standards=["ua-1"], timestamp=0
        )
    except typst.TypstError as error:
        if _MISSING not in str(error):
            raise
        raise Refusal(
            _(
                "no font here has the letters of {language}; install one, for example Noto, and try again"
            ).format(language=instrument.languages.get(language, language))
        ) from error
    if not isinstance(content, bytes):
        raise TypeError("Typst gave pages instead of one PDF")
    return content


def import_typst() -> None:
    """Refuse to go on where the typesetter is not installed."""
    try:
        import typst  # noqa: F401
    except ImportError as error:
        raise Refusal(
            _("printing needs Typst; install it with: pip install 'souspli[lead]'")
        ) from error


def _compiler(found: Sheet, instrument: Instrument, language: str) -> typst.Compiler:
    import typst

    own = is_in_own_scripts(found)
    families = set() if own else set(typst.Fonts().families())
    fonts = [FONT, *(name for name in OTHER_FONTS if name in families)]
    return typst.Compiler(
        input=TEMPLATE.read_bytes(),
        root=str(TEMPLATE.parent),
        ignore_system_fonts=own,
        sys_inputs={
            "paper": json.dumps(data(found, instrument, language, fonts), ensure_ascii=False)
        },
    )


def data(
    found: Sheet, instrument: Instrument, language: str, fonts: Sequence[str]
) -> dict[str, object]:
    """Return what the template reads."""
    words = wording(instrument, language)
    code = language.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0].lower()
    return {
        "sheet": asdict(found),
        "fonts": fonts,
        "lang": code if len(code) in {2, 3} and code.isascii() and code.isalpha() else "en",
        "dir": "rtl" if is_right_to_left(language) else "ltr",
        "words": {
            name: getattr(words, name)
            for name in "case interviewer started ended page clear alone list_apart lists".split()
        },
    }


def is_in_own_scripts(found: Sheet) -> bool:
    """Whether Typst's own fonts have all the letters."""
    texts = json.dumps(asdict(found), ensure_ascii=False)
    return all(
        unicodedata.name(letter, "").startswith(_OWN_SCRIPTS)
        for letter in set(texts)
        if letter.isalpha()
    )
