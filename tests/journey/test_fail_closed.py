"""What cannot be sealed is refused before the first question; nothing is ever kept in clear."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewer import kit
from interviewer.kit import Kit

Run = Callable[..., "subprocess.CompletedProcess[str]"]

INTERVIEW = ("interview", "small", "--plain", "--case", "K7Q2-M4T9", "--interviewer", "I1")
CANARY = "canari-jaune-4127"
TYPED = f"1\n{CANARY}\n8\n{CANARY}\n"


def under(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def assert_refused(done: subprocess.CompletedProcess[str], why: str) -> None:
    """Exit 1; one sentence on standard error, with a remedy; no question, no traceback."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("souspli: ")
    assert done.stderr.count("\n") == 1
    assert why in done.stderr
    assert "; " in done.stderr
    assert "nobody foresaw" not in done.stderr
    assert "Traceback" not in done.stderr


# --- the kit ------------------------------------------------------------------------------------


def test_without_a_kit_there_is_no_interview(souspli: Run, tmp_path: Path) -> None:
    """A laptop that was never enrolled asks nothing and makes no folder."""
    done = souspli(*INTERVIEW, "--home", tmp_path / "home", passphrases=1, typed=TYPED)
    assert_refused(done, "this laptop has no keys yet; run: souspli enrol --name NAME")
    assert not (tmp_path / "home").exists()


def test_without_a_kit_keys_alone_hold_no_interview(souspli: Run, home: Path) -> None:
    """A laptop that made its keys and got no kit yet says what it waits for."""
    (home / "kit").unlink()
    done = souspli(*INTERVIEW, "--home", home, passphrases=1, typed=TYPED)
    assert_refused(done, "no kit is installed here; run: souspli enrol KIT")


def flipped(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


def signed_by_another(content: bytes) -> bytes:
    return kit.sign(kit.read(content).kit, Ed25519PrivateKey.generate())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda content: flipped(content, -100), "signature does not verify"),
        (lambda content: flipped(content, content.index(b"\n") + 3), "signature does not verify"),
        (lambda content: flipped(content, 2), "not a kit"),
        (lambda content: content[:-1], "signature does not verify"),
        (lambda content: b"", "not a kit"),
        (signed_by_another, "not signed by this study's lead"),
    ],
    ids=["content", "signature", "first line", "cut short", "empty", "another lead's"],
)
def test_a_kit_that_was_changed_is_not_used(
    souspli: Run, home: Path, change: Callable[[bytes], bytes], why: str
) -> None:
    """One bit of the installed kit, of its signature or its magic; or another lead's kit."""
    (home / "kit").write_bytes(change((home / "kit").read_bytes()))
    before = under(home)
    assert_refused(souspli(*INTERVIEW, "--home", home, passphrases=1, typed=TYPED), why)
    assert under(home) == before


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda content: flipped(content, -100), "signature does not verify"),
        (signed_by_another, "signed by another key"),
    ],
    ids=["content", "another lead's"],
)
def test_a_kit_that_was_changed_is_not_installed(
    souspli: Run, home: Path, tmp_path: Path, change: Callable[[bytes], bytes], why: str
) -> None:
    """`enrol` refuses it and leaves the kit that is there."""
    before = under(home)
    (tmp_path / "L01.kit").write_bytes(change((home / "kit").read_bytes()))
    assert_refused(souspli("enrol", tmp_path / "L01.kit", "--home", home, passphrases=1), why)
    assert under(home) == before


def test_a_kit_older_than_the_last_one_seen_is_not_installed(
    souspli: Run, desk: Path, home: Path, tmp_path: Path
) -> None:
    """The lead's second kit replaces the first, and the first never comes back."""
    study, newer = tmp_path / "study", tmp_path / "newer.kit"
    shutil.copytree(desk / "study", study)
    done = souspli("kit", "L01", "--study", study, "--out", newer, passphrases=1)
    assert done.returncode == 0
    assert souspli("enrol", newer, "--home", home, passphrases=1).returncode == 0
    before = under(home)
    assert before["kit"] == newer.read_bytes()
    done = souspli("enrol", desk / "L01.kit", "--home", home, passphrases=1)
    assert_refused(done, "this kit is older than the one installed")
    assert under(home) == before


