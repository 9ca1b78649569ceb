"""A household form made for ODK: converted, checked, asked, collected, exported; and what it then says."""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export import custody, founding
from interviewer import enrolment, vault
from interviewer.files import FIXED_TIME

PASSPHRASE = "three public words for tests"  # as the fixtures give it
Run = Callable[..., "subprocess.CompletedProcess[str]"]

SURVEY = """
type                 | name      | label::English (en)       | label::Français (fr)      | relevant
begin group          | place     | Where                     | Où                        |
select_one district  | district  | District                  | District                  |
select_one village   | village   | Village                   | Village                   |
calculate            | people    |                           |                           |
note                 | told      | ${people} live there      | ${people} y vivent        |
geopoint             | gps       | The house                 | La maison                 |
end group            |           |                           |                           |
deviceid             | device    |                           |                           |
begin group          | household | Household                 | Ménage                    |
integer              | size      | How many are you?         | Combien êtes-vous ?       |
begin repeat         | member    | Member                    | Membre                    |
calculate            | rank      |                           |                           |
text                 | called    | Who is number ${rank}?    | Qui est le n° ${rank} ?   |
integer              | age       | How old is ${called}?     | Quel âge a ${called} ?    |
select_one school    | school    | School of ${called}       | École de ${called}        | ${age} >= 6
end repeat           |           |                           |                           |
calculate            | children  |                           |                           |
text                 | shown     | Please check              | À vérifier                |
select_multiple owns | owns      | What do you own?          | Que possédez-vous ?       |
begin group          | food      | Last week, how often      | La semaine passée         |
select_one often     | head      | How often                 | Combien de fois           |
select_one often     | meat      | Meat                      | De la viande              |
select_one often     | fish      | Fish                      | Du poisson                |
end group            |           |                           |                           |
time                 | dinner    | When is dinner?           | À quelle heure dînez-vous | ${meat} > 1
end group            |           |                           |                           |
text                 | remarks   | Remarks                   | Remarques                 |
"""
MORE = {  # further columns of the sheet, by name of the question
    "district": {"required": "yes"},
    "village": {"required": "yes", "choice_filter": "district = ${district}"},
    "people": {"calculation": "pulldata('villages', 'people', 'code', ${village})"},
    "size": {"required": "yes", "constraint": ". > 0 and . <= 5 or . = -99"},
    "member": {"repeat_count": "${size}", "bind::souspli:repeat_max": "5"},
    "rank": {"calculation": "position(..)"},
    "called": {"required": "yes", "bind::souspli:keep": "never"},
    "age": {"required": "yes", "constraint": ". >= 0 and . < 120"},
    "children": {"calculation": "count(${member}[age < 15])"},
    "shown": {
        "calculation": "join(', ', ${called})",
        "read_only": "yes",
        "bind::souspli:keep": "never",
    },
    "owns": {"constraint": "not(selected(., 'none') and count-selected(.) > 1)"},
    "food": {"appearance": "field-list"},
    "head": {"appearance": "label"},
    "meat": {"required": "yes", "appearance": "list-nolabel"},
    "fish": {"required": "yes", "appearance": "list-nolabel"},
}
CHOICES = """
list_name | name  | label::English (en) | label::Français (fr) | district
district  | 1     | North               | Nord                 |
district  | 2     | South               | Sud                  |
village   | 11    | Alpha               | Alpha                | 1
village   | 21    | Beta                | Bêta                 | 2
village   | 22    | Gamma               | Gamma                | 2
school    | 0     | None                | Aucune               |
school    | 1     | Primary             | Primaire             |
school    | -88   | Do not know         | Ne sait pas          |
owns      | radio | A radio             | Une radio            |
owns      | bike  | A bicycle           | Un vélo              |
owns      | none  | Nothing             | Rien                 |
often     | 1     | Never               | Jamais               |
often     | 2     | Once or more        | Une fois ou plus     |
often     | -99   | Refused             | Refus                |
"""
SETTINGS = """
form_id    | form_title | version | default_language
households | Households | 2026.1  | English (en)
"""
TABLE = "code,people\n11,1200\n22,350\n"

