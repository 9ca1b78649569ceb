"""The next kit of a laptop, made and signed by the study lead."""

from __future__ import annotations

import json
import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export.study import Study
from interviewer import kit, record
from interviewer.files import write_durably
from surveys.language import _
from surveys.problems import Refusal


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
    for found in study.instruments:
        record.require_fit(found.instrument, study.bucket)
