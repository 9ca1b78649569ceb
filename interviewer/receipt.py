"""The receipt: what the study lead has collected from one laptop, signed, so that it may let go of it.

The file is one line naming the format, one with the lead's public key and signature, then JSON: study,
laptop, how far its ledger was seen (lines, hash of the last), and by record id the digest that the
ledger's `end` gives. A receipt only ever says “this much arrived”: an old one, or one replayed, lets go
of nothing that did not arrive.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewer import foreign, signed
from surveys.language import _
from surveys.problems import Refusal

SUFFIX = ".receipt"
LARGEST = 16 * 1024 * 1024  # bytes: 150,000 records; a larger file is no receipt
_MAGIC = b"souspli-receipt/1\n"
_CONTEXT = b"souspli/receipt/v1\0"  # what is signed begins with it, so no other signature can serve


class ReceiptError(Refusal):
    """A receipt that cannot be read, or was changed."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What arrived from a laptop. `lines` and `head` of its ledger; `records`: digest by id."""

    study: str
    device: str
    lines: int
    head: str
    records: Mapping[str, str]


def sign(receipt: Receipt, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of a receipt, signed by the study lead; the same receipt, the same bytes."""
    payload = json.dumps(asdict(receipt), sort_keys=True, separators=(",", ":")).encode("ascii")
    return signed.write(_MAGIC, _CONTEXT, payload, key)


def read(content: bytes) -> tuple[Receipt, bytes]:
    """Return a receipt whose own signature verifies, and the public key that signed it.

    Whether that key is the study lead's is for the caller to judge. Raises ReceiptError.
    """
    if not content.startswith(_MAGIC):
        raise ReceiptError(_("it is not a receipt; ask the study lead for it again"))
    try:
        payload, signer = signed.read(_MAGIC, _CONTEXT, content)
    except signed.NotSigned as error:
        raise ReceiptError(
            _("its signature does not verify: it was changed on the way; ask for it again")
        ) from error
    return _receipt(payload), signer


def _receipt(payload: bytes) -> Receipt:
    try:
        found = Receipt(**foreign.read(payload))
    except (ValueError, TypeError) as error:
        raise _other_version() from error
    texts = (found.study, found.device, found.head)
    is_whole = all(isinstance(text, str) for text in texts) and isinstance(found.lines, int)
    if not is_whole or not isinstance(found.records, dict):
        raise _other_version()
    if not all(isinstance(digest, str) for digest in found.records.values()):
        raise _other_version()
    return found


def _other_version() -> ReceiptError:
    return ReceiptError(_("it was made by another version of souspli; install that one"))
