"""The session on a real terminal: every dialogue can be read, and nothing of it stays."""

from __future__ import annotations

import base64
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewer import age, kit, outbox, outcomes, record, vault
from interviewer.device import Device
from interviewer.kit import Case, Kit, KitInstrument, Rules
from interviewer.record import Record
from surveys import language
from surveys.check import check
from surveys.language import _
from surveys.shipped import FOLDER

PASSPHRASE = "a passphrase for tests"
SOUSPLI = Path(sys.executable).with_name("souspli")
STUDY, CUSTODIAN = age.HybridIdentity.generate(), age.HybridIdentity.generate()
A, B = "K7Q2-M4T9", "0000-0000"
PLACE = "Hôtel Zinzolin"
CASES = (Case(A, PLACE), Case(B, "Hôtel de l'Amarante et du Grand Commerce réunis"))
FORMS = (
    (Path(__file__).with_name("small.yaml"), "person"),
    (FOLDER / "assore" / "non_repondant.yaml", "non_respondent"),
    (FOLDER / "assore" / "site.yaml", "site"),
)
DOWN, ENTER, BACK = "\x1b[B", "\r", "\x03"
PATIENCE = 30  # seconds; a slow machine is not a failure
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
pytestmark = posix_only


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A laptop with two cases at two places, enrolled without the lead's verbs."""
    stored, keys = vault.create(PASSPHRASE.encode(), vault.CHEAPEST)
    loaded = [(check(path.read_text("utf-8"), path.name).instrument, unit) for path, unit in FORMS]
    found = [(one, unit) for one, unit in loaded if one is not None]
    mine = keys.identity.recipient
    private = kit.seal_private(
        "trial", "L01", words=(), help_numbers=(), rules=Rules(), recipient=mine
    )
    content = Kit(
        study="trial",
        title={"fr": "Enquête", "en": "Survey"},
        version=1,
        device="L01",
        roster=("L01",),
        is_practice=False,
        bucket=record.bucket_for(one for one, _unit in found),
        has_links=True,
        recipients={
            "study": (STUDY.recipient.encode(),),
            "escrow": (),
            "custodian": (CUSTODIAN.recipient.encode(),),
        },
        instruments=tuple(
            KitInstrument(one.id, one.version, one.digest, unit, one.source) for one, unit in found
        ),
        private=base64.b64encode(private).decode(),
        cases=base64.b64encode(kit.seal_cases("trial", "L01", CASES, mine)).decode(),
    )
    device = Device(tmp_path / "home")
    device.home.mkdir()
    device.vault_path.write_bytes(stored)
    device.install(kit.sign(content, Ed25519PrivateKey.generate()), keys.identity)
    return device.home


@pytest.fixture
def spoken() -> Iterator[Callable[[str], None]]:
    """A function that makes these tests speak a language, until the test ends."""
    before = os.environ.get("LANGUAGE")
    yield language.use
    language.use("en")
    os.environ.pop("LANGUAGE", None)
    if before is not None:
        os.environ["LANGUAGE"] = before


def environment() -> dict[str, str]:
    nowhere = {
        name: value for name, value in os.environ.items() if name not in {"LANGUAGE", "TMUX"}
    }
    return {**nowhere, "TERM": "xterm-256color", "LANG": "C.UTF-8"}


def squeezed(text: str) -> str:
    return "".join(text.split())


class Terminal:
    """`souspli cases` on a pseudo-terminal, and the screen a person would see."""

    def __init__(self, home: Path, columns: int = 80, rows: int = 24, spoken: str = "en") -> None:
        import pexpect
        import pyte

        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            str(SOUSPLI),
            ["--lang", spoken, "cases", "--home", str(home)],
            dimensions=(rows, columns),
            env=environment(),
            timeout=PATIENCE,
        )
        self.child.delaybeforesend = None
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.written = b""

    def until(self, text: str) -> str:
        """Return the screen, without blanks, once it holds a text; fail if it never does."""
        import pexpect

        deadline = time.monotonic() + PATIENCE
        while squeezed(text) not in self.seen():
            assert time.monotonic() < deadline, f"{text!r} was never shown"
            try:
                self.take(self.child.read_nonblocking(65536, timeout=0.1))
            except pexpect.TIMEOUT:
                continue
        return self.seen()

    def seen(self) -> str:
        lines = (line[:-1] + line[-1].strip("^v") for line in self.screen.display)
        return squeezed("".join(lines))  # without the arrows of a scroll bar

    def take(self, written: bytes) -> None:
        self.written += written
        self.stream.feed(written)

    def press(self, *keys: str) -> None:
        self.child.send("".join(keys))

    def opened(self) -> Terminal:
        """Give the passphrase and the interviewer's code; the list is on the screen."""
        self.until(_("Passphrase of {what}:").format(what=_("this laptop")))
        self.press(PASSPHRASE, ENTER)
        self.until(_("Interviewer's code:"))
        self.press("I1", ENTER)
        self.until(_("Today:"))
        return self

    def walk(self, expected: Sequence[str]) -> None:
        """Move the pointer down from choice to choice; each can be read whole."""
        for words in expected:
            self.until(f"» {words}")
            self.press(DOWN)

    def finish(self) -> int | None:
        self.take(self.child.read())
        self.child.close()
        return self.child.exitstatus


