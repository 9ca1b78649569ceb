"""`souspli model`: a model begun, checked, and run with what a study gives."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from export import ledger
from export.study import Study
from export.verbs import estimate, model
from surveys.problems import Refusal, Usage

pytestmark = pytest.mark.usefixtures("english")

SECRET = "correct horse battery"
MODEL = """
souspli_model: 1
title: Housing
perspective: those who pay
currency: €
price_year: 2022
cycle: 1 year
horizon: 10 years
discount: {costs: 2.5 %, effects: 2.5 %}
draws: 100
willingness_to_pay: [0, 1000]
states: {outside: {label: Outside}, housed: {label: Housed}, dead: {label: Dead, dead: yes}}
start: {outside: 1}
parameters:
  kept: {label: Has a card, unit: share, from: "prop(card = 'yes')"}
  gain: {label: Housed in a year, unit: probability, value: 0.3, distribution: beta, standard_error: 0.05, assumed: ours}
  cost: {label: A place, unit: € a year, value: 9000, distribution: gamma, standard_error: 900, source: theirs}
costs: {places: {label: Places, programme: yes, per_year: {housed: cost}}}
effects: {years: {label: Years housed, unit: years, per_year: {housed: 1}}}
transitions:
  outside: {housed: 0.05, dead: 0.02, outside: complement}
  housed: {dead: 0.02, outside: complement, housed: kept * 0.9}
strategies:
  usual: {label: Usual care}
  programme:
    label: The programme
    transitions: {outside: {housed: gain, dead: 0.02, outside: complement}}
"""
ALONE = MODEL.replace("from: \"prop(card = 'yes')\"", "value: 0.6, assumed: ours")


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """A function from the text of a model to its file."""

    def write(text: str) -> Path:
        path = tmp_path / "model.yaml"
        path.write_text(text, "utf-8")
        return path

    return write


def run(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    model.describe(parser)
    return model.run(parser.parse_args([str(one) for one in words]))


# --- new ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("like", ["assore", "sick-sicker"])
def test_a_new_model_is_one_that_has_no_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], like: str
) -> None:
    """Its comments included, it is the shipped one."""
    path = tmp_path / "mine.yaml"
    assert run("new", path, "--like", like) == 0
    assert run("check", path) == 0
    out = capsys.readouterr().out
    assert "then: souspli model check" in out
    assert ": good, " in out
    assert path.read_text("utf-8").count("#") > 2


def test_a_new_model_is_never_written_over_another(tmp_path: Path) -> None:
    """Nor is anything but YAML made."""
    path = tmp_path / "mine.yaml"
    path.write_text("ours", "utf-8")
    with pytest.raises(Refusal, match="exists already"):
        run("new", path)
    assert path.read_text("utf-8") == "ours"
    with pytest.raises(Usage, match=r"a model is a \.yaml file"):
        run("new", tmp_path / "mine.txt")


# --- check --------------------------------------------------------------------------------------


def test_every_problem_is_shown_with_its_line_and_the_status_is_1(
    written: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A row over one, an unknown state, no discount, a negative cost, a circle: all at once."""
    wrong = (
        MODEL.replace("discount: {costs: 2.5 %, effects: 2.5 %}\n", "")
        .replace("{housed: 0.05, dead: 0.02", "{housed: 0.99, dead: 0.02, outsid: 0.5")
        .replace("per_year: {housed: cost}", "per_year: {housed: -5}")
        .replace(
            "costs: {places",
            "  a: {label: A, unit: €, value: b}\n  b: {label: B, unit: €, value: a}\ncosts: {places",
        )
    )
    path = written(wrong)
    assert run("check", path) == 1
    out = capsys.readouterr().out
    for fact in ("discount", "“outsid”", "circle", "error["):
        assert fact in out
    assert "^" in out
    assert out.splitlines()[-1].endswith("errors") or "errors, " in out.splitlines()[-1]
    with pytest.raises(Refusal, match="outsid"):
        run("run", path)


