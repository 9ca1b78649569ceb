"""Ratios, measured in one run on one machine: `make bench`. Nothing is asserted as seconds.

Each line compares something of ours with the nearest thing that is not ours, both measured in turn.
The folders measured in lie beside the sources: where temporary files are kept in memory, a sync is free.
"""

from __future__ import annotations

import base64
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pexpect
import questionary
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.base import PipeInput
from prompt_toolkit.output.vt100 import Vt100_Output

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a program, this file sees its own folder only

from interviewer import age, holding, kit, record, screen, vault  # noqa: E402
from interviewer.device import Device  # noqa: E402
from interviewer.kit import Case, Kit, KitInstrument, Rules  # noqa: E402
from interviewer.laptop import Laptop, opened  # noqa: E402
from interviewer.screen import terminal as front_end  # noqa: E402
from interviewer.sitting import Setting  # noqa: E402
from tests import (  # noqa: E402
    bench_collecting,
    bench_drawing,
    bench_estimating,
    bench_exporting,
    bench_language,
    bench_modelling,
)
from tests.terminal import FRAME  # noqa: E402
from tests.typist import ENTER, NOW, SCRUBBER, likely, planned, pressed  # noqa: E402

ASSORE = "assore/beneficiaires"
CASE = "K7Q2-M4T9"
PASSPHRASE = b"three public words for tests"
QUESTIONS = 50
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


def typist(sink: Sink, keyboard: PipeInput, presses: Sequence[Sequence[str]]) -> list[float]:
    """Press the keys of each answer; return the seconds from the last of them to a stable screen."""
    found: list[float] = []

    def settle(since: float) -> None:
        while sink.last < since or time.perf_counter() - sink.last < QUIET:
            time.sleep(0.0005)

    settle(0)
    for keys in presses:
        for key in keys:
            pressed = time.perf_counter()
            keyboard.send_text(key)
            settle(pressed)
        found.append(sink.last - pressed)
    return found


def timed_presses(
    hold: Callable[[Any, Any], None], presses: Sequence[Sequence[str]]
) -> list[float]:
    """Run `hold(input, output)` here while a typist presses keys from another thread."""
    with terminal() as (sink, output, keyboard):
        found: list[float] = []

        def press() -> None:
            time.sleep(0.3)
            found.extend(typist(sink, keyboard, presses))
            keyboard.close()

        thread = threading.Thread(target=press)
        thread.start()
        with suppress(EOFError, KeyboardInterrupt):
            hold(keyboard, output)
        thread.join()
    return found


def screens() -> tuple[float, float, float]:
    """Return the median key → stable screen: ours, its 95th percentile, and questionary's.

    Ours is a whole Assore interview, each answer encrypted and on the disk before the next screen.
    """

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

    with TemporaryDirectory(prefix=".bench-", dir=ROOT) as folder:
        here = enrolled(Path(folder) / "home")
        asked = here.signed.kit.instruments[0]
        held = holding.begun(here, asked, case=CASE, interviewer="E1", now=NOW)
        setting = Setting("Bench", SCRUBBER, durable=held.durable)

        def ours(keyboard: Any, output: Any) -> None:
            front_end.HABIT = 0.0  # this typist is faster than any hand
            screen.hold(held.interview, setting, keyboard, output)

        stops = likely(ASSORE, 0)
        mine = sorted(timed_presses(ours, pressed(stops)))
        assert len(held.entries) == len(stops), "the interview went another way"
    other = timed_presses(theirs, [["1\r"]] * QUESTIONS)
    return statistics.median(mine), mine[int(len(mine) * 0.95)], statistics.median(other)


def keys_a_question() -> tuple[int, int]:
    """Return the keys of simulated Assore interviews, hand-overs and the last Enter included, and their questions."""
    interviews = [likely(ASSORE, lot) for lot in range(ROUNDS)]
    keys = sum(len(keys) for stops in interviews for keys in pressed(stops)) + ROUNDS
    return keys, sum(len(stops) for stops in interviews)


# --- the first question -------------------------------------------------------------------------

ENTERED = b"\x1b[?1049h"  # the alternate screen
BARE = (
    "import questionary; questionary.password('Passphrase').ask();"
    "questionary.select('Question', ['Oui', 'Non', 'Peut-être']).ask()"
)


