"""What a key does to the view, without a terminal: every kind, every mode, and what must not happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.interview import Interview, begin
from interviewer.screen.entries import free_code
from interviewer.screen.keys import KEYS, action_of
from interviewer.screen.sheet import sheet_of
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
    view = on(ALONE + AGAIN, "1\r")
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
    view = on(ALONE + AGAIN, "1\r", "9", "?\r")
    statuses = {node.name: answer.status for node, answer in view.interview.answers.items()}
    assert statuses == {"before": "answered", "violence": "refused", "times": "dont_know"}
    assert name_of(view) == "after"


def test_back_stops_at_both_edges_of_the_section() -> None:
    """A respondent does not reach the interviewer's questions, nor the interviewer theirs."""
    inside = on(ALONE + AGAIN, "1\r", "1", "[back]")
    assert name_of(inside) == "violence"
    assert inside.marked == {"1"}
    assert name_of(keyed(inside, "[back]")) == "violence"
    after = keyed(inside, "\r", "3\r", "[back]")
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
    view = on(survey, "77\r", "5\r")
    assert name_of(view) == "times"
    sheet = sheet_of(view, SETTING)
    assert "77" not in repr(sheet)
    assert sheet.typed is not None
    assert sheet.typed.text == ""
    assert sheet.notes
    view = keyed(view, "4\r")
    assert view.mode == "closing"


@given(st.lists(st.integers(0, 120).map(str), min_size=1, max_size=60, unique=True))
def test_the_code_of_a_non_response_is_never_the_code_of_an_answer(codes: list[str]) -> None:
    """Whatever codes a list has, declining has its own."""
    first = free_code("9", codes)
    assert first not in codes
    assert free_code("8", [*codes, first]) not in {*codes, first}


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


def test_the_closing_page_counts_and_shows_no_answer() -> None:
    """Counts only; Enter seals, back returns to the last question."""
    survey = """
  - {type: integer, name: a, label: A}
  - {type: integer, name: b, label: B}
  - {type: integer, name: c, label: C}
"""
    view = on(survey + AGAIN, "4321\r", "[refused]", "\r", "\r")
    sheet = sheet_of(view, SETTING)
    found = {row.label: row.code for row in sheet.rows}
    assert (found["refused"], found["left blank"], found["not answered"]) == ("1", "1", "0")
    assert "4321" not in repr(sheet)
    assert keyed(view, "\r").ending == "finished"
    assert keyed(view, "[back]").mode == "answer"


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
            assert before.mode in {"leave", "closing"}
            break
    assert view.interview.answers == dict(given_answers)


def test_a_view_prints_nothing_of_what_it_holds() -> None:
    """Its repr, and that of what is typed, show no answer."""
    view = replace(on(TWO + AGAIN, "4321"), comment="4321")
    assert "4321" not in repr(view)
    assert "4321" not in repr(view.typed)