def test_what_a_study_has_to_give_is_listed(
    written: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """To be copied, and how many values are assumed."""
    assert run("check", written(MODEL)) == 0
    out = capsys.readouterr().out
    assert "good, 3 parameters" in out
    assert "1 of 3 values is assumed." in out
    assert "  prop(card = 'yes')\n" in out


# --- run ----------------------------------------------------------------------------------------


def test_a_study_feeds_the_model_and_its_ledger_says_so(
    answered: Callable[..., Study],
    written: Callable[[str], Path],
    typed: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its estimate is the value, its design-based error how sure it is; nobody's words are shown."""
    study = answered()
    assert run("run", written(MODEL), "--study", study.folder, "--json", *typed(SECRET)) == 0
    out = capsys.readouterr().out
    shown = json.loads(out)
    assert shown["simulated"] is False
    assert shown["study"]["prop(card = 'yes')"]["value"] == pytest.approx(0.6)
    kept = shown["parameters"][0]
    assert (kept["origin"], kept["distribution"]["family"]) == ("study", "beta")
    assert "CANARY" not in out
    events = list(ledger.verified(study.ledger, study.signer).sound)
    assert (events[-1].event, "model" in str(events[-1])) == ("unseal", True)


def test_estimates_written_down_feed_the_model_as_the_study_does(
    answered: Callable[..., Study],
    written: Callable[[str], Path],
    typed: Callable[..., list[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """So that whoever has no key redoes it: every number is the same."""
    study = answered(practice=True)
    parser = argparse.ArgumentParser()
    estimate.describe(parser)
    words = ["prop(card = 'yes')", "--json", "--study", str(study.folder), *typed(SECRET)]
    estimate.run(parser.parse_args(words))
    (tmp_path / "estimates.json").write_text(capsys.readouterr().out, "utf-8")
    path = written(MODEL)
    run("run", path, "--study", study.folder, "--json", *typed(SECRET))
    first = json.loads(capsys.readouterr().out)
    run("run", path, "--estimates", tmp_path / "estimates.json", "--json")
    assert json.loads(capsys.readouterr().out) == first
    assert first["simulated"] is True


def test_an_estimate_of_too_few_is_refused(
    answered: Callable[..., Study],
    written: Callable[[str], Path],
    typed: Callable[..., list[str]],
) -> None:
    """The threshold of the study holds: two people with a card are not told by way of a model."""
    study = answered(2)
    with pytest.raises(Refusal, match="too few people"):
        run("run", written(MODEL), "--study", study.folder, *typed(SECRET))


def test_what_the_questionnaire_cannot_tell_is_refused_before_anything_is_opened(
    answered: Callable[..., Study],
    written: Callable[[str], Path],
    typed: Callable[..., list[str]],
) -> None:
    """A variable it does not have."""
    study = answered()
    before = study.ledger.read_bytes()
    with pytest.raises(Refusal, match="cards"):
        run(
            "run",
            written(MODEL.replace("prop(card =", "prop(cards =")),
            "--study",
            study.folder,
            *typed(SECRET),
        )
    assert study.ledger.read_bytes() == before


def test_an_estimate_that_makes_the_model_impossible_is_refused(
    written: Callable[[str], Path], tmp_path: Path
) -> None:
    """The rules hold of the values a study gives as of those that are written."""
    estimates = {
        "simulated": False,
        "estimates": [
            {
                "expression": "prop(card = 'yes')",
                "by": "",
                "figures": {"estimate": 0.9, "standard_error": 0.01},
            }
        ],
    }
    (tmp_path / "e.json").write_text(json.dumps(estimates), "utf-8")
    path = written(MODEL.replace("kept * 0.9", "kept * 2"))
    with pytest.raises(Refusal, match="housed"):
        run("run", path, "--estimates", tmp_path / "e.json")


def test_a_model_that_needs_a_study_says_so(written: Callable[[str], Path]) -> None:
    """Exit 2, with both ways to give it."""
    with pytest.raises(Usage, match=r"takes 1 estimate from a study; give --study DIR, or --est"):
        run("run", written(MODEL))


def test_a_model_that_needs_none_opens_none(
    written: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is not even there is not looked at, and that is said."""
    assert run("run", written(ALONE), "--study", tmp_path / "nowhere") == 0
    told = capsys.readouterr()
    assert "takes nothing from a study" in told.err
    assert "In short" in told.out


def test_the_same_seed_gives_the_same_bytes_and_another_others(
    written: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """As often as a reviewer redoes it."""
    path = written(ALONE)

    def printed(*words: str) -> str:
        run("run", path, *words)
        return capsys.readouterr().out

    assert printed("--seed", "7") == printed("--seed", "7")
    assert printed("--seed", "7", "--json") != printed("--seed", "8", "--json")
    assert json.loads(printed("--draws", "17", "--json"))["model"]["draws"] == 17


def test_trace_and_draws_are_written(
    written: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whole, and named at the end."""
    trace, draws = tmp_path / "trace.csv", tmp_path / "draws.csv"
    assert run("run", written(ALONE), "--trace-csv", trace, "--draws-csv", draws) == 0
    with trace.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * 11
    assert rows[0]["state.outside"] == "1.0"
    with draws.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 100
    assert f"{draws}: written." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--draws", "0"], "--draws takes a whole number from 1 to 1000000"),
        (["--draws", "1000001"], "--draws takes"),
        (["--seed", "-1"], "--seed takes"),
        (["--trace-csv", "trace.txt"], "ends in .csv"),
        (["--trace-csv", "x.csv", "--draws-csv", "x.csv"], "take two names"),
    ],
)
def test_a_wrong_command_line_is_said_before_anything_is_computed(
    written: Callable[[str], Path], words: list[str], told: str
) -> None:
    """Exit 2."""
    with pytest.raises(Usage, match=told):
        run("run", written(ALONE), *words)


def test_a_table_is_never_written_over_another(
    written: Callable[[str], Path], tmp_path: Path
) -> None:
    """What stands there stays."""
    there = tmp_path / "there.csv"
    there.write_text("ours", "utf-8")
    with pytest.raises(Refusal, match="exists already"):
        run("run", written(ALONE), "--draws-csv", there)
    assert there.read_text("utf-8") == "ours"


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"estimates": 3, "simulated": false}', "\x00"]
)
def test_what_is_no_estimates_is_refused_in_a_sentence(
    written: Callable[[str], Path], tmp_path: Path, content: str
) -> None:
    """Whatever the file holds."""
    path = tmp_path / "e.json"
    path.write_text(content, "utf-8")
    with pytest.raises(Refusal, match="is not what souspli estimate --json prints"):
        run("run", written(MODEL), "--estimates", path)
