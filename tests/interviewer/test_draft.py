"""Drafts: resumed, they are the interview they were; nobody sees in them what is not theirs."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviewer import age, draft, vault
from interviewer.draft import Draft, DraftError
from interviewer.interview import Answer, Interview, begin, give, replay
from interviewer.record import answers_of
from interviewer.respondent import Respondent, answer_all
from interviewer.scrub import Scrubber
from surveys.check import check
from surveys.expressions import Node
from surveys.plan import Plan, plan
from surveys.shipped import FOLDER

NOW = datetime(2022, 4, 11, 10, 0)
VAULT_KEY = bytes(range(32))
STUDY = age.HybridIdentity.generate()
ID = "0" * 32
FORM = """\
souspli: 1
form: {id: t, version: "1", title: T}
survey:
  - {type: integer, name: years, label: Y, keep: {bands: [0, 18]}}
  - {type: integer, name: unread, label: U, keep: {bands: [0, 10]}}
  - {type: text, name: card, label: C, keep: link}
  - {type: text, name: first_name, label: F, keep: never}
  - {type: note, name: n, label: "Hello ${first_name}"}
  - {type: integer, name: adult, label: A, relevant: "${years} >= 18"}
"""


def ready(source: str) -> Plan:
    instrument = check(source, "t.yaml").instrument
    assert instrument is not None
    return plan(instrument)


ASSORE = ready((FOLDER / "assore" / "beneficiaires.yaml").read_text("utf-8"))
SMALL = ready(FORM)


def begun(folder: Path, used: Plan) -> Draft:
    capacity = draft.capacity_for(used.instrument)
    return draft.begin(folder, ID, {"case": "A"}, capacity, VAULT_KEY, [STUDY.recipient])


def resumed(folder: Path, used: Plan) -> Interview:
    opened = draft.open_with_vault(folder / f"{ID}.draft", VAULT_KEY)
    _about, entries = draft.read(opened)
    answers = draft.resumed(used, entries).items()
    return replace(replay(used, NOW, "s", answers), recalled=draft.recalled(entries))


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 1000), st.integers(1, 200))
def test_a_resumed_interview_keeps_what_the_interrupted_one_would_have_kept(
    tmp_path: Path, seed: int, length: int
) -> None:
    """On the Assore questionnaire, wherever it stopped: the same answers, statuses, comments and links."""
    kept = begun(tmp_path, ASSORE)

    def durable(node: Node, answer: Answer, language: str) -> None:
        nonlocal kept
        kept = draft.append(kept, draft.entry_of(ASSORE, node, answer, 5, "fr"))

    said = {"info_given": "1", "consent": "1", "card_given": "1", "card_code": "0000-0000-0001-ZV"}
    respondent = Respondent(random.Random(seed), said, leaves_after=length)
    sitting = answer_all(begin(ASSORE, NOW, "s"), respondent, Scrubber(), durable)
    before, after = answers_of(sitting.interview), answers_of(resumed(tmp_path, ASSORE))
    for part in ("statuses", "comments", "reasons", "links"):
        assert {k: v for k, v in after[part].items() if v != "broke_off"} == {
            k: v for k, v in before[part].items() if v != "broke_off"
        }
    asked = {
        k: v
        for k, v in before["answers"].items()
        if ASSORE.items[k.partition("[")[0]].kind != "calculate"
    }
    assert asked.items() <= after["answers"].items()


def kept_small(folder: Path) -> Draft:
    kept = begun(folder, SMALL)
    for name, value, stored in (
        ("years", "40", "18"),
        ("unread", "12", "10"),
        ("card", "CARD-1", "CARD-1"),
        ("first_name", "Ada", None),
        ("adult", "3", "3"),
    ):
        answer = Answer(value=value, kept=stored)
        kept = draft.append(kept, draft.entry_of(SMALL, Node(name, ()), answer, 0, "en"))
    return kept


def test_only_reduced_answers_that_something_reads_are_asked_again(tmp_path: Path) -> None:
    """The band of an age is not the age that a condition needs; a band nobody reads is enough."""
    kept_small(tmp_path)
    interview = resumed(tmp_path, SMALL)
    assert [node.name for node in interview.answers] == ["unread", "card", "adult"]
    assert interview.current is not None
    assert interview.current.node.name == "years"
    answered = give(interview, Node("years", ()), Answer(value="41", kept="18"))
    assert [step.node.name for step in answered.path][-1] == "adult"


def test_what_is_not_asked_again_is_still_in_the_record(tmp_path: Path) -> None:
    """If the person has gone, nothing that was acknowledged is lost."""
    kept_small(tmp_path)
    found = answers_of(resumed(tmp_path, SMALL))
    assert found["answers"] == {"years": "18", "unread": "10", "adult": "3"}
    assert found["links"] == {"card": "CARD-1"}


def test_the_study_opens_a_draft_without_its_links(tmp_path: Path) -> None:
    """A forgotten passphrase loses no answer; what is the custodian's stays closed to the lead."""
    kept_small(tmp_path)
    opened = draft.open_with_study(tmp_path / f"{ID}.draft", [STUDY])
    about, entries = draft.read(opened)
    assert about == {"case": "A"}
    assert {entry.node.name: entry.kept for entry in entries} == {
        "years": "18",
        "unread": "10",
        "card": None,
        "first_name": None,
        "adult": "3",
    }


