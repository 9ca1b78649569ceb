"""What the gate found, on a terminal of eighty columns: numbers before and after, what was done, what would help."""

from __future__ import annotations

import random

from rich.console import Console
from rich.table import Table

from export import layout
from export.disclosure.costs import Step
from export.disclosure.gate import Assessment, Reason
from export.disclosure.measures import Measures
from export.disclosure.proposal import Proposal
from export.numerals import NOTHING, decimal
from export.respondents.table import Tables, leaving
from surveys.language import _, ngettext, printable

_NAMED = 40  # columns that are named one by one


def print_assessment(console: Console, found: Assessment) -> None:
    """Print what was found; no answer and no row of anybody."""
    layout.heading(console, _("Disclosure: who could be recognised"))
    console.print(_about(found))
    console.print(_measures(found.before, found.after, found.rules.k))
    _print_keys(console, found)
    _print_sensitive(console, found)
    if found.steps:
        layout.heading(console, _("What was done to the data"))
        console.print(_steps(found.steps, found.rules.k))
    if found.proposal is not None and not found.is_overridden:
        _print_proposal(console, found.proposal, found.rules.k)
    for told in (*_texts(found), *_calculated(found), *_unmarked(found), *_overridden(found)):
        console.print("\n" + told)


def _unmarked(found: Assessment) -> list[str]:
    """Return what leaves to others and is no key: nobody has marked it as known to them."""
    if found.rules.profile != "release":
        return []
    known = {one.name for one in found.keys}
    names = [
        one.name
        for one in leaving(found.treatment.described, with_texts=False)
        if one.name not in known | found.treatment.dropped
        and not (one.question.sensitive or one.is_computed or one.repeats)
    ]
    if not names:
        return []
    shown = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    told = ngettext(
        "{n} column leaves that is neither a key nor sensitive, so nothing was asked of it. Would somebody "
        "outside know it of a person? Then mark it in the questionnaire, or --drop it: {names}",
        "{n} columns leave that are neither keys nor sensitive, so nothing was asked of them. Would somebody "
        "outside know one of a person? Then mark it in the questionnaire, or --drop it: {names}",
        len(names),
    )
    return [told.format(n=len(names), names=shown)]


def _overridden(found: Assessment) -> list[str]:
    if not found.is_overridden:
        return []
    reasons = "; ".join(_reason(one, found) for one in found.reasons)
    return [
        _("It is released all the same ({reasons}), for the reason given.").format(reasons=reasons)
    ]


def refusal(found: Assessment) -> str:
    """Return why a release is refused, in a sentence that ends in what can be done."""
    remedy = (
        _("do what is proposed with --apply, or give --override REASON")
        if found.proposal is not None
        else _("leave more out with --drop, or give --override REASON")
    )
    reasons = "; ".join(_reason(one, found) for one in found.reasons)
    return _("this release is refused: {reasons}; {remedy}").format(reasons=reasons, remedy=remedy)


def _reason(reason: Reason, found: Assessment) -> str:
    k = found.rules.k
    reasons = {
        "k": ngettext(
            "{n} person is like fewer than {k}",
            "{n} people are like fewer than {k}",
            found.after.below[k],
        ).format(n=found.after.below[k], k=k),
        "diversity": _("those alike gave fewer than {n} different answers").format(
            n=found.rules.diversity
        ),
        "texts": _("people's own words are in it"),
    }
    return reasons[reason]


def _about(found: Assessment) -> str:
    if found.rules.profile == "release":
        return _(
            "For others (release): refused where anybody is like fewer than {k} people by what others "
            "may know."
        ).format(k=found.rules.k)
    return _(
        "For a reader named and bound by an agreement (analyst): measured and said, not refused. It "
        "says how far the data are from the {k} asked for."
    ).format(k=found.rules.k)


# --- numbers ----------------------------------------------------------------------------------


