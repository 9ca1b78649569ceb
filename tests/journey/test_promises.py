"""Souspli writes no readable answer to any file: a whole interview watched by strace.

Answers that occur nowhere else (canaries) are typed, and looked for in every spelling in all that the
process wrote: to a terminal, where they must be, and to anything else, where they must not.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.record import Record
from tests.canaries import spellings

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Require = Callable[[str, bool, str], None]
Unsealed = Callable[[Path], list[tuple[Record, Mapping[str, str]]]]

WORDS = "zinzolin-d'été"
OTHER = 'amarante-"brûlée"'
AMOUNT = "918273645"
REASON = "vermillon-vérifié"
COMMENT = "céruléen-noté"
CARD = "SMARAGDIN-7K2M"
SPENT = "7654321.25"
LAST = "garance-délavée"
CANARIES = (WORDS, OTHER, AMOUNT, REASON, COMMENT, CARD, SPENT, LAST)

# --- what is looked for ---------------------------------------------------------------------------


SPELLINGS = {canary: tuple(spellings(canary)) for canary in CANARIES}


def canaries_in(content: bytes) -> set[str]:
    """Return the canaries that some bytes hold, however they are spelled."""
    return {
        canary
        for canary, found in SPELLINGS.items()
        if any(spelled in content for spelled in found)
    }


@settings(max_examples=40)
@given(before=st.binary(max_size=7), after=st.binary(max_size=7), canary=st.sampled_from(CANARIES))
def test_the_search_finds_a_canary_however_it_is_spelled(
    before: bytes, after: bytes, canary: str
) -> None:
    """Raw, hexadecimal, base64 at any alignment, JSON, UTF-16, with anything around it."""
    content = before + canary.encode() + after
    escaped = before + json.dumps({"a": canary}).encode() + after
    for found in (
        content,
        content.hex().encode(),
        base64.b64encode(content),
        base64.urlsafe_b64encode(content),
        escaped,
        base64.b64encode(escaped),
        before + canary.encode("utf-16")[2:] + after,
    ):
        assert canary in canaries_in(found)


# --- what a process wrote -------------------------------------------------------------------------

OUTPUT = ("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg")
OPENING = ("open", "openat", "openat2", "creat")
NAMING = tuple(
    "mkdir mkdirat rename renameat renameat2 link linkat symlink symlinkat "
    "setxattr fsetxattr lsetxattr".split()
)
DESCRIPTORS = ("close", "dup", "dup2", "dup3", "fcntl", "mmap")
# What would carry bytes unseen, or in another process: none is expected at all.
UNSEEN = tuple(
    "splice vmsplice tee sendfile copy_file_range memfd_create io_uring_setup process_vm_writev "
    "fork vfork execveat shmget".split()
)
CLONES = ("clone", "clone3", "execve")
TRACED = (*OUTPUT, *OPENING, *NAMING, *DESCRIPTORS, *UNSEEN, *CLONES)
LONGEST = 4_000_000  # bytes of one call that strace prints: more than any record has

_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>.*)\)\s+= (?P<result>-?\w+)", re.DOTALL)
_QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass
class Written:
    """All that one process wrote: to terminals, to anything else by path, and names it gave."""

    terminal: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)
    names: list[bytes] = field(default_factory=list)
    shared_maps: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def calls_of(trace: str) -> Iterator[tuple[str, str, str]]:
    """Yield (name, arguments, result) of each call, those that were interrupted put together."""
    begun: dict[str, str] = {}
    for line in trace.splitlines():
        thread, _space, told = line.partition(" ")
        told = told.strip()
        if told.endswith("<unfinished ...>"):
            begun[thread] = told.removesuffix("<unfinished ...>")
            continue
        if resumed := re.match(r"<\.\.\. \w+ resumed>", told):
            told = begun.pop(thread) + told[resumed.end() :]
        if match := _CALL.match(told):
            yield match["name"], match["arguments"], match["result"]
        else:
            assert told.startswith(("+++", "---")) or "= ?" in told, told[:200]


def quoted(arguments: str) -> list[bytes]:
    """Return the byte strings among the arguments of a call; none may be cut short."""
    found = list(_QUOTED.finditer(arguments))
    assert not any(match[2] for match in found), "strace cut a string short"
    return [bytes.fromhex(match[1].replace("\\x", "")) for match in found]


def written_in(trace: str) -> Written:
    """Return what a traced process wrote where; standard input, output and error are the terminal."""
    written = Written()
    where = {0: "terminal", 1: "terminal", 2: "terminal"}
    for name, arguments, result in calls_of(trace):
        first = arguments.partition(",")[0]
        if name in OUTPUT:
            target = where.get(int(first), f"descriptor {first}")
            content = b"".join(quoted(arguments))
            assert content or result == "0", "strace could not read what was written"
            if target == "terminal":
                written.terminal += content
            else:
                written.files[target] = written.files.get(target, b"") + content
        elif name in NAMING:
            written.names += quoted(arguments)
        elif name in OPENING:
            written.names += quoted(arguments)
            if not result.startswith("-"):
                path = quoted(arguments)[0].decode()
                is_terminal = path == "/dev/tty" or path.startswith("/dev/pts/")
                where[int(result)] = "terminal" if is_terminal else path
        elif name == "close":
            where.pop(int(first), None)
        elif (name in {"dup", "dup2", "dup3"} or "F_DUPFD" in arguments) and result.isdigit():
            where[int(result)] = where.get(int(first), f"descriptor {first}")
        elif name == "mmap" and "MAP_SHARED" in arguments and "PROT_WRITE" in arguments:
            if "MAP_ANONYMOUS" not in arguments:
                written.shared_maps.append(arguments)
        elif name in UNSEEN or (name.startswith("clone") and "CLONE_THREAD" not in arguments):
            written.unseen.append(name)
    return written


HIDDEN = "import ctypes, os; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); os.write(1, b'seen')"


@pytest.fixture
def strace(require: Require, tmp_path: Path) -> list[str]:
    """The command that traces another into tmp_path/trace.

    An interview forbids core dumps, and thereby hides its memory: only root's strace reads it then.
    """
    only = "trace=" + ",".join(f"?{name}" for name in TRACED)
    how = ["-f", "--seccomp-bpf", "-qq", "-xx", "-s", str(LONGEST), "-e", only, "-e", "signal=none"]
    command = ["strace", *how, "-o", str(tmp_path / "trace")]
    is_able = sys.platform == "linux" and shutil.which("strace") is not None
    if is_able:
        tried = [*command, sys.executable, "-c", HIDDEN]
        done = subprocess.run(tried, capture_output=True, check=False)
        is_able = done.returncode == 0 and b"seen".hex("-") in (tmp_path / "trace").read_text(
            "ascii"
        ).replace("\\x", "-")
    require("strace", is_able, "install strace on Linux, and let it read: run the tests as root")
    return command


LEAK = """
import base64, mmap, os, sys
canary = sys.argv[1].encode()
plain = os.open("plain", os.O_RDWR | os.O_CREAT)
os.write(plain, canary)
os.close(plain)
other = os.dup(os.open("vector", os.O_RDWR | os.O_CREAT))
os.writev(other, [b"x", canary[:4], canary[4:]])
os.pwrite(other, base64.b64encode(b"y" + canary), 100)
os.dup2(os.open("instead", os.O_RDWR | os.O_CREAT), 1)
os.write(1, canary.decode().encode("utf-16-le"))
os.rename("plain", sys.argv[1])
mmap.mmap(other, 4, mmap.MAP_SHARED)
os.write(2, canary)
"""


def test_the_watch_sees_a_leak(strace: list[str], tmp_path: Path) -> None:
    """By write, vector, position, copied descriptor, file name or shared map: each is noticed."""
    program = [*strace, sys.executable, "-c", LEAK, WORDS]
    subprocess.run(program, cwd=tmp_path, capture_output=True, check=True)
    found = written_in((tmp_path / "trace").read_text("ascii"))
    for name in ("plain", "vector", "instead"):
        assert canaries_in(found.files[name]) == {WORDS}
    assert canaries_in(found.terminal) == {WORDS}
    assert canaries_in(b"\0".join(found.names)) == {WORDS}
    assert len(found.shared_maps) == 1
    assert len(found.files["vector"]) > len(WORDS.encode()) + 1


# --- a whole interview, watched -------------------------------------------------------------------

PASSPHRASE = "three public words for tests"
INTERVIEW = ("interview", "small", "--case", "K7Q2-M4T9", "--interviewer", "I1")


@pytest.fixture
def world(home: Path, environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment in which all that the command could write by itself lies in tmp_path/world."""
    for name in ("here", "tmp", "person"):
        (tmp_path / "world" / name).mkdir(parents=True)
    home.rename(tmp_path / "world" / "home")
    apart = {"TMPDIR": "tmp", "HOME": "person"}
    folders = {name: str(tmp_path / "world" / folder) for name, folder in apart.items()}
    return {**environment, **folders, "PYTHONDONTWRITEBYTECODE": "1"}


