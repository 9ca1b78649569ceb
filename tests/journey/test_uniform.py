"""Records of one study look alike from outside, whatever was asked, answered or refused in them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interviewer import holding
from interviewer.closing import seal_amendment, seal_outcome
from interviewer.device import Device
from interviewer.files import FIXED_TIME
from interviewer.laptop import unlocked
from interviewer.record import Attempt, Record
from interviewer.sitting import Sitting

PASSPHRASE = b"three public words for tests"
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Unsealed = Callable[[Path], list[tuple[Record, Mapping[str, str]]]]

# One interview of each sort: questionnaire, and what is typed.
INTERVIEWS = (
    ("small", "1\nassez\n8\nle bruit\n30\n7K2M-4TBX\n1 12\n04/2022\n12,5\n44\nfin\n"),
    ("small", "1\n" + "é" * 200 + "\n1\n" + "9" * 15 + "\n:accept vu\n\n\n\n\n\n\n"),
    ("small", "2\n"),
    ("small", "1\n:refuse\n:stop\n"),
    ("assore_beneficiaires", "1\n1\n2\n2\n"),
    ("assore_beneficiaires", "1\n1\n2\n1\n1\n1\n1\n7K2MQ4TBX9ZP8G\n:stop\n"),
    ("assore_site", "H07\n:dk\n:stop\n"),
)


@pytest.fixture(scope="module")
def home(souspli: Run, desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A laptop on which every sort of interview was held, and two cases ended without one."""
    home = Path(shutil.copytree(desk / "home", tmp_path_factory.mktemp("uniform") / "home"))
    for name, typed in INTERVIEWS:
        case = [] if name == "assore_site" else ["--case", "K7Q2-M4T9"]
        arguments = [
            "interview",
            name,
            "--plain",
            "--home",
            home,
            "--interviewer",
            "I1",
            "--new",
            *case,
        ]
        done = souspli(*arguments, typed=typed, passphrases=1)
        assert (done.returncode, done.stderr) == (0, "")
    laptop = unlocked(Device(home), PASSPHRASE)
    person = laptop.signed.kit.instruments[0]
    now = datetime(2022, 4, 21, tzinfo=UTC)
    visits = tuple(Attempt(f"2022-04-{day:02}", "evening", "2.25") for day in range(1, 21))
    for outcome, attempts in (("2.25", visits), ("2.112", ())):
        made = seal_outcome(
            laptop,
            person,
            case="K7Q2-M4T9",
            interviewer="I1",
            outcome=outcome,
            attempts=attempts,
            now=now,
        )
    seal_amendment(
        laptop, person, amends=made, case="B4D2-F6H4", outcome="", interviewer="I1", now=now
    )
    held = holding.begun(laptop, person, case="K7Q2-M4T9", interviewer="I1", now=now)
    holding.close(held, Sitting(held.interview, "erased"), now)
    return home


def test_no_record_can_be_told_from_another(home: Path, unsealed: Unsealed) -> None:
    """Interviews, refusals and outcomes: one size, one size of link, random names, one time."""
    found = unsealed(home)
    statuses = {"", "complete", "partial", "refused", "broke_off"}
    assert {made.status for made, _links in found} == statuses
    assert {made.kind for made, _links in found} == {"interview", "outcome", "amendment"}
    assert {bool(links) for _made, links in found} == {True, False}
    files = list((home / "field" / "outbox").iterdir())
    records = [path for path in files if re.fullmatch(r"[0-9a-f]{32}\.age", path.name)]
    links = [path for path in files if re.fullmatch(r"[0-9a-f]{32}\.link\.age", path.name)]
    assert len(records) == len(links) == len(files) / 2 == len(found) == len(INTERVIEWS) + 4
    assert len({path.stat().st_size for path in records}) == 1
    assert len({path.stat().st_size for path in links}) == 1
    assert {path.stat().st_mtime_ns for path in files} == {FIXED_TIME * 10**9}
    assert len({path.stat().st_mode for path in files}) == 1


def test_beside_the_outbox_only_what_began_and_ended_is_known(home: Path) -> None:
    """There lie the kit, the keys, and a ledger that tells no record from another; no time says when."""
    files = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    others = {name for name in files if not name.startswith("field/outbox/")}
    ours = {"kit", "lead.pub", "vault", "enrolment", "field/ledger", "field/ledger.head"}
    assert others == {*ours, "field/lock", "field/journal"}
    lines = [json.loads(line) for line in (home / "field" / "ledger").read_bytes().splitlines()]
    assert [line["event"] for line in lines] == ["start", "end"] * (len(INTERVIEWS) + 4)
    assert len({len(json.dumps(line | {"n": 0})) for line in lines}) == 2
    assert {(home / name).stat().st_mtime for name in files} == {FIXED_TIME}
