"""A report is compared with what was published before, and noted, before anybody sees it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export import custody, ledger
from export.disclosure import log
from export.disclosure.publishing import publish
from export.reporting.publishing import Checked, checked
from export.reporting.report import Report
from export.study import Study, read_study
from interviewer import age
from surveys.problems import Refusal

PASSPHRASE = b"correct horse battery"
NOW = datetime(2022, 6, 1, tzinfo=UTC)
PLAN = """
souspli_tables: 1
title: Short
instrument: people
respondents: []
sections: [{title: Use, estimates: [share(card)]}]
"""


@pytest.fixture
def own(study: Study, tmp_path: Path) -> Study:
    """A copy of the study, whose ledger a test may write in."""
    shutil.copytree(study.folder, tmp_path / "study")
    return read_study(tmp_path / "study")


@pytest.fixture
def opened(own: Study) -> Sequence[age.Identity]:
    return custody.open_key(own.study_key, PASSPHRASE)


def found(report: Report, own: Study, opened: Sequence[age.Identity]) -> Checked:
    return checked(replace(report, study=own), log.read(own, opened), NOW)


def events(own: Study) -> list[str]:
    return [line.event for line in ledger.verified(own.ledger, own.signer).sound]


def test_a_report_that_tells_of_no_few_is_noted_once_for_each_questionnaire(
    report_of: Callable[..., Report], own: Study, opened: Sequence[age.Identity], english: None
) -> None:
    """And again: the same report tells nothing new."""
    for n in (1, 2):
        made = found(report_of(PLAN, has_staff=False), own, opened)
        assert made.refusing == ()
        publish(own, made.published, made.findings, "", custody.ledger_key(opened), NOW)
        assert events(own)[-n:] == ["publish"] * n


def test_a_report_that_differs_by_few_from_an_earlier_one_is_refused(
    report_of: Callable[..., Report], own: Study, opened: Sequence[age.Identity], english: None
) -> None:
    """Nothing is noted; with a reason it is, and the reason before it."""
    first = found(report_of(PLAN, has_staff=False), own, opened)
    publish(own, first.published, first.findings, "", custody.ledger_key(opened), NOW)
    report = report_of(PLAN, has_staff=False)
    people = report.main.given.people
    fewer = replace(people, people=people.people[:-3])
    (ours,) = first.published
    earlier = replace(
        ours,
        title="Last month",
        ids=ours.ids[:-3],
        cells=tuple(
            replace(one, who=one.who[:-3], unanswered=one.unanswered[:-3]) for one in ours.cells
        ),
    )
    assert len(fewer.people) == len(earlier.ids)
    log.add(own, earlier, custody.ledger_key(opened), NOW)
    second = found(report, own, opened)
    before = events(own)
    with pytest.raises(Refusal, match="Last month"):
        publish(own, second.published, second.findings, "", custody.ledger_key(opened), NOW)
    assert events(own) == before
    publish(
        own,
        second.published,
        second.findings,
        "the board asked for it",
        custody.ledger_key(opened),
        NOW,
    )
    assert events(own)[len(before) :] == ["override", "publish"]
    assert "the board asked for it" in own.ledger.read_text("utf-8")
