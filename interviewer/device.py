"""The device folder: the pinned key of the lead, the kit, the vault; what was held for real and for practice.

Nothing in it can be opened without the interviewer's passphrase, and a sealed record not even with it.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from interviewer import age, kit
from interviewer.files import sync_folder, write_durably
from interviewer.kit import KitError, SignedKit
from surveys.language import _

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Device:
    """One laptop's folder."""

    home: Path

    @property
    def kit_path(self) -> Path:
        """Where the installed kit is."""
        return self.home / "kit"

    @property
    def vault_path(self) -> Path:
        """Where the laptop's keys are, under the interviewer's passphrase."""
        return self.home / "vault"

    @property
    def enrolment_path(self) -> Path:
        """Where the laptop keeps its own enrolment file."""
        return self.home / "enrolment"

    @property
    def pinned_path(self) -> Path:
        """Where the public key of the study lead is, as the first kit had it."""
        return self.home / "lead.pub"

    def place(self, *, practice: bool) -> Path:
        """Return the folder of what was held for real, or for practice."""
        return self.home / ("practice" if practice else "field")

    def outbox(self, *, practice: bool) -> Path:
        """Return the folder of sealed records that wait to be handed over."""
        return self.place(practice=practice) / "outbox"

    def drafts(self, *, practice: bool) -> Path:
        """Return the folder of interviews under way."""
        return self.place(practice=practice) / "drafts"

    def installed(self) -> SignedKit:
        """Return the installed kit, verified against the pinned key; raises KitError if there is none."""
        try:
            content = self.kit_path.read_bytes()
            pinned = self.pinned_path.read_bytes()
        except FileNotFoundError as error:
            raise KitError(
                _("{home}: no kit is installed here; run: souspli enrol KIT").format(home=self.home)
            ) from error
        return _pinned(content, pinned)

    def kit_of(self, kit_hash: str) -> SignedKit:
        """Return the kit with this hash: the installed one, or an older one that a draft still needs.

        Raises KitError where it is not here any more.
        """
        now = self.installed()
        if now.hash == kit_hash:
            return now
        try:
            if not _HASH.fullmatch(kit_hash):  # a draft says which; it names a file here
                raise FileNotFoundError
            found = _pinned((self._kits / kit_hash).read_bytes(), now.signer)
        except OSError as error:
            raise KitError(
                _(
                    "{home}: the kit this interview was begun with is not here; ask the study lead"
                ).format(home=self.home)
            ) from error
        if found.hash != kit_hash:
            raise KitError(
                _("{path}: is another kit than its name says; ask the study lead").format(
                    path=self._kits / kit_hash
                )
            )
        return found

    def install(self, content: bytes, identity: age.HybridIdentity) -> SignedKit:
        """Verify and install a kit; the first one pins the lead's key. The same one twice changes nothing.

        Raises KitError for one signed by another key, of another study or laptop, older than the last
        seen, or whose private part does not open here. The former kit stays while interviews are
        under way.
        """
        found = kit.read(content)
        for instrument in found.kit.instruments:
            kit.instrument_of(instrument)
        self._require_same_lead(found)
        before = self.installed() if self.kit_path.exists() else None
        if before is not None:
            _require_successor(found, before)
        kit.private_of(found.kit, identity)
        is_needed = self._has_drafts()
        if before is not None and before.hash != found.hash and is_needed:
            write_durably(self._kits / before.hash, before.content)
        write_durably(self.pinned_path, found.signer)
        write_durably(self.kit_path, content)
        if not is_needed:
            self._forget_kits()
        return found

    def require_room(self, size: int) -> None:
        """Raise Refusal where a file of `size` bytes could not be written now."""
        try:
            write_durably(self.home / "room", bytes(size))
        finally:
            (self.home / "room").unlink(missing_ok=True)

    @property
    def _kits(self) -> Path:
        return self.home / "kits"

    def _has_drafts(self) -> bool:
        folders = (self.drafts(practice=practice) for practice in (False, True))
        return any(path for folder in folders for path in folder.glob("*.draft"))

    def _forget_kits(self) -> None:
        for path in self._kits.glob("*"):
            path.unlink()
        if self._kits.exists():
            sync_folder(self._kits)

    def _require_same_lead(self, found: SignedKit) -> None:
        if self.pinned_path.exists() and self.pinned_path.read_bytes() != found.signer:
            raise KitError(
                _(
                    "this kit is signed by another key than the kit before; do not use it, ask the study lead"
                )
            )


def _pinned(content: bytes, pinned: bytes) -> SignedKit:
    """Return a kit of this laptop's, read; raises KitError where the pinned key did not sign it."""
    found = kit.read(content)
    if found.signer != pinned:
        raise KitError(
            _("the installed kit is not signed by this study's lead; run: souspli enrol KIT")
        )
    return found


def _require_successor(found: SignedKit, before: SignedKit) -> None:
    if found.kit.study != before.kit.study or found.kit.device != before.kit.device:
        raise KitError(_("this kit is for another study or laptop; ask the study lead for yours"))
    if found.kit.version < before.kit.version:
        raise KitError(
            _("this kit is older than the one installed; ask the study lead for the newest")
        )
    if found.kit.version == before.kit.version and found.hash != before.hash:
        raise KitError(
            _(
                "this kit is another one under the number of the one installed; ask the study lead for a new one"
            )
        )


def default_home() -> Path:
    """Return where the device folder lies on this system."""
    return Path(platformdirs.user_data_dir("souspli", appauthor=False))


def new_id() -> str:
    """Return a random 128-bit id in hexadecimal."""
    return secrets.token_hex(16)
