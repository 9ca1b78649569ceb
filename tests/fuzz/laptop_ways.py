"""Ways in to what a laptop reads, and to what anybody reads of what a laptop wrote."""

from __future__ import annotations

import json
from pathlib import Path

from export import custody
from export.laptops import devices
from interviewer import (
    age,
    cases,
    draft,
    enrolment,
    holding,
    kit,
    ledger,
    padded,
    receipt,
    vault,
    whereabouts,
)
from interviewer.device import Device
from interviewer.handover import handover, told, without_passphrase
from interviewer.laptop import opened
from interviewer.session.day import study_title
from surveys.problems import Refusal
from tests.fuzz import corpus, forge
from tests.fuzz.forge import as_json, encoded
from tests.fuzz.mutations import fields, lines, pieces
from tests.fuzz.ways import Reader, Way, forged, value_of


def age_files(_folder: Path) -> dict[str, Way]:
    """As the file, in armor, and with a header that its file key vouches for."""

    def unsealed(content: bytes) -> None:
        age.unseal(content, [corpus.STUDY, forge.CLASSIC, corpus.CHEAP])

    both = [corpus.STUDY.recipient, corpus.ESCROW.recipient]
    values = [
        forge.age_value(corpus.STUDY.recipient.wrap(forge.FILE_KEY), b"content"),
        forge.age_value(forge.classic(), bytes(64 * 1024), b"end"),
        forge.age_value(corpus.CHEAP.wrap(forge.FILE_KEY), b""),
    ]
    files = [age.seal(b"content", both), *map(forge.age_file, values)]
    return {
        "binary": Way(pieces, files, unsealed),
        "lines": Way(lines, files, unsealed),
        "armored": Way(lines, [forge.armored(one) for one in files], unsealed),
        "vouched": Way(
            fields,
            [as_json(one) for one in values],
            lambda content: unsealed(forged(forge.age_file, value_of(content))),
        ),
    }


def key_files(folder: Path) -> dict[str, Way]:
    """Identities, recipients, and the files of the lead that a passphrase opens."""
    path = folder / "key"

    def signing_key(content: bytes) -> None:
        path.write_bytes(age.seal(content, [corpus.CHEAP]))
        custody.open_signing_key(path, corpus.PASSPHRASE)

    def key_file(content: bytes) -> None:
        path.write_bytes(content)
        custody.open_key(path, corpus.PASSPHRASE)

    def recipient(content: bytes) -> None:
        path.write_bytes(content)
        custody.recipient_of(str(path))

    public = corpus.STUDY.recipient.encode().encode("ascii")
    identities = f"# a comment\n{corpus.STUDY.encode()}\n{forge.CLASSIC_TEXT}\n".encode("ascii")
    signing = f"SOUSPLI-SIGNING-KEY-1-{encoded(forge.LEAD.private_bytes_raw())}\n".encode("ascii")
    return {
        "identities": Way(lines, [identities], age.read_identities),
        "recipient": Way(lines, [public + b"\n"], recipient),
        "recipient typed": Way(
            lines,
            [public],
            lambda content: custody.recipient_of(content.decode("utf-8", "surrogateescape")),
        ),
        "signing key": Way(pieces, [signing], signing_key),
        "key file": Way(pieces, [age.write_identity_file(corpus.STUDY, corpus.CHEAP)], key_file),
    }


def ledgers(_folder: Path) -> dict[str, Way]:
    """As the file, and with lines that follow from one another under a head that is signed."""
    events = [
        ["start", corpus.IDS[0], "a" * 64],
        ["end", corpus.IDS[0], "b" * 64],
        ["handover", corpus.IDS[1], ""],
    ]
    whole = forge.chained(events)
    public = forge.LAPTOP.public_key()

    def chained(content: bytes) -> None:
        written, head = forged(_signed_ledger, value_of(content))
        found = ledger.read(written)
        ledger.verify(found, head, "L01", public)
        ledger.rank(found, corpus.IDS[0])
        ledger.short(found)

    return {
        "lines": Way(lines, [forge.ledger_file(whole)], ledger.read),
        "a line": Way(fields, [whole[0].encode()], lambda line: ledger.read(line + b"\n")),
        "chained": Way(fields, [as_json(events)], chained),
        "head": Way(
            fields,
            [forge.head_file(whole)],
            lambda content: ledger.verify(whole, content, "L01", public),
        ),
    }


def _signed_ledger(events: object) -> tuple[bytes, bytes]:
    found = forge.chained(events)  # type: ignore[arg-type]  # spoiled: it may be anything
    return forge.ledger_file(found), forge.head_file(found)


