"""A study, two laptops and a stick to attack, and what came of it: for the tests of tests/export/attacks.

Three records: a and b of L01, d of L02, both bundles on one stick.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import souspli
from export import custody, founding
from export.collecting import intake, vouching
from export.custody import Public
from export.laptops import devices, kits
from export.study import Study, read_study
from export.unsealing import unseal
from interviewer import age, enrolment, kit, outbox, record, vault
from interviewer.device import Device
from interviewer.files import write_durably
from interviewer.handover import handover
from interviewer.laptop import Laptop, unlocked
from interviewer.record import Record
from surveys.check import check
from tests.records import interview

PASSPHRASE = b"correct horse battery"
CHEAPEST = 1  # scrypt 2^1: nothing here is worth protecting
NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
  - {type: text, name: card, keep: link, label: Card}
"""
OWNERS = {"a": "L01", "b": "L01", "d": "L02"}
HUGE = 10 * 1024**3  # bytes: ten gigabytes of zeros, which a file need not have on the disk
DEEP = 100_000  # brackets one in the other
PATIENCE = 120  # seconds: on a busy machine too, nothing here takes so long

Typed = Callable[..., list[str]]
STEERING = "\x1b[2J\x1b]0;owned\x07"
RECEIPT = "souspli-L01.receipt"
VERSION = b"age-encryption.org/v1\n"
ENDING = b"--- " + b"A" * 43 + b"\n"
SCRYPT = b"-> scrypt " + b"A" * 22 + b" 62\n" + b"A" * 43 + b"\n"


Do = Callable[["Scene"], object]


# --- a study, two laptops, a stick --------------------------------------------------------------


@dataclass(frozen=True)
class Scene:
    """All there is, in one folder: study/, L01/, L02/ (the laptops), stick/, other/ (another study)."""

    folder: Path
    ids: Mapping[str, str]

    @cached_property
    def study(self) -> Study:
        return read_study(self.folder / "study")

    @cached_property
    def other(self) -> Study:
        return read_study(self.folder / "other")

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def bundle(self, name: str = "L01") -> Path:
        return self.stick / f"souspli-{name}"

    def file(self, letter: str, ending: str = outbox.RECORD) -> Path:
        return self.bundle(OWNERS[letter]) / f"{self.ids[letter]}{ending}"

    def laptop(self, name: str = "L01") -> Laptop:
        return unlocked(Device(self.folder / name), PASSPHRASE)

    @cached_property
    def lead(self) -> Ed25519PrivateKey:
        return custody.open_signing_key(self.study.signing_key, PASSPHRASE)

    @cached_property
    def keys(self) -> Sequence[age.Identity]:
        return custody.open_key(self.study.folder / "keys" / "study.key", PASSPHRASE)


def founded(folder: Path, study_id: str, *, practice: bool = False) -> Study:
    """Make a study with its questionnaire and its keys; escrow's and custodian's lie beside it."""
    instrument = check(FORM, "form.yaml").instrument
    assert instrument is not None
    escrow, custodian = (
        Public.of(custody.new_identity(key_of(folder, role), PASSPHRASE, CHEAPEST))
        for role in ("escrow", "custodian")
    )
    founding.make(
        folder,
        study_id=study_id,
        title="Plain",
        instruments=[(Path("form.yaml"), "person", instrument)],
        recipients={"custodian": custodian, "escrow": escrow},
        is_practice=practice,
        passphrases=(PASSPHRASE, PASSPHRASE),
        now=datetime(2022, 4, 1, tzinfo=UTC),
        work_factor=CHEAPEST,
    )
    return read_study(folder)


def key_of(study: Path, role: str) -> Path:
    """Return where the key of another holder of a study lies."""
    return study.with_name(f"{study.name}-{role}") / f"{role}.key"


def enrolled(study: Study, home: Path) -> None:
    """Set up a laptop in a folder, which names it; its first kit stays beside the second."""
    content, keys = vault.create(PASSPHRASE, vault.CHEAPEST)
    devices.add(study, enrolment.write(home.name, keys))
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    write_durably(Device(home).vault_path, content)
    for _version in range(2):
        made = kits.make(study, home.name, key)
        write_durably(home / f"kit-{kit.read(made).kit.version}", made)
        Device(home).install(made, keys.identity)


def made_of(study: Study, device: str, number: int, /, **otherwise: Any) -> Record:
    """Return a good record, with whatever an attack wants otherwise."""
    found = study.instruments[0]
    enrolled = devices.required(study, device)
    plain: dict[str, Any] = {
        "id": hashlib.sha256(f"{device} {number}".encode()).hexdigest()[:32],
        "study": study.id,
        "kit": enrolled.kits[-1],
        "instrument": found.instrument.id,
        "instrument_version": found.instrument.version,
        "instrument_hash": found.instrument.digest,
        "device": device,
        "unit": found.unit,
        "case": f"case {number}",
        "is_practice": study.is_practice,
        "is_simulated": study.is_practice,
        "answers": {"days": "3"},
    }
    return interview(number, **(plain | otherwise))


