"""What numbers, dates, addresses and names after a title look like in a folded text.

A folded text has ASCII digits, plain spaces, dashes and apostrophes, and no accents; case is kept. Every
repetition here is bounded or runs over characters that the next part cannot match, so that no text
costs more than a time proportional to its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from surveys import codes

Kind = Literal["phone", "email", "number", "date", "name"]
KINDS: tuple[Kind, ...] = ("phone", "email", "number", "date", "name")

WORD = re.compile(r"[^\W_]+")


def look_for(text: str, region: str) -> Iterator[tuple[int, int, Kind]]:
    """Yield (start, end, kind) for all but listed names; where two overlap the first kind counts."""
    for kind, pattern in _ADDRESSES:
        yield from ((*match.span(), kind) for match in pattern.finditer(text))
    yield from ((*match.span(), "number") for match in _GROUPS.finditer(text) if _is_ours(match[0]))
    if any(character.isdigit() for character in text):
        yield from _numbers(text, region)
        yield from ((*match.span("date"), "date") for match in _DATE.finditer(text))
        yield from ((*match.span(), "phone") for match in _SHORT_PHONE.finditer(text))
    yield from ((*match.span(match.lastgroup or 0), "name") for match in _NAMED.finditer(text))


# --- e-mail and web addresses, handles --------------------------------------------------------

_LABEL = r"[\w.+%-]{1,64}"
_DOT = r"(?:\.|[ ](?:point|dot)[ ]|[ ]\.[ ])"
_JOINED = rf"(?<!\w){_LABEL}(?:[ ](?:point|dot|tiret(?:[ ]du)?(?:[ ]bas)?|underscore|[._-])[ ]{_LABEL}){{0,5}}"
_END = r"(?:com|fr|net|org|eu|uk)(?!\w)"

_ADDRESSES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("email", re.compile(rf"{_LABEL}@[\w-]{{1,64}}(?:\.[\w-]{{1,64}}){{0,5}}")),
    (
        "email",
        re.compile(
            rf"{_JOINED}[ ]{{0,2}}@[ ]{{0,2}}{_LABEL}(?:{_DOT}{_LABEL}){{0,2}}{_DOT}{_END}", re.I
        ),
    ),
    (
        "email",
        re.compile(
            rf"{_JOINED}[ ]{{1,2}}arr?oba[sz]e?[ ]{{1,2}}{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}", re.I
        ),
    ),
    (
        "email",
        re.compile(
            rf"{_JOINED}[ ]{{0,2}}(?:[ ](?:at|chez)[ ]|[(\[](?:at|a)[)\]])[ ]{{0,2}}[\w-]{{1,64}}"
            rf"(?:{_DOT}[\w-]{{1,64}}){{0,2}}{_DOT}{_END}",
            re.I,
        ),
    ),
    ("name", re.compile(r"(?:https?://|www\.)[^ ]{1,2000}", re.I)),
    (
        "name",
        re.compile(
            rf"(?<![\w@.-])[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,3}}\.{_END}(?:/[^ ]{{0,2000}})?",
            re.I,
        ),
    ),
    ("name", re.compile(r"(?<![\w@])@[^\W\d][\w.]{1,49}")),
)

# --- numbers ----------------------------------------------------------------------------------

_GAP = r"[ .\-_]{0,3}"
_PHONES = (
    # 06 12 34 56 78 however it is spaced
    re.compile(rf"(?<!\d)0{_GAP}[1-9](?:{_GAP}\d){{8}}(?!\d)"),
    re.compile(r"(?<!\d)0[1-9](?:[ ]?[,;/][ ]?\d\d){4}(?!\d)"),
    # +33 (0)6 12 34 56 78, 0033 6 12 34 56 78
    re.compile(r"(?:\+|(?<!\d)00)[ ]?[1-9](?:[ .\-_/()]{0,3}\d){7,13}(?!\d)"),
    # 6 12 34 56 78
    re.compile(r"(?<![\d,.])[67](?:[ .\-]?\d\d){4}(?!\d)"),
)
_SHORT_PHONE = re.compile(rf"(?<!\d)0[67](?:{_GAP}\d\d){{3}}(?!\d)")  # two digits forgotten
_STEP = r"[ .\-/]{0,2}"
# sex, year, month, department (2A and 2B in Corsica), commune, order, and the key or not
_NIR = re.compile(
    rf"(?<!\d)[1-478](?:{_STEP}\d){{4}}{_STEP}(?:\d{_STEP}\d|2{_STEP}[ABab])"
    rf"(?:{_STEP}\d){{6}}(?:{_STEP}\d{_STEP}\d)?(?!\d)"
)
_LONG = re.compile(r"(?<!\d)\d(?:[ .\-]{0,2}\d){8,}")
_YEARS = re.compile(r"(?:19|20)\d\d(?:[ .\-]{0,2}(?:19|20)\d\d)+")
_IBAN = re.compile(
    r"(?<![^\W_])[A-Z]{2}\d\d(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?(?![^\W_])", re.I
)
# A card's code or a case's, as it is printed: in groups of four.
_GROUPS = re.compile(
    r"(?<![^\W_])[0-9A-Z]{4}(?:[- ]?[0-9A-Z]{4}){1,2}(?:[- ]?[0-9A-Z]{2})?(?![^\W_])", re.I
)
_CODE = re.compile(r"(?<![^\W_])[A-Z0-9]{8,40}(?![^\W_])")


def _numbers(text: str, region: str) -> Iterator[tuple[int, int, Kind]]:
    """Yield numbers that name a person or an account, then telephone numbers, then long numbers."""
    yield from ((*match.span(), "number") for match in _NIR.finditer(text))
    yield from _ibans(text)
    yield from ((*match.span(), "number") for match in _CODE.finditer(text) if _is_code(match[0]))
    long = [match for match in _LONG.finditer(text) if not _YEARS.fullmatch(match[0])]
    yield from ((*match.span(), "number") for match in long if _digits(match[0]) > 13)
    for pattern in _PHONES:
        yield from ((*match.span(), "phone") for match in pattern.finditer(text))
    if long or "+" in text:
        yield from _phones(text, region)
    yield from ((*match.span(), "number") for match in long)


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _phones(text: str, region: str) -> Iterator[tuple[int, int, Kind]]:
    """Yield telephone numbers that are valid in `region`, or anywhere after a country code."""
    from phonenumbers import Leniency, PhoneNumberMatcher  # 35 ms, and rarely needed

    for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=500):
        yield match.start, match.end, "phone"


def _ibans(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Yield bank accounts whose check digits are right; the digits of a wrong one are a long number."""
    for match in _IBAN.finditer(text):
        from stdnum import iban  # 80 ms, and rarely needed

        candidate = match[0]
        while candidate and not iban.is_valid(candidate):
            candidate = candidate.rpartition(" ")[0]
        if candidate:
            yield match.start(), match.start() + len(candidate), "number"


