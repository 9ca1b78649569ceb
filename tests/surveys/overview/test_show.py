"""`souspli show`: outline, variables, length and routes, for reading and for tools."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from surveys import language
from surveys.check import check
from surveys.codebook import variables
from surveys.instrument import Instrument
from surveys.overview.outline import Row, Words, kept, lines, outline
from surveys.paper.written import written
from surveys.problems import Refusal, Usage
from surveys.shipped import found_file, names, opened
from surveys.verbs import show
from tests.conftest import Require

FORM = """
souspli: 1
form:
  id: plain
  version: "3"
  title: {en: Plain, fr: Simple}
  languages: {en: English (en), fr: Français (fr)}
  default_language: en
choices:
  yes_no:
    - {name: "yes", label: {en: "Yes", fr: "Oui"}}
    - {name: "no", label: {en: "No", fr: "Non"}}
survey:
  - {type: select_one, choices: yes_no, name: smokes, required: yes, label: {en: Do you smoke?, fr: Fumez-vous ?}, keep: {codes: {"yes": a, "no": b}}}
  - type: group
    name: habit
    relevant: ${smokes} = 'yes'
    label: {en: Your habit, fr: Votre habitude}
    questions:
      - {type: integer, name: per_day, label: {en: How many a day?, fr: Combien par jour ?}, keep: {bands: [1, 10]}, identifying: quasi}
      - type: repeat
        name: try
        repeat_max: 4
        label: {en: Attempt to stop, fr: Essai d'arrêt}
        questions:
          - {type: integer, name: days, sensitive: yes, label: {en: For how many days?, fr: Combien de jours ?}}
  - {type: calculate, name: n, calculation: "1 + 1"}
"""


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The interface speaks English, before and after."""
    monkeypatch.setenv("LANGUAGE", "en")
    language.use("en")
    yield
    language.use("en")


@pytest.fixture
def form(tmp_path: Path) -> str:
    """The path of a small questionnaire."""
    path = tmp_path / "plain.yaml"
    path.write_text(FORM, "utf-8")
    return str(path)


def instrument(source: str = FORM) -> Instrument:
    """Return the small questionnaire."""
    found = check(source, "plain.yaml").instrument
    assert found is not None
    return found


def run(*arguments: str) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser()
    show.describe(parser)
    return show.run(parser.parse_args(arguments))


def as_written(
    numbers: dict[str, str], skips: Mapping[str, tuple[str, ...]] | None = None
) -> Words:
    """Return expressions as they are written."""
    return Words(lambda tree: f"if {written(tree)}", written, numbers, skips or {})


def rows(source: str = FORM) -> tuple[Row, ...]:
    """Return the outline, conditions as written."""
    return tuple(outline(instrument(source), "en", as_written({"smokes": "A1"})))


def test_the_outline_has_every_item_once_in_order() -> None:
    """With its depth."""
    assert [(row.name, row.depth) for row in rows()] == [
        ("smokes", 0),
        ("habit", 0),
        ("per_day", 1),
        ("try", 1),
        ("days", 2),
        ("n", 0),
    ]


def test_the_outline_is_laid_out_for_reading() -> None:
    """Numbers stand in a column of their own; a condition stands above what it is of."""
    assert [line for _style, line in lines(rows(), 0)] == [
        "A1    Do you smoke?",
        "      smokes · select_one yes_no · required",
        "",
        "if ${smokes} = 'yes'",
        "Your habit",
        "habit · group",
        "        How many a day?",
        "        per_day · integer",
        "",
        "  Attempt to stop",
        "  try · repeat · until there is no other; at most 4",
        "          For how many days?",
        "          days · integer",
        "",
        "      n · calculate",
    ]


def test_a_skip_stands_beside_its_question() -> None:
    """After it, with an arrow."""
    skips: Mapping[str, tuple[str, ...]] = {"smokes": ("if No, go to the end",)}
    found = outline(instrument(), "en", as_written({}, skips))
    told = [line for _style, line in lines(found, 0)]
    assert told[2] == "      → if No, go to the end"


@pytest.mark.parametrize("name", names())
def test_a_shipped_outline_fits_the_terminal(name: str) -> None:
    """No line is longer than the width; every name is there; nothing is lost by folding."""
    found = opened(found_file(name), name).instrument
    assert found is not None
    told = tuple(outline(found, "fr", show.words_of(found, "fr")))
    folded = [line for _style, line in lines(told, 79)]
    assert max(map(len, folded)) <= 79
    whole = " ".join(line for _style, line in lines(told, 0))
    assert " ".join(folded).split() == whole.split()
    assert {item.name for item, _around in found.items()} <= set(whole.split())


@pytest.mark.parametrize("name", names())
def test_conditions_of_a_shipped_outline_are_in_words(name: str) -> None:
    """With the numbers of questions, and the letters of sections."""
    found = opened(found_file(name), name).instrument
    assert found is not None
    told = tuple(outline(found, "fr", show.words_of(found, "fr")))
    said = [row.words for row in told if row.words]
    assert all(words.startswith("si ") for words in said)
    assert [words for words in said if "${" in words] == []
    assert all(
        row.label.startswith(f"{row.number}. ")
        for row in told
        if row.type == "group" and row.depth == 0
    )


def test_the_outline_is_printed_with_its_head(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Title, id, version, languages; minutes and keys."""
    assert run(form) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Plain"
    assert told[1] == "plain 3 · 3 questions · English (en), Français (fr)"
    assert told[2].startswith("about 1 minute")
    assert told[2].endswith("keys")


def test_the_outline_speaks_the_language_of_the_interface(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the questionnaire has it."""
    language.use("fr")
    assert run(form) == 0
    assert "Fumez-vous ?" in capsys.readouterr().out


def test_the_outline_as_json_has_the_same_rows(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With id, version, languages and length."""
    assert run(form, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in told["items"]] == [row.name for row in rows()]
    assert told["items"][1]["condition"] == "${smokes} = 'yes'"
    assert told["length"]["middle"].keys() == {"minutes", "keys", "questions"}
    assert (told["id"], told["version"]) == ("plain", "3")


def test_the_variables_are_those_of_the_codebook(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Type, codes, statuses, what is kept, what identifies."""
    assert run(form, "--variables", "--json") == 0
    told = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(told) == [variable.name for variable in variables(instrument())]
    assert told["smokes"]["codes"] == {"a": "Yes", "b": "No"}
    assert told["smokes"]["statuses"] == ["refused", "dont_know", "broke_off", "not_asked"]
    assert told["smokes"]["keep"] == "codes: yes → a, no → b"
    assert told["per_day"]["codes"]["1"] == "1 to under 10"
    assert told["per_day"]["identifying"] == "quasi"
    assert told["days"]["repeats"] == ["try"]
    assert told["days"]["sensitive"] is True


def test_the_variables_are_a_table(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One a line; what may befall any question is left out."""
    assert run(form, "--variables") == 0
    told = capsys.readouterr().out
    (line,) = [line for line in told.splitlines() if line.startswith("per_day")]
    assert "bands: 1, 10, quasi" in line
    assert "refused dont_know no_answer" in line
    assert "not_asked" not in told


def test_what_is_kept_is_said_as_it_is_written() -> None:
    """The rule and its argument."""
    told = {question.name: kept(question) for question in instrument().questions()}
    assert told["per_day"] == "bands: 1, 10"
    assert told["days"] == "as_given"


def test_the_length_is_a_table_by_section(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And as JSON, with the same figures each time."""
    assert run(form, "--length") == 0
    told = capsys.readouterr().out
    assert all(word in told for word in ("shortest", "middle", "longest", "150 words a minute"))
    assert run(form, "--length", "--json") == 0
    first = capsys.readouterr().out
    assert run(form, "--length", "--json") == 0
    assert capsys.readouterr().out == first
    assert json.loads(first)["longest"]["questions"] >= 3


def test_routes_are_mermaid_text_without_a_file(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By section, or with the questions that decide."""
    assert run(form, "--graph") == 0
    assert capsys.readouterr().out.startswith("flowchart TD\n")
    assert run(form, "--graph", "--all", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert "1 Do you smoke?" in [node["text"] for node in told["nodes"]]


def test_routes_are_drawn_by_graphviz(form: str, tmp_path: Path, require: Require) -> None:
    """An SVG; a file that exists stays unless it may be written over."""
    require("dot", shutil.which("dot") is not None, "install Graphviz")
    out = tmp_path / "routes.svg"
    assert run(form, "--graph", str(out)) == 0
    assert "<svg" in out.read_text("utf-8")
    out.write_text("mine", "utf-8")
    with pytest.raises(Refusal, match="exists already"):
        run(form, "--graph", str(out))
    assert out.read_text("utf-8") == "mine"
    assert run(form, "--graph", str(out), "--force") == 0
    assert "<svg" in out.read_text("utf-8")


def test_without_graphviz_routes_are_mermaid_text_and_it_is_said(
    form: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Beside the name that was given."""
    monkeypatch.setattr(shutil, "which", lambda _program: None)
    assert run(form, "--graph", str(tmp_path / "routes.svg")) == 0
    assert "Graphviz is not installed" in capsys.readouterr().err
    assert [path.name for path in tmp_path.glob("routes.*")] == ["routes.mmd"]
    assert (tmp_path / "routes.mmd").read_text("utf-8").startswith("flowchart TD\n")


def test_a_wrong_command_line_is_said(form: str, tmp_path: Path) -> None:
    """An unknown kind of picture; an option that goes with another."""
    with pytest.raises(Usage, match=r"\.svg, \.dot or \.mmd"):
        run(form, "--graph", str(tmp_path / "routes.png"))
    with pytest.raises(Usage, match="--graph"):
        run(form, "--all")


def test_a_questionnaire_with_errors_is_not_shown(tmp_path: Path) -> None:
    """`check` tells more."""
    path = tmp_path / "bad.yaml"
    path.write_text(FORM.replace("type: integer, name: per_day", "type: rank, name: per_day"))
    with pytest.raises(Refusal, match="souspli check"):
        run(str(path))