def test_nothing_in_the_file_can_be_read_without_a_key(tmp_path: Path) -> None:
    """Neither answers nor names of questions nor what may never be written."""
    kept_small(tmp_path)
    stored = (tmp_path / f"{ID}.draft").read_bytes()
    for word in (b"CARD-1", b"Ada", b"years", b"adult", b"case"):
        assert word not in stored


def test_another_vault_does_not_open_it(tmp_path: Path) -> None:
    """And says what to do."""
    kept_small(tmp_path)
    with pytest.raises(DraftError, match="hand it over"):
        draft.open_with_vault(tmp_path / f"{ID}.draft", bytes(32))
    with pytest.raises(age.NoMatch):
        draft.open_with_study(tmp_path / f"{ID}.draft", [age.HybridIdentity.generate()])


def test_a_draft_renamed_does_not_open(tmp_path: Path) -> None:
    """Its id is part of what is authenticated."""
    kept_small(tmp_path)
    other = tmp_path / f"{'1' * 32}.draft"
    (tmp_path / f"{ID}.draft").rename(other)
    with pytest.raises(DraftError):
        draft.open_with_vault(other, VAULT_KEY)


@pytest.mark.parametrize(
    "content", [b"", b"souspli-draft/1\n", b"souspli-draft/1\n\xff\xff\xff\xff{}", b"x" * 99]
)
def test_what_is_no_draft_says_so(tmp_path: Path, content: bytes) -> None:
    """A torn head is refused in words."""
    path = tmp_path / "a.draft"
    path.write_bytes(content)
    with pytest.raises(DraftError, match="is not a draft"):
        draft.open_with_vault(path, VAULT_KEY)


ANSWER = {"n": "years", "at": [], "s": "answered", "k": "18", "l": False, "c": "", "r": "", "t": 5}
ANSWER |= {"g": "", "e": "partial"}


@pytest.mark.parametrize(
    "changed",
    [
        {"n": 1},
        {"at": "1"},
        {"at": [-1]},
        {"at": [True]},
        {"at": None},
        {"s": "said"},
        {"s": []},
        {"k": 18},
        {"k": "\ud800"},
        {"l": 1},
        {"l": True, "k": "not sealed"},
        {"l": True, "k": "AAAA" * 20},
        {"c": None},
        {"t": 10**30},
        {"t": 0.5},
        {"e": "done"},
    ],
    ids=str,
)
def test_an_answer_of_another_version_says_so(tmp_path: Path, changed: dict[str, object]) -> None:
    """Who knows a study's recipient can write a draft: each field is what such a field can be."""
    made = begun(tmp_path, SMALL)
    made.frames.append(1, json.dumps(ANSWER | changed).encode())
    with pytest.raises(DraftError, match="another version"):
        draft.read(draft.open_with_vault(tmp_path / f"{ID}.draft", VAULT_KEY))


@pytest.mark.parametrize("first", [b"[1]", b"1", b"[" * 2_000, b"\xff"])
def test_a_draft_about_nothing_says_so(tmp_path: Path, first: bytes) -> None:
    """Its first frame is a map."""
    begun(tmp_path, SMALL).frames.append(0, first)
    with pytest.raises(DraftError, match="another version"):
        draft.read(draft.open_with_vault(tmp_path / f"{ID}.draft", VAULT_KEY))


def test_keys_that_are_no_base64_are_no_draft(tmp_path: Path) -> None:
    """Neither to the laptop nor to the study."""
    path = tmp_path / f"{ID}.draft"
    head = json.dumps({"capacity": 4096, "vault": "é", "study": "é"}).encode()
    path.write_bytes(b"souspli-draft/1\n" + len(head).to_bytes(4, "big") + head)
    with pytest.raises(DraftError):
        draft.open_with_vault(path, VAULT_KEY)
    with pytest.raises(DraftError, match="is not a draft"):
        draft.open_with_study(path, [STUDY])


def test_the_vault_that_wraps_is_the_one_in_use() -> None:
    """A draft's key is wrapped by the vault's own function."""
    wrapped = vault.wrap(VAULT_KEY, b"k", ID)
    assert vault.unwrap(VAULT_KEY, wrapped, ID) == b"k"
