"""`souspli cards COUNT`: participants' cards with withdrawal codes, to be printed and cut."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from export.linking import cards
from export.study import read_study
from export.verbs import pdf_options, require_new_pdf, study_option
from interviewer.files import write_durably
from surveys.codes import new_cards
from surveys.language import _, from_environment, ngettext
from surveys.problems import Usage


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "count",
        metavar="COUNT",
        type=int,
        help=_("how many cards, at most {n}").format(n=cards.MOST),
    )
    study_option(parser)
    pdf_options(parser)
    parser.add_argument(
        "--pack",
        type=int,
        default=cards.PACK,
        metavar="N",
        help=_("how many cards are counted and handed out together; {n} if not given").format(
            n=cards.PACK
        ),
    )
    parser.add_argument("--json", action="store_true", help=_("print the numbers as JSON"))
    parser.epilog = _(
        "The study folder may be a copy that holds only study.yaml, the questionnaires and keys/*.pub.\n"
        "example: souspli cards 200 --study assore --out cards.pdf --language fr"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the cards; their codes are written nowhere else."""
    for name, number in (("COUNT", arguments.count), ("--pack", arguments.pack)):
        if not 1 <= number <= cards.MOST:
            told = _("{name}: give a number from 1 to {n}")
            raise Usage(told.format(name=name, n=cards.MOST))
    require_new_pdf(arguments.out)
    study = read_study(arguments.study)
    cards.require_cards(study)
    made = cards.packs(new_cards(arguments.count), arguments.pack)
    language = arguments.language or from_environment()
    write_durably(arguments.out, cards.pdf(study, made, language, date.today()))
    if arguments.json:
        summary = {"file": str(arguments.out), "cards": arguments.count, "packs": len(made)}
        print(json.dumps(summary, ensure_ascii=False))
    else:
        told = ngettext(
            "{path}: {n} card, {packs}.", "{path}: {n} cards, {packs}.", arguments.count
        )
        in_packs = ngettext("{n} pack", "{n} packs", len(made)).format(n=len(made))
        print(told.format(path=arguments.out, n=arguments.count, packs=in_packs))
    for line in _warning(arguments.out, has_contact=bool(cards.contact(study))):
        print(line, file=sys.stderr)
    return 0


def _warning(path: Path, *, has_contact: bool) -> Iterator[str]:
    """Yield what must be done with the file, and what nobody can do without it."""
    yield _(
        "Anyone who opens {path} can read every code. Print it on one side, at full size (100%), on a "
        "printer that keeps no copy, then destroy it."
    ).format(path=path.resolve())
    yield _(
        "The codes are kept nowhere else: no register says which card has which code, nor who has which card."
    )
    if not has_contact:
        yield _(
            "study.yaml names nobody to give the code to: each card has a line to be filled in by hand."
        )
