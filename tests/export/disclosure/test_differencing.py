"""Groups that differ by a few people, in one publication and beside earlier ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.disclosure.differencing import Finding, findings, require_safe, told_in_words
from export.disclosure.log import Log, Unread
from export.disclosure.published import Kind, Published, PublishedCell, release, report
from export.estimating.columns import Mask
from export.estimating.members import Side, Term, Told
from surveys.problems import Refusal

TIME = "2026-11-23T12:00:00+00:00"
NOTHING = Log((), ())


def ids(n: int, start: int = 0) -> list[str]:
    return [f"r{at:03}" for at in range(start, start + n)]


def cell(
    name: str,
    who: Mask,
    unanswered: Mask | None = None,
    *,
    item: str = "age",
    is_base: bool = False,
) -> Told:
    nobody = np.zeros(len(who), dtype=np.bool_)
    side = Side(who.astype(np.intp))
    lacking = nobody if unanswered is None else unanswered
    about = frozenset({item})
    return Told((0, 0, 0), "t", name, (Term(side, (1,)),), who, True, lacking, about, is_base)


def first(n: int, people: int) -> Mask:
    return np.arange(people) < n


def published(people: Sequence[str], *cells: Told, title: str = "one") -> Published:
    return report(title, TIME, "form", people, cells)


def kinds(found: Sequence[Finding]) -> list[str]:
    return [one.kind for one in found]


# --- one report -----------------------------------------------------------------------------------


def test_two_groups_that_differ_by_a_few_refuse() -> None:
    """Those of 40 years, and of 40 or 41: figures of both give those of the five who are 41."""
    new = published(ids(107), cell("40", first(50, 107)), cell("40 or 41", first(55, 107)))
    (found,) = findings(new, NOTHING, 11, 5)
    assert (found.kind, {found.first, found.second}) == ("difference", {"t: 40", "t: 40 or 41"})
    with pytest.raises(Refusal, match="few") as refusal:
        require_safe([found])
    assert "r05" not in str(refusal.value)


def test_groups_that_differ_by_the_threshold_do_not() -> None:
    """Eleven people between them are a cell that may be printed."""
    new = published(ids(107), cell("a", first(50, 107)), cell("b", first(61, 107)))
    assert findings(new, NOTHING, 11, 5) == ()


def test_groups_that_are_not_part_of_each_other_tell_nothing() -> None:
    """Their difference is of two unknowns."""
    shifted = (np.arange(107) >= 3) & (np.arange(107) < 53)
    new = published(ids(107), cell("a", first(50, 107)), cell("b", shifted))
    assert findings(new, NOTHING, 11, 5) == ()


def test_those_who_did_not_answer_are_told_and_refuse_nothing() -> None:
    """Of 60 women three refused one question: crossed with it there are 57."""
    women, others = first(60, 107), first(57, 107)
    new = published(ids(107), cell("f", women), cell("f × yes or no", others, women & ~others))
    (found,) = findings(new, NOTHING, 11, 5)
    assert (found.kind, found.refuses) == ("unanswered", False)
    require_safe([found])


def test_a_few_who_were_not_asked_refuse() -> None:
    """Whom the routing left out had an answer that few had: their sex is the difference."""
    new = published(ids(107), cell("f", first(60, 107)), cell("f × yes", first(57, 107)))
    assert kinds(findings(new, NOTHING, 11, 5)) == ["difference"]


def test_numbers_who_answered_two_questions_are_not_compared() -> None:
    """How many answered is told of every question; figures of two questions give no difference."""
    one = cell("n", first(104, 107), item="age", is_base=True)
    other = cell("n", first(100, 107), item="sex", is_base=True)
    assert findings(published(ids(107), one, other), NOTHING, 11, 5) == ()


def test_figures_of_one_question_in_two_groups_are_compared() -> None:
    """The mean of those of 40, and of those of 40 or 41, give that of the five who are 41."""
    one = cell("40", first(50, 107), is_base=True)
    other = cell("40 or 41", first(55, 107), is_base=True)
    assert kinds(findings(published(ids(107), one, other), NOTHING, 11, 5)) == ["difference"]


def test_answers_to_two_questions_that_are_nested_are_told() -> None:
    """Of those who know a service all but a few use it: by chance, or by what was asked of whom."""
    new = published(
        ids(107), cell("known", first(50, 107), item="a"), cell("used", first(45, 107), item="b")
    )
    (found,) = findings(new, NOTHING, 11, 5)
    assert (found.kind, found.refuses) == ("nested", False)


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.booleans(), min_size=14, max_size=14), min_size=1, max_size=6),
    st.integers(1, 6),
)
def test_every_pair_is_found(rows: list[list[bool]], threshold: int) -> None:
    """As trying each pair one after the other finds them."""
    masks = [np.array(row) for row in rows]
    unique = {mask.tobytes(): mask for mask in masks if np.any(mask)}.values()
    expected = sum(
        bool(np.all(~a | b)) and 0 < np.sum(b & ~a) < threshold for a in unique for b in unique
    )
    new = published(ids(14), *(cell(str(at), np.array(row)) for at, row in enumerate(rows)))
    found = findings(new, NOTHING, threshold, 1)
    assert len(found) == len({(one.first, one.second) for one in found}) == expected


# --- beside what was published before ------------------------------------------------------------


def test_a_report_again_of_the_same_people_tells_nothing_new() -> None:
    """The same groups of the same respondents."""
    old = published(ids(107), cell("a", first(50, 107)))
    assert findings(old, Log((old,), ()), 11, 5) == ()


def test_a_group_of_an_earlier_report_is_compared_with() -> None:
    """Women now; women and four others then."""
    old = published(ids(107), cell("then", first(54, 107)), title="spring")
    new = published(ids(107), cell("now", first(50, 107)))
    (found,) = findings(new, Log((old,), ()), 11, 5)
    assert (found.kind, found.earlier) == ("difference", "spring")
    assert "spring" in told_in_words([found])[0]


@pytest.mark.parametrize(
    ("people", "refuses"), [(107, False), (108, True), (117, True), (118, False)]
)
def test_a_few_records_that_came_since_refuse(people: int, refuses: bool) -> None:
    """One interview more: the new figures less the old ones are that person's answers."""
    old = published(ids(107), title="spring")
    assert kinds(findings(published(ids(people)), Log((old,), ()), 11, 5)) == ["records"] * refuses


