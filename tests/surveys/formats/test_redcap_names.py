"""Names and codes that REDCap can take."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.formats.redcap_names import codes_for, name_for

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", fullmatch=True)


@settings(max_examples=200)
@given(names=st.lists(NAMES, max_size=8))
def test_every_name_becomes_one_that_redcap_takes_and_no_two_are_alike(names: list[str]) -> None:
    """Lower case, single underscores inside, a letter first, at most 100 characters."""
    taken: set[str] = set()
    found = [name_for(name, taken) for name in names]
    assert len(set(found)) == len(names)
    assert all(re.fullmatch(r"[a-z](_?[a-z0-9])*", name) and len(name) <= 100 for name in found)


@given(name=st.from_regex(r"[a-z](_?[a-z0-9]){0,40}", fullmatch=True))
def test_a_name_redcap_can_take_stays(name: str) -> None:
    """So that data of the two can be put together."""
    assert name_for(name, set()) == name


def test_names_that_fall_together_are_numbered() -> None:
    """Also where the number makes them too long."""
    taken: set[str] = set()
    assert [name_for(name, taken) for name in ("a.b", "a_b", "A-B")] == ["a_b", "a_b_2", "a_b_3"]
    assert [name_for("xyz", taken, 3), name_for("XYZ", taken, 3)] == ["xyz", "x_2"]


@settings(max_examples=200)
@given(names=st.lists(st.text(min_size=1, max_size=10), unique=True, max_size=8))
def test_every_choice_has_a_code_that_makes_a_column_of_its_own(names: list[str]) -> None:
    """Codes are letters, digits, points, hyphens and underscores; columns fold case and signs."""
    codes = codes_for(names)
    assert list(codes) == names
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", code) for code in codes.values())
    assert len({re.sub(r"[^a-z0-9_]", "_", code.lower()) for code in codes.values()}) == len(names)


def test_a_code_redcap_can_take_stays() -> None:
    """Names, numbers and the negative numbers of missing codes."""
    assert codes_for(["yes", "1", "-99", "a.b"]) == {
        "yes": "yes",
        "1": "1",
        "-99": "-99",
        "a.b": "a.b",
    }
