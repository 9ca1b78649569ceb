"""A part of the respondents stands for all, and can be chosen again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.respondents.part import subsample
from export.respondents.weight import Ineligible, Respondent, Respondents
from interviewer.record import Record
from surveys.problems import Refusal

SOMEBODY = Record(
    id="",
    study="",
    kit="",
    instrument="",
    instrument_version="",
    instrument_hash="",
    device="",
    sequence=1,
    kind="interview",
    unit="person",
    case="",
    interviewer="",
    outcome="1.1",
    status="complete",
    week="",
    minutes=0,
    language="",
    mode="",
    is_practice=False,
    is_simulated=False,
)


def people(made: Record, n: int) -> Respondents:
    rows = (replace(made, id=f"{k:032x}", case=f"C{k}") for k in range(n))
    steps = {"design": 4.0, "response": 5.0}
    made_of = (Respondent(one, 5.0, 1, 5 * n, steps=steps) for one in rows)
    return Respondents(tuple(made_of), (Ineligible(5.0, 1, 5 * n),), (), n, {})


@given(
    n=st.integers(1, 60),
    share=st.fractions(Fraction(1, 100), 1, max_denominator=100),
    seed=st.text(max_size=8),
)
def test_a_part_stands_for_all(n: int, share: Fraction, seed: str) -> None:
    """Rounded half up, weights raised so that their sum stays, the same part for the same seed."""
    whole = people(SOMEBODY, n)
    wanted = int(share * n + Fraction(1, 2))
    if wanted == 0:
        with pytest.raises(Refusal, match="nobody"):
            subsample(whole, share, seed)
        return
    part = subsample(whole, share, seed)
    assert len(part.people) == wanted
    assert sum(one.weight for one in part.people) == pytest.approx(5 * n)
    assert sum(one.steps["design"] for one in part.people) == pytest.approx(4 * n)
    assert part.ineligible == ()
    backwards = replace(whole, people=tuple(reversed(whole.people)))
    assert subsample(backwards, share, seed) == part


def test_the_part_is_the_smallest_hashes_of_seed_and_case() -> None:
    """SHA-256(seed ‖ case), both in UTF-8: anyone who has the cases can do it again."""
    part = subsample(people(SOMEBODY, 10), Fraction(1, 5), "graine é")

    def ticket(case: str) -> bytes:
        return hashlib.sha256(f"graine é{case}".encode()).digest()

    assert sorted(one.record.case for one in part.people) == sorted(
        sorted((f"C{k}" for k in range(10)), key=ticket)[:2]
    )
