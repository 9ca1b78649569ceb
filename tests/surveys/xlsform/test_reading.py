"""A workbook read as a questionnaire: what it becomes, what is lost, and where each problem stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from surveys import yamlwriter
from surveys.instrument import Group, Instrument, Question
from surveys.load import Loaded
from surveys.problems import Problem
from surveys.xlsform import read, workbook

Book = Callable[[str], bytes]
CheckedBook = Callable[[str], Loaded]
XForm = Callable[[bytes], str]
ThroughYaml = Callable[[bytes], tuple[Instrument, str, tuple[Problem, ...]]]

SETTINGS = """
| settings | form_id | form_title | version |
|          | f       | F          | 1       |
"""
CHOICES = """
| choices | list_name | name | label |
|         | yn        | 1    | Yes   |
|         | yn        | 0    | No    |
"""


def said(loaded: Loaded, *checks: str) -> list[str]:
    """Return each problem of the checks, from its sheet on."""
    return [
        str(problem).removeprefix("form.xlsx:")
        for problem in loaded.problems
        if problem.check in checks
    ]


def question(instrument: Instrument, name: str) -> Question:
    """Return the question of that name."""
    return next(found for found in instrument.questions() if found.name == name)


def test_a_form_reads_as_a_person_would_write_it(book: Book) -> None:
    """Sections nest, choices stand on a line, languages are maps by code."""
    content = book(
        """
| survey  | type          | name | label::Français (fr) | label::English (en) | relevant | required |
|         | begin group   | g    | Vous                 | You                 |          |          |
|         | select_one yn | a    | Oui ?                | Yes?                |          | yes      |
|         | text          | b    | Quoi ?               | What?               | ${a} = 1 |          |
|         | end group     |      |                      |                     |          |          |
| choices | list_name | name | label::Français (fr) | label::English (en) |
|         | yn        | 1    | Oui                  | Yes                 |
|         | yn        | 0    | Non                  | No                  |
| settings | form_id | form_title | version | default_language |
|          | f       | F          | 2026.1  | Français (fr)    |
"""
    )
    tree, problems = read(content, "form.xlsx")
    assert problems == ()
    assert tree.root is not None
    assert (
        yamlwriter.written(tree.root)
        == """\
souspli: 1

form:
  id: f
  version: 2026.1
  title: F
  languages: {fr: Français (fr), en: English (en)}
  default_language: fr

choices:
  yn:
    - {name: 1, label: {fr: Oui, en: Yes}}
    - {name: 0, label: {fr: Non, en: No}}

survey:
  - type: group
    name: g
    label: {fr: Vous, en: You}
    questions:
      - type: select_one
        choices: yn
        name: a
        label: {fr: "Oui ?", en: "Yes?"}
        required: yes
      - type: text
        name: b
        label: {fr: "Quoi ?", en: "What?"}
        relevant: ${a} = 1
"""
    )


def test_every_problem_names_its_cell(checked_book: CheckedBook) -> None:
    """What loading and checking find in a workbook stands at sheet, column and row."""
    loaded = checked_book(
        """
| survey  | type           | name | label    | relevant  | constraint |
|         | begin group    | g    | G        |           |            |
|         | integr         | a    | A        |           |            |
|         | select_one no  | b    | B ${zz}  |           | . >        |
|         | text           | a    | A        | ${yy} = 1 |            |
|         | end repeat     |      |          |           |            |
|         |                | c    | C        |           |            |
|         | rank yn        | d    | D        |           |            |
|         | begin repeat   | r    | R        |           |            |
| choices | list_name | name | label |
|         | yn        | 1    | Yes   |
|         | yn        | 1    | No    |
"""
    )
    places = {str(problem.place).removeprefix("form.xlsx:") for problem in loaded.problems}
    assert places >= {
        "survey!A2", "survey!A3", "survey!A4", "survey!C4", "survey!E4", "survey!B5", "survey!D5",
        "survey!A6", "survey!B7", "survey!A8", "survey!A9", "choices!B3",
    }  # fmt: skip


def test_identifying_metadata_is_dropped_by_name(checked_book: CheckedBook) -> None:
    """What names a device is on the loss list; where something reads it, a blank value stands."""
    loaded = checked_book(
        """
| survey | type     | name | label        |
|        | deviceid | dev  |              |
|        | username | user |              |
|        | audit    |      |              |
|        | comments | said |              |
|        | caseid   | case |              |
|        | text     | a    | Hello ${dev} ${case} |
"""
        + SETTINGS
    )
    assert said(loaded, "loss") == [
        "survey!A2: dev: “deviceid” identifies a device, a person or a place: it becomes a blank value; "
        "no longer read it",
        "survey!A3: user: “username” identifies a device, a person or a place: it is not carried",
        "survey!A4: “audit” identifies a device, a person or a place: it is not carried",
        "survey!A5: said: “comments” tells of the interview: it is not carried, a record tells what it "
        "must",
        "survey!A6: case: “caseid” tells of the interview: it becomes a blank value; no longer read it",
    ]
    assert loaded.instrument is not None
    assert [found.kind for found in loaded.instrument.questions()] == ["hidden", "hidden", "text"]


def test_what_a_terminal_cannot_hold_becomes_a_note(book: Book, through_yaml: ThroughYaml) -> None:
    """The note says so in each language of the form; a condition that reads it reads a blank."""
    instrument, _text, losses = through_yaml(
        book(
            """
