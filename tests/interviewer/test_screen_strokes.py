"""What a key does to the view, without a terminal: every kind, every mode, and what must not happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.interview import Interview, begin
from interviewer.screen.azerty import unshifted
from interviewer.screen.cover import locked, uncovered, unlocked
from interviewer.screen.entries import Entry, free_code
from interviewer.screen.keys import KEYS, action_of
from interviewer.screen.page import lay_out
from interviewer.screen.sheet import sheet_of
from interviewer.screen.sift import sifted
from interviewer.screen.strokes import paste, press, type_in
from interviewer.screen.typed import Escape, cleaned
from interviewer.screen.view import View, actions, begun
from interviewer.scrub import Scrubber
from interviewer.sitting import Setting
from surveys.check import check
from surveys.plan import plan

SCRUBBER = Scrubber(words=("Hôtel du Nord",))
SETTING = Setting("Étude", SCRUBBER)
NOW = datetime(2022, 4, 12, 10)
HEAD = """
souspli: 1
form: {id: t, version: "1", title: T, languages: {fr: Français, en: English}, default_language: fr}
nonresponse: [refused, dont_know]
choices:
  yes_no:
    - {name: yes, code: 1, label: {fr: Oui, en: "Yes"}}
    - {name: no, code: 2, label: {fr: Non, en: "No"}}
  hotels:
    - {name: un, code: 2, label: Deux}
    - {name: deux, code: 21, label: Vingt-et-un}
    - {name: trois, code: 30, label: Trente}
  products:
    - {name: crack, code: 1, label: Crack}
    - {name: heroin, code: 2, label: Héroïne}
    - {name: other, code: 21, label: Autre}
    - {name: none, code: 9, label: Aucun, exclusive: true}
survey:
"""
AGAIN = "  - {type: note, name: last, label: Fin}\n"


def interview_of(survey: str) -> Interview:
    """Return an interview of a form whose items are written here."""
    loaded = check(HEAD + survey, "test.yaml")
    assert loaded.instrument is not None
    assert not [problem for problem in loaded.problems if problem.severity == "error"]
    return begin(plan(loaded.instrument), NOW, "seed")


def keyed(view: View, *keys: str) -> View:
    """Return the view after keys: “[back]” is an action, anything else is typed, “\\r” is Enter."""
    for key in keys:
        if key.startswith("[") and len(key) > 1:
            view = press(view, key[1:-1], SCRUBBER)  # type: ignore[arg-type]
            continue
        for character in key:
            enter = character == "\r"
            view = press(view, "enter", SCRUBBER) if enter else type_in(view, character, SCRUBBER)
    return view


def on(survey: str, *keys: str) -> View:
    return keyed(begun(interview_of(survey)), *keys)


def name_of(view: View) -> str:
    return view.step.node.name if view.step else "(end)"


def values_of(view: View) -> dict[str, str]:
    return {node.name: answer.value for node, answer in view.interview.answers.items()}


# --- kinds --------------------------------------------------------------------------------------

TYPED = [
    ("type: integer", "34\r", "34"),
    ("type: decimal", "2,50\r", "2.5"),
    ("type: range, parameters: start=0 end=10", "7\r", "7"),
    ("type: text", "bonjour\r", "bonjour"),
    ("type: text, keep: link, format: card_code", "oooo oooo oooi zv\r", "0000-0000-0001-ZV"),
    ("type: date", "31/12/2021\r", "2021-12-31"),
    ("type: date, appearance: month-year", "04/2022\r", "2022-04-01"),
    ("type: select_one, choices: yes_no", "2", "no"),
    ("type: select_one, choices: hotels", "21", "deux"),
    ("type: select_one, choices: hotels", "2\r", "un"),
    ("type: select_one, choices: hotels", "30", "trois"),
    ("type: select_multiple, choices: products", "1\r", "crack"),
    ("type: select_multiple, choices: products", "12 \r", "crack heroin"),
    ("type: select_multiple, choices: products", "12\r\r", "crack heroin"),
    ("type: select_multiple, choices: products", "121\r", "crack other"),
    ("type: select_multiple, choices: products", "9192 9 9 \r", "crack heroin"),
    ("type: time", "14h30\r", "14:30:00"),
    ("type: dateTime", "31/12/2021 14:30\r", "2021-12-31T14:30:00"),
    ("type: acknowledge", "1", "OK"),
    ("type: note", "\r", ""),
]


@pytest.mark.parametrize(("item", "keys", "value"), TYPED)
def test_each_kind_takes_its_answer(item: str, keys: str, value: str) -> None:
    """The keys a person would press make the canonical value, and go on to the next question."""
    view = on(f"  - {{{item}, name: q, label: Q}}\n{AGAIN}", keys)
    assert name_of(view) == "last"
    assert values_of(view)["q"] == value


def test_one_key_is_enough_where_no_other_code_begins_with_it() -> None:
    """A code is taken at once where it is unambiguous, and waits for Enter where it is not."""
    survey = "  - {type: select_one, choices: hotels, name: q, label: Q}\n" + AGAIN
    waiting = on(survey, "2")
    assert (name_of(waiting), waiting.typed.text, waiting.given) == ("q", "2", None)
    assert "2" in sheet_of(waiting, SETTING).prompt
    assert name_of(keyed(waiting, "1")) == "last"


def test_a_code_that_does_not_exist_says_so_and_starts_afresh() -> None:
    """What cannot become a code is not kept on the line."""
    view = on("  - {type: select_one, choices: hotels, name: q, label: Q}\n" + AGAIN, "27")
    assert (name_of(view), view.typed.text) == ("q", "")
    assert view.message
    assert "27" not in view.message


def test_another_one_is_asked_until_no() -> None:
    """A repeat without a count asks before each round; 1 begins one, 2 goes on."""
    survey = """
  - type: repeat
    name: child
    label: Enfant
    repeat_max: 3
    questions:
      - {type: integer, name: age, label: Âge}
