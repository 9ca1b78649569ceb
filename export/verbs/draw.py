"""`souspli draw FRAME --commit`, then `--beacon TEXT`; `souspli draw --verify CERTIFICATE FRAME`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from export.drawing import frame, steps
from export.drawing.certificate import verify
from export.drawing.draw import METHODS, Design, Draw
from export.drawing.fraction import fraction
from export.drawing.frame import Columns, Unit
from export.drawing.sample import sample_hash
from export.holders import destruction
from export.study import read_study
from export.verbs import study_option
from interviewer.files import write_durably
from surveys.language import _
from surveys.load import source_of
from surveys.problems import Refusal, Usage


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "frame",
        type=Path,
        metavar="FRAME",
        help=_("the list drawn from, as CSV: codes, never names"),
    )
    step = parser.add_mutually_exclusive_group(required=True)
    step.add_argument(
        "--commit",
        action="store_true",
        help=_("first: fix frame and design, print what to publish"),
    )
    step.add_argument(
        "--beacon", metavar="TEXT", help=_("then: the public randomness, as published, or hex:…")
    )
    step.add_argument(
        "--verify", type=Path, metavar="CERTIFICATE", help=_("redo a draw from its certificate")
    )
    study_option(parser)
    parser.add_argument(
        "--id", default="id", metavar="COLUMN", help=_("the column of ids (default: id)")
    )
    for name, told in (
        ("stratum", _("the column of strata")),
        ("cluster", _("the column of clusters, for example hotels")),
        ("size", _("the column of sizes")),
        ("similarity", _("a column by which strata that are alike lie side by side")),
    ):
        parser.add_argument(f"--{name}", default="", metavar="COLUMN", help=told)
    parser.add_argument(
        "--drop",
        action="append",
        default=[],
        metavar="COLUMN",
        help=_("an identifying column to leave out"),
    )
    parser.add_argument("--method", choices=tuple(METHODS), default="simple", help=_("how to draw"))
    parser.add_argument("--n", type=int, metavar="N", help=_("how many people to draw"))
    parser.add_argument("--fraction", metavar="20%", help=_("or which part of the frame"))
    parser.add_argument(
        "--reserve", type=int, default=0, metavar="N", help=_("how many more, in reserve")
    )
    parser.add_argument(
        "--announced", default="", metavar="TEXT", help=_("the public randomness to come, in words")
    )
    parser.add_argument(
        "--proof",
        default="",
        metavar="TEXT",
        help=_("where the commitment was published, and when"),
    )
    parser.add_argument(
        "--salt", type=Path, metavar="FILE", help=_("with --verify: the salt, if not the study's")
    )
    parser.add_argument(
        "--canonical",
        type=Path,
        metavar="FILE",
        help=_("with --verify: write the frame in canonical form, for docs/verify_draw.py"),
    )
    parser.add_argument("--json", action="store_true", help=_("print the result as JSON"))
    parser.epilog = _(
        "example: souspli draw frame.csv --commit --stratum hotel --cluster hotel --method stratified "
        '--fraction 20% --announced "EuroMillions draw of 4 December 2026"'
    )


def run(arguments: argparse.Namespace) -> int:
    """Commit, draw, or verify."""
    if arguments.canonical and not arguments.verify:
        raise Usage(_("give --canonical FILE with --verify"))
    units = _units(arguments)
    if arguments.verify:
        return _verify(arguments, frame.canonical(units))
    study = read_study(arguments.study)
    destruction.require_undestroyed(study)  # nobody could open the crosswalk
    if arguments.commit:
        committed = steps.commit(study, units, _design(arguments, units))
        if arguments.json:
            print(json.dumps({"commitment": committed.commitment}))
        else:
            print(_("Publish this before the randomness is known:"))
            print(committed.commitment)
        return 0
    drawn = steps.conclude(study, units, arguments.beacon, arguments.proof)
    if arguments.json:
        print((study.draw / "certificate.json").read_text("utf-8"))
    else:
        for line in told(drawn):
            print(line)
        print(
            _(
                "{folder}: sample.csv, certificate.json (publish it), crosswalk.age (for the custodian)"
            ).format(folder=study.draw)
        )
    return 0


def told(drawn: Draw) -> list[str]:
    """Return the draw in words: how many, from how many strata, and what was merged."""
    released = sum(person.status == "released" for person in drawn.selected)
    population = sum(stratum.population for stratum in drawn.plan.strata)
    first = _(
        "{n} drawn of {population}, in {strata} strata; {merges} merged because they would have had fewer than {least}."
    )
    return [
        first.format(
            n=released,
            population=population,
            strata=len(drawn.plan.strata),
            merges=len(drawn.plan.merges),
            least=drawn.design.minimum,
        )
    ]


def _units(arguments: argparse.Namespace) -> tuple[Unit, ...]:
    columns = Columns(
        id=arguments.id,
        stratum=arguments.stratum,
        cluster=arguments.cluster,
        size=arguments.size,
        similarity=arguments.similarity,
        drop=tuple(arguments.drop),
    )
    units, problems = frame.read(source_of(arguments.frame), columns, str(arguments.frame))
    if problems:
        raise Refusal("\n".join(str(problem) for problem in problems))
    return units


def _design(arguments: argparse.Namespace, units: tuple[Unit, ...]) -> Design:
    if (arguments.n is None) == (arguments.fraction is None):
        raise Usage(_("give --n N or --fraction 20%"))
    if arguments.method == "stratified" and not arguments.stratum:
        raise Usage(_("give --stratum COLUMN with --method stratified"))
    return Design(
        method=arguments.method,
        announced=arguments.announced,
        size=arguments.n,
        fraction=fraction(arguments.fraction) if arguments.fraction else None,
        reserve=arguments.reserve,
        similarity=frame.similarity_order(units) if arguments.method == "stratified" else (),
    )


def _verify(arguments: argparse.Namespace, canonical: bytes) -> int:
    certificate = steps.read_certificate(arguments.verify)
    if arguments.canonical:
        _write_canonical(arguments.canonical, canonical)
    salt = steps.read_salt(arguments.salt or arguments.study / "draw" / "salt")
    sample = arguments.study / "draw" / "sample.csv"
    hashed = sample_hash(sample.read_bytes()) if sample.is_file() else ""
    differences = verify(certificate, canonical, salt, hashed)
    if arguments.json:
        print(json.dumps({"differences": differences}, ensure_ascii=False))
    elif differences:
        print("\n".join(differences))
    else:
        print(_("The draw is the one its certificate describes."))
    return 1 if differences else 0


def _write_canonical(path: Path, canonical: bytes) -> None:
    if path.exists():
        raise Refusal(_("{path}: exists already; give another name").format(path=path))
    write_durably(path, canonical)
