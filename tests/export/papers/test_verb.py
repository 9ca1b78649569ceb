"""`souspli papers`: documents for a study, in one language or both, never over what is there."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from export.papers.papers import Source, counted, papers
from export.study import Study
from export.verbs import papers as verb
from surveys import language
from surveys.problems import Refusal

FORM = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
NewStudy = Callable[..., Study]


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    verb.describe(parser)
    return parser.parse_args(arguments)


def run(study: Study, out: Path, *more: str) -> int:
    return verb.run(parsed("--study", str(study.folder), "--out", str(out), *more))


def names(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_both_languages_are_written_to_be_completed_and_to_be_read(
    new_study: NewStudy, tmp_path: Path, english: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six documents a language, each as HTML and PDF; the counts are those of the documents."""
    study = new_study(FORM)
    for key in (study.folder / "keys").glob("*.key"):
        key.unlink()  # nothing is opened
    assert run(study, tmp_path / "out") == 0
    found = names(tmp_path / "out")
    assert len(found) == 24
    assert found[:2] == ["en/1-register.html", "en/1-register.pdf"]
    assert "fr/5-information.pdf" in found
    printed = capsys.readouterr().out
    first = papers(study, "fr", Source("2026-11-23", "0.1.0", ""))[0]
    complete, check = counted(first)
    assert (
        f"fr/1-registre: {complete} things to complete, references to check: {check}\n" in printed
    )


def test_one_language_alone_and_as_json(
    new_study: NewStudy, tmp_path: Path, english: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """The language of the documents is not that of the interface."""
    language.use("fr")
    study = new_study(FORM)
    assert run(study, tmp_path / "out", "--language", "en", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["language"] for one in told["documents"]] == ["en"] * 6
    assert all(one["complete"] > 0 for one in told["documents"])
    assert {name.split("/")[0] for name in names(tmp_path / "out")} == {"en"}
    read = (tmp_path / "out" / "en" / "3-access.html").read_text("utf-8")
    assert "Who can read what" in read
    assert "personne" not in read


def test_a_document_completed_by_hand_is_never_written_over(
    new_study: NewStudy, tmp_path: Path, english: None
) -> None:
    """One that exists stops all of them: nothing is written, and the refusal says what to do."""
    study = new_study(FORM)
    (tmp_path / "out" / "en").mkdir(parents=True)
    mine = tmp_path / "out" / "en" / "6-dpia.html"
    mine.write_text("completed", "utf-8")
    with pytest.raises(Refusal, match="completed by hand; give another --out DIR, and copy"):
        run(study, tmp_path / "out")
    assert names(tmp_path / "out") == ["en/6-dpia.html"]
    assert mine.read_text("utf-8") == "completed"


def test_a_sample_that_was_drawn_is_counted(
    new_study: NewStudy, drew: Callable[..., None], tmp_path: Path, english: None
) -> None:
    """Those released are asked; the others are in reserve."""
    study = new_study(FORM)
    rows = ("A,1,9,2,,released", "B,1,9,2,,released", "C,1,9,2,1,reserve")
    drew(study, "case,stratum,N_h,n_h,order,status\n" + "".join(f"{row}\n" for row in rows))
    run(study, tmp_path / "out", "--language", "en")
    page = (tmp_path / "out" / "en" / "1-register.html").read_text("utf-8")
    assert "2 drawn by lot, 1 more in reserve" in page


def test_the_hash_is_that_of_study_yaml(new_study: NewStudy, tmp_path: Path, english: None) -> None:
    """Another study.yaml is seen in every document."""
    study = new_study(FORM)
    path = study.folder / "study.yaml"
    path.write_bytes(path.read_bytes() + b"# changed\n")
    run(study, tmp_path / "out", "--language", "en")
    wanted = hashlib.sha256(path.read_bytes()).hexdigest()
    for page in (tmp_path / "out" / "en").glob("*.html"):
        assert wanted in page.read_text("utf-8")
