"""How long data are kept, what destroying them means here, and what it does not reach."""

from __future__ import annotations

from collections.abc import Iterator

from export.papers import phrases
from export.papers.parts import Block, Bullets, Code, Document, Grid, Heading, Line, Paragraph
from export.papers.speaking import Speaker
from export.study import Study


def retention(study: Study, say: Speaker) -> Document:
    """Return how long data are kept and how they are destroyed."""
    return Document(
        say.word("4-conservation", "4-retention"),
        say.language,
        say.word("Conservation et destruction", "Retention and destruction"),
        phrases.title(study, say),
        (
            *_dates(study, say),
            *_meaning(study, say),
            *_steps(study, say),
            *_withdrawal(study, say),
            *_beyond(study, say),
        ),
    )


def _dates(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Jusqu'à quand", "Until when"))
    by_whom = say.todo("qui s'en charge", "who sees to it")
    yield Grid(
        (
            say.word("Quoi", "What"),
            say.word("Au plus tard", "At the latest"),
            say.word("Par qui", "By whom"),
        ),
        (
            (
                _link_told(study, say),
                phrases.until_link(study, say),
                by_whom,
            ),
            (
                say(
                    "Les données : enregistrements scellés, clés qui les ouvrent, jeux de données",
                    "The data: sealed records, the keys that open them, datasets",
                ),
                phrases.until_data(study, say),
                by_whom,
            ),
            (
                say(
                    "Les dossiers des ordinateurs, avec leur carnet des cas",
                    "The laptops' folders, with their case journal",
                ),
                say.todo("date, dès la fin du terrain", "date, as soon as fieldwork ends"),
                by_whom,
            ),
            (
                say(
                    "Jeux de données remis à des analystes",
                    "Datasets passed on to analysts",
                ),
                say.todo("date convenue avec chacun", "date agreed with each"),
                by_whom,
            ),
            (
                say(
                    "Journal de l'étude, certificat du tirage",
                    "The study's ledger, certificate of the draw",
                ),
                say.todo(
                    "durée d'archivage, s'il y a lieu", "how long they are archived, if at all"
                ),
                by_whom,
            ),
        ),
        (45, 30, 25),
    )
    yield Paragraph(
        say(
            "Le programme ne détruit rien de lui-même à ces dates : une personne doit le faire. {todo}",
            "The program destroys nothing by itself on these dates: a person must do it. {todo}",
            todo=say.todo(
                "justifier ces durées au regard des finalités",
                "justify these periods by the purposes",
            ),
        )
    )


def _link_told(study: Study, say: Speaker) -> Line:
    if not study.recipients["custodian"]:
        return say(
            "Le lien : cette étude n'a pas de dépositaire, donc ni table de correspondance, ni carte. {todo}",
            "The link: this study has no custodian, so no crosswalk and no cards. {todo}",
            todo=say.todo(
                "ce qui relie les cas aux personnes, s'il y a lieu",
                "what ties cases to people, if anything",
            ),
        )
    if study.has_links:
        return say(
            "Le lien : table de correspondance, codes des cartes, clé du dépositaire, fiches de contact",
            "The link: crosswalk, codes of the cards, the custodian's key, contact sheets",
        )
    return say(
        "Le lien : table de correspondance, clé du dépositaire, fiches de contact (il n'y a pas de "
        "carte de participant)",
        "The link: crosswalk, the custodian's key, contact sheets (there are no participants' cards)",
    )


def _meaning(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Ce que détruire veut dire ici", "What destroying means here"))
    yield Paragraph(
        say(
            "Les enregistrements sont scellés pour des clés. Quand toutes les copies d'une clé et de sa "
            "phrase de passe ont disparu, aucun fichier scellé pour elle ne s'ouvre plus, où qu'il soit. "
            "C'est la seule destruction qui atteint aussi les copies que l'on ne connaît pas.",
            "Records are sealed to keys. Once every copy of a key and of its passphrase is gone, no file "
            "sealed to it opens any more, wherever it is. It is the only destruction that also reaches "
            "copies nobody knows of.",
        )
    )
    yield Bullets((*_keys(study, say), _remnants(say)))


def _keys(study: Study, say: Speaker) -> Iterator[Line]:
    if study.recipients["escrow"]:
        yield say(
            "Réponses : la clé de l'étude et la clé de séquestre, chacune avec ses copies. Tant que l'une "
            "existe, tout s'ouvre.",
            "Answers: the study's key and the escrow's, each with its copies. As long as one exists, all of "
            "it opens.",
        )
    else:
        yield say(
            "Réponses : la clé de l'étude, avec ses copies. Il n'y a pas de clé de séquestre.",
            "Answers: the study's key, with its copies. There is no escrow key.",
        )
    if study.recipients["custodian"]:
        yield say(
            "Lien : la clé du dépositaire, avec ses copies, et ce qui est sur papier.",
            "Link: the custodian's key, with its copies, and what is on paper.",
        )


def _remnants(say: Speaker) -> Line:
    return say(
        "Sur une mémoire flash (clé USB, disque SSD), un fichier effacé peut laisser des restes. Une clé reste "
        "protégée par sa phrase de passe : l'oublier et en détruire toute trace compte autant qu'effacer le "
        "fichier.",
        "On flash memory (stick, SSD) an erased file may leave remnants. A key is still protected by its "
        "passphrase: forgetting it and destroying every trace of it counts as much as erasing the file.",
    )


def _steps(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Ce qu'il faut faire", "What is to be done"))
    yield Heading(3, say.word("Détruire le lien", "Destroying the link"))
    yield Bullets(tuple(_link_steps(study, say)), is_numbered=True)
    yield Heading(3, say.word("Détruire les données", "Destroying the data"))
    yield Bullets(tuple(_data_steps(study, say)), is_numbered=True)
    yield Paragraph(
        say(
            "Le journal de l'étude note les clés détruites par le programme. Le reste est à noter à la main : "
            "date, personne, ce qui a été détruit. {todo}",
            "The study's ledger notes keys that the program destroyed. The rest is to be noted by hand: date, "
            "person, what was destroyed. {todo}",
            todo=say.todo("où ces notes sont gardées", "where these notes are kept"),
        )
    )


def _link_steps(study: Study, say: Speaker) -> Iterator[Line]:
    yield say(
        "Détruire les fiches de contact sur papier{cards}.",
        "Destroy the contact sheets on paper{cards}.",
        cards=say.word(
            ", et les cartes qui n'ont pas été remises", ", and the cards that were not given out"
        )
        if study.has_links
        else "",
    )
    if study.recipients["custodian"]:
        yield say(
            "Détruire la clé du dépositaire : {command} écrase le fichier et le note ; ses copies et sa phrase "
            "de passe sont à détruire à la main. {crosswalk}, {assignments}{links} ne s'ouvrent plus, où que "
            "soient leurs copies.",
            "Destroy the custodian's key: {command} overwrites the file and notes it; its copies and its "
            "passphrase are to be destroyed by hand. {crosswalk}, {assignments}{links} open no more, wherever "
            "copies of them are.",
            command=Code("souspli keys destroy"),
            crosswalk=Code("crosswalk.age"),
            assignments=Code("assignments.age"),
            links=say(" et les fichiers {code}", " and the files {code}", code=Code("*.link.age"))
            if study.has_links
            else "",
        )
    yield say(
        "Effacer le dossier de chaque ordinateur du terrain : son carnet des cas relie les cas à des "
        "lieux.",
        "Erase the folder of each laptop of the field: its case journal ties cases to places.",
    )
    yield say(
        "Effacer la liste des personnes d'où l'échantillon a été tiré, si elle ne sert à rien d'autre.",
        "Erase the list of people the sample was drawn from, if it serves nothing else.",
    )


def _data_steps(study: Study, say: Speaker) -> Iterator[Line]:
    yield say(
        "Détruire chaque clé de l'étude ({key}, une par vague) avec {command}, puis ses copies et sa phrase de "
        "passe, à la main.",
        "Destroy each key of the study ({key}, one for each wave) with {command}, then its copies and its "
        "passphrase, by hand.",
        key=Code("keys/study*.key"),
        command=Code("souspli keys destroy"),
    )
    if study.recipients["escrow"]:
        yield say(
            "Demander au tiers de séquestre de détruire la sienne, et de le confirmer.",
            "Ask the escrow holder to destroy theirs, and to confirm it.",
        )
    yield say(
        "Effacer les enregistrements scellés et leurs copies : {folder}, clés USB, ordinateurs, "
        "sauvegardes.",
        "Erase the sealed records and their copies: {folder}, sticks, laptops, backups.",
        folder=Code("collected/"),
    )
    yield say(
        "Effacer les jeux de données, chiffrés et ouverts, et demander à chaque analyste de le faire.",
        "Erase datasets, encrypted and opened, and ask each analyst to do so.",
    )
    yield say(
        "Détruire les questionnaires remplis sur papier, s'il y en a.",
        "Destroy questionnaires filled in on paper, if there are any.",
    )


def _withdrawal(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Le retrait d'une personne", "One person's withdrawal"))
    if not study.has_links:
        yield Paragraph(
            say(
                "Cette étude n'a ni carte de participant, ni code de retrait.{together} {todo}",
                "This study has no participant's card and no withdrawal code.{together} {todo}",
                together=_together(say) if study.recipients["custodian"] else "",
                todo=say.todo(
                    "comment une personne fait retirer ses réponses",
                    "how a person has their answers withdrawn",
                ),
            )
        )
        return
    yield Bullets(
        (
            say(
                "La personne donne le code de sa carte au dépositaire. Son nom n'est pas nécessaire.",
                "The person gives the code of their card to the custodian. Their name is not needed.",
            ),
            say(
                "Le dépositaire trouve les numéros des enregistrements qui portent ce code, et ne transmet "
                "que ces numéros au responsable de l'étude.",
                "The custodian finds the numbers of the records with that code, and passes only these "
                "numbers on to the study lead.",
            ),
            say(
                "Le responsable efface ces enregistrements. Leurs numéros restent sur une liste de refus : "
                "une ancienne copie n'est pas reprise. Le programme nomme les jeux de données faits avant.",
                "The lead erases these records. Their numbers stay on a list of refusals: an old copy is not "
                "taken in again. The program names the datasets made before.",
            ),
        ),
        is_numbered=True,
    )
    yield Paragraph(
        say(
            "Possible tant que le lien existe ({day}). Le code suffit : qui a la carte peut faire retirer "
            "les réponses. Sans le code, le dépositaire seul ne peut pas savoir quel enregistrement est celui "
            "de la personne ; avec le responsable de l'étude il le peut, par le code de cas, mais c'est réunir "
            "réponses et lien. {todo}",
            "Possible as long as the link exists ({day}). The code is enough: whoever has the card can have "
            "the answers withdrawn. Without the code, the custodian alone cannot tell which record is the "
            "person's; together with the study lead they can, by the case code, but that joins answers and "
            "link. {todo}",
            day=phrases.until_link(study, say),
            todo=say.todo(
                "que faire quand une carte est perdue, ou n'a pas été remise",
                "what to do when a card is lost, or was not given",
            ),
        )
    )


def _together(say: Speaker) -> str:
    return say.word(
        " Dépositaire et responsable de l'étude, réunis, peuvent retrouver un enregistrement par le code de "
        "cas ; c'est réunir réponses et lien.",
        " Custodian and study lead together can find a record by the case code; that joins answers and link.",
    )


def _beyond(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Ce que cela n'atteint pas", "What it does not reach"))
    yield Bullets(
        (
            say("Les chiffres déjà publiés.", "Figures already published."),
            say(
                "Un jeu de données déjà remis : il ne porte ni code de carte, ni cas ; rien n'y dit donc "
                "quelle ligne retirer. On peut demander sa destruction et en remettre un nouveau.",
                "A dataset already passed on: it has no card code and no case, so nothing in it says which "
                "row to remove. Its destruction can be asked for, and a new one passed on.",
            ),
            say(
                "Après un retrait, les copies scellées qui sont ailleurs (sauvegardes, clés USB) : elles ne "
                "deviennent illisibles qu'avec la destruction des clés.",
                "After a withdrawal, sealed copies elsewhere (backups, sticks): they become unreadable only "
                "when the keys are destroyed.",
            ),
            say(
                "Ce que des personnes ont lu, noté ou imprimé.",
                "What people have read, noted or printed.",
            ),
        )
    )
    yield Paragraph(phrases.pseudonymised(say))
