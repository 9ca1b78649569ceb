"""`souspli device add FILE`, `souspli device test FILE`: the laptops of a study."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from export import custody
from export.commands import in_study
from export.laptops import devices
from export.study import Study, read_study
from export.verbs import study_keys_order, study_option, typed
from interviewer import enrolment, passphrases
from interviewer.files import content_of
from interviewer.passphrases import Passphrases
from surveys.language import _
from surveys.saying import say, show


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="add | test")
    add = actions.add_parser("add", help=_("add a laptop, once its words were read aloud"))
    add.add_argument("file", type=Path, metavar="FILE", help=_("the laptop's enrolment file"))
    add.add_argument(
        "--words",
        metavar="TEXT",
        help=_("the words the interviewer reads aloud; asked for if not given"),
    )
    test = actions.add_parser("test", help=_("open a laptop's test record"))
    test.add_argument("file", type=Path, metavar="FILE", help=_("the laptop's test record"))
    passphrases.describe(test, study_keys_order())
    for action in (add, test):
        study_option(action)
    parser.epilog = add.epilog = _(
        "example: souspli device add /media/usb/L01.enrolment --study assore"
    )
    test.epilog = _("example: souspli device test /media/usb/L01.test.age --study assore")


def run(arguments: argparse.Namespace) -> int:
    """Add a laptop, or open its test record."""
    study = read_study(arguments.study)
    if arguments.action == "add":
        _add(study, content_of(arguments.file, enrolment.LARGEST), arguments.words)
    else:
        _test(study, content_of(arguments.file), Passphrases(arguments.passphrase_fd))
    return 0


def _add(study: Study, content: bytes, words: str | None) -> None:
    name = enrolment.read(content).device
    devices.require_words(content, words if words is not None else _heard(name))
    enrolled = devices.add(study, content)
    say(_("{name}: added. Write its kit:").format(name=enrolled.name))
    show(f"souspli kit {enrolled.name}{in_study(study)}")


def _heard(name: str) -> str:
    """Ask for the words that the interviewer reads aloud: typed, so that they are compared."""
    prompt = _("{name}: type the six words its interviewer reads aloud:").format(name=name)
    return typed(prompt, _("there is no terminal to ask for the words on; give --words"))


def _test(study: Study, content: bytes, given: Passphrases) -> None:
    identities = custody.unlocked(study.study_keys, given)
    tested = devices.open_test(study, content, identities, datetime.now(UTC))
    say(_("{name}: what it seals, this study opens.").format(name=tested.name))
    say(_("Next, by the custodian, its cases; then its new kit:"))
    show(f"souspli assign {tested.name}{in_study(study)} --key FILE")
    show(f"souspli kit {tested.name}{in_study(study)}")
