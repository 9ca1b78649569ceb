"""The people of a dataset as others could know them, under one treatment of the tables or another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from export.disclosure.asked_for import weights_of
from export.disclosure.classes import MISSING, Codes
from export.disclosure.keys import Key, asked, keys, matrix, sensitive
from export.disclosure.measures import Measures, measured
from export.disclosure.remedies import Demand
from export.disclosure.routes import Routes
from export.disclosure.rules import Rules
from export.disclosure.treatment import Treatment, applied
from export.respondents.table import Tables
from surveys.codebook import Variable, variables


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Tables under a treatment, but for cells emptied, and what is known of each person there."""

    treatment: Treatment
    tables: Tables
    keys: tuple[Key, ...]

    @property
    def rows(self) -> int:
        """How many people there are."""
        return self.tables.main.height

    @property
    def truth(self) -> Codes:
        """The keys of each person as others know them, as coarse as they leave."""
        return matrix(self.keys, self.rows)

    @property
    def shown(self) -> Codes:
        """The keys of each person as they leave, cells emptied."""
        found = self.truth
        numbers = self.tables.main[self.tables.design["number"]]
        for at, key in enumerate(self.keys):
            people = self.treatment.emptied.get(key.items[0])
            if people:
                found[numbers.is_in(sorted(people)).to_numpy(), at] = MISSING
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The tables as they were before any treatment, the routes of their questionnaire, the rules."""

    tables: Tables
    routes: Routes
    rules: Rules

    def under(self, treatment: Treatment) -> View:
        """Return the tables under a treatment, with what can be known of people then."""
        made = applied(self.tables, replace(treatment, emptied={}))
        found = variables(treatment.described)
        known = keys(
            made,
            found,
            self.routes,
            treated=treatment.dropped | frozenset(treatment.recoded),
            with_weights=self.rules.profile == "release",
        )
        return View(treatment, made, known)

    def measured(self, view: View) -> Measures:
        """Return the measures of a view; for how many each person stands is known to us in any case."""
        return measured(
            view.truth, view.shown, weights_of(self.tables), _answers(view), self.rules.k
        )

    def demand(self, view: View) -> Demand:
        """Return what is enough for the people of a view."""
        return Demand(self.rules.k, self.rules.diversity, _answers(view))

    def telling(self, view: View, items: Iterable[str]) -> tuple[str, ...]:
        """Return the columns that are no keys and tell of items what is emptied of them.

        Calculations from it, and questions that not everybody was asked, by a route it is part of.
        """
        known = {key.name for key in view.keys}
        after = self.routes.followers(items)
        return tuple(
            one.name
            for one in variables(self.routes.instrument)
            if one.name in after and one.name not in known and _tells(view.tables, one)
        )

    def calculated(self, treatment: Treatment, view: View) -> tuple[str, ...]:
        """Return the columns calculated, among other things, from what was left out or made coarser."""
        treated = treatment.dropped | frozenset(treatment.recoded)
        known = {key.name for key in view.keys}
        after = self.routes.followers(treated)
        return tuple(
            one.name
            for one in variables(self.routes.instrument)
            if one.is_computed and one.name in after - known and _is_here(view.tables, one)
        )


def _answers(view: View) -> Mapping[str, NDArray[np.int64]]:
    return sensitive(view.tables, variables(view.treatment.described), view.keys)


def _tells(tables: Tables, variable: Variable) -> bool:
    if not _is_here(tables, variable):
        return False
    frame = tables.repeats[variable.repeats[-1]] if variable.repeats else tables.main
    return variable.is_computed or asked(frame, variable) is not None


def _is_here(tables: Tables, variable: Variable) -> bool:
    frame = tables.repeats.get(variable.repeats[-1]) if variable.repeats else tables.main
    return frame is not None and variable.name in frame.columns
