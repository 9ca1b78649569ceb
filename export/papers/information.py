"""The information sheet for participants: plain language, short sentences, one page where it fits."""

from __future__ import annotations

from collections.abc import Iterator

from export.papers import phrases
from export.papers.parts import Block, Bullets, Document, Heading, Line, Paragraph
from export.papers.speaking import Speaker
from export.study import Study, StudyInstrument
from surveys.codebook import Variable, variables
from surveys.instrument import Group, Instrument, Item

_LONGEST = 300  # characters of what is asked: a sheet is one page


def information(study: Study, say: Speaker) -> Document:
    """Return the sheet that is read out and given to those who are interviewed.

    It speaks to people drawn by lot; in a study of professionals alone, to them.
    """
    return Document(
        "5-information",
        say.language,
        say.word("Note d'information", "Information sheet"),
        phrases.title(study, say),
        (
            *phrases.practice(study, say),
            *_who_and_why(study, say),
            *_free(study, say),
            *_what_becomes(study, say),
            *_change_of_mind(study, say),
            *_rights(study, say),
        ),
        is_handed_out=True,
    )


def _asked(study: Study) -> tuple[StudyInstrument, ...]:
    """Return the questionnaires the sheet is about."""
    for unit in ("person", "professional"):
        found = tuple(one for one in study.instruments if one.unit == unit)
        if found:
            return found
    return ()


def _asks_people(study: Study) -> bool:
    return any(found.unit == "person" for found in study.instruments)


def _variables(study: Study) -> tuple[Variable, ...]:
    return tuple(one for found in _asked(study) for one in variables(found.instrument))


def _who_and_why(study: Study, say: Speaker) -> Iterator[Block]:
    yield Paragraph(
        say(
            "Nous vous proposons de répondre à une enquête. Lisez cette note, ou demandez qu'on vous la "
            "lise. Posez toutes vos questions. C'est vous qui décidez.",
            "We would like to ask you some questions for a survey. Read this sheet, or ask somebody to read "
            "it to you. Ask any question you like. You decide.",
        )
    )
    yield Heading(2, say.word("Qui fait l'enquête, et pourquoi ?", "Who is doing this, and why?"))
    chosen = (
        say(
            " Pourquoi vous ? Les personnes sont tirées au sort parmi : {population}.",
            " Why you? People are drawn by lot among: {population}.",
            population=phrases.population(study, say),
        )
        if _asks_people(study)
        else say(
            " Nous interrogeons : {population}.",
            " We are asking: {population}.",
            population=phrases.population(study, say),
        )
    )
    yield Paragraph(
        say(
            "À quoi elle sert : {purpose}. Qui en est responsable : {controller}.{chosen}",
            "What it is for: {purpose}. Who is in charge: {controller}.{chosen}",
            purpose=phrases.purpose(study, say),
            controller=phrases.controller(study, say),
            chosen=chosen,
        )
    )


