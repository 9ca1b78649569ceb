"""The certificate of a draw: what a third party needs, beside frame and salt, to redo it.

It names no unit, cluster or stratum of the frame: strata are numbers (the k-th code of the frame in
order), the people selected and the sample file, which names cases alone, are only hashes. It can be
published. The format is `souspli/draw/v1`, and v2 where the design is of version 2. What is in no hash
(the proof, the columns of the list, when it was committed to and drawn) is there to be read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction

from export.drawing.draw import draw
from export.drawing.drawn import Design, Draw
from export.drawing.fraction import fraction
from export.drawing.frame import Frame, frame_hash
from export.drawing.table import Columns
from export.drawing.tickets import beacon_bytes, beacon_kind, commitment, seed_of
from surveys.language import _
from surveys.problems import Refusal

_RATIO = re.compile(r"\d{1,40}(?:/0*[1-9]\d{0,39})?", re.ASCII)
_NAMED = ("id", "stratum", "cluster", "similarity", "spread", "sheet")  # by one name each


def certificate(drawn: Draw, salt: bytes, proof: str, sample_hash: str) -> dict[str, object]:
    """Return the certificate as a JSON object; `sample_hash` is the SHA-256 of sample.csv.

    `proof` says, in words, what shows that the commitment was public before the beacon was known:
    a dated publication, a message to an ethics board. A draw is as strong as this proof.
    """
    return {
        "format": _format(drawn.design),
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


def circumstances(columns: Columns | None, committed: str, drawn: str) -> dict[str, object]:
    """Return what a certificate says besides: the columns of the list, and both times, if known."""
    found: dict[str, object] = {"columns": columns.as_json()} if columns else {}
    times = {"committed": committed, "drawn": drawn}
    return found | {what: time for what, time in times.items() if time}


def time_of(now: datetime) -> str:
    """Return a time as commitment and certificate give it: in UTC, to the second."""
    return now.astimezone(UTC).isoformat(timespec="seconds")


def columns_from(certificate: Mapping[str, object]) -> Columns | None:
    """Return the columns of the list a draw was made from, None where its certificate does not say.

    Refusal where they cannot be read.
    """
    given = certificate.get("columns")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise _unreadable("columns")
    drop = given.get("drop", [])
    names = [given.get(what, "") for what in _NAMED]
    if not isinstance(drop, list) or not all(isinstance(one, str) for one in (*names, *drop)):
        raise _unreadable("columns")
    found = Columns(**dict(zip(_NAMED, names, strict=True)), drop=tuple(drop))
    if not found.id or found.as_json() != given:
        raise _unreadable("columns")
    return found


def selection_hash(drawn: Draw, salt: bytes) -> bytes:
    """Return SHA-256("selection/v1" 0 ‖ salt ‖ lines), a line per person in order of draw.

    A line is `id TAB stratum number TAB order TAB released|reserve`, ended by LF. The order of draw
    is that of strata, then of the tickets of clusters, where clusters are drawn, then of people.
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
    certificate: Mapping[str, object], frame: Frame, salt: bytes, sample_hash: str = ""
) -> tuple[str, ...]:
    """Return what differs when the draw is redone from its certificate, () if nothing does.

    `sample_hash` is that of the study's sample.csv, '' where it is not at hand.

    What was hashed (frame, design), then what follows from it (commitment, seed), is compared
    first; the draw is redone only from parts that agree. Refusal if the certificate cannot be read.
    """
    design = design_from(certificate)
    if certificate.get("format") != _format(design):
        raise _unreadable("format")
    found = list(_root_differences(certificate, design, frame, salt))
    if not found:
        again = draw(frame, salt, design, _text(certificate, "beacon"))
        found = list(_draw_differences(certificate, again, salt))
    if _hex(certificate, "sample_hash") != sample_hash != "":
        found.append(_("sample.csv is not the one written at the draw"))
    return tuple(found)


def _root_differences(
    certificate: Mapping[str, object], design: Design, frame: Frame, salt: bytes
) -> Iterator[str]:
    hashed = bytes.fromhex(_hex(certificate, "frame_hash"))
    beacon = _text(certificate, "beacon")
    if frame_hash(frame.canonical, salt) != hashed:
        yield _("the frame or the salt is not the one drawn from")
        yield from _count_differences(certificate, design, frame)
    if design.digest().hex() != _hex(certificate, "design_hash"):
        yield _("the design is not the one that was hashed")
    if commitment(hashed, design.digest()).hex() != _hex(certificate, "commitment"):
        yield _("the commitment is not that of this frame and design")
    if certificate.get("beacon_kind") != beacon_kind(beacon):
        yield _("the beacon is not read as the certificate says")
    if seed_of(hashed, beacon_bytes(beacon)).hex() != _hex(certificate, "seed"):
        yield _("the beacon is not the one that gave the seed")


def _count_differences(
    certificate: Mapping[str, object], design: Design, frame: Frame
) -> Iterator[str]:
    """Yield how the counts of a frame that is another differ: what a hash cannot tell."""
    strata = certificate.get("strata")
    held = [one for one in strata if isinstance(one, dict)] if isinstance(strata, list) else []
    numbers = [one.get("N_h") for one in held]
    whole = [n for n in numbers if isinstance(n, int)]
    population = len(frame.clusters) if design.is_of_clusters else len(frame.ids)
    if sum(whole) != population:
        yield _("the frame has {n} units and the certificate {wanted}").format(
            n=population, wanted=sum(whole)
        )
    members = [one["members"] for one in held if isinstance(one.get("members"), list)]
    if sum(map(len, members)) != len(frame.strata):
        yield _("the frame has {n} strata and the certificate {wanted}").format(
            n=len(frame.strata), wanted=sum(map(len, members))
        )


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
        least=_whole(given.get("least", 0)),
        most=_whole(given.get("most", 0)),
        spread=_spread(given.get("spread", [])),
        take=_whole(given.get("take", 0)),
    )
    if design.as_json() != given:
        raise ValueError
    return design


def _spread(given: object) -> tuple[Fraction, ...]:
    if not isinstance(given, list):
        raise ValueError
    texts = [text for text in given if isinstance(text, str) and _RATIO.fullmatch(text)]
    if len(texts) != len(given):
        raise ValueError
    return tuple(map(Fraction, texts))


def _format(design: Design) -> str:
    return f"souspli/draw/v{design.version}"


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
