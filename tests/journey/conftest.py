"""A study made once by the real verbs, a laptop enrolled in it, and ways to run and to look."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from export import custody
from interviewer import age, enrolment, outbox, record
from interviewer.device import Device
from interviewer.record import Record
from tests import cheapened
from tests.once import once

PASSPHRASE = "three public words for tests"
SOUSPLI = Path(sys.executable).with_name("souspli")
SMALL = Path(__file__).with_name("small.yaml")
WHOLE = Path(__file__).parents[1] / "interviewer" / "whole.yaml"

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Opened = tuple[Record, Mapping[str, str]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what installs from the package index, and say so, unless it is asked for."""
    if os.environ.get("SOUSPLI_REQUIRE_ALL") == "1":
        return
    if config.getoption("markexpr") == "soak":
        mark = pytest.mark.soak
    else:
        mark = pytest.mark.skip("installs from the package index; make soak runs it")
    for item in items:
        if item.path.name in {"test_install.py", "test_offline.py"}:
            item.add_marker(mark)


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of every command: English, and a home folder and temporary folder of its own."""
    nowhere = tmp_path_factory.mktemp("nowhere")
    (nowhere / "tmp").mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(nowhere),
        "TMPDIR": str(nowhere / "tmp"),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }


@pytest.fixture(scope="session")
def souspli(environment: dict[str, str]) -> Run:
    """A function that runs the installed command to its end.

    `typed` is its whole standard input (none at all is the end of input at once), `passphrases` how
    many times the passphrase of these tests is given, `extra` what is added to the environment.
    """
    if sys.platform == "win32":
        pytest.skip("passphrases cross to a child by descriptor, which Windows does not inherit")

    def run(
        *arguments: str | Path,
        typed: str | bytes = "",
        passphrases: int = 0,
        cwd: Path | None = None,
        extra: Mapping[str, str] | None = None,
        command: Sequence[str | Path] = (SOUSPLI,),
        before: Callable[[], None] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        reading, writing = os.pipe()
        os.write(writing, f"{PASSPHRASE}\n".encode() * passphrases)
        os.close(writing)
        given = ["--passphrase-fd", str(reading)] if passphrases else []
        try:
            done = subprocess.run(
                [*command, *arguments, *given],
                input=typed.encode() if isinstance(typed, str) else typed,
                capture_output=True,
                pass_fds=[reading],
                cwd=cwd or environment["HOME"],
                env={**environment, **(extra or {})},
                preexec_fn=before,
                timeout=120,
                check=False,
            )
        finally:
            os.close(reading)
        told, complained = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, told, complained)

    return run


def made(desk: Path, souspli: Run) -> None:
    """Make the lead's desk in an empty folder; see `desk`."""

    def does(*arguments: str, passphrases: int = 0) -> str:
        done = souspli(*arguments, passphrases=passphrases, cwd=desk)
        warns = (
            "Nobody knows yet" if arguments[0] == "kit" else ""
        )  # whether its keys can be opened
        assert (done.returncode, done.stderr[: len(warns) or None]) == (0, warns), done.stderr
        return done.stdout

    for role in ("custodian", "escrow"):
        does("keys", "new", role, "--out", role, passphrases=1)
    instruments = (str(SMALL), str(WHOLE), "assore/beneficiaires", "assore/site:site")
    asked = [word for name in instruments for word in ("--instrument", name)]
    keys = ["--custodian", "custodian/custodian.pub", "--escrow", "escrow/escrow.pub"]
    does("study", "new", "study", *asked, *keys, passphrases=2)
    for name in ("study/keys/study", "study/keys/signing", "custodian/custodian", "escrow/escrow"):
        cheapened.key(desk / f"{name}.key", PASSPHRASE.encode())
    does("enrol", "--name", "L01", "--home", "home", passphrases=1)
    cheapened.laptop(desk / "home", PASSPHRASE.encode())
    words = enrolment.words((desk / "L01.enrolment").read_bytes())
    does("device", "add", "L01.enrolment", "--words", words, "--study", "study")
    does("kit", "L01", "--study", "study", "--out", "first.kit", passphrases=1)
    does("enrol", "first.kit", "--home", "home", passphrases=1)
    does("device", "test", "L01.test.age", "--study", "study", passphrases=1)
    (desk / "cases.csv").write_text("case,place\nK7Q2-M4T9,H01\nB4D2-F6H4,H02\n", "utf-8")
    does("assign", "L01", "--cases", "cases.csv", "--study", "study")
    does("kit", "L01", "--study", "study", "--out", "L01.kit", passphrases=1)
    does("enrol", "L01.kit", "--home", "home", passphrases=1)


@pytest.fixture(scope="session")
def desk(souspli: Run, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The lead's desk: custodian/, escrow/, study/, L01.kit and home/, a laptop enrolled with it.

    The study has four questionnaires: small (above), whole (twelve questions of every kind),
    assore_beneficiaires and assore_site. The laptop has two cases. Its vault and the keys are under the
    cheapest passphrase there is, since each test opens them; what one costs is tested where they are made.
    """
    return once(tmp_path_factory, worker_id, "desk", lambda folder: made(folder, souspli))


@pytest.fixture
def home(desk: Path, tmp_path: Path) -> Path:
    """A laptop's folder, just enrolled, for one test alone."""
    return Path(shutil.copytree(desk / "home", tmp_path / "home"))


@pytest.fixture(scope="session")
def identities(desk: Path) -> dict[str, Sequence[age.Identity]]:
    """The keys that open: `study` the answers, `custodian` the links."""
    files = {"study": desk / "study/keys/study.key", "custodian": desk / "custodian/custodian.key"}
    return {role: custody.open_key(path, PASSPHRASE.encode()) for role, path in files.items()}


@pytest.fixture
def unsealed(identities: dict[str, Sequence[age.Identity]]) -> Callable[[Path], list[Opened]]:
    """A function from a laptop's folder to its records and their links, each opened by its holder."""

    def opened(home: Path) -> list[Opened]:
        device = Device(home)
        bucket = device.installed().kit.bucket
        folder = device.outbox(practice=False)
        found: list[Opened] = []
        for name in outbox.ids(folder):
            sealed = (folder / f"{name}{outbox.RECORD}").read_bytes()
            links = (folder / f"{name}{outbox.LINK}").read_bytes()
            made = record.unseal(sealed, bucket, identities["study"])
            linked, held = record.unseal_links(links, identities["custodian"])
            assert made.id == linked == name
            found.append((made, held))
        return found

    return opened
