"""Collecting and unsealing many records, measured against the bare work: `make bench`.

    python tests/bench_collecting.py [RECORDS]

makes a study and bundles of 5,000 records each, and prints ratios and peaks of memory. What is measured
runs in a process of its own. A tenth of the records is read from memory, where the system keeps it; all
of them come from the disk, as from a stick, for what is measured and for what it is measured against.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a program, this file sees its own folder only

from export import custody, founding  # noqa: E402
from export.collecting.collect import collect  # noqa: E402
from export.cores import crew  # noqa: E402
from export.laptops import devices, kits  # noqa: E402
from export.study import Study, read_study  # noqa: E402
from export.unsealing.opening import Keys, Sealed, opened  # noqa: E402
from interviewer import age, enrolment, ledger, outbox, vault  # noqa: E402
from interviewer.bundle import manifest  # noqa: E402
from interviewer.ledger import Line  # noqa: E402
from interviewer.vault import Secrets  # noqa: E402
from surveys.check import check  # noqa: E402

PASSPHRASE = b"three public words for tests"
BUNDLE = 5_000  # records a laptop hands over
DISTINCT = 64  # sealed files made; the bundles repeat their bytes under other ids
MANY, FEW = 100_000, 10_000
BUCKET = 48 * 1024
ONE = """
souspli: 1
form: {id: one, version: "1", title: One, languages: {en: English (en)}, default_language: en}
survey:
"""
FORM = ONE + "".join(
    f"  - {{type: text, name: q{number}, label: Question, max_length: 990}}\n"
    for number in range(9)
)


# --- what is measured ---------------------------------------------------------------------------


def main(arguments: list[str]) -> None:
    """Measure, or be what is measured."""
    if arguments[:1] == ["--here"]:
        _what, name, where, folder = arguments
        print(json.dumps(WORK[name](Path(folder), where == "disk") | {"peak": _peak()}))
    else:
        report(int(arguments[0]) if arguments else MANY)


def report(many: int = MANY) -> None:
    """Print what collecting and unsealing cost against the bare work, and the memory they take."""
    peaks: dict[str, list[float]] = {"collect": [], "unseal": []}
    for count, where in ((many // (MANY // FEW), "memory"), (many, "disk")):
        with TemporaryDirectory(prefix=".bench-", dir=ROOT) as name:
            folder = Path(name)
            made(folder, count)
            found = {
                one: _here(one, where, folder) for one in ("hash", "collect", "bare", "unseal")
            }
        for what, peak in peaks.items():
            peak.append(found[what]["peak"])
        for what, base, ours in (
            ("collecting, against reading and SHA-256-hashing the files", "hash", "collect"),
            ("unsealing, against bare HPKE opening on every core", "bare", "unseal"),
        ):
            one, other = (found[which]["seconds"] / count * 1e6 for which in (base, ours))
            print(
                f"{one / other:6.2f}  {count:,} records from {where}: {what}  "
                f"({one:.0f} µs / {other:.0f} µs each)"
            )
    for what, (few, all_of) in peaks.items():
        print(
            f"{all_of / few:6.2f}  {what}: peak memory of a process at {many:,} records, against a tenth "
            f"of them  ({all_of:.0f} MiB / {few:.0f} MiB)"
        )


def _here(name: str, where: str, folder: Path) -> dict[str, float]:
    """Return what a piece of work says of itself, in a process of its own."""
    command = [sys.executable, __file__, "--here", name, where, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def _peak() -> float:
    """Return the most memory that this process, or one it started, has held, in MiB."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) / 1024


def _ready(folders: Iterable[Path], *, is_cold: bool) -> None:
    """Have the system read all files of some folders into memory, or forget that it did."""
    os.sync()
    for folder in folders:
        for name in os.listdir(folder):
            if not os.path.isfile(folder / name):
                continue
            with open(folder / name, "rb") as file:
                if is_cold:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
                else:
                    file.read()


def hashing(folder: Path, is_cold: bool) -> dict[str, float]:
    """Read and hash every file of every bundle."""
    bundles = list((folder / "stick").iterdir())
    _ready(bundles, is_cold=is_cold)
    start = time.perf_counter()
    for bundle in bundles:
        for path in bundle.iterdir():
            hashlib.sha256(path.read_bytes()).hexdigest()
    return {"seconds": time.perf_counter() - start}


def collecting(folder: Path, is_cold: bool) -> dict[str, float]:
    """Take all bundles in; what is taken in is on the disk."""
    study = read_study(folder / "study")
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    _ready((folder / "stick").iterdir(), is_cold=is_cold)
    start = time.perf_counter()
    collected = collect(study, [folder / "stick"], key)
    seconds = time.perf_counter() - start
    if not collected.is_clean:
        raise SystemExit("what was made for the bench was not taken in whole")
    return {"seconds": seconds}


