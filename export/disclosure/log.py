"""The log of what a study published: `releases/0001.age` and so on, which later publications are compared with.

Each file holds who is in each cell of a report or dataset, by record id, sealed to the study's own keys
and to nobody else. A line of the study's signed ledger bears the SHA-256 of each. What the ledger says
was published and cannot be read is named, for it could be what the next one is compared with in vain.
A file without its line (a power cut came between the two) is compared with like the others.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import ledger
from export.disclosure.published import Kind, Published, PublishedCell
from export.estimating.columns import Mask
from export.study import Study
from interviewer import age, foreign
from interviewer.files import alone, content_of, write_durably
from surveys.language import _
from surveys.problems import Refusal

FORMAT = "souspli/published/v1"
FOLDER = "releases"
LARGEST = 256 * 1024 * 1024  # bytes, sealed and as JSON: two thousand tables of 100,000 people
_NAME = re.compile(r"([0-9]{4,6})\.age")
_THRESHOLDS = re.compile(r"; cell ([0-9]{1,4}), k ([0-9]{1,4})$")
_LOCK = ".releases.lock"
_PATIENCE = 30.0  # seconds that two verbs at once wait for each other

Fault = Literal["lost", "sealed", "format"]


@dataclass(frozen=True, slots=True)
class Unread:
    """Something published that cannot be compared with: its title in the ledger, or its file; and why.

    'lost': no file is what the ledger says it was; 'sealed': no key at hand opens it; 'format': it holds
    something else.
    """

    name: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Log:
    """What was published, oldest first, and what of it cannot be read."""

    published: tuple[Published, ...]
    unread: tuple[Unread, ...]


# --- written ------------------------------------------------------------------------------------


def add(study: Study, published: Published, key: Ed25519PrivateKey, now: datetime) -> Path:
    """Seal what is published to the study's keys, note it in the ledger, which `key` signs; return the file.

    Call it before anything leaves: what cannot be noted is not published. Raises Refusal where it
    cannot be written, or the ledger is damaged.
    """
    recipients = [age.HybridRecipient.parse(text) for text in study.recipients["study"]]
    content = age.seal(encoded(published), recipients)
    with alone(study.folder / _LOCK, _PATIENCE):
        _require_sound(study)
        path = _folder(study) / f"{max(_files(study), default=0) + 1:04}.age"
        write_durably(path, content)
        ledger.append(
            study.ledger,
            "publish",
            f"{published.kind}: {published.title}; {thresholds(study)}",
            len(published.ids),
            key=key,
            sha256=hashlib.sha256(content).hexdigest(),
            now=now,
        )
    return path


def thresholds(study: Study) -> str:
    """Return the thresholds of a study as its ledger notes them with what is published."""
    return f"cell {study.cell_threshold}, k {study.k}"


def lowered(study: Study) -> bool:
    """Whether a threshold is lower now than when something was published; study.yaml itself is not signed."""
    lines = (line.what for line in _require_sound(study) if line.event == "publish")
    found = [match for what in lines if (match := _THRESHOLDS.search(what))]
    return any(study.cell_threshold < int(one[1]) or study.k < int(one[2]) for one in found)


def encoded(published: Published) -> bytes:
    """Return what is sealed: JSON, compressed, with the members of cells as bits."""
    found = {
        "format": FORMAT,
        "kind": published.kind,
        "title": published.title,
        "time": published.time,
        "instrument": published.instrument,
        "ids": published.ids,
        "cells": [
            [
                one.table,
                one.name,
                _bits(one.who),
                _bits(one.unanswered),
                sorted(one.about),
                one.is_base,
            ]
            for one in published.cells
        ],
    }
    return zlib.compress(json.dumps(found, ensure_ascii=False).encode("utf-8"))


def _bits(mask: Mask) -> str:
    return base64.b64encode(np.packbits(mask).tobytes()).decode("ascii")


# --- read ---------------------------------------------------------------------------------------


def read(study: Study, identities: Sequence[age.Identity]) -> Log:
    """Return what a study published, as far as the identities open it, and what of it cannot be read.

    Raises Refusal where the ledger, which says what there must be, does not hold.
    """
    expected = {line.sha256: line.what for line in _require_sound(study) if line.event == "publish"}
    found: list[Published] = []
    unread: list[Unread] = []
    for path in _files(study).values():
        content = content_of(path, LARGEST)
        name = expected.pop(hashlib.sha256(content).hexdigest(), path.name)
        came = _opened(content, identities)
        if isinstance(came, Published):
            found.append(came)
        else:
            unread.append(Unread(name, came))
    unread += [Unread(name, "lost") for name in expected.values()]
    return Log(tuple(found), tuple(unread))


def decoded(content: bytes) -> Published:
    """Return what `encoded` wrote; ValueError, KeyError or TypeError where it is something else."""
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(content, LARGEST)
    except zlib.error as error:
        raise ValueError from error
    if not unpacking.eof:
        raise ValueError("cut, or too long")
    found = foreign.read(text)
    ids = tuple(_texts(found["ids"]))
    title, time, instrument = _texts([found["title"], found["time"], found["instrument"]])
    if found["format"] != FORMAT or found["kind"] not in get_args(Kind):
        raise ValueError("another format")
    cells = []
    for one, two, who, unanswered, about, is_base in found["cells"]:
        table, name = _texts([one, two])
        inside, silent = _mask(who, len(ids)), _mask(unanswered, len(ids))
        items = frozenset(_texts(about))
        cells.append(PublishedCell(table, name, inside, silent, items, is_base is True))
    return Published(cast(Kind, found["kind"]), title, time, instrument, ids, tuple(cells))


def _opened(content: bytes, identities: Sequence[age.Identity]) -> Published | Fault:
    try:
        return decoded(age.unseal(content, identities))
    except age.NoMatch:
        return "sealed"
    except (age.AgeError, ValueError, KeyError, TypeError, AttributeError):
        return "format"


def _texts(found: Any) -> Iterator[str]:
    for one in found:
        if not isinstance(one, str):
            raise TypeError("not a text")
        yield one


def _mask(text: str, people: int) -> Mask:
    bits = np.frombuffer(base64.b64decode(text, validate=True), dtype=np.uint8)
    if len(bits) != -(-people // 8):
        raise ValueError("bits of other people")
    return np.unpackbits(bits, count=people).astype(np.bool_)


def _files(study: Study) -> dict[int, Path]:
    """Return the files of the log by number, in order."""
    folder = _folder(study)
    listed = sorted(folder.iterdir()) if folder.is_dir() else []
    named = ((_NAME.fullmatch(path.name), path) for path in listed)
    return dict(sorted((int(match[1]), path) for match, path in named if match))


def _folder(study: Study) -> Path:
    return study.folder / FOLDER


def _require_sound(study: Study) -> tuple[ledger.Line, ...]:
    """Return the lines of the ledger; Refusal unless all of it holds."""
    noted = ledger.verified(study.ledger, study.signer)
    if noted.faults:
        raise Refusal(
            _(
                "{path}: the ledger is damaged, so what was published before is not known; restore it"
                " from a copy"
            ).format(path=study.ledger)
        )
    return noted.sound


def why(fault: Fault) -> str:
    """Return in words why something published cannot be compared with."""
    return {
        "lost": _("the file that the ledger notes is gone or was altered; restore it from a copy"),
        "sealed": _("no key at hand opens it; use the key of the wave in which it was published"),
        "format": _("it was altered, or is no file of Souspli's; restore it from a copy"),
    }[fault]
