"""XLSForm → YAML → XLSForm: pyxform makes the same XForm of both, but for the loss list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from pyxform.errors import PyXFormError  # type: ignore[import-untyped]

from surveys.instrument import Instrument
from surveys.load import load
from surveys.problems import Problem
from surveys.shipped import FOLDER
from surveys.tables import beside
from surveys.xlsform import workbook

Sheets = dict[str, list[list[str]]]
Book = Callable[[str], bytes]
BookOf = Callable[[Sheets], bytes]
XForm = Callable[[bytes], str]
ThroughYaml = Callable[[bytes], tuple[Instrument, str, tuple[Problem, ...]]]

# Each form shows some features of real ones; nothing in them is lost.
FORMS = {
    "groups, repeats and old spellings": """
| survey | type               | name | caption  | relevance          | calculate | jr:count | value2 |
|        | begin_group        | g    | Group    |                    |           |          |        |
|        | string             | a    | A ${b}   |                    |           |          | x      |
|        | int                | b    | B        | selected(${c},'x') |           |          |        |
|        | select one from l  | c    | C        |                    |           |          |        |
|        | select_multiple l  | d    | D        |                    |           |          |        |
|        | note               |      | A note   |                    |           |          |        |
|        | calculate          | e    |          |                    | ${b} + 1  |          |        |
|        | begin repeat       | r    | R        |                    |           | 3        |        |
|        | begin lgroup       | r2   | R        |                    |           | ${b}     |        |
|        | q date             | f    | F        |                    |           |          |        |
|        | end lgroup         |      |          |                    |           |          |        |
|        | end_repeat         |      |          |                    |           |          |        |
|        | end group          |      |          |                    |           |          |        |
|        | begin repeat       | open | Another  |                    |           | ${b} + 1 |        |
|        | decimal            | h    | H        |                    |           |          |        |
|        | end repeat         |      |          |                    |           |          |        |
| choices | list name | name | label |
|         | l         | x    | X     |
|         | l         | y    | Y     |
""",
    "every kind": """
| survey | type                         | name | label | parameters          | default    |
|        | start                        | s    |       |                     |            |
|        | get end time                 | e    |       |                     |            |
|        | today                        | t    |       |                     |            |
|        | text                         | a    | A     | rows=3              | ${b}       |
|        | integer                      | b    | B     |                     | 1+1        |
|        | decimal                      | c    | C     |                     | -1.5       |
|        | range                        | d    | D     | start=0 end=9 step=3 | 3         |
|        | date                         | f    | F     |                     | today()    |
|        | time                         | g    | G     |                     |            |
|        | datetime                     | h    | H     |                     | now()      |
|        | acknowledge                  | i    | I     |                     |            |
|        | trigger                      | j    | J     |                     |            |
|        | hidden                       | k    |       |                     | 5          |
|        | calculate                    | l    |       |                     | ${b} + 1   |
|        | percentage                   | m    | M     |                     |            |
|        | number of days in last month | n    | N     |                     |            |
|        | phone number                 | o    | O     |                     |            |
|        | select_one x                 | p    | P     | randomize=true      |            |
|        | select all that apply from x | q    | Q     | randomize=true, seed=${b} | 1 2  |
| choices  | list_name | name | label |
|          | x         | 1    | One   |
|          | x         | 2    | Two   |
| settings | form_title | form_id | version | style | instance_name    | name |
|          | A form     | f       | 3       | pages | concat(${a},'x') | root |
""",
    "languages": """
| survey | type | name | label | label::Français (fr) | label::English (en) | hint | hint::Français (fr) | constraint | constraint message::English (en) | media::image::English (en) | required | read only | guidance_hint::English (en) |
|        | text | a    |       | Aa                   |                     | h    |                     | . != ''    | no                               |                            | no       | TRUE      | why                         |
|        | text | b    | B     |                      |                     |      |                     |            |                                  |                            |          |           |                             |
|        | text | c    |       | fr                   | en                  |      | hfr                 |            |                                  |                            | yes      |           |                             |
|        | text | d    |       |                      | en                  |      |                     |            |                                  | i.png                      | ${a}='x' | ${a} = 'x' |                            |
|        | select_one l | e |  | E                    | E                   |      |                     |            |                                  |                            | false()  |           |                             |
| choices  | list_name | name | label | label::Français (fr) | order | image::English (en) | code | label2 |
|          | l         | x    |       | xf                   | 1     | a.png               | 9    | u      |
|          | l         | y    | Y     |                      |       |                     |      |        |
|          | l         | z    |       | zf                   | 2     |                     |      |        |
| settings | form_title | form_id | version | default_language |
|          | T          | idx     | 1       | Français (fr)    |
""",
    "a text without language beside others": """
