"""The next kit of a laptop, made and signed by the study lead."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody
from export.commands import in_study
from export.laptops import devices
from export.laptops.devices import Enrolled
from export.study import Study
from interviewer import age, kit, record
from interviewer.files import content_of, write_durably
from interviewer.kit import KitInstrument
from surveys.language import _
from surveys.problems import Refusal

_INSTRUMENTS = "kits.instruments.json"  # in devices/; no laptop's name has a point


def make(study: Study, device: str, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of the next kit of a laptop, and remember its hash in devices/.

    It carries the laptop's cases once its test record was opened. Raises Refusal for a laptop that
    was not added, or that has cases and was not tested; and where the study no longer has a version of
    a questionnaire that some kit carries, whose records could then not be used.
    """
    custody.require_signer(key, study.signer)
    enrolled = devices.required(study, device)
    _require_fit(study)
    require_versions(study)
    _remember_instruments(study)
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
            tables=tuple(sorted(found.instrument.table_texts.items())),
        )
        for found in study.instruments
    )


def require_versions(study: Study) -> None:
    """Raise Refusal where kits carry a version of a questionnaire that the study no longer has."""
    carried = _carried(study.devices / _INSTRUMENTS)
    for found in study.instruments:
        name = found.instrument.id
        if any(found.by_digest(digest) is None for digest in carried.get(name, ())):
            raise Refusal(
                _(
                    "questionnaire {id}: is not as earlier kits carry it, and what was answered with it "
                    "could not be used; put it back as it was, then give the changed one: "
                    "souspli study change-questionnaire FILE{study}"
                ).format(id=name, study=in_study(study))
            )


def _remember_instruments(study: Study) -> None:
    """Keep which versions of each questionnaire kits carry."""
    path = study.devices / _INSTRUMENTS
    carried = _carried(path)
    now = dict(carried)
    for found in study.instruments:
        before = now.get(found.instrument.id, ())
        now[found.instrument.id] = tuple(dict.fromkeys((*before, found.instrument.digest)))
    if now != carried:
        write_durably(path, json.dumps(now, indent=1).encode("ascii"))


def _carried(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the hashes of each questionnaire that kits have carried, by id, as they came.

    Raises Refusal where that is damaged. One hash alone stands there for the only version.
    """
    if not path.exists():
        return {}
    try:
        return {
            str(name): (found,) if isinstance(found, str) else tuple(map(str, found))
            for name, found in dict(json.loads(path.read_bytes())).items()
        }
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise Refusal(
            _("{path}: cannot be read; restore it from a copy").format(path=path)
        ) from error


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
                "run: souspli device test {name}.test.age{study}"
            ).format(name=enrolled.name, study=in_study(study))
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
