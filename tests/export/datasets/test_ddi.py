"""The description of a dataset as DDI-Codebook 2.5: every column, every file, no figure of a few."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import polars as pl
import pytest

from export.datasets import ddi
from export.datasets.book import Book
from export.datasets.ddi_study import Surveyed
from export.datasets.described import sheets
from export.datasets.frequencies import figures
from export.respondents.table import Tables
from surveys import language
from surveys.check import check, errors
from surveys.formats.ddi import DUBLIN_CORE, NAMESPACE

Element = ElementTree.Element
FORM = """
souspli: 1
form:
  id: f
  version: "2"
  title: {en: Days, fr: Jours}
  languages: {en: English (en), fr: Français (fr)}
  default_language: en
choices:
  abc:
    - {name: a, label: {en: First, fr: Un}}
    - {name: b, label: {en: Second, fr: Deux}}
    - {name: c, label: {en: Third, fr: Trois}}
survey:
  - {type: note, name: hello, label: {en: Hello, fr: Bonjour}}
  - {type: text, name: first_name, label: {en: Name, fr: Nom}, keep: never}
  - type: group
    name: part
    label: {en: Part, fr: Partie}
    questions:
      - {type: select_one, choices: abc, name: x, label: {en: X, fr: X}, nonresponse: [refused]}
      - {type: select_multiple, choices: abc, name: m, label: {en: M, fr: M}}
  - {type: integer, name: days, label: {en: Days, fr: Jours}}
  - type: repeat
    name: stay
    label: {en: Stay, fr: Séjour}
    questions:
      - {type: integer, name: nights, label: {en: Nights, fr: Nuits}}
"""
# The children that the published schema lets each element have, in its order, as far as we write them.
ORDER = {
    "codeBook": "docDscr stdyDscr fileDscr dataDscr",
    "docDscr": "citation",
    "stdyDscr": "citation stdyInfo method dataAccs",
    "citation": "titlStmt prodStmt verStmt language",
    "titlStmt": "titl parTitl IDNo",
    "prodStmt": "producer software",
    "verStmt": "version",
    "stdyInfo": "abstract sumDscr notes",
    "sumDscr": "collDate anlyUnit universe dataKind",
    "method": "dataColl notes anlyInfo",
    "dataColl": "sampProc collMode weight",
    "anlyInfo": "respRate",
    "dataAccs": "useStmt",
    "useStmt": "confDec restrctn contact",
    "fileDscr": "fileTxt",
    "fileTxt": "fileName fileCont fileStrc dimensns dataMsng",
    "dimensns": "caseQnty varQnty",
    "dataDscr": "varGrp var notes",
    "varGrp": "labl txt universe notes",
    "var": "labl security qstn valrng invalrng universe sumStat catgry codInstr derivation varFormat notes",
    "qstn": "preQTxt qstnLit ivuInstr",
    "valrng": "range",
    "invalrng": "item key",
    "catgry": "catValu labl txt catStat",
    "derivation": "drvcmd",
}
STUDY = Surveyed(
    "small", "A body", "a@b.c", "person", 120, 3, False, 0.5, ("design",), "analyst", 11
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences of ours are in English."""
    language.use("en")
    yield
    language.use("en")


def book(*, is_coded: bool = True) -> Book:
    """Return 60 rows: 40 a and 20 b, four of which became a reason; two stays each."""
    loaded = check(FORM, "form.yaml")
    assert loaded.instrument is not None
    assert errors(loaded) == ()
    values = ["a"] * 40 + ["b"] * 16 + [None] * 4
    main = pl.DataFrame(
        {
            "number": range(1, 61),
            "month": ["2022-04"] * 20 + ["2022-05"] * 40,
            "weight": [1.0] * 40 + [2.0] * 20,
            "x": values,
            "x__status": [None] * 56 + ["refused"] * 4,
            "m": ["a b", "b"] * 30,
            "m__a": [1, 0] * 30,
            "m__b": [1] * 60,
            "m__c": [0] * 60,
            "days": range(60),
        }
    )
    stays = pl.DataFrame({"number": [*range(1, 61)] * 2, "stay": [1, 2] * 60, "nights": [3] * 120})
    names = {name: name for name in ("number", "month", "weight")}
    made = sheets(loaded.instrument, Tables(main, {"stay": stays}, names), "en")
    return Book(loaded.instrument, made, "en", False, figures([made], 11), is_coded)


def root_of(
    made: Book, study: Surveyed | None = STUDY, files: tuple[str, ...] = ("data.csv",)
) -> Element:
    return ElementTree.fromstring(ddi.written(made, study, files))


def tag(found: Element) -> str:
    return found.tag.rpartition("}")[2]


def every(root: Element, name: str) -> list[Element]:
    return list(root.iter(f"{{{NAMESPACE}}}{name}"))


def variable(root: Element, name: str) -> Element:
    return next(found for found in every(root, "var") if found.get("name") == name)


def counts(found: Element) -> dict[str, list[str]]:
    """Return what is counted of each category, by its value."""
    return {
        category.findtext(f"{{{NAMESPACE}}}catValu", ""): [
            one.text or "" for one in every(category, "catStat")
        ]
        for category in every(found, "catgry")
    }


