"""Kits, receipts, enrolment files, test records and drafts that were changed or made up: each by its name."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import souspli
from export import custody
from export.collecting import refused
from export.collecting.collect import collect as taken_in
from export.laptops import devices
from interviewer import age, draft, enrolment, kit, outbox, receipt, vault
from interviewer.age import header
from interviewer.device import Device
from interviewer.handover import handover
from interviewer.kit import KitError
from tests.attacked import (
    DEEP,
    ENDING,
    NOW,
    PASSPHRASE,
    RECEIPT,
    SCRYPT,
    STEERING,
    VERSION,
    Scene,
    Typed,
    again_handed_over,
    assert_no_surprise,
    assert_remedied,
    ids,
    record_a,
    seen,
)

# --- the attacks on a kit -----------------------------------------------------------------------

Make = Callable[[Scene], bytes]


@dataclass(frozen=True)
class Foul:
    """A small file that was changed or made up, and what the command says of it."""

    name: str
    make: Make
    told: str


def with_flip(make: Make, at: int) -> Make:
    """Return what makes the same with one bit flipped."""

    def flipped(scene: Scene) -> bytes:
        content = bytearray(make(scene))
        content[at] ^= 1
        return bytes(content)

    return flipped


def cut_off(make: Make, length: int) -> Make:
    """Return what makes the same up to a length; a negative one counts from the end."""
    return lambda scene: make(scene)[:length]


def newest(scene: Scene) -> kit.SignedKit:
    return scene.laptop().signed


def next_kit(scene: Scene, **otherwise: Any) -> kit.Kit:
    found = newest(scene).kit
    return replace(found, **({"version": found.version + 1} | otherwise))


def signed_by_the_lead(**otherwise: Any) -> Make:
    return lambda scene: kit.sign(next_kit(scene, **otherwise), scene.lead)


def by_another_key(**otherwise: Any) -> Make:
    return lambda scene: kit.sign(next_kit(scene, **otherwise), Ed25519PrivateKey.generate())


def with_recipient_of_the_attacker(scene: Scene) -> bytes:
    """A kit that seals to the attacker, its signature left as it was."""
    own = age.HybridIdentity.generate().recipient.encode()
    theirs = scene.study.recipients["study"][0]
    return newest(scene).content.replace(theirs.encode(), own.encode())


def re_signed_with_recipient_of_the_attacker(scene: Scene) -> bytes:
    own = (age.HybridIdentity.generate().recipient.encode(),)
    recipients = {"study": own, "escrow": own, "custodian": own}
    return by_another_key(recipients=recipients)(scene)


def private_part_of(name: str, study: str = "study") -> Make:
    """A kit of L01, signed by its lead, whose private part is for another laptop or study."""

    def make(scene: Scene) -> bytes:
        folder = scene.folder / ("elsewhere/L01" if study == "other" else name)
        theirs = Device(folder).installed().kit.private
        return signed_by_the_lead(private=theirs)(scene)

    return make


def private_saying(value: Mapping[str, object] | bytes) -> Make:
    """A kit whose private part holds something else; anybody can seal to a laptop."""

    def make(scene: Scene) -> bytes:
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        own = scene.laptop().secrets.identity.recipient
        made = age.seal(text.ljust(-(-len(text) // 16384) * 16384, b"\0"), [own])
        return signed_by_the_lead(private=base64.b64encode(made).decode())(scene)

    return make


def payload_of(payload: bytes) -> Make:
    """A kit, signed by the lead, whose payload is something else."""

    def make(scene: Scene) -> bytes:
        public = base64.b64encode(scene.lead.public_key().public_bytes_raw())
        signature = base64.b64encode(scene.lead.sign(b"souspli/kit/v1\0" + payload))
        return b"souspli-kit/1\n" + public + b" " + signature + b"\n" + payload

    return make


CHANGED = "its signature does not verify|not a kit"
KITS = [
    *(
        Foul(f"a bit flipped at {at}", with_flip(lambda scene: newest(scene).content, at), "")
        for at in (3, 20, 40, 90, 200, 5000, -1)
    ),
    *(
        Foul(f"cut to {length}", cut_off(lambda scene: newest(scene).content, length), "")
        for length in (0, 10, 100, 1000, -1)
    ),
    Foul(
        "another laptop's",
        lambda scene: scene.laptop("L02").signed.content,
        "another study or laptop",
    ),
    Foul(
        "another study's",
        lambda scene: Device(scene.folder / "elsewhere/L01").installed().content,
        "signed by another key",
    ),
    Foul("an older version", lambda scene: (scene.folder / "L01/kit-1").read_bytes(), "is older"),
    Foul(
        "another one under its number",
        signed_by_the_lead(version=2, title={"en": "Other"}),
        "another one under the number",
    ),
    Foul("signed by another key", by_another_key(), "signed by another key"),
    Foul(
        "an attacker's recipient in it", with_recipient_of_the_attacker, "signature does not verify"
    ),
    Foul(
        "an attacker's recipient in it, signed by the attacker",
        re_signed_with_recipient_of_the_attacker,
        "signed by another key",
    ),
    Foul(
        "nobody to seal to",
        signed_by_the_lead(recipients={"study": (), "escrow": (), "custodian": ()}),
        "nobody who could open",
    ),
    Foul(
        "a recipient that is none",
        signed_by_the_lead(recipients={"study": ("age1pq1x",), "escrow": (), "custodian": ()}),
        "not a key",
    ),
    Foul("the private part of another laptop", private_part_of("L02"), "not sealed to this laptop"),
    Foul(
        "the private part of another study",
        private_part_of("L01", "other"),
        "not sealed to this laptop",
    ),
    Foul(
        "a private part for another laptop",
        private_saying({"study": "small", "device": "L02"}),
        "another study or laptop",
    ),
    Foul(
        "an empty private part",
        private_saying({"study": "small", "device": "L01"}),
        "another version",
    ),
    Foul("a deep private part", private_saying(b"[" * DEEP), "damaged"),
    Foul("a private part of zeros", private_saying(b""), "damaged"),
    Foul(
        "rules that count to nothing",
        private_saying(
            {
                "study": "small",
                "device": "L01",
                "words": [],
                "help_numbers": [],
                "rules": {"attempts": -1, "open_drafts": 2, "draft_days": 14, "idle_minutes": 5},
            }
        ),
        "another version",
    ),
    Foul("a deep payload", payload_of(b"[" * DEEP), "another version"),
    Foul("a payload that is a number", payload_of(b"1e308"), "another version"),
    Foul("a version that is no count", signed_by_the_lead(version=1e308), "another version"),
    Foul("a version that counts backwards", signed_by_the_lead(version=-1), "older"),
    Foul(
        "an enrolment file as kit",
        lambda scene: scene.laptop().device.home.joinpath("vault").read_bytes(),
        "not a kit",
    ),
]


@pytest.mark.parametrize("one", KITS, ids=ids(KITS))
def test_a_kit_that_is_not_this_laptops_next_is_refused(one: Foul, scene: Scene) -> None:
    """In one sentence, whether it is given or found on a stick; the laptop keeps the kit it has."""
    laptop = scene.laptop()
    before = seen(scene.folder / "L01")
    content = one.make(scene)
    with pytest.raises(KitError, match=one.told or None) as refusal:
        laptop.device.install(content, laptop.secrets.identity)
    assert_remedied(str(refusal.value))
    assert seen(scene.folder / "L01") == before
    (scene.stick / "L01.kit").write_bytes(content)
    done = handover(scene.laptop(), scene.stick, NOW)
    assert done.kit is None
    assert scene.laptop().signed.kit.version == 2
    good = signed_by_the_lead()(scene)
    assert laptop.device.install(good, laptop.secrets.identity).kit.version == 3


def test_a_kit_with_an_absurd_bucket_is_refused_where_it_is_made(scene: Scene) -> None:
    """The lead's own key signs it, and yet no laptop may be told to fill its disk."""
    laptop = scene.laptop()
    for bucket in (0, -1, 2**40):
        content = signed_by_the_lead(bucket=bucket)(scene)
        with pytest.raises(KitError, match="another version"):
            laptop.device.install(content, laptop.secrets.identity)


