"""What was published of a study: which groups of people a report or a dataset shows, and who is in each.

A *cell* is a group of respondents of whom something is printed: how many they are, or a figure of
theirs. Of a dataset given to others the cells are the classes of people who look alike in it. Who is in
a cell is kept by record id, so that a later publication can be compared with it; nobody but the
holders of the study's key may read that (`log.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from export.estimating.columns import Mask
from export.estimating.members import Told

Kind = Literal["report", "release"]


@dataclass(frozen=True, slots=True, eq=False)
class PublishedCell:
    """A group that something is printed of: in which table, which cell of it, and who (over `ids`).

    `unanswered` are those whom the table is not about only because they did not answer. `about`, and
    whether it is a base, are as in `members.Told`.
    """

    table: str
    name: str
    who: Mask
    unanswered: Mask
    about: frozenset[str] = frozenset()
    is_base: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """A report, or a dataset released: its title, when (UTC, ISO 8601), of which questionnaire.

    `ids` are the record ids of all respondents it is about, in the order of the masks of `cells`.
    """

    kind: Kind
    title: str
    time: str
    instrument: str
    ids: tuple[str, ...]
    cells: tuple[PublishedCell, ...]


def report(
    title: str, time: str, instrument: str, ids: Sequence[str], told: Sequence[Told]
) -> Published:
    """Return what a report publishes: of `told`, the cells of which something is shown.

    `ids` are the record ids of the respondents in the order of the cells' masks.
    """
    cells = tuple(
        PublishedCell(one.table, one.name, one.who, one.unanswered, one.about, one.is_base)
        for one in told
        if one.is_shown and one.about
    )
    return Published("report", title, time, instrument, tuple(ids), cells)


def release(
    title: str, time: str, instrument: str, ids: Sequence[str], classes: NDArray[np.intp]
) -> Published:
    """Return what a dataset publishes: `classes` is the number of the class of each respondent.

    Those of one class have the same values in every key variable of the dataset.
    """
    nobody = np.zeros(len(ids), dtype=np.bool_)
    cells = tuple(
        PublishedCell("data", str(number), classes == number, nobody)
        for number in np.unique(classes).tolist()
    )
    return Published("release", title, time, instrument, tuple(ids), cells)
