"""The documents are true: commands parse, examples load, tables and numbers are what the code knows."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import souspli
from interviewer import cases, draft, enrolment, kit, outcomes, padded, passphrases, receipt, vault
from interviewer.frames import Frames
from interviewer.kit import Rules
from interviewer.ledger import Line, short
from interviewer.record import MAX_ATTEMPTS
from interviewer.screen.keys import KEYS
from interviewer.session import when
from surveys import load, yamltree
from surveys.check import RULES, check
from surveys.expressions import compile, grammar
from surveys.expressions.functions import FUNCTIONS, REFUSED
from surveys.instrument import NONRESPONSE, Keep
from surveys.kinds import KINDS
from surveys.xlsform.words import read_words

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCS = ROOT / "docs"
INSTRUMENT, XLSFORM, FIELDWORK, DEVICE = (
    (DOCS / f"{name}.md").read_text("utf-8")
    for name in ("instrument", "coming-from-xlsform", "fieldwork", "device")
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
    aside = {"demo", "passphrase", "recover", "status"}
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

HEADS = {
    "souspli": "souspli: 1\n",
    "form": "form: {id: example, version: '1', title: Example}\n",
}
YES_NO = """choices:
  yes_no:
    - {name: "yes", label: "Yes"}
    - {name: "no", label: "No"}
