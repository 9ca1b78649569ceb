"""PDF by Typst: a template says how a document looks, what it says goes there as data, never as markup.

The fonts are Typst's own, so that the same data give the same bytes on every machine; a script they
lack is set in the fonts of the system. The PDF is accessible (PDF/UA-1), a standard that forbids
missing letters: a script nobody can set is refused, never printed as empty boxes.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from surveys.language import _
from surveys.problems import Refusal

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


def pdf(template: Path, data: Mapping[str, object], language: str) -> bytes:
    """Return a document: the template reads `json(bytes(sys.inputs.data))`, with `fonts` added to it.

    `language` is what the language of the document is called. Raises Refusal where Typst is not
    installed or no font has the letters.
    """
    import_typst()
    import typst

    text = json.dumps(data, ensure_ascii=False)
    own = is_in_own_scripts(text)
    families = set() if own else set(typst.Fonts().families())
    fonts = [FONT, *(name for name in OTHER_FONTS if name in families)]
    compiler = typst.Compiler(
        input=template.read_bytes(),
        root=str(template.parent),
        ignore_system_fonts=own,
        sys_inputs={"data": json.dumps({**data, "fonts": fonts}, ensure_ascii=False)},
    )
    try:
        content = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=0)
    except typst.TypstError as error:
        if _MISSING not in str(error):
            raise
        raise Refusal(
            _(
                "no font here has the letters of {language}; install one, for example Noto, and try again"
            ).format(language=language)
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


def is_in_own_scripts(text: str) -> bool:
    """Whether Typst's own fonts have all the letters."""
    return all(
        unicodedata.name(letter, "").startswith(_OWN_SCRIPTS)
        for letter in set(text)
        if letter.isalpha()
    )
