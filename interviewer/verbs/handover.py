"""`souspli handover DEST`: take in receipts and a newer kit, then write the bundle of sealed records."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from interviewer import bundle, laptop, passphrases, process
from interviewer.device import Device, default_home
from interviewer.handover import HandedOver, handover, without_passphrase
from interviewer.passphrases import Passphrases
from surveys.language import _, ngettext


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
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help=_("the device folder, if not the usual one")
    )
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
        print(f"souspli: {doubt}", file=sys.stderr)
    print("\n".join(told(done, arguments.destination)))
    return 1 if done.doubts else 0


def _unlocked(device: Device, arguments: argparse.Namespace) -> HandedOver:
    bundle.require_folder(arguments.destination)
    secrets = laptop.asked(device, Passphrases(arguments.passphrase_fd))
    return handover(
        laptop.opened(device, secrets), arguments.destination, datetime.now().astimezone()
    )


def told(done: HandedOver, destination: Path) -> list[str]:
    """Return a hand-over in words, one line a thing."""
    lines = []
    if done.let_go:
        let_go = ngettext(
            "The study lead has {n} record; this laptop let go of it.",
            "The study lead has {n} records; this laptop let go of them.",
            done.let_go,
        )
        lines.append(let_go.format(n=done.let_go))
    if done.kit is not None:
        lines.append(_("Kit {version} taken in.").format(version=done.kit))
    written = ngettext(
        "{n} record in {folder}, read back and whole.",
        "{n} records in {folder}, read back and whole.",
        done.written,
    )
    if not done.written:
        written = _("No record waits here: the study lead has all of them.")
    lines.append(written.format(n=done.written, folder=destination))
    if done.drafts:
        drafts = ngettext(
            "{n} interview under way is there too; the study lead can recover it.",
            "{n} interviews under way are there too; the study lead can recover them.",
            done.drafts,
        )
        lines.append(drafts.format(n=done.drafts))
    if done.head:
        lines.append(_("For the daily device sheet: {head}").format(head=done.head))
    return lines
