"""A tree written as YAML: read back it is the same, and it looks like a person's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.problems import Place
from surveys.shipped import FOLDER
from surveys.yamltree import Mapping, Node, Scalar, Sequence, read
from surveys.yamlwriter import flow, written

PLACE = Place("f", 1, 1)
Plain = str | list["Plain"] | dict[str, "Plain"]

CHARACTERS = st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n")
AWKWARD = st.text(
    "aN1 :#-?{}[],'\"\\\n&*!|>%@`.~=<${}\N{LINE SEPARATOR}\N{NO-BREAK SPACE}\N{BYTE ORDER MARK}",
    max_size=9,
)
TEXTS = st.text(CHARACTERS, max_size=12) | AWKWARD | st.lists(AWKWARD, max_size=3).map("\n".join)
KEYS = (
    AWKWARD
    | st.sampled_from(["survey", "choices", "form", "name", "questions", "media::image::Fr (fr)"])
    | AWKWARD.map(lambda text: text * 300)
)
TREES = st.recursive(
    TEXTS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=4),
    max_leaves=14,
)


def tree(plain: Plain) -> Node:
    """Return a tree of what it holds."""
    if isinstance(plain, str):
        return Scalar(plain, PLACE)
    if isinstance(plain, list):
        return Sequence(PLACE, [tree(one) for one in plain], is_whole=True)
    nodes = {key: tree(one) for key, one in plain.items()}
    return Mapping(PLACE, nodes, {key: Scalar(key, PLACE) for key in nodes}, is_whole=True)


def plain_of(node: Node | None) -> Plain:
    """Return what a tree holds."""
    assert node is not None
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain_of(one) for one in node.nodes]
    return {key: plain_of(one) for key, one in node.nodes.items()}


@settings(max_examples=300)
@given(TREES)
def test_what_is_written_is_read_back_equal(plain: Plain) -> None:
    """Any tree of texts, lists and maps survives the way through YAML, its keys in their order."""
    found = read(written(tree(plain)), "f")
    assert not found.problems
    assert plain_of(found.root) == plain
    if isinstance(plain, dict):
        assert isinstance(found.root, Mapping)
        assert list(found.root.nodes) == list(plain)


@settings(max_examples=150)
@given(TREES)
def test_one_line_between_brackets_is_read_back_equal(plain: Plain) -> None:
    """A rule that is put into one cell of a workbook is the same when it comes out."""
    line = flow(tree(plain))
    assert "\n" not in line
    assert plain_of(read(f"a: {line}", "f").root) == {"a": plain}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_questionnaire_is_written_equal(path: Path) -> None:
    """What people wrote by hand holds nothing that the writer changes."""
    source = path.read_text("utf-8")
    assert plain_of(read(written(tree(plain_of(read(source, "f").root))), "f").root) == plain_of(
        read(source, "f").root
    )


def test_it_looks_like_what_a_person_writes() -> None:
    """Choices and translations stand on one line, items one key a line, texts without needless quotes."""
    text = """\
souspli: 1

form:
  id: f
  languages: {fr: Français (fr), en: English (en)}

nonresponse: [refused, dont_know]

choices:
  yes_no:
    - {name: 1, label: {fr: Oui, en: "Yes: really"}}
    - {name: -99, label: Refused, nonresponse: refused}

survey:
  - {type: start, name: begun}
  - type: text
    name: why
    label:
      fr: |-
        Pourquoi ?

        Deux lignes.
      en: Why?
    relevant: ${a} = 1 and regex(${b}, '^[0-9]+$')
    hint: "Say: why"
    constraint: '. != ": "'
    keep: {bands: [15, 18]}
"""
    root = read(text, "f").root
    assert root is not None
    assert written(root) == text
