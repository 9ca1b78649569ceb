"""A mistake in what is sealed: a wrong case, a wrong outcome. It is corrected by one more record."""

from __future__ import annotations

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
    page = told(desk, wrong.case, _described(wrong))
    choices = [Option(True, _("It is of another case")), Option(False, _("Another thing happened"))]
    if desk.dialogue.select(page, _("What is wrong with it?"), choices):
        _seal(desk, wrong, _right_case(desk, wrong), "")
    else:
        _seal(desk, wrong, wrong.case, _right_outcome(desk, wrong))


def _described(one: Sealed) -> str:
    sheet = _("Non-respondent sheet") if one.unit == "non_respondent" else ""
    return f"{one.case} · {sheet or outcomes.words(one.outcome)}"


def _right_case(desk: Desk, wrong: Sealed) -> str:
    options: list[Option[str] | Title] = []
    place = None
    for case in desk.laptop.private.cases:
        if case.place != place:
            place = case.place
            options.append(Title(place or _("Place not given")))
        if case.code != wrong.case:
            options.append(Option(case.code, case.code))
    if not any(isinstance(one, Option) for one in options):
        raise Refusal(_("this laptop has no other case; ask the study lead"))
    return desk.dialogue.select(desk.page(_described(wrong)), _("Which case is right?"), options)


def _right_outcome(desk: Desk, wrong: Sealed) -> str:
    known = (*outcomes.ends(), *outcomes.absences())
    options = [Option(one.code, one.words) for one in known if one.code != wrong.outcome]
    return desk.dialogue.select(desk.page(_described(wrong)), _("What happened?"), options)


def _seal(desk: Desk, wrong: Sealed, case: str, outcome: str) -> None:
    right = f"{case} · {outcomes.words(outcome or wrong.outcome)}"
    page = desk.page(
        _("Wrong: {what}").format(what=_described(wrong)), _("Right: {what}").format(what=right)
    )
    if not desk.dialogue.is_sure(page, _("Seal this correction?"), _("Yes, correct it")):
        return
    closing.seal_amendment(
        desk.laptop,
        _instrument(desk, wrong),
        amends=wrong.record,
        case=case,
        outcome=outcome,
        interviewer=desk.interviewer,
        now=desk.now(),
    )
    desk.dialogue.remark(_("The correction is sealed."))


def _instrument(desk: Desk, wrong: Sealed) -> KitInstrument:
    """Return the questionnaire of a record; of one the kit has not any more, another of its unit."""
    kit = desk.laptop.signed.kit
    return kit.named(wrong.instrument) or next(iter(desk.of_unit(wrong.unit)), kit.instruments[0])
