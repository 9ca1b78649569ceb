"""Who is drawn, once it is known how many from where: the smallest tickets, in columns.

A frame may have a million lines. Tickets are sorted as numbers by the first of their bytes, and where
these are equal by all of them; nobody becomes an object who is not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from export.drawing.drawn import Design, Plan
from export.drawing.frame import Frame
from export.drawing.tickets import START, TICKET_BYTES, cluster_tickets, ticket, tickets

Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The units drawn, as columns in order of stratum, cluster and ticket.

    `unit` is the place in the frame, `stratum` that in the plan, `order` as in `Selected`; `clusters`
    are the places in the frame of the clusters drawn, in order of stratum and ticket, and `cluster`
    the place among these of each unit's, both empty where no cluster was drawn.
    """

    unit: Integers
    stratum: Integers
    order: Integers
    clusters: Integers
    cluster: Integers


_NONE: Integers = np.zeros(0, np.intp)


def choose(frame: Frame, design: Design, plan: Plan, seed: bytes) -> Chosen:
    """Return who is drawn by a design and its plan under a seed."""
    if design.is_of_clusters:
        return _of_clusters(frame, design, plan, seed)
    if design.method == "systematic":
        return _systematic(frame, plan, seed)
    group = stratum_in_plan(frame, plan)[frame.stratum]
    unit, order = smallest(tickets(seed, frame.ids), group, _wanted(plan))
    return Chosen(unit, group[unit], order, _NONE, _NONE)


def stratum_in_plan(frame: Frame, plan: Plan) -> Integers:
    """Return for each stratum of the frame the place in the plan of the one it was merged into."""
    place = np.zeros(len(frame.strata), np.intp)
    for at, stratum in enumerate(plan.strata):
        place[np.array(stratum.members) - 1] = at
    return place


def smallest(tickets: bytes, group: Integers, wanted: Integers) -> tuple[Integers, Integers]:
    """Return the places of the smallest tickets, `wanted[g]` of group g, and their ranks from 1.

    They stand in order of group, then of ticket. A group that has fewer gives all it has.
    """
    order = _in_order(tickets, group)
    sizes = np.bincount(group, minlength=len(wanted))
    rank = np.arange(1, len(group) + 1) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    kept = np.flatnonzero(rank <= np.repeat(wanted, sizes))
    return order[kept], rank[kept]


def _in_order(tickets: bytes, group: Integers) -> Integers:
    """Return the places of tickets in order of group, then of ticket.

    The group and the first bits of the ticket share one number. Numbers that are equal, less than
    once in a million frames of a million units, are told apart by the whole ticket.
    """
    bits = np.uint64(max(1, int(group.max(initial=0)).bit_length()))
    first = np.frombuffer(tickets, ">u8")[:: TICKET_BYTES // 8].astype(np.uint64)
    number = (group.astype(np.uint64) << (np.uint64(64) - bits)) | (first >> bits)
    order = np.argsort(number)
    ordered = number[order]
    is_tied = ordered[1:] == ordered[:-1]
    if is_tied.any():
        edges = np.flatnonzero(np.diff(np.concatenate(([False], is_tied, [False]))))
        for start, stop in edges.reshape(-1, 2):
            order[start : stop + 1] = sorted(
                order[start : stop + 1],
                key=lambda at: tickets[TICKET_BYTES * at : TICKET_BYTES * (at + 1)],
            )
    return order


def _wanted(plan: Plan) -> Integers:
    return np.array([stratum.drawn + stratum.reserve for stratum in plan.strata], np.intp)


def _systematic(frame: Frame, plan: Plan, seed: bytes) -> Chosen:
    """Choose every N/n-th unit of the frame sorted by stratum, cluster and id, from a random start.

    The places are ⌊(u + k)·N/n⌋ for k = 0 … n − 1, with 0 ≤ u < 1 the ticket of a fixed text over
    2^256, in whole numbers: every unit has the chance n/N. The reserve are the smallest tickets of
    the others. Source: Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, §3.4.
    """
    stratum, population = plan.strata[0], len(frame.ids)
    along = np.argsort(frame.cluster, kind="stable")  # clusters are numbered by stratum and code
    start, one = int.from_bytes(ticket(seed, START)), 1 << (8 * TICKET_BYTES)
    steps = [(start + k * one) * population // (stratum.drawn * one) for k in range(stratum.drawn)]
    unit = along[np.array(steps, np.intp)]
    if stratum.reserve:
        others = np.delete(np.arange(population), unit)
        found = tickets(seed, [frame.ids[at] for at in others])
        wanted = np.array([stratum.reserve], np.intp)
        spare, _rank = smallest(found, np.zeros(len(others), np.intp), wanted)
        unit = np.concatenate((unit, others[spare]))
    zeros = np.zeros(len(unit), np.intp)
    return Chosen(unit, zeros, np.arange(1, len(unit) + 1), _NONE, _NONE)


def _of_clusters(frame: Frame, design: Design, plan: Plan, seed: bytes) -> Chosen:
    """Choose clusters by ticket within their stratum, then all their people, or some by ticket."""
    named = [(frame.strata[place], code) for place, code in frame.clusters]
    places = np.array([place for place, _code in frame.clusters], np.intp)
    group = stratum_in_plan(frame, plan)[places]
    clusters, rank = smallest(cluster_tickets(seed, named), group, _wanted(plan))
    position = np.full(len(named), -1, np.intp)
    position[clusters] = np.arange(len(clusters))
    within = np.flatnonzero(position[frame.cluster] >= 0)
    of_unit = position[frame.cluster[within]]
    each = len(within)  # a design may ask for more than anybody has, or a column holds
    if design.method == "two_stages":
        each = min(each, design.take + design.reserve)
    found = tickets(seed, [frame.ids[at] for at in within])
    unit, order = smallest(found, of_unit, np.full(len(clusters), each, np.intp))
    cluster = of_unit[unit]
    if design.method == "clusters":
        order = rank[cluster]
    return Chosen(within[unit], group[clusters][cluster], order, clusters, cluster)