def naming(**recipients: tuple[str, ...]) -> Callable[[Kit], Kit]:
    return lambda found: replace(found, recipients={**found.recipients, **recipients})


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (naming(study=(), escrow=()), "names nobody who could open its records"),
        (naming(custodian=()), "names nobody who could open its records"),
        (naming(study=("age1pq1nonsense",)), "names a recipient that is not a key"),
        (naming(study=("age1" + "q" * 58,)), "names a recipient that is not a key"),
    ],
    ids=["nobody", "no custodian", "no key", "another kind of key"],
)
def test_a_kit_nobody_could_open_the_records_of_is_refused(
    souspli: Run, home: Path, tmp_path: Path, change: Callable[[Kit], Kit], why: str
) -> None:
    """No recipient, or one that does not parse, however well the kit is signed."""
    key = Ed25519PrivateKey.generate()
    content = kit.sign(change(kit.read((home / "kit").read_bytes()).kit), key)
    (tmp_path / "bad.kit").write_bytes(content)
    (tmp_path / "new").mkdir()
    shutil.copy(home / "vault", tmp_path / "new" / "vault")
    done = souspli("enrol", tmp_path / "bad.kit", "--home", tmp_path / "new", passphrases=1)
    assert_refused(done, why)
    assert list(under(tmp_path / "new")) == ["vault"]
    (home / "kit").write_bytes(content)
    (home / "lead.pub").write_bytes(key.public_key().public_bytes_raw())
    before = under(home)
    assert_refused(souspli(*INTERVIEW, "--home", home, passphrases=1, typed=TYPED), why)
    assert under(home) == before


def test_a_practice_interview_stays_apart(souspli: Run, home: Path) -> None:
    """--practice seals into an outbox of its own; the one that is handed over stays empty."""
    done = souspli(*INTERVIEW, "--practice", "--home", home, passphrases=1, typed=TYPED)
    assert done.returncode == 130
    done = souspli(*INTERVIEW, "--practice", "--home", home, passphrases=1, typed=":stop\n")
    assert done.returncode == 0
    assert len(list((home / "practice" / "outbox").iterdir())) == 2
    assert not (home / "field").exists()


# --- the machine --------------------------------------------------------------------------------

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")


@posix_only
def test_on_a_full_disk_no_interview_begins(souspli: Run, home: Path) -> None:
    """Where a record could not be written, nothing is asked, and nothing is left behind."""
    import resource

    before = under(home)
    done = souspli(
        *INTERVIEW,
        "--home",
        home,
        typed=TYPED,
        passphrases=1,
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, 16_384)),
    )
    assert_refused(done, "could not be written")
    assert "free some space" in done.stderr
    assert under(home) == before


class Conversation:
    """A plain interview under way: what is typed goes in, and the next prompt is awaited."""

    def __init__(
        self, command: list[str], environment: Mapping[str, str], cwd: Path, inherited: int
    ) -> None:
        self.child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=cwd,
            pass_fds=[inherited],
        )
        self.shown = b""
        self.shown_last = ""  # what it complained of as it ended
        self.until_prompt()

    def until_prompt(self) -> None:
        assert self.child.stdout is not None
        while not self.shown.endswith(b"\n> "):
            piece = os.read(self.child.stdout.fileno(), 65_536)
            if not piece and self.child.stderr:
                self.shown_last = self.child.stderr.read().decode()
            assert piece, self.shown_last
            self.shown += piece

    def type(self, line: str) -> None:
        assert self.child.stdin is not None
        self.shown = b""
        self.child.stdin.write(f"{line}\n".encode())
        self.child.stdin.flush()
        self.until_prompt()


@pytest.fixture
def conversation(
    souspli: Run, environment: dict[str, str], home: Path, tmp_path: Path
) -> Iterator[Conversation]:
    """An interview in which two answers were given; everything it may write is under tmp_path."""
    for name in ("here", "tmp", "person"):
        (tmp_path / name).mkdir()
    reading, writing = os.pipe()
    os.write(writing, b"three public words for tests\n")
    os.close(writing)
    command = [str(Path(sys.executable).with_name("souspli")), *INTERVIEW, "--home", str(home)]
    command += ["--passphrase-fd", str(reading)]
    apart = {"TMPDIR": str(tmp_path / "tmp"), "HOME": str(tmp_path / "person")}
    found = Conversation(command, {**environment, **apart}, tmp_path / "here", reading)
    os.close(reading)
    for line in ("1", CANARY):
        found.type(line)
    yield found
    found.child.kill()
    found.child.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="needs prlimit")
