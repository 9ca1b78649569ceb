"""The sampling frame: one unit per person or place, read from CSV into one canonical form.

The canonical form is what a draw is made from and what anyone can hash again: a line per unit,
`id TAB stratum TAB cluster TAB size`, sorted by id, UTF-8 in NFC, every line ended by LF. Ids are
codes; a table that carries names or contact details is refused before anything is computed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from surveys.language import _
from surveys.problems import Place, Problem, Refusal, in_order

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Unit:
    """One line of the frame. A column that the frame does not have is blank in every unit.

    `similarity` places the unit's stratum among the others; it is no part of the canonical form.
    """

    id: str
    stratum: str = ""
    cluster: str = ""
    size: str = ""
    similarity: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the table holds what ('' = the frame has none), and which are not read."""

    id: str
    stratum: str = ""
    cluster: str = ""
    size: str = ""
    similarity: str = ""
    drop: tuple[str, ...] = ()

    def mapped(self) -> Mapping[str, str]:
        """Return the columns in use, by what they hold."""
        held = {"id": self.id, "stratum": self.stratum, "cluster": self.cluster}
        held |= {"size": self.size, "similarity": self.similarity}
        return {what: column for what, column in held.items() if column}


@dataclass(frozen=True, slots=True)
class _Row:
    """One record of the table and the line it starts on."""

    line: int
    cells: tuple[str, ...]


def read(text: str, columns: Columns, file: str) -> tuple[tuple[Unit, ...], tuple[Problem, ...]]:
    """Return the units sorted by id, or no unit and every problem of the table.

    The separator is the comma, semicolon or tab found most often in the heading. Cells lose
    the spaces around them and are put in NFC. No message repeats the content of a cell.
    """
    header, rows, problems = _table(text.removeprefix("\ufeff"), file)
    problems += _heading_problems(header, columns, file)
    if problems:
        return (), in_order(problems)
    places = {what: header.index(column) for what, column in columns.mapped().items()}
    problems += _person_problems(header, rows, columns, file)
    problems += _cell_problems(rows, places, file)
    problems += _id_problems(rows, places["id"], file)
    if "similarity" in places and "stratum" in places:
        problems += _similarity_problems(rows, places, file)
    if problems:
        return (), in_order(problems)
    units = (Unit(**{what: row.cells[at] for what, at in places.items()}) for row in rows)
    return tuple(sorted(units, key=lambda unit: unit.id)), ()


def canonical(units: Iterable[Unit]) -> bytes:
    """Return the canonical form of the frame: the bytes that are hashed and handed to verifiers."""
    lines = sorted((unit.id, unit.stratum, unit.cluster, unit.size) for unit in units)
    return "".join("\t".join(line) + "\n" for line in lines).encode()


def from_canonical(data: bytes) -> tuple[Unit, ...]:
    """Return the units of a canonical form; Refusal if the bytes are not one."""
    try:
        text = data.decode()
        units = tuple(
            Unit(*_four(line.split("\t"))) for line in text.removesuffix("\n").split("\n")
        )
    except ValueError:
        text, units = "", ()
    ids = {unit.id for unit in units} - {""}
    is_sound = len(ids) == len(units) and unicodedata.is_normalized("NFC", text)
    if not units or not is_sound or canonical(units) != data:
        raise Refusal(
            _(
                "the frame is not in canonical form; make it again from the table with `souspli draw`"
            )
        )
    return units


def frame_hash(data: bytes, salt: bytes) -> bytes:
    """Return SHA-256(salt ‖ canonical form), 32 bytes. Without the salt ids cannot be guessed."""
    if len(salt) != SALT_BYTES:
        raise Refusal(
            _("the salt must be {wanted} bytes and has {n}; use the salt of the draw").format(
                wanted=SALT_BYTES, n=len(salt)
            )
        )
    return hashlib.sha256(salt + data).digest()


