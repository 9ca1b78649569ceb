"""The paper questionnaire: what is on it, as data and as the text of the PDF."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from surveys.check import check
from surveys.instrument import PIPED, Group, Instrument
from surveys.kinds import KINDS
from surveys.paper.fields import Field
from surveys.paper.numbering import numbers
from surveys.paper.sheet import Block, sheet
from surveys.paper.typeset import data, pdf
from surveys.paper.wording import ENGLISH, FRENCH
from surveys.problems import Refusal, Usage
from surveys.shipped import found_file, names, opened
from surveys.verbs import print as verb

TextOf = Callable[[bytes], list[str]]

HEAD = """
souspli: 1
form: {id: f, version: "1", title: Form, default_language: en, languages: {en: English (en), fr: Français (fr)}}
nonresponse: []
choices:
  yes_no:
    - {name: "yes", label: {en: "Yes", fr: "Oui"}}
    - {name: "no", label: {en: "No", fr: "Non"}}
survey:
"""


def loaded(survey: str, head: str = HEAD) -> Instrument:
    """Return a questionnaire of these items."""
    found = check(head + survey, "f.yaml")
    assert found.instrument is not None, [str(one) for one in found.problems]
    return found.instrument


def item(name: str, kind: str, more: str = "", label: str = "") -> str:
    """Return the YAML of one question."""
    label = label or f"{name}?"
    return f'  - {{type: {kind}, name: {name}, label: {{en: "{label}", fr: "{label}"}}{more}}}\n'


def block(instrument: Instrument, number: str, language: str = "en") -> Block:
    """Return what is printed for the item with a number."""
    return next(one for one in sheet(instrument, language).blocks if one.number == number)


def field(survey: str, number: str = "1") -> Field:
    """Return where the answer to an item goes."""
    found = block(loaded(survey), number).field
    assert found is not None
    return found


def bare(text: str) -> str:
    """Return a text as the reader of PDFs gives it."""
    return "".join(text.replace("-", "").split())


# --- the whole paper ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_question_choice_and_part_of_a_shipped_questionnaire_is_printed(
    name: str, language: str, text_of: TextOf
) -> None:
    """In each language: labels, hints, numbers and choices stand in the text of the PDF."""
    instrument = opened(found_file(name), name).instrument
    assert instrument is not None
    text = "".join(text_of(pdf(instrument, language)))
    for one, _around in instrument.items():
        if isinstance(one, Group) or KINDS[one.kind].is_shown:
            written = PIPED.split(instrument.text(one.label, language))
            assert all(bare(part) in text for part in written[::2]), one.name
            assert numbers(instrument).get(one.name, "") in text
        if not isinstance(one, Group) and one.choices is not None and one.keep.rule == "as_given":
            for choice in one.choices.choices:
                assert bare(instrument.text(choice.label, language)) in text, choice.name


def test_the_same_questionnaire_gives_the_same_bytes() -> None:
    """No clock, no chance, and no font of the machine."""
    instrument = opened(found_file("assore/site"), "site").instrument
    assert instrument is not None
    assert pdf(instrument, "fr") == pdf(instrument, "fr")


HOSTILE = "#panic() $x$ *b* _i_ @r <l> // c ] } \\\\ \\u0023 `raw` ~ --- [[ #sys.inputs"


def test_a_label_is_never_markup(text_of: TextOf) -> None:
    """Whatever Typst would obey is printed as it is written."""
    instrument = loaded(item("a", "integer", label=HOSTILE))
    written = instrument.text(next(instrument.questions()).label, "en")
    assert bare(written) in text_of(pdf(instrument, "en"))[0]


def test_cards_are_pages_of_their_own_without_a_word_of_the_interview(text_of: TextOf) -> None:
    """A card has its number and the choices; one list on one card is printed once."""
    survey = item("a", "select_one", ", choices: yes_no, show_card: 3") + item(
        "b", "select_one", ", choices: yes_no, show_card: 3"
    )
    instrument = loaded(
        survey + item("c", "range", ", parameters: start=0 end=3 step=1, show_card: 4")
    )
    assert text_of(pdf(instrument, "en"))[1:] == ["Card3YesNo", "Card40123"]


def test_a_part_the_person_fills_in_has_pages_of_its_own(text_of: TextOf) -> None:
    """It begins and ends a page, and its boxes say “I”."""
    private = (
        "  - type: group\n    name: own\n    self_completed: true\n    label: {en: Own, fr: Own}\n"
        "    questions:\n      - {type: select_one, choices: yes_no, name: b, "
        "nonresponse: [refused], label: {en: Hurt, fr: Hurt}}\n"
    )
    instrument = loaded(item("a", "integer") + private + item("c", "integer"))
    first, own, last = text_of(pdf(instrument, "en"))
    assert "a?" in first
    assert "Iprefernottoanswer" in own
    assert "Hurt" in own
    assert "c?" in last


def test_a_language_from_right_to_left_is_set_so() -> None:
    """Arabic is set from right to left; sentences of the paper keep their own direction in it."""
    head = HEAD.replace("fr: Français (fr)", "ar: العربية (ar)").replace("fr: ", "ar: ")
    instrument = loaded(item("a", "integer", label="x").replace('fr: "x"', 'ar: "كم عمرك؟"'), head)
    found = sheet(instrument, "ar")
    assert data(found, instrument, "ar")["dir"] == "rtl"
    assert found.version.startswith("f · \N{FIRST STRONG ISOLATE}")
    assert pdf(instrument, "ar").startswith(b"%PDF")


def test_a_script_without_a_font_is_refused_by_the_name_of_its_language() -> None:
    """Letters nobody can print are never empty boxes."""
    unassigned = "\U000efffd"
    instrument = loaded(item("a", "integer", label=unassigned))
    with pytest.raises(Refusal, match=r"English .en.*install one"):
        pdf(instrument, "en")


def test_without_typst_the_remedy_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field laptop has no typesetter."""
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(Refusal, match=r"souspli\[lead\]"):
        pdf(loaded(item("a", "integer")), "en")