def opened_records(home: Path) -> list[Record]:
    device = Device(home)
    folder, bucket = device.outbox(practice=False), device.installed().kit.bucket
    sealed = [(folder / f"{name}.age").read_bytes() for name in outbox.ids(folder)]
    return [record.unseal(one, bucket, [STUDY]) for one in sealed]


# --- what can be read -----------------------------------------------------------------------------


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 12)])
@pytest.mark.parametrize("tongue", ["en", "fr"])
def test_every_dialogue_can_be_read_to_its_last_choice(
    home: Path, spoken: Callable[[str], None], columns: int, rows: int, tongue: str
) -> None:
    """List, case, outcomes, days, errands: every choice is whole when the pointer is on it."""
    spoken(tongue)
    terminal = Terminal(home, columns, rows, tongue).opened()
    terminal.walk(
        [f"{A} · {_('to visit')}", f"{B} · {_('to visit')}", _("Other things: hand over, correct…")]
    )
    terminal.press(DOWN, ENTER)  # past “Leave” to the first case
    actions = [
        _("Interview now"),
        _("What happened"),
        _("Make an appointment"),
        _("All that was done"),
        _("Back"),
    ]
    terminal.until(f"{A} · {PLACE}")
    terminal.walk(actions)
    terminal.press(DOWN, ENTER)
    told = [*outcomes.visits(), *outcomes.ends()]
    terminal.walk([*(one.words for one in told), _("Never met, after enough visits")])
    terminal.press(BACK)
    terminal.until(f"» {actions[0]}")
    terminal.press(DOWN, DOWN, ENTER)
    terminal.walk([_("today"), _("tomorrow")])
    terminal.press(BACK)
    terminal.until(f"» {actions[0]}")
    terminal.press(BACK)
    terminal.until(_("Today:"))
    terminal.press(DOWN, DOWN, ENTER)
    terminal.walk(
        [
            _("Hand over"),
            _("Daily device sheet"),
            _("Find a case by its code"),
            _("Closed cases"),
            _("Correct a mistake"),
            _("Interview a professional, or about a place"),
            _("Practice interview"),
            _("Change the passphrase"),
            _("Back"),
        ]
    )
    terminal.press(BACK)
    terminal.until(_("Today:"))
    terminal.press(BACK)
    assert terminal.finish() == 0


def test_a_refusal_is_told_in_words_and_sealed(home: Path) -> None:
    """A dozen keys from the list to the record; what is missing for a case never met is said too."""
    terminal = Terminal(home).opened()
    terminal.press(ENTER)
    terminal.until("What now?")
    terminal.press(DOWN, ENTER)
    terminal.until("» The person was out")
    terminal.press("\x1b[A", ENTER)
    terminal.until(
        "it needs: 4 more visits, a visit on another day, a visit at another time of day."
    )
    terminal.press(ENTER)
    terminal.until("» Interview now")
    terminal.press(DOWN, ENTER)
    terminal.until("» The person was out")
    terminal.press(DOWN * 4)
    terminal.until("» The person refuses")
    terminal.press(ENTER)
    terminal.until("When was the visit?")
    terminal.press(ENTER)
    terminal.until("» No, go back")
    terminal.press(DOWN, ENTER)
    terminal.until("Fill in the non-respondent sheet now?")
    assert "Thislaptopcannotreaditanymore." in terminal.seen()
    terminal.press(DOWN, ENTER)
    terminal.until("Closed: The person refuses")
    terminal.until("What now?")
    terminal.press(BACK)
    terminal.until("1 case to do · 1 closed")
    terminal.press(BACK)
    assert terminal.finish() == 0
    [made] = opened_records(home)
    assert (made.kind, made.case, made.outcome, made.interviewer) == ("outcome", A, "2.112", "I1")
    assert [one.outcome for one in made.attempts] == ["2.112"]


def test_the_passphrase_is_changed_without_leaving_the_day(home: Path) -> None:
    """Its own verb asks it, outside the alternate screen; the session comes back and goes on."""
    terminal = Terminal(home).opened()
    terminal.press("\x1b[A\x1b[A", ENTER)
    terminal.until("» Hand over")
    terminal.press("\x1b[A\x1b[A", ENTER)
    for typed in (PASSPHRASE, "another one for tests", "another one for tests"):
        before = len(terminal.written)
        while (
            b"assphrase" not in terminal.written[before:]
            and b"again" not in terminal.written[before:]
        ):
            terminal.take(terminal.child.read_nonblocking(65536, timeout=PATIENCE))
        terminal.press(typed, ENTER)
    terminal.until("The passphrase is changed.")
    terminal.press(ENTER)
    terminal.until("Today:")
    terminal.press(BACK)
    assert terminal.finish() == 0
    stored = Device(home).vault_path.read_bytes()
    assert vault.unlock(stored, b"another one for tests").vault_key


