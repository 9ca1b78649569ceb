"""Batches of the reserve: released whole, in the order of the draw, with a reason, in the ledger.

A batch is a file `draw/release-K.json` that says how many of each cell of the draw are released; who they
are follows from the ranks of the reserve. It counts once a line of the study's signed ledger bears its
SHA-256, so that nobody adds a batch quietly, or takes one back: those released count as drawn for good.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import ledger
from export.study import Study
from interviewer import foreign
from interviewer.files import alone, write_durably
from surveys.language import _
from surveys.problems import Refusal

FORMAT = "souspli/release/v1"
_LOCK = ".draw.lock"
_PATIENCE = 30.0  # seconds that two verbs at once wait for each other
_CELL = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Batch:
    """How many are released of each cell (stratum or cluster, by its number), when (UTC) and why."""

    time: str
    reason: str
    released: Mapping[int, int]


def add(
    study: Study, number: int, batch: Batch, people: int, key: Ed25519PrivateKey, now: datetime
) -> None:
    """Write the batch of this number, counted from 1, and note it in the ledger, which `key` signs.

    The file comes first: without its line it releases nobody, and the next batch takes its place.
    Raises Refusal where another batch was released since this one was shared out, or the ledger is
    damaged.
    """
    content = _encoded(batch)
    with alone(study.folder / _LOCK, _PATIENCE):
        if len(read(study)) + 1 != number:
            raise Refusal(
                _("another batch was released meanwhile; look at what is left: souspli release")
            )
        if ledger.verified(study.ledger, study.signer).faults:
            raise Refusal(
                _("{path}: the ledger is damaged; restore it from a copy, then release").format(
                    path=study.ledger
                )
            )
        write_durably(_path(study, number), content)
        ledger.append(
            study.ledger,
            "release",
            batch.reason,
            people,
            key=key,
            sha256=hashlib.sha256(content).hexdigest(),
            now=now,
        )


def read(study: Study) -> tuple[Batch, ...]:
    """Return the batches of a study in order; Refusal where one is missing, changed or not vouched for."""
    noted = ledger.verified(study.ledger, study.signer) if study.ledger.exists() else None
    hashes = [line.sha256 for line in noted.sound if line.event == "release"] if noted else []
    if (noted is None or noted.faults) and _path(study, len(hashes) + 1).exists():
        raise Refusal(
            _(
                "{path}: the study's ledger has no sound line for this batch; restore the ledger from "
                "a copy"
            ).format(path=_path(study, len(hashes) + 1))
        )
    return tuple(
        _batch(_path(study, number), expected) for number, expected in enumerate(hashes, start=1)
    )


def new_batch(released: Mapping[int, int], reason: str, now: datetime) -> Batch:
    """Return a batch released now."""
    return Batch(now.astimezone(UTC).isoformat(timespec="seconds"), reason, dict(released))


def unfitting(number: int) -> Refusal:
    """Return the refusal of a batch that asks for more than the reserve has."""
    return Refusal(
        _(
            "batch {n} releases more than the reserve has; restore the folder draw from a copy"
        ).format(n=number)
    )


def _path(study: Study, number: int) -> Path:
    return study.draw / f"release-{number}.json"


def _encoded(batch: Batch) -> bytes:
    found = {
        "format": FORMAT,
        "time": batch.time,
        "reason": batch.reason,
        "released": {str(cell): count for cell, count in sorted(batch.released.items())},
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode("utf-8")


def _batch(path: Path, expected: str) -> Batch:
    """Return the batch in a file; Refusal unless it is the one noted, and as Souspli writes them."""
    try:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != expected:
            raise ValueError
        return _read(foreign.read(content))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal(
            _("{path}: is not the batch as it was released; restore it from a copy").format(
                path=path
            )
        ) from error


def _read(found: dict[str, Any]) -> Batch:
    """Return the batch that JSON says; ValueError, KeyError, TypeError or AttributeError where it is none."""
    time, reason, released = found["time"], found["reason"], found["released"]
    is_told = isinstance(time, str) and isinstance(reason, str) and (time + reason).isprintable()
    is_released = all(
        _CELL.fullmatch(cell) and type(count) is int and count > 0
        for cell, count in released.items()
    )
    if found["format"] != FORMAT or not is_told or not is_released:
        raise ValueError
    return Batch(time, reason, {int(cell): count for cell, count in released.items()})
