"""Before and now, of the same people: `change(A, B)`, both levels, the difference, who went which way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from export.estimating.accuracy import Figures
from export.estimating.cells import Cell, conditions
from export.estimating.columns import Floats, Mask, Texts, evaluate
from export.estimating.independence import Significance, mcnemar_exact, paired_t
from export.estimating.surveyed import Surveyed, figures_of
from export.estimating.wanted import Wanted
from export.estimating.withheld import Counts, small, withheld, withheld_crossed
from surveys.language import _
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class Moved:
    """Those who went one way: `respondents`, unweighted, and their share; None of both is withheld."""

    respondents: int | None
    figures: Figures | None

    @property
    def is_withheld(self) -> bool:
        """Whether they, or others who would be found by them, are too few."""
        return self.respondents is None


@dataclass(frozen=True, slots=True)
class Change:
    """A change in one group ('' = everyone), of the `respondents` who gave both answers.

    Of two conditions the levels are proportions, and `fewer` are those of whom the first held and
    the second does not; of two numbers the levels are means, and `fewer` those whose number went
    down. `difference` is now less before. What is None is withheld, or the test says nothing.
    """

    domain: str
    respondents: int
    missing: int
    is_condition: bool
    before: Figures | None
    now: Figures | None
    difference: Figures | None
    fewer: Moved
    same: Moved
    more: Moved
    test: Significance | None

    @property
    def has_withheld(self) -> bool:
        """Whether anything of it is left out."""
        levels = (self.before, self.now, self.difference, self.fewer.figures, self.same.figures)
        return None in (*levels, self.more.figures)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Which parts may be shown."""

    before: bool
    now: bool
    difference: bool
    moved: tuple[bool, bool, bool]


def change(data: Surveyed, wanted: Wanted, domain: str, inside: Mask) -> Change | None:
    """Return how an answer changed among those `inside` who gave it twice.

    None where fewer than the threshold did. Refusal for texts.
    """
    before, now = (numeric(wanted, place, data) for place in range(len(wanted.estimand.arguments)))
    both = ~np.isnan(before) & ~np.isnan(now)
    valid = inside & both
    n = int(np.sum(valid))
    if n < max(data.threshold, 1):
        return None
    is_condition = bool(np.all(np.isin(before[both], (0, 1)) & np.isin(now[both], (0, 1))))
    sign = np.where(both, np.sign(now - before), np.nan)
    counts = np.array([np.sum(sign[valid] == way) for way in (-1, 0, 1)], dtype=np.intp)
    shown = (
        _conditions_shown(before[valid], now[valid], data.threshold)
        if is_condition
        else _numbers_shown(data, wanted, (before, now), valid, counts)
    )
    kind = "prop" if is_condition else "mean"

    def figures(is_shown: bool, kind: str, values: Floats) -> Figures | None:
        if not is_shown:
            return None
        known = np.where(both, values, np.nan)
        return figures_of(data, wanted, "prop" if kind == "prop" else "mean", known, inside)

    def moved(place: int) -> Moved:
        if not shown.moved[place]:
            return Moved(None, None)
        went = (sign == place - 1).astype(np.float64)
        return Moved(int(counts[place]), figures(True, "prop", went))

    difference = figures(shown.difference, "mean", now - before)
    return Change(
        domain=domain,
        respondents=n,
        missing=int(np.sum(inside)) - n,
        is_condition=is_condition,
        before=figures(shown.before, kind, before),
        now=figures(shown.now, kind, now),
        difference=difference,
        fewer=moved(0),
        same=moved(1),
        more=moved(2),
        test=_test(data, difference, counts, is_condition=is_condition),
    )


def numeric(wanted: Wanted, place: int, data: Surveyed) -> Floats:
    """Return the values of one side of a change; Refusal for texts."""
    values = evaluate(wanted.estimand.arguments[place], data.columns, data.rows)
    if isinstance(values, Texts):
        raise Refusal(
            _(
                "change() takes two numbers or two conditions, as in"
                " change(before = 'daily', now = 'daily')"
            )
        )
    return values


def _conditions_shown(before: Floats, now: Floats, threshold: int) -> _Shown:
    """Return what may be shown of two conditions: their table of four cells, whose totals are the levels.

    The error of the difference tells, with the levels, how many changed: it is shown as they are.
    """
    table = np.array(
        [[np.sum((before == b) & (now == a)) for a in (0, 1)] for b in (0, 1)], dtype=np.intp
    )
    out = withheld_crossed(table, threshold)
    changed = not (out[0, 1] or out[1, 0])
    levels = (not np.any(out[:2, 2]), not np.any(out[2, :2]))
    return _Shown(*levels, changed and all(levels), (changed, changed, changed))


def _numbers_shown(
    data: Surveyed, wanted: Wanted, levels: tuple[Floats, Floats], valid: Mask, counts: Counts
) -> _Shown:
    """Return what may be shown of two numbers: nothing where a condition in them picks few people.

    A level is not shown where it would be withheld as a mean, the difference not where a level is not,
    or where few changed: it would be about them.
    """
    trees = wanted.estimand.arguments
    choosing = [tuple(conditions(tree, data.columns, valid)) for tree in trees]
    for condition in (one for of_tree in choosing for one in of_tree):
        split = np.array([np.sum(condition[valid] == truth) for truth in (0, 1)], dtype=np.intp)
        if np.any(small(split, data.threshold)):
            return _Shown(False, False, False, (False, False, False))

    def is_of_many(values: Floats, conditions: tuple[Floats, ...]) -> bool:
        added = np.where(valid, values, 0.0)
        cell = Cell(np.arange(len(valid)), valid, added, np.ones(len(valid)), False, conditions)
        return cell.least() >= data.threshold

    before, now = levels
    first, last = is_of_many(before, choosing[0]), is_of_many(now, choosing[1])
    down, same, up = (not one for one in withheld(counts, data.threshold).tolist())
    nobody = counts[0] + counts[2] == 0
    changed = nobody or is_of_many(now - before, (*choosing[0], *choosing[1]))
    return _Shown(first, last, first and last and changed, (down, same, up))


def _test(
    data: Surveyed, difference: Figures | None, counts: Counts, *, is_condition: bool
) -> Significance | None:
    """Return the exact test of McNemar for two conditions in a simple random sample, else Student's."""
    if difference is None or difference.standard_error is None:
        return None
    if is_condition and data.design.is_simple:
        return mcnemar_exact((int(counts[0]), int(counts[2])))
    return paired_t(difference.estimate, difference.standard_error, difference.df)