def _free(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Est-ce obligatoire ?", "Do I have to?"))
    nothing_changes = (
        say(
            "Si vous dites non, rien ne change : ni votre hébergement, ni vos aides, ni vos soins.",
            "If you say no, nothing changes: not your housing, not your benefits, not your care.",
        )
        if _asks_people(study)
        else say.todo(
            "ce qu'un refus ne change pas (emploi, relations de travail)",
            "what a refusal does not change (job, working relations)",
        )
    )
    yield Paragraph(
        say(
            "Non. Vous pouvez dire oui ou non, sans dire pourquoi. {skip} Vous pouvez faire une pause, ou "
            "arrêter à tout moment. Si vous arrêtez, dites si nous gardons ce que vous avez déjà dit, ou si "
            "nous l'effaçons. {nothing}",
            "No. You can say yes or no, without saying why. {skip} You can take a break, or stop at any "
            "time. If you stop, say whether we keep what you said so far, or erase it. {nothing}",
            skip=_skip(study, say),
            nothing=nothing_changes,
        )
    )
    yield Heading(2, say.word("De quoi parle-t-on ?", "What is it about?"))
    yield Paragraph(
        say(
            "{sections}. {personal}L'entretien dure {duration}.",
            "{sections}. {personal}The interview takes {duration}.",
            sections=_topics(study, say),
            personal=say.word(
                "Certaines questions sont très personnelles. ", "Some questions are very personal. "
            )
            if any(one.question.sensitive for one in _variables(study))
            else "",
            duration=say.todo(
                "durée, mesurée pendant les essais", "minutes, measured when it was tried"
            ),
        )
    )


def _skip(study: Study, say: Speaker) -> Line:
    asked = [one.question for one in _variables(study) if not one.is_computed]
    if any("refused" in question.nonresponse for question in asked):
        return say(
            "Vous pouvez ne pas répondre à une question.", "You need not answer every question."
        )
    return say.todo("peut-on passer une question ?", "can a question be skipped?")


def _topics(study: Study, say: Speaker) -> Line:
    """Return what is asked, by the titles of the sections; to be completed where they do not serve.

    There may be no titles, or too many for a sheet.
    """
    titles = [
        " ".join(one.instrument.text(section.label, say.language).split())
        for one in _asked(study)
        for section in _of_the_person(one.instrument)
    ]
    told = ", ".join(dict.fromkeys(filter(None, titles)))
    if not told or len(told) > _LONGEST:
        return say.todo("les sujets des questions", "what the questions are about")
    return say.own(told)


def _of_the_person(instrument: Instrument) -> list[Group]:
    """Return the sections in which the person interviewed is asked something.

    In the one that asks whether they agree (what `refused_when` reads), and before it, the interviewer
    settles how the interview is held; a section named `closing` is filled in once it is over.
    """
    agreed = instrument.refused_when.names if instrument.refused_when else frozenset()
    sections = [item for item in instrument.survey if isinstance(item, Group)]
    asked = {one.name for one in variables(instrument)}
    inside = [{item.name for item in _items(section)} for section in sections]
    start = next((at for at, names in enumerate(inside, start=1) if names & agreed), 0)
    return [
        section
        for section, names in zip(sections[start:], inside[start:], strict=True)
        if names & asked and section.name != "closing"
    ]


def _items(section: Group) -> Iterator[Item]:
    for item in section.questions:
        yield item
        if isinstance(item, Group):
            yield from _items(item)


def _what_becomes(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Que deviennent vos réponses ?", "What happens to your answers?"))
    yield Bullets((*_secrecy(study, say), *_readers(study, say)))


def _secrecy(study: Study, say: Speaker) -> Iterator[Line]:
    found = _variables(study)
    unnamed = (
        say.todo(
            "dire ce que le questionnaire demande qui identifie la personne",
            "say what the questionnaire asks that identifies the person",
        )
        if any(one.question.identifying == "direct" and one.is_kept for one in found)
        else say(
            "Le questionnaire ne demande pas votre nom.",
            "The questionnaire does not ask your name.",
        )
    )
    if _asks_people(study):
        apart = say.word(
            " La clé de cette liste n'est pas celle des réponses.",
            " The key to that list is not the key to the answers.",
        )
        yield say(
            "{unnamed} Un code le remplace. Une liste à part dit qui a quel code : elle sert à vous "
            "trouver.{apart}",
            "{unnamed} A code stands for you. A separate list says who has which code: it is used to find "
            "you.{apart}",
            unnamed=unnamed,
            apart=apart if phrases.is_separate(study) else "",
        )
        yield say(
            "Tant que cette liste existe, vos réponses ne sont pas anonymes. Après aussi, quelqu'un qui vous "
            "connaît bien pourrait vous reconnaître.",
            "As long as that list exists, your answers are not anonymous. Even after that, somebody who "
            "knows you well might recognise you.",
        )
    else:
        yield unnamed
    yield say(
        "L'ordinateur chiffre chaque réponse : sans la clé, on ne peut pas la lire. Une fois l'entretien "
        "fini, l'enquêteur ne peut plus relire vos réponses.",
        "The laptop encrypts each answer: without the key, nobody can read it. Once the interview is over, "
        "the interviewer can no longer read your answers.",
    )
    if any(one.is_free_text for one in found):
        yield say(
            "Quand vous répondez avec vos mots, l'ordinateur efface les numéros et les noms qu'il reconnaît. "
            "Il n'en reconnaît qu'une partie : ne nommez personne.",
            "When you answer in your own words, the laptop removes the numbers and names it recognises. It "
            "recognises only some of them: name nobody.",
        )


def _readers(study: Study, say: Speaker) -> Iterator[Line]:
    yield say(
        "Le responsable de l'étude peut lire vos réponses{escrow}. Elles peuvent aussi être lues, sans votre "
        "code, par : {analysts}.",
        "The study lead can read your answers{escrow}. They may also be read, without your code, by: "
        "{analysts}.",
        escrow=say.word(
            " ; une autre personne garde une clé de secours", "; somebody else keeps a spare key"
        )
        if study.recipients["escrow"]
        else "",
        analysts=say.todo("chercheurs, organismes", "researchers, bodies"),
    )
    yield say(
        "Nous publions des chiffres sur des groupes, jamais sur moins de {n} personnes. {justice}",
        "We publish figures about groups, never about fewer than {n} people. {justice}",
        n=str(study.cell_threshold),
        justice=say.todo(
            "ce que l'on dit d'une demande de la justice",
            "what is said of a demand by a court or the police",
        ),
    )
    if _asks_people(study):
        yield say(
            "La liste est détruite au plus tard le {link}.",
            "The list is destroyed by {link}.",
            link=phrases.until_link(study, say),
        )
    yield say(
        "Vos réponses sont détruites au plus tard le {data}.",
        "Your answers are destroyed by {data}.",
        data=phrases.until_data(study, say),
    )


def _change_of_mind(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Et si vous changez d'avis ?", "What if you change your mind?"))
    if not study.has_links:
        yield Paragraph(
            say(
                "Il n'y a ni carte, ni code de retrait. Pour faire retirer vos réponses : {todo}. {until}",
                "There is no card and no withdrawal code. To have your answers withdrawn: {todo}. {until}",
                todo=say.todo(
                    "à qui s'adresser, que dire, jusqu'à quand",
                    "whom to ask, what to say, until when",
                ),
                until=_cannot_undo(say),
            )
        )
        return
    yield Paragraph(
        say(
            "L'enquêteur vous remet une carte avec un code. Gardez-la et ne la montrez à personne : ce code "
            "suffit pour faire retirer vos réponses. Vous n'avez à dire ni votre nom, ni pourquoi.",
            "The interviewer gives you a card with a code. Keep it and show it to nobody: the code is enough "
            "to have your answers withdrawn. You need not say your name, nor why.",
        )
    )
    yield Bullets(
        (
            say(
                "Donnez ce code à : {custodian}. Quelqu'un peut le faire pour vous.",
                "Give the code to: {custodian}. Somebody can do it for you.",
                custodian=phrases.custodian(study, say),
            ),
            say(
                "Faites-le avant le {day}. Après, ce code ne permet plus de retrouver vos réponses.",
                "Do it before {day}. After that, your answers cannot be found by the code any more.",
                day=phrases.until_link(study, say),
            ),
            _cannot_undo(say),
            say(
                "Si vous perdez la carte : {todo}.",
                "If you lose the card: {todo}.",
                todo=say.todo("que faire, à qui s'adresser", "what to do, whom to ask"),
            ),
        )
    )


def _cannot_undo(say: Speaker) -> Line:
    return say(
        "On ne peut pas reprendre les chiffres déjà publiés, ni les fichiers déjà remis à des chercheurs.",
        "What cannot be undone: figures already published, and files already given to researchers.",
    )


def _rights(study: Study, say: Speaker) -> Iterator[Block]:
    yield Heading(2, say.word("Vos droits", "Your rights"))
    code = say.word(
        " Le code de votre carte permet de retrouver vos réponses sans dire votre nom : ne le donnez qu'à la "
        "personne indiquée plus haut.",
        " The code of your card is how your answers are found without your name: give it only to the person "
        "named above.",
    )
    yield Paragraph(
        say(
            "Vous pouvez demander à voir vos réponses, à les faire corriger ou effacer. Vous pouvez aussi "
            "demander d'en limiter l'usage, ou vous y opposer {law}. Écrivez au délégué à la protection des données : "
            "{dpo}.{code}",
            "You can ask to see your answers, or to have them corrected or erased. You can also ask us to "
            "limit what is done with them, or object to it {law}. Write to the data-protection officer: {dpo}.{code}",
            law=say.law("(RGPD, articles 15 à 21)", "(GDPR, articles 15 to 21)"),
            dpo=phrases.dpo(study, say),
            code=code if study.has_links else "",
        )
    )
    yield Paragraph(
        say(
            "Si vous pensez que vos droits ne sont pas respectés, vous pouvez vous plaindre à la {cnil}. "
            "Base légale : {basis}. Avis : {ethics}. Prestataires : {processors}. Hors d'Europe : "
            "{transfers}.",
            "If you think that your rights are not respected, you can complain to the {cnil}. Legal basis: "
            "{basis}. Opinion: {ethics}. Service providers: {processors}. Outside Europe: {transfers}.",
            cnil=say.law(
                "CNIL, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07, www.cnil.fr",
                "CNIL, the French data-protection authority, 3 place de Fontenoy, TSA 80715, 75334 Paris "
                "Cedex 07, www.cnil.fr",
            ),
            basis=phrases.legal_basis(study, say),
            ethics=phrases.ethics(study, say),
            processors=phrases.processors(study, say),
            transfers=say.todo(
                "rien n'est envoyé, ou à qui et sous quelles garanties",
                "nothing is sent, or to whom and under which safeguards",
            ),
        )
    )
