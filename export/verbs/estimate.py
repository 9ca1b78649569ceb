"""`souspli estimate EXPR…`: estimates with their confidence intervals, from the records collected."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from rich.console import Console
from rich.text import Text

from export import layout
from export.estimating.accuracy import Variance
from export.estimating.as_json import as_json, plan_as_json
from export.estimating.asked import answers
from export.estimating.charted import print_charts
from export.estimating.figures import Printing, manner_of, print_estimates, print_notes
from export.estimating.found import Answer
from export.estimating.intervals import Method
from export.estimating.manner import Manner
from export.estimating.surveyed import surveyed
from export.estimating.tabled import print_answers
from export.estimating.tabulation import (
    GREATEST_LEVEL,
    LEAST_LEVEL,
    How,
    Section,
    Tabulation,
    level_of,
    own_plan,
    read_plan,
)
from export.estimating.wanted import groups, naming, wanted
from export.respondents import remarks, responses
from export.respondents.responses import Responses
from export.respondents.versions import whole
from export.study import Study, read_study
from export.verbs import study_keys_order, study_option
from export.verbs.opening import opened
from interviewer import passphrases
from surveys.instrument import Instrument
from surveys.language import _, printable
from surveys.problems import Refusal, Usage
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "expressions",
        nargs="*",
        metavar="EXPR",
        help=_(
            "prop(A), mean(A), total(A), ratio(A, B), median(A), quantile(A, 0.25), share(A),"
            " table(A, B) or change(BEFORE, NOW) over variables; the study's tables.yaml if none"
        ),
    )
    parser.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="COLUMN[,COLUMN]",
        help=_("for each value of a variable apart, or of several crossed; again for another"),
    )
    study_option(parser)
    parser.add_argument(
        "--instrument", metavar="ID", help=_("the questionnaire; the study's first if not given")
    )
    parser.add_argument(
        "--plan", type=Path, metavar="FILE.yaml", help=_("a tabulation plan: estimates of a report")
    )
    parser.add_argument(
        "--level",
        default="95",
        metavar="PERCENT",
        help=_("of the intervals; 95 if not given"),
    )
    parser.add_argument(
        "--method",
        choices=get_args(Method),
        help=_("of intervals for proportions; chosen by the design if not given"),
    )
    parser.add_argument(
        "--variance",
        choices=get_args(Variance),
        default="taylor",
        help=_("how errors are found: by linearisation (taylor) if not given"),
    )
    parser.add_argument(
        "--bounds",
        action="store_true",
        help=_("also what proportions would be if none, or all, who did not answer had the trait"),
    )
    _describe_printing(parser)
    passphrases.describe(parser, study_keys_order())
    parser.epilog = _(
        "example: souspli estimate 'prop(stopped_crack)' "
        "'change(days_crack_before, days_crack_now)' --by sex --study assore"
    )


def _describe_printing(parser: argparse.ArgumentParser) -> None:
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument(
        "--json", action="store_true", help=_("print the estimates as JSON, unrounded")
    )
    printed.add_argument(
        "--chart", action="store_true", help=_("draw each estimate beside its numbers")
    )
    printed.add_argument(
        "--errors",
        action="store_true",
        help=_("standard errors and degrees of freedom in place of numbers of people"),
    )
    parser.add_argument(
        "--codes", action="store_true", help=_("values as they are in the dataset beside labels")
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the estimates; what may not be asked is refused before anything is opened."""
    level = _level(arguments.level)
    study = read_study(arguments.study)
    plan = _plan(arguments, study, level)
    found = responses.chosen(study, plan.instrument)
    responses.require_ready(study, found)
    given = opened(study, found, arguments.passphrase_fd, "estimate", with_texts=True)
    if arguments.bounds and given.people.drawn is None:
        say(_("nothing was drawn, so there are no bounds"), file=sys.stderr)
    of_everything = answers(surveyed(given), plan.wanted, with_bounds=arguments.bounds)
    if arguments.json:
        told = as_json(given, of_everything)
        if not arguments.expressions:
            told["plan"] = plan_as_json(plan)
        print(json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False))
        return 0
    say(remarks.told(given))
    manner = manner_of(given, with_codes=arguments.codes, with_errors=arguments.errors)
    print_them = print_charts if arguments.chart else print_answers
    _print(layout.console(), given, plan, of_everything, manner, print_them)
    return 0


def _level(text: str) -> float:
    """Return the level of intervals as a share: `95` and `95%` are 0.95."""
    found = level_of(text)
    if found is None:
        raise Usage(
            _("--level takes a percentage from {least} to {greatest}, for example 95").format(
                least=LEAST_LEVEL, greatest=GREATEST_LEVEL
            )
        )
    return found


def _plan(arguments: argparse.Namespace, study: Study, level: float) -> Tabulation:
    """Return what is asked on the command line as a plan of one section, or the plan in a file."""
    by = tuple(groups(text) for text in arguments.by) or ((),)
    how = How(by, level, arguments.method, arguments.variance)
    if arguments.expressions:
        if arguments.plan:
            raise Usage(_("give expressions or --plan, not both"))
        if arguments.bounds and arguments.by:
            raise Usage(
                _(
                    "--bounds are of everyone, for nothing is known of those who did not answer; leave --by out"
                )
            )
        instrument = whole(responses.chosen(study, arguments.instrument))
        _require_each(instrument, arguments.expressions)
        asked = tuple(
            wanted(
                instrument,
                text,
                columns,
                level=how.level,
                method=how.method,
                variance=how.variance,
            )
            for columns in how.by
            for text in arguments.expressions
        )
        return Tabulation("", instrument.id, (Section("", "", asked),))
    path = arguments.plan or own_plan(study)
    if path is None:
        raise Usage(
            _(
                "say what to estimate, for example 'prop(stopped)', or give --plan FILE.yaml;"
                " the study has no tables.yaml"
            )
        )
    found = read_plan(path, study, how)
    if arguments.instrument not in (None, found.instrument):
        raise Usage(
            _("{path} is about the questionnaire “{name}”; leave --instrument out").format(
                path=path, name=found.instrument
            )
        )
    return found


def _require_each(instrument: Instrument, expressions: Sequence[str]) -> None:
    """Refuse an expression that may not be asked of anybody, by its name where there are several."""
    for text in expressions:
        try:
            wanted(instrument, text)
        except Refusal as refusal:
            raise (naming(text, refusal) if len(expressions) > 1 else refusal) from None


def _print(
    console: Console,
    given: Responses,
    plan: Tabulation,
    found: tuple[Answer, ...],
    manner: Manner,
    print_them: Printing,
) -> None:
    """Print a plan: section by section, the notes once at the end; or what the command line asked."""
    if plan.sections == (Section("", "", plan.wanted),) and not plan.title:
        return print_estimates(console, given, found, manner, print_them)
    layout.print_practice(console, is_practice=given.study.is_practice)
    _heading(console, plan.title)
    rest = list(found)
    for section in plan.sections:
        mine, rest = rest[: len(section.wanted)], rest[len(section.wanted) :]
        _heading(console, section.title)
        for line in section.text.splitlines():
            console.print(Text(printable(line)))
        print_them(console, mine, manner)
    console.print()
    return print_notes(console, given, found)


def _heading(console: Console, title: str) -> None:
    if title:
        console.print("\n" + printable(title), style="bold underline")
