"""`souspli enrol KIT`: install a kit on this laptop; the first one pins the study lead's key."""

from __future__ import annotations

import argparse
from pathlib import Path

from interviewer import age, kit
from interviewer.device import Device, default_home
from surveys.language import _, ngettext
from surveys.problems import Refusal


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "kit", type=Path, metavar="KIT", help=_("the kit the study lead wrote for this laptop")
    )
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help=_("the device folder, if not the usual one")
    )
    parser.epilog = _("example: souspli enrol /media/usb/L01.kit")


def run(arguments: argparse.Namespace) -> int:
    """Verify and install the kit, and say what to compare with the lead."""
    if not age.mlkem_is_available():
        raise Refusal(
            _("this machine's cryptography has no ML-KEM; install cryptography 49 or newer")
        )
    try:
        content = arguments.kit.read_bytes()
    except OSError as error:
        raise Refusal(
            _("{path}: cannot be read ({why}); check the path").format(
                path=arguments.kit, why=error.strerror
            )
        ) from error
    device = Device(arguments.home or default_home())
    installed = device.install(content)
    count = len(installed.kit.instruments)
    told = ngettext(
        "{device}: kit {version} installed, {n} questionnaire.",
        "{device}: kit {version} installed, {n} questionnaires.",
        count,
    )
    print(told.format(device=installed.kit.device, version=installed.kit.version, n=count))
    print(_("Read this aloud to the study lead; the lead must have the same:"))
    print(f"  {kit.fingerprint(installed.signer)}")
    return 0