def _is_code(text: str) -> bool:
    """Whether capitals and digits alternate as in a passport's number, not as in SKENAN100MG."""
    kinds = [character.isdigit() for character in text]
    changes = sum(a != b for a, b in pairwise(kinds))
    return changes >= 3 or (changes == 2 and sum(kinds) >= 4)


def _is_ours(text: str) -> bool:
    """Whether a text is the code of a card or a case: its check characters say so."""
    if codes.is_card(codes.normal_card(text)):
        return True
    # One word of eight letters in thirty has the check character of a case.
    looks_so = 0 < _digits(text) < 8 or ("-" in text and text == text.upper())
    return looks_so and codes.is_case(codes.normal(text))


# --- dates ------------------------------------------------------------------------------------

_YEAR = r"(?:19|20)\d\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_LONG_NAMES = (
    r"janvier|january|fevrier|february|mars|march|avril|april|mai|juin|june|juillet|july|aout|august"
    r"|septembre|september|octobre|october|novembre|november|decembre|december"
)
_NAMES = rf"(?:(?:{_LONG_NAMES}|janv|jan|fevr?|feb|avr|apr|jun|juil|jul|aug|sept?|oct|nov|dec)(?![^\W\d])\.?)"
_MAY = r"(?-i:May|MAY)(?![^\W\d])"  # "may" also says perhaps
_DATES = (
    # 12/05/1987, 05/12/1987, 12-05-87, 12.05.87, 12 / 05 / 1987, 12 05 1987
    rf"(?<!\d)(?:{_DAY}(?P<a>[/.\-]){_MONTH}(?P=a)|{_MONTH}(?P<b>[/.\-]){_DAY}(?P=b))(?:{_YEAR}|\d\d)(?!\d)",
    rf"(?<!\d)(?:{_DAY}[ ]{{0,2}}[/.\- ][ ]{{0,2}}{_MONTH}|{_MONTH}[ ]?/[ ]?{_DAY})[ ]{{0,2}}[/.\- ][ ]{{0,2}}{_YEAR}(?!\d)",
    # 1987-05-12, 1987/05, 19870512, 12051987, 05/1987
    rf"(?<!\d){_YEAR}(?P<c>[-/.]){_MONTH}(?P=c){_DAY}(?!\d)",
    rf"(?<!\d){_YEAR}[-/](?:0[1-9]|1[0-2])(?![\d-])",
    rf"(?<!\d)(?:{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]){_YEAR})(?!\d)",
    rf"(?<![\d/]){_MONTH}[ ]?/[ ]?{_YEAR}(?!\d)",
    # 12 mai 1987, 1er mai, 12th of May, 12-mai-87; mai 1987; May 12 1987, May 12th
    rf"(?<![\d.,])(?:{_DAY}(?:er|e|st|nd|rd|th)?|premier|first)[ .\-/]{{0,2}}(?:of[ ])?(?:{_NAMES}|{_MAY}|may(?=[ ]{_YEAR}))"
    rf"(?:[ ,./\-]{{0,2}}{_YEAR}(?!\d)|[ ,./\-]{{0,2}}'?\d\d(?=[ ]?(?:[.,;:!?)](?!\d)|$)))?",
    rf"(?<!\w)(?:{_NAMES}|may)[ ,./\-]{{0,2}}(?:(?:de|of)[ ])?{_YEAR}(?!\d)",
    # né en mai 87, mai '87, mai 87. but not "en mai 40 galettes"
    rf"(?:(?<=\bne[ ]en[ ])|(?<=\bnee[ ]en[ ])){_NAMES}[ ]\d\d(?!\d)",
    rf"(?<!\w){_NAMES}[ ](?:'\d\d(?!\d)|[3-9]\d(?=[ ]?(?:[.,;:!?)](?!\d)|$)))",
    rf"(?<!\w)(?:{_NAMES}|may)[ ]{{1,2}}{_DAY}(?:(?:st|nd|rd|th)?,?[ ]{_YEAR}|st|nd|rd|th)(?!\w)",
)
# 12/05 alone is also a score or a fraction: a date only after le, du, au, depuis le, on
_SHORT = rf"(?:(?<=le[ ])|(?<=du[ ])|(?<=au[ ])|(?<=on[ ])){_DAY}/(?:0[1-9]|1[0-2])(?![\d/])"
_DATE = re.compile(rf"(?P<date>{'|'.join((*_DATES, _SHORT))})", re.I)