| survey | type     | name | label::Français (fr) | label::English (en) | required | relevant     |
|        | geopoint | gp   | Où ?                 | Where?              | yes      |              |
|        | image    | im   |                      |                     |          | ${gp} != ''  |
"""
            + SETTINGS
        )
    )
    where, photo = instrument.questions()
    assert where.kind == "note"
    assert where.required is None
    assert dict(where.label.by_language) == {
        "fr": "Où ? (non demandé ici : geopoint)",
        "en": "Where? (not asked here: geopoint)",
    }
    assert dict(photo.label.by_language) == {
        "fr": "(non demandé ici : image)",
        "en": "(not asked here: image)",
    }
    assert [problem.subject for problem in losses] == ["gp", "im"]


def test_nothing_a_sheet_holds_goes_without_a_word(checked_book: CheckedBook) -> None:
    """Disabled rows, rows without type, columns without name, other sheets: each is on the list."""
    loaded = checked_book(
        """
| survey   | type | name | label | disabled | save_to |   | notes   |
|          | text | a    | A     |          | prop    | x |         |
|          | text | b    | B     | yes      |         |   |         |
|          |      |      |       |          |         |   | comment |
|          | begin group | g | G |          |         |   |         |
|          | text | c    | C     |          |         |   |         |
|          | end group |  |      |          |         |   |         |
| choices  | list_name | name | label |
|          |           | 1    | Yes   |
| entities | list_name | label |
|          | people    | ${a}  |
| settings | form_id | form_title | version |
|          | f       | F          | 1       |
|          | again   |            |         |
"""
    )
    assert said(loaded, "loss") == [
        "entities!A1: the sheet “entities” is not carried",
        "choices!B2: the row names no list: it is not carried",
        "survey!E2: what is saved to entities is not carried",
        "survey!F2: the column has no name: what stands in it is not carried; name it in the first row",
        "settings!A3: only the first row of settings counts: this one is not carried",
        "survey!A3: b: the row is disabled and not carried",
        "survey!G4: the row has no type and no name: it is not carried",
    ]


def test_two_columns_that_mean_the_same_are_refused(checked_book: CheckedBook) -> None:
    """Which of the two counts is not for us to say."""
    loaded = checked_book(
        "| survey | type | name | label | relevant | relevance |\n| | text | a | A | 1=1 | |"
    )
    assert said(loaded, "column") == [
        "survey!E1: column “relevance” means the same as column “relevant”; keep one of the two"
    ]


def test_a_filter_by_a_column_of_another_meaning_is_refused(checked_book: CheckedBook) -> None:
    """A column `code` of theirs is not what is typed here: what reads it is told, else it is kept."""
    choices = (
        "| choices | list_name | name | label | code |\n| | l | a | A | 7 |\n| | l | b | B | 7 |\n"
    )
    form = "| survey | type | name | label | choice_filter |\n| | select_one l | a | A | {} |\n"
    kept = checked_book(form.format("") + choices + SETTINGS)
    assert said(kept, "column") == []
    assert kept.instrument is not None
    assert [choice.code for choice in kept.instrument.lists["l"].rows] == ["1", "2"]
    refused = checked_book(form.format("code = 7") + choices + SETTINGS)
    assert said(refused, "column") == [
        "survey!D2: the column “code” of choices has another meaning here; "
        "rename it in both sheets, for example to code_1"
    ]


def test_names_that_may_be_left_out(book: Book, through_yaml: ThroughYaml) -> None:
    """A note gets the name pyxform gives it; a form that of its file; its version is asked for."""
    content = book("| survey | type | label |\n| | note | Hello |\n")
    instrument, _text, _losses = through_yaml(content)
    assert [item.name for item, _around in instrument.items()] == ["generated_note_name_2"]
    assert (instrument.id, instrument.version) == ("data", "")
    _tree, problems = read(content, "data.xlsx")
    assert [problem.fact for problem in problems] == ["the form has no version"]


def test_a_workbook_of_one_sheet_is_a_survey(book: Book, through_yaml: ThroughYaml) -> None:
    """Whatever its sheet is called, as other tools have it."""
    instrument, _text, _losses = through_yaml(
        book("| Sheet1 | type | name | label |\n| | text | a | A |\n")
    )
    assert [found.name for found in instrument.questions()] == ["a"]


def test_several_sheets_without_a_survey_are_refused(checked_book: CheckedBook) -> None:
    """The problem says how to call the sheet."""
    loaded = checked_book(CHOICES + SETTINGS)
    assert loaded.instrument is None
    assert {str(problem) for problem in loaded.problems} == {
        "form.xlsx:1:1: there is no sheet “survey”; name the sheet of the questions so"
    }


def test_a_language_without_code_has_its_letters(book: Book, through_yaml: ThroughYaml) -> None:
    """Two languages never share a code."""
    instrument, _text, _losses = through_yaml(
        book(
            "| survey | type | name | label::English | label::Français (fr) | hint::Français FR (fr) "
            "| label::العربية |\n| | text | a | A | B | C | D |\n"
        )
    )
    assert dict(instrument.languages) == {
        "english": "English",
        "fr": "Français (fr)",
        "fr_2": "Français FR (fr)",
        "العربية": "العربية",
    }


def test_or_other_becomes_a_choice_and_a_question(book: Book, through_yaml: ThroughYaml) -> None:
    """Both can be seen and changed; left as they are, they go back as or_other."""
    instrument, _text, _losses = through_yaml(
        book("| survey | type | name | label |\n| | select_one yn or_other | a | A |\n" + CHOICES)
    )
    assert [choice.name for choice in instrument.lists["yn"].rows] == ["1", "0", "other"]
    asked = question(instrument, "a_other")
    assert asked.relevant is not None
    assert asked.relevant.text == "selected(${a}, 'other')"


def test_repeats_nest(book: Book, through_yaml: ThroughYaml) -> None:
    """A repeat in a repeat keeps its count and what stands in it."""
    instrument, _text, _losses = through_yaml(
        book(
            """