"""
    view = on(survey + AGAIN, "1", "7\r", "1", "9\r")
    assert sheet_of(view, SETTING).question == "Enfant: another one?"
    view = keyed(view, "2")
    assert name_of(view) == "last"
    ages = [a.value for node, a in view.interview.answers.items() if node.name == "age"]
    assert ages == ["7", "9"]


def test_an_exclusive_answer_stands_alone() -> None:
    """“None” beside another answer is not accepted, and nothing is given."""
    survey = "  - {type: select_multiple, choices: products, name: q, label: Q}\n" + AGAIN
    view = on(survey, "1", "9", "\r")
    assert name_of(view) == "q"
    assert view.message
    assert not view.interview.answers


# --- leaving blank, declining -------------------------------------------------------------------


def test_enter_alone_leaves_an_optional_question_blank() -> None:
    """The status says that nothing was answered."""
    view = on("  - {type: integer, name: q, label: Q}\n" + AGAIN, "\r")
    assert [answer.status for answer in view.interview.answers.values()] == ["no_answer"]


def test_enter_alone_does_not_pass_a_required_question() -> None:
    """A required question is asked again, with what may be done."""
    view = on("  - {type: integer, name: q, label: Q, required: yes}\n" + AGAIN, "\r")
    assert name_of(view) == "q"
    assert view.message


@pytest.mark.parametrize("status", ["refused", "dont_know", "not_applicable"])
def test_a_non_response_is_given_where_it_is_offered(status: str) -> None:
    """The key acts and is listed only where the question offers that non-response."""
    offered = f"  - {{type: integer, name: q, label: Q, nonresponse: [{status}]}}\n" + AGAIN
    view = on(offered, f"[{status}]")
    assert [answer.status for answer in view.interview.answers.values()] == [status]
    closed = on("  - {type: integer, name: q, label: Q, nonresponse: []}\n" + AGAIN, f"[{status}]")
    assert (name_of(closed), closed.interview.answers) == ("q", {})
    assert status not in actions(closed)


# --- going back ---------------------------------------------------------------------------------

TWO = """
  - {type: integer, name: age, label: Âge, constraint: . < 120}
  - {type: select_one, choices: yes_no, name: minor, label: Mineur, relevant: "${age} < 18"}
  - {type: select_multiple, choices: products, name: used, label: Produits}
"""


def test_going_back_shows_the_former_answer_and_enter_keeps_it() -> None:
    """A number comes back as typed, codes come back marked; Enter gives nothing anew."""
    view = on(TWO + AGAIN, "17\r", "1", "12 \r", "[back]")
    assert view.marked == {"1", "2"}
    view = keyed(view, "[back]")
    assert [row.mark for row in sheet_of(view, SETTING).rows] == ["•", ""]
    view = keyed(view, "[back]")
    assert view.typed.text == "17"
    kept = keyed(view, "\r")
    assert (name_of(kept), kept.given) == ("minor", None)
    assert kept.interview is view.interview


def test_changing_an_answer_recomputes_the_path() -> None:
    """What is no longer asked is passed over on the way forward."""
    view = on(TWO + AGAIN, "17\r", "1", "1\r", "[back]", "[back]", "[back]")
    view = keyed(view, "[backspace]", "[backspace]", "40\r")
    assert name_of(view) == "used"


def test_back_at_the_start_says_so() -> None:
    """There is nothing before the first question."""
    view = on(TWO + AGAIN, "[back]")
    assert "back" not in actions(view)
    assert (name_of(view), bool(view.message)) == ("age", True)


def test_backspace_takes_back_a_picked_code() -> None:
    """An answer already given to an optional question can be left blank again."""
    survey = "  - {type: select_one, choices: yes_no, name: q, label: Q}\n" + AGAIN
    view = on(survey, "1", "[back]", "[backspace]", "\r")
    assert [answer.status for answer in view.interview.answers.values()] == ["no_answer"]


def test_a_default_is_there_to_be_accepted() -> None:
    """A default counts once Enter was pressed on it."""
    view = on("  - {type: integer, name: q, label: Q, default: 3}\n" + AGAIN)
    assert (view.typed.text, view.interview.answers) == ("3", {})
    assert values_of(keyed(view, "\r"))["q"] == "3"


# --- constraints --------------------------------------------------------------------------------

SOFT = """
  - type: integer
    name: age
    label: Âge
    constraint: . < 120
    constraint_message: Moins de 120
    soft_constraint: . < 90
    soft_constraint_message: Plus de 90 ans ?
"""


def test_a_constraint_says_what_to_type() -> None:
    """The message is the instrument's; what was typed is still there."""
    view = on(SOFT + AGAIN, "150\r")
    assert (view.message, view.typed.text, name_of(view)) == ("Moins de 120", "150", "age")


def test_an_unusual_answer_needs_a_reason() -> None:
    """A warning asks for a reason; with one the answer is given, scrubbed like any text."""
    view = on(SOFT + AGAIN, "95\r")
    assert sheet_of(view, SETTING).warning == "Plus de 90 ans ?"
    assert name_of(keyed(view, "\r")) == "age"
    view = keyed(view, "vu à l'Hôtel du Nord\r")
    (answer,) = view.interview.answers.values()
    assert (answer.value, answer.reason) == ("95", "vu à l'[nom]")
    assert name_of(view) == "last"


