"""A small study whose keys are always the same, and what its people write: the seeds of the campaigns.

An input that once failed fails again in another process, for the keys in it are known to that one
too. They protect nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from export import custody, founding, ledger
from export.drawing.drawn import Design
from export.founding import NewStudy
from export.study import Study, read_study
from interviewer import age, kit, outbox, record, vault
from interviewer.closing import Circumstances
from interviewer.device import Device
from interviewer.frames import Frames
from interviewer.kit import Case, Kit, KitInstrument, Rules
from interviewer.laptop import Laptop, opened
from interviewer.record import Attempt, Record
from surveys import codes
from surveys.check import check
from surveys.instrument import Instrument
from tests.fuzz import forge
from tests.fuzz.forge import LAPTOP, LEAD, STRANGER, as_json, encoded
from tests.fuzz.ways import SECRET
from tests.records import interview

NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
PASSPHRASE = b"correct horse battery"
CHEAP = age.Passphrase(PASSPHRASE, work_factor=1, highest_work_factor=4)
WHOLE = Path(__file__).parents[1] / "interviewer" / "whole.yaml"
KINDS = Path(__file__).with_name("kinds.yaml")
IDS = tuple(f"{number:032x}" for number in range(1, 4))
CARD = codes.card_of("7K3MQ9TX2B4H")
KIT_HASH = "5" * 64  # what the study says it wrote for the laptop
STUDY, ESCROW, CUSTODIAN, DEVICE = (
    age.HybridIdentity(forge.secret(name)) for name in ("study", "escrow", "custodian", "device")
)
SECRETS = vault.Secrets(forge.secret("vault"), DEVICE, LAPTOP)


@cache
def instrument(form: Path = WHOLE) -> Instrument:
    """A questionnaire of the study: one question of every kind, one for the custodian."""
    found = check(form.read_text("utf-8"), form.name).instrument
    assert found is not None
    return found


def as_it_was(folder: Path, *names: str) -> None:
    """Remove what a reader may have written into a folder under these names."""
    for name in names:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


# --- the study lead's desk -----------------------------------------------------------------------


@cache
def study(folder: Path, *forms: Path) -> Study:
    """Return the study with some questionnaires, in a folder that is made at the first call."""
    for name in ("keys", "instruments", "draw", "devices", "collected", "releases"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for role, identity in (("study", STUDY), ("escrow", ESCROW), ("custodian", CUSTODIAN)):
        (folder / "keys" / f"{role}.pub").write_text(identity.recipient.encode() + "\n", "ascii")
    for form in forms or (WHOLE,):
        shutil.copy(form, folder / "instruments")
    (folder / "study.yaml").write_text(study_yaml(*forms), "utf-8")
    (folder / "devices" / "L01.json").write_bytes(as_json(laptop_file()))
    return read_study(folder)


def study_yaml(*forms: Path) -> str:
    """Return the text of study.yaml."""
    forms = forms or (WHOLE,)
    return founding.written(
        NewStudy(
            id="trial",
            title={"fr": "Essai", "en": "Trial"},
            is_practice=False,
            instruments=tuple((f"instruments/{form.name}", "person") for form in forms),
            recipients={role: (f"keys/{role}.pub",) for role in ("study", "escrow", "custodian")},
            signer=LEAD.public_key().public_bytes_raw(),
            bucket=record.bucket_for(map(instrument, forms)),
        )
    )


def laptop_file() -> dict[str, object]:
    """Return what the study knows of its laptop."""
    return {
        "device": "L01",
        "recipient": DEVICE.recipient.encode(),
        "signing": encoded(LAPTOP.public_key().public_bytes_raw()),
        "tested": True,
        "kits": [KIT_HASH],
    }


def made(number: int = 1, form: Path = WHOLE, **otherwise: Any) -> Record:
    """Return a good record of the study."""
    plain: dict[str, Any] = {
        "id": IDS[number - 1],
        "study": "trial",
        "kit": KIT_HASH,
        "instrument": instrument(form).id,
        "instrument_version": instrument(form).version,
        "instrument_hash": instrument(form).digest,
        "case": "K7Q2-M4T9",
        "attempts": (Attempt("2022-04-11", "morning", "2.25"),),
        "answers": {"years": "18", "works": "yes", "products": "tea coffee", "words": SECRET},
        "statuses": {"mood": "refused"},
        "comments": {"works": SECRET},
        "reasons": {"years": "-"},
        "paradata": {"years": "5", "works": "10,1"},
        "notes": SECRET,
    }
    return interview(number, **(plain | otherwise))


_NOTHING: dict[str, Any] = {
    name: {} for name in ("answers", "statuses", "comments", "reasons", "paradata")
}


def records() -> list[bytes]:
    """Return what is inside records of every kind, as JSON."""
    amendment: dict[str, Any] = {"kind": "amendment", "status": "", "outcome": ""}
    kinds = (
        made(),
        made(2, kind="outcome", status="", outcome="2.25", **_NOTHING),
        made(3, amends=IDS[0], attempts=(), **amendment, **_NOTHING),
    )
    return [inside(one) for one in kinds]


def test_record() -> bytes:
    """Return what is inside the record by which a laptop shows that the study's key opens it."""
    return inside(made(kind="test", status="test", is_practice=True, **_NOTHING))