def sealed(
    laptop: Laptop,
    one: Record,
    *,
    under: str = "",
    to: Sequence[age.HybridRecipient] | None = None,
    links_to: Sequence[age.HybridRecipient] | None = None,
) -> None:
    """Have a laptop begin a record and seal it, as a program of ours does, or as one of others could."""
    signed = laptop.signed.kit
    record_id = under or one.id
    made = record.seal(one, signed.bucket, to or signed.answer_recipients)
    links = record.seal_links(record_id, {}, links_to or signed.link_recipients)
    laptop.ledger.append("start", record_id, "5" * 64, laptop.secrets.signing)
    outbox.put(laptop.outbox, record_id, made, links)


def copied(scene: Scene, to: Path) -> Scene:
    return Scene(Path(shutil.copytree(scene.folder, to, symlinks=True)), scene.ids)


def again_handed_over(scene: Scene, name: str = "L01") -> None:
    handover(scene.laptop(name), scene.stick, NOW)


def record_a(scene: Scene) -> Path:
    return scene.file("a")


def link_a(scene: Scene) -> Path:
    return scene.file("a", outbox.LINK)


def flipped(path: Path, at: int, bit: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(content)


# --- what came of an attack ---------------------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """What is done, which reasons are named, which records are lost to it; the rest is taken in."""

    name: str
    do: Do
    said: frozenset[str]
    lost: str = ""


def attack(name: str, do: Do, said: str, lost: str = "") -> Attack:
    return Attack(name, do, frozenset(said.split()), lost)


def ids(some: Sequence[Any]) -> list[str]:
    return [one.name.replace(" ", "_") for one in some]


@dataclass(frozen=True)
class Came:
    """What came of an attack: reasons named, ids opened, what was written, what was said."""

    status: int
    said: frozenset[str]
    opened: frozenset[str]
    told: str


def seen(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Return mode, size and content of all under a folder; of what is huge, or no file, the first two.

    But for locks, which are empty: nothing is said by them.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        is_small = stat.S_ISREG(status.st_mode) and status.st_size < 10**7
        content = hashlib.sha256(path.read_bytes()).hexdigest() if is_small else ""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_size, content)
    return {
        name: held
        for name, held in found.items()
        if not stat.S_ISDIR(held[0]) and not name.endswith(".lock")
    }


def collected(scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str], *paths: Path) -> Came:
    """Collect the stick twice by the command, open what was taken in, and see what was written.

    The second time must say the same: what is set aside is set aside again, and nothing is new.
    """
    study, before = scene.study, seen(scene.folder)
    command = ["collect", *map(str, paths or (scene.stick,)), "--study", str(study.folder)]
    secret = PASSPHRASE.decode()
    status = souspli.main([*command, "--json", *typed(secret)])
    told = capsys.readouterr()
    assert_no_surprise(told.out + told.err)
    summary = (
        json.loads(told.out) if told.out else {"bundles": [], "quarantined": [], "devices": []}
    )
    after = seen(scene.folder)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert [name for name in sorted(changed) if not may_be_written(name)] == []
    assert souspli.main([*command, *typed(secret)]) == status
    words = capsys.readouterr()
    assert_no_surprise(words.out + words.err)
    assert seen(scene.folder).keys() == after.keys()
    reasons = [reason for one in summary["bundles"] for reason in one["faults"]]
    reasons += [one["reason"] for one in summary["quarantined"]]
    for reason in reasons:
        assert why(reason) in words.out
    for record_id in summary.get("refused", []):
        assert f"record {record_id}: not taken in: withdrawn" in words.out
        reasons.append("withdrawn")
    is_missing = any(one["missing"] for one in summary["devices"])
    opened = unseal.unseal_all(study, scene.keys, "attack", NOW)
    reasons += [one.reason for one in opened.left_out]
    return Came(
        status,
        frozenset(reasons) | ({"missing"} if is_missing else set()),
        frozenset(one.id for one in opened.records),
        words.out + words.err,
    )


def assert_no_surprise(told: str) -> None:
    """No traceback, no error nobody foresaw, nothing that steers a terminal."""
    assert "Traceback" not in told
    assert "nobody foresaw" not in told
    assert all(letter.isprintable() or letter == "\n" for letter in told), ascii(told)


def assert_remedied(told: str) -> None:
    """A sentence that says what is wrong says what to do, after a semicolon or a colon."""
    assert "; " in told or ": " in told.removeprefix("souspli: "), told


def may_be_written(name: str) -> bool:
    return (
        name.startswith("study/collected/")
        or re.fullmatch(r"study/devices/L0[12]\.ledger(\.head)?", name) is not None
        or name in {"stick/souspli-L01.receipt", "stick/souspli-L02.receipt"}
    )


def why(reason: str) -> str:
    """Return in words what the command says of a reason."""
    rooms: Sequence[Callable[[Any], str]] = (vouching.why, intake.why, unseal.why)
    for room in rooms:
        try:
            return room(reason)
        except KeyError:
            continue
    raise AssertionError(reason)