def test_a_warning_can_be_gone_back_from() -> None:
    """Back from the reason returns to the answer as typed."""
    view = on(SOFT + AGAIN, "95\r", "[back]")
    assert (view.mode, view.typed.text) == ("answer", "95")


def test_a_soft_constraint_on_a_code_keeps_the_code() -> None:
    """A code that is taken at once is still known when its reason is typed."""
    survey = """
  - type: select_one
    choices: yes_no
    name: q
    label: Q
    soft_constraint: . = 'yes'
"""
    view = on(survey + AGAIN, "2", "si\r")
    assert [a.value + a.reason for a in view.interview.answers.values()] == ["nosi"]


def test_the_end_returns_to_an_answer_that_no_longer_holds() -> None:
    """A constraint broken by a later change is shown with its message before anything is sealed."""
    survey = """
  - {type: integer, name: a, label: A}
  - {type: integer, name: b, label: B, constraint: ". <= ${a}", constraint_message: Trop}
  - {type: integer, name: c, label: C}
"""
    view = on(survey, "9\r", "5\r", "3\r", "[back]", "[back]", "[back]", "[backspace]", "4\r")
    assert (name_of(view), view.message) == ("b", "")
    view = keyed(view, "\r", "\r")
    assert (name_of(view), view.message, view.sent_back) == ("b", "Trop", True)
    view = keyed(view, "[backspace]", "2\r")
    assert (name_of(view), view.mode) == ("(end)", "closing")


# --- text, comments, scrubbing ------------------------------------------------------------------


def test_a_scrubbed_text_is_shown_before_it_is_kept() -> None:
    """The first Enter shows the text without what identifies, the second keeps that text."""
    survey = "  - {type: text, name: q, label: Q}\n" + AGAIN
    view = on(survey, "à l'Hôtel du Nord\r")
    assert (view.typed.text, view.interview.answers) == ("à l'[nom]", {})
    assert values_of(keyed(view, "\r"))["q"] == "à l'[nom]"


def test_a_comment_goes_with_the_answer_scrubbed() -> None:
    """A comment waits for its answer, is shown as it will be kept, and never holds a listed name."""
    survey = "  - {type: integer, name: q, label: Q}\n" + AGAIN
    view = on(survey, "[comment]", "Hôtel du Nord\r")
    assert sheet_of(view, SETTING).notes == ("Comment: [nom]",)
    view = keyed(view, "7\r")
    assert [answer.comment for answer in view.interview.answers.values()] == ["[nom]"]
    edited = keyed(view, "[back]", "[comment]", " ok\r", "\r")
    assert [answer.comment for answer in edited.interview.answers.values()] == ["[nom] ok"]
    assert edited.given is not None


def test_a_comment_is_bounded() -> None:
    """More than 200 characters are not kept."""
    view = on("  - {type: integer, name: q, label: Q}\n" + AGAIN, "[comment]", "é" * 201 + "\r")
    assert (view.mode, view.comment) == ("comment", "")
    assert "200" in view.message


def test_a_mistyped_card_code_stays_on_the_line_to_be_mended() -> None:
    """One character is retyped, not fourteen; what is said holds none of them."""
    survey = "  - {type: text, name: q, label: Q, keep: link, format: card_code}\n" + AGAIN
    assert sheet_of(on(survey), SETTING).prompt == "Code on the card:"
    view = on(survey, "000000000001ZX\r")
    assert (name_of(view), view.typed.text) == ("q", "000000000001ZX")
    assert view.message == "A character of this code is wrong. Compare each one with the card."
    mended = keyed(view, "[backspace]", "v\r")
    assert name_of(mended) == "last"
    assert values_of(mended)["q"] == "0000-0000-0001-ZV"
    assert keyed(mended, "[back]").typed.text == "0000-0000-0001-ZV"


def test_a_text_is_edited_in_its_middle() -> None:
    """Arrows, Home, End, Backspace and Delete do what they say."""
    view = on("  - {type: text, name: q, label: Q}\n" + AGAIN, "abc", "[left]", "[left]", "X")
    view = keyed(view, "[home]", "[delete]", "[end]", "[backspace]", "[right]", "Z\r")
    assert values_of(view)["q"] == "XbZ"


# --- a section the respondent fills in ----------------------------------------------------------

ALONE = """
  - {type: integer, name: before, label: Avant}
  - type: group
    name: alone
    self_completed: true
    label: Seul
    questions:
      - {type: select_one, choices: yes_no, name: violence, label: Violences, hint: Lire}
      - {type: integer, name: times, label: Combien}
  - {type: integer, name: after, label: Après}
"""


def test_a_respondent_sees_no_key_of_the_interviewer() -> None:
    """Non-response stands among the answers, with codes; hints and interviewer keys are not there."""
    view = on(ALONE + AGAIN, "1\r", "\r")
    sheet = sheet_of(view, SETTING)
    assert sheet.is_large
    assert [(row.code, row.label) for row in sheet.rows] == [
        ("1", "Oui"),
        ("2", "Non"),
        ("9", "I prefer not to answer"),
        ("8", "I do not know"),
    ]
    assert sheet.hints == ()
    assert not {"refused", "dont_know", "comment", "suspend", "language", "back"} & {*actions(view)}


def test_a_respondent_declines_by_a_code() -> None:
    """A digit where answers are codes, a sign and Enter where they are typed."""
    view = on(ALONE + AGAIN, "1\r", "\r", "9", "?\r")
    statuses = {node.name: answer.status for node, answer in view.interview.answers.items()}
    assert statuses == {"before": "answered", "violence": "refused", "times": "dont_know"}
    assert name_of(view) == "after"


