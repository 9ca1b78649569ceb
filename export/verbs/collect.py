"""`souspli collect BUNDLE…`: take in sealed records; no key is needed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from export import bars
from export.collect import Collected, collect, why
from export.study import read_study
from surveys.language import _, ngettext


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "bundles", nargs="+", type=Path, metavar="BUNDLE", help=_("a folder of sealed records")
    )
    parser.add_argument(
        "--study", type=Path, default=Path(), metavar="DIR", help=_("the study folder")
    )
    parser.add_argument("--json", action="store_true", help=_("print the summary as JSON"))
    parser.epilog = _("example: souspli collect /media/usb/L01 --study assore")


def run(arguments: argparse.Namespace) -> int:
    """Take in what is good; 1 if anything was set aside."""
    collected = collect(read_study(arguments.study), arguments.bundles, bars.shown(_("Collecting")))
    if arguments.json:
        print(json.dumps(_summary(collected), ensure_ascii=False, indent=1))
    else:
        print("\n".join(told(collected)))
    return 1 if collected.quarantined else 0


def _summary(collected: Collected) -> dict[str, object]:
    return {
        "taken": len(collected.taken),
        "known": len(collected.known),
        "others": collected.others,
        "quarantined": [{"name": one.name, "reason": one.reason} for one in collected.quarantined],
    }


def told(collected: Collected) -> list[str]:
    """Return the collection in words, one line a thing."""
    new, known, wrong = len(collected.taken), len(collected.known), len(collected.quarantined)
    lines = [
        f"{_printable(one.name)}: " + _("set aside; {why}").format(why=why(one.reason))
        for one in collected.quarantined
    ]
    lines.append(ngettext("{n} record taken in.", "{n} records taken in.", new).format(n=new))
    if known:
        lines.append(
            ngettext("{n} was there already.", "{n} were there already.", known).format(n=known)
        )
    if wrong:
        told_wrong = ngettext(
            "{n} file set aside (collected/quarantine).",
            "{n} files set aside (collected/quarantine).",
            wrong,
        )
        lines.append(told_wrong.format(n=wrong))
    if collected.others:
        told_others = ngettext(
            "{n} other file left alone.", "{n} other files left alone.", collected.others
        )
        lines.append(told_others.format(n=collected.others))
    return lines


def _printable(name: str) -> str:
    """Return a file's name without what could steer the terminal."""
    return "".join(character if character.isprintable() else "?" for character in name)
