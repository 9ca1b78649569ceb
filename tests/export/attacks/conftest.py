"""A scene to attack, made once, copied for each test; and no test that waits for ever."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewer.handover import handover
from tests.attacked import (
    NOW,
    OWNERS,
    PATIENCE,
    Scene,
    copied,
    enrolled,
    founded,
    made_of,
    sealed,
)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The scene before any attack; each test has a copy of its own."""
    folder = tmp_path_factory.mktemp("untouched")
    study = founded(folder / "study", "small")
    enrolled(founded(folder / "other", "another"), folder / "elsewhere" / "L01")
    scene = Scene(folder, {})
    scene.stick.mkdir()
    ids: dict[str, str] = {}
    for name in ("L01", "L02"):
        enrolled(study, folder / name)
        letters = [letter for letter, owner in OWNERS.items() if owner == name]
        for number, letter in enumerate(letters, start=1):
            one = made_of(study, name, number)
            sealed(scene.laptop(name), one)
            ids[letter] = one.id
        handover(scene.laptop(name), scene.stick, NOW)
    return Scene(folder, ids)


@pytest.fixture(autouse=True)
def in_a_moment() -> Iterator[None]:
    """Fail a test that waits for what never comes, where the system can tell."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def late(_number: int, _frame: object) -> None:
        raise TimeoutError("it waits for what never comes")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def scene(untouched: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A scene to attack; the commands speak English."""
    monkeypatch.setenv("LANGUAGE", "en")
    return copied(untouched, tmp_path / "scene")