# --- an interview in a process of its own -----------------------------------------------------------


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in found.read_text().split()] if found.exists() else []


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the child in /proc")
def test_a_killed_interview_loses_nothing_and_the_session_goes_on(home: Path) -> None:
    """Its keys were in no argument and no environment; it is resumed where it stopped, and sealed."""
    terminal = Terminal(home).opened()
    terminal.press(ENTER)
    terminal.until("» Interview now")
    terminal.press(ENTER)
    terminal.until("Bonjour")
    terminal.press(ENTER)
    terminal.until("Acceptez-vous")
    terminal.press("1")
    terminal.until("Dites-le")
    assert terminal.child.pid is not None
    [pid] = children(terminal.child.pid)
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    assert PASSPHRASE.encode() not in command
    assert max(map(len, command.split(b"\0"))) < 200
    os.kill(pid, signal.SIGKILL)
    terminal.until("Not finished: every answer is kept.")
    terminal.until("» Go on with the interview")
    terminal.press(ENTER)
    terminal.until("Dites-le")
    terminal.press("\x05")  # stop…
    terminal.until("Stop: what was answered is kept")
    terminal.press("2")
    terminal.until("Fill in the non-respondent sheet now?")
    terminal.press(BACK)
    terminal.until("» Non-respondent sheet")
    terminal.press(BACK)
    terminal.until("1 closed")
    terminal.press(BACK)
    assert terminal.finish() == 0
    [made] = opened_records(home)
    assert (made.case, made.answers["consent"]) == (A, "yes")


def test_a_termination_gives_the_terminal_back(home: Path) -> None:
    """Out of the alternate screen, empty; 130 says that nobody left."""
    terminal = Terminal(home).opened()
    terminal.child.kill(signal.SIGTERM)
    assert terminal.finish() == 130
    assert terminal.written.endswith(b"\x1b[?1049l")
    assert terminal.written.rindex(b"\x1b[?25h") > terminal.written.rindex(b"\x1b[?25l")


def test_without_a_terminal_it_says_so(home: Path) -> None:
    """The command line is wrong: 2, in one sentence."""
    done = subprocess.run(
        [SOUSPLI, "cases", "--home", home],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 2
    assert re.fullmatch(r"souspli: the session needs a terminal; .*\n", done.stderr)


# --- what stays -------------------------------------------------------------------------------------


class Tmux:
    """A shell command in a tmux of its own."""

    def __init__(self, command: str) -> None:
        size = ["-x", "80", "-y", "24"]
        self.run("-f", os.devnull, "new-session", "-d", *size, command)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-L", f"souspli-session-{os.getpid()}", *arguments],
            check=True,
            capture_output=True,
            text=True,
            env=environment(),
        )
        return done.stdout

    def press(self, keys: str) -> None:
        self.run("send-keys", "-H", *(f"{byte:x}" for byte in keys.encode()))

    def until(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while squeezed(text) not in squeezed(self.run("capture-pane", "-p")):
            assert time.monotonic() < deadline, f"{text!r} was never shown"
            time.sleep(0.05)


def test_the_scrollback_holds_no_case_no_place_and_no_outcome(
    home: Path, require: Callable[[str, bool, str], None]
) -> None:
    """After a visit noted, an interview begun in its own process, and the device sheet."""
    require("tmux", shutil.which("tmux") is not None, "install it from the system's packages")
    session = shlex.join([str(SOUSPLI), "--lang", "en", "cases", "--home", str(home)])
    tmux = Tmux(f"seq 100; {session}; echo the end; read ignored")
    try:
        for text, keys in (
            ("Passphrase", PASSPHRASE + ENTER),
            ("Interviewer's code:", "I1" + ENTER),
            (f"» {A}", ENTER),
            ("» Interview now", DOWN + ENTER),
            ("» The person was out", ENTER),
            ("When was the visit?", ENTER),
            ("Noted.", ENTER),
            ("Bonjour", "\x18"),  # suspend…
            ("Enter", ENTER),
            ("Go on with the interview", BACK),
            ("Today:", "\x1b[A" * 2 + ENTER),
            ("Hand over", DOWN + ENTER),
            ("Copy this", ENTER),
            ("Today:", BACK),
            ("the end", ""),
        ):
            tmux.until(text)
            tmux.press(keys) if keys else None
        kept = tmux.run("capture-pane", "-p", "-S", "-")
    finally:
        tmux.run("kill-server")
    assert "\n100\nthe end\n" in kept  # what was there before and after, and nothing between
    for word in (A, B, "Zinzolin", "Amarante", "was out", "I1", "visit", "Ledger", "Bonjour"):
        assert word not in kept