def inside(found: Record) -> bytes:
    """Return what is inside a record, before it is filled and sealed."""
    return as_json({"v": record.FORMAT, **asdict(found)})


# --- kits ----------------------------------------------------------------------------------------


def private() -> dict[str, Any]:
    """Return what the lead tells the laptop alone."""
    return {
        "study": "trial",
        "device": "L01",
        "words": ["Hôtel Bellevue"],
        "help_numbers": [["SAMU", "15"]],
        "rules": asdict(Rules()),
    }


def cases() -> dict[str, Any]:
    """Return what the custodian tells the laptop alone."""
    return {"study": "trial", "device": "L01", "cases": [["K7Q2-M4T9", "H01"], ["B4D2-F6H4", ""]]}


@cache
def kit_payload(version: int = 1) -> bytes:
    """Return what is signed of a kit."""
    told, found = private(), instrument()
    told["rules"] = Rules()
    sealed = kit.seal_private(
        told.pop("study"), told.pop("device"), **told, recipient=DEVICE.recipient
    )
    given = [Case(*one) for one in cases()["cases"]]
    whole = Kit(
        study="trial",
        title={"fr": "Essai", "en": "Trial"},
        version=version,
        device="L01",
        roster=("L01",),
        is_practice=False,
        bucket=record.bucket_for([found]),
        has_links=True,
        recipients={
            "study": (STUDY.recipient.encode(),),
            "escrow": (ESCROW.recipient.encode(),),
            "custodian": (CUSTODIAN.recipient.encode(),),
        },
        instruments=(KitInstrument(found.id, found.version, found.digest, "person", found.source),),
        private=encoded(sealed),
        cases=encoded(kit.seal_cases("trial", "L01", given, DEVICE.recipient)),
    )
    text = json.dumps(asdict(whole), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def enrolment_payload() -> bytes:
    """Return what another laptop says of itself."""
    public = encoded(STRANGER.public_key().public_bytes_raw())
    return as_json({"device": "L02", "recipient": CUSTODIAN.recipient.encode(), "signing": public})


def receipt_payload() -> bytes:
    """Return what is signed of a receipt."""
    records = dict.fromkeys(IDS, "b" * 64)
    return as_json(
        {"study": "trial", "device": "L01", "lines": 3, "head": "e" * 64, "records": records}
    )


# --- the laptop ----------------------------------------------------------------------------------


def laptop(home: Path) -> Laptop:
    """Return the laptop, enrolled in a folder; what was held there before is gone."""
    as_it_was(home, "kit", "kits", "lead.pub", "field", "practice")
    home.mkdir(parents=True, exist_ok=True)
    Device(home).install(forge.kit_file(kit_payload()), DEVICE)
    found = opened(Device(home), SECRETS)
    found.drafts.mkdir(parents=True)
    return found


EVENTS: list[dict[str, Any]] = [
    {"e": "opened", "day": "2022-04-11", "interviewer": "I01"},
    {
        "e": "attempt",
        "case": "K7Q2-M4T9",
        "attempt": {"day": "2022-04-11", "part": "morning", "outcome": "2.25"},
        "interviewer": "I01",
    },
    {"e": "appointment", "case": "K7Q2-M4T9", "day": "2022-04-13", "time": "14:30", "note": "x"},
    {
        "e": "sealed",
        "case": "K7Q2-M4T9",
        "record": IDS[0],
        "kind": "outcome",
        "outcome": "2.25",
        "instrument": "whole",
        "unit": "person",
    },
    {
        "e": "correction",
        "case": "B4D2-F6H4",
        "record": IDS[1],
        "amends": IDS[0],
        "outcome": "",
    },
]


def journal_file(path: Path, events: Any) -> bytes:
    """Return a case journal of these events, under the laptop's vault."""
    key = forge.secret("journal")
    start = b"souspli-journal/1\n" + vault.wrap(SECRETS.vault_key, key, "journal")
    frames = Frames(path, key, 2048, len(start), b"journal")
    return forge.framed(frames, start, [as_json(one) for one in events])


def draft_value(kit_hash: str) -> dict[str, Any]:
    """Return what a draft holds: what its head says besides, what it is about, two answers."""
    around = Circumstances(
        id=IDS[0],
        sequence=1,
        study="trial",
        kit=kit_hash,
        device="L01",
        instrument=instrument().id,
        instrument_version=instrument().version,
        instrument_hash=instrument().digest,
        unit="person",
        case="K7Q2-M4T9",
        interviewer="I01",
        mode="interviewer",
        is_practice=False,
        attempts=(Attempt("2022-04-11", "morning", "2.25"),),
    )
    about = {**asdict(around), "now": "2022-04-11T10:00:00", "language": "en"}
    plain = {
        "at": [],
        "s": "answered",
        "l": False,
        "c": "",
        "r": "",
        "t": 5,
        "g": "en",
        "e": "partial",
    }
    answers = [
        {"n": "informed", "k": "OK", **plain},
        {"n": "years", "k": "18", **plain, "c": SECRET},
        {"n": "products", "k": "tea coffee", **plain},
        {"n": "mood", "k": None, **plain, "s": "refused"},
    ]
    return {"head": {}, "frames": [about, *answers]}


def draft_file(path: Path, value: Any) -> bytes:
    """Return a draft, which the laptop's vault and the study's key open."""
    key, context = forge.secret("draft"), b"draft/" + path.name.partition(".")[0].encode("ascii")
    frames = Frames(path, key, 4096, 0, context)
    return forge.draft_file(frames, value, SECRETS.vault_key, STUDY.recipient)


def laptop_with_records(home: Path) -> Laptop:
    """Return the laptop with one sealed record in its outbox, begun and ended in its ledger."""
    found = opened(Device(home), SECRETS)
    as_it_was(home, "field", "practice")
    outbox.put(found.outbox, IDS[0], *sealed_record(1))
    digest = outbox.digest(found.outbox, IDS[0])
    lines = forge.chained([("start", IDS[0], "a" * 64), ("end", IDS[0], digest)])
    (found.place / "ledger").write_bytes(forge.ledger_file(lines))
    (found.place / "ledger.head").write_bytes(forge.head_file(lines))
    return found


@cache
def sealed_record(number: int) -> tuple[bytes, bytes]:
    """Return a good record of the study, sealed, and its link file."""
    bucket = record.bucket_for([instrument()])
    answers = record.seal(made(number), bucket, [STUDY.recipient, ESCROW.recipient])
    links = record.seal_links(IDS[number - 1], {"card": CARD}, [CUSTODIAN.recipient])
    return answers, links


def links_value() -> dict[str, Any]:
    """Return what is inside a link file."""
    return {"v": record.FORMAT, "id": IDS[0], "links": {"card": CARD}}


def stick_values() -> list[dict[str, Any]]:
    """Return what may lie on a stick, by path: bytes, or the payload of a file that is signed."""
    events = [("start", IDS[0], "a" * 64), ("end", IDS[0], digest_of(1))]
    lines = forge.chained(events)
    covering = json.loads(receipt_payload()) | {"records": {IDS[0]: digest_of(1)}}
    return [
        {
            "souspli-L01.receipt": {"receipt": covering, "by": "lead"},
            "other.receipt": {"receipt": covering, "by": "stranger"},
        },
        {"L01.kit": {"kit": json.loads(kit_payload(version=2)), "by": "lead"}},
        {
            "souspli-L01/ledger": encoded(forge.ledger_file(lines)),
            "souspli-L01/ledger.head": {"head": [list(one) for one in events], "by": "laptop"},
            "souspli-L01/manifest.json": encoded(b"{}"),
            f"souspli-L01/{IDS[0]}.age": encoded(b"cut"),
            f"souspli-L01/{IDS[1]}.draft": encoded(b"souspli-draft/1\n"),
        },
    ]


def digest_of(number: int) -> str:
    """Return the digest of a record's sealed files, as a ledger gives it."""
    return hashlib.sha256(b"".join(sealed_record(number))).hexdigest()


KEYS = {"lead": LEAD, "laptop": LAPTOP, "stranger": STRANGER}


def put_files(folder: Path, value: Any) -> None:
    """Have a folder hold what a value says, by path."""
    as_it_was(folder.parent, folder.name)
    folder.mkdir()
    for name, content in value.items():
        path = folder / name
        if folder not in path.parents or ".." in path.parts:
            raise ValueError
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes_of(content))


