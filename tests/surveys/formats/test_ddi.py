"""The DDI-Codebook 2.5 document: well-formed, in the order of the schema, and nothing left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import language
from surveys.codebook import variables
from surveys.formats.ddi import DUBLIN_CORE, NAMESPACE, ddi
from surveys.formats.markup import clean, document, element
from surveys.instrument import Instrument, Question

InstrumentOf = Callable[[str], Instrument]
Element = ElementTree.Element
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

# The children each element of the published schema may have, in the order they must stand in, as far
# as we write them; a question takes its children in any order.
ORDER = {
    "codeBook": "docDscr stdyDscr dataDscr",
    "docDscr": "citation",
    "stdyDscr": "citation stdyInfo notes",
    "citation": "titlStmt prodStmt verStmt language",
    "titlStmt": "titl parTitl IDNo",
    "prodStmt": "software",
    "verStmt": "version",
    "stdyInfo": "abstract sumDscr",
    "sumDscr": "universe",
    "dataDscr": "varGrp var notes",
    "varGrp": "labl txt universe notes",
    "var": "labl security qstn valrng universe catgry codInstr derivation varFormat notes",
    "qstn": "preQTxt qstnLit ivuInstr",
    "valrng": "range",
    "catgry": "catValu labl txt",
    "derivation": "drvcmd",
}


def root_of(instrument: Instrument) -> Element:
    content, _losses = ddi(instrument)
    return ElementTree.fromstring(content)


def tag(found: Element) -> str:
    return found.tag.rpartition("}")[2]


def every(root: Element, name: str) -> Iterator[Element]:
    return root.iter(f"{{{NAMESPACE}}}{name}")


def variable(root: Element, name: str) -> Element:
    return next(found for found in every(root, "var") if found.get("name") == name)


def texts(found: Element, name: str) -> list[tuple[str | None, str | None]]:
    return [(one.get(LANG), one.text) for one in found.findall(f"{{{NAMESPACE}}}{name}")]


# --- laws ---------------------------------------------------------------------------------------


def test_elements_stand_in_the_order_of_the_schema(shipped_instrument: Instrument) -> None:
    """Every element is one of the schema's, its children known and in order."""
    root = root_of(shipped_instrument)
    assert (root.tag, root.get("version")) == (f"{{{NAMESPACE}}}codeBook", "2.5")
    for found in root.iter():
        assert found.tag.startswith((f"{{{NAMESPACE}}}", f"{{{DUBLIN_CORE}}}"))
        order = ORDER.get(tag(found), "").split()
        ranks = [order.index(tag(child)) for child in found]
        assert ranks == sorted(ranks)


def test_ids_are_unique_and_what_refers_to_one_finds_it(shipped_instrument: Instrument) -> None:
    """Groups name their variables and the groups within."""
    root = root_of(shipped_instrument)
    ids = [found.attrib["ID"] for found in root.iter() if "ID" in found.attrib]
    assert len(ids) == len(set(ids))
    for group in every(root, "varGrp"):
        named = [*group.get("var", "").split(), *group.get("varGrp", "").split()]
        assert named
        assert set(named) <= set(ids)


def test_every_column_of_the_data_is_described_once(shipped_instrument: Instrument) -> None:
    """Variables and the columns of 0 and 1, under their own names."""
    names = [found.get("name") for found in every(root_of(shipped_instrument), "var")]
    columns = [
        column
        for one in variables(shipped_instrument)
        for column in (one.name, *(indicator for _value, indicator in one.indicators))
    ]
    assert names == columns


def test_every_question_is_there_in_every_language(shipped_instrument: Instrument) -> None:
    """Its words are those of the questionnaire, each under its language."""
    root = root_of(shipped_instrument)
    for question in shipped_instrument.questions():
        if question.kind in {"note", "calculate", "hidden", "start", "end", "today"}:
            continue
        asked = {
            found.get(LANG): found.findtext(f"{{{NAMESPACE}}}qstnLit")
            for found in variable(root, question.name).iter(f"{{{NAMESPACE}}}qstn")
        }
        assert asked == dict(question.label.by_language)


def test_every_text_of_a_note_is_read_before_a_question(shipped_instrument: Instrument) -> None:
    """Or stands at the end, where nothing follows it."""
    said = {found.text for found in root_of(shipped_instrument).iter()}
    for item, _around in shipped_instrument.items():
        if isinstance(item, Question) and item.kind == "note":
            assert set(item.label.by_language.values()) <= said


def test_the_same_questionnaire_gives_the_same_bytes(shipped_instrument: Instrument) -> None:
    """No clock, no chance."""
    assert ddi(shipped_instrument) == ddi(shipped_instrument)


@settings(max_examples=100)
@given(text=st.text(max_size=40))
def test_no_text_breaks_the_document(text: str) -> None:
    """Markup is escaped, and what XML cannot hold is replaced."""
    made = document(element("labl", text=text, name=text))
    found = ElementTree.fromstring(made)
    lines = clean(text).replace("\r\n", "\n").replace("\r", "\n")
    assert (found.text or "") == lines


# --- examples -----------------------------------------------------------------------------------

