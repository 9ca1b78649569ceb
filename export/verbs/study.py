"""`souspli study …`: a study folder made, with its keys and study.yaml; a questionnaire of it changed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from export import changing, custody, founding
from export.commands import in_study
from export.laptops import devices, kits
from export.respondents.changes import Change, changes
from export.study import read_study
from export.verbs import signing_key, study_option
from interviewer import passphrases
from interviewer.passphrases import Passphrases
from surveys.language import _
from surveys.problems import Refusal, Usage
from surveys.saying import say, show


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="new | change-questionnaire"
    )
    _describe_new(actions.add_parser("new", help=_("make a study folder with its keys")))
    _describe_change(
        actions.add_parser(
            "change-questionnaire",
            help=_("a changed questionnaire, in kits from now on; the former one stays known"),
        )
    )
    parser.epilog = _(
        "example: souspli study new assore --instrument assore/beneficiaires "
        "--custodian custodian.pub --escrow escrow.pub"
    )


def _describe_new(new: argparse.ArgumentParser) -> None:
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
    new.epilog = _(
        "example: souspli study new assore --instrument assore/beneficiaires "
        "--custodian custodian.pub --escrow escrow.pub"
    )


def _describe_change(change: argparse.ArgumentParser) -> None:
    change.add_argument(
        "file",
        metavar="FILE",
        help=_("the changed questionnaire: the same id, another version; kept outside the study"),
    )
    study_option(change)
    passphrases.describe(change, _("the signing key's"))
    change.epilog = _(
        "example: souspli study change-questionnaire new/beneficiaires.yaml --study assore"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says."""
    actions = {"new": _new, "change-questionnaire": _change}
    actions[arguments.action](arguments)
    return 0


# --- made ---------------------------------------------------------------------------------------


def _new(arguments: argparse.Namespace) -> None:
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


# --- changed ------------------------------------------------------------------------------------


def _change(arguments: argparse.Namespace) -> None:
    """Say what changed, then put the new version into use; who stops at the passphrase changed nothing."""
    study = read_study(arguments.study)
    kits.require_versions(study)
    changed = changing.prepared(study, arguments.file)
    _tell(changes(changed.versions[-2:], changed.instrument.default_language))
    key = signing_key(study, Passphrases(arguments.passphrase_fd))
    changing.done(study, changed, key, datetime.now(UTC))
    say(
        _(
            "{file}: version {version} of {id}, in use from now on. Laptops go on with the former one until "
            "they have a new kit, and what is answered with either counts."
        ).format(file=changed.file, version=changed.instrument.version, id=changed.instrument.id)
    )
    for enrolled in devices.all_of(study):
        show(f"souspli kit {enrolled.name}{in_study(study)}")


def _tell(found: Sequence[Change]) -> None:
    """Say what changed of each item, and which columns of a dataset are then apart."""
    if not found:
        say(_("Nothing changed that a dataset would tell."))
    for one in found:
        say(_("{item}: {change}").format(item=one.item, change=one.told))
    apart = [one.item for one in found if one.column]
    if apart:
        say(
            _(
                "In datasets these will have a column for what was answered before and another for what is "
                "answered from now on: {items}"
            ).format(items=", ".join(apart))
        )
