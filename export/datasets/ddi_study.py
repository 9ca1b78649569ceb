"""The study a dataset comes from, as DDI-Codebook 2.5 describes one: who, when, how, on what terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from export.datasets.book import Book
from export.numerals import short_percent
from export.respondents.dispositions import CLASSES, class_of
from export.respondents.responses import Responses
from export.respondents.weight import Respondents
from export.response.rates import eligible_share, rates
from export.study import Unit
from surveys.formats.ddi import study_citation, universe_element
from surveys.formats.ddi_variables import said
from surveys.formats.markup import Element, element, texts
from surveys.language import _, ngettext

Profile = Literal["analyst", "release"]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a dataset's description says of its study.

    `drawn` is how many people were drawn, None where nobody was; `response_rate` is AAPOR's RR2, the
    only one told: with others of them it would tell how few broke off or refused. `steps` are what the
    weights were made by, in order. `threshold` is the fewest people a figure may be of.
    """

    id: str
    producer: str
    contact: str
    unit: Unit
    drawn: int | None
    strata: int
    has_clusters: bool
    response_rate: float | None
    steps: tuple[str, ...]
    profile: Profile
    threshold: int


def surveyed(given: Responses, profile: Profile) -> Surveyed:
    """Return what is said of the study that some responses come from."""
    people, study = given.people, given.study
    return Surveyed(
        id=study.id,
        producer=study.controller.name,
        contact=study.controller.contact,
        unit=given.found.unit,
        drawn=people.drawn,
        strata=len({one.stratum for one in people.rows}),
        has_clusters=any(one.cluster is not None for one in people.rows),
        response_rate=None if people.drawn is None else _response_rate(people),
        steps=people.steps,
        profile=profile,
        threshold=study.cell_threshold,
    )


def _response_rate(people: Respondents) -> float | None:
    counts = dict.fromkeys(CLASSES, 0.0)
    for code, number in people.outcomes.items():
        counts[class_of(code)] += number
    return rates(counts, eligible_share(counts))["RR2"]


# --- in XML -----------------------------------------------------------------------------------------


def study_element(book: Book, study: Surveyed | None) -> Element:
    """Return what describes the study; of the questionnaire alone, where no study is given."""
    instrument = book.instrument
    return element(
        "stdyDscr",
        study_citation(
            instrument, study.id if study else instrument.id, study.producer if study else ""
        ),
        element(
            "stdyInfo",
            *texts("abstract", instrument.description),
            element("sumDscr", *_summary(book, study)),
            said("notes", _simulated()) if book.is_simulated else None,
        ),
        element("method", *_method(study, book)) if study else None,
        element("dataAccs", *_access(study)) if study else None,
    )


def _simulated() -> str:
    return _("SIMULATED DATA. Nobody said any of this.")


def _summary(book: Book, study: Surveyed | None) -> Iterator[Element | None]:
    months = _months(book)
    for event, month in zip(("start", "end"), (months[:1], months[-1:]), strict=True):
        if month:
            yield element("collDate", text=month[0], date=month[0], event=event)
    if study:
        yield said("anlyUnit", _unit(study.unit))
    yield universe_element(book.instrument)
    yield said("dataKind", _("survey data"))


def _months(book: Book) -> list[str]:
    """Return the months of the interviews, in order, as far as the figures tell them."""
    name = next((one.name for one in book.sheets[0].columns if one.of == "month"), "")
    counted = book.figures.columns.get(name) if book.figures is not None else None
    return [] if counted is None else sorted(one.name for one in counted.values)


def _unit(unit: Unit) -> str:
    names: dict[Unit, str] = {
        "person": _("person"),
        "non_respondent": _("person who gave no interview"),
        "back_check": _("person asked again"),
        "professional": _("professional"),
        "site": _("site"),
    }
    return names[unit]


def _method(study: Surveyed, book: Book) -> Iterator[Element | None]:
    yield element(
        "dataColl",
        said("sampProc", _sampling(study)),
        said("collMode", _("interview in person, answers typed on a laptop")),
        said("weight", _weighting(study)),
    )
    if book.figures is not None:
        told = _(
            "No figure of fewer than {n} people is told, nor one from which it could be computed."
        )
        yield said("notes", told.format(n=study.threshold), subject="disclosure")
    if study.response_rate is not None:
        told = _(
            "{share} of those drawn gave an interview, complete or partial (RR2 of the American "
            "Association for Public Opinion Research, 10th edition, 2023)"
        )
        told = told.format(share=short_percent(study.response_rate, 0))
        yield element("anlyInfo", said("respRate", told))


def _sampling(study: Surveyed) -> str:
    if study.drawn is None:
        return _("Nothing was drawn: everybody was asked, or whoever there was.")
    told = ngettext("{n} case was drawn at random", "{n} cases were drawn at random", study.drawn)
    sentence = told.format(n=study.drawn)
    if study.strata > 1:
        within = ngettext("{n} stratum", "{n} strata", study.strata).format(n=study.strata)
        sentence += ", " + _("from each of {strata}").format(strata=within)
    if study.has_clusters:
        sentence += ", " + _("clusters first, then people within them")
    return f"{sentence}."


def _weighting(study: Surveyed) -> str:
    if study.drawn is None and len(study.steps) <= 2:
        return ""
    return _(
        "The weight is how many people a respondent stands for; it was made by: {steps}."
    ).format(steps=", ".join(study.steps))


def _access(study: Surveyed) -> Iterator[Element]:
    sentences = {
        "analyst": _(
            "Given encrypted, to named analysts under agreement. The data are pseudonymised, not "
            "anonymised: they are not passed on, nor joined with another list, and are destroyed when the "
            "work is done."
        ),
        "release": _(
            "Given after disclosure control, to those who agree not to look for anybody in the data, nor "
            "to join them with another list."
        ),
    }
    limit = _("Publish no cell of fewer than {n} respondents, and no percentage from one.")
    contact = element("contact", text=study.contact) if study.contact else None
    yield element(
        "useStmt",
        said("confDec", sentences[study.profile]),
        said("restrctn", limit.format(n=study.threshold)),
        contact,
    )
