"""A day on paper: two interviewers, ten cases, a lost passphrase, and what reaches the study lead.

The interviewers work in tmux, on 80 columns by 24 rows; lead and custodian at a desk. Everything that is
typed and shown is compared with transcripts/a_day.txt, which is there to be read. After a change
that is meant: SOUSPLI_UPDATE_TRANSCRIPT=1 pytest tests/journey/test_a_day.py, and read the difference.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from export import custody
from export.study import Study, read_study
from export.unsealing.unseal import Unsealed, unseal_all
from interviewer import age, enrolment, kit, outbox, record, vault
from interviewer.record import Record
from tests.paper import Paper, Terminal, run_at

LEAD = "three public words for tests"  # of every key at the desk: the one `souspli` gives
MINE = {"L01": "seven quiet herons", "L02": "an old brass kettle", "L02b": "written on no wall"}
TRANSCRIPT = Path(__file__).with_name("transcripts") / "a_day.txt"
SMALL = Path(__file__).with_name("small.yaml")
HOTELS = {"AMARANTE": 25, "BLEUET": 15, "CAPUCINE": 10}  # and how many of the frame live there
SAID, OTHER, CARD = "zinzolin in the morning", "a garance door", "SMARAGDIN-4127"
REASON, UNDER_WAY, GARDEN = "asked twice, says so", "a violet canary", "un jardin"
ANSWERS = (SAID, OTHER, CARD, REASON, UNDER_WAY, GARDEN)
REFUSAL, HOTEL = "1 Enter", "2"  # keys of the sheet: 10 and 11 begin with a 1 too
END = "The interview is at its end."
SEALED = "Sealed. This laptop cannot read it any more."
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Require = Callable[[str, bool, str], None]


@dataclass
class Office:
    """A folder with the lead's study/, the custodian's key, the stick; and how to work in it."""

    folder: Path
    souspli: Run
    paper: Paper

    def does(self, who: str, *arguments: str, given: int = 0, status: int = 0) -> str:
        """Run a verb at a desk, with the desk's passphrase so many times; return what it said."""
        done = self.souspli(*arguments, passphrases=given, cwd=self.folder)
        assert done.returncode == status, done.stderr + done.stdout
        self.paper.write(run_at(who, arguments, done))
        return done.stdout + done.stderr


@dataclass
class Day:
    """What a day leaves behind: the transcript, what both terminals hold, and the lead's records."""

    paper: Paper
    held: Mapping[str, str]
    folder: Path
    study: Study
    unsealed: Unsealed
    cases: Mapping[str, Sequence[str]]
    said: Mapping[str, str]

    def of(self, hotel: str, number: int) -> list[Record]:
        """Return the records of a case, from 1 in a hotel, in the order of laptop and number."""
        code = self.cases[hotel][number - 1]
        found = [one for one in self.unsealed.records if one.case == code]
        return sorted(found, key=lambda one: (one.device, one.sequence))


# --- the study, and two laptops -------------------------------------------------------------------


def founded(office: Office) -> None:
    """Make keys and study, and draw ten people of fifty in three hotels, three more in reserve."""
    paper, folder = office.paper, office.folder
    paper.heading("The desk: keys, study, draw")
    office.does("custodian", "keys", "new", "custodian", "--out", "custodian", given=1)
    office.does("escrow holder", "keys", "new", "escrow", "--out", "escrow", given=1)
    forms = ("--instrument", "small.yaml", "--instrument", "assore/non_repondant:non_respondent")
    keys = ("--custodian", "custodian/custodian.pub", "--escrow", "escrow/escrow.pub")
    shutil.copy(SMALL, folder / "small.yaml")
    office.does("lead", "study", "new", "study", *forms, *keys, given=2)
    for name in ("study/keys/study", "study/keys/signing", "custodian/custodian", "escrow/escrow"):
        key = (
            folder / f"{name}.key"
        )  # under the cheapest passphrase there is, as the laptops' vaults
        content = age.unseal(key.read_bytes(), [age.Passphrase(LEAD.encode())])
        key.write_bytes(age.seal(content, [age.Passphrase(LEAD.encode(), 1)]))
    proven(office)
    path = folder / "study" / "study.yaml"
    text = path.read_text("utf-8")
    text = text.replace("words: []", f"words: [{', '.join(HOTELS)}]")
    text = text.replace("help_numbers: []", "help_numbers: [{label: Help line, number: '0800'}]")
    path.write_text(text, "utf-8")
    paper.note("in study.yaml the lead writes the hotels, as words no text keeps, and a help line")
    homes = [hotel for hotel, people in HOTELS.items() for _person in range(people)]
    rows = [f"P{number:03},{hotel}" for number, hotel in enumerate(homes)]
    (folder / "frame.csv").write_text("\n".join(["id,hotel", *rows, ""]), "utf-8")
    drawn = ("draw", "frame.csv", "--study", "study", "--stratum", "hotel", "--cluster", "hotel")
    design = ("--method", "stratified", "--fraction", "20%", "--reserve", "3")
    office.does("lead", *drawn, "--commit", *design, "--announced", "the lottery of Saturday")
    proof = ("--proof", "e-mail to the ethics board, Friday")
    told = office.does("lead", *drawn, "--beacon", "4 8 15 16 23 42", *proof)
    assert told.startswith("10 drawn of 50, in 3 strata")


