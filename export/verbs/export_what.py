"""What `souspli export` writes: of whom, with which scripts; its options, and their reading."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from export.datasets.dataset import Beside
from export.drawing.fraction import fraction
from export.estimating import askable
from export.estimating.columns import Texts, evaluate
from export.estimating.estimate import estimand
from export.estimating.surveyed import surveyed
from export.estimating.tabulation import own_plan, read_plan
from export.estimating.wanted import Wanted as Estimate
from export.estimating.wanted import wanted
from export.respondents.part import Part, among, subsample
from export.respondents.responses import Responses
from export.respondents.versions import whole
from export.respondents.weight import Respondents
from export.scripts.beside import beside
from export.scripts.columns_read import columns_of
from export.study import Study, StudyInstrument
from surveys.codebook import variables
from surveys.expressions.tree import Tree
from surveys.instrument import Instrument
from surveys.language import _
from surveys.problems import Refusal, Usage


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported: the estimates its scripts compute, and of whom.

    `where` is a condition, None for everybody; `share` which part of those, None for all, by `seed`.
    """

    estimates: tuple[Estimate, ...]
    where: Tree | None
    told: str
    share: Fraction | None
    fraction: str
    seed: str
    reads_texts: bool


def describe(parser: argparse.ArgumentParser) -> None:
    """Add these options to the command line of the verb."""
    parser.add_argument(
        "--instrument", metavar="ID", help=_("the questionnaire; the study's first if not given")
    )
    parser.add_argument(
        "--where",
        metavar="CONDITION",
        help=_("those alone for whom it is true, for example \"sex = 'f'\""),
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


def read(arguments: argparse.Namespace, study: Study, found: StudyInstrument) -> Wanted:
    """Return what the options ask for; raises Usage or Refusal where that cannot be."""
    share = fraction(arguments.sample) if arguments.sample else None
    if share is not None and not 0 < share <= 1:
        raise Refusal(_("--sample takes a share above 0 and at most 100 %"))
    where = None
    if arguments.where:
        (where,) = estimand(f"prop({arguments.where})").arguments
        askable.require_askable([where], whole(found))
        if arguments.profile == "release":
            _require_harmless(where, whole(found))
    return Wanted(
        _estimates(arguments, study, found),
        where,
        arguments.where or "",
        share,
        arguments.sample or "",
        arguments.seed or found.instrument.digest,
        arguments.texts,
    )


def _require_harmless(where: Tree, instrument: Instrument) -> None:
    """Refuse a release of those alone who gave a sensitive answer: whoever is known to be in it gave it."""
    sensitive = {one.name for one in variables(instrument) if one.question.sensitive}
    for name in columns_of(where):
        if name in sensitive:
            raise Usage(
                _(
                    "“{name}” is sensitive: whoever is known to be in such a release has given that answer; "
                    "choose by something else"
                ).format(name=name)
            )


def chosen(wanted: Wanted, given: Responses) -> tuple[Respondents, Part | None]:
    """Return of whom the dataset is, and what part of the respondents they are; None for all."""
    people, everybody = given.people, len(given.people.people)
    if wanted.where is None and wanted.share is None:
        return people, None
    if wanted.where is not None:
        data = surveyed(given, {*columns_of(wanted.where)})
        met = evaluate(wanted.where, data.columns, data.rows)
        if isinstance(met, Texts):
            raise Refusal(_("--where takes a condition, for example “days > 0”"))
        people = among(people, (met == 1).tolist())
    part = Part(everybody, len(people.people), wanted.told)
    if wanted.share is not None:
        people = subsample(people, wanted.share, wanted.seed)
        part = replace(part, fraction=wanted.fraction, seed=wanted.seed)
    return people, part


def beside_of(wanted: Wanted, given: Responses) -> Beside:
    """Return what makes the scripts beside the tables."""
    return lambda made, people, prefix: beside(given, wanted.estimates, made, people, prefix)


def _estimates(
    arguments: argparse.Namespace, study: Study, found: StudyInstrument
) -> tuple[Estimate, ...]:
    """Return what the scripts compute: the expressions given, the plan given, or the study's own."""
    is_part = bool(arguments.sample or arguments.where)
    is_other = is_part or arguments.profile == "release" or _is_treated(arguments)
    if is_other and (arguments.estimate or arguments.plan):
        raise Usage(
            _(
                "a part of the respondents, a release, or data of which something is left out or made "
                "coarser, gives other figures than the study; leave --estimate and --plan out"
            )
        )
    if arguments.estimate and arguments.plan:
        raise Usage(_("give --estimate or --plan, not both"))
    if arguments.estimate:
        return tuple(wanted(whole(found), text) for text in arguments.estimate)
    path = arguments.plan or (None if is_other else own_plan(study))
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


def _is_treated(arguments: argparse.Namespace) -> bool:
    asked = (
        arguments.drop,
        arguments.merge,
        arguments.coarser,
        arguments.suppress,
        arguments.apply,
    )
    return any(asked)
