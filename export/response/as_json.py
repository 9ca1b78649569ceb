"""A progress as JSON: all that is printed, and what has no room there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from export.response.progress import DIMENSIONS, Group, Progress
from export.response.visits import FOLDED, Visits


def progress_json(made: Progress) -> dict[str, object]:
    """Return a progress as a JSON object: no case, no answer."""
    return {
        "cases": made.whole.cases,
        "drawn": made.whole.cases if made.is_of_a_sample else None,
        "without_record": made.unrecorded,
        "outcomes": dict(made.outcomes),
        "e": asdict(made.e) if made.is_of_a_sample else None,
        **_group(made, made.whole),
        "by": {
            one: [{"name": group.name or None, **_group(made, group)} for group in made.groups[one]]
            for one in DIMENSIONS
            if one in made.groups
        },
        "so_far": _so_far(made),
        "visits": {
            "by_number": [_visits(one) for one in made.by_number],
            "last_number_is_and_later": FOLDED,
            "by_part_without_interview": [_visits(one) for one in made.by_part],
        },
        "never_met": {
            "minimum": made.minimum,
            "interviewers": [asdict(one) for one in made.never_met],
        },
        "reserve": (
            None
            if made.reserve is None
            else {str(number): left for number, left in made.reserve.items()}
        ),
        "not_counted": [asdict(one) for one in made.unused],
    }


def _group(made: Progress, one: Group) -> dict[str, object]:
    counts: dict[str, object] = {"classes": dict(one.counts)}
    if not made.is_of_a_sample:
        return counts
    return counts | {
        "weighted": dict(one.weighted),
        "rates": made.rates(one),
        "weighted_rates": made.weighted_rates(one),
    }


def _so_far(made: Progress) -> Sequence[dict[str, object]]:
    """Return, week by week, the interviews up to its end, and their RR2."""
    weeks = [one for one in made.groups["week"] if one.name]
    return [
        {"week": one.name, "interviews": n, "RR2": rate if made.is_of_a_sample else None}
        for one, (n, rate) in zip(weeks, made.so_far(weeks), strict=True)
    ]


def _visits(one: Visits) -> dict[str, object]:
    return {**asdict(one), "visits": one.visits, "met": one.met}
