"""The rest of a day: other questionnaires, practice, hand-over, device sheet, passphrase."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from interviewer import ledger, outbox
from interviewer.handover import handover, told
from interviewer.session import held
from interviewer.session.desk import Desk
from interviewer.session.dialogue import Option
from surveys.language import _


def other_interview(desk: Desk) -> None:
    """Hold an interview that is about no case, of a professional, of a site; or go on with one."""
    units = ("professional", "site")
    drafts, known = desk.under_way("", *units), desk.of_unit(*units)
    held.interview(desk, held.meant(desk, desk.page(), drafts, known))


def practise(desk: Desk) -> None:
    """Hold an interview for practice, or go on with one: kept apart, sealed to this laptop alone."""
    drafts, known = desk.drafts(practice=True), desk.laptop.signed.kit.instruments
    held.interview(desk, held.meant(desk, desk.page(), drafts, known), is_practice=True)


# --- handing over -------------------------------------------------------------------------------


def hand_over(desk: Desk) -> None:
    """Hand over to a stick or a folder."""
    found = [Option(str(path), str(path)) for path in sticks()]
    chosen = ""
    if found:
        options = [*found, Option("", _("Another folder, which I type"))]
        chosen = desk.dialogue.select(desk.page(), _("Hand over to:"), options)
    if not chosen:
        chosen = desk.dialogue.text(desk.page(), _("Folder of the stick:"), _wrong_folder)
    folder = Path(chosen).expanduser()
    done = handover(desk.laptop, folder, desk.now())
    desk.tell(*told(done, folder), *done.doubts)


def sticks() -> list[Path]:
    """Return the folders where this system shows what was plugged in."""
    if sys.platform == "win32":  # not run there so far
        return [Path(f"{letter}:\\") for letter in "DEFGH" if os.path.isdir(f"{letter}:\\")]
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a user without a name
        user = ""
    above = (Path("/media") / user, Path("/run/media") / user, Path("/Volumes"))
    found = [path for folder in above if folder.is_dir() for path in sorted(folder.iterdir())]
    return [path for path in found if path.is_dir() and os.access(path, os.W_OK)]


def _wrong_folder(typed: str) -> str:
    if typed and Path(typed).expanduser().is_dir():
        return ""
    return _("There is no such folder. Plug the stick in, or check the spelling.")


# --- the device sheet ---------------------------------------------------------------------------


def device_sheet(desk: Desk) -> None:
    """Show what is copied on paper at the end of a day; it names nobody."""
    here = desk.laptop
    lines = here.ledger.lines()
    waiting = len(outbox.ids(here.outbox))
    under_way = len(desk.drafts())
    desk.tell(
        _("Copy this on the daily device sheet:"),
        _("Date: {date}").format(date=desk.today.isoformat()),
        _("Laptop: {device}").format(device=here.signed.kit.device),
        _("Ledger: {head}").format(head=ledger.short(lines)),
        _("Records sealed: {n}").format(n=len(desk.sealed())),
        _("Waiting for a receipt of the study lead: {n}").format(n=waiting),
        _("Interviews to finish: {n}").format(n=under_way),
    )


# --- the passphrase -----------------------------------------------------------------------------


def change_passphrase(desk: Desk, run: Callable[[Sequence[str]], int]) -> None:
    """Have the passphrase changed by its own verb, which asks the old one and the new one twice."""
    desk.dialogue.leave()
    command = [*held.COMMAND, "passphrase", "--home", str(desk.laptop.device.home)]
    try:
        status = run(command)
    finally:
        desk.dialogue.enter()
    if status == 0:  # else nobody knows who was there: the lock reckons from before
        desk.dialogue.attended()
    desk.tell(_("The passphrase is changed.") if status == 0 else _("The passphrase is as it was."))
