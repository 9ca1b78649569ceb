"""The signs of an audit in words: too fast, too alike, other habits, and how each differs from the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from export.auditing import shares, speed, straight
from export.auditing.audit import Audit
from export.auditing.habits import Habit
from export.auditing.likeness import ITEMS, Pair
from export.auditing.shares import Measure, Share
from export.auditing.speed import Fast
from export.layout import LISTED, add, heading, more, table
from export.numerals import NOTHING, decimal, p_figure, part, percent
from surveys.language import _, printable

# --- speed ----------------------------------------------------------------------------------------


def print_speed(console: Console, found: Audit) -> None:
    """Print who was too fast."""
    heading(console, _("Too fast: complete interviews"))
    made = table(
        _("interviewer"),
        _("interviews"),
        _("too fast"),
        _("median minutes"),
        _("answers with a minimum"),
        _("faster"),
    )
    for pace in found.speed.paces:
        cells = (pace.interviews, pace.fast, decimal(pace.minutes, 0), pace.timed, pace.hasty)
        add(made, pace.interviewer, *cells)
    console.print(made)
    console.print(
        _(
            "Too fast: under a third of the median of complete interviews with as many questions, give or "
            "take a tenth ({least} at least; {judged} of {n} could be judged so), or under the sum of the "
            "questions' minimum_seconds. Times are rounded to five seconds: an answer counts as faster "
            "than its minimum only where no rounding explains it."
        ).format(
            least=speed.LEAST,
            judged=found.speed.judged,
            n=sum(pace.interviews for pace in found.speed.paces),
        )
    )
    for one in found.speed.fast[:LISTED]:
        console.print(_fast(one))
    more(console, len(found.speed.fast))


def _fast(one: Fast) -> str:
    limits = []
    if one.third is not None:
        limits.append(
            _("a third of the median of {n} is {seconds} s").format(
                n=one.like, seconds=decimal(one.third, 0)
            )
        )
    if one.minimum is not None:
        limits.append(_("the minima add up to {seconds} s").format(seconds=one.minimum))
    return _("record {id} ({who}): {seconds} s for {items} questions; {limits}").format(
        id=one.record,
        who=printable(one.interviewer),
        seconds=one.seconds,
        items=one.items,
        limits=", ".join(limits),
    )


# --- likeness -------------------------------------------------------------------------------------


def print_likeness(console: Console, found: Audit) -> None:
    """Print which interviews are nearly copies."""
    heading(console, _("Alike: pairs of complete interviews with nearly the same answers"))
    like = found.likeness
    if like.median is None or like.largest is None:
        console.print(
            _("No two interviews have {n} questions in common on which people differ.").format(
                n=ITEMS
            )
        )
        return
    console.print(
        _(
            "{n} interviews, {items} questions on which people differ. With the interview nearest to it, "
            "half of them share at most {median} of their answers, the nearest pair {largest}."
        ).format(
            n=like.interviews,
            items=like.items,
            median=percent(like.median, 0),
            largest=percent(like.largest, 0),
        )
    )
    if not like.pairs:
        console.print(_("No pair shares {match} or more.").format(match=percent(like.match, 0)))
        return
    made = table(_("records"), _("interviewer"), _("identical"), _("questions"))
    for pair in like.pairs[:LISTED]:
        _pair(made, pair)
    console.print(made)
    more(console, len(like.pairs))
    console.print(
        _(
            "Pairs that share {match} or more. Few questions, few choices, many interviews and people who "
            "live alike make such pairs by themselves; look at the figures of the others first."
        ).format(match=percent(like.match, 0))
    )


def _pair(made: Table, pair: Pair) -> None:
    add(made, pair.first, pair.interviewers[0], part(pair.identical, pair.of), pair.of)
    add(made, pair.second, pair.interviewers[1], "", "")


# --- habits, and everybody beside the others ------------------------------------------------------


def print_habits(console: Console, found: Audit) -> None:
    """Print what was left unanswered, changed, rounded."""
    heading(console, _("Left unanswered, changed, rounded: complete and partial interviews"))
    made = table(
        _("interviewer"),
        _("interviews"),
        _("questions"),
        _("refused"),
        _("don't know"),
        _("changed"),
        _("numbers"),
        _("round"),
    )
    is_short = False
    for one in found.habits.interviewers:
        is_short = is_short or one.interviews < shares.LEAST
        add(made, one.interviewer, one.interviews, *_habit(one))
    console.print(made)
    console.print(
        _(
            "Shares of the questions asked; round: multiples of five among whole numbers of ten or more."
        )
    )
    if is_short:
        console.print(_("*: fewer than {n} interviews; not shown.").format(n=shares.LEAST))


def _habit(one: Habit) -> Iterator[object]:
    if one.interviews < shares.LEAST:
        yield from ("*", "*", "*", "*", "*", "*")
        return
    yield one.items
    yield part(one.refused, one.items)
    yield part(one.dont_know, one.items)
    yield part(one.changed, one.timed)
    yield one.numbers
    yield part(one.round, one.numbers) if one.numbers >= shares.LEAST else "*"


def print_shares(console: Console, found: Audit) -> None:
    """Print each interviewer beside all the others."""
    heading(console, _("Each beside all the others"))
    tests = sum(one.p is not None for one in found.shares)
    if not tests:
        console.print(
            _(
                "There is nothing to compare: nobody has {n} interviews beside as many of others, or all "
                "are alike."
            ).format(n=shares.LEAST)
        )
        return
    made = table(
        _("share of interviews"), _("whose"), _("n"), _("share"), _("others"), _("p"), _("p (Holm)")
    )
    before: Measure | None = None
    for one in found.shares:
        if one.p is not None:
            add(made, "" if one.measure == before else words(one.measure), *_beside(one))
            before = one.measure
    console.print(made)
    flagged = [one for one in found.shares if one.is_flagged]
    console.print(
        _(
            "p: how often chance alone would make so large a difference (Fisher's exact test); Holm: with "
            "all {n} comparisons of this page in mind. Interviewers who work other hotels may well differ. "
            "What holds for all interviews or for none is left out."
        ).format(n=tests)
    )
    if found.straight.batteries == 0:
        console.print(
            _("The questionnaire has no {n} questions in a row with the same answers.").format(
                n=straight.LENGTH
            )
        )
    for one in flagged:
        console.print(
            _("! Look at {who}: {what}, {share}; the others {others}.").format(
                who=printable(one.who),
                what=words(one.measure),
                share=part(one.count, one.of),
                others=part(one.others_count, one.others_of),
            )
        )


def _beside(one: Share) -> Sequence[object]:
    return (
        one.who,
        one.of,
        part(one.count, one.of) + ("!" if one.is_flagged else ""),
        part(one.others_count, one.others_of),
        _rarity(one.p),
        _rarity(one.adjusted),
    )


def _rarity(p: float | None) -> str:
    if p is None:
        return NOTHING
    return p_figure(p)


def words(measure: Measure) -> str:
    """Return in words what a share is of."""
    told: dict[Measure, str] = {
        "unfinished": _("begun, without a record"),
        "broke_off": _("broken off or erased"),
        "fast": _("too fast"),
        "unanswered": _("more unanswered than most"),
        "changed": _("more changed than most"),
        "round": _("rounder than most"),
        "straight": _("a straight line"),
    }
    return told[measure]