def assert_kept_apart(tmp_path: Path, shown: set[str]) -> None:
    """No canary in anything but the terminal, which has those it must show; and no other way out."""
    found = written_in((tmp_path / "trace").read_text("ascii"))
    assert canaries_in(found.terminal) >= shown
    assert [path for path, content in found.files.items() if canaries_in(content)] == []
    records = [path for path in found.files if path.endswith(".age.tmp")]
    assert len(records) == 2
    assert all(path.startswith(str(tmp_path / "world" / "home")) for path in records)
    assert canaries_in(b"\0".join(found.names)) == set()
    assert (found.shared_maps, found.unseen) == ([], [])
    for path in (tmp_path / "world").rglob("*"):
        assert canaries_in(path.name.encode()) == set()
        assert not path.is_file() or canaries_in(path.read_bytes()) == set()
    assert list((tmp_path / "world" / "tmp").iterdir()) == []
    assert list((tmp_path / "world" / "person").iterdir()) == []


def assert_sealed(opened: list[tuple[Record, Mapping[str, str]]]) -> None:
    """What was looked for is really in the record, and opens with the keys."""
    [(made, links)] = opened
    assert made.status == "complete"
    assert (made.answers["words"], made.answers["reason_other"]) == (WORDS, OTHER)
    assert (made.answers["amount"], made.answers["last"]) == (AMOUNT, LAST)
    assert (made.reasons["amount"], made.comments["last"]) == (REASON, COMMENT)
    assert links == {"card": CARD}
    assert "spent" not in made.answers


