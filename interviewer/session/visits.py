"""What happened at a visit: noted, or sealed where it ends the case; when to come back."""

from __future__ import annotations

from datetime import date, timedelta

from interviewer import closing, outcomes
from interviewer.cases import MAX_NOTE, Appointment, Attempted, require_room
from interviewer.outcomes import POSTPONED, Outcome
from interviewer.record import Attempt
from interviewer.scrub import Scrubber, cut
from interviewer.session import held, when
from interviewer.session.desk import Desk, part_now
from interviewer.session.dialogue import Option, Title
from interviewer.session.told import told
from surveys import language
from surveys.language import _
from surveys.problems import Refusal

INTERVIEW = ("person", "")  # what an interview about a person may be under: a kit may lack it since


def happened(desk: Desk, code: str) -> None:
    """Note what came of a visit, or close the case with it."""
    options: list[Option[Outcome | None] | Title] = [
        Title(_("The case stays open:")),
        *(Option(one, one.words) for one in outcomes.visits()),
        Title(_("The case is closed:")),
        *(Option(one, one.words) for one in outcomes.ends()),
        Option(None, _("Never met, after enough visits")),
    ]
    chosen = desk.dialogue.select(told(desk, code), _("What happened?"), options)
    if chosen is None or not chosen.is_visit:
        _require_none_under_way(desk, code)
    if chosen is None:
        _never_met(desk, code)
    elif chosen.is_visit:
        require_room(desk.state(code))
        visit = _visit(desk, code, chosen)
        desk.note(Attempted(code, visit, desk.who_works()))
        desk.dialogue.remark(_("Noted."))
        if chosen.code == POSTPONED:
            appoint(desk, code)
    else:
        _end(desk, code, chosen, _visit(desk, code, chosen))


def _require_none_under_way(desk: Desk, code: str) -> None:
    """Refuse an end while there may be an interview yet: it would be sealed beside it."""
    if desk.under_way(code, *INTERVIEW):
        raise Refusal(
            _(
                "an interview of this case is under way; go on with it, and press F10 there to stop it "
                "for good"
            )
        )


def _visit(desk: Desk, code: str, outcome: Outcome) -> Attempt:
    """Return the visit, now or as it is told."""
    now, today = part_now(desk), desk.today
    words = _("Now: {day}, {part}").format(
        day=when.said(today, today), part=outcomes.part_words(now)
    )
    options = [Option(True, words), Option(False, _("At another time"))]
    if desk.dialogue.select(told(desk, code, outcome.words), _("When was the visit?"), options):
        return Attempt(today.isoformat(), now, outcome.code)

    def wrong(typed: str) -> str:
        if when.past_day_of(typed, today):
            return ""
        return _("Type the day as 12/04; at most {n} days ago.").format(n=when.LATEST)

    typed = desk.dialogue.text(told(desk, code, outcome.words), _("Which day (12/04)?"), wrong)
    day = when.past_day_of(typed, today) or today
    past = outcomes.PARTS[: outcomes.PARTS.index(now) + 1] if day == today else outcomes.PARTS
    parts = [Option(part, outcomes.part_words(part)) for part in past]
    part = desk.dialogue.select(told(desk, code, outcome.words), _("At what time of day?"), parts)
    return Attempt(day.isoformat(), part, outcome.code)


def _never_met(desk: Desk, code: str) -> None:
    state = desk.state(code)
    lacking = outcomes.lacking(state.attempts, desk.laptop.private.rules.attempts)
    if lacking:
        raise Refusal(
            _("Not yet. Before a case is closed as never met, it needs: {what}.").format(
                what=lacking
            )
        )
    options = [Option(one, one.words) for one in outcomes.absences()]
    chosen = desk.dialogue.select(told(desk, code), _("Most often:"), options)
    _end(desk, code, chosen, None)


def _end(desk: Desk, code: str, outcome: Outcome, visit: Attempt | None) -> None:
    """Seal what came of a case without an interview, with all its visits, and offer the sheet."""
    known = desk.of_unit("person")
    if not known:
        raise Refusal(_("the kit has no questionnaire for a person; ask the study lead"))
    page = told(desk, code, _("Closed for good: {how}").format(how=outcome.words))
    if not desk.dialogue.is_sure(page, _("Seal this?"), _("Yes, close the case")):
        return
    interviewer = desk.who_works()
    # One that was cut off here is done again, with the visit that is noted already.
    if visit is not None and visit not in desk.state(code).attempts:
        desk.note(Attempted(code, visit, interviewer))
    closing.seal_outcome(
        desk.laptop,
        known[0],
        case=code,
        interviewer=interviewer,
        outcome=outcome.code,
        attempts=desk.state(code).attempts,
        now=desk.now(),
    )
    desk.dialogue.remark(_("Sealed. This laptop cannot read it any more."))
    offer_sheet(desk, code)


def sheet(desk: Desk, code: str) -> None:
    """Hold the non-respondent sheet of a case, or go on with it."""
    known: tuple[held.Meant, ...] = (
        *desk.under_way(code, "non_respondent"),
        *desk.of_unit("non_respondent"),
    )
    held.interview(desk, known[0], case=code)


def offer_sheet(desk: Desk, code: str) -> None:
    """Offer the non-respondent sheet, which every case without an interview has."""
    if desk.of_unit("non_respondent"):
        question = _("Fill in the non-respondent sheet now?")
        options = [Option(True, _("Now")), Option(False, _("Later"))]
        if desk.dialogue.select(told(desk, code), question, options):
            sheet(desk, code)


# --- appointments -------------------------------------------------------------------------------


def appoint(desk: Desk, code: str) -> None:
    """Note when to come back."""
    today = desk.today
    days = [today + timedelta(n) for n in range(when.AHEAD + 1)]
    options = [Option(day, when.said(day, today)) for day in days]
    day = desk.dialogue.select(told(desk, code), _("Appointment: which day?"), options)
    time = _time(desk, code, day)
    question = _("A short note, without any name (or just Enter):")
    typed = desk.dialogue.text(told(desk, code), question, _too_long)
    scrubber = Scrubber(desk.laptop.private.words, language.from_environment())
    note = cut(scrubber.scrub(typed).text, MAX_NOTE)
    desk.note(Appointment(code, day.isoformat(), time, note))
    desk.dialogue.remark(_("Noted."))


def _time(desk: Desk, code: str, day: date) -> str:
    """Return a part of the day, or an hour."""
    options: list[Option[str] | Title] = [
        *(Option(part, outcomes.part_words(part)) for part in outcomes.PARTS),
        Option("", _("At an hour I type")),
    ]
    page = told(desk, code, when.said(day, desk.today))
    chosen = desk.dialogue.select(page, _("At what time?"), options)
    if chosen:
        return chosen

    def wrong(typed: str) -> str:
        return "" if when.hour_of(typed) else _("Type the hour as 14:30 or 14h30.")

    return when.hour_of(desk.dialogue.text(page, _("At what hour (14:30)?"), wrong))


def _too_long(typed: str) -> str:
    if len(typed) > MAX_NOTE or not typed.isprintable():
        return _("One line, at most {n} characters.").format(n=MAX_NOTE)
    return ""


def call_off(desk: Desk, code: str) -> None:
    """Note that nobody expects a visit any more."""
    desk.note(Appointment(code, "", ""))
