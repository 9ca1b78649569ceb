"""`souspli report`: the study as one page, from a tabulation plan."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from export import bars, custody
from export.disclosure import differencing, log
from export.disclosure.publishing import publish
from export.estimating.tabulation import Tabulation, own_plan, read_plan
from export.modelling.fed import asked_of
from export.modelling.model import Model
from export.modelling.reading import NAME, read_model
from export.reporting.page import html
from export.reporting.publishing import Checked, checked
from export.reporting.report import Report, report
from export.respondents import remarks, responses
from export.respondents.counting import ANSWERED
from export.respondents.responses import Responses
from export.respondents.versions import whole
from export.study import Study, StudyInstrument, read_study
from export.verbs import reason_of, require_new, study_keys_order, study_option
from interviewer import passphrases
from interviewer.files import write_durably
from surveys.language import _, ngettext
from surveys.problems import Usage
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    study_option(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE.html", help=_("the page to write")
    )
    parser.add_argument(
        "--plan",
        type=Path,
        action="append",
        default=[],
        metavar="FILE.yaml",
        help=_(
            "a tabulation plan, again for another questionnaire; the study's tables.yaml, or all that "
            "can be shown, if not given"
        ),
    )
    parser.add_argument(
        "--model",
        metavar="FILE.yaml",
        help=_("a medico-economic model; the study's model.yaml if not given"),
    )
    parser.add_argument(
        "--override",
        metavar="REASON",
        help=_("publish it in spite of what is found against it; the reason goes into the ledger"),
    )
    parser.add_argument("--json", action="store_true", help=_("print the summary as JSON"))
    passphrases.describe(parser, study_keys_order())
    parser.epilog = _(
        "The page holds no case and no record, and no figure of fewer respondents than the study's "
        "threshold.\nexample: souspli report --study assore --out report.html"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the page; what is asked is read before anything is opened."""
    study = read_study(arguments.study)
    require_new(arguments.out, ".html")
    reason = reason_of(arguments.override)
    plans = _plans(study, arguments.plan)
    main = responses.of_people(study)
    _require_about(plans, (main, *_others(study, main)))
    model = _model(study, arguments.model)
    if model is not None:
        asked_of(model, whole(main))
    for one in (main, *_others(study, main)):
        responses.require_ready(study, one)
    secrets = passphrases.Passphrases(arguments.passphrase_fd)
    identities = custody.unlocked(study.study_keys, secrets)
    now, track = datetime.now(UTC), bars.shown(_("Opening"))
    given = responses.responses(study, main, identities, "report", now, track, with_texts=False)
    for remark in remarks.of_all(given):
        say(remark, file=sys.stderr)
    others = [
        responses.responses(study, one, identities, "report", now, with_texts=False)
        for one in _others(study, main)
        if _answered(given, one)
    ]
    made = report(given, others, plans, model, now)
    content = html(made)
    found = checked(made, log.read(study, identities), now)
    key = custody.ledger_key(identities)
    publish(study, found.published, found.findings, reason, key, now)
    write_durably(arguments.out, content, mode=0o644)
    _tell(made, found, arguments.out, content, as_json=arguments.json)
    return 0


def _plans(study: Study, given: Sequence[Path]) -> dict[str, Tabulation]:
    """Return the plans given, or the study's own, by the questionnaire they are about."""
    own = own_plan(study)
    paths = list(given) or ([own] if own else [])
    found: dict[str, Tabulation] = {}
    for path in paths:
        plan = read_plan(path, study)
        if plan.instrument in found:
            raise Usage(
                _("two plans are about the questionnaire “{name}”; give one").format(
                    name=plan.instrument
                )
            )
        found[plan.instrument] = plan
    return found


def _require_about(plans: Mapping[str, Tabulation], told: Sequence[StudyInstrument]) -> None:
    """Refuse a plan about a questionnaire that has no part in a report."""
    for name in plans:
        if name not in {one.instrument.id for one in told}:
            raise Usage(
                _(
                    "a report is about the people drawn and about professionals; a plan for “{name}” has "
                    "no place in it"
                ).format(name=name)
            )


def _others(study: Study, main: StudyInstrument) -> list[StudyInstrument]:
    """Return the questionnaires of professionals, which stand beside the one of the people drawn."""
    return [one for one in study.instruments if one.unit == "professional" and one is not main]


def _model(study: Study, given: str | None) -> Model | None:
    """Return the model given, or the study's own, None where it has none."""
    own = study.folder / NAME
    if given is None and not own.is_file():
        return None
    return read_model(given or str(own))


def _answered(given: Responses, one: StudyInstrument) -> bool:
    """Whether enough people answered another questionnaire for anything to be said of them."""
    n = sum(
        record.instrument == one.instrument.id and record.status in ANSWERED
        for record in given.unsealed.records
    )
    return n >= max(given.study.cell_threshold, 1)


def _tell(made: Report, found: Checked, out: Path, content: bytes, *, as_json: bool) -> None:
    n = len(made.main.given.people.people)
    if as_json:
        summary = {
            "file": str(out),
            "sha256": hashlib.sha256(content).hexdigest(),
            "study": made.study.id,
            "simulated": made.study.is_practice,
            "drawn": made.main.given.people.drawn,
            "respondents": {
                one.given.found.instrument.id: len(one.given.people.people) for one in made.parts
            },
            "findings": list(differencing.told_in_words(found.findings)),
            "overridden": len(found.refusing),
        }
        print(json.dumps(summary, ensure_ascii=False, indent=1))
        return
    say(remarks.told(made.main.given))
    for line in differencing.told_in_words(found.findings):
        say(line, file=sys.stderr)
    told = ngettext(
        "{out}: a page about {n} respondent, for any browser, and to print.",
        "{out}: a page about {n} respondents, for any browser, and to print.",
        n,
    )
    say(told.format(out=out, n=n))
