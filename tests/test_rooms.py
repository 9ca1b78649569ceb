"""The three rooms, and the one direction of their imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("surveys", "interviewer", "export")
BASE = {
    "questionary",
    "prompt_toolkit",
    "rich",
    "yaml",
    "cryptography",
    "phonenumbers",
    "stdnum",
    "platformdirs",
}
LEAD = {"polars", "numpy", "scipy"}
WITHOUT_LEAD = (
    "study",
    "keys",
    "kit",
    "release",
    "collect",
    "device",
    "assign",
    "recover",
    "status",
)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def files_of(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_itself_and_the_rooms_before_it(room: str) -> None:
    """surveys → interviewer → export: nothing points forward, nobody imports the front door."""
    forbidden = {*ROOMS[ROOMS.index(room) + 1 :], "souspli", "tests"}
    files = files_of(room)
    assert len(files) > 5
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in imported(path)
        if name.split(".")[0] in forbidden
    ]
    assert found == []


@pytest.mark.parametrize("room", ["surveys", "interviewer"])
def test_the_laptop_rooms_need_only_the_base(room: str) -> None:
    """No data library is imported by what a field laptop runs."""
    assert [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files_of(room)
        for name in imported(path)
        if name.split(".")[0] in LEAD
    ] == []


def closure(module: str, seen: set[str]) -> set[str]:
    if module in seen:
        return seen
    seen.add(module)
    path = ROOT / (module.replace(".", "/") + ".py")
    if not path.exists():
        path = ROOT / module.replace(".", "/") / "__init__.py"
    for name in imported(path) if path.exists() else ():
        if name.split(".")[0] in ROOMS:
            closure(name, seen)
        else:
            seen.add(name)
    return seen


@pytest.mark.parametrize("verb", WITHOUT_LEAD)
def test_the_verbs_of_the_base_install_reach_no_data_library(verb: str) -> None:
    """Making a study, its keys and kits, releasing and collecting need the base install alone."""
    reached = {name.split(".")[0] for name in closure(f"export.verbs.{verb}", set())}
    assert reached & LEAD == set()
    assert "surveys" in reached


@pytest.mark.parametrize("room", ROOMS)
def test_yaml_is_seen_in_one_place(room: str) -> None:
    """Only surveys/yamltree.py parses YAML."""
    users = [
        path.name
        for path in files_of(room)
        if "yaml" in {name.split(".")[0] for name in imported(path)}
    ]
    assert users == (["yamltree.py"] if room == "surveys" else [])
