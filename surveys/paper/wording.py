"""The words of the paper and of conditions, in the language of the questionnaire.

The catalogues of `locale/` speak the language of the interface; a French questionnaire is printed
in French whatever the person who prints it speaks. A questionnaire in neither French nor English
has the words of its default language, else English.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from surveys.instrument import Instrument, Nonresponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words and sentences with {holes}; of two alternatives the second is the denial of the first."""

    # conditions: {x} is what is judged, {v} what it is set against
    quoted: str
    decimal_mark: str
    both: str
    either: str
    neither: str
    is_choice: tuple[str, str]
    is_number: tuple[str, str]
    is_any: tuple[str, str]
    includes: tuple[str, str]
    includes_any: tuple[str, str]
    more: tuple[str, str]
    at_least: tuple[str, str]
    less: tuple[str, str]
    at_most: tuple[str, str]
    after: tuple[str, str]
    from_date: tuple[str, str]
    before: tuple[str, str]
    until_date: tuple[str, str]
    between: str
    answered: tuple[str, str]
    has_nonresponse: tuple[str, str]
    has_answers: tuple[str, str]
    always: tuple[str, str]
    answers_to: str
    own_answers: str
    question: str
    truth: tuple[str, str]
    depending: str
    sum_of: str
    number_of: str
    least_of: str
    most_of: str
    this_answer: str
    today: str
    # routes
    condition: str
    otherwise: str
    if_answer: str
    go_to: str
    go_to_section: str
    go_before: str
    to_section: str
    to_before: str
    to_next_round: str
    to_end: str
    next_round: str
    end: str
    less_than_value: str
    more_than_value: str
    value_or_less: str
    value_or_more: str
    from_to: str
    from_to_under: str
    no_value: str
    any_number: str
    any_answer: str
    # the paper
    version: str
    case: str
    interviewer: str
    started: str
    ended: str
    page: str
    clear: str
    by_respondent: str
    by_respondent_how: str
    hand_back: str
    several: str
    alone: str
    read: str
    card: str
    lists: str
    list_apart: str
    work_out: str
    tick_first: str
    or_else: str
    round_number: str
    more_rounds: str
    rounds: str
    rounds_by: str
    not_written: str
    custodian: str
    rounded: str
    or_more_is: str
    or_less_is: str
    beginning: str
    offered_if: str
    answer_of: str
    day_month_year: str
    hour_minute: str
    week: str
    quarter: str
    statuses: MappingProxyType[Nonresponse, str]
    own_statuses: MappingProxyType[Nonresponse, str]


