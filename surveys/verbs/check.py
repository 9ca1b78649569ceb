"""`souspli check FILE…`: every problem of a questionnaire at once."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from surveys.check import check, errors
from surveys.language import _, ngettext
from surveys.load import Loaded, source_of
from surveys.shipped import found_file


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help=_("a questionnaire in YAML, or a shipped one")
    )
    parser.add_argument("--json", action="store_true", help=_("print the problems as JSON"))
    parser.epilog = _("example: souspli check assore/beneficiaires")


def run(arguments: argparse.Namespace) -> int:
    """Check every file; 1 if any has an error."""
    results: dict[str, Loaded] = {}
    for name in arguments.files:
        path = found_file(name)
        results[name] = check(source_of(path), _called(name, path))
    if arguments.json:
        print(
            json.dumps(
                [row for loaded in results.values() for row in _rows(loaded)],
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        for name, loaded in results.items():
            _print(name, loaded)
    return 1 if any(errors(loaded) for loaded in results.values()) else 0


def _called(name: str, path: Path) -> str:
    return name if Path(name) == path else path.name


def _rows(loaded: Loaded) -> list[dict[str, object]]:
    return [
        {
            "file": problem.place.file,
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


def _print(name: str, loaded: Loaded) -> None:
    for problem in loaded.problems:
        print(
            _("warning: {problem}").format(problem=problem)
            if problem.severity == "warning"
            else problem
        )
    found = len(errors(loaded))
    if found:
        print(ngettext("{name}: {n} error", "{name}: {n} errors", found).format(name=name, n=found))
    elif loaded.instrument is not None:
        asked = sum(1 for _question in loaded.instrument.questions())
        print(
            ngettext("{name}: good, {n} item", "{name}: good, {n} items", asked).format(
                name=name, n=asked
            )
        )
