"""The two steps of a draw, in the draw folder of a study.

`commit` fixes frame and design and gives the text to publish; `conclude` draws, once the
public randomness is known, and refuses a frame that changed in between. The frame itself is never
copied into the folder; the crosswalk is written for the custodian alone.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from export.drawing import crosswalk
from export.drawing.certificate import certificate, design_from
from export.drawing.draw import Design, Draw, commitment, draw, plan
from export.drawing.frame import SALT_BYTES, Unit, canonical, frame_hash
from export.drawing.sample import sample_csv, sample_hash
from export.study import Study
from interviewer.files import write_durably
from surveys import codes
from surveys.language import _
from surveys.load import source_of
from surveys.problems import Refusal


@dataclass(frozen=True, slots=True)
class Committed:
    """What was committed to: the text to publish, and the frame hash and design behind it."""

    commitment: str
    frame_hash: str
    design: Design


def commit(study: Study, units: tuple[Unit, ...], design: Design) -> Committed:
    """Fix frame and design; the commitment returned is to be published before the beacon is known."""
    if (study.draw / "certificate.json").exists():
        raise Refusal(
            _("this study's sample is already drawn; a second draw would choose who is asked")
        )
    if (study.draw / "commitment.json").exists():
        raise Refusal(
            _(
                "{path}: a commitment is made, and may be published; draw with --beacon, "
                "or begin anew with a new study folder: souspli study new"
            ).format(path=study.draw / "commitment.json")
        )
    plan(units, design)
    salt = secrets.token_bytes(SALT_BYTES)
    hashed = frame_hash(canonical(units), salt)
    text = commitment(hashed, design.digest()).hex()
    found = {"commitment": text, "frame_hash": hashed.hex(), "design": design.as_json()}
    write_durably(study.draw / "salt", salt.hex().encode("ascii"))
    write_durably(study.draw / "commitment.json", json.dumps(found, indent=1).encode("utf-8"))
    return Committed(text, hashed.hex(), design)


def conclude(study: Study, units: tuple[Unit, ...], beacon: str, proof: str) -> Draw:
    """Draw with the beacon and write sample.csv, certificate.json and crosswalk.age."""
    if not study.recipients["custodian"]:
        raise Refusal(
            _("study.yaml names no custodian to seal the crosswalk to; add the recipient")
        )
    if (study.draw / "certificate.json").exists():
        raise Refusal(
            _("this study's sample is already drawn; a second draw would choose who is asked")
        )
    committed, salt = read_commitment(study), read_salt(study.draw / "salt")
    frame = canonical(units)
    if frame_hash(frame, salt).hex() != committed.frame_hash:
        raise Refusal(_("the frame is not the one committed to; use the same file and columns"))
    drawn = draw(frame, salt, committed.design, beacon)
    cases = codes.new_cases(len(drawn.selected))
    write_durably(study.draw / crosswalk.NAME, crosswalk.sealed(study, drawn, cases))
    sample = sample_csv(drawn, cases).encode("utf-8")
    write_durably(study.draw / "sample.csv", sample)
    certified = certificate(drawn, salt, proof, sample_hash(sample))
    shown = json.dumps(certified, ensure_ascii=False, indent=1)
    write_durably(study.draw / "certificate.json", shown.encode("utf-8"), mode=0o644)
    return drawn


def read_commitment(study: Study) -> Committed:
    """Return what was committed to; raises Refusal if nothing was."""
    path = study.draw / "commitment.json"
    if not path.exists():
        raise Refusal(_("nothing is committed to yet; run: souspli draw FRAME --commit"))
    try:
        found = json.loads(path.read_bytes())
        text, hashed = found["commitment"], found["frame_hash"]
        if not isinstance(text, str) or not isinstance(hashed, str):
            raise TypeError
        return Committed(text, hashed, design_from(found))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, Refusal) as error:
        raise Refusal(
            _("{path}: is not the commitment as it was made; restore it from a copy").format(
                path=path
            )
        ) from error


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
