"""Readers of bytes that somebody else may have written: no crash, no hang, no memory without bound.

In the suite each target is tried for some seconds, in `make soak` for an hour; SOUSPLI_FUZZ_SECONDS says
otherwise. SOUSPLI_FUZZ_SEED is the text that all randomness follows from: in the suite the same every
time, so that what passed passes again; in soak the day's.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import CodeType, FrameType

import pytest

from tests.fuzz import campaign
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
SUITE, SOAK = "1", "3600"  # seconds of each target
GRACE = 300.0  # seconds a campaign may take beyond its own, on a busy machine

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the system bounds memory as a campaign needs it on Linux alone"
)


@pytest.mark.parametrize("target", TARGETS)
def test_a_reader_reads_or_refuses(target: str, tmp_path: Path) -> None:
    """Whatever is spoiled, and behind whichever seal or signature."""
    print(tried(target, os.environ.get("SOUSPLI_FUZZ_SECONDS", SUITE), "suite", tmp_path))


@pytest.mark.soak
@pytest.mark.parametrize("target", TARGETS)
def test_a_reader_reads_or_refuses_for_an_hour(
    target: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As above, with another seed every day; how much was tried is told."""
    if request.config.getoption("markexpr") != "soak":
        pytest.skip("takes an hour; make soak runs it")
    seconds = os.environ.get("SOUSPLI_FUZZ_SECONDS", SOAK)
    told = tried(target, seconds, date.today().isoformat(), tmp_path)
    with capsys.disabled():
        print(f"\n{told}")


def tried(target: str, seconds: str, seed: str, keep: Path) -> str:
    """Run a campaign in a process of its own and tell it; fail with what replays each finding."""
    seed = os.environ.get("SOUSPLI_FUZZ_SEED", seed)
    command = [sys.executable, "-m", "tests.fuzz", target, "--keep", str(keep)]
    command += ["--seconds", seconds, "--seed", seed]
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=float(seconds) + GRACE,
        )
        ended = f"exit {done.returncode}\n{done.stderr[-2000:]}"
    except subprocess.TimeoutExpired:
        done, ended = None, "no end"
    if done is None or not done.stdout.startswith("{"):
        pytest.fail(f"{target}, seed {seed}: {ended}\n{_at_work(target, keep)}", pytrace=False)
    report = json.loads(done.stdout)
    found = [f"{one['what']}\n  {_replay(target, one)}" for one in report["findings"]]
    if found:
        pytest.fail(f"{target}, seed {seed}:\n" + "\n".join(found), pytrace=False)
    told = "{target}, seed {seed}: {executions} inputs in {seconds:.0f} s ({read} read, {refused} refused)"
    return told.format(**report)


def _replay(target: str, finding: dict[str, str]) -> str:
    return f"python -m tests.fuzz {target!r} --replay {finding['way']!r} {finding['file']}"


def _at_work(target: str, keep: Path) -> str:
    """Return what replays the input at which a process died."""
    way, size, content = (keep / campaign.AT_WORK).read_bytes().split(b"\n", 2)
    file = keep / "died"
    file.write_bytes(content[: int(size)])
    return _replay(target, {"way": way.decode(), "file": str(file)})


# --- every reader is one of a target --------------------------------------------------------------

DECODE = {
    *("json.loads", "json.load", "csv.reader", "csv.DictReader", "base64.b64decode"),
    *("bytes.fromhex", "int.from_bytes", "struct.unpack", "struct.unpack_from"),
    *("zipfile.ZipFile", "sqlite3.connect", "yaml.CSafeLoader", "load_workbook"),
    *("bech32.decode", "armor.decode", "signed.read", "foreign.read"),
    *("age.unseal", "age.unseal_stream", "padded.unseal"),
    *("record.unseal", "record.opened", "record.parsed", "record.unseal_links"),
}
READ = {"content_of", "source_of", "bundles.content", "bundle.content", "stick.read"}
ENDINGS = (".from_public_bytes", ".from_private_bytes", ".from_seed_bytes")
READ_ENDINGS = (".read_bytes", ".read_text")
# Rooms of the edge, which hand a file on to whoever reads it.
HANDING_ON = ("surveys/verbs", "interviewer/verbs", "export/verbs", "export/demo")

EXEMPT = {
    "export/changing.py:prepared": "reads study.yaml once more, which has just been read",
    "export/holders/proof.py:note_own": "opens what it has sealed itself",
    "export/scripts/r_script.py:r_script": "reads a template of ours",
    "export/scripts/stata_script.py:stata_script": "reads a template of ours",
    "export/verbs/open.py:run": "hands on what age has opened to archive.unpacked",
    "interviewer/doctor.py:_text": "reads what the system says of itself",
    "interviewer/laptop.py:stored": "hands the vault on to vault.unlock",
    "interviewer/process.py:handed": "reads what its own parent wrote into a pipe",
    "surveys/typesetting.py:pdf": "reads a template of ours",
}


def readers() -> set[str]:
    """Return by name the functions that read a file or take bytes apart."""
    return {
        f"{path.relative_to(ROOT).as_posix()}:{name}"
        for room in ("surveys", "interviewer", "export")
        for path in sorted((ROOT / room).rglob("*.py"))
        for name, call in calls(ast.parse(path.read_text("utf-8")), "")
        if is_reading(call, is_edge=path.relative_to(ROOT).as_posix().startswith(HANDING_ON))
    }


def calls(node: ast.AST, within: str) -> Iterator[tuple[str, str]]:
    """Yield (function, what it calls) of all calls."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            yield from calls(child, f"{within}.{child.name}".lstrip("."))
        else:
            if isinstance(child, ast.Call):
                yield within, ast.unparse(child.func)
            yield from calls(child, within)


def is_reading(call: str, *, is_edge: bool) -> bool:
    """Whether a call reads a file or takes bytes apart; at the edge, files are only handed on."""
    if call in DECODE or call.endswith(ENDINGS):
        return True
    return not is_edge and (call in READ or call.endswith(READ_ENDINGS))


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The functions that the seeds of the targets reach."""
    codes: set[CodeType] = set()

    def note(frame: FrameType, _event: str, _argument: object) -> None:
        codes.add(frame.f_code)  # and None: the lines of it are not traced

    before = sys.gettrace()
    for number, (target, made) in enumerate(TARGETS.items()):
        folder = tmp_path_factory.mktemp(f"target{number}")
        sys.settrace(note)
        try:
            for name, way in made(folder).items():
                assert campaign.seeds_read(way), f"{target}: {name}"
        finally:
            sys.settrace(before)
    ours = (one for one in codes if one.co_filename.startswith(str(ROOT)))
    return {
        f"{Path(one.co_filename).relative_to(ROOT).as_posix()}:"
        + one.co_qualname.replace(".<locals>", "")
        for one in ours
    }


def test_every_reader_of_bytes_is_tried(reached: set[str]) -> None:
    """A new one has to be put among the targets, or to say why it reads nothing from outside."""
    untried = sorted(readers() - reached - EXEMPT.keys())
    assert not untried, "\n".join(untried)


def test_no_exemption_is_out_of_date(reached: set[str]) -> None:
    """Each names a reader, which no target reaches."""
    assert EXEMPT.keys() <= readers()
    assert EXEMPT.keys() & reached == set()
