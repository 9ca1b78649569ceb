"""The certificate of a draw: what a third party needs, beside frame and salt, to redo it.

It names no unit and no stratum of the frame: strata are numbers (the k-th code of the frame in
order), the people selected and the sample file, which names cases alone, are only hashes. It can be
published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from export.drawing.draw import (
    Design,
    Draw,
    beacon_bytes,
    beacon_kind,
    commitment,
    draw,
    seed_of,
)
from export.drawing.fraction import fraction
from export.drawing.frame import frame_hash
from surveys.language import _
from surveys.problems import Refusal

FORMAT = "souspli/draw/v1"


def certificate(drawn: Draw, salt: bytes, proof: str, sample_hash: str) -> dict[str, object]:
    """Return the certificate as a JSON object; `sample_hash` is the SHA-256 of sample.csv.

    `proof` says, in words, what shows that the commitment was public before the beacon was known:
    a dated publication, a message to an ethics board. A draw is as strong as this proof.
    """
    return {
        "format": FORMAT,
        "frame_hash": drawn.frame_hash.hex(),
        "design": drawn.design.as_json(),
        "design_hash": drawn.design.digest().hex(),
        "commitment": commitment(drawn.frame_hash, drawn.design.digest()).hex(),
        "proof": proof,
        "beacon": drawn.beacon,
        "beacon_kind": beacon_kind(drawn.beacon),
        "seed": drawn.seed.hex(),
        "strata": _strata(drawn),
        "merges": [[merge.kept, merge.absorbed] for merge in drawn.plan.merges],
        "selection_hash": selection_hash(drawn, salt).hex(),
        "sample_hash": sample_hash,
    }


def selection_hash(drawn: Draw, salt: bytes) -> bytes:
    """Return SHA-256("selection/v1" 0 ‖ salt ‖ lines), a line per person in order of draw.

    A line is `id TAB stratum number TAB order TAB released|reserve`, ended by LF.
    """
    lines = (
        f"{person.unit.id}\t{person.stratum.number}\t{person.order}\t{person.status}\n"
        for person in drawn.selected
    )
    return hashlib.sha256(b"selection/v1\0" + salt + "".join(lines).encode()).digest()


def design_from(certificate: Mapping[str, object]) -> Design:
    """Return the design a certificate (or a commitment file) carries; Refusal if it has none."""
    given = certificate.get("design")
    if not isinstance(given, dict):
        raise _unreadable("design")
    try:
        return _design(given)
    except ValueError:
        raise _unreadable("design") from None


def verify(
    certificate: Mapping[str, object], frame: bytes, salt: bytes, sample_hash: str = ""
) -> tuple[str, ...]:
    """Return what differs when the draw is redone from its certificate, () if nothing does.

    `sample_hash` is that of the study's sample.csv, '' where it is not at hand.

    What was hashed (frame, design), then what follows from it (commitment, seed), is compared
    first; the draw is redone only from parts that agree. Refusal if the certificate cannot be read.
    """
    if certificate.get("format") != FORMAT:
        raise _unreadable("format")
    design = design_from(certificate)
    found = list(_root_differences(certificate, design, frame, salt))
    if not found:
        again = draw(frame, salt, design, _text(certificate, "beacon"))
        found = list(_draw_differences(certificate, again, salt))
    if _hex(certificate, "sample_hash") != sample_hash != "":
        found.append(_("sample.csv is not the one written at the draw"))
    return tuple(found)


def _root_differences(
    certificate: Mapping[str, object], design: Design, frame: bytes, salt: bytes
) -> Iterator[str]:
    hashed = bytes.fromhex(_hex(certificate, "frame_hash"))
    beacon = _text(certificate, "beacon")
    if frame_hash(frame, salt) != hashed:
        yield _("the frame or the salt is not the one drawn from")
    if design.digest().hex() != _hex(certificate, "design_hash"):
        yield _("the design is not the one that was hashed")
    if commitment(hashed, design.digest()).hex() != _hex(certificate, "commitment"):
        yield _("the commitment is not that of this frame and design")
    if certificate.get("beacon_kind") != beacon_kind(beacon):
        yield _("the beacon is not read as the certificate says")
    if seed_of(hashed, beacon_bytes(beacon)).hex() != _hex(certificate, "seed"):
        yield _("the beacon is not the one that gave the seed")


def _draw_differences(certificate: Mapping[str, object], again: Draw, salt: bytes) -> Iterator[str]:
    merges = [[merge.kept, merge.absorbed] for merge in again.plan.merges]
    if certificate.get("strata") != _strata(again) or certificate.get("merges") != merges:
        yield _("the strata are not those that the frame and the design give")
    if selection_hash(again, salt).hex() != _hex(certificate, "selection_hash"):
        yield _("the people selected are not those that the draw gives")


def _strata(drawn: Draw) -> list[dict[str, object]]:
    return [
        {
            "stratum": stratum.number,
            "N_h": stratum.population,
            "n_h": stratum.drawn,
            "reserve": stratum.reserve,
            "members": list(stratum.members),
        }
        for stratum in drawn.plan.strata
    ]


def _design(given: Mapping[str, object]) -> Design:
    """Return the design of a JSON object that says neither more nor less; ValueError otherwise."""
    size, part, order = given.get("size"), given.get("fraction"), given.get("similarity")
    if not isinstance(order, list):
        raise ValueError
    design = Design(
        method=_text(given, "method"),
        announced=_text(given, "announced"),
        size=None if size is None else _whole(size),
        fraction=None if part is None else fraction(_text(given, "fraction")),
        allocation=_text(given, "allocation"),
        minimum=_whole(given.get("minimum")),
        reserve=_whole(given.get("reserve")),
        similarity=tuple(_whole(number) for number in order),
    )
    if design.as_json() != given:
        raise ValueError
    return design


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError
    return value


def _text(certificate: Mapping[str, object], key: str) -> str:
    value = certificate.get(key)
    if not isinstance(value, str):
        raise _unreadable(key)
    return value


def _hex(certificate: Mapping[str, object], key: str) -> str:
    text = _text(certificate, key)
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise _unreadable(key)
    return text


def _unreadable(key: str) -> Refusal:
    return Refusal(
        _("the certificate's “{key}” cannot be read; ask for the certificate again").format(key=key)
    )