def proven(office: Office) -> None:
    """Have each holder show that what is sealed to them opens; the words are said aloud."""
    office.does("lead", "keys", "test", "study", "--study", "study", given=1)
    for role, holder in (("custodian", "custodian"), ("escrow", "escrow holder")):
        test = ("keys", "test", role, "--study", "study")
        office.does("lead", *test, "--out", "stick")
        answer = ("keys", "answer", f"stick/{role}.challenge", "--key", f"{role}/{role}.key")
        heard = office.does(holder, *answer, given=1).splitlines()[-1].strip()
        office.does("lead", *test, "--words", heard, given=1)


def crosswalk(office: Office) -> dict[str, list[str]]:
    """Return the released cases of each hotel, in the order of the kits; name them on paper."""
    with (office.folder / "study" / "draw" / "sample.csv").open(newline="") as file:
        released = {row["case"] for row in csv.DictReader(file) if row["status"] == "released"}
    key = custody.open_key(office.folder / "custodian" / "custodian.key", LEAD.encode())
    sealed = (office.folder / "study" / "draw" / "crosswalk.age").read_bytes()
    found: dict[str, list[str]] = {hotel: [] for hotel in HOTELS}
    for row in csv.DictReader(io.StringIO(age.unseal(sealed, key).decode("utf-8"))):
        if row["case"] in released:
            found[row["cluster"]].append(row["case"])
    for hotel, codes in found.items():
        for number, code in enumerate(codes, start=1):
            office.paper.names[code] = f"CASE-{hotel[0]}{number:03}"
    return found


def enrolled(office: Office, laptop: Terminal, name: str, *anew: str) -> None:
    """Have a laptop make its keys, and the lead add it, once the words that are heard are its own."""
    secret = MINE[name]
    laptop.command(" ".join(("souspli enrol --name", name, *anew, "--out stick")))
    laptop.secret("New passphrase for this laptop (12 characters or more):", secret)
    laptop.secret("The same again:", secret)
    told = laptop.done()
    cheapened(laptop, secret)
    heard = told.splitlines()[-1].strip()
    assert heard == enrolment.words((office.folder / f"stick/{name}.enrolment").read_bytes())
    add = ("device", "add", f"stick/{name}.enrolment", "--study", "study", "--words")
    if name == "L01":
        misheard = "babab babab babab babab babab babab"
        office.does("lead", *add, misheard, status=1)
    office.does("lead", *add, heard)
    shown = office.does("lead", *kit_of(name), given=1)
    told = installed(laptop, name)
    spoken = kit.fingerprint(read_study(office.folder / "study").signer)
    assert f"Words to compare aloud: {spoken}\n" in shown
    assert f"\n  {spoken}\n" in told
    assert "No case for this laptop." in told.splitlines()
    office.does("lead", "device", "test", f"stick/{name}.test.age", "--study", "study", given=1)


