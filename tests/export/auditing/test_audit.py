"""The whole audit: what it says does not hang on order, tells no answer, and lets the honest alone."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from export.auditing import page
from export.auditing.as_json import audit_json, comparison_json
from export.auditing.audit import Audit, Desk, audit
from export.auditing.checked import print_comparison
from export.auditing.comparison import compare
from export.demo import simulation
from export.laptops.accounts import Account
from export.unsealing.amendments import Amended
from export.unsealing.unseal import LeftOut, Missing, Unsealed
from interviewer import record
from interviewer.interview import begin, completeness, finished
from interviewer.record import Attempt, Record
from interviewer.respondent import Respondent, answer_all
from interviewer.scrub import Scrubber
from surveys import shipped
from surveys.instrument import Instrument
from surveys.plan import Plan, plan

Loaded = Callable[[str], Instrument]
Made = Callable[..., Record]

MATCH = Fraction(85, 100)
NOW = datetime(2022, 4, 11, 10).astimezone()
FORM = """
choices:
  often: [{name: xnever, label: Never}, {name: xoften, label: Often}]
survey:
  - {type: integer, name: days, label: Days, minimum_seconds: 10}
  - {type: text, name: words, label: Words}
""" + "".join(
    f"  - {{type: select_one, choices: often, name: q{n}, label: Question}}\n" for n in range(24)
)


def audited(
    instrument: Instrument, records: Sequence[Record], desk: Desk | None = None, **otherwise: Any
) -> Audit:
    unsealed = Unsealed(tuple(records), (), (), (), (), Amended())
    nothing = Desk({}, (), (), 0)
    return audit(instrument, replace(unsealed, **otherwise), (), desk or nothing, MATCH)


def drawn(made: Made, chance: random.Random, count: int = 24) -> list[Record]:
    """Return records of all sorts by four interviewers."""
    found = []
    for number in range(count):
        answers = {f"q{n}": chance.choice(["xnever", "xoften"]) for n in range(24)}
        found.append(
            made(
                interviewer=f"I{number % 4}",
                device=f"L{number % 2}",
                week=f"2022-W{chance.randint(10, 14)}",
                status=chance.choice(["complete"] * 4 + ["partial", "broke_off"]),
                minutes=5 * chance.randint(0, 9),
                answers=answers | {"days": str(chance.randint(0, 30)), "words": "xcanary"},
                statuses={"q1": "refused"} if chance.random() < 0.2 else {},
                paradata={"days": chance.choice(["0", "5", "15,1"]), "q1": "5"},
                attempts=(Attempt("2022-03-28", "morning", "2.25"),),
            )
        )
    return found


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32).map(random.Random))
def test_the_order_of_records_changes_nothing(
    loaded: Loaded, made: Made, chance: random.Random
) -> None:
    """No figure, no flag, no line of the page."""
    form, found = loaded(FORM), drawn(made, chance)
    before = audited(form, found)
    chance.shuffle(found)
    after = audited(form, found)
    assert audit_json(after) == audit_json(before)
    assert shown(after) == shown(before)


# --- the page -------------------------------------------------------------------------------------


def shown(found: Audit) -> str:
    text = StringIO()
    page.print_audit(Console(file=text, width=80, markup=False, highlight=False), found)
    return text.getvalue()


@pytest.mark.usefixtures("english")
def test_no_answer_and_no_case_is_on_the_page_or_in_the_json(loaded: Loaded, made: Made) -> None:
    """Nor in what is printed of a comparison; record ids and codes are."""
    form, found = loaded(FORM), drawn(made, random.Random(1), 60)
    copy = replace(found[0], id="f" * 32, case="CASE-COPY", interviewer="I9")
    found = [replace(one, status="complete") for one in found]
    made_of = audited(form, [*found, replace(copy, status="complete")])
    checks = [replace(one, id=one.id[::-1], interviewer="B1") for one in found]
    compared = compare({one.case: one for one in found}, checks, form, form)
    text = StringIO()
    print_comparison(Console(file=text, width=80, markup=False, highlight=False), compared)
    told = [shown(made_of), json.dumps(audit_json(made_of)), text.getvalue()]
    told.append(json.dumps(comparison_json(compared)))
    for one in told:
        assert not any(word in one for word in ("xcanary", "xnever", "xoften", "CASE-COPY"))
        assert not any(f'"{case.case}"' in one or f" {case.case} " in one for case in found)
    assert "f" * 32 in told[0]
    assert "I9" in told[0]
    assert found[0].id in told[1]
    assert compared.cases == 60
    assert "100%" in told[2]


@pytest.mark.usefixtures("english")
def test_the_page_fits_eighty_columns_whatever_an_interviewer_is_called(
    loaded: Loaded, made: Made
) -> None:
    """A code of sixty-four characters is folded; what could steer the terminal is not printed."""
    found = drawn(made, random.Random(2))
    long, hostile = "W" * 64, "\x1b[2J\u202eI1"
    found[0] = replace(found[0], interviewer=long, status="complete", minutes=0, paradata={})
    found[1] = replace(found[1], interviewer=hostile, minutes=5000)
    told = shown(audited(loaded(FORM), found))
    assert max(map(len, told.splitlines())) <= 80
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "WWWW" in told
    assert "more than 25 hours of asking" in told


@pytest.mark.usefixtures("english")
def test_gaps_are_told_in_words_and_what_was_withdrawn_is_none(loaded: Loaded, made: Made) -> None:
    """A record sealed and not here is named; one withdrawn is counted, and not asked for."""
    here, missing, gone, none, out = (made(answers={"q1": "xnever"}) for _record in range(5))
    begun = dict.fromkeys([one.id for one in (here, missing, gone, none, out)], "d")
    ended = {one.id: "h" for one in (here, missing, gone, out)} | {none.id: ""}
    desk = Desk({"L01": Account(begun, ended)}, {here.id, out.id}, {gone.id}, 2)
    found = audited(
        loaded(FORM),
        [here],
        desk,
        left_out=(LeftOut(out.id, "kit"),),
        missing=(Missing("L01", 2, 4), Missing("L09", 7, 7)),
    )
    told = " ".join(shown(found).split())
    assert f"record {missing.id} was sealed and is not here" in told
    assert gone.id not in told
    assert "1 interview ended without a record" in told
    assert f"record {out.id}: not used;" in told
    assert "laptop L09: no record numbered 7;" in told
    assert "laptop L01: no record numbered" not in told  # its ledger says what became of each
    assert "2 files set aside" in told
    assert "L01 5 1 1 1 1 1 0" in told


@pytest.mark.usefixtures("english")
def test_figures_of_few_interviews_are_not_shown(loaded: Loaded, made: Made) -> None:
    """Four interviews are four people: how many, and no share of what they left unanswered."""
    four = [made(answers={"days": "20", "q1": "xoften"}) for _number in range(4)]
    found = audited(loaded(FORM), four)
    assert "*: fewer than 5 interviews; not shown." in shown(found)
    told = audit_json(found)
    assert told["habits"] == [{"interviewer": "I01", "interviews": 4}]
    assert told["shares"] == []
    assert "There is nothing to compare: nobody has 5 interviews" in shown(found)
    empty = shown(audited(loaded(FORM), []))
    assert "Before anybody is accused" in empty


# --- the honest and the others --------------------------------------------------------------------


@pytest.fixture(scope="module")
def honest(made: Made) -> tuple[Instrument, list[Record]]:
    """Simulated interviews of Assore's questionnaire, seven by each of four interviewers."""
    instrument = shipped.usable("assore/beneficiaires")
    ready, chance = plan(instrument), random.Random(2022)
    return instrument, [_simulated(ready, chance, made, number) for number in range(28)]