def test_back_stops_at_both_edges_of_the_section() -> None:
    """A respondent does not reach the interviewer's questions, nor the interviewer theirs."""
    inside = on(ALONE + AGAIN, "1\r", "\r", "1", "[back]")
    assert name_of(inside) == "violence"
    assert inside.marked == {"1"}
    assert name_of(keyed(inside, "[back]")) == "violence"
    after = keyed(inside, "\r", "3\r", "\r", "[back]")
    assert name_of(after) == "after"


def test_what_a_respondent_answered_is_shown_to_nobody_afterwards() -> None:
    """Looked at again from outside, a private answer is hidden; Enter keeps it."""
    survey = """
  - type: group
    name: alone
    self_completed: true
    questions:
      - {type: integer, name: times, label: Combien, constraint: ". < ${most} or ${most} = ''"}
  - {type: integer, name: most, label: Plus}
"""
    view = on(survey, "\r", "77\r", "\r", "5\r")
    assert (name_of(view), view.mode) == ("times", "give")
    view = keyed(view, "\r")
    sheet = sheet_of(view, SETTING)
    assert "77" not in repr(sheet)
    assert sheet.typed is not None
    assert sheet.typed.text == ""
    assert sheet.notes
    view = keyed(view, "4\r", "\r")
    assert view.mode == "closing"


@given(st.lists(st.integers(0, 120).map(str), min_size=1, max_size=60, unique=True))
def test_the_code_of_a_non_response_is_never_the_code_of_an_answer(codes: list[str]) -> None:
    """Whatever codes a list has, declining has its own."""
    first = free_code("9", codes)
    assert first not in codes
    assert free_code("8", [*codes, first]) not in {*codes, first}


def test_the_laptop_changes_hands_on_a_page_of_its_own() -> None:
    """At either edge a page says whom it goes to, with nothing of a question; Enter goes on."""
    view = on(ALONE + AGAIN, "1\r")
    assert view.mode == "give"
    assert "Violences" not in repr(sheet_of(view, SETTING))
    assert keyed(view, "1").interview is view.interview
    inside = keyed(view, "\r", "2", "5\r")
    assert (inside.mode, sheet_of(inside, SETTING).is_large) == ("take", True)
    assert not {"back", "suspend", "help", "stop", "jump"} & {*actions(inside)}
    assert (name_of(keyed(inside, "\r")), keyed(inside, "\r").mode) == ("after", "answer")


def test_an_interview_resumed_in_a_private_section_is_given_to_the_respondent_first() -> None:
    """The first page is the one that says so."""
    inside = on(ALONE + AGAIN, "1\r", "\r", "1")
    assert begun(inside.interview).mode == "give"


def test_what_no_longer_holds_in_a_private_section_is_still_said_after_the_page() -> None:
    """The message waits behind the page that gives the laptop."""
    survey = """
  - type: group
    name: alone
    self_completed: true
    questions:
      - {type: integer, name: b, label: B, constraint: ". < ${a} or ${a} = ''", constraint_message: Trop}
  - {type: integer, name: a, label: A}
"""
    view = on(survey, "\r", "9\r", "\r", "5\r")
    assert (view.mode, view.message) == ("give", "")
    assert keyed(view, "\r").message == "Trop"


HINTED = "  - {type: integer, name: q, label: Âge, hint: Ne pas lire}\n"


def test_a_turned_screen_shows_the_question_alone() -> None:
    """Large, without hint, comment or interviewer's key; the same key turns it back; it can be answered."""
    view = on(HINTED + AGAIN, "[comment]", "gêné\r", "3", "[turn]")
    sheet = sheet_of(view, SETTING)
    assert sheet.is_large
    assert sheet.question == "Âge"
    assert (sheet.hints, sheet.notes) == ((), ())
    assert {*actions(view)} & {"refused", "help", "jump", "stop", "suspend", "comment"} == set()
    assert view.typed.text == "3"
    back = keyed(view, "[turn]")
    assert sheet_of(back, SETTING).hints == ("Ne pas lire",)
    after = keyed(view, "4\r")
    assert (values_of(after)["q"], after.is_turned) == ("34", False)


# --- long lists, another keyboard ---------------------------------------------------------------

STREETS = ["Élysée", "Écluse", "Cœur", "Rue 3", *(f"Quai {n}" for n in range(5, 60))]


def streets(kind: str, labels: list[str], *keys: str) -> View:
    """Return the view of a list of answers, coded from 1."""
    choices = "".join(
        f"    - {{name: s{n}, code: {n}, label: {label}}}\n"
        for n, label in enumerate(labels, start=1)
    )
    head = HEAD.replace("survey:\n", f"  streets:\n{choices}survey:\n")
    loaded = check(f"{head}  - {{type: {kind} streets, name: q, label: Q}}\n{AGAIN}", "test.yaml")
    assert loaded.instrument is not None
    return keyed(begun(begin(plan(loaded.instrument), NOW, "seed")), *keys)


def labels_in(view: View) -> list[str]:
    return [row.label for row in sheet_of(view, SETTING).rows]


@pytest.mark.parametrize("letters", ["e", "E", "é", "É"])
def test_letters_sift_a_list_longer_than_the_screen(letters: str) -> None:
    """Accents and case do not matter; the prompt says how to leave; nothing is answered yet."""
    view = streets("select_one", STREETS, letters)
    assert labels_in(view) == ["Élysée", "Écluse", "Cœur", "Rue 3"]
    assert "Backspace" in sheet_of(view, SETTING).prompt
    assert view.interview.answers == {}
    assert len(labels_in(keyed(view, "[backspace]"))) == len(STREETS)
    assert name_of(keyed(view, "[backspace]", "12")) == "last"


