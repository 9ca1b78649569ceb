"""Cells → nodes of the tree that the loader reads, each at the place of its cell."""

from __future__ import annotations

from surveys import yamltree
from surveys.problems import Place, Problem
from surveys.xlsform.cells import Cell
from surveys.yamltree import Mapping, Node, Scalar, Sequence

_AS_YAML = ("{", "[", '"')  # how a cell begins that holds more than a text
_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\N{NO-BREAK SPACE}": " "})


def scalar(cell: Cell) -> Scalar:
    """Return the text of a cell."""
    return Scalar(cell.text, cell.place)


def expression(cell: Cell) -> Scalar:
    """Return an expression; the quotes a word processor bends are straight, as XLSForm tools do."""
    return Scalar(cell.text.translate(_STRAIGHT), cell.place)


def mapping(place: Place) -> Mapping:
    """Return an empty map, to be filled."""
    return Mapping(place, is_whole=True)


def sequence(place: Place, nodes: list[Node]) -> Sequence:
    """Return a list of nodes."""
    return Sequence(place, nodes, is_whole=True)


def put(found: Mapping, key: str, node: Node | None) -> None:
    """Put a node under a key; nothing is put for None, and the first of a key stays."""
    if node is not None and key not in found.nodes:
        found.nodes[key] = node
        found.keys[key] = Scalar(key, node.place)


def own(cell: Cell, problems: list[Problem]) -> Node:
    """Return what a cell of our own holds: a text, or YAML where it begins with a bracket or quote."""
    if not cell.text.startswith(_AS_YAML):
        return scalar(cell)
    tree = yamltree.read(cell.text, cell.place.file)
    problems.extend(
        Problem(cell.place, "", found.fact, found.remedy, found.check) for found in tree.problems
    )
    return _placed(tree.root, cell.place) if tree.root is not None else scalar(cell)


def words(cell: Cell, problems: list[Problem]) -> Node:
    """Return a list: in YAML, or of words with spaces between."""
    if cell.text.startswith(_AS_YAML):
        return own(cell, problems)
    return sequence(cell.place, [Scalar(word, cell.place) for word in cell.text.split()])


def _placed(node: Node, place: Place) -> Node:
    """Return a node read from the text of a cell, all of it at the cell."""
    if isinstance(node, Scalar):
        return Scalar(node.text, place)
    if isinstance(node, Sequence):
        return sequence(place, [_placed(one, place) for one in node.nodes])
    moved = mapping(place)
    for key, value in node.nodes.items():
        put(moved, key, _placed(value, place))
    return moved
