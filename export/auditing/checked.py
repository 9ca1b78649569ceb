"""What checking back has shown, as it is read: agreement by interviewer and by item, never an answer."""

from __future__ import annotations

from rich.console import Console

from export.auditing.comparison import LEAST, Agreement, Comparison, why
from export.layout import add, heading, table
from export.numerals import NOTHING, decimal, part
from surveys.language import _, ngettext


def print_comparison(console: Console, found: Comparison) -> None:
    """Print a comparison."""
    told = ngettext(
        "{n} case was interviewed and checked back by somebody else.",
        "{n} cases were interviewed and checked back by somebody else.",
        found.cases,
    )
    console.print(told.format(n=found.cases))
    if found.same_interviewer:
        console.print(
            _("Checked by whoever held the interview, and left out: {n}.").format(
                n=found.same_interviewer
            )
        )
    if found.unpaired:
        console.print(
            _("Checks of a case without an interview that counts: {n}.").format(n=found.unpaired)
        )
    heading(console, _("By interviewer who was checked"))
    _agreements(console, _("interviewer"), found.interviewers, has_kappa=False)
    heading(console, _("By question"))
    _agreements(console, _("question"), found.items, has_kappa=True)
    for name, reason in found.not_compared:
        console.print(_("{name}: not compared; {why}").format(name=name, why=why(reason)))
    console.print(
        _(
            "People change their minds, and their lives: agreement is expected only where the answer cannot "
            "have changed. What each figure can tell: docs/auditing.md"
        )
    )


def _agreements(
    console: Console, first: str, found: tuple[Agreement, ...], *, has_kappa: bool
) -> None:
    """Print what may be shown, and how much may not."""
    columns = [first, _("compared"), _("agree"), _("in one only")]
    made = table(*columns, *([_("kappa")] if has_kappa else []))
    for one in found:
        if one.agreeing is not None:
            add(made, *_figures(one, one.agreeing, has_kappa=has_kappa))
    if made.row_count:
        console.print(made)
    hidden = sum(one.agreeing is None for one in found)
    if hidden:
        told = ngettext(
            "{n} more has fewer than {least} answers compared; not shown.",
            "{n} more have fewer than {least} answers compared; not shown.",
            hidden,
        )
        console.print(told.format(n=hidden, least=LEAST))


def _figures(one: Agreement, agreeing: int, *, has_kappa: bool) -> list[object]:
    figures: list[object] = [one.of, one.compared, part(agreeing, one.compared), one.one_only]
    if has_kappa:
        figures.append(NOTHING if one.kappa is None else decimal(one.kappa, 2))
    return figures