def cheapened(laptop: Terminal, secret: str) -> None:
    """Give a laptop the cheapest vault there is: what one costs is tested where it is made."""
    [path] = laptop.home.rglob("souspli/vault")
    path.write_bytes(
        vault.changed(path.read_bytes(), secret.encode(), secret.encode(), vault.CHEAPEST)
    )


def kit_of(name: str) -> tuple[str, ...]:
    return ("kit", name, "--study", "study", "--out", f"stick/{name}.kit")


def installed(laptop: Terminal, name: str) -> str:
    """Have a laptop take its kit; return what it says."""
    laptop.command(f"souspli enrol stick/{name}.kit")
    laptop.secret("Passphrase of this laptop:", MINE[name])
    return laptop.done()


def given(office: Office, laptop: Terminal, name: str, hotels: Sequence[str], *move: str) -> str:
    """Give a laptop the cases of some hotels, by a new kit; return what the custodian is told."""
    where = ("--study", "study", "--key", "custodian/custodian.key", "--hotel", *hotels)
    told = office.does("custodian", "assign", name, *where, *move, given=1)
    office.does("lead", *kit_of(name), given=1)
    cases = sum(HOTELS[hotel] // 5 for hotel in hotels)
    assert f"{cases} cases for this laptop." in installed(laptop, name).splitlines()
    return told


# --- an interviewer's day ---------------------------------------------------------------------------


def opened(laptop: Terminal, name: str, interviewer: str = "") -> None:
    """Open the day: one passphrase, and who works, which is asked once a day."""
    laptop.command("souspli")
    laptop.secret("Passphrase of this laptop:", MINE[name])
    laptop.begun()
    if interviewer:
        laptop.shows("Interviewer's code:")
        laptop.type(interviewer, "Enter")
    laptop.shows("Today:")


def left(laptop: Terminal) -> None:
    """Leave the day; the terminal shows the shell as it was."""
    laptop.sees("Today:")
    laptop.pick("Leave", "Up")
    laptop.paper.note("what the terminal holds of it, once the day is left:")
    laptop.done()


def answers(laptop: Terminal, *steps: tuple[str, ...], shown: bool = True) -> None:
    """Answer question after question: what is seen, what is typed, then keys."""
    for text, typed, *keys in steps:
        laptop.shows(text) if shown else laptop.sees(text)
        laptop.type(typed, *keys, about="" if shown else text)


def refused(
    laptop: Terminal, code: str, what: str, reason: str = "", *, shown: bool = False
) -> None:
    """Close a case with an outcome; fill in the sheet with a reason, or later without one.

    It begins and ends at the list.
    """
    laptop.pick(code)
    laptop.sees(code, "What now?")
    laptop.pick("What happened")
    laptop.shows("What happened?") if shown else laptop.sees("What happened?")
    laptop.pick(what)
    laptop.shows("When was the visit?") if shown else laptop.sees("When was the visit?")
    laptop.pick("Now:")
    laptop.shows(f"Closed for good: {what}", "Seal this?")
    laptop.pick("Yes, close the case")
    laptop.shows(SEALED, "non-respondent sheet now?")
    if reason:
        laptop.pick("Now")
        sheet(laptop, reason, shown=shown)
    else:
        laptop.pick("Later")
    laptop.sees(f"Closed: {what}")
    laptop.pick("Back")
    laptop.sees("Today:")


def sheet(laptop: Terminal, reason: str = REFUSAL, *, shown: bool = False) -> None:
    """Fill in a non-respondent sheet: a few keys, all by code."""
    answers(
        laptop,
        ("Fill it in alone", "", "Enter"),
        ("Why was there no interview?", *reason.split()),
        ("Did you see the person", "1"),
        ("In your view, the person is:", "2"),
        ("How old is the person", "", "F5"),
        ("Was language a barrier?", "2"),
        (END, "", "Enter"),
        shown=shown,
    )


def first_day(laptop: Terminal, cases: Mapping[str, Sequence[str]]) -> None:
    """Seven cases in two hotels, by I07: held, refused, broken off, postponed, out, wrong, corrected."""
    paper = laptop.paper
    one, two, three, four, five = cases["AMARANTE"]
    six, seven = cases["CAPUCINE"]
    paper.heading("L01, Amarante: an interview, suspended and resumed")
    opened(laptop, "L01", "I07")
    laptop.pick(one)
    laptop.shows("What now?")
    laptop.pick("Interview now")
    answers(
        laptop,
        ("Bonjour", "", "C-l"),
        ("Good morning", "", "Enter"),
        ("Do you agree?", "1"),
        ("Say it in your own words", f"{SAID}, 06 12 34 56 78", "Enter"),
        ("What may identify someone was replaced.", "", "Enter"),
        ("Why?", "8"),
        ("Which other reason?", OTHER, "Enter"),
        ("How much?", "", "F8"),
        ("Suspend the interview?", "", "Enter"),
    )
    laptop.shows("Not finished: every answer is kept.", "Go on with the interview")
    laptop.pick("Back")
    laptop.shows("Interviews to finish")
    laptop.pick(f"{one} · small")
    answers(
        laptop,
        ("How much?", "1200", "Enter"),
        ("That is a lot.", REASON, "Enter"),
        ("You said:", "", "Enter"),
        ("Code on the card", CARD, "Enter"),
        ("What do you drink?", "12", "Enter"),
        ("Since which month?", "02/2019", "Enter"),
        ("Money spent", "12.50", "Enter"),
        ("Age", "34", "Enter"),
        ("Anything else?", "", "F4"),
        (END, "", "Enter"),
    )
    laptop.shows(SEALED, "6 cases to do · 1 closed")

    paper.heading("L01, Amarante: a refusal, and its sheet")
    refused(laptop, two, "The person refuses", REFUSAL, shown=True)

    paper.heading("L01, Amarante: an interview broken off")
    laptop.pick(three)
    laptop.sees("What now?")
    laptop.pick("Interview now")
    answers(
        laptop,
        ("Bonjour", "", "Enter"),
        ("Acceptez-vous ?", "1"),
        ("Dites-le avec vos mots", "", "F10"),
        shown=False,
    )
    laptop.shows("Stop: what was answered is kept")
    laptop.type("2")
    laptop.shows(SEALED, "non-respondent sheet now?")
    laptop.pick("Now")
    sheet(laptop)
    laptop.shows("Closed: Began, then stopped for good")
    laptop.pick("Back")

    paper.heading("L01, Amarante: drunk at the door, so another time, and held in the evening")
    laptop.sees("Today:")
    laptop.pick(four)
    laptop.sees("What now?")
    laptop.pick("What happened")
    laptop.sees("What happened?")
    laptop.pick("Another time (busy, drunk, unwell)")
    laptop.sees("When was the visit?")
    laptop.pick("Now:")
    laptop.sees("Noted.", "Appointment: which day?")
    laptop.pick("today")
    laptop.sees("At what time?")
    laptop.pick("At an hour I type")
    laptop.sees("At what hour (14:30)?")
    laptop.type("18h30", "Enter")
    laptop.sees("A short note, without any name")
    laptop.type("at the Amarante, ring 06 12 34 56 78", "Enter")
    laptop.shows("Appointment: today, 18:30 · at the [", "[phone]")
    laptop.pick("Back")
    laptop.shows("── Appointments")
    laptop.pick("today, 18:30")
    laptop.sees("What now?")
    laptop.pick("Interview now")
    answers(
        laptop,
        ("Bonjour", "", "Enter"),
        ("Acceptez-vous ?", "1"),
        ("Dites-le avec vos mots", "mieux", "Enter"),
        ("Pourquoi ?", "1"),
        ("Combien ?", "3", "Enter"),
        ("Vous avez dit", "", "Enter"),
        ("Code de la carte", "", "Enter"),
        ("Que buvez-vous ?", "0", "Enter"),
        ("Depuis quel mois ?", "", "F5"),
        ("Dépense", "", "F4"),
        ("Âge", "51", "Enter"),
        ("Autre chose ?", "rien", "Enter"),
        (END, "", "Enter"),
        shown=False,
    )
    laptop.shows(SEALED, "Closed: Interview, complete")
    laptop.pick("Back")

    paper.heading("L01, Amarante: out, and expected tomorrow")
    laptop.sees("Today:")
    laptop.pick(five)
    laptop.sees("What now?")
    laptop.pick("What happened")
    laptop.sees("What happened?")
    laptop.pick("The person was out")
    laptop.sees("When was the visit?")
    laptop.pick("Now:")
    laptop.sees("Noted.", "What now?")
    laptop.pick("Make an appointment")
    laptop.sees("which day?")
    laptop.pick("tomorrow")
    laptop.sees("At what time?")
    laptop.pick("evening")
    laptop.sees("A short note")
    laptop.type("", "Enter")
    laptop.shows("Appointment: tomorrow, evening")
    laptop.pick("Back")

    paper.heading("L01, Capucine: a refusal put on the wrong case, and corrected; one by the hotel")
    laptop.sees("Today:")
    refused(laptop, six, "The person refuses")
    laptop.shows("Non-respondent sheets", f"{six} · CAPUCINE")
    other(laptop, "Correct a mistake")
    laptop.shows("What is wrong?")
    laptop.pick(f"{six} · The person refuses")
    laptop.shows("What is wrong with it?")
    laptop.pick("It is of another case")
    laptop.shows("Which case is right?")
    laptop.pick(seven)
    laptop.shows("Seal this correction?")
    laptop.pick("Yes, correct it")
    laptop.shows("The correction is sealed.", f"{seven} · CAPUCINE", f"{six} · to visit")
    laptop.pick(seven)
    laptop.sees(f"{seven} · CAPUCINE", "Closed: The person refuses")
    laptop.pick("Non-respondent sheet")
    sheet(laptop)
    laptop.sees(SEALED)
    laptop.pick("Back")
    laptop.sees("Today:")
    refused(laptop, six, "The hotel or the team refuses", HOTEL)
    laptop.shows("1 case to do · 6 closed")

    paper.heading("L01: the end of the day")
    other(laptop, "Closed cases")
    laptop.shows("Which case?")
    laptop.type("", "C-c")
    handed_over(laptop, "11 records in stick, read back and whole.")
    other(laptop, "Daily device sheet")
    laptop.shows("Copy this on the daily device sheet:")
    laptop.pick("Go on")
    left(laptop)


def other(laptop: Terminal, what: str) -> None:
    """Choose among what is not about one case, from the list."""
    laptop.sees("Today:")
    laptop.pick("Other things", "Up")
    laptop.sees("What now?", "Daily device sheet")
    laptop.pick(what)


def handed_over(laptop: Terminal, told: str) -> None:
    """Hand over to the stick, from the list and back to it; it says what came of it."""
    other(laptop, "Hand over")
    laptop.shows("Folder of the stick:")
    laptop.type("stick", "Enter")
    laptop.shows(told, "For the daily device sheet:")
    laptop.pick("Go on")


# --- a passphrase is lost --------------------------------------------------------------------------


def second_day(laptop: Terminal, cases: Mapping[str, Sequence[str]]) -> None:
    """Two of three cases in one hotel, by I12: one held, one suspended when the passphrase is lost."""
    paper = laptop.paper
    one, two, _three = cases["BLEUET"]
    paper.heading("L02, Bleuet: one interview held, one suspended")
    opened(laptop, "L02", "I12")
    laptop.pick(one)
    laptop.sees("What now?")
    laptop.pick("Interview now")
    answers(
        laptop,
        ("Bonjour", "", "Enter"),
        ("Acceptez-vous ?", "1"),
        ("Dites-le avec vos mots", "", "F4"),
        ("Pourquoi ?", "1"),
        ("Combien ?", "7", "Enter"),
        ("Vous avez dit", "", "Enter"),
        ("Code de la carte", "", "Enter"),
        ("Que buvez-vous ?", "12", "Enter"),
        ("Depuis quel mois ?", "12/2020", "Enter"),
        ("Dépense", "", "F4"),
        ("Âge", "28", "Enter"),
        ("Autre chose ?", "", "F4"),
        (END, "", "Enter"),
        shown=False,
    )
    laptop.sees(SEALED)
    laptop.pick("Back")
    laptop.sees("Today:")
    laptop.pick(two)
    laptop.sees("What now?")
    laptop.pick("Interview now")
    answers(
        laptop,
        ("Bonjour", "", "Enter"),
        ("Acceptez-vous ?", "1"),
        ("Dites-le avec vos mots", UNDER_WAY, "Enter"),
        ("Pourquoi ?", "8"),
        ("Quelle autre raison ?", GARDEN, "Enter"),
        ("Combien ?", "12", "Enter"),
        ("Vous avez dit", "", "F8"),
        ("Suspend the interview?", "", "Enter"),
        shown=False,
    )
    laptop.sees("Not finished: every answer is kept.")
    laptop.pick("Back")
    laptop.shows("Interviews to finish")
    left(laptop)

    paper.heading("L02: the passphrase is lost")
    laptop.command("souspli")
    for _attempt in range(3):
        laptop.secret("Passphrase of this laptop:", "not the passphrase")
    told = laptop.done()
    assert told.count("That is not the passphrase.") == 2
    laptop.command("souspli handover stick --lost-passphrase")
    told = laptop.done()
    assert "1 record in stick, read back and whole." in told
    assert "1 interview under way is there too" in told


def collected(office: Office) -> dict[str, str]:
    """Collect from both laptops, twice, and recover what was under way; return what was said."""
    office.paper.heading("The desk: collect, and recover what nobody can finish")
    said = {"collect": office.does("lead", "collect", "stick", "--study", "study", given=1)}
    said["again"] = office.does("lead", "collect", "stick", "--study", "study", given=1)
    draft = ("recover", "stick/souspli-L02", "--study", "study")
    said["recover"] = office.does("lead", *draft, given=1)
    return said


def anew(office: Office, laptop: Terminal, cases: Mapping[str, Sequence[str]]) -> str:
    """Enrol the laptop again under another name, move the cases, and close one more."""
    office.paper.heading("L02 is enrolled anew, as L02b, and takes its cases over")
    enrolled(office, laptop, "L02b", "--anew")
    moved = given(office, laptop, "L02b", ["BLEUET"], "--move")
    opened(laptop, "L02b", "I12")
    refused(laptop, cases["BLEUET"][2], "Never lived there, or had left before")
    handed_over(laptop, "1 record in stick, read back and whole.")
    left(laptop)
    return moved


def receipt_taken_in(laptop: Terminal) -> None:
    """Open the day again: who works is known; what the lead has leaves the laptop."""
    laptop.paper.heading("L01: the receipt")
    opened(laptop, "L01")
    handed_over(laptop, "The study lead has 11 records; this laptop let go of them.")
    other(laptop, "Daily device sheet")
    laptop.shows("Waiting for a receipt of the study lead: 0")
    laptop.pick("Go on")
    left(laptop)


def read_out(office: Office) -> dict[str, str]:
    """Collect what came since, and write the dataset; return what was said."""
    office.paper.heading("The desk: what came since, what is where, and a dataset")
    said = {"last": office.does("lead", "collect", "stick", "--study", "study", given=1)}
    said["status"] = office.does("lead", "status", "--study", "study")
    to = ("--to", "escrow/escrow.pub", "--out", "small.age", "--study", "study")
    said["export"] = office.does("lead", "export", "--instrument", "small", *to, given=1)
    return said


# --- the day ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def day(
    souspli: Run,
    environment: Mapping[str, str],
    require: Require,
    tmp_path_factory: pytest.TempPathFactory,
) -> Day:
    """The whole day, once; each step shows what it must before the next one is taken."""
    require("tmux", shutil.which("tmux") is not None, "install it from the system's packages")
    not_at_midnight()
    folder = tmp_path_factory.mktemp("day")
    office = Office(folder, souspli, Paper())
    office.paper.names[str(folder)] = "/office"
    (folder / "stick").mkdir()
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    # A user nobody has: no stick of this machine's is found.
    field = {**environment, "PATH": path, "LOGNAME": "interviewer-on-paper"}
    with contextlib.ExitStack() as terminals:
        one, two = (
            Terminal(name, f"souspli-day-{os.getpid()}-{name}", folder, field, office.paper)
            for name in ("L01", "L02")
        )
        terminals.callback(one.end)
        terminals.callback(two.end)
        founded(office)
        cases = crosswalk(office)
        office.paper.heading("Two laptops: keys, words, kits, test records, cases")
        enrolled(office, one, "L01")
        given(office, one, "L01", ["AMARANTE", "CAPUCINE"])
        enrolled(office, two, "L02")
        given(office, two, "L02", ["BLEUET"])
        first_day(one, cases)
        second_day(two, cases)
        said = collected(office)
        receipt_taken_in(one)
        said["moved"] = anew(office, two, cases)
        said |= read_out(office)
        held = {"L01": one.held(), "L02": two.held()}
    study = read_study(folder / "study")
    keys = custody.open_key(study.study_key, LEAD.encode())
    unsealed = unseal_all(study, keys, "a test", datetime.now(UTC))
    return Day(office.paper, held, folder, study, unsealed, cases, said)


