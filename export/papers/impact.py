"""The skeleton of the impact assessment: what the program knows of it, and what a person must judge."""

from __future__ import annotations

from collections.abc import Iterator

from export.papers import phrases
from export.papers.collected import sections
from export.papers.parts import Block, Bullets, Document, Grid, Heading, Line, Paragraph
from export.papers.risks import risks
from export.papers.speaking import Speaker
from export.study import Study
from surveys.codebook import Variable, variables


def impact(study: Study, say: Speaker) -> Document:
    """Return the skeleton of the impact assessment."""
    return Document(
        say.word("6-aipd", "6-dpia"),
        say.language,
        say.word(
            "Analyse d'impact (AIPD) : trame à compléter",
            "Impact assessment (DPIA): to be completed",
        ),
        phrases.title(study, say),
        (
            *_described(study, say),
            *_necessary(study, say),
            *_risks(study, say),
            *_gaps(study, say),
            *_opinions(say),
        ),
    )


def _described(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Description du traitement", "The processing"))
    yield Paragraph(
        say(
            "Trame au sens de l'{law}. Elle dit ce que le programme fait et ce qui reste ; elle ne juge ni de "
            "la gravité, ni de la vraisemblance, ni de ce qui est acceptable.",
            "A skeleton in the sense of {law}. It says what the program does and what remains; it judges "
            "neither gravity, nor likelihood, nor what is acceptable.",
            law=say.law("article 35 du RGPD", "article 35 GDPR"),
        )
    )
    yield Grid(
        (),
        (
            (say("Finalité", "Purpose"), phrases.purpose(study, say)),
            (say("Responsable", "Controller"), phrases.controller(study, say)),
            (say("Personnes", "People"), phrases.population(study, say)),
            (
                say("Contexte", "Context"),
                say.todo(
                    "vulnérabilité des personnes, rapport de force, qui les héberge ou les soigne",
                    "how vulnerable people are, who has power over them, who houses or treats them",
                ),
            ),
            (say("Données", "Data"), _data(study, say)),
            (say("Sous-traitants", "Processors"), phrases.processors(study, say)),
            (
                say("Conservation", "Retention"),
                say(
                    "lien jusqu'au {link}, données jusqu'au {data}",
                    "link until {link}, data until {data}",
                    link=phrases.until_link(study, say),
                    data=phrases.until_data(study, say),
                ),
            ),
        ),
        (22, 78),
    )
    yield Heading(3, say.word("Le parcours des données", "The course of the data"))
    yield Bullets(tuple(_course(study, say)), is_numbered=True)


def _data(study: Study, say: Speaker) -> Line:
    found = _variables(study)
    return say(
        "{n} éléments dans {m} questionnaires, dont {sensitive} marqués sensibles et {quasi} qui aident à "
        "reconnaître une personne ; {text} avec les mots des personnes (document 2)",
        "{n} items in {m} questionnaires, of them {sensitive} marked sensitive and {quasi} that help to "
        "recognise a person; {text} with people's own words (document 2)",
        n=str(len(found)),
        m=str(len(study.instruments)),
        sensitive=str(sum(one.question.sensitive for one in found)),
        quasi=str(sum(one.question.identifying != "" for one in found)),
        text=str(sum(one.is_free_text for one in found)),
    )


def _variables(study: Study) -> tuple[Variable, ...]:
    return tuple(one for found in study.instruments for one in variables(found.instrument))


def _course(study: Study, say: Speaker) -> Iterator[Line]:
    if study.recipients["custodian"]:
        yield say(
            "Tirage : une liste de codes, un échantillon ; la table de correspondance est scellée pour le "
            "dépositaire.",
            "Draw: a list of codes, a sample; the crosswalk is sealed to the custodian.",
        )
    yield say(
        "Terrain : un ordinateur par enquêteur, sans réseau ; réponses réduites, chiffrées, puis scellées{card}.",
        "Field: a laptop for each interviewer, no network; answers reduced, encrypted, then sealed{card}.",
        card=say.word(
            " ; le code de la carte est scellé à part", "; the code of the card is sealed apart"
        )
        if study.has_links
        else "",
    )
    yield say(
        "Remise et collecte : par clé USB ; vérification sans ouvrir aucun enregistrement.",
        "Hand-over and collection: by stick; verified without opening any record.",
    )
    yield say(
        "Lecture : au bureau du responsable de l'étude, en mémoire ; le programme n'écrit pas de réponse en "
        "clair, sauf quand un analyste ouvre un jeu de données.",
        "Reading: at the study lead's desk, in memory; the program writes no answer in clear, except when an "
        "analyst opens a dataset.",
    )
    yield say(
        "Sortie : estimations, jeux de données chiffrés à leur destinataire.",
        "Release: estimates, datasets encrypted to their recipient.",
    )
    yield say("Destruction : document 4.", "Destruction: document 4.")


def _necessary(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Nécessité et proportionnalité", "Necessity and proportionality"))
    yield Grid(
        (
            say.word("Principe", "Principle"),
            say.word("Ce que l'étude fait", "What the study does"),
            say.word("À apprécier", "To be judged"),
        ),
        (
            (
                say("Finalité et base légale", "Purpose and legal basis"),
                phrases.legal_basis(study, say),
                say.todo(
                    "pourquoi cette base, et l'exception pour les données sensibles",
                    "why this basis, and the exception for sensitive data",
                ),
            ),
            (
                say("Minimisation", "Minimisation"),
                _minimised(study, say),
                say.todo(
                    "chaque partie du questionnaire est-elle nécessaire ?",
                    "is each part of the questionnaire necessary?",
                ),
            ),
            (
                say("Exactitude", "Accuracy"),
                say(
                    "corrections scellées à leur tour, jamais d'effacement silencieux ; non-réponses notées "
                    "comme telles",
                    "corrections sealed in their turn, nothing erased in silence; missing answers noted as "
                    "such",
                ),
                say.todo(
                    "contrôle de la qualité du terrain", "control of the quality of fieldwork"
                ),
            ),
            (
                say("Conservation", "Retention"),
                say(
                    "deux dates, deux destructions (document 4)",
                    "two dates, two destructions (document 4)",
                ),
                say.todo("durées justifiées ?", "periods justified?"),
            ),
            (
                say("Information", "Information"),
                say("note d'information (document 5)", "information sheet (document 5)"),
                say.todo(
                    "comprise par les personnes ? langues, lecture à voix haute, moment",
                    "understood? languages, reading aloud, moment",
                ),
            ),
            (
                say("Liberté de participer", "Freedom to take part"),
                say(
                    "refus et arrêt possibles à tout moment ; arrêt avec effacement",
                    "refusal and stopping possible at any time; stopping with erasure",
                ),
                say.todo(
                    "la personne peut-elle vraiment refuser à ceux qui l'hébergent ?",
                    "can people really say no to those who house them?",
                ),
            ),
            (say("Droits des personnes", "People's rights"), _rights(study, say), _rights_gap(say)),
            (
                say("Transferts", "Transfers"),
                say("rien n'est envoyé par le programme", "the program sends nothing"),
                say.todo("lieu des copies", "place of copies"),
            ),
        ),
        (20, 42, 38),
        is_dense=True,
    )
    yield Heading(3, say.word("Parties des questionnaires", "Parts of the questionnaires"))
    yield Bullets(
        tuple(
            say(
                "{title} : {parts}.",
                "{title}: {parts}.",
                title=say.own(found.instrument.text(found.instrument.title, say.language)),
                parts=say.own(
                    ", ".join(title for title, _n, _s in sections(found.instrument, say) if title)
                    or "–"
                ),
            )
            for found in study.instruments
        )
    )


def _minimised(study: Study, say: Speaker) -> Line:
    rules = [one.question.keep.rule for one in _variables(study)]
    plain = rules.count("as_given")
    return say(
        "éléments réduits avant d'être gardés : {reduced} ; jamais gardés : {never} ; nettoyés : {scrub} ; gardés "
        "tels quels : {plain}",
        "items reduced before they are kept: {reduced}; never kept: {never}; scrubbed: {scrub}; kept as given: "
        "{plain}",
        reduced=str(
            len(rules) - plain - sum(rules.count(one) for one in ("never", "link", "scrub"))
        ),
        never=str(rules.count("never")),
        scrub=str(rules.count("scrub")),
        plain=str(plain),
    )


def _rights(study: Study, say: Speaker) -> Line:
    if study.has_links:
        return say(
            "effacement par le code de la carte, sans nom, tant que le lien existe ; accès et correction par "
            "le même code, sans commande du programme pour en remettre copie",
            "erasure by the code of the card, without a name, as long as the link exists; access and "
            "correction by the same code, with no command of the program to hand over a copy",
        )
    return say(
        "aucun code de retrait : une personne n'est retrouvée que par son code de cas, en réunissant réponses "
        "et lien",
        "no withdrawal code: a person is found only by their case code, by joining answers and link",
    )


def _rights_gap(say: Speaker) -> Line:
    return say.todo(
        "comment répondre à une demande d'accès, d'effacement, ou sans carte",
        "how a request for access or erasure is answered, with and without a card",
    )


def _risks(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Risques pour les personnes", "Risks for people"))
    yield Paragraph(
        say(
            "Gravité et vraisemblance sont à apprécier deux fois : avec les mesures existantes, puis avec "
            "celles que l'on ajoute. Échelle : {scale}.",
            "Gravity and likelihood are to be judged twice: with the measures there are, then with those "
            "added. Scale: {scale}.",
            scale=say.law(
                "négligeable, limitée, importante, maximale (guides de la CNIL)",
                "negligible, limited, significant, maximum (guides of the CNIL)",
            ),
        )
    )
    for number, risk in enumerate(risks(study, say), start=1):
        yield Heading(3, say.word(f"Risque {number} : ", f"Risk {number}: ") + risk.title)
        yield Grid(
            (),
            (
                (say("Ce qui peut arriver", "What can happen"), risk.event),
                (say("Ce que le programme fait", "What the program does"), risk.measures),
                (say("Ce qui reste", "What remains"), risk.rest),
                (say("Gravité", "Gravity"), say.todo("gravité", "gravity")),
                (say("Vraisemblance", "Likelihood"), say.todo("vraisemblance", "likelihood")),
                (
                    say("Mesures à ajouter", "Measures to add"),
                    say.todo("mesures, qui, quand", "measures, by whom, when"),
                ),
            ),
            (24, 76),
        )


def _gaps(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(
        2, say.word("Ce que le programme ne peut pas apprécier", "What the program cannot judge")
    )
    lines = [
        say.todo(
            "organisation du terrain : lieux d'entretien, binômes, détresse, orientation vers des soins",
            "fieldwork: places of interviews, pairs, distress, referral to care",
        ),
        say.todo(
            "sécurité des postes : chiffrement du disque, comptes, mises à jour, sauvegardes",
            "security of machines: disk encryption, accounts, updates, backups",
        ),
        say.todo(
            "séparation des rôles : qui est responsable, dépositaire, tiers de séquestre",
            "separation of roles: who is study lead, custodian, escrow holder",
        ),
        say.todo(
            "contrôle de divulgation des jeux de données et des tableaux publiés",
            "disclosure control of datasets and published tables",
        ),
        say.todo(
            "engagements des analystes et destruction de leurs copies",
            "undertakings of analysts and destruction of their copies",
        ),
    ]
    if any(found.unit == "non_respondent" for found in study.instruments):
        lines.append(
            say.todo(
                "données sur des personnes qui ont refusé : nécessité, information",
                "data about people who refused: necessity, information",
            )
        )
    yield Bullets(tuple(lines))


def _opinions(say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Avis et décision", "Opinions and decision"))
    yield Grid(
        (),
        (
            (
                say("Délégué à la protection des données", "Data-protection officer"),
                say.todo("avis et date", "opinion and date"),
            ),
            (
                say(
                    "Personnes concernées ou leurs représentants",
                    "People concerned, or who speaks for them",
                ),
                say.todo(
                    "avis, ou pourquoi il n'a pas été demandé", "opinion, or why it was not asked"
                ),
            ),
            (
                say(
                    "Consultation préalable, {law}",
                    "Prior consultation, {law}",
                    law=say.law("article 36", "article 36"),
                ),
                say.todo("nécessaire ou non, pourquoi", "needed or not, why"),
            ),
            (
                say("Décision du responsable", "Decision of the controller"),
                say.todo("décision, nom, date", "decision, name, date"),
            ),
        ),
        (36, 64),
    )
