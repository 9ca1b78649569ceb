"""A passphrase being typed while the screen is locked: bytes that are wiped, shown nowhere."""

from __future__ import annotations

from collections.abc import Callable

from interviewer.screen.typed import is_text

LONGEST = 1024  # bytes


class Secret:
    """What has been typed of a passphrase, in UTF-8."""

    def __init__(self) -> None:
        self._typed = bytearray()

    def add(self, text: str) -> None:
        """Add characters; a control character is none."""
        typed = bytearray("".join(filter(is_text, text)), "utf-8")
        if len(self._typed) + len(typed) <= LONGEST:
            self._typed += typed
        _wipe(typed)

    def erase(self) -> None:
        """Take back the last character."""
        while self._typed and self._typed.pop() & 0xC0 == 0x80:
            pass

    def is_right(self, unlock: Callable[[bytearray], bool]) -> bool:
        """Whether it unlocks; it is wiped whatever comes of it."""
        try:
            return unlock(self._typed)
        finally:
            self.wipe()

    def wipe(self) -> None:
        """Forget it."""
        _wipe(self._typed)
        self._typed = bytearray()


def _wipe(typed: bytearray) -> None:
    typed[:] = bytes(len(typed))
