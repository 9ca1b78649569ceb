"""The age file format, version 1: what this room seals with, and the next room unseals with.

An age file is a header and a payload. The header wraps one random *file key* for each recipient, in
a *stanza*; the payload is the content, encrypted under the file key in chunks of 64 KiB. Written:
`mlkem768x25519` stanzas (hybrid, safe from a quantum computer to come) or one `scrypt` stanza (a
passphrase). Read: these and `X25519`. Any age from 1.3 on opens what is written here.

What an observer of a sealed file learns: that it is an age file, of which kinds and how many its
recipients are (not who), the exact length of the content, and a passphrase's work factor. Pad the
content where its length would tell something. Whoever knows a recipient can seal to it: nothing
here says who sealed a file.

Randomness is no argument in this package: a file key or a nonce given twice would break the seal.

Source: the age specification, https://c2sp.org/age; HPKE is RFC 9180. To be read in this order:
`sealing.py` (files), `header.py` (stanzas and their authentication), `keys.py` (recipients and
identities, wrap beside unwrap), `identity_file.py`, `bech32.py`, `armor.py`, `errors.py`.
"""

from interviewer.age.errors import (
    AgeError,
    ArmorFailure,
    HeaderFailure,
    HmacFailure,
    KeyFailure,
    NoMatch,
    PayloadFailure,
)
from interviewer.age.identity_file import read_identities, write_identity_file
from interviewer.age.keys import (
    HybridIdentity,
    HybridRecipient,
    Identity,
    Passphrase,
    Recipient,
    X25519Identity,
    argon2_is_available,
    mlkem_is_available,
)
from interviewer.age.sealing import (
    Sealing,
    opens,
    seal,
    seal_stream,
    sealed_size,
    sealing,
    unseal,
    unseal_stream,
)

__all__ = [
    "AgeError",
    "ArmorFailure",
    "HeaderFailure",
    "HmacFailure",
    "HybridIdentity",
    "HybridRecipient",
    "Identity",
    "KeyFailure",
    "NoMatch",
    "Passphrase",
    "PayloadFailure",
    "Recipient",
    "Sealing",
    "X25519Identity",
    "argon2_is_available",
    "mlkem_is_available",
    "opens",
    "read_identities",
    "seal",
    "seal_stream",
    "sealed_size",
    "sealing",
    "unseal",
    "unseal_stream",
    "write_identity_file",
]
