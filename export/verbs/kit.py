"""`souspli kit DEVICE`: the signed kit of one laptop."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody
from export.study import Study, read_study
from interviewer import kit, passphrases, record
from interviewer.files import write_durably
from surveys.language import _
from surveys.problems import Refusal


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "device", metavar="DEVICE", help=_("the laptop's name in the study, for example L01")
    )
    parser.add_argument(
        "--study", type=Path, default=Path(), metavar="DIR", help=_("the study folder")
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=_("where to write it; DEVICE.kit if not given")
    )
    passphrases.describe(parser, _("the signing key's"))
    parser.epilog = _("example: souspli kit L01 --study assore --out /media/usb/L01.kit")


def run(arguments: argparse.Namespace) -> int:
    """Write the next kit of a laptop."""
    found = read_study(arguments.study)
    secret = passphrases.Passphrases(arguments.passphrase_fd).existing("signing.key")
    key = custody.open_signing_key(found.signing_key, bytes(secret))
    passphrases.wipe(secret)
    out = arguments.out or Path(f"{arguments.device}.kit")
    content = make(found, arguments.device, key)
    write_durably(out, content, mode=0o644)
    print(_("{out}: written. On the laptop: souspli enrol {out}").format(out=out))
    print(_("Fingerprint to compare aloud: {words}").format(words=kit.fingerprint(found.signer)))
    print(_("This kit carries no cases, word list or help numbers yet: give the cases on paper."))
    return 0


def make(study: Study, device: str, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of the next kit of a laptop, and remember its version in devices/."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", device):
        raise Refusal(
            _("a laptop's name is made of letters, digits, - and _, at most 32; give another")
        )
    if key.public_key().public_bytes_raw() != study.signer:
        raise Refusal(_("signing.key is not the key study.yaml names; restore the right file"))
    _require_fit(study)
    path = study.folder / "devices" / f"{device}.json"
    kits: list[str] = json.loads(path.read_bytes())["kits"] if path.exists() else []
    roster = sorted({device, *(one.stem for one in (study.folder / "devices").glob("*.json"))})
    content = kit.sign(
        kit.Kit(
            study=study.id,
            title=study.title,
            version=len(kits) + 1,
            device=device,
            roster=tuple(roster),
            is_practice=study.is_practice,
            bucket=study.bucket,
            has_links=study.has_links,
            recipients=study.recipients,
            instruments=tuple(
                kit.KitInstrument(
                    id=found.instrument.id,
                    version=found.instrument.version,
                    hash=found.instrument.digest,
                    unit=found.unit,
                    source=found.instrument.source,
                )
                for found in study.instruments
            ),
        ),
        key,
    )
    known = {"device": device, "kits": [*kits, kit.read(content).hash]}
    write_durably(path, json.dumps(known, indent=1).encode("utf-8"))
    return content


def _require_fit(study: Study) -> None:
    if not study.recipients["study"]:
        raise Refusal(_("study.yaml names no study recipient; nobody could open the records"))
    if study.has_links and not study.recipients["custodian"]:
        raise Refusal(
            _(
                "study.yaml names no custodian, but a questionnaire has items for one; add the recipient"
            )
        )
    needed = record.bucket_for(found.instrument for found in study.instruments)
    if needed > study.bucket:
        raise Refusal(
            _(
                "the questionnaires need records of {needed} bytes, the study's are {bucket}; shorten texts or repeats"
            ).format(needed=needed, bucket=study.bucket)
        )
