"""The receipt of what is collected from a laptop, signed by the study lead and left beside its bundle."""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export.collecting import bundles
from export.laptops.accounts import Account
from export.study import Study
from interviewer import outbox, receipt
from interviewer.bundle import receipt_path
from interviewer.bundle import write as write_onto_stick
from interviewer.receipt import Receipt
from surveys.language import _
from surveys.problems import Refusal


def write(
    study: Study,
    bundle: Path,
    device: str,
    account: Account,
    arrived: Set[str],
    key: Ed25519PrivateKey,
) -> Path:
    """Write the receipt of a laptop beside its bundle, and return where it is.

    `arrived` are ids known to be here as sealed, or withdrawn, which the laptop is to let go of too.
    The same collection gives the same receipt. Raises Refusal where it cannot be written.
    """
    path = receipt_path(bundle.resolve().parent, device)
    content = receipt.sign(receipt_of(study, device, account, arrived), key)
    if bundles.content(path, receipt.LARGEST) != content:
        try:
            write_onto_stick(path, content)
        except OSError as error:
            raise Refusal(
                _("{path}: could not be written ({why}); free some space or check the disk").format(
                    path=path, why=error.strerror
                )
            ) from error
    return path


def receipt_of(study: Study, device: str, account: Account, arrived: Set[str]) -> Receipt:
    """Return what is collected of a laptop's records, each as its ledger says it was sealed."""
    return Receipt(
        study=study.id,
        device=device,
        lines=account.lines,
        head=account.head,
        records={
            one: digest
            for one, digest in account.sealed.items()
            if one in arrived or _is_here(study, one, digest)
        },
    )


def _is_here(study: Study, record_id: str, digest: str) -> bool:
    """Whether a record as sealed on its laptop is in the study folder, by its bytes on the disk."""
    try:
        return outbox.digest(study.collected, record_id) == digest
    except OSError:
        return False
