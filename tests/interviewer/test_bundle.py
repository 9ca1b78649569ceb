"""The bundle on somebody's stick: written whole or named as torn, and nothing on it is believed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviewer import bundle
from interviewer.bundle import BundleError
from interviewer.files import FIXED_TIME
from interviewer.ledger import Ledger

Require = Callable[[str, bool, str], None]

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
A, B = "a" * 32, "b" * 32
quiet = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ledger_of(folder: Path, *ids: str) -> dict[str, bytes]:
    """Return a ledger in which these records started, and its head, by file name."""
    folder.mkdir()
    for record_id in ids:
        Ledger(folder, "L01").append("start", record_id, "", KEY)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def written(destination: Path, files: dict[str, bytes]) -> Path:
    """Write a whole bundle of L01, of the study s."""
    folder = bundle.opened(destination, "L01", b"")
    digests = {name: bundle.put(folder, name, content) for name, content in files.items()}
    bundle.close(folder, "s", "L01", digests)
    return folder


def is_whole(folder: Path) -> bool:
    """Whether a bundle is what its manifest says; False without one."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
    except FileNotFoundError:
        return False
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    return all(
        hashlib.sha256(found.get(name, b"")).hexdigest() == digest
        for name, digest in manifest["files"].items()
    )


# --- what is written ----------------------------------------------------------------------------

files_of = st.dictionaries(
    st.sampled_from([f"{A}.age", f"{A}.link.age", f"{B}.age", "ledger", "ledger.head"]),
    st.binary(max_size=50),
)


@quiet
@given(before=files_of, after=files_of)
def test_what_is_closed_is_whole_whatever_was_there(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    """The manifest has every file that was put, with its hash; a repetition writes nothing."""
    destination = tmp_path_factory.mktemp("stick")
    written(destination, before)
    folder = written(destination, after)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in after.items()}
    assert manifest == {"souspli_bundle": 1, "study": "s", "device": "L01", "files": hashes}
    assert is_whole(folder)
    assert {path.stat().st_mtime for path in folder.iterdir()} == {FIXED_TIME}
    nodes = {path.name: path.stat().st_ino for path in folder.iterdir()}
    written(destination, after)
    assert {path.name: path.stat().st_ino for path in folder.iterdir()} == nodes


def test_from_the_first_change_to_the_last_a_bundle_is_torn(tmp_path: Path) -> None:
    """The manifest goes before anything is written or taken away, and comes back at the end."""
    folder = written(tmp_path, {f"{A}.age": b"a"})
    bundle.put(folder, f"{A}.age", b"a")
    assert is_whole(folder)
    bundle.put(folder, f"{B}.age", b"b")
    assert not (folder / "manifest.json").exists()
    folder = written(tmp_path, {f"{A}.age": b"a", f"{B}.age": b"b"})
    bundle.take_away(folder, f"{B}.age")
    assert not (folder / "manifest.json").exists()
    assert bundle.names(folder) == [f"{A}.age"]


def test_only_files_of_records_and_drafts_are_the_bundle_s_own(tmp_path: Path) -> None:
    """What a system or a person leaves on a stick is neither listed nor touched."""
    folder = written(tmp_path, {f"{A}.age": b"a", f"{A}.link.age": b"l", f"{B}.draft": b"d"})
    for name in (f"._{A}.age", ".DS_Store", "Thumbs.db", f"{A}.age.bak", f".{A}.age"):
        (folder / name).write_bytes(b"?")
    assert bundle.names(folder) == [f"{A}.age", f"{A}.link.age", f"{B}.draft"]


# --- what is refused ----------------------------------------------------------------------------


def test_a_destination_that_is_not_there_or_no_folder_is_refused(tmp_path: Path) -> None:
    """One sentence with a remedy; nothing is made."""
    with pytest.raises(BundleError, match="is not there; plug the stick in"):
        bundle.opened(tmp_path / "stick", "L01", b"")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BundleError, match="is a file, not a folder; give the stick"):
        bundle.opened(tmp_path / "file", "L01", b"")
    with pytest.raises(BundleError, match="File name too long"):
        bundle.opened(tmp_path / ("x" * 300), "L01", b"")
    (tmp_path / "souspli-L01").write_bytes(b"")
    with pytest.raises(BundleError, match="another stick: the laptop keeps everything"):
        bundle.opened(tmp_path, "L01", b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "souspli-L01"]


