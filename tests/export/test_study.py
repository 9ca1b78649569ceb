"""study.yaml: every problem at once, nothing ignored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from export.study import Study, StudyError, read_study
from interviewer.kit import Rules

FORM = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
NewStudy = Callable[..., Study]


def test_a_study_written_is_a_study_read(new_study: NewStudy) -> None:
    """What `study new` writes says what it was told."""
    study = new_study(FORM)
    assert (study.id, study.is_practice, study.cell_threshold) == ("small", False, 11)
    assert [found.instrument.id for found in study.instruments] == ["t"]
    assert {role: len(keys) for role, keys in study.recipients.items()} == {
        "study": 1,
        "escrow": 1,
        "custodian": 1,
    }


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        ("souspli_study: 1", "souspli_study: 7", "not a study file of version 1"),
        ("id: small", "id: ../../x", "a study's id is made of"),
        ("cell: 11", "cel: 20", "“cel” is not a known key"),
        ("k: 5}", "k: many}", "is not a whole number"),
        ("practice: no", "practice: perhaps", "is neither yes nor no"),
        (
            "unit: person}",
            "unit: person}\n  - {file: instruments/form.yaml, unit: site}",
            "two questionnaires",
        ),
        ("unit: person", "unit: ghost", "“ghost” is not possible here"),
        ("keys/study.pub", "keys/none.pub", "there is no recipient in this file"),
        ("bucket:", "bukket:", "“bukket” is not a known key"),
        ("words: []", 'words: [""]', "a word is blank"),
        ("words: []", "words: Bellevue", "should be a list"),
        ("help_numbers: []", "help_numbers: [{label: SAMU}]", "lacks its label or its number"),
        ("help_numbers: []", "help_numbers: [{label: SAMU, nr: 15}]", "“nr” is not a known key"),
        ("attempts: 4", "attempts: 21", "is not a whole number from 1 to 20"),
        ("attempts: 4", "atempts: 4", "“atempts” is not a known key"),
        ("idle_minutes: 5", "idle_minutes: 0", "is not a whole number from 1 to 120"),
    ],
)
def test_what_is_wrong_is_named_where_it_stands(
    new_study: NewStudy, before: str, after: str, fact: str
) -> None:
    """Each mistake by its line, and none passes silently."""
    study = new_study(FORM)
    path = study.folder / "study.yaml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(StudyError, match=r"study\.yaml:\d+:\d+: ") as raised:
        read_study(study.folder)
    assert fact in str(raised.value)


def test_an_empty_study_file_says_so(new_study: NewStudy) -> None:
    """Not a blank line."""
    study = new_study(FORM)
    (study.folder / "study.yaml").write_text("", "utf-8")
    with pytest.raises(StudyError, match="the file is empty"):
        read_study(study.folder)


def test_what_kits_carry_in_private_is_read(new_study: NewStudy) -> None:
    """Words to scrub, help numbers, rules; a rule that is not given is the usual one."""
    study = new_study(FORM)
    assert (study.words, study.help_numbers, study.rules) == ((), (), Rules())
    path = study.folder / "study.yaml"
    text = path.read_text("utf-8")
    for before, after in (
        ("words: []", "words: [Hôtel du Nord, Mme Rossi]"),
        ("help_numbers: []", "help_numbers: [{label: SAMU, number: 15}]"),
        (
            "rules: {attempts: 4, open_drafts: 2, draft_days: 14, idle_minutes: 5}",
            "rules: {attempts: 6}",
        ),
    ):
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, "utf-8")
    found = read_study(study.folder)
    assert found.words == ("Hôtel du Nord", "Mme Rossi")
    assert found.help_numbers == (("SAMU", "15"),)
    assert found.rules == Rules(attempts=6)


def test_a_study_made_before_has_the_usual_rules(new_study: NewStudy) -> None:
    """A study.yaml without words, help numbers or rules is still a study."""
    study = new_study(FORM)
    path = study.folder / "study.yaml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    new = ("words:", "help_numbers:", "rules:")
    path.write_text("".join(line for line in lines if not line.startswith(new)), "utf-8")
    found = read_study(study.folder)
    assert (found.words, found.help_numbers, found.rules) == ((), (), Rules())


# --- versions -----------------------------------------------------------------------------------


def with_former(study: Study, former: str) -> Path:
    """Write former versions of the questionnaire into study.yaml, and return the folder."""
    path = study.folder / "study.yaml"
    text = path.read_text("utf-8")
    assert "unit: person}" in text
    path.write_text(text.replace("unit: person}", f"unit: person, former: {former}}}"), "utf-8")
    return study.folder


def test_former_versions_of_a_questionnaire_are_known(new_study: NewStudy) -> None:
    """The oldest first, the current one last; each by the hash that its records name."""
    study = new_study(FORM)
    for number in ("0.8", "0.9"):
        text = FORM.replace('version: "1"', f'version: "{number}"')
        (study.folder / f"{number}.yaml").write_text(text, "utf-8")
    (found,) = read_study(with_former(study, "[0.8.yaml, 0.9.yaml]")).instruments
    assert [one.version for one in found.versions] == ["0.8", "0.9", "1"]
    assert found.instrument.version == "1"
    assert [found.by_digest(one.digest) for one in found.versions] == list(found.versions)
    assert found.by_digest("0" * 64) is None


@pytest.mark.parametrize(
    ("former", "text", "fact"),
    [
        ("[gone.yaml]", None, "there is no file “gone.yaml”"),
        ("[other.yaml]", FORM, "two versions of a questionnaire have the same"),
        ("[other.yaml]", FORM.replace("label: A", "label: B"), "two versions of a questionnaire"),
        ("[other.yaml]", FORM.replace("id: t", "id: u"), "has another id"),
        ("[other.yaml]", FORM.replace("integer", "intger"), "intger"),
        ("other.yaml", FORM.replace('"1"', '"2"'), "should be a list"),
        (
            "[other.yaml, other.yaml]",
            FORM.replace('"1"', '"2"'),
            "two versions of a questionnaire have the same",
        ),
    ],
)
def test_a_former_version_that_cannot_be_one_is_named(
    new_study: NewStudy, former: str, text: str | None, fact: str
) -> None:
    """Missing, the same twice, of another questionnaire, with errors."""
    study = new_study(FORM)
    if text is not None:
        (study.folder / "other.yaml").write_text(text, "utf-8")
    with pytest.raises(StudyError, match=fact):
        read_study(with_former(study, former))


def test_what_a_former_version_sealed_for_the_custodian_still_counts(new_study: NewStudy) -> None:
    """Its records have a part for links, so all of the study's have."""
    study = new_study(FORM)
    assert not study.has_links
    text = FORM.replace("type: integer", "type: text").replace("label: A", "label: A, keep: link")
    (study.folder / "old.yaml").write_text(text.replace('"1"', '"0"'), "utf-8")
    assert read_study(with_former(study, "[old.yaml]")).has_links
