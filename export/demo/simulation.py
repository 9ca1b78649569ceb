"""The simulated study of the demonstration: a frame, people, and what becomes of each case.

The parameters are the published findings (87 % use less, 19 % stopped) and assumptions; nothing here
is data about anybody. One seed gives one study.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

PEOPLE = 536
HOTELS = 61
SAMPLE = 107
RESERVE = 20
REDUCED = 0.87
STOPPED = 0.19
NEVER_USED = 0.04  # assumption: some who were housed did not use crack

Fate = Literal["interview", "refusal", "break_off", "non_contact"]
# Assumption: about a fifth of those drawn give no complete interview.
FATES: Mapping[Fate, float] = {
    "interview": 0.80,
    "refusal": 0.08,
    "break_off": 0.04,
    "non_contact": 0.08,
}


def frame_csv(chance: random.Random) -> str:
    """Return a frame of PEOPLE in HOTELS: id, hotel, and the district by which hotels are alike."""
    sizes = [2] * HOTELS
    for _person in range(PEOPLE - sum(sizes)):
        sizes[min(int(chance.random() ** 1.6 * HOTELS), HOTELS - 1)] += 1
    chance.shuffle(sizes)
    lines = ["id,hotel,district"]
    number = 0
    for hotel, size in enumerate(sizes, start=1):
        district = f"D{1 + (hotel - 1) * 8 // HOTELS}"
        for _person in range(size):
            number += 1
            lines.append(f"B{number:04},H{hotel:02},{district}")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Person:
    """A simulated person: what becomes of the case, and what is said where the script speaks."""

    fate: Fate
    script: Mapping[str, str]


def people(count: int, chance: random.Random) -> Iterator[Person]:
    """Yield simulated people."""
    fates, chances = list(FATES), list(FATES.values())
    for number in range(count):
        care = _care(random.Random(number))  # noqa: S311 - a chance of its own: nothing else changes
        yield Person(chance.choices(fates, chances)[0], script(chance) | care)


def script(chance: random.Random) -> dict[str, str]:
    """Return what a simulated person says about crack and consent, as typed text."""
    if chance.random() < NEVER_USED:
        use = {"days_crack_now": "0", "days_crack_before": "0", "crack_age_first": "0"}
    else:
        use = _use(chance)
    return {**CONSENT, **use}


# Typed codes of the questions that open the interview; the respondent takes part.
CONSENT: Mapping[str, str] = {"info_given": "1", "consent": "1", "accepts_sensitive": "1"}


# Assumption: few go to hospital more than once or twice a year; the respondent would draw any number.
_VISITS = (0.45, 0.25, 0.15, 0.1, 0.05)
_STAYS = (0.65, 0.22, 0.09, 0.04)


def _care(chance: random.Random) -> dict[str, str]:
    """Return how often a simulated person was in an emergency department and in hospital in a year."""
    visits = chance.choices(range(len(_VISITS)), _VISITS)[0]
    stays = chance.choices(range(len(_STAYS)), _STAYS)[0]
    return {"emergency_visits_12m": str(visits), "hospital_stays_12m": str(stays)}


def _use(chance: random.Random) -> dict[str, str]:
    days, rocks = chance.randint(12, 30), chance.randint(3, 14)
    now_days, now_rocks = days, rocks
    drawn = chance.random() * (1 - NEVER_USED)
    if drawn < STOPPED:
        now_days = 0
    elif drawn < REDUCED:
        now_days = max(1, round(days * chance.uniform(0.2, 0.9)))
        now_rocks = max(1, min(rocks, round(rocks * chance.uniform(0.3, 1.0))))
        if now_days * now_rocks >= days * rocks:
            now_rocks, now_days = rocks, days - 1
    else:
        now_rocks = rocks + chance.randint(0, 3)
    said = {
        "crack_age_first": chance.choice("12345"),
        "days_crack_now": str(now_days),
        "days_crack_before": str(days),
        "rocks_before": str(rocks),
    }
    return said | ({"rocks_now": str(now_rocks)} if now_days else {})
