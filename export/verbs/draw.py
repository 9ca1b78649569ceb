"""`souspli draw FRAME --plan`, `--commit`, then `--beacon TEXT`; `--verify CERTIFICATE` redoes it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from export import layout, numerals
from export.drawing import frame, proposal, proposed, steps
from export.drawing.certificate import columns_from, verify
from export.drawing.drawn import Draw
from export.drawing.folder import CERTIFICATE, SALT, SAMPLE
from export.drawing.frame import Frame
from export.drawing.planning import Assumptions
from export.drawing.proposal import Size
from export.drawing.sample import sample_hash
from export.drawing.table import Columns
from export.drawing.tickets import beacon_kind
from export.holders import destruction
from export.study import Study, read_study
from export.verbs import draw_options as options
from export.verbs.draw_next import commit_command
from interviewer.files import write_durably
from surveys.language import _, ngettext, printable
from surveys.problems import Refusal
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    options.describe(parser)


def run(arguments: argparse.Namespace) -> int:
    """Plan, commit, draw, or verify."""
    options.require_consistent(arguments)
    if arguments.verify:
        return _verify(arguments)
    if arguments.plan:
        return _plan(arguments, _frame(arguments))
    study = read_study(arguments.study)
    destruction.require_undestroyed(study)  # nobody could open the crosswalk
    return (_commit if arguments.commit else _draw)(arguments, study, _frame(arguments))


def _frame(
    arguments: argparse.Namespace, columns: Columns | None = None, *, is_drawn: bool = False
) -> Frame:
    """Return the frame; Refusal with every problem of it. What is only doubtful goes to stderr."""
    chosen = columns or options.columns(arguments)
    found, problems = frame.read(arguments.frame, chosen, is_drawn=is_drawn)
    if found is None:
        raise Refusal("\n".join(str(problem) for problem in problems))
    for problem in problems:
        print(problem, file=sys.stderr)
    return found


def _console() -> Console:
    return layout.console()


def _print_json(shown: object) -> None:
    print(json.dumps(shown, ensure_ascii=False, indent=1))


# --- to plan ----------------------------------------------------------------------------------


def _plan(arguments: argparse.Namespace, found: Frame) -> int:
    """Say how many from where, and how precise; commit to nothing."""
    _say_idle_strata(arguments)
    given, wanted = options.assumptions(arguments), options.half_width(arguments)
    has_size = bool(options.sizes_given(arguments))
    sizes = () if has_size and wanted is None else _sizes(arguments, found, given, wanted)
    size = None if has_size or wanted is None else sizes[0].size
    if wanted is not None and not has_size and size is None:
        raise Refusal(
            _(
                "no sample of this frame gives {half_width} if so many answer; ask for a wider interval"
            ).format(half_width=numerals.half_width(wanted))
        )
    if not has_size and size is None:
        return _choose(arguments, found, sizes)
    planned = proposal.propose(found, options.design(arguments, found, size), given)
    if arguments.json:
        _print_json(proposal.as_json(planned) | {"sizes": [asdict(one) for one in sizes]})
        return 0
    console = _console()
    proposed.print_proposal(console, planned)
    for one in sizes:
        console.print(_wanted(one, of_clusters=planned.design.is_of_clusters))
    console.print()
    console.print(_("To go on, once it is chosen which public randomness to come decides:"))
    print(commit_command(arguments, size))
    return 0


def _sizes(
    arguments: argparse.Namespace, found: Frame, given: Assumptions, wanted: float | None
) -> Sequence[Size]:
    """Return the size for the half-width that is wanted, or where none is for a few of them."""
    whole_frame = options.design(arguments, found, size=len(found.ids))
    half_widths = proposal.HALF_WIDTHS if wanted is None else (wanted,)
    return proposal.sized(found, whole_frame, given, half_widths)


def _choose(arguments: argparse.Namespace, found: Frame, sizes: Sequence[Size]) -> int:
    """Say what each of a few sizes would give, to choose one."""
    if arguments.json:
        _print_json({"sizes": [asdict(one) for one in sizes]})
        return 0
    design, console = options.design(arguments, found, size=len(found.ids)), _console()
    console.print(proposed.of_frame(found))
    proposed.print_sizes(console, found, design, sizes)
    for line in proposed.assumed(options.assumptions(arguments), design):
        console.print(line)
    console.print()
    option = "--clusters N" if design.is_of_clusters else "--n N"
    console.print(
        _("Choose one: {option} with --plan shows how many from where.").format(option=option)
    )
    return 0


def _wanted(one: Size, *, of_clusters: bool) -> str:
    if one.size is None:
        return _("No sample of this frame gives {half_width}.").format(
            half_width=numerals.half_width(one.half_width)
        )
    if of_clusters:
        told = ngettext(
            "For {half_width}: {n} cluster to draw.",
            "For {half_width}: {n} clusters to draw.",
            one.size,
        )
    else:
        told = ngettext(
            "For {half_width}: {n} person to draw.",
            "For {half_width}: {n} people to draw.",
            one.size,
        )
    return told.format(half_width=numerals.half_width(one.half_width), n=numerals.whole(one.size))


def _say_idle_strata(arguments: argparse.Namespace) -> None:
    if options.has_idle_strata(arguments):
        told = _("--method simple draws from the whole list: the strata of --stratum are not used.")
        say(told, sys.stderr)


# --- to commit, to draw -----------------------------------------------------------------------


def _commit(arguments: argparse.Namespace, study: Study, found: Frame) -> int:
    """Show what the design gives, fix frame and design, say what to publish."""
    _say_idle_strata(arguments)
    design = options.design(arguments, found)
    planned = proposal.propose(found, design, options.assumptions(arguments))
    if not arguments.json:
        proposed.print_proposal(_console(), planned, has_strata=False)
        print(flush=True)
    committed = steps.commit(study, found, design, datetime.now(UTC))
    if arguments.json:
        _print_json({"commitment": committed.commitment, "expected": asdict(planned.expected)})
        return 0
    print(_("Publish this before the randomness is known:"))
    print(committed.commitment)
    return 0


def _draw(arguments: argparse.Namespace, study: Study, found: Frame) -> int:
    """Draw with the randomness that was announced, once it is seen beside the announcement."""
    beacon, proof = arguments.beacon, options.proof(arguments)
    committed = steps.to_draw(study, found, beacon, proof)
    for line in announced(committed, beacon, proof):
        say(line, sys.stderr)
    _confirm()
    drawn = steps.conclude(study, found, beacon, proof, datetime.now(UTC))
    if arguments.json:
        print((study.draw / CERTIFICATE).read_text("utf-8"))
        return 0
    for line in told(drawn):
        print(line)
    print(
        _(
            "In {folder}:\n"
            "  certificate.json, certificate.html: publish both\n"
            "  sample.csv: the cases\n"
            "  crosswalk.age: who they are, for the custodian"
        ).format(folder=study.draw)
    )
    return 0


def announced(committed: steps.Committed, beacon: str, proof: str) -> list[str]:
    """Return what was announced, the randomness given beside it, and the proof, one a line."""
    day = committed.time[:10]
    lines = [
        _("Committed to on {day} (UTC).").format(day=day) if day else "",
        _("Announced: {text}").format(text=printable(committed.design.announced)),
        _("Given, read {how}: {text}").format(
            how=_("as text in UTF-8") if beacon_kind(beacon) == "text" else _("as raw bytes"),
            text=printable(beacon),
        ),
        _("Proof that it was public before: {text}").format(
            text=printable(proof) or _("none was given")
        ),
    ]
    return [line for line in lines if line]


def _confirm() -> None:
    """On a terminal go on only where it is wanted; Refusal otherwise. A script is not asked."""
    if not sys.stdin.isatty():
        return
    import questionary

    try:
        is_wanted = questionary.confirm(
            _("Draw now? It is done once, for good."), default=False
        ).unsafe_ask()
    except EOFError as error:
        raise KeyboardInterrupt from error
    if not is_wanted:
        raise Refusal(_("nothing was drawn; run it again once randomness and proof are right"))


def told(drawn: Draw) -> list[str]:
    """Return the draw in words: how many, from how many strata, and what was merged."""
    strata, merges = drawn.plan.strata, len(drawn.plan.merges)
    counted = {
        "n": numerals.whole(sum(stratum.drawn for stratum in strata)),
        "population": numerals.whole(sum(stratum.population for stratum in strata)),
        "strata": ngettext("{n} stratum", "{n} strata", len(strata)).format(
            n=numerals.whole(len(strata))
        ),
        "people": numerals.whole(sum(person.status == "released" for person in drawn.selected)),
    }
    if drawn.design.is_of_clusters:
        line = _("{n} clusters drawn of {population}, in {strata}: {people} people.")
    else:
        line = _("{n} drawn of {population}, in {strata}.")
    merged = ngettext(
        "{n} stratum was merged into another: fewer than {least} would have been drawn of it.",
        "{n} strata were merged into others: fewer than {least} would have been drawn of them.",
        merges,
    ).format(n=numerals.whole(merges), least=drawn.design.minimum)
    return [line.format(**counted), *([merged] if merges else [])]


# --- to verify --------------------------------------------------------------------------------


def _verify(arguments: argparse.Namespace) -> int:
    """Redo a draw, with the columns its certificate names where no option names any."""
    certificate = steps.read_certificate(arguments.verify)
    columns = None if options.has_columns(arguments) else columns_from(certificate)
    found = _frame(arguments, columns, is_drawn=True)
    if arguments.canonical:
        _write_canonical(arguments.canonical, found.canonical)
    folder = arguments.study / "draw"
    salt = steps.read_salt(arguments.salt or folder / SALT)
    sample = folder / SAMPLE
    hashed = sample_hash(sample.read_bytes()) if sample.is_file() else ""
    differences = verify(certificate, found, salt, hashed)
    if (arguments.study / "study.yaml").is_file():
        differences += steps.against_commitment(read_study(arguments.study), certificate)
    if arguments.json:
        _print_json({"differences": differences})
    elif differences:
        print("\n".join(differences))
    else:
        print(_("The draw is the one its certificate describes."))
    return 1 if differences else 0


def _write_canonical(path: Path, canonical: bytes) -> None:
    if path.exists():
        raise Refusal(_("{path}: exists already; give another name").format(path=path))
    write_durably(path, canonical)
