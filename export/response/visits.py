"""What visits came to: by part of day, by how many came before; and visits that are lacking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from export.respondents.dispositions import INTERVIEWS, Class, class_of
from export.response.cases import Case
from interviewer.outcomes import PARTS, POSTPONED, lacking

Came = Literal["interview", "postponed", "refused", "unable", "other", "nobody"]
FOLDED = 6  # from this visit of a case on, visits stand together


@dataclass(frozen=True, slots=True)
class Visits:
    """What some visits came to. `name` is a part of the day, or which visit of its case each was.

    `postponed`: met, and asked another time; `refused` by the person or for them; `unable`: of class O,
    other eligible; `other`: nothing known of the person, or no part of the survey; `nobody`: not met.
    """

    name: str
    interview: int = 0
    postponed: int = 0
    refused: int = 0
    unable: int = 0
    other: int = 0
    nobody: int = 0

    @property
    def visits(self) -> int:
        """All of them."""
        return self.met + self.other + self.nobody

    @property
    def met(self) -> int:
        """Those at which the person was met, or somebody answered for them: contacts, as in CON."""
        return self.interview + self.postponed + self.refused + self.unable


@dataclass(frozen=True, slots=True)
class Lacking:
    """Cases closed as never met: how many, and of how many visits were too few or too much alike."""

    interviewer: str
    closed: int
    lacking: int


def by_part(cases: Sequence[Case]) -> tuple[Visits, ...]:
    """Return visits noted without an interview, by part of day; of an interview it is not kept."""
    found = Counter((visit.part, _came(visit.outcome)) for case in cases for visit in case.visits)
    return tuple(_visits(part, found) for part in PARTS)


def by_number(cases: Sequence[Case], folded: int = FOLDED) -> tuple[Visits, ...]:
    """Return visits by their number within their case, interviews among them; from `folded` on together."""
    found: Counter[tuple[str, Came]] = Counter()
    for case in cases:
        came = [_came(visit.outcome) for visit in case.visits]
        if case.is_held:
            came.append(_came(case.outcome))
        found.update((str(min(n, folded)), one) for n, one in enumerate(came, start=1))
    most = max((int(name) for name, _one in found), default=0)
    return tuple(_visits(str(n), found) for n in range(1, most + 1))


def never_met(cases: Sequence[Case], minimum: int) -> tuple[Lacking, ...]:
    """Return, by interviewer, the cases closed as never met, and those that had too few visits for it.

    The rule is the one that laptops hold to (`interviewer.outcomes.lacking`); a case corrected since, or
    one whose visits were lost with a passphrase, can still be found here.
    """
    closed = [case for case in cases if case.class_ == "NC"]
    short = [case for case in closed if lacking(case.visits, minimum)]
    all_of = Counter(case.interviewer for case in closed)
    short_of = Counter(case.interviewer for case in short)
    return tuple(Lacking(who, all_of[who], short_of[who]) for who in sorted(all_of))


def _came(outcome: str) -> Came:
    if outcome == POSTPONED:
        return "postponed"
    found = class_of(outcome)
    if found in INTERVIEWS:
        return "interview"
    others: dict[Class, Came] = {"R": "refused", "O": "unable", "NC": "nobody"}
    return others.get(found, "other")


def _visits(name: str, found: Counter[tuple[str, Came]]) -> Visits:
    return Visits(
        name,
        interview=found[name, "interview"],
        postponed=found[name, "postponed"],
        refused=found[name, "refused"],
        unable=found[name, "unable"],
        other=found[name, "other"],
        nobody=found[name, "nobody"],
    )
