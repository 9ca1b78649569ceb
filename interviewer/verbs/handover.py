"""`souspli handover DEST`: take in receipts and a newer kit, then write the bundle of sealed records."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from interviewer import bundle, laptop, passphrases, process
from interviewer.device import Device, default_home
from interviewer.handover import HandedOver, handover, told, without_passphrase
from interviewer.passphrases import Passphrases
from interviewer.verbs import home_option
from surveys.language import _
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "destination",
        type=Path,
        metavar="DEST",
        help=_("the stick, or a folder that is carried on"),
    )
    parser.add_argument(
        "--lost-passphrase",
        action="store_true",
        help=_("hand over all there is, interviews under way too, for the study lead to recover"),
    )
    home_option(parser)
    passphrases.describe(parser, _("this laptop's"))
    parser.epilog = _("example: souspli handover /media/usb")


def run(arguments: argparse.Namespace) -> int:
    """Hand over; 1 if something found there was not taken in."""
    process.harden()
    device = Device(arguments.home or default_home())
    done = (
        without_passphrase(device, arguments.destination)
        if arguments.lost_passphrase
        else _unlocked(device, arguments)
    )
    for doubt in done.doubts:
        say(f"souspli: {doubt}", sys.stderr)
    say("\n".join(told(done, arguments.destination)))
    return 1 if done.doubts else 0


def _unlocked(device: Device, arguments: argparse.Namespace) -> HandedOver:
    bundle.require_folder(arguments.destination)
    secrets = laptop.asked(device, Passphrases(arguments.passphrase_fd))
    return handover(
        laptop.opened(device, secrets), arguments.destination, datetime.now().astimezone()
    )