def stratum_codes(units: Iterable[Unit]) -> tuple[str, ...]:
    """Return the codes of the frame's strata in order; stratum k of the frame is the k-th code."""
    return tuple(sorted({unit.stratum for unit in units}))


def similarity_order(units: Iterable[Unit]) -> tuple[int, ...]:
    """Return the numbers of the frame's strata, those alike side by side; () without similarity.

    Values that are all numbers are ordered as numbers, else as text; ties by stratum code.
    """
    value = {unit.stratum: unit.similarity for unit in units}
    if not any(value.values()):
        return ()
    are_numbers = all(_NUMBER.fullmatch(text.removeprefix("-")) for text in value.values())
    numbers = {code: Fraction(text) if are_numbers else 0 for code, text in value.items()}
    texts = {code: "" if are_numbers else text for code, text in value.items()}
    codes = sorted(value)
    ordered = sorted(codes, key=lambda code: (numbers[code], texts[code]))
    return tuple(codes.index(code) + 1 for code in ordered)


def _four(cells: Sequence[str]) -> Sequence[str]:
    if len(cells) != 4:
        raise ValueError
    return cells


def _table(text: str, file: str) -> tuple[list[str], list[_Row], list[Problem]]:
    """Return the heading, the rows that are not blank, and what is wrong with their shape."""
    heading = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=heading.count))
    header: list[str] = []
    rows: list[_Row] = []
    problems: list[Problem] = []
    line = 1
    try:
        for cells in reader:
            tidy = tuple(unicodedata.normalize("NFC", cell.strip(_SPACES)) for cell in cells)
            if not header:
                header = list(tidy)
            elif any(tidy):
                rows.append(_Row(line, tidy))
            line = reader.line_num + 1
    except csv.Error:
        fact = _("this line cannot be read as CSV")
        problems.append(_problem(file, line, fact, _("close its quotes"), "csv"))
    for row in rows:
        if len(row.cells) != len(header):
            fact = _("{n} cells where the heading has {wanted}")
            fact = fact.format(n=len(row.cells), wanted=len(header))
            problems.append(
                _problem(file, row.line, fact, _("complete or correct the line"), "cells")
            )
    if not rows and not problems:
        problems.append(_problem(file, 1, _("no unit"), _("give one line per unit"), "empty"))
    return header, rows, problems


def _heading_problems(header: list[str], columns: Columns, file: str) -> Iterator[Problem]:
    used = list(columns.mapped().values())
    for name in sorted(name for name, times in Counter(header).items() if times > 1):
        fact = _("the heading has two columns “{name}”").format(name=name)
        yield _problem(file, 1, fact, _("give each column its own name"), "heading")
    for name in dict.fromkeys([*used, *columns.drop]):
        if name not in header:
            fact = _("the heading has no column “{name}”").format(name=name)
            yield _problem(file, 1, fact, _("give the name of a column"), "heading")
    for name in sorted(set(used) & set(columns.drop)):
        fact = _("column “{name}” is both used and dropped").format(name=name)
        yield _problem(file, 1, fact, _("do one or the other"), "heading")


def _cell_problems(rows: Sequence[_Row], places: Mapping[str, int], file: str) -> Iterator[Problem]:
    for row in rows:
        for what, at in places.items():
            cell = row.cells[at]
            if not cell:
                yield _problem(
                    file, row.line, _("blank {what}").format(what=what), _("fill it in"), "blank"
                )
            elif any(unicodedata.category(letter) in _UNSEEN for letter in cell):
                fact = _("a tab, line break or other control character in the {what}")
                yield _problem(file, row.line, fact.format(what=what), _("remove it"), "control")
            elif what == "size" and not _NUMBER.fullmatch(cell):
                remedy = _("write digits, with a point before decimals")
                yield _problem(file, row.line, _("the size is not a number"), remedy, "size")


