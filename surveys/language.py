"""The language Souspli speaks to its user (French or English); a questionnaire has its own.

Messages are written in English in the code and translated by gettext catalogues in `locale/`.
`_` looks the catalogue up at each call, so a language chosen late still applies.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = ("en", "fr")
_LOCALE = str(Path(__file__).with_name("locale"))
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def _(message: str) -> str:
    """Return the message in the language in force."""
    return _catalogue.gettext(message)


def marked(message: str) -> str:
    """Return the message itself: it stands in a table and is translated where it is shown."""
    return message


def ngettext(one: str, many: str, n: int) -> str:
    """Return the message for `n` things in the language in force."""
    return _catalogue.ngettext(one, many, n)


def use(language: str) -> None:
    """Speak `language` (one of LANGUAGES) from now on.

    argparse asks the process-wide domain for its own sentences, so that is set as well.
    """
    global _catalogue  # noqa: PLW0603 - one process speaks one language
    if language == "en":
        _catalogue = gettext.NullTranslations()
    else:
        _catalogue = gettext.translation("souspli", _LOCALE, languages=[language], fallback=True)
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("souspli", _LOCALE)
    gettext.textdomain("souspli")


def from_environment(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language the environment asks for, as gettext reads it; English if none."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        for wanted in environment.get(variable, "").split(":"):
            code = wanted.split(".")[0].split("_")[0].lower()
            if code in LANGUAGES:
                return code
        if environment.get(variable):
            return "en"
    return "en"


def printable(text: str) -> str:
    """Return a text from elsewhere without what could steer the terminal; no-break spaces stay."""
    return "".join(
        character if character.isprintable() or character in "\u00a0\u202f" else "?"
        for character in text
    )
