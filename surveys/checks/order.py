"""Rules of order: nothing waits for what is asked after it, nothing depends on itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from surveys.checks.facts import facts
from surveys.checks.form import Entry, Form
from surveys.instrument import Group
from surveys.kinds import KINDS
from surveys.language import _
from surveys.problems import Problem

# What decides at an item's turn whether and how it is asked; what it reads must be known by then.
_DECIDING = frozenset(
    "relevant choice_filter constraint soft_constraint required read_only repeat_count "
    "dynamic_default".split()
)


def forward(form: Form) -> Iterator[Problem]:
    """Whether and how an item is asked depends only on what comes before it."""
    known_at = _known_at(form)
    circles = _circle_of(form)
    for entry in form.entries:
        if entry.expressions and (isinstance(entry.item, Group) or KINDS[entry.item.kind].is_shown):
            yield from _forward_of(form, entry, known_at, circles)
    for reader, subject, text, names in form.piped:
        if reader is None:
            continue
        for name in names:
            if known_at.get(name, -1) > reader.position and form.certain(name):
                yield Problem(
                    form.place_piped(text, name),
                    subject,
                    _("shows ${{{name}}}, which is asked later").format(name=name),
                    _("ask it before, or leave it out of the text"),
                    "forward",
                    "warning",
                )


def _forward_of(
    form: Form, entry: Entry, known_at: Mapping[str, int], circles: Mapping[str, int]
) -> Iterator[Problem]:
    for column, expression in entry.expressions:
        if column not in _DECIDING:
            continue
        for name, offset in form.read_by(entry, column, expression):
            if known_at.get(name, -1) <= entry.position or form.certain(name) is None:
                continue
            loose = facts(expression).loose
            if circles.get(name, -1) == circles.get(entry.name, -2):
                continue  # said once, as a circle
            if (name, offset) not in loose and _shares_rounds(form, entry, name):
                continue  # what was answered in an earlier round
            later = form.entries[known_at[name]].name
            fact = (
                _("depends on ${{{name}}}, which is asked later")
                if later == name
                else _("depends on ${{{name}}}, which waits for “{later}”, asked later")
            )
            yield Problem(
                form.place_in(entry.item.place_of(column), expression, offset),
                entry.name,
                fact.format(name=name, later=later),
                _("ask it before, or move this item after it"),
                "forward",
                "warning",  # ODK takes it too: the interview goes back once the answer is there
            )


def _shares_rounds(form: Form, entry: Entry, name: str) -> bool:
    scopes = form.named[name].scopes
    return bool(scopes and entry.scopes) and scopes[0] == entry.scopes[0]


def _known_at(form: Form) -> dict[str, int]:
    """Return for each name the position of the last item it waits for; -1 if for none."""
    known: dict[str, int] = {}
    for name in form.ordered[0]:
        entry = form.named[name]
        item = entry.item
        waited = [known.get(other, -1) for other in form.reads[name]]
        if isinstance(item, Group):
            own = entry.position if item.kind == "repeat" else -1
        elif KINDS[item.kind].is_asked and not (item.calculation and item.read_only):
            own, waited = entry.position, []  # known once it is asked, whatever let it be asked
        else:
            own = -1
        known[name] = max([own, *waited])
    return known


def _circle_of(form: Form) -> dict[str, int]:
    return {name: number for number, circle in enumerate(_circles(form)) for name in circle}


def cycles(form: Form) -> Iterator[Problem]:
    """A relevance, a calculation or a count does not read a group it stands in, nor itself."""
    for circle in _circles(form):
        path = _path(form.reads, circle, form)
        entry = form.named[path[0]]
        column = next(
            (column for column, expression in entry.expressions if path[1] in expression.names),
            "name",
        )
        yield Problem(
            entry.item.place_of(column),
            path[0],
            _("depends on itself: {path}").format(path=" → ".join(path)),
            _("break the circle at one of these items"),
            "cycle",
        )


def _path(reads: Mapping[str, tuple[str, ...]], circle: list[str], form: Form) -> list[str]:
    """Return the shortest way from the first item of a circle back to itself."""
    start = min(circle, key=lambda name: form.named[name].position)
    inside = set(circle)
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        name = waiting.popleft()
        for other in reads[name]:
            if other == start:
                path = [name]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return [*reversed(path), start]
            if other in inside and other not in came_from:
                came_from[other] = name
                waiting.append(other)
    return [start, start]


def _circles(form: Form) -> list[list[str]]:
    """Return the sets of names that reach one another (Tarjan 1972), without recursion."""
    reads = form.reads
    if not form.ordered[1]:
        return []
    circles: list[list[str]] = []
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    open_names: set[str] = set()
    for root in reads:
        if root in index:
            continue
        walk: list[tuple[str, Iterator[str]]] = [(root, iter(reads[root]))]
        index[root] = lowest[root] = len(index)
        stack.append(root)
        open_names.add(root)
        while walk:
            name, others = walk[-1]
            other = next(others, None)
            if other is None:
                walk.pop()
                if walk:
                    above = walk[-1][0]
                    lowest[above] = min(lowest[above], lowest[name])
                if lowest[name] == index[name]:
                    circle = [stack.pop()]
                    while circle[-1] != name:
                        circle.append(stack.pop())
                    open_names.difference_update(circle)
                    if len(circle) > 1 or name in reads[name]:
                        circles.append(circle)
            elif other not in index:
                index[other] = lowest[other] = len(index)
                stack.append(other)
                open_names.add(other)
                walk.append((other, iter(reads[other])))
            elif other in open_names:
                lowest[name] = min(lowest[name], index[other])
    return circles