def _id_problems(rows: Sequence[_Row], at: int, file: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        id_ = row.cells[at]
        if id_ and first.setdefault(id_, row.line) != row.line:
            fact = _("the id of line {line} again").format(line=first[id_])
            yield _problem(file, row.line, fact, _("give each unit its own id"), "duplicate")


def _similarity_problems(
    rows: Sequence[_Row], places: Mapping[str, int], file: str
) -> Iterator[Problem]:
    first: dict[str, _Row] = {}
    at = places["similarity"]
    for row in rows:
        earlier = first.setdefault(row.cells[places["stratum"]], row)
        if earlier.cells[at] != row.cells[at]:
            fact = _("a similarity other than that of the same stratum on line {line}")
            remedy = _("give one value per stratum")
            yield _problem(file, row.line, fact.format(line=earlier.line), remedy, "similarity")


def _person_problems(
    header: Sequence[str], rows: Sequence[_Row], columns: Columns, file: str
) -> Iterator[Problem]:
    for at, name in enumerate(header):
        if name in columns.drop:
            continue
        kind = _kind_of_heading(name) or _kind_of_cells([row.cells[at] for row in rows])
        if kind:
            fact = _("column “{name}” looks like {kind}").format(name=name, kind=_named(kind))
            remedy = _("take it out of the table, or drop it by name; ids are codes")
            yield _problem(file, 1, fact, remedy, "person")


def _named(kind: str) -> str:
    return {
        "name": _("a name"),
        "phone": _("a telephone number"),
        "birth": _("a birth date"),
        "email": _("an e-mail address"),
        "address": _("an address"),
        "nir": _("a national identity number"),
    }[kind]


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
_SPACES = " \u00a0\u202f"
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,15})?", re.ASCII)
_PHONE = re.compile(r"(?:\+|00)?(?:33[ .-]?|0)[1-9](?:[ .-]?\d{2}){4}", re.ASCII)
_NIR = re.compile(r"[1-478]\d{4}(?:\d\d|2[AB])\d{6}(\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d\d?[/.]\d\d?[/.]\d{4}", re.ASCII)
# Control, format, surrogate and unassigned characters, line and paragraph separators.
_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def _kind_of_heading(name: str) -> str:
    """Return the kind of personal detail a heading names, in French or English, or ''."""
    plain = unicodedata.normalize("NFKD", re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", name)).lower()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = set(re.findall(r"[a-z]+", plain))
    joined = "".join(re.findall(r"[a-z]+", plain))
    for kind, wanted in _WORDS.items():
        if words & wanted or any(piece in joined for piece in _PIECES[kind]):
            return kind
    return "birth" if "birth" in words else ""


def _kind_of_cells(cells: Sequence[str]) -> str:
    """Return the kind of personal detail the cells of a column show, whatever its heading, or ''.

    One e-mail address or one identity number with its right key is enough; telephone numbers and
    full dates must be most of the column, since a code may look like one by chance.
    """
    filled = [cell for cell in cells if cell]
    if any(_is_email(cell) for cell in filled):
        return "email"
    if any(_is_nir(cell) for cell in filled):
        return "nir"
    for kind, pattern in (("phone", _PHONE), ("birth", _DAY)):
        if 2 * sum(1 for cell in filled if pattern.fullmatch(cell)) > len(filled):
            return kind
    return ""


def _is_email(cell: str) -> bool:
    """Return whether the cell is one word, an @, and a word with a point inside."""
    name, at, host = cell.partition("@")
    return bool(name and at) and "." in host[1:-1] and not re.search(r"[\s@]", name + host)


def _is_nir(cell: str) -> bool:
    """Return whether the cell is a French identity number: 13 characters and a key, 97 − n mod 97."""
    digits = cell.replace(" ", "").upper()
    if not _NIR.fullmatch(digits):
        return False
    body = digits[:13].replace("2A", "19").replace("2B", "18")
    return 97 - int(body) % 97 == int(digits[13:])


def _problem(file: str, line: int, fact: str, remedy: str, check: str) -> Problem:
    return Problem(Place(file, line, 1), "", fact, remedy, check)
