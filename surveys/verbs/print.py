"""`souspli print FILE OUT.pdf`: the questionnaire on paper, with its skips in words."""

from __future__ import annotations

import argparse
from pathlib import Path

from surveys.instrument import Instrument
from surveys.language import _, from_environment
from surveys.outfile import write_out
from surveys.paper.typeset import pdf
from surveys.problems import Usage
from surveys.saying import say
from surveys.shipped import usable


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("file", metavar="FILE", help=_("a questionnaire in YAML, or a shipped one"))
    parser.add_argument("out", metavar="OUT.pdf", help=_("the file to write"))
    parser.add_argument(
        "--lang", metavar="xx", help=_("the language of the questionnaire to print it in")
    )
    parser.add_argument("--force", action="store_true", help=_("write over a file that exists"))
    parser.epilog = _("example: souspli print assore/beneficiaires questionnaire.pdf --lang fr")


def run(arguments: argparse.Namespace) -> int:
    """Print one questionnaire in one language."""
    path = Path(arguments.out)
    if path.suffix.lower() != ".pdf":
        raise Usage(_("{path}: give a name that ends in .pdf").format(path=path))
    instrument = usable(arguments.file)
    content = pdf(instrument, chosen(instrument, arguments.lang))
    write_out(path, content, force=arguments.force)
    say(_("{path}: written").format(path=path))
    return 0


def chosen(instrument: Instrument, wanted: str | None) -> str:
    """Return the language to print in: the one asked for, the interface's if it has it, its default."""
    known, spoken = instrument.languages, from_environment()
    if not known:  # its texts are in one language, and it does not say which
        return wanted or spoken
    if wanted is None:
        return spoken if spoken in known else instrument.default_language
    if wanted not in known:
        raise Usage(
            _("the questionnaire has no language {language}; it has: {known}").format(
                language=wanted, known=", ".join(known)
            )
        )
    return wanted
