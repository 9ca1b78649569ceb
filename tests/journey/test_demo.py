"""`souspli demo` without a terminal: a whole study, and nothing in it that could be taken for real."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from export import custody
from export.demo import stages
from export.study import read_study
from export.unsealing.unseal import unseal_all
from interviewer import age

SOUSPLI = str(Path(sys.executable).with_name("souspli"))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder of a demo, and what it printed."""
    here = tmp_path_factory.mktemp("demo")
    done = souspli(here, "demo", "d")
    assert done.returncode == 0, done.stderr
    return here, done.stdout


def souspli(here: Path, *words: str, passes: int | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LANGUAGE": "en", "COLUMNS": "100"}
    return subprocess.run(
        [SOUSPLI, *words],
        cwd=here,
        env=environment,
        pass_fds=() if passes is None else (passes,),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_prints_the_two_estimates_with_intervals_and_people(ran: tuple[Path, str]) -> None:
    """n, per cent, 95 % interval, number of people."""
    lines = [line for line in ran[1].splitlines() if line.startswith("prop(")]
    assert [line.split()[0] for line in lines] == ["prop(reduced_crack)", "prop(stopped_crack)"]
    assert all(line.count("–") == 2 and "%" in line for line in lines)
    assert "95% CI" in ran[1]
    assert "SIMULATED" in ran[1]


def test_every_record_has_one_size_one_time_and_a_random_name(ran: tuple[Path, str]) -> None:
    """An interview, a refusal and nobody found cannot be told apart from outside."""
    outbox = ran[0] / "d" / "study" / "collected"
    links = list(outbox.glob("*.link.age"))
    records = [path for path in outbox.glob("*.age") if path not in links]
    assert len(records) == len(links) == 107
    for files in (records, links):
        assert len({path.stat().st_size for path in files}) == 1
    assert len({path.stat().st_mtime_ns for path in (*records, *links)}) == 1
    assert all(len(path.name) == 36 and int(path.stem, 16) >= 0 for path in records)


def test_the_records_hold_interviews_refusals_break_offs_and_people_not_found(
    ran: tuple[Path, str],
) -> None:
    """And each of them says that it is simulated."""
    study = read_study(ran[0] / "d" / "study")
    identities = custody.open_key(study.study_key, stages.PASSPHRASE)
    found = unseal_all(study, identities, "test", datetime.now(UTC)).records
    assert len(found) == 107
    assert {one.outcome for one in found} >= {"1.1", "2.112", "2.12", "2.25"}
    assert all(one.is_simulated and one.is_practice for one in found)


def test_the_dataset_opens_with_the_public_passphrase_and_says_simulated(
    ran: tuple[Path, str],
) -> None:
    """Neither case, hotel nor link is in it."""
    sealed = (ran[0] / "d" / "simulated.age").read_bytes()
    archive = zipfile.ZipFile(BytesIO(age.unseal(sealed, [age.Passphrase(stages.PASSPHRASE)])))
    assert all("simulated" in name for name in archive.namelist() if name != "README.md")
    table = archive.read("simulated-data.csv").decode("utf-8-sig")
    header = table.splitlines()[0].split(",")
    assert {"simulated", "weight", "stratum", "stopped_crack"} <= set(header)
    assert not {"case", "hotel", "card_code", "device", "interviewer"} & set(header)
    sample = (ran[0] / "d" / "study" / "draw" / "sample.csv").read_text("utf-8")
    cases = [line.split(",")[0] for line in sample.splitlines()[1:]]
    assert len(cases) == 107 + 20  # the sample, and the reserve
    assert not any(case in table for case in cases)


def test_it_ends_with_a_report_that_says_simulated(ran: tuple[Path, str]) -> None:
    """One page, which names neither a case nor a hotel."""
    page = (ran[0] / "d" / "report.html").read_text("utf-8")
    assert "SIMULATED" in page
    assert "<svg" in page
    sample = (ran[0] / "d" / "study" / "draw" / "sample.csv").read_text("utf-8")
    frame = (ran[0] / "d" / "frame.csv").read_text("utf-8")
    codes = {line.split(",")[0] for line in (*sample.splitlines()[1:], *frame.splitlines()[1:])}
    assert not any(code in page for code in codes)


def test_r_prints_the_figures_of_estimate_from_the_dataset_alone(
    ran: tuple[Path, str], require: Callable[[str, bool, str], None]
) -> None:
    """Each figure of the script beside the data is one that `souspli estimate` tells, to nine digits."""
    rscript = shutil.which("Rscript")
    require("R's survey package", rscript is not None, "apt-get install r-base-core r-cran-survey")
    sealed = (ran[0] / "d" / "simulated.age").read_bytes()
    archive = zipfile.ZipFile(BytesIO(age.unseal(sealed, [age.Passphrase(stages.PASSPHRASE)])))
    archive.extractall(ran[0] / "data")
    script = str(ran[0] / "data" / "simulated-analysis.R")
    done = subprocess.run([str(rscript), "--vanilla", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    _shown, _heading, block = done.stdout.decode().partition("--- the same figures in full")
    rows = [line.split("\t") for line in block.splitlines()[1:]]
    passphrase, told = os.pipe()
    os.write(told, stages.PASSPHRASE + b"\n")
    os.close(told)
    words = ["estimate", "--json", "--study", "d/study", "--passphrase-fd", str(passphrase)]
    here = json.loads(souspli(ran[0], *words, passes=passphrase).stdout)
    known: dict[tuple[str, str], list[float]] = {}
    for kind in ("estimates", "shares", "tables", "changes"):
        for one in here.get(kind, ()):
            known.setdefault((one["expression"], one["by"]), []).extend(numbers(one))
    assert {(row[0], row[1]) for row in rows} == set(known)
    assert len(rows) > 150
    wrong = [
        row
        for row in rows
        if row[4] != "missing"  # of a table's cell: estimate says it of the whole table
        and not any(
            math.isclose(float(row[-1]), value, rel_tol=1e-9, abs_tol=1e-12)
            for value in known[row[0], row[1]]
        )
    ]
    assert wrong == []


def numbers(found: Any) -> Iterator[float]:
    """Yield every number of a JSON value, counts of people in all of a list of rows included."""
    if isinstance(found, dict):
        yield from (one for value in found.values() for one in numbers(value))
    elif isinstance(found, list):
        yield from (one for value in found for one in numbers(value))
    elif isinstance(found, int | float):
        yield float(found)


def test_its_draw_can_be_redone_from_the_certificate(ran: tuple[Path, str]) -> None:
    """By the verb, with the frame and the salt; not with another frame."""
    words = ["draw", "--verify", "d/study/draw/certificate.json", "--study", "d/study"]
    columns = ["--stratum", "hotel", "--cluster", "hotel", "--similarity", "district"]
    assert souspli(ran[0], *words, *columns, "d/frame.csv").returncode == 0
    other = (ran[0] / "d" / "frame.csv").read_text("utf-8").replace("B0001,", "B9001,")
    (ran[0] / "other.csv").write_text(other, "utf-8")
    changed = souspli(ran[0], *words, *columns, "other.csv")
    assert changed.returncode == 1
    assert "frame" in changed.stdout


def test_a_folder_that_is_not_a_demo_is_never_replaced(ran: tuple[Path, str]) -> None:
    """A former demo only with --again; anything else never."""
    mine = ran[0] / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", "utf-8")
    assert souspli(ran[0], "demo", "mine", "--again").returncode == 1
    assert (mine / "thesis.txt").exists()
    assert souspli(ran[0], "demo", "d").returncode == 1


def test_the_collected_records_are_noted_in_the_ledger(ran: tuple[Path, str]) -> None:
    """Opening, exporting and publishing leave a line each; the report needed no override."""
    lines = (ran[0] / "d" / "study" / "ledger").read_text("utf-8").splitlines()
    assert {json.loads(line)["event"] for line in lines} == {
        "founded",
        "unseal",
        "export",
        "publish",
    }
