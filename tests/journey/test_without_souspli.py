"""Every kind of age file that is written opens without Souspli: by typage, and by age where it is at hand.

docs/without-souspli.md is the way out for who finds a study in twenty years: each of its commands runs
here. A table names every kind, and a law test that every place of the code that seals is in it.
"""

from __future__ import annotations

import ast
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from export import custody
from export.datasets.archive import member, unpacked, zipped
from export.disclosure import log, published
from export.drawing import steps
from export.drawing.drawn import Design, Unit
from export.drawing.frame import from_units
from export.holders import proof
from export.laptops import assign, devices, kits
from export.study import Study, read_study
from interviewer import age, draft, enrolment, outbox, record
from interviewer.device import Device
from interviewer.draft import Entry
from interviewer.kit import Case
from interviewer.laptop import Laptop, unlocked
from surveys.expressions import Node
from tests.attacked import CHEAPEST, NOW, PASSPHRASE, enrolled, founded, key_of, made_of

Require = Callable[[str, bool, str], None]
Job = dict[str, object]
Typage = Callable[[list[Job]], list[dict[str, str]]]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "without-souspli.md"
DRAFT = "d" * 32
ANSWER, CARD, HOTEL, WORD = "17", "K7Q2-M4T9-0000-XX", "Hôtel Zinnober", "Nacarat"


# --- one study with a file of every kind --------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A study folder as somebody finds it, with the files of the others beside it; the keys, to compare."""

    folder: Path
    record_id: str
    practice_id: str
    keys: Mapping[str, age.HybridIdentity]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Make a study in which everything that can be sealed was, and gather it in one folder."""
    folder = tmp_path_factory.mktemp("found") / "study"
    study = founded(folder, "small")
    study = noted(study)
    home = folder.with_name("L01")
    enrolled(study, home)
    keys = {role: identity_of(key_of(folder, role)) for role in ("custodian", "escrow")}
    keys["study"] = identity_of(folder / "keys" / "study.key")
    keys["analyst"] = custody.new_identity(folder / "analyst.key", PASSPHRASE, CHEAPEST)
    (folder / "L01.test.age").write_bytes(
        enrolment.sealed_test(unlocked(Device(home), PASSPHRASE).signed)
    )
    devices.open_test(study, (folder / "L01.test.age").read_bytes(), [keys["study"]], NOW)
    drawn(study)
    case = (study.draw / "sample.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    assign.assign(study, "L01", [Case(case, HOTEL)], [keys["custodian"]])
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    (folder / "L01.kit").write_bytes(kits.make(study, "L01", key))
    laptop = unlocked(Device(home), PASSPHRASE)
    laptop.device.install((folder / "L01.kit").read_bytes(), laptop.secrets.identity)
    laptop = unlocked(Device(home), PASSPHRASE)
    keys["L01"] = laptop.secrets.identity
    one = sealed_records(study, laptop)
    (folder / "custodian.challenge").write_bytes(
        proof.challenge(study, "custodian", bytes(proof.SECRET))
    )
    datasets(folder, keys["analyst"])
    told = published.report("Report", NOW.isoformat(), "small", [one[0]], ())
    signing = custody.open_signing_key(study.signing_key, PASSPHRASE)
    log.add(study, told, signing, NOW)
    shutil.copytree(home / "practice", folder / "practice")
    shutil.copy(home / "vault", folder)
    shutil.copy(key_of(folder, "custodian"), folder)
    shutil.copy(key_of(folder, "escrow"), folder)
    (folder / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "by_hand.py", folder / "docs")
    (folder / "passphrase.txt").write_bytes(PASSPHRASE + b"\n")
    return Found(folder, *one, keys)


def noted(study: Study) -> Study:
    """Put a name to scrub into study.yaml."""
    path = study.folder / "study.yaml"
    path.write_text(path.read_text("utf-8").replace("words: []", f"words: [{WORD}]"), "utf-8")
    return read_study(study.folder)


def identity_of(path: Path) -> age.HybridIdentity:
    [identity] = custody.open_key(path, PASSPHRASE)
    assert isinstance(identity, age.HybridIdentity)
    return identity


def drawn(study: Study) -> None:
    frame = from_units(Unit(f"B{at:04d}", "all", f"H{at % 3}") for at in range(1, 10))
    steps.commit(study, frame, Design(method="simple", announced="dice", size=3), NOW)
    steps.conclude(study, frame, "a public number", "a letter", NOW)


def sealed_records(study: Study, laptop: Laptop) -> tuple[str, str]:
    """Seal a record, one of practice, and leave an interview under way; return the first two's ids."""
    real, practised = (
        made_of(study, "L01", 1, answers={"days": ANSWER}),
        made_of(study, "L01", 2, answers={"days": ANSWER}, is_practice=True),
    )
    kit = laptop.signed.kit
    link = record.seal_links(real.id, {"card": CARD}, kit.link_recipients)
    outbox.put(study.collected, real.id, record.seal(real, kit.bucket, kit.answer_recipients), link)
    own = [laptop.secrets.identity.recipient]
    box = laptop.device.outbox(practice=True)
    outbox.put(box, practised.id, record.seal(practised, kit.bucket, own), None)
    laptop.ledger.append("start", real.id, "5" * 64, laptop.secrets.signing)
    digest = outbox.digest(study.collected, real.id)
    laptop.ledger.append("end", real.id, digest, laptop.secrets.signing)
    shutil.copy(laptop.ledger.path, study.devices / "L01.ledger")
    kept = draft.begin(
        study.folder, DRAFT, {"case": "A"}, 4096, laptop.secrets.vault_key, kit.answer_recipients
    )
    kept = draft.append(kept, Entry(Node("days", ()), "answered", ANSWER, "", "", 5, "en"))
    draft.append(kept, Entry(Node("card", ()), "answered", CARD, "", "", 5, "en", is_link=True))
    return real.id, practised.id


