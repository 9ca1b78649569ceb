"""`souspli kit DEVICE`: the signed kit of one laptop."""

from __future__ import annotations

import argparse
from pathlib import Path

from export import custody, kits
from export.study import read_study
from interviewer import kit, passphrases
from interviewer.files import write_durably
from surveys.language import _


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "device", metavar="DEVICE", help=_("the laptop's name in the study, for example L01")
    )
    parser.add_argument(
        "--study", type=Path, default=Path(), metavar="DIR", help=_("the study folder")
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=_("where to write it; DEVICE.kit if not given")
    )
    passphrases.describe(parser, _("the signing key's"))
    parser.epilog = _("example: souspli kit L01 --study assore --out /media/usb/L01.kit")


def run(arguments: argparse.Namespace) -> int:
    """Write the next kit of a laptop."""
    found = read_study(arguments.study)
    secret = passphrases.Passphrases(arguments.passphrase_fd).existing("signing.key")
    key = custody.open_signing_key(found.signing_key, secret)
    passphrases.wipe(secret)
    out = arguments.out or Path(f"{arguments.device}.kit")
    content = kits.make(found, arguments.device, key)
    write_durably(out, content, mode=0o644)
    print(_("{out}: written. On the laptop: souspli enrol {out}").format(out=out))
    print(_("Fingerprint to compare aloud: {words}").format(words=kit.fingerprint(found.signer)))
    print(_("This kit carries no cases, word list or help numbers yet: give the cases on paper."))
    return 0
