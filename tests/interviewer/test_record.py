"""The record: nothing lost between the interview and the study key, nothing told by its size."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import age, record
from interviewer.interview import Answer, begin, give
from interviewer.record import Attempt, Record, RecordError, answers_of, key_of
from interviewer.respondent import Respondent, answer_all
from interviewer.scrub import Scrubber
from surveys.check import check
from surveys.expressions import Node
from surveys.plan import plan
from surveys.shipped import FOLDER, names

DOCS = Path(__file__).resolve().parents[2] / "docs"
IDENTITY = age.HybridIdentity.generate()
RECIPIENTS = [IDENTITY.recipient]
BUCKET = 16384
BLANK = Record(
    id="0" * 32,
    study="s",
    kit="0" * 64,
    instrument="t",
    instrument_version="1",
    instrument_hash="0" * 64,
    device="L01",
    sequence=1,
    kind="interview",
    unit="person",
    case="A1",
    interviewer="I1",
    outcome="1.1",
    status="complete",
    week="2022-W15",
    minutes=30,
    language="fr",
    mode="interviewer",
    is_practice=False,
    is_simulated=False,
)

texts = st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=8)


@settings(max_examples=40, deadline=None)
@given(texts, texts, st.text(max_size=100))
def test_a_record_sealed_then_opened_is_the_same(
    answers: dict[str, str], comments: dict[str, str], notes: str
) -> None:
    """Every field comes back, attempts included, and the size is always the same."""
    made = replace(
        BLANK,
        answers=answers,
        comments=comments,
        notes=notes,
        attempts=(Attempt("2022-04-11", "evening", "2.25"),),
    )
    sealed = record.seal(made, BUCKET, RECIPIENTS)
    assert record.unseal(sealed, BUCKET, [IDENTITY]) == made
    assert len(sealed) == age.sealed_size(BUCKET, RECIPIENTS)


def test_links_sealed_then_opened_are_the_same_and_an_empty_file_has_the_same_size() -> None:
    """Presence and size of the link file tell nothing."""
    sealed = record.seal_links("1" * 32, {"card": "ABC"}, RECIPIENTS)
    empty = record.seal_links("1" * 32, {}, RECIPIENTS)
    assert record.unseal_links(sealed, [IDENTITY]) == ("1" * 32, {"card": "ABC"})
    assert len(sealed) == len(empty)


@pytest.mark.parametrize(
    "value",
    [
        b'{"v":1,"id":"1","links":[]}',
        b'{"v":1,"id":"1","links":{"card":1}}',
        b'{"v":1,"id":1,"links":{}}',
        b'{"v":1,"id":"1"}',
        b'{"v":1,"id":"1","links":{},"more":1}',
        b'{"v":1,"id":"1","links":' + b'{"a":' * 700 + b"1" + b"}" * 702,
    ],
)
def test_what_is_not_exactly_a_link_file_is_refused(value: bytes) -> None:
    """Anybody can seal something to the custodian: what is used of it is texts by item."""
    sealed = age.seal(value.ljust(record.LINK_BYTES, b"\0"), RECIPIENTS)
    with pytest.raises(RecordError):
        record.unseal_links(sealed, [IDENTITY])


def opened_with(content: bytes) -> Record:
    return record.unseal(age.seal(content, RECIPIENTS), BUCKET, [IDENTITY])


def fields(**changes: object) -> bytes:
    sealed = record.seal(BLANK, BUCKET, RECIPIENTS)
    found = json.loads(age.unseal(sealed, [IDENTITY]).rstrip(b"\0"))
    return json.dumps({**found, **changes}).encode()


@pytest.mark.parametrize(
    "content",
    [
        fields().ljust(BUCKET - 1, b"\0"),
        fields().ljust(BUCKET + 1, b"\0"),
        fields().ljust(BUCKET - 1, b"\0") + b"x",
        fields().ljust(BUCKET, b" ").replace(b" ", b"\1"),
        fields(v=2).ljust(BUCKET, b"\0"),
        fields(more=1).ljust(BUCKET, b"\0"),
        fields(attempts=1).ljust(BUCKET, b"\0"),
        fields(attempts=["x"]).ljust(BUCKET, b"\0"),
        fields(attempts=[{"day": "2022-04-11"}]).ljust(BUCKET, b"\0"),
        fields(notes="\ud800").ljust(BUCKET, b"\0"),
        (b"[" * 8_000 + b"]" * 8_000 + b"{}").ljust(BUCKET, b"\0"),
        (b'{"a":' * 2_500 + b"1" + b"}" * 2_500).ljust(BUCKET, b"\0"),
        b"[]".ljust(BUCKET, b"\0"),
        bytes(BUCKET),
    ],
)
def test_what_is_not_exactly_a_record_is_refused(content: bytes) -> None:
    """Size, zeros, format version and fields are verified."""
    with pytest.raises(RecordError):
        opened_with(content)


def test_a_record_that_does_not_fit_is_refused_not_enlarged() -> None:
    """A larger record would tell that it is larger."""
    with pytest.raises(RecordError, match="larger"):
        record.seal(replace(BLANK, notes="x" * BUCKET), BUCKET, RECIPIENTS)


@pytest.mark.parametrize("name", names())
def test_the_bound_holds_for_the_longest_interview_there_can_be(name: str) -> None:
    """Every text as long as allowed, in the widest characters; the bucket still holds it."""
    path = FOLDER / f"{name}.yaml"
    instrument = check(path.read_text("utf-8"), path.name).instrument
    assert instrument is not None
    widest = {
        question.name: "\U0001f600" * question.max_length
        for question in instrument.questions()
        if question.kind == "text"
    }
    respondent = Respondent(random.Random(1), widest, declines=0)
    done = answer_all(begin(plan(instrument), datetime(2022, 4, 11), "s"), respondent, Scrubber())
    found = answers_of(done.interview)
    size = len(json.dumps([found["answers"], found["statuses"]], ensure_ascii=False).encode())
    assert size <= record.bound(instrument)
    assert record.bucket_for([instrument]) % record.GRAIN == 0


def test_the_head_of_a_record_is_within_what_is_reserved_for_it() -> None:
    """Codes at their longest, as many attempts as allowed."""
    wide = "é" * record.MAX_CODE
    full = replace(
        BLANK,
        case=wide,
        interviewer=wide,
        device=wide,
        study=wide,
        instrument=wide,
        instrument_version=wide,
        attempts=(Attempt("2022-04-11", "afternoon", "2.111"),) * record.MAX_ATTEMPTS,
    )
    sealed = record.seal(full, BUCKET, RECIPIENTS)
    assert len(age.unseal(sealed, [IDENTITY]).rstrip(b"\0")) <= record.HEAD_BYTES


FORM = """\
souspli: 1
form: {id: t, version: "1", title: T}
survey:
  - {type: text, name: kept, label: K}
  - {type: text, name: dropped, label: D, keep: never}
  - {type: text, name: card, label: C, keep: link}
  - {type: integer, name: age, label: A, keep: {bands: [18, 25]}}
  - {type: calculate, name: birth, calculation: "2022 - ${age}", keep: never}
  - {type: calculate, name: is_adult, calculation: "if(${age} >= 18, 1, 0)", keep: as_given}
  - {type: integer, name: later, label: L}
  - {type: today, name: day}