def datasets(folder: Path, analyst: age.HybridIdentity) -> None:
    content = zipped([member("data.csv", f"days\n{ANSWER}\n".encode())])
    readers: dict[str, age.Recipient] = {
        "for-analyst.age": analyst.recipient,
        "under-passphrase.age": age.Passphrase(PASSPHRASE, CHEAPEST),
    }
    for name, reader in readers.items():
        (folder / name).write_bytes(age.seal(content, [reader]))


# --- every kind ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A kind of file: where it is sealed, its bytes as age has them, whose key opens it, what it holds.

    `key` '' stands for a passphrase. `holds` says whether what is inside is what should be.
    """

    name: str
    sealed_in: str
    bytes_of: Callable[[Found], bytes]
    key: str
    holds: Callable[[bytes], bool]


def at(name: str) -> Callable[[Found], bytes]:
    return lambda found: (found.folder / name.replace("ID", found.record_id)).read_bytes()


def of_practice(found: Found) -> bytes:
    return (found.folder / "practice" / "outbox" / f"{found.practice_id}.age").read_bytes()


def of_the_kit(part: str) -> Callable[[Found], bytes]:
    def read(found: Found) -> bytes:
        _magic, _signature, payload = (found.folder / "L01.kit").read_bytes().split(b"\n", 2)
        return base64.b64decode(json.loads(payload)[part])

    return read


def wrap_of_the_draft(found: Found) -> bytes:
    content = (found.folder / f"{DRAFT}.draft").read_bytes()
    head = json.loads(content[20 : 20 + int.from_bytes(content[16:20], "big")])
    return base64.b64decode(head["study"])


def holding(part: str, text: str) -> Callable[[bytes], bool]:
    """Whether JSON, then zeros, says something under a name."""

    def holds(content: bytes) -> bool:
        value = json.loads(content.rstrip(b"\0"))[part]
        return text in json.dumps(value, ensure_ascii=False)

    return holds


KINDS = [
    Kind(
        "a record, to the study",
        "interviewer/record.py:seal",
        at("collected/ID.age"),
        "study",
        holding("answers", ANSWER),
    ),
    Kind(
        "a record, to the escrow",
        "interviewer/record.py:seal",
        at("collected/ID.age"),
        "escrow",
        holding("answers", ANSWER),
    ),
    Kind(
        "a record of practice",
        "interviewer/record.py:seal",
        of_practice,
        "L01",
        holding("answers", ANSWER),
    ),
    Kind(
        "a test record",
        "interviewer/record.py:seal",
        at("L01.test.age"),
        "study",
        holding("kind", "test"),
    ),
    Kind(
        "a link file",
        "interviewer/record.py:seal_links",
        at("collected/ID.link.age"),
        "custodian",
        holding("links", CARD),
    ),
    Kind(
        "the key of a draft",
        "interviewer/draft.py:begin",
        wrap_of_the_draft,
        "study",
        lambda key: len(key) == 32,
    ),
    Kind(
        "a kit's private part",
        "interviewer/kit.py:seal_private",
        of_the_kit("private"),
        "L01",
        holding("words", WORD),
    ),
    Kind(
        "a kit's cases",
        "interviewer/kit.py:seal_cases",
        of_the_kit("cases"),
        "L01",
        holding("cases", HOTEL),
    ),
    Kind(
        "a laptop's cases",
        "interviewer/kit.py:seal_cases",
        at("devices/L01.cases.age"),
        "L01",
        holding("cases", HOTEL),
    ),
    Kind(
        "the list of cases",
        "export/laptops/assign.py:_write",
        at("devices/assignments.age"),
        "custodian",
        holding("cases", HOTEL),
    ),
    Kind(
        "the crosswalk",
        "export/drawing/crosswalk.py:sealed",
        at("draw/crosswalk.age"),
        "custodian",
        lambda text: text.startswith(b"case,id,cluster,order\n"),
    ),
    Kind(
        "a challenge",
        "export/holders/proof.py:challenge",
        at("custodian.challenge"),
        "custodian",
        holding("secret", "0" * 64),
    ),
    Kind(
        "what was published",
        "export/disclosure/log.py:add",
        at("releases/0001.age"),
        "study",
        lambda content: b'"souspli/published/v1"' in zlib.decompress(content),
    ),
    Kind(
        "a dataset, to a key",
        "export/datasets/dataset.py:write",
        at("for-analyst.age"),
        "analyst",
        lambda content: "data.csv" in unpacked(content),
    ),
    Kind(
        "a dataset, under a passphrase",
        "export/datasets/dataset.py:write",
        at("under-passphrase.age"),
        "",
        lambda content: "data.csv" in unpacked(content),
    ),
    *(
        Kind(
            f"the key of the {role}",
            "export/custody.py:write_identity",
            at(path),
            "",
            lambda text: b"\nAGE-SECRET-KEY-PQ-1" in text,
        )
        for role, path in {
            "study": "keys/study.key",
            "escrow": "escrow.key",
            "custodian": "custodian.key",
            "analyst": "analyst.key",
        }.items()
    ),
    Kind(
        "the signing key",
        "export/custody.py:new_signing_key",
        at("keys/signing.key"),
        "",
        lambda text: text.startswith(b"SOUSPLI-SIGNING-KEY-1-"),
    ),
]
# What seals nothing by itself, and what never leaves the memory of the process.
PASSED_ON = {"interviewer/padded.py:seal", "interviewer/age/identity_file.py:write_identity_file"}
NEVER_WRITTEN = {"export/holders/proof.py:note_own"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.replace(" ", "_"))
def test_typage_opens_it(kind: Kind, found: Found, typage: Typage) -> None:
    """Given the key, and what is inside is there; without it, or with another's, nothing is."""
    file = base64.b64encode(kind.bytes_of(found)).decode()
    other = "escrow" if kind.key == "custodian" else "custodian"
    if kind.key:
        right: Job = {"identities": [found.keys[kind.key].encode()]}
        wrong: Job = {"identities": [found.keys[other].encode()]}
    else:
        right, wrong = {"passphrases": [PASSPHRASE.decode()]}, {"passphrases": ["another one"]}
    opened, refused = typage([{"do": "open", "file": file, **job} for job in (right, wrong)])
    assert kind.holds(base64.b64decode(opened["content"]))
    assert "content" not in refused


