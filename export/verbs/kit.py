"""`souspli kit DEVICE`: the signed kit of one laptop."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from export import ledger
from export.commands import in_study
from export.holders import destruction, proof
from export.laptops import devices, kits
from export.laptops.devices import Enrolled
from export.study import Study, read_study
from export.verbs import signing_key, study_option
from interviewer import kit, passphrases
from interviewer.files import write_durably
from surveys.language import _
from surveys.saying import quoted, say, show


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
    destruction.require_undestroyed(found)
    key = signing_key(found, passphrases.Passphrases(arguments.passphrase_fd))
    out = arguments.out or Path(f"{enrolled.name}.kit")
    content = kits.make(found, enrolled.name, key)
    write_durably(out, content, mode=0o644)
    _warn(found)
    say(_("{out}: written. On the laptop:").format(out=out))
    show(f"souspli enrol {quoted(out)}")
    say(_("Words to compare aloud: {words}").format(words=kit.fingerprint(found.signer)))
    if not kit.read(content).kit.cases:
        _tell_next(found, enrolled)
    return 0


def _warn(study: Study) -> None:
    """Say who has not shown yet that they can open what laptops will seal to them."""
    shown = proof.tested(study, ledger.verified(study.ledger, study.signer))
    waiting = [held.role for held, day in shown if not day]
    if waiting and not study.is_practice:
        say(
            _(
                "Nobody knows yet whether these can open what is sealed to them: {roles}; before field "
                "work: souspli keys test --help"
            ).format(roles=", ".join(dict.fromkeys(waiting))),
            sys.stderr,
        )


def _tell_next(study: Study, enrolled: Enrolled) -> None:
    """Say how the laptop comes to its cases: they are given once it has shown that it can be opened."""
    if enrolled.is_tested:
        say(_("This kit carries no cases yet. Next, by the custodian:"))
        show(f"souspli assign {enrolled.name}{in_study(study)} --key FILE")
    else:
        say(_("This kit carries no cases yet. Next, once it is installed:"))
        show(f"souspli device test {enrolled.name}.test.age{in_study(study)}")
