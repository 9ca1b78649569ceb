"""The rest of a day: other questionnaires, practice, hand-over, device sheet, passphrase."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from interviewer import laptop, ledger, outbox
from interviewer.handover import HandedOver, handover
from interviewer.kit import KitInstrument
from interviewer.session import held
from interviewer.session.desk import Desk, title_of
from interviewer.session.dialogue import Option
from surveys.language import _, ngettext
from surveys.problems import Refusal


def other_interview(desk: Desk) -> None:
    """Hold an interview that is about no case: of a professional, of a site."""
    known = desk.of_unit("professional", "site")
    held.interview(desk, _chosen(desk, known))


def practise(desk: Desk) -> None:
    """Hold an interview for practice: kept apart, sealed to this laptop alone."""
    known = desk.laptop.signed.kit.instruments
    held.interview(desk, _chosen(desk, known), is_practice=True)


def _chosen(desk: Desk, known: Sequence[KitInstrument]) -> KitInstrument:
    if not known:
        raise Refusal(_("the kit has no such questionnaire; ask the study lead"))
    options = [Option(one, title_of(one)) for one in known]
    return desk.dialogue.select(desk.page(), _("Which questionnaire?"), options)


# --- handing over -------------------------------------------------------------------------------


def hand_over(desk: Desk) -> Desk:
    """Hand over to a stick or a folder; return the desk, with the new kit if one was there."""
    found = [Option(str(path), str(path)) for path in sticks()]
    chosen = ""
    if found:
        options = [*found, Option("", _("Another folder, which I type"))]
        chosen = desk.dialogue.select(desk.page(), _("Hand over to:"), options)
    if not chosen:
        chosen = desk.dialogue.text(desk.page(), _("Folder of the stick:"), _wrong_folder)
    done = handover(desk.laptop, Path(chosen).expanduser(), desk.now())
    desk.tell(*_told(done))
    if done.kit is None:
        return desk
    here = laptop.opened(desk.laptop.device, desk.laptop.secrets)
    return replace(desk, laptop=here)


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


def _told(done: HandedOver) -> list[str]:
    told = [
        ngettext("Handed over: {n} record.", "Handed over: {n} records.", done.written).format(
            n=done.written
        )
    ]
    if done.let_go:
        told.append(
            ngettext(
                "{n} record has reached the study lead and left this laptop.",
                "{n} records have reached the study lead and left this laptop.",
                done.let_go,
            ).format(n=done.let_go)
        )
    if done.kit is not None:
        told.append(_("Kit {version} taken in.").format(version=done.kit))
    told.append(_("For the daily device sheet: {head}").format(head=done.head))
    return [*told, *done.doubts]


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
        _("Waiting to be handed over: {n}").format(n=waiting),
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
    desk.tell(_("The passphrase is changed.") if status == 0 else _("The passphrase is as it was."))
