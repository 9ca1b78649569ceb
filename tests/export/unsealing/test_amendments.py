"""What interviewers corrected is read as corrected; nothing sealed is edited."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.collecting.collect import Collected
from export.respondents.dispositions import NOT_WORKED
from export.respondents.remarks import of_all, told
from export.respondents.responses import responses
from export.study import Study
from export.unsealing.amendments import applied, why
from export.unsealing.unseal import unseal_all
from interviewer import age, closing
from interviewer.kit import KitInstrument
from interviewer.laptop import Laptop
from interviewer.record import Record

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
Put = Callable[..., None]
HandOver = Callable[..., Path]
Collect = Callable[..., Collected]
LaptopOf = Callable[..., Laptop]
Identities = Callable[[Study], Sequence[age.Identity]]

NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""


def plain(number: int, **otherwise: Any) -> Record:
    """Return an interview on laptop L01; what matters here is who says what about which record."""
    fields = dict.fromkeys(Record.__dataclass_fields__, "")
    known: dict[str, Any] = {
        **fields,
        "id": f"{number:032x}",
        "sequence": number,
        "device": "L01",
        "instrument": "plain",
        "kind": "interview",
        "case": "A",
        "outcome": "1.1",
        "status": "complete",
        "answers": {"days": "3"},
        "statuses": {},
    }
    return Record(**(known | otherwise))


def correction(number: int, amends: Record, **otherwise: Any) -> Record:
    blank = {"kind": "amendment", "status": "", "outcome": "", "answers": {}, "amends": amends.id}
    return plain(number, **(blank | otherwise))


def test_the_right_case_and_the_right_outcome_are_read() -> None:
    """An empty outcome leaves the outcome as it was; the amendment itself is no record of a case."""
    held, absent = plain(1), plain(2, kind="outcome", status="", outcome="2.112", answers={})
    one, two = correction(3, held, case="B"), correction(4, absent, case="C", outcome="2.25")
    records, amended = applied([held, absent, one, two])
    assert records == (replace(held, case="B"), replace(absent, case="C", outcome="2.25"))
    assert amended.corrected == (held.id, absent.id)
    assert (amended.annulled, amended.unapplied) == ((), ())


def test_an_amendment_that_changes_nothing_corrects_nothing() -> None:
    """The same case, the same outcome."""
    held = plain(1)
    records, amended = applied([held, correction(2, held, case="A", outcome="1.1")])
    assert (records, amended.corrected) == ((held,), ())


def test_of_several_the_last_on_the_laptop_counts() -> None:
    """Whatever the order in which they were collected; each outcome stands until another is given."""
    held = plain(1, kind="outcome", status="", outcome="2.112", answers={})
    first = correction(2, held, case="B", outcome="2.25")
    second = correction(10, held, case="C")
    for opened in ([held, first, second], [second, first, held]):
        records, _amended = applied(opened)
        assert [(one.case, one.outcome) for one in records] == [("C", "2.25")]


def test_an_amendment_undone_leaves_the_record_as_it_was_sealed() -> None:
    """An interview said to be none, then said to be one after all, has its answers again."""
    held = plain(1)
    wrong, right = correction(2, held, outcome="4.5"), correction(3, held, outcome="1.1")
    assert applied([held, wrong, right])[0] == (held,)


@pytest.mark.parametrize(
    ("otherwise", "reason"),
    [
        ({"amends": "f" * 32}, "absent"),
        ({"device": "L02"}, "device"),
        ({"instrument": "other"}, "instrument"),
        ({"outcome": "1.2"}, "outcome"),
    ],
)
def test_an_amendment_that_cannot_be_applied_is_named_and_changes_nothing(
    otherwise: dict[str, Any], reason: str
) -> None:
    """Of a record that is not here, of another laptop's, of another questionnaire, of an interview made."""
    held = plain(1)
    made = replace(correction(2, held, case="B"), **otherwise)
    records, amended = applied([held, made])
    assert records == (held,)
    assert [(one.id, one.amends, one.reason) for one in amended.unapplied] == [
        (made.id, made.amends, reason)
    ]
    assert why(amended.unapplied[0].reason)


def test_no_amendment_makes_an_interview_of_what_was_none() -> None:
    """Whether somebody was interviewed is what the questionnaire says of the answers."""
    absent = plain(1, kind="outcome", status="", outcome="2.25", answers={})
    broken = plain(2, status="broke_off", outcome="2.12")
    given = [
        absent,
        broken,
        correction(3, absent, outcome="1.1"),
        correction(4, broken, outcome="1.2"),
    ]
    records, amended = applied(given)
    assert records == (absent, broken)
    assert [one.reason for one in amended.unapplied] == ["outcome", "outcome"]


def test_an_amendment_of_an_amendment_is_named() -> None:
    """What is corrected is the record, by another amendment of it."""
    held = plain(1)
    first = correction(2, held, case="B")
    _records, amended = applied([held, first, correction(3, first, case="C")])
    assert [one.reason for one in amended.unapplied] == ["absent"]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from("ABC"), st.sampled_from(["", "2.25"])))
)
def test_the_order_of_collecting_moves_nothing(said: list[tuple[int, str, str]]) -> None:
    """Whatever was corrected, read in any order, gives the same records."""
    held = [plain(number) for number in range(1, 5)]
    corrections = [
        correction(number, held[about - 1], case=case, outcome=outcome)
        for number, (about, case, outcome) in enumerate(said, start=5)
    ]
    expected = applied([*held, *corrections])
    assert applied([*held, *reversed(corrections)]) == expected
    assert len(expected[0]) == 4


