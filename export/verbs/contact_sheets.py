"""`souspli contact-sheets`: the custodian prints who is to be visited where, from the crosswalk."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from export import custody
from export.drawing import crosswalk
from export.drawing.sample import read_sample
from export.linking import sheets
from export.study import read_study
from export.verbs import pdf_options, require_new, study_option
from interviewer import passphrases
from interviewer.files import write_durably
from interviewer.passphrases import Passphrases
from surveys import typesetting
from surveys.language import _, from_environment, ngettext
from surveys.problems import Refusal
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    study_option(parser)
    parser.add_argument(
        "--key",
        nargs="+",
        type=Path,
        required=True,
        metavar="FILE",
        help=_("the custodian's key; with the one before it, if it was replaced"),
    )
    parser.add_argument(
        "--hotel",
        nargs="+",
        action="extend",
        default=[],
        metavar="CODE",
        help=_("only the released cases of these hotels; all released cases if none is named"),
    )
    pdf_options(parser)
    parser.add_argument("--json", action="store_true", help=_("print the numbers as JSON"))
    passphrases.describe(parser, _("the custodian's key's, or each key's in their order"))
    parser.epilog = _(
        "The study folder may be a copy that holds only study.yaml, the questionnaires, keys/*.pub and draw/.\n"
        "example: souspli contact-sheets --study copy --key custodian.key --out sheets.pdf --hotel H01 H02"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the contact sheets; print how many, never of whom."""
    require_new(arguments.out, ".pdf")
    typesetting.import_typst()
    study = read_study(arguments.study)
    drawn = read_sample(study)
    if drawn is None:
        raise Refusal(_("nothing is drawn in this study; draw its sample first"))
    identities = custody.unlocked(arguments.key, Passphrases(arguments.passphrase_fd))
    people = crosswalk.released(study, drawn, identities, arguments.hotel)
    made = sheets.sheets(people)
    language = arguments.language or from_environment()
    write_durably(arguments.out, sheets.pdf(study, made, language))
    if arguments.json:
        summary = {"file": str(arguments.out), "hotels": len(made), "cases": len(people)}
        print(json.dumps(summary, ensure_ascii=False))
    else:
        told = ngettext("{path}: {n} case, {hotels}.", "{path}: {n} cases, {hotels}.", len(people))
        in_hotels = ngettext("{n} hotel", "{n} hotels", len(made)).format(n=len(made))
        say(told.format(path=arguments.out, n=len(people), hotels=in_hotels))
    say(_warning(arguments.out), sys.stderr)
    return 0


def _warning(path: Path) -> str:
    return _(
        "{path} joins cases to people, and anyone who opens it can read it. Print it on a printer that "
        "keeps no copy, then destroy it; never leave it on a laptop of the study."
    ).format(path=path.resolve())
