"""A certificate lets anyone redo the draw, and names what was changed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from export.drawing.certificate import certificate, design_from, verify
from export.drawing.draw import Design, draw
from export.drawing.frame import Unit, canonical
from surveys.problems import Refusal

SALT = bytes(range(32))
UNITS = [
    Unit(f"B{at:03d}", f"zone é{at % 5 if at % 50 else 5}", f"H{at % 9}") for at in range(1, 201)
]
FRAME = canonical(UNITS)
DESIGN = Design(
    method="stratified", announced="tirage du Loto, 3 décembre", size=40, reserve=6,
    similarity=(6, 1, 2, 3, 5, 4),
)  # fmt: skip
BEACON = "3 12 19 27 41"
PROOF = "e-mail to the ethics board, 1 December"
SAMPLE = hashlib.sha256(b"sample.csv").hexdigest()
SCRIPT = Path(__file__).parents[3] / "docs" / "verify_draw.py"


def made(design: Design = DESIGN, beacon: str = BEACON) -> dict[str, Any]:
    """Return a certificate as a reader finds it: through JSON."""
    found = certificate(draw(FRAME, SALT, design, beacon), SALT, PROOF, SAMPLE)
    text = json.dumps(found)
    again: dict[str, Any] = json.loads(text)
    assert again == found
    return again


@pytest.mark.parametrize(
    "design",
    [DESIGN, Design(method="simple", announced="dice", size=20)],
)
@pytest.mark.parametrize("beacon", [BEACON, "hex:c0ffee"])
def test_an_honest_certificate_verifies(design: Design, beacon: str) -> None:
    """Redone from certificate, frame and salt, nothing differs."""
    assert verify(made(design, beacon), FRAME, SALT) == ()


def test_the_certificate_names_no_unit_stratum_or_cluster() -> None:
    """It can be published: ids, hotels and the codes of strata are not in it."""
    text = json.dumps(made(), ensure_ascii=False)
    assert not any(unit.id in text or unit.stratum in text for unit in UNITS)
    assert '"H' not in text
    assert PROOF in text


def test_the_certificate_lists_strata_and_merges() -> None:
    """The stratum of four people was merged with its neighbour in the committed order."""
    found = made()
    assert found["merges"] == [[6, 1]]
    assert found["strata"][0]["members"] == [1, 6]
    assert sum(stratum["n_h"] for stratum in found["strata"]) == 40
    assert sum(stratum["N_h"] for stratum in found["strata"]) == 200


def test_a_changed_frame_or_salt_is_named() -> None:
    """One byte of either, or one person less, and the frame is not the one drawn from."""
    less = canonical(UNITS[1:])
    for frame, salt in ((FRAME.replace(b"B001", b"B900"), SALT), (less, SALT), (FRAME, SALT[::-1])):
        assert verify(made(), frame, salt) == ("the frame or the salt is not the one drawn from",)


def test_a_changed_design_is_named() -> None:
    """A size changed after the beacon breaks the design's hash and the commitment."""
    found = made()
    found["design"]["size"] = 41
    assert verify(found, FRAME, SALT) == (
        "the design is not the one that was hashed",
        "the commitment is not that of this frame and design",
    )
    found["design_hash"] = design_from(found).digest().hex()
    assert verify(found, FRAME, SALT) == ("the commitment is not that of this frame and design",)


def test_a_changed_beacon_is_named() -> None:
    """Another beacon does not give the seed; nor is text read as bytes."""
    found = made() | {"beacon": "3 12 19 27 42"}
    assert verify(found, FRAME, SALT) == ("the beacon is not the one that gave the seed",)
    found = made() | {"beacon_kind": "hex"}
    assert verify(found, FRAME, SALT) == ("the beacon is not read as the certificate says",)


def test_changed_strata_or_people_are_named() -> None:
    """Counts and merges that do not follow from the design, or others selected, are told apart."""
    found = made()
    found["strata"][0]["n_h"] += 1
    strata = ("the strata are not those that the frame and the design give",)
    assert verify(found, FRAME, SALT) == strata
    assert verify(made() | {"merges": []}, FRAME, SALT) == strata
    people = made() | {"selection_hash": "0" * 64}
    assert verify(people, FRAME, SALT) == ("the people selected are not those that the draw gives",)


@pytest.mark.parametrize("key", [key for key in made() if key != "proof"])
def test_any_field_but_the_proof_matters(key: str) -> None:
    """A field taken out is refused or named, whichever it is."""
    found = {name: value for name, value in made().items() if name != key}
    try:
        differences = verify(found, FRAME, SALT)
    except Refusal as refusal:
        differences = (str(refusal),)
    assert differences


@pytest.mark.parametrize(
    "change",
    [
        {"format": "souspli/draw/v9"},
        {"seed": 5},
        {"seed": "A" * 64},
        {"design": "simple"},
        {"design": {}},
        {"design": DESIGN.as_json() | {"size": "40"}},
        {"design": DESIGN.as_json() | {"size": True}},
        {"design": DESIGN.as_json() | {"extra": 1}},
        {"design": DESIGN.as_json() | {"similarity": None}},
        {"design": DESIGN.as_json() | {"fraction": "1/0"}},
        {"design": DESIGN.as_json() | {"fraction": "x"}},
        {"design": DESIGN.as_json() | {"size": None, "fraction": "1e-999999999"}},
        {"design": DESIGN.as_json() | {"announced": "\ud800"}},
        {"beacon": None},
        {"beacon": "\ud800"},
    ],
)
def test_a_certificate_that_cannot_be_read_is_refused(change: dict[str, object]) -> None:
    """Hostile JSON ends in one sentence, never in a traceback."""
    with pytest.raises(Refusal, match=r"cannot be read|one of the two|say which|beacon is"):
        verify(made() | change, FRAME, SALT)


def script(folder: Path, found: dict[str, Any], frame: bytes, beacon: str) -> tuple[int, str]:
    """Run the independent script of the documentation; return its exit status and what it prints."""
    files = [folder / "certificate.json", folder / "frame.tsv", folder / "salt"]
    files[0].write_text(json.dumps(found), encoding="utf-8")
    files[1].write_bytes(frame)
    files[2].write_text(SALT.hex() + "\n", encoding="ascii")
    command = [sys.executable, str(SCRIPT), *map(str, files), beacon]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


def test_the_independent_script_finds_the_same_people(tmp_path: Path) -> None:
    """A program that shares no code with ours selects the same ids in the same order."""
    for beacon in (BEACON, "hex:c0ffee"):
        status, printed = script(tmp_path, made(beacon=beacon), FRAME, beacon)
        drawn = draw(FRAME, SALT, DESIGN, beacon)
        assert status == 0
        assert printed == "".join(
            f"{p.unit.id}\t{p.stratum.number}\t{p.order}\t{p.status}\n" for p in drawn.selected
        )


def test_the_independent_script_says_what_differs(tmp_path: Path) -> None:
    """A changed frame, design or beacon ends in status 1 and the names of what changed."""
    status, printed = script(tmp_path, made(), FRAME.replace(b"B001", b"B900"), BEACON)
    assert status == 1
    assert "different: frame_hash" in printed
    status, printed = script(tmp_path, made(), FRAME, "3 12 19 27 42")
    assert status == 1
    assert "different: seed" in printed
    assert "different: frame_hash" not in printed
    found = made()
    found["design"]["size"] = 41
    assert script(tmp_path, found, FRAME, BEACON)[1].endswith("different: commitment\n")
