"""`souspli papers`: documents for the data-protection officer, to be completed; nothing is opened."""

from __future__ import annotations

import argparse
import hashlib
import json
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import get_args

from export.drawing.sample import read_sample
from export.papers.html import html
from export.papers.papers import Source, counted, papers
from export.papers.parts import Document, Language
from export.papers.register import Sampled
from export.papers.typeset import pdf
from export.study import Study, read_study
from export.verbs import study_option
from surveys.language import _, ngettext
from surveys.outfile import write_out
from surveys.problems import Refusal
from surveys.saying import say


def describe(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    study_option(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help=_("the folder to write them to")
    )
    parser.add_argument(
        "--language",
        choices=(*get_args(Language), "both"),
        default="both",
        help=_("the language of the documents: fr, en or both (default)"),
    )
    parser.add_argument("--json", action="store_true", help=_("print the summary as JSON"))
    parser.epilog = _(
        "Each document is written twice: .html to be completed in a word processor, .pdf to be read.\n"
        "No key is needed. Documents are never overwritten.\n"
        "example: souspli papers --study assore --out papers --language fr"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the documents, and say what is left to do in each."""
    study = read_study(arguments.study)
    made = _made(study, arguments.language)
    paths = {
        (arguments.out / language / f"{document.name}{suffix}"): (document, write)
        for language, documents in made.items()
        for document in documents
        for suffix, write in ((".html", html), (".pdf", pdf))
    }
    there = next((path for path in paths if path.exists()), None)
    if there is not None:
        raise Refusal(
            _(
                "{path}: exists already, and may have been completed by hand; give another --out DIR, and "
                "copy into the new documents what was completed there"
            ).format(path=there)
        )
    written = {path: write(document) for path, (document, write) in paths.items()}
    for path, content in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_out(path, content, force=False, or_force=False)
    _tell(arguments.out, made, as_json=arguments.json)
    return 0


def _made(study: Study, wanted: str) -> dict[Language, tuple[Document, ...]]:
    source = Source(
        datetime.now().astimezone().date().isoformat(),
        version("souspli"),
        hashlib.sha256((study.folder / "study.yaml").read_bytes()).hexdigest(),
        _sampled(study),
    )
    languages: tuple[Language, ...] = get_args(Language)
    return {
        language: papers(study, language, source)
        for language in languages
        if wanted in {language, "both"}
    }


def _sampled(study: Study) -> Sampled | None:
    drawn = read_sample(study)
    if drawn is None:
        return None
    people = sum(one.is_released for one in drawn.values())
    return Sampled(people, len(drawn) - people)


def _tell(out: Path, made: dict[Language, tuple[Document, ...]], *, as_json: bool) -> None:
    found = [
        (language, document.name, *counted(document))
        for language, documents in made.items()
        for document in documents
    ]
    if as_json:
        rows = [
            {"language": language, "name": name, "complete": complete, "check": check}
            for language, name, complete, check in found
        ]
        print(json.dumps({"folder": str(out), "documents": rows}, ensure_ascii=False, indent=1))
        return
    for language, name, complete, check in found:
        told = ngettext(
            "{name}: {n} thing to complete, references to check: {check}",
            "{name}: {n} things to complete, references to check: {check}",
            complete,
        )
        say(told.format(name=f"{language}/{name}", n=complete, check=check))
    say(_("{folder}: written, as .html to complete and .pdf to read.").format(folder=out))
