"""A day of an interviewer: who works, what is to be done, and everything that can be done."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from interviewer import cases, process
from interviewer.cases import State
from interviewer.laptop import Laptop
from interviewer.outcomes import words
from interviewer.session import correcting, errands, held
from interviewer.session.agenda import Entry, agenda
from interviewer.session.case import work
from interviewer.session.desk import Child, Desk
from interviewer.session.dialogue import Back, Dialogue, Gone, Option, Title
from surveys import codes, language
from surveys.language import _, ngettext
from surveys.problems import Refusal

_Errand = Callable[[Desk], None]
_Choice = Entry | _Errand | None


def hold(
    laptop: Laptop,
    dialogue: Dialogue,
    now: Callable[[], datetime],
    remarks: Sequence[str] = (),
    child: Child = process.child,
) -> bool:
    """Hold a session until the interviewer leaves; whether somebody did (False: the terminal went).

    `remarks` are told first: what was mended.
    """
    journal = cases.opened(laptop.place, laptop.secrets.vault_key)
    desk = Desk(laptop, journal, dialogue, now, child)
    with dialogue.on_screen():
        try:
            for remark in remarks:
                desk.tell(remark)
            _through(desk)
        except Back:
            return True
        except Gone:
            return False
    return True


def study_title(laptop: Laptop) -> str:
    """Return the study's neutral title in the language of the interface."""
    title = laptop.signed.kit.title
    return title.get(language.from_environment(), next(iter(title.values()), "Souspli"))


def _through(desk: Desk) -> None:
    """Show today's list again and again, until the interviewer leaves."""
    while True:
        desk = desk.current()
        desk.who_works()  # going back from there leaves
        try:
            choices = _choices(desk)
            chosen = desk.dialogue.select(
                desk.page(_summary(desk)), _("Today:"), choices, at=_first(choices)
            )
        except Back:
            return
        if chosen is None:
            return
        with suppress(Back):
            _do(desk, chosen)


def _do(desk: Desk, chosen: Entry | _Errand) -> None:
    try:
        if not isinstance(chosen, Entry):
            chosen(desk)
        elif chosen.what == "case":
            work(desk, chosen.id)
        else:
            _go_on(desk, chosen.id)
    except Refusal as error:
        desk.refused(error)


def _go_on(desk: Desk, draft: str) -> None:
    found = next((one for one in desk.drafts() if one.id == draft), None)
    if found is None:
        raise Refusal(_("this interview has ended meanwhile; there is nothing to go on with"))
    held.resume(desk, found)


def _summary(desk: Desk) -> str:
    states = desk.states()
    mine = [states.get(case.code, State(case.code)) for case in desk.laptop.private.cases]
    still = sum(state.is_open for state in mine)
    done = len(mine) - still
    return " · ".join(
        (
            ngettext("{n} case to do", "{n} cases to do", still).format(n=still),
            ngettext("{n} closed", "{n} closed", done).format(n=done),
        )
    )


def _choices(desk: Desk) -> list[Option[_Choice] | Title]:
    """Return today's list; what is not about one case stands above it, out of the way of the pointer."""
    found: list[Option[_Choice] | Title] = [
        Option(_other, _("Other things: hand over, correct…")),
        Option(None, _("Leave")),
    ]
    for section in agenda(
        desk.laptop.private.cases,
        desk.states(),
        desk.drafts(),
        desk.today,
        has_sheet=bool(desk.of_unit("non_respondent")),
    ):
        found.append(Title(section.title))
        found += [Option(entry, entry.words) for entry in section.entries]
    return found


def _first(choices: Sequence[Option[_Choice] | Title]) -> _Choice:
    """Return where the pointer begins: at the first thing to do, if there is any."""
    values = [one.value for one in choices if isinstance(one, Option)]
    return next((value for value in values if isinstance(value, Entry)), values[0])


# --- what is not about one case of the list -------------------------------------------------------


def _other(desk: Desk) -> None:
    is_practice_study = desk.laptop.signed.kit.is_practice
    offered: list[tuple[bool, _Errand, str]] = [
        (True, errands.hand_over, _("Hand over")),
        (True, errands.device_sheet, _("Daily device sheet")),
        (True, _find, _("Find a case by its code")),
        (True, _closed, _("Closed cases")),
        (True, correcting.correct, _("Correct a mistake")),
        (
            bool(desk.of_unit("professional", "site")),
            errands.other_interview,
            _("Interview a professional, or about a place"),
        ),
        (not is_practice_study, errands.practise, _("Practice interview")),
        (True, _passphrase, _("Change the passphrase")),
    ]
    options = [Option(errand, told) for can, errand, told in offered if can]
    chosen = desk.dialogue.select(desk.page(), _("What now?"), [*options, Option(None, _("Back"))])
    if chosen is not None:
        chosen(desk)


def _find(desk: Desk) -> None:
    def wrong(typed: str) -> str:
        if desk.laptop.case(codes.normal(typed)):
            return ""
        return _("This laptop has no such case. Copy its eight characters from the contact sheet.")

    work(desk, codes.normal(desk.dialogue.text(desk.page(), _("Case code:"), wrong)))


def _closed(desk: Desk) -> None:
    states = desk.states()
    closings = [
        (case, states[case.code].closing)
        for case in desk.laptop.private.cases
        if case.code in states
    ]
    options = [
        Option(case.code, f"{case.code} · {words(closing.outcome)}")
        for case, closing in closings
        if closing is not None
    ]
    if not options:
        raise Refusal(_("no case is closed yet; it will be here once it is"))
    work(desk, desk.dialogue.select(desk.page(), _("Which case?"), options))


def _passphrase(desk: Desk) -> None:
    errands.change_passphrase(desk, lambda command: subprocess.run(command, check=False).returncode)  # noqa: S603 - our own command
