"""`souspli enrol --name L01`, then `souspli enrol L01.kit`: a laptop makes its keys, then takes its kit."""

from __future__ import annotations

import argparse
from pathlib import Path

from interviewer import age, enrolment, kit, laptop, passphrases, process, vault
from interviewer.device import Device, default_home
from interviewer.files import content_of, write_durably
from interviewer.passphrases import Passphrases
from interviewer.verbs import home_option
from surveys.language import _, ngettext
from surveys.problems import Refusal, Usage
from surveys.saying import quoted, say, show


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "kit",
        nargs="?",
        type=Path,
        metavar="KIT",
        help=_("then: install the kit the study lead wrote for this laptop"),
    )
    parser.add_argument(
        "--name", metavar="NAME", help=_("first: make this laptop's keys, under this name")
    )
    parser.add_argument(
        "--anew",
        action="store_true",
        help=_(
            "with --name: set the keys this laptop has aside, with all that was held under them"
        ),
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=_("where to write the file for the study lead; here, or beside the kit"),
    )
    home_option(parser)
    passphrases.describe(
        parser, _("this laptop's: with --name the new one, with KIT the one it has")
    )
    parser.epilog = _(
        "example: souspli enrol --name L01 --out /media/usb, and once the study lead has added it: "
        "souspli enrol /media/usb/L01.kit"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make this laptop's keys, or install its kit."""
    process.harden()
    if (arguments.kit is None) == (arguments.name is None):
        raise Usage(_("give --name NAME to make this laptop's keys, or the KIT to install"))
    if arguments.anew and arguments.kit:
        raise Usage(_("give --anew with --name, not with a kit"))
    if not age.mlkem_is_available():
        raise Refusal(
            _("this machine's cryptography has no ML-KEM; install cryptography 49 or newer")
        )
    if not age.argon2_is_available():
        raise Refusal(
            _("this machine's cryptography has no Argon2; install cryptography 49 or newer")
        )
    # Absolute: a folder set aside while one stands in it would still be “.”.
    device = Device((arguments.home or default_home()).absolute())
    given = Passphrases(arguments.passphrase_fd)
    if arguments.name is not None:
        _begin(device, arguments.name, arguments.out or Path(), given, anew=arguments.anew)
    else:
        _install(device, arguments.kit, arguments.out or arguments.kit.parent, given)
    return 0


# --- the keys -----------------------------------------------------------------------------------


def _begin(device: Device, name: str, out: Path, given: Passphrases, *, anew: bool) -> None:
    enrolment.require_new(device, name, out, anew=anew)
    chosen = given.new(_("this laptop"))
    try:
        if anew and device.home.exists():
            _tell_aside(Device(enrolment.set_aside(device)))
        path, words = enrolment.begin(device, name, chosen, vault.calibrated(), out)
    finally:
        passphrases.wipe(chosen)
    say(
        _("{name}: this laptop has its keys. Their passphrase is known to you alone.").format(
            name=name
        )
    )
    say(_("{path}: give it to the study lead, and read these words aloud:").format(path=path))
    show(words)


def _tell_aside(former: Device) -> None:
    """Say where the former folder is, and what in it nobody has yet."""
    say(_("The former folder of this laptop is now {home}.").format(home=former.home))
    count = enrolment.waiting(former)
    if count:
        told = ngettext(
            "{n} interview in it is not handed over:",
            "{n} interviews in it are not handed over:",
            count,
        )
        say(told.format(n=count))
        show(f"souspli handover DEST --lost-passphrase --home {quoted(former.home)}")


# --- the kit ------------------------------------------------------------------------------------


def _install(device: Device, path: Path, out: Path, given: Passphrases) -> None:
    content = content_of(path)
    kit.read(content)  # a damaged one is refused before a passphrase is asked
    keys = laptop.asked(device, given)
    is_first = not device.pinned_path.exists()
    installed = device.install(content, keys.identity)
    cases = len(kit.private_of(installed.kit, keys.identity).cases)
    count = len(installed.kit.instruments)
    told = ngettext(
        "{device}: kit {version} installed, {n} questionnaire.",
        "{device}: kit {version} installed, {n} questionnaires.",
        count,
    )
    say(told.format(device=installed.kit.device, version=installed.kit.version, n=count))
    say(_cases_told(cases))
    if is_first:
        say(_("Read this aloud to the study lead; the lead must have the same:"))
        show(kit.fingerprint(installed.signer))
    if installed.kit.cases:  # they come once the lead has opened its test record
        return
    test = out / f"{installed.kit.device}{enrolment.TEST_SUFFIX}"
    write_durably(test, enrolment.sealed_test(installed), mode=0o644)
    say(_("{path}: give it to the study lead, who opens it before fieldwork.").format(path=test))


def _cases_told(count: int) -> str:
    if not count:
        return _("No case for this laptop.")
    return ngettext("{n} case for this laptop.", "{n} cases for this laptop.", count).format(
        n=count
    )