def first_questions() -> tuple[float, float]:
    """Return the time from the Enter after a passphrase to the first question: ours, questionary's.

    On a real terminal, in a process of its own. The passphrase is made cheap to check: what it costs
    in the field, about a second, is the vault's choice and not the screen's.
    """
    step = likely(ASSORE, 0)[0].step
    asked = step.item.label.in_language("", "fr")[:12].encode()
    mine, other = [], []
    for _round in range(7):
        with TemporaryDirectory(prefix=".bench-", dir=ROOT) as folder:
            home = Path(folder) / "home"
            form = enrolled(home).signed.kit.instruments[0].id
            souspli = str(Path(sys.executable).with_name("souspli"))
            asking = ["interview", form, "--case", CASE, "--interviewer", "E1", "--home", str(home)]
            mine.append(after_passphrase([souspli, *asking], ENTERED, asked, FRAME))
            other.append(after_passphrase([sys.executable, "-c", BARE], "Peut-être".encode()))
    return statistics.median(mine), statistics.median(other)


def after_passphrase(command: list[str], *marks: bytes) -> float:
    """Return the seconds from the Enter after the passphrase until these marks were written in turn."""
    # Without PROMPT_TOOLKIT_NO_CPR, a prompt would wait for a cursor report that nobody sends here.
    own = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PROMPT_TOOLKIT_NO_CPR": "1"}
    environment = {**os.environ, **own}
    child = pexpect.spawn(command[0], command[1:], env=environment, dimensions=(24, 80), timeout=60)
    child.delaybeforesend = None
    try:
        child.expect_exact(b"Passphrase")
        child.expect_exact(FRAME)
        child.send(PASSPHRASE)
        time.sleep(0.3)
        start = time.perf_counter()
        child.send(ENTER)
        for mark in marks:
            child.expect_exact(mark)
        return time.perf_counter() - start
    finally:
        child.close(force=True)


def enrolled(home: Path) -> Laptop:
    """Return a laptop enrolled in a study of its own, with the Assore questionnaire and one case."""
    content, secrets = vault.create(PASSPHRASE, vault.CHEAPEST)
    device = Device(home)
    home.mkdir(parents=True)
    device.vault_path.write_bytes(content)
    device.install(signed_kit(secrets.identity.recipient), secrets.identity)
    return opened(device, secrets)


def signed_kit(laptop: age.HybridRecipient) -> bytes:
    """Return the kit of that laptop, signed by a lead made for it."""
    asked = planned(ASSORE).instrument
    study, custodian = (age.HybridIdentity.generate().recipient for _key in range(2))
    private = kit.seal_private(
        "bench", "L01", words=(), help_numbers=(), rules=Rules(), recipient=laptop
    )
    cases = kit.seal_cases("bench", "L01", (Case(CASE, "H01"),), laptop)
    made = Kit(
        study="bench",
        title={"fr": "Essai"},
        version=1,
        device="L01",
        roster=("L01",),
        is_practice=False,
        bucket=record.bucket_for([asked]),
        has_links=True,
        recipients={
            "study": (study.encode(),),
            "escrow": (),
            "custodian": (custodian.encode(),),
        },
        instruments=(KitInstrument(asked.id, asked.version, asked.digest, "person", asked.source),),
        private=base64.b64encode(private).decode(),
        cases=base64.b64encode(cases).decode(),
    )
    return kit.sign(made, Ed25519PrivateKey.generate())


# --- everything else ----------------------------------------------------------------------------


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
    bench_language.report()
    first, prompt = first_questions()
    keys, questions = keys_a_question()
    print(f"{keys / questions:6.2f}  keys a question, over {ROUNDS} simulated Assore interviews")
    for what, ours, theirs in (
        ("answer, sealed -> next screen, against questionary.select", mine, other),
        ("key -> next screen, 95th percentile, against questionary.select's median", late, other),
        ("passphrase -> first question, against questionary.select", first, prompt),
        (f"seal {BUCKET // 1024} KiB to one key, against one HPKE hybrid seal", one, bare),
        (f"seal {BUCKET // 1024} KiB to two keys, against one HPKE hybrid seal", two, bare),
        ("souspli --help, against bare Python", help_, python),
    ):
        print(f"{ours / theirs:6.2f}  {what}  ({1000 * ours:.2f} ms / {1000 * theirs:.2f} ms)")
    bench_collecting.report()
    bench_drawing.report()
    bench_estimating.report()
    bench_exporting.report()
    bench_modelling.report()


if __name__ == "__main__":
    main()
