"""The documents are true: commands parse, examples load, tables and numbers are what the code knows."""

from __future__ import annotations

import argparse
import re
import shlex
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import pytest

import souspli
from interviewer import cases, draft, enrolment, kit, outcomes, padded, passphrases, receipt, vault
from interviewer.frames import Frames
from interviewer.kit import Rules
from interviewer.ledger import Line, short
from interviewer.record import MAX_ATTEMPTS
from interviewer.screen.keys import KEYS
from interviewer.session import when
from surveys.check import check
from surveys.instrument import NONRESPONSE
from surveys.kinds import KINDS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCS = ROOT / "docs"
INSTRUMENT, FIELDWORK, DEVICE = (
    (DOCS / name).read_text("utf-8") for name in ("instrument.md", "fieldwork.md", "device.md")
)
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.glob("*.md")])
ROOMS = ("surveys", "interviewer", "export")


# --- commands -----------------------------------------------------------------------------------


def commands() -> list[list[str]]:
    """Return every `souspli …` line of the README, continued lines joined, comments dropped.

    `souspli` alone, on a terminal, is `souspli cases`.
    """
    text = README.replace("\\\n", " ")
    lines = re.findall(r"^    souspli\b(.*)$", text, flags=re.MULTILINE)
    return [shlex.split(line, comments=True) or ["cases"] for line in lines]


def mentioned(page: Path) -> list[str]:
    """Return every `souspli verb …` in the running text of a page; `souspli VERB` is none."""
    return re.findall(r"`souspli ([a-z][^`]*)`", page.read_text("utf-8"))


def parser_of(verb: str) -> argparse.ArgumentParser:
    """Return the parser of a verb; fails where there is no such verb."""
    module, _told = souspli._modules()[verb]
    parser = argparse.ArgumentParser(prog=verb)
    import_module(module).describe(parser)
    return parser


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Return the options of a verb and of its actions (`device add`, `study new`)."""
    found: set[str] = set()
    for action in parser._actions:
        found |= set(action.option_strings)
        if isinstance(action, argparse._SubParsersAction):
            found = found.union(*(options_of(one) for one in action.choices.values()))
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_each_command_of_the_readme_is_one(words: list[str]) -> None:
    """The verb exists and takes these words."""
    assert parser_of(words[0]).parse_args(words[1:]) is not None


def test_the_readme_tells_the_whole_story() -> None:
    """Every verb of a study is there but those for a mishap, in an order in which they can be done."""
    first = list(dict.fromkeys(words[0] for words in commands()))
    after = ["check", "study", "draw", "device", "kit", "assign", "cases", "handover", "collect"]
    assert [verb for verb in first if verb in after] == after
    aside = {"demo", "show", "passphrase", "recover", "status"}
    assert set(first) == souspli._modules().keys() - aside


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_mentions_a_verb_or_an_option_that_is_none(page: Path) -> None:
    """`souspli VERB …` in running text may leave words out; what it says exists."""
    for text in mentioned(page):
        verb, *words = shlex.split(text)
        told = {word.partition("=")[0] for word in words if word.startswith("-")}
        assert told <= options_of(parser_of(verb)), text


def test_the_page_on_fieldwork_mentions_what_an_interviewer_does() -> None:
    """So that the test above cannot pass on nothing."""
    verbs = {text.split()[0] for text in mentioned(DOCS / "fieldwork.md")}
    assert verbs >= {"enrol", "device", "assign", "handover", "recover", "status", "doctor"}


def test_the_readme_begins_with_the_two_commands_and_a_picture() -> None:
    """Its first screen is enough to start."""
    first = "\n".join(README.splitlines()[:20])
    assert "make demo" in first
    assert "make test" in first
    assert "docs/interview.svg" in first


# --- links and reading guides -------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_of_a_page_is_broken(page: Path) -> None:
    """A link to a file of the repository leads to one."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_the_readme_leads_to_every_page() -> None:
    """But for the words of translators, which are for maintainers."""
    linked = set(re.findall(r"\]\(docs/([^)#]+\.md)\)", README))
    assert linked == {page.name for page in DOCS.glob("*.md")} - {"fr-glossary.md"}


@pytest.mark.parametrize("room", ROOMS)
def test_the_reading_guide_of_a_room_names_each_of_its_files_once(room: str) -> None:
    """And none that is not there."""
    guide = import_module(room).__doc__ or ""
    folder = ROOT / room
    told = re.findall(r"`([a-z_0-9]+(?:\.py|/))`", guide)
    files = {path.name for path in folder.glob("*.py")} - {"__init__.py"}
    inner = (path for path in folder.iterdir() if path.is_dir() and any(path.iterdir()))
    folders = {f"{path.name}/" for path in inner if path.name != "__pycache__"}
    assert sorted(told) == sorted(files | folders)


# --- questionnaires -----------------------------------------------------------------------------


@pytest.mark.parametrize("source", re.findall(r"```yaml\n(.*?)```", INSTRUMENT, flags=re.DOTALL))
def test_the_example_of_the_page_on_questionnaires_is_good(source: str) -> None:
    """What a beginner copies works."""
    assert [str(problem) for problem in check(source, "example.yaml").problems] == []


