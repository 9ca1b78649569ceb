"""What a progress says in words, on a terminal and on a page alike."""

from __future__ import annotations

from collections.abc import Iterator

from export.numerals import NOTHING, decimal, percent
from export.respondents.dispositions import NOT_WORKED, UNKNOWN
from export.respondents.remarks import of_a_sample
from export.response.progress import Dimension, Group, Progress
from export.response.visits import FOLDED, Visits
from interviewer import outcomes
from surveys.language import _, ngettext


def summary(made: Progress) -> str:
    """Return in one sentence how far it has come."""
    n = made.whole.cases
    counts = made.whole.counts
    if not made.is_of_a_sample:
        told = ngettext(
            "{n} case collected, {complete} of them complete; nothing was drawn for it, so there are "
            "counts and no rates.",
            "{n} cases collected, {complete} of them complete; nothing was drawn for it, so there are "
            "counts and no rates.",
            n,
        )
        return told.format(n=n, complete=counts["I"])
    return of_a_sample(n, counts["I"], counts["P"], made.unrecorded)


def family(name: str) -> str:
    """Return a family of rates in words."""
    words = {
        "RR": _("Response"),
        "COOP": _("Cooperation"),
        "REF": _("Refusal"),
        "CON": _("Contact"),
    }
    return words[name]


def rate(value: float | None) -> str:
    """Return a rate in per cent with one decimal, a dash where there is none."""
    return NOTHING if value is None else percent(value)


def reading(made: Progress) -> Iterator[str]:
    """Yield how the rates are to be read."""
    yield _(
        "RR1, RR3 and RR5 count complete interviews; RR2, RR4 and RR6 partial ones too. Cases of which "
        "nobody knows whether they are part of the survey count whole in RR1 and RR2, by the share e in "
        "RR3 and RR4, not at all in RR5 and RR6; and so in REF and CON 1, 2, 3. COOP is of those who "
        "were reached; COOP3 and COOP4 leave out who could not answer."
    )
    yield _of_e(made)
    if made.unrecorded:
        told = ngettext(
            "{n} case has no record here and counts as unknown (3.11): the rates are provisional.",
            "{n} cases have no record here and count as unknown (3.11): the rates are provisional.",
            made.unrecorded,
        )
        yield told.format(n=made.unrecorded)


def _of_e(made: Progress) -> str:
    e = decimal(made.e.unweighted, 3)
    if not any(made.whole.counts[one] for one in UNKNOWN):
        return _("Of every case it is known whether it is part of the survey: e plays no part.")
    if made.e.is_given:
        return _("e = {e}, as given.").format(e=e)
    if made.is_weighted:
        return _(
            "e = {e} (by base weights {weighted}): among cases of which it is known, the share that is "
            "part of the survey."
        ).format(e=e, weighted=decimal(made.e.weighted, 3))
    return _(
        "e = {e}: among cases of which it is known, the share that is part of the survey."
    ).format(e=e)


def of_weeks() -> str:
    """Return what the last columns of weeks are."""
    return _(
        "So far: complete and partial interviews up to that week, and their share of everybody drawn "
        "who is not known to be no part of the survey (RR2)."
    )


def code_told(code: str) -> str:
    """Return an outcome in words; '' of a code Souspli does not offer."""
    if code == NOT_WORKED:
        return _("No record here")
    known = {one.code: one.words for one in outcomes.OUTCOMES}
    return outcomes.words(code) if outcomes.is_interview(code) else known.get(code, "")


def dimension(by: Dimension) -> str:
    """Return what cases are grouped by, as the heading of a part."""
    words: dict[Dimension, str] = {
        "week": _("By week of the record"),
        "stratum": _("By stratum of the draw"),
        "interviewer": _("By interviewer"),
        "batch": _("The sample and batches of the reserve"),
    }
    return words[by]


def column(by: Dimension) -> str:
    """Return what cases are grouped by, as the heading of a column."""
    words: dict[Dimension, str] = {
        "week": _("week"),
        "stratum": _("stratum"),
        "interviewer": _("interviewer"),
        "batch": _("batch"),
    }
    return words[by]


def group(by: Dimension, one: Group) -> str:
    """Return the name of a group in words."""
    if not one.name:
        return _("no record")
    if by == "batch":
        return _("sample") if one.name == "0" else _("batch {n}").format(n=one.name)
    return one.name


def part(one: Visits) -> str:
    """Return the part of the day of some visits."""
    return outcomes.part_words(one.name)


def number(one: Visits, folded: int = FOLDED) -> str:
    """Return which visit of their case some visits were."""
    return _("{n} and later").format(n=one.name) if one.name == str(folded) else one.name


def of_never_met(made: Progress) -> Iterator[str]:
    """Yield how many cases were closed as never met, and whose lack visits."""
    closed = sum(one.closed for one in made.never_met)
    if not closed:
        return
    lacking = sum(one.lacking for one in made.never_met)
    if lacking:
        told = ngettext(
            "{n} case was closed as never met, {lacking} with fewer visits than the study asks for: {rule}.",
            "{n} cases were closed as never met, {lacking} with fewer visits than the study asks for: {rule}.",
            closed,
        )
    else:
        told = ngettext(
            "{n} case was closed as never met, after the visits the study asks for: {rule}.",
            "{n} cases were closed as never met, all after the visits the study asks for: {rule}.",
            closed,
        )
    yield told.format(n=closed, lacking=lacking, rule=rule(made.minimum))


def rule(minimum: int) -> str:
    """Return the study's rule for closing a case as never met."""
    if minimum < 2:
        return _("one")
    return _("{n}, on two days and at two times of day at least").format(n=minimum)