def test_plain_lines_leave_no_readable_answer_in_any_file(
    strace: list[str], souspli: Run, world: dict[str, str], unsealed: Unsealed, tmp_path: Path
) -> None:
    """With --plain: the canaries are in the terminal's writes, and nowhere else."""
    typed = ["1", WORDS, "8", OTHER, AMOUNT, f":accept {REASON}", CARD, "1", "04/2022", SPENT]
    typed += [":back", SPENT, ":back", SPENT, "44", f":comment {COMMENT}", LAST]
    home = tmp_path / "world" / "home"
    program = [*strace, str(Path(sys.executable).with_name("souspli"))]
    arguments = [*INTERVIEW, "--plain", "--home", home]
    lines = "\n".join([*typed, ""])
    here = tmp_path / "world" / "here"
    done = souspli(*arguments, typed=lines, passphrases=1, command=program, extra=world, cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    assert_kept_apart(tmp_path, shown={WORDS, OTHER, AMOUNT, COMMENT, SPENT})
    assert_sealed(unsealed(home))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_the_screen_leaves_no_readable_answer_in_any_file(
    strace: list[str], souspli: Run, world: dict[str, str], unsealed: Unsealed, tmp_path: Path
) -> None:
    """On the whole screen: the same, and the terminal shows what was said."""
    import pexpect

    home = tmp_path / "world" / "home"
    program = [*strace, str(Path(sys.executable).with_name("souspli"))]
    child = pexpect.spawn(
        program[0],
        [*program[1:], *INTERVIEW, "--home", str(home)],
        env=world,
        cwd=str(tmp_path / "world" / "here"),
        dimensions=(24, 100),
        timeout=40,
    )
    child.delaybeforesend = None
    child.expect("Passphrase")
    child.send(f"{PASSPHRASE}\r")
    child.expect("Bonjour")
    child.send(f"\r1{WORDS}\r8{OTHER}\r{AMOUNT}\r{REASON}\r")
    child.expect("dit")
    child.setwinsize(30, 110)  # the whole page is written anew, not only what differs
    child.expect_exact(AMOUNT)
    child.send(f"\r{CARD}\r1\r\r04/2022\r{SPENT}\r44\r\x14{COMMENT}\r{LAST}\r\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert_kept_apart(tmp_path, shown={WORDS, OTHER, AMOUNT})
    assert_sealed(unsealed(home))
