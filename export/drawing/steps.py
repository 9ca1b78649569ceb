"""The two steps of a draw, in the draw folder of a study.

`commit` fixes frame and design and gives the text to publish; `conclude` draws, once the
public randomness is known, and refuses a frame that changed in between. The frame itself is never
copied into the folder; the crosswalk is written for the custodian alone.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from export.drawing import crosswalk, page
from export.drawing.certificate import certificate, circumstances, design_from, time_of
from export.drawing.draw import draw, plan
from export.drawing.drawn import Design, Draw, is_unicode
from export.drawing.folder import CERTIFICATE, COMMITMENT, CROSSWALK, PAGE, SALT, SAMPLE
from export.drawing.frame import SALT_BYTES, Frame, frame_hash
from export.drawing.sample import sample_csv, sample_hash
from export.drawing.tickets import beacon_bytes, commitment
from export.study import Study
from interviewer.files import alone, write_durably
from surveys import codes
from surveys.language import _
from surveys.load import source_of
from surveys.problems import Refusal

_LOCK = ".draw.lock"


@dataclass(frozen=True, slots=True)
class Committed:
    """What was committed to: the text to publish, the frame hash and design behind it, and when.

    `time` is '' in what was committed to before it was noted.
    """

    commitment: str
    frame_hash: str
    design: Design
    time: str


def commit(study: Study, frame: Frame, design: Design, now: datetime) -> Committed:
    """Fix frame and design; the commitment returned is to be published before the beacon is known."""
    with alone(study.folder / _LOCK):
        return _commit(study, frame, design, time_of(now))


def _commit(study: Study, frame: Frame, design: Design, time: str) -> Committed:
    _require_undrawn(study)
    if (study.draw / COMMITMENT).exists():
        raise Refusal(
            _(
                "{path}: a commitment is made, and may be published; draw with --beacon, "
                "or begin anew with a new study folder: souspli study new"
            ).format(path=study.draw / COMMITMENT)
        )
    plan(frame, design)
    salt = secrets.token_bytes(SALT_BYTES)
    hashed = frame_hash(frame.canonical, salt)
    text = commitment(hashed, design.digest()).hex()
    found: dict[str, object] = {"commitment": text, "frame_hash": hashed.hex()}
    found |= {"design": design.as_json(), "committed": time}
    write_durably(study.draw / SALT, salt.hex().encode("ascii"))
    write_durably(study.draw / COMMITMENT, json.dumps(found, indent=1).encode("utf-8"))
    return Committed(text, hashed.hex(), design, time)


def _require_undrawn(study: Study) -> None:
    if (study.draw / CERTIFICATE).exists():
        raise Refusal(
            _("this study's sample is already drawn; a second draw would choose who is asked")
        )


def to_draw(study: Study, frame: Frame, beacon: str, proof: str) -> Committed:
    """Return what was committed to, where all is there to draw by it; Refusal of anything else."""
    if not study.recipients["custodian"]:
        raise Refusal(
            _("study.yaml names no custodian to seal the crosswalk to; add the recipient")
        )
    if not is_unicode(proof):
        raise Refusal(_("the proof is not text in UTF-8; write it again"))
    beacon_bytes(beacon)
    _require_undrawn(study)
    committed, salt = read_commitment(study), read_salt(study.draw / SALT)
    if frame_hash(frame.canonical, salt).hex() != committed.frame_hash:
        raise Refusal(_("the frame is not the one committed to; use the same file and columns"))
    return committed


def conclude(study: Study, frame: Frame, beacon: str, proof: str, now: datetime) -> Draw:
    """Draw with the beacon and write sample.csv, crosswalk.age and the certificate with its page."""
    with alone(study.folder / _LOCK):  # the files of two draws at once would be mixed, for good
        return _conclude(study, frame, beacon, proof, time_of(now))


def _conclude(study: Study, frame: Frame, beacon: str, proof: str, time: str) -> Draw:
    committed, salt = to_draw(study, frame, beacon, proof), read_salt(study.draw / SALT)
    drawn = draw(frame, salt, committed.design, beacon, _shuffled)
    cases = codes.new_cases(len(drawn.selected))
    write_durably(study.draw / CROSSWALK, crosswalk.sealed(study, drawn, cases))
    sample = sample_csv(drawn, cases).encode("utf-8")
    write_durably(study.draw / SAMPLE, sample)
    certified = certificate(drawn, salt, proof, sample_hash(sample))
    certified |= circumstances(frame.columns, committed.time, time)
    write_durably(study.draw / PAGE, page.page(drawn, certified, study), mode=0o644)
    shown = json.dumps(certified, ensure_ascii=False, indent=1)
    write_durably(study.draw / CERTIFICATE, shown.encode("utf-8"), mode=0o644)
    return drawn


def _shuffled(count: int) -> list[int]:
    """Return 1 to `count` in an order that nobody can redo: the lead's numbers for clusters."""
    return secrets.SystemRandom().sample(range(1, count + 1), count)


