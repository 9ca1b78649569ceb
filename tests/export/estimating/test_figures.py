"""Estimates of a study's respondents: asked, printed, and as JSON; the verb `estimate`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

import souspli
from export import ledger
from export.estimating import asked, figures
from export.estimating.accuracy import Figures
from export.estimating.as_json import as_json
from export.estimating.asked import Answer
from export.estimating.estimate import Estimates
from export.respondents import responses
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
form: {id: plain, version: "1", title: Days, languages: {en: English (en)}, default_language: en}
choices:
  sex: [{name: f, label: Woman}, {name: m, label: Man}]
survey:
  - {type: integer, name: days, label: Days of use}
  - {type: select_one, choices: sex, name: sex, label: Sex}
"""


def filled(study: Study, made_of: MadeOf, put: Put, drew: Drew) -> Study:
    """Draw 30 of 150, of whom 24 answer: 16 women of 5 days, 8 men of 0 to 7."""
    lines = [f"{case},1,150,30,,released" for case in CASES]
    drew(study, "\n".join(["case,stratum,N_h,n_h,order,status", *lines, ""]))
    for n, case in enumerate(CASES[:24]):
        women = n < 16
        answers = {"days": "5" if women else str(n - 16), "sex": "f" if women else "m"}
        put(study, study.collected, made_of(study, case, answers=answers))
    return study


def write_cell(study: Study, least: int) -> None:
    """Let cells of so many respondents be shown."""
    path = study.folder / "study.yaml"
    path.write_text(path.read_text("utf-8").replace("cell: 11", f"cell: {least}"), "utf-8")


def given_of(study: Study, identities: Identities) -> responses.Responses:
    return responses.responses(
        study, study.instruments[0], identities(study), "test", NOW, with_texts=True
    )


def figures_of(answer: Answer) -> Figures:
    (found,) = figures.figures_in(answer)
    return found


