"""`souspli study new DIR`: a study folder, its keys and its study.yaml."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from export import custody, founding
from interviewer import passphrases
from surveys.language import _
from surveys.problems import Refusal, Usage
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="new")
    new = actions.add_parser("new", help=_("make a study folder with its keys"))
    new.add_argument("folder", type=Path, metavar="DIR", help=_("a folder that does not exist yet"))
    new.add_argument("--id", metavar="ID", help=_("a short id; the folder's name if none is given"))
    new.add_argument("--title", metavar="TEXT", help=_("a neutral title; a corridor may read it"))
    new.add_argument(
        "--instrument",
        action="append",
        metavar="FILE[:UNIT]",
        help=_(
            "a questionnaire and what it is about: person, non_respondent, back_check, professional "
            "or site; may be repeated"
        ),
    )
    new.add_argument(
        "--custodian", metavar="KEY", help=_("the custodian's recipient, or the file holding it")
    )
    new.add_argument(
        "--escrow", metavar="KEY", help=_("the escrow holder's recipient, or the file holding it")
    )
    new.add_argument(
        "--no-escrow",
        action="store_true",
        help=_("nobody else can open the records if the key is lost"),
    )
    new.add_argument(
        "--practice", action="store_true", help=_("a practice study: exports only as simulated")
    )
    passphrases.describe(new, _("the study key's, then the signing key's"))
    parser.epilog = new.epilog = _(
        "example: souspli study new assore --instrument assore/beneficiaires "
        "--custodian custodian.pub --escrow escrow.pub"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the folder; nothing is written before everything given has been checked."""
    if not arguments.escrow and not arguments.no_escrow:
        raise Usage(
            _("give --escrow KEY, or --no-escrow if nobody else shall ever open the records")
        )
    if arguments.folder.exists():
        raise Refusal(
            _("{folder}: exists already; give a new folder").format(folder=arguments.folder)
        )
    found = founding.given_instruments(arguments.instrument)
    recipients = {
        role: custody.public_of(given)
        for role, given in (("custodian", arguments.custodian), ("escrow", arguments.escrow))
        if given
    }
    named = founding.study_id(arguments.id or arguments.folder.resolve().name.lower())
    given = passphrases.Passphrases(arguments.passphrase_fd)
    chosen: list[bytearray] = []
    try:
        for name in ("study.key", "signing.key"):
            chosen.append(given.new(name))
        founding.make(
            arguments.folder,
            study_id=named,
            title=arguments.title or "",
            instruments=found,
            recipients=recipients,
            is_practice=arguments.practice,
            passphrases=(chosen[0], chosen[1]),
            now=datetime.now(UTC),
        )
    finally:
        for secret in chosen:
            passphrases.wipe(secret)
    say(
        _(
            "{folder}: made. Its keys are in keys/: keep copies of them and of their passphrases apart."
        ).format(folder=arguments.folder)
    )
    say(
        _(
            "Next: complete study.yaml, draw the sample, add each laptop (souspli device add --help)."
        )
    )
    return 0
