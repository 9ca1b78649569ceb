"""Columns that look like personal details are refused, by heading and by content."""

from __future__ import annotations

import polars as pl
import pytest

from export.drawing.personal import (
    are_words,
    kind_of_cells,
    kind_of_heading,
    person_problems,
)
from export.drawing.table import Columns, Source, Table


def kind(*cells: str) -> str:
    return kind_of_cells(pl.Series(cells, dtype=pl.String))


@pytest.mark.parametrize(
    "heading",
    [
        "nom", "Prénom", "PRENOM_USUEL", "last name", "hotelName", "tel", "Téléphone2", "n° mobile",
        "date_naissance", "DateOfBirth", "birth year", "courriel", "e-mail", "adresse", "rue",
        "NIR", "num_secu", "SSN",
    ],
)  # fmt: skip
def test_a_column_named_like_a_personal_detail_is_one(heading: str) -> None:
    """Names, telephones, births, e-mails, addresses and identity numbers, in French and English."""
    assert kind_of_heading(heading)


@pytest.mark.parametrize(
    "heading", ["hotel", "nombre_lits", "code2", "zone", "stratum", "rang", ""]
)
def test_a_column_named_otherwise_is_not_taken_for_one(heading: str) -> None:
    """Ordinary headings of a frame pass, even those that hold “tel” or “nom”."""
    assert kind_of_heading(heading) == ""


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["a", "someone@example.org"], "email"),
        (["06 12 34 56 78", "+33 6 12 34 56 79"], "phone"),
        (["06.12.34.56.78", "0033612345679", ""], "phone"),
        (["1985-04-02", "02/04/1985"], "birth"),
        (["2 69 05 49 588 157 80", ""], "nir"),
        (["269054958815780", "x"], "nir"),
        ([f"1 85 05 2a 123 456 {97 - 1850519123456 % 97:02d}", "x"], "nir"),
        (["06 12 34 56 78", "x"], ""),
        (["1985-04-02", "x"], ""),
        ([], ""),
    ],
)
def test_cells_that_look_like_a_personal_detail_are_found(cells: list[str], expected: str) -> None:
    """One e-mail address or identity number is enough; telephones and days must be most cells."""
    assert kind(*cells) == expected


@pytest.mark.parametrize(
    ("cell", "is_email"),
    [
        ("a@b.fr", True),
        ("a.b@c.d.e", True),
        ("a@b.", False),
        ("a@.b", False),
        ("a@..b", True),
        ("@b.fr", False),
        ("a@b@c.fr", False),
        ("a @b.fr", False),
        ("a@b .fr", False),
        ("ab.fr", False),
    ],
)
def test_an_e_mail_address_has_a_name_an_at_and_a_point_inside(cell: str, is_email: bool) -> None:
    """One is enough, whatever else the column holds."""
    assert kind(cell, "7", "8") == ("email" if is_email else "")


def test_an_identity_number_with_the_wrong_key_is_a_code_like_another() -> None:
    """Fifteen digits alone do not make a NIR: the key must be 97 − n mod 97."""
    assert kind("269054958815781") == ""


def test_problems_name_the_column_and_no_cell() -> None:
    """The heading wins over the content; a column that is not there is not looked at."""
    heading = ("nom", "x", "y", "courriel")
    columns = {0: pl.Series(["7"]), 1: pl.Series(["secret@example.org"]), 2: pl.Series(["7"])}
    table = Table(Source("f.csv"), heading, 1, columns)
    found = list(person_problems(table, Columns("code")))
    assert [(problem.place.line, problem.check) for problem in found] == [(1, "person")] * 2
    assert "“nom” looks like a name" in found[0].fact
    assert "“x” looks like an e-mail address" in found[1].fact
    assert not any("secret" in str(problem) for problem in found)


# --- names and addresses ------------------------------------------------------------------------

SURNAMES = "BERNARD DIALLO NGUYEN LE\u00a0GOFF MARTIN TRAORÉ O'BRIEN DA\u00a0SILVA".split(" ")
GIVEN = ["Leïla", "Moussa", "Anh", "Anne-Marie", "Jean", "Élodie", "Seán", "João"]
PEOPLE = [(name.replace("\u00a0", " "), given) for name, given in zip(SURNAMES, GIVEN, strict=True)]
WAYS = {
    "surname first": [f"{name} {given}" for name, given in PEOPLE],
    "surname last": [f"{given} {name}" for name, given in PEOPLE],
    "a comma": [f"{name}, {given}" for name, given in PEOPLE],
    "no capitals": [f"{given} {name.title()}" for name, given in PEOPLE],
    "all capitals": [f"{name} {given.upper()}" for name, given in PEOPLE],
    "a title": [f"Mme {given} {name.title()}" for name, given in PEOPLE],
    "particles": ["Jean de Brie", "Ali ben Salah", "Ana da Costa", "Luis del Río", "Guy d'Anjou"],
    "three words": [f"{given} Marie {name.title()}" for name, given in PEOPLE],
    "some blank": [*(f"{name} {given}" for name, given in PEOPLE), "", "", "?"],
    "twice each": [f"{name} {given}" for name, given in PEOPLE * 2],
    "three": ["BERNARD Leïla", "DIALLO Moussa", "NGUYEN Anh"],
}


