"""Identity files: a holder's secret key as age itself writes it, under a passphrase."""

from __future__ import annotations

from interviewer.age.errors import KeyFailure
from interviewer.age.keys import HybridIdentity, Passphrase, X25519Identity
from interviewer.age.sealing import seal
from surveys.language import _


def write_identity_file(identity: HybridIdentity, passphrase: Passphrase) -> bytes:
    """Return the identity file of an identity, sealed under a passphrase.

    age takes it as it is (`age --decrypt --identity FILE`) and asks for the passphrase. An observer
    learns the work factor; the file is authenticated as far as the passphrase is secret; for the
    nonce see `Passphrase.wrap`.
    """
    text = f"# public key: {identity.recipient.encode()}\n{identity.encode()}\n"
    return seal(text.encode("ascii"), [passphrase])


def read_identities(text: bytes) -> list[HybridIdentity | X25519Identity]:
    """Return the identities of an identity file's text: one a line; `#` begins a comment.

    Raises KeyFailure with the number of a line that is not one, never with the line.
    """
    lines = enumerate(text.decode("ascii", errors="replace").splitlines(), start=1)
    found = [_identity(line, number) for number, line in lines if line and line[0] != "#"]
    if not found:
        raise KeyFailure(_("this file holds no secret key; choose the key file"))
    return found


def _identity(line: str, number: int) -> HybridIdentity | X25519Identity:
    is_hybrid = line.startswith("AGE-SECRET-KEY-PQ-1")
    try:
        return HybridIdentity.parse(line) if is_hybrid else X25519Identity.parse(line)
    except KeyFailure:
        message = _("line {number} is not a secret key; use the key file as it was written")
        raise KeyFailure(message.format(number=number)) from None
