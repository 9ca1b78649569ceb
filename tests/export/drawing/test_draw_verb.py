"""`souspli draw`, as a study lead types it: plan, commit, draw, verify."""

from __future__ import annotations

import json
import random
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import souspli
from export.demo.simulation import frame_csv
from export.drawing import frame, steps
from export.drawing.certificate import certificate
from export.drawing.draw import draw
from export.drawing.drawn import Design, Unit
from export.drawing.frame import from_units
from export.drawing.table import Columns
from export.study import Study
from surveys import language, saying

NewStudy = Callable[..., Study]
FORM = """souspli: 1
form: {id: small, version: '1', title: Small}
survey:
  - {type: integer, name: days, label: Days, keep: as_given}
"""
HOTELS = "--stratum hotel --cluster hotel --similarity district --method stratified"
WHOLE = "--stratum district --cluster hotel --method clusters"
STAGES = "--stratum district --cluster hotel --method two_stages --take 4"
EVEN = "--stratum district --method stratified --allocation equal --least 4 --most 30"
ASKED = ["--n 107", f"{HOTELS} --fraction 20% --reserve 20", f"{WHOLE} --clusters 14 --reserve 2"]
ASKED += [f"{STAGES} --clusters 30 --reserve 1", f"{EVEN} --n 100", "--method systematic --n 107"]
ASKED += [f"{HOTELS} --half-width 8% --response 80%", f"{WHOLE} --half-width 12%", STAGES, ""]


@pytest.fixture(autouse=True)
def _english_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGUAGE", "en")
    yield
    language.use("en")


@dataclass(frozen=True)
class Lead:
    """Somebody at a desk with a frame of 536 people in 61 hotels; `draw` is the study's folder of it."""

    draw: Path
    capsys: pytest.CaptureFixture[str]

    def types(self, words: str, status: int = 0) -> str:
        """Return what a command prints, on whichever stream."""
        assert souspli.main(shlex.split(words)) == status
        captured = self.capsys.readouterr()
        return captured.out + captured.err

    def draws(self, words: str, status: int = 0) -> str:
        return self.types(f"draw frame.csv --study study {words}", status)

    @property
    def files(self) -> set[str]:
        return {path.name for path in self.draw.glob("*")}


@pytest.fixture
def planner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Lead:
    """A lead without a study yet."""
    monkeypatch.chdir(tmp_path)
    Path("frame.csv").write_text(frame_csv(random.Random(1)), "utf-8")
    return Lead(Path("study/draw"), capsys)


@pytest.fixture
def lead(planner: Lead, new_study: NewStudy) -> Lead:
    new_study(FORM)
    return planner


# --- plan -------------------------------------------------------------------------------------


def test_a_plan_fits_eighty_columns_and_commits_to_nothing(planner: Lead) -> None:
    """Every method, in both languages; nothing is written."""
    for asked in ASKED:
        for spoken in language.LANGUAGES:
            told = planner.draws(f"--plan {asked} --lang {spoken}")
            assert [line for line in told.splitlines() if len(line) > 80] == []
            assert "{" not in told
    assert planner.files == set()


def test_a_plan_needs_no_study(planner: Lead) -> None:
    """How many do I need is asked before there is one."""
    told = planner.types("draw frame.csv --plan --half-width 8% --response 80%")
    assert "For ±8.0 points: 154 people to draw." in told
    assert "--n 154" in told
    assert "--study DIR" in told
    told = planner.draws(f"--plan {WHOLE} --half-width 12%")
    assert re.search(r"For ±12.0 points: \d+ clusters to draw\.", told)
    assert "--study study" in told


