"""An audit as it is read: who did how much, what laptops began, the signs, and what no figure can say.

Record ids, interviewers' codes and laptops' names stand on it; no case, no answer, no item with its answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rich.console import Console

from export.auditing import signs, workload
from export.auditing.audit import Audit
from export.auditing.starts import Laptop
from export.auditing.workload import Week
from export.layout import add, heading, table
from export.numerals import decimal
from export.respondents import remarks
from surveys.language import _, ngettext, printable


def print_audit(console: Console, found: Audit) -> None:
    """Print an audit."""
    for part in (
        _work,
        _weeks,
        _laptops,
        signs.print_speed,
        signs.print_likeness,
        signs.print_habits,
        signs.print_shares,
    ):
        part(console, found)
    heading(console, _("Before anybody is accused"))
    console.print(
        _(
            "None of this is proof. Each figure has innocent explanations (other hotels, other people, a "
            "slow laptop); it says where to look, whom to ask, and which cases to check back. "
            "What each can tell: docs/auditing.md"
        )
    )


# --- who did how much -----------------------------------------------------------------------------


def _work(console: Console, found: Audit) -> None:
    heading(console, _("Who did how much"))
    made = table(
        _("interviewer"),
        _("complete"),
        _("partial"),
        _("refused"),
        _("broke off"),
        _("erased"),
        _("other ends"),
        _("visits"),
    )
    for one in found.workload.interviewers:
        numbers = (one.complete, one.partial, one.refused, one.broke_off, one.erased)
        add(made, one.interviewer, *numbers, one.outcomes, one.visits)
    console.print(made)


def _weeks(console: Console, found: Audit) -> None:
    heading(console, _("Week by week: interviews, hours of asking, visits on each day"))
    days = (_("Mo"), _("Tu"), _("We"), _("Th"), _("Fr"), _("Sa"), _("Su"))
    made = table(_("interviewer"), _("week"), _("interviews"), _("hours"), *days)
    for week in found.workload.weeks:
        hours = decimal(week.minutes / 60, 1) + ("!" if week.is_heavy else "")
        visits = (
            f"{n}!" if day in week.heavy_days else n or ""
            for day, n in enumerate(week.visits, start=1)
        )
        add(made, week.interviewer, week.week, week.interviews, hours, *visits)
    console.print(made)
    console.print(
        _(
            "A record keeps the week of its interview, not its day: interviews are counted by week. Days "
            "are those of visits without an interview, which are counted where they were sealed."
        )
    )
    for week in found.workload.weeks:
        for line in _heavy(week):
            console.print(line)


def _heavy(week: Week) -> Iterator[str]:
    who = printable(week.interviewer)
    if week.is_heavy:
        yield _("! {who}, {week}: more than {most} hours of asking in a week.").format(
            who=who, week=week.week, most=workload.HOURS
        )
    for day in week.heavy_days:
        year, number = week.week.split("-W")
        yield _("! {who}, {day}: more than {most} visits in a day.").format(
            who=who,
            day=date.fromisocalendar(int(year), int(number), day).isoformat(),
            most=workload.VISITS,
        )


# --- laptops --------------------------------------------------------------------------------------


def _laptops(console: Console, found: Audit) -> None:
    heading(console, _("What became of what each laptop began, as its ledger was last seen"))
    made = table(
        _("laptop"),
        _("begun"),
        _("used"),
        _("not used"),
        _("withdrawn"),
        _("missing"),
        _("no record"),
        _("under way"),
    )
    for one in found.laptops:
        others = (one.left_out, one.withdrawn, one.missing, one.unsealed, one.under_way)
        add(made, one.device, one.begun, one.used, *map(len, others))
    console.print(made)
    for one in found.laptops:
        for line in _gaps(one):
            console.print(line)
    for line in (*remarks.of_opening(found.unsealed), *remarks.of_counting(found.unused)):
        console.print(line)
    if found.quarantined:
        told = ngettext(
            "{n} file set aside (collected/quarantine).",
            "{n} files set aside (collected/quarantine).",
            found.quarantined,
        )
        console.print(told.format(n=found.quarantined))


def _gaps(found: Laptop) -> Iterator[str]:
    for record_id in found.missing:
        yield _(
            "laptop {device}: record {id} was sealed and is not here; hand over again from the laptop"
        ).format(device=found.device, id=record_id)
    if found.unsealed:
        told = ngettext(
            "laptop {device}: {n} interview ended without a record; ask the interviewer.",
            "laptop {device}: {n} interviews ended without a record; ask the interviewer.",
            len(found.unsealed),
        )
        yield told.format(device=found.device, n=len(found.unsealed))
