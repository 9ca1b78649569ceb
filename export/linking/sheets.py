"""Contact sheets as PDF: who is to be visited where; `sheets.typ` is the template.

They join cases to people, and are for the custodian and those who visit. Only released cases stand on
them. Names are written by hand, so that no machine holds a name beside a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from export.drawing.crosswalk import Identified
from export.linking.cards import title
from export.study import Study
from surveys import typesetting

VISITS = 4  # what has room on a line; what counts is noted on the laptop
TEMPLATE = Path(__file__).with_name("sheets.typ")


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """The people to visit at one hotel ('' where it is not known), by their id in the frame."""

    hotel: str
    people: tuple[Identified, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """What contact sheets say in one language; texts with {holes}."""

    language: str
    language_name: str
    name: str
    practice: str
    hotel: str
    no_hotel: str
    cases: tuple[str, str]
    page: str
    case: str
    id: str
    by_hand: str
    visit: str
    day: str
    part: str
    result: str
    parts: str
    results: str
    rules: tuple[str, ...]
    handed: str
    returned: str
    destroyed: str
    on: str


def sheets(people: Iterable[Identified]) -> tuple[Sheet, ...]:
    """Return a sheet for each hotel, in order of its name."""
    by_hotel: dict[str, list[Identified]] = {}
    for one in sorted(people, key=lambda one: (one.hotel, one.id)):
        by_hotel.setdefault(one.hotel, []).append(one)
    return tuple(Sheet(hotel, tuple(found)) for hotel, found in by_hotel.items())


def pdf(study: Study, made: Sequence[Sheet], language: str) -> bytes:
    """Return the sheets in French or English, each on pages of its own.

    Raises Refusal where Typst is not installed, or no font has the letters of a hotel or an id.
    """
    return typesetting.pdf(TEMPLATE, data(study, made, language), WORDS[language].language_name)


def data(study: Study, made: Sequence[Sheet], language: str) -> dict[str, object]:
    """Return what the template reads."""
    words = WORDS[language]
    return {
        "title": title(study.title, language),
        "is_practice": study.is_practice,
        "visits": VISITS,
        "words": asdict(words),
        "sheets": [
            {
                "hotel": words.hotel.format(hotel=sheet.hotel) if sheet.hotel else words.no_hotel,
                "count": words.cases[len(sheet.people) > 1].format(n=len(sheet.people)),
                "people": [{"case": one.case, "id": one.id} for one in sheet.people],
            }
            for sheet in made
        ],
    }


FRENCH = Words(
    language="fr",
    language_name="Français",
    name="Fiche de contact",
    practice="Entraînement",
    hotel="Hôtel : {hotel}",
    no_hotel="Hôtel non précisé",
    cases=("{n} cas", "{n} cas"),
    page="page {n} sur {total}",
    case="Code de cas",
    id="Identifiant",
    by_hand="Nom, chambre (à la main)",
    visit="Visite {n}",
    day="Jour",
    part="Moment",
    result="Résultat",
    parts="Moment : M matin, A après-midi, S soir (dès 18 h).",
    results="Résultat : ENT entretien · ABS absent · NR personne n'a répondu · ACC accès impossible · "
    "RDV à revoir · REF refus · AUT autre. Chaque visite se note aussi sur l'ordinateur.",
    rules=(
        "Cette fiche relie des cas à des personnes. Ne la rangez jamais avec l'ordinateur.",
        "N'y notez aucune réponse, ni le code ou le numéro d'une carte.",
        "Rapportez-la au dépositaire après la tournée. Il la détruit à la fin du terrain.",
    ),
    handed="Remise à",
    returned="Rendue le",
    destroyed="Détruite le",
    on="le",
)

ENGLISH = Words(
    language="en",
    language_name="English",
    name="Contact sheet",
    practice="Practice",
    hotel="Hotel: {hotel}",
    no_hotel="Hotel not given",
    cases=("{n} case", "{n} cases"),
    page="page {n} of {total}",
    case="Case code",
    id="Id",
    by_hand="Name, room (by hand)",
    visit="Visit {n}",
    day="Day",
    part="Time",
    result="Result",
    parts="Time: M morning, A afternoon, E evening (from 6 p.m.).",
    results="Result: INT interview · OUT was out · NA nobody answered · ACC could not get in · "
    "LAT another time · REF refused · OTH other. Every visit is noted on the laptop too.",
    rules=(
        "This sheet joins cases to people. Never keep it with the laptop.",
        "Write no answer on it, nor the code or number of a card.",
        "Bring it back after the round to the custodian, who destroys it when fieldwork ends.",
    ),
    handed="Handed to",
    returned="Returned on",
    destroyed="Destroyed on",
    on="on",
)

WORDS: Mapping[str, Words] = {"fr": FRENCH, "en": ENGLISH}