| survey | type         | name | label | repeat_count |
|        | integer      | n    | N     |              |
|        | begin repeat | r    | R     | ${n}         |
|        | begin_repeat | s    | S     | 2            |
|        | text         | t    | T     |              |
|        | end_repeat   |      |       |              |
|        | end repeat   |      |       |              |
"""
        )
    )
    outer = instrument.survey[1]
    assert isinstance(outer, Group)
    inner = outer.questions[0]
    assert isinstance(inner, Group)
    assert outer.repeat_count is not None
    assert inner.repeat_count is not None
    assert (outer.repeat_count.text, inner.repeat_count.text) == ("${n}", "2")
    assert [item.name for item in inner.questions] == ["t"]


def test_a_repeat_that_may_go_on_is_told_to_end(
    book: Book, checked_book: CheckedBook, through_yaml: ThroughYaml
) -> None:
    """Unless it says how often at most, or is asked a few times; what it says goes out again."""
    form = """
| survey | type         | name | label | repeat_count | bind::souspli:repeat_max |
|        | integer      | n    | N     |              |                          |
|        | begin repeat | r    | R     | ${n}         |                          |
|        | text         | a    | A     |              |                          |
|        | end repeat   |      |       |              |                          |
|        | begin repeat | s    | S     | 3            |                          |
|        | text         | b    | B     |              |                          |
|        | end repeat   |      |       |              |                          |
|        | begin repeat | t    | T     | ${n}         | 10                       |
|        | text         | c    | C     |              |                          |
|        | end repeat   |      |       |              |                          |
"""
    assert said(checked_book(form + SETTINGS), "loss") == [
        "survey!A3: r: it is asked 10 times at most, however many there are; "
        "write “repeat_max” with the most there can be"
    ]
    instrument, _text, _losses = through_yaml(book(form))
    content, _problems = workbook(instrument)
    _back, text, losses = through_yaml(content)
    assert [problem.subject for problem in losses] == ["r"]
    assert text.count("repeat_max: 10") == 1


def test_the_head_of_a_grid_is_shown_and_never_asked(
    book: Book, xform: XForm, through_yaml: ThroughYaml
) -> None:
    """A select of appearance `label` shows its choices above others; nobody answers it."""
    original = book(
        """
| survey | type          | name | label           | appearance   | required |
|        | select_one yn | head | Do you have     | label        | yes      |
|        | select_one yn | a    | a radio         | list-nolabel | yes      |
|        | select_one yn | b    | labels at home? | minimal      |          |
"""
        + CHOICES
    )
    instrument, _text, losses = through_yaml(original)
    head, first, last = instrument.questions()
    assert [head.kind, first.kind, last.kind] == ["note", "select_one", "select_one"]
    assert dict(head.label.by_language) == {"": "Do you have"}
    assert losses == ()
    assert xform(workbook(instrument)[0]) == xform(original)


@pytest.mark.parametrize("cell", ["{fr: a, fr: b}", "[", '"a'])
def test_yaml_in_a_cell_that_is_none_is_named(checked_book: CheckedBook, cell: str) -> None:
    """A cell of our own that begins with a bracket or a quote is YAML, and its problem is the cell's."""
    loaded = checked_book(
        f"| survey | type | name | label | bind::souspli:keep |\n| | text | a | A | {cell} |\n"
    )
    assert any(str(problem.place) == "form.xlsx:survey!D2" for problem in loaded.problems)