# --- on the whole road --------------------------------------------------------------------------


def questionnaire(laptop: Laptop) -> KitInstrument:
    found = laptop.signed.kit.named("plain")
    assert found is not None
    return found


def seal_outcome(laptop: Laptop, case: str, outcome: str) -> str:
    return closing.seal_outcome(
        laptop,
        questionnaire(laptop),
        case=case,
        interviewer="I01",
        outcome=outcome,
        attempts=(),
        now=NOW,
    )


def amend(laptop: Laptop, amends: str, case: str, outcome: str) -> str:
    return closing.seal_amendment(
        laptop,
        questionnaire(laptop),
        amends=amends,
        case=case,
        outcome=outcome,
        interviewer="I01",
        now=NOW,
    )


SAMPLE = """case,stratum,N_h,n_h,order,status
A,1,10,4,,released
B,1,10,4,,released
C,1,10,4,,released
D,1,10,4,,released
"""


def test_a_wrong_case_corrected_on_the_laptop_is_right_in_tables_weights_and_response_rates(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    laptop_of: LaptopOf,
    identities: Identities,
    drew: Callable[[Study, str], None],
    english: None,
) -> None:
    """Two interviews, one under the case of somebody else, who refused: nobody is lost or twice there."""
    study = new_study(FORM)
    drew(study, SAMPLE)
    sealed = [made_of(study, "A", sequence=n, answers={"days": str(n)}) for n in (1, 2)]
    bundle = hand_over(study, *sealed)
    laptop = laptop_of(study)
    amend(laptop, sealed[1].id, "B", "")
    refused = seal_outcome(laptop, "D", "2.112")
    amend(laptop, refused, "C", "2.25")
    hand_over(study)
    collect(study, bundle)
    given = responses(study, study.instruments[0], identities(study), "test", NOW, with_texts=True)
    assert [one.record.case for one in given.people.people] == ["A", "B"]
    assert [one.weight for one in given.people.people] == [5.0, 5.0]
    assert given.people.outcomes == {"1.1": 2, "2.25": 1, NOT_WORKED: 1}
    assert given.unsealed.missing == ()
    assert list(of_all(given)) == ["2 records are read as their interviewers corrected them."]
    assert "2 complete and 0 partial interviews, 1 other outcomes" in told(given)


def test_an_interview_said_to_be_none_counts_as_what_it_is_said_to_be(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    laptop_of: LaptopOf,
    identities: Identities,
    drew: Callable[[Study, str], None],
    english: None,
) -> None:
    """Its answers are not used, and it is named; another interview of the case counts."""
    study = new_study(FORM)
    drew(study, SAMPLE)
    sealed = [made_of(study, case, sequence=n) for n, case in enumerate("AABC", start=1)]
    bundle = hand_over(study, *sealed)
    amend(laptop_of(study), sealed[0].id, "A", "2.112")
    amend(laptop_of(study), sealed[2].id, "B", "2.112")
    hand_over(study)
    collect(study, bundle)
    given = responses(study, study.instruments[0], identities(study), "test", NOW, with_texts=True)
    assert [one.record.id for one in given.people.people] == [sealed[1].id, sealed[3].id]
    assert given.people.outcomes == {"1.1": 2, "2.112": 1, NOT_WORKED: 1}
    assert [remark for remark in of_all(given) if "its answers are not used" in remark] == [
        f"record {one.id}: its interviewer says that it was no interview; its answers are not used"
        for one in (sealed[0], sealed[2])
    ]


def test_an_amendment_of_a_record_never_handed_over_is_named(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    laptop_of: LaptopOf,
    identities: Identities,
    english: None,
) -> None:
    """Nothing is corrected in silence, and nothing is lost of the rest."""
    study = new_study(FORM)
    one, other = (made_of(study, case, sequence=n) for n, case in enumerate("AB", start=1))
    bundle = hand_over(study, one, other)
    made = amend(laptop_of(study), other.id, "C", "")
    hand_over(study)
    (bundle / f"{other.id}.age").unlink()
    collect(study, bundle)
    given = responses(study, study.instruments[0], identities(study), "test", NOW, with_texts=True)
    assert f"amendment {made} of record {other.id}: not applied; {why('absent')}" in of_all(given)
    assert len(given.people.people) == 1


def test_nothing_sealed_is_edited(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    laptop_of: LaptopOf,
    identities: Identities,
) -> None:
    """The files taken in are the same before and after; another opening reads the same."""
    study = new_study(FORM)
    one = made_of(study, "A", sequence=1)
    hand_over(study, one)
    amend(laptop_of(study), one.id, "B", "")
    collect(study, hand_over(study))
    before = {path.name: path.read_bytes() for path in study.collected.glob("*.age")}
    found = [unseal_all(study, identities(study), "test", NOW) for _again in range(2)]
    assert [opened.records for opened in found] == [(replace(one, case="B"),)] * 2
    assert {path.name: path.read_bytes() for path in study.collected.glob("*.age")} == before
    assert len(before) == 2
    assert json.loads((study.ledger).read_bytes().splitlines()[-1])["count"] == 2
