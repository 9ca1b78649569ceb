"""What is dear to make, made once in a run however many processes test, and copied by each of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewer.files import alone

PATIENCE = 600.0  # seconds: on a busy machine too, nothing takes so long to make


def once(
    factory: pytest.TempPathFactory, worker: str, name: str, make: Callable[[Path], None]
) -> Path:
    """Return a copy, this process's own, of a folder that `make` fills once in a run.

    The first process of a run that asks has it made; the others wait, and make it only where that
    failed. `worker` is the fixture worker_id of pytest-xdist, whose workers each have a temporary
    folder in that of the run. What `make` leaves must not hold its own place.
    """
    own = factory.getbasetemp()
    shared = (own if worker == "master" else own.parent) / "made-once"
    made = shared / name
    with alone(shared / f"{name}.lock", PATIENCE):
        if not made.is_dir():
            making = Path(f"{made}.making")
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            make(making)
            making.rename(made)
    return Path(shutil.copytree(made, factory.mktemp(name) / name, symlinks=True))
