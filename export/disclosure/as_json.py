"""What the gate found, for programs."""

from __future__ import annotations

from dataclasses import asdict

from export.disclosure.gate import Assessment
from export.disclosure.measures import Measures


def as_json(found: Assessment) -> dict[str, object]:
    """Return it as values that JSON has; no answer and no row of anybody."""
    rules, proposal = found.rules, found.proposal
    return {
        "profile": rules.profile,
        "k": rules.k,
        "diversity": rules.diversity,
        "refused": found.is_refused,
        "overridden": found.is_overridden,
        "reasons": list(found.reasons),
        "before": _measures(found.before),
        "after": _measures(found.after),
        "keys": [asdict(one) for one in found.keys],
        "done": [asdict(one) for one in found.steps],
        "proposed": None
        if proposal is None
        else {
            "steps": [asdict(one) for one in proposal.steps],
            "after": _measures(proposal.after),
        },
        "texts": dict(found.texts),
        "calculated": list(found.calculated),
    }


def _measures(found: Measures) -> dict[str, object]:
    return {**asdict(found), "below": {str(bound): n for bound, n in found.below.items()}}