# What is typed, line by line: a village of the other district and “nothing” beside a radio are refused.
TYPED = """\
2
11
22
3
Awa
34
:refuse
Moussa
7
1
Issa
2
1 3
1 2
2
:refuse
19h30

"""
SHOWN = (  # of the table beside the form, of rounds, of what is read only, of what a terminal cannot hold
    "\n350 live there\n",
    "\nThe house (not asked here: geopoint)\n",
    "\nHow old is Moussa?\n",
    "\nPlease check\nAwa, Moussa, Issa\n",
    "\nHow often\n\nMeat\n",
)
ROW = {
    "completeness": "complete",
    "district": "2",
    "village": "22",
    "size": "3",
    "owns": "radio bike",
    "owns__none": "0",
    "meat": "2",
    "fish": "",
    "fish__status": "refused",
    "dinner": "19:30:00",
}
MEMBERS = [
    {"member": "1", "age": "34", "school": "", "school__status": "refused"},
    {"member": "2", "age": "7", "school": "1", "school__status": ""},
    {"member": "3", "age": "2", "school": "", "school__status": "not_asked"},
]
CODEBOOK = (
    "### `village`\n\nA2. Village\n\n- section: Where\n- type: one of a list\n- `11`: Alpha\n- `21`: Beta\n- `22`: Gamma\n",
    "### `dinner`\n\nB8. When is dinner?\n\n- section: Household\n"
    "- asked: if B6 is more than “Never”\n- type: time of day\n",
    "- `radio`: A radio (`owns__radio` is 1 where it was chosen, else 0)\n",
    "- `called`: Who is number ${rank}? (nothing is kept)\n",
)


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def survey() -> list[list[str]]:
    """Return the rows of the survey sheet with their further columns."""
    header, *rows = cells(SURVEY)
    columns = list(dict.fromkeys(column for more in MORE.values() for column in more))
    return [
        [*header, *columns],
        *([*row, *(MORE.get(row[1], {}).get(column, "") for column in columns)] for row in rows),
    ]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The lead's folder: the form and the table beside it."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(str(tmp_path / "households.xlsx")) as book:
        for name, rows in (
            ("survey", survey()),
            ("choices", cells(CHOICES)),
            ("settings", cells(SETTINGS)),
        ):
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
    (tmp_path / "villages.csv").write_text(TABLE, "utf-8")
    return tmp_path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def founded(office: Path) -> None:
    """Make study/ and analyst.key as their verbs do, but for passphrases that cost little to try."""
    secret = PASSPHRASE.encode()
    recipient = custody.new_key(office / "analyst.key", secret, 4)
    (office / "analyst.pub").write_text(recipient, "ascii")
    founding.make(
        office / "study",
        study_id="households",
        title="",
        instruments=founding.given_instruments([str(office / "households.yaml")]),
        recipients={},
        is_practice=True,
        passphrases=(secret, secret),
        now=datetime.now(UTC),
        work_factor=4,
    )


def make_cheap(path: Path) -> None:
    """Let the laptop's vault cost little to open: what it costs is tested where it is made."""
    secret = PASSPHRASE.encode()
    path.write_bytes(vault.changed(path.read_bytes(), secret, secret, vault.CHEAPEST))
    os.utime(path, (FIXED_TIME, FIXED_TIME))


def test_a_form_of_theirs_is_asked_and_says_what_was_answered(souspli: Run, office: Path) -> None:
    """From the workbook and the table beside it to a dataset and its codebook that say just that."""

    def does(*words: str | Path, passphrases: int = 0, typed: str = "") -> str:
        done = souspli(*words, cwd=office, passphrases=passphrases, typed=typed)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    told = does("convert", "households.xlsx", "households.yaml", "--missing")
    assert [line.split(": ")[:3:2] for line in told.splitlines() if "]: " in line] == [
        ["households.xlsx:survey!A7", "gps"],
        ["households.xlsx:survey!A9", "device"],
        ["households.xlsx:survey!I11", "size"],
    ]
    assert "households.yaml: written, 2 losses\nkeep beside it: villages.csv\n" in told
    assert "households.yaml: good, " in does("check", "households.yaml")

    founded(office)
    does("enrol", "--name", "L01", "--home", "home", passphrases=1)
    make_cheap(office / "home" / "vault")
    words = enrolment.words((office / "L01.enrolment").read_bytes())
    does("device", "add", "L01.enrolment", "--words", words, "--study", "study")
    does("kit", "L01", "--study", "study", "--out", "L01.kit", passphrases=1)
    does("enrol", "L01.kit", "--home", "home", passphrases=1)
    asked = ("interview", "households", "--plain", "--case", "K7Q2-M4T9", "--interviewer", "I1")
    said = does(*asked, "--home", "home", typed=TYPED, passphrases=1)
    assert [text for text in SHOWN if text not in said] == []

    (office / "stick").mkdir()
    does("handover", "stick", "--home", "home", passphrases=1)
    assert "1 record taken in." in does("collect", "stick", "--study", "study", passphrases=1)
    to = ("--to", "analyst.pub", "--out", "out.age")
    does("export", "--study", "study", *to, passphrases=1)
    does("open", "out.age", "--into", "data", "--identity", "analyst.key", passphrases=1)
    (row,) = read(office / "data" / "simulated-data.csv")
    members = read(office / "data" / "simulated-data-member.csv")
    assert {key: row[key] for key in ROW} == ROW
    assert (float(row["people"]), float(row["children"])) == (350, 2)
    assert [{key: one[key] for key in MEMBERS[0]} for one in members] == MEMBERS
    codebook = (office / "data" / "simulated-codebook.md").read_text("utf-8")
    assert [text for text in CODEBOOK if text not in codebook] == []
    kept = "".join(path.read_text("utf-8") for path in (office / "data").glob("*.csv"))
    assert "Awa" not in kept