def bytes_of(content: Any) -> bytes:
    """Return the bytes of a file: base64, or a payload with who signs it."""
    if isinstance(content, str):
        return forge.decoded(content)
    key = KEYS[content["by"]]
    if "kit" in content:
        return forge.kit_file(as_json(content["kit"]), key)
    if "receipt" in content:
        return forge.receipt_file(as_json(content["receipt"]), key)
    return forge.head_file(forge.chained(content["head"]), key)


# --- back at the desk ----------------------------------------------------------------------------


def found(at: Study) -> None:
    """Begin the study's ledger."""
    signs = custody.ledger_key([STUDY]).public_key().public_bytes_raw()
    ledger.append(at.ledger, "founded", at.id, 0, key=LEAD, introduces=signs, now=NOW)


def bundle_values() -> list[dict[str, Any]]:
    """Return bundles: events of the ledger, files by name, and what is made to agree with them."""
    first, second = (sealed_record(number) for number in (1, 2))
    files = {
        f"{IDS[0]}.age": encoded(first[0]),
        f"{IDS[0]}.link.age": encoded(first[1]),
        f"{IDS[1]}.age": encoded(second[0]),
        f"{IDS[1]}.link.age": encoded(second[1]),
    }
    events = [
        ["start", IDS[0], "a" * 64],
        ["end", IDS[0], digest_of(1)],
        ["start", IDS[1], "a" * 64],
        ["end", IDS[1], digest_of(2)],
        ["handover", IDS[2], ""],
    ]
    told = {"souspli_bundle": 1, "study": "trial", "device": "L01"}
    plain = {"events": events, "files": files, "manifest": told, "by": "laptop"}
    lines = forge.chained([tuple(one) for one in events])
    return [
        {**plain, "mended": True},
        {**plain, "mended": False},
        {
            "events": [],
            "by": "nobody",
            "mended": False,
            "files": {
                "ledger": encoded(forge.ledger_file(lines)),
                "ledger.head": encoded(forge.head_file(lines)),
                f"{IDS[0]}.draft": encoded(b"souspli-draft/1\n"),
                "x.age": encoded(b"age-encryption.org/v1\n"),
                "manifest.json": encoded(as_json({**told, "files": {}})),
            },
        },
    ]


