"""Files are written whole or not at all, and through no link that somebody planted."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer import bundle
from interviewer.bundle import BundleError
from interviewer.files import FIXED_TIME, Held, alone, content_of, write_durably
from interviewer.laptop import Laptop
from surveys.problems import Refusal

SECRET = b"what must stay as it is"


def test_what_is_written_is_there_whole_with_a_time_that_says_nothing(tmp_path: Path) -> None:
    """In folders made for it; nothing else is left beside it."""
    path = tmp_path / "a" / "b" / "file"
    for content in (b"first", b"second"):
        write_durably(path, content)
        assert path.read_bytes() == content
    assert [one.name for one in path.parent.iterdir()] == ["file"]
    assert path.stat().st_mtime == FIXED_TIME


def test_a_link_under_the_temporary_name_is_not_written_through(tmp_path: Path) -> None:
    """A stick may hold anything: a link there to a key of this machine leaves the key as it is."""
    (tmp_path / "key").write_bytes(SECRET)
    for name, write in (("kit", write_durably), ("record", bundle.write)):
        (tmp_path / f".{name}.tmp").symlink_to(tmp_path / "key")
        write(tmp_path / name, b"content")
        assert (tmp_path / name).read_bytes() == b"content"
        assert not (tmp_path / f".{name}.tmp").is_symlink()
    assert (tmp_path / "key").read_bytes() == SECRET


def test_a_folder_that_cannot_be_written_is_said_with_a_remedy(tmp_path: Path) -> None:
    """What stands in the way stays; the sentence says where and what to do."""
    (tmp_path / "file").write_bytes(SECRET)
    with pytest.raises(Refusal, match=r"could not be written .*; free some space"):
        write_durably(tmp_path / "file" / "below", b"content")
    assert (tmp_path / "file").read_bytes() == SECRET


def test_a_file_that_is_not_there_is_said_with_a_remedy(tmp_path: Path) -> None:
    """The name is the one that was given."""
    with pytest.raises(Refusal, match=r"absent: cannot be read .*; check the path"):
        content_of(tmp_path / "absent")


def test_what_is_held_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    """The second is refused at once; once let go, it can be held again."""
    with alone(tmp_path / "lock"):
        again = alone(tmp_path / "lock")
        with pytest.raises(Held, match="another souspli is at work here"), again:
            pass
    with alone(tmp_path / "lock"):
        pass


def test_a_bundle_that_is_a_link_into_the_laptop_is_refused(
    tmp_path: Path, enrolled: Callable[..., Laptop]
) -> None:
    """On a hostile stick the laptop's bundle points to its own drafts: nothing there is touched."""
    laptop = enrolled(tmp_path / "home")
    laptop.drafts.mkdir(parents=True)
    (laptop.drafts / f"{'0' * 32}.draft").write_bytes(SECRET)
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "souspli-L01").symlink_to(laptop.drafts)
    with pytest.raises(BundleError, match="is a link; remove it, or give another folder"):
        bundle.opened(tmp_path / "stick", "L01", b"")
    assert (laptop.drafts / f"{'0' * 32}.draft").read_bytes() == SECRET


def test_a_file_that_is_none_or_is_too_large_is_refused_and_not_read(tmp_path: Path) -> None:
    """Ten gigabytes of zeros, a folder, and a pipe to which nobody writes: none is waited for."""
    with (tmp_path / "zeros").open("wb") as file:
        file.truncate(10 * 1024**3)
    (tmp_path / "folder").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises(Refusal, match=r"cannot be read .*; check the path"):
            content_of(path)
    (tmp_path / "small").write_bytes(SECRET)
    assert content_of(tmp_path / "small", len(SECRET)) == SECRET
    with pytest.raises(Refusal, match="cannot be read"):
        content_of(tmp_path / "small", len(SECRET) - 1)
