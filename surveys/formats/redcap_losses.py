"""What a REDCap dictionary loses of a questionnaire as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.codebook import status_meaning
from surveys.formats.redcap_columns import APPEARANCES
from surveys.formats.redcap_fields import statuses_of
from surveys.instrument import NONRESPONSE, Instrument
from surveys.kinds import is_asked
from surveys.language import _
from surveys.problems import Problem, loss


def of_the_form(instrument: Instrument) -> Iterator[Problem]:
    """Yield what is lost of the whole."""
    others = [code for code in instrument.languages if code != instrument.default_language]
    if others:
        fact = _("a dictionary has one language: these are left out: {languages}")
        yield loss(
            instrument.places.get("languages", instrument.place),
            "form",
            fact.format(languages=", ".join(others)),
            _("enter them under Multi-Language Management"),
        )
    asked = [question for question in instrument.questions() if is_asked(question)]
    words = {
        word for question in asked for word, code in statuses_of(question).items() if word == code
    }
    if words:
        listed = " | ".join(
            f"{word}, {status_meaning(word)}" for word in NONRESPONSE if word in words
        )
        yield loss(
            instrument.place,
            "form",
            _("the codes of non-response are settings of a project, not of its dictionary"),
            _("enter these Missing Data Codes: {codes}").format(codes=listed),
        )
    if any(question.constraint is not None for question in asked):
        yield loss(
            instrument.place,
            "form",
            _("REDCap lets an answer beyond its limits stand when it is confirmed"),
            _("look for them with its Data Quality module"),
        )
    yield from _appearances(instrument)


def _appearances(instrument: Instrument) -> Iterator[Problem]:
    """Yield a loss for each way to show a question that REDCap does not have."""
    told: set[str] = set()
    for item, _around in instrument.items():
        for word in item.appearance.split():
            if word not in APPEARANCES and word not in told:
                told.add(word)
                fact = _("appearance “{word}” has no place in REDCap").format(word=word)
                yield loss(item.place_of("appearance"), item.name, fact)
