"""The items of several versions in one tree: the newest's, and what older ones alone have, where it stood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveys.instrument import Group, Instrument, Item, Question
from surveys.plan import repeats_around

GroupKey = tuple[str, str, tuple[str, ...]]


def group_key(group: Group, around: tuple[Group, ...]) -> GroupKey:
    """Return what makes groups of several versions one: kind, name, and the repeats they stand in."""
    return group.kind, group.name, repeats_around(group, around)


def groups_of(instrument: Instrument) -> Iterator[tuple[GroupKey, Group]]:
    """Yield the groups of a questionnaire with their keys, in order."""
    for item, around in instrument.items():
        if isinstance(item, Group):
            yield group_key(item, around), item


def grafted(
    versions: Sequence[Instrument],
    questions: Sequence[Mapping[str, Question]],
    groups: Mapping[GroupKey, Group],
) -> tuple[Item, ...]:
    """Return the items of all versions, the newest first among `versions` and `questions`.

    `questions` gives by version and name what an item with a variable has become, `groups` by their
    key. What shows a text and holds no value is that of the newest alone. What an older version alone
    has follows the item before it there; what a name meant before follows what it means now, where
    that stands in the same group.
    """
    tree = _Tree(groups)
    for version, found in zip(versions, questions, strict=True):
        tree.graft(version.survey, (), tree.root, found, is_newest=version is versions[0])
    return _items(tree.root)


@dataclass(slots=True, eq=False)
class _Branch:
    """A group on its way to be one."""

    group: Group
    nodes: list[_Node] = field(default_factory=list)


_Node = _Branch | Question


def _items(nodes: Sequence[_Node]) -> tuple[Item, ...]:
    return tuple(
        node if isinstance(node, Question) else replace(node.group, questions=_items(node.nodes))
        for node in nodes
        if isinstance(node, Question) or node.nodes
    )


class _Tree:
    """`homes` says in which list each column stands."""

    def __init__(self, groups: Mapping[GroupKey, Group]) -> None:
        self.root: list[_Node] = []
        self.groups = groups
        self.branches: dict[GroupKey, _Branch] = {}
        self.placed: dict[str, Question] = {}
        self.homes: dict[str, list[_Node]] = {}

    def graft(
        self,
        items: Sequence[Item],
        around: tuple[Group, ...],
        nodes: list[_Node],
        found: Mapping[str, Question],
        *,
        is_newest: bool,
    ) -> None:
        """Put the items of a version into the nodes of a group, and theirs below."""
        last: _Node | None = None  # what the next item follows
        for item in items:
            if isinstance(item, Group):
                branch = self.branch(group_key(item, around), nodes, last)
                self.graft(
                    item.questions, (*around, item), branch.nodes, found, is_newest=is_newest
                )
                last = branch if branch in nodes else last
            elif item.name in found:
                last = self.question(item, found[item.name], nodes, last)
            elif is_newest:
                nodes.append(item)
                last = item

    def branch(self, key: GroupKey, nodes: list[_Node], last: _Node | None) -> _Branch:
        if key not in self.branches:
            self.branches[key] = _Branch(self.groups[key])
            _insert(nodes, self.branches[key], last)
        return self.branches[key]

    def question(
        self, item: Question, made: Question, nodes: list[_Node], last: _Node | None
    ) -> _Node | None:
        """Place a question, if it is not yet, and return what the next item follows."""
        if made.name in self.placed:
            return made if self.homes[made.name] is nodes else last
        now = self.placed.get(item.name) if self.homes.get(item.name) is nodes else None
        _insert(nodes, made, now or last)
        self.placed[made.name], self.homes[made.name] = made, nodes
        return made


def _insert(nodes: list[_Node], node: _Node, last: _Node | None) -> None:
    at = next((at for at, one in enumerate(nodes) if one is last), -1)
    nodes.insert(at + 1, node)
