"""`souspli audit`: the integrity of interviewing; cases to check back; what checking them has shown."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from rich.console import Console

from export import bars, custody, layout
from export.auditing import as_json, backcheck, checked, page
from export.auditing.audit import Desk, audit
from export.auditing.comparison import compare
from export.auditing.said import held
from export.collecting import quarantine, refused
from export.drawing.fraction import fraction
from export.drawing.sample import read_sample
from export.laptops import accounts
from export.respondents import counting, remarks, responses
from export.respondents.versions import Merged, merged
from export.study import Study, StudyInstrument, read_study
from export.unsealing.unseal import Unsealed, unseal_all
from export.verbs import study_option
from interviewer import outbox, passphrases
from interviewer.files import write_durably
from surveys.language import _, ngettext
from surveys.problems import Refusal, Usage
from surveys.saying import say

_WITH_CASE = ("person", "back_check")  # the units whose records can be of one case


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    study_option(parser)
    parser.add_argument(
        "--instrument", metavar="ID", help=_("the questionnaire; the study's first if not given")
    )
    parser.add_argument(
        "--match",
        default="85%",
        metavar="85%",
        help=_("from which share of identical answers on two interviews are listed"),
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--back-check",
        metavar="10%",
        help=_("instead: choose this share of each interviewer's cases, one at least"),
    )
    what.add_argument(
        "--compare",
        metavar="ID",
        help=_("instead: compare interviews with those held to check them, by their questionnaire"),
    )
    parser.add_argument(
        "--seed",
        metavar="TEXT",
        help=_("with --back-check: what decides which; the same text chooses the same cases"),
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=_("with --back-check: where the list of cases goes, as CSV"),
    )
    parser.add_argument("--json", action="store_true", help=_("print it as JSON"))
    passphrases.describe(parser, _("the study key's"))
    parser.epilog = _(
        "Records keep the week of an interview, never its day. No answer and no case is printed.\n"
        "The exit status is 1 where a record collected cannot be used, and otherwise 0 whatever the figures "
        "say: one is a reason to ask, not proof.\n"
        "example: souspli audit --study assore\n"
        'example: souspli audit --back-check 10% --seed "dice: 4 2 6 1" --out back-check.csv'
    )


def run(arguments: argparse.Namespace) -> int:
    """Audit, choose or compare; what is not possible is refused before anything is opened."""
    study = read_study(arguments.study)
    found = responses.chosen(study, arguments.instrument)
    match = fraction(arguments.match)
    if not 0 < match <= 1:
        raise Usage(_("--match takes a share above 0 and at most 1, for example 85%"))
    if arguments.back_check is not None:
        return _choose(study, found, arguments)
    if arguments.seed is not None or arguments.out is not None:
        raise Usage(_("give --seed and --out with --back-check 10%"))
    if arguments.compare is not None:
        return _compare(study, found, arguments)
    return _audit(study, found, match, arguments)


def _opened(study: Study, purpose: str, arguments: argparse.Namespace, *wholes: Merged) -> Unsealed:
    """Open the records, which the study's ledger then says, and what for.

    They say everything under the names of the questionnaires given, each of all its versions.
    """
    secrets = passphrases.Passphrases(arguments.passphrase_fd)
    identities = custody.unlocked(study.study_keys, secrets)
    now = datetime.now(UTC)
    found = unseal_all(study, identities, purpose, now, bars.shown(_("Opening")))
    records = found.records
    for whole in wholes:
        records = tuple(whole.record(one) for one in records)
    return replace(found, records=records)


def _remark(unsealed: Unsealed) -> None:
    """Say what came of opening, where no page does."""
    for remark in remarks.of_opening(unsealed):
        say(remark, sys.stderr)


def _status(unsealed: Unsealed) -> int:
    """Return 1 where a record cannot be used; what a destroyed key took with it was meant to go."""
    return 1 if any(one.reason != "destroyed" for one in unsealed.left_out) else 0


def _console(study: Study) -> Console:
    """Return the console, once it is said where everything is simulated."""
    console = layout.console()
    layout.print_practice(console, is_practice=study.is_practice)
    return console


def _about(study: Study, found: StudyInstrument) -> dict[str, object]:
    return {
        "study": study.id,
        "instrument": found.instrument.id,
        "simulated": study.is_practice,
    }


def _print_json(value: dict[str, object]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


# --- the audit ------------------------------------------------------------------------------------


def _audit(
    study: Study, found: StudyInstrument, match: Fraction, arguments: argparse.Namespace
) -> int:
    sample = read_sample(study)
    whole = merged(found.versions)
    unsealed = _opened(study, f"audit {found.instrument.id}", arguments, whole)
    _best, unused = counting.counted(found, unsealed.records, sample)
    desk = Desk(
        ledgers=accounts.all_of(study),
        collected=frozenset(outbox.ids(study.collected)),
        withdrawn=refused.of_study(study),
        quarantined=quarantine.count(study.collected),
    )
    made = audit(whole.instrument, unsealed, unused, desk, match)
    if arguments.json:
        _print_json(_about(study, found) | as_json.audit_json(made))
    else:
        page.print_audit(_console(study), made)
    return _status(unsealed)


# --- cases to check back --------------------------------------------------------------------------


def _choose(study: Study, found: StudyInstrument, arguments: argparse.Namespace) -> int:
    if arguments.seed is None or arguments.out is None:
        raise Usage(_("give --seed TEXT and --out FILE with --back-check"))
    if found.unit != "person":
        raise Usage(_("only interviews of people drawn have a case to check back"))
    part = fraction(arguments.back_check)
    if not 0 < part <= 1:
        raise Usage(_("--back-check takes a share above 0 and at most 1, for example 10%"))
    seed = backcheck.seed_bytes(study.id, found.instrument.id, arguments.seed)
    if arguments.out.exists():
        raise Refusal(_("{path}: exists already; give another name").format(path=arguments.out))
    sample = read_sample(study)
    purpose = f"audit {found.instrument.id} --back-check {part} --seed {arguments.seed}"
    unsealed = _opened(study, purpose, arguments)
    _remark(unsealed)
    best, _unused = counting.counted(found, unsealed.records, sample)
    made = backcheck.chosen(best.values(), part, seed)
    write_durably(arguments.out, made.csv().encode("utf-8"))
    if arguments.json:
        _print_json(
            _about(study, found)
            | {
                "chosen": len(made.cases),
                "of": made.of,
                "fraction": str(part),
                "seed": arguments.seed,
                "file": str(arguments.out),
            }
        )
        return _status(unsealed)
    told = ngettext(
        "{n} case to check back, of {of} with an interview; seed: {seed}",
        "{n} cases to check back, of {of} with an interview; seed: {seed}",
        len(made.cases),
    )
    say(told.format(n=len(made.cases), of=made.of, seed=arguments.seed))
    say(
        _(
            "{path}: for fieldwork; it names cases. Its column “place” is to be filled in (docs/auditing.md)."
        ).format(path=arguments.out)
    )
    return _status(unsealed)


# --- what checking back has shown -----------------------------------------------------------------


def _compare(study: Study, found: StudyInstrument, arguments: argparse.Namespace) -> int:
    other = responses.chosen(study, arguments.compare)
    if found.unit != "person" or other.unit not in _WITH_CASE:
        raise Usage(
            _(
                "only interviews of people drawn can be compared; give a questionnaire of unit person "
                "or back_check"
            )
        )
    sample = read_sample(study)
    purpose = f"audit {found.instrument.id} --compare {other.instrument.id}"
    whole, checking = merged(found.versions), merged(other.versions)
    wholes = [whole] if other.instrument.id == found.instrument.id else [whole, checking]
    unsealed = _opened(study, purpose, arguments, *wholes)
    _remark(unsealed)
    best, _unused = counting.counted(found, unsealed.records, sample)
    checks = held(unsealed.records, other.instrument)
    made = compare(best, checks, whole.instrument, checking.instrument)
    if arguments.json:
        about = _about(study, found) | {"compared_with": other.instrument.id}
        _print_json(about | as_json.comparison_json(made))
    else:
        checked.print_comparison(_console(study), made)
    return _status(unsealed)
