"""A report as one page: what it is, the headline, who took part, what was asked, what it cannot tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from export import markup, numerals
from export.days import in_words
from export.estimating.estimate import Estimates
from export.estimating.found import Answer
from export.layout import practice
from export.markup import paragraph, text
from export.reporting import answers, model, participation, respondents, sources, texts
from export.reporting.report import Part, Report
from export.reporting.style import STYLE
from export.reporting.titles import Titles, titles
from surveys import language
from surveys.language import _

_MOST_CARDS = 6


@dataclass(frozen=True, slots=True)
class _Section:
    anchor: str
    heading: str
    lines: tuple[str, ...]


def html(report: Report) -> bytes:
    """Return a report as HTML, in UTF-8 and in the language of the interface."""
    spoken = language.from_environment()
    sections = [one for one in _sections(report) if one.lines]
    study = ". ".join(
        one for one in (report.study.title_in(spoken), report.study.controller.name) if one
    )
    body = [
        "<header>",
        *([paragraph(practice(), "simulated")] if report.study.is_practice else []),
        f"<h1>{text(report.main.title or study)}</h1>",
        paragraph(study, "lead"),
        paragraph(_about(report)),
        *_contents(sections),
        "</header><main>",
        *(line for one in sections for line in markup.section(one.heading, one.lines, one.anchor)),
        "</main>",
        f"<footer>{paragraph(_made(report), 'small')}</footer>",
    ]
    title = f"{report.main.title} – {study}" if report.main.title else study
    return markup.page(title, body, language=spoken, style=STYLE)


def _about(report: Report) -> str:
    n = len(report.main.given.people.people)
    return _("What {n} people said in interviews, {drawn}. Report of {day}.").format(
        n=numerals.whole(n),
        drawn=_of_whom(report),
        day=in_words(report.day, language.from_environment()),
    )


def _of_whom(report: Report) -> str:
    drawn = report.main.given.people.drawn
    if drawn is None:
        return _("none of them drawn at random")
    return _("of {n} drawn at random").format(n=numerals.whole(drawn))


def _made(report: Report) -> str:
    told = _("Made by Souspli on {day}. Nothing on this page is fetched from anywhere.")
    return told.format(day=in_words(report.day, language.from_environment()))


def _contents(sections: Sequence[_Section]) -> Iterator[str]:
    title = text(_("Contents"))
    entries = "".join(
        f'<li><a href="#{one.anchor}">{text(one.heading)}</a></li>' for one in sections
    )
    yield f'<nav aria-label="{title}"><ul>{entries}</ul></nav>'


def _sections(report: Report) -> Iterator[_Section]:
    main = titles(report.main.given.found.instrument)
    yield _Section("brief", _("In brief"), tuple(_brief(report.main, main)))
    yield _Section(
        "participation", _("Participation"), tuple(participation.participation(report.progress))
    )
    yield _Section(
        "respondents",
        _("Who took part"),
        tuple(respondents.respondents(report.main.profile, main)),
    )
    yield from _asked(report.main, main, "results")
    for number, other in enumerate(report.others, start=1):
        yield _Section(f"others{number}", other.title or other.name, tuple(_other(other, number)))
    if report.model is not None:
        yield _Section(
            "model", model.heading(report.model), tuple(model.section(report.model, "model"))
        )
    yield _Section("limits", _("What these figures cannot tell"), tuple(texts.limits(report)))
    yield _Section("methods", _("Methods"), tuple(texts.methods(report)))
    yield _Section("marks", _("What is not shown"), tuple(texts.marks(report)))
    yield _Section("sources", _("Sources"), tuple(_sources(report)))


def _asked(part: Part, known: Titles, name: str) -> Iterator[_Section]:
    for at, one in enumerate(part.sections, start=1):
        lines = [paragraph(line) for line in one.text.splitlines() if line.strip()]
        lines += answers.shown(
            one.answers, known, f"{name}{at}", is_drawn=part.given.people.drawn is not None
        )
        yield _Section(f"{name}{at}", one.title or _("Results"), tuple(lines))


def _other(part: Part, number: int) -> Iterator[str]:
    """Yield what another questionnaire says: of professionals, of sites; counts, for nothing was drawn."""
    n = numerals.whole(len(part.given.people.people))
    yield paragraph(
        _("{n} people answered. Nothing was drawn: figures are of them alone.").format(n=n), "lead"
    )
    known = titles(part.given.found.instrument)
    for at, one in enumerate(part.sections, start=1):
        if one.title:
            yield f'<h3 class="part">{text(one.title)}</h3>'
        yield from (paragraph(line) for line in one.text.splitlines() if line.strip())
        yield from answers.shown(one.answers, known, f"others{number}-{at}", is_drawn=False)


def _sources(report: Report) -> Iterator[str]:
    yield from sources.questionnaires(report.parts)
    if report.certificate is not None:
        yield from sources.certificate(report.certificate)


# --- in brief -------------------------------------------------------------------------------------


def _brief(part: Part, known: Titles) -> Iterator[str]:
    """Yield the first shares of everybody that a plan asks as large figures."""
    cards = [card for one in part.sections for each in one.answers for card in _card(each, known)]
    if cards:
        yield '<ul class="cards">'
        yield from cards[:_MOST_CARDS]
        yield "</ul>"


def _card(one: Answer, known: Titles) -> Iterator[str]:
    if not isinstance(one.found, Estimates) or one.wanted.by or one.wanted.estimand.kind != "prop":
        return
    for row in one.found.rows:
        if row.figures is None:
            continue
        told = [f"<strong>{text(numerals.percent(row.figures.estimate, 0))}</strong>"]
        told.append(f"<b>{text(known.of(one.wanted))}</b>")
        interval = row.figures.interval
        if interval is not None:
            low, high = (numerals.decimal(100 * one, 0) for one in (interval.low, interval.high))
            sentence = _("between {low} and {high} ({level})").format(
                low=numerals.per_cent(low),
                high=numerals.per_cent(high),
                level=numerals.interval_heading(one.wanted.level),
            )
            told.append(f"<span>{text(sentence)}</span>")
        if row.figures.people is not None:
            about = _("about {n} people").format(n=numerals.whole(row.figures.people.number))
            told.append(f"<span>{text(about)}</span>")
        yield "<li>" + "".join(told) + "</li>"