# --- a name after a title, a role or "appelle" ------------------------------------------------

_TITLES = "mr|mrs|mme|mmes|mlle|mlles|dr|dre|prof|monsieur|madame|mademoiselle|docteure?|doctor|professeure?|maitre|sir"
_SHOUTED = "M|MM|Me|Pr|Pre|Ms|Miss"  # in lower case these are other words
TITLES_AND_GENERICS = frozenset(
    {*_TITLES.split("|"), *_SHOUTED.lower().split("|"), "l", "the"}
    | {"hotel", "hotels", "apparthotel", "residence", "auberge", "foyer", "pension"}
)
_ROLES = (
    "educateur|educatrice|educ|infirmiere?|psychologue|psychiatre|psy|medecin|assistante? sociale?"
    "|travailleu(?:r|se) sociale?|referente?|gerante?|receptionniste|hotelier|hoteliere|veilleur|veilleuse"
    "|directeur|directrice|gardien|gardienne|curateur|curatrice|tuteur|tutrice|patron|patronne|dealer|dealeur"
    "|amie?|pote|copain|copine|compagnon|compagne|mari|femme|frere|soeur|fils|fille|cousine?|neveu|niece"
    "|oncle|tante|pere|mere|voisine?|collegue|coloc|nurse|social worker|manager|friend|brother|sister"
    "|husband|wife|boyfriend|girlfriend|daughter|uncle|aunt|neighbour|caseworker"
)
_CALLED = "appelle|appelles|appelait|appelee?|nommee?|prenommee?|surnommee?|my name is|called|named"

_CAPITAL = r"[A-ZΑ-ΩА-Я]"
_PROPER = rf"{_CAPITAL}[^\W\d_]*(?:['-][^\W\d_]+)*"
_PARTICLE = r"(?:(?:de la|de|du|des|van|von|ben|bin|el|al|le|la)[ ]|d')?"
_MORE = rf"(?:[ ]{{1,2}}{_PARTICLE}{_PROPER}){{0,3}}"
_LOWER = (
    r"(?!(?:les|qui|que|est|avec|dans|pour|elle|puis|sont|dit|etait)\b)[^\W\d_]{3,}(?:-[^\W\d_]+)*"
)
_NAMED = re.compile(
    rf"(?<!\w)(?:"
    rf"(?:(?:{_SHOUTED})|(?i:{_TITLES}))(?:\.[ ]{{0,2}}|[ ]{{1,2}})(?P<titled>{_PARTICLE}{_PROPER}{_MORE})"
    rf"|(?i:mme|mlle|mr|mrs)(?:\.[ ]?|[ ])(?P<lower>{_LOWER})"
    rf"|(?i:{_ROLES})s?[ ]{{1,2}}(?P<role>{_CAPITAL}[a-z][^\W\d_]*(?:['-][^\W\d_]+)*{_MORE})"
    rf"|(?i:{_CALLED})[ ]{{1,2}}(?P<called>{_PROPER}{_MORE})"
    rf")"
)