def test_every_place_that_seals_is_in_the_table() -> None:
    """So that a kind of file which nobody tried to open without Souspli cannot be added unseen."""
    places = set()
    for room in ("surveys", "interviewer", "export"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith("interviewer/age/") or name.endswith("identity_file.py"):
                tree = ast.parse(path.read_text("utf-8"))
                places |= {f"{name}:{function}" for function in sealing_in(tree)}
    assert places == {kind.sealed_in for kind in KINDS} | PASSED_ON | NEVER_WRITTEN


def sealing_in(tree: ast.Module) -> set[str]:
    """Return the functions that call `seal`, `seal_stream` or `write_identity_file` of age, or padded's."""
    found = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
            if any(ast.unparse(call.func) in SEALING for call in calls):
                found.add(function.name)
    return found


SEALING = {
    *(
        f"{room}.{name}"
        for room in ("age", "sealing")
        for name in ("seal", "seal_stream", "sealing")
    ),
    *("padded.seal", "age.write_identity_file", "seal", "seal_stream"),
}


# --- the command age itself ---------------------------------------------------------------------


def version_of_age() -> tuple[int, ...]:
    """Return the version of the command age that is at hand, () without one."""
    if shutil.which("age") is None:
        return ()
    told = subprocess.run(["age", "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(map(int, re.findall(r"\d+", told)[:2]))


@pytest.mark.soak
def test_age_itself_opens_every_kind(found: Found, tmp_path: Path) -> None:
    """The command of age 1.3 or newer, with a key in a file of its own; tried where it is at hand."""
    if version_of_age() < (1, 3):
        pytest.skip(
            "age 1.3 or newer is not on PATH (Debian has 1.1.1): typage stands for it above"
        )
    for kind in KINDS:
        if kind.key:
            (tmp_path / "key.txt").write_text(found.keys[kind.key].encode() + "\n", "ascii")
            command = ["age", "--decrypt", "--identity", str(tmp_path / "key.txt")]
            done = subprocess.run(
                command, input=kind.bytes_of(found), capture_output=True, check=True
            )
            assert kind.holds(done.stdout), kind.name


# --- the page -----------------------------------------------------------------------------------


def commands() -> list[str]:
    """Return the command lines of the page, in their order."""
    return re.findall(r"^    (\S.*)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)


# What a command must print, by how it begins; every other one prints nothing, or what is found later.
PRINTS = {
    "age --decrypt --identity study.txt collected/ID.age": f'"answers":{{"days":"{ANSWER}"}}',
    "python3 -c": "case 1 1.1 complete",
    "cat collected/ID.age": "",
    "age --decrypt --identity custodian.txt collected/ID.link.age": CARD,
    "age --decrypt --identity custodian.txt draw/crosswalk.age": "case,id,cluster,order\n",
    "age --decrypt --identity custodian.txt devices/assignments.age": HOTEL,
    "age --decrypt --identity custodian.txt custodian.challenge": '"role":"custodian"',
    "age --decrypt --identity study.txt releases/0001.age": '"souspli/published/v1"',
    "age --decrypt --identity study.txt L01.test.age": '"kind":"test"',
    "age --decrypt keys/signing.key": "SOUSPLI-SIGNING-KEY-1-",
    "python3 docs/by_hand.py draft": f'"k":"{ANSWER}"',
    "age --decrypt --identity laptop.txt devices/L01.cases.age": HOTEL,
    "tail -n +3 L01.kit": WORD,
    "age --decrypt --identity laptop.txt practice/outbox/ID.age": '"is_practice":true',
}


@pytest.fixture
def shell(found: Found, node: Path, tmp_path: Path) -> Callable[[str], str]:
    """A function that runs a line of the page in the folder, with typage in the place of age 1.3."""
    if sys.platform == "win32":
        pytest.skip("the page is written for a shell")
    folder = Path(shutil.copytree(found.folder, tmp_path / "found"))
    (tmp_path / "bin").mkdir()
    for name, words in (("age", f"node {node / 'age.mjs'}"), ("python3", sys.executable)):
        path = tmp_path / "bin" / name
        path.write_text(f'#!/bin/sh\nexec {words} "$@"\n', "utf-8")
        path.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "TYPAGE_PASSPHRASE": PASSPHRASE.decode(),
    }

    def run(line: str) -> str:
        record_id = found.practice_id if "practice/" in line else found.record_id
        line = line.replace("ID.draft", f"{DRAFT}.draft").replace("ID.", f"{record_id}.")
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=folder,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b""), (line, done.stderr)
        return done.stdout.decode("utf-8", "replace")

    return run


def test_each_command_of_the_page_opens_what_it_says(
    shell: Callable[[str], str], found: Found
) -> None:
    """One after the other, as somebody would who has nothing but the page; then nothing of it is left."""
    lines = commands()
    printed = {line: shell(line) for line in lines}
    for begins, wanted in PRINTS.items():
        [told] = [told for line, told in printed.items() if line.startswith(begins)]
        assert wanted in told, begins
    [digest] = [told for line, told in printed.items() if line.endswith("| sha256sum")]
    ledger = (found.folder / "devices" / "L01.ledger").read_text("ascii")
    assert f'"event":"end","id":"{found.record_id}","hash":"{digest.split()[0]}"' in ledger
    assert len(lines) > 20
    assert lines[-1].startswith("rm ")


def test_the_page_names_every_kind_of_file() -> None:
    """By what its file or its field is called, and whose key opens it."""
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", page, flags=re.MULTILINE)[1:]
    named = " ".join(row[0] for row in rows)
    for word in (
        *(
            "`collected/ID.age`",
            "`collected/ID.link.age`",
            "`L01.test.age`",
            "`practice/outbox/ID.age`",
        ),
        *("`study.key`", "`escrow.key`", "`custodian.key`", "`analyst.key`", "`signing.key`"),
        *("`draw/crosswalk.age`", "`devices/assignments.age`", "`devices/L01.cases.age`"),
        *(
            "`private`",
            "`cases`",
            "`custodian.challenge`",
            "`releases/0001.age`",
            "a dataset",
            "a draft's head",
        ),
    ):
        assert word in named, word
    assert len(rows) == 15
