"""The log of what was published: sealed to the study's key, noted in its ledger, missed when it is gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export import custody, ledger
from export.disclosure import log
from export.disclosure.log import Unread
from export.disclosure.published import Published, PublishedCell
from export.study import Study
from interviewer import age
from surveys.problems import Refusal

FORM = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSPHRASE = b"correct horse battery"
NewStudy = Callable[..., Study]


def published(title: str = "spring", n: int = 13) -> Published:
    who = np.arange(n) % 2 == 0
    cells = (PublishedCell("share(sex)", "f", who, ~who),)
    people = tuple(f"canary{at:02}" for at in range(n))
    return Published("report", title, NOW.isoformat(), "t", people, cells)


def is_same(one: Published, other: Published) -> bool:
    about = [(each.kind, each.title, each.time, each.instrument, each.ids) for each in (one, other)]
    cells = [
        [(c.table, c.name, c.who.tolist(), c.unanswered.tolist()) for c in each.cells]
        for each in (one, other)
    ]
    return about[0] == about[1] and cells[0] == cells[1]


def opened(study: Study) -> Sequence[age.Identity]:
    return custody.open_key(study.study_key, PASSPHRASE)


def put(study: Study, one: Published) -> None:
    log.add(study, one, custody.ledger_key(opened(study)), NOW)


@settings(max_examples=30)
@given(
    st.integers(0, 40), st.lists(st.text(max_size=8).map(lambda text: text.replace("\ud800", "")))
)
def test_what_is_written_is_read(n: int, names: list[str]) -> None:
    """Whatever cells are called, and however many there are."""
    rng = np.random.default_rng(n)
    cells = tuple(
        PublishedCell(name, name, rng.random(n) < 0.5, rng.random(n) < 0.5) for name in names
    )
    one = Published("release", "été", NOW.isoformat(), "t", tuple(map(str, range(n))), cells)
    assert is_same(log.decoded(log.encoded(one)), one)


@settings(max_examples=50)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_whatever_stands_there_is_refused_in_one_way(junk: bytes, at: int) -> None:
    """Anybody can seal a file to a study's key."""
    content = log.encoded(published())
    for given_bytes in (junk, content[:at] + junk + content[at:], content[: at % len(content)]):
        try:
            log.decoded(given_bytes)
        except (ValueError, KeyError, TypeError):
            continue
        assert given_bytes == content or given_bytes.startswith(content)


def test_publications_are_read_in_order_by_who_holds_the_key(new_study: NewStudy) -> None:
    """Each is noted in the ledger, with its title and of how many."""
    study = new_study(FORM)
    put(study, published("spring"))
    put(study, published("autumn"))
    found = log.read(study, opened(study))
    assert [one.title for one in found.published] == ["spring", "autumn"]
    assert found.unread == ()
    noted = ledger.verified(study.ledger, study.signer)
    assert noted.faults == ()
    assert [(line.what, line.count) for line in noted.sound if line.event == "publish"] == [
        ("report: spring; cell 11, k 5", 13),
        ("report: autumn; cell 11, k 5", 13),
    ]


def test_nobody_else_reads_who_is_in_a_cell(new_study: NewStudy) -> None:
    """The file holds no id in the clear, and another key does not open it."""
    study = new_study(FORM)
    put(study, published())
    (path,) = (study.folder / "releases").glob("*.age")
    assert b"canary" not in path.read_bytes()
    other = age.HybridIdentity.generate()
    assert log.read(study, [other]).unread == (Unread("report: spring; cell 11, k 5", "sealed"),)


def test_one_that_is_gone_or_altered_is_named(new_study: NewStudy) -> None:
    """It may be what the next one is compared with in vain."""
    study = new_study(FORM)
    put(study, published("spring"))
    put(study, published("autumn"))
    first, second = sorted((study.folder / "releases").glob("*.age"))
    first.unlink()
    content = second.read_bytes()
    second.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    found = log.read(study, opened(study))
    assert found.published == ()
    assert set(found.unread) == {
        Unread("report: spring; cell 11, k 5", "lost"),
        Unread("report: autumn; cell 11, k 5", "lost"),
        Unread("0002.age", "format"),
    }


def test_one_without_its_line_is_compared_with_and_not_written_over(new_study: NewStudy) -> None:
    """The power went between the two: what it says may have been published."""
    study = new_study(FORM)
    before = study.ledger.read_bytes()
    put(study, published("spring"))
    study.ledger.write_bytes(before)
    put(study, published("autumn"))
    found = log.read(study, opened(study))
    assert [one.title for one in found.published] == ["spring", "autumn"]
    assert found.unread == ()


def test_a_damaged_ledger_refuses(new_study: NewStudy) -> None:
    """It alone says what was published."""
    study = new_study(FORM)
    put(study, published())
    lines = study.ledger.read_bytes().splitlines(keepends=True)
    study.ledger.write_bytes(b"".join(lines[:-2] + lines[-1:]))
    with pytest.raises(Refusal, match="ledger is damaged"):
        log.read(study, opened(study))
    with pytest.raises(Refusal, match="ledger is damaged"):
        put(study, published("autumn"))
