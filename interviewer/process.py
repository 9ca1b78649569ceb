"""The process of one interview: what it refuses (core dumps), how it ends, what it is handed."""

from __future__ import annotations

import base64
import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewer import age
from interviewer.vault import Secrets

_PR_SET_DUMPABLE = 4
# What a child of the day's session says beside 0 (sealed) and 130 (kept).
ERASED = 10
LOCKED = 11  # kept, and the screen was locked when it was left


def interrupt_on_hangup() -> None:
    """Let a hang-up or a polite kill end the interview as Ctrl-C does: what was said is kept."""
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


@dataclass(frozen=True, slots=True, repr=False)
class Handed:
    """What the day's session hands to the process of one interview.

    Keys, the codes of case and interviewer, and the id of the draft to go on with; without one a new
    interview begins.
    """

    secrets: Secrets
    case: str = ""
    interviewer: str = ""
    draft: str = ""

    def encode(self) -> bytes:
        """Return it as one line of JSON."""
        found = {
            "vault_key": base64.b64encode(self.secrets.vault_key).decode(),
            "identity": self.secrets.identity.encode(),
            "signing": base64.b64encode(self.secrets.signing.private_bytes_raw()).decode(),
            "case": self.case,
            "interviewer": self.interviewer,
            "draft": self.draft,
        }
        return json.dumps(found).encode("ascii") + b"\n"


def handed(descriptor: int) -> Handed:
    """Return what was handed through an inherited descriptor, which is closed."""
    if sys.platform == "win32":  # there, what is inherited is a handle; not run on Windows so far
        import msvcrt

        descriptor = msvcrt.open_osfhandle(descriptor, os.O_RDONLY)
    with os.fdopen(descriptor, "rb") as pipe:
        found = json.loads(pipe.read())
    return Handed(
        Secrets(
            base64.b64decode(found["vault_key"]),
            age.HybridIdentity.parse(found["identity"]),
            Ed25519PrivateKey.from_private_bytes(base64.b64decode(found["signing"])),
        ),
        found["case"],
        found["interviewer"],
        found["draft"],
    )


def child(command: Sequence[str], handed: Handed) -> tuple[int, str]:
    """Run a command that takes `--handed-fd`; return its exit status, and what it complained of.

    What is handed goes through a pipe that the child alone inherits: never an argument, never the
    environment. The terminal is the child's meanwhile, and is left as it was.
    """
    reading, writing = os.pipe()
    try:
        os.write(writing, handed.encode())  # some 2 KiB at most: any pipe takes it at once
    finally:
        os.close(writing)
    with _terminal_as_it_was():
        process = _started(command, reading)
        while True:
            try:
                said = process.communicate()[1]
                return process.returncode, said.decode("utf-8", "replace").strip()
            except KeyboardInterrupt:  # the child was told as well, and ends by itself
                continue


def _started(command: Sequence[str], reading: int) -> subprocess.Popen[bytes]:
    """Return the child, with the reading end of a pipe; it is closed here."""
    try:
        if sys.platform != "win32":
            return subprocess.Popen(  # noqa: S603 - our own command, and codes that were checked
                [*command, "--handed-fd", str(reading)], stderr=subprocess.PIPE, pass_fds=[reading]
            )
        import msvcrt

        handle = msvcrt.get_osfhandle(reading)
        os.set_handle_inheritable(handle, True)
        inherited = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        return subprocess.Popen(  # noqa: S603 - as above
            [*command, "--handed-fd", str(handle)], stderr=subprocess.PIPE, startupinfo=inherited
        )
    finally:
        os.close(reading)


@contextmanager
def _terminal_as_it_was() -> Iterator[None]:
    """Put the terminal back as it was, whatever became of the child: a killed one leaves it raw."""
    try:
        import termios
    except ImportError:  # Windows: a console's mode is put back by whoever changed it
        yield
        return
    try:
        before = termios.tcgetattr(sys.stdin.fileno())
    except (termios.error, OSError, ValueError):  # no terminal
        yield
        return
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, before)
