"""What a questionnaire lets one conclude of an item from others: calculations made of it, questions asked by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from surveys.instrument import Instrument, Question
from surveys.kinds import is_asked
from surveys.plan import Plan, plan


@dataclass(frozen=True, eq=False)
class Routes:
    """What hangs on what in a questionnaire; `quasi` are the items marked so."""

    instrument: Instrument
    plan: Plan
    quasi: frozenset[str]

    @classmethod
    def of(cls, instrument: Instrument) -> Routes:
        """Return those of a checked instrument."""
        marked = (one.name for one in instrument.questions() if one.identifying == "quasi")
        return cls(instrument, plan(instrument), frozenset(marked))

    def followers(self, names: Iterable[str]) -> frozenset[str]:
        """Return all whose value, or being asked, may hang on these items."""
        return _followers(self, frozenset(names))

    def is_made_of_quasi(self, name: str) -> bool:
        """Whether it is calculated from items that others may know, and from nothing else."""
        made_of = self._made_of(name)
        return bool(made_of) and made_of <= self.quasi

    def _made_of(self, name: str) -> frozenset[str]:
        """Return the items a calculation comes from, through other calculations; none for a question."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            item = self.plan.items.get(waiting.pop())
            if not isinstance(item, Question) or item.name in seen:
                continue
            seen.add(item.name)
            if item.name in self.quasi or is_asked(item):
                if item.name != name:
                    found.add(item.name)
            elif item.calculation is not None:
                waiting.extend(item.calculation.names)
        return frozenset(found)


@lru_cache(maxsize=64)
def _followers(routes: Routes, names: frozenset[str]) -> frozenset[str]:
    known = (name for name in names if name in routes.plan.items)
    return frozenset(
        one for name in known for one in routes.plan.affected(name) if one not in names
    )
