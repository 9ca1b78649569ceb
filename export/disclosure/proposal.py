"""A treatment that makes people alike enough, found for a view of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from export.disclosure import coarsening, remedies
from export.disclosure.classes import MISSING
from export.disclosure.costs import Step, steps_of
from export.disclosure.measures import Measures
from export.disclosure.remedies import Way
from export.disclosure.seen import Seen, View
from export.disclosure.treatment import Span, Treatment
from surveys.codebook import variables

_ROUNDS = 4  # what was made coarser can be told by routes: then these are treated in turn


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """What is proposed beyond what was asked for: all of it as a treatment, its steps, what is left."""

    treatment: Treatment
    steps: tuple[Step, ...]
    after: Measures


def proposed(seen: Seen, asked: Treatment) -> Treatment | None:
    """Return what would be enough beyond a treatment; None where it is enough, or nothing would be."""
    treatment = asked
    for _round in range(_ROUNDS):
        view = seen.under(treatment)
        if is_enough(seen, view):
            break
        way = remedies.cheapest(view.keys, view.rows, seen.demand(view))
        if way is None:
            return None
        treatment = _with(treatment, way, seen, view)
    return None if treatment is asked else treatment


def described(seen: Seen, asked: Treatment, treatment: Treatment) -> Proposal:
    """Return what a treatment does beyond another, step by step, and what is left then."""
    return Proposal(
        treatment, steps_of(seen, asked, treatment), seen.measured(seen.under(treatment))
    )


def emptied(seen: Seen, asked: Treatment) -> Treatment | None:
    """Return a treatment with the cells emptied that must be, None where that alone is not enough."""
    view = seen.under(asked)
    way = remedies.emptied_alone(view.keys, view.rows, seen.demand(view))
    return None if way is None else _with(asked, way, seen, view)


def is_enough(seen: Seen, view: View) -> bool:
    """Whether everybody is like enough others."""
    return remedies.below(view.truth, view.shown, seen.demand(view)) == 0


def _with(treatment: Treatment, way: Way, seen: Seen, view: View) -> Treatment:
    """Return a treatment with all that a way does to the keys of a view."""
    known = {one.name: one for one in variables(treatment.described)}
    dropped, recoded, months = set(treatment.dropped), dict(treatment.recoded), treatment.months
    for at in way.order:
        key, groups = way.keys[at], way.groups[at]
        if groups is None:
            dropped.update(key.items)
        elif key.variable is None:
            months = cast(Span, groups.unit)
        else:
            recoded[key.name] = coarsening.keep_of(key, known[key.name], groups)
    cells: dict[str, set[int]] = {}  # found anew: keys that routes tell of may need others
    for name, people in _cells(way, seen, view):
        cells.setdefault(name, set()).update(people)
    return replace(
        treatment,
        dropped=frozenset(dropped),
        recoded=recoded,
        months=months,
        emptied={name: frozenset(people) for name, people in cells.items()},
    )


def _cells(way: Way, seen: Seen, view: View) -> Iterator[tuple[str, list[int]]]:
    """Yield whose cells of which column are emptied, with those that would tell of them."""
    numbers = view.tables.main[view.tables.design["number"]].to_numpy()
    for at, (key, groups) in enumerate(zip(way.keys, way.groups, strict=True)):
        if groups is None:
            continue
        people = numbers[(way.codes[:, at] == MISSING) & (key.codes != MISSING)].tolist()
        if people:
            yield from ((name, people) for name in key.items)
            yield from ((name, people) for name in seen.telling(view, key.items))
