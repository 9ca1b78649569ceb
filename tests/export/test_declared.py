"""What a study declares of itself: read where it is said, named where it is wrong, absent without fuss."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from export.declared import Papers, Party, Retention
from export.study import Study, StudyError, read_study

FORM = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
CONTROLLER = "controller: {name: '', contact: ''}"
RETENTION = "retention: {link: '', data: ''}"
NewStudy = Callable[..., Study]


def changed(study: Study, before: str, after: str) -> None:
    """Write one thing otherwise in study.yaml."""
    path = study.folder / "study.yaml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_a_new_study_declares_nothing_yet(new_study: NewStudy) -> None:
    """Its study.yaml has every key, empty."""
    study = new_study(FORM)
    assert (study.controller, study.retention, study.papers) == (Party(), Retention(), Papers())
    text = (study.folder / "study.yaml").read_text("utf-8")
    for key in ("purpose", "population", "legal_basis", "ethics", "processors", "dpo", "custodian"):
        assert f"\n  {key}: {{" in text


def test_what_is_declared_is_read(new_study: NewStudy) -> None:
    """A text for each language, or one for all; whom to write to; dates."""
    study = new_study(FORM)
    changed(study, CONTROLLER, "controller: {name: Centre Exemple, contact: a@exemple.fr}")
    changed(study, RETENTION, "retention: {link: 2027-12-31, data: 2032-12-31}")
    changed(study, "purpose: {fr: '', en: ''}", "purpose: {fr: Savoir}")
    changed(study, "ethics: {fr: '', en: ''}", "ethics: CEEI 22-001")
    changed(study, "dpo: {name: '', contact: ''}", "dpo: {name: Mme Exemple}")
    found = read_study(study.folder)
    assert found.controller == Party("Centre Exemple", "a@exemple.fr")
    assert found.retention == Retention("2027-12-31", "2032-12-31")
    assert dict(found.papers.purpose) == {"fr": "Savoir"}
    assert dict(found.papers.ethics) == {"": "CEEI 22-001"}
    assert found.papers.dpo == Party("Mme Exemple", "")
    assert found.papers.population == {}


def test_a_study_made_before_has_none_of_it(new_study: NewStudy) -> None:
    """A study.yaml without these keys is still a study."""
    study = new_study(FORM)
    path = study.folder / "study.yaml"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    new = ("controller:", "retention:", "papers:", "  ")
    path.write_text(
        "".join(
            line for line in lines if not line.startswith(new) or "- {file" in line or "[" in line
        ),
        "utf-8",
    )
    found = read_study(study.folder)
    assert (found.controller, found.retention, found.papers) == (Party(), Retention(), Papers())


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        (CONTROLLER, "controller: Centre", "should be a map"),
        (CONTROLLER, "controller: {nom: Centre}", "“nom” is not a known key"),
        (RETENTION, "retention: {link: 31/12/2027}", "“31/12/2027” is not a date"),
        (RETENTION, "retention: {link: 2027-02-30}", "“2027-02-30” is not a date"),
        (RETENTION, "retention: {link: 20271231}", "“20271231” is not a date"),
        (RETENTION, "retention: {links: 2027-12-31}", "“links” is not a known key"),
        (
            RETENTION,
            "retention: {link: 2030-01-01, data: 2029-12-31}",
            "the link would be kept longer than the data",
        ),
        ("purpose: {fr: '', en: ''}", "purpose: [a]", "should be a map"),
        ("purpose: {fr: '', en: ''}", "porpose: a", "“porpose” is not a known key"),
        ("dpo: {name: '', contact: ''}", "dpo: {mail: a}", "“mail” is not a known key"),
    ],
)
def test_what_is_wrong_is_named_where_it_stands(
    new_study: NewStudy, before: str, after: str, fact: str
) -> None:
    """By its line, with a remedy."""
    study = new_study(FORM)
    changed(study, before, after)
    with pytest.raises(StudyError, match=r"study\.yaml:\d+:\d+: .+: .+; .+") as raised:
        read_study(study.folder)
    assert fact in str(raised.value)


@pytest.mark.parametrize(
    "dates", ["{link: 2027-12-31}", "{data: 2027-12-31}", "{link: 2027-12-31, data: 2027-12-31}"]
)
def test_one_date_may_be_missing_and_both_may_be_the_same(new_study: NewStudy, dates: str) -> None:
    """Only a link kept longer than the data is refused."""
    study = new_study(FORM)
    changed(study, RETENTION, f"retention: {dates}")
    assert "2027-12-31" in (
        read_study(study.folder).retention.link + read_study(study.folder).retention.data
    )
