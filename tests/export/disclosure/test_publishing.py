"""What is published is noted before it leaves, with the thresholds it left under."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from export import custody, ledger
from export.disclosure import log, published
from export.disclosure.publishing import publish
from export.study import Study
from interviewer import age
from surveys.problems import Refusal

NOW = datetime(2022, 5, 1, tzinfo=UTC)
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Days, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days of use}
"""


def test_lower_thresholds_than_before_need_a_reason(
    new_study: Callable[..., Study],
    identities: Callable[[Study], Sequence[age.Identity]],
    english: None,
) -> None:
    """study.yaml is not signed; the ledger is, and says under which thresholds something left."""
    study = new_study(FORM)
    key = custody.ledger_key(identities(study))
    one = published.report("First", NOW.isoformat(), "plain", ["0" * 32], ())
    publish(study, [one], (), "", key, NOW)
    lower = replace(study, k=1)
    with pytest.raises(Refusal, match="lower thresholds"):
        publish(lower, [one], (), "", key, NOW)
    publish(lower, [one], (), "the board agreed", key, NOW)
    noted = ledger.verified(study.ledger, study.signer).sound[-3:]
    assert [(line.event, line.what) for line in noted] == [
        ("publish", "report: First; cell 11, k 5"),
        ("override", "report: First: the board agreed (1 against it)"),
        ("publish", "report: First; cell 11, k 1"),
    ]
    assert log.lowered(study) is False
