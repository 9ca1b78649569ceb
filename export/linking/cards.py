"""Participants' cards as PDF, to be printed and cut: `cards.typ` is the template, the texts go to it as data.

A card has a number, which serves to count cards, and a random code, which says nothing of the number
nor of the person. Whoever holds a code can have answers removed and can read none; it stands on the
card, in the custodian's part of one record, and in no register.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from export.days import in_words
from export.study import Study
from surveys import typesetting
from surveys.language import _
from surveys.problems import Refusal

MOST = 5000  # cards of one file: more are more than anyone can cut, or lose, at once
LAST = 999_999  # the number of a card has room for so many
PACK = 50
TEMPLATE = Path(__file__).with_name("cards.typ")
_NO_ROOM = "no room on a card"  # what the template says


@dataclass(frozen=True, slots=True, repr=False)
class Pack:
    """Cards counted and handed out together; `first` is the number of the first card."""

    number: int
    first: int
    codes: tuple[str, ...]

    @property
    def last(self) -> int:
        """The number of the last card."""
        return self.first + len(self.codes) - 1


@dataclass(frozen=True, slots=True)
class Words:
    """What cards and counting slips say in one language; texts with {holes}."""

    language: str
    language_name: str
    practice: str
    card: str
    code_is_for: str
    code_is_for_until: str
    keep: str
    give_to: str
    slip: str
    pack: str
    numbers: str
    count: str
    printed: str
    counted: str
    who: str
    taken: str
    given: str
    back: str
    returned: str
    checked: str
    rules: tuple[str, ...]

    def day_of(self, day: date) -> str:
        """Return a day as it is written out."""
        return in_words(day, self.language)


def packs(codes: Sequence[str], size: int = PACK, first: int = 1) -> tuple[Pack, ...]:
    """Return cards with these codes, numbered from `first` in their order, `size` to a pack.

    Packs are numbered as if those before `first` had been made at once, in packs of the same size.
    """
    before = math.ceil((first - 1) / size)
    return tuple(
        Pack(number, first + start, tuple(codes[start : start + size]))
        for number, start in enumerate(range(0, len(codes), size), start=before + 1)
    )


def require_cards(study: Study) -> None:
    """Raise Refusal where a card would promise what nobody could do."""
    if not study.has_links:
        raise Refusal(
            _(
                "no questionnaire of this study asks for the code of a card, so nobody could withdraw "
                "by it; add a question with format: card_code and keep: link"
            )
        )


def contact(study: Study) -> str:
    """Return where participants give their code, '' where study.yaml does not say.

    The custodian's contact rather than the controller's: who opens the answers should not see a code
    beside the address of somebody who writes.
    """
    return study.papers.custodian.contact or study.controller.contact


def pdf(study: Study, made: Sequence[Pack], language: str, today: date) -> bytes:
    """Return the cards of some packs, in French or English; each pack begins on a new sheet.

    Raises Refusal where Typst is not installed, no font has the letters of title or contact, or these
    are too long for a card.
    """
    typesetting.import_typst()
    import typst

    try:
        return typesetting.pdf(
            TEMPLATE, data(study, made, language, today), WORDS[language].language_name
        )
    except typst.TypstError as error:
        if _NO_ROOM not in str(error):
            raise
        raise Refusal(
            _(
                "the study's title, or the contact in study.yaml, is too long for a card; shorten it there"
            )
        ) from error


def data(study: Study, made: Sequence[Pack], language: str, today: date) -> dict[str, object]:
    """Return what the template reads. `today` stands on the counting slips, never on a card."""
    words = WORDS[language]
    link = study.retention.link
    return {
        "title": title(study.title, language),
        "contact": contact(study),
        "code_is_for": (
            words.code_is_for_until.format(day=words.day_of(date.fromisoformat(link)))
            if link
            else words.code_is_for
        ),
        "printed": words.printed.format(day=words.day_of(today)),
        "is_practice": study.is_practice,
        "words": asdict(words),
        "packs": [
            {
                "number": pack.number,
                "first": shown(pack.first),
                "last": shown(pack.last),
                "cards": [
                    {"number": shown(number), "code": code}
                    for number, code in enumerate(pack.codes, start=pack.first)
                ],
            }
            for pack in made
        ],
    }


def title(titles: Mapping[str, str], language: str) -> str:
    """Return the study's title in a language, or in the one it has."""
    return titles.get(language) or next((text for text in titles.values() if text), "")


def shown(number: int) -> str:
    """Return the number of a card as it stands on it."""
    return f"{number:04}"


FRENCH = Words(
    language="fr",
    language_name="Français",
    practice="Entraînement : carte sans valeur",
    card="Carte n° {number}",
    code_is_for="Ce code permet de faire supprimer vos réponses plus tard, sans donner votre nom.",
    code_is_for_until="Ce code permet de faire supprimer vos réponses, jusqu'au {day}, sans donner votre nom.",
    keep="Gardez cette carte : personne ne peut retrouver le code à votre place.",
    give_to="Pour faire supprimer vos réponses, donnez ce code à :",
    slip="Bordereau de comptage",
    pack="Paquet {number}",
    numbers="Cartes n° {first} à {last}",
    count="Nombre de cartes : {n}",
    printed="Imprimé le {day}",
    counted="Compté après découpe par",
    who="Remis à",
    taken="Le",
    given="Cartes remises",
    back="Rendu le",
    returned="Cartes rendues",
    checked="Visa",
    rules=(
        "Découpez, comptez, puis attachez ce bordereau au paquet. Gardez le paquet sous clé.",
        "Ne notez jamais à qui une carte est donnée : ni nom, ni code de cas, ni numéro de carte.",
        "Une carte abîmée ou restée sans usage est comptée avec les cartes rendues, puis détruite.",
        "Aucune liste des codes n'est conservée. Le fichier qui a servi à imprimer ces cartes montre "
        "tous les codes : détruisez-le après l'impression.",
    ),
)

ENGLISH = Words(
    language="en",
    language_name="English",
    practice="Practice: this card has no effect",
    card="Card no. {number}",
    code_is_for="With this code you can have your answers removed later, without giving your name.",
    code_is_for_until="With this code you can have your answers removed, until {day}, without giving your name.",
    keep="Keep this card: nobody can find the code again for you.",
    give_to="To have your answers removed, give this code to:",
    slip="Counting slip",
    pack="Pack {number}",
    numbers="Cards no. {first} to {last}",
    count="Number of cards: {n}",
    printed="Printed on {day}",
    counted="Counted after cutting by",
    who="Handed to",
    taken="On",
    given="Cards handed out",
    back="Back on",
    returned="Cards returned",
    checked="Initials",
    rules=(
        "Cut, count, then attach this slip to the pack. Keep the pack locked away.",
        "Never write down who is given a card: no name, no case code, no card number.",
        "A card that is spoilt or was not used is counted among those returned, then destroyed.",
        "No list of the codes is kept. The file these cards were printed from shows all the codes: "
        "destroy it once it is printed.",
    ),
)

WORDS: Mapping[str, Words] = {"fr": FRENCH, "en": ENGLISH}
