"""An interview in a process of its own, which ends when it is sealed; what became of it is noted."""

from __future__ import annotations

import sys

from interviewer.holding import OpenDraft
from interviewer.kit import KitInstrument
from interviewer.process import Handed
from interviewer.session.desk import Desk, languages_of
from surveys import language
from surveys.language import _, ngettext
from surveys.problems import Refusal

_PRACTICE_CASE = "P1"
_INTERRUPTED = 130  # the child's exit status where no answer was sealed
COMMAND = (sys.executable, "-P", "-m", "souspli")  # -P: nothing is imported from the current folder


def interview(
    desk: Desk, instrument: KitInstrument, *, case: str = "", is_practice: bool = False
) -> None:
    """Hold an interview, or go on with the one of this case that is under way.

    Raises Refusal where as many are under way as the study allows.
    """
    drafts = desk.drafts()
    is_going_on = any((one.instrument, one.case) == (instrument.id, case) for one in drafts)
    if not is_going_on and not is_practice:
        _require_room(len(drafts), desk.laptop.private.rules.open_drafts)
    told = ["--home", str(desk.laptop.device.home)]
    if instrument.unit in {"non_respondent", "site"}:  # the interviewer answers, in their language
        told += _spoken(instrument)
    if is_practice:
        told.append("--practice")
    _run(desk, instrument, case, told, is_practice=is_practice)


def _spoken(instrument: KitInstrument) -> list[str]:
    spoken = language.from_environment()
    return ["--language", spoken] if spoken in languages_of(instrument) else []


def resume(desk: Desk, found: OpenDraft) -> None:
    """Go on with an interview under way; raises Refusal where it cannot be opened here."""
    if found.fault:
        raise Refusal(found.fault)
    named = desk.laptop.signed.kit.named(found.instrument)
    if named is None:
        raise Refusal(
            _("the kit has not this interview's questionnaire any more; ask the study lead")
        )
    interview(desk, named, case=found.case)


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
    desk: Desk, instrument: KitInstrument, case: str, told: list[str], *, is_practice: bool
) -> None:
    """Give the child the terminal, then take it back and say what became of it."""
    attempts = desk.state(case).attempts if case and not is_practice else ()
    handed = Handed(
        desk.laptop.secrets, attempts, _PRACTICE_CASE if is_practice else case, desk.interviewer
    )
    before = desk.sealed()
    status, said = desk.child([*COMMAND, "interview", instrument.id, *told], handed)
    desk.dialogue.enter()
    if said:
        desk.tell(said)
    elif status == 0:
        desk.dialogue.remark(_("Sealed. This laptop cannot read it any more."))
    elif status == _INTERRUPTED and desk.sealed() != before:  # only that it was broken off
        desk.dialogue.remark(_("Erased: no answer of this interview is kept."))
    else:
        desk.dialogue.remark(_("The interview was not finished."))
