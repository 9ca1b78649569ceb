"""sample.csv: what the lead may know of a draw, and nothing else; read back only as it was written."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import souspli
from export import custody
from export.drawing import steps
from export.drawing.crosswalk import crosswalk
from export.drawing.draw import draw
from export.drawing.drawn import Design, Draw, Unit
from export.drawing.frame import from_units
from export.drawing.sample import DrawnCase, read_sample, sample_csv
from export.study import Study
from interviewer import age
from surveys import codes
from surveys.problems import Refusal

NewStudy = Callable[..., Study]
NOW = datetime(2022, 4, 1, 12, 30, tzinfo=UTC)
Drew = Callable[[Study, str], None]

HOTELS = [Unit(f"B{at:04d}", f"G{at % 7}", f"H{at % 61}") for at in range(1, 537)]
FRAME = from_units(HOTELS)
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""
HEAD = "case,stratum,N_h,n_h,order,status\n"
GOOD = HEAD + "A0,1,40,1,,released\nA1,1,40,1,2,reserve\n"


def design(reserve: int = 5) -> Design:
    return Design(method="stratified", announced="dice", size=40, reserve=reserve)


def drawn() -> Draw:
    return draw(FRAME, bytes(range(32)), design(), "a public number")


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def begun(new_study: NewStudy) -> Study:
    """Return a study whose sample is drawn."""
    study = new_study(FORM)
    steps.commit(study, FRAME, design(), NOW)
    steps.conclude(study, FRAME, "a public number", "a letter", NOW)
    return study


def test_the_sample_file_names_no_unit_and_the_crosswalk_names_all() -> None:
    """sample.csv has the case and its counts; frame id, hotel and order are in the crosswalk only."""
    result = drawn()
    given = [f"K{at:03d}" for at in range(45)]
    text = sample_csv(result, given)
    assert text.startswith(HEAD)
    first = result.selected[0].stratum
    assert text.splitlines()[1] == f"K000,1,{first.population},{first.drawn},,released"
    assert len(text.splitlines()) == 46
    assert not any(unit.id in text or f",{unit.cluster}," in text for unit in HOTELS)
    rows = crosswalk(result, given)
    assert [row[0] for row in rows] == given
    assert [row[1:] for row in rows] == [
        (p.unit.id, p.unit.cluster, p.order) for p in result.selected
    ]


def test_the_sample_file_does_not_tell_the_rank_of_a_case() -> None:
    """Who redoes the draw knows each person's rank: two draws of codes give lines in unrelated order.

    Whatever rank a case has, its line stands where its code puts it, and bears no order.
    """
    result = drawn()
    given = codes.new_cases(45)
    text = sample_csv(result, given)
    strata = {row["stratum"] for row in lines(text)}
    for stratum in strata:
        cases = [row["case"] for row in lines(text) if row["stratum"] == stratum]
        assert cases == sorted(cases)
    assert all(row["order"] == "" for row in lines(text) if row["status"] == "released")
    swapped = list(given)
    swapped[0], swapped[1] = given[1], given[0]  # the first two ranks of stratum 1
    assert sample_csv(result, swapped) == text


def test_cases_of_the_reserve_keep_their_rank() -> None:
    """They are released in order of ticket."""
    result = drawn()
    given = codes.new_cases(45)
    random.Random(3).shuffle(given)
    ranks = {row["case"]: row["order"] for row in lines(sample_csv(result, given))}
    reserve = {
        code: str(person.order)
        for code, person in zip(given, result.selected, strict=True)
        if person.status == "reserve"
    }
    assert len(reserve) == 5
    assert {case: ranks[case] for case in reserve} == reserve


@pytest.mark.parametrize("given", [["A"], ["A", "A"], ["A", ""], ["A", "B", "C"]])
def test_case_codes_are_one_for_each_person(given: list[str]) -> None:
    """Too few, too many, repeated or blank codes are a mistake of the caller."""
    result = draw(FRAME, bytes(32), Design(method="simple", announced="dice", size=2), "x")
    with pytest.raises(ValueError, match="case code"):
        sample_csv(result, given)


def test_the_crosswalk_of_a_study_opens_with_the_custodians_key_alone(
    new_study: NewStudy, tmp_path: Path
) -> None:
    """And there each case has its frame id, hotel and order of draw."""
    study = begun(new_study)
    sealed = (study.draw / "crosswalk.age").read_bytes()
    with pytest.raises(age.AgeError):
        age.unseal(sealed, custody.open_key(study.study_key, b"correct horse battery"))
    keys = custody.open_key(tmp_path / "custodian.key", b"correct horse battery")
    rows = lines(age.unseal(sealed, keys).decode())
    assert list(rows[0]) == ["case", "id", "cluster", "order"]
    sample = read_sample(study)
    assert sample is not None
    assert {row["case"] for row in rows} == set(sample)


# --- read -------------------------------------------------------------------------------------


def test_without_a_draw_there_is_no_sample(new_study: NewStudy) -> None:
    """A study that drew nobody, or has only committed to a draw, has none."""
    study = new_study(FORM)
    assert read_sample(study) is None
    steps.commit(study, FRAME, design(), NOW)
    assert read_sample(study) is None


def test_the_sample_is_read_as_the_draw_wrote_it(new_study: NewStudy, drew: Drew) -> None:
    """Case, stratum, N_h, whether it is released, the rank in the reserve."""
    study = new_study(FORM)
    drew(study, GOOD)
    assert read_sample(study) == {
        "A0": DrawnCase("A0", 1, 40, True, cell=1),
        "A1": DrawnCase("A1", 1, 40, False, 2, cell=1, batch=None),
    }


def test_what_a_draw_wrote_can_be_read(new_study: NewStudy) -> None:
    """The draw's own file agrees with its own certificate."""
    found = read_sample(begun(new_study))
    assert found is not None
    assert [one.is_released for one in found.values()].count(True) == 40
    assert sum(one.order is not None for one in found.values()) == 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "case,stratum\nA0,1\n",
        HEAD,
        HEAD + "A0,one,40,1,,released\nA1,1,40,1,2,reserve\n",
        HEAD + "A0,1,40,1,,released\nA0,1,40,1,2,reserve\n",
        HEAD + "A0,1,40,1,,released\nA1,1,41,1,2,reserve\n",
        HEAD + "A0,1,40,1,,released\nA1,1,40,1,,reserve\n",
        HEAD + "A0,1,40,1,1,released\nA1,1,40,1,2,reserve\n",
        HEAD + "A0,1,40,1,,released\nA1,1,40,1,2,drawn\n",
        HEAD + "A0,1,40,1,,released,x\nA1,1,40,1,2,reserve\n",
        HEAD + "A0,1,50,1,,released\nA1,1,50,1,2,reserve\n",
        HEAD + "A0,1,40,2,,released\nA1,1,40,2,,released\n",
        HEAD + "A0,1,40,1,,released\n",
        HEAD + "A0,1,40,1,,released\nA2,2,40,1,,released\nA1,1,40,1,2,reserve\n",
    ],
)
def test_a_damaged_sample_is_refused(text: str, new_study: NewStudy, drew: Drew) -> None:
    """No column, no number, a case twice, other counts than the certificate's: the file is named.

    Even where the certificate's hash were that of the damaged file.
    """
    study = new_study(FORM)
    drew(study, GOOD)
    path, certificate = study.draw / "sample.csv", study.draw / "certificate.json"
    strata = json.loads(certificate.read_bytes())["strata"]
    drew(study, text)
    found = json.loads(certificate.read_bytes()) | {"strata": strata}
    certificate.write_text(json.dumps(found), "utf-8")
    with pytest.raises(Refusal, match=r"sample\.csv: is not the sample"):
        read_sample(study)
    assert path.exists()