def test_enter_takes_the_only_answer_left_and_says_so_before() -> None:
    """While several are left it takes none; the code of one of them does."""
    view = streets("select_one", STREETS, "coe")
    assert "3" in sheet_of(view, SETTING).prompt
    assert values_of(keyed(view, "\r")) == {"q": "s3"}
    several = streets("select_one", STREETS, "quai\r")
    assert (name_of(several), bool(several.message), several.interview.answers) == ("q", True, {})
    assert values_of(keyed(several, " 17\r")) == {"q": "s17"}


def test_a_letter_that_leaves_no_answer_is_not_taken() -> None:
    """What is shown is never an empty list."""
    view = streets("select_one", STREETS, "cw")
    assert (view.typed.text, bool(view.message), labels_in(view)) == ("c", True, ["Écluse", "Cœur"])


def test_codes_still_work_in_a_long_list_and_digits_sift_nothing() -> None:
    """A code that does not exist is said; one key or two are enough as before."""
    assert values_of(streets("select_one", STREETS, "7")) == {"q": "s7"}
    assert values_of(streets("select_one", STREETS, "2\r")) == {"q": "s2"}
    assert values_of(streets("select_one", STREETS, "58")) == {"q": "s58"}
    wrong = streets("select_one", STREETS, "0")
    assert (wrong.is_sifting, bool(wrong.message)) == (False, True)


def test_several_answers_are_picked_by_letters_one_after_the_other() -> None:
    """Enter picks; Enter on an empty line validates."""
    view = streets("select_multiple", STREETS, "coe\r", "lys\r")
    assert view.marked == {"1", "3"}
    assert view.interview.answers == {}
    assert values_of(keyed(view, "\r")) == {"q": "s1 s3"}


def test_letters_do_nothing_in_a_list_the_screen_holds() -> None:
    """A slip of the hand is no filter; what is long depends on the screen."""
    view = streets("select_one", STREETS[:4], "e")
    assert (view.is_sifting, view.typed.text, bool(view.message)) == (False, "", True)
    small = replace(streets("select_one", STREETS[:9]), size=(40, 12))
    assert keyed(small, "e").is_sifting


def test_the_digit_row_of_a_french_keyboard_needs_no_shift_where_codes_are_digits() -> None:
    """Each key of the row stands for its digit at a closed question, and on the page of stopping."""
    closed = on("  - {type: select_one, choices: yes_no, name: q, label: Q}\n" + AGAIN)
    row = "&é\"'(-è_çà"
    assert "".join(unshifted(closed, key) for key in row) == "1234567890"
    assert unshifted(keyed(closed, "[stop]"), "'") == "4"
    assert unshifted(closed, "a") == "a"
    assert unshifted(closed, "1") == "1"


def test_no_key_is_another_where_text_may_be_meant() -> None:
    """Text, numbers, comments, lists to sift and codes that are no digits are left as typed."""
    lettered = HEAD.replace("code: 1", "code: A").replace("code: 2,", "code: B,")
    form = check(lettered + "  - {type: select_one yes_no, name: q, label: Q}\n", "test.yaml")
    assert form.instrument is not None
    views = [
        begun(begin(plan(form.instrument), NOW, "seed")),
        streets("select_one", STREETS),
        on("  - {type: text, name: q, label: Q}\n"),
        on("  - {type: integer, name: q, label: Q}\n"),
        on("  - {type: select_one yes_no, name: q, label: Q}\n", "[comment]"),
        on("  - {type: select_one yes_no, name: q, label: Q}\n", "[jump]"),
        on("  - {type: select_one yes_no, name: q, label: Q}\n", "[stop]", "3"),
    ]
    for view in views:
        assert [unshifted(view, key) for key in "&é\"'(-è_çà"] == [*"&é\"'(-è_çà"]


# --- the keys -----------------------------------------------------------------------------------


def test_no_key_has_two_meanings() -> None:
    """Every stroke stands once in the key map, and every listed key has another one beside it."""
    strokes = [stroke for key in KEYS for stroke in key.strokes]
    assert len(strokes) == len(set(strokes))
    assert all(len(key.shown) == len(key.strokes) for key in KEYS if key.shown)
    assert action_of("f3") == "back"
    assert action_of("3") is None


def test_the_footer_lists_only_keys_that_act() -> None:
    """At the first question there is no way back; without a second language, no language key."""
    footer = sheet_of(on(TWO + AGAIN), SETTING).footer
    assert footer[0] == "F1 help"
    assert "F3 back" not in footer
    assert "Ctrl-L language" in footer


def test_help_shows_guidance_and_every_key() -> None:
    """The guidance hint, then each key with its other spelling; Enter returns to what was typed."""
    survey = "  - {type: integer, name: q, label: Q, guidance_hint: En années.}\n" + AGAIN
    view = on(survey, "4", "[help]")
    sheet = sheet_of(view, SETTING)
    assert sheet.hints[0] == "En années."
    assert ("F4, Ctrl-R", "refused") in [(row.code, row.label) for row in sheet.rows]
    assert keyed(view, "\r").typed.text == "4"


@pytest.mark.parametrize("action", ["comment", "suspend", "help"])
def test_help_is_listed_whatever_lies_over_the_question(action: str) -> None:
    """F1 is always in the footer, and returns to what was being typed."""
    view = on(TWO + AGAIN, "4", f"[{action}]")
    assert sheet_of(view, SETTING).footer[0] == "F1 help"
    view = keyed(view, "[help]", "[back]", "[back]")
    assert (view.mode, view.typed.text) == ("answer", "4")


