"""The parts of a condition: what `and` and `or` join, and what an item is set against."""

from __future__ import annotations

from surveys.expressions.tree import (
    COMPARISONS,
    MIRRORED,
    Call,
    Name,
    Operation,
    Self,
    Tree,
    literal,
)

OTHER = {"and": "or", "or": "and"}


def joint(tree: Tree) -> str:
    """Return `and` or `or` where that is what joins the parts of a tree, else ''."""
    if isinstance(tree, Operation) and all(operator in OTHER for operator, _right in tree.rest):
        return tree.rest[0][0]
    return ""


def operands(tree: Tree) -> tuple[Tree, ...]:
    """Return the parts that `and` or `or` joins."""
    if isinstance(tree, Operation):
        return (tree.first, *(right for _operator, right in tree.rest))
    return (tree,)


Literal = tuple[str, str, "str | float"]


def literal_comparison(tree: Tree) -> Literal | None:
    """Return (name, operator, literal) of an item set against a literal; `.` is the answer itself.

    The operator is as if the item stood on the left; it is `selected` for `selected(${x}, 'a')`.
    """
    if isinstance(tree, Call) and tree.function == "selected" and len(tree.arguments) == 2:
        left, operator, right = tree.arguments[0], "selected", tree.arguments[1]
    elif isinstance(tree, Operation) and len(tree.rest) == 1 and tree.rest[0][0] in COMPARISONS:
        left, (operator, right) = tree.first, tree.rest[0]
        if isinstance(right, Name | Self):
            left, operator, right = right, MIRRORED[operator], left
    else:
        return None
    written = literal(right)
    if written is None or not isinstance(left, Name | Self):
        return None
    return (left.name if isinstance(left, Name) else "."), operator, written
