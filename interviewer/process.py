"""What keeps an interview's memory out of files the system would write by itself."""

from __future__ import annotations

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def harden() -> None:
    """Forbid core dumps of this process, where the system lets it (Linux, macOS)."""
    try:
        import resource
    except (
        ImportError
    ):  # Windows writes no core files by default; docs/threats.md says what remains
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
