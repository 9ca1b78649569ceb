"""study.yaml with other recipients: the names of some key files replaced, and not a character else."""

from __future__ import annotations

from collections.abc import Mapping

from export.holders.keyring import in_words
from export.study import ROLES, Study
from surveys import yamltree
from surveys.language import _
from surveys.load import source_of
from surveys.problems import Refusal
from surveys.yamltree import Scalar


def with_recipients(study: Study, replaced: Mapping[str, str]) -> str:
    """Return the text of study.yaml in which some roles' key file has another name.

    Comments and layout stay. The new files need not be there yet. Raises Refusal, with the lines to write
    by hand, where a role has not exactly one key, or a name does not stand in the file as it is read.
    """
    source = source_of(study.folder / "study.yaml")
    listed = _listed(source)
    lines = source.split("\n")
    for role in replaced:
        if len(listed[role]) != 1:
            raise Refusal(
                _(
                    "study.yaml names {n} keys of the {holder}; only a role that has one can have another "
                    "in its place, or records would no longer all have the same size"
                ).format(n=len(listed[role]), holder=in_words(role))
            )
    changes = [(listed[role][0], name) for role, name in replaced.items()]
    for old, name in sorted(changes, reverse=True, key=lambda change: change[0].place):
        number = old.place.line - 1
        text = lines[number] if number < len(lines) else ""
        start = text.find(old.text, old.place.column - 1)
        if start - (old.place.column - 1) not in {0, 1}:  # 1: behind a quotation mark
            raise _by_hand(listed)
        lines[number] = text[:start] + name + text[start + len(old.text) :]
    written = "\n".join(lines)
    wanted = {
        role: [replaced[role]] if role in replaced else _names(listed[role]) for role in ROLES
    }
    if {role: _names(found) for role, found in _listed(written).items()} != wanted:
        raise _by_hand(listed)
    return written


def _listed(source: str) -> dict[str, list[Scalar]]:
    """Return the names of the key files of each role, as they stand in a text of study.yaml."""
    root = yamltree.read(source, "study.yaml").root
    found = root.nodes.get("recipients") if isinstance(root, yamltree.Mapping) else None
    roles = found.nodes if isinstance(found, yamltree.Mapping) else {}
    return {role: _scalars(roles.get(role)) for role in ROLES}


def _scalars(node: yamltree.Node | None) -> list[Scalar]:
    nodes = node.nodes if isinstance(node, yamltree.Sequence) else []
    return [one for one in nodes if isinstance(one, Scalar)]


def _names(scalars: list[Scalar]) -> list[str]:
    return [one.text.strip() for one in scalars]


def _by_hand(listed: Mapping[str, list[Scalar]]) -> Refusal:
    plain = [f"  {role}: [{', '.join(_names(found))}]" for role, found in listed.items()]
    return Refusal(
        _(
            "study.yaml: its recipients cannot be replaced as they stand; write them like this, then run "
            "it again:\n{lines}"
        ).format(lines="\n".join(["recipients:", *plain]))
    )