def test_estimates_are_printed_with_their_intervals(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    typed: Callable[..., list[str]],
    english: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A mean for all, then by domain with one too small to name; whom it is about, what it rests on."""
    study = filled(new_study(FORM, practice=True), made_of, put, drew)
    command = ["estimate", "--study", str(study.folder)]
    assert souspli.main([*command, "mean(days)", *typed(PASSPHRASE)]) == 0
    shown = capsys.readouterr().out
    assert "SIMULATED" in shown
    assert (
        "30 people drawn: 24 complete and 0 partial interviews, 0 other outcomes, 6 without any record."
        in shown
    )
    assert "95% CI" in shown
    assert souspli.main([*command, "prop(days = 7)", *typed(PASSPHRASE)]) == 0
    assert "*: fewer than 11 respondents, or such a cell" in capsys.readouterr().out
    assert souspli.main([*command, "mean(days)", "--by", "sex", *typed(PASSPHRASE)]) == 0
    shown = capsys.readouterr().out
    note = "mean(days): 2 groups of fewer than 11 respondents, or that would tell of one, are left out."
    assert note in " ".join(shown.split())
    assert not any(line.startswith(("Man ", "Woman ")) for line in shown.splitlines())
    write_cell(study, 7)
    assert souspli.main([*command, "mean(days)", "--by", "sex", *typed(PASSPHRASE)]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["Woman", "16", "5.00!"] in [line[:3] for line in lines]
    assert ["Man", "8", "3.50"] in [line[:3] for line in lines]


def test_groups_that_are_all_too_small_leave_their_number(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    identities: Identities,
    english: None,
) -> None:
    """No heading without a row under it; as JSON too."""
    found = given_of(filled(new_study(FORM), made_of, put, drew), identities)
    given = replace(found, study=replace(found.study, cell_threshold=20))
    rows = asked.estimate_rows(given, ["mean(days)"], by=("sex",))
    text = io.StringIO()
    figures.print_estimates(Console(file=text, width=200), given, rows)
    assert text.getvalue().startswith(
        "mean(days): 2 groups of fewer than 20 respondents, or that would tell of one, are left out."
    )
    left_out = [{"expression": "mean(days)", "by": "sex", "domains": 2}]
    shown = as_json(given, rows)
    assert (shown["left_out"], shown["estimates"]) == (left_out, [])


def test_estimates_as_json_are_those_of_the_design(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    identities: Identities,
    typed: Callable[..., list[str]],
    english: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The mean is the plain one here, the total that mean times 150."""
    study = filled(new_study(FORM), made_of, put, drew)
    command = [
        "estimate",
        "mean(days)",
        "total(days)",
        "--json",
        "--level",
        "90%",
        "--study",
        str(study.folder),
    ]
    assert souspli.main([*command, *typed(PASSPHRASE)]) == 0
    found = json.loads(capsys.readouterr().out)
    mean, total = (row["figures"]["estimate"] for row in found["estimates"])
    assert mean == pytest.approx((16 * 5 + sum(range(8))) / 24)
    assert total == pytest.approx(150 * mean)
    assert (found["drawn"], found["respondents"], found["outcomes"]) == (
        30,
        24,
        {"1.1": 24, "3.11": 6},
    )
    assert {row["level"] for row in found["estimates"]} == {0.9}
    (answer,) = asked.estimate_rows(given_of(study, identities), ["mean(days)"], level=0.9)
    assert figures_of(answer).estimate == pytest.approx(mean)


def test_the_order_in_which_records_were_collected_moves_no_estimate(
    new_study: NewStudy, made_of: MadeOf, put: Put, drew: Drew, identities: Identities
) -> None:
    """Ids are random; figures are not."""
    study = filled(new_study(FORM), made_of, put, drew)
    found = given_of(study, identities)
    given = replace(found, study=replace(study, cell_threshold=1))
    backwards = replace(given, people=replace(given.people, people=given.people.people[::-1]))
    wanted = ["mean(days)", "prop(sex = 'f')"]
    for one, other in zip(
        asked.estimate_rows(given, wanted), asked.estimate_rows(backwards, wanted), strict=True
    ):
        mine, theirs = figures_of(one), figures_of(other)
        assert mine.estimate == pytest.approx(theirs.estimate)
        assert mine.standard_error == pytest.approx(theirs.standard_error)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["mean(days"], 1, "character"),
        (["days"], 1, "write prop(A)"),
        (["mean(days)", "--level", "0"], 2, "--level"),
        (["mean(days)", "--level", "1e-300"], 2, "--level"),
        (["mean(days)", "--level", "49.9"], 2, "--level"),
        (["mean(days)", "--level", "99.999"], 2, "--level"),
        (["mean(days)", "--level", "nan"], 2, "--level"),
        (["mean(days)", "--level", "%"], 2, "--level"),
        (
            ["mean(days)", "mean(sex)"],
            1,
            "mean(sex): “sex” holds texts; compare it, as in mean(sex = 'f')",
        ),
        (["median(sex)"], 1, "as in prop(sex = 'f')"),
        (["change(sex, sex)"], 1, "as in change(sex = 'f', sex = 'f')"),
        (["mean(days)", "prop(sex = 'x')"], 1, "prop(sex = 'x'): “sex” cannot be"),
        (["prop(sex = 'female')"], 1, "it is one of: f, m"),
        (["mean(if(number = 5, days, 0))"], 1, "“number” describes a row"),
        (["mean(days)", "--by", "days"], 1, "“days” does not divide"),
        (["mean(days)", "--by", "sex,days"], 1, "“days” does not divide"),
        (["mean(days)", "--by", "sex,sex"], 1, "at most 3 different columns"),
        (["share(days)"], 1, "“days” does not divide"),
        (["table(sex, days)"], 1, "“days” does not divide"),
        (["change(days)"], 1, "write prop(A)"),
        (["mean(days)", "--plan", "tables.yaml"], 2, "not both"),
        ([], 2, "say what to estimate"),
        (["prop(days > 3)", "--bounds", "--by", "sex"], 2, "leave --by out"),
    ],
)
def test_what_may_not_be_asked_opens_nothing(
    arguments: list[str],
    status: int,
    said: str,
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    english: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A slip of the pen is told before any passphrase is asked."""
    study = filled(new_study(FORM), made_of, put, drew)
    assert souspli.main(["estimate", *arguments, "--study", str(study.folder)]) == status
    assert said in capsys.readouterr().err
    assert len(ledger.verified(study.ledger, study.signer).lines) == 1  # its founding


PLAN = """
souspli_tables: 1
title: {en: "Use, and who answers", fr: "Consommation"}
level: 90
sections:
  - title: Days
    text: All who were drawn stand behind these.
    estimates:
      - mean(days)
      - {estimate: "share(sex)", label: Women and men}
  - title: By sex
    by: [sex]
    estimates: ["mean(days)"]
"""


def test_the_studys_own_plan_is_what_is_estimated_without_an_expression(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    typed: Callable[..., list[str]],
    english: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Section by section, each with its title; as JSON with the outline of the plan."""
    study = filled(new_study(FORM), made_of, put, drew)
    (study.folder / "tables.yaml").write_text(PLAN, encoding="utf-8")
    write_cell(study, 2)
    command = ["estimate", "--study", str(study.folder)]
    assert souspli.main([*command, *typed(PASSPHRASE)]) == 0
    lines = capsys.readouterr().out.splitlines()
    wanted = ["Use, and who answers", "Days", "All who were drawn stand behind these."]
    wanted += ["Women and men", "By sex", "mean(days)"]
    assert [line for line in lines if line in wanted] == wanted
    assert any("90% CI" in line for line in lines)
    assert souspli.main([*command, "--json", *typed(PASSPHRASE)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [section["title"] for section in found["plan"]["sections"]] == ["Days", "By sex"]
    assert found["plan"]["sections"][1]["asked"] == [
        {"expression": "mean(days)", "label": "", "by": "sex"}
    ]
    assert [(row["by"], row["domain_label"], row["level"]) for row in found["estimates"]] == [
        ("", "", 0.9),
        ("sex", "Woman", 0.9),
        ("sex", "Man", 0.9),
    ]
    assert found["shares"][0]["label"] == "Women and men"


def test_bounds_are_printed_where_they_are_asked_for(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    typed: Callable[..., list[str]],
    english: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """24 of 30 answered, 12 of them 3 days or more: at least 40 %, at most 60 % of all."""
    study = filled(new_study(FORM), made_of, put, drew)
    lines = (study.draw / "sample.csv").read_text("utf-8")
    assert lines.count("released") == 30
    command = ["estimate", "prop(sex = 'f' and days > 4)", "--bounds", "--study"]
    given = ["--json", *typed(PASSPHRASE)]
    assert souspli.main([*command, str(study.folder), *given]) == 0
    (row,) = json.loads(capsys.readouterr().out)["estimates"]
    assert row["figures"] is None  # the 8 men are few
    assert "bounds" not in row
    command[1] = "prop(days > 1)"  # 16 women and 6 men
    write_cell(study, 2)
    assert souspli.main([*command, str(study.folder), "--json", *typed(PASSPHRASE)]) == 0
    (row,) = json.loads(capsys.readouterr().out)["estimates"]
    assert row["bounds"] == {"low": pytest.approx(22 / 30), "high": pytest.approx(28 / 30)}
    assert souspli.main([*command, str(study.folder), *typed(PASSPHRASE)]) == 0
    shown = capsys.readouterr().out
    assert "If none, or all, of those who did not answer had the trait" in shown
    assert "73.3%    93.3%" in shown


def test_tables_and_changes_fit_eighty_columns(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    identities: Identities,
    english: None,
) -> None:
    """With each line a reader looks for; p-values as they are published."""
    found = given_of(filled(new_study(FORM), made_of, put, drew), identities)
    given = replace(found, study=replace(found.study, cell_threshold=1))
    rows = asked.estimate_rows(
        given, ["table(days > 4, sex)", "change(days, 5)", "change(days > 4, sex = 'f')"]
    )
    text = io.StringIO()
    figures.print_estimates(Console(file=text, width=80), given, rows)
    shown = text.getvalue()
    assert max(map(len, shown.splitlines())) <= 80
    for line in ("before", "now", "difference", "↓ went down", "= unchanged", "↑ newly", "of all"):
        assert any(one.startswith(line) for one in shown.splitlines()), line
    assert "(Rao and Scott's test)" in shown
    assert "p < 0.001" in shown or "p = 0." in shown


def test_few_degrees_of_freedom_are_said_below(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    identities: Identities,
    english: None,
) -> None:
    """Seven, and a note names them; eight, or an exact interval, and there is none."""
    given = given_of(filled(new_study(FORM), made_of, put, drew), identities)
    (answer,) = asked.estimate_rows(given, ["mean(days)"])
    assert isinstance(answer.found, Estimates)
    (row,) = answer.found.rows
    assert row.figures is not None
    for df, is_said in ((7, True), (8, False)):
        rows = (replace(row, figures=replace(row.figures, df=df)),)
        text = io.StringIO()
        figures.print_estimates(
            Console(file=text, width=200),
            given,
            [replace(answer, found=replace(answer.found, rows=rows))],
        )
        assert (
            "mean(days): intervals stand on few degrees of freedom (df 7)" in text.getvalue()
        ) is is_said


def test_a_plan_is_drawn_where_charts_are_asked_for(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    typed: Callable[..., list[str]],
    english: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Section by section, with its notes at the end; values with their codes on request."""
    study = filled(new_study(FORM), made_of, put, drew)
    (study.folder / "tables.yaml").write_text(PLAN, encoding="utf-8")
    write_cell(study, 2)
    command = ["estimate", "--chart", "--codes", "--study", str(study.folder)]
    assert souspli.main([*command, *typed(PASSPHRASE)]) == 0
    shown = capsys.readouterr().out
    assert "├" in shown
    assert "Woman (f)" in shown
    assert "Intervals: Student's t" in shown
    assert souspli.main([*command, "--json", *typed(PASSPHRASE)]) == 2


def test_json_has_the_codes_and_beside_them_the_labels(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    drew: Drew,
    identities: Identities,
    english: None,
) -> None:
    """Of groups, of answers, and of what is crossed; no label carries a code."""
    found = given_of(filled(new_study(FORM), made_of, put, drew), identities)
    given = replace(found, study=replace(found.study, cell_threshold=1))
    rows = asked.estimate_rows(given, ["mean(days)"], by=("sex",))
    rows += asked.estimate_rows(given, ["share(sex)", "table(days > 4, sex)"])
    shown = as_json(given, rows)
    estimates, shares, tables = (shown[name] for name in ("estimates", "shares", "tables"))
    assert isinstance(estimates, list)
    assert isinstance(shares, list)
    assert isinstance(tables, list)
    named = [(row["domain"], row["domain_label"]) for row in estimates]
    assert named == [("f", "Woman"), ("m", "Man")]
    assert [(row["value"], row["label"]) for row in shares[0]["rows"]] == named
    assert (tables[0]["rows"], tables[0]["row_labels"]) == (("0", "1"), ["no", "yes"])
    assert (tables[0]["columns"], tables[0]["column_labels"]) == (("f", "m"), ["Woman", "Man"])
