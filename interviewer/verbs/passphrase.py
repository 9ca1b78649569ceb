"""`souspli passphrase`: another passphrase for this laptop; what it holds stays as it is."""

from __future__ import annotations

import argparse

from interviewer import laptop, passphrases, process, vault
from interviewer.device import Device, default_home
from interviewer.files import write_durably
from interviewer.passphrases import Passphrases
from interviewer.verbs import home_option
from surveys.language import _
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    home_option(parser)
    passphrases.describe(parser, _("this laptop's, then the new one"))
    parser.epilog = _("example: souspli passphrase")


def run(arguments: argparse.Namespace) -> int:
    """Ask the passphrase this laptop has, then the new one, and keep the vault under that."""
    process.harden()
    device = Device(arguments.home or default_home())
    content = laptop.stored(device)
    given = Passphrases(arguments.passphrase_fd)
    old = given.existing(_("this laptop"))
    new = bytearray()
    try:
        vault.unlock(content, old)  # a wrong one is refused before a new one is asked
        new = given.new(_("this laptop"))
        write_durably(device.vault_path, vault.changed(content, old, new, vault.calibrated()))
    finally:
        passphrases.wipe(old)
        passphrases.wipe(new)
    say(_("The passphrase is changed. A copy made before still opens with the former one."))
    return 0