FRENCH = Wording(
    quoted="« {v} »",
    decimal_mark=",",
    both=" et ",
    either=" ou ",
    neither=" ni ",
    is_choice=("{x} est {v}", "{x} n'est pas {v}"),
    is_number=("{x} vaut {v}", "{x} ne vaut pas {v}"),
    is_any=("{x} est {v}", "{x} n'est ni {v}"),
    includes=("{x} comprend {v}", "{x} ne comprend pas {v}"),
    includes_any=("{x} comprend {v}", "{x} ne comprend ni {v}"),
    more=("{x} vaut plus de {v}", "{x} ne vaut pas plus de {v}"),
    at_least=("{x} vaut au moins {v}", "{x} ne vaut pas au moins {v}"),
    less=("{x} vaut moins de {v}", "{x} ne vaut pas moins de {v}"),
    at_most=("{x} vaut au plus {v}", "{x} ne vaut pas au plus {v}"),
    after=("{x} est après le {v}", "{x} n'est pas après le {v}"),
    from_date=("{x} est le {v} ou après", "{x} n'est pas le {v} ni après"),
    before=("{x} est avant le {v}", "{x} n'est pas avant le {v}"),
    until_date=("{x} est le {v} ou avant", "{x} n'est pas le {v} ni avant"),
    between="{x} vaut de {low} à {high}",
    answered=("{x} a une réponse", "{x} n'a pas de réponse"),
    has_nonresponse=("{x} est une non-réponse", "{x} n'est pas une non-réponse"),
    has_answers=("{x} a au moins une réponse", "{x} n'a aucune réponse"),
    always=("toujours", "jamais"),
    answers_to="le nombre de réponses à {x}",
    own_answers="le nombre de réponses",
    question="la question {n}",
    truth=("vrai", "faux"),
    depending="{a} si {condition}, sinon {b}",
    sum_of="la somme de {x}",
    number_of="le nombre de {x}",
    least_of="le plus petit de {x}",
    most_of="le plus grand de {x}",
    this_answer="la réponse",
    today="la date du jour",
    condition="si {condition}",
    otherwise="si {condition} ; sinon {target}",
    if_answer="si {answer}, {target}",
    go_to="aller à {number}",
    go_to_section="aller à la partie {number}",
    go_before="aller à la consigne avant {number}",
    to_section="partie {number}",
    to_before="avant {number}",
    to_next_round="fiche suivante",
    to_end="fin",
    next_round="passer à la fiche suivante",
    end="aller à la fin",
    less_than_value="moins de {v}",
    more_than_value="plus de {v}",
    value_or_less="{v} ou moins",
    value_or_more="{v} ou plus",
    from_to="{low} à {high}",
    from_to_under="{low} à moins de {high}",
    no_value="pas de réponse",
    any_number="un nombre",
    any_answer="une réponse",
    version="version {version}",
    case="Code cas",
    interviewer="Enquêteur",
    started="Début",
    ended="Fin",
    page="page {n} sur {total}",
    clear="Rempli, ce papier porte des réponses en clair : gardez-le sous clé, faites-le saisir, "
    "puis détruisez-le.",
    by_respondent="À remplir par la personne elle-même",
    by_respondent_how="Donnez cette partie à la personne, éloignez-vous, reprenez-la pliée.",
    hand_back="Merci. Pliez cette feuille et rendez-la.",
    several="plusieurs réponses possibles",
    alone="seule réponse",
    read="Lu",
    card="Carte {number}",
    lists="Listes",
    list_apart="Code de la réponse, dans la liste « {title} » en fin de questionnaire",
    work_out="à déduire des réponses",
    tick_first="à déduire des réponses : cocher la première ligne qui convient",
    or_else="sinon",
    round_number="{title} — fiche {n}",
    more_rounds="Au-delà, continuer sur une autre feuille.",
    rounds_by="Autant de fiches que dit {count} ; {n} au plus.",
    rounds="Une fiche pour chacun ; {n} au plus.",
    not_written="Ne pas écrire la réponse : elle sert seulement pendant l'entretien.",
    custodian="Ne pas écrire la réponse ici : elle va sur la feuille du gardien des liens.",
    rounded="arrondir à {n} près",
    or_more_is="{n} pour {n} ou plus",
    or_less_is="{n} pour {n} ou moins",
    beginning="les {n} premiers caractères seulement",
    offered_if="Ne proposer une réponse que si : {condition}.",
    answer_of="[réponse à {number}]",
    day_month_year="JJMMAAAA",
    hour_minute="HHMM",
    week="semaine",
    quarter="trimestre",
    statuses=MappingProxyType(
        {"refused": "Refus", "dont_know": "Ne sait pas", "not_applicable": "Sans objet"}
    ),
    own_statuses=MappingProxyType(
        {
            "refused": "Je préfère ne pas répondre",
            "dont_know": "Je ne sais pas",
            "not_applicable": "Je ne suis pas concerné(e)",
        }
    ),
)

