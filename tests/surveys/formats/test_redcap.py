"""The REDCap data dictionary: what every row must be, and one row of each kind."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest

from surveys.formats.redcap import COLUMNS, dictionary
from surveys.instrument import Instrument, Question

InstrumentOf = Callable[[str], Instrument]
Rows = dict[str, dict[str, str]]

BRANCHING = "Branching Logic (Show field only if...)"
CHOICES = "Choices, Calculations, OR Slider Labels"
TYPE = "Text Validation Type OR Show Slider Number"


def rows_of(instrument: Instrument) -> Rows:
    text, _losses = dictionary(instrument)
    found = list(csv.DictReader(io.StringIO(text)))
    assert len({row["Variable / Field Name"] for row in found}) == len(found)
    return {row["Variable / Field Name"]: row for row in found}


def losses_of(instrument: Instrument) -> list[str]:
    return [f"{loss.subject}: {loss.fact}" for loss in dictionary(instrument)[1]]


def short(row: dict[str, str]) -> dict[str, str]:
    """Return the columns that are filled, without the name and the form."""
    left_out = {"Variable / Field Name", "Form Name"}
    return {column: value for column, value in row.items() if value and column not in left_out}


# --- laws ---------------------------------------------------------------------------------------


def test_a_dictionary_is_one_redcap_takes(shipped_instrument: Instrument) -> None:
    """18 columns; the record's key first; names as REDCap wants them; each form in one piece."""
    rows = rows_of(shipped_instrument)
    assert len(COLUMNS) == 18
    assert next(iter(rows)) == "record_id"
    assert all(re.fullmatch(r"[a-z](_?[a-z0-9])*", name) for name in rows)
    forms = [row["Form Name"] for row in rows.values()]
    changes = [one for one, before in zip(forms, ["", *forms], strict=False) if one != before]
    assert len(changes) == len(set(changes))


def test_every_question_has_a_field_and_every_choice_a_code(
    shipped_instrument: Instrument,
) -> None:
    """None is left out, whatever it is."""
    rows = rows_of(shipped_instrument)
    questions = [item for item, _a in shipped_instrument.items() if isinstance(item, Question)]
    assert len(rows) == len(questions) + 1
    for question in questions:
        if question.choices:
            said = rows[question.name][CHOICES].split(" | ")
            assert [one.partition(", ")[0] for one in said] == [
                choice.name for choice in question.choices.rows
            ]


def test_what_is_branched_on_is_there(shipped_instrument: Instrument) -> None:
    """Each [field] is a field, and each [field(code)] one of its boxes or a non-response."""
    rows = rows_of(shipped_instrument)
    for row in rows.values():
        calculated = row[CHOICES] if row["Field Type"] == "calc" else ""
        for name, code in re.findall(r"\[(\w+)(?:\(([^)]+)\))?\]", row[BRANCHING] + calculated):
            codes = [one.partition(", ")[0] for one in rows[name][CHOICES].split(" | ")]
            assert (code in codes) if code else rows[name]["Field Type"] != "checkbox"
        assert "${" not in row[BRANCHING] + calculated


def test_every_answer_that_is_reduced_is_on_the_loss_list(shipped_instrument: Instrument) -> None:
    """REDCap would store it whole: nobody may find that out afterwards."""
    told = losses_of(shipped_instrument)
    for question in shipped_instrument.questions():
        if question.keep.is_reduction and question.kind != "note":
            wanted = f"{question.name}: REDCap stores the answer whole"
            assert any(loss.startswith(wanted) for loss in told)


def test_losses_are_warnings_with_a_place(shipped_instrument: Instrument) -> None:
    """They are printed whole, in the order of the file."""
    _text, losses = dictionary(shipped_instrument)
    assert {(loss.check, loss.severity) for loss in losses} == {("loss", "warning")}
    assert list(losses) == sorted(losses, key=lambda loss: (loss.place, loss.check, loss.fact))


def test_the_same_questionnaire_gives_the_same_dictionary(shipped_instrument: Instrument) -> None:
    """Byte for byte."""
    assert dictionary(shipped_instrument) == dictionary(shipped_instrument)


# --- examples -----------------------------------------------------------------------------------

FORM = """\
choices:
  yes_no: [{name: 1, label: {fr: Oui, en: Yes}}, {name: 2, label: {fr: Non, en: No}}]
  drugs:
    - {name: crack, label: {fr: "Crack | caillou", en: Crack}}
    - {name: none, label: {fr: Aucun, en: None}, exclusive: true}
survey:
  - type: %s
    name: x
    label: {fr: "Un\\n deux", en: One}
%s
"""


