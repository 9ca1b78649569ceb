"""The device folder: the pinned key of the lead, the kit, the outbox; practice has its own outbox."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from interviewer import kit
from interviewer.files import write_durably
from interviewer.kit import KitError, SignedKit
from surveys.language import _
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class Device:
    """One laptop's folder. Nothing in it can be opened with what is in it."""

    home: Path

    @property
    def kit_path(self) -> Path:
        """Where the installed kit is."""
        return self.home / "kit"

    def outbox(self, *, practice: bool) -> Path:
        """Return the folder of sealed records that wait to be handed over."""
        return self.home / ("practice" if practice else "field") / "outbox"

    def installed(self) -> SignedKit:
        """Return the installed kit, verified against the pinned key; raises KitError if there is none."""
        try:
            content = self.kit_path.read_bytes()
            pinned = (self.home / "lead.pub").read_bytes()
        except OSError as error:
            raise KitError(
                _("{home}: no kit is installed here; run: souspli enrol KIT").format(home=self.home)
            ) from error
        found = kit.read(content)
        if found.signer != pinned:
            raise KitError(
                _("the installed kit is not signed by this study's lead; run: souspli enrol KIT")
            )
        return found

    def install(self, content: bytes) -> SignedKit:
        """Verify and install a kit; the first one pins the lead's key.

        Raises KitError for one signed by another key, of another study, or older than the last seen.
        """
        found = kit.read(content)
        for instrument in found.kit.instruments:
            kit.instrument_of(instrument)
        self._require_same_lead(found)
        if self.kit_path.exists():
            _require_successor(found, self.installed())
        write_durably(self.home / "lead.pub", found.signer)
        write_durably(self.kit_path, content)
        return found

    def _require_same_lead(self, found: SignedKit) -> None:
        pinned = self.home / "lead.pub"
        if pinned.exists() and pinned.read_bytes() != found.signer:
            raise KitError(
                _(
                    "this kit is signed by another key than the kit before; do not use it, ask the study lead"
                )
            )

    def require_room(self, size: int) -> None:
        """Raise Refusal where a file of `size` bytes could not be written now."""
        write_durably(self.home / "room", bytes(size))
        (self.home / "room").unlink()

    def next_sequence(self, *, practice: bool) -> int:
        """Return the number of the next record and count it as used."""
        path = self.outbox(practice=practice).parent / "sequence"
        try:
            last = int(path.read_text("ascii"))
        except FileNotFoundError:
            last = 0
        except (OSError, ValueError) as error:
            raise Refusal(_("{path}: is damaged; ask the study lead").format(path=path)) from error
        write_durably(path, str(last + 1).encode("ascii"))
        return last + 1


def _require_successor(found: SignedKit, before: SignedKit) -> None:
    if found.kit.study != before.kit.study or found.kit.device != before.kit.device:
        raise KitError(_("this kit is for another study or laptop; ask the study lead for yours"))
    if found.kit.version < before.kit.version:
        raise KitError(
            _("this kit is older than the one installed; ask the study lead for the newest")
        )


def default_home() -> Path:
    """Return where the device folder lies on this system."""
    return Path(platformdirs.user_data_dir("souspli", appauthor=False))


def new_id() -> str:
    """Return a random 128-bit id in hexadecimal."""
    return secrets.token_hex(16)
