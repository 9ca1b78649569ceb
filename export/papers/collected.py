"""What is collected and kept, and in what form: every item of every questionnaire, once."""

from __future__ import annotations

from collections.abc import Iterator

from export.papers import kept, phrases
from export.papers.parts import Block, Bullets, Code, Document, Grid, Heading, Line, Paragraph
from export.papers.speaking import Speaker
from export.study import Study, StudyInstrument
from surveys.codebook import Variable, variables
from surveys.instrument import Group, Instrument


def collected(study: Study, say: Speaker) -> Document:
    """Return what is collected and kept, from the questionnaires themselves."""
    return Document(
        say.word("2-donnees", "2-data"),
        say.language,
        say.word("Données recueillies et gardées", "Data collected and kept"),
        phrases.title(study, say),
        (
            *_how_to_read(study, say),
            *_counted(study, say),
            *(block for found in study.instruments for block in _items(study, found, say)),
            *_record(say),
            *_elsewhere(study, say),
        ),
    )


def _how_to_read(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Comment lire ce document", "How to read this document"))
    yield Paragraph(
        say(
            "Chaque élément qu'un questionnaire demande ou calcule figure ici une fois, avec la forme sous "
            "laquelle le programme le garde. La réduction est faite quand la réponse est donnée, avant "
            "toute écriture sur le disque. Les notes lues à la personne ne recueillent rien et n'y "
            "figurent pas.",
            "Every item that a questionnaire asks or works out stands here once, with the form in which "
            "the program keeps it. It is reduced when the answer is given, before anything is written to "
            "a disk. Notes read to the person collect nothing and are left out.",
        )
    )
    yield Bullets(
        (
            say(
                "« Tel quel » : la réponse, sans réduction. D'un choix, c'est la modalité choisie : une tranche "
                "d'âge, par exemple, quand la question n'offre que des tranches.",
                "“As given”: the answer, not reduced. Of a choice it is the one chosen: a band of ages, for "
                "example, where the question offers only bands.",
            ),
            say(
                "« Mots nettoyés » : les mots de la personne ; les numéros, adresses, dates et noms que le "
                "programme reconnaît y sont remplacés par des marques. Il ne reconnaît pas tout : un "
                "prénom hors liste, un surnom ou une histoire que seule une personne peut raconter restent.",
                "“Words, scrubbed”: the person's own words; numbers, addresses, dates and names that the "
                "program recognises are replaced by marks. It does not recognise everything: a first name "
                "on no list, a nickname or a story only one person can tell remain.",
            ),
            *_openers(study, say),
            say(
                "« Sensible » et « aide à reconnaître » sont les marques que l'auteur du questionnaire a "
                "posées. Ce ne sont pas des qualifications juridiques : {todo}",
                "“Sensitive” and “helps to recognise” are marks set by the author of the questionnaire. They "
                "are no legal qualification: {todo}",
                todo=say.todo(
                    "faire relire ces marques par le délégué à la protection des données",
                    "have these marks read over by the data-protection officer",
                ),
            ),
        )
    )
    yield Paragraph(phrases.pseudonymised(say))


def _openers(study: Study, say: Speaker) -> Iterator[Line]:
    if study.recipients["escrow"]:
        yield say(
            "« Étude, séquestre » : la clé du responsable de l'étude, ou celle du tiers de séquestre, "
            "l'ouvre ; l'une suffit.",
            "“Study, escrow”: the study lead's key, or the escrow holder's, opens it; one is enough.",
        )
    else:
        yield say(
            "« Étude » : seule la clé du responsable de l'étude l'ouvre. Il n'y a pas de tiers de "
            "séquestre : si cette clé est perdue, plus rien ne s'ouvre.",
            "“Study”: only the study lead's key opens it. There is no escrow holder: if that key is lost, "
            "nothing can be opened.",
        )
    if study.has_links:
        yield say(
            "« Dépositaire » : seule la clé du dépositaire l'ouvre. Il ne peut ouvrir aucune réponse.",
            "“Custodian”: only the custodian's key opens it. It opens no answer.",
        )
    else:
        yield say(
            "Aucun élément n'est réservé au dépositaire : il n'y a ni carte de participant, ni code de "
            "retrait.",
            "No item is for the custodian alone: there is no participant's card and no withdrawal code.",
        )


def _counted(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("En nombres", "In numbers"))
    columns = (
        say.word("Questionnaire", "Questionnaire"),
        say.word("Éléments", "Items"),
        say.word("Tels quels", "As given"),
        say.word("Réduits", "Reduced"),
        say.word("Mots nettoyés", "Scrubbed"),
        say.word("Non gardés", "Not kept"),
        say.word("Au dépositaire", "Custodian's"),
        say.word("Sensibles", "Sensitive"),
        say.word("Aident à reconnaître", "Help to recognise"),
    )
    yield Grid(
        columns,
        tuple(
            (
                say.own(found.instrument.text(found.instrument.title, say.language)),
                *((str(n),) for n in _numbers(variables(found.instrument))),
            )
            for found in study.instruments
        ),
        (20, 10, 9, 9, 10, 9, 12, 10, 11),
        is_dense=True,
    )


def _numbers(found: tuple[Variable, ...]) -> tuple[int, ...]:
    rules = [variable.question.keep.rule for variable in found]
    return (
        len(found),
        rules.count("as_given"),
        sum(rule in kept.REDUCED for rule in rules),
        rules.count("scrub"),
        rules.count("never"),
        rules.count("link"),
        sum(variable.question.sensitive for variable in found),
        sum(variable.question.identifying != "" for variable in found),
    )


def _items(study: Study, found: StudyInstrument, say: Speaker) -> Iterator[Block]:
    instrument = found.instrument
    title = " ".join(instrument.text(instrument.title, say.language).split())
    yield Heading(2, say.word(f"Questionnaire : {title}", f"Questionnaire: {title}"))
    yield Paragraph(
        say(
            "{id}, version {version}. Chaque enregistrement porte sur {unit}.",
            "{id}, version {version}. Each record is about {unit}.",
            id=Code(instrument.id),
            version=", ".join(one.version for one in found.versions),
            unit=phrases.about(found, say),
        )
    )
    sections = _by_section(instrument)
    for name, rows in sections.items():
        label = _label_of(instrument, name, say)
        if label and len(sections) > 1:
            yield Heading(3, label)
        yield Grid(
            (
                say.word("Élément", "Item"),
                say.word("Gardé sous la forme", "Kept as"),
                say.word("Qui peut l'ouvrir", "Who can open it"),
                say.word("Marqué", "Marked"),
            ),
            tuple(kept.item(study, instrument, variable, say) for variable in rows),
            (47, 23, 15, 15),
            is_dense=True,
        )


def _by_section(instrument: Instrument) -> dict[str, list[Variable]]:
    """Return the variables by the name of the part they stand in, '' outside any."""
    parts = {item.name: around for item, around in instrument.items()}
    found: dict[str, list[Variable]] = {}
    for variable in variables(instrument):
        around = parts[variable.name]
        found.setdefault(around[0].name if around else "", []).append(variable)
    return found


def sections(instrument: Instrument, say: Speaker) -> list[tuple[str, int, int]]:
    """Return (title, items, of them sensitive) of each part in which something is asked."""
    return [
        (
            _label_of(instrument, name, say),
            len(rows),
            sum(variable.question.sensitive for variable in rows),
        )
        for name, rows in _by_section(instrument).items()
    ]


def _label_of(instrument: Instrument, name: str, say: Speaker) -> str:
    for item in instrument.survey:
        if isinstance(item, Group) and item.name == name:
            return " ".join(instrument.text(item.label, say.language).split())
    return ""


def _record(say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Ce qu'un enregistrement porte aussi", "What a record also holds"))
    yield Paragraph(
        say(
            "Tout cela est scellé avec les réponses. Le programme ne relève ni position, ni son, ni image.",
            "All of this is sealed with the answers. The program takes no position, no sound, no picture.",
        )
    )
    yield Grid(
        (say.word("Champ", "Field"), say.word("Ce qu'il contient", "What it holds")),
        tuple(((Code(", ".join(fields)),), told) for fields, told in kept.of_a_record(say)),
        (32, 68),
        is_dense=True,
    )


def _elsewhere(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Ce qui est écrit ailleurs", "What is written elsewhere"))
    yield Grid(
        (
            say.word("Quoi", "What"),
            say.word("Ce qu'il contient", "What it holds"),
            say.word("Qui peut le lire", "Who can read it"),
        ),
        (*_at_the_desk(study, say), *_in_the_field(study, say)),
        (24, 46, 30),
        is_dense=True,
    )


def _at_the_desk(study: Study, say: Speaker) -> Iterator[tuple[Line, ...]]:
    yield (
        say("liste des personnes (base de sondage)", "list of people (frame)"),
        say(
            "ce que le responsable de l'étude y a mis : un code par personne, un lieu ; le programme ne la "
            "recopie pas",
            "what the study lead put there: a code for each person, a place; the program makes no copy",
        ),
        say("qui détient le fichier", "whoever holds the file"),
    )
    yield (
        say("échantillon {file}", "sample {file}", file=Code("sample.csv")),
        say(
            "codes de cas, strate, probabilités ; ni identifiant, ni lieu",
            "case codes, stratum, probabilities; no identifier, no place",
        ),
        say("le responsable de l'étude, en clair", "the study lead, in clear"),
    )
    if study.recipients["custodian"]:
        yield (
            say("table de correspondance {file}", "crosswalk {file}", file=Code("crosswalk.age")),
            say(
                "code de cas, identifiant de la liste, lieu : c'est le lien entre les cas et les personnes",
                "case code, identifier of the list, place: the link between cases and people",
            ),
            say("le dépositaire", "the custodian"),
        )
    if study.has_links:
        yield (
            say("liens {file}", "links {file}", file=Code("ID.link.age")),
            say(
                "le code de la carte du participant ; un fichier par enregistrement, d'une seule taille",
                "the code of the participant's card; one file a record, of one size",
            ),
            say("le dépositaire", "the custodian"),
        )
        yield (
            say("enregistrements d'une même personne", "records of one person"),
            say(
                "une liste que le dépositaire peut faire ({command}) : elle joint des enregistrements et en "
                "dit donc plus sur chacun",
                "a list the custodian can make ({command}): it joins records, and so tells more of each "
                "person",
                command=Code("souspli link"),
            ),
            say(
                "le dépositaire, et qui la reçoit de lui",
                "the custodian, and who gets it from them",
            ),
        )
        yield (
            say("liste de refus", "list of refusals"),
            say(
                "les numéros, tirés au hasard, des enregistrements retirés",
                "the numbers, drawn at random, of records withdrawn",
            ),
            say("qui a le dossier de l'étude", "whoever has the study folder"),
        )
    yield (
        say("journal de l'étude", "the study's ledger"),
        say(
            "quand on a ouvert ou retiré des enregistrements, fait un jeu de données, essayé ou détruit une "
            "clé, et combien d'enregistrements ; chaque ligne est signée",
            "when records were opened or withdrawn, a dataset made, a key tested or destroyed, and of how "
            "many records; each line is signed",
        ),
        say("qui a le dossier de l'étude", "whoever has the study folder"),
    )
    yield (
        say("jeux de données", "datasets"),
        say(
            "une ligne par répondant, sous un numéro fait pour ce fichier : ni cas, ni enquêteur, ni "
            "remarques, ni visites ; le mois au lieu de la semaine ; les mots des personnes seulement si "
            "on les demande",
            "one row a respondent, under a number made for this file: no case, interviewer, remarks or "
            "visits; the month in place of the week; people's own words only where they are asked for",
        ),
        say("l'analyste à qui il est chiffré", "the analyst it is encrypted to"),
    )


def _in_the_field(study: Study, say: Speaker) -> Iterator[tuple[Line, ...]]:
    opened = say(
        "qui a la phrase de passe ; les réponses aussi avec la clé de l'étude{escrow}",
        "whoever has the passphrase; the answers also with the study's key{escrow}",
        escrow=say.word(" ou de séquestre", " or the escrow's")
        if study.recipients["escrow"]
        else "",
    )
    yield (
        say("entretien en cours", "interview under way"),
        say(
            "les réponses données, réduites, jusqu'à la fin de l'entretien",
            "the answers given, reduced, until the interview ends",
        ),
        opened,
    )
    yield (
        say("carnet des cas de l'ordinateur", "case journal of the laptop"),
        say(
            "cas, lieux, visites, issues, rendez-vous et leurs notes ; aucune réponse",
            "cases, places, visits, outcomes, appointments and their notes; no answer",
        ),
        say(
            "qui a l'ordinateur et sa phrase de passe", "whoever has the laptop and its passphrase"
        ),
    )
    yield (
        say("journal de l'ordinateur", "ledger of the laptop"),
        say(
            "qu'un entretien a commencé ou fini, dans l'ordre ; ni heure, ni cas, ni issue",
            "that an interview began or ended, in order; no time, no case, no outcome",
        ),
        say("qui a l'ordinateur ou la clé USB", "whoever has the laptop or the stick"),
    )
    yield (
        say("fiches de contact, sur papier", "contact sheets, on paper"),
        say(
            "code de cas, identifiant de la liste, lieu, visites ; le nom et la chambre, ajoutés à la main",
            "case code, identifier of the list, place, visits; the name and the room, added by hand",
        ),
        say("qui les détient", "whoever holds them"),
    )
    if study.has_links:
        yield (
            say("cartes des participants, sur papier", "participants' cards, on paper"),
            say(
                "un numéro d'ordre et un code tiré au hasard ; aucune liste des codes n'est gardée",
                "a number and a code drawn at random; no list of the codes is kept",
            ),
            say("le participant", "the participant"),
        )
