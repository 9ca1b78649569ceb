"""A study's ledger as it is read: one line an entry, folded between words, no count where there is none."""

from __future__ import annotations

import dataclasses

import pytest

from export.ledger import Fault, Line, Verified
from export.verbs.status_ledger import lines_told, told
from surveys.saying import folded

IDS = " ".join(f"{number:032x}" for number in range(5))


def line(event: str, what: str, count: int) -> Line:
    return Line(
        previous="0" * 64,
        time="2026-11-23T18:15:55+00:00",
        event=event,  # type: ignore[arg-type]
        what=what,
        count=count,
        sha256="",
        introduces="",
        key="k",
    )


def noted(*lines: Line, wrong: int = 0) -> Verified:
    """Return a ledger of some lines, one of which may be false."""
    faults = (Fault(wrong, "signature"),) if wrong else ()
    return Verified(dict(enumerate(lines, start=1)), faults, {"k": "study.key"}, "ab" * 32)


@pytest.mark.usefixtures("english")
def test_what_was_done_stands_before_what_for_and_by_whose_key() -> None:
    """A count where there is one; what is false is signed by nobody that can be told."""
    found = noted(line("tested", "study.key", 0), line("unseal", "audit small", 2), wrong=2)
    assert list(lines_told(found)) == [
        "1  2026-11-23 18:15:55  key tested: study.key · study.key",
        "2  2026-11-23 18:15:55  records opened (2): audit small · ?",
    ]
    assert "line 2" in next(told(found))


@pytest.mark.usefixtures("english")
def test_it_is_readable_at_eighty_columns() -> None:
    """However many ids a line names, each stands whole; numbers stand below one another."""
    found = noted(*[line("withdraw", IDS, 5)] * 12)
    entries = list(lines_told(found))
    assert {entry.index("2026") for entry in entries} == {4}
    shown = folded(entries[0], 80).splitlines()
    assert max(map(len, shown)) <= 80
    assert [one for one in IDS.split() if not any(one in part.split() for part in shown)] == []


@pytest.mark.usefixtures("english")
def test_nothing_in_it_steers_the_terminal() -> None:
    """Whoever may write to the folder may write any line."""
    steering = dataclasses.replace(line("export", "\x1b[2J", 1), time="\x1b[31m")
    assert all(one.isprintable() for one in lines_told(noted(steering)))


def test_an_empty_ledger_has_no_line() -> None:
    """Nor fails."""
    assert list(lines_told(noted())) == []
