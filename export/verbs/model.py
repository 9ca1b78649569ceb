"""`souspli model …`: a medico-economic model checked, run with a study's estimates, or begun from a shipped one."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from export import layout
from export.datasets import csv
from export.estimating.asked import answers
from export.estimating.surveyed import surveyed
from export.modelling import as_csv, printed, shipped, told
from export.modelling.as_json import as_json
from export.modelling.fed import Given, asked_of, fed, given_of, given_of_json
from export.modelling.model import Model
from export.modelling.reading import MOST_DRAWS, MOST_SEED, model_of, read_model
from export.modelling.results import results
from export.respondents import responses
from export.respondents.versions import whole
from export.study import read_study
from export.verbs import require_new, study_keys_order
from export.verbs.opening import opened
from interviewer import passphrases
from interviewer.files import content_of, write_durably
from surveys.checks.rendered import counted, lines_of, print_problems
from surveys.language import _, ngettext
from surveys.outfile import write_out
from surveys.problems import Usage
from surveys.saying import quoted, say, show

_SUFFIXES = (".yaml", ".yml")


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="new | check | run")
    _describe_new(actions.add_parser("new", help=_("a commented model to start from")))
    _describe_check(
        actions.add_parser(
            "check", help=_("every problem of a model at once, and what it takes from a study")
        )
    )
    _describe_run(
        actions.add_parser("run", help=_("what the strategies cost and yield, and how sure it is"))
    )
    parser.epilog = _("example: souspli model run assore --study assore")


def _describe_new(new: argparse.ArgumentParser) -> None:
    new.add_argument(
        "file", type=Path, metavar="FILE.yaml", help=_("the file to write, for example model.yaml")
    )
    new.add_argument(
        "--like",
        choices=shipped.names(),
        default="assore",
        help=_("which one it is a copy of; assore if not given"),
    )
    new.epilog = _("example: souspli model new model.yaml")


def _describe_check(check: argparse.ArgumentParser) -> None:
    check.add_argument("file", metavar="FILE", help=_("a model in YAML, or a shipped one"))
    check.epilog = _("example: souspli model check model.yaml")


def _describe_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("file", metavar="FILE", help=_("a model in YAML, or a shipped one"))
    of_study = run.add_mutually_exclusive_group()
    of_study.add_argument(
        "--study", type=Path, metavar="DIR", help=_("the study whose estimates it takes")
    )
    of_study.add_argument(
        "--estimates",
        type=Path,
        metavar="FILE.json",
        help=_("the estimates, as souspli estimate --json printed them"),
    )
    run.add_argument(
        "--draws", type=int, metavar="N", help=_("how many draws; as the model says if not given")
    )
    run.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help=_("what the draws begin with; as the model says if not given"),
    )
    run.add_argument("--json", action="store_true", help=_("print the results as JSON, unrounded"))
    run.add_argument(
        "--trace-csv",
        type=Path,
        metavar="OUT.csv",
        help=_("write where people are after each cycle, and what it counts"),
    )
    run.add_argument(
        "--draws-csv", type=Path, metavar="OUT.csv", help=_("write every draw with its totals")
    )
    passphrases.describe(run, study_keys_order())
    run.epilog = _("example: souspli model run model.yaml --study assore --draws-csv draws.csv")


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says; 1 for a model that has errors."""
    actions = {"new": _new, "check": _check, "run": _run}
    return actions[arguments.action](arguments)


def _new(arguments: argparse.Namespace) -> int:
    """Write a copy of a shipped model; a file that exists is left as it is."""
    path: Path = arguments.file
    if path.suffix.lower() not in _SUFFIXES:
        raise Usage(_("{path}: a model is a .yaml file").format(path=path))
    content, _name = shipped.source_and_name(arguments.like)
    write_out(path, content.encode(), force=False, or_force=False)
    command = f"souspli model check {quoted(path)}"
    say(_("{path}: written. Change it, then: {command}").format(path=path, command=command))
    return 0