def put_bundle(folder: Path, value: Any) -> None:
    """Have a folder be the bundle of a value: ledger, head and manifest are made for what it holds.

    `mended`: the ledger gives of each record the digest of its files as they were spoiled.
    """
    files = {str(name): forge.decoded(text) for name, text in value["files"].items()}
    if value["by"] in KEYS:
        events = [_mended(one, files) if value["mended"] else one for one in value["events"]]
        lines = forge.chained(events)
        files |= {"ledger": forge.ledger_file(lines)}
        files |= {"ledger.head": forge.head_file(lines, KEYS[value["by"]])}
        digests = {name: hashlib.sha256(one).hexdigest() for name, one in files.items()}
        files["manifest.json"] = as_json({"files": digests} | dict(value["manifest"]))
    put_files(folder, {name: encoded(one) for name, one in files.items()})


def _mended(event: Any, files: Any) -> Any:
    """Return an event with the digest of its record's files."""
    name, record_id, digest = event
    content = files.get(f"{record_id}.age", b"") + files.get(f"{record_id}.link.age", b"")
    return [name, record_id, hashlib.sha256(content).hexdigest() if name == "end" else digest]


def frame_table() -> str:
    """Return a sampling frame as CSV: forty people in four hotels."""
    people = (f"P{number:03},H{number % 4},{number % 7}.5,{number % 4},x" for number in range(40))
    return "\n".join(["id,hotel,size,order,note", *people, ""])


def workbook_of(table: str) -> bytes:
    """Return the table as a workbook, its numbers as numbers."""
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": True}) as book:
        sheet = book.add_worksheet("frame")
        for row, line in enumerate(table.splitlines()):
            sheet.write_row(row, 0, line.split(","))
    return out.getvalue()


def parquet_of(table: str) -> bytes:
    """Return the table as Parquet."""
    import polars

    out = io.BytesIO()
    polars.read_csv(io.StringIO(table)).write_parquet(out)
    return out.getvalue()


def design(similarity: tuple[int, ...] = ()) -> Design:
    """Return how a sample is drawn from it."""
    return Design(
        method="stratified",
        announced="the lottery of 4 December",
        fraction=Fraction(1, 5),
        reserve=4,
        similarity=similarity,
    )
