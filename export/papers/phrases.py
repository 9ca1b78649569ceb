"""What several documents say: who opens what, until when, of whom, and what is never claimed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from export.papers.parts import Line, Notice
from export.papers.speaking import Speaker
from export.study import Study, StudyInstrument

Opener = Literal["answers", "link", "nobody"]


def title(study: Study, say: Speaker) -> str:
    """Return the neutral title of the study in the language of the document, else in any."""
    titles = study.title
    return titles.get(say.language) or titles.get("") or next(iter(titles.values()), study.id)


def controller(study: Study, say: Speaker) -> Line:
    """Return who is the controller, and where to write."""
    return say(
        "{name}, {contact}",
        "{name}, {contact}",
        name=say.told(
            study.controller.name,
            "responsable de traitement",
            "controller of the data",
            "controller.name",
        ),
        contact=say.told(
            study.controller.contact,
            "adresse, courriel ou téléphone du responsable",
            "address, e-mail or telephone of the controller",
            "controller.contact",
        ),
    )


def dpo(study: Study, say: Speaker) -> Line:
    """Return who is the data-protection officer, and where to write."""
    found = study.papers.dpo
    return say(
        "{name}, {contact}",
        "{name}, {contact}",
        name=say.told(
            found.name,
            "délégué à la protection des données",
            "data-protection officer",
            "papers.dpo.name",
        ),
        contact=say.told(
            found.contact,
            "adresse ou courriel du délégué",
            "address or e-mail of the officer",
            "papers.dpo.contact",
        ),
    )


def custodian(study: Study, say: Speaker) -> Line:
    """Return whom participants write to with the code of their card."""
    found = study.papers.custodian
    return say(
        "{name}, {contact}",
        "{name}, {contact}",
        name=say.told(
            found.name,
            "dépositaire, à qui les participants donnent leur code",
            "custodian, to whom participants give their code",
            "papers.custodian.name",
        ),
        contact=say.told(
            found.contact,
            "adresse, courriel ou téléphone du dépositaire",
            "address, e-mail or telephone of the custodian",
            "papers.custodian.contact",
        ),
    )


def purpose(study: Study, say: Speaker) -> Line:
    """Return what the survey is for."""
    return say.translated(
        study.papers.purpose,
        "à quoi sert l'enquête, en une ou deux phrases simples",
        "what the survey is for, in one or two plain sentences",
        "papers.purpose",
    )


def population(study: Study, say: Speaker) -> Line:
    """Return among whom people are drawn, or who is asked."""
    return say.translated(
        study.papers.population,
        "parmi qui les personnes sont choisies",
        "among whom people are chosen",
        "papers.population",
    )


def legal_basis(study: Study, say: Speaker) -> Line:
    """Return the legal basis."""
    return say.translated(
        study.papers.legal_basis, "base légale", "legal basis", "papers.legal_basis"
    )


def ethics(study: Study, say: Speaker) -> Line:
    """Return the opinions given on the study."""
    return say.translated(
        study.papers.ethics,
        "avis ou autorisation, date et numéro",
        "opinion or authorisation, date and number",
        "papers.ethics",
    )


def processors(study: Study, say: Speaker) -> Line:
    """Return who works on the data for the controller."""
    return say.translated(
        study.papers.processors,
        "sous-traitants et ce qu'ils font, ou « aucun »",
        "processors and what they do, or “none”",
        "papers.processors",
    )


def until_link(study: Study, say: Speaker) -> Line:
    """Return the day until which the link is kept."""
    if study.retention.link:
        return (say.day(study.retention.link),)
    return say.todo(
        "date de destruction du lien", "date on which the link is destroyed", "retention.link"
    )


def until_data(study: Study, say: Speaker) -> Line:
    """Return the day until which the data are kept."""
    if study.retention.data:
        return (say.day(study.retention.data),)
    return say.todo(
        "date de destruction des données", "date on which the data are destroyed", "retention.data"
    )


def opener(study: Study, say: Speaker, who: Opener) -> str:
    """Return whose key opens something, in a few words: whatever role it was sealed for."""
    if who == "nobody":
        return say.word("personne", "nobody")
    sealed_to = ("custodian",) if who == "link" else ("study", "escrow")
    keys = {key for role in sealed_to for key in study.recipients[role]}
    names = {
        "study": say.word("étude", "study"),
        "escrow": say.word("séquestre", "escrow"),
        "custodian": say.word("dépositaire", "custodian"),
    }
    return ", ".join(name for role, name in names.items() if keys & set(study.recipients[role]))


def shares_a_key(study: Study) -> bool:
    """Whether one key opens both the answers and what only the custodian should open."""
    answers = {*study.recipients["study"], *study.recipients["escrow"]}
    return bool(answers & set(study.recipients["custodian"]))


def is_separate(study: Study) -> bool:
    """Whether there is a custodian, whose key opens no answer."""
    return bool(study.recipients["custodian"]) and not shares_a_key(study)


def about(found: StudyInstrument, say: Speaker) -> str:
    """Return what one record of a questionnaire is about."""
    units = {
        "person": say.word("une personne interrogée", "a person interviewed"),
        "non_respondent": say.word(
            "une personne désignée et non interrogée ; l'enquêteur remplit la fiche seul",
            "a person chosen and not interviewed; the interviewer fills in the sheet alone",
        ),
        "back_check": say.word(
            "une personne interrogée une seconde fois, pour contrôler un entretien",
            "a person interviewed again, to check an interview",
        ),
        "professional": say.word("un professionnel interrogé", "a professional interviewed"),
        "site": say.word("un lieu observé", "a place observed"),
    }
    return units[found.unit]


def pseudonymised(say: Speaker) -> Line:
    """Return what the data are, and what they are not yet."""
    return say(
        "Ces données sont pseudonymisées. Elles ne peuvent devenir anonymes qu'après le contrôle de "
        "divulgation et la destruction du lien entre les cas et les personnes.",
        "These data are pseudonymised. They can become anonymous only after disclosure control and the "
        "destruction of the link between cases and people.",
    )


def practice(study: Study, say: Speaker) -> Iterator[Notice]:
    """Yield the warning of a practice study."""
    if study.is_practice:
        told = say(
            "ÉTUDE D'ENTRAÎNEMENT : tout y est simulé, personne n'est interrogé. Ce document n'est "
            "qu'un exemple ; ne le remettez à personne.",
            "PRACTICE STUDY: all of it is simulated, nobody is interviewed. This document is only an "
            "example; hand it to nobody.",
        )
        yield Notice((told,))
