"""What became of a case: its final disposition, and the class that this belongs to.

The American Association for Public Opinion Research, Standard Definitions: Final Dispositions of Case
Codes and Outcome Rates for Surveys, 10th edition, 2023. Of a code its first two digits decide. Weights
and response rates ask here alone who is part of the survey.
"""

from __future__ import annotations

from typing import Literal

from interviewer.record import Record
from surveys.language import _

Class = Literal["I", "P", "R", "NC", "O", "UH", "UR", "UO", "NE"]
CLASSES: tuple[Class, ...] = ("I", "P", "R", "NC", "O", "UH", "UR", "UO", "NE")
INTERVIEWS: tuple[Class, ...] = ("I", "P")
ELIGIBLE: tuple[Class, ...] = ("I", "P", "R", "NC", "O")
UNKNOWN: tuple[Class, ...] = ("UH", "UR", "UO")

NOT_WORKED = "3.11"  # nothing is known of the case
_INTERVIEWED = {"complete": "1.1", "partial": "1.2"}
_UNCLEAR = "3.90"  # an outcome that claims an interview, of a record that is none

# 2.9 is one of O since the 10th edition; UR had been counted with UO before it.
_BEGINNINGS: tuple[tuple[str, Class], ...] = (
    ("1.1", "I"),
    ("1.2", "P"),
    ("2.1", "R"),
    ("2.2", "NC"),
    ("2.3", "O"),
    ("2.9", "O"),
    ("3.1", "UH"),
    ("3.2", "UR"),
    ("4.", "NE"),
)


def class_of(code: str) -> Class:
    """Return the class of an outcome code, UO of one that is none of the others.

    So nothing leaves the denominators because its code was not understood.
    """
    return next((found for start, found in _BEGINNINGS if code.startswith(start)), "UO")


def outcome_of(one: Record | None) -> str:
    """Return the outcome of a case by the record that counts of it, None where there is none.

    Of an interview whose answers count it is what its status says.
    """
    if one is None:
        return NOT_WORKED
    claimed = _UNCLEAR if class_of(one.outcome) in INTERVIEWS else one.outcome
    return _INTERVIEWED.get(one.status, claimed)


def told(one: Class) -> str:
    """Return a class in words."""
    words: dict[Class, str] = {
        "I": _("Interview, complete"),
        "P": _("Interview, in part"),
        "R": _("Refused or broke off"),
        "NC": _("Not met"),
        "O": _("Other, part of the survey"),
        "UH": _("Not known if they live there"),
        "UR": _("Not known if the survey is for them"),
        "UO": _("Not known, another reason"),
        "NE": _("Not part of the survey"),
    }
    return words[one]
