"""The risks of a study: what can happen, what the program does about it, what remains.

They are those of docs/threats.md, each with what the code really does; how likely and how grave they
are is for a person to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from export.papers import phrases
from export.papers.parts import Line
from export.papers.speaking import Speaker
from export.study import Study


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk; its title is a word or two more than a name."""

    title: str
    event: Line
    measures: Line
    rest: Line


def risks(study: Study, say: Speaker) -> Iterator[Risk]:
    """Yield the risks, the gravest first as the program's authors see them."""
    yield from _laptop(study, say)
    yield from _reading(study, say)
    yield from _recognised(study, say)
    yield from _later(study, say)


def _laptop(study: Study, say: Speaker) -> Iterator[Risk]:
    yield Risk(
        say.word("ordinateur perdu ou volé", "laptop lost or stolen"),
        say(
            "Quelqu'un trouve l'ordinateur d'un enquêteur, éteint, sans sa phrase de passe.",
            "Somebody finds an interviewer's laptop, switched off, without its passphrase.",
        ),
        say(
            "Entretiens finis scellés pour des clés absentes de l'ordinateur. Cas, visites et entretiens en "
            "cours chiffrés ; un essai de phrase de passe coûte environ une seconde et 256 Mio de mémoire, au "
            "moins 64 sur une petite machine.",
            "Finished interviews sealed to keys that are not there. Cases, visits and interviews under way "
            "encrypted; one guess at the passphrase costs about a second and 256 MiB of memory, at least 64 on "
            "a small machine.",
        ),
        say(
            "Le nom de l'étude, les questionnaires, les noms des ordinateurs et des nombres se lisent. Une "
            "copie permet d'essayer des phrases de passe sans limite.",
            "The name of the study, questionnaires, names of laptops and counts can be read. A copy lets "
            "somebody guess passphrases without limit.",
        ),
    )
    yield Risk(
        say.word("ordinateur saisi ou enquêteur contraint", "laptop seized or interviewer coerced"),
        say(
            "Un enquêteur doit donner sa phrase de passe ({law}), sous la menace ou sur demande de la "
            "justice.",
            "An interviewer has to give the passphrase ({law}), under threat or at the demand of a court.",
            law=say.law("article 434-15-2 du Code pénal", "in France, article 434-15-2 Code pénal"),
        ),
        say(
            "L'enquêteur peut obéir sans livrer un entretien fini : il ne peut pas l'ouvrir. {n} entretiens en "
            "cours au plus par ordinateur, scellés d'office après {days} jours.",
            "The interviewer can obey and still give away no finished interview: they cannot open it. At "
            "most {n} interviews under way on a laptop, sealed as they stand after {days} days.",
            n=str(study.rules.open_drafts),
            days=str(study.rules.draft_days),
        ),
        say(
            "Cas, lieux, visites, qui a répondu et qui a refusé, entretiens en cours{card}. Avec les fiches "
            "de contact, c'est une liste de personnes.",
            "Cases, places, visits, who answered and who refused, interviews under way{card}. With the "
            "contact sheets that is a list of people.",
            card=say.word(" et code de leur carte", " and the code of their card")
            if study.has_links
            else "",
        ),
    )
    yield Risk(
        say.word(
            "ordinateur allumé, écran vu, tiers présent", "laptop on, screen seen, others present"
        ),
        say(
            "Quelqu'un entend l'entretien, lit l'écran, ou prend l'ordinateur pendant qu'il sert.",
            "Somebody hears the interview, reads the screen, or takes the laptop while it is in use.",
        ),
        say(
            "Touche qui cache l'entretien ; écran effacé à la fin ; verrouillage après {n} minutes ; un "
            "entretien est un processus à part, qui s'arrête une fois scellé.",
            "A key that hides the interview; screen cleared at the end; lock after {n} minutes; an interview "
            "is a process of its own, which ends once sealed.",
            n=str(study.rules.idle_minutes),
        ),
        say(
            "La mémoire d'un ordinateur allumé, la mémoire d'échange et la mise en veille prolongée peuvent "
            "contenir des réponses et des clés. Le programme n'entend pas qui est dans la pièce.",
            "The memory of a laptop that is on, swap and hibernation may hold answers and keys. The program "
            "does not hear who is in the room.",
        ),
    )