| survey | type | name | label | label::French | hint |
|        | text | a    | A     | Aa            | h    |
|        | text | b    |       | Ba            |      |
|        | text | c    | C     |               |      |
""",
    "one colon": """
| survey | type | name | label:French | label:English | hint:French | foo:bar | bind:relevant | bind:jr:constraintMsg:French | bind:constraint |
|        | text | a    | A            | B             | C           | d       | 1=1           | non                          | . != 'b'        |
""",
    "what a terminal cannot hold": """
| survey | type     | name | label | label::French (fr) | required | default | relevant   | constraint | constraint_message | hint | appearance    | parameters      |
|        | geopoint | gp   |       | Où ?               | yes      |         |            |            |                    |      | placement-map |                 |
|        | image    | im   | Photo |                    |          |         | ${gp} != ''|            |                    | h    | signature     | max-pixels=1024 |
|        | gps      | g2   | G     |                    |          |         |            | . != ''    | no                 |      |               |                 |
|        | barcode  | bc   | Code  |                    | yes      | 5       |            |            |                    |      |               |                 |
|        | audio    | au   |       | Parlez             |          |         |            |            |                    |      |               | quality=low     |
|        | geoshape | gs   | Area  |                    |          |         |            |            |                    |      |               |                 |
|        | file     | fi   | File  |                    |          |         |            |            |                    |      |               |                 |
""",
    "or other": """
| survey  | type                        | name | label |
|         | select_one l or_other       | a    | A     |
|         | select_multiple l or other  | b    | B     |
| choices | list_name | name | label::French (fr) | label::English |
|         | l         | x    | X                  | x              |
|         | l         | y    | Y                  | y              |
""",
    "filters and tables": """
| survey  | type         | name | label | choice_filter | calculation                                |
|         | csv-external | fees |       |               |                                            |
|         | select_one s | a    | A     |               |                                            |
|         | select_one t | b    | B     | state=${a}    |                                            |
|         | calculate    | c    |       |               | jr:choice-name(${b}, '${b}')               |
|         | calculate    | d    |       |               | pulldata('fees', 'fee', 'id', ${a})        |
|         | calculate    | e    |       |               | instance('fees')/root/item[id=${a}]/fee    |
| choices | list_name | name | label | state | image |
|         | s         | x    | X     |       |       |
|         | t         | y    | Y     | x     | a.png |
|         | t         | z    | Z     | x     |       |
""",
    "columns nobody here knows": """
| survey | type        | name | label | bind::foo | body::accuracyThreshold | my column | intent | keep | labels | repeat_max | disabled |
|        | begin group | g    | G     | 1         |                         | x         | app    | k    | y      | 2          |          |
|        | text        | a    | A     |           | 5                       | y         |        | k    | z      |            | no       |
|        | end group   |      |       |           |                         |           |        |      |        |            |          |
| settings | form_id | form_title | version | title2 | submission_url  | attribute::xyz | public_key |
|          | f       | F          | 1       | x      | https://a.test/ | 5              | abc        |
""",
    "tables of questions": """
| survey  | type         | name | label | hint | appearance |
|         | begin group  | g    | G     | H    | table-list |
|         | select_one l | a    | A     |      |            |
|         | select_one l | b    | B     |      |            |
|         | end group    |      |       |      |            |
| choices | list_name | name | label |
|         | l         | 1    | One   |
|         | l         | 2    | Two   |
""",
    "quotes that a word processor bends": """