def test_a_bundle_our_ledger_does_not_continue_is_left_alone(tmp_path: Path) -> None:
    """What vouches for another laptop's records is not overwritten by a laptop of the same name."""
    theirs, ours = ledger_of(tmp_path / "1", A), ledger_of(tmp_path / "2", B, A)
    folder = written(tmp_path, theirs)
    for other in (ours["ledger"], b""):
        with pytest.raises(BundleError, match="take it to the study lead first"):
            bundle.opened(tmp_path, "L01", other)
    assert is_whole(folder)
    assert bundle.opened(tmp_path, "L01", theirs["ledger"]) == folder


@pytest.mark.parametrize("name", ["ledger", "ledger.head"])
def test_a_ledger_the_stick_has_damaged_holds_up_no_hand_over(tmp_path: Path, name: str) -> None:
    """Cut or changed anywhere, or its head: it vouches for nothing any more, and is written anew."""
    ours = ledger_of(tmp_path / "1", A, B)
    folder = written(tmp_path, ours)
    whole = ours[name]
    for place in range(0, len(whole), 11):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        for damaged in (whole[:place], changed):
            (folder / name).write_bytes(damaged)
            bundle.opened(tmp_path, "L01", ours["ledger"])


def test_a_stick_that_returns_other_bytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One bit of any file, the manifest included, changed between writing and reading back."""
    files = {f"{A}.age": b"a", "ledger": b"l"}
    for name in (*files, "manifest.json"):

        def spoiled(source: Path, target: Path, name: str = name) -> None:
            content = bytearray(source.read_bytes())
            content[0] ^= target.name == name
            source.unlink()
            target.write_bytes(content)

        stick = tmp_path / name
        stick.mkdir()
        with monkeypatch.context() as patch:
            patch.setattr("interviewer.bundle.os.replace", spoiled)
            with pytest.raises(BundleError, match="other bytes than were written; take another"):
                written(stick, files)
        assert not (stick / "souspli-L01" / "manifest.json").exists()
        assert is_whole(written(stick, files))


def test_a_stick_smaller_than_it_says_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last files overwrite its first ones: all are read back, once all are written."""
    replace = os.replace

    def wrapping(source: Path, target: Path) -> None:
        replace(source, target)
        if target.name == f"{B}.age":
            (target.parent / f"{A}.age").write_bytes(b"b")

    monkeypatch.setattr("interviewer.bundle.os.replace", wrapping)
    with pytest.raises(BundleError, match="other bytes"):
        written(tmp_path, {f"{A}.age": b"a", f"{B}.age": b"b"})


def test_a_stick_that_goes_bad_later_is_found_out(tmp_path: Path) -> None:
    """What was whole yesterday is read again today: rewritten where it differs."""
    folder = written(tmp_path, {f"{A}.age": b"a" * 100})
    (folder / f"{A}.age").write_bytes(b"a" * 99 + b"b")
    written(tmp_path, {f"{A}.age": b"a" * 100})
    assert is_whole(folder)


# --- what a stick may lack, and what it may carry -----------------------------------------------


