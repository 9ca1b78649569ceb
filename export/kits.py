"""The next kit of a laptop, made and signed by the study lead."""

from __future__ import annotations

import base64
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import devices
from export.devices import Enrolled
from export.study import Study
from interviewer import age, kit, record
from interviewer.files import content_of
from interviewer.kit import KitInstrument
from surveys.language import _
from surveys.problems import Refusal


def make(study: Study, device: str, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of the next kit of a laptop, and remember its hash in devices/.

    It carries the laptop's cases once its test record was opened. Raises Refusal for a laptop that
    was not added, or that has cases and was not tested.
    """
    if key.public_key().public_bytes_raw() != study.signer:
        raise Refusal(_("signing.key is not the key study.yaml names; restore the right file"))
    enrolled = devices.required(study, device)
    _require_fit(study)
    content = kit.sign(
        kit.Kit(
            study=study.id,
            title=study.title,
            version=len(enrolled.kits) + 1,
            device=enrolled.name,
            roster=tuple(one.name for one in devices.all_of(study)),
            is_practice=study.is_practice,
            bucket=study.bucket,
            has_links=study.has_links,
            recipients=study.recipients,
            instruments=_instruments(study),
            private=base64.b64encode(_private(study, enrolled)).decode(),
            cases=base64.b64encode(_cases(study, enrolled)).decode(),
        ),
        key,
    )
    devices.write(study, replace(enrolled, kits=(*enrolled.kits, kit.read(content).hash)))
    return content


def _instruments(study: Study) -> tuple[KitInstrument, ...]:
    return tuple(
        KitInstrument(
            id=found.instrument.id,
            version=found.instrument.version,
            hash=found.instrument.digest,
            unit=found.unit,
            source=found.instrument.source,
        )
        for found in study.instruments
    )


def _private(study: Study, enrolled: Enrolled) -> bytes:
    return kit.seal_private(
        study.id,
        enrolled.name,
        words=study.words,
        help_numbers=study.help_numbers,
        rules=study.rules,
        recipient=age.HybridRecipient.parse(enrolled.recipient),
    )


def _cases(study: Study, enrolled: Enrolled) -> bytes:
    """Return the cases of a laptop as the custodian sealed them, nothing where it has none."""
    path = devices.cases_path(study, enrolled.name)
    if not path.exists():
        return b""
    if not enrolled.is_tested:
        raise Refusal(
            _(
                "{name}: has cases, and nobody has opened its test record yet; "
                "run: souspli device test {name}.test.age"
            ).format(name=enrolled.name)
        )
    return content_of(path)


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