def test_the_page_on_questionnaires_names_every_type_and_key() -> None:
    """And an item's type is none that the page does not name."""
    load = (ROOT / "surveys" / "load.py").read_text("utf-8")
    keys = re.findall(
        r"^_(?:SHARED|QUESTION|FORM|CHOICE|GROUP|REPEAT|TOP)\b.*?(?=^_|\n\n)", load, re.M | re.S
    )
    words = {
        word for block in keys for text in re.findall(r'"([^"]+)"', block) for word in text.split()
    }
    assert {"label", "choice_filter", "repeat_max", "refused_when", "exclusive"} <= words
    assert {
        word for word in {*words, *KINDS, *NONRESPONSE} if f"`{word}`" not in INSTRUMENT
    } == set()


# --- fieldwork ----------------------------------------------------------------------------------


def test_the_page_on_fieldwork_has_every_outcome_in_the_order_it_is_offered() -> None:
    """With its words, its code (– where it is no code of AAPOR), and whether it closes the case."""
    rows = re.findall(r"^\| ([^|]+) \| ([\d.–]+) \| ([^|]+) \|$", FIELDWORK, flags=re.MULTILINE)
    told = [(words, code, "is closed" in end) for words, code, end in rows]
    assert told == [
        (one.text, "–" if one.code == outcomes.POSTPONED else one.code, not one.is_visit)
        for one in outcomes.OUTCOMES
    ]


def test_the_page_on_fieldwork_has_the_keys_of_the_screen() -> None:
    """Each row has all the keys of one action."""
    rows = re.findall(r"^\| ((?:F\d|Ctrl-)[^|]*) \|", FIELDWORK, flags=re.MULTILINE)
    shown = {", ".join(key.shown) for key in KEYS}
    assert len(rows) >= 10
    assert set(rows) <= shown


def test_the_page_on_fieldwork_has_the_rules_and_limits_of_the_code() -> None:
    """A default that changes is changed there too."""
    for name, value in asdict(Rules()).items():
        assert re.search(rf"^\| `rules: {name}` \| .*: {value} \|$", FIELDWORK, re.MULTILINE), name
    for told in (
        f"at least {passphrases.SHORTEST} characters",
        f"up to {when.LATEST} days back",
        f"one of the next {when.AHEAD} days",
        f"at most {cases.MAX_NOTE} characters",
        f"A case holds {MAX_ATTEMPTS} visits",
    ):
        assert told in FIELDWORK, told
    assert [outcomes.part_of(hour) for hour in (11, 12, 17, 18)] == [
        "morning",
        "afternoon",
        "afternoon",
        "evening",
    ]


def test_what_the_page_on_fieldwork_quotes_from_the_screen_is_said_there() -> None:
    """Word for word: what is between these quotes stands in the code."""
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "interviewer").rglob("*.py"))
    quoted = set(re.findall(r"“([A-Z][^”]+)”", FIELDWORK)) - {"Other things"}
    assert len(quoted) >= 15
    assert {text for text in quoted if f'"{text}"' not in code} == set()


def test_what_collect_says_of_a_bundle_is_explained() -> None:
    """The page on fieldwork has each fault, in the words of the code."""
    code = (ROOT / "export" / "vouching.py").read_text("utf-8")
    rows = re.findall(r"^\| ((?:it was|no|its) [^|]+) \|", FIELDWORK, flags=re.MULTILINE)
    faults = re.findall(r'"(torn|unsigned|broken|older|forked)": _\(', code)
    assert len(rows) == len(faults) == 5
    assert [told for told in rows if told not in code] == []


# --- bytes --------------------------------------------------------------------------------------


def test_the_numbers_of_the_page_on_the_laptop_are_those_of_the_code() -> None:
    """docs/device.md is true to the code."""
    journal = Frames(Path("journal"), b"", cases._CAPACITY, 0, b"")
    wrapped = len(vault.wrap(bytes(32), bytes(32), "journal"))
    assert wrapped == cases._WRAPPED
    cost, least = vault.FIELD, vault.LEAST_MEMORY
    for told in (
        f"{cost.memory} KiB, {cost.iterations} iterations, {cost.lanes} lanes",
        f"never below {least} KiB",
        f"a multiple of {padded.GRAIN} bytes",
        f"A frame takes {journal.frame_size - journal.capacity} bytes more",
        f"frames of {journal.frame_size} bytes",
        f"under the vault key ({wrapped} bytes)",
        f"a frame holds: {draft._ABOUT}, or {draft._BESIDE} and four",
        f"{draft._LENGTH} bytes with the length of the head",
    ):
        assert told in DEVICE, told
    for module in (kit, enrolment, receipt, draft, cases):
        assert f"`{module._MAGIC.decode().strip()}`" in DEVICE


def test_the_fields_of_the_page_on_the_laptop_are_those_of_the_code() -> None:
    """The kit's, the ledger's, and the first characters of a head that go on paper."""
    line = Line(1, "start", "ID", "5d41…", "0" * 64)
    assert (
        line.encode()
        .decode()
        .replace("\\u2026", "…")
        .replace('"ID"', "ID")
        .replace("0" * 64, "000…")
        in DEVICE
    )
    for name in kit.Kit.__dataclass_fields__:
        assert f"`{name}`" in DEVICE, name
    assert f"The first {len(short([line]))} characters of the hash" in DEVICE
    assert len(kit.spoken(bytes(32)).split()) == 6
