"""What a publication would tell beside others: groups that differ by a few people, small cells that add up.

Of two groups of which one is part of the other, figures of both give those of the people between them.
So no two of one report, or of a report and an earlier one, may differ by fewer than the threshold;
records that came in since, or were withdrawn, are such a difference too. Of two datasets whoever
holds both can cross their classes; what is in one class of each must not be fewer than k.

Who the few are is never told, only in which tables they are found and what helps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from export.disclosure.divisions import divisions, tells_of_few
from export.disclosure.log import Log, why
from export.disclosure.published import Published, PublishedCell
from export.estimating.columns import Mask
from export.estimating.linked import exposed
from export.estimating.members import Told
from surveys.language import _, ngettext
from surveys.problems import Refusal

Kind = Literal["difference", "sum", "records", "classes", "unread", "unanswered", "nested"]
MOST = 20  # findings that are told one by one; the rest is counted


@dataclass(frozen=True, slots=True)
class Finding:
    """A way to a few people: between which cells, `earlier` naming what was published before, '' if nothing.

    'difference': two groups, told of the same item, differ by a few; 'sum': a small cell follows from others; 'records': the
    respondents of two publications differ by a few; 'classes': classes of two datasets cross in a few
    (`count` times); 'unread': an earlier publication cannot be compared with. Two are told and refuse
    nothing: 'unanswered', where those between two groups are few because they did not answer, and
    'nested', where a group is part of another by what they answered to different questions, which may
    be chance or not.
    """

    kind: Kind
    first: str
    second: str
    earlier: str = ""
    count: int = 1

    @property
    def refuses(self) -> bool:
        """Whether nothing may be published with it, unless by a written reason."""
        return self.kind not in ("unanswered", "nested")


def findings(
    new: Published, log: Log, threshold: int, k: int, told: Sequence[Told] = ()
) -> tuple[Finding, ...]:
    """Return what a publication would tell of a few people, by itself and beside all that came before.

    `told` are the cells of a report, shown or not (`members`), by which sums are checked; what refuses
    comes first.
    """
    found = [
        *(Finding("sum", _named(one.table, one.name), "") for one in exposed(told, threshold)),
        *_within(new, threshold),
        *(one for other in log.published for one in _beside(new, other, threshold, k)),
        *(Finding("unread", one.name, why(one.fault)) for one in log.unread),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: not one.refuses))


def require_safe(found: Sequence[Finding]) -> None:
    """Raise Refusal with what refuses, one a line, and what helps."""
    refusing = [one for one in found if one.refuses]
    if refusing:
        raise Refusal("\n".join([*told_in_words(refusing), remedy()]))


# --- groups -------------------------------------------------------------------------------------


def _within(new: Published, threshold: int) -> Iterator[Finding]:
    """Yield pairs of groups of one report that differ by a few."""
    if new.kind == "report":
        yield from _compared(new.cells, new.cells, threshold, "")


def _beside(new: Published, old: Published, threshold: int, k: int) -> Iterator[Finding]:
    """Yield what two publications tell together; nothing where they are about other people."""
    if new.instrument != old.instrument:
        return
    ids = tuple(dict.fromkeys((*new.ids, *old.ids)))
    place = {one: at for at, one in enumerate(ids)}
    mine, theirs = _over(new, place), _over(old, place)
    came, left = set(new.ids) - set(old.ids), set(old.ids) - set(new.ids)
    if 0 < len(came) < threshold or 0 < len(left) < threshold:
        yield Finding("records", "", "", old.title)
        return  # every group would differ by them
    if new.kind == old.kind == "release":
        count = _crossed(mine, theirs, k)
        if count:
            yield Finding("classes", "", "", old.title, count)
    elif new.kind == old.kind == "report":
        yield from _compared(mine, theirs, threshold, old.title)


def _over(one: Published, place: dict[str, int]) -> tuple[PublishedCell, ...]:
    """Return cells as masks over more people than their own."""
    at = np.array([place[each] for each in one.ids], dtype=np.intp)

    def spread(mask: Mask) -> Mask:
        wide = np.zeros(len(place), dtype=np.bool_)
        wide[at] = mask
        return wide

    return tuple(
        replace(cell, who=spread(cell.who), unanswered=spread(cell.unanswered))
        for cell in one.cells
    )


def _compared(
    ones: Sequence[PublishedCell], others: Sequence[PublishedCell], threshold: int, earlier: str
) -> Iterator[Finding]:
    """Yield what cells tell beside others, each two tables of which only sums of groups do so once."""
    found = tuple(_nested(ones, others, threshold, earlier))
    yield from found
    named = {frozenset({one.first, one.second}) for one in found if one.refuses}
    tables = {frozenset(_table_of(one) for one in pair) for pair in named}
    for one in _between(ones, others, threshold, earlier):
        if frozenset({one.first, one.second}) not in tables:
            yield one


def _nested(
    ones: Sequence[PublishedCell], others: Sequence[PublishedCell], threshold: int, earlier: str
) -> Iterator[Finding]:
    """Yield pairs of which one is part of the other and lacks fewer people than the threshold.

    A difference of people who only did not answer what the smaller is about is told as such.
    """
    first, second = _different(ones), _different(others)
    if not second:
        return
    # Groups apart by few people are near each other in size: each is compared with its neighbours alone.
    sizes = np.array([group.people for group in second])
    bits = np.packbits(np.array([group.who for group in second]), axis=1)
    for one in first:
        n = one.people
        own = np.packbits(one.who)
        start = np.searchsorted(sizes, n + 1 if others is ones else n - threshold + 1)
        end = np.searchsorted(sizes, n + threshold - 1, side="right")
        near = bits[start:end]
        is_larger = sizes[start:end] > n
        outside = np.where(is_larger[:, np.newaxis], own & ~near, near & ~own)
        nested = ~np.any(outside, axis=1) & (sizes[start:end] != n)
        for at in (start + np.flatnonzero(nested)).tolist():
            yield from _apart(one, second[at], earlier)


def _apart(one: _Group, other: _Group, earlier: str) -> Iterator[Finding]:
    """Yield the finding of two groups that differ by a few, if it is one.

    Figures of both tell of those between them where they are about the same item. The numbers of those
    who answered two different questions are told in any case.
    """
    pairs = [
        (mine, theirs)
        for mine in one.cells
        for theirs in other.cells
        if mine.is_base == theirs.is_base
    ]
    same = [(mine, theirs) for mine, theirs in pairs if mine.about & theirs.about]
    others = [pair for pair in pairs if not pair[0].is_base]
    if not same and not others:
        return
    mine, theirs = same[0] if same else others[0]
    small, large = (mine, theirs) if one.people < other.people else (theirs, mine)
    is_silent = not np.any(large.who & ~small.who & ~small.unanswered)
    kind: Kind = "unanswered" if is_silent else "difference" if same else "nested"
    yield Finding(kind, _named(mine.table, mine.name), _named(theirs.table, theirs.name), earlier)


def _between(
    ones: Sequence[PublishedCell], others: Sequence[PublishedCell], threshold: int, earlier: str
) -> Iterator[Finding]:
    """Yield pairs of tables whose groups, several of each together, differ by a few people.

    Of one group in each, `_nested` tells.
    """
    first, second = divisions(ones), divisions(others)
    for at, one in enumerate(first):
        for other in second if others is not ones else second[at + 1 :]:
            mine, theirs = one.cells[0], other.cells[0]
            if mine.is_base != theirs.is_base or not mine.about & theirs.about:
                continue
            if others is ones and mine.table == theirs.table:
                continue  # a table is protected by itself
            for row, column in tells_of_few(one, other, threshold):
                few = (one.labels == row) & (other.labels == column)
                is_silent = not np.any(few & ~one.unanswered & ~other.unanswered)
                if not is_silent:
                    yield Finding("difference", mine.table, theirs.table, earlier)
                    break


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """The same people, however many cells they are."""

    who: Mask
    people: int
    cells: tuple[PublishedCell, ...]


def _different(cells: Sequence[PublishedCell]) -> list[_Group]:
    """Return the groups that cells are, the smallest first; none that are nobody."""
    found: dict[bytes, list[PublishedCell]] = {}
    for one in cells:
        if np.any(one.who):
            found.setdefault(np.packbits(one.who).tobytes(), []).append(one)
    groups = (_Group(same[0].who, int(np.sum(same[0].who)), tuple(same)) for same in found.values())
    return sorted(groups, key=lambda group: group.people)


def _crossed(ones: Sequence[PublishedCell], others: Sequence[PublishedCell], k: int) -> int:
    """Return how many classes of two datasets cross in somebody, but in fewer than k.

    Not those that either dataset has by itself: with the other they become no smaller.
    """
    if not ones or not others:
        return 0
    mine, theirs = (_classes(cells) for cells in (ones, others))
    both = (mine >= 0) & (theirs >= 0)
    pairs, counts = np.unique(np.array([mine[both], theirs[both]]), axis=1, return_counts=True)
    sizes = [np.bincount(all_of[all_of >= 0]) for all_of in (mine, theirs)]
    becomes_smaller = (counts < sizes[0][pairs[0]]) & (counts < sizes[1][pairs[1]])
    return int(np.sum((counts < k) & becomes_smaller))


def _classes(cells: Sequence[PublishedCell]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    found = np.full(len(cells[0].who), -1, dtype=np.intp)
    for at, one in enumerate(cells):
        found[one.who] = at
    return found


# --- in words -----------------------------------------------------------------------------------


def _named(table: str, name: str) -> str:
    return f"{table}: {name}" if name else table


def _table_of(named: str) -> str:
    return named.partition(": ")[0]


def told_in_words(found: Sequence[Finding]) -> tuple[str, ...]:
    """Return findings as sentences, the first of many."""
    lines = [_in_words(one) for one in found[:MOST]]
    if len(found) > MOST:
        more = len(found) - MOST
        lines.append(ngettext("And {n} more.", "And {n} more.", more).format(n=more))
    return tuple(lines)


def _in_words(one: Finding) -> str:
    match one.kind:
        case "difference" | "unanswered" | "nested" if one.earlier:
            text = _("{first}, and {second} in “{earlier}”: the people between them are few.")
        case "difference":
            text = _("{first}, and {second}: the people between them are few.")
        case "unanswered":
            text = _("{first}, and {second}: those between them who did not answer are few.")
        case "nested":
            text = _("{first}, and {second}: one is part of the other, and the rest are few.")
        case "sum":
            text = _("{first}: a group of few people follows from what else is printed.")
        case "records":
            text = _(
                "“{earlier}”: only a few people came to it or left since, and what changed tells of them."
            )
        case "classes":
            text = ngettext(
                "“{earlier}”: with that dataset, {n} group of people becomes too small.",
                "“{earlier}”: with that dataset, {n} groups of people become too small.",
                one.count,
            )
        case "unread":
            text = _("“{first}” was published, and cannot be compared with: {second}.")
    return text.format(first=one.first, second=one.second, earlier=one.earlier, n=one.count)


def remedy() -> str:
    """Return what helps against findings."""
    return _(
        "Merge groups, leave out one of two tables, make both of the same people, or wait until more"
        " records have come in; or give a written reason with --override."
    )
