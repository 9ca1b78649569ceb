"""`souspli estimate EXPR…`: estimates with their confidence intervals, from the records collected."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import get_args

from rich.console import Console

from export import bars, custody
from export.estimating.asked import estimands, estimate_rows
from export.estimating.figures import as_json, print_estimates
from export.estimating.intervals import Method
from export.respondents import responses
from export.study import read_study
from export.verbs import study_keys_order, study_option
from interviewer import passphrases
from surveys.language import _
from surveys.problems import Usage

LEAST_LEVEL, GREATEST_LEVEL = 50, 99.99  # per cent; beyond it quantiles say nothing of real samples


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "expressions",
        nargs="+",
        metavar="EXPR",
        help=_("prop(A), mean(A), total(A) or ratio(A, B) over variables"),
    )
    parser.add_argument(
        "--by", default="", metavar="COLUMN", help=_("for each value of a variable apart")
    )
    study_option(parser)
    parser.add_argument(
        "--instrument", metavar="ID", help=_("the questionnaire; the study's first if not given")
    )
    parser.add_argument(
        "--level",
        type=float,
        default=95.0,
        metavar="PERCENT",
        help=_("of the intervals; 95 if not given"),
    )
    parser.add_argument(
        "--method",
        choices=get_args(Method),
        help=_("of intervals for proportions; chosen by the design if not given"),
    )
    parser.add_argument("--json", action="store_true", help=_("print the estimates as JSON"))
    passphrases.describe(parser, study_keys_order())
    parser.epilog = _(
        "example: souspli estimate 'prop(stopped_crack)' "
        "'mean(days_crack_before - days_crack_now)' --by sex --study assore"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the estimates; what may not be asked is refused before anything is opened."""
    if not LEAST_LEVEL <= arguments.level <= GREATEST_LEVEL:
        raise Usage(
            _("--level takes a percentage from {least} to {greatest}, for example 95").format(
                least=LEAST_LEVEL, greatest=GREATEST_LEVEL
            )
        )
    study = read_study(arguments.study)
    found = responses.chosen(study, arguments.instrument)
    estimands(found.instrument, arguments.expressions, arguments.by)
    secrets = passphrases.Passphrases(arguments.passphrase_fd)
    identities = custody.unlocked(study.study_keys, secrets)
    given = responses.responses(
        study, found, identities, "estimate", datetime.now(UTC), bars.shown(_("Opening"))
    )
    for remark in responses.remarks(given):
        print(remark, file=sys.stderr)
    rows = estimate_rows(
        given,
        arguments.expressions,
        by=arguments.by,
        method=arguments.method,
        level=arguments.level / 100,
    )
    if arguments.json:
        print(json.dumps(as_json(given, rows), ensure_ascii=False, indent=1))
    else:
        print(responses.told(given))
        print_estimates(Console(markup=False, highlight=False), given, rows)
    return 0
