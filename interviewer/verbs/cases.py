"""`souspli cases`: an interviewer's day; `souspli` alone on an enrolled laptop comes here too."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from interviewer import holding, laptop, passphrases, process
from interviewer.device import Device, default_home
from interviewer.laptop import Laptop
from interviewer.passphrases import Passphrases
from interviewer.verbs import home_option
from interviewer.verbs.interview import INTERRUPTED, ready
from surveys.language import _, ngettext
from surveys.problems import Usage


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    home_option(parser)
    passphrases.describe(parser, _("this laptop's"))
    parser.epilog = _("example: souspli cases")


def run(arguments: argparse.Namespace) -> int:
    """Hold the session of a day; 130 where the terminal went before the interviewer left."""
    process.harden()
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise Usage(
            _("the session needs a terminal; one interview alone: souspli interview --plain")
        )
    device = Device(arguments.home or default_home())
    ready(device)
    here = laptop.opened(device, laptop.asked(device, Passphrases(arguments.passphrase_fd)))
    from interviewer import session
    from interviewer.session.dialogue import Dialogue

    dialogue = Dialogue(
        session.study_title(here), laptop.unlocking(device), here.private.rules.idle_minutes
    )
    return 0 if session.hold(here, dialogue, _now, _mended(here)) else INTERRUPTED


def _mended(here: Laptop) -> list[str]:
    """Do what a crash left undone, and say what is worth saying."""
    sealed = holding.mend(here, _now())
    told = ngettext(
        "{n} interview had waited too long: it is sealed as it was.",
        "{n} interviews had waited too long: they are sealed as they were.",
        sealed,
    )
    return [told.format(n=sealed)] if sealed else []


def _now() -> datetime:
    return datetime.now().astimezone()
