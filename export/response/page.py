"""A progress as it is read on a terminal, in eighty columns. No case stands on it, and no answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from export.layout import LISTED, add, heading, more, table
from export.numerals import part, percent
from export.respondents import dispositions
from export.respondents.dispositions import CLASSES, UNKNOWN, class_of
from export.response import telling
from export.response.progress import Dimension, Group, Progress
from export.response.rates import FAMILIES
from export.response.visits import Visits
from surveys.language import _, ngettext, printable

_RATES = ("RR1", "COOP1", "REF1", "CON1")  # beside each group; --json has all sixteen


def print_progress(console: Console, made: Progress, by: Iterable[Dimension]) -> None:
    """Print a progress, with a table for each of the groupings wanted."""
    console.print(telling.summary(made))
    _outcomes(console, made)
    if made.is_of_a_sample:
        _rates(console, made)
    for one in by:
        if one in made.groups:
            _groups(console, made, one)
    _visits(console, made)
    if made.reserve is not None:
        _reserve(console, made, made.reserve)


# --- outcomes -------------------------------------------------------------------------------------


def _outcomes(console: Console, made: Progress) -> None:
    heading(console, _("What became of everybody"))
    headings = [_("outcome"), _("code"), _("cases"), _("share")]
    shown = table(*headings, *([_("by weight")] if made.is_weighted else []))
    for one in CLASSES:
        if not made.whole.counts[one]:
            continue
        count, weight = made.whole.counts[one], made.whole.weighted[one]
        cells = [dispositions.told(one), one, count, part(count, made.whole.cases)]
        total = sum(made.whole.weighted.values())
        add(shown, *cells, *([percent(weight / total, 0)] if made.is_weighted else []))
        for code, n in made.outcomes.items():
            if class_of(code) == one and one not in dispositions.INTERVIEWS:
                add(shown, f"  {telling.code_told(code)}", code, n)
    console.print(shown)


# --- rates ----------------------------------------------------------------------------------------


def _rates(console: Console, made: Progress) -> None:
    heading(console, _("Rates (AAPOR Standard Definitions, 10th edition)"))
    console.print(_rate_table(made.rates(made.whole)))
    if made.is_weighted:
        heading(console, _("Rates by base weights"))
        console.print(_rate_table(made.weighted_rates(made.whole)))
    for line in telling.reading(made):
        console.print(line)


def _rate_table(found: dict[str, float | None]) -> Table:
    shown = table(_("rate"), *(str(n) for n in range(1, max(FAMILIES.values()) + 1)))
    for family, count in FAMILIES.items():
        cells = (telling.rate(found[f"{family}{n}"]) for n in range(1, count + 1))
        add(shown, f"{telling.family(family)} ({family})", *cells)
    return shown


# --- groups ---------------------------------------------------------------------------------------


def _groups(console: Console, made: Progress, by: Dimension) -> None:
    heading(console, telling.dimension(by))
    found = made.groups[by]
    shown = _week_table(made, found) if by == "week" else _group_table(made, by, found)
    console.print(shown)
    more(console, len(found))
    if by == "week" and made.is_of_a_sample:
        console.print(telling.of_weeks())


_COUNTS = ("I", "P", "R", "NC", "O", "U", "NE")


def _counts(one: Group) -> Iterator[int]:
    """Yield the numbers of a group, those of unknown eligibility together."""
    for name in ("I", "P", "R", "NC", "O"):
        yield one.counts[name]
    yield sum(one.counts[name] for name in UNKNOWN)
    yield one.counts["NE"]


def _group_table(made: Progress, by: Dimension, found: Sequence[Group]) -> Table:
    rated = _RATES if made.is_of_a_sample else ()
    shown = table(telling.column(by), _("cases"), *_COUNTS, *rated)
    for one in found[:LISTED]:
        rates = made.rates(one)
        late = (telling.rate(rates[name]) if one.name else "" for name in rated)
        add(shown, telling.group(by, one), one.cases, *_counts(one), *late)
    return shown


def _week_table(made: Progress, found: Sequence[Group]) -> Table:
    rated = (_("so far"), "RR2") if made.is_of_a_sample else ()
    shown = table(telling.column("week"), _("cases"), *_COUNTS, *rated)
    for one, (n, rate) in list(zip(found, made.so_far(found), strict=True))[-LISTED:]:
        late = (n, telling.rate(rate)) if one.name else ("", "")
        add(shown, telling.group("week", one), one.cases, *_counts(one), *(late if rated else ()))
    return shown


# --- visits ---------------------------------------------------------------------------------------


def _visits(console: Console, made: Progress) -> None:
    if not made.by_number:
        return
    heading(console, _("Visits, by how many there were before"))
    headings = (
        _("interview"),
        _("postponed"),
        _("refused"),
        _("unable"),
        _("other"),
        _("nobody"),
        _("met"),
    )
    shown = table(_("visit"), _("visits"), *headings)
    for one in made.by_number:
        add(shown, telling.number(one), one.visits, one.interview, *_came(one))
    console.print(shown)
    if any(one.visits for one in made.by_part):
        heading(console, _("Visits noted without an interview, by part of day"))
        shown = table(_("part of day"), _("visits"), *headings[1:])
        for one in made.by_part:
            add(shown, telling.part(one), one.visits, *_came(one))
        console.print(shown)
        console.print(_("Of an interview neither day nor part of day is kept."))
    _never_met(console, made)


def _came(one: Visits) -> tuple[object, ...]:
    others = (one.postponed, one.refused, one.unable, one.other, one.nobody)
    return *others, part(one.met, one.visits)


def _never_met(console: Console, made: Progress) -> None:
    for line in telling.of_never_met(made):
        console.print(line)
    for one in made.never_met:
        if one.lacking:
            told = _("! {who}: {lacking} of {closed} closed as never met lack visits.")
            who = printable(one.interviewer)
            console.print(told.format(who=who, lacking=one.lacking, closed=one.closed))


# --- the reserve ----------------------------------------------------------------------------------


def _reserve(console: Console, made: Progress, reserve: Mapping[int, int]) -> None:
    left = sum(reserve.values())
    batches = [one for one in made.groups["batch"] if one.name != "0"]
    if not left and not batches:
        return
    heading(console, _("The reserve"))
    for one in batches:
        told = ngettext(
            "{batch}: {n} case released, {answered} with an interview.",
            "{batch}: {n} cases released, {answered} with an interview.",
            one.cases,
        )
        name = telling.group("batch", one)
        console.print(told.format(batch=name, n=one.cases, answered=one.respondents))
    told = ngettext("{n} case is left: {where}.", "{n} cases are left: {where}.", left)
    where = [f"{number} ({n})" for number, n in reserve.items() if n]
    named = ", ".join(where[:LISTED]) + (" …" if len(where) > LISTED else "")
    console.print(
        told.format(n=left, where=_("by stratum {named}").format(named=named))
        if left
        else _("Nothing is left of it.")
    )