def test_the_command_of_a_plan_names_no_study_where_the_folder_is_it(
    lead: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed in the study's folder, it commits there."""
    Path("frame.csv").rename("study/frame.csv")
    monkeypatch.chdir("study")
    assert "--study" not in lead.types("draw frame.csv --plan --n 107")


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ("--level 90", "--level 90%"),
        ("--response 80", "--response 80%"),
        ("--expect 20", "--expect 0.2"),
    ],
)
def test_a_number_above_1_is_of_a_hundred(planner: Lead, plain: str, said: str) -> None:
    """As one says it: a level of 95, a response of 80."""
    plans = [json.loads(planner.draws(f"--plan --n 107 {one} --json")) for one in (plain, said)]
    assert plans[0] == plans[1]


def test_strata_that_are_named_are_drawn_from(planner: Lead) -> None:
    """The method follows them; a method that does not use them says so, beside what it prints."""
    words = "--plan --stratum district --n 107"
    planned = json.loads(planner.draws(f"{words} --json"))
    assert (planned["design"]["method"], len(planned["strata"])) == ("stratified", 8)
    assert planned == json.loads(planner.draws(f"{words} --method stratified --json"))
    assert json.loads(planner.draws("--plan --n 107 --json"))["design"]["method"] == "simple"
    told = planner.draws(f"{words} --method simple")
    assert "the strata of --stratum are not used" in told
    assert "not used" not in planner.draws(f"{words} --method systematic")


def test_without_a_size_a_plan_offers_some(planner: Lead) -> None:
    """Half-widths side by side, and what to type next."""
    told = planner.types("draw frame.csv --plan")
    assert "±5.0 points" in told
    assert "Choose one: --n N with --plan" in told


@pytest.mark.parametrize("asked", [one for one in ASKED if "half-width" in one or "--n" in one])
def test_the_command_a_plan_ends_with_commits_to_what_was_planned(lead: Lead, asked: str) -> None:
    """Typed as it stands, with the randomness announced."""
    planned: dict[str, Any] = json.loads(lead.draws(f"--plan {asked} --json"))
    told = lead.draws(f"--plan {asked}")
    command = told[told.rindex("souspli draw") :].replace("\\\n", " ")
    assert "…" in command
    said = lead.types(command.removeprefix("souspli ").replace("…", "the dice of Monday"))
    assert "Publish this before the randomness is known:" in said
    committed = json.loads((lead.draw / "commitment.json").read_text("utf-8"))
    assert committed["design"] == planned["design"] | {"announced": "the dice of Monday"}
    table = told[told.index("what to expect") : told.index("Assumed:")]
    assert table in said  # the same precision is shown


