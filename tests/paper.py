"""A day on paper: terminals in tmux, commands run at a desk, and the transcript of both.

What is random or of the day is replaced before anything is compared: codes, words read aloud, hashes,
dates. A placeholder on a screen is as wide as what it stands for, so that nothing moves.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

PATIENCE = 60  # seconds; a slow machine is not a failure
COLUMNS, ROWS = 80, 24
_SYLLABLES = "[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]"
# What is random, and what each new one is called: the same thing keeps the same number.
_RANDOM = {
    "‹words {}›": re.compile(rf"\b{_SYLLABLES}(?: {_SYLLABLES}){{5}}\b"),
    "‹hash {}›": re.compile(r"\b[0-9a-f]{64}\b"),
    "‹record {}›": re.compile(r"\b[0-9a-f]{32}\b"),
    "HEAD-{:03}": re.compile(r"\b[0-9A-F]{8}\b"),
}
_OF_THE_DAY = {
    "YYYY-MM-DD": re.compile(r"\b\d{4}-\d\d-\d\d\b"),
    "WEEKDAY DD/MM": re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d\d/\d\d\b"),
    "DD/MM": re.compile(r"(?<=· )\d\d/\d\d$", re.MULTILINE),
    "today, PART OF DAY": re.compile(r"\btoday, (?:morning|afternoon|evening)\b"),
}


class Paper:
    """The transcript: what was typed and what was shown, in order.

    `names` are placeholders by what they stand for.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, str] = {}

    def heading(self, text: str) -> None:
        """Begin a part of the day."""
        self.lines += ["", f"== {text} ".ljust(COLUMNS + 6, "="), ""]

    def note(self, text: str) -> None:
        """Write what no screen shows."""
        self.write(f"({text})")

    def write(self, text: str) -> None:
        """Write lines as they are, and a blank one."""
        self.lines += [*text.splitlines(), ""]

    def text(self) -> str:
        """Return the transcript, all that differs from day to day replaced."""
        text = "\n".join(line.rstrip() for line in self.lines).strip() + "\n"
        text = re.sub(r"^(\w+ >.*)\n\n(?=\w+ >)", r"\1\n", text, flags=re.MULTILINE)
        for real in sorted(self.names, key=len, reverse=True):
            text = text.replace(real, self.names[real])
        for name, pattern in _RANDOM.items():
            text = _numbered(text, name, pattern)
        for name, pattern in _OF_THE_DAY.items():
            text = pattern.sub(name, text)
        return text


def _numbered(text: str, name: str, pattern: re.Pattern[str]) -> str:
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return name.format(numbers.setdefault(found[0], len(numbers) + 1))

    return pattern.sub(number, text)


def run_at(who: str, arguments: tuple[str, ...], done: subprocess.CompletedProcess[str]) -> str:
    """Return a command run at a desk, and what it wrote, as a terminal would show them."""
    status = [f"(exit status {done.returncode})"] if done.returncode else []
    written = [*done.stderr.splitlines(), *done.stdout.splitlines(), *status]
    return "\n".join((f"{who}$ souspli {shlex.join(arguments)}", *written))


# --- a laptop's terminal --------------------------------------------------------------------------


