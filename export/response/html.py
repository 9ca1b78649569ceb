"""A progress as one page to be shown around: it needs no network, prints on A4, can be read aloud.

On it is less than on the terminal: outcomes by class alone, and no group of fewer respondents than the
study's threshold (`coarse.py`). No case stands on it, no answer, and interviewers only if asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from export.layout import practice
from export.markup import page, paragraph, section, table, text
from export.numerals import part
from export.respondents import dispositions
from export.respondents.dispositions import CLASSES, Class
from export.response import coarse, telling
from export.response.coarse import Coarse
from export.response.progress import Dimension, Progress
from export.response.rates import FAMILIES
from export.response.visits import FOLDED, Visits
from surveys.language import _

_COLOURS: dict[Class, str] = {
    "I": "#1b6e53",
    "P": "#6fb598",
    "R": "#b3402e",
    "NC": "#d99a3b",
    "O": "#7d6aa8",
    "UH": "#6b7680",
    "UR": "#8d979f",
    "UO": "#b1b8be",
    "NE": "#dcdfe2",
}
_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; color: #1d2327;
       background: #fff; max-width: 56rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; max-width: 44rem; } .small { color: #4b545b; font-size: .9rem; }
.simulated { border: 2px solid #8a2c1d; color: #8a2c1d; font-weight: 600; padding: .4rem .8rem; }
.lead { font-size: 1.1rem; }
.bar { display: flex; height: 1.75rem; border-radius: 3px; overflow: hidden; margin: .75rem 0; }
.bar span { min-width: 2px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .5em; border-radius: 2px;
       print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; min-width: min(100%, 30rem); }
caption { text-align: left; font-weight: 600; padding: .75rem 0 .25rem; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #d5d9dc; text-align: right;
         white-space: nowrap; }
thead th { border-bottom: 2px solid #4b545b; vertical-align: bottom; }
th:first-child { text-align: left; font-weight: 400; white-space: normal;
                 overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: .25rem; }
thead th { font-weight: 600; }
@media (max-width: 30rem) { body { font-size: 15px; } th, td { padding-right: .5rem; } }
@media print { body { font-size: 10pt; padding: 0; max-width: none; } @page { size: A4; margin: 18mm; }
  section { break-inside: avoid; } h2 { break-after: avoid; margin-top: 1.2rem; } .wide { overflow: visible; } }
"""


@dataclass(frozen=True, slots=True)
class About:
    """What a page is of: the study's title and questionnaire, the day, the language, the threshold."""

    title: str
    instrument: str
    day: str
    language: str
    is_simulated: bool
    threshold: int


def html(made: Progress, about: About, by: Iterable[Dimension]) -> bytes:
    """Return a progress as HTML, in UTF-8."""
    heading = _("Progress: {title}").format(title=about.title)
    body = (
        f"<header><h1>{text(heading)}</h1>",
        paragraph(_day(about), "small"),
        "</header><main>",
        *_body(made, about, by),
        "</main>",
    )
    return page(heading, body, language=about.language, style=_STYLE)


def _body(made: Progress, about: About, by: Iterable[Dimension]) -> Iterator[str]:
    if about.is_simulated:
        yield paragraph(practice(), "simulated")
    yield paragraph(telling.summary(made), "lead")
    yield from section(_("What became of everybody"), _outcomes(made))
    if made.is_of_a_sample:
        yield from section(_("Rates"), _rates(made))
    for one in by:
        if one in made.groups:
            yield from section(telling.dimension(one), _groups(made, one, about.threshold))
    yield from section(_("Visits"), _visits(made, about.threshold))
    told = _(
        "No group of fewer than {n} respondents stands here by itself: small ones are put together. "
        "Two pages of different days can be subtracted from each other; show one, or both to the same "
        "people."
    )
    yield paragraph(told.format(n=about.threshold), "small")


def _day(about: About) -> str:
    return _("Questionnaire {instrument}, as collected on {day}.").format(
        instrument=about.instrument, day=about.day
    )


# --- parts ----------------------------------------------------------------------------------------


