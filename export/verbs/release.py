"""`souspli release N --reason TEXT`: a batch of the reserve, in the order of the draw."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime

from export.drawing import releases, reserve
from export.drawing.sample import DrawnCase, newly_released, read_sample
from export.study import Study, read_study
from export.verbs import signing_key, study_option
from interviewer import passphrases
from interviewer.scrub import Scrubber
from surveys import codes
from surveys.language import _, ngettext
from surveys.problems import Refusal, Usage
from surveys.saying import say

_LONGEST = 500  # characters of a reason: it is a line of the ledger


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "count",
        type=int,
        nargs="?",
        metavar="N",
        help=_("how many people (or clusters, where whole clusters were drawn) to release"),
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help=_("why; it is kept for good"))
    parser.add_argument(
        "--stratum", type=int, metavar="K", help=_("of this stratum alone; of all if not given")
    )
    study_option(parser)
    parser.add_argument("--json", action="store_true", help=_("print the result as JSON"))
    passphrases.describe(parser, _("signing.key's"))
    parser.description = _(
        "Release a batch of cases from the reserve: the next of each stratum in the order of the draw, "
        "nobody's choice. Those released count as drawn for good, and those they are meant to make up "
        "for stay in the denominator. Without N: what is left, and what was released."
    )
    parser.epilog = _(
        "example: souspli release 15 --reason 'response under 60 % in week 3' --study assore"
    )


def run(arguments: argparse.Namespace) -> int:
    """Release a batch, or say what is left."""
    study = read_study(arguments.study)
    sample = read_sample(study)
    if sample is None:
        raise Refusal(_("nothing is drawn in this study; draw its sample first: souspli draw"))
    if arguments.count is None:
        _tell_reserve(sample, releases.read(study), as_json=arguments.json)
        return 0
    if arguments.count < 1:
        raise Usage(_("give a number of 1 or more"))
    reason = _reason(arguments.reason, study)
    shared = reserve.shared(reserve.cells(sample), arguments.count, arguments.stratum)
    say(_in_words(shared, arguments.count), file=sys.stderr)
    say(_("The ledger will say why, for good: {reason}").format(reason=reason), file=sys.stderr)
    key = signing_key(study, passphrases.Passphrases(arguments.passphrase_fd))
    now = datetime.now(UTC)
    batch = releases.new_batch(shared, reason, now)
    people = newly_released(sample.values(), batch)
    number = 1 + max(one.batch or 0 for one in sample.values())
    releases.add(study, number, batch, people, key, now)
    if arguments.json:
        print(json.dumps({"batch": number, "cases": people, "released": shared}))
        return 0
    say(
        ngettext("Batch {k}: {n} case released.", "Batch {k}: {n} cases released.", people).format(
            k=number, n=people
        )
    )
    say(_("The custodian gives them to laptops (souspli assign), then write the kits anew."))
    return 0


def _reason(given: str, study: Study) -> str:
    """Return the reason on one line; Usage unless there is one that names nobody and no case."""
    reason = " ".join(given.split())
    if not reason or len(reason) > _LONGEST or not reason.isprintable():
        raise Usage(
            _("say why, in up to {n} characters: --reason TEXT (no name, no case)").format(
                n=_LONGEST
            )
        )
    names_a_case = any(codes.is_case(codes.normal(word)) for word in reason.split())
    if names_a_case or Scrubber(study.words).scrub(reason).found:
        raise Usage(
            _(
                "the reason seems to name a person, a hotel, a number or a case, and the ledger keeps it "
                "for good; say it in general words"
            )
        )
    return reason


def _in_words(shared: dict[int, int], count: int) -> str:
    told = ngettext(
        "{n} from {cells} of the draw: the next in its order. They count as drawn for good.",
        "{n} from {cells} of the draw: the next in its order. They count as drawn for good.",
        count,
    )
    cells = ngettext("{n} stratum or cluster", "{n} strata or clusters", len(shared))
    return told.format(n=count, cells=cells.format(n=len(shared)))


def _tell_reserve(
    sample: dict[str, DrawnCase], batches: tuple[releases.Batch, ...], *, as_json: bool
) -> None:
    found = reserve.cells(sample)
    left = sum(cell.left for cell in found)
    if as_json:
        told = {
            "left": {str(cell.number): cell.left for cell in found},
            "batches": [
                {"batch": k, "time": one.time, "reason": one.reason, "released": one.released}
                for k, one in enumerate(batches, start=1)
            ],
        }
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for k, one in enumerate(batches, start=1):
        people = sum(case.batch == k for case in sample.values())
        say(
            ngettext(
                "Batch {k}, {day}: {n} case; {reason}",
                "Batch {k}, {day}: {n} cases; {reason}",
                people,
            ).format(k=k, day=one.time[:10], n=people, reason=one.reason)
        )
    say(ngettext("{n} left in reserve.", "{n} left in reserve.", left).format(n=left))