def test_the_language_key_speaks_the_next_language() -> None:
    """The questionnaire changes language, the question stays."""
    survey = "  - {type: integer, name: q, label: {fr: Âge, en: Age}}\n" + AGAIN
    view = on(survey, "[language]")
    assert sheet_of(view, SETTING).question == "Age"
    assert sheet_of(keyed(view, "[language]"), SETTING).question == "Âge"


@pytest.mark.parametrize(
    ("action", "ending"), [("suspend", "suspended"), ("interrupt", "interrupted")]
)
def test_leaving_asks_first(action: str, ending: str) -> None:
    """Neither key ends the sitting by itself; Enter does, back returns."""
    view = on(TWO + AGAIN, "4", f"[{action}]")
    assert (view.ending, view.mode) == (None, "leave")
    assert keyed(view, "[back]").typed.text == "4"
    left = keyed(view, "\r")
    assert (left.ending, left.interview.answers) == (ending, {})
    assert keyed(view, f"[{action}]").ending is None


# --- hiding the screen, and stopping ------------------------------------------------------------


def everything_on(view: View, setting: Setting = SETTING) -> str:
    """Return all the words of every page of the screen."""
    sheet = sheet_of(view, setting)
    pages = lay_out(sheet, 80, 24).pages
    lines = [line for page in range(pages) for line in lay_out(sheet, 80, 24, page).lines]
    return "\n".join("".join(text for _style, text in line) for line in lines)


EVERYWHERE = ["", "[comment]", "[help]", "[jump]", "[suspend]", "[stop]", "95\r"]


@pytest.mark.parametrize("before", EVERYWHERE)
def test_one_key_hides_whatever_is_on_the_screen(before: str) -> None:
    """From anywhere the pause shows the title and the help numbers alone, and returns as it was."""
    setting = replace(SETTING, help_numbers=(("Violences", "3919"),))
    view = on(SOFT.replace("Âge", "Secret") + AGAIN, before)
    hidden = keyed(view, "[pause]")
    text = everything_on(hidden, setting)
    assert hidden.mode == "paused"
    assert not any(word in text for word in ("Secret", "90", "95", "1/2", "Comment", "F1"))
    assert "3919  Violences" in text
    assert uncovered(hidden, is_locking=False).mode in {view.mode, "answer"}


@pytest.mark.parametrize("before", EVERYWHERE)
def test_a_lock_shows_nothing_and_only_the_passphrase_leaves_it(before: str) -> None:
    """A wrong passphrase says so; no key of the question acts behind the lock."""
    view = on(SOFT.replace("Âge", "Secret") + AGAIN, before)
    hidden = locked(view)
    for key in (key.action for key in KEYS):
        pressed = press(hidden, key, SCRUBBER)
        assert pressed.mode in {"locked", "leave"}
        assert "Secret" not in everything_on(pressed)
        assert "Secret" not in everything_on(press(pressed, "help", SCRUBBER))
    wrong = unlocked(hidden, is_right=False)
    assert (wrong.mode, bool(wrong.message)) == ("locked", True)
    assert unlocked(wrong, is_right=True) == view


def test_a_pause_is_locked_where_there_is_a_lock() -> None:
    """Any key then asks for the passphrase, and a lock over a lock is one."""
    view = on(SOFT + AGAIN, "4")
    hidden = uncovered(keyed(view, "[pause]"), is_locking=True)
    assert hidden.mode == "locked"
    assert locked(hidden) == hidden == locked(keyed(hidden, "[suspend]"))
    assert unlocked(hidden, is_right=True).typed.text == "4"


def test_behind_a_lock_a_private_section_shows_nothing_typed() -> None:
    """Whoever unlocks is not the respondent: what was answered alone is hidden from then on."""
    view = on(ALONE + AGAIN, "1\r", "\r", "1", "77")
    after = unlocked(locked(view), is_right=True)
    assert "77" not in everything_on(after)
    assert after.own == frozenset()


def test_stopping_is_pausing_stopping_or_erasing() -> None:
    """One key each; anything else says what to type, back returns."""
    view = on(TWO + AGAIN, "4", "[stop]")
    assert [row.code for row in sheet_of(view, SETTING).rows] == ["1", "2", "3"]
    assert keyed(view, "[back]").typed.text == "4"
    assert keyed(view, "7").message
    assert uncovered(keyed(view, "1"), is_locking=False).typed.text == "4"
    assert keyed(view, "2").ending == "stopped"
    assert (keyed(view, "3").mode, keyed(view, "3").ending) == ("erase", None)


@pytest.mark.parametrize(("typed", "ending"), [("erase", "erased"), (" ÉRASE ", "erased")])
def test_erasing_needs_its_word(typed: str, ending: str) -> None:
    """Case and accents do not matter."""
    view = on(TWO + AGAIN, "17\r", "[stop]", "3")
    assert keyed(view, typed, "\r").ending == ending


@pytest.mark.parametrize("typed", ["", "1", "3", "yes", "eras", "erase it", "\r\r\r"])
def test_nothing_else_erases(typed: str) -> None:
    """Enter alone, a code or another word erase nothing; the page promises no more than it can."""
    view = on(TWO + AGAIN, "17\r", "[stop]", "3")
    assert "as far as its disk allows" in everything_on(view)
    view = keyed(view, typed, "\r")
    assert (view.ending, view.mode, bool(view.message)) == (None, "erase", True)


