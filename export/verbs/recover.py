"""`souspli recover FILE…`: records of interviews under way that nobody can finish."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from export import custody
from export.holders import destruction
from export.study import read_study
from export.unsealing import recovery
from export.unsealing.recovery import Recovered
from export.verbs import study_keys_order, study_option
from interviewer import passphrases
from surveys.language import _, ngettext, printable
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help=_("a draft, or a bundle handed over with --lost-passphrase"),
    )
    study_option(parser)
    parser.add_argument("--json", action="store_true", help=_("print the summary as JSON"))
    passphrases.describe(parser, study_keys_order())
    parser.epilog = _("example: souspli recover /media/usb/souspli-L01 --study assore")


def run(arguments: argparse.Namespace) -> int:
    """Make records of drafts; 1 if any was left as it is."""
    study = read_study(arguments.study)
    drafts = recovery.drafts_in(arguments.paths)
    destruction.require_undestroyed(study, ["study", "escrow"])
    given = passphrases.Passphrases(arguments.passphrase_fd)
    identities = custody.unlocked(study.study_keys, given)
    recovered = recovery.recover(study, drafts, identities, datetime.now(UTC))
    if arguments.json:
        print(json.dumps(_summary(recovered), ensure_ascii=False, indent=1))
    else:
        say("\n".join(told(recovered)))
    return 1 if recovered.refused else 0


def _summary(recovered: Recovered) -> dict[str, object]:
    return {
        "recovered": list(recovered.made),
        "known": list(recovered.known),
        "refused": [{"name": one.name, "reason": one.reason} for one in recovered.refused],
    }


def told(recovered: Recovered) -> list[str]:
    """Return what was recovered in words, one line a thing."""
    lines = []
    for one in recovered.refused:
        name = printable(one.name)
        lines.append(
            _("{name}: left as it is; {why}").format(name=name, why=recovery.why(one.reason))
        )
    n, known = len(recovered.made), len(recovered.known)
    told_made = ngettext(
        "{n} interview recovered, as far as it went; what was for the custodian alone is not in it.",
        "{n} interviews recovered, as far as they went; what was for the custodian alone is not in them.",
        n,
    )
    lines.append(told_made.format(n=n))
    if known:
        lines.append(
            ngettext("{n} was there already.", "{n} were there already.", known).format(n=known)
        )
    return lines