def kits(folder: Path) -> dict[str, Way]:
    """As the file, signed by the lead, and its private parts sealed to the laptop."""
    device = Device(folder / "home")

    def installed(content: bytes) -> None:
        corpus.as_it_was(device.home, "kit", "lead.pub", "kits")
        device.install(content, corpus.DEVICE)
        whereabouts.of_laptop(device)
        study_title(opened(device, corpus.SECRETS))

    def part(name: str) -> Reader:
        def inside(content: bytes) -> None:
            sealed = age.seal(forge.padded(content, padded.GRAIN), [corpus.DEVICE.recipient])
            value = json.loads(corpus.kit_payload()) | {name: encoded(sealed)}
            kit.private_of(kit.read(forge.kit_file(as_json(value))).kit, corpus.DEVICE)

        return inside

    payload = corpus.kit_payload()
    return {
        "file": Way(pieces, [forge.kit_file(payload)], installed),
        "signed": Way(fields, [payload], lambda content: installed(forge.kit_file(content))),
        "private": Way(fields, [as_json(corpus.private())], part("private")),
        "cases": Way(fields, [as_json(corpus.cases())], part("cases")),
    }


def enrolments(folder: Path) -> dict[str, Way]:
    """As the file, and signed by the laptop it is of."""
    study = corpus.study(folder)

    def added(content: bytes) -> None:
        for path in study.devices.glob("*.json"):
            if path.name != "L01.json":
                path.unlink()
        devices.require_words(content, enrolment.words(content))
        devices.add(study, content)

    payload = corpus.enrolment_payload()
    return {
        "file": Way(pieces, [forge.enrolment_file(payload)], added),
        "signed": Way(fields, [payload], lambda content: added(forge.enrolment_file(content))),
    }


def receipts(_folder: Path) -> dict[str, Way]:
    """As the file, and signed by the lead."""
    payload = corpus.receipt_payload()
    return {
        "file": Way(pieces, [forge.receipt_file(payload)], receipt.read),
        "signed": Way(fields, [payload], lambda content: receipt.read(forge.receipt_file(content))),
    }


def vaults(_folder: Path) -> dict[str, Way]:
    """As the file: whoever has the laptop can change it."""
    content, _secrets = vault.create(corpus.PASSPHRASE, vault.CHEAPEST)
    return {
        "file": Way(fields, [content], lambda spoiled: vault.unlock(spoiled, corpus.PASSPHRASE))
    }


def journals(folder: Path) -> dict[str, Way]:
    """As the file, and sealed under the vault."""
    path = folder / "journal"

    def listed(content: bytes) -> None:
        path.write_bytes(content)
        events = cases.opened(folder, corpus.SECRETS.vault_key).events()
        cases.states(events, set(corpus.IDS))
        cases.interviewer_of(events, "2022-04-11")

    return {
        "file": Way(pieces, [corpus.journal_file(path, corpus.EVENTS)], listed),
        "framed": Way(
            fields,
            [as_json(corpus.EVENTS)],
            lambda content: listed(forged(corpus.journal_file, path, value_of(content))),
        ),
    }


def drafts(folder: Path) -> dict[str, Way]:
    """As the file, and sealed under the vault: listed, and gone on with."""
    laptop = corpus.laptop(folder / "home")
    path = laptop.drafts / f"{corpus.IDS[0]}{draft.SUFFIX}"
    value = corpus.draft_value(laptop.signed.hash)

    def listed(content: bytes) -> None:
        path.write_bytes(content)
        for one in holding.open_drafts(laptop):
            if one.fault:
                raise Refusal
        holding.resumed(laptop, corpus.IDS[0])
        draft.head_digest(path)

    return {
        "file": Way(pieces, [corpus.draft_file(path, value)], listed),
        "framed": Way(
            fields,
            [as_json(value)],
            lambda content: listed(forged(corpus.draft_file, path, value_of(content))),
        ),
    }


def sticks(folder: Path) -> dict[str, Way]:
    """What lies on a stick when a laptop hands over: receipts, kits and what an earlier bundle left."""
    home, stick = folder / "home", folder / "stick"
    corpus.laptop(home)

    def handed_over(content: bytes) -> None:
        corpus.laptop_with_records(home)
        forged(corpus.put_files, stick, value_of(content))
        laptop = opened(Device(home), corpus.SECRETS)
        told(handover(laptop, stick, corpus.NOW), stick)
        without_passphrase(laptop.device, stick)

    return {"files": Way(fields, [as_json(one) for one in corpus.stick_values()], handed_over)}
