"""Frames: what was appended is there, whatever the power did; nothing else is taken for it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviewer.frames import Frames, FramesError

KEY = bytes(range(32))
HEAD = b"head of the file"
contents = st.lists(st.binary(max_size=40), min_size=1, max_size=6)
quiet = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def fresh(folder: Path, context: bytes = b"draft/1", key: bytes = KEY) -> Frames:
    path = folder / "frames"
    path.write_bytes(HEAD)
    return Frames(path, key, 40, len(HEAD), context)


def filled(folder: Path, pieces: list[bytes]) -> Frames:
    frames = fresh(folder)
    for number, piece in enumerate(pieces):
        frames.append(number, piece)
    return frames


@quiet
@given(contents)
def test_what_was_appended_is_read(tmp_path: Path, pieces: list[bytes]) -> None:
    """In order, to the byte; the file's size tells only how many."""
    frames = filled(tmp_path, pieces)
    assert frames.read() == tuple(pieces)
    assert frames.path.stat().st_size == len(HEAD) + len(pieces) * frames.frame_size


@quiet
@given(contents, st.data())
def test_a_torn_last_frame_loses_only_itself(
    tmp_path: Path, pieces: list[bytes], data: st.DataObject
) -> None:
    """Cut anywhere in the last frame, or any byte of it lost: the others are read, and it can be redone."""
    frames = filled(tmp_path, pieces)
    whole = frames.path.read_bytes()
    start = len(whole) - frames.frame_size
    cut = data.draw(st.integers(start, len(whole) - 1))
    tail = data.draw(st.sampled_from([b"", bytes(len(whole) - cut)]))
    frames.path.write_bytes(whole[:cut] + tail)
    if frames.path.read_bytes() != whole:
        assert frames.read() == tuple(pieces[:-1])
    frames.append(len(pieces) - 1, b"again")
    assert frames.read() == (*pieces[:-1], b"again")


@quiet
@given(st.data())
def test_damage_before_the_last_frame_is_named(tmp_path: Path, data: st.DataObject) -> None:
    """One flipped bit in an earlier frame: nothing is silently left out."""
    frames = filled(tmp_path, [b"one", b"two", b"three"])
    whole = bytearray(frames.path.read_bytes())
    place = data.draw(st.integers(len(HEAD), len(whole) - frames.frame_size - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    frames.path.write_bytes(bytes(whole))
    with pytest.raises(FramesError, match="damaged"):
        frames.read()


def test_frames_cannot_be_swapped_or_moved_to_another_file(tmp_path: Path) -> None:
    """Number and file are authenticated."""
    frames = filled(tmp_path, [b"one", b"two", b"three"])
    whole = frames.path.read_bytes()
    size = frames.frame_size
    first, second, third = (whole[len(HEAD) + n * size :][:size] for n in range(3))
    frames.path.write_bytes(HEAD + second + first + third)
    with pytest.raises(FramesError):
        frames.read()
    frames.path.write_bytes(whole)
    other = Frames(frames.path, KEY, 40, len(HEAD), b"draft/2")
    with pytest.raises(FramesError):
        other.read()


def test_the_same_content_never_looks_the_same(tmp_path: Path) -> None:
    """Each frame has a key of its own, rewritten ones too."""
    frames = filled(tmp_path, [b"same", b"same"])
    whole = frames.path.read_bytes()
    frames.append(1, b"same")
    stored = [whole[len(HEAD) :][: frames.frame_size], whole[-frames.frame_size :]]
    stored.append(frames.path.read_bytes()[-frames.frame_size :])
    assert len(set(stored)) == 3


@pytest.mark.parametrize("call", ["write", "fdatasync", "lseek"])
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_what_the_disk_refused_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: int
) -> None:
    """The refusal has a remedy; what was there before is still there."""
    frames = filled(tmp_path, [b"one"])

    def refuse(*_arguments: object) -> None:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patched:
        patched.setattr(f"interviewer.frames.os.{call}", refuse)
        with pytest.raises(FramesError, match="free some space"):
            frames.append(1, b"two")
    assert frames.read()[:1] == (b"one",)


def test_short_writes_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes seven bytes at a time still gets the whole frame."""
    frames = fresh(tmp_path)
    write = os.write
    monkeypatch.setattr("interviewer.frames.os.write", lambda fd, view: write(fd, view[:7]))
    frames.append(0, b"whole")
    assert frames.read() == (b"whole",)


def test_a_content_too_large_is_refused(tmp_path: Path) -> None:
    """Frames have one size."""
    with pytest.raises(FramesError, match="longer than can be kept"):
        fresh(tmp_path).append(0, bytes(41))
