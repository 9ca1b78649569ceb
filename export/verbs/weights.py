"""`souspli weights`: how many people each respondent stands for, and by which steps."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from export import layout
from export.numerals import decimal
from export.respondents import remarks, responses
from export.respondents.diagnostics import MOVED, Met, Spread, met, spreads
from export.respondents.nonresponse import ResponseClass
from export.respondents.responses import Responses
from export.study import read_study
from export.verbs import study_keys_order, study_option
from export.verbs.opening import opened
from interviewer import passphrases
from surveys.language import _, ngettext


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    study_option(parser)
    parser.add_argument(
        "--instrument", metavar="ID", help=_("the questionnaire; the study's first if not given")
    )
    parser.add_argument("--json", action="store_true", help=_("print all of it as JSON"))
    passphrases.describe(parser, study_keys_order())
    parser.epilog = _(
        "Steps after the draw are those of weights.yaml in the study folder; without it, each stratum\n"
        "is a class of non-response and nothing follows. docs/methods.md has the formulas.\n"
        "example: souspli weights --study assore"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the weights step by step; no case, and no weight beside an answer."""
    study = read_study(arguments.study)
    found = responses.chosen(study, arguments.instrument)
    responses.require_ready(study, found)
    given = opened(study, found, arguments.passphrase_fd, "weights", with_texts=False)
    if arguments.json:
        print(json.dumps(_as_json(given), ensure_ascii=False, indent=1))
        return 0
    console = layout.console()
    layout.print_practice(console, is_practice=study.is_practice)
    console.print(remarks.told(given))
    _print(console, given)
    return 0


# --- as JSON ----------------------------------------------------------------------------------


def _as_json(given: Responses) -> dict[str, object]:
    people = given.people
    response = people.response
    return {
        "study": given.study.id,
        "instrument": given.found.instrument.id,
        "simulated": given.study.is_practice,
        "drawn": people.drawn,
        "respondents": len(people.people),
        "not_eligible": len(people.ineligible),
        "steps": [
            asdict(one) | {"effect": one.effect, "effective": one.effective, "largest": one.largest}
            for one in spreads(people)
        ],
        "classes": [
            asdict(one) | {"factor": one.of_respondents}
            for one in (response.classes if response else ())
        ],
        "taken_together": response.taken_together if response else (),
        "totals": [asdict(one) for one in met(people, given.study.cell_threshold)],
    }


# --- printed ----------------------------------------------------------------------------------


def _print(console: Console, given: Responses) -> None:
    people = given.people
    layout.heading(console, _("Weights of the respondents after each step"))
    console.print(_steps(spreads(people)))
    console.print(
        _(
            "1 + CV²: what unequal weights alone do to variances (Kish). Effective: as many equally "
            "weighted respondents would tell as much."
        )
    )
    if people.response is not None:
        layout.heading(console, _("Non-response, by class"))
        console.print(_classes(people.response.classes))
        layout.more(console, len(people.response.classes))
        for note in _notes(given):
            console.print(note)
    if cells := met(people, given.study.cell_threshold):
        layout.heading(console, _("Totals known of the population"))
        console.print(_totals(cells))
        if any(one.respondents is None for one in cells):
            told = _("*: a value has fewer than {n} respondents; not shown.")
            console.print(told.format(n=given.study.cell_threshold))
        if any(abs(one.after / one.total - 1) > MOVED for one in cells):
            told = _(
                "A later step moved weights away from a total; repeat the step at the end of "
                "weights.yaml if it must be met."
            )
            console.print(told)


def _steps(found: tuple[Spread, ...]) -> Table:
    made = layout.table(
        _("step"),
        _("sum"),
        _("least"),
        _("median"),
        _("most"),
        _("most/median"),
        _("1 + CV²"),
        _("effective"),
    )
    for one in found:
        numbers = ((one.least, 2), (one.median, 2), (one.most, 2), (one.largest, 2))
        more = ((one.effect, 3), (one.effective, 1))
        cells = [decimal(value, places) for value, places in (*numbers, *more)]
        layout.add(made, step_told(one.step), decimal(one.total, 0), *cells)
    return made


def _classes(found: tuple[ResponseClass, ...]) -> Table:
    made = layout.table(
        _("strata"), _("released"), _("known"), _("eligible"), _("respondents"), _("factor")
    )
    for one in found[: layout.LISTED]:
        sums = (decimal(each, 1) for each in (one.released, one.known, one.eligible))
        strata = ", ".join(map(str, one.strata)) if len(found) > 1 else _("all")
        layout.add(made, strata, *sums, one.respondents, decimal(one.of_respondents, 3))
    return made


def _notes(given: Responses) -> Iterator[str]:
    yield _(
        "Released, known (whether they belong to the population) and eligible are sums of weights of the "
        "draw; the weight of a respondent is multiplied by the factor."
    )
    if n := len(given.people.ineligible):
        yield ngettext(
            "{n} of those drawn does not belong to the population: it keeps its weight, in no estimate.",
            "{n} of those drawn do not belong to the population: they keep their weight, in no estimate.",
            n,
        ).format(n=n)


def _totals(cells: tuple[Met, ...]) -> Table:
    made = layout.table(
        _("columns"), _("value"), _("respondents"), _("total"), _("before"), _("now")
    )
    made.columns[1].justify = "left"
    for one in cells:
        before = "*" if one.before is None else decimal(one.before, 1)
        n = "*" if one.respondents is None else one.respondents
        layout.add(
            made, one.columns, one.cell, n, decimal(one.total, 1), before, decimal(one.after, 1)
        )
    return made


def step_told(step: str) -> str:
    """Return the name of a step in words: of a second one of its kind, with its number."""
    kind, _mark, number = step.partition("_")
    words = {
        "design": _("draw"),
        "response": _("non-response"),
        "poststratify": _("post-stratification"),
        "rake": _("raking"),
        "trim": _("trimming"),
    }
    return f"{words[kind]} {number}".strip()
