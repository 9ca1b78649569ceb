"""What an interview's process refuses (core dumps) and how it ends when it is told to."""

from __future__ import annotations

import ctypes
import signal
import sys

_PR_SET_DUMPABLE = 4


def interrupt_on_hangup() -> None:
    """Let a hang-up or a polite kill end the interview as Ctrl-C does: what was said is sealed."""
    for name in ("SIGHUP", "SIGTERM"):  # Windows has no SIGHUP
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)


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
