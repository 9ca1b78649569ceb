"""The rooms inside `export`: each has a guide to all its files, and uses only the rooms before it."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

EXPORT = Path(__file__).resolve().parents[2] / "export"
ROOMS = (
    "drawing",
    "laptops",
    "holders",
    "collecting",
    "linking",
    "unsealing",
    "respondents",
    "response",
    "auditing",
    "estimating",
    "disclosure",
    "scripts",
    "datasets",
    "modelling",
    "reporting",
    "papers",
    "demo",
    "verbs",
)


def used_by(path: Path) -> set[str]:
    """Return what of `export` a file imports, by the first name after it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "export":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("export."):
            names.add(str(node.module).split(".")[1])
    return names


def test_these_are_the_rooms() -> None:
    """The list above leaves none out."""
    assert {path.parent.name for path in EXPORT.glob("*/__init__.py")} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_only_the_rooms_before_it(room: str) -> None:
    """In the order of a study, which is that of the list above."""
    after = {*ROOMS[ROOMS.index(room) + 1 :]}
    files = sorted((EXPORT / room).glob("*.py"))
    assert len(files) > 2
    assert [(path.name, name) for path in files for name in used_by(path) & after] == []


def test_what_the_rooms_stand_on_uses_none_of_them() -> None:
    """Study, keys and ledger can be read first."""
    assert [path.name for path in EXPORT.glob("*.py") if used_by(path) & set(ROOMS)] == []


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "verbs"])
def test_the_reading_guide_of_an_inner_room_names_each_of_its_files_once(room: str) -> None:
    """And none that is not there."""
    told = re.findall(r"`([a-z_]+\.py)`", import_module(f"export.{room}").__doc__ or "")
    assert sorted(told) == sorted(
        path.name for path in (EXPORT / room).glob("*.py") if path.name != "__init__.py"
    )