def _reading(study: Study, say: Speaker) -> Iterator[Risk]:
    yield Risk(
        say.word("responsable de l'étude imprudent ou contraint", "study lead careless or coerced"),
        say(
            "Qui détient la clé de l'étude{escrow} et sa phrase de passe lit tout, ou doit le livrer à la "
            "justice.",
            "Whoever holds the study's key{escrow} and its passphrase reads all, or has to give it to a court.",
            escrow=say.word(" ou de séquestre", " or the escrow's")
            if study.recipients["escrow"]
            else "",
        ),
        say(
            "L'identifiant de la liste n'est pas dans les enregistrements : seul un code de cas y est. Chaque "
            "ouverture par le programme est notée.",
            "The identifier of the list is not in the records, only a case code is. Each opening by the "
            "program is noted.",
        ),
        say(
            "Une copie des fichiers et de la clé s'ouvre ailleurs, sans rien noter. {dispense}",
            "A copy of files and key opens elsewhere, without a note. {dispense}",
            dispense=say.todo(
                "position de l'organisme face à une réquisition",
                "what the organisation does when data are demanded by a court",
            ),
        ),
    )
    yield Risk(
        say.word("réponses et lien réunis", "answers and link joined"),
        say(
            "Les réponses, et ce qui relie les cas aux personnes, tombent dans les mêmes mains.",
            "Answers, and what ties cases to people, come into the same hands.",
        ),
        say(
            "Deux clés, pour deux personnes ; le dépositaire peut travailler sur une copie du dossier, "
            "sans les clés de l'étude.",
            "Two keys, for two people; the custodian can work on a copy of the study folder, without the "
            "study's keys.",
        )
        if phrases.is_separate(study)
        else say(
            "Aucune séparation : il n'y a pas de dépositaire, ou sa clé ouvre aussi les réponses.",
            "No separation: there is no custodian, or their key opens the answers too.",
        ),
        say(
            "Deux personnes qui s'entendent, ou une qui détient les deux clés, joignent tout.",
            "Two people who agree, or one who holds both keys, join all of it.",
        ),
    )
    yield Risk(
        say.word("clé USB ou envoi intercepté", "stick or sending intercepted"),
        say(
            "Une clé USB est perdue ; un fichier est remplacé en route.",
            "A stick is lost; a file is replaced on its way.",
        ),
        say(
            "Enregistrements scellés, kits signés, empreintes lues à voix haute ; ce qui est altéré, rejoué, "
            "manquant ou étranger est nommé et mis à l'écart.",
            "Sealed records, signed kits, fingerprints read aloud; what is altered, replayed, missing or "
            "foreign is named and set aside.",
        ),
        say(
            "La clé USB dit le nom de l'étude, celui de l'ordinateur, des nombres et un ordre.",
            "The stick tells the study's name, the laptop's, counts and an order.",
        ),
    )


def _recognised(study: Study, say: Speaker) -> Iterator[Risk]:
    yield Risk(
        say.word("petites cellules, personne reconnue", "small cells, person recognised"),
        say(
            "Quelques réponses réunies (sexe, âge, origine, lieu, trajectoire) désignent une personne, dans "
            "un jeu de données ou un tableau.",
            "A few answers together (sex, age, birthplace, place, pathway) point to one person, in a dataset "
            "or a table.",
        ),
        say(
            "Le lieu n'est pas dans l'enregistrement, sauf si une question le demande ; réponses réduites là "
            "où le questionnaire le dit ; estimations tues sous {n} répondants ; dans un jeu de données, ni "
            "cas, ni semaine.",
            "The place is not in the record, unless a question asks it; answers reduced where the "
            "questionnaire says so; estimates withheld under {n} respondents; no case and no week in a "
            "dataset.",
            n=str(study.cell_threshold),
        ),
        say(
            "Les jeux de données ne passent par aucun contrôle de divulgation. Dans une petite population, "
            "beaucoup de personnes y sont seules de leur combinaison.",
            "Datasets go through no disclosure control. In a small population many people are alone in their "
            "combination.",
        ),
    )
    yield Risk(
        say.word("copies et jeux de données remis", "copies, and datasets passed on"),
        say(
            "Un destinataire joint le fichier à une autre liste, le perd ou le transmet.",
            "A recipient joins the file with another list, loses it or passes it on.",
        ),
        say(
            "Jeu de données chiffré à son destinataire ; numéros propres à ce fichier ; noté au journal avec "
            "son empreinte.",
            "Dataset encrypted to its recipient; numbers made for that file; noted in the ledger with its "
            "hash.",
        ),
        say(
            "Une fois ouvert, il est lisible et copiable. Un retrait ultérieur ne l'atteint pas.",
            "Once opened it can be read and copied. A later withdrawal does not reach it.",
        ),
    )
    yield Risk(
        say.word("texte libre", "free text"),
        say(
            "Une personne ou l'enquêteur écrit un nom, un surnom, une histoire reconnaissable.",
            "A person or the interviewer writes a name, a nickname, a story that can be recognised.",
        ),
        say(
            "Numéros, adresses, dates et noms de la liste de l'étude ({n}) remplacés avant l'écriture ; mots "
            "des personnes laissés hors des jeux de données, sauf demande ; remarques de l'enquêteur toujours.",
            "Numbers, addresses, dates and the names on the study's list ({n}) replaced before anything is "
            "written; people's own words left out of datasets unless asked for, interviewers' remarks always.",
            n=_words(study, say),
        ),
        say(
            "Le nettoyage ne reconnaît pas tout. Des textes nettoyés restent des données personnelles.",
            "Scrubbing does not recognise everything. Scrubbed texts remain personal data.",
        ),
    )


