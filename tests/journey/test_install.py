"""From a copy of the tree into a fresh environment: what the base holds, and what the lead's adds.

Slow, and in need of the package index: left out but for `make soak` and SOUSPLI_REQUIRE_ALL=1.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import cheapened

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SECRET = b"three public words for tests"  # the passphrase `souspli` gives
ROOT = Path(__file__).resolve().parents[2]
LITTER = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "build", "dist", "*.egg-info")
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"


def pip(*arguments: str | Path) -> None:
    """Run the pip of these tests."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `pip install .` builds, once for both environments.

    It is built of a copy of the tree, without what git ignores, so that nothing is left in the real one.
    """
    folder = tmp_path_factory.mktemp("tree")
    tree = shutil.copytree(ROOT, folder / "souspli", ignore=LITTER)
    pip("wheel", "--no-deps", "--wheel-dir", folder, tree)
    (built,) = folder.glob("souspli-*.whl")
    return built


def fresh(tmp_path_factory: pytest.TempPathFactory, what: str) -> Path:
    """Return a fresh environment with this installed and all that it requires.

    It needs no pip of its own; and only what is run is compiled, as it is run.
    """
    environment = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    pip("--python", environment / SCRIPTS / "python", "install", "--no-compile", what)
    return environment


@pytest.fixture(scope="module")
def base(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with `pip install .`: what a field laptop has."""
    return fresh(tmp_path_factory, str(wheel))


@pytest.fixture(scope="module")
def lead(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with `pip install .[lead]`: what a study lead's desk has."""
    return fresh(tmp_path_factory, f"{wheel}[lead]")


def command_of(environment: Path) -> list[Path]:
    return [environment / SCRIPTS / "souspli"]


def test_the_base_is_enough_for_field_work(souspli: Run, base: Path, tmp_path: Path) -> None:
    """From help and check to a hand-over collected and its receipt, from a folder of one's own."""

    def does(*arguments: str, **how: object) -> str:
        done = souspli(*arguments, command=command_of(base), cwd=tmp_path, **how)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    assert "souspli VERB" in does("--help")
    assert "good" in does("check", "assore/beneficiaires")
    does("keys", "new", "custodian", "--out", "keys", passphrases=1)
    keys = ("--custodian", "keys/custodian.pub", "--no-escrow")
    does("study", "new", "study", *keys, passphrases=2)
    made = does("enrol", "--name", "L01", "--home", "home", passphrases=1)
    words = made.splitlines()[-1].strip()
    study, home = ("--study", "study"), ("--home", "home")
    does("keys", "test", "study", *study, passphrases=1)
    does("keys", "test", "custodian", "--out", "keys", *study)
    answer = ("keys", "answer", "keys/custodian.challenge", "--key", "keys/custodian.key")
    heard = does(*answer, passphrases=1).splitlines()[-1]
    does("keys", "test", "custodian", "--words", heard, *study, passphrases=1)
    # The keys have been opened as they were made; from here on that costs little.
    for name in ("study/keys/study", "study/keys/signing", "keys/custodian"):
        cheapened.key(tmp_path / f"{name}.key", SECRET)
    does("device", "add", "L01.enrolment", "--words", words, *study)
    does("kit", "L01", *study, passphrases=1)
    does("enrol", "L01.kit", *home, passphrases=1)
    cheapened.laptop(tmp_path / "home", SECRET)
    does("device", "test", "L01.test.age", *study, passphrases=1)
    (tmp_path / "cases.csv").write_text("case,place\nK7Q2-M4T9,H01\n", "utf-8")
    does("assign", "L01", "--cases", "cases.csv", *study)
    does("kit", "L01", *study, passphrases=1)
    does("enrol", "L01.kit", *home, passphrases=1)
    who = ("--case", "K7Q2-M4T9", "--interviewer", "I1", *home)
    held = ("interview", "assore_beneficiaires", "--plain", *who)
    assert "Sealed. This laptop cannot read it any more." in does(
        *held, typed="1\n1\n2\n2\n", passphrases=1
    )
    (tmp_path / "stick").mkdir()
    does("handover", "stick", *home, passphrases=1)
    assert "1 record taken in." in does("collect", "stick", *study, passphrases=1)
    does("handover", "stick", *home, passphrases=1)
    assert list((tmp_path / "home" / "field" / "outbox").iterdir()) == []
    python = [str(base / SCRIPTS / "python"), "-c", "import surveys; print(surveys.__file__)"]
    where = subprocess.run(python, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(where.stdout.strip()).is_relative_to(base)


@pytest.mark.parametrize(
    "arguments",
    [
        ["demo", "there"],
        ["estimate", "prop(reduced_crack)", "--study", "study"],
        ["export", "--study", "study", "--to", "a.pub", "--out", "a.age"],
    ],
)
def test_what_needs_the_lead_s_libraries_says_which(
    souspli: Run, base: Path, tmp_path: Path, arguments: list[str]
) -> None:
    """One line that says what to install, exit 1, and nothing begun."""
    done = souspli(*arguments, command=command_of(base), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    needs = "needs the study lead's libraries; run: pip install 'souspli[lead]'"
    assert done.stderr == f"souspli {arguments[0]}: {needs}\n"
    assert list(tmp_path.iterdir()) == []


def test_an_analyst_opens_a_dataset_with_the_base(souspli: Run, base: Path, tmp_path: Path) -> None:
    """`open` needs no data library: a file that is none is refused for what it is."""
    (tmp_path / "a.age").write_bytes(b"nothing")
    arguments = ["open", "a.age", "--into", "there"]
    done = souspli(*arguments, command=command_of(base), cwd=tmp_path, passphrases=1)
    assert done.returncode == 1
    assert "pip install" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_with_the_lead_s_libraries_the_demonstration_runs(
    souspli: Run, lead: Path, tmp_path: Path
) -> None:
    """Without a terminal nobody is asked anything; the demo ends with two estimates."""
    done = souspli("demo", "there", command=command_of(lead), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    estimates = re.findall(r"prop\((\w+)\) +\d+ +([\d.]+)% +[\d.]+–[\d.]+", done.stdout)
    assert [name for name, _estimate in estimates] == ["reduced_crack", "stopped_crack"]
    assert all(0 < float(estimate) < 100 for _name, estimate in estimates)
    assert "SIMULATED" in done.stdout
