"""What is left in reserve, and how a batch of it is shared among the cells of a draw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from export.drawing.sample import DrawnCase
from export.drawing.strata import shares
from surveys.language import _, ngettext
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class Cell:
    """A stratum of a draw, or in two stages a cluster: how many of it were drawn, and are in reserve.

    Counts are of people, and of clusters where whole clusters were drawn.
    """

    number: int
    stratum: int
    drawn: int
    left: int


def cells(sample: Mapping[str, DrawnCase]) -> tuple[Cell, ...]:
    """Return the cells of a draw, in order."""
    drawn: defaultdict[tuple[int, int], set[object]] = defaultdict(set)
    left: defaultdict[tuple[int, int], set[object]] = defaultdict(set)
    for one in sample.values():
        unit = one.case if one.cluster is None or one.cell == one.cluster else one.cluster
        place = (one.stratum, one.cell)
        (drawn if one.batch == 0 else left)[place].update(
            () if one.batch not in (0, None) else (unit,)
        )
    return tuple(
        Cell(cell, stratum, len(drawn[stratum, cell]), len(left[stratum, cell]))
        for stratum, cell in sorted({*drawn, *left})
    )


def shared(found: Sequence[Cell], count: int, stratum: int | None = None) -> dict[int, int]:
    """Return how many of each cell a batch of `count` releases, of one stratum or of all.

    In proportion to what was drawn of each, within what is left; ties go to the lower number. Raises
    Refusal where the reserve has fewer.
    """
    if stratum is not None and stratum not in {cell.stratum for cell in found}:
        raise Refusal(_("the draw has no stratum {n}; look in sample.csv").format(n=stratum))
    open_ones = [cell for cell in found if stratum in (None, cell.stratum)]
    left = sum(cell.left for cell in open_ones)
    if count > left:
        raise Refusal(
            ngettext(
                "{n} is left in reserve there; release as many or fewer",
                "{n} are left in reserve there; release as many or fewer",
                left,
            ).format(n=left)
        )
    given = shares([max(cell.drawn, 1) for cell in open_ones], count, [c.left for c in open_ones])
    return {cell.number: n for cell, n in zip(open_ones, given, strict=True) if n}