def test_a_respondent_who_wants_to_stop_can_be_honoured() -> None:
    """Ctrl-C, which is listed nowhere, leads out of a private section to the page of stopping."""
    view = on(ALONE + AGAIN, "1\r", "\r", "[stop]")
    assert view.mode == "answer"
    assert keyed(view, "[interrupt]", "[stop]", "3", "erase\r").ending == "erased"


@pytest.mark.parametrize("before", [*EVERYWHERE, "[pause]"])
def test_practice_is_said_on_line_2_of_every_page(before: str) -> None:
    """A word of its own, in a style of its own; an interview that is no practice has neither."""
    view = on(SOFT + AGAIN, before)
    practising = replace(SETTING, is_practice=True)
    assert lay_out(sheet_of(view, practising), 40, 12).lines[1][0] == (
        "class:practice",
        "PRACTICE ",
    )
    assert "PRACTICE" not in everything_on(view)


# --- going to a question ------------------------------------------------------------------------

PARTS = """
  - type: group
    name: first
    label: Profil
    questions:
      - {type: integer, name: age, label: Âge}
      - {type: select_one, choices: yes_no, name: home, label: Un logement ?}
  - type: repeat
    name: child
    label: Enfant
    questions:
      - {type: text, name: name, label: Son prénom, keep: never}
  - type: group
    name: alone
    self_completed: true
    label: Seul
    questions:
      - {type: integer, name: secret, label: Combien de fois}
      - {type: integer, name: other, label: Et ensuite}
  - {type: note, name: thanks, label: Merci}
"""
WHOLE = ("4321\r", "[refused]", "1", "Zoé\r", "2", "\r", "\r", "77\r", "\r", "\r")


def listed_in(view: View) -> list[tuple[str, str, str]]:
    """Return (code, label, what was said) of every row on the screen, over its pages."""
    return [(row.code, row.label, row.said) for row in sheet_of(view, SETTING).rows]


def test_the_list_has_what_is_unanswered_or_was_declined_by_section() -> None:
    """What was answered is not in it; a key shows it too, by its status alone."""
    view = on(PARTS, "4321\r", "[refused]", "[jump]")
    assert listed_in(view) == [
        ("", "Profil", ""),
        ("2", "Un logement ?", "refused"),
        ("", "Enfant", ""),
        ("3", "Enfant 1: another one?", ""),
        ("", "Seul", ""),
        ("4", "Combien de fois", ""),
        ("5", "Et ensuite", ""),
    ]
    wider = keyed(view, "[everything]")
    assert ("1", "Âge", "answered") in listed_in(wider)
    assert "4321" not in repr(sheet_of(wider, SETTING))
    assert "everything" not in actions(wider)


def test_a_number_and_enter_go_to_the_question_and_its_answer_returns() -> None:
    """Once it is answered, the question that was to be answered next comes again."""
    view = on(PARTS, "4321\r", "[refused]", "1", "[jump]", "2\r")
    assert name_of(view) == "home"
    assert name_of(keyed(view, "1")) == "name"


def test_letters_sift_the_list_and_enter_goes_to_the_only_one_left() -> None:
    """Accents and case do not matter; several that are left are not guessed between."""
    view = on(PARTS, "4321\r", "[refused]", "[jump]", "LOG")
    assert [row[0] for row in listed_in(view)] == ["", "2"]
    assert "2" in sheet_of(view, SETTING).prompt
    assert name_of(keyed(view, "\r")) == "home"
    several = on(PARTS, "[jump]", "e\r")
    assert (several.mode, bool(several.message)) == ("jump", True)
    assert name_of(keyed(on(PARTS, "4321\r", "[jump]", "[everything]", "age"), "\r")) == "age"


@pytest.mark.parametrize("typed", ["", "0", "99", "zzz", "77"])
def test_a_number_that_is_not_in_the_list_goes_nowhere(typed: str) -> None:
    """It is said, and back returns to what was being typed."""
    view = on(PARTS, "43", "[jump]", typed, "\r")
    assert (view.mode, bool(view.message), view.ending) == ("jump", True, None)
    assert keyed(view, "[back]").typed.text == "43"


def test_what_a_respondent_answered_alone_is_in_no_list() -> None:
    """Neither its answer nor, once it was asked, whether there is one."""
    view = on(PARTS, *WHOLE)
    assert view.mode == "closing"
    for shown in (view, keyed(view, "[jump]"), keyed(view, "[jump]", "[everything]")):
        text = repr(sheet_of(shown, SETTING))
        assert "77" not in text
        assert "Combien de fois" not in text
        assert "Et ensuite" not in text


def test_the_review_says_what_was_answered_and_counts_the_rest() -> None:
    """Numbers are places on the path; of what was filled in alone there is only a count."""
    view = on(PARTS, *WHOLE)
    sheet = sheet_of(view, SETTING)
    assert listed_in(view) == [
        ("", "Profil", ""),
        ("1", "Âge", "4321"),
        ("2", "Un logement ?", "(refused)"),
        ("", "Enfant", ""),
        ("3", "Enfant 1: another one?", "Yes, another one"),
        ("4", "Enfant 1 · Son prénom", "Zoé"),
        ("5", "Enfant 2: another one?", "No, go on"),
    ]
    assert sheet.hints == (
        "answered 3 · refused 1 · left blank 1",
        "Seul · filled in by the respondent: 1 of 2 answered",
    )


