"""The entry in the register of processing activities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from export.papers import phrases
from export.papers.collected import sections
from export.papers.parts import Block, Bullets, Code, Document, Grid, Heading, Line, Paragraph
from export.papers.speaking import Speaker
from export.study import Study, StudyInstrument


@dataclass(frozen=True, slots=True)
class Sampled:
    """How many people were drawn to be asked, and how many wait in reserve."""

    people: int
    reserve: int


def register(study: Study, say: Speaker, sampled: Sampled | None = None) -> Document:
    """Return the entry of the register; `sampled` is None where nobody is drawn yet."""
    return Document(
        say.word("1-registre", "1-register"),
        say.language,
        say.word(
            "Registre des activités de traitement : fiche",
            "Register of processing activities: entry",
        ),
        phrases.title(study, say),
        (
            *_who(study, say),
            *_why(study, say),
            *_about_whom(study, say, sampled),
            *_which_data(study, say),
            *_to_whom(study, say),
            *_how_long(study, say),
            *_security(study, say),
        ),
    )


def _who(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(
        2, say.word("Le traitement et son responsable", "The processing and its controller")
    )
    yield Paragraph(
        say(
            "Fiche au sens de l'{law}.",
            "Entry in the sense of {law}.",
            law=say.law("article 30 du RGPD", "article 30 GDPR"),
        )
    )
    yield Grid(
        (),
        (
            (
                say("Traitement", "Processing"),
                say(
                    "{title} (étude {id})",
                    "{title} (study {id})",
                    title=phrases.title(study, say),
                    id=study.id,
                ),
            ),
            (
                say("Numéro de fiche, mise à jour", "Number of the entry, last change"),
                say.todo("numéro de la fiche et dates", "number of the entry and dates"),
            ),
            (say("Responsable de traitement", "Controller"), phrases.controller(study, say)),
            (
                say("Responsables conjoints", "Joint controllers"),
                say.todo("responsables conjoints, ou « aucun »", "joint controllers, or “none”"),
            ),
            (
                say("Délégué à la protection des données", "Data-protection officer"),
                phrases.dpo(study, say),
            ),
            (say("Sous-traitants", "Processors"), phrases.processors(study, say)),
        ),
        (32, 68),
    )


def _why(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Finalités et base légale", "Purposes and legal basis"))
    yield Grid(
        (),
        (
            (say("Finalité", "Purpose"), phrases.purpose(study, say)),
            (
                say(
                    "Base légale, {law}",
                    "Legal basis, {law}",
                    law=say.law("article 6", "article 6"),
                ),
                phrases.legal_basis(study, say),
            ),
            (
                say(
                    "Exception pour les catégories particulières, {law}",
                    "Exception for special categories, {law}",
                    law=say.law("article 9, paragraphe 2", "article 9(2)"),
                ),
                say.todo("exception retenue, et pourquoi", "the exception relied on, and why"),
            ),
            (
                say("Qualification de la recherche", "Kind of research"),
                say.todo(
                    "recherche impliquant la personne humaine ou non, méthodologie de référence ou "
                    "autorisation",
                    "research involving the human person or not, reference methodology or authorisation",
                ),
            ),
            (say("Avis, autorisations", "Opinions, authorisations"), phrases.ethics(study, say)),
        ),
        (32, 68),
    )
    yield Paragraph(
        say(
            "Accepter de répondre n'est pas nécessairement la base légale. Le questionnaire note si la "
            "personne accepte seulement là où une question le demande.",
            "Agreeing to answer is not necessarily the legal basis. The questionnaire notes whether a person "
            "agrees only where a question asks it.",
        )
    )


def _about_whom(study: Study, say: Speaker, sampled: Sampled | None) -> Iterator[Block]:
    yield Heading(2, say.word("Personnes concernées", "People concerned"))
    yield Bullets(
        (
            *(_of_questionnaire(study, found, say, sampled) for found in study.instruments),
            say(
                "Personnes de la liste d'où l'échantillon est tiré, désignées ou non, si un tirage est fait.",
                "People of the list the sample is drawn from, chosen or not, where a sample is drawn.",
            ),
            say(
                "Enquêteurs : leur code, leurs visites, la durée de leurs entretiens ; le programme compare leur "
                "travail ({command}). {todo}",
                "Interviewers: their code, their visits, the duration of their interviews; the program compares "
                "their work ({command}). {todo}",
                command=Code("souspli audit"),
                todo=say.todo("comment ils en sont informés", "how they are told of it"),
            ),
        )
    )


def _of_questionnaire(
    study: Study, found: StudyInstrument, say: Speaker, sampled: Sampled | None
) -> Line:
    instrument = found.instrument
    title = " ".join(instrument.text(instrument.title, say.language).split())
    told = say(
        "« {title} » : chaque enregistrement porte sur {unit}.",
        "“{title}”: each record is about {unit}.",
        title=title,
        unit=phrases.about(found, say),
    )
    return (*told, *_remark(study, found, say, sampled))


def _how_many(say: Speaker, sampled: Sampled | None) -> Line:
    """Return how many people were drawn; a questionnaire knows only how many could be."""
    if sampled is None:
        return say.todo(
            "nombre de personnes qui seront sollicitées", "number of people who will be asked"
        )
    reserve = say.word(
        f", {say.number(sampled.reserve)} autres en réserve",
        f", {say.number(sampled.reserve)} more in reserve",
    )
    return say(
        "{n} tirées au sort{reserve}",
        "{n} drawn by lot{reserve}",
        n=say.number(sampled.people),
        reserve=reserve if sampled.reserve else "",
    )


def _remark(study: Study, found: StudyInstrument, say: Speaker, sampled: Sampled | None) -> Line:
    """Return what is still to be said of those a questionnaire is about."""
    if found.unit == "person":
        return say(
            " Population : {population}. Personnes sollicitées : {sample}.",
            " Population: {population}. People asked: {sample}.",
            population=phrases.population(study, say),
            sample=_how_many(say, sampled),
        )
    if found.unit == "non_respondent":
        return say(
            " La personne n'est pas interrogée et ne reçoit pas la note. {todo}",
            " The person is not interviewed and does not get the sheet. {todo}",
            todo=say.todo(
                "information de ces personnes, ou exception",
                "how these people are told, or exception",
            ),
        )
    if found.unit == "professional" and any(one.unit == "person" for one in study.instruments):
        return say(
            " La note produite ici n'est pas la leur. {todo}",
            " The sheet made here is not theirs. {todo}",
            todo=say.todo("note d'information des professionnels", "sheet for professionals"),
        )
    if found.unit == "professional":
        return ()
    return say(
        " Un constat peut viser ceux qui y vivent ou y travaillent.",
        " What is observed may be about those who live or work there.",
    )


def _which_data(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Catégories de données", "Categories of data"))
    yield Grid(
        (
            say.word("Questionnaire", "Questionnaire"),
            say.word(
                "Parties, nombre d'éléments (dont sensibles)", "Parts, number of items (sensitive)"
            ),
        ),
        tuple(
            (
                say.own(found.instrument.text(found.instrument.title, say.language)),
                say.own(_parts(found, say)),
            )
            for found in study.instruments
        ),
        (28, 72),
        is_dense=True,
    )
    yield Paragraph(
        say(
            "S'y ajoutent le code de cas, les visites, et le lien entre cas et personnes. Le détail de chaque "
            "élément et la forme gardée sont dans le document 2.",
            "Besides, the case code, the visits, and the link between cases and people. Document 2 has each "
            "item and the form in which it is kept.",
        )
    )
    yield Bullets(
        (
            say(
                "Catégories particulières ({law} : santé, vie sexuelle, origine, convictions…) : {todo}",
                "Special categories ({law}: health, sex life, origin, beliefs…): {todo}",
                law=say.law("article 9 du RGPD", "article 9 GDPR"),
                todo=say.todo(
                    "parties qui en relèvent, parmi celles qui ont des éléments sensibles",
                    "which of the parts that have sensitive items belong here",
                ),
            ),
            say(
                "Infractions et condamnations ({law}) : {todo}",
                "Offences and convictions ({law}): {todo}",
                law=say.law(
                    "article 10 du RGPD, article 46 de la loi Informatique et Libertés",
                    "article 10 GDPR and national law",
                ),
                todo=say.todo(
                    "réponses qui en relèvent, par exemple si elles révèlent un usage de produits interdits",
                    "answers that belong here, for example where they reveal the use of prohibited drugs",
                ),
            ),
        )
    )
    yield Paragraph(phrases.pseudonymised(say))


def _parts(found: StudyInstrument, say: Speaker) -> str:
    told = []
    for title, items, sensitive in sections(found.instrument, say):
        marked = say.word(f", dont {sensitive}", f", {sensitive} of them") if sensitive else ""
        name = title or say.word("sans partie", "in no part")
        told.append(f"{name} ({items}{marked})")
    return say.word(" ; ", "; ").join(told)


def _to_whom(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Destinataires et transferts", "Recipients and transfers"))
    lines = [
        say(
            "Responsable de l'étude : les enregistrements, avec la clé de l'étude. {who}",
            "Study lead: the records, with the study's key. {who}",
            who=say.todo("nom et service", "name and department"),
        )
    ]
    if study.recipients["escrow"]:
        lines.append(
            say(
                "Tiers de séquestre : la même chose, si la clé de l'étude est perdue. {who}",
                "Escrow holder: the same, if the study's key is lost. {who}",
                who=say.todo("nom et service", "name and department"),
            )
        )
    if study.recipients["custodian"]:
        lines.append(
            say(
                "Dépositaire : le lien entre cas et personnes, aucune réponse. {who}",
                "Custodian: the link between cases and people, no answer. {who}",
                who=phrases.custodian(study, say),
            )
        )
    lines += [
        say(
            "Enquêteurs : les cas de leur ordinateur ; les réponses pendant l'entretien seulement.",
            "Interviewers: the cases of their laptop; answers only during the interview.",
        ),
        say(
            "Analystes : un jeu de données chiffré à leur clé. {who}",
            "Analysts: a dataset encrypted to their key. {who}",
            who=say.todo("qui, et sous quel engagement", "who, and under which undertaking"),
        ),
        say(
            "Public : des estimations ; le programme tait celles dont une case compte moins de {n} "
            "répondants.",
            "Public: estimates; the program withholds those of which a cell counts fewer than {n} "
            "respondents.",
            n=str(study.cell_threshold),
        ),
        say(
            "Transferts hors de l'Union européenne : le programme n'envoie rien sur un réseau. {todo}",
            "Transfers outside the European Union: the program sends nothing over a network. {todo}",
            todo=say.todo(
                "lieu des copies et des analystes ; transferts et garanties, ou « aucun »",
                "place of copies and of analysts; transfers and safeguards, or “none”",
            ),
        ),
    ]
    yield Bullets(tuple(lines))


def _how_long(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Durées de conservation", "Retention"))
    yield Bullets(
        (
            say(
                "Le lien entre cas et personnes : jusqu'au {day}.",
                "The link between cases and people: until {day}.",
                day=phrases.until_link(study, say),
            ),
            say(
                "Les données : jusqu'au {day}.",
                "The data: until {day}.",
                day=phrases.until_data(study, say),
            ),
            say(
                "Ce que détruire veut dire, et qui le fait : document 4.",
                "What destroying means, and who does it: document 4.",
            ),
        )
    )


def _security(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Mesures de sécurité", "Security measures"))
    yield Heading(3, say.word("Ce que le programme fait", "What the program does"))
    yield Bullets(tuple(measures(study, say)))
    yield Heading(3, say.word("Ce que l'organisme fait", "What the organisation does"))
    yield Bullets(
        (
            say.todo(
                "chiffrement des disques, sauvegardes, verrouillage des locaux et des clés USB",
                "disk encryption, backups, locked rooms and sticks",
            ),
            say.todo(
                "habilitations, formation des enquêteurs, engagements de confidentialité",
                "who is entitled to what, training of interviewers, undertakings of confidentiality",
            ),
            say.todo(
                "que faire et qui prévenir si un ordinateur ou une clé est perdu",
                "what to do and whom to tell when a laptop or a key is lost",
            ),
        )
    )


def measures(study: Study, say: Speaker) -> Iterator[Line]:
    """Yield what the program does for the security of the data, as the code does it."""
    yield say(
        "Réduction à la source : ce qui ne doit pas être gardé n'est jamais écrit.",
        "Reduced at the source: what is not to be kept is never written.",
    )
    yield say(
        "Chaque réponse est chiffrée avant d'être écrite ; l'entretien fini est scellé (format age, clés "
        "hybrides ML-KEM-768 et X25519) pour des clés qui ne sont pas sur l'ordinateur.",
        "Each answer is encrypted before it is written; a finished interview is sealed (age format, hybrid "
        "keys ML-KEM-768 and X25519) to keys that are not on the laptop.",
    )
    yield say(
        "L'ordinateur se déverrouille par une phrase de passe d'au moins douze caractères (Argon2id) ; "
        "l'écran se verrouille après {n} minutes sans frappe.",
        "The laptop is unlocked by a passphrase of at least twelve characters (Argon2id); the screen locks "
        "after {n} minutes without a key.",
        n=str(study.rules.idle_minutes),
    )
    yield say(
        "Tous les enregistrements ont la même taille ; un refus ne se distingue pas d'un entretien, de "
        "l'extérieur.",
        "All records have one size; from outside, a refusal cannot be told from an interview.",
    )
    if phrases.is_separate(study):
        yield say(
            "Réponses et lien sont scellés pour des clés différentes.",
            "Answers and link are sealed to different keys.",
        )
    yield say(
        "Un journal signé par chaque ordinateur nomme tout enregistrement altéré, manquant ou étranger à la "
        "collecte ; rien n'est accepté en silence.",
        "A ledger signed by each laptop names every record altered, missing or foreign at collection; "
        "nothing is accepted in silence.",
    )
    yield say(
        "Chaque ouverture des enregistrements, chaque jeu de données, retrait et destruction de clé est noté "
        "au journal de l'étude, signé.",
        "Each opening of records, each dataset, withdrawal and destruction of a key is noted in the study's "
        "ledger, signed.",
    )
    yield say(
        "Le programme ne peut pas interdire la mise en veille prolongée, ni l'échange avec le disque ; il "
        "les signale.",
        "The program cannot forbid hibernation or swap; it says so where it sees them.",
    )