def test_on_windows_the_command_stands_on_one_line(
    planner: Lead, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its shells continue no line by a backslash, and know no single quotes."""
    monkeypatch.setattr(saying, "IS_WINDOWS", True)
    Path("frame.csv").rename("my frame.csv")
    told = planner.types("draw 'my frame.csv' --plan --n 107 --reserve 20")
    wanted = 'souspli draw "my frame.csv" --commit --study DIR --reserve 20 --n 107 --announced "…"'
    assert told.splitlines()[-1] == f"  {wanted}"


def test_merged_strata_are_named_with_what_they_would_have_had(planner: Lead) -> None:
    """The lead sees who is put with whom before committing."""
    told = planner.draws(f"--plan {HOTELS} --n 158 --reserve 20")
    assert "H05 (5 → 1) + H06 (6 → 2)" in told
    assert "… and 41 more; --json has all." in told
    assert "strata apart" in told


def test_a_half_width_that_cannot_be_had_is_refused(planner: Lead) -> None:
    """Even everybody is too few where a fifth does not answer."""
    told = planner.draws("--plan --half-width 1% --response 80%", 1)
    assert "no sample of this frame gives ±1.0 points" in told
    told = planner.draws("--plan --half-width 1% --response 80% --n 107")
    assert "No sample of this frame gives ±1.0 points." in told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("--plan --half-width 80", "--half-width takes a share from 0.1% to 50%"),
        ("--plan --response 150%", "--response takes a share from 1% to 100%"),
        ("--plan --response 0", "--response takes a share from 1% to 100%"),
        ("--plan --expect all", "--expect takes a share from 0.1% to 99.9%"),
        ("--plan --rho -1", "--rho takes a share from 0% to 100%"),
        ("--plan --level 1", "--level takes a share from 50% to 99.99%"),
        ("--commit", "--n N or --fraction 20%; --plan helps to choose"),
        ("--commit --half-width 8%", "give --half-width with --plan"),
        ("--commit --n 3 --fraction 20%", "--n N or --fraction 20% with --method simple"),
        (f"--plan {WHOLE} --n 20", "--clusters N or --fraction 20% with --method clusters"),
        ("--plan --clusters 20", "--n N or --fraction 20% with --method simple"),
        ("--plan --method stratified", "give --stratum COLUMN"),
        ("--plan --method clusters", "give --cluster COLUMN with --method clusters"),
        ("--plan --cluster hotel --method two_stages", "give --take N"),
        ("--plan --take 3", "give --take N"),
        (f"--plan {HOTELS} --allocation neyman", "give --spread COLUMN"),
        ("--beacon 1 --canonical x", "give --canonical FILE with --verify"),
        ("--beacon 1", "give --proof TEXT with --beacon"),
        ("--beacon 1 --proof ' '", "give --proof TEXT with --beacon"),
        ("--beacon '' --json", "give --proof TEXT with --beacon"),
        ("--commit --n 20", "say with --announced which public randomness will be used"),
        ("--plan --stratum hotel --clusters 9", "--n N or --fraction 20% with --method stratified"),
        ("--plan --size hotel", "unrecognized arguments: --size hotel"),
    ],
)
def test_options_that_do_not_go_together_are_refused(planner: Lead, asked: str, told: str) -> None:
    """With what to give, before anything is read or written."""
    assert told in planner.draws(asked, 2)
    assert planner.files == set()


# --- commit and draw --------------------------------------------------------------------------


def test_what_a_commitment_gives_is_shown_before_it_is_made(lead: Lead) -> None:
    """A frame that cannot give it commits to nothing; the precision stands above the commitment."""
    lead.draws("--commit --n 600 --announced dice", 1)
    assert lead.files == set()
    told = lead.draws("--commit --n 107 --announced dice")
    assert told.index("half-width of the interval") < told.index("Publish this")
    assert lead.files == {"salt", "commitment.json"}
    assert "already" not in told


def test_the_design_committed_to_is_the_one_typed(lead: Lead) -> None:
    """Allocation, bounds, minimum and similarity are in it."""
    words = f"{EVEN} --similarity district --minimum 3 --n 100"
    found = json.loads(lead.draws(f"--commit {words} --announced dice --json"))
    assert found["commitment"]
    assert found["expected"]["people"] == 100
    design = json.loads((lead.draw / "commitment.json").read_text("utf-8"))["design"]
    wanted = {"allocation": "equal", "least": 4, "most": 30, "minimum": 3, "size": 100}
    assert design | wanted == design


HOTEL, DISTRICT = "--stratum hotel --cluster hotel", "--stratum district --cluster hotel"


@pytest.mark.parametrize(
    ("columns", "design"),
    [
        (DISTRICT, "--n 107"),
        (DISTRICT, "--method systematic --n 107 --reserve 9"),
        (HOTEL, "--method stratified --similarity district --fraction 20% --reserve 20"),
        (DISTRICT, "--method stratified --allocation equal --least 4 --most 30 --n 100"),
        (DISTRICT, "--method clusters --clusters 14 --reserve 2"),
        (DISTRICT, "--method two_stages --clusters 30 --take 4 --reserve 1"),
    ],
)
def test_every_method_draws_and_is_verified(lead: Lead, columns: str, design: str) -> None:
    """From the command line to the page; another randomness is named as what differs."""
    lead.draws(f"--commit {columns} {design} --announced dice")
    assert "drawn of" in lead.draws(f"--beacon '4 4 1' --proof letter {columns}")
    made = {"sample.csv", "crosswalk.age", "certificate.json", "certificate.html"}
    assert lead.files == made | {"salt", "commitment.json"}
    verify = f"--verify study/draw/certificate.json {columns}"
    assert "The draw is the one its certificate describes." in lead.draws(verify)
    path = lead.draw / "certificate.json"
    altered = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(altered | {"beacon": "4 4 2"}), "utf-8")
    assert "the beacon is not the one that gave the seed" in lead.draws(verify, 1)


def test_another_draw_from_the_same_frame_is_not_the_one_committed_to(lead: Lead) -> None:
    """Its certificate agrees with itself; the study has its commitment."""
    lead.draws("--commit --n 20 --announced dice")
    lead.draws("--beacon '4 4 1' --proof letter")
    found, _problems = frame.read(Path("frame.csv"), Columns(id="id"))
    assert found is not None
    salt = steps.read_salt(lead.draw / "salt")
    other = draw(found, salt, Design(method="simple", announced="dice", size=21), "4 4 1")
    (lead.draw / "sample.csv").unlink()
    Path("other.json").write_text(json.dumps(certificate(other, salt, "", "0" * 64)), "utf-8")
    told = lead.draws("--verify other.json", 1)
    assert "“size” is not as it was committed to" in told
    assert json.loads(lead.draws("--verify other.json --json", 1))["differences"]


def test_a_draw_is_told_in_clusters_where_clusters_are_drawn(lead: Lead) -> None:
    """How many of them, and how many people that makes."""
    lead.draws(f"--commit {WHOLE} --clusters 14 --announced dice")
    told = lead.draws("--stratum district --cluster hotel --beacon '4 4 1' --proof letter")
    people = (lead.draw / "sample.csv").read_text("utf-8").count("released")
    assert f"14 clusters drawn of 61, in 6 strata: {people} people." in told


# --- what is drawn once -----------------------------------------------------------------------


def test_what_was_announced_is_seen_beside_what_is_given(lead: Lead) -> None:
    """Before anything is drawn, with the proof; the certificate has both, and both times."""
    lead.draws("--commit --n 20 --announced 'dice of \x1b[31mMonday'")
    told = lead.draws("--beacon '4 4 1' --proof 'a letter'")
    assert told.index("20 drawn of 536") == 0  # the rest is talk, on the other stream
    assert "Announced: dice of ?[31mMonday\nGiven, read as text in UTF-8: 4 4 1\n" in told
    assert "Proof that it was public before: a letter\n" in told
    found = json.loads((lead.draw / "certificate.json").read_text("utf-8"))
    assert found["proof"] == "a letter"
    committed = json.loads((lead.draw / "commitment.json").read_text("utf-8"))["committed"]
    assert found["committed"] == committed <= found["drawn"]
    assert found["drawn"].endswith("+00:00")


def test_that_there_is_no_proof_is_said_on_purpose(lead: Lead) -> None:
    """`none` is no proof, and the page says so."""
    lead.draws("--commit --n 20 --announced dice")
    assert "Proof that it was public before: none was given" in lead.draws(
        "--beacon '4 4 1' --proof None"
    )
    assert json.loads((lead.draw / "certificate.json").read_text("utf-8"))["proof"] == ""
    assert "none was given" in (lead.draw / "certificate.html").read_text("utf-8")


class Asked:
    """A terminal at which one answer is given to whatever is asked."""

    def __init__(self, answer: bool) -> None:
        self.answer, self.questions = answer, list[str]()

    def confirm(self, question: str, *, default: bool) -> Asked:
        assert not default
        self.questions.append(question)
        return self

    def unsafe_ask(self) -> bool:
        return self.answer


@pytest.mark.parametrize("answer", [True, False])
def test_on_a_terminal_it_is_asked_before_anything_is_drawn(
    lead: Lead, monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    """Without a yes nothing is drawn, and it can be done again; what cannot be drawn is not asked."""
    asked = Asked(answer)
    monkeypatch.setattr("questionary.confirm", asked.confirm)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    lead.draws("--commit --n 20 --announced dice")
    lead.draws("--stratum hotel --beacon '4 4 1' --proof letter", 1)
    lead.draws("--beacon hex:4 --proof letter", 1)
    assert asked.questions == []
    told = lead.draws("--beacon '4 4 1' --proof letter", 0 if answer else 1)
    assert len(asked.questions) == 1
    assert ("nothing was drawn" in told) != answer
    assert ((lead.draw / "certificate.json").exists()) == answer


# --- a certificate that has its columns ---------------------------------------------------------


def test_a_certificate_is_verified_by_the_columns_it_names(lead: Lead) -> None:
    """Those it was drawn by, dropped ones too; options that name any are taken in their place."""
    text = Path("frame.csv").read_text("utf-8").replace("id,hotel,district", "code,hotel,nom")
    Path("frame.csv").write_text(text, "utf-8")
    columns = "--id code --stratum hotel --cluster hotel --drop nom"
    lead.draws(f"--commit {columns} --fraction 20% --announced dice")
    lead.draws(f"{columns} --beacon '4 4 1' --proof letter")
    path = lead.draw / "certificate.json"
    found = json.loads(path.read_text("utf-8"))
    assert found["columns"] == {
        "id": "code",
        "stratum": "hotel",
        "cluster": "hotel",
        "drop": ["nom"],
    }
    page = (lead.draw / "certificate.html").read_text("utf-8")
    page = re.sub(r"</?span>", "", page)
    assert f"--verify certificate.json --salt salt {columns}</code>" in page
    verify = "--verify study/draw/certificate.json"
    agrees = "The draw is the one its certificate describes."
    assert agrees in lead.draws(verify)
    assert agrees in lead.draws(f"{verify} {columns}")
    assert "the frame or the salt is not" in lead.draws(f"{verify} --id code --drop nom", 1)
    older = {key: found[key] for key in found if key not in {"columns", "committed", "drawn"}}
    path.write_text(json.dumps(older), "utf-8")
    assert agrees in lead.draws(f"{verify} {columns}")
    assert "the heading has no column “id”" in lead.draws(verify, 1)


def test_a_draw_made_before_a_column_was_refused_is_verified(lead: Lead) -> None:
    """What was taken for a code then is doubtful now, and told beside the result."""
    ids = [f"{first}{second}" for first in ("An", "Be", "Ci") for second in ("na", "rnard", "dric")]
    units = [Unit(one) for one in ids]
    Path("frame.csv").write_text("\n".join(["id", *ids, ""]), "utf-8")
    assert "looks like a name" in lead.draws("--plan --n 4", 1)
    drawn = draw(
        from_units(units), bytes(32), Design(method="simple", announced="dice", size=4), "6"
    )
    older = certificate(drawn, bytes(32), "a letter", "0" * 64)
    Path("certificate.json").write_text(json.dumps(older), "utf-8")
    Path("salt").write_text("00" * 32, "ascii")
    told = lead.draws("--verify certificate.json --salt salt")
    assert told.startswith("The draw is the one its certificate describes.\n")
    assert "column “id” looks like a name" in told


@pytest.mark.parametrize(
    "columns", [3, [], {}, {"id": ""}, {"id": 3}, {"id": "id", "drop": "x"}, {"id": "id", "x": "y"}]
)
def test_columns_that_cannot_be_read_are_refused(lead: Lead, columns: object) -> None:
    """One sentence names them."""
    lead.draws("--commit --n 20 --announced dice")
    lead.draws("--beacon '4 4 1' --proof letter")
    path = lead.draw / "certificate.json"
    found = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(found | {"columns": columns}), "utf-8")
    told = lead.draws("--verify study/draw/certificate.json", 1)
    assert "the certificate's “columns” cannot be read" in told