def not_at_midnight() -> None:
    """Wait for the new day where it is near: what was today would be yesterday."""
    now = datetime.now()
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time())
    if midnight - now < timedelta(minutes=5):
        time.sleep((midnight - now).total_seconds() + 1)


def test_the_day_reads_as_it_is_on_paper(day: Day) -> None:
    """Every screen and every sentence, but for what is random or of the day."""
    if os.environ.get("SOUSPLI_UPDATE_TRANSCRIPT") == "1":
        TRANSCRIPT.parent.mkdir(exist_ok=True)
        TRANSCRIPT.write_text(day.paper.text(), "utf-8")
    assert day.paper.text().splitlines() == TRANSCRIPT.read_text("utf-8").splitlines()


def test_no_terminal_holds_a_case_a_hotel_or_an_answer(day: Day) -> None:
    """Not in its scrollback, not on its screen, once the session was left; all of it was shown."""
    codes = [code for found in day.cases.values() for code in found]
    private = [*codes, *HOTELS, *ANSWERS, "I07", "I12", "refuse", "visit", "Bonjour", "drink"]
    shown = "\n".join(day.paper.lines)
    assert [word for word in private if word not in shown] == []
    for held in day.held.values():
        assert re.search(r"^L0\d\$ souspli$", held, re.MULTILINE)
        assert [word for word in private if word in held] == []


