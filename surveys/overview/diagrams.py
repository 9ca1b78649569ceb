"""The graph of `routes.py` written for Graphviz, which draws it, and for Mermaid, which pages render."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from surveys.overview.outline import folded
from surveys.overview.routes import Graph, Node, Shape

WIDE = 26  # characters of a line within a node or beside an edge


def dot(drawn: Graph) -> str:
    """Return the graph in Graphviz's language."""
    return "\n".join(
        [
            "digraph routes {",
            '  graph [rankdir=TB, fontname="Helvetica", nodesep=0.3, ranksep=0.35];',
            '  node [fontname="Helvetica", fontsize=11, style="rounded,filled", fillcolor=white];',
            '  edge [fontname="Helvetica", fontsize=10, arrowsize=0.7];',
            *_clustered(drawn, (), _dot_section, _dot_node),
            *(
                f"  {edge.source} -> {edge.target} [label={_quoted(edge.text, ' ')}];"
                for edge in drawn.edges
            ),
            "}",
            "",
        ]
    )


def mermaid(drawn: Graph) -> str:
    """Return the graph in Mermaid's language."""
    return "\n".join(
        [
            "flowchart TD",
            *_clustered(drawn, (), _mermaid_section, _mermaid_node),
            *(
                f"  {edge.source} -->|{_entities(edge.text)}| {edge.target}"
                if edge.text
                else f"  {edge.source} --> {edge.target}"
                for edge in drawn.edges
            ),
            "",
        ]
    )


_SHAPES: Mapping[Shape, str] = {
    "start": "shape=ellipse, style=filled, fillcolor=gray92",
    "end": "shape=ellipse, style=filled, fillcolor=gray92",
    "section": "shape=box",
    "questions": "shape=box",
    "decision": "shape=diamond, style=filled, fillcolor=lightyellow, margin=0.02",
}
_MERMAID: Mapping[Shape, tuple[str, str]] = {
    "start": ("([", "])"),
    "end": ("([", "])"),
    "section": ("(", ")"),
    "questions": ("(", ")"),
    "decision": ("{", "}"),
}

Section = Callable[[Graph, tuple[str, ...]], tuple[str, str]]


def _clustered(
    drawn: Graph, around: tuple[str, ...], section: Section, written: Callable[[Node], str]
) -> Iterator[str]:
    """Yield the nodes of a section, and of the sections within it between their two lines."""
    indent = "  " * (len(around) + 1)
    inner: dict[tuple[str, ...], None] = {}
    for node in drawn.nodes:
        if node.sections == around:
            yield indent + written(node)
        elif node.sections[: len(around)] == around:
            inner[node.sections[: len(around) + 1]] = None
    for path in inner:
        begin, end = section(drawn, path)
        yield indent + begin
        yield from _clustered(drawn, path, section, written)
        yield indent + end


def _dot_section(drawn: Graph, path: tuple[str, ...]) -> tuple[str, str]:
    title = _quoted(drawn.sections[path[-1]])
    name = _quoted("cluster_" + path[-1])
    return f"subgraph {name} {{ label={title}; labeljust=l; color=gray60; fontsize=12;", "}"


def _dot_node(node: Node) -> str:
    return f"{node.id} [label={_quoted(node.text)}, {_SHAPES[node.shape]}];"


def _quoted(text: str, margin: str = "") -> str:
    lines = [margin + line.replace("\\", "\\\\").replace('"', '\\"') for line in _wrapped(text)]
    return '"' + "\\n".join(lines) + '"'


def _mermaid_section(drawn: Graph, path: tuple[str, ...]) -> tuple[str, str]:
    number = list(drawn.sections).index(path[-1])
    return f"subgraph s{number} [{_entities(drawn.sections[path[-1]])}]", "end"


def _mermaid_node(node: Node) -> str:
    opening, closing = _MERMAID[node.shape]
    return f"{node.id}{opening}{_entities(node.text)}{closing}"


def _entities(text: str) -> str:
    """Return the text quoted, all that Mermaid or HTML would read as a mark written as a number."""

    def safe(line: str) -> str:
        return re.sub(r"[^\w\s.,;:!?'’()/=+%€–…«»-]", lambda match: f"#{ord(match[0])};", line)

    return '"' + "<br/>".join(map(safe, _wrapped(text))) + '"'


def _wrapped(text: str) -> list[str]:
    lines = (line for part in text.split("\n") for line in folded(part, WIDE))
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]  # fonts draw it too wide
