"""The age format against other implementations: typage (npm) and age 1.1 (Debian), both ways."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from interviewer import age

CONTENTS = [b"", b"an answer", bytes(range(256)) * 256, bytes(2 * 65536 + 1)]
PASSPHRASE = "correct horse éà"

Require = Callable[[str, bool, str], None]
Job = dict[str, object]
Typage = Callable[[list[Job]], list[dict[str, str]]]


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_typage_opens_what_is_sealed_to_a_hybrid_recipient(typage: Typage) -> None:
    """Each of two recipients opens every content; a stranger opens none."""
    lead, escrow, stranger = (age.HybridIdentity.generate() for _ in range(3))
    files = [age.seal(content, [lead.recipient, escrow.recipient]) for content in CONTENTS]
    results = typage(
        [
            {"do": "open", "file": text(file), "identities": [who.encode()]}
            for who in (lead, escrow, stranger)
            for file in files
        ]
    )
    wanted = [text(content) for content in CONTENTS]
    assert [one.get("content") for one in results] == [*wanted, *wanted, *([None] * len(files))]


def test_typage_opens_what_is_sealed_under_a_passphrase(typage: Typage) -> None:
    """The right passphrase opens, another does not."""
    passphrase = age.Passphrase(PASSPHRASE.encode(), work_factor=10)
    files = [age.seal(content, [passphrase]) for content in CONTENTS]
    right: list[Job] = [
        {"do": "open", "file": text(file), "passphrases": [PASSPHRASE]} for file in files
    ]
    *opened, refused = typage([*right, {**right[0], "passphrases": ["wrong"]}])
    assert [one.get("content") for one in opened] == [text(content) for content in CONTENTS]
    assert "error" in refused


def test_typage_opens_an_identity_file(typage: Typage) -> None:
    """A key file is an ordinary passphrase file that holds the standard text."""
    identity = age.HybridIdentity.generate()
    passphrase = age.Passphrase(PASSPHRASE.encode(), work_factor=10)
    file = age.write_identity_file(identity, passphrase)
    [opened] = typage([{"do": "open", "file": text(file), "passphrases": [PASSPHRASE]}])
    assert base64.b64decode(opened["content"]).decode().splitlines()[-1] == identity.encode()


def test_what_typage_seals_is_opened(typage: Typage) -> None:
    """Hybrid, classic and passphrase files of typage are read; so are its keys."""
    hybrid, classic = typage([{"do": "keys", "kind": kind} for kind in ("hybrid", "x25519")])
    sealed = typage(
        [
            {"do": "seal", "content": text(content), **to}
            for to in (
                {"recipients": [hybrid["recipient"]]},
                {"recipients": [classic["recipient"]]},
                {"passphrase": PASSPHRASE, "factor": 10},
            )
            for content in CONTENTS
        ]
    )
    identities = age.read_identities(f"{hybrid['identity']}\n{classic['identity']}".encode())
    mine: list[age.Identity] = [*identities, age.Passphrase(PASSPHRASE.encode())]
    opened = [age.unseal(base64.b64decode(one["file"]), mine) for one in sealed]
    assert opened == [*CONTENTS, *CONTENTS, *CONTENTS]


def test_typage_makes_the_same_recipient_of_an_identity(typage: Typage) -> None:
    """The public key computed there and here is one."""
    [made] = typage([{"do": "keys", "kind": "hybrid"}])
    identity = age.HybridIdentity.parse(made["identity"])
    assert identity.recipient.encode() == made["recipient"]
    assert age.HybridRecipient.parse(made["recipient"]) == identity.recipient


@pytest.fixture
def age_command(require: Require) -> str:
    """The name of the reference command."""
    found = shutil.which("age") is not None and shutil.which("age-keygen") is not None
    require("age", found, "install the package `age`")
    return "age"


def answer(command: str, arguments: list[str], prompts: list[str]) -> None:
    """Run a command that asks for the passphrase on its terminal, once for each prompt."""
    child = pexpect.spawn(command, arguments, timeout=30, encoding="utf-8")
    for prompt in prompts:
        child.expect(prompt)
        child.sendline(PASSPHRASE)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@pytest.mark.parametrize("is_armored", [False, True])
def test_what_age_seals_to_a_classic_recipient_is_opened(
    age_command: str, is_armored: bool
) -> None:
    """age's own key file and its file, binary and armored, are read."""
    made = subprocess.run(["age-keygen"], capture_output=True, check=True).stdout
    recipient = made.decode().split("public key: ")[1].split()[0]
    armor = ["--armor"] if is_armored else []
    for content in CONTENTS:
        sealed = subprocess.run(
            [age_command, *armor, "-r", recipient], input=content, capture_output=True, check=True
        ).stdout
        assert age.unseal(sealed, age.read_identities(made)) == content


def test_age_opens_a_passphrase_file(age_command: str, tmp_path: Path) -> None:
    """The reference command, of a version before the hybrid recipients, opens key files."""
    identity = age.HybridIdentity.generate()
    passphrase = age.Passphrase(PASSPHRASE.encode(), work_factor=10)
    sealed, opened = tmp_path / "key.age", tmp_path / "key"
    sealed.write_bytes(age.write_identity_file(identity, passphrase))
    answer(age_command, ["--decrypt", "-o", str(opened), str(sealed)], ["passphrase: "])
    assert age.read_identities(opened.read_bytes()) == [identity]


def test_what_age_seals_under_a_passphrase_is_opened(age_command: str, tmp_path: Path) -> None:
    """At age's own work factor, 18."""
    plain, sealed = tmp_path / "plain", tmp_path / "sealed.age"
    plain.write_bytes(b"an answer")
    prompts = ["secure one\\): ", "Confirm passphrase: "]
    answer(age_command, ["--passphrase", "-o", str(sealed), str(plain)], prompts)
    assert age.unseal(sealed.read_bytes(), [age.Passphrase(PASSPHRASE.encode())]) == b"an answer"
