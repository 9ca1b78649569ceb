"""The laptops of a study, as the lead knows them: devices/NAME.json, one for each.

A laptop is added once the words its interviewer reads aloud are those of its enrolment file. It is
tested once a record it sealed was opened here; only then does a kit carry its cases.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from export import custody, ledger
from export.commands import in_study
from export.study import Study
from interviewer import age, enrolment, kit, record
from interviewer.enrolment import Enrolment
from interviewer.files import write_durably
from interviewer.record import Record
from surveys.language import _
from surveys.problems import Refusal

Kind = TypeVar("Kind")
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A laptop of the study: whom to seal to for it, the key it signs with, the hashes of its kits."""

    name: str
    recipient: str
    signer: bytes
    is_tested: bool = False
    kits: tuple[str, ...] = ()


# --- read and written ---------------------------------------------------------------------------


def read(study: Study, name: str) -> Enrolled | None:
    """Return a laptop, None where the study has none of that name; raises Refusal for a damaged file."""
    path = _path(study, name)
    if not kit.is_device_name(name) or not path.is_file():
        return None
    try:
        found = json.loads(path.read_bytes())
        enrolled = Enrolled(
            name=_of(str, found["device"]),
            recipient=age.HybridRecipient.parse(_of(str, found["recipient"])).encode(),
            signer=base64.b64decode(_of(str, found["signing"]), validate=True),
            is_tested=_of(bool, found["tested"]),
            kits=tuple(_of(str, one) for one in _of(list, found["kits"])),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError, age.AgeError) as error:
        raise Refusal(
            _("{path}: cannot be read; restore it from a copy").format(path=path)
        ) from error
    # Where file names ignore case, another spelling finds the same file.
    return enrolled if enrolled.name == name else None


def required(study: Study, name: str) -> Enrolled:
    """Return a laptop; raises Refusal where the study has none of that name."""
    found = read(study, name)
    if found is None:
        raise Refusal(
            _(
                "the study has no laptop of this name; on the laptop: souspli enrol --name NAME, "
                "then here: souspli device add FILE{study}"
            ).format(study=in_study(study))
        )
    return found


def all_of(study: Study) -> tuple[Enrolled, ...]:
    """Return every laptop of the study, by name."""
    names = sorted(path.stem for path in study.devices.glob("*.json"))
    return tuple(found for name in names if (found := read(study, name)) is not None)


def write(study: Study, enrolled: Enrolled) -> None:
    """Write what is known of a laptop."""
    value = {
        "device": enrolled.name,
        "recipient": enrolled.recipient,
        "signing": base64.b64encode(enrolled.signer).decode(),
        "tested": enrolled.is_tested,
        "kits": list(enrolled.kits),
    }
    write_durably(_path(study, enrolled.name), json.dumps(value, indent=1).encode("utf-8"))


def cases_path(study: Study, name: str) -> Path:
    """Return where the cases of a laptop are, sealed to it."""
    return study.devices / f"{name}.cases.age"


def _path(study: Study, name: str) -> Path:
    return study.devices / f"{name}.json"


def _of(kind: type[Kind], value: object) -> Kind:
    if not isinstance(value, kind):
        raise TypeError
    return value


# --- added and tested ---------------------------------------------------------------------------


def require_words(content: bytes, heard: str) -> None:
    """Raise Refusal unless these are the words of an enrolment file, however they were typed."""
    if "".join(filter(str.isalpha, heard.casefold())) != enrolment.words(content).replace(" ", ""):
        raise Refusal(
            _(
                "these are not the words of this enrolment file; hear them again, and if they stay so, "
                "the file was replaced on its way: ask for it again"
            )
        )


def add(study: Study, content: bytes) -> Enrolled:
    """Add the laptop of an enrolment file whose words were compared; added twice, it is added once.

    Raises Refusal where its name or its keys are those of another one.
    """
    new = enrolment.read(content)
    for one in all_of(study):
        if (one.name, one.recipient, one.signer) == (new.device, new.recipient, new.signing):
            return one
        _require_other(one, new)
    enrolled = Enrolled(new.device, new.recipient, new.signing)
    write(study, enrolled)
    return enrolled


def _require_other(one: Enrolled, new: Enrolment) -> None:
    if one.name.casefold() == new.device.casefold():
        raise Refusal(
            _(
                "the study has a laptop {name} already, with other keys; "
                "on the new one: souspli enrol --name ANOTHER --anew"
            ).format(name=one.name)
        )
    if new.recipient == one.recipient or new.signing == one.signer:
        raise Refusal(
            _("this laptop is in the study as {name}; use that name").format(name=one.name)
        )


def open_test(
    study: Study, content: bytes, identities: Sequence[age.Identity], now: datetime
) -> Enrolled:
    """Open a laptop's test record and return the laptop, from now on tested.

    Raises Refusal where the key does not open it, or it is not what a laptop of this study sealed
    with a kit of its own. That it was opened is noted in the study's ledger.
    """
    found = _opened(study, content, identities)
    enrolled = required(study, found.device)
    if found.kit not in enrolled.kits:
        raise Refusal(
            _(
                "{name}: its test record was made with a kit that is not its own; "
                "write its kit again: souspli kit {name}{study}"
            ).format(name=enrolled.name, study=in_study(study))
        )
    key = custody.ledger_key(identities)
    ledger.append(study.ledger, "unseal", f"device test {enrolled.name}", 1, key=key, now=now)
    enrolled = replace(enrolled, is_tested=True)
    write(study, enrolled)
    return enrolled


def _opened(study: Study, content: bytes, identities: Sequence[age.Identity]) -> Record:
    try:
        found = record.unseal(content, study.bucket, identities)
        is_test = found.kind == "test" and isinstance(found.device, str)
    except age.AgeError as error:
        raise Refusal(
            _(
                "the study's key does not open this test record: fieldwork cannot begin on that laptop; "
                "write its kit again, and install it there"
            )
        ) from error
    except (record.RecordError, *_MALFORMED) as error:
        raise _no_test() from error
    if not is_test or found.study != study.id:
        raise _no_test()
    return found


def _no_test() -> Refusal:
    return Refusal(
        _(
            "this is not a test record of a laptop of this study; on the laptop: souspli enrol NAME.kit"
        )
    )
