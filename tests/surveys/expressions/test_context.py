"""What a name means, from where: repeats in repeats, choices, predicates."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.expressions import Cell, Context, Node, NodeSet, compile

SCOPES = {
    "city": (),
    "household": ("household",),
    "street": ("household",),
    "person": ("household", "person"),
    "name": ("household", "person"),
    "dose": ("household", "person", "dose"),
    "grams": ("household", "person", "dose"),
    "pet": ("household", "pet"),
    "pet_name": ("household", "pet"),
}
# Two households: 2 persons with 1 and 2 doses, and 1 person with none; pets 1 and 0.
COUNTS = {
    Node("household", ()): 2,
    Node("person", (1,)): 2,
    Node("person", (2,)): 1,
    Node("dose", (1, 1)): 1,
    Node("dose", (1, 2)): 2,
    Node("pet", (1,)): 1,
}


def every_node() -> list[Node]:
    """Return all the answers there can be, in the order of the questionnaire, written out by hand."""
    return [
        Node("city", ()),
        *(Node("street", (1,)), Node("name", (1, 1)), Node("grams", (1, 1, 1))),
        *(Node("name", (1, 2)), Node("grams", (1, 2, 1)), Node("grams", (1, 2, 2))),
        *(Node("pet_name", (1, 1)), Node("street", (2,)), Node("name", (2, 1))),
    ]


CONTEXT = Context(
    scopes=SCOPES,
    values={node: f"{node.name}{node.at}" for node in every_node()},
    counts=COUNTS,
    now=datetime(2026, 5, 1, tzinfo=UTC),
    random=lambda: 0.5,
)


def nodes(text: str, current: Node | None) -> list[tuple[int, ...]]:
    value = compile(text).evaluate(CONTEXT.at(current))
    if isinstance(value, NodeSet):
        return [node.at for node in value.nodes if isinstance(node, Node)]
    node = next(node for node in every_node() if f"{node.name}{node.at}" == value)
    return [node.at]


@given(st.sampled_from([None, *every_node()]), st.sampled_from(["city", "street", "name", "grams"]))
def test_a_name_means_its_instances_that_share_the_repeats_of_the_current_item(
    current: Node | None, name: str
) -> None:
    """Against the definition, spelt out over every answer there can be."""
    around = SCOPES[current.name] if current else ()
    at = current.at if current else ()
    expected = []
    for node in every_node():
        if node.name != name:
            continue
        pairs = zip(SCOPES[name], node.at, around, at, strict=False)
        shared = True
        for mine, number, theirs, other in pairs:
            if mine != theirs:
                break
            shared = shared and number == other
        if shared:
            expected.append(node.at)
    assert nodes(f"${{{name}}}", current) == expected


@given(st.lists(st.sampled_from(["city", "street", "name", "grams", "pet_name"]), min_size=2))
def test_joined_nodes_are_in_the_order_of_the_questionnaire(names: list[str]) -> None:
    """Each once, whatever the order they are named in."""
    value = compile(" | ".join(f"${{{name}}}" for name in names)).evaluate(CONTEXT)
    assert isinstance(value, NodeSet)
    assert list(value.nodes) == [node for node in every_node() if node.name in names]


@pytest.mark.parametrize(
    ("current", "text", "expected"),
    [
        (None, "${grams}", [(1, 1, 1), (1, 2, 1), (1, 2, 2)]),
        (Node("name", (1, 2)), "${grams}", [(1, 2, 1), (1, 2, 2)]),
        (Node("pet_name", (1, 1)), "${grams}", [(1, 1, 1), (1, 2, 1), (1, 2, 2)]),
        (Node("name", (2, 1)), "${pet_name}", []),
        (Node("grams", (1, 2, 2)), "${street}", [(1,)]),
        (Node("grams", (1, 2, 2)), "../../name", [(1, 2)]),
        (Node("grams", (1, 2, 2)), "../../../person/name", [(1, 1), (1, 2)]),
        (Node("grams", (1, 2, 2)), "../../../../city", [()]),
        (None, "${household}[1]/person[2]/dose[1]/grams", [(1, 2, 1)]),
        (None, "${person}[1]/name", [(1, 1), (2, 1)]),
        (None, "(${person})[3]/name", [(2, 1)]),
        (None, "${dose}[last()]/grams", [(1, 1, 1), (1, 2, 2)]),
        (None, "${person}[count(${dose}) = 2]/name", [(1, 2)]),
        (None, "${household}[count(${person}[count(${dose}) = 2]) = 1]/street", [(1,)]),
        (Node("person", (1,)), "${grams}", [(1, 1, 1), (1, 2, 1), (1, 2, 2)]),
        (Node("household", ()), "${street}", [(1,), (2,)]),
        (Node("street", (1,)), "indexed-repeat(${grams}, ${person}, 2, ${dose}, 2)", [(1, 2, 2)]),
    ],
)
def test_paths_and_predicates_in_repeats_in_repeats(
    current: Node | None, text: str, expected: list[tuple[int, ...]]
) -> None:
    """Three levels deep; a repeat may also be the current item before it has an instance."""
    assert nodes(text, current) == expected


def test_the_repeat_around_the_current_item_is_counted_whole_and_numbered_by_its_instance() -> None:
    """Person 2 of 2."""
    here = CONTEXT.at(Node("name", (1, 2)))
    assert compile("concat(position(..), ' of ', count(${person}))").string(here) == "2 of 2"
    assert compile("concat(position(../..), ' of ', count(${household}))").string(here) == "1 of 2"
    assert compile("index(${household})").number(here) == 1


def test_a_choice_filter_reads_the_columns_of_the_row_and_the_answers_around() -> None:
    """Bare names are columns; ${} and the point are as in any other expression of the question."""
    expression = compile("selected(uses, ${use}) and level > 1 and . = ''")
    here = Context(
        scopes={"use": (), "route": ()},
        values={Node("use", ()): "crack"},
        current=Node("route", ()),
        now=datetime(2026, 5, 1, tzinfo=UTC),
        random=lambda: 0.5,
    )
    rows = [
        {"name": "smoke", "uses": "crack heroin", "level": "2"},
        {"name": "sniff", "uses": "cocaine", "level": "2"},
        {"name": "inject", "uses": "crack", "level": "1"},
        {"name": "other"},
    ]
    kept = [row["name"] for row in rows if expression.truth(here.with_row(row))]
    assert kept == ["smoke"]


def test_a_predicate_in_a_choice_filter_is_about_its_own_nodes() -> None:
    """Inside the brackets a bare name is a child again, not a column of the choice."""
    row = {"name": "b", "street": "nowhere"}
    here = CONTEXT.with_row(row)
    assert compile("count(${household}[street = 'street(2,)']) = 1").truth(here)
    assert compile("street = 'nowhere'").truth(here)


def test_current_is_the_question_whatever_the_predicate_is_about() -> None:
    """In nested predicates too, and in a filtered table."""
    here = dataclasses.replace(
        CONTEXT.at(Node("name", (1, 2))), lists={"t": [{"name": "name(1, 2)", "x": "found"}]}
    )
    text = "count(${household}[count(person[name = current()/../name]) = 1])"
    assert compile(text).number(here) == 1
    assert compile("instance('t')/root/item[name = current()]/x").string(here) == "found"
    assert compile("instance('t')/root/item[name = ${name}]/x").string(here) == "found"


def test_a_context_moves_without_changing() -> None:
    """at() forgets the row, with_row() keeps the current item; the first one stays as it was."""
    moved = CONTEXT.at(Node("city", ())).with_row({"name": "1"})
    assert (moved.current, moved.row) == (Node("city", ()), {"name": "1"})
    assert moved.at(None) == CONTEXT
    assert (CONTEXT.current, CONTEXT.row) == (None, None)
    for field in dataclasses.fields(Context):
        if field.name not in ("current", "row"):
            assert getattr(moved, field.name) is getattr(CONTEXT, field.name)
    with pytest.raises(dataclasses.FrozenInstanceError):
        CONTEXT.current = None  # type: ignore[misc]


def test_the_groups_around_an_item_count_as_parents_when_they_are_known() -> None:
    """Without them an item stands directly in its innermost repeat."""
    here = CONTEXT.at(Node("name", (1, 2)))
    assert compile("position(..)").number(here) == 2
    grouped = dataclasses.replace(here, parents={"name": "identity", "identity": "person"})
    assert compile("position(..)").number(grouped) == 1
    assert compile("position(../..)").number(grouped) == 1
    known = {**SCOPES, "identity": ("household", "person")}
    grouped = dataclasses.replace(grouped, scopes=known)
    assert compile("position(../..)").number(grouped) == 2


def test_a_cell_of_a_list_has_no_parent_and_no_status() -> None:
    """Lists have rows and columns, nothing else."""
    here = dataclasses.replace(CONTEXT, lists={"t": [{"name": "1"}]})
    value = compile("instance('t')/root/item/name").evaluate(here)
    assert isinstance(value, NodeSet)
    assert value.nodes == (Cell("t", 1, "name"),)
    assert compile("count(instance('t')/root/item/..)").number(here) == 0
    assert compile("nonresponse(instance('t')/root/item/name)").string(here) == ""


@given(st.integers(0, 6), st.integers(-2, 8))
@settings(max_examples=60)
def test_a_numeric_predicate_is_a_position_and_nothing_beyond(size: int, wanted: int) -> None:
    """[n] keeps the nth, [position() = n] the same."""
    here = Context(
        scopes={"r": ("r",), "x": ("r",)},
        values={Node("x", (number,)): str(number) for number in range(1, size + 1)},
        counts={Node("r", ()): size},
        now=datetime(2026, 5, 1, tzinfo=UTC),
        random=lambda: 0.5,
    )
    expected = str(wanted) if 1 <= wanted <= size else ""
    assert compile(f"${{r}}[{wanted}]/x").string(here) == expected
    assert compile(f"${{x}}[{wanted}]").string(here) == expected
    assert compile(f"${{r}}[position() = {wanted}]/x").string(here) == expected
    assert compile("${x}[last()]").string(here) == (str(size) if size else "")
