"""The draw folder of a study: commitment, salt, sample, certificate, crosswalk.

Two steps. `commit` fixes frame and design and gives the text to publish; `conclude` draws, once the
public randomness is known, and refuses a frame that changed in between. The frame itself is never
copied into the folder; the crosswalk is written for the custodian alone.
"""

from __future__ import annotations

import csv
import io
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from export.certificate import certificate, design_from
from export.custody import recipients
from export.draw import Design, Draw, commitment, crosswalk, draw, plan, sample_csv
from export.frame import Unit, canonical, frame_hash
from export.study import Study
from interviewer import age, codes
from interviewer.files import write_durably
from surveys.language import _
from surveys.problems import Refusal

SALT_BYTES = 32


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
    walk = io.StringIO(newline="")
    csv.writer(walk, lineterminator="\n").writerows(
        [("case", "id", "cluster"), *crosswalk(drawn, cases)]
    )
    sealed = age.seal(walk.getvalue().encode("utf-8"), recipients(study.recipients["custodian"]))
    write_durably(study.draw / "crosswalk.age", sealed)
    write_durably(study.draw / "sample.csv", sample_csv(drawn, cases).encode("utf-8"))
    shown = json.dumps(certificate(drawn, salt, proof), ensure_ascii=False, indent=1)
    write_durably(study.draw / "certificate.json", shown.encode("utf-8"), mode=0o644)
    return drawn


def read_commitment(study: Study) -> Committed:
    """Return what was committed to; raises Refusal if nothing was."""
    path = study.draw / "commitment.json"
    if not path.exists():
        raise Refusal(_("nothing is committed to yet; run: souspli draw FRAME --commit"))
    found = json.loads(path.read_bytes())
    return Committed(found["commitment"], found["frame_hash"], design_from(found))


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
