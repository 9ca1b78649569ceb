"""Commit, then draw: what was fixed before the beacon is what is drawn from, by every method."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from export.drawing import steps
from export.drawing.certificate import verify
from export.drawing.draw import draw
from export.drawing.drawn import Design, Unit
from export.drawing.frame import from_units
from export.drawing.sample import read_sample, sample_hash
from export.study import Study
from interviewer.files import alone
from surveys.problems import Refusal

NewStudy = Callable[..., Study]
NOW = datetime(2022, 4, 1, 12, 30, tzinfo=UTC)
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""
FRAME = from_units(Unit(f"B{at:03d}", f"G{at % 3}", f"H{at % 20}") for at in range(240))
DESIGNS = [
    Design(method="simple", announced="dice", size=40, reserve=5),
    Design(method="stratified", announced="dice", size=40, allocation="equal", reserve=5),
    Design(method="systematic", announced="dice", size=40, reserve=5),
    Design(method="clusters", announced="dice", size=12, reserve=4),
    Design(method="two_stages", announced="dice", size=30, take=3, reserve=1),
]


@pytest.mark.parametrize("design", DESIGNS, ids=lambda one: one.method)
def test_a_sample_of_every_method_is_drawn_read_back_and_verified(
    design: Design, new_study: NewStudy
) -> None:
    """The certificate in the folder agrees with frame, salt, sample and commitment."""
    study = new_study(FORM)
    steps.commit(study, FRAME, design, NOW)
    drawn = steps.conclude(study, FRAME, "a public number", "a letter", NOW)
    certificate = steps.read_certificate(study.draw / "certificate.json")
    hashed = sample_hash((study.draw / "sample.csv").read_bytes())
    salt = steps.read_salt(study.draw / "salt")
    assert verify(certificate, FRAME, salt, hashed) == ()
    assert steps.against_commitment(study, certificate) == ()
    found = read_sample(study)
    assert found is not None
    assert len(found) == len(drawn.selected)
    assert sum(one.is_released for one in found.values()) == sum(
        person.status == "released" for person in drawn.selected
    )


def test_the_numbers_of_clusters_cannot_be_redone(new_study: NewStudy) -> None:
    """Who has frame, salt and beacon finds the same people and cannot tell which cluster has which number."""
    study = new_study(FORM)
    steps.commit(study, FRAME, DESIGNS[4], NOW)
    drawn = steps.conclude(study, FRAME, "a public number", "a letter", NOW)
    again = draw(FRAME, steps.read_salt(study.draw / "salt"), DESIGNS[4], "a public number")
    assert [one.unit for one in drawn.selected] == [one.unit for one in again.selected]
    numbers = list(dict.fromkeys(one.cluster.number for one in drawn.selected if one.cluster))
    assert sorted(numbers) == list(range(1, 31))
    assert numbers != sorted(numbers)  # by chance once in 30!


def test_what_a_certificate_changed_since_the_commitment_is_named(new_study: NewStudy) -> None:
    """Key by key of the design, even where the certificate's own hashes were made to agree."""
    study = new_study(FORM)
    first = Design(method="stratified", announced="dice", size=40)
    steps.commit(study, FRAME, first, NOW)
    steps.conclude(study, FRAME, "a public number", "a letter", NOW)
    certificate = steps.read_certificate(study.draw / "certificate.json")
    other = Design(method="stratified", announced="dice", size=41, least=3)
    altered = certificate | {"design": other.as_json(), "commitment": "0" * 64}
    assert steps.against_commitment(study, altered) == (
        "the design's “format” is not as it was committed to",
        "the design's “least” is not as it was committed to",
        "the design's “size” is not as it was committed to",
        "the commitment is not the one made before the draw",
    )
    altered = certificate | {"frame_hash": "0" * 64}
    assert steps.against_commitment(study, altered) == (
        "the frame's hash is not the one committed to",
    )
    (study.draw / "commitment.json").unlink()
    assert steps.against_commitment(study, altered) == ()


def test_a_design_changed_after_the_commitment_is_not_drawn_by(new_study: NewStudy) -> None:
    """Once the beacon is known, another size would choose another sample."""
    study = new_study(FORM)
    steps.commit(study, FRAME, DESIGNS[0], NOW)
    path: Path = study.draw / "commitment.json"
    found = json.loads(path.read_bytes())
    found["design"]["size"] = 41
    path.write_text(json.dumps(found), "utf-8")
    with pytest.raises(Refusal, match="is not the commitment as it was made"):
        steps.conclude(study, FRAME, "a public number", "a letter", NOW)
    assert not (study.draw / "sample.csv").exists()


