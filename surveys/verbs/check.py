"""`souspli check FILE…`: every problem of a questionnaire at once, each under the line it stands in."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from surveys.check import errors
from surveys.checks.rendered import LineAt, cells_of, lines_of, print_problems, summary
from surveys.language import _
from surveys.load import Loaded, source_of
from surveys.saying import say
from surveys.shipped import found_file, opened
from surveys.xlsform import opening
from surveys.yamltree import MAX_BYTES

_OURS = ("leak", "direct", "identity", "keep")  # settled by keys that XLSForm does not have


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found in one file, and how to find the line of a place in it."""

    loaded: Loaded
    line_at: LineAt
    is_workbook: bool


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help=_("a questionnaire in YAML, an XLSForm workbook, or a shipped one"),
    )
    parser.add_argument("--json", action="store_true", help=_("print the problems as JSON"))
    parser.add_argument(
        "--accepted", action="store_true", help=_("show what the file accepts, with its reasons")
    )
    parser.epilog = _("example: souspli check assore/beneficiaires")


def run(arguments: argparse.Namespace) -> int:
    """Check every file; 1 if any has an error."""
    results = {name: _check(name) for name in arguments.files}
    if arguments.json:
        rows = [row for found in results.values() for row in _rows(found.loaded)]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for name, found in results.items():
            shown = (
                problem
                for problem in found.loaded.problems
                if arguments.accepted or problem.severity != "accepted"
            )
            print_problems(shown, found.line_at)
            say(summary(name, found.loaded))
            if found.is_workbook and any(one.check in _OURS for one in errors(found.loaded)):
                say(_("in a workbook our keys are columns, such as bind::souspli:keep"))
    return 1 if any(errors(found.loaded) for found in results.values()) else 0


def _check(name: str) -> _Checked:
    path = found_file(name)
    called = name if Path(name) == path else path.name
    if path.suffix.lower() in opening.SUFFIXES:
        found = opening.opened(path, called)
        return _Checked(found.loaded, cells_of(found.cells), is_workbook=True)
    return _Checked(opened(path, called), lines_of(source_of(path, MAX_BYTES)), is_workbook=False)


def _rows(loaded: Loaded) -> list[dict[str, object]]:
    return [
        {
            "file": problem.place.file,
            "sheet": problem.place.sheet,
            "line": problem.place.line,
            "column": problem.place.column,
            "severity": problem.severity,
            "check": problem.check,
            "subject": problem.subject,
            "fact": problem.fact,
            "remedy": problem.remedy,
        }
        for problem in loaded.problems
    ]
