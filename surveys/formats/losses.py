"""What a format has no place for: one warning for each column, however many items write it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Place, Problem, loss


def uncarried(instrument: Instrument, carried: Collection[str], target: str) -> Iterator[Problem]:
    """Yield a loss for each column of the form, its items and its choices that is not `carried`.

    `target` is the format, as a person calls it. Each loss stands where the column is written first.
    """
    where: dict[str, Place] = {}
    whose: dict[str, list[str]] = {}
    for subject, column, place in _written(instrument):
        if column not in carried:
            where.setdefault(column, place)
            whose.setdefault(column, []).append(subject)
    for column, place in where.items():
        n = len(set(whose[column]))
        fact = _("“{column}” has no place in {target}")
        if n > 1:
            fact = _("“{column}” has no place in {target}; it is lost for {n} items or lists")
        yield loss(place, whose[column][0], fact.format(column=column, target=target, n=n))


def _written(instrument: Instrument) -> Iterator[tuple[str, str, Place]]:
    """Yield (whose, column, place) of every column that is written."""
    yield from (("form", column, place) for column, place in instrument.places.items())
    for item, _around in instrument.items():
        yield from ((item.name, column, place) for column, place in item.places.items())
    for found in instrument.lists.values():
        for position, choice in enumerate(found.rows, start=1):
            if choice.exclusive:
                yield found.name, "exclusive", choice.place
            if choice.code != choice.usual_code(choice.name, position):
                yield found.name, "code", choice.place
            yield from ((found.name, column, choice.place) for column in choice.columns)