def test_a_disk_full_at_the_end_saves_nothing_in_clear(
    conversation: Conversation, home: Path, tmp_path: Path
) -> None:
    """Where the record cannot be written any more, that is said, and no readable copy is made."""
    if sys.platform == "linux":
        import resource

        resource.prlimit(conversation.child.pid, resource.RLIMIT_FSIZE, (1_000, 1_000))
    with pytest.raises(AssertionError):  # it ends without another question
        conversation.type("8")
    conversation.child.wait(timeout=60)
    assert conversation.child.returncode == 1
    complained = conversation.shown_last
    assert complained.startswith("souspli: ")
    assert "the disk refused what was to be kept" in complained
    assert "free some space" in complained
    assert CANARY not in complained
    assert all(CANARY.encode() not in content for content in under(tmp_path).values())


def test_a_kill_in_the_middle_leaves_no_readable_answer(
    conversation: Conversation, home: Path, tmp_path: Path
) -> None:
    """After kill -9 the laptop has an encrypted draft; temporary folders and where it ran have nothing."""
    before = under(home)
    conversation.child.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    conversation.child.wait(timeout=60)
    assert under(home) == before
    written = under(tmp_path)
    assert all(CANARY.encode() not in content for content in written.values())
    assert sorted(written) == sorted(f"home/{name}" for name in before)
    assert any(name.endswith(".draft") for name in before)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_of_an_interview_is_in_arguments_environment_or_a_core(
    conversation: Conversation, tmp_path: Path
) -> None:
    """Neither passphrase nor answer is where other programs look; a crash of the process leaves no core."""
    process = Path("/proc") / str(conversation.child.pid)
    for name in ("cmdline", "environ"):
        content = (process / name).read_bytes()
        assert CANARY.encode() not in content
        assert b"three public words" not in content
    limits = (process / "limits").read_text("ascii")
    assert re.search(r"Max core file size +0 +0 ", limits)
    conversation.child.send_signal(signal.SIGSEGV)
    conversation.child.wait(timeout=60)
    assert conversation.child.returncode == -signal.SIGSEGV
    assert [path for path in tmp_path.rglob("*") if "core" in path.name] == []
    assert all(CANARY.encode() not in content for content in under(tmp_path).values())


# --- from inside: the command run with one thing broken -----------------------------------------

BROKEN = "import sys; {broken}; import souspli; sys.exit(souspli.main(sys.argv[1:]))"


def command_with(broken: str) -> list[str]:
    return [sys.executable, "-c", BROKEN.format(broken=broken)]


@pytest.mark.parametrize("verb", ["interview", "enrol", "study"])
def test_without_ml_kem_nothing_begins(souspli: Run, desk: Path, tmp_path: Path, verb: str) -> None:
    """A machine that cannot seal makes no study, enrols in none, and interviews nobody."""
    broken = "import interviewer.age as age; age.mlkem_is_available = lambda: False"
    shutil.copytree(desk / "home", tmp_path / "home")
    arguments: dict[str, list[str | Path]] = {
        "interview": [*INTERVIEW, "--home", tmp_path / "home"],
        "enrol": ["enrol", desk / "L01.kit", "--home", tmp_path / "new"],
        "study": ["study", "new", tmp_path / "new", "--no-escrow", "--instrument", "assore/site"],
    }
    before = under(tmp_path)
    phrases = {"study": 2, "interview": 1, "enrol": 1}[verb]
    done = souspli(*arguments[verb], typed=TYPED, passphrases=phrases, command=command_with(broken))
    assert_refused(done, "has no ML-KEM; install cryptography 49 or newer")
    assert under(tmp_path) == before


def test_an_error_nobody_foresaw_shows_no_answer(souspli: Run, home: Path) -> None:
    """Whatever breaks in the middle, the message says where and never what was answered."""
    broken = (
        "import interviewer.lines as lines; give = lines.give; "
        "lines.give = lambda i, n, a: give(i, n, a) if n.name != 'reason_other' else {}[a.value]"
    )
    done = souspli(
        *INTERVIEW, "--home", home, passphrases=1, typed=TYPED, command=command_with(broken)
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "an error nobody foresaw (KeyError, " in done.stderr
    assert CANARY not in done.stderr
    assert "Traceback" not in done.stderr
    assert all(CANARY.encode() not in content for content in under(home).values())
