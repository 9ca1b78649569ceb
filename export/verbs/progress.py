"""`souspli progress`: how far the fieldwork has come: outcomes, response rates, visits, the reserve."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from export import bars, custody, layout
from export.drawing.fraction import fraction
from export.drawing.sample import read_sample
from export.respondents import remarks, responses
from export.response.as_json import progress_json
from export.response.html import About, html
from export.response.page import print_progress
from export.response.progress import DIMENSIONS, Dimension, Progress, progress
from export.study import Study, StudyInstrument, read_study
from export.unsealing.unseal import unseal_all
from export.verbs import study_keys_order, study_option
from interviewer import passphrases
from interviewer.files import write_durably
from surveys import language
from surveys.language import _
from surveys.problems import Refusal, Usage
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    study_option(parser)
    parser.add_argument(
        "--instrument", metavar="ID", help=_("the questionnaire; the study's first if not given")
    )
    parser.add_argument(
        "--by",
        action="append",
        choices=DIMENSIONS,
        help=_("group cases; can be given several times; by week if not given"),
    )
    parser.add_argument(
        "--e",
        metavar="0.8",
        help=_(
            "the share of cases of unknown eligibility that is taken as eligible; as among the cases "
            "that are known if not given"
        ),
    )
    parser.add_argument("--json", action="store_true", help=_("print all of it as JSON"))
    parser.add_argument(
        "--page", type=Path, metavar="FILE.html", help=_("also write a page to be shown around")
    )
    passphrases.describe(parser, study_keys_order())
    parser.epilog = _(
        "Neither a case nor an answer is printed. Rates are those of AAPOR, Standard Definitions.\n"
        "example: souspli progress --study assore\n"
        "example: souspli progress --by stratum --by interviewer --e 0.8 --page progress.html"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print how far it has come; what is not possible is refused before anything is opened."""
    study = read_study(arguments.study)
    found = responses.chosen(study, arguments.instrument)
    e = _e(arguments.e)
    if arguments.page is not None and arguments.page.exists():
        raise Refusal(_("{path}: exists already; give another name").format(path=arguments.page))
    by: tuple[Dimension, ...] = tuple(dict.fromkeys(arguments.by or ("week",)))
    now = datetime.now(UTC)
    made = _made(study, found, e, now, arguments)
    if arguments.page is not None:
        write_durably(arguments.page, html(made, _about(study, found, now), by))
    if arguments.json:
        about = {
            "study": study.id,
            "instrument": found.instrument.id,
            "simulated": study.is_practice,
        }
        print(json.dumps(about | progress_json(made), ensure_ascii=False, indent=1))
        return 0
    console = layout.console()
    layout.print_practice(console, is_practice=study.is_practice)
    print_progress(console, made, by)
    if arguments.page is not None:
        told = _("{path}: a page to be shown around; no group on it has fewer than {n} respondents")
        say(told.format(path=arguments.page, n=study.cell_threshold), file=sys.stderr)
    return 0


def _made(
    study: Study,
    found: StudyInstrument,
    e: float | None,
    now: datetime,
    arguments: argparse.Namespace,
) -> Progress:
    """Open the records, which the study's ledger then says, and return how far it has come."""
    sample = read_sample(study)
    secrets = passphrases.Passphrases(arguments.passphrase_fd)
    identities = custody.unlocked(study.study_keys, secrets)
    purpose = f"progress {found.instrument.id}"
    unsealed = unseal_all(study, identities, purpose, now, bars.shown(_("Opening")))
    made = progress(found, unsealed.records, sample, study.rules.attempts, e)
    for remark in (*remarks.of_opening(unsealed), *remarks.of_counting(made.unused)):
        say(remark, file=sys.stderr)
    return made


def _e(given: str | None) -> float | None:
    if given is None:
        return None
    found = fraction(given)
    if not 0 <= found <= 1:
        raise Usage(_("--e takes a share from 0 to 1, for example 0.8"))
    return float(found)


def _about(study: Study, found: StudyInstrument, now: datetime) -> About:
    spoken = language.from_environment()
    title = study.title_in(spoken)
    return About(
        title=title,
        instrument=found.instrument.id,
        day=now.astimezone().date().isoformat(),
        language=spoken,
        is_simulated=study.is_practice,
        threshold=study.cell_threshold,
    )
