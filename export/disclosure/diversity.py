"""What becomes known of people though none is recognised: all who match them gave the same answer.

Source: Machanavajjhala et al. (2007), ACM Transactions on Knowledge Discovery from Data 1(1): distinct
and entropy l-diversity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from export.disclosure.classes import MISSING, Codes, Floats, Places, distinct, gathered
from export.disclosure.matching import matched

_AT_ONCE = 10_000_000  # counts held at a time


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of each person, f_k and F_k of `matching.py`, and by column of answers what all who match them gave.

    That is l: first the number of different answers (distinct), then exp(−Σ p ln p) of their shares p
    (entropy), which a rare answer hardly raises; NaN where nobody who matches answered.
    """

    f: Floats
    population: Floats
    diversity: tuple[tuple[Floats, Floats], ...]


def likeness(
    truth: Codes, shown: Codes, weights: Floats, answers: Sequence[NDArray[np.int64]]
) -> Likeness:
    """Return what those have in common who match each person; keys and weights as of `frequencies`.

    `MISSING` is where there is no answer, and counts as none.
    """
    classes, which = distinct(shown)
    asked, whose = distinct(truth)
    people = gathered(np.column_stack([np.ones(len(shown)), weights]), which, len(classes))
    found: list[tuple[Floats, Floats]] = []
    sums = people
    for some in _batches(answers, len(classes)):
        sums = matched(asked, classes, np.hstack([people, given(some, which, len(classes))]))
        at = people.shape[1]
        for one in some:
            different, entropy = _of_counts(sums[:, at : at + kinds(one)])
            found.append((different[whose], entropy[whose]))
            at += kinds(one)
    return Likeness(sums[whose, 0], sums[whose, 1], tuple(found))


def kinds(answers: NDArray[np.int64]) -> int:
    """Return one more than the highest code: how many different answers there can be."""
    return int(answers.max(initial=MISSING)) + 1


def given(answers: Sequence[NDArray[np.int64]], which: Places, classes: int) -> Floats:
    """Return how many of each class gave each answer: a column for each answer of each of `answers`."""
    found: list[Floats] = [np.zeros((classes, 0))]
    for one in answers:
        there, width = one != MISSING, kinds(one)
        places = which[there] * width + one[there]
        found.append(
            np.bincount(places, minlength=classes * width)
            .reshape(classes, width)
            .astype(np.float64)
        )
    return np.hstack(found)


def _batches(
    answers: Sequence[NDArray[np.int64]], classes: int
) -> Iterator[list[NDArray[np.int64]]]:
    """Yield the columns a few at a time, once where there are none: not all counts need to be held at once."""
    batch: list[NDArray[np.int64]] = []
    for one in answers:
        batch.append(one)
        if classes * sum(kinds(each) for each in batch) > _AT_ONCE:
            yield batch
            batch = []
    if batch or not answers:
        yield batch


def _of_counts(counts: Floats) -> tuple[Floats, Floats]:
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    different = np.sum(counts > 0, axis=1).astype(np.float64)
    entropy = np.exp(-np.sum(shares * logs, axis=1))
    nobody = total[:, 0] == 0
    return np.where(nobody, np.nan, different), np.where(nobody, np.nan, entropy)