def test_no_file_holds_an_answer(day: Day) -> None:
    """Neither of a laptop, nor on the stick, nor at the desk."""
    files = [path for path in day.folder.rglob("*") if path.is_file()]
    assert len(files) > 80
    held = [path.read_bytes() for path in files]
    assert [word for word in ANSWERS if any(word.encode() in content for content in held)] == []


def test_no_record_is_missing_and_none_is_left_out(day: Day) -> None:
    """Fourteen: eleven of L01, two of L02, one of L02b; one of them a correction."""
    found = day.unsealed
    assert (found.left_out, found.repeated, found.missing, found.mended) == ((), (), (), ())
    assert Counter(one.device for one in found.records) == {"L01": 10, "L02": 2, "L02b": 1}
    assert len(found.amended.corrected) == 1
    assert (found.amended.annulled, found.amended.unapplied) == ((), ())
    assert all(
        one.interviewer == ("I07" if one.device == "L01" else "I12") for one in found.records
    )
    assert not any(one.is_practice or one.is_simulated for one in found.records)


def test_every_case_has_its_outcome(day: Day) -> None:
    """As it stands after the day: nine of ten, and a sheet for each refusal and the break-off."""
    about = {
        (hotel, number): [(one.unit, one.kind, one.outcome) for one in day.of(hotel, number)]
        for hotel, codes in day.cases.items()
        for number in range(1, len(codes) + 1)
    }
    sheet = ("non_respondent", "interview", "1.1")
    assert about == {
        ("AMARANTE", 1): [("person", "interview", "1.1")],
        ("AMARANTE", 2): [("person", "outcome", "2.112"), sheet],
        ("AMARANTE", 3): [("person", "interview", "2.12"), sheet],
        ("AMARANTE", 4): [("person", "interview", "1.1")],
        ("AMARANTE", 5): [],
        ("BLEUET", 1): [("person", "interview", "1.1")],
        ("BLEUET", 2): [("person", "interview", "1.2")],
        ("BLEUET", 3): [("person", "outcome", "4.10")],
        ("CAPUCINE", 1): [("person", "outcome", "2.111"), sheet],
        ("CAPUCINE", 2): [("person", "outcome", "2.112"), sheet],
    }
    reasons = Counter(one.answers["reason"] for one in day.unsealed.records if one.unit != "person")
    assert reasons == {"refusal": 3, "gatekeeper": 1}


