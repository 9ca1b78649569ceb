"""The command line of `souspli draw`: its options, and what they mean together."""

from __future__ import annotations

import argparse
from pathlib import Path

from export.drawing.drawn import ALLOCATIONS, BY_STRATUM, METHODS, OF_CLUSTERS, Design
from export.drawing.fraction import fraction
from export.drawing.frame import Frame
from export.drawing.planning import Assumptions
from export.drawing.table import Columns
from export.numerals import short_percent
from export.verbs import study_option
from surveys.language import _
from surveys.problems import Refusal, Usage

_LATER = "…"  # what a design that is only planned announces
_SIZES = ("n", "clusters", "fraction")  # the options that say how large the sample is


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "frame",
        type=Path,
        metavar="FRAME",
        help=_("the list drawn from, as CSV, XLSX or Parquet: codes, never names"),
    )
    step = parser.add_argument_group(_("one of these steps")).add_mutually_exclusive_group(
        required=True
    )
    step.add_argument(
        "--plan", action="store_true", help=_("before all: how many from where, how precise")
    )
    step.add_argument(
        "--commit",
        action="store_true",
        help=_("first: fix frame and design, print what to publish"),
    )
    step.add_argument(
        "--beacon", metavar="TEXT", help=_("then: the public randomness, as published, or hex:…")
    )
    step.add_argument(
        "--verify", type=Path, metavar="CERTIFICATE", help=_("redo a draw from its certificate")
    )
    study_option(parser)
    parser.add_argument("--json", action="store_true", help=_("print the result as JSON"))
    _describe_frame(parser)
    _describe_design(parser)
    _describe_expected(parser)
    _describe_proof(parser)
    parser.epilog = _(
        "example: souspli draw frame.csv --plan --half-width 8% --response 80%\n"
        'example: souspli draw frame.csv --commit --n 154 --announced "dice of Monday"\n'
        'example: souspli draw frame.csv --beacon "4 4 1" --proof "e-mail to the board, 1 December"'
    )


