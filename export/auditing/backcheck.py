"""Cases to be checked back: a random choice that can be made again by whoever has the seed.

Of each interviewer's cases with an interview a share is chosen, one at least: those with the smallest
tickets. Seed and tickets are those of the draw (`export/drawing/tickets.py`), the study and the questionnaire
standing where the frame's hash does. A ticket belongs to its case: cases that come in later change no
other's.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from export.auditing.said import INTERVIEWED
from export.drawing.fraction import people_in
from export.drawing.tickets import beacon_bytes, seed_of, ticket
from interviewer.record import Record
from surveys.language import _
from surveys.problems import Refusal

COLUMNS = ("case", "place", "interviewer")


@dataclass(frozen=True, slots=True, repr=False)
class Chosen:
    """The cases chosen, each with its interviewer, in order of interviewer and case; out of how many."""

    cases: tuple[tuple[str, str], ...]
    of: int

    def csv(self) -> str:
        """Return the list for fieldwork; the place is theirs to fill in.

        These are the columns that `souspli assign --cases` reads.
        """
        text = io.StringIO(newline="")
        rows = ((case, "", who) for case, who in self.cases)
        csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
        return text.getvalue()


def seed_bytes(study: str, instrument: str, seed: str) -> bytes:
    """Return the seed of a choice; raises Refusal where the text given for it is blank.

    SHA-256("draw/v1" 0 SHA-256("back-check/v1" 0 study 0 questionnaire) 0 text), all in UTF-8.
    """
    about = hashlib.sha256(f"back-check/v1\0{study}\0{instrument}".encode()).digest()
    return seed_of(about, beacon_bytes(seed))


def chosen(counted: Iterable[Record], part: Fraction, seed: bytes) -> Chosen:
    """Return the cases to check back among the records that count, one of each case.

    Of n interviewed by somebody max(1, ⌊fn + ½⌋) are chosen. Raises Refusal where nobody was interviewed.
    """
    by_interviewer: dict[str, list[str]] = defaultdict(list)
    for one in counted:
        if one.status in INTERVIEWED and one.case:
            by_interviewer[one.interviewer].append(one.case)
    if not by_interviewer:
        raise Refusal(_("no case has an interview yet; collect records first"))
    found = []
    for who, cases in sorted(by_interviewer.items()):
        in_order = sorted(cases, key=lambda case: ticket(seed, case))
        wanted = max(1, people_in(part, len(cases)))
        found += [(case, who) for case in sorted(in_order[:wanted])]
    return Chosen(tuple(found), sum(map(len, by_interviewer.values())))
