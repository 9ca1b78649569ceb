"""Bech32: the text form of age's keys.

Source: BIP 173, without its limit of 90 characters, as the age specification asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from operator import xor

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
# What the five bits that leave the register add to it: a recipient has two thousand of them.
_FOLDED = tuple(
    reduce(xor, (term for place, term in enumerate(_GENERATOR) if top >> place & 1), 0)
    for top in range(32)
)
_CHECKSUM_LENGTH = 6


def encode(prefix: str, data: bytes) -> str:
    """Return `data` as Bech32 under `prefix`, in the case of the prefix."""
    values = list(_regroup(data, 8, 5))
    spread = _spread(prefix)
    rest = _polymod([*spread, *values, *bytes(_CHECKSUM_LENGTH)]) ^ 1
    values += [rest >> 5 * (5 - place) & 31 for place in range(_CHECKSUM_LENGTH)]
    text = "1" + "".join(_ALPHABET[value] for value in values)
    return prefix + (text.upper() if prefix.isupper() else text)


def decode(prefix: str, text: str) -> bytes:
    """Return the bytes that `text` holds under exactly this prefix, in exactly its case.

    Raises ValueError, whose message never holds the text: it may be a secret key.
    """
    start = prefix + "1"
    tail = text[len(start) :]
    if not text.startswith(start) or tail != (tail.upper() if prefix.isupper() else tail.lower()):
        raise ValueError("another prefix, or mixed case")
    try:
        values = [_VALUE[letter] for letter in tail.lower()]
    except KeyError:
        raise ValueError("a character outside the alphabet") from None
    if len(values) < _CHECKSUM_LENGTH or _polymod([*_spread(prefix), *values]) != 1:
        raise ValueError("a wrong checksum")
    return bytes(_regroup(values[:-_CHECKSUM_LENGTH], 5, 8))


def _spread(prefix: str) -> list[int]:
    """Return the prefix as the checksum takes it: high bits, 0, low bits, of lower case."""
    codes = prefix.lower().encode("ascii")
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)]


def _polymod(values: Iterable[int]) -> int:
    """Return the remainder of BIP 173's BCH code."""
    rest = 1
    for value in values:
        rest = (rest & 0x1FFFFFF) << 5 ^ value ^ _FOLDED[rest >> 25]
    return rest


def _regroup(values: Iterable[int], old: int, new: int) -> Iterator[int]:
    """Yield the bits of `values`, each `old` bits wide, in groups of `new`.

    Towards wider groups, what is left over must be fewer than `old` bits and all zero, so that
    no two texts hold the same bytes.
    """
    held = width = 0
    for value in values:
        held = held << old | value
        width += old
        while width >= new:
            width -= new
            yield held >> width
            held &= (1 << width) - 1
    if new < old and width:
        yield held << new - width
    elif new > old and (width >= old or held):
        raise ValueError("leftover bits")