# --- checked ------------------------------------------------------------------------------------


def _check(arguments: argparse.Namespace) -> int:
    """Print every problem, how many there are, and what a study has to give."""
    source, name = shipped.source_and_name(arguments.file)
    model, problems = model_of(source, name)
    print_problems(problems, lines_of(source))
    n = len(model.parameters) if model else 0
    good = ngettext("good, {n} parameter", "good, {n} parameters", n).format(n=n)
    say(counted(name, problems, good))
    if model is None:
        return 1
    say(_("{told}.").format(told=told.assumed_told(model)))
    if model.asked:
        say(_("It takes from a study, with souspli model run --study DIR:"))
        for one in model.asked:
            show(one)
    return 0


# --- run ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Source:
    """What a study gives, by expression, and whether it is a practice study."""

    given: Mapping[str, Given] = field(default_factory=dict)
    is_practice: bool = False


def _run(arguments: argparse.Namespace) -> int:
    """Print what came of a model; whatever can be refused is, before a record is opened."""
    model = _with_draws(read_model(arguments.file), arguments)
    tables = [one for one in (arguments.trace_csv, arguments.draws_csv) if one is not None]
    _require_new(tables)
    source = _source(model, arguments)
    found = results(fed(model, source.given))
    for path, table in ((arguments.trace_csv, as_csv.trace), (arguments.draws_csv, as_csv.draws)):
        if path is not None:
            content = csv.written(table(found, is_practice=source.is_practice))
            write_durably(path, content, mode=0o644)
    if arguments.json:
        shown = as_json(found, source.given, is_practice=source.is_practice)
        print(json.dumps(shown, ensure_ascii=False, indent=1, allow_nan=False))
        return 0
    printed.print_results(layout.console(), found, is_practice=source.is_practice)
    for path in tables:
        say(_("{path}: written.").format(path=path))
    return 0


def _with_draws(model: Model, arguments: argparse.Namespace) -> Model:
    """Return the model with the draws and the seed of the command line, where it gives them."""
    for name, low, high in (("draws", 1, MOST_DRAWS), ("seed", 0, MOST_SEED)):
        value = getattr(arguments, name)
        if value is None:
            continue
        if not low <= value <= high:
            raise Usage(
                _("--{option} takes a whole number from {low} to {high}").format(
                    option=name, low=low, high=high
                )
            )
        model = replace(model, **{name: value})
    return model


def _require_new(tables: Sequence[Path]) -> None:
    """Refuse tables that are no CSV, that exist, or that are one file."""
    for path in tables:
        require_new(path, ".csv")
    if len(set(tables)) < len(tables):
        raise Usage(_("--trace-csv and --draws-csv take two names"))


def _source(model: Model, arguments: argparse.Namespace) -> _Source:
    """Return what the study or the file of estimates gives; nothing is opened where nothing is asked."""
    if not model.asked:
        if arguments.study or arguments.estimates:
            told_so = _("this model takes nothing from a study: none was opened")
            say(told_so, file=sys.stderr)
        return _Source()
    if arguments.study:
        return _of_study(model, arguments)
    if arguments.estimates:
        return _Source(*given_of_json(content_of(arguments.estimates), str(arguments.estimates)))
    n = len(model.asked)
    raise Usage(
        ngettext(
            "{file} takes {n} estimate from a study; give --study DIR, or --estimates FILE.json",
            "{file} takes {n} estimates from a study; give --study DIR, or --estimates FILE.json",
            n,
        ).format(file=arguments.file, n=n)
    )


def _of_study(model: Model, arguments: argparse.Namespace) -> _Source:
    """Return what the people drawn for a study give, or else those of its first questionnaire."""
    study = read_study(arguments.study)
    found = responses.of_people(study)
    asked = asked_of(model, whole(found))
    responses.require_ready(study, found)
    given = opened(study, found, arguments.passphrase_fd, "model", with_texts=True)
    return _Source(given_of(answers(surveyed(given), asked)), study.is_practice)