@pytest.mark.parametrize(
    ("kind", "lines", "row"),
    [
        ("text", "max_length: 40", {"Field Type": "text", "Field Annotation": "@CHARLIMIT=40"}),
        ("text", "appearance: multiline", {"Field Type": "notes"}),
        (
            "integer",
            "constraint: . >= 0 and . < 30\nhint: {fr: Jours, en: Days}\nrequired: yes",
            {
                "Field Type": "text",
                TYPE: "integer",
                "Text Validation Min": "0",
                "Text Validation Max": "29",
                "Field Note": "Jours",
                "Required Field?": "y",
            },
        ),
        ("decimal", "constraint: . > 0", {"Field Type": "text", TYPE: "number"}),
        (
            "decimal",
            "soft_constraint: . <= 9.5",
            {"Field Type": "text", TYPE: "number", "Text Validation Max": "9.5"},
        ),
        (
            "range",
            "parameters: start=0 end=10 step=1",
            {
                "Field Type": "text",
                TYPE: "integer",
                "Text Validation Min": "0",
                "Text Validation Max": "10",
            },
        ),
        (
            "date",
            "constraint: . <= today()",
            {"Field Type": "text", TYPE: "date_dmy", "Text Validation Max": "today"},
        ),
        ("time", "", {"Field Type": "text", TYPE: "time"}),
        ("dateTime", "", {"Field Type": "text", TYPE: "datetime_dmy"}),
        ("select_one yes_no", "", {"Field Type": "radio", CHOICES: "1, Oui | 2, Non"}),
        (
            "select_one yes_no",
            "appearance: minimal\ndefault: 2",
            {
                "Field Type": "dropdown",
                CHOICES: "1, Oui | 2, Non",
                "Field Annotation": "@DEFAULT='2'",
            },
        ),
        (
            "select_multiple drugs",
            "",
            {
                "Field Type": "checkbox",
                CHOICES: "crack, Crack / caillou | none, Aucun",
                "Field Annotation": "@NONEOFTHEABOVE='none'",
            },
        ),
        ("acknowledge", "", {"Field Type": "radio", CHOICES: "OK, OK"}),
        ("note", "", {"Field Type": "descriptive"}),
        (
            "calculate",
            "calculation: 2 * 3",
            {"Field Type": "calc", CHOICES: "(2 * 3)", "Field Annotation": "@HIDDEN"},
        ),
        (
            "calculate",
            "calculation: concat(1, 2)",
            {"Field Type": "text", "Field Annotation": "@HIDDEN"},
        ),
        (
            "today",
            "",
            {"Field Type": "text", TYPE: "date_dmy", "Field Annotation": "@TODAY @HIDDEN"},
        ),
        (
            "hidden",
            "default: fixed",
            {"Field Type": "text", "Field Annotation": "@DEFAULT='fixed' @HIDDEN"},
        ),
        ("text", "identifying: direct\nkeep: never", {"Field Type": "text", "Identifier?": "y"}),
    ],
)
def test_the_row_of_each_kind(
    instrument_of: InstrumentOf, kind: str, lines: str, row: dict[str, str]
) -> None:
    """Type, validation, limits, choices, action tags."""
    indented = "\n".join(f"    {line}" for line in lines.splitlines())
    found = short(rows_of(instrument_of(FORM % (kind, indented)))["x"])
    assert found.pop("Field Label") == "Un\n deux"
    assert found == row


REPEATS = """\
survey:
  - {type: integer, name: n, label: {fr: n, en: n}}
  - type: group
    name: g
    label: {fr: Partie, en: Part}
    relevant: ${n} > 0
    questions:
      - type: repeat
        name: child
        label: {fr: Enfant, en: Child}
        hint: {fr: Chacun, en: Each}
        questions:
          - {type: integer, name: age, label: {fr: "Âge", en: Age}}
          - type: repeat
            name: toy
            label: {fr: Jouet, en: Toy}
            questions: [{type: text, name: word, label: {fr: Mot, en: Word}}]
          - {type: integer, name: size, label: {fr: Taille, en: Size}, relevant: "${age} > 3"}
      - {type: integer, name: after, label: {fr: "Après ${n}", en: After}}
  - {type: integer, name: Sum.of, label: {fr: s, en: s}, relevant: "sum(${age}) > 1"}
"""


def test_a_repeat_is_a_form_of_its_own(instrument_of: InstrumentOf) -> None:
    """What follows it goes on on another form; a repeat in a repeat stands after it."""
    rows = rows_of(instrument_of(REPEATS))
    assert [(row["Form Name"], name) for name, row in rows.items()] == [
        ("survey", "record_id"),
        ("survey", "n"),
        ("child", "age"),
        ("child", "size"),
        ("toy", "word"),
        ("survey_2", "after"),
        ("survey_2", "sum_of"),
    ]
    assert rows["size"][BRANCHING] == (
        "(([n] <> '' and [n] <> 'refused' and [n] <> 'dont_know' and [n] > 0) and "
        "([age] <> '' and [age] <> 'refused' and [age] <> 'dont_know' and [age] > 3))"
    )
    assert rows["age"]["Section Header"] == "Partie – Enfant"
    assert rows["after"]["Field Label"] == "Après [n]"


