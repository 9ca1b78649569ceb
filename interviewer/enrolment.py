"""Enrolment: a laptop makes its keys, says so in a signed file, and later seals a test record.

The file holds the laptop's name and its two public keys; the words read aloud are those of its
content, so that a file replaced on its way is noticed by the study lead. Nothing in it is secret.
"""

from __future__ import annotations

import base64
import contextlib
import glob
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from interviewer import age, foreign, kit, outbox, record, signed, vault
from interviewer.device import Device, new_id
from interviewer.files import write_durably
from interviewer.kit import SignedKit
from interviewer.record import Record
from interviewer.vault import Cost, Secrets
from surveys.language import _
from surveys.problems import Refusal

SUFFIX, TEST_SUFFIX = ".enrolment", ".test.age"
LARGEST = 16 * 1024  # bytes: an enrolment file has some two thousand
_MAGIC = b"souspli-enrolment/1\n"
_CONTEXT = (
    b"souspli/enrolment/v1\0"  # what is signed begins with it, so no other signature can serve
)
_FORMER = ".former-"  # and a number: what a device folder is called once it is set aside
_SPOKEN = b"souspli/enrolment/words/v1\0"


class EnrolmentError(Refusal):
    """An enrolment file that cannot be trusted, or a laptop that cannot be enrolled."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a laptop says of itself: its name, whom to seal to for it, the key it signs with."""

    device: str
    recipient: str
    signing: bytes


# --- the file -----------------------------------------------------------------------------------


def write(device: str, keys: Secrets) -> bytes:
    """Return the enrolment file of a laptop, signed by its own key."""
    value = {
        "device": device,
        "recipient": keys.identity.recipient.encode(),
        "signing": base64.b64encode(keys.signing.public_key().public_bytes_raw()).decode(),
    }
    payload = json.dumps(value, separators=(",", ":")).encode("ascii")
    return signed.write(_MAGIC, _CONTEXT, payload, keys.signing)


def read(content: bytes) -> Enrolment:
    """Return what an enrolment file says; whether it is the laptop's own, its words tell.

    Raises EnrolmentError where it is none, was changed, or names a key that is none.
    """
    payload, signer = _payload(content)
    try:
        found = Enrolment(**foreign.read(payload))
        is_good = kit.is_device_name(found.device)
        is_own = base64.b64decode(str(found.signing), validate=True) == signer
        recipient = age.HybridRecipient.parse(found.recipient)
    except (ValueError, TypeError, AttributeError, age.AgeError) as error:
        raise _foreign() from error
    if not is_good or not is_own:
        raise _foreign()
    return Enrolment(found.device, recipient.encode(), signer)


def words(content: bytes) -> str:
    """Return the six words of an enrolment file, which the interviewer reads aloud to the lead."""
    payload, _signer = _payload(content)
    return kit.spoken(hashlib.sha256(_SPOKEN + payload).digest())


def _payload(content: bytes) -> tuple[bytes, bytes]:
    if not content.startswith(_MAGIC):
        raise EnrolmentError(
            _("this file is not an enrolment file; on the laptop: souspli enrol --name NAME")
        )
    try:
        return signed.read(_MAGIC, _CONTEXT, content)
    except signed.NotSigned as error:
        raise EnrolmentError(
            _("the enrolment file was changed on the way; ask for it again")
        ) from error


def _foreign() -> EnrolmentError:
    return EnrolmentError(
        _("this enrolment file was made by another version of souspli; install that one")
    )


# --- on the laptop ------------------------------------------------------------------------------


def require_new(device: Device, name: str, out: Path, *, anew: bool) -> None:
    """Raise EnrolmentError where a laptop cannot take this name, or is enrolled already.

    An enrolment file in `out` under that name is another laptop's, for all that is known here.
    """
    if not kit.is_device_name(name):
        raise EnrolmentError(
            _("a laptop's name is made of letters, digits, - and _, at most 32; give another")
        )
    if is_begun(device) and not anew:
        raise EnrolmentError(
            _(
                "{home}: this laptop has its keys already; to make new ones and set these aside, add --anew"
            ).format(home=device.home)
        )
    if name.casefold() in {_bore(Device(home)) for home in (device.home, *former(device.home))}:
        raise EnrolmentError(
            _(
                "this laptop had the name {name} already, and its records bear it; give another, for example {name}b"
            ).format(name=name)
        )
    if file_of(out, name).exists():
        raise EnrolmentError(
            _("{path}: exists already; give this laptop another name, or remove that file").format(
                path=file_of(out, name)
            )
        )


def file_of(out: Path, name: str) -> Path:
    """Return where the enrolment file of a laptop is written."""
    return out / f"{name}{SUFFIX}"


def is_begun(device: Device) -> bool:
    """Whether a device folder holds keys or a kit."""
    return any(path.exists() for path in (device.vault_path, device.kit_path, device.pinned_path))


def begin(
    device: Device, name: str, passphrase: bytes | bytearray, cost: Cost, out: Path
) -> tuple[Path, str]:
    """Make a laptop's keys; return the enrolment file written into `out`, and its words.

    The vault is written last: where anything fails before, nothing is enrolled.
    """
    content, keys = vault.create(passphrase, cost)
    enrolment = write(name, keys)
    path = file_of(out, name)
    write_durably(path, enrolment, mode=0o644)
    write_durably(device.enrolment_path, enrolment)
    write_durably(device.vault_path, content)
    return path, words(enrolment)


def set_aside(device: Device) -> Path:
    """Give a device folder, an absolute path, another name and return it; nothing in it is lost."""
    home = device.home
    number = 1
    while (aside := home.with_name(f"{home.name}{_FORMER}{number}")).exists():
        number += 1
    try:
        home.rename(aside)
    except OSError as error:
        raise EnrolmentError(
            _("{home}: could not be set aside ({why}); close what uses it").format(
                home=home, why=error.strerror
            )
        ) from error
    return aside


def sealed_test(found: SignedKit) -> bytes:
    """Return the record by which a laptop shows that the study lead can open what it seals."""
    return record.seal(_test_of(found), found.kit.bucket, found.kit.answer_recipients)


def _test_of(found: SignedKit) -> Record:
    kit_of_it = found.kit
    return Record(
        id=new_id(),
        study=kit_of_it.study,
        kit=found.hash,
        instrument="",
        instrument_version="",
        instrument_hash="",
        device=kit_of_it.device,
        sequence=0,
        kind="test",
        unit="",
        case="",
        interviewer="",
        outcome="",
        status="test",
        week="",
        minutes=0,
        language="",
        mode="",
        is_practice=True,
        is_simulated=False,
    )


def waiting(device: Device) -> int:
    """Return how many records and interviews under way a device folder holds for the study."""
    kinds = [False]
    with contextlib.suppress(Refusal):  # without its kit, practice counts for nothing
        if device.installed().kit.is_practice:
            kinds.append(True)
    return sum(
        len(list(device.drafts(practice=practice).glob("*.draft")))
        + len(outbox.ids(device.outbox(practice=practice)))
        for practice in kinds
    )


def former(home: Path) -> tuple[Path, ...]:
    """Return the folders that were set aside when this laptop was enrolled anew, in order."""
    home = home.absolute()
    return tuple(sorted(home.parent.glob(f"{glob.escape(home.name)}{_FORMER}*")))


def _bore(device: Device) -> str:
    """Return the name under which a laptop may have sealed records, '' where it had no kit."""
    try:
        return device.installed().kit.device.casefold()
    except Refusal:
        return ""  # a damaged kit does not keep a laptop from being enrolled anew
