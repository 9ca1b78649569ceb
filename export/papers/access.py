"""Who can read what, and when: from the laptop to what is published."""

from __future__ import annotations

from collections.abc import Iterator

from export.papers import phrases
from export.papers.parts import Block, Bullets, Document, Grid, Heading, Line, Notice, Paragraph
from export.papers.speaking import Speaker
from export.study import Study

Row = tuple[Line, ...]


def access(study: Study, say: Speaker) -> Document:
    """Return who can read what, and when."""
    return Document(
        say.word("3-acces", "3-access"),
        say.language,
        say.word("Qui peut lire quoi, et quand", "Who can read what, and when"),
        phrases.title(study, say),
        (
            *_who_reads(study, say),
            *_together(study, say),
            *_over_time(study, say),
            *_holders(study, say),
        ),
    )


def _who_reads(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Qui peut lire quoi", "Who can read what"))
    yield Paragraph(
        say(
            "Aucun serveur, aucun réseau, aucun compte. Ce qui protège est de savoir qui détient quelle clé et "
            "quelle phrase de passe. Ce document dit ce que chaque clé ouvre ; une personne doit dire qui la "
            "détient.",
            "No server, no network, no account. What protects is who holds which key and which passphrase. "
            "This document says what each key opens; a person must say who holds it.",
        )
    )
    columns = (
        say.word("Qui", "Who"),
        say.word("Peut lire", "Can read"),
        say.word("Ne peut pas lire", "Cannot read"),
        say.word("Quand", "When"),
    )
    rows = (
        *_laptop(study, say),
        *_keys(study, say),
        *_custodian(study, say),
        *_outside(study, say),
    )
    yield Grid(columns, rows, (20, 33, 25, 22), is_dense=True)


def _laptop(study: Study, say: Speaker) -> Iterator[Row]:
    yield (
        say(
            "Qui trouve l'ordinateur éteint, sans la phrase de passe",
            "Whoever finds the laptop switched off, without the passphrase",
        ),
        say(
            "le nom de l'étude, les questionnaires, les noms des ordinateurs ; combien "
            "d'enregistrements attendent, combien d'entretiens sont en cours et leur nombre de réponses",
            "the name of the study, its questionnaires, names of laptops; how many records wait, how many "
            "interviews are under way and how many answers each has",
        ),
        say("cas, lieux, visites, issues, réponses", "cases, places, visits, outcomes, answers"),
        say("tant que l'ordinateur n'est pas effacé", "until the laptop is erased"),
    )
    yield (
        say(
            "L'enquêteur, ou qui a l'ordinateur et sa phrase de passe",
            "The interviewer, or whoever has the laptop and its passphrase",
        ),
        say(
            "les cas de cet ordinateur et leurs lieux, les noms à effacer des textes, les visites, les "
            "refus, les rendez-vous ; les réponses des entretiens en cours{card}",
            "the cases of this laptop and their places, the names to scrub, visits, refusals, appointments; "
            "the answers of interviews under way{card}",
            card=say.word(" et le code de leur carte", " and the code of their card")
            if study.has_links
            else "",
        ),
        _sealed_on_laptop(study, say),
        say(
            "jusqu'à ce que le dossier de l'ordinateur soit effacé ; un entretien, jusqu'à sa fin",
            "until the laptop's folder is erased; an interview, until it ends",
        ),
    )


def _sealed_on_laptop(study: Study, say: Speaker) -> Line:
    if study.is_practice:
        return say(
            "les entretiens finis, tous simulés", "finished interviews, all of them simulated"
        )
    return say(
        "les entretiens finis, même les siens : ils sont scellés pour des clés qui ne sont pas sur "
        "l'ordinateur. Exception : les entretiens d'entraînement, qui n'en sortent pas",
        "finished interviews, their own included: they are sealed to keys that are not on the laptop. "
        "Exception: practice interviews, which never leave it",
    )


def _keys(study: Study, say: Speaker) -> Iterator[Row]:
    lead = say(
        "tout enregistrement collecté : les réponses sous leur forme gardée, le code de cas, "
        "l'enquêteur, l'ordinateur, la semaine, les visites ; un entretien en cours, s'il obtient "
        "l'ordinateur",
        "every record collected: answers as they are kept, case code, interviewer, laptop, week, visits; an "
        "interview under way, if they get the laptop",
    )
    yield (
        say(
            "Le responsable de l'étude, avec la clé de l'étude",
            "The study lead, with the study's key",
        ),
        lead,
        _with_custodian(study, "study", say),
        say(
            "dès la collecte, jusqu'à la destruction de la clé ; chaque ouverture par le programme est "
            "notée au journal de l'étude",
            "from collection until the key is destroyed; each opening by the program is noted in the "
            "study's ledger",
        ),
    )
    if study.recipients["escrow"]:
        yield (
            say("Le tiers de séquestre, avec sa clé", "The escrow holder, with their key"),
            say(
                "la même chose, s'il obtient les fichiers scellés",
                "the same, if they get the sealed files",
            ),
            _with_custodian(study, "escrow", say),
            say(
                "si la clé de l'étude est perdue ; sa clé seule suffit, rien ne l'oblige techniquement à "
                "attendre",
                "if the study's key is lost; their key alone is enough, nothing technical makes them wait",
            ),
        )
    yield (
        say("Qui détient la clé de signature", "Whoever holds the signing key"),
        say(
            "rien ; mais un kit signé par elle peut faire sceller pour d'autres clés",
            "nothing; but a kit signed with it can have records sealed to other keys",
        ),
        say("réponses, liens", "answers, links"),
        say("pendant le terrain", "during fieldwork"),
    )


def _with_custodian(study: Study, role: str, say: Speaker) -> Line:
    """Return what is sealed to the custodian, as far as the key of a role does not open it."""
    if not study.recipients["custodian"]:
        return say(
            "rien n'est scellé pour un dépositaire : il n'y en a pas",
            "nothing is sealed to a custodian: there is none",
        )
    if set(study.recipients[role]) & set(study.recipients["custodian"]):
        return say(
            "rien : une même clé ouvre aussi ce qui est au dépositaire",
            "nothing: one key also opens what is the custodian's",
        )
    if study.has_links:
        return say(
            "le code des cartes, la table de correspondance", "the code of cards, the crosswalk"
        )
    return say("la table de correspondance", "the crosswalk")


def _custodian(study: Study, say: Speaker) -> Iterator[Row]:
    if study.recipients["custodian"]:
        yield (
            say("Le dépositaire, avec sa clé", "The custodian, with their key"),
            say(
                "la table de correspondance : quel cas est quelle personne de la liste, et en quel lieu ; "
                "quel ordinateur a quels cas{card}",
                "the crosswalk: which case is which person of the list, and where; which laptop has which "
                "cases{card}",
                card=say.word(
                    " ; quel code de carte va avec quel enregistrement, donc quels enregistrements sont d'une "
                    "même personne",
                    "; which card code goes with which record, and so which records are one person's",
                )
                if study.has_links
                else "",
            ),
            say("toute réponse", "any answer")
            if phrases.is_separate(study)
            else say("rien : voir plus bas", "nothing: see below"),
            say(
                "du tirage à la destruction de sa clé", "from the draw until their key is destroyed"
            ),
        )
    yield (
        say("Qui détient les fiches de contact", "Whoever holds the contact sheets"),
        say(
            "qui est à voir et où, les noms ajoutés à la main, les visites",
            "who is to be seen and where, names added by hand, visits",
        ),
        say("toute réponse", "any answer"),
        say("jusqu'à la destruction du papier", "until the paper is destroyed"),
    )


def _outside(study: Study, say: Speaker) -> Iterator[Row]:
    yield (
        say("Un analyste, avec le jeu de données", "An analyst, with the dataset"),
        say(
            "une ligne par répondant, pseudonymisée : les réponses gardées, le mois, la strate sous un "
            "numéro du fichier, le poids ; les mots des personnes si le responsable les a joints",
            "one row a respondent, pseudonymised: answers as kept, the month, the stratum under a number of "
            "the file, the weight; people's own words where the lead added them",
        ),
        say(
            "code de cas, enquêteur, ordinateur, visites, remarques, éléments marqués « identifie »",
            "case code, interviewer, laptop, visits, remarks, items marked “identifies”",
        ),
        say(
            "dès qu'il le reçoit ; le programme ne peut pas le lui reprendre",
            "from when they receive it; the program cannot take it back",
        ),
    )
    yield (
        say("Le public", "The public"),
        say(
            "les estimations publiées et le certificat du tirage",
            "published estimates and the certificate of the draw",
        ),
        say(
            "toute estimation dont une case compte moins de {n} répondants : le programme la tait. Il ne "
            "contrôle ni les jeux de données, ni les tableaux faits ailleurs",
            "any estimate of which a cell counts fewer than {n} respondents: the program withholds it. It "
            "checks neither datasets nor tables made elsewhere",
            n=str(study.cell_threshold),
        ),
        say("dès la publication, sans retour", "from publication on, for good"),
    )


def _together(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(
        2, say.word("Ce que deux accès réunis permettent", "What two of them can do together")
    )
    if phrases.shares_a_key(study):
        yield Notice(
            (
                say(
                    "Une même clé ouvre ici les réponses et ce qui est réservé au dépositaire. La "
                    "séparation entre les deux n'existe pas.",
                    "One key opens here both the answers and what is for the custodian alone. There is no "
                    "separation between the two.",
                ),
            )
        )
    yield Bullets(
        (
            say(
                "Clé de l'étude{escrow} et clé du dépositaire : chaque réponse est rattachée à une personne "
                "de la liste. Si une seule personne détient les deux, la séparation est une promesse, pas "
                "une protection.",
                "The study's key{escrow} and the custodian's: each answer is tied to a person of the list. "
                "Where one person holds both, the separation is a promise, not a protection.",
                escrow=say.word(" (ou de séquestre)", " (or the escrow's)")
                if study.recipients["escrow"]
                else "",
            ),
            say(
                "Clé de l'étude et un ordinateur avec sa phrase de passe : les réponses de ses cas sont "
                "rattachées à des lieux.",
                "The study's key and a laptop with its passphrase: the answers of its cases are tied to "
                "places.",
            ),
            say(
                "Clé de l'étude et liste des personnes : le tirage peut être refait, donc on sait qui a été "
                "désigné, non qui est quel cas. Avec deux ou trois personnes désignées par strate, quelques "
                "réponses suffisent souvent à conclure.",
                "The study's key and the list of people: the draw can be redone, so it is known who was "
                "drawn, not who is which case. With two or three people drawn in a stratum, a few answers "
                "are often enough to tell.",
            ),
            say(
                "Ordinateur avec sa phrase de passe et fiches de contact : la liste de qui a répondu et de "
                "qui a refusé, sans les réponses.",
                "A laptop with its passphrase and the contact sheets: the list of who answered and who "
                "refused, without the answers.",
            ),
        )
    )


def _over_time(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Au fil de l'étude", "In the course of the study"))
    yield Bullets(
        (
            say(
                "Pendant l'entretien : chaque réponse est réduite, chiffrée et écrite avant la question "
                "suivante. L'ordinateur peut encore la lire, avec la phrase de passe.",
                "During the interview: each answer is reduced, encrypted and written before the next "
                "question. The laptop can still read it, with the passphrase.",
            ),
            say(
                "À la fin : l'entretien est scellé ; l'ordinateur ne peut plus le lire. Tous les "
                "enregistrements ont la même taille, {n} octets avant scellement, refus compris.",
                "At its end: the interview is sealed; the laptop can no longer read it. All records have one "
                "size, {n} bytes before sealing, refusals included.",
                n=say.number(study.bucket),
            ),
            say(
                "À la remise : les enregistrements scellés passent par une clé USB ; qui la trouve n'en lit "
                "aucun.",
                "At the hand-over: sealed records travel on a stick; whoever finds it can read none.",
            ),
            say(
                "Après la collecte : qui détient la clé de l'étude peut lire.",
                "After collection: whoever holds the study's key can read.",
            ),
            say(
                "Après la destruction du lien, prévue le {day} : plus personne ne peut rattacher un cas à la "
                "liste par le lien. On peut encore reconnaître quelqu'un à ses réponses.",
                "After the link is destroyed, planned for {day}: nobody can tie a case to the list by the "
                "link any more. Somebody can still be recognised by their answers.",
                day=phrases.until_link(study, say),
            ),
            say(
                "Après la destruction des clés, prévue le {day} : aucune copie scellée ne s'ouvre plus.",
                "After the keys are destroyed, planned for {day}: no sealed copy opens any more.",
                day=phrases.until_data(study, say),
            ),
        ),
        is_numbered=True,
    )


def _holders(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Qui détient quoi", "Who holds what"))
    who = say.todo("nom, fonction, lieu de la clé", "name, position, place of the key")
    roles = [
        say("Clé de l'étude", "The study's key"),
        say("Clé de signature", "The signing key"),
    ]
    if study.recipients["escrow"]:
        roles.append(say("Clé de séquestre", "The escrow's key"))
    if study.recipients["custodian"]:
        roles.append(say("Clé du dépositaire", "The custodian's key"))
    roles += [
        say("Fiches de contact", "Contact sheets"),
        say("Ordinateurs du terrain", "Laptops of the field"),
        say("Copies de sauvegarde du dossier de l'étude", "Backup copies of the study folder"),
    ]
    yield Grid((), tuple((role, who) for role in roles), (40, 60))