def _simulated(ready: Plan, chance: random.Random, made: Made, number: int) -> Record:
    script = simulation.script(chance)
    sitting = answer_all(begin(ready, NOW, str(number)), Respondent(chance, script), Scrubber())
    done = finished(sitting.interview, NOW + timedelta(minutes=40))
    found = record.answers_of(done)
    said = [key for part in ("answers", "statuses") for key in found[part]]
    return made(
        instrument=ready.instrument.id,
        interviewer=f"I{number % 4}",
        status=completeness(done),
        minutes=5 * round(chance.gauss(40, 6) / 5),
        answers=found["answers"],
        statuses=found["statuses"],
        paradata={key: str(5 * chance.randint(1, 4)) for key in said},
    )


def test_honest_interviews_give_few_flags(honest: tuple[Instrument, list[Record]]) -> None:
    """Nobody is flagged, nothing is too fast, no two are alike."""
    instrument, records = honest
    found = audited(instrument, records)
    assert [(one.measure, one.who) for one in found.shares if one.is_flagged] == []
    assert found.speed.fast == ()
    assert found.likeness.pairs == ()
    assert found.likeness.interviews > 20
    assert [week for week in found.workload.weeks if week.is_heavy] == []


def test_an_interviewer_who_makes_interviews_up_is_flagged(
    honest: tuple[Instrument, list[Record]], made: Made
) -> None:
    """Ten copies of a colleague's interview with a few answers changed, typed in a few minutes."""
    instrument, records = honest
    chance = random.Random(1)
    model = next(one for one in records if one.status == "complete")
    copies = []
    for _copy in range(10):
        changed = set(chance.sample(sorted(model.answers), 8))
        answers = {key: value for key, value in model.answers.items() if key not in changed}
        paradata = dict.fromkeys(model.paradata, "0")
        copies.append(
            made(
                instrument=instrument.id,
                interviewer="I9",
                minutes=5,
                answers=answers,
                statuses=model.statuses,
                paradata=paradata,
            )
        )
    found = audited(instrument, [*records, *copies])
    assert len(found.speed.fast) == 10
    assert found.likeness.near["I9"] == 10
    assert ("fast", "I9") in {(one.measure, one.who) for one in found.shares if one.is_flagged}