@pytest.mark.parametrize("study", [STUDY, None])
@pytest.mark.parametrize("is_coded", [True, False])
def test_elements_stand_in_the_order_of_the_schema(study: Surveyed | None, is_coded: bool) -> None:
    """With a study or without, with numbers for SPSS or without."""
    for found in root_of(book(is_coded=is_coded), study).iter():
        assert found.tag.startswith((f"{{{NAMESPACE}}}", f"{{{DUBLIN_CORE}}}"))
        order = ORDER.get(tag(found), "").split()
        ranks = [order.index(tag(child)) for child in found]
        assert ranks == sorted(ranks)


def test_every_column_is_described_once_with_the_files_it_is_in() -> None:
    """Those of the design, of indicators and of reasons too; the number of a row is in both tables."""
    made = book()
    root = root_of(made)
    names = [one.get("name") for one in every(root, "var")]
    assert names == list(dict.fromkeys(one.name for sheet in made.sheets for one in sheet.columns))
    files = {one.get("ID") for one in every(root, "fileDscr")}
    assert files == {"F", "F_stay"}
    assert variable(root, "number").get("files") == "F F_stay"
    assert variable(root, "nights").get("files") == "F_stay"
    assert all(set(one.get("files", "?").split()) <= files for one in every(root, "var"))


def test_ids_are_unique_and_what_refers_to_one_finds_it() -> None:
    """Groups hold only what is there: nothing kept of a name is in no group."""
    root = root_of(book())
    ids = [found.attrib["ID"] for found in root.iter() if "ID" in found.attrib]
    assert len(ids) == len(set(ids))
    named = [
        one
        for found in root.iter()
        for key in ("var", "varGrp", "files", "wgt-var")
        for one in found.get(key, "").split()
    ]
    assert set(named) <= set(ids)
    assert "V_first_name" not in ids


def test_files_have_their_names_and_their_rows() -> None:
    """A table is there once for each file that holds it."""
    files = ("README.md", "data.csv", "data.sav", "data-stay.csv", "codebook.md")
    root = root_of(book(), files=files)
    told = [
        [one.text for one in found.iter() if tag(one) in {"fileName", "caseQnty", "varQnty"}]
        for found in every(root, "fileTxt")
    ]
    assert told == [
        ["data.csv", "60", "10"],
        ["data.sav", "60", "10"],
        ["data-stay.csv", "120", "3"],
    ]


def test_figures_are_those_a_codebook_may_tell() -> None:
    """Four refused: neither they, nor all with a value, nor the smaller of the other counts is there."""
    root = root_of(book())
    assert counts(variable(root, "x")) == {
        "a": ["40"],
        "b": [],
        "c": ["0"],
        "refused": [],
        "no_answer": [],
        "broke_off": [],
        "not_asked": [],
    }
    assert [one.text for one in every(variable(root, "x"), "sumStat")] == []
    assert counts(variable(root, "m__a")) == {"0": ["30", "50.0"], "1": ["30", "50.0"]}
    assert counts(variable(root, "x__status")) == {"refused": []}


def test_quartiles_bear_the_weight_they_were_made_with() -> None:
    """And the weight is named as one."""
    root = root_of(book())
    found = {
        one.get("otherType") or one.get("type"): (one.text, one.get("wgtd"), one.get("wgt-var"))
        for one in every(variable(root, "days"), "sumStat")
    }
    assert found == {
        "vald": ("60", None, None),
        "invd": ("0", None, None),
        "p25": ("19", "wgtd", "D_weight"),
        "medn": ("39", "wgtd", "D_weight"),
        "p75": ("49", "wgtd", "D_weight"),
    }
    assert variable(root, "weight").get("wgt") == "wgt"


def test_what_spss_and_stata_hold_is_said_where_there_are_files_for_them() -> None:
    """The numbers of values, and of the reasons why one is missing."""
    found = variable(root_of(book()), "x")
    assert [one.get("VALUE") for one in every(found, "item")] == [
        str(-90 - n) for n in (1, 4, 5, 6)
    ]
    assert any(
        one.text == "in SPSS and Stata: 1 = a, 2 = b, 3 = c" for one in every(found, "codInstr")
    )
    assert every(variable(root_of(book(is_coded=False)), "x"), "item") == []


def test_the_study_says_how_people_were_drawn_and_on_what_terms_data_are_given() -> None:
    """Of outcomes only the response rate: with others it would tell how few refused."""
    root = root_of(book())
    said = {tag(one): one.text or "" for one in every(root, "stdyDscr")[0].iter()}
    assert said["sampProc"] == "120 cases were drawn at random, from each of 3 strata."
    assert said["respRate"].startswith("50% of those drawn")
    assert "pseudonymised, not anonymised" in said["confDec"]
    assert said["contact"] == "a@b.c"
    assert [one.text for one in every(root, "collDate")] == ["2022-04", "2022-05"]


def test_merged_values_stand_in_place_of_their_parts() -> None:
    """A category of nobody is not told where it was merged into another."""
    loaded = check(FORM, "form.yaml")
    assert loaded.instrument is not None
    main = pl.DataFrame({"number": range(40), "x": ["a or b"] * 25 + ["c"] * 15})
    made = sheets(loaded.instrument, Tables(main, {}, {"number": "number"}), "en")
    told = Book(loaded.instrument, made, "en", False, figures([made], 11))
    found = counts(variable(root_of(told, None), "x"))
    assert {name: one[0] for name, one in found.items() if one} == {"c": "15", "a or b": "25"}
    assert not {"a", "b"} & set(found)


def test_the_same_dataset_gives_the_same_bytes() -> None:
    """No clock, no chance."""
    assert ddi.written(book(), STUDY, ()) == ddi.written(book(), STUDY, ())
