"""Where passphrases come from: one line each from an inherited descriptor, else asked on the terminal.

Never an argument, never the environment: both are seen by other programs of the machine.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeVar

from surveys.language import _
from surveys.problems import Refusal

SHORTEST = 12  # characters of a new passphrase
TRIES = 3  # wrong passphrases on a terminal before the verb ends

Opened = TypeVar("Opened")


class WrongPassphrase(Refusal):
    """A passphrase that does not open what it was given for."""


class Passphrases:
    """Gives one passphrase after the other, in the order the verb's help names."""

    def __init__(self, descriptor: int | None) -> None:
        self._lines: BinaryIO | None = (
            None if descriptor is None else os.fdopen(descriptor, "rb", closefd=False)
        )

    @property
    def is_piped(self) -> bool:
        """Whether they come from a descriptor: then nobody is there to try again."""
        return self._lines is not None

    def existing(self, what: str) -> bytearray:
        """Return the passphrase of a key that exists; the caller wipes it."""
        return (
            self._given()
            if self._lines
            else self._asked(_("Passphrase of {what}:").format(what=what))
        )

    def opening(
        self,
        what: str,
        opened: Callable[[bytearray], Opened],
        wrong: type[Refusal] = WrongPassphrase,
    ) -> Opened:
        """Return what the next passphrase, of a key that exists, opens; on a terminal, in three tries.

        It is wiped as soon as it was tried. `wrong` is what `opened` raises where it is not the one.
        """
        for attempt in range(1, TRIES + 1):
            secret = self.existing(what)
            try:
                return opened(secret)
            except wrong:
                if self.is_piped or attempt == TRIES:
                    raise
                print(_("That is not the passphrase."), file=sys.stderr)
            finally:
                wipe(secret)
        raise AssertionError

    def new(self, what: str) -> bytearray:
        """Return a new passphrase, typed twice on a terminal; refuses a short one.

        On a terminal the length is told before, and one that is short, or typed otherwise the second
        time, is asked again.
        """
        if self._lines:
            chosen = self._given()
            _require_long(chosen)
            return chosen
        for attempt in range(1, TRIES + 1):
            try:
                return self._asked_twice(what)
            except Refusal as refusal:
                if attempt == TRIES or not sys.stdin.isatty():
                    raise
                print(refusal, file=sys.stderr)
        raise AssertionError

    def rest(self) -> Iterator[str]:
        """Yield the lines that the descriptor gives beside passphrases, up to an empty one or its end.

        No line is wiped: each is a text of its own.
        """
        for line in self._lines or ():
            text = line.decode("utf-8", "replace").strip()
            if not text:
                return
            yield text

    def _asked_twice(self, what: str) -> bytearray:
        prompt = _("New passphrase for {what} ({n} characters or more):")
        chosen = self._asked(prompt.format(what=what, n=SHORTEST))
        _require_long(chosen)
        again = self._asked(_("The same again:"))
        is_same = chosen == again
        wipe(again)
        if not is_same:
            wipe(chosen)
            raise Refusal(_("the two passphrases differ; begin again"))
        return chosen

    def _given(self) -> bytearray:
        assert self._lines is not None  # noqa: S101 - the two callers have tested it
        line = self._lines.readline()
        if not line:
            raise Refusal(_("--passphrase-fd ended before the last passphrase; give one a line"))
        return bytearray(line.rstrip(b"\r\n"))

    def _asked(self, prompt: str) -> bytearray:
        if not sys.stdin.isatty():
            raise Refusal(_("there is no terminal to ask a passphrase on; use --passphrase-fd N"))
        import questionary

        try:
            typed = questionary.password(prompt, erase_when_done=True).unsafe_ask()
        except EOFError as error:  # Ctrl-D: nobody wants to type it
            raise KeyboardInterrupt from error
        return bytearray(str(typed).encode("utf-8"))


def _require_long(chosen: bytearray) -> None:
    """Wipe a passphrase that is too short and raise Refusal: each character begins with one byte."""
    if sum(byte & 0xC0 != 0x80 for byte in chosen) < SHORTEST:
        wipe(chosen)
        raise Refusal(
            _("the passphrase is too short; take at least {n} characters").format(n=SHORTEST)
        )


def describe(parser: argparse.ArgumentParser, order: str) -> None:
    """Add --passphrase-fd to a verb; `order` says which passphrases it reads, in which order."""
    told = _("read passphrases from this descriptor, one a line: {order}").format(order=order)
    parser.add_argument("--passphrase-fd", type=int, metavar="N", help=told)


def wipe(secret: bytearray) -> None:
    """Overwrite a passphrase in memory."""
    secret[:] = bytes(len(secret))
