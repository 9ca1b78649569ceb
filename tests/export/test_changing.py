"""A questionnaire changed while the study goes on: one line of study.yaml, and nothing is lost."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import changing, custody, ledger
from export.laptops import devices, kits
from export.study import Study, read_study
from export.verbs import study as verb
from interviewer import kit, record
from interviewer.files import write_durably
from surveys.problems import Refusal

FORM = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
PASSPHRASE = b"correct horse battery"
NOW = datetime(2022, 6, 1, 12, tzinfo=UTC)
NewStudy = Callable[..., Study]


def version(number: str, **replaced: str) -> str:
    """Return the text of another version, with some words replaced."""
    text = FORM.replace('version: "1"', f'version: "{number}"')
    for before, after in replaced.items():
        assert before in text
        text = text.replace(before, after)
    return text


@pytest.fixture
def study(new_study: NewStudy) -> Study:
    """A study with a questionnaire that a kit carries, and a second one about places."""
    found = new_study(FORM)
    (found.folder / "instruments" / "places.yaml").write_text(
        FORM.replace("id: t", "id: places"), "utf-8"
    )
    rewrite(found, "  - {file", "  - {file: instruments/places.yaml, unit: site}\n  - {file")
    return read_study(found.folder)


def rewrite(study: Study, before: str, after: str) -> None:
    """Change something in study.yaml."""
    path = study.folder / "study.yaml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


@pytest.fixture
def change(tmp_path: Path) -> Callable[..., Study]:
    """A function that puts a text into use as the questionnaire of a study, and returns the study."""

    def change(study: Study, text: str, name: str = "form.yaml") -> Study:
        (tmp_path / "new").mkdir(exist_ok=True)
        path = tmp_path / "new" / name
        path.write_text(text, "utf-8")
        key = custody.open_signing_key(study.signing_key, PASSPHRASE)
        changing.done(study, changing.prepared(study, str(path)), key, NOW)
        return read_study(study.folder)

    return change


Change = Callable[..., Study]


def versions(study: Study) -> list[str]:
    """Return the versions of the questionnaire t."""
    found = study.named("t")
    assert found is not None
    return [one.version for one in found.versions]


def test_a_changed_questionnaire_comes_into_use_and_the_former_stays(
    study: Study, change: Change
) -> None:
    """Its file is not touched, and study.yaml keeps every other character."""
    before = (study.folder / "study.yaml").read_text("utf-8").splitlines()
    found = change(study, version("2"))
    after = (study.folder / "study.yaml").read_text("utf-8").splitlines()
    assert versions(found) == ["1", "2"]
    assert (study.folder / "instruments" / "form.yaml").read_text("utf-8") == FORM
    differing = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert differing == [
        (
            '  - {file: "instruments/form.yaml", unit: person}',
            '  - {file: "instruments/form-2/form.yaml", former: ["instruments/form.yaml"], unit: person}',
        )
    ]


def test_a_questionnaire_changes_as_often_as_it_must(study: Study, change: Change) -> None:
    """The former versions in their order, whatever the files are called."""
    for number in ("2", "3", "4"):
        study = change(study, version(number), f"Été «{number}» #1.yaml")
    assert versions(study) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '{file: "instruments/form.yaml", unit: person}',
            "\n    # people\n    unit: person\n    file: instruments/form.yaml  # first",
        ),
        (
            '{file: "instruments/form.yaml", unit: person}',
            "file: 'instruments/form.yaml'\n    former: []\n    unit: person",
        ),
        (
            '{file: "instruments/form.yaml", unit: person}',
            '{\n      "unit": person, "file": instruments/form.yaml }',
        ),
    ],
)
def test_study_yaml_may_be_written_in_any_way(
    study: Study, change: Change, before: str, after: str
) -> None:
    """Lines or braces, any quotation marks, comments, any order."""
    rewrite(study, before, after)
    found = read_study(study.folder)
    for number in ("2", "3"):
        found = change(found, version(number))
    assert versions(found) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "entry",
    [
        '{file: "instruments/\\x66orm.yaml", unit: person}',
        "{file: instruments/form.yaml, unit: person, former: }",
    ],
)
def test_a_file_name_that_cannot_be_found_where_it_stands_is_for_the_lead_to_write(
    study: Study, change: Change, entry: str
) -> None:
    """Nothing is guessed, and study.yaml stays as it is."""
    rewrite(study, '{file: "instruments/form.yaml", unit: person}', entry)
    found = read_study(study.folder)
    with pytest.raises(Refusal, match="write each on a line"):
        change(found, version("2"))
    assert versions(read_study(study.folder)) == ["1"]


def test_former_versions_listed_a_line_each_get_one_more(study: Study, change: Change) -> None:
    """At the end of the list."""
    (study.folder / "old.yaml").write_text(version("0"), "utf-8")
    rewrite(
        study,
        '{file: "instruments/form.yaml", unit: person}',
        "file: instruments/form.yaml\n    former:\n      - old.yaml  # the pilot\n    unit: person",
    )
    assert versions(change(read_study(study.folder), version("2"))) == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (FORM, "is the questionnaire that the study has"),
        (version("1", integer="decimal"), "has a version “1” of it already"),
        (version("2").replace("id: t", "id: u"), "has no questionnaire “u”; it has: places, t"),
        (version("2", integer="intger"), "has errors; run: souspli check"),
        (
            version("2", integer="text").replace("label: A", "label: A, keep: link"),
            "records of this study have no part for one",
        ),
    ],
)
def test_what_cannot_be_a_version_is_refused(
    study: Study, change: Change, text: str, why: str
) -> None:
    """The same, the same number, another questionnaire, one with errors, one with links among none."""
    before = (study.folder / "study.yaml").read_bytes()
    with pytest.raises(Refusal, match=why):
        change(study, text)
    assert (study.folder / "study.yaml").read_bytes() == before


def test_a_former_version_does_not_come_back_under_its_number(study: Study, change: Change) -> None:
    """Versions go on in one direction: its text comes back as another one."""
    found = change(study, version("2"))
    with pytest.raises(Refusal, match="has a version “1” of it already"):
        change(found, FORM)
    assert versions(change(found, version("3"))) == ["1", "2", "3"]


def test_interviews_that_no_record_of_the_study_holds_are_refused(
    study: Study, change: Change
) -> None:
    """The size of records is the study's, and never changes."""
    many = "".join(
        f"  - {{type: text, name: t{n}, label: A, max_length: 4000}}\n" for n in range(9)
    )
    with pytest.raises(record.RecordError):
        change(study, version("2") + many)