| survey | type | name | label    | relevant   | constraint  |
|        | text | a    | It’s “A” |            | . != ‘x’    |
|        | text | b    | B        | ${a} = “x” |             |
""",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_comes_back_as_it_was(
    book: Book, xform: XForm, through_yaml: ThroughYaml, form: str
) -> None:
    """What pyxform makes of the form and of its copy that went through YAML is the same."""
    original = book(form)
    instrument, _text, losses = through_yaml(original)
    placeholders, repeats = {"gp", "im", "g2", "bc", "au", "gs", "fi"}, {"r2", "open"}
    assert {problem.subject for problem in losses} <= placeholders | repeats
    copy, _losses = workbook(instrument)
    assert xform(copy) == xform(original)


SAMPLER = Path(__file__).parents[1] / "sampler.yaml"  # every kind, operator and function
QUESTIONNAIRES = sorted([*FOLDER.rglob("*.yaml"), *FOLDER.parent.glob("starter.*.yaml"), SAMPLER])


@pytest.mark.parametrize("path", QUESTIONNAIRES, ids=lambda path: path.stem)
def test_a_questionnaire_goes_to_a_workbook_and_back(
    xform: XForm, through_yaml: ThroughYaml, path: Path
) -> None:
    """The instrument that comes back is the one that went; its workbook and its XForm are the same."""
    instrument = load(path.read_text("utf-8"), "f.yaml", beside(path)).instrument
    assert instrument is not None
    first, _losses = workbook(instrument)
    _back, text, losses = through_yaml(first)
    back = load(text, "data.yaml", beside(path)).instrument
    assert back is not None
    assert losses == ()
    assert held(back) == held(instrument)
    second, _losses = workbook(back)
    assert second == first
    assert xform(second) == xform(first)


def held(value: object) -> object:
    """Return what a value of an instrument holds, without where it stood in its file."""
    if isinstance(value, Mapping):
        return {key: held(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [held(one) for one in value]
    names = getattr(type(value), "__dataclass_fields__", {})
    if not names:
        return value
    skipped = {"place", "places", "source", "digest", "tree", "references", "bare"}
    return [
        (name, held(getattr(value, name)))
        for name in names
        if name not in skipped and not name.startswith("_")
    ]


# Generated forms.

SPELLINGS = {
    "type": ["type", "Type", "command"],
    "name": ["name", "NAME", "tag"],
    "label": ["label", "Label", "caption"],
    "hint": ["hint"],
    "guidance_hint": ["guidance_hint", "guidance hint"],
    "relevant": ["relevant", "relevance", "bind::relevant"],
    "required": ["required", "bind::required"],
    "required_message": ["required_message", "required message", "requiredMsg"],
    "constraint": ["constraint", "Constraint", "bind::constraint"],
    "constraint_message": ["constraint_message", "constraint message", "constraining message"],
    "calculation": ["calculation", "calculate", "bind::calculate"],
    "choice_filter": ["choice_filter", "choice filter"],
    "default": ["default"],
    "read_only": ["read_only", "readonly", "read only", "bind::readonly"],
    "appearance": ["appearance", "body::appearance", "control::appearance"],
    "parameters": ["parameters"],
    "repeat_count": ["repeat_count", "jr:count", "count", "repeat count"],
}
KINDS = {
    "text": ["text", "string", "add text prompt"],
    "integer": ["integer", "int"],
    "decimal": ["decimal", "q decimal"],
    "date": ["date"],
    "dateTime": ["dateTime", "datetime"],
    "time": ["time"],
    "note": ["note", "q note"],
    "acknowledge": ["acknowledge"],
    "select_one l": ["select_one l", "select one l", "select1 l", "select one from l"],
    "select_multiple l": ["select_multiple l", "select all that apply from l"],
    "select_one m": ["select_one m"],
    "range": ["range"],
    "barcode": ["barcode"],
    "image": ["image", "photo"],
}
TEXT = st.text(
    st.characters(categories=["Lu", "Ll", "Lo", "Nd", "Po", "Sm"], exclude_characters="$"),
    min_size=1,
    max_size=8,
)
LABEL = TEXT | st.builds("{} ${{q0}} {}".format, TEXT, TEXT)
CONDITION = st.sampled_from(["${q0} = 1", "${q0} > 2 and ${q0} < 9", "selected(${q1}, 'a')"])
YES_NO = st.sampled_from(["yes", "no", "TRUE", "false()", "${q0} = 1"])
OWN = {
    "hint": LABEL,
    "guidance_hint": TEXT,
    "relevant": CONDITION,
    "required": YES_NO,
    "required_message": TEXT,
    "constraint": st.sampled_from([". != ''", "string-length(.) < 5", "true()"]),
    "constraint_message": LABEL,
    "read_only": YES_NO,
    "default": st.sampled_from(["5", "a", "${q0} + 1", "2020-01-01"]),
    "appearance": st.sampled_from(["minimal", "w1 quick"]),
    "bind::foo": TEXT,
    "my column": TEXT,
    "media::image": st.just("a.png"),
}
TRANSLATED = ("label", "hint", "guidance_hint", "required_message", "constraint_message")
LANGUAGES = ("French (fr)", "English (en)", "Arabic")  # in this order in every sheet
Cells = dict[tuple[str, str], str]


@dataclass
class Form:
    """A generated form: rows by (column, language), and how its columns are spelled."""

    survey: list[Cells] = field(default_factory=list)
    choices: list[Cells] = field(default_factory=list)
    settings: Cells = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)

    def sheets(self) -> Sheets:
        return {
            "survey": self.sheet(self.survey, self.spelled),
            "choices": self.sheet(self.choices, {"name": "value", "list_name": "list name"}),
            "settings": self.sheet([self.settings], {"form_id": "id_string"}),
        }

    def sheet(self, rows: list[Cells], spelled: dict[str, str]) -> list[list[str]]:
        used = dict.fromkeys(column for row in rows for column in row)
        columns = sorted(used, key=lambda column: ["", *LANGUAGES].index(column[1]))
        header = [
            spelled.get(key, key) + (f"::{language}" if language else "")
            for key, language in columns
        ]
        return [header, *([row.get(column, "") for column in columns] for row in rows)]


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Return a form of nested groups and repeats with what columns can say."""
    form = Form(spelled={key: draw(st.sampled_from(spelled)) for key, spelled in SPELLINGS.items()})
    languages = draw(st.sampled_from([[""], ["", "French (fr)"], ["English (en)", "Arabic"]]))
    form.settings = {("form_title", ""): draw(TEXT), ("form_id", ""): "f", ("version", ""): "1"}
    if draw(st.booleans()):
        form.settings["default_language", ""] = draw(st.sampled_from(["French (fr)", "Arabic"]))

    def text(row: Cells, key: str, texts: st.SearchStrategy[str]) -> None:
        used = draw(st.lists(st.sampled_from(languages), min_size=1, unique=True))
        for language in used if key in TRANSLATED else [""]:
            row[key, language] = draw(texts)

    def question(name: str, depth: int) -> None:
        kind = draw(st.sampled_from(list(KINDS)))
        row = {("type", ""): draw(st.sampled_from(KINDS[kind])), ("name", ""): name}
        text(row, "label", LABEL)
        for key in draw(st.lists(st.sampled_from(list(OWN)), max_size=4, unique=True)):
            text(row, key, OWN[key])
        if kind == "select_one m" and draw(st.booleans()):
            row["choice_filter", ""] = "part = ${q0}"
        if kind == "range":
            row["parameters", ""] = "start=0 end=10 step=1"
            row.pop(("appearance", ""), None)
        form.survey.append(row)

    def section(name: str, depth: int) -> None:
        kind = draw(st.sampled_from(["group", "repeat"]))
        joint = draw(st.sampled_from([" ", "_"]))
        row = {("type", ""): f"begin{joint}{kind}", ("name", ""): name}
        text(row, "label", LABEL)
        if draw(st.booleans()):
            row["relevant", ""] = draw(CONDITION)
        if kind == "repeat" and draw(st.booleans()):
            row["repeat_count", ""] = draw(st.sampled_from(["3", "${q0}", "${q0} + 1"]))
        elif draw(st.booleans()):
            row["appearance", ""] = "field-list"
        form.survey.append(row)
        items(name, depth + 1)
        form.survey.append({("type", ""): f"end{joint}{kind}"})

    def items(prefix: str, depth: int) -> None:
        for number in range(draw(st.integers(1, 3))):
            make = draw(st.sampled_from([question, question, section])) if depth < 3 else question
            make(f"{prefix}_{number}", depth)

    form.survey.append({("type", ""): "integer", ("name", ""): "q0", ("label", ""): "Q"})
    form.survey.append({("type", ""): "select_multiple l", ("name", ""): "q1", ("label", ""): "Q"})
    items("q", 0)
    form.survey.append(
        {("type", ""): "calculate", ("name", ""): "sum", ("calculation", ""): "1 + 1"}
    )
    for name in ("l", "m"):
        for choice in ("a", "b", "-99"):
            row = {("list_name", ""): name, ("name", ""): choice}
            text(row, "label", TEXT)
            if draw(st.booleans()):
                row["part", ""] = draw(TEXT)
            form.choices.append(row)
    return form


DROPPED: Cells = {("type", ""): "deviceid", ("name", ""): "device"}


@settings(max_examples=40, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(forms())
def test_any_form_comes_back_but_for_the_loss_list(
    book_of: BookOf, xform: XForm, through_yaml: ThroughYaml, form: Form
) -> None:
    """Of a generated form only the row that names the device is missing, and the list says so."""
    try:
        expected = xform(book_of(form.sheets()))
    except PyXFormError:
        assume(False)
    form.survey.insert(1, DROPPED)
    instrument, _text, losses = through_yaml(book_of(form.sheets()))
    assert "device" in {problem.subject for problem in losses}
    copy, _losses = workbook(instrument)
    assert xform(copy) == expected