"""


def examples(page: str) -> list[str]:
    """Return the questionnaires of a page; to a part of one, what it leaves out is added."""
    found = []
    for block in re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL):
        heads = [text for key, text in HEADS.items() if not re.search(rf"^{key}:", block, re.M)]
        needs = "choices: yes_no" in block and not re.search("^choices:", block, re.M)
        found.append("".join(heads) + (YES_NO if needs else "") + block)
    return found


def rows(page: str, header: str) -> list[list[str]]:
    """Return the rows of the table whose first column is called so."""
    text = page.replace("\\|", "\0")
    found = re.search(rf"^\| {re.escape(header)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.M)
    assert found is not None, header
    lines = found[1].replace("\0", "|").splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def words(page: str, header: str) -> list[str]:
    """Return what stands between backquotes in the first column of a table."""
    return [word for row in rows(page, header) for word in re.findall(r"`([^`]+)`", row[0])]


@pytest.mark.parametrize("source", examples(INSTRUMENT))
def test_the_examples_of_the_page_on_questionnaires_are_good(source: str) -> None:
    """What a beginner copies works; what is accepted is all that is found."""
    found = check(source, "example.yaml").problems
    assert [str(problem) for problem in found if problem.severity != "accepted"] == []


def test_an_example_uses_each_type_and_nearly_each_key() -> None:
    """The page shows what it tells."""
    shown = "\n".join(examples(INSTRUMENT))
    assert {kind for kind in (*KINDS, "group", "repeat") if f"type: {kind}" not in shown} == set()
    keys = {*load.QUESTION_KEYS, *load.REPEAT_KEYS, *load.CHOICE_KEYS, *load.FORM_KEYS}
    unused = {key for key in keys if not re.search(rf"\b{key}:", shown)}
    aside = "hint guidance_hint required_message read_only trigger description partial_when".split()
    assert unused <= {*aside, "show_card", "soft_constraint_message"}


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("key of the file", set(load.TOP_KEYS)),
        ("key of `form`", set(load.FORM_KEYS)),
        ("key of a choice", set(load.CHOICE_KEYS)),
        ("key of an item", {*load.QUESTION_KEYS, *load.GROUP_KEYS, *load.REPEAT_KEYS}),
        ("type", {*KINDS, "group", "repeat"}),
    ],
)
def test_a_table_of_the_page_on_questionnaires_is_whole(header: str, known: set[str]) -> None:
    """It names what the loader knows, each once, and nothing else."""
    told = words(INSTRUMENT, header)
    assert sorted(told) == sorted(known)


def test_the_page_on_questionnaires_says_what_an_item_may_offer_and_what_comes_later() -> None:
    """The statuses of non-response, and the types that are refused by name."""
    assert {
        word for word in (*NONRESPONSE, *load.LATER_KINDS) if f"`{word}`" not in INSTRUMENT
    } == set()


def test_the_page_on_questionnaires_has_every_rule_of_what_is_kept() -> None:
    """In the words a file uses."""
    told = {word.strip("{").partition(":")[0] for word in words(INSTRUMENT, "rule")}
    assert told == set(get_args(get_type_hints(Keep)["rule"]))


def test_the_page_on_questionnaires_has_every_function() -> None:
    """And none that is not there; those that are refused are named apart."""
    tables = [
        f"function of {what}"
        for what in ("text and choices", "numbers", "repeats and tables", "dates")
    ]
    told = [word.partition("(")[0] for table in tables for word in words(INSTRUMENT, table)]
    assert sorted(told) == sorted(FUNCTIONS)
    refused = re.search(r"^Known elsewhere and refused here.*$", INSTRUMENT, re.MULTILINE)
    assert refused is not None
    assert set(re.findall(r"`([a-z0-9-]+)\(\)`", refused[0])) == set(REFUSED)


def test_each_call_of_a_function_on_the_page_compiles() -> None:
    """With as many arguments as it is shown with; `…` stands for more."""
    for word in re.findall(r"`([a-z0-9:-]+\([^`]*\))`", INSTRUMENT.partition("Known elsewhere")[0]):
        written = word.replace(", …", "")
        written = re.sub(r"\((items)\b", "(${item}", written)
        compile(written)


def test_the_limits_of_an_expression_are_those_of_the_code() -> None:
    """As the page says them."""
    limits = (
        f"{grammar.LONGEST:,} characters, {grammar.MOST_TERMS:,} terms and {grammar.DEEPEST} levels"
    )
    assert limits in INSTRUMENT
    assert f"over {yamltree.MAX_DEPTH} deep, not over {yamltree.MAX_BYTES:,} bytes" in INSTRUMENT


def checks_of(path: Path) -> set[str]:
    """Return the names of checks under which a module finds problems."""
    place = 2 if path.name == "yamltree.py" else 4
    found = set()
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        given = [word.value for word in call.keywords if word.arg == "check"]
        if name == "Problem":
            given += call.args[4:5]
        elif name == "note":
            given += call.args[place : place + 1]
        found |= {one.value for one in given if isinstance(one, ast.Constant)}
    return {name for name in found if isinstance(name, str)}


def test_the_page_on_questionnaires_has_every_check() -> None:
    """Those of the rules, of reading and of conversions, and no other."""
    found = set[str]().union(*(checks_of(path) for path in (ROOT / "surveys").rglob("*.py")))
    assert {rule.name for rule in RULES} <= found
    assert sorted(words(INSTRUMENT, "check")) == sorted(found)


def test_the_page_says_which_errors_may_be_accepted() -> None:
    """As the rules have it."""
    told = {row[0].strip("`") for row in rows(INSTRUMENT, "check") if "may be accepted" in row[2]}
    assert told == {rule.name for rule in RULES if rule.is_acceptable}


def test_the_page_for_those_who_know_xlsform_speaks_of_what_there_is() -> None:
    """The words of its loss list are those that become placeholders, are dropped or refused."""
    lost = rows(XLSFORM, "in the workbook")
    roles = [{read_words(word).role for word in re.findall(r"`([^`]+)`", row[0])} for row in lost]
    assert roles[0] == {"placeholder"}
    assert roles[1] == roles[2] == {"dropped"}
    assert (
        read_words("rank list").role == read_words("select_one_from_file a.csv").role == "refused"
    )


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
    code = (ROOT / "export" / "collecting" / "vouching.py").read_text("utf-8")
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
    line = Line(1, "start", "ID", "5d41...", "0" * 64)
    assert (
        line.encode().decode().replace("...", "…").replace('"ID"', "ID").replace("0" * 64, "000…")
        in DEVICE
    )
    for name in kit.Kit.__dataclass_fields__:
        assert f"`{name}`" in DEVICE, name
    assert f"The first {len(short([line]))} characters of the hash" in DEVICE
    assert len(kit.spoken(bytes(32)).split()) == 6
