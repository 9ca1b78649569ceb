"""An instrument written as a workbook: what is in its cells, and what other tools will not do."""

from __future__ import annotations

import io
from collections.abc import Callable
from operator import attrgetter

from python_calamine import load_workbook

from surveys.instrument import Instrument
from surveys.load import load
from surveys.problems import Problem
from surveys.xlsform import workbook

XForm = Callable[[bytes], str]
ThroughYaml = Callable[[bytes], tuple[Instrument, str, tuple[Problem, ...]]]

FORM = """\
souspli: 1
form:
  id: f
  version: "1"
  title: {fr: Enquête, en: Survey}
  description: {fr: "Pour voir", en: "{to see}"}
  languages: {fr: Français, en: English (en)}
  default_language: fr
  population: 500
  refused_when: ${ok} = 2
  accept: {unique: "asked of everybody"}
nonresponse: [refused]
choices:
  yn:
    - {name: 1, label: {fr: Oui, en: Yes}}
    - {name: 2, label: {fr: Non, en: No}}
    - {name: z, code: 9, exclusive: true, label: {fr: Rien, en: None}, part: a}
    - {name: -99, label: {fr: Refus, en: Refused}, nonresponse: refused}
survey:
  - {type: select_one, choices: yn, name: ok, nonresponse: [], label: {fr: D'accord ?, en: Agree?}}
  - type: group
    name: g
    self_completed: yes
    label: {fr: G, en: G}
    questions:
      - type: integer
        name: age
        keep: {bands: [15, 18, 25]}
        identifying: quasi
        sensitive: yes
        soft_constraint: . < 99
        soft_constraint_message: {fr: "Sûr ?", en: "Sure: ${ok}?"}
        show_card: 3
        minimum_seconds: 5
        label: {fr: Âge, en: Age}
      - {type: text, name: town, keep: {prefix: 2}, max_length: 5, label: {fr: Ville, en: Town}}
      - {type: text, name: link, keep: link, label: {fr: Code, en: Code}, accept: {identity: "why"}}
      - {type: text, name: card, format: card_code, keep: link, label: {fr: Carte, en: Card}}
  - type: repeat
    name: r
    repeat_max: 4
    label: {fr: R, en: R}
    questions:
      - {type: select_one, choices: yn, name: b, keep: {codes: {"1": a, "2": b}}, label: {fr: B, en: B}}
      - {type: calculate, name: c, calculation: "if(nonresponse(${age}) = 'refused', 1, 2)"}
"""


def instrument(source: str) -> Instrument:
    """Return the instrument of a source."""
    found = load(source, "f.yaml")
    assert found.instrument is not None
    assert not found.problems
    return found.instrument


def test_all_our_own_keys_come_back(through_yaml: ThroughYaml, xform: XForm) -> None:
    """What XLSForm has no column for goes through a workbook, and pyxform takes it."""
    form = instrument(FORM)
    content, _losses = workbook(form)
    assert "souspli:keep=" in xform(content)
    assert 'souspli:format="card_code"' in xform(content)
    back, _text, losses = through_yaml(content)
    assert losses == ()
    assert dict(back.title.by_language) == {"fr": "Enquête", "en": "Survey"}
    assert dict(back.description.by_language) == {"fr": "Pour voir", "en": "{to see}"}
    assert dict(back.languages) == dict(form.languages)
    assert back.refused_when == form.refused_when
    assert back.accept == form.accept
    own = attrgetter(
        *"name keep nonresponse identifying sensitive max_length format show_card".split()
    )
    assert list(map(own, back.questions())) == list(map(own, form.questions()))
    assert [
        (choice.name, choice.code, choice.exclusive, choice.nonresponse, dict(choice.columns))
        for choice in back.lists["yn"].rows
    ] == [
        (choice.name, choice.code, choice.exclusive, choice.nonresponse, dict(choice.columns))
        for choice in form.lists["yn"].rows
    ]
    again, _losses = workbook(back)
    assert again == content


def test_the_sheets_begin_with_what_a_reader_looks_for() -> None:
    """Type, name and labels come first, our own columns last."""
    content, _losses = workbook(instrument(FORM))
    with load_workbook(io.BytesIO(content)) as book:
        header = book.get_sheet_by_name("survey").to_python()[0]
        listed = book.get_sheet_by_name("choices").to_python()[0]
    assert header[:4] == ["type", "name", "label::Français", "label::English (en)"]
    assert listed[:3] == ["list_name", "name", "label::Français"]
    first_own = next(at for at, name in enumerate(header) if str(name).startswith("bind::souspli:"))
    assert all(str(name).startswith("bind::souspli:") for name in header[first_own:])


def test_what_other_tools_will_not_do_is_said_once() -> None:
    """Reduction, card codes, refusals and soft constraints mean nothing to them; nonresponse() stops them."""
    _content, losses = workbook(instrument(FORM))
    lines = FORM.splitlines()
    assert {
        problem.subject: lines[problem.place.line - 1].split(":")[0].strip(" -{")
        for problem in losses
    } == {
        "nonresponse": "type",
        "g": "self_completed",
        "keep": "keep",
        "soft_constraint": "soft_constraint",
        "format": "type",
        "c": "type",
    }
    assert len(losses) == 6
    assert {(problem.check, problem.severity) for problem in losses} == {("loss", "warning")}


def test_comments_are_on_the_loss_list() -> None:
    """A workbook has no place for them; the first is pointed at."""
    plain = 'souspli: 1\n# why\nform: {id: f, version: "1", title: F}\n'
    survey = "survey:\n  - {type: note, name: a, label: A}\n"
    _content, losses = workbook(instrument(plain + survey))
    assert [str(problem) for problem in losses] == [
        "f.yaml:2:1: the comments of the file are not carried"
    ]


def test_a_text_too_long_for_a_cell_is_an_error() -> None:
    """A workbook that is not whole is not written: the caller sees an error."""
    survey = f"survey:\n  - {{type: note, name: a, label: {'x' * 33_000}}}\n"
    _content, problems = workbook(
        instrument('souspli: 1\nform: {id: f, version: "1", title: F}\n' + survey)
    )
    assert [(problem.check, problem.severity) for problem in problems] == [("size", "error")]


def test_a_placeholder_whose_words_were_changed_goes_back_as_changed(
    through_yaml: ThroughYaml,
) -> None:
    """Only what says that it is not asked here is taken off the label."""
    source = (
        'souspli: 1\nform: {id: f, version: "1", title: F}\nsurvey:\n'
        "  - {type: note, name: a, label: Draw it on paper, xlsform_type: image}\n"
    )
    content, _losses = workbook(instrument(source))
    back, _text, _losses = through_yaml(content)
    assert [found.label.by_language[""] for found in back.questions()] == [
        "Draw it on paper (not asked here: image)"
    ]