# --- where answers go ---------------------------------------------------------------------------


def test_what_is_never_kept_has_no_place_to_be_written() -> None:
    """Neither what serves only during the interview nor what links people."""
    for rule in ("never", "link"):
        found = field(item("a", "text", f", keep: {rule}, identifying: direct, max_length: 20"))
        assert (found.form, found.comb, found.lines) == ("none", (), 0)
        assert found.remark


def test_a_number_kept_in_bands_is_ticked_in_bands() -> None:
    """No box below what the constraint allows; whole numbers end where the next band begins."""
    found = field(item("a", "integer", ', keep: {bands: [18, 25, 26]}, constraint: ". >= 18"'))
    assert [box.label for box in found.boxes] == ["18 to 24", "25", "26 or more"]


def test_choices_kept_as_one_have_one_box() -> None:
    """What is recoded before it is kept is recoded on paper."""
    found = field(item("a", "select_one", ", choices: yes_no, keep: {codes: {yes: any, no: any}}"))
    assert [box.label for box in found.boxes] == ["Yes / No"]


@pytest.mark.parametrize(
    ("kind", "more", "comb"),
    [
        ("integer", ', constraint: ". >= 0 and . <= 30"', "2"),
        ("integer", ', constraint: ". >= -5 and . <= 5"', "±1"),
        ("integer", "", "6"),
        ("decimal", ', constraint: ". <= 60"', "2.2"),
        ("date", "", "2/2/4"),
        ("date", ", appearance: month-year", "2/4"),
        ("date", ", keep: {date: year}", "4"),
        ("date", ", keep: {date: week}", "4week2"),
        ("time", "", "2:2"),
        ("dateTime", "", "2/2/4 2:2"),
        ("text", ", max_length: 14", "14"),
        ("text", ", keep: {prefix: 2}, max_length: 5", "2"),
    ],
)
def test_boxes_are_as_many_as_the_characters(kind: str, more: str, comb: str) -> None:
    """From the constraint, the length, the form of a date, and what is kept of it."""
    found = field(item("a", kind, more))
    assert found.form == "comb"
    assert "".join(piece.mark or str(piece.boxes) for piece in found.comb) == comb


