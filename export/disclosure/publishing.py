"""What is published is noted before it leaves, and refused where it would tell of a few people.

What is in no log is what the next publication cannot be compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import ledger
from export.disclosure import differencing, log
from export.disclosure.differencing import Finding
from export.disclosure.published import Published
from export.study import Study
from surveys.language import _
from surveys.problems import Refusal


def publish(
    study: Study,
    shown: Sequence[Published],
    found: Sequence[Finding],
    reason: str,
    key: Ed25519PrivateKey,
    now: datetime,
    *,
    others: int = 0,
) -> None:
    """Note in the study's log and ledger what is published, before anything of it is written.

    `found` is what it would tell with all that came before. Where some of it refuses, `reason` says why
    it is published all the same, and stands in the ledger with how many things were against it, the
    `others` that the gate found among them; without one that raises Refusal, with all that was found.
    """
    is_lowered = log.lowered(study)
    if not reason:
        differencing.require_safe(found)
        if is_lowered:
            raise Refusal(
                _(
                    "study.yaml has lower thresholds than when something was published; put those back, or "
                    "give --override REASON"
                )
            )
    against = sum(one.refuses for one in found) + others + is_lowered
    if against:
        what = f"{shown[0].kind}: {shown[0].title}: {reason} ({against} against it)"
        people = len({record_id for one in shown for record_id in one.ids})
        ledger.append(study.ledger, "override", what, people, key=key, now=now)
    for one in shown:
        log.add(study, one, key, now)
