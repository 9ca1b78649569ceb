"""The locks and the sheets: what a laptop without network is given, and told to type."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs import make_offline

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SOURCES = {name: (ROOT / "docs" / name).read_text("utf-8") for name in make_offline.SHEETS.values()}
LISTS = {system: letter * 64 for system, letter in zip(make_offline.SYSTEMS, "abc", strict=True)}
SHEETS = {name: make_offline.sheet(text, "10.20.30", LISTS) for name, text in SOURCES.items()}
PIN = re.compile(
    r"^([a-z0-9-]+)==([^ ;\\]+)(?: ;.*?)? \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", re.M
)


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def pinned(text: str) -> dict[str, str]:
    """Return name to version; one that has no hash is not among them."""
    return {name: version for name, version, _hashes in PIN.findall(text)}


def typed(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.startswith(" " * 7)]


@pytest.mark.parametrize("system", make_offline.SYSTEMS)
def test_a_lock_pins_the_whole_base_with_hashes(system: str) -> None:
    """Each line of pyproject.toml's dependencies has one version, which it allows, and SHA-256s."""
    found = pinned(lock(f"offline-{system}"))
    for line in PROJECT["dependencies"]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(found[canonicalize_name(wanted.name)]), line


@pytest.mark.parametrize("system", make_offline.SYSTEMS)
def test_a_lock_holds_nothing_else_than_pins_with_hashes(system: str) -> None:
    """No index, address, marker or option; nothing but pins, hashes and the reasons for them."""
    text = lock(f"offline-{system}")
    rest = [line for line in PIN.sub("", text).splitlines() if not line.startswith("    #")]
    assert rest == []
    assert "://" not in text
    assert ";" not in text


@pytest.mark.parametrize("system", make_offline.SYSTEMS)
def test_a_lock_has_the_versions_that_are_tested_and_none_of_the_lead_s(system: str) -> None:
    """What a laptop runs is what the tests run; its list is free of data libraries."""
    found = pinned(lock(f"offline-{system}"))
    tested = re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", lock("lead"), re.M)
    assert set(found.items()) <= set(tested)
    extras = PROJECT["optional-dependencies"]
    base = {Requirement(line).name for line in PROJECT["dependencies"]}
    others = {
        canonicalize_name(Requirement(line).name) for lines in extras.values() for line in lines
    }
    assert {"polars", "numpy", "scipy", "pytest"} <= others
    assert (others - base) & found.keys() == set()


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_one_page(name: str) -> None:
    """As every terminal and printer shows it: 80 columns, under 60 lines, nothing left to fill in."""
    lines = SHEETS[name].splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 80
    assert "{" not in SHEETS[name]


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_gives_versions_and_the_sums_of_the_lists(name: str) -> None:
    """The version, the first and last Python, and for each list the command and its SHA-256."""
    for word in ("10.20.30", make_offline.PYTHONS[0], make_offline.PYTHONS[-1]):
        assert word in SHEETS[name]
    for system, digest in LISTS.items():
        assert re.search(rf" {system}\.txt\b.*\n   {digest}\n", SHEETS[name])


def test_both_sheets_have_the_same_commands() -> None:
    """Only the words around them are translated."""
    english, french = (
        [line for line in typed(text) if re.search(r"[~%]|\bsouspli\b|\.txt|--version", line)]
        for text in SHEETS.values()
    )
    assert len(english) == 15
    commands = [[line.split("  ")[-1].strip() for line in lines] for lines in (english, french)]
    assert commands[0] == commands[1]


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("system", make_offline.SYSTEMS)
def test_the_second_command_installs_into_what_the_first_made(name: str, system: str) -> None:
    """Its Python is the new environment's, its list the system's own: for Windows too, unrun."""
    lines = typed(SHEETS[name])
    at = next(place for place, line in enumerate(lines) if line.endswith(f" -r {system}.txt"))
    made = re.fullmatch(r"(?:py|python3) -m venv (\S+)", lines[at - 1])
    assert made is not None
    folder = made[1].strip('"')
    python = rf'"{folder}\Scripts\python"' if system == "windows" else f"{folder}/bin/python"
    assert lines[at] == f"{python} -m pip install -r {system}.txt"


def test_the_page_on_laptops_without_network_names_every_system_and_python() -> None:
    """Its table is the one that is built."""
    page = (ROOT / "docs" / "offline.md").read_text("utf-8")
    rows = dict(re.findall(r"^\|[^|]+\| `(\w+)\.txt` \|([^|]+)\|$", page, re.M))
    assert rows.keys() == make_offline.SYSTEMS.keys()
    for needs in rows.values():
        assert re.findall(r"\b3\.\d\d", needs) == list(make_offline.PYTHONS)


def test_no_registry_is_named() -> None:
    """Whoever makes the folder has the index that pip is set to."""
    files = ["docs/make_offline.py", "docs/offline.md", *(f"docs/{name}" for name in SOURCES)]
    for name in files:
        assert re.search(r"://|\bpypi\b|pythonhosted", (ROOT / name).read_text("utf-8")) is None