@pytest.mark.parametrize("number", ["0", "-4", "+4", "4_0", " 4", "04", "٤", "9" * 400])
@pytest.mark.parametrize("column", [1, 2, 4])
def test_numbers_are_those_a_draw_writes(
    number: str, column: int, new_study: NewStudy, drew: Drew
) -> None:
    """No case stands for nobody, or for more people than there are, though the certificate agree."""
    study = new_study(FORM)
    rows = [["A0", "1", "40", "1", "", "released"], ["A1", "1", "40", "1", "2", "reserve"]]
    for row in rows if column < 4 else rows[1:]:
        row[column] = number
    drew(study, HEAD + "".join(f"{','.join(row)}\n" for row in rows))
    path = study.draw / "certificate.json"
    stratum = {"stratum": int(rows[0][1]), "N_h": int(rows[0][2]), "n_h": 1, "reserve": 1}
    found = json.loads(path.read_bytes()) | {"strata": [stratum]}
    path.write_text(json.dumps(found), "utf-8")
    with pytest.raises(Refusal, match=r"sample\.csv: is not the sample"):
        read_sample(study)


def test_a_case_exchanged_in_the_sample_is_refused(new_study: NewStudy) -> None:
    """All counts agree; the certificate's hash does not."""
    study = begun(new_study)
    path = study.draw / "sample.csv"
    case = path.read_text("utf-8").splitlines()[1].partition(",")[0]
    path.write_text(path.read_text("utf-8").replace(case, codes.new_case()), "utf-8")
    with pytest.raises(Refusal, match=r"sample\.csv: is not the sample"):
        read_sample(study)