def test_refusal_has_a_box_wherever_it_is_offered() -> None:
    """And none where it is not."""
    found = field(item("a", "integer", ", nonresponse: [refused, dont_know]"))
    assert [box.label for box in found.boxes] == ["Refused", "Does not know"]
    assert field(item("a", "integer", "")).boxes == ()


def test_a_skip_stands_beside_its_box() -> None:
    """“No → 3” beside No; nothing beside Yes."""
    survey = (
        item("a", "select_one", ", choices: yes_no, required: yes")
        + item("b", "integer", ", relevant: \"${a} = 'yes'\"")
        + item("c", "integer")
    )
    assert [(box.label, box.arrow) for box in field(survey).boxes] == [("Yes", ""), ("No", "3")]


def test_choices_that_depend_on_another_answer_say_on_which() -> None:
    """A filter on one other question is told choice by choice, any other above them."""
    head = HEAD.replace(
        "survey:",
        "  towns:\n"
        '    - {name: paris, label: {en: Paris, fr: Paris}, coast: "no"}\n'
        '    - {name: brest, label: {en: Brest, fr: Brest}, coast: "yes"}\n'
        "survey:",
    )
    survey = item("sea", "select_one", ", choices: yes_no") + item(
        "town", "select_one", ', choices: towns, choice_filter: "coast = ${sea}"'
    )
    found = block(loaded(survey, head), "2").field
    assert found is not None
    assert [box.remark for box in found.boxes] == ["question 1 : No", "question 1 : Yes"]
    other = item("sea", "select_multiple", ", choices: towns") + item(
        "town", "select_one", ', choices: towns, choice_filter: "selected(${sea}, name)"'
    )
    assert block(loaded(other, head), "2").hint == (
        "Offer an answer only if: question 1 includes the answer."
    )


def test_questions_with_the_same_answers_make_a_grid() -> None:
    """Three or more; a condition of one of them stands in its row."""
    ask = ", choices: yes_no, required: yes"
    survey = "".join(item(name, "select_one", ask) for name in "abc")
    survey += item("d", "select_one", ask + ", relevant: \"${a} = 'yes' or ${b} = 'yes'\"")
    (grid,) = sheet(loaded(survey), "en").blocks
    assert grid.kind == "grid"
    assert [row.number for row in grid.rows] == ["1", "2", "3", "4"]
    assert grid.rows[3].condition == "if question 1 or question 2 is “Yes”"


def test_a_repeat_is_printed_a_bounded_number_of_times() -> None:
    """Six times a short one, three a longer one, never more than there can be."""
    for most, questions, rounds in ((100, 2, 6), (100, 5, 3), (2, 5, 2)):
        inner = "".join("    " + item(f"q{n}", "integer") for n in range(questions))
        instrument = loaded(
            f"  - type: repeat\n    name: r\n    repeat_max: {most}\n"
            f"    label: {{en: Child, fr: Enfant}}\n    questions:\n{inner}"
        )
        blocks = sheet(instrument, "en").blocks
        assert sum(one.kind == "round" for one in blocks) == rounds
        assert (blocks[-1].kind == "rounds end") == (most > rounds)


def test_a_counted_repeat_says_what_counts_it() -> None:
    """As many sheets as an answer says."""
    instrument = loaded(
        item("n", "integer")
        + "  - type: repeat\n    name: r\n    repeat_count: ${n}\n    repeat_max: 4\n"
        + "    label: {en: Child, fr: Enfant}\n    questions:\n    "
        + item("q", "integer")
    )
    first = next(one for one in sheet(instrument, "en").blocks if one.kind == "round")
    assert first.hint == "As many sheets as question 1 says; at most 4."