"""


def test_only_what_may_be_kept_is_in_a_record() -> None:
    """Reduced, dropped and linked answers are not with the answers; what was not reached says so."""
    instrument = check(FORM, "t.yaml").instrument
    assert instrument is not None
    interview = begin(plan(instrument), datetime(2022, 4, 11), "s")
    for name, value, kept in (
        ("kept", "words", "words"),
        ("dropped", "secret", None),
        ("card", "CARD", "CARD"),
        ("age", "19", "18"),
    ):
        interview = give(interview, Node(name, ()), Answer(value=value, kept=kept))
    assert answers_of(interview) == {
        "answers": {"kept": "words", "age": "18", "is_adult": "1", "day": "2022-W15"},
        "statuses": {"later": "broke_off"},
        "comments": {},
        "reasons": {},
        "links": {"card": "CARD"},
    }


def test_a_node_in_repeats_is_named_with_its_numbers() -> None:
    """As docs/sealed-record.md says."""
    assert key_of(Node("a", ())) == "a"
    assert key_of(Node("a", (2, 1))) == "a[2,1]"


def test_the_document_has_every_field_and_every_size() -> None:
    """docs/sealed-record.md is true to the code."""
    page = (DOCS / "sealed-record.md").read_text("utf-8")
    for name in json.loads(fields()):
        assert f"`{name}`" in page, name
    for size in (record.GRAIN, record.LINK_BYTES, record.EXTRA_BYTES, record.HEAD_BYTES):
        assert str(size) in page


def test_a_choice_that_is_no_longer_offered_is_not_sealed() -> None:
    """Interrupted before it was asked again, the question is simply not answered."""
    source = """\
souspli: 1
form: {id: t, version: "1", title: T}
choices:
  yes_no: [{name: 1, label: Y, for: a}, {name: 2, label: N, for: b}]
survey:
  - {type: text, name: w, label: W}
  - {type: select_one, choices: yes_no, name: c, label: C, choice_filter: "for = ${w}"}
"""
    instrument = check(source, "t.yaml").instrument
    assert instrument is not None
    interview = begin(plan(instrument), datetime(2022, 4, 11), "s")
    for node, value in ((Node("w", ()), "a"), (Node("c", ()), "1"), (Node("w", ()), "b")):
        interview = give(interview, node, Answer(value=value, kept=value))
    assert answers_of(interview)["answers"] == {"w": "b"}
    assert answers_of(interview)["statuses"] == {"c": "broke_off"}


def test_a_calculated_link_goes_to_the_custodian() -> None:
    """Whatever fills it in, a link is a link."""
    source = FORM + "  - {type: calculate, name: copy, calculation: '${card}', keep: link}\n"
    instrument = check(source, "t.yaml").instrument
    assert instrument is not None
    interview = begin(plan(instrument), datetime(2022, 4, 11), "s")
    interview = give(interview, Node("card", ()), Answer(value="CARD", kept="CARD"))
    found = answers_of(interview)
    assert found["links"] == {"card": "CARD", "copy": "CARD"}
    assert "CARD" not in found["answers"].values()


def test_items_for_the_custodian_that_could_not_fit_are_refused_beforehand() -> None:
    """Not when the interview ends."""
    many = "".join(f"  - {{type: text, name: c{n}, label: C, keep: link}}\n" for n in range(10))
    instrument = check(FORM + many, "t.yaml").instrument
    assert instrument is not None
    with pytest.raises(RecordError, match="custodian"):
        record.require_fit(instrument, record.bucket_for([instrument]))