def test_the_review_seals_on_an_empty_line_only() -> None:
    """A number returns to its question, and its answer to the review; what is no number seals nothing."""
    view = on(PARTS, *WHOLE)
    assert keyed(view, "\r").ending == "finished"
    at = keyed(view, "2\r")
    assert (name_of(at), at.ending) == ("home", None)
    again = keyed(at, "1")
    assert (again.mode, values_of(again)["home"]) == ("closing", "yes")
    for typed in ("99\r", "6\r", "zz\r"):
        assert keyed(view, typed).ending is None
    assert keyed(view, "[back]").mode == "answer"


def test_digits_alone_are_a_number_of_the_list() -> None:
    """A question whose text has those digits is listed only where no number begins with them."""
    lines = [Entry("1", "Depuis 12 mois"), Entry("12", "Âge"), Entry("120", "Ville")]
    assert [line.code for line in sifted(lines, "12")] == ["12", "120"]
    assert [line.code for line in sifted(lines, "2")] == ["1"]
    assert [line.code for line in sifted(lines, "12 mois")] == ["1"]


@given(st.text(max_size=40), st.text(max_size=10))
def test_sifting_ignores_case_and_accents(label: str, more: str) -> None:
    """What is left by a word is left by its capitals, and a label is left by itself."""
    line = Entry("1", label + more)
    assert sifted([line], label) == (line,)
    assert sifted([line], "ÉTÉ") == sifted([line], "ete") == sifted([line], "éte")


# --- hostile input ------------------------------------------------------------------------------


def test_a_paste_never_answers_by_itself() -> None:
    """A pasted code, newlines and all, waits on the line."""
    survey = "  - {type: select_one, choices: yes_no, name: q, label: Q}\n" + AGAIN
    view = paste(on(survey), "1\r\n")
    assert (name_of(view), view.interview.answers) == ("q", {})
    assert values_of(keyed(view, "\r"))["q"] == "yes"


def test_several_codes_can_be_pasted() -> None:
    """They are picked together by Enter, and validated by the next one."""
    survey = "  - {type: select_multiple, choices: products, name: q, label: Q}\n" + AGAIN
    view = keyed(paste(on(survey), "1, 21"), "\r")
    assert view.marked == {"1", "21"}
    assert values_of(keyed(view, "\r"))["q"] == "crack other"


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("\x1b[31mrouge\x1b[0m", "rouge"),
        ("\x1b]0;titre\x07a\x1b]8;;http://x\x1b\\b", "ab"),
        ("a\x9b31mb\x00\x7f\x85c", "abc"),
        ("un\r\n\tdeux", "un deux"),
        ("\x1bP1$r\x1b\\x\x1b(By\x1b", "xy"),
        ("\x1b[200~a\x1b[201~", "a"),
    ],
)
def test_a_pasted_escape_sequence_is_not_text(pasted: str, text: str) -> None:
    """Control sequences, control strings and control characters leave nothing behind."""
    assert cleaned(pasted) == text


@given(st.text(max_size=80))
def test_nothing_pasted_carries_a_control_character(pasted: str) -> None:
    """Whatever is pasted, what is typed in its place is plain text on one line."""
    assert not [c for c in cleaned(pasted) if ord(c) < 32 or 127 <= ord(c) < 160]


@pytest.mark.parametrize("sequence", ["[31m", "]0;1\x07", "[1;2;3m", "(1", "1", "P12\x9c", "O1"])
def test_an_escape_sequence_typed_by_a_terminal_is_swallowed_whole(sequence: str) -> None:
    """Its digits answer nothing; the key after it does."""
    escape, swallowed = Escape().after("escape", 5.0)
    assert swallowed
    for character in sequence:
        escape, swallowed = escape.after("c-g" if character == "\x07" else character, 5.01)
        assert swallowed
    assert escape.after("1", 5.02)[1] is False


def test_escape_pressed_by_a_person_does_not_eat_the_next_key() -> None:
    """A sequence comes at once; a key that comes later is a key."""
    escape, _swallowed = Escape().after("escape", 5.0)
    assert escape.after("[", 6.0)[1] is False


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(
            [*"0123456789 aé\x1b\x9b\x00\ud800", "\r", *[f"[{key.action}]" for key in KEYS]]
        ),
        max_size=60,
    )
)
def test_any_keys_keep_the_interview_sound(keys: list[str]) -> None:
    """Whatever is pressed: no error, no ending without a confirmation, every answer given once."""
    view = begun(interview_of(ALONE + TWO + SOFT.replace("name: age", "name: old")))
    given_answers = []
    for key in keys:
        before = view
        view = keyed(view, key)
        sheet_of(view, SETTING)
        if view.given is not None:
            given_answers.append(view.given)
        else:
            assert view.interview.answers == before.interview.answers
        if view.ending is not None:
            assert before.mode in {"leave", "closing", "stop", "erase"}
            break
    assert view.interview.answers == dict(given_answers)


def test_a_view_prints_nothing_of_what_it_holds() -> None:
    """Its repr, and that of what is typed, show no answer."""
    view = replace(on(TWO + AGAIN, "4321"), comment="4321")
    assert "4321" not in repr(view)
    assert "4321" not in repr(view.typed)


@pytest.mark.parametrize("action", ["suspend", "stop"])
def test_a_trial_says_that_nothing_is_kept(action: str) -> None:
    """No page of it says that an answer is kept, for none is."""
    view = on("  - {type: integer, name: q, label: Combien ?}\n", f"[{action}]")
    sheet = sheet_of(view, Setting("Essai", SCRUBBER, is_trial=True))
    assert "This is a trial: nothing of it is kept." in sheet.hints
    assert "is kept" not in "".join((*sheet.hints[1:], *(row.label for row in sheet.rows)))
