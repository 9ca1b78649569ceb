"""An interview in a process of its own, which ends when it is sealed; what became of it is told."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from interviewer import process
from interviewer.holding import OpenDraft
from interviewer.kit import KitInstrument
from interviewer.process import Handed
from interviewer.session import agenda
from interviewer.session.desk import Desk, languages_of, title_of
from interviewer.session.dialogue import Option
from interviewer.session.frame import Page
from surveys import language
from surveys.language import _, ngettext
from surveys.problems import Refusal

Meant = OpenDraft | KitInstrument

_PRACTICE_CASE = "P1"
_KEPT = 130
# How an interview ends whose process has seen somebody at the keyboard to its end.
_ATTENDED = (0, _KEPT, process.ERASED)
COMMAND = (sys.executable, "-P", "-m", "souspli")  # -P: nothing is imported from the current folder


def meant(
    desk: Desk, page: Page, drafts: Sequence[OpenDraft], known: Sequence[KitInstrument]
) -> Meant:
    """Ask which interview is meant: one that is under way, or a new one by its questionnaire."""
    going_on = _("Go on: {what}")
    begun = _("A new one: {what}") if drafts else "{what}"
    lines = zip(drafts, agenda.drafted(drafts, desk.today), strict=True)
    options: list[Option[Meant]] = [
        *(Option(one, going_on.format(what=line.words)) for one, line in lines),
        *(Option(one, begun.format(what=title_of(one))) for one in known),
    ]
    question = _("Which interview?") if drafts else _("Which questionnaire?")
    return desk.dialogue.select(page, question, options)


def interview(desk: Desk, chosen: Meant, *, case: str = "", is_practice: bool = False) -> None:
    """Go on with an interview under way, or begin one with a questionnaire.

    Raises Refusal where it cannot be opened here, or as many are under way as the study allows.
    """
    if isinstance(chosen, OpenDraft):
        resume(desk, chosen, is_practice=is_practice)
        return
    if not is_practice:
        under_way = sum(not one.fault for one in desk.drafts())
        _require_room(under_way, desk.laptop.private.rules.open_drafts)
    told = []
    if chosen.unit in {"non_respondent", "site"}:  # the interviewer answers, in their language
        told = _spoken(chosen)
    about = _PRACTICE_CASE if is_practice else case
    handed = Handed(desk.laptop.secrets, case=about, interviewer=desk.who_works())
    _run(desk, chosen.id, handed, told, is_practice=is_practice)


def resume(desk: Desk, found: OpenDraft, *, is_practice: bool = False) -> None:
    """Go on with one interview under way; raises Refusal where it cannot be opened here."""
    if found.fault:
        raise Refusal(found.fault)
    handed = Handed(
        desk.laptop.secrets, case=found.case, interviewer=desk.who_works(), draft=found.id
    )
    _run(desk, found.instrument, handed, [], is_practice=is_practice)


def _spoken(instrument: KitInstrument) -> list[str]:
    spoken = language.from_environment()
    return ["--language", spoken] if spoken in languages_of(instrument) else []


def _require_room(under_way: int, limit: int) -> None:
    if under_way >= limit:
        raise Refusal(
            ngettext(
                "{n} interview is under way; finish it before you begin another",
                "{n} interviews are under way; finish one before you begin another",
                under_way,
            ).format(n=under_way)
        )


def _run(
    desk: Desk, instrument: str, handed: Handed, told: list[str], *, is_practice: bool
) -> None:
    """Give the child the terminal, then take it back and say what became of it.

    Where the screen was locked, or nobody knows who was there at its end, the session locks.
    """
    home = ["--home", str(desk.laptop.device.home)]
    practice = ["--practice"] if is_practice else []
    command = [*COMMAND, "interview", instrument, *home, *told, *practice]
    status, said = desk.child(command, handed)
    desk.dialogue.enter()
    if status == process.LOCKED:
        desk.dialogue.lock()
    elif status in _ATTENDED:
        desk.dialogue.attended()
    if said:
        desk.tell(said)
    if not said or status in (*_ATTENDED, process.LOCKED):
        desk.dialogue.remark(_became(status))


def _became(status: int) -> str:
    if status == 0:
        return _("Sealed. This laptop cannot read it any more.")
    if status == process.ERASED:
        return _("Erased: no answer of this interview is kept.")
    return _("Not finished: every answer is kept.")
