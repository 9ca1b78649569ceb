"""Which records are one person: those that hang together by what only the custodian may know."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from export.linking.links import Opened, Unopened
from export.linking.persons import CARD, joining_items, marks_of, persons, table
from export.study import Study
from surveys.check import check
from surveys.codes import new_card

IDS = [f"{number:032x}" for number in range(1, 9)]
CARDS = [new_card() for _number in range(4)]
ITEMS = frozenset({"phone", "mother"})

Held = Mapping[str, str]

held_links = st.dictionaries(
    st.sampled_from(["card", "code[2]", "phone", "mother", "hotel"]),
    st.sampled_from([*CARDS[:2], "06 11", "X", " x ", ""]),
    max_size=2,
)


def opened(*held: Held) -> list[Opened | Unopened]:
    return [Opened(one, links, is_aside=False) for one, links in zip(IDS, held, strict=False)]


@settings(max_examples=100)
@given(st.lists(held_links, max_size=len(IDS)))
def test_the_groups_are_what_hangs_together(given_links: list[Held]) -> None:
    """As found by joining any two records that share a mark, until nothing changes."""
    sets = [{one} for one in IDS[: len(given_links)]]
    marks = {one: marks_of(links, ITEMS) for one, links in zip(IDS, given_links, strict=False)}
    for left, right in combinations(marks, 2):
        if marks[left] & marks[right]:
            whole = {one for group in sets if group & {left, right} for one in group}
            sets = [group for group in sets if not group & whole] + [whole]
    found = persons(opened(*given_links), ITEMS)
    assert set(found.groups) == {tuple(sorted(group)) for group in sets if len(group) > 1}
    assert found.records == len(given_links)
    assert found.without == sum(not held for held in marks.values())


def test_a_card_code_joins_whatever_its_item_and_however_it_was_typed() -> None:
    """Lower case, no hyphens, O for 0: the same card; under a repeat, under an item chosen from a list."""
    card = next(code for code in iter(new_card, "") if "0" in code or "1" in code)
    typed = card.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    found = persons(opened({"card": card}, {"hotel": typed}, {"card[2]": CARDS[0]}), ITEMS)
    assert found.groups == ((IDS[0], IDS[1]),)
    assert found.shared == {CARD: 1}
    assert found.without == 0


def test_a_text_joins_under_its_own_item_alone() -> None:
    """Blanks and capitals make no difference; another item, or one that is no text, makes one."""
    same = {"phone": " 06  11 22"}, {"phone": "06 11 22"}
    other = {"mother": "06 11 22"}, {"hotel": "H1"}, {"hotel": "H1"}, {"phone": ""}
    found = persons(opened(*same, *other), ITEMS)
    assert found.groups == ((IDS[0], IDS[1]),)
    assert found.shared == {"phone": 1}
    assert found.without == 3


def test_a_copy_set_aside_speaks_only_where_the_record_cannot() -> None:
    """Anybody may have made it: it joins nothing to a record whose own link file was opened."""
    forged = [Opened(one, {"card": CARDS[0]}, is_aside=True) for one in IDS[:4]]
    found = persons(
        [
            *forged,
            Opened(IDS[0], {"card": CARDS[0]}, is_aside=False),
            Opened(IDS[1], {}, is_aside=False),
            Unopened(IDS[2], "altered", is_aside=False),
        ],
        ITEMS,
    )
    assert found.groups == ((IDS[0], IDS[2]),)
    assert (found.records, found.without, len(found.unopened)) == (3, 1, 1)


def test_a_record_withdrawn_is_of_nobody() -> None:
    """An old copy of the folder may still have it."""
    found = persons(opened(*[{"card": CARDS[0]}] * 3), ITEMS, {IDS[1]})
    assert found.groups == ((IDS[0], IDS[2]),)
    assert found.records == 2


def test_items_chosen_from_a_list_join_nobody(new_study: Callable[..., Study]) -> None:
    """Of what is kept for the custodian, texts and what is worked out from them count."""
    study = new_study("""
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  hotels: [{name: h1, label: One}, {name: h2, label: Two}]
survey:
  - {type: text, name: card, keep: link, label: Card}
  - {type: text, name: words, keep: scrub, label: Words}
  - {type: select_one, choices: hotels, name: hotel, keep: link, label: Hotel}
  - {type: calculate, name: code, keep: link, calculation: "concat(${card}, 'x')"}
""")
    assert joining_items(study) == {"card", "code"}


def test_items_of_every_version_join_people(new_study: Callable[..., Study]) -> None:
    """What only a former version asked joins its records; what it had chosen from a list joins nobody."""
    head = """
souspli: 1
form: {id: plain, version: "VERSION", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  hotels: [{name: h1, label: One}, {name: h2, label: Two}]
survey:
"""
    former, current = (
        """
  - {type: text, name: badge, keep: link, label: Badge}
  - {type: select_one, choices: hotels, name: place, keep: link, label: Place}
""",
        """
  - {type: text, name: card, keep: link, label: Card}
  - {type: text, name: place, keep: link, label: Place}
""",
    )
    study = new_study(head.replace("VERSION", "2") + current)
    loaded = check(head.replace("VERSION", "1") + former, "form.yaml")
    assert loaded.instrument is not None
    (found,) = study.instruments
    versions = replace(study, instruments=(replace(found, former=(loaded.instrument,)),))
    assert joining_items(versions) == {"card", "badge"}


def test_the_table_has_each_record_once_and_says_nothing_by_its_order() -> None:
    """Numbers from 1 drawn for this table; rows shuffled; another table has other numbers."""
    groups = tuple((f"{2 * at:032x}", f"{2 * at + 1:032x}") for at in range(40))
    tables = [table(groups, random.Random(seed)).decode() for seed in (1, 2)]
    read = [list(csv.reader(io.StringIO(text))) for text in tables]
    for header, *rows in read:
        assert header == ["person", "record"]
        assert sorted(one for _number, one in rows) == [one for group in groups for one in group]
        assert {int(number) for number, _one in rows} == set(range(1, 41))
        person = {one: number for number, one in rows}
        assert all(person[one] == person[other] for one, other in groups)
        assert [one for _number, one in rows] != sorted(one for _number, one in rows)
    assert read[0] != read[1]
    assert table((), random.Random(1)) == b"person,record\n"