def test_a_few_that_were_withdrawn_refuse_too() -> None:
    """The old figures less the new ones are those of whoever withdrew."""
    old = published(ids(107), title="spring")
    assert kinds(findings(published(ids(106)), Log((old,), ()), 11, 5)) == ["records"]


def test_another_questionnaire_is_about_other_people() -> None:
    """What professionals said is not compared with what the people housed said."""
    old = Published("report", "spring", TIME, "other", tuple(ids(5)), ())
    assert findings(published(ids(7)), Log((old,), ()), 11, 5) == ()


def test_datasets_whose_classes_cross_in_fewer_than_k_refuse() -> None:
    """By age in one and by region in the other: whoever has both has age by region."""
    by_age, by_region = np.arange(40) // 20, (np.arange(40) + 2) // 20 % 2
    old = release("first", TIME, "form", ids(40), by_age)
    new = release("second", TIME, "form", ids(40), by_region)
    (found,) = findings(new, Log((old,), ()), 11, 5)
    assert (found.kind, found.count) == ("classes", 2)  # 2 people at each border
    assert findings(new, Log((old,), ()), 11, 2) == ()
    assert findings(old, Log((old,), ()), 11, 5) == ()


def test_classes_that_were_small_in_one_of_two_datasets_are_not_found_again() -> None:
    """A dataset released by a written reason, again or coarser, makes no group smaller than it was."""
    old = release("first", TIME, "form", ids(40), np.arange(40))
    coarser = release("second", TIME, "form", ids(40), np.arange(40) // 20)
    for new in (old, coarser):
        assert findings(new, Log((old,), ()), 11, 5) == ()
    assert findings(old, Log((coarser,), ()), 11, 5) == ()


def test_what_cannot_be_read_refuses() -> None:
    """It may be what gives the new one away."""
    (found,) = findings(published(ids(50)), Log((), (Unread("report: spring", "lost"),)), 11, 5)
    assert (found.kind, found.refuses) == ("unread", True)
    assert "spring" in told_in_words([found])[0]


@pytest.mark.parametrize("kind", ["report", "release"])
def test_no_sentence_names_a_record(kind: Kind) -> None:
    """Findings hold tables and titles alone."""
    nobody = np.zeros(20, dtype=np.bool_)
    new = Published(
        kind, "new", TIME, "form", tuple(ids(20)), (PublishedCell("t", "a", first(3, 20), nobody),)
    )
    old = Published(kind, "old", TIME, "form", tuple(ids(19, 1)), new.cells[:0])
    told = "\n".join(told_in_words(findings(new, Log((old,), ()), 11, 5)))
    assert "old" in told
    assert "r0" not in told
