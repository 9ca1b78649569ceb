"""`souspli interview --plain`: what is piped in is what is sealed, answer by answer, and no more."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from interviewer import keep
from interviewer.interview import Answer, Interview, Step, begin, choices, give, judge
from interviewer.kit import instrument_of
from interviewer.kit import read as read_kit
from interviewer.record import Record, key_of
from interviewer.respondent import Respondent, answer_all
from interviewer.scrub import Scrubber
from surveys.expressions import Node
from surveys.instrument import Group, Instrument, Question
from surveys.kinds import KINDS
from surveys.plan import plan

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Unsealed = Callable[[Path], list[tuple[Record, Mapping[str, str]]]]

ASSORE = (
    "interview",
    "assore_beneficiaires",
    "--plain",
    "--case",
    "K7Q2-M4T9",
    "--interviewer",
    "I1",
)
SMALL = ("interview", "small", "--plain", "--case", "K7Q2-M4T9", "--interviewer", "I1")
SCRUBBER = Scrubber()
CARD = "7K2M-Q4TB-X9ZP-8G"
SCRIPT = {
    "info_given": "1",
    "consent": "1",
    "card_given": "1",
    "card_code": CARD,
    "crack_age_first": "3",
    "days_crack_now": "12",
    "products_ever": "1 11",
    "other_product": "du protoxyde, l'été",
    "what_to_change": ": moins de règles, plus de calme",
}


@dataclass(frozen=True)
class Line:
    """What is typed at one stop, and what a record must hold of it under `part`, or nothing."""

    typed: tuple[str, ...]
    key: str
    part: str
    held: str | None


def instrument(home: Path, name: str) -> Instrument:
    found = read_kit((home / "kit").read_bytes()).kit.named(name)
    assert found is not None
    return instrument_of(found)


def lines_of(form: Instrument, seed: int) -> list[Line]:
    """Return what a simulated respondent types in a whole interview, line by line."""
    lines: list[Line] = []
    interview = begin(plan(form), datetime.now().astimezone(), "seed")

    def typed_by(node: Node, answer: Answer, language: str) -> None:
        nonlocal interview
        step = interview.current
        assert step is not None
        assert step.node == node
        if isinstance(step.item, Group) or KINDS[step.item.kind].is_asked:
            lines.append(_line(interview, step, answer))
        interview = give(interview, node, answer)

    person = Respondent(random.Random(seed), SCRIPT, declines=0.1)
    sitting = answer_all(interview, person, SCRUBBER, typed_by)
    assert sitting.ending == "finished"
    return lines


def _line(interview: Interview, step: Step, answer: Answer) -> Line:
    key = key_of(step.node)
    if answer.status != "answered":
        command = {"refused": ":refuse", "dont_know": ":dk", "no_answer": ""}[answer.status]
        return Line((command,), key, "statuses", answer.status)
    assert isinstance(step.item, Question)
    typed = _typed(interview, step, step.item, answer.value)
    judged = judge(interview, step, typed, SCRUBBER)
    accepted = (":accept vu ensemble",) if judged.is_soft else ()
    part = "links" if step.item.keep.rule == "link" else "answers"
    escaped = f":{typed}" if typed.startswith(":") else typed
    return Line((escaped, *accepted), key, part, _held(step.item, answer.value))


def _typed(interview: Interview, step: Step, question: Question, value: str) -> str:
    """Return what an interviewer types for a value: codes of choices, 1 to confirm, MM/YYYY."""
    match question.kind:
        case "select_one" | "select_multiple":
            names = value.split()
            return " ".join(one.code for one in choices(interview, step) if one.name in names)
        case "acknowledge":
            return "1"
        case "date":
            year, month, day = value.split("-")
            is_month = question.appearance == "month-year"
            return f"{month}/{year}" if is_month else f"{day}/{month}/{year}"
        case _:
            return value


def _held(question: Question, value: str) -> str | None:
    if question.keep.rule in {"as_given", "scrub", "link"}:
        return value  # what was typed holds nothing that scrubbing takes out
    return keep.reduce(question, value, SCRUBBER)


def text_of(lines: Sequence[Line]) -> str:
    return "".join(f"{typed}\n" for line in lines for typed in line.typed)


def asked(form: Instrument, found: Mapping[str, str]) -> dict[str, str]:
    """Return what was answered by somebody, without what the interview computed."""
    computed = {one.name for one in form.questions() if not KINDS[one.kind].is_asked}
    return {key: value for key, value in found.items() if key.partition("[")[0] not in computed}


def held_by(lines: Sequence[Line], part: str) -> dict[str, str]:
    return {line.key: line.held for line in lines if line.part == part and line.held is not None}


@pytest.mark.parametrize("seed", [2022, 5])
def test_a_whole_interview_is_sealed_answer_by_answer(
    souspli: Run, home: Path, unsealed: Unsealed, seed: int
) -> None:
    """Exit 0; one record and its link; what they hold is what was typed, and nothing else."""
    form = instrument(home, "assore_beneficiaires")
    lines = lines_of(form, seed)
    assert len(lines) > 100
    done = souspli(*ASSORE, "--home", home, passphrases=1, typed=text_of(lines))
    assert (done.returncode, done.stderr) == (0, "")
    outbox = home / "field" / "outbox"
    names = sorted(path.name for path in outbox.iterdir())
    assert [re.sub(r"^[0-9a-f]{32}", "ID", name) for name in names] == ["ID.age", "ID.link.age"]
    [(made, links)] = unsealed(home)
    assert asked(form, made.answers) == held_by(lines, "answers")
    assert made.statuses == held_by(lines, "statuses")
    assert links == held_by(lines, "links") == {"card_code": CARD}
    assert made.reasons.keys() == {line.key for line in lines if len(line.typed) == 2}
    assert (made.kind, made.outcome, made.status) == ("interview", "1.1", "complete")
    assert (made.case, made.interviewer, made.device) == ("K7Q2-M4T9", "I1", "L01")
    assert not made.is_practice
    assert not made.is_simulated


# What is typed up to the card of the participant; then its code with one character wrong.
TO_THE_CARD = "1\n1\n2\n1\n1\n1\n1\n"
MISTYPED = CARD.replace("Q", "P")
CHECK_IT = "! A character of this code is wrong. Compare each one with the card."
CUT_SHORT = "! Type the 14 characters of the code on the card: one is missing, or too many."


def test_a_mistyped_card_code_is_asked_again_and_kept_as_it_is_printed(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """A slip and a code cut short are refused; small letters without hyphens are the same code."""
    plain = CARD.replace("-", "").lower()
    typed = f"{TO_THE_CARD}{MISTYPED}\n{plain[:-1]}\n{plain}\n:stop\n"
    done = souspli(*ASSORE, "--home", home, passphrases=1, typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    assert (done.stdout.count(CHECK_IT), done.stdout.count(CUT_SHORT)) == (1, 1)
    assert not any(code in done.stdout.upper() for code in (CARD, MISTYPED, plain.upper()))
    [(made, links)] = unsealed(home)
    assert links == {"card_code": CARD}
    assert "card_code" not in {**made.answers, **made.statuses}


def test_a_card_code_typed_before_a_break_is_kept_as_it_is_printed(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """Going back shows it so; a mistyped one does not replace it, and an empty line keeps it."""
    plain = CARD.replace("-", " ").lower()
    begun = souspli(*ASSORE, "--home", home, passphrases=1, typed=f"{TO_THE_CARD}{plain}\n")
    assert begun.returncode == 130
    typed = f":back\n{MISTYPED}\n\n:stop\n"
    done = souspli(*ASSORE, "--home", home, passphrases=1, typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"(answered before: {CARD}; an empty line keeps it)" in done.stdout
    assert done.stdout.count(CHECK_IT) == 1
    [(_made, links)] = unsealed(home)
    assert links == {"card_code": CARD}


def test_what_is_never_kept_is_in_no_part_of_the_record(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """`keep: never` leaves neither answer nor status; the calculation from it is kept in bands."""
    form = instrument(home, "assore_beneficiaires")
    souspli(*ASSORE, "--home", home, passphrases=1, typed=text_of(lines_of(form, 2022)))
    [(made, _links)] = unsealed(home)
    assert "entry_month" not in {**made.answers, **made.statuses}
    assert made.answers["months_since_entry"] in {"0", "6", "12", "24", "36", "60"}


STOP = ":stop\n"


@pytest.mark.parametrize("answers", [1, 25, 100, -1])
def test_the_end_of_input_keeps_what_was_answered_and_invents_nothing(
    souspli: Run, home: Path, unsealed: Unsealed, answers: int
) -> None:
    """Exit 130 wherever the input ends, a draft and no record; sealed later, it has what was typed."""
    form = instrument(home, "assore_beneficiaires")
    lines = lines_of(form, 2022)[:answers]
    done = souspli(*ASSORE, "--home", home, passphrases=1, typed=text_of(lines))
    assert (done.returncode, done.stderr) == (130, "")
    assert unsealed(home) == []
    assert len(list((home / "field" / "drafts").iterdir())) == 1
    done = souspli(*ASSORE, "--home", home, passphrases=1, typed=STOP)
    assert (done.returncode, done.stderr) == (0, "")
    [(made, links)] = unsealed(home)
    assert made.status in {"partial", "broke_off"}
    assert made.outcome in {"1.2", "2.12"}
    assert asked(form, made.answers) == held_by(lines, "answers")
    assert links == held_by(lines, "links")
    assert made.statuses == {
        **dict.fromkeys(made.statuses, "broke_off"),
        **held_by(lines, "statuses"),
    }
    assert made.statuses.keys().isdisjoint(made.answers)
    assert list((home / "field" / "drafts").iterdir()) == []


def test_an_interview_cut_in_two_is_the_whole_one(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """The same command goes on with it; what was kept reduced and is needed is asked again first."""
    form = instrument(home, "assore_beneficiaires")
    lines = lines_of(form, 2022)
    souspli(*ASSORE, "--home", home, passphrases=1, typed=text_of(lines[:60]))
    again = [line for line in lines[:60] if is_asked_again(form, line.key)]
    typed = text_of([*again, *lines[60:]])
    done = souspli(*ASSORE, "--home", home, passphrases=1, typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    assert "This interview goes on where it stopped." in done.stdout
    [(made, links)] = unsealed(home)
    assert asked(form, made.answers) == held_by(lines, "answers")
    assert (made.status, links) == ("complete", held_by(lines, "links"))


def is_asked_again(form: Instrument, key: str) -> bool:
    """Whether an answer was kept reduced while something still reads it."""
    found = next(one for one in form.questions() if one.name == key.partition("[")[0])
    is_whole = found.keep.rule in {"as_given", "scrub", "link"}
    return not is_whole and found.name in plan(form).read_names


@pytest.mark.parametrize("typed", ["", ":help\n:lang en\n:back\n\n99\n", "1"])
def test_an_interview_without_an_answer_says_nothing(
    souspli: Run, home: Path, unsealed: Unsealed, typed: str
) -> None:
    """Exit 130 where nothing was answered; a line that was not ended is no answer."""
    done = souspli(*ASSORE, "--home", home, passphrases=1, typed=typed)
    assert (done.returncode, done.stderr) == (130, "")
    assert unsealed(home) == []
    assert souspli(*ASSORE, "--home", home, passphrases=1, typed=STOP).returncode == 0
    [(made, links)] = unsealed(home)
    assert asked(instrument(home, "assore_beneficiaires"), made.answers) == links == {}


def test_a_line_cut_by_the_end_of_input_is_no_answer(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """Of 3500, cut after its first digit, nothing is kept: 3 was never answered."""
    done = souspli(*SMALL, "--home", home, passphrases=1, typed="1\nassez\n1\n3")
    assert done.returncode == 130
    souspli(*SMALL, "--home", home, passphrases=1, typed=STOP)
    [(made, _links)] = unsealed(home)
    assert made.answers == {"consent": "yes", "words": "assez", "reason": "roof"}
    assert made.statuses["amount"] == "broke_off"


WHOLE = ("1", "assez de tout", "1", "30", "", "0", "04/2022", "12,5", "44", "")


def test_a_small_interview_word_for_word(souspli: Run, home: Path, unsealed: Unsealed) -> None:
    """Each kind of answer, blank where it is optional, reduced where the questionnaire says so."""
    done = souspli(*SMALL, "--home", home, passphrases=1, typed="\n".join([*WHOLE, ""]))
    assert (done.returncode, done.stderr) == (0, "")
    [(made, links)] = unsealed(home)
    assert made.answers == {
        "consent": "yes",
        "words": "assez de tout",
        "reason": "roof",
        "amount": "30",
        "products": "nothing",
        "since": "2022-04-01",
        "age": "30",
    }
    assert made.statuses == {"card": "no_answer", "last": "no_answer"}
    assert links == {}


def with_line(number: int, *typed: str) -> str:
    """Return the small interview with other lines in the place of one."""
    return "\n".join([*WHOLE[:number], *typed, *WHOLE[number + 1 :], ""])


def test_an_answer_refused_or_unknown_is_a_status_where_it_is_offered(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """:refuse, :dk and a blank say so in the record; what a question does not offer is asked again."""
    typed = ["1", ":refuse", ":na", ":dk", "", ":refuse", "7K2M", ":dk", ":refuse", "", "44", "fin"]
    done = souspli(*SMALL, "--home", home, passphrases=1, typed="\n".join([*typed, ""]))
    assert done.returncode == 0
    assert done.stdout.count("! That is not possible for this question.") == 2
    [(made, links)] = unsealed(home)
    assert made.statuses == {
        "words": "refused",
        "reason": "dont_know",
        "amount": "no_answer",
        "products": "dont_know",
        "since": "refused",
        "spent": "no_answer",
    }
    assert (made.answers["age"], made.answers["last"]) == ("30", "fin")
    assert links == {"card": "7K2M"}


def test_a_blank_line_asks_a_required_question_again(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """A required question left blank is no answer; the next line is."""
    done = souspli(*SMALL, "--home", home, passphrases=1, typed=with_line(1, "", "  ", "assez"))
    assert done.returncode == 0
    assert done.stdout.count("! An answer is needed here; it may be a refusal.") == 2
    [(made, _links)] = unsealed(home)
    assert made.answers["words"] == "assez"


def test_going_back_replaces_an_answer(souspli: Run, home: Path, unsealed: Unsealed) -> None:
    """:back shows what was answered before; the new answer replaces it, and its branch with it."""
    typed = with_line(2, "8", ":back", "1", "30", ":back", ":back", "8", "le bruit")
    done = souspli(
        *SMALL, "--home", home, passphrases=1, typed=typed.replace("le bruit\n30\n", "le bruit\n")
    )
    assert done.returncode == 0
    assert "(answered before: Un toit; an empty line keeps it)" in done.stdout
    [(made, _links)] = unsealed(home)
    assert (made.answers["reason"], made.answers["reason_other"]) == ("other", "le bruit")
    assert made.answers["amount"] == "30"


def test_there_is_no_going_back_before_the_first_question(souspli: Run, home: Path) -> None:
    """:back on the first question says so and asks it again."""
    done = souspli(*SMALL, "--home", home, passphrases=1, typed=":back\n")
    assert "! This is as far back as it goes." in done.stdout


def test_an_unusual_answer_needs_a_reason(souspli: Run, home: Path, unsealed: Unsealed) -> None:
    """A soft constraint asks; :accept with a reason keeps both, :accept alone keeps neither."""
    typed = with_line(3, "5000", ":accept", ":accept compté deux fois")
    done = souspli(*SMALL, "--home", home, passphrases=1, typed=typed)
    assert "! C'est beaucoup. If it is right: :accept REASON" in done.stdout
    assert "! Give the reason: :accept REASON" in done.stdout
    [(made, _links)] = unsealed(home)
    assert made.answers["amount"] == "5000"
    assert made.reasons == {"amount": "compté deux fois"}


def test_a_comment_is_kept_with_the_answer_it_was_made_on(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """:comment is scrubbed like any text and goes with the next answer alone."""
    typed = with_line(3, ":comment rappeler au 06 12 34 56 78", "30")
    done = souspli(*SMALL, "--home", home, passphrases=1, typed=typed)
    assert "Noted with the answer to come: rappeler au [téléphone]" in done.stdout
    [(made, _links)] = unsealed(home)
    assert made.comments == {"amount": "rappeler au [téléphone]"}


def test_the_questionnaire_can_be_spoken_in_another_language(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """:lang asks the question again in that language; the record says which one it ended in."""
    done = souspli(
        *SMALL, "--home", home, passphrases=1, typed=with_line(1, ":lang xx", ":lang en", "enough")
    )
    assert "! Languages: fr en" in done.stdout
    assert done.stdout.index("Dites-le avec vos mots") < done.stdout.index("Say it in your own")
    [(made, _links)] = unsealed(home)
    assert (made.language, made.answers["words"]) == ("en", "enough")


def test_two_colons_begin_a_text_with_one(souspli: Run, home: Path, unsealed: Unsealed) -> None:
    """`::dk` is the text `:dk`; an unknown command answers nothing."""
    done = souspli(*SMALL, "--home", home, passphrases=1, typed=with_line(1, ":oops", "::dk"))
    assert "! There is no “:oops”; type :help" in done.stdout
    [(made, _links)] = unsealed(home)
    assert made.answers["words"] == ":dk"


def test_a_telephone_number_is_replaced_and_the_result_shown(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """Scrubbing happens before anything is kept, and what is kept is shown."""
    done = souspli(
        *SMALL, "--home", home, passphrases=1, typed=with_line(1, "mon numéro : 06 12 34 56 78")
    )
    assert "Kept: mon numéro : [téléphone]" in done.stdout
    assert "56 78" not in done.stdout
    [(made, _links)] = unsealed(home)
    assert made.answers["words"] == "mon numéro : [téléphone]"


def test_a_refusal_is_a_finished_interview(souspli: Run, home: Path, unsealed: Unsealed) -> None:
    """Consent refused ends the interview: exit 0, and a record with the outcome of a refusal."""
    done = souspli(*SMALL, "--home", home, passphrases=1, typed="2\n")
    assert done.returncode == 0
    [(made, _links)] = unsealed(home)
    assert (made.status, made.outcome) == ("refused", "2.112")


def test_a_case_is_interviewed_once_unless_another_is_asked_for(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """The second is refused before it begins, with what to add; a refusal may be taken up again."""
    whole = "\n".join([*WHOLE, ""])
    for typed in ("2\n", whole):
        assert souspli(*SMALL, "--home", home, passphrases=1, typed=typed).returncode == 0
    done = souspli(*SMALL, "--home", home, passphrases=1, typed=whole)
    assert (done.returncode, done.stdout) == (1, "")
    assert "this case has its interview already; to hold another one, add --new" in done.stderr
    assert len(unsealed(home)) == 2
    assert souspli(*SMALL, "--new", "--home", home, passphrases=1, typed=whole).returncode == 0
    assert len(unsealed(home)) == 3


def test_suspending_keeps_what_there_is(souspli: Run, home: Path, unsealed: Unsealed) -> None:
    """:suspend ends like the end of input; lines after it are not read; :stop seals it for good."""
    done = souspli(*SMALL, "--home", home, passphrases=1, typed="1\nassez\n:suspend\n1\n")
    assert done.returncode == 130
    assert unsealed(home) == []
    assert souspli(*SMALL, "--home", home, passphrases=1, typed=STOP).returncode == 0
    [(made, _links)] = unsealed(home)
    assert (made.status, made.answers) == ("partial", {"consent": "yes", "words": "assez"})


def test_no_encoding_of_the_terminal_loses_the_interview(
    souspli: Run, home: Path, unsealed: Unsealed
) -> None:
    """What a terminal cannot show is shown as ?; bytes that are no text answer nothing."""
    french = "é".encode("latin-1") + b"\n"
    typed = [b"1\n", b"assez\n", b"8\n", b":comment " + french, b":" + french, french, b"rien\n"]
    strict = {"PYTHONIOENCODING": "ascii:strict"}
    done = souspli(*SMALL, "--home", home, passphrases=1, typed=b"".join(typed), extra=strict)
    assert (done.returncode, done.stderr) == (130, "")
    assert done.stdout.count("! Type plain text on one line.") == 3
    souspli(*SMALL, "--home", home, passphrases=1, typed=STOP)
    [(made, _links)] = unsealed(home)
    assert made.answers == {
        "consent": "yes",
        "words": "assez",
        "reason": "other",
        "reason_other": "rien",
    }
    assert made.comments == {}


def test_ctrl_c_keeps_what_was_answered(
    souspli: Run, environment: dict[str, str], home: Path, unsealed: Unsealed
) -> None:
    """An interrupt in the middle is an interruption like the end of input: exit 130, a draft."""
    reading, writing = os.pipe()
    os.write(writing, b"three public words for tests\n")
    os.close(writing)
    command = str(Path(sys.executable).with_name("souspli"))
    with subprocess.Popen(
        [command, *SMALL, "--home", str(home), "--passphrase-fd", str(reading)],
        pass_fds=[reading],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"1\nassez\n")
        child.stdin.flush()
        shown = b""
        while b"Pourquoi" not in shown or not shown.endswith(b"> "):
            shown += os.read(child.stdout.fileno(), 4096)
        child.send_signal(signal.SIGINT)
        _out, complained = child.communicate(timeout=60)
    os.close(reading)
    assert (child.returncode, complained) == (130, b"")
    souspli(*SMALL, "--home", home, passphrases=1, typed=STOP)
    [(made, _links)] = unsealed(home)
    assert made.answers == {"consent": "yes", "words": "assez"}
