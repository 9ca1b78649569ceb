"""`souspli demo [DIR]`: a whole study on this machine, in one go. Everybody in it is simulated."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from export import bars, custody, layout, numerals
from export.datasets import dataset
from export.datasets.dataset import Contents
from export.demo import stages
from export.demo.stages import Stage
from export.disclosure import gate, log
from export.disclosure.publishing import publish
from export.disclosure.rules import Rules
from export.drawing.sample import read_sample
from export.estimating import tabulation
from export.estimating.asked import estimate_rows
from export.estimating.figures import print_estimates
from export.estimating.tabulation import read_plan
from export.modelling import reading
from export.modelling.reading import read_model
from export.modelling.told import assumed_told, how_sure, in_short
from export.reporting.page import html
from export.reporting.publishing import checked
from export.reporting.report import Report, report
from export.respondents import remarks, responses
from export.respondents.responses import Responses
from export.respondents.table import shuffled
from export.response.progress import progress
from export.scripts.beside import beside
from interviewer import age
from interviewer.files import write_durably
from interviewer.interview import begin
from interviewer.scrub import Scrubber
from interviewer.sitting import Setting, Sitting
from surveys import language
from surveys.language import _
from surveys.plan import Plan
from surveys.problems import Refusal

MARK = "SIMULATED"  # a file that says so, and that the folder may be replaced by another demo
HEADLINES = ("prop(reduced_crack)", "prop(stopped_crack)")
CHANGE = ("change(days_crack_before, days_crack_now)",)
DATASET = "simulated.age"
REPORT = "report.html"


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("souspli-demo"),
        metavar="DIR",
        help=_("where to make it"),
    )
    parser.add_argument("--again", action="store_true", help=_("replace the demo that is there"))
    parser.epilog = _("example: souspli demo ~/souspli-demo")


def run(arguments: argparse.Namespace) -> int:
    """Make the study, hold the interviews, collect, export, estimate, and say where all of it lies."""
    console = layout.console()
    folder = _empty(arguments.folder, again=arguments.again)
    console.print(
        _("A whole study, simulated: nobody in it is real, and every record says so."), style="bold"
    )
    _step(
        console,
        1,
        _("A frame, keys for each role, the study, the draw, a laptop."),
    )
    stage = stages.prepare(folder)
    _drawn(console, stage)
    _step(console, 2, _("The interviews: each answer reduced, each interview sealed as it ends."))
    _interviews(console, stage)
    _step(console, 3, _("Hand-over, and collecting: nothing is opened, a receipt goes back."))
    taken = stages.collected(
        stage, folder / "stick", datetime.now(UTC), bars.shown(_("Collecting"))
    )
    told = _("{n} records taken in, {bad} set aside; each of {size} bytes, whatever it holds.")
    console.print(
        told.format(n=len(taken.taken), bad=len(taken.quarantined), size=stages.sealed_size(stage))
    )
    _step(
        console,
        4,
        _("Opening them with the study's key: who answered, an encrypted dataset, estimates."),
    )
    given = _opened(stage)
    _export(given, folder)
    _answered(console, given)
    print_estimates(console, given, estimate_rows(given, (*HEADLINES, *CHANGE)))
    _explain(console)
    _step(
        console,
        5,
        _("Ten years of it: what it would cost and yield, from these estimates and others."),
    )
    made = _made(given)
    _compared(console, made)
    _step(console, 6, _("The report: one page, compared with all that was published before."))
    _publish(made, folder)
    _where(console, folder)
    return 0


def _empty(folder: Path, *, again: bool) -> Path:
    """Return the folder, empty and marked; only a former demo is ever removed."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise Refusal(_("{folder}: is not empty; give a folder that is").format(folder=folder))
        if not again:
            raise Refusal(
                _("{folder}: holds a demo; add --again to replace it").format(folder=folder)
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text(
        _("Everything in this folder is simulated. Its passphrases are public.") + "\n", "utf-8"
    )
    return folder


def _step(console: Console, number: int, what: str) -> None:
    console.print(f"\n{number}. {what}", style="bold")


def _drawn(console: Console, stage: Stage) -> None:
    from export.verbs.draw import told

    for line in told(stage.drawn):
        console.print(line)


def _interviews(console: Console, stage: Stage) -> None:
    mine = _mine(console) if sys.stdin.isatty() and sys.stdout.isatty() else _nobody
    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        bar = progress.add_task(_("Interviewing"), total=len(stage.cases), start=False)

        def first(ready: Plan) -> Sitting | None:
            progress.stop()
            sitting = mine(ready)
            progress.start()
            return sitting

        for done in stages.fieldwork(stage, first):
            progress.update(bar, completed=done)
    told = _(
        "{n} cases worked: interviews, refusals, break-offs and people not found, each a sealed record."
    )
    console.print(told.format(n=len(stage.cases)))


def _nobody(ready: Plan) -> Sitting | None:
    return None


def _mine(console: Console) -> Callable[[Plan], Sitting | None]:
    """Return what holds the first interview with the person at the terminal."""

    def hold(ready: Plan) -> Sitting | None:
        import questionary

        from interviewer import screen

        console.print(
            _(
                "The first interview is with you. Ctrl-X leaves it whenever you like; the rest is simulated."
            )
        )
        choices = [
            questionary.Choice(_("Begin the interview"), value=True),
            questionary.Choice(_("Leave it to a simulated respondent"), value=False),
        ]
        if not questionary.select(
            _("Ready?"), choices, instruction=_("(arrows, then Enter)")
        ).unsafe_ask():
            return None
        known = ready.instrument.languages
        spoken = language.from_environment()
        interview = begin(
            ready, datetime.now().astimezone(), "demo", spoken if spoken in known else ""
        )
        sitting = screen.hold(interview, Setting("Demo", Scrubber(), is_practice=True))
        return sitting if sitting.interview.answers else None

    return hold


def _opened(stage: Stage) -> Responses:
    identities = custody.open_key(stage.study.study_key, stages.PASSPHRASE)
    found = responses.chosen(stage.study, stages.INSTRUMENT)
    return responses.responses(
        stage.study,
        found,
        identities,
        "demo",
        datetime.now(UTC),
        bars.shown(_("Opening")),
        with_texts=False,
    )


def _answered(console: Console, given: Responses) -> None:
    """Say how many of those drawn answered; `souspli progress` says far more."""
    sample, attempts = read_sample(given.study), given.study.rules.attempts
    made = progress(given.found, given.unsealed.records, sample, attempts)
    rate = made.rates(made.whole)["RR2"]
    console.print(remarks.told(given))
    if rate is not None:
        console.print(
            _("Response rate (AAPOR RR2): {rate}.").format(rate=numerals.percent(rate, 0))
        )


def _export(given: Responses, folder: Path) -> None:
    """Write the dataset under the public passphrase, as `souspli export --passphrase` would."""
    study, instrument = given.study, given.found.instrument
    asked = read_plan(study.folder / tabulation.NAME, study).wanted
    people = shuffled(given.people, secrets.SystemRandom())
    held = given.compact(people)
    contents = Contents(
        given,
        people,
        held,
        gate.assess(held.tables(), instrument, Rules(k=study.k)),
        beside=lambda made, people, prefix: beside(given, asked, made, people, prefix),
    )
    dataset.write(
        study,
        instrument.id,
        held.height,
        dataset.members(contents, language.from_environment()),
        [age.Passphrase(stages.PASSPHRASE, stages.WORK_FACTOR)],
        folder / DATASET,
        key=custody.ledger_key(custody.open_key(study.study_key, stages.PASSPHRASE)),
        now=datetime.now(UTC),
    )


def _made(given: Responses) -> Report:
    """Return the report on the study by its own plan and its own model."""
    study = given.study
    plan = read_plan(study.folder / tabulation.NAME, study)
    model = read_model(study.folder / reading.NAME)
    return report(given, (), {plan.instrument: plan}, model, datetime.now(UTC))


def _compared(console: Console, made: Report) -> None:
    """Say what comes of the model, and how much of it nobody has found out."""
    if made.model is None:
        raise AssertionError("the demonstration's study has a model")
    for at in range(1, len(made.model.model.strategies)):
        console.print(in_short(made.model, at))
        console.print(how_sure(made.model, at))
    console.print(
        _("{assumed}: it shows how such a comparison is made, and is no finding.").format(
            assumed=assumed_told(made.model.model)
        )
    )


def _publish(made: Report, folder: Path) -> None:
    """Write the report as `souspli report` would; it needs no override."""
    study, now = made.study, datetime.now(UTC)
    identities = custody.open_key(study.study_key, stages.PASSPHRASE)
    found = checked(made, log.read(study, identities), now)
    key = custody.ledger_key(identities)
    publish(study, found.published, found.findings, "", key, now)
    write_durably(folder / REPORT, html(made), mode=0o644)


def _explain(console: Console) -> None:
    console.print(
        _(
            "The published figures are 87 % (79.9 to 92.0) and 19 % (12.5 to 26.5), if 93 and 20 of 107 "
            "answered so in a simple random sample. These differ: people are simulated, some of the 107 "
            "refuse, break off or are not found, the sample is stratified by hotel, and those who "
            "answer count for those of their stratum who do not."
        )
    )


def _where(console: Console, folder: Path) -> None:
    console.print("\n" + _("Where everything lies"), style="bold")
    for path, what in (
        ("frame.csv", _("the frame")),
        ("study/", _("the study lead's folder")),
        ("custodian/ escrow/", _("keys the lead does not hold")),
        ("laptop/", _("the laptop, which could not read its records")),
        ("stick/", _("what the laptop handed over, and the receipt that came back")),
        (DATASET, _("the encrypted dataset")),
        (REPORT, _("the report, for any browser")),
    ):
        console.print(f"  {folder.name}/{path:<20} {what}")
    console.print(
        _("The dataset's passphrase, public since everything here is simulated: {words}").format(
            words=stages.PASSPHRASE.decode()
        )
    )
    console.print(_("An analyst opens the dataset with:"))
    console.print(f"  souspli open {folder / DATASET} --into {folder / 'opened'}", soft_wrap=True)