# --- the attacks on a receipt -------------------------------------------------------------------


def receipt_saying(**otherwise: Any) -> Make:
    """The lead's receipt of L01, with something else in it."""

    def make(scene: Scene) -> bytes:
        good, _signer = receipt.read(genuine_receipt(scene))
        return receipt.sign(replace(good, **otherwise), scene.lead)

    return make


def genuine_receipt(scene: Scene) -> bytes:
    taken_in(scene.study, [scene.stick], scene.lead)
    path = scene.stick / RECEIPT
    content = path.read_bytes()
    path.unlink()
    return content


def receipt_by_another(scene: Scene) -> bytes:
    good, _signer = receipt.read(genuine_receipt(scene))
    return receipt.sign(good, Ed25519PrivateKey.generate())


def receipt_payload(payload: bytes) -> Make:
    def make(scene: Scene) -> bytes:
        public = base64.b64encode(scene.lead.public_key().public_bytes_raw())
        signature = base64.b64encode(scene.lead.sign(b"souspli/receipt/v1\0" + payload))
        return b"souspli-receipt/1\n" + public + b" " + signature + b"\n" + payload

    return make


def kit_signature_as_receipt(scene: Scene) -> bytes:
    """The lead's signature of a kit, made to look like that of a receipt."""
    return b"souspli-receipt/1\n" + newest(scene).content.removeprefix(b"souspli-kit/1\n")