def test_visits_reach_the_lead_with_what_they_ended(day: Day) -> None:
    """The postponement is in the record of the interview, the refusals in those of the outcomes."""
    met = {
        (hotel, number): [visit.outcome for visit in day.of(hotel, number)[0].attempts]
        for hotel, number in (("AMARANTE", 2), ("AMARANTE", 4), ("CAPUCINE", 1), ("CAPUCINE", 2))
    }
    assert met == {
        ("AMARANTE", 2): ["2.112"],
        ("AMARANTE", 4): ["postponed"],
        ("CAPUCINE", 1): ["2.111"],
        ("CAPUCINE", 2): ["2.112"],
    }


def test_an_interview_suspended_and_resumed_is_whole(day: Day) -> None:
    """Every answer of it, the reason of the doubted one, and nothing of what may identify someone."""
    [one] = day.of("AMARANTE", 1)
    assert (one.status, one.language) == ("complete", "en")
    assert one.answers["words"] == f"{SAID}, [téléphone]"
    assert (one.answers["reason"], one.answers["reason_other"]) == ("other", OTHER)
    assert (one.answers["amount"], one.reasons["amount"]) == ("1200", REASON)
    assert (one.answers["products"], one.answers["since"]) == ("coffee", "2019-02-01")
    assert (one.answers["age"], one.statuses["last"]) == ("30", "refused")  # of a band, its least
    assert not {"card", "spent"} & one.answers.keys()
    assert links(day, one) == {"card": CARD}


