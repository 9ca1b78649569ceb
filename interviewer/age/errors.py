"""What cannot be gone on from: one class for each class of failure of age's shared vectors."""

from __future__ import annotations

from surveys.language import _
from surveys.problems import Refusal


class AgeError(Refusal):
    """What a file, a key or a passphrase cannot be used for; the message holds none of them."""


class KeyFailure(AgeError):
    """A recipient or an identity is not one."""


class ArmorFailure(AgeError):
    """The ASCII armor around a file is not strict."""


class HeaderFailure(AgeError):
    """The header is not that of an age file that may be read."""


class NoMatch(AgeError):
    """No identity at hand unwraps the file key."""


class HmacFailure(AgeError):
    """The file key was unwrapped, but the header is not the one that was sealed."""


class PayloadFailure(AgeError):
    """The header is good, but the content was altered, cut short or lengthened."""


def malformed_header() -> HeaderFailure:
    """Return the refusal of a header that breaks the specification, wherever it does."""
    return HeaderFailure(
        _("the header of this file is malformed; copy the file again from where it was made")
    )
