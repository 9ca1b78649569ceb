"""The refuse list: what is on it stays on it, copies are merged by union, and it is never guessed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.collecting import refused
from surveys.problems import Refusal

IDS = st.sets(st.integers(0, 2**128 - 1).map("{:032x}".format), max_size=4)


@settings(max_examples=20, deadline=None)
@given(first=IDS, second=IDS)
def test_what_is_refused_is_everything_ever_put_there(
    first: set[str], second: set[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The list is the union of what was added, in any order, however many times."""
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    refused.add(one, first)
    refused.add(one, second)
    refused.add(one, first)
    refused.add(other, second | first)
    assert refused.ids(one) == refused.ids(other) == first | second


def test_two_copies_are_merged_by_putting_their_files_together(tmp_path: Path) -> None:
    """Copying one folder over the other leaves the ids of both."""
    refused.add(tmp_path / "a", {"0" * 32, "1" * 32})
    refused.add(tmp_path / "b", {"1" * 32, "2" * 32})
    shutil.copytree(tmp_path / "a", tmp_path / "b", dirs_exist_ok=True)
    assert refused.ids(tmp_path / "b") == {"0" * 32, "1" * 32, "2" * 32}


def test_a_folder_without_a_list_refuses_nothing(tmp_path: Path) -> None:
    """Neither does one that is not there yet."""
    assert refused.ids(tmp_path) == refused.ids(tmp_path / "none") == frozenset()


def test_what_is_no_id_is_neither_read_nor_written(tmp_path: Path) -> None:
    """A file with another name in the list is nobody's record; a text with a path in it never becomes a file."""
    refused.add(tmp_path, {"a" * 32})
    (tmp_path / refused.NAME / ".DS_Store").touch()
    (tmp_path / refused.NAME / f".{'b' * 32}.tmp").touch()
    assert refused.ids(tmp_path) == {"a" * 32}
    for text in ("../" + "c" * 29, "C" * 32, "c" * 31, "c" * 32 + "\n", ""):
        with pytest.raises(ValueError, match="no record id"):
            refused.add(tmp_path, {"d" * 32, text})
    assert refused.ids(tmp_path) == {"a" * 32}


def test_a_list_that_cannot_be_read_is_not_an_empty_one(tmp_path: Path) -> None:
    """Something else under its name stops whoever asks, and whoever adds."""
    (tmp_path / refused.NAME).write_bytes(b"")
    with pytest.raises(Refusal, match="withdrawn"):
        refused.ids(tmp_path)
    with pytest.raises(Refusal):
        refused.add(tmp_path, {"a" * 32})
