"""The options of `souspli export` about disclosure, their reading, and what the gate says."""

from __future__ import annotations

import argparse
import secrets
import sys

from export import layout
from export.disclosure import told
from export.disclosure.gate import Assessment
from export.disclosure.rules import PROFILES, Rules, coarser_of, merge_of
from export.respondents.design_columns import design_names
from export.respondents.table import Tables, leaving
from export.verbs import reason_of
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal, Usage


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options about disclosure to the command line of a verb."""
    gate = parser.add_argument_group(_("disclosure"))
    gate.add_argument(
        "--profile",
        choices=PROFILES,
        default="analyst",
        help=_("for a reader under agreement, or for others; analyst if not given"),
    )
    gate.add_argument(
        "--k", type=int, metavar="N", help=_("how many must be alike; the study's if not given")
    )
    gate.add_argument(
        "--l",
        type=int,
        default=1,
        metavar="N",
        help=_("how many different sensitive answers those alike must have given; 1 if not given"),
    )
    gate.add_argument(
        "--drop", action="append", default=[], metavar="COLUMN", help=_("leave a column out")
    )
    gate.add_argument(
        "--merge",
        action="append",
        default=[],
        metavar="COLUMN: a+b=name",
        help=_("join answers of a list under a name"),
    )
    gate.add_argument(
        "--coarser",
        action="append",
        default=[],
        metavar="COLUMN: …",
        help=_("a date as quarter or year, a number in bands from these bounds: age: 25 45"),
    )
    gate.add_argument(
        "--suppress", action="store_true", help=_("empty cells until enough people are alike")
    )
    gate.add_argument("--apply", action="store_true", help=_("do all that is proposed"))
    gate.add_argument(
        "--review", action="store_true", help=_("show people's own words on this terminal")
    )
    gate.add_argument(
        "--override",
        metavar="REASON",
        help=_("release although it is refused; the reason goes into the study's ledger"),
    )


def wanted(arguments: argparse.Namespace, k: int) -> Rules:
    """Return what the options ask for; `k` is the study's. Raises Usage."""
    asked = k if arguments.k is None else arguments.k
    if asked < 1 or arguments.l < 1:
        raise Usage(_("--k and --l take a whole number from 1"))
    if arguments.profile == "release" and asked < k:
        raise Usage(
            _(
                "--k cannot ask for fewer than the study's {k}; to release below it, give --override"
            ).format(k=k)
        )
    if arguments.review and not arguments.texts:
        raise Usage(_("--review shows people's own words; give --texts too"))
    if arguments.apply and arguments.suppress:
        raise Usage(_("--apply empties cells where it must; leave --suppress out"))
    reason = reason_of(arguments.override)
    if reason and arguments.profile != "release":
        raise Usage(_("nothing is refused to an analyst; leave --override out"))
    return Rules(
        profile=arguments.profile,
        k=asked,
        diversity=arguments.l,
        drop=tuple(dict.fromkeys(arguments.drop)),
        merge=tuple(merge_of(text) for text in arguments.merge),
        coarser=tuple(coarser_of(text) for text in arguments.coarser),
        suppress=arguments.suppress,
        apply=arguments.apply,
        override=reason,
        review=arguments.review,
    )


def require_columns(rules: Rules, instrument: Instrument, *, with_texts: bool) -> None:
    """Refuse, before anything is opened, what names a column that no such dataset has; raises Usage."""
    require_terminal(rules)
    found = leaving(instrument, with_texts=with_texts)
    known = {one.name for one in found} | {name for one in found for name in one.repeats}
    known |= {*design_names(instrument).values()}
    joined = (one.column for one in rules.merge)
    coarser = (one.column for one in rules.coarser)
    for name in (*rules.drop, *joined, *coarser):
        if name not in known:
            raise Usage(_("there is no column “{name}” in this dataset").format(name=name))


def tell(found: Assessment) -> None:
    """Print what the gate found, to standard error: standard output is for the summary."""
    told.print_assessment(layout.console(stderr=True), found)


def require(found: Assessment) -> None:
    """Raise Refusal where the dataset may not leave."""
    if found.is_refused:
        raise Refusal(told.refusal(found))


def require_terminal(rules: Rules) -> None:
    """Raise Usage where people's own words are to be shown and nobody sits at a terminal."""
    if rules.review and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(_("--review shows people's own words on a terminal alone; there is none here"))


def review(found: Assessment, tables: Tables) -> None:
    """Show people's own words, where that was asked for; `tables` are those that are to leave."""
    if not found.rules.review:
        return
    require_terminal(found.rules)
    told.print_texts(layout.console(), tables, [*found.texts], secrets.SystemRandom())