def test_a_workbook_is_to_be_converted(study: Study, tmp_path: Path) -> None:
    """A study folder holds YAML."""
    (tmp_path / "form.xlsx").write_bytes(b"")
    with pytest.raises(Refusal, match="souspli convert"):
        changing.prepared(study, str(tmp_path / "form.xlsx"))


def test_tables_of_each_version_are_its_own(new_study: NewStudy, change: Change) -> None:
    """Changed tables do not reach the former version."""
    looking = "  - {type: calculate, name: f, calculation: \"pulldata('fees', 'fee', 'k', '1')\"}\n"
    study = new_study(FORM)
    (study.folder / "instruments" / "fees.csv").write_text("k,fee\n1,2\n", "utf-8")
    (study.folder / "instruments" / "form.yaml").write_text(FORM + looking, "utf-8")
    study = read_study(study.folder)
    new = study.folder.parent / "new"
    new.mkdir()
    (new / "fees.csv").write_text("k,fee\n1,3\n", "utf-8")
    (found,) = change(study, version("2") + looking).instruments
    assert [one.table_texts["fees"] for one in found.versions] == ["k,fee\n1,2\n", "k,fee\n1,3\n"]


def test_the_ledger_notes_it_under_the_hash_of_the_new_version(
    study: Study, change: Change
) -> None:
    """Signed by the key that signs kits."""
    found = change(study, version("2"))
    told = ledger.verified(study.ledger, study.signer)
    assert told.faults == ()
    line = told.sound[-1]
    assert (line.event, line.what, line.sha256) == (
        "change",
        "t 1 -> 2",
        found.instruments[-1].instrument.digest,
    )
    path = study.folder.parent / "new" / "form.yaml"
    path.write_text(version("3"), "utf-8")
    changed = changing.prepared(found, str(path))
    with pytest.raises(Refusal, match="is not the key"):
        changing.done(found, changed, Ed25519PrivateKey.generate(), NOW)


@pytest.mark.parametrize("step", [1, 2])
def test_what_a_crash_leaves_is_the_study_as_it_was(
    study: Study, change: Change, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Until study.yaml is written, in one go; then the same command does it."""
    write, done = write_durably, 0

    def dies(path: Path, content: bytes, mode: int = 0o600) -> None:
        nonlocal done
        done += 1
        if done == step:
            raise KeyboardInterrupt
        write(path, content, mode=mode)

    with monkeypatch.context() as patched:
        patched.setattr("export.changing.write_durably", dies)
        with pytest.raises(KeyboardInterrupt):
            change(study, version("2"))
    assert versions(read_study(study.folder)) == ["1"]
    assert versions(change(read_study(study.folder), version("2"))) == ["1", "2"]


# --- the verb -----------------------------------------------------------------------------------


def run(*arguments: str | Path) -> int:
    """Run the verb with the passphrase of the signing key."""
    parser = argparse.ArgumentParser()
    verb.describe(parser)
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE + b"\n")
    os.close(writing)
    given = [*map(str, arguments), "--passphrase-fd", str(reading)]
    try:
        return verb.run(parser.parse_args(["change-questionnaire", *given]))
    finally:
        os.close(reading)


def test_the_verb_says_what_changed_and_which_kits_to_write(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And which columns will be apart; the next kit carries the new version."""
    path = tmp_path / "new.yaml"
    path.write_text(version("2", integer="decimal") + "  - {type: text, name: b, label: B}\n")
    assert run(path, "--study", study.folder) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "a: takes another kind of answer b: is new" in told
    assert "another for what is answered from now on: a " in told
    assert "instruments/new-2/new.yaml: version 2 of t, in use from now on" in told
    assert "souspli kit L01 --study" in told
    found = read_study(study.folder)
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    carried = kit.read(kits.make(found, "L01", key)).kit.named("t")
    assert carried is not None
    assert carried.version == "2"
    assert len(devices.required(found, "L01").kits) == 2


def test_a_questionnaire_that_was_changed_in_its_place_is_put_back_first(
    study: Study, tmp_path: Path
) -> None:
    """What kits carry would be lost; nothing is written."""
    path = study.folder / "instruments" / "form.yaml"
    path.write_text(version("1a"), "utf-8")
    (tmp_path / "new.yaml").write_text(version("2"), "utf-8")
    with pytest.raises(Refusal, match="put it back as it was"):
        run(tmp_path / "new.yaml", "--study", study.folder)
    path.write_text(FORM, "utf-8")
    assert run(tmp_path / "new.yaml", "--study", study.folder) == 0