RECEIPTS = [
    *(
        Foul(f"a bit flipped at {at}", with_flip(genuine_receipt, at), "")
        for at in (3, 20, 70, 110, 200, -3)
    ),
    *(
        Foul(f"cut to {length}", cut_off(genuine_receipt, length), "")
        for length in (0, 10, 100, -1)
    ),
    Foul("of another study", receipt_saying(study="another"), ""),
    Foul("of another laptop", receipt_saying(device="L02"), ""),
    Foul("signed by another key", receipt_by_another, "signed by another key"),
    Foul("with other digests", receipt_saying(records={"e" * 32: "0" * 64}), ""),
    Foul("with names that lead elsewhere", receipt_saying(records={"../../vault": "0" * 64}), ""),
    Foul("a deep one", receipt_payload(b"[" * DEEP), "another version"),
    Foul("one that is a number", receipt_payload(b"1e308"), "another version"),
    Foul(
        "one whose records are a list",
        receipt_payload(b'{"study":"small","device":"L01","lines":1,"head":"","records":[]}'),
        "another version",
    ),
    Foul("a kit's signature", kit_signature_as_receipt, "signature does not verify"),
]


@pytest.mark.parametrize("one", RECEIPTS, ids=ids(RECEIPTS))
def test_a_receipt_that_is_not_the_leads_lets_go_of_nothing(one: Foul, scene: Scene) -> None:
    """Everything stays in the outbox; what is wrong with the laptop's own is said at the hand-over."""
    content = one.make(scene)
    (scene.stick / RECEIPT).write_bytes(content)
    laptop = scene.laptop()
    before = outbox.ids(laptop.outbox)
    done = handover(laptop, scene.stick, NOW)
    assert (done.let_go, outbox.ids(laptop.outbox)) == (0, before)
    if one.told:
        assert one.told in " ".join(done.doubts)
    for doubt in done.doubts:
        assert_remedied(doubt)
    (scene.stick / RECEIPT).write_bytes(genuine_receipt(scene))
    assert handover(laptop, scene.stick, NOW).let_go == len(before) == 2


# --- the attacks on an enrolment file, a test record, a draft -----------------------------------


def of_a_new_laptop(scene: Scene) -> tuple[bytes, str]:
    """Return the enrolment file of a laptop that is not in the study yet, and its words."""
    _content, keys = vault.create(PASSPHRASE, vault.CHEAPEST)
    made = enrolment.write("L07", keys)
    return made, enrolment.words(made)


def enrolment_saying(**otherwise: object) -> Make:
    """An enrolment file with something else in it, signed by the key it names."""

    def make(_scene: Scene) -> bytes:
        _content, keys = vault.create(PASSPHRASE, vault.CHEAPEST)
        public = keys.signing.public_key().public_bytes_raw()
        value = {
            "device": "L07",
            "recipient": keys.identity.recipient.encode(),
            "signing": base64.b64encode(public).decode(),
        }
        return enrolment_of(json.dumps(value | otherwise).encode(), keys.signing)

    return make


def enrolment_of(payload: bytes, key: Ed25519PrivateKey) -> bytes:
    public = base64.b64encode(key.public_key().public_bytes_raw())
    signature = base64.b64encode(key.sign(b"souspli/enrolment/v1\0" + payload))
    return b"souspli-enrolment/1\n" + public + b" " + signature + b"\n" + payload


