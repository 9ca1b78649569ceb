"""One small file per kind of item: typed text → value, or what to type instead.

Read `kind.py` for what a kind is, then `text.py`, `number.py`, `select.py`, `date.py`, `time.py`,
`shown.py` and `computed.py`. A new kind is one `Kind` and one line below.
"""

from surveys.instrument import Item, Question
from surveys.kinds.computed import CALCULATE, END, HIDDEN, START, TODAY
from surveys.kinds.date import DATE
from surveys.kinds.kind import NUMBERS, Kind, Storage, WhyNot
from surveys.kinds.number import DECIMAL, INTEGER, RANGE
from surveys.kinds.select import SELECT_MULTIPLE, SELECT_ONE
from surveys.kinds.shown import ACKNOWLEDGE, NOTE
from surveys.kinds.text import TEXT
from surveys.kinds.time import DATE_TIME, TIME

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        TEXT,
        INTEGER,
        DECIMAL,
        RANGE,
        SELECT_ONE,
        SELECT_MULTIPLE,
        DATE,
        TIME,
        DATE_TIME,
        NOTE,
        ACKNOWLEDGE,
        CALCULATE,
        HIDDEN,
        START,
        END,
        TODAY,
    )
}


def is_asked(item: Item) -> bool:
    """Whether someone answers an item; one that is read only shows its value."""
    return isinstance(item, Question) and KINDS[item.kind].is_asked and item.read_only is None


__all__ = ["KINDS", "NUMBERS", "Kind", "Storage", "WhyNot", "is_asked"]