ENGLISH = Wording(
    quoted="“{v}”",
    decimal_mark=".",
    both=" and ",
    either=" or ",
    neither=" nor ",
    is_choice=("{x} is {v}", "{x} is not {v}"),
    is_number=("{x} is {v}", "{x} is not {v}"),
    is_any=("{x} is {v}", "{x} is neither {v}"),
    includes=("{x} includes {v}", "{x} does not include {v}"),
    includes_any=("{x} includes {v}", "{x} includes neither {v}"),
    more=("{x} is more than {v}", "{x} is not more than {v}"),
    at_least=("{x} is at least {v}", "{x} is not at least {v}"),
    less=("{x} is less than {v}", "{x} is not less than {v}"),
    at_most=("{x} is at most {v}", "{x} is not at most {v}"),
    after=("{x} is after {v}", "{x} is not after {v}"),
    from_date=("{x} is {v} or later", "{x} is not {v} or later"),
    before=("{x} is before {v}", "{x} is not before {v}"),
    until_date=("{x} is {v} or earlier", "{x} is not {v} or earlier"),
    between="{x} is from {low} to {high}",
    answered=("{x} has an answer", "{x} has no answer"),
    has_nonresponse=("{x} is a non-response", "{x} is not a non-response"),
    has_answers=("{x} has at least one answer", "{x} has no answer"),
    always=("always", "never"),
    answers_to="the number of answers to {x}",
    own_answers="the number of answers",
    question="question {n}",
    truth=("true", "false"),
    depending="{a} if {condition}, otherwise {b}",
    sum_of="the sum of {x}",
    number_of="the number of {x}",
    least_of="the smallest of {x}",
    most_of="the largest of {x}",
    this_answer="the answer",
    today="today's date",
    condition="if {condition}",
    otherwise="if {condition}; otherwise {target}",
    if_answer="if {answer}, {target}",
    go_to="go to {number}",
    go_to_section="go to section {number}",
    go_before="go to the instruction before {number}",
    to_section="section {number}",
    to_before="before {number}",
    to_next_round="next sheet",
    to_end="end",
    next_round="go on to the next sheet",
    end="go to the end",
    less_than_value="less than {v}",
    more_than_value="more than {v}",
    value_or_less="{v} or less",
    value_or_more="{v} or more",
    from_to="{low} to {high}",
    from_to_under="{low} to under {high}",
    no_value="no answer",
    any_number="a number",
    any_answer="an answer",
    version="version {version}",
    case="Case code",
    interviewer="Interviewer",
    started="Start",
    ended="End",
    page="page {n} of {total}",
    clear="Once filled in, this paper shows answers in clear: keep it locked, have it typed in, "
    "then destroy it.",
    by_respondent="To be filled in by the person alone",
    by_respondent_how="Hand this part to the person, move away, take it back folded.",
    hand_back="Thank you. Fold this sheet and hand it back.",
    several="several answers possible",
    alone="only answer",
    read="Read",
    card="Card {number}",
    lists="Lists",
    list_apart="Code of the answer, from the list “{title}” at the end",
    work_out="worked out from the answers",
    tick_first="worked out from the answers: tick the first line that fits",
    or_else="otherwise",
    round_number="{title} — sheet {n}",
    more_rounds="Beyond these, go on with another copy.",
    rounds_by="As many sheets as {count} says; at most {n}.",
    rounds="One sheet for each; at most {n}.",
    not_written="Do not write the answer down: it serves only during the interview.",
    custodian="Do not write the answer here: it goes on the sheet of the linkage custodian.",
    rounded="round to the nearest {n}",
    or_more_is="{n} for {n} or more",
    or_less_is="{n} for {n} or less",
    beginning="only the first {n} characters",
    offered_if="Offer an answer only if: {condition}.",
    answer_of="[answer to {number}]",
    day_month_year="DDMMYYYY",
    hour_minute="HHMM",
    week="week",
    quarter="quarter",
    statuses=MappingProxyType(
        {"refused": "Refused", "dont_know": "Does not know", "not_applicable": "Not applicable"}
    ),
    own_statuses=MappingProxyType(
        {
            "refused": "I prefer not to answer",
            "dont_know": "I do not know",
            "not_applicable": "Does not apply to me",
        }
    ),
)


# Languages written from right to left.
RIGHT_TO_LEFT = frozenset("ar ckb dv fa he ks ps sd ug ur yi".split())
_CHARACTERS = {"decimal_mark", "day_month_year", "hour_minute"}  # no sentences


@lru_cache(maxsize=8)
def wording(instrument: Instrument, language: str) -> Wording:
    """Return the words that go with a questionnaire read in one of its languages."""
    found = next(
        (
            words
            for code in (language, instrument.default_language)
            for prefix, words in (("fr", FRENCH), ("en", ENGLISH))
            if code.lower().startswith(prefix)
        ),
        ENGLISH,
    )
    return _isolated(found) if is_right_to_left(language) else found


def is_right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    return language.lower().replace("_", "-").split("-")[0] in RIGHT_TO_LEFT


def _isolated(words: Wording) -> Wording:
    """Return words whose sentences keep their own direction inside the other one (UAX #9)."""
    changed: dict[str, Any] = {}
    for name in (one.name for one in fields(words)):
        value = getattr(words, name)
        if isinstance(value, str) and name not in _CHARACTERS:
            changed[name] = _isolate(value)
        elif isinstance(value, tuple):
            changed[name] = tuple(_isolate(one) for one in value)
    return replace(words, **changed)


def _isolate(text: str) -> str:
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