ENROLMENTS = [
    *(
        Foul(
            f"a bit flipped at {at}",
            with_flip(lambda scene: of_a_new_laptop(scene)[0], at),
            "",
        )
        for at in (3, 25, 80, 120, 300, -1)
    ),
    *(
        Foul(f"cut to {length}", cut_off(lambda scene: of_a_new_laptop(scene)[0], length), "")
        for length in (0, 10, 100, -1)
    ),
    Foul("replaced on its way", lambda scene: of_a_new_laptop(scene)[0], "not the words"),
    Foul("a name that leads elsewhere", enrolment_saying(device="../../x"), "another version"),
    Foul("a name with a line feed", enrolment_saying(device="L\n7"), "another version"),
    Foul("a name that steers", enrolment_saying(device=STEERING), "another version"),
    Foul("a name that is no text", enrolment_saying(device=7), "another version"),
    Foul("a recipient that is none", enrolment_saying(recipient="age1pq1x"), "another version"),
    Foul("another key than signed", enrolment_saying(signing="A" * 43 + "="), "another version"),
    Foul("a deep one", lambda _scene: enrolment_of(b"[" * DEEP, Ed25519PrivateKey.generate()), ""),
    Foul(
        "one that is a number",
        lambda _scene: enrolment_of(b"1e308", Ed25519PrivateKey.generate()),
        "",
    ),
]


