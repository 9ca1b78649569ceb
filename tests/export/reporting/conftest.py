"""A small study in memory, with the answers of people and of professionals, and the report on it."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from export import custody, founding
from export.custody import Public
from export.drawing.sample import DrawnCase
from export.estimating.tabulation import How, Tabulation, plan_of
from export.reporting.page import html
from export.reporting.report import Report, part
from export.respondents.answers import answers_of
from export.respondents.responses import Gathered, Responses
from export.respondents.table import leaving
from export.respondents.weight import respondents
from export.response.progress import progress
from export.study import Study, StudyInstrument, read_study
from export.unsealing.amendments import Amended
from export.unsealing.unseal import Unsealed
from interviewer.record import Record
from surveys import language
from surveys.check import check, errors
from surveys.instrument import Instrument
from tests.records import interview

PASSPHRASE = b"correct horse battery"
NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
# Labels with what would be markup, a formula, or an instruction to a terminal.
PEOPLE = """
souspli: 1
form:
  id: people
  version: "3"
  title: {en: "Survey of people", fr: "Enquête auprès des personnes"}
  languages: {en: English (en), fr: Français (fr)}
  default_language: en
choices:
  sexes:
    - {name: f, label: {en: Woman, fr: Femme}}
    - {name: m, label: {en: Man, fr: Homme}}
  yes_no: [{name: yes, label: {en: Yes, fr: Oui}}, {name: no, label: {en: No, fr: Non}}]
  scale:
    - {name: bad, label: {en: "<b>Bad</b> & $x$", fr: Mauvais}}
    - {name: fair, label: {en: Fair, fr: Moyen}}
    - {name: good, label: {en: Good, fr: Bon}}
  places:
    - {name: street, label: {en: Street, fr: Rue}}
    - {name: room, label: {en: Room, fr: Chambre}}
    - {name: squat, label: {en: Squat, fr: Squat}}
survey:
  - type: group
    name: who
    label: {en: "Who you are", fr: "Qui vous êtes"}
    questions:
      - {type: select_one, choices: sexes, name: sex, identifying: quasi,
         label: {en: "Are you:", fr: "Êtes-vous :"}}
      - {type: integer, name: age, identifying: quasi, keep: {bands: [18, 35, 55]},
         label: {en: "How old are you?", fr: "Quel âge avez-vous ?"}}
      - {type: text, name: words, label: {en: Words, fr: Mots}}
  - type: group
    name: life
    label: {en: "Your life", fr: "Votre vie"}
    questions:
      - {type: select_one, choices: scale, name: safe,
         label: {en: "<script>Safe?</script>", fr: "En sécurité ?"}}
      - {type: select_one, choices: scale, name: sleep,
         label: {en: "Sleep, ${sex}?", fr: "Le sommeil, ${sex} ?"}}
      - {type: select_one, choices: yes_no, name: card, label: {en: "A card?", fr: "Une carte ?"}}
      - {type: select_one, choices: yes_no, name: told, label: {en: "Told?", fr: "Informé ?"}}
      - {type: select_multiple, choices: places, name: places, label: {en: Where?, fr: "Où ?"}}
      - {type: integer, name: days_before, label: {en: Days before, fr: Jours avant}}
      - {type: integer, name: days_now, label: {en: Days now, fr: Jours maintenant}}
      - {type: integer, name: meals, label: {en: Meals, fr: Repas}}
      - {type: calculate, name: stopped, calculation: "if(${days_now} = 0, 1, 0)",
         label: {en: Stopped, fr: Arrêt}}
"""
STAFF = """
souspli: 1
form: {id: staff, version: "1", title: Staff, languages: {en: English (en)}, default_language: en}
choices:
  jobs: [{name: team, label: Secret job}, {name: partner, label: Other secret job}]
  effects: [{name: less, label: Less}, {name: same, label: Same}, {name: more, label: More}]
survey:
  - {type: select_one, choices: jobs, name: job, identifying: quasi, label: Your job}
  - {type: select_one, choices: effects, name: effect, label: Effect on use}
