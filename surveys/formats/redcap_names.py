"""What REDCap calls things: names of fields and forms, codes of choices.

A field or form is lower-case letters, digits and single underscores, begins with a letter, does not
end with an underscore and has at most 100 characters (forms: 64). The code of a choice is letters,
digits, points, hyphens and underscores; a checkbox makes a column of each, where only letters, digits
and underscores in lower case tell one code from another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_FIELD = 100
LONGEST_FORM = 64

# Fields that REDCap makes of itself, or gives a meaning.
RESERVED = frozenset(
    (
        "redcap_event_name redcap_repeat_instrument redcap_repeat_instance "
        "redcap_data_access_group redcap_survey_identifier"
    ).split()
)


def name_for(wanted: str, taken: set[str], longest: int = LONGEST_FIELD) -> str:
    """Return the name REDCap can take that is nearest to the one wanted, and take it."""
    plain = _ascii(wanted).lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    name = (name if name[:1].isalpha() else f"x_{name}")[:longest].rstrip("_")
    return _free(name, taken, longest)


def codes_for(names: Iterable[str]) -> dict[str, str]:
    """Return for each name of a list the code REDCap can take, no two alike in a column's name."""
    taken: set[str] = set()
    codes: dict[str, str] = {}
    for name in names:
        wanted = re.sub(r"[^A-Za-z0-9_.-]+", "_", _ascii(name)) or "x"
        folded = _free(re.sub(r"[^a-z0-9_]", "_", wanted.lower()), taken, LONGEST_FIELD)
        is_free = folded == re.sub(r"[^a-z0-9_]", "_", wanted.lower())
        codes[name] = wanted if is_free else folded
    return codes


def _ascii(text: str) -> str:
    """Return the text without accents and what else ASCII does not have."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


def _free(name: str, taken: set[str], longest: int) -> str:
    """Return the name, or the first of name_2, name_3… that is not taken, and take it."""
    found, number = name, 2
    while found in taken:
        end = f"_{number}"
        found, number = name[: longest - len(end)].rstrip("_") + end, number + 1
    taken.add(found)
    return found
