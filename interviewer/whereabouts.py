"""What is where on a laptop, as anyone may know without its passphrase: counts, never times or cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interviewer import draft, ledger, outbox
from interviewer.device import Device
from interviewer.ledger import Ledger, LedgerError


@dataclass(frozen=True, slots=True)
class Held:
    """What was held in one place, for real or for practice.

    `drafts` are interviews under way, `waiting` sealed records in the outbox, `let_go` sealed records
    that are there no more, for the study lead's receipt covered them. `head` are the eight characters
    for the daily sheet, '' where nothing was begun. `fault` says why the ledger cannot be read, and
    `let_go` is then unknown, None.
    """

    drafts: int
    waiting: int
    let_go: int | None
    head: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A laptop: its name, its study and kit; what was held for real and, in another place, for practice.

    In a study that is itself for practice, what was held is in the place of practice.
    """

    device: str
    study: str
    title: Mapping[str, str]
    kit: int
    is_practice: bool
    field: Held
    practice: Held


def is_enrolled(device: Device) -> bool:
    """Whether a laptop was set up in this folder."""
    return device.vault_path.exists() or device.kit_path.exists()


def of_laptop(device: Device) -> Whereabouts:
    """Return what is where; raises KitError where no kit is installed."""
    kit = device.installed().kit
    field, practice = (_held(device, kit.device, practice=place) for place in (False, True))
    return Whereabouts(
        device=kit.device,
        study=kit.study,
        title=kit.title,
        kit=kit.version,
        is_practice=kit.is_practice,
        field=field,
        practice=practice,
    )


def _held(device: Device, name: str, *, practice: bool) -> Held:
    drafts = len(list(device.drafts(practice=practice).glob(f"*{draft.SUFFIX}")))
    waiting = outbox.ids(device.outbox(practice=practice))
    try:
        lines = Ledger(device.place(practice=practice), name).lines()
    except LedgerError as error:
        return Held(drafts, len(waiting), None, "", str(error))
    sealed = {line.id for line in lines if line.event == "end" and line.hash}
    head = ledger.short(lines) if lines else ""
    return Held(drafts, len(waiting), len(sealed.difference(waiting)), head)
