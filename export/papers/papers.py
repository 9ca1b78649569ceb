"""The six documents of a study, each with its head: where it comes from, and what is left to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from export.papers import phrases
from export.papers.access import access
from export.papers.collected import collected
from export.papers.impact import impact
from export.papers.information import information
from export.papers.parts import (
    Block,
    Code,
    Document,
    Grid,
    Heading,
    Language,
    Mark,
    NewPage,
    Notice,
    Paragraph,
    marks,
)
from export.papers.register import Sampled, register
from export.papers.retention import retention
from export.papers.speaking import Speaker
from export.respondents.versions import merged
from export.study import Study

OTHERS: tuple[Callable[[Study, Speaker], Document], ...] = (
    collected,
    access,
    retention,
    information,
    impact,
)


@dataclass(frozen=True, slots=True)
class Source:
    """What documents are made from, for whoever reads them later: day (ISO), version, SHA-256 of study.yaml.

    `sampled` is None where nobody is drawn yet.
    """

    day: str
    version: str
    study_hash: str
    sampled: Sampled | None = None


def papers(study: Study, language: Language, source: Source) -> tuple[Document, ...]:
    """Return the documents of a study in one language, complete with their heads.

    What is said of a questionnaire is so of all its versions: what was asked before is held too.
    """
    say = Speaker(language)
    whole = _of_every_version(study)
    made = (register(whole, say, source.sampled), *(make(whole, say) for make in OTHERS))
    return tuple(_headed(study, document, say, source) for document in made)


def _of_every_version(study: Study) -> Study:
    """Return a study whose questionnaires have the items of all their versions."""
    return replace(
        study,
        instruments=tuple(
            replace(one, instrument=merged(one.versions).instrument) for one in study.instruments
        ),
    )


def counted(document: Document) -> tuple[int, int]:
    """Return how much a person must complete in a document, and how many references to check."""
    found = list(marks(document.blocks))
    complete = sum(mark.kind == "complete" for _section, mark in found)
    return complete, len(found) - complete


def _headed(study: Study, document: Document, say: Speaker, source: Source) -> Document:
    body = document.blocks if document.is_handed_out else tuple(_numbered(document.blocks))
    head = (
        *phrases.practice(study, say),
        *_origin(study, document, say, source),
        *_left(body, say),
    )
    rest = (NewPage(), *body) if document.is_handed_out else body
    return replace(document, blocks=(*head, *rest))


def _numbered(blocks: tuple[Block, ...]) -> Iterator[Block]:
    number = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            number += 1
            yield replace(block, text=f"{number}. {block.text}")
        else:
            yield block


def _origin(study: Study, document: Document, say: Speaker, source: Source) -> Iterator[Block]:
    yield Notice(
        (
            say(
                "Produit par Souspli {version} le {day}, à partir de study.yaml et des questionnaires de "
                "l'étude « {id} ». Aucun enregistrement n'a été ouvert.",
                "Made by Souspli {version} on {day}, from study.yaml and the questionnaires of the study "
                "“{id}”. No record was opened.",
                version=source.version,
                day=say.day(source.day),
                id=study.id,
            ),
            say(
                "Ce document décrit ce que le programme fait. Il ne dit pas que le traitement est licite, ni "
                "que les mesures suffisent : le responsable de traitement et son délégué en jugent. Ce que "
                "study.yaml peut dire y est à compléter, puis le document à refaire ; le reste se complète "
                "ici.",
                "This document describes what the program does. It does not say that the processing is "
                "lawful, nor that the measures are enough: that is for the controller and their officer to "
                "judge. Complete in study.yaml what it can say, then make the document again; the rest is "
                "completed here.",
            ),
            *_to_remove(document, say),
        )
    )
    yield Grid(
        (say.word("Fait à partir de", "Made from"), "SHA-256"),
        (
            ((Code("study.yaml"),), (Code(source.study_hash),)),
            *(
                (
                    (Code(f"{version.id} {version.version}"),),
                    (Code(version.digest),),
                )
                for found in study.instruments
                for version in found.versions
            ),
        ),
        (32, 68),
        is_dense=True,
    )


def _to_remove(document: Document, say: Speaker) -> Iterator[tuple[str | Mark | Code, ...]]:
    if document.is_handed_out:
        yield say(
            "Retirez cette page avant de remettre la note, qui commence à la page suivante.",
            "Take this page away before you hand out the sheet, which begins on the next one.",
        )


def _left(body: tuple[Block, ...], say: Speaker) -> Iterator[Block]:
    """Yield what is left to do, by section: to complete, then to check."""
    found = list(marks(body))
    todo = [(section, mark.what) for section, mark in found if mark.kind == "complete"]
    check = [(section, mark.what) for section, mark in found if mark.kind == "check"]
    if todo:
        yield Heading(2, say.word(f"À compléter ({len(todo)})", f"To complete ({len(todo)})"))
        yield _by_section(todo, say)
    if check:
        yield Heading(
            2,
            say.word(
                f"Références à vérifier ({len(check)})", f"References to be checked ({len(check)})"
            ),
        )
        yield Paragraph(
            say(
                "Citées de mémoire par le programme ; le délégué à la protection des données les vérifie.",
                "Cited by heart by the program; the data-protection officer checks them.",
            )
        )
        yield _by_section(check, say)


def _by_section(found: list[tuple[str, str]], say: Speaker) -> Grid:
    """Return what is left to do in each section."""
    rows = []
    for section in dict.fromkeys(section for section, _what in found):
        times = Counter(what for one, what in found if one == section)
        whats = (
            what if n == 1 else say.word(f"{what} ({n} fois)", f"{what} ({n} times)")
            for what, n in times.items()
        )
        told = say.word(" ; ", "; ").join(whats)
        rows.append(((section,), (told,)))
    return Grid((), tuple(rows), (34, 66), is_dense=True)
