"""What is wanted of a study's respondents, one estimate at a time: refused here if it cannot be told.

An estimate is written as a call, `prop(stopped_crack)`, over the questionnaire's own expressions. It
can be asked of everyone, or within the groups of a column, or of several columns crossed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from export.estimating import askable
from export.estimating.accuracy import Variance
from export.estimating.askable import Askable
from export.estimating.estimate import Estimand, estimand
from export.estimating.intervals import Method
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal

LEVEL = 0.95  # of intervals, where nobody asks for another
MOST_BY = 3  # columns crossed: more leave nobody in a group


@dataclass(frozen=True, slots=True)
class Wanted:
    """One estimate that is wanted: what, of whom, and how it is to be computed.

    `by` are the columns whose values, crossed, make the groups; () is everyone. `level` is the
    coverage of intervals, a share. `method` is that of intervals for proportions, None for the one
    the design calls for; `variance` how errors are found. `label` is what a report calls the
    estimate, '' for the expression itself.
    """

    estimand: Estimand
    by: tuple[str, ...] = ()
    level: float = LEVEL
    method: Method | None = None
    variance: Variance = "taylor"
    label: str = ""

    @property
    def column(self) -> str:
        """The name of the groups: that of the column, or of those crossed; '' for everyone."""
        return BETWEEN.join(self.by)


BETWEEN = ", "  # of columns crossed, and of their values


def wanted(
    asked: Instrument | Askable,
    text: str,
    by: Sequence[str] = (),
    *,
    level: float = LEVEL,
    method: Method | None = None,
    variance: Variance = "taylor",
    label: str = "",
) -> Wanted:
    """Return what a text asks; Refusal for what may not be asked, or not within these groups."""
    found, known = estimand(text), Askable.of(asked)
    askable.require_askable(found.arguments, known)
    if found.kind in ("share", "table"):
        for tree in found.arguments:
            askable.require_classes(tree, known, several=found.kind == "share")
    else:
        compared = (
            "prop" if found.order else found.kind
        )  # a quantile of 0 and 1 tells nobody anything
        askable.require_measures(compared, found.arguments, known)
    if len(by) > MOST_BY or len(set(by)) < len(by):
        raise Refusal(
            _("groups are those of at most {n} different columns crossed; leave some out").format(
                n=MOST_BY
            )
        )
    for name in by:
        askable.require_domains(name, known)
    return Wanted(found, tuple(by), level, method, variance, label)


def naming(text: str, refusal: Refusal) -> Refusal:
    """Return a refusal that says which of several expressions it is about."""
    told = str(refusal)
    return refusal if told.startswith(text) else Refusal(f"{text}: {told}")


def groups(text: str) -> tuple[str, ...]:
    """Return the columns that a text names, crossed where several stand with commas between."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