def test_a_long_list_stands_at_the_end() -> None:
    """Its code is written beside the question; the list is printed once for all its questions."""
    towns = "".join(f"    - {{name: t{n}, label: {{en: T{n}, fr: T{n}}}}}\n" for n in range(40))
    head = HEAD.replace("survey:", f"  towns:\n{towns}survey:")
    ask = ", choices: towns"
    instrument = loaded(item("a", "select_one", ask) + item("b", "select_one", ask), head)
    found = sheet(instrument, "en")
    assert [len(one.boxes) for one in found.lists] == [40]
    assert [one.field.form for one in found.blocks if one.field] == ["list", "list"]


def test_a_calculation_the_route_depends_on_is_worked_out_on_paper() -> None:
    """Each value it can have has a box and its condition; the first that fits is ticked."""
    survey = (
        item("days", "integer")
        + item("used", "calculate", ', calculation: "if(${days} > 0, 1, 0)"')
        + item("how", "integer", ', relevant: "${used} = 1"')
    )
    assert [(box.code, box.label, box.arrow) for box in field(survey, "2").boxes] == [
        ("1", "if question 1 is more than 0", ""),
        ("0", "otherwise", "end"),
    ]


def test_a_piped_answer_is_found_by_its_number() -> None:
    """A text that shows an answer says where it is; dots where nobody has written it."""
    head = HEAD + '  - {type: calculate, name: x, calculation: "1 + 1"}\n'
    instrument = loaded(item("a", "integer") + item("b", "integer", label="${a} or ${x}?"), head)
    assert block(instrument, "2").text == "[answer to question 1] or ………?"


def test_both_languages_have_the_same_holes() -> None:
    """A sentence says the same things in French and in English."""
    hole = re.compile(r"\{(\w*)\}")
    for one in fields(ENGLISH):
        english, french = getattr(ENGLISH, one.name), getattr(FRENCH, one.name)
        if isinstance(english, str):
            assert sorted(hole.findall(english)) == sorted(hole.findall(french)), one.name
        elif isinstance(english, tuple):
            assert [sorted(hole.findall(part)) for part in english] == [
                sorted(hole.findall(part)) for part in french
            ]
        else:
            assert english.keys() == french.keys()


# --- the verb -----------------------------------------------------------------------------------


def run(*words: str) -> int:
    """Run the verb on a command line."""
    parser = argparse.ArgumentParser()
    verb.describe(parser)
    return verb.run(parser.parse_args(words))


def test_the_verb_writes_a_pdf_and_never_over_a_file(tmp_path: Path) -> None:
    """--force alone writes over what is there."""
    out = tmp_path / "sheet.pdf"
    assert run("assore/non_repondant", str(out), "--lang", "fr") == 0
    assert out.read_bytes().startswith(b"%PDF")
    with pytest.raises(Refusal, match="--force"):
        run("assore/non_repondant", str(out))
    assert run("assore/non_repondant", str(out), "--force") == 0


def test_the_verb_asks_for_a_pdf_in_a_language_there_is(tmp_path: Path) -> None:
    """What the command line has wrong is said before anything is made."""
    with pytest.raises(Usage, match=r"\.pdf"):
        run("assore/non_repondant", str(tmp_path / "sheet.doc"))
    with pytest.raises(Usage, match="no language de; it has: fr, en"):
        run("assore/non_repondant", str(tmp_path / "sheet.pdf"), "--lang", "de")


def test_a_questionnaire_of_no_stated_language_has_the_words_of_the_interface(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its own texts are what they are; the paper's words are those of whoever prints it."""
    monkeypatch.setenv("LANGUAGE", "fr")
    head = HEAD.split("form:", maxsplit=1)[0] + "form: {id: f, version: '1', title: F}\nsurvey:\n"
    instrument = loaded("  - {type: integer, name: a, label: A}\n", head)
    assert verb.chosen(instrument, None) == "fr"
    assert block(instrument, "1", "fr").text == "A"


def test_a_questionnaire_with_errors_is_not_printed(tmp_path: Path) -> None:
    """The remedy is to check it."""
    form = tmp_path / "bad.yaml"
    form.write_text(HEAD + item("a", "integer", ', relevant: "${nobody} = 1"'), "utf-8")
    with pytest.raises(Refusal, match="souspli check"):
        run(str(form), str(tmp_path / "bad.pdf"))
