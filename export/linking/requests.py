"""Which records a participant's card names: all that a withdrawal needs, and all that the lead is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from export.linking.links import Opened, Unopened
from surveys.codes import normal_card


@dataclass(frozen=True, slots=True)
class Named:
    """The ids of the records that each code names, in the order of the codes; what could not be looked into.

    `doubtful` counts copies set aside that name a code under a record whose own link file does not:
    anybody may have made them, and nothing is removed for their sake.
    """

    records: tuple[tuple[str, ...], ...]
    doubtful: int
    unopened: tuple[Unopened, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids that any of the codes names, each once, in order: nothing tells whose is whose."""
        return tuple(sorted({one for ids in self.records for one in ids}))


def named(found: Iterable[Opened | Unopened], codes: Sequence[str]) -> Named:
    """Return the records that hold these card codes, as `normal_card` gives them, under whatever item.

    A copy set aside counts only where the record's own link file was not opened.
    """
    own: dict[str, set[str]] = {code: set() for code in codes}
    aside: dict[str, set[str]] = {code: set() for code in codes}
    opened: set[str] = set()
    unopened: list[Unopened] = []
    for one in found:
        if isinstance(one, Unopened):
            unopened.append(one)
            continue
        if not one.is_aside:
            opened.add(one.id)
        for value in one.links.values():
            held = (aside if one.is_aside else own).get(normal_card(value))
            if held is not None:
                held.add(one.id)
    records = tuple(tuple(sorted(own[code] | (aside[code] - opened))) for code in codes)
    doubtful = sum(len((aside[code] & opened) - own[code]) for code in own)
    return Named(records, doubtful, tuple(unopened))
