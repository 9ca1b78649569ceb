"""`souspli keys new ROLE`: a key, made by whoever will hold it."""

from __future__ import annotations

import argparse
from pathlib import Path

from export import custody
from interviewer import passphrases
from interviewer.files import write_durably
from surveys.language import _

ROLES = ("custodian", "escrow", "analyst")


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="new")
    new = actions.add_parser("new", help=_("make a key and give the study lead its recipient"))
    new.add_argument("role", choices=ROLES, help=_("who will hold it"))
    new.add_argument("--out", type=Path, default=Path(), metavar="DIR", help=_("where to write it"))
    passphrases.describe(new, _("the new key's"))
    parser.epilog = new.epilog = _("example: souspli keys new custodian --out ~/souspli-key")


def run(arguments: argparse.Namespace) -> int:
    """Make ROLE.key, which stays with its holder, and ROLE.pub, which goes to the study lead."""
    key = arguments.out / f"{arguments.role}.key"
    public = arguments.out / f"{arguments.role}.pub"
    chosen = passphrases.Passphrases(arguments.passphrase_fd).new(key.name)
    recipient = custody.new_key(key, chosen)
    passphrases.wipe(chosen)
    write_durably(public, recipient.encode("ascii") + b"\n", mode=0o644)
    print(
        _(
            "{key}: keep it, in two places. Without it and its passphrase nothing sealed to it opens."
        ).format(key=key)
    )
    print(_("{public}: give it to the study lead.").format(public=public))
    return 0
