"""`souspli assign DEVICE`: the custodian gives a laptop its cases; nobody else can read which."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from export import custody
from export.holders import destruction
from export.laptops import assign, assignable
from export.laptops.assign import Assigned
from export.study import Study, read_study
from export.verbs import study_option
from interviewer import passphrases
from interviewer.kit import Case
from interviewer.passphrases import Passphrases
from surveys.language import _, ngettext
from surveys.load import source_of
from surveys.problems import Refusal, Usage
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "device", metavar="DEVICE", help=_("the laptop's name in the study, for example L01")
    )
    study_option(parser)
    parser.add_argument(
        "--key",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help=_(
            "the custodian's key, which opens the crosswalk; where it was replaced, the older one first"
        ),
    )
    parser.add_argument(
        "--hotel",
        nargs="+",
        action="extend",
        default=[],
        metavar="CODE",
        help=_("only the released cases of these hotels; all released cases if none is named"),
    )
    parser.add_argument(
        "--cases",
        type=Path,
        metavar="FILE",
        help=_(
            "the cases of a CSV with the columns case and place, not the crosswalk's; "
            "without --key they are all the laptop's cases"
        ),
    )
    parser.add_argument(
        "--move", action="store_true", help=_("take cases from the laptops that have them")
    )
    parser.add_argument("--json", action="store_true", help=_("print the numbers as JSON"))
    passphrases.describe(parser, _("the custodian's key's; of several, one each, in their order"))
    parser.epilog = _(
        "example: souspli assign L01 --study assore --key custodian.key --hotel H01 H02"
    )


def run(arguments: argparse.Namespace) -> int:
    """Seal its cases to the laptop; print how many, never which."""
    if not arguments.key and not arguments.cases:
        raise Usage(_("give --key with the custodian's key, or --cases FILE"))
    if arguments.cases and arguments.hotel:
        raise Usage(_("give --hotel or --cases, not both"))
    if arguments.move and not arguments.key:
        raise Usage(_("give --key with --move: only the custodian knows where a case is"))
    study = read_study(arguments.study)
    if arguments.key:
        destruction.require_undestroyed(study, ["custodian"])  # the list is sealed to it anew
        done = _listed(study, arguments)
    else:
        done = assign.assign_unlisted(study, arguments.device, _given(study, arguments.cases))
    if arguments.json:
        print(json.dumps(asdict(done)))
    else:
        _tell(arguments.device, done)
    return 0


def _listed(study: Study, arguments: argparse.Namespace) -> Assigned:
    if not study.recipients["custodian"]:
        raise Refusal(_("study.yaml names no custodian; leave --key out"))
    identities = custody.unlocked(arguments.key, Passphrases(arguments.passphrase_fd))
    cases = (
        _given(study, arguments.cases)
        if arguments.cases
        else assignable.from_crosswalk(study, identities, arguments.hotel)
    )
    return assign.assign(study, arguments.device, cases, identities, move=arguments.move)


def _given(study: Study, path: Path) -> tuple[Case, ...]:
    return assignable.from_table(study, source_of(path), str(path))


def _tell(device: str, done: Assigned) -> None:
    given = ngettext(
        "{device}: {n} case given; it has {total}.",
        "{device}: {n} cases given; it has {total}.",
        done.given,
    )
    say(given.format(device=device, n=done.given, total=done.total))
    if done.moved:
        moved = ngettext(
            "{n} case taken from another laptop.", "{n} cases taken from other laptops.", done.moved
        )
        say(moved.format(n=done.moved))
    names = ", ".join(done.devices)
    say(_("Write a new kit for: {names} (souspli kit --help).").format(names=names))