def _describe_frame(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(_("the frame"))
    group.add_argument(
        "--id", default="", metavar="COLUMN", help=_("the column of ids (default: id)")
    )
    for name, what in (
        ("stratum", _("the column of strata")),
        ("cluster", _("the column of clusters, for example hotels")),
        ("similarity", _("a column by which strata that are alike lie side by side")),
        ("spread", _("a column with each stratum's standard deviation, for --allocation neyman")),
    ):
        group.add_argument(f"--{name}", default="", metavar="COLUMN", help=what)
    group.add_argument(
        "--drop",
        action="append",
        default=[],
        metavar="COLUMN",
        help=_("an identifying column to leave out"),
    )
    group.add_argument(
        "--sheet", default="", metavar="NAME", help=_("the sheet of an XLSX that has several")
    )


def _describe_design(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(_("the design, with --plan and --commit"))
    group.add_argument(
        "--method",
        choices=METHODS,
        help=_("how to draw (default: stratified with --stratum, simple without)"),
    )
    group.add_argument("--n", type=int, metavar="N", help=_("how many people to draw"))
    group.add_argument(
        "--clusters",
        type=int,
        metavar="N",
        help=_("how many clusters to draw, where they are drawn"),
    )
    group.add_argument("--fraction", metavar="20%", help=_("or which part of the frame"))
    group.add_argument(
        "--take",
        type=int,
        default=0,
        metavar="N",
        help=_("two_stages: how many people of each cluster drawn"),
    )
    group.add_argument(
        "--reserve",
        type=int,
        default=0,
        metavar="N",
        help=_("how many more, in reserve (two_stages: in each cluster)"),
    )
    group.add_argument(
        "--allocation",
        choices=ALLOCATIONS,
        default="proportional",
        help=_("how the sample is shared among strata"),
    )
    for name, what in (
        ("least", _("draw at least so many of each stratum (all it has, if fewer)")),
        ("most", _("draw at most so many of each stratum")),
    ):
        group.add_argument(f"--{name}", type=int, default=0, metavar="N", help=what)
    group.add_argument(
        "--minimum",
        type=int,
        default=2,
        metavar="N",
        help=_("merge strata of which fewer would be drawn (default: 2)"),
    )
    group.add_argument(
        "--announced", default="", metavar="TEXT", help=_("the public randomness to come, in words")
    )


def _describe_expected(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(_("what to expect, with --plan and --commit"))
    group.add_argument(
        "--half-width",
        metavar="8%",
        help=_("--plan: how many to draw, for an interval of so many points up and down"),
    )
    for name, default, what in (
        ("response", "100%", _("which part of those drawn will answer (default: 100%%)")),
        ("expect", "50%", _("which proportion is expected (default: 50%%, the widest)")),
        ("rho", "0.05", _("how alike people of one cluster are (default: 0.05)")),
        ("level", "95%", _("of the interval (default: 95%%)")),
    ):
        group.add_argument(f"--{name}", default=default, metavar=default, help=what)


def _describe_proof(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(_("with --beacon and --verify"))
    group.add_argument(
        "--proof",
        metavar="TEXT",
        help=_("where the commitment was published, and when; none if it was not"),
    )
    group.add_argument(
        "--salt", type=Path, metavar="FILE", help=_("with --verify: the salt, if not the study's")
    )
    group.add_argument(
        "--canonical",
        type=Path,
        metavar="FILE",
        help=_("with --verify: write the frame in canonical form, for docs/verify_draw.py"),
    )


# --- what the options mean together -----------------------------------------------------------


def require_consistent(arguments: argparse.Namespace) -> None:
    """Raise Usage where options do not go together."""
    if arguments.canonical and not arguments.verify:
        raise Usage(_("give --canonical FILE with --verify"))
    if arguments.beacon is not None and not (arguments.proof or "").strip():
        raise Usage(
            _(
                "give --proof TEXT with --beacon: where the commitment was published, and when; the draw "
                "is as strong as that, and is done once. --proof none says that it was not published"
            )
        )
    if arguments.half_width and not arguments.plan:
        raise Usage(_("give --half-width with --plan, which says how many to commit to"))
    if not (arguments.plan or arguments.commit):
        return
    chosen = method(arguments)
    of_clusters, given = chosen in OF_CLUSTERS, sizes_given(arguments)
    wanted = _("--clusters N or --fraction 20%") if of_clusters else _("--n N or --fraction 20%")
    if len(given) > 1 or ("n" if of_clusters else "clusters") in given:
        raise Usage(_("give {wanted} with --method {method}").format(wanted=wanted, method=chosen))
    if arguments.commit and not given:
        raise Usage(_("give {wanted}; --plan helps to choose").format(wanted=wanted))
    if arguments.commit and not arguments.announced.strip():
        raise Usage(
            _("say with --announced which public randomness will be used, before it is known")
        )
    if chosen == "stratified" and not arguments.stratum:
        raise Usage(_("give --stratum COLUMN with --method stratified"))
    if of_clusters and not arguments.cluster:
        raise Usage(_("give --cluster COLUMN with --method {method}").format(method=chosen))
    if (chosen == "two_stages") != bool(arguments.take):
        raise Usage(_("give --take N, people per cluster, with --method two_stages and no other"))
    if (arguments.allocation == "neyman") != bool(arguments.spread):
        raise Usage(_("give --spread COLUMN with --allocation neyman and no other"))


def method(arguments: argparse.Namespace) -> str:
    """Return the method asked for; where none is, the one that goes with strata or their absence."""
    return str(arguments.method or ("stratified" if arguments.stratum else "simple"))


def has_idle_strata(arguments: argparse.Namespace) -> bool:
    """Return whether strata are named that the method does not use."""
    return bool(arguments.stratum) and method(arguments) == "simple"


def proof(arguments: argparse.Namespace) -> str:
    """Return the proof as the certificate gives it: '' where it is said that there is none."""
    given = str(arguments.proof).strip()
    return "" if given.casefold() == "none" else given


def sizes_given(arguments: argparse.Namespace) -> list[str]:
    """Return which options say how large the sample is."""
    return [name for name in _SIZES if getattr(arguments, name) is not None]


def columns(arguments: argparse.Namespace) -> Columns:
    """Return which column of the frame holds what."""
    return Columns(
        id=arguments.id or "id",
        stratum=arguments.stratum,
        cluster=arguments.cluster,
        similarity=arguments.similarity,
        spread=arguments.spread,
        drop=tuple(arguments.drop),
        sheet=arguments.sheet,
    )


def has_columns(arguments: argparse.Namespace) -> bool:
    """Return whether any option says how the frame is to be read."""
    return bool(arguments.id) or columns(arguments) != Columns(id="id")


def design(arguments: argparse.Namespace, found: Frame, size: int | None = None) -> Design:
    """Return the design asked for; of a `size` where the command line gives none."""
    if not sizes_given(arguments):
        wanted, part = size, None
    else:
        wanted = arguments.clusters if arguments.n is None else arguments.n
        part = fraction(arguments.fraction) if arguments.fraction else None
    return Design(
        method=method(arguments),
        announced=arguments.announced or (_LATER if arguments.plan else ""),
        size=wanted,
        fraction=part,
        allocation=arguments.allocation,
        minimum=arguments.minimum,
        reserve=arguments.reserve,
        similarity=found.similarity if method(arguments) in BY_STRATUM else (),
        least=arguments.least,
        most=arguments.most,
        spread=found.spread if arguments.allocation == "neyman" else (),
        take=arguments.take,
    )


def assumptions(arguments: argparse.Namespace) -> Assumptions:
    """Return what is expected; Usage where a share cannot be one."""
    return Assumptions(
        proportion=_share("--expect", arguments.expect, 0.001, 0.999),
        response=_share("--response", arguments.response, 0.01, 1),
        rho=_share("--rho", arguments.rho, 0, 1),
        level=_share("--level", arguments.level, 0.5, 0.9999),
    )


def half_width(arguments: argparse.Namespace) -> float | None:
    """Return the half-width wanted, None if none is; Usage where it cannot be one."""
    if arguments.half_width is None:
        return None
    return _share("--half-width", arguments.half_width, 0.001, 0.5)


def _share(option: str, text: str, low: float, high: float) -> float:
    """Return a share as it is written; a number above 1 alone is of a hundred."""
    try:
        value = float(fraction(text))
    except Refusal:
        value = -1
    if value > 1 and not {"%", "/"} & set(text):
        value /= 100
    if not low <= value <= high:
        raise Usage(
            _("{option} takes a share from {low} to {high}; write it as 8% or 0.08").format(
                option=option, low=short_percent(low, 2), high=short_percent(high, 2)
            )
        )
    return value
