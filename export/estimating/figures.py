"""Estimates as they are read: printed, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from export.estimating.estimate import Estimates, Row
from export.estimating.intervals import Interval
from export.respondents.responses import Responses
from surveys import language
from surveys.language import _, ngettext

# --- printed ----------------------------------------------------------------------------------


def print_estimates(console: Console, given: Responses, rows: Sequence[Estimates]) -> None:
    """Print estimates, whom they are about above them, how to read them below.

    For everyone, one table; by domain, one table for each estimate.
    """
    if given.study.is_practice:
        console.print(
            _("SIMULATED: this is a practice study; these figures describe nobody."), style="bold"
        )
    is_weighted = given.people.drawn is not None
    for group in [[one] for one in rows] if any(one.by for one in rows) else [rows]:
        if group[0].rows:
            console.print(_table(group, is_weighted=is_weighted))
    for note in _notes(given, rows):
        console.print(note)


def _table(rows: Sequence[Estimates], *, is_weighted: bool) -> Table:
    """Return estimates as a table, without the columns that would be empty."""
    first = rows[0]
    interval = _("{level} % CI").format(level=_number(100 * first.level, 1, is_trimmed=True))
    headings = [
        first.by or _("estimate of"),
        _("n"),
        _("estimate"),
        interval,
        _("deff"),
        _("people"),
        interval,
        _("missing"),
    ]
    lines = [
        [row.domain if one.by else one.estimand.text, *_cells(one, row, is_weighted=is_weighted)]
        for one in rows
        for row in one.rows
    ]
    used = [at for at in range(len(headings)) if any(line[at] for line in lines)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    if first.by:
        table.title, table.title_justify = Text(first.estimand.text, style="bold"), "left"
    for at in used:
        table.add_column(
            headings[at], justify="right" if at else "left", no_wrap=at > 0, overflow="fold"
        )
    for line in lines:
        table.add_row(*(Text(line[at]) for at in used))  # never markup
    return table


def _cells(one: Estimates, row: Row, *, is_weighted: bool) -> Iterator[str]:
    """Yield what stands after the first column; without a draw nobody stands for anybody else."""
    figures, kind = row.figures, one.estimand.kind
    people = figures.people if figures and is_weighted else None
    yield "" if row.respondents is None else str(row.respondents)
    yield (
        "*" if figures is None else _shown(kind, figures.estimate) + ("!" if row.is_uniform else "")
    )
    yield "" if figures is None else _range(kind, figures.interval)
    yield (
        ""
        if figures is None or figures.design_effect is None
        else _number(figures.design_effect, 2)
    )
    yield "" if people is None else _number(people.number, 0)
    yield "" if people is None else _range("total", people.interval)
    yield "" if row.missing is None else str(row.missing)


def _shown(kind: str, value: float) -> str:
    if kind == "prop":
        return _("{number} %").format(number=_number(100 * value, 1))
    return _number(value, 0 if kind == "total" else 2)


def _range(kind: str, interval: Interval | None) -> str:
    if interval is None:
        return ""
    low, high = (
        (100 * interval.low, 100 * interval.high)
        if kind == "prop"
        else (interval.low, interval.high)
    )
    places = {"prop": 1, "total": 0}.get(kind, 2)
    return f"{_number(low, places)}–{_number(high, places)}"


def _number(value: float, places: int, *, is_trimmed: bool = False) -> str:
    """Return a number as the interface's language writes it."""
    text = f"{value:.{places}f}"
    if is_trimmed and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",") if language.from_environment() == "fr" else text


def _notes(given: Responses, rows: Sequence[Estimates]) -> Iterator[str]:
    every = [row for one in rows for row in one.rows]
    if any(row.figures is None for row in every):
        yield _("*: a cell has fewer than {n} respondents; not shown.").format(
            n=given.study.cell_threshold
        )
    if any(row.is_uniform for row in every):
        yield _("!: all of them, or none: it tells of each of those who answered.")
    for one in rows:
        if one.left_out:
            left_out = ngettext(
                "{expression}: {n} group of fewer than {least} respondents is left out.",
                "{expression}: {n} groups of fewer than {least} respondents are left out.",
                one.left_out,
            )
            yield left_out.format(
                expression=one.estimand.text, n=one.left_out, least=given.study.cell_threshold
            )
    for one in rows[:1]:
        if one.by and one.unclassified:
            told = ngettext(
                "{n} respondent has no value of {by}.",
                "{n} respondents have no value of {by}.",
                one.unclassified,
            )
            yield told.format(n=one.unclassified, by=one.by)
    methods = [
        row.figures.interval.method
        for row in every
        if row.figures is not None and row.figures.interval is not None
    ]
    if methods:
        used = ", ".join(_method(method) for method in dict.fromkeys(methods))
        yield _("Intervals: {methods}.").format(methods=used)
    if given.people.drawn is None:
        yield _(
            "Nothing was drawn for this questionnaire: figures are of those who answered, for nobody else."
        )
    else:
        yield _(
            "Weighted by N_h/r_h: those who did not answer are taken to be like those of their stratum who did."
        )


def _method(method: str) -> str:
    names = {
        "hypergeometric": _("exact (hypergeometric)"),
        "beta": _("Korn–Graubard (beta)"),
        "logit": _("logit"),
        "wilson": _("Wilson"),
        "t": _("Student's t"),
        "census": _("none, everybody answered"),
    }
    return names[method]


# --- as JSON ----------------------------------------------------------------------------------


def as_json(given: Responses, rows: Sequence[Estimates]) -> dict[str, object]:
    """Return the estimates and what they were made from as a JSON object."""
    return {
        "study": given.study.id,
        "instrument": given.found.instrument.id,
        "simulated": given.study.is_practice,
        "drawn": given.people.drawn,
        "respondents": len(given.people.people),
        "outcomes": dict(sorted(given.people.outcomes.items())),
        "not_used": [asdict(left) for left in given.unsealed.left_out],
        "not_counted": [asdict(unused) for unused in given.people.unused],
        "repeated": [asdict(again) for again in given.unsealed.repeated],
        "missing": [asdict(gap) for gap in given.unsealed.missing],
        "mended": list(given.unsealed.mended),
        "threshold": given.study.cell_threshold,
        "left_out": [
            {"expression": one.estimand.text, "by": one.by, "domains": one.left_out}
            for one in rows
            if one.left_out
        ],
        "estimates": [_row_json(one, row) for one in rows for row in one.rows],
    }


def _row_json(one: Estimates, row: Row) -> dict[str, object]:
    return {
        "expression": one.estimand.text,
        "by": one.by,
        "domain": row.domain,
        "level": one.level,
        "unclassified": one.unclassified,
        "respondents": row.respondents,
        "missing": row.missing,
        "is_small": row.is_small,
        "is_uniform": row.is_uniform,
        "figures": None if row.figures is None else asdict(row.figures),
    }
