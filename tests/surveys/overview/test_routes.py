"""The ways through a questionnaire as a graph, and that graph written down."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.check import check
from surveys.expressions import ExpressionError
from surveys.instrument import Instrument
from surveys.overview.diagrams import dot, mermaid
from surveys.overview.outline import Words
from surveys.overview.routes import Edge, Graph, deciding, graph
from surveys.paper.written import written
from surveys.shipped import found_file, names, opened
from tests.conftest import Require

FORM = """
souspli: 1
form: {id: f, version: "1", title: Form}
choices:
  yes_no:
    - {name: "yes", label: "Yes"}
    - {name: "no", label: "No"}
survey:
"""
AS_WRITTEN = Words(lambda tree: f"if {written(tree)}", written, {}, {})
CONSENT = "  - {type: select_one, choices: yes_no, name: consent, required: yes, label: Agree}\n"


def loaded(survey: str) -> Instrument:
    """Return a questionnaire of these items."""
    found = check(FORM + survey, "f.yaml")
    assert found.instrument is not None
    assert [str(one) for one in found.problems if one.severity == "error"] == []
    return found.instrument


def drawn(survey: str, every_question: bool = False) -> Graph:
    """Return its graph, conditions as written."""
    return graph(loaded(survey), "", AS_WRITTEN, every_question)


def ways(found: Graph) -> set[tuple[str, str, str]]:
    """Return the edges with the first lines of the texts of their ends."""
    text = {node.id: node.text.split("\n")[0] for node in found.nodes}
    return {(text[edge.source], edge.text, text[edge.target]) for edge in found.edges}


def reached(found: Graph, start: str) -> set[str]:
    """Return the nodes that some way leads to."""
    seen, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for edge in found.edges:
            if edge.source == here and edge.target not in seen:
                seen.add(edge.target)
                waiting.append(edge.target)
    return seen


def test_sections_under_one_condition_are_passed_by_one_edge() -> None:
    """Two sections for those who agree: one fork, and one way past both."""
    section = "  - {{type: group, name: {0}, relevant: \"${{consent}} = 'yes'\", label: {0}, questions: [{{type: integer, name: n{0}, label: N}}]}}\n"
    assert ways(drawn(CONSENT + section.format("a") + section.format("b"))) == {
        ("Form", "", "Agree"),
        ("Agree", "if ${consent} = 'yes'", "a"),
        ("a", "", "b"),
        ("b", "", "end"),
        ("Agree", "otherwise", "end"),
    }


def test_a_condition_where_ways_meet_is_a_node() -> None:
    """Two optional questions in a row make a diamond, not all combinations."""
    optional = '  - {{type: integer, name: {0}, relevant: "{1}", label: {0}}}\n'
    survey = CONSENT + optional.format("a", "${consent} = 'yes'") + optional.format("b", "${a} > 1")
    assert ways(drawn(survey, every_question=True)) == {
        ("Form", "", "Agree"),
        ("Agree", "if ${consent} = 'yes'", "a"),
        ("a", "", "if ${a} > 1"),
        ("Agree", "otherwise", "if ${a} > 1"),
        ("if ${a} > 1", "yes", "b"),
        ("if ${a} > 1", "no", "end"),
        ("b", "", "end"),
    }


def test_a_common_part_of_two_conditions_is_one_fork() -> None:
    """`a` and `a and b`: the second is a fork within the first, however it is spaced."""
    group = '  - {{type: group, name: {0}, relevant: "{1}", label: {0}, questions: [{{type: integer, name: n{0}, label: N}}]}}\n'
    survey = (
        CONSENT
        + group.format("a", "${consent} = 'yes'")
        + group.format("b", "${consent}='yes' and ${na} > 1")
    )
    assert ways(drawn(survey)) == {
        ("Form", "", "Agree"),
        ("Agree", "if ${consent} = 'yes'", "a"),
        ("a", "if ${na} > 1", "b"),
        ("a", "otherwise", "end"),
        ("b", "", "end"),
        ("Agree", "otherwise", "end"),
    }


def test_what_decides_is_found_through_calculations() -> None:
    """A condition on a calculation is one on what it reads; a constraint decides nothing."""
    survey = (
        "  - {type: integer, name: n, label: N}\n"
        '  - {type: integer, name: m, constraint: ". > ${n}", label: M}\n'
        '  - {type: integer, name: k, constraint: ". > ${m}", label: K}\n'
        '  - {type: calculate, name: twice, calculation: "${n} * 2"}\n'
        '  - {type: integer, name: o, relevant: "${twice} > 4", label: O}\n'
    )
    assert deciding(loaded(survey)) == {"n"}


def test_a_repeat_goes_back_to_its_first_question() -> None:
    """Its last node asks whether there is another."""
    survey = (
        "  - {type: repeat, name: r, label: R, questions: [{type: integer, name: n, label: N}]}\n"
    )
    found = ways(drawn(survey, every_question=True))
    assert {("N", "", "another one?"), ("another one?", "yes", "N")} <= found
    assert ("another one?", "no", "end") in found


def test_what_shows_nothing_makes_no_fork() -> None:
    """A conditional calculation is no way of its own."""
    survey = CONSENT + (
        "  - {type: calculate, name: c, relevant: \"${consent} = 'no'\", calculation: 1 + 1}\n"
    )
    assert ways(drawn(survey, every_question=True)) == {("Form", "", "Agree"), ("Agree", "", "end")}


@pytest.mark.parametrize("every_question", [False, True])
@pytest.mark.parametrize("name", names())
def test_every_node_of_a_shipped_questionnaire_is_on_a_way_to_the_end(
    name: str, every_question: bool
) -> None:
    """No dead end, nothing that is never reached; edges grow no faster than nodes."""
    instrument = opened(found_file(name), name).instrument
    assert instrument is not None
    found = graph(instrument, "fr", AS_WRITTEN, every_question)
    every = {node.id for node in found.nodes}
    assert reached(found, "n0") == every
    back = Graph(found.nodes, tuple(Edge(e.target, e.source) for e in found.edges), {})
    assert reached(back, found.nodes[-1].id) == every
    assert len(found.edges) <= 2 * len(found.nodes)


def test_sections_of_the_beneficiaries_fit_on_a_page() -> None:
    """By section the picture stays readable."""
    instrument = opened(found_file("assore/beneficiaires"), "b").instrument
    assert instrument is not None
    assert len(graph(instrument, "fr", AS_WRITTEN).nodes) <= 25


HOSTILE = st.text(alphabet="ab \"'\\[](){}|<>#&;-`%$é\n", min_size=1, max_size=30).filter(str.strip)


@given(HOSTILE)
@settings(max_examples=40)
def test_no_label_breaks_out_of_a_diagram(label: str) -> None:
    """Whatever a label holds stays a text: as many lines that draw as there are nodes and edges."""
    quoted = label.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("${", "$")
    try:
        found = drawn(f'  - {{type: integer, name: n, label: "{quoted}"}}\n')
    except (AssertionError, ExpressionError):
        return
    said = mermaid(found)
    assert len(said.splitlines()) == 1 + len(found.nodes) + len(found.edges)
    assert all(line.count('"') in {0, 2} for line in said.splitlines())
    written = dot(found)
    unescaped = re.sub(r"\\.", "", written)
    assert all(line.count('"') % 2 == 0 for line in unescaped.splitlines())
    assert len(written.splitlines()) == 5 + len(found.nodes) + len(found.edges)


def test_graphviz_reads_what_is_written(require: Require) -> None:
    """Quotes, backslashes and braces in labels included."""
    program = shutil.which("dot")
    require("dot", program is not None, "install Graphviz")
    survey = (
        "  - type: group\n    name: g.1\n    label: 'a \"b\" \\ {c}'\n    questions:\n"
        "      - type: group\n        name: h\n        label: '<b>\\N'\n        questions:\n"
        "          - {type: integer, name: n, label: 'A \\\" & é'}\n"
    )
    for every_question in (False, True):
        done = subprocess.run(
            [str(program), "-Tsvg"],
            input=dot(drawn(survey, every_question)),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "a &quot;b&quot; \\ {c}" in done.stdout
