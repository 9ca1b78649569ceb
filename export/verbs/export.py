"""`souspli export`: an encrypted dataset, from the records collected."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from export import bars, custody
from export.datasets import dataset
from export.datasets.dataset import Beside
from export.drawing.fraction import fraction
from export.estimating.tabulation import own_plan, read_plan
from export.estimating.wanted import Wanted, wanted
from export.respondents import remarks, responses
from export.respondents.part import Part, subsample
from export.respondents.responses import Responses
from export.respondents.weight import Respondents
from export.scripts.beside import beside
from export.study import Study, StudyInstrument, read_study
from export.verbs import study_keys_order, study_option
from interviewer import age, passphrases
from surveys import language
from surveys.language import _, ngettext
from surveys.problems import Refusal, Usage
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    study_option(parser)
    parser.add_argument(
        "--instrument", metavar="ID", help=_("the questionnaire; the study's first if not given")
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help=_("the dataset to write; it ends in .age"),
    )
    reader = parser.add_mutually_exclusive_group(required=True)
    reader.add_argument(
        "--to", metavar="KEY", help=_("the analyst's recipient, or the file holding it")
    )
    reader.add_argument(
        "--passphrase", action="store_true", help=_("under a passphrase, which is asked for")
    )
    parser.add_argument(
        "--sample", metavar="SHARE", help=_("a part of the respondents, for example 20%%")
    )
    parser.add_argument(
        "--seed",
        metavar="TEXT",
        help=_("what chooses the part; the questionnaire's hash if not given"),
    )
    parser.add_argument(
        "--texts",
        action="store_true",
        help=_("with people's own words, which are left out otherwise"),
    )
    parser.add_argument(
        "--estimate",
        action="append",
        default=[],
        metavar="EXPR",
        help=_("what the scripts beside the data compute, as for estimate; again for another"),
    )
    parser.add_argument(
        "--plan",
        type=Path,
        metavar="FILE.yaml",
        help=_("a tabulation plan that they compute; the study's tables.yaml if not given"),
    )
    parser.add_argument("--json", action="store_true", help=_("print the summary as JSON"))
    order = _("{keys}; then the dataset's with --passphrase").format(keys=study_keys_order())
    passphrases.describe(parser, order)
    parser.epilog = _("example: souspli export --study assore --to analyst.pub --out assore.age")


def run(arguments: argparse.Namespace) -> int:
    """Write the dataset; nothing is opened before what was asked for is known to be possible."""
    study = read_study(arguments.study)
    found = responses.chosen(study, arguments.instrument)
    share = fraction(arguments.sample) if arguments.sample else None
    if share is not None and not 0 < share <= 1:
        raise Refusal(_("--sample takes a share above 0 and at most 100 %"))
    asked = _asked(arguments, study, found)
    if arguments.out.suffix.lower() != ".age":
        raise Usage(_("{path}: give a name that ends in .age").format(path=arguments.out))
    if arguments.out.exists():
        raise Refusal(_("{path}: exists already; give another name").format(path=arguments.out))
    responses.require_ready(study, found)
    secrets_given = passphrases.Passphrases(arguments.passphrase_fd)
    identities = custody.unlocked(study.study_keys, secrets_given)
    reader = _reader(arguments.to, secrets_given)
    now = datetime.now(UTC)
    given = responses.responses(study, found, identities, "export", now, bars.shown(_("Opening")))
    people, part = given.people, None
    if share is not None:
        seed = arguments.seed or found.instrument.digest
        people, part = (
            subsample(people, share, seed),
            Part(arguments.sample, seed, len(people.people)),
        )
    spoken = language.from_environment()
    content = dataset.build(
        given,
        people,
        secrets.SystemRandom(),
        spoken,
        part=part,
        with_texts=arguments.texts,
        beside=None if part else _beside(given, asked),
    )
    digest = dataset.write(
        study,
        found.instrument.id,
        len(people.people),
        dataset.sealed(content, reader),
        arguments.out,
        key=custody.ledger_key(identities),
        now=now,
    )
    _tell(given, people, arguments.out, digest, as_json=arguments.json)
    return 0


def _asked(
    arguments: argparse.Namespace, study: Study, found: StudyInstrument
) -> tuple[Wanted, ...]:
    """Return what the scripts compute: the expressions given, the plan given, or the study's own."""
    if arguments.sample and (arguments.estimate or arguments.plan):
        raise Usage(
            _("a part of the respondents gives other figures than the study; leave --sample out")
        )
    if arguments.estimate and arguments.plan:
        raise Usage(_("give --estimate or --plan, not both"))
    if arguments.estimate:
        return tuple(wanted(found.instrument, text) for text in arguments.estimate)
    path = arguments.plan or (None if arguments.sample else own_plan(study))
    if path is None:
        return ()
    plan = read_plan(path, study)
    if plan.instrument == found.instrument.id:
        return plan.wanted
    if arguments.plan:
        raise Usage(
            _("{path} is about the questionnaire “{name}”; give --instrument {name}").format(
                path=path, name=plan.instrument
            )
        )
    return ()


def _beside(given: Responses, asked: tuple[Wanted, ...]) -> Beside:
    return lambda made, people, prefix: beside(given, asked, made, people, prefix)


def _reader(to: str | None, given: passphrases.Passphrases) -> age.Recipient:
    if to is not None:
        return age.HybridRecipient.parse(custody.recipient_of(to))
    return age.Passphrase(given.new(_("the dataset")))


def _tell(given: Responses, people: Respondents, out: Path, digest: str, *, as_json: bool) -> None:
    for remark in remarks.of_all(given):
        say(remark, file=sys.stderr)
    n = len(people.people)
    if as_json:
        summary = {
            "file": str(out),
            "sha256": digest,
            "rows": n,
            "simulated": given.study.is_practice,
        }
        print(json.dumps(summary, ensure_ascii=False, indent=1))
        return
    if given.study.is_practice:
        say(_("SIMULATED: this is a practice study; the dataset says so."))
    say(remarks.told(given))
    say(
        ngettext("{out}: {n} row, encrypted.", "{out}: {n} rows, encrypted.", n).format(
            out=out, n=n
        )
    )
    say(
        _("Its reader opens it with: souspli open {out} --into DIR (or age, 1.3 or newer)").format(
            out=out
        )
    )
