"""Which records a card names: all of them, none that anybody could have slipped in."""

from __future__ import annotations

from export.linking.links import Opened, Unopened
from export.linking.requests import named
from surveys.codes import new_card

IDS = [f"{number:032x}" for number in range(1, 9)]
MINE, YOURS, NOBODYS = (new_card() for _number in range(3))


def own(record_id: str, card: str) -> Opened:
    return Opened(record_id, {"card": card} if card else {}, is_aside=False)


def aside(record_id: str, card: str) -> Opened:
    return Opened(record_id, {"card": card}, is_aside=True)


def test_a_card_names_every_record_that_holds_its_code() -> None:
    """In the order of the codes, those given twice too; whatever the item, however it was typed."""
    found = named(
        [
            own(IDS[0], MINE),
            own(IDS[1], ""),
            own(IDS[2], YOURS),
            Opened(IDS[3], {"other[2]": MINE.replace("-", "").lower()}, is_aside=False),
        ],
        [MINE, NOBODYS, YOURS, MINE],
    )
    assert found.records == ((IDS[0], IDS[3]), (), (IDS[2],), (IDS[0], IDS[3]))
    assert found.ids == (IDS[0], IDS[2], IDS[3])
    assert (found.doubtful, found.unopened) == (0, ())


def test_a_copy_set_aside_counts_where_the_record_is_not_here_or_cannot_speak() -> None:
    """It may be all there is of the interview; what cannot be opened is said."""
    unopened = Unopened(IDS[1], "altered", is_aside=False)
    found = named([aside(IDS[0], MINE), aside(IDS[1], MINE), unopened], [MINE])
    assert found.records == ((IDS[0], IDS[1]),)
    assert (found.doubtful, found.unopened) == (0, (unopened,))


def test_a_copy_that_a_records_own_links_belie_removes_nothing() -> None:
    """Whoever has the public key could otherwise have anybody's record removed with a card of his own."""
    found = named(
        [aside(IDS[0], MINE), aside(IDS[1], MINE), own(IDS[0], YOURS), own(IDS[1], MINE)], [MINE]
    )
    assert found.records == ((IDS[1],),)
    assert found.doubtful == 1
