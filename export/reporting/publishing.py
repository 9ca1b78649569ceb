"""Before a report leaves: what it would tell of a few people, by itself and beside all that came before.

Nothing of it is written to where others read until the study's log says what it shows of whom: a
report that is not in the log is one that the next cannot be compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from export.disclosure import differencing, published
from export.disclosure.differencing import Finding
from export.disclosure.log import Log
from export.disclosure.published import Published
from export.estimating.members import members
from export.reporting.report import Part, Report


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """What a report publishes of each questionnaire, and what was found against it."""

    published: tuple[Published, ...]
    findings: tuple[Finding, ...]

    @property
    def refusing(self) -> tuple[Finding, ...]:
        """What nothing may be published with, unless a reason is given in writing."""
        return tuple(one for one in self.findings if one.refuses)


def checked(report: Report, earlier: Log, now: datetime) -> Checked:
    """Return what was found against publishing a report, beside what was published before."""
    shown: list[Published] = []
    found: list[Finding] = []
    for one in report.parts:
        told = members(one.data, one.answers)
        new = published.report(
            one.title or one.name,
            now.astimezone(UTC).isoformat(timespec="seconds"),
            one.given.found.instrument.id,
            _ids(one),
            told,
        )
        least = report.study.cell_threshold
        found += differencing.findings(new, earlier, least, least, told)
        shown.append(new)
    return Checked(tuple(shown), tuple(dict.fromkeys(found)))


def _ids(part: Part) -> Sequence[str]:
    return [one.record.id for one in part.given.people.people]