def _outcomes(made: Progress) -> Iterator[str]:
    present = [one for one in CLASSES if made.whole.counts[one]]
    yield '<div class="bar" aria-hidden="true">'
    for one in present:
        yield f'<span style="flex: {made.whole.counts[one]} 1 0; background: {_COLOURS[one]}"></span>'
    yield "</div>"
    total = sum(made.whole.weighted.values())
    headings = [_("outcome"), _("class"), _("cases"), _("share")]
    rows = []
    for one in present:
        count = made.whole.counts[one]
        key = f'<span class="key" style="background: {_COLOURS[one]}"></span>'
        row = [
            key + text(dispositions.told(one)),
            one,
            str(count),
            telling.rate(count / made.whole.cases),
        ]
        weighted = telling.rate(made.whole.weighted[one] / total)
        rows.append([*row, weighted] if made.is_weighted else row)
    headings += [_("by weight")] if made.is_weighted else []
    yield from table("", headings, rows, label=_("What became of everybody"))


def _rates(made: Progress) -> Iterator[str]:
    found, weighted = made.rates(made.whole), made.weighted_rates(made.whole)
    rows = []
    for family, count in FAMILIES.items():
        for name in (f"{family}{n}" for n in range(1, count + 1)):
            told = text(f"{telling.family(family)} {name}")
            row = [told, telling.rate(found[name])]
            rows.append([*row, telling.rate(weighted[name])] if made.is_weighted else row)
    headings = [_("rate"), _("of cases"), *([_("by weight")] if made.is_weighted else [])]
    yield from table("", headings, rows, label=_("Rates"))
    for line in telling.reading(made):
        yield paragraph(line, "small")
    source = _(
        "American Association for Public Opinion Research: Standard Definitions, 10th edition, 2023."
    )
    yield paragraph(source, "small")


def _groups(made: Progress, by: Dimension, least: int) -> Iterator[str]:
    found = coarse.coarse(made.groups[by], least)
    if not found:
        told = _("There are fewer than {n} respondents: nothing is shown by group.")
        yield paragraph(told.format(n=least))
        return
    is_rated = made.is_of_a_sample
    late = [_("so far"), "RR2"] if by == "week" else ["RR2", "CON1"]
    headings = [telling.column(by), _("cases"), _("interviews"), *(late if is_rated else [])]
    rows = []
    so_far = made.so_far([one.whole for one in found])
    for one, (n, to_date) in zip(found, so_far, strict=True):
        whole = one.whole
        row = [text(_name(by, one)), str(whole.cases)]
        if not whole.name:
            rows.append([*row, *("" for _heading in headings[2:])])
            continue
        rates = made.rates(whole)
        last = (
            [str(n), telling.rate(to_date)]
            if by == "week"
            else [telling.rate(rates["RR2"]), telling.rate(rates["CON1"])]
        )
        rows.append([*row, str(whole.respondents), *(last if is_rated else [])])
    yield from table("", headings, rows, label=telling.dimension(by))
    if by == "week" and is_rated:
        yield paragraph(telling.of_weeks(), "small")


def _name(by: Dimension, one: Coarse) -> str:
    first, last = (telling.group(by, part) for part in (one.parts[0], one.parts[-1]))
    return first if first == last else _("{first} to {last}").format(first=first, last=last)


def _visits(made: Progress, least: int) -> Iterator[str]:
    headings = [_("visits"), _("met")]
    numbers = coarse.folded(made.by_number, least)
    if numbers:
        last = len(numbers) if len(numbers) < len(made.by_number) else 0
        rows = [
            [text(telling.number(one, last or FOLDED)), str(one.visits), _met(one)]
            for one in numbers
        ]
        caption = _("By how many there were before, interviews among them")
        yield from table(text(caption), [_("visit"), *headings], rows, label=caption)
    parts = [one for one in made.by_part if one.visits]
    if parts and all(one.visits >= least for one in parts):
        rows = [[text(telling.part(one)), str(one.visits), _met(one)] for one in parts]
        caption = _("By part of day, those without an interview: of an interview it is not kept")
        yield from table(text(caption), [_("part of day"), *headings], rows, label=caption)
    for line in telling.of_never_met(made):
        yield paragraph(line)


def _met(one: Visits) -> str:
    return part(one.met, one.visits)