def read_commitment(study: Study) -> Committed:
    """Return what was committed to; raises Refusal if nothing was."""
    path = study.draw / COMMITMENT
    if not path.exists():
        raise Refusal(_("nothing is committed to yet; run: souspli draw FRAME --commit"))
    try:
        found = json.loads(path.read_bytes())
        text, hashed, time = found["commitment"], found["frame_hash"], found.get("committed", "")
        if not all(isinstance(one, str) for one in (text, hashed, time)):
            raise TypeError
        if time and time_of(datetime.fromisoformat(time)) != time:
            raise ValueError
        design = design_from(found)
        if commitment(bytes.fromhex(hashed), design.digest()).hex() != text:
            raise ValueError  # the design was changed after it was committed to
        return Committed(text, hashed, design, time)
    except (
        OSError,
        ArithmeticError,
        ValueError,
        LookupError,
        TypeError,
        RecursionError,
        Refusal,
    ) as error:
        raise Refusal(
            _("{path}: is not the commitment as it was made; restore it from a copy").format(
                path=path
            )
        ) from error


def against_commitment(study: Study, certificate: Mapping[str, object]) -> tuple[str, ...]:
    """Return what in a certificate is not what this study committed to, () if all of it is.

    A certificate may be altered so that its own hashes agree; what was committed to stands beside it.
    """
    if not (study.draw / COMMITMENT).exists():
        return ()
    committed, now = read_commitment(study), design_from(certificate).as_json()
    before = committed.design.as_json()
    found = [
        _("the design's “{key}” is not as it was committed to").format(key=key)
        for key in sorted(before | now)
        if before.get(key) != now.get(key)
    ]
    if certificate.get("frame_hash") != committed.frame_hash:
        found.append(_("the frame's hash is not the one committed to"))
    if certificate.get("commitment") != committed.commitment:
        found.append(_("the commitment is not the one made before the draw"))
    return tuple(found)


def read_certificate(path: Path) -> dict[str, object]:
    """Return a certificate, still to be verified; raises Refusal for a file that is none."""
    try:
        found = json.loads(source_of(path))
    except (ValueError, RecursionError) as error:
        raise _no_certificate(path) from error
    if not isinstance(found, dict):
        raise _no_certificate(path)
    return found


def _no_certificate(path: Path) -> Refusal:
    return Refusal(_("{path}: is not a certificate; ask for it again").format(path=path))


def read_salt(path: Path) -> bytes:
    """Return the salt of the frame hash, as it stands in a file."""
    try:
        salt = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise Refusal(
            _("{path}: is not the salt of a draw; give --salt FILE").format(path=path)
        ) from error
    if len(salt) != SALT_BYTES:
        raise Refusal(_("{path}: is not the salt of a draw; give --salt FILE").format(path=path))
    return salt
