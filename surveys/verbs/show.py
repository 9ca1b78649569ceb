"""`souspli show FILE`: the outline of a questionnaire with its skips, or its variables as a table."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from surveys.check import check, errors
from surveys.instrument import Group, Instrument, Item, Question
from surveys.language import _
from surveys.load import source_of
from surveys.problems import Refusal
from surveys.shipped import found_file


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("file", metavar="FILE", help=_("a questionnaire in YAML, or a shipped one"))
    parser.add_argument("--variables", action="store_true", help=_("the variables, one a line"))
    parser.add_argument("--json", action="store_true", help=_("the variables as JSON"))
    parser.epilog = _("example: souspli show assore/beneficiaires --variables")


def run(arguments: argparse.Namespace) -> int:
    """Show one questionnaire."""
    path = found_file(arguments.file)
    loaded = check(source_of(path), path.name)
    if loaded.instrument is None or errors(loaded):
        raise Refusal(
            _("{file}: has errors; run: souspli check {file}").format(file=arguments.file)
        )
    if arguments.json:
        print(json.dumps(list(variables(loaded.instrument)), ensure_ascii=False, indent=1))
    elif arguments.variables:
        _table(loaded.instrument)
    else:
        print("\n".join(outline(loaded.instrument)))
    return 0


def outline(instrument: Instrument) -> Iterator[str]:
    """Yield the questionnaire as indented lines, each skip above what it skips."""
    title = instrument.text(instrument.title, instrument.default_language)
    yield f"{title} ({instrument.id} {instrument.version})"
    for item, around in instrument.items():
        indent = "  " * (len(around) + 1)
        if item.relevant:
            yield indent + _("if {condition}").format(condition=item.relevant.text)
        yield indent + _line(instrument, item)


def _line(instrument: Instrument, item: Item) -> str:
    label = instrument.text(item.label, instrument.default_language).replace("\n", " ")
    if isinstance(item, Group):
        return f"[{item.name}] {label}".rstrip()
    listed = f" {item.choices.name}" if item.choices else ""
    return f"{item.name} ({item.kind}{listed}) {label}".rstrip()


def variables(instrument: Instrument) -> Iterator[dict[str, str]]:
    """Yield one row for each variable: name, type, list, what is kept, label."""
    for question in instrument.questions():
        if question.kind != "note":
            yield {
                "name": question.name,
                "type": question.kind,
                "choices": question.choices.name if question.choices else "",
                "keep": kept(question),
                "identifying": question.identifying,
                "label": instrument.text(question.label, instrument.default_language),
            }


def kept(question: Question) -> str:
    """Return the rule of what is kept, as it is written in the file."""
    keep = question.keep
    argument = ", ".join(keep.bands) or keep.number or keep.unit or ", ".join(keep.codes)
    return f"{keep.rule}: {argument}" if argument else keep.rule


def _table(instrument: Instrument) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(_("name"), _("type"), _("kept"), _("label"), box=None, pad_edge=False)
    for row in variables(instrument):
        listed = f" {row['choices']}" if row["choices"] else ""
        table.add_row(row["name"], row["type"] + listed, row["keep"], row["label"])
    Console(markup=False, highlight=False).print(table)
