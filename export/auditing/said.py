"""What a record says, item by item, as far as an audit looks at it: whether, not what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from interviewer.record import Record
from surveys.codebook import Variable, variables
from surveys.instrument import Instrument

INTERVIEWED = ("complete", "partial")  # the statuses that count as interviews
_NEVER_REACHED = ("broke_off", "not_asked")


class Said(NamedTuple):
    """What was said to one item: an answer, or else a status."""

    status: str
    answer: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The variables of a questionnaire that somebody answers and the study lead can read, by name."""

    variables: Mapping[str, Variable]

    def said(self, found: Record) -> dict[str, Said]:
        """Return, by key, what was said to each of these items that was asked.

        An item that was never reached is absent, and so is one of which nothing is kept.
        """
        statuses = (
            (key, Said(status, ""))
            for key, status in found.statuses.items()
            if status not in _NEVER_REACHED
        )
        answers = ((key, Said("", value)) for key, value in found.answers.items() if value)
        return {key: said for key, said in (*answers, *statuses) if name_of(key) in self.variables}


def name_of(key: str) -> str:
    """Return the item that a key of a record names, whatever the repeats around it."""
    return key.partition("[")[0]


def asked(instrument: Instrument) -> Asked:
    """Return what is asked in a questionnaire, but for what is thrown away or is the custodian's."""
    return Asked(
        {one.name: one for one in variables(instrument) if one.is_kept and not one.is_computed}
    )


def held(records: Iterable[Record], instrument: Instrument) -> tuple[Record, ...]:
    """Return the interviews held with a questionnaire, whatever came of them, in order of id."""
    return tuple(
        sorted(
            (one for one in records if one.instrument == instrument.id and one.kind == "interview"),
            key=lambda one: one.id,
        )
    )


def is_erased(found: Record) -> bool:
    """Whether a record is that of an interview its respondent had erased: it says nothing at all."""
    said = (found.answers, found.statuses, found.paradata)
    return found.kind == "interview" and found.status == "broke_off" and not any(said)