@pytest.mark.parametrize("one", ENROLMENTS, ids=ids(ENROLMENTS))
def test_an_enrolment_file_that_was_changed_adds_no_laptop(
    one: Foul, scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1 and one sentence; the study has the laptops it had."""
    path = scene.folder / "L07.enrolment"
    path.write_bytes(one.make(scene))
    heard = of_a_new_laptop(scene)[1]
    told = refused_by(scene, capsys, "device", "add", str(path), "--words", heard)
    assert one.told in told
    assert not (scene.study.devices / "L07.json").exists()


def refused_by(
    scene: Scene, capsys: pytest.CaptureFixture[str], *command: str, told: str = ""
) -> str:
    """Run a command on the study that refuses what it is given, and return its sentence."""
    before = seen(scene.folder)
    assert souspli.main([*command, "--study", str(scene.study.folder)]) == 1
    said = capsys.readouterr()
    assert_no_surprise(said.out + said.err)
    assert_remedied(said.out + said.err)
    assert told in said.out + said.err
    assert seen(scene.folder) == before
    return said.out + said.err


def test_record_of(value: bytes) -> Make:
    """A test record that holds something else: anybody can seal to the study."""

    def make(scene: Scene) -> bytes:
        study = scene.study
        recipients = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
        return age.seal(value.ljust(study.bucket, b"\0"), recipients)

    return make


TESTS = [
    Foul("a hundred thousand stanzas", lambda _scene: VERSION + b"-> x\n\n" * 100_000 + ENDING, ""),
    Foul("two thousand stanzas of our kind", lambda scene: many_stanzas(scene, 2000), ""),
    Foul(
        "a stanza with a line of a megabyte",
        lambda _scene: VERSION + b"-> x\n" + b"A" * 10**6 + b"\n" + ENDING,
        "",
    ),
    Foul(
        "a header without an end",
        lambda _scene: VERSION + b"-> x\n" + (b"A" * 64 + b"\n") * 10**5,
        "",
    ),
    Foul("scrypt with 2^62", lambda _scene: VERSION + SCRYPT + ENDING + bytes(32), ""),
    Foul("a deep one", test_record_of(b"[" * 16_000), "not a test record"),
    Foul("a number", test_record_of(b"1e308"), ""),
    Foul("an empty map", test_record_of(b"{}"), ""),
    Foul("zeros", lambda _scene: bytes(100_000), "does not open"),
    Foul("nothing", lambda _scene: b"", "does not open"),
    Foul("a real record", lambda scene: record_a(scene).read_bytes(), "not a test record"),
]
test_record_of.__test__ = False  # type: ignore[attr-defined]


def many_stanzas(scene: Scene, count: int) -> bytes:
    """A file with stanzas enough for as many readers, none of them this study."""
    own = age.HybridIdentity.generate().recipient.wrap(bytes(header.FILE_KEY))
    return header.write([own] * count, bytes(header.FILE_KEY)) + bytes(32)


@pytest.mark.parametrize("one", TESTS, ids=ids(TESTS))
def test_a_test_record_that_is_none_is_refused(
    one: Foul, scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever its header counts to, in a moment; the laptop stays untested."""
    path = scene.folder / "L01.test.age"
    path.write_bytes(one.make(scene))
    secret = typed(PASSPHRASE.decode())
    refused_by(scene, capsys, "device", "test", str(path), *secret, told=one.told)
    assert not devices.required(scene.study, "L01").is_tested


def draft_with(
    head: Mapping[str, object] | bytes | None = None, length: int | None = None, frames: bytes = b""
) -> Make:
    """A draft whose head, its stated length, or what follows it is something else."""

    def make(scene: Scene) -> bytes:
        key = bytes(32)
        study = scene.study
        recipients = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
        wrapped = base64.b64encode(age.seal(key, recipients)).decode()
        fields = {"capacity": 4096, "vault": "", "study": wrapped}
        written = (
            head if isinstance(head, bytes) else json.dumps(fields | dict(head or {})).encode()
        )
        stated = len(written) if length is None else length
        return b"souspli-draft/1\n" + stated.to_bytes(4, "big") + written + frames

    return make


def wrapped(content: bytes) -> str:
    return base64.b64encode(content).decode()


DRAFTS = [
    Foul("a head of four gigabytes", draft_with(length=2**32 - 1), "damaged"),
    Foul("a head longer than the file", draft_with(length=60_000), "damaged"),
    Foul("a deep head", draft_with(b"[" * 60_000), "damaged"),
    Foul(
        "frames of eight exabytes", draft_with({"capacity": 2**63}, frames=bytes(10_000)), "damaged"
    ),
    Foul("frames of no bytes", draft_with({"capacity": -36}, frames=bytes(10_000)), "damaged"),
    Foul("frames of one byte", draft_with({"capacity": -35}, frames=bytes(10**6)), "damaged"),
    Foul(
        "frames of fewer bytes than none",
        draft_with({"capacity": -99}, frames=bytes(10_000)),
        "damaged",
    ),
    Foul(
        "a capacity that is no count", draft_with({"capacity": 1e308}, frames=bytes(99)), "damaged"
    ),
    Foul(
        "a wrap under scrypt with 2^62",
        draft_with({"study": wrapped(VERSION + SCRYPT + ENDING)}),
        "does not open",
    ),
    Foul(
        "a wrap of nine thousand stanzas",
        draft_with({"study": wrapped(VERSION + b"-> x\n\n" * 9000)}),
        "damaged",
    ),
    Foul("a wrap that is none", draft_with({"study": "!"}), "damaged"),
    Foul("frames that nobody sealed", draft_with(frames=bytes(10**6)), "damaged"),
    Foul("zeros", lambda _scene: bytes(10_000), "damaged"),
    Foul("nothing", lambda _scene: b"", "damaged"),
]


@pytest.mark.parametrize("one", DRAFTS, ids=ids(DRAFTS))
def test_a_draft_that_was_made_up_makes_no_record(
    one: Foul, scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is left as it is, with the reason; nothing is collected of it."""
    path = scene.folder / f"{'e' * 32}.draft"
    path.write_bytes(one.make(scene))
    secret = typed(PASSPHRASE.decode())
    refused_by(scene, capsys, "recover", str(path), *secret, told=one.told)


def test_a_draft_that_another_began_under_the_same_id_makes_no_record(
    scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its head is not the one that the laptop's ledger began with."""
    laptop = scene.laptop()
    laptop.ledger.append("start", "e" * 32, "5" * 64, laptop.secrets.signing)
    again_handed_over(scene)
    taken_in(scene.study, [scene.stick], scene.lead)
    about = {"kind": "interview"}
    made = draft.begin(
        scene.folder, "e" * 32, about, 4096, bytes(32), laptop.signed.kit.answer_recipients
    )
    secret = typed(PASSPHRASE.decode())
    refused_by(scene, capsys, "recover", str(made.frames.path), *secret, told="left as it is")


def test_a_draft_of_a_record_that_was_withdrawn_makes_none(
    scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is in it: a copy on a stick brings nothing back."""
    refused.add(scene.study.collected, ["e" * 32])
    path = scene.folder / f"{'e' * 32}.draft"
    path.write_bytes(draft_with()(scene))
    secret = typed(PASSPHRASE.decode())
    refused_by(scene, capsys, "recover", str(path), *secret, told="was withdrawn")
