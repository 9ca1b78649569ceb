"""An audit and a comparison as JSON: what the pages say, and what they have no room for."""

from __future__ import annotations

from dataclasses import asdict

from export.auditing import shares, workload
from export.auditing.audit import Audit
from export.auditing.comparison import Comparison
from export.auditing.habits import Habit
from export.auditing.shares import Share


def audit_json(found: Audit) -> dict[str, object]:
    """Return an audit as a JSON object: no case, no answer."""
    amended = found.unsealed.amended
    return {
        "records": len(found.unsealed.records),
        "interviewers": [asdict(one) for one in found.workload.interviewers],
        "weeks": [
            {**asdict(week), "is_heavy": week.is_heavy, "heavy_days": list(week.heavy_days)}
            for week in found.workload.weeks
        ],
        "laptops": [asdict(one) for one in found.laptops],
        "not_used": [asdict(left) for left in found.unsealed.left_out],
        "not_counted": [asdict(one) for one in found.unused],
        "repeated": [asdict(again) for again in found.unsealed.repeated],
        "gaps": [asdict(gap) for gap in found.unsealed.missing],
        "mended": list(found.unsealed.mended),
        "corrected": len(amended.corrected),
        "annulled": list(amended.annulled),
        "not_applied": [asdict(one) for one in amended.unapplied],
        "quarantined": found.quarantined,
        "speed": asdict(found.speed),
        "likeness": asdict(found.likeness),
        "straight": asdict(found.straight),
        "habits": [_habit(one) for one in found.habits.interviewers],
        "shares": [_share(one) for one in found.shares if one.of >= shares.LEAST],
        "limits": {"hours": workload.HOURS, "visits": workload.VISITS, "level": shares.LEVEL},
    }


def _habit(one: Habit) -> dict[str, object]:
    """Return a habit; of fewer than LEAST interviews, or numbers, no more than how many they are."""
    found = asdict(one)
    if one.interviews < shares.LEAST:
        return {"interviewer": one.interviewer, "interviews": one.interviews}
    return found if one.numbers >= shares.LEAST else found | {"round": None}


def _share(one: Share) -> dict[str, object]:
    return {**asdict(one), "is_flagged": one.is_flagged}


def comparison_json(found: Comparison) -> dict[str, object]:
    """Return a comparison as a JSON object."""
    return {
        "cases": found.cases,
        "same_interviewer": found.same_interviewer,
        "unpaired": found.unpaired,
        "items": [asdict(one) for one in found.items],
        "interviewers": [asdict(one) for one in found.interviewers],
        "not_compared": [{"item": name, "reason": reason} for name, reason in found.not_compared],
    }
