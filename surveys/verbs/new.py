"""`souspli new FILE`: a commented questionnaire to start from, in the language of the interface."""

from __future__ import annotations

import argparse
from pathlib import Path

from surveys.language import _, from_environment
from surveys.outfile import write_out
from surveys.problems import Usage
from surveys.saying import say

STARTERS = Path(__file__).parent.parent
SUFFIXES = (".yaml", ".yml")


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "file", metavar="FILE", help=_("the file to write, for example survey.yaml")
    )
    parser.epilog = _("example: souspli new survey.yaml")


def run(arguments: argparse.Namespace) -> int:
    """Write the starter; a file that exists is left as it is."""
    path = Path(arguments.file)
    if path.suffix.lower() not in SUFFIXES:
        raise Usage(_("{path}: a questionnaire is a .yaml file").format(path=path))
    write_out(path, starter(from_environment()).encode(), force=False, or_force=False)
    say(_("{path}: written. Change it, then: souspli check {path}").format(path=path))
    return 0


def starter(language: str) -> str:
    """Return the questionnaire to start from, its comments in a language of the interface."""
    return (STARTERS / f"starter.{language}.yaml").read_text("utf-8")