def test_what_repeats_cannot_say_is_lost_by_name(instrument_of: InstrumentOf) -> None:
    """The project repeats, not its dictionary; sums over rounds are ours."""
    told = losses_of(instrument_of(REPEATS))
    assert (
        "child: is the form child in REDCap, whose dictionary does not say that it repeats" in told
    )
    assert "toy: REDCap has no repeat in a repeat: its rounds are those of the whole record" in told
    assert "child: the hint of a group has no place in REDCap" in told
    assert "Sum.of: is called sum_of in REDCap" in told
    assert "Sum.of: “relevant” cannot be said in REDCap: the field goes without" in told


MATRIX = """\
choices:
  often: [{name: 1, label: Souvent}, {name: 2, label: Jamais}]
survey:
  - {type: select_one, choices: often, name: a, label: A}
  - {type: select_one, choices: often, name: b, label: B}
  - {type: select_one, choices: often, name: c, label: C}
  - {type: select_one, choices: often, name: d, label: D, hint: Lire}
  - {type: select_one, choices: often, name: e, label: E, relevant: "${a} = 1"}
  - {type: select_one, choices: often, name: f, label: F, relevant: "${a} = 1"}
"""


def test_three_questions_of_one_list_in_a_row_are_a_matrix(instrument_of: InstrumentOf) -> None:
    """Under one condition, in one group, without notes, which a matrix does not show."""
    rows = rows_of(instrument_of(MATRIX))
    assert {name for name, row in rows.items() if row["Matrix Group Name"]} == {"a", "b", "c"}


LOSSES = """\
nonresponse: [refused, not_applicable]
choices:
  codes: [{name: a, label: A, code: 7, region: north}, {name: b/c, label: B}]
survey:
  - type: select_one
    choices: codes
    name: x
    label: X
    choice_filter: region = 'north'
    show_card: 3
    appearance: quick
    body::mine: yes
  - {type: integer, name: y, label: Y, constraint: ". mod 2 = 0", required: "${x} = 'a'"}
  - {type: decimal, name: z, label: Z, constraint: ". <= 9 and . != 4"}
  - {type: calculate, name: r, calculation: "round(${z}, 1)"}
  - {type: text, name: w, label: W, keep: as_given, read_only: "${y} = 2", default: "${x}"}
  - {type: text, name: k, label: K, format: card_code, keep: never, nonresponse: []}
"""


@pytest.mark.parametrize(
    "loss",
    [
        "codes: choice “b/c” has the code b_c in REDCap",
        "codes: “code” has no place in REDCap",
        "codes: “region” has no place in REDCap",
        "form: a dictionary has one language: these are left out: en",
        "form: the codes of non-response are settings of a project, not of its dictionary",
        "form: REDCap lets an answer beyond its limits stand when it is confirmed",
        "form: “version” has no place in REDCap",
        "k: “format” has no place in REDCap",
        "k: REDCap stores the answer whole: “keep: never” is lost",
        "r: REDCap rounds the half of a negative number down: −1.5 to −2, here to −1",
        "w: “default” cannot be said in REDCap: the field goes without",
        "w: “read_only” cannot be said in REDCap: the field goes without",
        "x: appearance “quick” has no place in REDCap",
        "x: “body::mine” has no place in REDCap",
        "x: “choice_filter” cannot be said in REDCap: the field goes without",
        "x: “show_card” has no place in REDCap",
        "y: REDCap cannot check this",
        "y: “required” cannot be said in REDCap: the field goes without",
        "z: REDCap checks only part of it",
    ],
)
def test_each_loss_is_told(instrument_of: InstrumentOf, loss: str) -> None:
    """By name, fact and, where there is one, remedy."""
    assert loss in losses_of(instrument_of(LOSSES))


def test_the_losses_above_are_all(instrument_of: InstrumentOf) -> None:
    """No item of the form is told more than it loses."""
    assert len(losses_of(instrument_of(LOSSES))) == 19


def test_missing_data_codes_are_those_the_conditions_use(instrument_of: InstrumentOf) -> None:
    """The remedy is a line to copy into the project's settings."""
    _text, losses = dictionary(instrument_of(LOSSES))
    remedies = [loss.remedy for loss in losses if "Missing Data Codes" in loss.remedy]
    assert remedies == [
        "enter these Missing Data Codes: refused, the person refused to answer | "
        "not_applicable, does not apply to the person"
    ]


def test_a_choice_that_stands_for_a_refusal_keeps_its_code(instrument_of: InstrumentOf) -> None:
    """It is a choice there, and a non-response in the conditions."""
    rows = rows_of(
        instrument_of(
            "nonresponse: []\n"
            "choices: {l: [{name: 1, label: A}, {name: -99, label: Ref, nonresponse: refused}]}\n"
            "survey:\n"
            "  - {type: select_one, choices: l, name: x, label: X}\n"
            "  - {type: text, name: why, label: W, relevant: \"nonresponse(${x}) = 'refused'\"}\n"
        )
    )
    assert rows["x"][CHOICES] == "1, A | -99, Ref"
    assert rows["why"][BRANCHING] == "[x] = '-99'"
