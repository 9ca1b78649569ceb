"""The encrypted dataset, and the verbs `export` and `open`."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

import souspli
from export import custody, ledger
from export.collecting.index import sha256
from export.datasets import dataset
from export.datasets.archive import unpacked, zipped
from export.disclosure import gate
from export.disclosure.rules import Rules
from export.respondents import remarks, responses
from export.respondents.part import Part, subsample
from export.respondents.table import shuffled
from export.respondents.weight import Respondents
from export.study import Study
from interviewer import age
from interviewer.record import Record

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
Put = Callable[..., None]
Drew = Callable[[Study, str], None]
Identities = Callable[[Study], Sequence[age.Identity]]


NOW = datetime(2022, 5, 1, tzinfo=UTC)
PASSPHRASE = "correct horse battery"
CASES = [f"CASE-{n:04}" for n in range(30)]
FORM = """
souspli: 1
form:
  id: plain
  version: "1"
  title: {en: Days, fr: Jours}
  languages: {en: English (en), fr: Français (fr)}
  default_language: en
choices:
  sex: [{name: f, label: {en: Woman, fr: Femme}}, {name: m, label: {en: Man, fr: Homme}}]
survey:
  - {type: integer, name: days, label: {en: Days of use, fr: Jours d'usage}}
  - {type: select_one, choices: sex, name: sex, label: {en: Sex, fr: Sexe}, identifying: quasi}
  - {type: text, name: first_name, label: {en: First name, fr: Prénom}, keep: never}
  - type: repeat
    name: stay
    label: {en: Stay, fr: Séjour}
    questions:
      - {type: integer, name: nights, label: {en: Nights, fr: Nuits}}
"""


def filled(study: Study, made_of: MadeOf, put: Put, drew: Drew) -> Study:
    """Draw 30 of 150, of whom 24 answer: 16 women of 5 days, 8 men of 0 to 7."""
    lines = [f"{case},1,150,30,,released" for case in CASES]
    drew(study, "\n".join(["case,stratum,N_h,n_h,order,status", *lines, ""]))
    for n, case in enumerate(CASES[:24]):
        answers = {
            "days": "5" if n < 16 else str(n - 16),
            "sex": "f" if n < 16 else "m",
            "nights[1]": str(n),
        }
        put(study, study.collected, made_of(study, case, answers=answers))
    return study


def given_of(study: Study, identities: Identities) -> responses.Responses:
    return responses.responses(
        study, study.instruments[0], identities(study), "test", NOW, with_texts=True
    )


def zip_of(
    given: responses.Responses,
    people: Respondents | None = None,
    seed: int = 1,
    part: Part | None = None,
    formats: Sequence[str] = dataset.USUAL,
) -> bytes:
    """Return the dataset of some respondents, not sealed."""
    mixed = shuffled(people or given.people, random.Random(seed))
    held = given.compact(mixed)
    assessment = gate.assess(held.tables(), given.found.instrument, Rules())
    contents = dataset.Contents(given, mixed, held, assessment, formats, part)
    return zipped(dataset.members(contents, "en"))


def test_a_dataset_holds_tables_codebook_and_readme(
    new_study: NewStudy, made_of: MadeOf, put: Put, drew: Drew, identities: Identities
) -> None:
    """CSV and Parquet say the same; a repeat has its own pair; the words name what is needed."""
    study = filled(new_study(FORM), made_of, put, drew)
    given = given_of(study, identities)
    files = unpacked(zip_of(given))
    assert list(files) == [
        "README.md",
        "data.csv",
        "data-stay.csv",
        "data.parquet",
        "data-stay.parquet",
        "codebook.md",
        "codebook.html",
    ]
    table = pl.read_parquet(io.BytesIO(files["data.parquet"]))
    assert pl.read_csv(io.BytesIO(files["data.csv"]), schema=table.schema).equals(table)
    assert table.height == 24
    assert table["weight"].sum() == pytest.approx(150)
    stays = pl.read_parquet(io.BytesIO(files["data-stay.parquet"]))
    assert (
        table.join(stays, on="number")
        .select((pl.col("sex") == "m") == (pl.col("nights") >= 16))
        .to_series()
        .all()
    )
    assert b"pseudonymised, not anonymised" in files["README.md"]
    assert b"- `f`: Woman" in files["codebook.md"]
    assert b"`first_name`: First name (nothing is kept)" in files["codebook.md"]


def test_the_same_tables_make_the_same_bytes(
    new_study: NewStudy, made_of: MadeOf, put: Put, drew: Drew, identities: Identities
) -> None:
    """No clock and no path is in the zip; another order of rows is another zip."""
    study = filled(new_study(FORM), made_of, put, drew)
    given = given_of(study, identities)
    first, again, other = (zip_of(given, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_practice_study_says_simulated_wherever_one_looks(
    new_study: NewStudy, made_of: MadeOf, put: Put, drew: Drew, identities: Identities
) -> None:
    """The names of the files, the README, the codebook and a column; a real study says it nowhere."""
    study = filled(new_study(FORM, practice=True), made_of, put, drew)
    given = given_of(study, identities)
    files = unpacked(zip_of(given))
    assert all(name.startswith("simulated-") for name in files if name != "README.md")
    assert b"SIMULATED" in files["README.md"]
    assert b"SIMULATED" in files["simulated-codebook.md"]
    assert set(pl.read_csv(io.BytesIO(files["simulated-data.csv"]))["simulated"]) == {1}


def test_a_real_study_holds_no_simulated_row(
    new_study: NewStudy, made_of: MadeOf, put: Put, drew: Drew, identities: Identities
) -> None:
    """A simulated or a practice record that found its way in is named and left out."""
    study = filled(new_study(FORM), made_of, put, drew)
    put(
        study,
        study.collected,
        made_of(study, CASES[24], is_simulated=True),
        made_of(study, CASES[25], is_practice=True),
    )
    given = given_of(study, identities)
    files = unpacked(zip_of(given))
    table = pl.read_csv(io.BytesIO(files["data.csv"]))
    assert (table.height, set(table["simulated"])) == (24, {0})
    assert b"SIMULATED" not in files["README.md"]
    assert len(list(remarks.of_all(given))) == 2


def test_a_part_says_what_it_is(
    new_study: NewStudy, made_of: MadeOf, put: Put, drew: Drew, identities: Identities
) -> None:
    """Its share, its seed, and by what the weights were multiplied."""
    study = filled(new_study(FORM), made_of, put, drew)
    given = given_of(study, identities)
    part = subsample(given.people, Fraction(1, 5), "seed")
    files = unpacked(zip_of(given, part, part=Part(24, 24, fraction="20%", seed="seed")))
    table = pl.read_csv(io.BytesIO(files["data.csv"]))
    assert table.height == 5
    assert table["weight"].sum() == pytest.approx(150)
    assert b"20% (5 of 24 respondents)" in files["README.md"]
    assert b"multiplied by 24/5. Seed: seed" in files["README.md"]


def test_export_then_open(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    typed: Callable[..., list[str]],
    english: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """To an analyst's key and back, in French; the ledger has both events and the file's hash."""
    study, out, into = (
        filled(new_study(FORM), made_of, put, drew),
        tmp_path / "out.age",
        tmp_path / "data",
    )
    analyst = custody.new_key(tmp_path / "analyst.key", PASSPHRASE.encode(), 1)
    command = [
        "export",
        "--study",
        str(study.folder),
        "--to",
        analyst,
        "--out",
        str(out),
        "--sample",
        "20%",
    ]
    assert souspli.main([*command, "--lang", "fr", "--json", *typed(PASSPHRASE)]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary.pop("disclosure")["profile"] == "analyst"
    assert summary == {
        "file": str(out),
        "sha256": sha256(out.read_bytes()),
        "rows": 5,
        "simulated": False,
    }
    assert souspli.main([*command, "--lang", "en", *typed(PASSPHRASE)]) == 1
    assert "exists already" in capsys.readouterr().err
    opened = [
        "open",
        str(out),
        "--into",
        str(into),
        "--identity",
        str(tmp_path / "analyst.key"),
        *typed(PASSPHRASE),
    ]
    assert souspli.main([*opened, "--lang", "en"]) == 0
    assert "now holds data anybody can read" in capsys.readouterr().err
    assert "Jours d'usage" in (into / "codebook.md").read_text("utf-8")
    assert pl.read_csv(into / "data.csv").height == 5
    noted = ledger.verified(study.ledger, study.signer)
    assert noted.faults == ()
    assert [(line.event, line.what, line.count, line.sha256) for line in noted.sound[1:]] == [
        ("unseal", "export", 24, ""),
        ("export", "plain", 5, summary["sha256"]),
    ]
    assert souspli.main([*opened[:-2], *typed(PASSPHRASE)]) == 1


def test_nothing_readable_touches_the_disk(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    typed: Callable[..., list[str]],
    english: None,
    tmp_path: Path,
) -> None:
    """After an export no file holds a case, the name of a column or of a file in the zip."""
    study = filled(new_study(FORM), made_of, put, drew)
    command = [
        "export",
        "--study",
        str(study.folder),
        "--passphrase",
        "--out",
        str(tmp_path / "out.age"),
    ]
    assert souspli.main([*command, *typed(PASSPHRASE, PASSPHRASE)]) == 0
    for path in [*study.folder.rglob("*"), tmp_path / "out.age"]:
        if (
            path.is_file()
            and path.suffix != ".yaml"
            and path.name not in {"L01.json", "sample.csv"}
        ):
            content = path.read_bytes()
            assert not any(
                canary in content for canary in (b"CASE-00", b"completeness", b"README.md")
            ), path


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--sample", "0%"], 1, "share above 0"),
        (["--sample", "200%"], 1, "share above 0"),
        (["--sample", "some"], 1, "cannot be read"),
        (["--instrument", "other"], 2, "no questionnaire"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_opened(
    arguments: list[str],
    status: int,
    said: str,
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    english: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No passphrase is asked, no ledger line written."""
    study = filled(new_study(FORM), made_of, put, drew)
    command = [
        "export",
        "--study",
        str(study.folder),
        "--passphrase",
        "--out",
        str(tmp_path / "out.age"),
    ]
    assert souspli.main([*command, *arguments]) == status
    assert said in capsys.readouterr().err
    assert len(ledger.verified(study.ledger, study.signer).lines) == 1  # its founding