@pytest.mark.parametrize("cells", WAYS.values(), ids=WAYS)
def test_full_names_are_found_whatever_the_heading(cells: list[str]) -> None:
    """As lists write them, in capitals or not, with particles or titles."""
    assert kind(*cells) == "name"


QUARTERS = ["Goutte d'Or", "Buttes Chaumont", "Grandes Carrières", "Faubourg Saint-Martin"]
QUARTERS += ["Porte de Clichy", "Belleville Est", "La Chapelle", "Batignolles"]
NONE = {
    "codes": ["H01", "H02", "H03", "H04", "H05"],
    "districts": ["Paris 18e", "Paris 19e", "Paris 20e", "Lyon 3e", "Saint-Denis"],
    "quarters": QUARTERS * 5,
    "one quarter a row": QUARTERS,
    "hotels": ["Hôtel Bellevue", "Hôtel Voltaire", "Grand Hôtel", "Ibis Bastille", "Hôtel du Nord"],
    "hotels without the word": ["Bellevue Palace", "Mistral Royal", "Lilas Blanc", "Or Noir"] * 3,
    "shelters": ["CHRS Valmy", "CHU Bercy", "HUDA Ivry", "CHRS Pantin", "CHU Voltaire"],
    "towns by quarter": ["PARIS Nord", "PARIS Sud", "PARIS Est", "LYON Ouest"],
    "departments": ["Seine-Saint-Denis", "Val-de-Marne", "Hauts-de-Seine", "Paris", "Yvelines"],
    "regions": ["Île-de-France", "Grand Est", "Pays de la Loire", "Centre-Val de Loire"] * 4,
    "words": ["oui", "non", "ne sait pas", "Chambre double", "Dortoir"],
    "places": ["1 place", "2 places", "1 place double", "3 places", "1 place pour bébé"],
    "visits": ["2 passages", "1 passage par jour", "3 passages", "2 cours", "1 cours"],
    "numbers": ["12", "3 rd", "1st", "75018", "2 lits"],
    "road": ["route", "rue", "place", "quai"],
}


@pytest.mark.parametrize("cells", NONE.values(), ids=NONE)
def test_codes_places_and_words_are_no_persons(cells: list[str]) -> None:
    """A frame needs its hotels and its districts: few are the same as a full name, or many rows share."""
    assert kind(*cells) == ""


@pytest.mark.parametrize(
    "cell",
    [
        "12 rue de Charonne", "12, rue de Charonne", "12 bis rue de Charonne", "3B av. Foch",
        "n° 7 boulevard Ney, 75018 Paris", "7 BD NEY", "Hôtel Bellevue, 12 rue de Charonne",
        "14 quai de Seine", "2 impasse Rolleboise",
    ],
)  # fmt: skip
def test_one_number_in_a_street_is_an_address(cell: str) -> None:
    """Whatever else the column holds."""
    assert kind(cell, "H02", "H03") == "address"


@pytest.mark.parametrize(
    "cells",
    [
        ["12 place de la République", "3 place Voltaire", "7 allée des Lilas"],
        ["5 square d'Anvers", "18 passage Brady", "3 villa l'Ermitage"],
        ["12 High Street", "221B Baker St", "10 Downing street, London"],
        ["4 Park Avenue", "7 Old Kent Road", "x"],
        ["rue de Charonne, 12", "boulevard Ney 7", "avenue Foch 3 bis"],
    ],
)
def test_other_addresses_are_most_of_their_column(cells: list[str]) -> None:
    """In French and in English; one alone may be something else."""
    assert kind(*cells) == "address"
    assert kind(cells[0], "H02", "H03") == ""


@pytest.mark.parametrize(
    ("ids", "are_names"),
    [
        (["Leïla", "Moussa", "Anh"], True),
        (["leila bernard", "moussa diallo", "x1"], True),
        (["BERNARD", "DIALLO", "NGUYEN"], True),
        (["Anne", "Paul", "Rose"], True),
        (["محمد", "فاطمة"], True),
        (["O'Brien", "Anne-Marie", "J. Martin"], True),
        (["B001", "B002", "B003"], False),
        (["QXZKJ", "WVBTR", "LMNPQ"], False),
        (["A", "B", "C"], False),
        (["a1b2", "ffee", "c0de"], False),
        (["Anne 1", "Paul 2", "Rose 3"], False),
        ([], False),
    ],
)
def test_ids_of_letters_without_a_digit_are_names(ids: list[str], are_names: bool) -> None:
    """But for codes of capitals that are all as long as each other."""
    assert are_words(pl.Series(ids, dtype=pl.String)) is are_names
