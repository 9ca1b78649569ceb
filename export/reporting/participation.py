"""From the draw to the interview: how many were drawn, looked for, met and interviewed, and the rates."""

from __future__ import annotations

from collections.abc import Iterator

from export import numerals
from export.markup import paragraph, table, text
from export.reporting import charts
from export.reporting.charts import Named
from export.respondents import dispositions
from export.respondents.dispositions import CLASSES
from export.response import telling
from export.response.progress import Progress
from surveys.language import _

_RATES = ("RR1", "RR2", "COOP2", "REF1", "CON1")  # the others stand on the page of `progress`


def participation(made: Progress) -> Iterator[str]:
    """Yield what became of everybody drawn: in a sentence, as steps, by outcome, as rates."""
    yield paragraph(telling.summary(made), "lead")
    if made.is_of_a_sample:
        title = _("From the draw to the interview")
        told = ", ".join(
            _("{what}: {value}").format(what=name, value=numerals.whole(count))
            for name, count in steps(made)
        )
        yield f"<h3>{text(title)}</h3>"
        yield '<div class="beside"><div class="figure">'
        yield charts.funnel(Named("participation", title, told), steps(made))
        yield "</div>"
        yield from _outcomes(made)
        yield "</div>"
        rates = text(_("Response rates"))
        yield f"<h3>{rates}</h3>"
        yield from _rates(made)
    else:
        yield from _outcomes(made)


def steps(made: Progress) -> list[tuple[str, int]]:
    """Return how many cases came how far, from all of them to the interviews.

    Met are those who were reached, or somebody for them: the numerator of the contact rate.
    """
    counts = made.whole.counts
    return [
        (_("Drawn"), made.whole.cases),
        (_("Looked for, with an outcome"), made.whole.cases - made.unrecorded),
        (_("Met"), sum(counts[one] for one in ("I", "P", "R", "O"))),
        (_("Interviewed"), made.whole.respondents),
    ]


def _outcomes(made: Progress) -> Iterator[str]:
    title = _("What became of everybody")
    rows = [
        [
            text(dispositions.told(one)),
            one,
            numerals.whole(made.whole.counts[one]),
            numerals.percent(made.whole.counts[one] / made.whole.cases),
        ]
        for one in CLASSES
        if made.whole.counts[one]
    ]
    headings = [_("outcome"), _("class"), _("cases"), _("share")]
    yield from table(text(title), headings, rows, label=title)


def _rates(made: Progress) -> Iterator[str]:
    found, weighted = made.rates(made.whole), made.weighted_rates(made.whole)
    told = {
        "RR1": _("Response, complete interviews"),
        "RR2": _("Response, interviews in part too"),
        "COOP2": _("Cooperation, of those reached"),
        "REF1": _("Refusal"),
        "CON1": _("Contact"),
    }
    rows = []
    for name in _RATES:
        line = [text(f"{told[name]} ({name})"), telling.rate(found[name])]
        rows.append([*line, telling.rate(weighted[name])] if made.is_weighted else line)
    headings = [_("rate"), _("of cases"), *([_("by weight")] if made.is_weighted else [])]
    yield from table("", headings, rows, label=_("Response rates"))
    source = _(
        "American Association for Public Opinion Research: Standard Definitions, 10th edition, 2023."
    )
    yield paragraph(source, "small")
    if made.unrecorded:
        yield paragraph(
            _("Cases without a record count as not answering: the rates are provisional."), "small"
        )
