"""What two divisions of the same people tell together, against linear algebra."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from export.disclosure.differencing import findings
from export.disclosure.divisions import divisions, tells_of_few
from export.disclosure.log import Log
from export.disclosure.published import Published, PublishedCell
from export.estimating.columns import Mask

IDS = tuple(f"r{at:03}" for at in range(100))
NOTHING = Log((), ())


def division(table: str, *bounds: int, people: int = 100) -> tuple[PublishedCell, ...]:
    """Return the figures of people of 0, 1, 2… by bands from each bound up to the next."""
    ages, nobody = np.arange(people), np.zeros(people, dtype=np.bool_)
    inside = [(ages >= low) & (ages < high) for low, high in pairwise(bounds)]
    return tuple(
        PublishedCell(table, str(at), who, nobody, frozenset({"x"}), True)
        for at, who in enumerate(inside)
    )


def published(*cells: PublishedCell, title: str = "new") -> Published:
    return Published("report", title, "2026-11-23T12:00:00+00:00", "form", IDS, cells)


def test_bands_of_which_two_are_nearly_one_of_another_table_refuse() -> None:
    """0 to 19 and 20 to 39, beside 0 to 37: no band is part of another by a few, and two people follow."""
    fine, coarse = division("fine", 0, 20, 40, 70, 100), division("coarse", 0, 38, 100)
    (found,) = findings(published(*fine, *coarse), NOTHING, 11, 5)
    assert (found.kind, {found.first, found.second}) == ("difference", {"fine", "coarse"})


def test_they_refuse_between_two_reports() -> None:
    """Fine bands in spring, coarse ones that are cut elsewhere now."""
    old = published(*division("fine", 0, 20, 40, 70, 100), title="spring")
    (found,) = findings(published(*division("coarse", 0, 38, 100)), Log((old,), ()), 11, 5)
    assert (found.kind, found.earlier) == ("difference", "spring")


def test_bands_cut_at_the_same_place_tell_nothing() -> None:
    """The coarse bands are sums of the fine ones."""
    fine, coarse = division("fine", 0, 20, 40, 70, 100), division("coarse", 0, 40, 100)
    assert findings(published(*fine, *coarse), NOTHING, 11, 5) == ()


def test_who_is_in_no_group_follows_from_everybody() -> None:
    """Figures of all, and of all but three in two groups."""
    new = published(*division("all", 0, 100), *division("groups", 0, 50, 97))
    (found,) = findings(new, NOTHING, 11, 5)
    assert found.kind == "difference"


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=14),
    st.integers(2, 6),
)
def test_a_few_are_told_of_where_the_printed_sums_have_one_solution_for_them(
    people: list[tuple[int, int]], threshold: int
) -> None:
    """As the rank of the equations says; 0 is for who is in no group that is printed."""
    nobody = np.zeros(len(people), dtype=np.bool_)
    labels = np.array(people)
    both = []
    for at in (0, 1):
        masks: list[Mask] = [labels[:, at] == group for group in (1, 2, 3)]
        both.append(divisions(PublishedCell(str(at), "", one, nobody) for one in masks))
    if not all(both):
        return
    (one,), (other,) = both
    pieces = sorted({*zip(one.labels.tolist(), other.labels.tolist(), strict=True)})
    rows = [[piece[at] == group for piece in pieces] for at in (0, 1) for group in (1, 2, 3)]
    rank = np.linalg.matrix_rank(np.array(rows, dtype=float))
    expected = set()
    for piece in pieces:
        few = int(np.sum((one.labels == piece[0]) & (other.labels == piece[1])))
        told = [*rows, [each == piece for each in pieces]]
        is_one = np.linalg.matrix_rank(np.array(told, dtype=float)) == rank
        if piece != (0, 0) and few < threshold and is_one:
            expected.add(piece)
    assert set(tells_of_few(one, other, threshold)) == expected
