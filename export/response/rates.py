"""Response, cooperation, refusal and contact rates.

AAPOR, Standard Definitions, 10th edition (2023), “Calculating Outcome Rates from Final Disposition
Distributions”. In its symbols, each a number of cases or the sum of their base weights:
I complete, P partial, R refusal and break-off, NC non-contact, O other eligible, UH unknown if housed,
UR unknown if eligible, UO unknown, other; e the share of the unknown taken as eligible. NE, not eligible,
is in no denominator.
"""

from __future__ import annotations

from collections.abc import Mapping

from export.respondents.dispositions import ELIGIBLE, UNKNOWN, Class

Counts = Mapping[Class, float]
FAMILIES: Mapping[str, int] = {"RR": 6, "COOP": 4, "REF": 3, "CON": 3}
NAMES = tuple(f"{family}{n + 1}" for family, count in FAMILIES.items() for n in range(count))


def eligible_share(n: Counts) -> float:
    """Return e as it is taken if nobody knows better: of the cases that are known, the eligible share.

    B/(B + NE) with B = I + P + R + NC + O: “proportional allocation”, the default of AAPOR's own
    calculator. 1 where no case is known: then every unknown one counts, and rates are least.
    """
    known = sum(n[one] for one in ELIGIBLE)
    return known / (known + n["NE"]) if known + n["NE"] else 1.0


def rates(n: Counts, e: float) -> dict[str, float | None]:
    """Return every rate in NAMES, between 0 and 1; None where its denominator is 0.

    With B = I + P + R + NC + O and U = UH + UR + UO: RR1 I/(B+U), RR3 I/(B+eU), RR5 I/B; RR2, RR4, RR6
    with I+P above. COOP1 I/(I+P+R+O), COOP3 I/(I+P+R); COOP2, COOP4 with I+P. REF1 to 3 have R, CON1 to 3
    I+P+R+O above the denominators of RR1, RR3, RR5.
    """
    interviews = n["I"] + n["P"]
    reached = interviews + n["R"] + n["O"]
    known = sum(n[one] for one in ELIGIBLE)
    unknown = sum(n[one] for one in UNKNOWN)
    denominators = (known + unknown, known + e * unknown, known)
    found: dict[str, float | None] = {}
    for at, below in enumerate(denominators):
        found[f"RR{2 * at + 1}"] = _share(n["I"], below)
        found[f"RR{2 * at + 2}"] = _share(interviews, below)
        found[f"REF{at + 1}"] = _share(n["R"], below)
        found[f"CON{at + 1}"] = _share(reached, below)
    for at, below in enumerate((reached, interviews + n["R"])):
        found[f"COOP{2 * at + 1}"] = _share(n["I"], below)
        found[f"COOP{2 * at + 2}"] = _share(interviews, below)
    return {name: found[name] for name in NAMES}


def _share(above: float, below: float) -> float | None:
    return above / below if below else None
