"""`souspli kit DEVICE`: the signed kit of one laptop."""

from __future__ import annotations

import argparse
from pathlib import Path

from export import custody
from export.laptops import devices, kits
from export.laptops.devices import Enrolled
from export.study import read_study
from export.verbs import study_option
from interviewer import kit, passphrases
from interviewer.files import write_durably
from surveys.language import _


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "device", metavar="DEVICE", help=_("the laptop's name in the study, for example L01")
    )
    study_option(parser)
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=_("where to write it; DEVICE.kit if not given")
    )
    passphrases.describe(parser, _("the signing key's"))
    parser.epilog = _("example: souspli kit L01 --study assore --out /media/usb/L01.kit")


def run(arguments: argparse.Namespace) -> int:
    """Write the next kit of a laptop."""
    found = read_study(arguments.study)
    enrolled = devices.required(found, arguments.device)  # before a passphrase is asked
    secret = passphrases.Passphrases(arguments.passphrase_fd).existing("signing.key")
    try:
        key = custody.open_signing_key(found.signing_key, secret)
    finally:
        passphrases.wipe(secret)
    out = arguments.out or Path(f"{enrolled.name}.kit")
    content = kits.make(found, enrolled.name, key)
    write_durably(out, content, mode=0o644)
    print(_("{out}: written. On the laptop: souspli enrol {out}").format(out=out))
    print(_("Words to compare aloud: {words}").format(words=kit.fingerprint(found.signer)))
    if not kit.read(content).kit.cases:
        print(_("This kit carries no cases yet."), _next(enrolled))
    return 0


def _next(enrolled: Enrolled) -> str:
    if enrolled.is_tested:
        return _("Next: souspli assign {name}").format(name=enrolled.name)
    return _("Next, once it is installed: souspli device test {name}.test.age").format(
        name=enrolled.name
    )
