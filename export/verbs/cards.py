"""`souspli cards COUNT`: participants' cards with withdrawal codes, to be printed and cut."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from export.linking import cards
from export.study import Study, read_study
from export.verbs import pdf_options, require_new, study_option
from interviewer.files import write_durably
from surveys.codes import new_cards
from surveys.language import _, from_environment, ngettext
from surveys.problems import Usage
from surveys.saying import say


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
    parser.add_argument(
        "--first",
        type=int,
        default=1,
        metavar="N",
        help=_(
            "the number of the first card; 1 if not given. For more cards: the last number printed, and 1"
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
    last = arguments.first + arguments.count - 1
    if arguments.first < 1 or last > cards.LAST:
        raise Usage(_("--first: the cards are numbered from 1 to {n}").format(n=cards.LAST))
    require_new(arguments.out, ".pdf")
    study = read_study(arguments.study)
    cards.require_cards(study)
    if not cards.contact(study):
        say(_nobody(study), sys.stderr)
    made = cards.packs(new_cards(arguments.count), arguments.pack, arguments.first)
    language = arguments.language or from_environment()
    write_durably(arguments.out, cards.pdf(study, made, language, date.today()))
    if arguments.json:
        summary = {
            "file": str(arguments.out),
            "cards": arguments.count,
            "first": arguments.first,
            "last": last,
            "packs": len(made),
        }
        print(json.dumps(summary, ensure_ascii=False))
    else:
        told = ngettext(
            "{path}: {n} card, {packs}, numbered {first} to {last}.",
            "{path}: {n} cards, {packs}, numbered {first} to {last}.",
            arguments.count,
        )
        in_packs = ngettext("{n} pack", "{n} packs", len(made)).format(n=len(made))
        numbers = {"first": cards.shown(arguments.first), "last": cards.shown(last)}
        say(told.format(path=arguments.out, n=arguments.count, packs=in_packs, **numbers))
    say("\n".join(_warning(arguments.out, last)), sys.stderr)
    return 0


def _nobody(study: Study) -> str:
    """Return what is said before anything is written where study.yaml says nobody's contact."""
    return _(
        "{path} names nobody to give the code to, so each card has a line to be filled in by hand. To have "
        "it printed, write a contact under “papers: custodian” (or else “controller”) there, then make the "
        "cards again."
    ).format(path=study.folder / "study.yaml")


def _warning(path: Path, last: int) -> Iterator[str]:
    """Yield what must be done with the file, and what nobody can do without it."""
    yield _(
        "Anyone who opens {path} can read every code. Print it on one side, at full size (100%), on a "
        "printer that keeps no copy, then destroy it."
    ).format(path=path.resolve())
    yield _(
        "The codes are kept nowhere else: no register says which card has which code, nor who has which card."
    )
    yield _("Note the last number: more cards begin with --first {n}.").format(n=last + 1)
