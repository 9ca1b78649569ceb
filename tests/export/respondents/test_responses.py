"""Responses to one questionnaire among several of a study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from export.respondents import responses
from export.study import Study, read_study
from interviewer import age
from interviewer.record import Record
from surveys.check import check

NOW = datetime(2022, 5, 1, tzinfo=UTC)
HEAD = 'souspli: 1\nform: {{id: {id}, version: "1", title: One, languages: {{en: English (en)}}, default_language: en}}\n'
FIRST = HEAD.format(id="first") + (
    "choices:\n  roles: [{name: x, label: X}, {name: y, label: Y}]\n"
    "survey:\n  - {type: select_one, choices: roles, name: role, label: Role}\n"
    "  - {type: integer, name: n, label: Number}\n"
)
SECOND = HEAD.format(id="second") + (
    "choices:\n  roles: [{name: nurse, label: Nurse}]\n"
    "survey:\n  - {type: select_one, choices: roles, name: role, label: Role}\n"
    "  - {type: text, name: n, label: Words}\n"
)


def test_two_questionnaires_may_have_items_of_the_same_names(
    new_study: Callable[..., Study],
    made_of: Callable[..., Record],
    put: Callable[..., None],
    identities: Callable[[Study], Sequence[age.Identity]],
) -> None:
    """The answers to one are not read as those to the other, though the names are the same."""
    folder = new_study(FIRST).folder
    (folder / "second.yaml").write_text(SECOND, "utf-8")
    path: Path = folder / "study.yaml"
    found = path.read_text("utf-8").replace(
        "unit: person}", "unit: person}\n  - {file: second.yaml, unit: professional}"
    )
    path.write_text(found, "utf-8")
    study = read_study(folder)
    other = check(SECOND, "second.yaml").instrument
    assert other is not None
    for at, role in enumerate(("x", "y", "x")):
        put(study, study.collected, made_of(study, f"C{at}", answers={"role": role, "n": "3"}))
    stranger = made_of(
        study,
        "",
        answers={"role": "nurse", "n": "no number"},
        instrument=other.id,
        instrument_hash=other.digest,
        unit="professional",
    )
    put(study, study.collected, stranger)
    given = responses.responses(
        study, study.instruments[0], identities(study), "test", NOW, with_texts=True
    )
    assert given.unsealed.left_out == ()
    assert sorted(given.compact(given.people).tables().main["role"]) == ["x", "x", "y"]