def bare(folder: Path, is_cold: bool) -> dict[str, float]:
    """Open as many payloads of a record's size, by HPKE alone, on every core; from disk, files are read too."""
    collected = folder / "study" / "collected"
    ids = outbox.ids(collected)
    _ready([collected], is_cold=is_cold)
    cores = os.cpu_count() or 1
    paths = [f"{collected / one}{outbox.RECORD}" for one in ids]
    shares = [(paths[at::cores], is_cold) for at in range(cores)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(cores) as pool:
        pool.map(bare_share, [([], False)] * cores)
        start = time.perf_counter()
        pool.map(bare_share, shares, chunksize=1)
        return {"seconds": time.perf_counter() - start}


def bare_share(share: tuple[Sequence[str], bool]) -> None:
    """Open one payload as many times as there are files, each file being read first where it is on disk."""
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    key = hpke.MLKEM768X25519PrivateKey(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())
    sealed = suite.encrypt(bytes(BUCKET), key.public_key(), b"bench")
    paths, is_read = share
    for path in paths:
        if is_read:
            Path(path).read_bytes()
        suite.decrypt(sealed, key, b"bench")


def unsealing(folder: Path, is_cold: bool) -> dict[str, float]:
    """Open every record collected; nothing of what is inside is parsed."""
    study = read_study(folder / "study")
    keys = Keys(tuple(custody.open_key(study.study_key, PASSPHRASE)), study.bucket, study.collected)
    _ready([study.collected], is_cold=is_cold)
    start = time.perf_counter()
    ids = outbox.ids(study.collected)
    with crew(len(ids)) as workers:
        files = (Sealed(one, study.collected / f"{one}{outbox.RECORD}") for one in ids)
        good = sum(one.fault is None for one in opened(workers, keys, files))
    if good != len(ids):
        raise SystemExit("what was made for the bench does not open")
    return {"seconds": time.perf_counter() - start}


WORK = {"hash": hashing, "collect": collecting, "bare": bare, "unseal": unsealing}


# --- what it is measured on ---------------------------------------------------------------------


def made(folder: Path, count: int) -> None:
    """Make a study without links, its laptops, and their bundles in a folder `stick`."""
    study = _study(folder / "study")
    (folder / "stick").mkdir()
    sealed = [_sealed(study) for _one in range(min(DISTINCT, count))]
    for number in range(-(-count // BUNDLE)):
        name = f"L{number + 1:02d}"
        size = min(BUNDLE, count - number * BUNDLE)
        _hand_over(study, name, sealed, size, folder / "stick" / f"souspli-{name}")


def _study(folder: Path) -> Study:
    form = check(FORM, "form.yaml").instrument
    if form is None:
        raise SystemExit("the questionnaire of the bench is not one")
    escrow = custody.Public(custody.new_key(folder.parent / "escrow.key", PASSPHRASE, 1))
    founding.make(
        folder,
        study_id="bench",
        title="Bench",
        instruments=[(Path("form.yaml"), "person", form)],
        recipients={"escrow": escrow},
        is_practice=False,
        passphrases=(PASSPHRASE, PASSPHRASE),
        work_factor=1,
        now=datetime.now(UTC),
    )
    study = read_study(folder)
    if study.bucket != BUCKET:
        raise SystemExit(f"the bench is for records of {BUCKET} bytes, not {study.bucket}")
    return study


def _sealed(study: Study) -> bytes:
    """Return a sealed record of some 5,000 bytes, whose text is nobody's."""
    keys = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
    text = json.dumps({"v": 1, "text": os.urandom(2500).hex()}).encode()
    return age.seal(text.ljust(study.bucket, b"\0"), keys)


def _hand_over(study: Study, name: str, sealed: list[bytes], count: int, bundle: Path) -> None:
    """Write the bundle of a new laptop: what the field would have written, but at once."""
    _content, keys = vault.create(PASSPHRASE, vault.CHEAPEST)
    devices.add(study, enrolment.write(name, keys))
    kits.make(study, name, custody.open_signing_key(study.signing_key, PASSPHRASE))
    bundle.mkdir()
    digests = [hashlib.sha256(one).hexdigest() for one in sealed]
    lines: list[Line] = []
    files: dict[str, str] = {}
    previous = "0" * 64
    for number in range(count):
        record_id = os.urandom(16).hex()
        which = number % len(sealed)
        (bundle / f"{record_id}{outbox.RECORD}").write_bytes(sealed[which])
        files[f"{record_id}{outbox.RECORD}"] = digests[which]
        for event, digest in (("start", os.urandom(32).hex()), ("end", digests[which])):
            line = Line(len(lines) + 1, event, record_id, digest, previous)  # type: ignore[arg-type]
            lines.append(line)
            previous = line.digest
    _sign(bundle, study, name, lines, files, keys)


def _sign(
    bundle: Path, study: Study, name: str, lines: list[Line], files: dict[str, str], keys: Secrets
) -> None:
    written = b"".join(line.encode() + b"\n" for line in lines)
    head = ledger.head(lines, name, keys.signing)
    for file, content in (("ledger", written), ("ledger.head", head)):
        (bundle / file).write_bytes(content)
        files[file] = hashlib.sha256(content).hexdigest()
    (bundle / "manifest.json").write_bytes(manifest(study.id, name, files))


if __name__ == "__main__":
    main(sys.argv[1:])
