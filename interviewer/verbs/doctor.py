"""`souspli doctor`: what this machine cannot ensure."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import asdict
from datetime import datetime

from interviewer.device import default_home
from interviewer.doctor import Finding, Machine, Verdict, examine
from interviewer.verbs import home_option
from surveys.language import _
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    home_option(parser)
    parser.add_argument("--json", action="store_true", help=_("print the findings as JSON"))
    parser.epilog = _("example: souspli doctor --json")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; 1 if something must be mended before an interview."""
    size = shutil.get_terminal_size()
    found = examine(
        Machine(
            home=arguments.home or default_home(),
            now=datetime.now(),
            columns=size.columns,
            rows=size.lines,
            encoding=sys.stdout.encoding or "",
        )
    )
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=1))
    else:
        _print(found)
    return 1 if any(finding.verdict == "bad" for finding in found) else 0


def _print(found: tuple[Finding, ...]) -> None:
    words: dict[Verdict, str] = {
        "good": _("good"),
        "warning": _("to know"),
        "unknown": _("unknown"),
        "bad": _("to mend"),
    }
    width = max(len(word) for word in words.values())
    for finding in found:
        say(f"{words[finding.verdict]:<{width}}  {finding.text}")
