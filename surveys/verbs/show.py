"""`souspli show FILE`: a questionnaire's outline with its skips, variables, routes or length."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from surveys.instrument import Instrument
from surveys.language import _, from_environment
from surveys.outfile import write_out
from surveys.overview.diagrams import dot, mermaid
from surveys.overview.length import Length, Lengths, lengths
from surveys.overview.outline import Style, Words, described, head, lines, outline
from surveys.overview.routes import Graph, graph
from surveys.paper.numbering import numbers
from surveys.paper.skips import skips
from surveys.paper.wording import wording
from surveys.paper.words import speaker
from surveys.plan import plan
from surveys.problems import Refusal, Usage
from surveys.saying import say
from surveys.shipped import usable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDE = 200  # columns of a table that goes to a file or a pipe
_STYLES: dict[Style, str] = {
    "title": "bold",
    "section": "bold",
    "condition": "italic yellow",
    "detail": "dim",
    "skip": "cyan",
}
_ALWAYS = {"broke_off", "not_asked"}  # may befall any question
_SECONDS = 60  # Graphviz is given this long


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("file", metavar="FILE", help=_("a questionnaire in YAML, or a shipped one"))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--variables", action="store_true", help=_("the variables, one a line"))
    what.add_argument(
        "--graph",
        nargs="?",
        const="",
        metavar="OUT.svg",
        help=_("the routes as a picture (.svg, .dot or .mmd), or as Mermaid text"),
    )
    what.add_argument(
        "--length", action="store_true", help=_("estimated minutes and keys, by section")
    )
    parser.add_argument(
        "--all", action="store_true", help=_("with --graph: the questions too, not only sections")
    )
    parser.add_argument(
        "--force", action="store_true", help=_("with --graph: write over a file that exists")
    )
    parser.add_argument("--json", action="store_true", help=_("as JSON"))
    parser.epilog = _("example: souspli show assore/beneficiaires --graph routes.svg")


def run(arguments: argparse.Namespace) -> int:
    """Show one questionnaire, in the language of the interface where it has it."""
    if (arguments.all or arguments.force) and arguments.graph is None:
        raise Usage(_("--all and --force go with --graph"))
    instrument = usable(arguments.file)
    language = spoken(instrument)
    if arguments.variables:
        _variables(instrument, language, arguments.json)
    elif arguments.graph is not None:
        _graph(instrument, language, arguments)
    elif arguments.length:
        _length(instrument, language, arguments.json)
    else:
        _outline(instrument, language, arguments.json)
    return 0


def spoken(instrument: Instrument) -> str:
    """Return the language of the interface if the questionnaire has it, else its default."""
    wanted = from_environment()
    return wanted if wanted in instrument.languages else instrument.default_language


def _estimated(instrument: Instrument) -> Lengths:
    chance = random.Random(instrument.digest)  # noqa: S311 - rehearses, protects nothing
    return lengths(plan(instrument), chance, datetime.now())


def words_of(instrument: Instrument, language: str) -> Words:
    """Return what conditions and items of a questionnaire are called, as its paper has it."""
    phrase = wording(instrument, language).condition
    said = speaker(instrument, language).condition
    return Words(
        condition=lambda tree: phrase.format(condition=said(tree)),
        value=said,
        numbers=numbers(instrument),
        skips=skips(instrument, language),
    )


# --- the outline ------------------------------------------------------------------------------


def _outline(instrument: Instrument, language: str, as_json: bool) -> None:
    rows = tuple(outline(instrument, language, words_of(instrument, language)))
    found = _estimated(instrument)
    if as_json:
        _json(
            {
                "id": instrument.id,
                "version": instrument.version,
                "title": instrument.text(instrument.title, language),
                "languages": dict(instrument.languages),
                "length": asdict(found),
                "items": [asdict(row) for row in rows],
            }
        )
        return
    width = shutil.get_terminal_size().columns - 1 if sys.stdout.isatty() else 0
    above: Iterator[tuple[Style, str]] = (
        ("title" if place == 0 else "", line)
        for place, line in enumerate(head(instrument, language, found))
    )
    _print((*above, *lines(rows, width)))


def _print(told: Iterable[tuple[Style, str]]) -> None:
    """Print lines, in colour on a terminal that wants it."""
    from rich.console import Console
    from rich.text import Text

    if not sys.stdout.isatty():
        print("\n".join(line for _style, line in told))
        return
    console = Console(highlight=False, soft_wrap=True)
    for style, line in told:
        console.print(Text(line, _STYLES.get(style, "")))


# --- tables -----------------------------------------------------------------------------------


def _variables(instrument: Instrument, language: str, as_json: bool) -> None:
    rows = list(described(instrument, language))
    if as_json:
        _json(rows)
        return
    table = _table(_("name"), _("type"), _("codes"), _("kept"), _("no value"), _("label"))
    for row in rows:
        marks = [row["keep"], row["identifying"], _("sensitive") if row["sensitive"] else ""]
        table.add_row(
            row["name"],
            f"{row['type']} {row['choices']}".strip(),
            " ".join(row["codes"]),
            ", ".join(filter(None, marks)),
            " ".join(status for status in row["statuses"] if status not in _ALWAYS),
            row["label"],
        )
    _console().print(table)


def _length(instrument: Instrument, language: str, as_json: bool) -> None:
    found = _estimated(instrument)
    if as_json:
        _json(asdict(found))
        return
    titles = {item.name: instrument.text(item.label, language) for item in instrument.survey}
    table = _table(_("route"), _("minutes"), _("keys"), _("questions"), right=(1, 2, 3))
    for told, length in (
        (_("shortest"), found.shortest),
        (_("middle"), found.middle),
        (_("longest"), found.longest),
    ):
        table.add_row(told, *_figures(length))
    table.add_section()
    for name, length in found.sections.items():
        table.add_row(
            "  " + (titles.get(name, "") or name or _("in no section")), *_figures(length)
        )
    _console().print(table)
    print()
    say(_("Routes drawn by chance, each answer as likely; read aloud at 150 words a minute."))
    say(_("Breaks and talk beside the questions are not counted."))
    say(_("The sections are those of the middle route."))


def _figures(length: Length) -> tuple[str, str, str]:
    minutes = f"{length.minutes:.0f}" if length.minutes >= 0.5 else "< 1"
    return minutes, str(length.keys), str(length.questions)


def _table(*columns: str, right: Sequence[int] = ()) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place in right else "left")
    return table


def _console() -> Console:
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDE
    return Console(markup=False, highlight=False, width=width)


def _json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


# --- routes -----------------------------------------------------------------------------------


def _graph(instrument: Instrument, language: str, arguments: argparse.Namespace) -> None:
    drawn = graph(instrument, language, words_of(instrument, language), arguments.all)
    if arguments.json:
        _json(asdict(drawn))
    elif not arguments.graph:
        print(mermaid(drawn), end="")
    else:
        _draw(drawn, Path(arguments.graph), arguments.force)


def _draw(drawn: Graph, path: Path, force: bool) -> None:
    """Write the routes as the suffix says; Mermaid text beside it where Graphviz is missing."""
    suffix = path.suffix.lower()
    if suffix not in {".svg", ".dot", ".mmd"}:
        raise Usage(_("{path}: give a name that ends in .svg, .dot or .mmd").format(path=path))
    content = {".svg": svg, ".dot": dot, ".mmd": mermaid}[suffix](drawn)
    if content is None:
        path, content = path.with_suffix(".mmd"), mermaid(drawn)
        told = _("Graphviz is not installed here: {path} has the routes as Mermaid text instead")
        say(told.format(path=path), sys.stderr)
    write_out(path, content.encode(), force=force)
    say(_("{path}: written").format(path=path))


def svg(drawn: Graph) -> str | None:
    """Return the routes as a picture by Graphviz's `dot`; None where it is not installed."""
    program = shutil.which("dot")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - the program found above, nothing of the user's
            [program, "-Tsvg"],
            input=dot(drawn),
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise Refusal(
            _("Graphviz could not draw the routes; try without --all, or write a .mmd file")
        ) from error
    return done.stdout
