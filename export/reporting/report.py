"""A report as values: what is asked of whom, and what came of it; a page is made of it elsewhere.

Everything printed on a page that counts people by their answers is an `Answer` of one of its parts, so
that disclosure control can be asked about all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from export.drawing.folder import CERTIFICATE
from export.drawing.sample import read_sample
from export.drawing.steps import read_certificate
from export.estimating.asked import answers
from export.estimating.found import Answer
from export.estimating.surveyed import Surveyed, surveyed
from export.estimating.tabulation import Section, Tabulation
from export.estimating.wanted import Wanted
from export.modelling.fed import asked_of, fed, given_of
from export.modelling.model import Model
from export.modelling.results import Results, results
from export.reporting import usual
from export.respondents.responses import Responses
from export.respondents.versions import whole
from export.response.progress import Progress, progress
from export.study import Study
from surveys import language


@dataclass(frozen=True, slots=True)
class Shown:
    """A section of a plan and the answers to what it asks, in order."""

    title: str
    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Part:
    """What one questionnaire of the study says: who answered it, and the sections of its plan.

    `profile` are the answers that say who answered: the shares of each column of Table 1. `feeding` are
    those that a model is fed with.
    """

    given: Responses
    data: Surveyed
    title: str
    profile: tuple[Answer, ...]
    sections: tuple[Shown, ...]
    feeding: tuple[Answer, ...] = ()

    @property
    def name(self) -> str:
        """The title of the questionnaire, in the language of the interface where it has one."""
        instrument = self.given.found.instrument
        return instrument.text(instrument.title, language.from_environment())

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Everything that is printed of this questionnaire, in order."""
        shown = (one for section in self.sections for one in section.answers)
        return (*self.profile, *shown, *self.feeding)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Report:
    """A report on a study: the questionnaire of the people drawn, then those of anybody else.

    `progress` is what became of those drawn; `certificate` that of the draw, None where nothing was
    drawn or published. `day` is the day it was made. `model` is what came of the study's model, None where
    it has none.
    """

    study: Study
    main: Part
    others: tuple[Part, ...]
    progress: Progress
    certificate: Mapping[str, object] | None
    day: date
    model: Results | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts in order."""
        return (self.main, *self.others)


def report(
    given: Responses,
    others: Sequence[Responses],
    plans: Mapping[str, Tabulation],
    model: Model | None,
    now: datetime,
) -> Report:
    """Return the report on the people drawn and on others, by the plans there are for each.

    A model is fed by what the people drawn said; Refusal where they do not say it.
    """
    study, main = given.study, given.found
    certificate = study.draw / CERTIFICATE
    feeding = asked_of(model, whole(main)) if model else ()
    of_main = _part(given, plans, feeding)
    return Report(
        study=study,
        main=of_main,
        others=tuple(_part(one, plans) for one in others),
        progress=progress(main, given.unsealed.records, read_sample(study), study.rules.attempts),
        certificate=read_certificate(certificate) if certificate.exists() else None,
        day=now.astimezone().date(),
        model=results(fed(model, given_of(of_main.feeding))) if model else None,
    )


def _part(
    given: Responses, plans: Mapping[str, Tabulation], feeding: Sequence[Wanted] = ()
) -> Part:
    plan, is_of_people = plans.get(given.found.instrument.id), given.found.unit == "person"
    return part(given, plan, has_profile=is_of_people, feeding=feeding)


def part(
    given: Responses,
    plan: Tabulation | None,
    *,
    has_profile: bool,
    feeding: Sequence[Wanted] = (),
) -> Part:
    """Return what a plan makes of the responses to a questionnaire; without one, the usual plan.

    All of it is asked at once, so that no table tells what another leaves out. Of the usual plan, which
    nobody chose, what tells nothing is not shown. Who answered stands in it where it `has_profile`: of
    professionals, who are few, it does not. `feeding` is what a model wants of them besides.
    """
    data, instrument = surveyed(given), given.found.instrument
    wanted = plan or usual.plan(data)
    columns = usual.columns(instrument) if wanted.respondents is None else wanted.respondents
    profile = usual.profile(instrument, columns) if has_profile else ()
    found = answers(data, (*profile, *wanted.wanted, *feeding))
    first = len(found) - len(feeding)
    sections = tuple(_sections(wanted.sections, found[len(profile) : first]))
    if plan is None:
        sections = tuple(_telling(sections))
    return Part(given, data, wanted.title, found[: len(profile)], sections, found[first:])


def _sections(sections: Sequence[Section], found: Sequence[Answer]) -> Iterator[Shown]:
    at = 0
    for one in sections:
        last = at + len(one.wanted)
        yield Shown(one.title, one.text, tuple(found[at:last]))
        at = last


def _telling(sections: Iterable[Shown]) -> Iterator[Shown]:
    for one in sections:
        found = tuple(answer for answer in one.answers if usual.is_telling(answer))
        if found:
            yield replace(one, answers=found)
