"""A part of the respondents: drawn so that anyone who has the cases can do it again, or chosen by a condition."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from export.drawing.fraction import people_in
from export.respondents.weight import Respondent, Respondents
from export.respondents.weighting import BY_STRATUM
from interviewer.record import Record
from surveys.language import _
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class Part:
    """That a dataset is a part of the respondents, and of how many.

    `where` is the condition they meet, '' for none; `fraction` which share of those, by `seed`, '' for all;
    `chosen` how many met the condition.
    """

    respondents: int
    chosen: int
    where: str = ""
    fraction: str = ""
    seed: str = ""


def among(people: Respondents, is_inside: Sequence[bool]) -> Respondents:
    """Return the respondents for whom it is true, with the weights they have.

    They serve for figures of themselves, not for their errors: these need everybody's design. Raises
    Refusal where nobody would be left.
    """
    kept = tuple(one for one, inside in zip(people.people, is_inside, strict=True) if inside)
    if not kept:
        raise Refusal(_("--where leaves nobody; give another condition"))
    return replace(people, people=kept, ineligible=(), response=None, weighting=BY_STRATUM)


def subsample(people: Respondents, fraction: Fraction, seed: str) -> Respondents:
    """Return a reproducible part of the respondents, their weights raised to stand for all.

    The cases with the smallest SHA-256(seed ‖ case), both in UTF-8, first; their number is rounded
    half up. A record without a case goes by its id. A part keeps no totals that weights were made to
    meet, and nobody who was not eligible: it serves for shares of the whole, not for its errors. Raises Refusal where nobody would be left.
    """
    n = len(people.people)
    kept = people_in(fraction, n)
    if kept == 0:
        raise Refusal(_("--sample leaves nobody of {n}; give a larger share").format(n=n))
    in_order = sorted(people.people, key=lambda one: _ticket(seed, one.record))
    raised = (_raised(one, n / kept) for one in in_order[:kept])
    return replace(
        people,
        people=tuple(sorted(raised, key=lambda one: one.record.id)),
        ineligible=(),
        response=None,
        weighting=BY_STRATUM,
    )


def _raised(one: Respondent, by: float) -> Respondent:
    steps = {name: weight * by for name, weight in one.steps.items()}
    return replace(one, weight=one.weight * by, steps=steps)


def _ticket(seed: str, one: Record) -> bytes:
    return hashlib.sha256((seed + (one.case or one.id)).encode("utf-8")).digest()
