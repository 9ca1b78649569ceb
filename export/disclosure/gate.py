"""The gate every dataset goes through: how risky it is, what would help at what cost, whether it may leave.

Nothing is decided here for an analyst named and bound by an agreement; what is meant for others is
refused where it is too risky, unless somebody answers for it in writing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from export.disclosure.asked_for import asked_for
from export.disclosure.classes import distinct
from export.disclosure.costs import Step, steps_of
from export.disclosure.keys import Kind
from export.disclosure.matching import frequencies
from export.disclosure.measures import Measures
from export.disclosure.proposal import Proposal, described, emptied, proposed
from export.disclosure.routes import Routes
from export.disclosure.rules import Rules
from export.disclosure.seen import Seen, View
from export.disclosure.treatment import Treatment
from export.respondents.table import Tables
from surveys.codebook import variables
from surveys.instrument import Instrument

_MANY = 5000  # people up to whom it is told what each key alone adds

Reason = Literal["k", "diversity", "texts"]


@dataclass(frozen=True, slots=True)
class Told:
    """A key as it is told of: how many values it has, and how many people are like fewer than k without it.

    The last is None for many people, where it would take long.
    """

    name: str
    kind: Kind
    values: int
    below_without: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """What the gate found.

    `before` is of the tables as they were, `after` of the tables with `treatment`, which is what the
    rules ask for, done in `steps`; `keys` are those left. `proposal` would reach what is enough, None
    where nothing more is needed or nothing would do. `texts` gives by column of people's own words how many
    there are; `calculated` are columns calculated from what was made coarser or left out, among
    other things. `classes` is the number of the class of each row.
    """

    rules: Rules
    before: Measures
    after: Measures
    treatment: Treatment
    steps: tuple[Step, ...]
    keys: tuple[Told, ...]
    proposal: Proposal | None
    texts: Mapping[str, int]
    calculated: tuple[str, ...]
    classes: NDArray[np.intp]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it would be refused as a release: too few alike, too few answers among them, own words."""
        found: list[Reason] = []
        if self.after.k < self.rules.k:
            found.append("k")
        if any(one.is_below(self.rules.diversity) for one in self.after.diversity):
            found.append("diversity")
        if self.texts:
            found.append("texts")
        return tuple(found)

    @property
    def is_overridden(self) -> bool:
        """Whether it leaves although there are reasons against it, which is written in the ledger."""
        return self.rules.profile == "release" and bool(self.reasons and self.rules.override)

    @property
    def is_refused(self) -> bool:
        """Whether it may not leave so."""
        return self.rules.profile == "release" and bool(self.reasons) and not self.rules.override


def assess(tables: Tables, instrument: Instrument, rules: Rules) -> Assessment:
    """Return what the gate finds of the tables of all rows that are to leave; they are not changed.

    Columns that `needed` does not name may be left out of them. Raises Usage where the rules name what
    there is not.
    """
    seen = Seen(tables, Routes.of(instrument), rules)
    start = Treatment(instrument)
    asked = asked_for(tables, instrument, rules)
    enough = proposed(seen, asked) if rules.profile == "release" or rules.apply else None
    treatment, proposal = asked, None
    if rules.apply and enough is not None:
        treatment = enough
    elif rules.suppress and (alone := emptied(seen, asked)) is not None:
        treatment = alone
    elif enough is not None:
        proposal = described(seen, asked, enough)
    view = seen.under(treatment)
    before = seen.measured(seen.under(start))
    return Assessment(
        rules=rules,
        before=before,
        after=before if treatment.is_nothing else seen.measured(view),
        treatment=treatment,
        steps=steps_of(seen, start, treatment),
        keys=tuple(_told(view, rules.k)),
        proposal=proposal,
        texts=_texts(view),
        calculated=seen.calculated(treatment, view),
        classes=distinct(view.shown)[1],
    )


def needed(instrument: Instrument, rules: Rules) -> frozenset[str]:
    """Return the names of the variables that `assess` looks at; other columns need not be in its tables."""
    routes = Routes.of(instrument)
    found = variables(instrument)
    first_inside = {one.repeats[-1]: one.name for one in reversed(found) if one.repeats}
    asked = [one.column for one in rules.merge] + [one.column for one in rules.coarser]
    return (
        routes.quasi
        | routes.followers(routes.quasi)
        | frozenset(one.name for one in found if one.question.sensitive or one.is_free_text)
        | frozenset(first_inside.values())
        | frozenset([*rules.drop, *asked])
    )


def reordered(found: Assessment, places: Sequence[int]) -> Assessment:
    """Return what was found of the same rows in another order: `places` says where each of these was.

    Rows are told by `number`, which counts them from 1.
    """
    number = {before + 1: after + 1 for after, before in enumerate(places)}
    emptied = {
        name: frozenset(number[one] for one in people)
        for name, people in found.treatment.emptied.items()
    }
    treatment = replace(found.treatment, emptied=emptied)
    return replace(found, treatment=treatment, classes=found.classes[list(places)])


def _told(view: View, k: int) -> Iterator[Told]:
    truth, shown, nothing = view.truth, view.shown, np.zeros(view.rows)
    for at, key in enumerate(view.keys):
        if view.rows > _MANY:
            yield Told(key.name, key.kind, len(key.values), None)
            continue
        rest = (np.delete(truth, at, axis=1), np.delete(shown, at, axis=1))
        without, _weights = frequencies(*rest, nothing)
        yield Told(key.name, key.kind, len(key.values), int(np.sum(without < k)))


def _texts(view: View) -> dict[str, int]:
    """Return by column of people's own words how many there are."""
    frames = (view.tables.main, *view.tables.repeats.values())
    words = {one.name for one in variables(view.treatment.described) if one.is_free_text}
    return {
        column: frame.height - frame[column].null_count()
        for frame in frames
        for column in frame.columns
        if column in words
    }