"""
PLAN = """
souspli_tables: 1
title: {en: "What people say", fr: "Ce que disent les personnes"}
instrument: people
sections:
  - title: {en: Use, fr: Consommation}
    text: {en: "In their own words.\\nNot checked.", fr: "Selon elles."}
    estimates:
      - {estimate: prop(stopped), label: {en: Stopped, fr: Ont arrêté}}
      - {estimate: "prop(days_now < days_before)", label: {en: Use less, fr: Moins}}
      - "change(days_before, days_now)"
      - "change(days_before > 5, days_now > 5)"
      - mean(meals)
      - median(meals)
  - title: {en: By sex, fr: Par sexe}
    by: sex
    estimates: [prop(stopped), mean(days_now), share(safe)]
  - title: {en: Rooms, fr: Chambres}
    estimates: [share(safe), share(sleep), "table(safe, card)", share(places), share(card)]
"""
Make = Callable[..., Report]


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study with a questionnaire about people drawn and one about professionals."""
    home = tmp_path_factory.mktemp("reported")
    holders = {
        role: custody.new_identity(home / f"{role}.key", PASSPHRASE, 1)
        for role in ("custodian", "escrow")
    }
    founding.make(
        home / "study",
        study_id="small",
        title="Small",
        instruments=[
            (Path("people.yaml"), "person", _instrument(PEOPLE)),
            (Path("staff.yaml"), "professional", _instrument(STAFF)),
        ],
        recipients={role: Public.of(identity) for role, identity in holders.items()},
        is_practice=True,
        passphrases=(PASSPHRASE, PASSPHRASE),
        now=NOW,
        work_factor=1,
    )
    return read_study(home / "study")


def _instrument(form: str) -> Instrument:
    loaded = check(form, "form.yaml")
    assert loaded.instrument is not None
    assert errors(loaded) == ()
    return loaded.instrument


@pytest.fixture(scope="session")
def records(study: Study) -> tuple[Record, ...]:
    """Interviews of 80 of 90 people drawn, refusals of the others, and 27 of professionals."""
    chance = random.Random(7)
    people, staff = study.instruments
    found = [_record(study, people, n, f"C{n}", answers=_answers(chance)) for n in range(1, 81)]
    closed: dict[str, Any] = {"kind": "outcome", "status": "", "outcome": "2.112"}
    found += [_record(study, people, n, f"C{n}", **closed) for n in range(81, 91)]
    effects = ["less"] * 15 + ["more"] * 12
    found += [
        _record(study, staff, 91 + n, "", answers={"job": "team", "effect": effect})
        for n, effect in enumerate(effects)
    ]
    return tuple(found)


def _answers(chance: random.Random) -> dict[str, str]:
    before = chance.randint(1, 30)
    now = chance.choice((0, 0, before, max(before - 9, 0), before + 2))
    given = {
        "sex": chance.choice("fm"),
        "age": chance.choice(("18", "35", "55")),
        "words": "CANARY-OWN-WORDS",
        "safe": chance.choice(("bad", "fair", "good")),
        "sleep": chance.choice(("bad", "fair", "good")),
        "card": chance.choice(("yes", "no")),
        "told": "yes",
        "places": " ".join(chance.sample(("street", "room", "squat"), 2)),
        "days_before": str(before),
        "days_now": str(now),
        "meals": str(chance.randint(0, 30)),
        "stopped": str(int(now == 0)),
    }
    return given | ({"safe": ""} if chance.random() < 0.05 else {})


def _record(
    study: Study, found: StudyInstrument, number: int, case: str, **otherwise: Any
) -> Record:
    usual: dict[str, Any] = {
        "study": study.id,
        "instrument": found.instrument.id,
        "instrument_version": found.instrument.version,
        "instrument_hash": found.instrument.digest,
        "unit": found.unit,
        "case": case,
        "interviewer": "CANARY-INTERVIEWER",
        "is_practice": True,
        "is_simulated": True,
    }
    return interview(number, **(usual | otherwise))


