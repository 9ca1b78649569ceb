"""A proposal as it is read: strata in a table, what to expect in another, eighty columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from export.drawing.drawn import Design, Stratum
from export.drawing.frame import Frame
from export.drawing.planning import Assumptions, Part, Precision
from export.drawing.proposal import Proposal, Size, has_clusters
from export.layout import add, table
from export.numerals import NOTHING, decimal, half_width, short_percent, whole
from surveys.language import _, ngettext

LISTED = 10  # of the strata so many are printed; --json has all
MEMBERS = 8  # and of those merged into one


def print_proposal(console: Console, found: Proposal, *, has_strata: bool = True) -> None:
    """Print a proposal: whom the frame holds, how many of each stratum, what to expect."""
    console.print(of_frame(found.frame))
    console.print(_planned(found))
    if has_strata and len(found.plan.strata) > 1:
        _print_strata(console, found)
    _print_expected(console, found)


def of_frame(frame: Frame) -> str:
    """Return whom a frame holds."""
    people, strata, clusters = len(frame.ids), len(frame.strata), len(frame.clusters)
    told = [ngettext("{n} person", "{n} people", people).format(n=whole(people))]
    if strata > 1:
        told.append(ngettext("{n} stratum", "{n} strata", strata).format(n=whole(strata)))
    if has_clusters(frame):
        told.append(ngettext("{n} cluster", "{n} clusters", clusters).format(n=whole(clusters)))
    return _("The frame: {counts}.").format(counts=", ".join(told))


def _planned(found: Proposal) -> str:
    strata, design = found.plan.strata, found.design
    counted = {
        "n": whole(sum(one.drawn for one in strata)),
        "population": whole(sum(one.population for one in strata)),
        "part": short_percent(
            sum(one.drawn for one in strata) / sum(one.population for one in strata)
        ),
        "strata": ngettext("{n} stratum", "{n} strata", len(strata)).format(n=whole(len(strata))),
        "take": whole(design.take),
        "reserve": whole(design.reserve),
    }
    told = {
        "simple": _("To be drawn: {n} people of {population} ({part}), at random."),
        "stratified": _("To be drawn: {n} people of {population} ({part}), in {strata}."),
        "systematic": _("To be drawn: {n} people of {population} ({part}), at equal steps."),
        "clusters": _("To be drawn: {n} clusters of {population} ({part}), in {strata}, whole."),
        "two_stages": _(
            "To be drawn: {n} clusters of {population} ({part}), in {strata}; of each, {take} people."
        ),
    }[design.method]
    if design.reserve:
        told += " " + (
            _("In reserve: {reserve} in each.")
            if design.method == "two_stages"
            else _("In reserve: {reserve}.")
        )
    return told.format(**counted)


# --- strata -----------------------------------------------------------------------------------


def _print_strata(console: Console, found: Proposal) -> None:
    has_reserve = any(stratum.reserve for stratum in found.plan.strata)
    spare = (_("reserve"),) if has_reserve else ()
    made = table(_("stratum"), "N_h", "n_h", *spare, "N_h/n_h")
    members = _("in the frame (N_h → n_h apart)") if found.merging else _("in the frame")
    made.add_column(members, overflow="fold")
    parts = {} if found.merging is None else _apart(found)
    for stratum in _listed(found.plan.strata):
        counts = [stratum.population, stratum.drawn, *([stratum.reserve] if has_reserve else [])]
        ratio = decimal(stratum.population / stratum.drawn, 1)
        add(made, stratum.number, *map(whole, counts), ratio, _members(found, stratum, parts))
    console.print()
    console.print(made)
    more = len(found.plan.strata) - LISTED
    if more > 0:
        console.print(_("… and {n} more; --json has all.").format(n=whole(more)))
    if found.design.is_of_clusters:
        console.print(_("N_h and n_h count clusters."))


def _listed(strata: Sequence[Stratum]) -> Sequence[Stratum]:
    """Return the strata that are printed, in order: of many, those made of several before others."""
    chosen = sorted(strata, key=lambda one: (len(one.members) == 1, one.number))[:LISTED]
    return sorted(chosen, key=lambda one: one.number)


def _apart(found: Proposal) -> dict[int, Part]:
    merged = found.merging.merged if found.merging else ()
    return {number: part for one in merged for number, part in one.members}


def _members(found: Proposal, stratum: Stratum, parts: dict[int, Part]) -> str:
    """Return the codes of the strata of the frame, of those merged with their own counts."""
    told = []
    for number in stratum.members[:MEMBERS]:
        code, part = found.frame.strata[number - 1], parts.get(number)
        if part is None:
            told.append(code)
        else:
            population = len(part.clusters) or part.people
            told.append(f"{code} ({whole(population)} → {whole(part.drawn)})")
    more = len(stratum.members) - MEMBERS
    return " + ".join(told) + (f" + … ({whole(more)})" if more > 0 else "")


# --- what to expect ---------------------------------------------------------------------------


def _print_expected(console: Console, found: Proposal) -> None:
    """Print what a plan is expected to give: as drawn, with the reserve, without merging."""
    merging = found.merging
    columns = [(_("as drawn"), found.expected)]
    if merging is not None:
        columns = [(_("strata apart"), merging.before), (_("merged"), merging.after)]
    if found.with_reserve is not None:
        columns.append((_("with the reserve"), found.with_reserve))
    made = table(_("what to expect"), *(head for head, _precision in columns))
    if merging is not None:
        for name, before in (
            (_("strata of which nobody is drawn"), merging.unreached),
            (_("strata of which one is drawn"), merging.alone),
        ):
            add(made, name, whole(before), 0)
    for name, cells in _rows([precision for _head, precision in columns]):
        add(made, name, *cells)
    console.print()
    console.print(made)
    for line in _notes(found):
        console.print(line)


def _rows(columns: Sequence[Precision]) -> Iterator[tuple[str, list[str]]]:
    yield _("people drawn"), [whole(round(one.people)) for one in columns]
    yield _("people who answer"), [whole(round(one.respondents)) for one in columns]
    yield _("each of those drawn stands for"), [_range(*one.weights) for one in columns]
    effects = [one.design_effect for one in columns]
    yield _("design effect"), [NOTHING if one is None else decimal(one, 2) for one in effects]
    widths = [one.half_width for one in columns]
    yield (
        _("half-width of the interval"),
        [NOTHING if one is None else half_width(one) for one in widths],
    )


def _range(low: float, high: float) -> str:
    least, most = decimal(low, 1), decimal(high, 1)
    return least if least == most else f"{least}–{most}"


def _notes(found: Proposal) -> Iterator[str]:
    """Yield what merging is for, and what the figures rest on."""
    if found.merging is not None:
        yield _(
            "Strata of which fewer than {least} would be drawn are merged with a neighbour: of nobody "
            "nothing is learnt, of one no variance."
        ).format(least=found.design.minimum)
    yield from assumed(found.assumed, found.design)


def assumed(given: Assumptions, design: Design) -> Iterator[str]:
    """Yield what the figures rest on, with the options that say otherwise."""
    yield _(
        "Assumed: proportion {expect} (--expect), response {response} (--response), level {level}."
    ).format(
        expect=short_percent(given.proportion),
        response=short_percent(given.response),
        level=short_percent(given.level, 2),
    )
    if design.is_of_clusters:
        line = _("Assumed: people of one cluster alike by ρ = {rho} (--rho).")
        yield line.format(rho=decimal(given.rho, 2))
    if design.method == "systematic":
        yield _("Assumed: a systematic sample is as precise as a simple one.")


# --- sizes ------------------------------------------------------------------------------------


def print_sizes(console: Console, frame: Frame, design: Design, found: Sequence[Size]) -> None:
    """Print how many are to be drawn for each half-width; the size counts clusters where drawn."""
    wanted = _("clusters to draw") if design.is_of_clusters else _("people to draw")
    made = table(_("half-width"), wanted, _("of the frame"), _("people who answer"))
    units = len(frame.clusters) if design.is_of_clusters else len(frame.ids)
    for one in found:
        cells = [NOTHING, NOTHING, NOTHING]
        if one.size is not None and one.expected is not None:
            answering = whole(round(one.expected.respondents))
            cells = [whole(one.size), short_percent(one.size / units), answering]
        add(made, half_width(one.half_width), *cells)
    console.print()
    console.print(made)
