"""Ratios, measured in one run on one machine: `make bench`. Nothing is asserted as seconds.

Each line compares something of ours with the nearest thing that is not ours, both measured in turn.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import questionary
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.base import PipeInput
from prompt_toolkit.output.vt100 import Vt100_Output

from interviewer import age, screen
from interviewer.interview import begin
from interviewer.scrub import Scrubber
from interviewer.sitting import Setting
from surveys.check import check
from surveys.plan import plan

QUESTIONS = 60
QUIET = 0.04  # seconds without output after which a screen counts as stable
BUCKET = 48 * 1024
ROUNDS = 40


class Sink:
    """A terminal of 80 by 24 that remembers when it was last written to."""

    def __init__(self) -> None:
        self.last = time.perf_counter()
        self.encoding = "utf-8"

    def write(self, text: str) -> int:
        """Note the time."""
        self.last = time.perf_counter()
        return len(text)

    def flush(self) -> None:
        """Nothing is buffered."""

    def isatty(self) -> bool:
        """Be a terminal."""
        return True

    def fileno(self) -> int:
        """Have no descriptor."""
        raise OSError


@contextmanager
def terminal() -> Iterator[tuple[Sink, Vt100_Output, PipeInput]]:
    """Give a sink, the output that writes to it, and a keyboard."""
    sink: Any = Sink()
    size = Size(rows=24, columns=80)
    # Without enable_cpr=False, a prompt would wait for a cursor report that nobody sends.
    output = Vt100_Output(sink, lambda: size, term="xterm-256color", enable_cpr=False)
    with create_pipe_input() as keyboard:
        yield sink, output, keyboard


def typist(sink: Sink, keyboard: PipeInput, keys: str, times: int) -> list[float]:
    """Press `keys` `times` over, each time once the screen is stable; return seconds to stability."""
    found: list[float] = []
    for _press in range(times):
        while time.perf_counter() - sink.last < QUIET:
            time.sleep(0.002)
        pressed = time.perf_counter()
        keyboard.send_text(keys)
        while sink.last < pressed or time.perf_counter() - sink.last < QUIET:
            time.sleep(0.0005)
        found.append(sink.last - pressed)
    return found


def timed_presses(hold: Callable[[Any, Any], None], keys: str, times: int) -> list[float]:
    """Run `hold(input, output)` here while a typist presses keys from another thread."""
    with terminal() as (sink, output, keyboard):
        found: list[float] = []

        def press() -> None:
            time.sleep(0.3)
            found.extend(typist(sink, keyboard, keys, times))
            keyboard.close()

        thread = threading.Thread(target=press)
        thread.start()
        with suppress(EOFError, KeyboardInterrupt):
            hold(keyboard, output)
        thread.join()
    return found


def screens() -> tuple[float, float, float]:
    """Return the median key → stable screen: ours, its 95th percentile, and questionary's."""
    rows = "".join(
        f"  - {{type: select_one, choices: l, name: q{n}, label: Question {n}}}\n"
        for n in range(QUESTIONS)
    )
    source = (
        'souspli: 1\nform: {id: b, version: "1", title: B}\nchoices:\n  l:\n'
        "    - {name: 1, label: Oui}\n    - {name: 2, label: Non}\n    - {name: 3, label: Peut-être}\n"
        "survey:\n" + rows
    )
    instrument = check(source, "bench.yaml").instrument
    assert instrument is not None
    interview = begin(plan(instrument), datetime(2022, 4, 11), "s")
    setting = Setting("Bench", Scrubber())

    def ours(keyboard: Any, output: Any) -> None:
        screen.hold(interview, setting, keyboard, output)

    def theirs(keyboard: Any, output: Any) -> None:
        for number in range(QUESTIONS):
            question = questionary.select(
                f"Question {number}",
                ["Oui", "Non", "Peut-être"],
                use_shortcuts=True,
                input=keyboard,
                output=output,
            )
            question.unsafe_ask()

    mine = sorted(timed_presses(ours, "1", QUESTIONS - 10))
    other = timed_presses(theirs, "1\r", QUESTIONS - 10)
    return statistics.median(mine), mine[int(len(mine) * 0.95)], statistics.median(other)


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of one call."""
    found = []
    for _round in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def seals() -> tuple[float, float, float]:
    """Return the time to seal a record to one key, to two, and of one bare HPKE hybrid seal."""
    content = bytes(BUCKET)
    first, second = (age.HybridIdentity.generate().recipient for _key in range(2))
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    key = hpke.MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.generate(), X25519PrivateKey.generate()
    ).public_key()
    return (
        seconds(lambda: age.seal(content, [first])),
        seconds(lambda: age.seal(content, [first, second])),
        seconds(lambda: suite.encrypt(content, key, b"bench")),
    )


def starts() -> tuple[float, float]:
    """Return the time of `souspli --help` and of a bare Python, whole processes."""
    souspli = [str(Path(sys.executable).with_name("souspli")), "--help"]
    bare = [sys.executable, "-c", "pass"]

    def once(command: list[str]) -> float:
        return seconds(lambda: subprocess.run(command, check=True, capture_output=True), 1)

    pairs = [(once(souspli), once(bare)) for _round in range(15)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(
        pair[1] for pair in pairs
    )


def main() -> None:
    """Print every ratio."""
    mine, late, other = screens()
    one, two, bare = seals()
    help_, python = starts()
    for what, ours, theirs in (
        ("key -> next screen, against questionary.select", mine, other),
        ("key -> next screen, 95th percentile, against questionary.select's median", late, other),
        (f"seal {BUCKET // 1024} KiB to one key, against one HPKE hybrid seal", one, bare),
        (f"seal {BUCKET // 1024} KiB to two keys, against one HPKE hybrid seal", two, bare),
        ("souspli --help, against bare Python", help_, python),
    ):
        print(f"{ours / theirs:6.2f}  {what}  ({1000 * ours:.2f} ms / {1000 * theirs:.2f} ms)")


if __name__ == "__main__":
    main()