def _words(study: Study, say: Speaker) -> Line:
    if study.words:
        return say("{n} noms", "{n} names", n=str(len(study.words)))
    return say.todo(
        "la liste est vide : y mettre les noms des lieux et des équipes",
        "the list is empty: put the names of places and staff on it",
        "words",
    )


def _later(study: Study, say: Speaker) -> Iterator[Risk]:
    yield Risk(
        say.word("entretien inventé ou altéré", "interview made up or altered"),
        say(
            "Un enquêteur invente, modifie ou supprime des entretiens.",
            "An interviewer makes up, changes or drops interviews.",
        ),
        say(
            "Journal signé de chaque ordinateur, fiche du jour sur papier : un enregistrement retiré se voit. "
            "Contrôle du terrain par enquêteur (durées, ressemblances, interruptions) et tirage de cas à "
            "réinterroger.",
            "A signed ledger on each laptop, a daily sheet on paper: a record taken out shows. An audit by "
            "interviewer (durations, likeness, starts abandoned), and cases drawn to be interviewed again.",
        ),
        say(
            "Rien de cela ne prouve qu'un entretien a eu lieu, ni qu'il a été inventé.",
            "None of this proves that an interview took place, nor that it was made up.",
        ),
    )
    lost_key = (
        say(
            "Le tiers de séquestre peut ouvrir si la clé de l'étude est perdue.",
            "The escrow holder can open if the study's key is lost.",
        )
        if study.recipients["escrow"]
        else say(
            "Il n'y a pas de tiers de séquestre : la clé de l'étude perdue, tout est perdu.",
            "There is no escrow holder: if the study's key is lost, all is lost.",
        )
    )
    yield Risk(
        say.word("perte de données", "data lost"),
        say(
            "Panne, disque plein, ordinateur perdu, clé ou phrase de passe oubliée.",
            "A crash, a full disk, a lost laptop, a key or passphrase forgotten.",
        ),
        say(
            "Chaque réponse est sur le disque avant la question suivante ; l'ordinateur garde ses "
            "enregistrements jusqu'à l'accusé de réception. {escrow}",
            "Each answer is on the disk before the next question; the laptop keeps its records until the "
            "receipt. {escrow}",
            escrow=lost_key,
        ),
        say(
            "Ce qui a été scellé depuis la dernière remise est perdu avec l'ordinateur.",
            "What was sealed since the last hand-over is lost with the laptop.",
        ),
    )
    yield Risk(
        say.word("déchiffrement futur", "decryption in the future"),
        say(
            "Une copie faite aujourd'hui est ouverte plus tard par un ordinateur quantique, ou par une faille "
            "découverte depuis.",
            "A copy made today is opened later by a quantum computer, or by a flaw found since.",
        ),
        say(
            "Clés hybrides (ML-KEM-768 et X25519) : il faut casser les deux. Format ouvert (age), pour "
            "changer d'outil.",
            "Hybrid keys (ML-KEM-768 and X25519): both must be broken. An open format (age), so that tools "
            "can be changed.",
        ),
        say(
            "Personne d'extérieur n'a audité le programme. Une copie garde ce qu'elle contient aussi "
            "longtemps que les clés existent.",
            "Nobody outside has audited the program. A copy keeps what it holds as long as the keys exist.",
        ),
    )
