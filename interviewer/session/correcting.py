"""A mistake in what is sealed: a wrong case, a wrong outcome. It is corrected by one more record."""

from __future__ import annotations

from dataclasses import replace

from interviewer import closing, outcomes
from interviewer.cases import Sealed
from interviewer.kit import KitInstrument
from interviewer.session.desk import Desk
from interviewer.session.dialogue import Option, Title
from interviewer.session.told import told
from surveys.language import _
from surveys.problems import Refusal


def correct(desk: Desk) -> None:
    """Correct one sealed record: what is sealed stays, and the correction says what is right."""
    sealed = desk.records()
    if not sealed:
        raise Refusal(_("nothing is sealed yet on this laptop; there is nothing to correct"))
    options = [Option(one, _described(one)) for one in reversed(sealed)]
    wrong = desk.dialogue.select(desk.page(), _("What is wrong?"), options)
    instrument = _instrument(desk, wrong)
    page = told(desk, wrong.case, _described(wrong))
    choices = [Option(True, _("It is of another case")), Option(False, _("Another thing happened"))]
    if wrong.unit == "non_respondent":  # it has no outcome of its own
        choices = choices[:1]
    if desk.dialogue.select(page, _("What is wrong with it?"), choices):
        _seal(desk, instrument, wrong, _right_case(desk, wrong), "")
    else:
        _seal(desk, instrument, wrong, wrong.case, _right_outcome(desk, wrong))


def _described(one: Sealed) -> str:
    sheet = _("Non-respondent sheet") if one.unit == "non_respondent" else ""
    return f"{one.case} · {sheet or outcomes.words(one.outcome)}"


def _right_case(desk: Desk, wrong: Sealed) -> str:
    options: list[Option[str] | Title] = []
    first = desk.as_sealed(wrong.record).case
    if first != wrong.case and desk.laptop.case(first) is None:  # the kit has it not any more
        options += [Title(_("As it was sealed:")), Option(first, first)]
    place = None
    for case in (one for one in desk.laptop.private.cases if one.code != wrong.case):
        if case.place != place:
            place = case.place
            options.append(Title(place or _("Place not given")))
        options.append(Option(case.code, case.code))
    if not any(isinstance(one, Option) for one in options):
        raise Refusal(_("this laptop has no other case; ask the study lead"))
    return desk.dialogue.select(desk.page(_described(wrong)), _("Which case is right?"), options)


def _right_outcome(desk: Desk, wrong: Sealed) -> str:
    """Ask what really happened: never what stands already, always what was sealed at first."""
    first = desk.as_sealed(wrong.record).outcome
    known = [one.code for one in (*outcomes.ends(), *outcomes.absences())]
    if first and first not in known:
        known.insert(0, first)
    options = [Option(code, outcomes.words(code)) for code in known if code != wrong.outcome]
    return desk.dialogue.select(desk.page(_described(wrong)), _("What happened?"), options)


def _seal(desk: Desk, instrument: KitInstrument, wrong: Sealed, case: str, outcome: str) -> None:
    right = _described(replace(wrong, case=case, outcome=outcome or wrong.outcome))
    page = desk.page(
        _("Wrong: {what}").format(what=_described(wrong)), _("Right: {what}").format(what=right)
    )
    if not desk.dialogue.is_sure(page, _("Seal this correction?"), _("Yes, correct it")):
        return
    closing.seal_amendment(
        desk.laptop,
        instrument,
        amends=wrong.record,
        case=case,
        outcome=outcome,
        interviewer=desk.who_works(),
        now=desk.now(),
    )
    desk.dialogue.remark(_("The correction is sealed."))


def _instrument(desk: Desk, wrong: Sealed) -> KitInstrument:
    """Return the questionnaire of a record; a correction under another one would count for nothing."""
    named = desk.laptop.signed.kit.named(wrong.instrument)
    if named is None:
        raise Refusal(
            _(
                "the kit has not this record's questionnaire any more; ask the study lead for one that has"
            )
        )
    return named
