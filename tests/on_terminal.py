"""A command on a terminal of its own, where somebody types what it asks for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest


def typed_into(
    program: Path,
    words: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    answers: Sequence[tuple[str, str]],
) -> tuple[int, str]:
    """Run a command, answer each question as it is asked, and return its status and what was shown."""
    pexpect = pytest.importorskip("pexpect")
    child = pexpect.spawn(
        str(program),
        [*words],
        cwd=str(folder),
        env={**os.environ, **environment, "COLUMNS": "1000"},  # no sentence is broken
        dimensions=(40, 1000),
        timeout=60,
        encoding="utf-8",
    )
    shown = ""
    for asked, said in answers:
        child.expect_exact(asked)
        shown += child.before
        child.send(f"{said}\r")
    child.expect(pexpect.EOF)
    shown += child.before
    child.close()
    return child.exitstatus, shown
