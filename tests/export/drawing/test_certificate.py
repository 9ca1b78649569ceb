"""A certificate lets anyone redo the draw, and names what was changed."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing.certificate import certificate, design_from, verify
from export.drawing.draw import draw
from export.drawing.drawn import Design, Unit
from export.drawing.frame import from_canonical, from_units
from surveys.problems import Refusal

SALT = bytes(range(32))
UNITS = [
    Unit(f"B{at:03d}", f"zone é{at % 5 if at % 50 else 5}", f"H{at % 9}") for at in range(1, 201)
]
FRAME = from_units(UNITS)
DESIGN = Design(
    method="stratified", announced="tirage du Loto, 3 décembre", size=40, reserve=6,
    similarity=(6, 1, 2, 3, 5, 4),
)  # fmt: skip
BEACON = "3 12 19 27 41"
TWO = Design(method="two_stages", announced="dice", size=15, take=4, reserve=3)
DESIGNS = [
    DESIGN,
    Design(method="simple", announced="dice", size=20),
    Design(method="stratified", announced="dice", size=31, allocation="equal", least=3, most=9),
    Design(
        method="stratified", announced="dice", size=40, allocation="neyman",
        spread=tuple(Fraction(at, 7) for at in range(1, 7)),
    ),
    Design(method="systematic", announced="dice", fraction=Fraction(1, 7), reserve=5),
    Design(method="clusters", announced="dice", size=17, reserve=3),
    TWO,
]  # fmt: skip
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
    DESIGNS,
)
@pytest.mark.parametrize("beacon", [BEACON, "hex:c0ffee"])
def test_an_honest_certificate_verifies(design: Design, beacon: str) -> None:
    """Redone from certificate, frame and salt, nothing differs."""
    assert verify(made(design, beacon), FRAME, SALT) == ()


def test_a_design_of_the_first_version_keeps_its_format() -> None:
    """Nothing new is used, nothing new is written; what uses it says so in both formats."""
    assert [made(design)["format"] for design in DESIGNS] == [
        *["souspli/draw/v1"] * 2,
        *["souspli/draw/v2"] * 5,
    ]
    found = made()
    assert found["design"]["format"] == "souspli/design/v1"
    assert set(found["design"]) == {
        "format", "method", "announced", "size", "allocation", "minimum", "reserve", "similarity"
    }  # fmt: skip
    assert made(TWO)["design"]["format"] == "souspli/design/v2"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(FRAME.canonical) - 1), st.integers(1, 255))
def test_any_changed_byte_of_the_frame_is_told(at: int, by: int) -> None:
    """It is no frame any more, or not the one drawn from."""
    changed = bytearray(FRAME.canonical)
    changed[at] ^= by
    try:
        frame = from_canonical(bytes(changed))
    except Refusal:
        return
    assert verify(made(), frame, SALT)[0] == "the frame or the salt is not the one drawn from"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(DESIGNS), st.integers(0, 5_000), st.integers(1, 255))
def test_any_changed_byte_of_the_design_is_told(design: Design, at: int, by: int) -> None:
    """It cannot be read any more, or is not the one that was hashed."""
    text = bytearray(json.dumps(design.as_json()).encode())
    text[at % len(text)] ^= by
    try:
        changed = json.loads(text)
        differences = verify(made(design) | {"design": changed}, FRAME, SALT)
    except (ValueError, Refusal):
        return
    if changed != design.as_json():  # spaces may become others, which say the same
        assert differences[0] == "the design is not the one that was hashed"


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
    first = "the frame or the salt is not the one drawn from"
    other = from_units([replace(UNITS[0], id="B900"), *UNITS[1:]])
    for frame, salt in ((other, SALT), (FRAME, SALT[::-1])):
        assert verify(made(), frame, salt) == (first,)
    assert verify(made(), from_units(UNITS[1:]), SALT) == (
        first,
        "the frame has 199 units and the certificate 200",
    )
    moved = from_units([replace(UNITS[0], stratum="zone"), *UNITS[1:]])
    assert verify(made(), moved, SALT) == (first, "the frame has 7 strata and the certificate 6")


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
        {"design": DESIGN.as_json() | {"least": 0}},
        {"design": DESIGN.as_json() | {"format": "souspli/design/v2"}},
        {"design": TWO.as_json()},
        {"design": TWO.as_json() | {"take": True}},
        {"design": DESIGNS[3].as_json() | {"spread": ["1/0"]}},
        {"design": DESIGNS[3].as_json() | {"spread": [1, 2, 3, 4, 5, 6]}},
        {"design": DESIGNS[3].as_json() | {"spread": 5}},
        {"beacon": None},
        {"beacon": "\ud800"},
    ],
)
def test_a_certificate_that_cannot_be_read_is_refused(change: dict[str, object]) -> None:
    """Hostile JSON ends in one sentence, never in a traceback."""
    with pytest.raises(
        Refusal, match=r"cannot be read|one of the two|say with --announced|beacon is"
    ):
        verify(made() | change, FRAME, SALT)


def script(
    folder: Path, found: dict[str, Any], frame: bytes, beacon: str, program: str = ""
) -> tuple[int, str]:
    """Run a script of the documentation, verify_draw.py or that given; its exit status, and what it prints."""
    path = folder / "program.py"
    path.write_text(program or SCRIPT.read_text("utf-8"), encoding="utf-8")
    files = [folder / "certificate.json", folder / "frame.tsv", folder / "salt"]
    files[0].write_text(json.dumps(found), encoding="utf-8")
    files[1].write_bytes(frame)
    files[2].write_text(SALT.hex() + "\n", encoding="ascii")
    command = [sys.executable, str(path), *map(str, files), beacon]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("design", "beacon"), [*((one, BEACON) for one in DESIGNS), (DESIGN, "hex:c0ffee")]
)
def test_the_independent_script_finds_the_same_people(
    design: Design, beacon: str, tmp_path: Path
) -> None:
    """A program that shares no code with ours selects the same ids in the same order."""
    status, printed = script(tmp_path, made(design, beacon), FRAME.canonical, beacon)
    drawn = draw(FRAME, SALT, design, beacon)
    assert status == 0
    assert printed == "".join(
        f"{p.unit.id}\t{p.stratum.number}\t{p.order}\t{p.status}\n" for p in drawn.selected
    )


@pytest.mark.parametrize("design", DESIGNS[:4])
def test_fifteen_lines_of_the_docs_find_the_same_sample(design: Design, tmp_path: Path) -> None:
    """Simple and stratified draws: the ids of each stratum in order of ticket, and that hashes agree."""
    page = SCRIPT.with_name("drawing.md").read_text("utf-8")
    (block,) = re.findall(r"^```\n(import hashlib.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert len(block.splitlines()) == 15
    drawn = draw(FRAME, SALT, design, BEACON)
    status, printed = script(tmp_path, made(design), FRAME.canonical, BEACON, block)
    wanted = [
        " ".join(p.unit.id for p in drawn.selected if p.stratum == one and p.status == "released")
        for one in drawn.plan.strata
    ]
    assert (status, printed.splitlines()) == (0, [*wanted, "True"])
    _status, otherwise = script(tmp_path, made(design), FRAME.canonical, "5 6", block)
    assert otherwise.splitlines()[-1] == "False"


def test_the_independent_script_says_what_differs(tmp_path: Path) -> None:
    """A changed frame, design or beacon ends in status 1 and the names of what changed."""
    other = FRAME.canonical.replace(b"B001", b"B900")
    status, printed = script(tmp_path, made(), other, BEACON)
    assert status == 1
    assert "different: frame_hash" in printed
    status, printed = script(tmp_path, made(), FRAME.canonical, "3 12 19 27 42")
    assert status == 1
    assert "different: seed" in printed
    assert "different: frame_hash" not in printed
    found = made()
    found["design"]["size"] = 41
    printed = script(tmp_path, found, FRAME.canonical, BEACON)[1]
    assert printed.endswith("different: design_hash\ndifferent: commitment\n")


@pytest.mark.parametrize(
    "wrong",
    [
        [], ["certificate.json"], ["frame.tsv", "certificate.json", "salt", "6"],
        ["certificate.json", "salt", "frame.tsv", "6"], ["certificate.json", "frame.tsv", "salt"],
        ["certificate.json", "frame.csv", "salt", "6"], ["nowhere", "frame.tsv", "salt", "6"],
        ["certificate.json", "frame.tsv", "salt", "hex:c0ffe"], ["list.json", "frame.tsv", "salt", "6"],
        ["certificate.json", "frame.tsv", "salt", "6", "7"],
    ],
)  # fmt: skip
def test_the_script_without_its_four_arguments_says_which_they_are(
    wrong: list[str], tmp_path: Path
) -> None:
    """One line, exit 2, no traceback: too few, too many, in another order, or not what they should be."""
    texts = {
        "certificate.json": json.dumps(made()), "list.json": "[]", "salt": SALT.hex(),
        "frame.tsv": FRAME.canonical.decode(), "frame.csv": "id,stratum\nB1,n\n",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode())
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *wrong],
        capture_output=True, check=False, encoding="utf-8", cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: python verify_draw.py CERTIFICATE FRAME SALT BEACON")
    assert done.stderr.count("\n") == 1
