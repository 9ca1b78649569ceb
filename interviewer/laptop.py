"""An enrolled laptop, unlocked: its folder, its kit, its keys, and whom it seals to.

Practice has a place of its own. In a real study it is sealed to the laptop's own key, and never
leaves the laptop; a study that is itself for practice is sealed to its keys and handed over.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from interviewer import age, kit, vault
from interviewer.device import Device
from interviewer.files import alone
from interviewer.kit import Case, KitError, Private, SignedKit
from interviewer.ledger import Ledger
from interviewer.passphrases import Passphrases, wipe
from interviewer.vault import Secrets, VaultError
from surveys.language import _

_PATIENCE = 10.0  # seconds to wait for another process at its ledger


@dataclass(frozen=True, slots=True, repr=False)
class Laptop:
    """What work on a laptop needs once its passphrase was given."""

    device: Device
    signed: SignedKit
    secrets: Secrets
    private: Private
    is_practice: bool

    @property
    def place(self) -> Path:
        """The folder of what was held for real, or for practice."""
        return self.device.place(practice=self.is_practice)

    @property
    def outbox(self) -> Path:
        """The folder of sealed records."""
        return self.device.outbox(practice=self.is_practice)

    @property
    def drafts(self) -> Path:
        """The folder of interviews under way."""
        return self.device.drafts(practice=self.is_practice)

    @property
    def ledger(self) -> Ledger:
        """What began and ended here."""
        return Ledger(self.place, self.signed.kit.device)

    @property
    def answer_recipients(self) -> tuple[age.HybridRecipient, ...]:
        """Whom answers are sealed to."""
        own = (self.secrets.identity.recipient,)
        return own if self._is_own else self.signed.kit.answer_recipients

    @property
    def link_recipients(self) -> tuple[age.HybridRecipient, ...]:
        """Whom links are sealed to."""
        own = (self.secrets.identity.recipient,)
        return own if self._is_own else self.signed.kit.link_recipients

    @property
    def _is_own(self) -> bool:
        return self.is_practice and not self.signed.kit.is_practice

    def case(self, code: str) -> Case | None:
        """Return the case of this laptop with that code, or None."""
        return next((case for case in self.private.cases if case.code == code), None)

    def under(self, kit_hash: str) -> Laptop:
        """Return the laptop as it was under the kit an open draft was begun with."""
        return replace(self, signed=self.device.kit_of(kit_hash))

    def alone(self) -> AbstractContextManager[None]:
        """Hold ledger, outbox and drafts against other processes of this machine, for a moment."""
        return alone_at(self.place)


def alone_at(place: Path) -> AbstractContextManager[None]:
    """Hold what was held for real, or for practice, against other processes, for a moment."""
    return alone(place / "lock", _PATIENCE)


def unlocked(device: Device, passphrase: bytes | bytearray, *, practice: bool = False) -> Laptop:
    """Return a laptop by its passphrase; raises VaultError or KitError, which say what to do."""
    return opened(device, vault.unlock(stored(device), passphrase), practice=practice)


def opened(device: Device, secrets: Secrets, *, practice: bool = False) -> Laptop:
    """Return a laptop by the keys in its vault."""
    signed = device.installed()
    private = kit.private_of(signed.kit, secrets.identity)
    return Laptop(device, signed, secrets, private, practice or signed.kit.is_practice)


def asked(device: Device, given: Passphrases) -> Secrets:
    """Return the keys in the vault by the next passphrase given; on a terminal, in three tries."""
    content = stored(device)
    return given.opening(_("this laptop"), lambda secret: vault.unlock(content, secret), VaultError)


def unlocking(device: Device) -> Callable[[bytearray], bool]:
    """Return what says whether a passphrase is this laptop's, as it is now; it wipes it."""

    def is_right(passphrase: bytearray) -> bool:
        try:
            vault.unlock(stored(device), passphrase)
        except VaultError:
            return False
        finally:
            wipe(passphrase)
        return True

    return is_right


def stored(device: Device) -> bytes:
    """Return the vault's bytes; raises KitError where this laptop has none."""
    try:
        return device.vault_path.read_bytes()
    except OSError as error:
        raise KitError(
            _("{home}: this laptop has no keys yet; run: souspli enrol --name NAME").format(
                home=device.home
            )
        ) from error
