"""Files set aside: each once, under every id it bore, however many processes set it aside at once."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from export.collecting import quarantine

IDS = tuple(letter * 32 for letter in "abc")


def note(folder: Path) -> dict[str, object]:
    (path,) = (folder / quarantine.NAME).glob("*.json")
    found: dict[str, object] = json.loads(path.read_bytes())
    return found


def test_the_same_bytes_are_kept_once_and_found_under_every_id_they_bore(tmp_path: Path) -> None:
    """Whoever looks for any of them finds the file; why it was set aside first is kept."""
    for record_id, reason in zip((*IDS, IDS[0], ""), ("altered", *["name"] * 4), strict=True):
        quarantine.put(tmp_path, b"sealed", record_id, reason)
    found = quarantine.copies(tmp_path)
    assert set(found) == {*IDS, ""}
    (path,) = {one for paths in found.values() for one in paths}
    assert path.read_bytes() == b"sealed"
    assert quarantine.count(tmp_path) == 1
    assert note(tmp_path) == {"id": IDS[0], "reason": "altered", "also": [*IDS[1:], ""]}


def test_a_note_of_one_id_is_as_it_always_was(tmp_path: Path) -> None:
    """Two keys, so that what older versions set aside is read, and they read it."""
    quarantine.put(tmp_path, b"sealed", IDS[0], "altered")
    assert note(tmp_path) == {"id": IDS[0], "reason": "altered"}


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b'{"id": 1}', b'{"id": "a", "reason": "", "also": 3}']
)
def test_a_damaged_note_hides_nothing_for_good(tmp_path: Path, damage: bytes) -> None:
    """It names nobody; set aside again, the file has a good one."""
    quarantine.put(tmp_path, b"sealed", IDS[0], "altered")
    (path,) = (tmp_path / quarantine.NAME).glob("*.json")
    path.write_bytes(damage)
    assert quarantine.copies(tmp_path) == {}
    quarantine.put(tmp_path, b"sealed", IDS[1], "altered")
    assert set(quarantine.copies(tmp_path)) == {IDS[1]}


def _put_many(folder: str, record_id: str) -> int:
    for number in range(20):
        quarantine.put(Path(folder), b"sealed %d" % number, record_id, "altered")
    return os.getpid()


@pytest.mark.skipif(sys.platform == "win32", reason="forks, to be quick")
def test_several_processes_set_the_same_bytes_aside_at_once(tmp_path: Path) -> None:
    """None of them is stopped, and none forgets what another noted."""
    with ProcessPoolExecutor(3, mp_context=get_context("fork")) as crew:
        done = list(crew.map(_put_many, [str(tmp_path)] * 3, IDS))
    assert done
    found = quarantine.copies(tmp_path)
    assert {one: len(paths) for one, paths in found.items()} == dict.fromkeys(IDS, 20)
