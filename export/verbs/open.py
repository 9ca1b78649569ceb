"""`souspli open FILE --into DIR`: an encrypted dataset, unpacked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from export import custody
from export.datasets.archive import LARGEST, unpacked
from interviewer import age, passphrases
from interviewer.files import content_of, write_durably
from surveys.language import _, ngettext
from surveys.problems import Refusal


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("file", type=Path, metavar="FILE", help=_("an encrypted dataset"))
    parser.add_argument(
        "--into", type=Path, required=True, metavar="DIR", help=_("a folder for what is in it")
    )
    parser.add_argument(
        "--identity",
        type=Path,
        metavar="KEYFILE",
        help=_("your key; without it, the dataset's passphrase is asked"),
    )
    passphrases.describe(parser, _("the key's, or without --identity the dataset's"))
    parser.epilog = _("example: souspli open assore.age --into data --identity analyst.key")


def run(arguments: argparse.Namespace) -> int:
    """Unpack the dataset whole, or write nothing."""
    files = unpacked(age.unseal(content_of(arguments.file, LARGEST), _identities(arguments)))
    for name in files:
        if (arguments.into / name).exists():
            raise Refusal(
                _("{path}: exists already; give another folder").format(path=arguments.into / name)
            )
    for name, content in files.items():
        write_durably(arguments.into / name, content)
    print(
        ngettext("{into}: {n} file.", "{into}: {n} files.", len(files)).format(
            into=arguments.into, n=len(files)
        )
    )
    print(
        _("warning: {into} now holds data anybody can read; delete it when you are done").format(
            into=arguments.into
        ),
        file=sys.stderr,
    )
    return 0


def _identities(arguments: argparse.Namespace) -> Sequence[age.Identity]:
    given = passphrases.Passphrases(arguments.passphrase_fd)
    if arguments.identity is None:
        return [age.Passphrase(given.existing(_("the dataset")))]
    return custody.unlocked([arguments.identity], given)