@pytest.fixture(scope="session")
def given(study: Study, records: tuple[Record, ...]) -> Callable[..., Responses]:
    """A function that returns the responses to the first questionnaire, or to another."""

    def make(number: int = 0, only: Sequence[Record] = records, *, drawn: bool = True) -> Responses:
        found = study.instruments[number]
        variables = leaving(found.instrument, with_texts=False)
        mine = [one for one in only if one.instrument == found.instrument.id]
        gathered = Gathered()
        gathered.take(answers_of(variables, mine), range(len(mine)), [one.id for one in mine])
        people = respondents(found, tuple(mine), _sample() if drawn else None)
        unsealed = Unsealed(tuple(only), (), (), (), (), Amended())
        return Responses(study, found, found.versions, unsealed, people, variables, gathered)

    return make


def _sample() -> dict[str, DrawnCase]:
    return {f"C{n}": DrawnCase(f"C{n}", 1, 400, True, None, cell=1, batch=0) for n in range(1, 91)}


@pytest.fixture(scope="session")
def plan(study: Study) -> Callable[[str], Tabulation]:
    """A function that reads a plan for the study."""

    def read(text: str) -> Tabulation:
        found, problems = plan_of(text, "tables.yaml", study.instruments, How())
        assert problems == ()
        assert found is not None
        return found

    return read


@pytest.fixture(scope="session")
def report_of(
    study: Study,
    records: tuple[Record, ...],
    given: Callable[..., Responses],
    plan: Callable[..., Tabulation],
) -> Make:
    """A function that returns the report on the study, by the plan above or the usual one."""

    def make(text: str = PLAN, *, has_staff: bool = True, drawn: bool = True) -> Report:
        main = given(drawn=drawn)
        return Report(
            study=study,
            main=part(main, plan(text) if text else None, has_profile=True),
            others=(part(given(1), None, has_profile=False),) if has_staff else (),
            progress=progress(main.found, records, _sample() if drawn else None, 4),
            certificate=CERTIFICATE if drawn else None,
            day=date(2022, 6, 1),
        )

    return make


CERTIFICATE: Mapping[str, object] = {
    "design": {"method": "stratified"},
    "commitment": "ab" * 32,
    "proof": "A letter of 1 May <2022>",
    "beacon": "04 12 23",
    "frame_hash": "cd" * 32,
    "selection_hash": "ef" * 32,
    "sample_hash": "01" * 32,
}


@pytest.fixture(scope="module")
def speak() -> Iterator[Callable[[str], None]]:
    """A function that sets the language of the interface, until the tests of a file end."""
    with pytest.MonkeyPatch.context() as patched:

        def use(wanted: str) -> None:
            patched.setenv("LANGUAGE", wanted)
            language.use(wanted)

        yield use
    language.use("en")


@pytest.fixture(scope="module")
def pages(report_of: Make, speak: Callable[[str], None]) -> Mapping[str, bytes]:
    """The page of the report, by language."""
    made = {}
    for spoken in ("fr", "en"):
        speak(spoken)
        made[spoken] = html(report_of())
    return made


@pytest.fixture
def english(speak: Callable[[str], None]) -> None:
    """Speak English, whatever the machine's language."""
    speak("en")


Judged = list[dict[str, Any]]


@pytest.fixture(scope="session")
def axe(node: Path, require: Callable[[str, bool, str], None]) -> Callable[..., Judged]:
    """A function that opens pages in headless Chromium and judges them by axe-core; see axe.mjs."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), "")
    require("chromium", bool(browser), "install Chromium")
    installed = (node / "node_modules" / "axe-core").is_dir()
    require("npm axe-core", installed, "run `npm ci` in tests/node")

    def judge(*pages: Path, widths: Sequence[int] = (390, 1280)) -> Judged:
        asked = {"browser": browser, "pages": list(map(str, pages)), "widths": list(widths)}
        done = subprocess.run(
            ["node", "axe.mjs", json.dumps(asked)],
            cwd=node,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            check=True,
            timeout=240,
        )
        found: Judged = json.loads(done.stdout)
        return found

    return judge
