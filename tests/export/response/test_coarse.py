"""Groups for a page to be shown around: none small, nothing lost, nothing to be had by subtraction."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from export.respondents.dispositions import CLASSES
from export.response.coarse import coarse, folded
from export.response.progress import Group
from export.response.visits import Visits


def group(name: str, interviews: int, refused: int = 0) -> Group:
    counts = dict.fromkeys(CLASSES, 0) | {"I": interviews, "R": refused}
    return Group(name, counts, {one: 2.0 * n for one, n in counts.items()})


GROUPS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=8).map(
    lambda found: [group(f"G{n}", *one) for n, one in enumerate(found)]
)


@settings(max_examples=60)
@given(GROUPS, st.integers(1, 20))
def test_no_group_is_small_and_all_of_them_are_everybody(groups: list[Group], least: int) -> None:
    """So a small one is no difference between what is shown and the whole either."""
    found = coarse([*groups, group("", 0, 3)], least)
    if sum(one.respondents for one in groups) < least:
        assert found == ()
        return
    *known, unknown = found
    assert unknown.whole.cases == 3
    assert all(one.whole.respondents >= least for one in known)
    assert sum(one.whole.cases for one in known) == sum(one.cases for one in groups)
    names = [part.name for one in known for part in one.parts]
    assert names == [one.name for one in groups]


def test_a_group_that_is_small_goes_with_its_neighbour() -> None:
    """With the one after it; the last ones with those before them."""
    groups = [group("1", 20), group("2", 4), group("3", 9), group("4", 12), group("5", 2)]
    found = coarse(groups, 11)
    assert [[part.name for part in one.parts] for one in found] == [["1"], ["2", "3"], ["4", "5"]]


@settings(max_examples=60)
@given(st.lists(st.integers(0, 40), max_size=7), st.integers(1, 20))
def test_late_visits_stand_together_until_there_are_enough(numbers: list[int], least: int) -> None:
    """The last line counts from its number on; where all together are too few there is none."""
    found = folded([Visits(str(n), nobody=one) for n, one in enumerate(numbers, 1)], least)
    assert sum(one.visits for one in found) == (sum(numbers) if found else 0)
    assert all(one.visits >= least for one in found)
    assert bool(found) == (sum(numbers) >= least)