def test_an_interview_under_way_is_recovered_without_the_passphrase(day: Day) -> None:
    """All that was acknowledged before it was lost, but for what is the custodian's."""
    [one] = day.of("BLEUET", 2)
    assert (one.device, one.sequence, one.status) == ("L02", 2, "partial")
    assert (one.answers["words"], one.answers["reason_other"]) == (UNDER_WAY, GARDEN)
    assert one.answers["amount"] == "12"
    assert links(day, one) == {}
    assert "1 interview recovered" in day.said["recover"]
    noted = (day.folder / "study" / "ledger").read_bytes().splitlines()
    assert "recover" in [json.loads(line)["event"] for line in noted]


def links(day: Day, one: Record) -> Mapping[str, str]:
    """Return what the custodian alone can open of a record."""
    key = custody.open_key(day.folder / "custodian" / "custodian.key", LEAD.encode())
    sealed = (day.study.collected / f"{one.id}{outbox.LINK}").read_bytes()
    linked, found = record.unseal_links(sealed, key)
    assert linked == one.id
    return found


def test_what_a_laptop_says_of_its_ledger_the_lead_reads_too(day: Day) -> None:
    """The head on the daily sheet is that of the ledger collected; collecting again changes nothing."""
    collected = day.said["collect"]
    [head] = re.findall(r"Laptop L01: 11 collected in all; .*: (\w{8})\n", collected)
    assert "\n".join(day.paper.lines).count(f"| Ledger: {head}\n") == 2
    assert "12 records taken in." in collected
    assert "0 records taken in." in day.said["again"]
    assert "12 were there already." in day.said["again"]
    assert "1 record taken in." in day.said["last"]
    assert "3 cases taken from other laptops." in day.said["moved"]
    assert "14 records collected." in day.said["status"]
    told = "3 complete and 1 partial interviews, 5 other outcomes, 1 without any record."
    assert f"10 people drawn: {told}" in day.said["export"]


def test_a_receipt_clears_the_outbox_of_its_laptop_alone(day: Day) -> None:
    """L01 let go of all; the former folder of L02 keeps what it had, for nobody could unlock it."""
    assert outbox.ids(outbox_under(day.folder / "L01", "souspli")) == []
    assert len(outbox.ids(outbox_under(day.folder / "L02", "souspli.former-1"))) == 1


def outbox_under(home: Path, name: str) -> Path:
    [found] = home.rglob(f"{name}/field/outbox")
    return found