FORM = """\
choices:
  drugs:
    - {name: crack, label: {fr: Crack, en: Crack}}
    - {name: none, label: {fr: Aucun, en: None}, exclusive: true}
survey:
  - {type: note, name: hello, label: {fr: Bonjour, en: Hello}}
  - type: group
    name: g
    label: {fr: Partie, en: Part}
    relevant: "1 = 1"
    questions:
      - type: integer
        name: age
        label: {fr: "Âge <b>]]>", en: Age}
        hint: {fr: En années, en: In years}
        relevant: 2 = 2
        constraint: . >= 15 and . < 99
        constraint_message: {fr: Non, en: No}
        required: yes
      - {type: date, name: born, label: {fr: "Né", en: Born}, keep: {date: year}, identifying: quasi}
      - {type: select_multiple, choices: drugs, name: used, label: {fr: Quoi, en: What}}
      - {type: calculate, name: twice, calculation: "2 * ${age}"}
      - {type: integer, name: rooms, label: {fr: p, en: r}, keep: {bands: [1, 3]}}
  - {type: note, name: bye, label: {fr: Merci, en: Thanks}, relevant: "${age} > 20"}
"""


def test_a_number_has_its_question_its_limits_and_its_universe(instrument_of: InstrumentOf) -> None:
    """What is asked, of whom, what may be answered, and why there may be no answer."""
    found = variable(root_of(instrument_of(FORM)), "age")
    assert texts(found, "labl") == [("fr", "Âge <b>]]>"), ("en", "Age")]
    asked = found.find(f"{{{NAMESPACE}}}qstn")
    assert asked is not None
    assert [(tag(part), part.text) for part in asked] == [
        ("preQTxt", "Bonjour"),
        ("qstnLit", "Âge <b>]]>"),
        ("ivuInstr", "En années"),
    ]
    limits = found.find(f"{{{NAMESPACE}}}valrng/{{{NAMESPACE}}}range")
    assert limits is not None
    assert limits.attrib == {"UNITS": "INT", "min": "15", "maxExclusive": "99"}
    assert found.findtext(f"{{{NAMESPACE}}}universe") == "(1 = 1) and (2 = 2)"
    assert [
        (one.get("missing"), one.findtext(f"{{{NAMESPACE}}}catValu"))
        for one in found.findall(f"{{{NAMESPACE}}}catgry")
    ] == [("Y", "refused"), ("Y", "dont_know"), ("Y", "broke_off"), ("Y", "not_asked")]
    assert {one.get("type"): one.text for one in found.findall(f"{{{NAMESPACE}}}notes")} == {
        "constraint": ". >= 15 and . < 99",
        "constraint_message": "No",
        "required": "yes",
    }


def test_what_is_kept_is_what_is_described(instrument_of: InstrumentOf) -> None:
    """A year is a year, a band a category, and a calculation has its formula."""
    root = root_of(instrument_of(FORM))
    assert ("en", "the year") in texts(variable(root, "born"), "codInstr")
    assert texts(variable(root, "born"), "security") == [("en", "can help to recognise a person")]
    rooms = variable(root, "rooms")
    assert [one.text for one in rooms.iter(f"{{{NAMESPACE}}}catValu")][:3] == ["-", "1", "3"]
    assert rooms.find(f"{{{NAMESPACE}}}valrng") is None
    formula = variable(root, "twice").find(f"{{{NAMESPACE}}}derivation/{{{NAMESPACE}}}drvcmd")
    assert formula is not None
    assert formula.text == "2 * ${age}"


def test_a_choice_of_several_is_a_group_of_columns(instrument_of: InstrumentOf) -> None:
    """Itself, and a column of 0 and 1 for each choice."""
    root = root_of(instrument_of(FORM))
    groups = {found.get("name"): found for found in every(root, "varGrp")}
    assert groups["used"].get("type") == "multipleResp"
    assert groups["used"].get("var") == "V_used I1_used I2_used"
    assert groups["g"].get("varGrp") == "G_used"
    none = variable(root, "used__none")
    assert texts(none, "labl") == [("fr", "Aucun"), ("en", "None")]
    assert [one.text for one in none.iter(f"{{{NAMESPACE}}}catValu")] == ["0", "1"]
    assert texts(variable(root, "used__crack"), "labl") == [(None, "Crack")]


def test_sentences_of_our_own_say_their_language(instrument_of: InstrumentOf) -> None:
    """They are in that of the interface, whatever those of the questionnaire."""
    instrument = instrument_of(FORM)
    language.use("fr")
    try:
        found = texts(variable(root_of(instrument), "born"), "codInstr")
    finally:
        language.use("en")
    assert found[0][0] == "fr"
    assert found[0][1] != "the year"


def test_what_is_lost_is_told(instrument_of: InstrumentOf) -> None:
    """Columns of choices, and of notes but for their text."""
    _content, losses = ddi(instrument_of(FORM))
    assert [f"{loss.subject}: {loss.fact}" for loss in losses] == [
        "drugs: “exclusive” has no place in DDI",
        "bye: “relevant” of a note has no place in DDI",
    ]


@pytest.mark.parametrize("code", ["default", "fr_FR", "été", ""])
def test_a_code_that_is_no_language_is_not_called_one(code: str) -> None:
    """XML wants codes of languages as in RFC 3066."""
    assert b"lang" not in document(element("labl", text="a", lang=code))
