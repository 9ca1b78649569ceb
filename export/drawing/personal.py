"""Which columns of a table look like personal details: by their heading, in French or English, and by
their cells, whatever the heading.

What it cannot know it does not guess: a hotel's code, a district (“Paris 18e”, “Goutte d'Or”) or a hotel's
name in a column of clusters is no person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import polars as pl

from export.drawing.table import CODES, Columns, Table
from surveys.language import _
from surveys.problems import Problem

# Whole words of a heading, and pieces distinctive enough to be looked for inside one.
_WORDS = {
    "name": {"nom", "noms", "name", "names", "alias", "initiales"},
    "phone": {"tel", "gsm", "mobile", "portable", "mob"},
    "birth": {"dob", "ddn", "birthday", "naiss"},
    "email": {"mail", "mel"},
    "address": {"rue", "street", "adr", "domicile"},
    "nir": {"nir", "secu", "ssn", "nss", "insee"},
}
_PIECES = {
    "name": ("prenom", "patronym", "surname", "firstname", "lastname", "fullname", "pseudonyme"),
    "phone": ("telephone", "phone"),
    "birth": ("naissance", "birthdate", "dateofbirth"),
    "email": ("email", "courriel"),
    "address": ("adresse", "address"),
    "nir": ("securitesociale", "socialsecurity"),
}
# Patterns of Polars, which match in a time that grows with the cell and no faster.
_PHONE = r"^(?:\+|00)?(?:33[ .-]?|0)[1-9](?:[ .-]?[0-9]{2}){4}$"
_DAY = r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4})$"
_NIR = r"^(?: *[0-9ABab]){15} *$"
_BODY_AND_KEY = re.compile(r"([1-478]\d{4}(?:\d\d|2[AB])\d{6})(\d\d)", re.ASCII)

# A number and a street, as an address is written in French or in English. The first words say it
# alone; the others (“1 place”, “2 passages par jour”) must be those of most cells.
_NUMBER = r"(?i)(?:^|[,;(] *)(?:n[°o]\.? ?)?[0-9]{1,4}(?: ?(?:[a-d]|bis|ter|quater))?,? +"
_STREET = r"(?:rue|r\.|avenue|av\.?|ave\.?|boulevard|boul\.?|bd\.?|bld\.?|bvd\.?|impasse|quai) +\S"
_WAY = (
    r"(?:all[ée]e|place|pl\.?|passage|chemin|ch\.|cours|square|sq\.?|route|rte\.?|faubourg|fbg\.?"
    r"|villa|cit[ée]|sentier|ruelle|venelle|esplanade|promenade|mail|mont[ée]e|rond-point) +"
    r"(?:(?-i:\p{Lu})|d[eu]s? |l[ae]s? |[dl]['’])"
)
_ROAD = (
    r"(?:\S+ +){1,4}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|place|square|court|terrace"
    r"|boulevard|blvd|way|close|crescent|gardens)\b"
)
_BEHIND = (
    r"(?i)^(?:rue|avenue|av\.?|boulevard|bd\.?|impasse|quai) .*[ ,][0-9]{1,4}(?: ?(?:bis|ter))?$"
)
_SURE = _NUMBER + _STREET
_ADDRESS = rf"{_NUMBER}(?:{_WAY}|{_ROAD})|{_BEHIND}"

# A full name: two to six words that begin with a capital, perhaps a title and particles among them.
_PARTICLE = r"(?:(?:d[eu]|des|la|le|les|da|do|dos|del|della|di|van|von|der|den|ter|el|al|ben|bin|ibn|bint|ould) +|d['’])*"
_NAMED = r"\p{Lu}[\p{L}\p{M}'’.-]*"
_FULL = rf"^(?:(?:M|MM|Mr|Mme|Mlle|Mrs|Ms|Dr|Pr)\.? +)?{_NAMED}(?:,? +{_PARTICLE}{_NAMED}){{1,5}}$"
# As French lists write one: the surname in capitals, the given name not. The capitals are a group.
_SURNAME = r"^(?:\p{Lu}[\p{Ll}\p{M}'’-]+ +)*(\p{Lu}[\p{Lu}\p{M}'’-]+(?: +\p{Lu}[\p{Lu}\p{M}'’-]+)*)"
_MIXED = rf"{_SURNAME}(?:,? +\p{{Lu}}[\p{{Ll}}\p{{M}}'’]+(?:-\p{{Lu}}[\p{{Ll}}\p{{M}}'’]+)*)*$"
# Words of places and of what is in them: nobody bears them.
_PLACE = (
    r"(?i)(?:^|[ '’-])(?:h[ôo]tels?|motel|auberge|r[ée]sidences?|foyer|maison|centre|center|h[ée]bergement"
    r"|accueil|association|h[ôo]pital|clinique|[ée]cole|gare|station|m[ée]tro|porte|pont|place|rue"
    r"|avenue|boulevard|quai|quartier|district|arrondissement|secteur|zone|ville|villa|village|cit[ée]"
    r"|mairie|march[ée]|parc|park|canal|mont|butte|buttes|plaine|bois|[îi]le|les|nord|sud|est|ouest"
    r"|north|south|east|west|saint|sainte|st|ste|grande?|grandes|petite?|haute?|basse?|vieux|vieille"
    r"|palace|inn|lodge|house|hostel|budget|b&b|ibis|formule|campanile|kyriad|premi[èe]re"
    r"|chrs|chu|huda|cada|cph|cao|caes|csapa|caarud)(?:$|[ '’-])"
)
_LETTERS = r"^[\p{L}\p{M}][\p{L}\p{M} ,.'’-]{2,}$"
_FEW = 5  # different full names, fewer than which may be districts
_NEARLY_ALL = 0.7  # of the rows have a name of their own; several share a hotel or a district


def person_problems(table: Table, columns: Columns) -> Iterator[Problem]:
    """Yield a problem for each column that is not dropped and looks like a personal detail.

    A column in use cannot be dropped: what it holds is to be replaced. One of codes that are dates is
    left to be told as that.
    """
    uses = {name: what for what, name in columns.mapped().items()}
    for at, column in table.columns.items():
        name = table.heading[at]
        use = uses.get(name, "")
        kind = kind_of_heading(name) or kind_of_cells(column)
        if use in CODES and kind == "birth" and not kind_of_heading(name):
            continue
        if use == "id" and not kind and are_words(column):
            kind = "name"
        if kind:
            fact = _("column “{name}” looks like {kind}").format(name=name, kind=_named(kind))
            yield Problem(table.source.place(table.line, at), "", fact, _remedy(use), "person")


def _remedy(use: str) -> str:
    if use == "id":
        return _(
            "give each unit a code with a digit (B001, B002, …) in a column named otherwise, and keep "
            "apart who it is"
        )
    if use:
        return _("write codes, such as H01, in a column named otherwise")
    return _("take it out of the table, or drop it by name; ids are codes")


def _named(kind: str) -> str:
    return {
        "name": _("a name"),
        "phone": _("a telephone number"),
        "birth": _("a birth date"),
        "email": _("an e-mail address"),
        "address": _("an address"),
        "nir": _("a national identity number"),
    }[kind]


def kind_of_heading(name: str) -> str:
    """Return the kind of personal detail a heading names, in French or English, or ''."""
    plain = unicodedata.normalize("NFKD", re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", name)).lower()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = set(re.findall(r"[a-z]+", plain))
    joined = "".join(re.findall(r"[a-z]+", plain))
    for kind, wanted in _WORDS.items():
        if words & wanted or any(piece in joined for piece in _PIECES[kind]):
            return kind
    return "birth" if "birth" in words else ""


def kind_of_cells(column: pl.Series) -> str:
    """Return the kind of personal detail the cells of a column show, whatever its heading, or ''.

    One e-mail address, one identity number with its right key or one number in a street is enough;
    telephone numbers, full dates, other addresses and full names must be most of the column, since a
    code may look like one by chance.
    """
    filled = column.filter(column != "")
    if any(_is_email(cell) for cell in filled.filter(filled.str.contains("@", literal=True))):
        return "email"
    if any(_is_nir(cell) for cell in filled.filter(filled.str.contains(_NIR))):
        return "nir"
    if filled.str.contains(_SURE).any():
        return "address"
    for kind, pattern in (("phone", _PHONE), ("birth", _DAY), ("address", _ADDRESS)):
        if _are_most(filled.str.contains(pattern)):
            return kind
    return "name" if _are_full_names(filled) else ""


def days_in(column: pl.Series) -> pl.Series:
    """Return where a column has dates, if they are most of it; a code may look like one by chance."""
    found = column.str.contains(_DAY)
    return found if _are_most(found.filter(column != "")) else found & False


def are_words(column: pl.Series) -> bool:
    """Return whether most of the ids are letters without a digit, as names are.

    Codes of letters alone are capitals, all as long as each other.
    """
    filled = column.filter(column != "")
    if not _are_most(filled.str.contains(_LETTERS)):
        return False
    is_even = filled.str.len_chars().n_unique() == 1
    return not (is_even and filled.str.contains(r"^\p{Lu}+$").all())


def _are_full_names(filled: pl.Series) -> bool:
    """Return whether most cells are full names of different people, and not of places.

    Surnames in capitals before or behind given names that are not need only be three, and differ;
    other names must be those of nearly as many people as there are rows.
    """
    found = filled.filter(filled.str.contains(_FULL) & ~filled.str.contains(_PLACE))
    if 2 * len(found) <= len(filled):
        return False
    mixed = found.filter(found.str.contains(_MIXED) & found.str.contains(r"\p{Lu}\p{Ll}"))
    surnames = mixed.str.extract(_SURNAME).n_unique() if len(mixed) else 0
    if 2 * len(mixed) > len(filled) and surnames >= 3 and 2 * surnames > mixed.n_unique():
        return True
    different = found.n_unique()
    return different >= _FEW and different >= _NEARLY_ALL * len(found)


def _are_most(found: pl.Series) -> bool:
    return 2 * int(found.sum()) > len(found)


def _is_email(cell: str) -> bool:
    """Return whether the cell is one word, an @, and a word with a point inside."""
    name, at, host = cell.partition("@")
    return bool(name and at) and "." in host[1:-1] and not re.search(r"[\s@]", name + host)


def _is_nir(cell: str) -> bool:
    """Return whether the cell is a French identity number: 13 characters and a key, 97 − n mod 97."""
    found = _BODY_AND_KEY.fullmatch(cell.replace(" ", "").upper())
    if not found:
        return False
    body = found[1].replace("2A", "19").replace("2B", "18")
    return 97 - int(body) % 97 == int(found[2])
