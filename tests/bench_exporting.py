"""Exporting many records, measured against bare opening and against Polars alone: `make bench`.

    python tests/bench_exporting.py [RECORDS]

makes a study of simulated interviews, as collected, and prints ratios and peaks of memory. A thousand
interviews are held by the engine; the records repeat their answers under ids of their own, each sealed
by itself. What is measured runs in a process of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import multiprocessing
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a program, this file sees its own folder only

import souspli  # noqa: E402
from export import custody, founding  # noqa: E402
from export.cores import crew  # noqa: E402
from export.datasets.archive import unpacked  # noqa: E402
from export.laptops import accounts, devices, kits  # noqa: E402
from export.study import Study, read_study  # noqa: E402
from export.unsealing.opening import Keys, Sealed, opened  # noqa: E402
from interviewer import age, enrolment, outbox, record, vault  # noqa: E402
from interviewer.interview import begin  # noqa: E402
from interviewer.ledger import Line  # noqa: E402
from interviewer.record import Record, answers_of  # noqa: E402
from interviewer.respondent import Respondent, answer_all  # noqa: E402
from interviewer.scrub import Scrubber  # noqa: E402
from surveys.check import check, errors  # noqa: E402
from surveys.instrument import Instrument  # noqa: E402
from surveys.plan import plan  # noqa: E402

PASSPHRASE = b"three public words for tests"
LAPTOP = 5_000  # records of one laptop
DISTINCT = 1_000  # interviews held
MANY, FEW = 100_000, 10_000
SEED = 2022
HELD = datetime(2022, 4, 11, 10, 0, tzinfo=UTC)


def form() -> Instrument:
    """Return a questionnaire of some 60 questions, with lists, numbers, calculations and a repeat."""
    lines = [
        "souspli: 1",
        "form: {id: bench, version: '1', title: Bench, languages: {en: English (en)}, default_language: en}",
        "nonresponse: [refused, dont_know]",
        "choices:",
        "  yes_no: [{name: 1, label: 'Yes'}, {name: 2, label: 'No'}]",
        f"  list: [{', '.join(f'{{name: c{n}, label: Choice {n}}}' for n in range(6))}]",
        "survey:",
    ]
    quasi = ", identifying: quasi"
    for n in range(25):
        lines += [
            f"  - {{type: select_one, choices: yes_no, name: yn{n}, label: Q{n}{quasi if n < 6 else ''}}}",
            f"  - {{type: integer, name: days{n}, label: Days {n}, constraint: '. >= 0 and . <= 30'}}",
        ]
    lines += [
        f"  - {{type: select_multiple, choices: list, name: which{n}, label: W{n}}}"
        for n in range(5)
    ]
    lines += [
        "  - {type: calculate, name: both, calculation: '${days0} + ${days1}'}",
        "  - type: repeat",
        "    name: visit",
        "    label: Visit",
        "    repeat_count: 2",
        "    questions:",
        "      - {type: select_one, choices: list, name: place, label: Where}",
        "      - {type: integer, name: minutes, label: How long, constraint: '. >= 0 and . <= 300'}",
    ]
    found = check("\n".join(lines), "form.yaml")
    if found.instrument is None or errors(found):
        raise SystemExit("\n".join(str(problem) for problem in found.problems))
    return found.instrument


# --- what is measured ---------------------------------------------------------------------------


def main(arguments: list[str]) -> None:
    """Measure, or be what is measured."""
    if arguments[:1] == ["--here"]:
        _what, name, folder = arguments
        with watched() as peak:
            seconds = WORK[name](Path(folder))
        print(json.dumps({"seconds": seconds, "peak": peak[0]}))
    else:
        report(int(arguments[0]) if arguments else MANY)


def report(many: int = MANY) -> None:
    """Print what an export costs against bare opening and Polars, and the memory it takes."""
    peaks = []
    for count in (many // (MANY // FEW), many):
        with TemporaryDirectory(prefix=".bench-", dir=ROOT) as name:
            folder = Path(name)
            made(folder, count)
            found = {one: _here(one, folder) for one in ("open", "export", "polars")}
        peaks.append(found["export"]["peak"])
        ours = found["export"]["seconds"]
        for what, base in (
            ("opening the records alone, on every core", "open"),
            ("opening them, and Polars writing the same tables", "both"),
        ):
            other = found["open"]["seconds"] + (found["polars"]["seconds"] if base == "both" else 0)
            print(
                f"{ours / other:6.2f}  {count:,} records to an encrypted dataset (CSV and Parquet), against "
                f"{what}  ({ours:.1f} s / {other:.1f} s)"
            )
    print(
        f"{peaks[1] / peaks[0]:6.2f}  peak memory of the export, all its processes, at {many:,} records "
        f"against a tenth of them  ({peaks[1]:.0f} MiB / {peaks[0]:.0f} MiB)"
    )


def _here(name: str, folder: Path) -> dict[str, float]:
    """Return what a piece of work says of itself, in a process of its own."""
    command = [sys.executable, __file__, "--here", name, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


@contextlib.contextmanager
def watched() -> Iterator[list[float]]:
    """Give the most memory that this process and those it started have held at once, in MiB."""
    peak, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            peak[0] = max(peak[0], _held())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _held() -> float:
    """Return the memory of this process and its children in MiB, what they share counted once each."""
    own = os.getpid()
    held = 0.0
    for one in (own, *(child.pid for child in multiprocessing.active_children())):
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            held += int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024
    return held


def opening(folder: Path) -> float:
    """Open every record collected; nothing of what is inside is parsed."""
    study = read_study(folder / "study")
    keys = Keys(tuple(custody.open_key(study.study_key, PASSPHRASE)), study.bucket, study.collected)
    start = time.perf_counter()
    ids = outbox.ids(study.collected)
    with crew(len(ids)) as workers:
        files = (Sealed(one, study.collected / f"{one}{outbox.RECORD}") for one in ids)
        good = sum(one.fault is None for one in opened(workers, keys, files))
    if good != len(ids):
        raise SystemExit("what was made for the bench does not open")
    return time.perf_counter() - start


def exporting(folder: Path) -> float:
    """Export every record, as the command does."""
    start = time.perf_counter()
    arguments = _arguments(folder)
    read, write = os.pipe()
    os.write(write, PASSPHRASE + b"\n")
    os.close(write)
    with contextlib.redirect_stdout(io.StringIO()):
        code = souspli.main([*arguments, "--passphrase-fd", str(read)])
    if code:
        raise SystemExit("the export of the bench was refused")
    return time.perf_counter() - start


def _arguments(folder: Path) -> list[str]:
    study, out = folder / "study", folder / "out.age"
    out.unlink(missing_ok=True)
    key = folder / "escrow.pub"
    return ["export", "--study", str(study), "--to", str(key), "--out", str(out)]


def polars(folder: Path) -> float:
    """Write the tables of the dataset exported with Polars alone, from memory, to CSV and Parquet."""
    identities = custody.open_key(folder / "escrow.key", PASSPHRASE)
    files = unpacked(age.unseal((folder / "out.age").read_bytes(), identities))
    frames = [pl.read_parquet(text) for name, text in files.items() if name.endswith(".parquet")]
    start = time.perf_counter()
    for frame in frames:
        frame.write_csv(io.BytesIO())
        frame.write_parquet(io.BytesIO())
    return time.perf_counter() - start


WORK = {"open": opening, "export": exporting, "polars": polars}


# --- what it is measured on ---------------------------------------------------------------------


def made(folder: Path, count: int) -> None:
    """Make a study whose records are collected, and the ledgers of the laptops that sealed them."""
    instrument = form()
    study = _study(folder, instrument)
    answers = _answers(instrument)
    names = [f"L{number + 1:02d}" for number in range(-(-count // LAPTOP))]
    jobs = [
        (folder / "study", name, min(LAPTOP, count - at * LAPTOP), _kit(study, name), answers)
        for at, name in enumerate(names)
    ]
    context = multiprocessing.get_context("spawn")
    with context.Pool(os.cpu_count() or 1) as pool:
        for name, lines in zip(names, pool.starmap(_sealed, jobs, chunksize=1), strict=True):
            accounts.remember(study, name, lines, b"")


def _study(folder: Path, instrument: Instrument) -> Study:
    public = custody.new_key(folder / "escrow.key", PASSPHRASE, 1)
    (folder / "escrow.pub").write_text(f"{public}\n", "ascii")
    escrow = custody.Public(public)
    founding.make(
        folder / "study",
        study_id="bench",
        title="Bench",
        instruments=[(Path("form.yaml"), "person", instrument)],
        recipients={"escrow": escrow},
        is_practice=False,
        passphrases=(PASSPHRASE, PASSPHRASE),
        work_factor=1,
        now=HELD,
    )
    return read_study(folder / "study")


def _kit(study: Study, name: str) -> str:
    """Enrol a laptop and return the hash of its kit."""
    _content, keys = vault.create(PASSPHRASE, vault.CHEAPEST)
    devices.add(study, enrolment.write(name, keys))
    kits.make(study, name, custody.open_signing_key(study.signing_key, PASSPHRASE))
    return next(one for one in devices.all_of(study) if one.name == name).kits[-1]


def _answers(instrument: Instrument) -> list[dict[str, dict[str, str]]]:
    chance = random.Random(SEED)
    ready = plan(instrument)
    return [
        answers_of(
            answer_all(begin(ready, HELD, "bench"), Respondent(chance), Scrubber()).interview
        )
        for _one in range(DISTINCT)
    ]


def _sealed(
    folder: Path, name: str, count: int, kit: str, answers: Sequence[dict[str, dict[str, str]]]
) -> list[Line]:
    """Seal the records of a laptop as if they had been collected, and return its ledger."""
    study = read_study(folder)
    (found,) = study.instruments
    keys = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
    lines: list[Line] = []
    previous = "0" * 64
    for number in range(1, count + 1):
        record_id = os.urandom(16).hex()
        said = answers[(number * 7) % len(answers)]
        sealed = record.seal(
            Record(
                id=record_id,
                study=study.id,
                kit=kit,
                instrument=found.instrument.id,
                instrument_version=found.instrument.version,
                instrument_hash=found.instrument.digest,
                device=name,
                sequence=number,
                kind="interview",
                unit="person",
                case=f"{name}-{number}",
                interviewer="I01",
                outcome="1.1",
                status="complete",
                week="2022-W15",
                minutes=30,
                language="en",
                mode="interviewer",
                is_practice=False,
                is_simulated=False,
                answers=said["answers"],
                statuses=said["statuses"],
            ),
            study.bucket,
            keys,
        )
        (study.collected / f"{record_id}{outbox.RECORD}").write_bytes(sealed)
        digest = hashlib.sha256(sealed).hexdigest()
        for event, said_of in (("start", os.urandom(32).hex()), ("end", digest)):
            line = Line(len(lines) + 1, event, record_id, said_of, previous)  # type: ignore[arg-type]
            lines.append(line)
            previous = line.digest
    return lines


if __name__ == "__main__":
    main(sys.argv[1:])
