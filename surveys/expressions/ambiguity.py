"""In how many ways a pattern can match a text, which is how long a failing match takes.

A backtracking matcher tries every way. Two ways of one text are a walk of two states at once: they
part, and meet again. If they can part and meet in a circle, the ways are exponential (Weber and
Seidl 1991, theorem 4.1). Elsewhere each meeting doubles the ways, and multiplies them by the length
of the text too if the two can go in circles while apart, as in a*a*. Where they never meet there is
one way at most to each state, and a match takes no longer than length times states.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from surveys.expressions.automaton import BEGIN, Automaton, UncheckableError

_MOST_MOVES = 50_000

# Two states at once, the lower first, and where each can go: the number counts the ways of a move
# from two equal states to two equal ones, and is 1 elsewhere.
Pair = tuple[int, int]
Moves = dict[Pair, dict[Pair, int]]


def ways(drawn: Automaton, length: int) -> float:
    """Return about how many ways a text of `length` can be matched in, infinity if exponential.

    1 is exact; more is an order of magnitude. Raise UncheckableError beyond 50,000 moves of two
    states. Ways are counted in bits along the moves: (met so far, the same with a circle while
    apart).
    """
    moves = _moves(drawn)
    bits: dict[Pair, tuple[float, float]] = {(BEGIN, BEGIN): (0.0, -math.inf)}
    most = 0.0
    for component in reversed(list(_components(moves))):
        inside = set(component)
        is_apart = all(one != other for one, other in component)
        is_circle = len(component) > 1 or component[0] in moves[component[0]]
        if is_circle and not is_apart and _doubles(component, inside, moves):
            return math.inf
        straight, circled = _best([bits[pair] for pair in component if pair in bits])
        if is_circle and is_apart:
            circled = max(circled, straight + math.log2(length))
        if not is_apart:
            most = max(most, straight)
        for pair in component:
            for goal, count in moves[pair].items():
                if goal[0] != goal[1]:
                    now = (straight, circled)
                elif is_apart:
                    now = (max(straight, circled) + 1, -math.inf)
                else:
                    now = (straight + math.log2(count), -math.inf)
                if goal not in inside:
                    bits[goal] = _best([now, bits.get(goal, now)])
    return float(2.0 ** min(most, 1000.0))


def _best(bits: list[tuple[float, float]]) -> tuple[float, float]:
    return max(one for one, _other in bits), max(other for _one, other in bits)


def _doubles(component: list[Pair], inside: set[Pair], moves: Moves) -> bool:
    """Return whether going round a circle through equal states can be done in two ways."""
    if any(one != other for one, other in component):
        return True
    return any(
        count > 1 for pair in component for goal, count in moves[pair].items() if goal in inside
    )


def _moves(drawn: Automaton) -> Moves:
    """Return every move from the beginning that reads the same character in both states."""
    moves: Moves = {}
    todo: list[Pair] = [(BEGIN, BEGIN)]
    made = 0
    while todo:
        pair = todo.pop()
        if pair in moves:
            continue
        moves[pair] = goals = _goals(drawn, pair)
        made += len(goals)
        if made > _MOST_MOVES:
            raise UncheckableError
        todo.extend(goals)
    return moves


def _goals(drawn: Automaton, pair: Pair) -> dict[Pair, int]:
    one, other = pair
    goals: dict[Pair, int] = {}
    for left, count in drawn.edges.get(one, {}).items():
        for right in drawn.edges.get(other, {}):
            if left == right:
                goals[left, right] = count if one == other else 1
            elif drawn.samples[left] & drawn.samples[right]:
                goals[min(left, right), max(left, right)] = 1
    return goals


def _components(moves: Moves) -> Iterator[list[Pair]]:
    """Yield what can be gone round in a circle, or single pairs; later ones lead to earlier ones.

    Tarjan (1972), with its own stack.
    """
    order: dict[Pair, int] = {}
    low: dict[Pair, int] = {}
    path: list[Pair] = []
    on_path: set[Pair] = set()
    work: list[tuple[Pair, Iterator[Pair]]] = []

    def enter(pair: Pair) -> None:
        order[pair] = low[pair] = len(order)
        path.append(pair)
        on_path.add(pair)
        work.append((pair, iter(moves[pair])))

    enter((BEGIN, BEGIN))
    while work:
        pair, goals = work[-1]
        for goal in goals:
            if goal not in order:
                enter(goal)
                break
            if goal in on_path:
                low[pair] = min(low[pair], order[goal])
        else:
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[pair])
            if low[pair] == order[pair]:
                component: list[Pair] = []
                while not component or component[-1] != pair:
                    component.append(path.pop())
                    on_path.discard(component[-1])
                yield component