@pytest.mark.parametrize("has_time", [True, False])
def test_a_commitment_keeps_its_time_and_the_certificate_both(
    has_time: bool, new_study: NewStudy
) -> None:
    """In UTC; one that was made before times were noted is drawn by all the same."""
    study = new_study(FORM)
    assert steps.commit(study, FRAME, DESIGNS[0], NOW).time == "2022-04-01T12:30:00+00:00"
    path = study.draw / "commitment.json"
    found = json.loads(path.read_bytes())
    assert found.pop("committed") == "2022-04-01T12:30:00+00:00"
    if not has_time:
        path.write_text(json.dumps(found), "utf-8")
    there = timezone(timedelta(hours=2))
    steps.conclude(study, FRAME, "6", "a letter", datetime(2022, 4, 2, 1, tzinfo=there))
    certificate = steps.read_certificate(study.draw / "certificate.json")
    assert certificate["drawn"] == "2022-04-01T23:00:00+00:00"
    assert ("committed" in certificate) == has_time
    assert "columns" not in certificate  # this frame was read from no table
    assert read_sample(study)


@pytest.mark.parametrize("time", [5, "x", "2022-04-01", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_is_no_commitment(time: object, new_study: NewStudy) -> None:
    """It was changed after it was made."""
    study = new_study(FORM)
    steps.commit(study, FRAME, DESIGNS[0], NOW)
    path = study.draw / "commitment.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"committed": time}), "utf-8")
    with pytest.raises(Refusal, match="is not the commitment as it was made"):
        steps.read_commitment(study)


def test_a_frame_that_changed_is_not_drawn_from(new_study: NewStudy) -> None:
    """One unit less than was committed to."""
    study = new_study(FORM)
    steps.commit(study, FRAME, DESIGNS[0], NOW)
    less = from_units(map(FRAME.unit, range(239)))
    with pytest.raises(Refusal, match="not the one committed to"):
        steps.conclude(study, less, "a public number", "a letter", NOW)


def test_a_draw_of_another_commitment_is_no_sample_of_the_study(new_study: NewStudy) -> None:
    """Sample, crosswalk and certificate of another study agree with each other; the commitment does not."""
    study = new_study(FORM)
    steps.commit(study, FRAME, DESIGNS[0], NOW)
    steps.conclude(study, FRAME, "a public number", "a letter", NOW)
    kept = {path.name: path.read_bytes() for path in study.draw.iterdir()}
    (study.draw / "certificate.json").unlink()
    (study.draw / "commitment.json").unlink()
    steps.commit(study, FRAME, DESIGNS[1], NOW)
    steps.conclude(study, FRAME, "a public number", "a letter", NOW)
    assert read_sample(study)
    for name in ("sample.csv", "crosswalk.age", "certificate.json"):
        (study.draw / name).write_bytes(kept[name])
    with pytest.raises(Refusal, match=r"certificate\.json: is of another draw"):
        read_sample(study)


def test_two_steps_at_once_are_not_mixed(new_study: NewStudy) -> None:
    """The second is refused, or salt and commitment, sample and crosswalk would be those of two draws."""
    study = new_study(FORM)
    with alone(study.folder / ".draw.lock"), pytest.raises(Refusal, match="another souspli"):
        steps.commit(study, FRAME, DESIGNS[0], NOW)
    steps.commit(study, FRAME, DESIGNS[0], NOW)
    with alone(study.folder / ".draw.lock"), pytest.raises(Refusal, match="another souspli"):
        steps.conclude(study, FRAME, "a public number", "a letter", NOW)


def test_a_proof_that_is_no_text_is_refused_before_anything_is_written(new_study: NewStudy) -> None:
    """Half a surrogate pair (an argument in another encoding) cannot be in a certificate."""
    study = new_study(FORM)
    steps.commit(study, FRAME, DESIGNS[0], NOW)
    with pytest.raises(Refusal, match="not text in UTF-8"):
        steps.conclude(study, FRAME, "a public number", "a letter of \udce9", NOW)
    assert not (study.draw / "sample.csv").exists()