@pytest.mark.parametrize("left", ["certificate.json", "crosswalk.age"])
def test_a_sample_that_is_gone_is_not_no_sample(left: str, new_study: NewStudy) -> None:
    """Otherwise everybody would weigh 1, and whoever was not drawn would count."""
    study = begun(new_study)
    for name in {"sample.csv", "certificate.json", "crosswalk.age"} - {left}:
        (study.draw / name).unlink()
    with pytest.raises(Refusal, match=r"sample\.csv: is missing"):
        read_sample(study)


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{", b"[" * 100_000, b"\xff"])
def test_a_sample_without_its_certificate_is_refused(
    content: bytes | None, new_study: NewStudy
) -> None:
    """Missing or malformed: one sentence that names it."""
    study = begun(new_study)
    path = study.draw / "certificate.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refusal, match=r"certificate\.json: is missing or cannot be read"):
        read_sample(study)


# --- the draw folder --------------------------------------------------------------------------


def test_a_commitment_is_made_once(new_study: NewStudy) -> None:
    """A second one would replace the salt of what is published, and allow a choice of samples."""
    study = new_study(FORM)
    steps.commit(study, FRAME, design(), NOW)
    before = {path.name: path.read_bytes() for path in study.draw.iterdir()}
    with pytest.raises(Refusal, match="new study folder"):
        steps.commit(study, FRAME, design(reserve=7), NOW)
    assert {path.name: path.read_bytes() for path in study.draw.iterdir()} == before


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"commitment": "a"}']
)
def test_a_malformed_commitment_is_one_refusal(content: bytes, new_study: NewStudy) -> None:
    """The file is named, whatever is in it."""
    study = new_study(FORM)
    steps.commit(study, FRAME, design(), NOW)
    path = study.draw / "commitment.json"
    right = json.loads(path.read_bytes())
    for wrong in (content, json.dumps(right | {"frame_hash": 5}).encode()):
        path.write_bytes(wrong)
        with pytest.raises(Refusal, match=r"commitment\.json: is not the commitment"):
            steps.conclude(study, FRAME, "a public number", "", NOW)


FRAME_CSV = "id,hotel\n" + "".join(f"{unit.id},{unit.stratum}\n" for unit in HOTELS)


def test_verify_looks_at_the_sample_and_at_malformed_certificates(
    new_study: NewStudy, tmp_path: Path, english: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed sample.csv is told; JSON that is no certificate ends in one sentence."""
    study, frame = new_study(FORM), tmp_path / "frame.csv"
    frame.write_text(FRAME_CSV, "utf-8")
    words = ["draw", str(frame), "--study", str(study.folder), "--stratum", "hotel"]
    method = ["--method", "stratified", "--n", "40", "--announced", "dice"]
    assert souspli.main([*words, "--commit", *method]) == 0
    assert souspli.main([*words, "--beacon", "6", "--proof", "a letter"]) == 0
    certificate = study.draw / "certificate.json"
    verify = [*words, "--verify", str(certificate)]
    assert souspli.main(verify) == 0
    capsys.readouterr()
    (study.draw / "sample.csv").write_text(GOOD, "utf-8")
    assert souspli.main(verify) == 1
    assert capsys.readouterr().out == "sample.csv is not the one written at the draw\n"
    for content in (b"[]", b"3", b"[" * 100_000, b"{"):
        certificate.write_bytes(content)
        assert souspli.main(verify) == 1
        assert "certificate.json: is not a certificate" in capsys.readouterr().err


def test_verify_writes_the_canonical_frame_on_request(
    new_study: NewStudy, tmp_path: Path, english: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file verify_draw.py reads; nothing is overwritten, and only --verify writes it."""
    study, frame, out = new_study(FORM), tmp_path / "frame.csv", tmp_path / "frame.tsv"
    frame.write_text(FRAME_CSV, "utf-8")
    words = ["draw", str(frame), "--study", str(study.folder), "--stratum", "hotel"]
    assert souspli.main([*words, "--commit", "--n", "9", "--canonical", str(out)]) == 2
    assert souspli.main([*words, "--commit", "--n", "9", "--announced", "dice"]) == 0
    assert souspli.main([*words, "--beacon", "6", "--proof", "a letter"]) == 0
    verify = [*words, "--verify", str(study.draw / "certificate.json"), "--canonical", str(out)]
    assert souspli.main(verify) == 0
    assert out.read_bytes() == from_units(Unit(unit.id, unit.stratum) for unit in HOTELS).canonical
    assert souspli.main(verify) == 1
    assert "exists already" in capsys.readouterr().err
