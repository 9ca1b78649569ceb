"""The public randomness of a draw: beacon → seed → the ticket of every unit.

All of it is SHA-256 over raw bytes, so that a program in any language reaches the same tickets.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Literal

from export.drawing.drawn import is_unicode
from surveys.language import _
from surveys.problems import Refusal

TICKET_BYTES = 32
START = "systematic/v1"  # the ticket of this text gives a systematic sample its start


def commitment(frame_hash: bytes, design_hash: bytes) -> bytes:
    """Return SHA-256(frame hash ‖ design hash): what is published before the beacon is known."""
    return hashlib.sha256(frame_hash + design_hash).digest()


def beacon_kind(beacon: str) -> Literal["hex", "text"]:
    """Return how the beacon's bytes are read: raw bytes after `hex:`, else the text in UTF-8."""
    return "hex" if beacon.startswith("hex:") else "text"


def beacon_bytes(beacon: str) -> bytes:
    """Return the bytes of the beacon; Refusal if there are none."""
    if beacon_kind(beacon) == "hex":
        if not re.fullmatch(r"hex:(?:[0-9a-fA-F]{2})+", beacon):
            raise Refusal(_("after hex: give the beacon's bytes as pairs of digits 0-9 and a-f"))
        return bytes.fromhex(beacon.removeprefix("hex:"))
    if not beacon.strip() or not is_unicode(beacon):
        raise Refusal(_("the beacon is blank or not text; give it exactly as it was published"))
    return beacon.encode()


def seed_of(frame_hash: bytes, beacon: bytes) -> bytes:
    """Return the seed of a draw: SHA-256("draw/v1" 0 ‖ frame hash ‖ 0 ‖ beacon)."""
    return hashlib.sha256(b"draw/v1\0" + frame_hash + b"\0" + beacon).digest()


def ticket(seed: bytes, id: str) -> bytes:
    """Return a unit's ticket: SHA-256("ticket/v1" 0 ‖ seed ‖ 0 ‖ id in UTF-8), big-endian."""
    return hashlib.sha256(b"ticket/v1\0" + seed + b"\0" + id.encode()).digest()


def tickets(seed: bytes, ids: Iterable[str]) -> bytes:
    """Return the tickets of many units, 32 bytes each, end to end."""
    return _all(b"ticket/v1\0" + seed + b"\0", ids)


def cluster_tickets(seed: bytes, clusters: Iterable[tuple[str, str]]) -> bytes:
    """Return the tickets of clusters (stratum code, cluster code), 32 bytes each, end to end.

    SHA-256("cluster/v1" 0 ‖ seed ‖ 0 ‖ stratum TAB cluster in UTF-8): by its beginning it is no
    person's ticket, whatever the codes; and no code holds a tab.
    """
    texts = (f"{stratum}\t{cluster}" for stratum, cluster in clusters)
    return _all(b"cluster/v1\0" + seed + b"\0", texts)


def _all(start: bytes, texts: Iterable[str]) -> bytes:
    sha256 = hashlib.sha256
    return b"".join([sha256(start + text.encode()).digest() for text in texts])