class Terminal:
    """A shell in a tmux of its own, with a home folder of its own; what is typed and shown there is
    written on paper.
    """

    def __init__(
        self, name: str, socket: str, folder: Path, environment: Mapping[str, str], paper: Paper
    ) -> None:
        self.name, self.paper = name, paper
        self.home = folder / name
        self.home.mkdir()
        self._socket, self._folder = socket, folder
        prompt = folder / f"{name}.prompt"  # root's shell takes none from the environment
        prompt.write_text(f"PS1='{name}$ '\nHISTFILE=\n", "utf-8")
        self._environment = {**environment, "HOME": str(self.home), "ENV": str(prompt)}
        self._prompts = 0  # how many there were when the last command was typed
        self._typed: list[str] = []
        size = ["-x", str(COLUMNS), "-y", str(ROWS)]
        self._run("-f", "/dev/null", "new-session", "-d", *size, "exec sh")
        self._until(lambda: self.held().endswith(f"{name}$"), "a prompt")

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-L", self._socket, *arguments],
            check=True,
            capture_output=True,
            text=True,
            cwd=self._folder,
            env=self._environment,
        )
        return done.stdout

    def _until(self, is_there: Callable[[], bool], *told: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_there():
            if time.monotonic() > deadline:
                shown = "\n".join(self.screen()).strip()
                pytest.fail(f"{self.name}: never seen: {told}; it shows:\n{shown}", pytrace=False)
            time.sleep(0.02)

    def end(self) -> None:
        """End the shell and all in it; nothing of it is left."""
        socket = Path(self._run("display-message", "-p", "#{socket_path}").strip())
        self._run("kill-server")
        socket.unlink(missing_ok=True)

    # --- what is shown ------------------------------------------------------------------------

    def screen(self) -> list[str]:
        """Return the lines on the screen."""
        return [line.rstrip() for line in self._run("capture-pane", "-p").split("\n")][:ROWS]

    def held(self) -> str:
        """Return all the terminal holds: scrollback and screen, wrapped lines joined."""
        return self._run("capture-pane", "-p", "-J", "-S", "-").rstrip()

    def sees(self, *texts: str) -> list[str]:
        """Return the screen once it shows some texts and stands still; fail if it never does."""
        wanted = [_squeezed(text) for text in texts]
        found: list[str] = []

        def is_there() -> bool:
            nonlocal found
            before, found = found, self.screen()
            shown = _squeezed("".join(found))
            return before == found and all(text in shown for text in wanted)

        self._until(is_there, *texts)
        return found

    def shows(self, *texts: str) -> None:
        """Wait for some texts, and write the screen on paper; “:” stands for several blank lines."""
        shown = "\n".join(f"{self.name} | {line}" for line in self.sees(*texts))
        blank = re.escape(f"{self.name} | ")
        shown = re.sub(rf"(?:^{blank}\n?)+\Z", "", shown, flags=re.MULTILINE)
        shown = re.sub(rf"(?:^{blank}\n){{2,}}", f"{self.name} :\n", shown, flags=re.MULTILINE)
        self.paper.write(shown)

    # --- what is typed ------------------------------------------------------------------------

    def type(self, text: str, *keys: str, about: str = "") -> None:
        """Type a text, then press keys, by tmux's names for them; say what it is about."""
        typed = " ".join((*([text] if text else []), *(f"[{key}]" for key in keys)))
        self.paper.write(f"{self.name} > {typed:<40} {about}")
        if text:
            self._run("send-keys", "-l", text)
        if keys:
            self._run("send-keys", *keys)

    def pick(self, words: str, key: str = "Down") -> None:
        """Move the pointer to the choice that begins with some words, and choose it."""
        presses = 0
        self._until(lambda: self._pointed() != "", words)
        while not (pointed := self._pointed()).startswith(words):
            assert presses < ROWS, f"{self.name}: no such choice: {words}"
            self._run("send-keys", key)
            self._until(lambda was=pointed: self._pointed() not in {was, ""}, words)  # type: ignore[misc]
            presses += 1
        moved = f"[{key}]×{presses} " if presses else ""
        self.paper.write(f"{self.name} > {moved + '[Enter]':<40} » {pointed}")
        self._run("send-keys", "Enter")

    def _pointed(self) -> str:
        """Return the choice the pointer is on; '' where there is none yet."""
        found = [line.partition("» ")[2] for line in self.screen() if line.startswith(" » ")]
        return found[0].rstrip("^v ") if found else ""

    # --- the shell ----------------------------------------------------------------------------

    def command(self, command: str) -> None:
        """Type a command; what it asks is answered next."""
        self._prompts = self._count()
        self._typed = [f"{self.name}$ {command}"]
        self._run("send-keys", "-l", command)
        self._run("send-keys", "Enter")

    def secret(self, prompt: str, passphrase: str) -> None:
        """Type a passphrase once it is asked; it is seen as stars before it is entered."""
        self._until(lambda: self.held().endswith(prompt), prompt)
        self._run("send-keys", "-l", passphrase)
        self._until(lambda: self.held().endswith(f"{prompt} {'*' * len(passphrase)}"), prompt)
        self._typed.append(f"? {prompt} ***")
        self._run("send-keys", "Enter")

    def begun(self) -> None:
        """Write the command that was typed on paper, before what it shows."""
        self.paper.write("\n".join(self._typed))
        self._typed = []

    def done(self) -> str:
        """Return what the last command left in the terminal, once it ended; write it on paper."""
        self._until(lambda: self._count() > self._prompts, "the end of a command")
        left = re.split(rf"^{self.name}\$ ?", self.held(), flags=re.MULTILINE)[-2]
        told = left.partition("\n")[2].rstrip()
        self.paper.write("\n".join((*self._typed, told or "(nothing)")))
        return told

    def _count(self) -> int:
        return len(re.findall(rf"^{self.name}\$", self.held(), flags=re.MULTILINE))


def _squeezed(text: str) -> str:
    return "".join(text.split())