def test_a_stick_without_folders_to_sync_or_times_to_set_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT through some drivers: no fsync of folders, and only the owner of the mount sets times."""
    fsync = os.fsync

    def no_folders(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    def not_yours(*_arguments: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("interviewer.bundle.os.fsync", no_folders)
    monkeypatch.setattr("interviewer.bundle.os.utime", not_yours)
    assert is_whole(written(tmp_path, {f"{A}.age": b"a"}))


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
def test_a_stick_that_fails_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """Full, broken or write-protected: no half file stays, and the next attempt ends well."""

    def failing(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(f"interviewer.bundle.os.{call}", failing)
        with pytest.raises(BundleError, match=f"{os.strerror(number)}.*; free some space"):
            written(tmp_path, {f"{A}.age": b"a"})
    assert [path.name for path in (tmp_path / "souspli-L01").iterdir()] == []
    assert is_whole(written(tmp_path, {f"{A}.age": b"a"}))


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
def test_links_and_pipes_under_our_names_are_never_followed(tmp_path: Path) -> None:
    """A stick may point back into the laptop: what it points at is neither read nor written."""
    mine = tmp_path / "mine"
    mine.write_bytes(b"mine")
    folder = bundle.opened(tmp_path, "L01", b"")
    (folder / f"{A}.age").symlink_to(mine)
    (folder / f".{B}.age.tmp").symlink_to(mine)
    (folder / "manifest.json").symlink_to(mine)
    os.mkfifo(folder / "ledger")
    assert bundle.content(folder / f"{A}.age", 100) is None
    assert bundle.content(folder / "ledger", 100) is None
    folder = written(tmp_path, {f"{A}.age": b"a", f"{B}.age": b"b", "ledger": b"l"})
    assert is_whole(folder)
    assert mine.read_bytes() == b"mine"
    assert not any(path.is_symlink() for path in folder.iterdir())


def test_a_folder_where_a_file_should_be_is_refused(tmp_path: Path) -> None:
    """It is not emptied; the sentence says where."""
    folder = bundle.opened(tmp_path, "L01", b"")
    (folder / f"{A}.age").mkdir()
    with pytest.raises(BundleError, match="could not be read or written"):
        written(tmp_path, {f"{A}.age": b"a"})


def test_what_lies_at_a_destination_is_read_up_to_a_size(tmp_path: Path) -> None:
    """Files of one sort, sorted by name; larger ones, folders and what the system hides are not."""
    for name, size in (("b.kit", 3), ("a.kit", 4), ("large.kit", 5), ("a.kit.bak", 1), (".kit", 1)):
        (tmp_path / name).write_bytes(bytes(size))
    (tmp_path / "folder.kit").mkdir()
    found = bundle.found(tmp_path, ".kit", 4)
    assert [(path.name, len(content)) for path, content in found] == [("a.kit", 4), ("b.kit", 3)]


def test_a_small_file_takes_little_memory_however_large_it_may_be(tmp_path: Path) -> None:
    """What is set aside for it is as much as it has."""
    (tmp_path / "ledger").write_bytes(b"x")
    tracemalloc.start()
    assert bundle.read(tmp_path / "ledger", bundle.LARGEST) == b"x"
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


def test_what_lies_at_a_destination_is_read_one_at_a_time(tmp_path: Path) -> None:
    """A stick full of receipts does not fill the laptop's memory."""
    for name in ("a.kit", "b.kit"):
        (tmp_path / name).write_bytes(b"x")
    found = bundle.found(tmp_path, ".kit", 4)
    assert next(found)[1] == b"x"
    (tmp_path / "b.kit").unlink()
    assert list(found) == []


# --- real sticks --------------------------------------------------------------------------------


@pytest.fixture
def stick(tmp_path: Path, require: Require) -> Iterator[Callable[..., Path]]:
    """A function that mounts a memory of so many KiB, or remounts it read-only."""
    place = tmp_path / "stick"
    place.mkdir()

    def mount(options: str) -> bool:
        if sys.platform != "linux":
            return False
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    require("mount", mount("size=64k"), "run the tests as root on Linux")

    def again(options: str) -> Path:
        subprocess.run(["mount", "-o", f"remount,{options}", str(place)], check=True)
        return place

    yield again
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_stick_keeps_no_half_file(stick: Callable[..., Path]) -> None:
    """Refused when it is full, torn meanwhile; with room, the same again ends well."""
    files = {f"{number:032x}.age": bytes([number]) * 9000 for number in range(10)}
    place = stick("size=64k")
    with pytest.raises(BundleError, match="No space left on device"):
        written(place, files)
    folder = place / "souspli-L01"
    assert not (folder / "manifest.json").exists()
    assert 0 < len(bundle.names(folder)) < len(files)
    assert all(path.stat().st_size == 9000 for path in folder.iterdir())
    assert is_whole(written(stick("size=256k"), files))


def test_a_write_protected_stick_is_refused(stick: Callable[..., Path]) -> None:
    """Empty or with a bundle on it: one sentence; a bundle that is whole already needs no writing."""
    place = stick("ro")
    with pytest.raises(BundleError, match="Read-only file system"):
        written(place, {f"{A}.age": b"a"})
    written(stick("rw"), {f"{A}.age": b"a"})
    stick("ro")
    with pytest.raises(BundleError, match="Read-only file system"):
        written(place, {f"{A}.age": b"b"})
    assert is_whole(place / "souspli-L01")
