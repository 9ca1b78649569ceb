"""A record as an interview leaves it, for tests that need no laptop to have made it."""

from __future__ import annotations

from typing import Any

from interviewer.record import Record


def interview(number: int, **otherwise: Any) -> Record:
    """Return the record of a complete interview, the laptop's number-th, with whatever is wanted otherwise."""
    plain: dict[str, Any] = {
        "id": f"{number:032x}",
        "study": "small",
        "kit": "0" * 64,
        "instrument": "plain",
        "instrument_version": "1",
        "instrument_hash": "0" * 64,
        "device": "L01",
        "sequence": number,
        "kind": "interview",
        "unit": "person",
        "case": "",
        "interviewer": "I01",
        "outcome": "1.1",
        "status": "complete",
        "week": "2022-W15",
        "minutes": 30,
        "language": "en",
        "mode": "interviewer",
        "is_practice": False,
        "is_simulated": False,
    }
    return Record(**(plain | otherwise))