def _measures(before: Measures, after: Measures, k: int) -> Table:
    made = layout.table("", _("as collected"), _("as it leaves"))
    rows = [
        (_("people"), before.n, after.n),
        (_("least number alike (k)"), before.k, after.k),
        *(
            (
                _("people like fewer than {n}").format(n=bound),
                before.below[bound],
                after.below[bound],
            )
            for bound in before.below
        ),
        (
            _("unique in the population too (expected)"),
            decimal(before.population_uniques, 1),
            decimal(after.population_uniques, 1),
        ),
        (_("highest risk of one person"), decimal(before.highest, 3), decimal(after.highest, 3)),
        (
            _("recognised, if all were looked for"),
            decimal(before.expected, 1),
            decimal(after.expected, 1),
        ),
    ]
    for row in rows:
        layout.add(made, *row)
    return made


def _print_keys(console: Console, found: Assessment) -> None:
    if not found.keys:
        console.print("\n" + _("Nothing in it is marked as known to others (identifying: quasi)."))
        return
    layout.heading(console, _("What others may know (keys)"))
    made = layout.table(_("column"), _("values"), _("below {k} without it").format(k=found.rules.k))
    for one in found.keys[: layout.LISTED]:
        below = NOTHING if one.below_without is None else one.below_without
        layout.add(made, one.name, one.values, below)
    console.print(made)
    layout.more(console, len(found.keys))


def _print_sensitive(console: Console, found: Assessment) -> None:
    told = sorted((one for one in found.after.diversity if one.alike), key=lambda one: -one.alike)
    if not told:
        return
    layout.heading(console, _("Sensitive answers that all who are alike gave"))
    made = layout.table(_("column"), _("people"), _("least l"), _("by entropy"))
    for one in told[: layout.LISTED]:
        entropy = decimal(one.entropy or 0, 2)
        layout.add(made, one.column, one.alike, one.distinct, entropy)
    console.print(made)
    layout.more(console, len(told))
    console.print(
        _(
            "Whoever knows that one of these people answered knows that answer, though not which row is theirs."
        )
    )


# --- what is done -----------------------------------------------------------------------------


def _print_proposal(console: Console, proposal: Proposal, k: int) -> None:
    layout.heading(console, _("What is proposed: --apply does all of it"))
    console.print(_steps(proposal.steps, k))
    for step in proposal.steps:
        if step.option:
            console.print("  " + printable(step.option), soft_wrap=True)
    console.print(
        _("Then the least number alike is {k}, and {n} recognised if all were looked for.").format(
            k=proposal.after.k, n=decimal(proposal.after.expected, 1)
        )
    )


def _steps(steps: tuple[Step, ...], k: int) -> Table:
    made = layout.table(
        _("column"),
        _("what"),
        _("values"),
        _("cells"),
        _("bits lost"),
        "k",
        _("below {k}").format(k=k),
    )
    made.columns[1].justify = "left"
    for one in steps:
        lost = f"{decimal(one.bits, 2)}/{decimal(one.entropy, 2)}"
        values = _("{n} to {m}").format(n=one.values[0], m=one.values[1])
        cells = one.cells or NOTHING
        layout.add(made, one.column, step_in_words(one), values, cells, lost, one.k, one.below)
    return made


def step_in_words(step: Step) -> str:
    """Return in a word what was done to a column."""
    words = {
        "coarser": _("coarser"),
        "rounded": _("rounded"),
        "dropped": _("left out"),
        "emptied": _("emptied"),
    }
    return words[step.what]


# --- to be looked at --------------------------------------------------------------------------


def _texts(found: Assessment) -> list[str]:
    if not found.texts:
        return []
    columns = ", ".join(f"{name} ({n})" for name, n in found.texts.items())
    told = _(
        "People's own words are in it: {columns}. No measure sees what they tell: read them before they "
        "leave, on this terminal with --review."
    )
    return [told.format(columns=columns)]


def _calculated(found: Assessment) -> list[str]:
    if not found.calculated:
        return []
    told = _(
        "Calculated, among other things, from what is coarser or left out: {columns}. See that they do not give it back."
    )
    return [told.format(columns=", ".join(found.calculated))]


def print_texts(
    console: Console, tables: Tables, columns: list[str], chance: random.Random
) -> None:
    """Print people's own words, by column, in an order of no meaning; only ever on a terminal."""
    for frame in (tables.main, *tables.repeats.values()):
        for column in columns:
            if column in frame.columns:
                texts = frame[column].drop_nulls().to_list()
                layout.heading(console, column)
                for text in chance.sample(texts, len(texts)):
                    console.print("- " + printable(text))
