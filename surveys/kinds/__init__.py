"""One small file per kind of item: typed text → value, or what to type instead.

Read `kind.py` for what a kind is, then `text.py`, `number.py`, `select.py`, `date.py`, `shown.py`
and `computed.py`. A new kind is one `Kind` and one line below.
"""

from surveys.kinds.computed import CALCULATE, END, HIDDEN, START, TODAY
from surveys.kinds.date import DATE
from surveys.kinds.kind import Kind, Storage, WhyNot
from surveys.kinds.number import DECIMAL, INTEGER, RANGE
from surveys.kinds.select import SELECT_MULTIPLE, SELECT_ONE
from surveys.kinds.shown import ACKNOWLEDGE, NOTE
from surveys.kinds.text import TEXT

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
        NOTE,
        ACKNOWLEDGE,
        CALCULATE,
        HIDDEN,
        START,
        END,
        TODAY,
    )
}

__all__ = ["KINDS", "Kind", "Storage", "WhyNot"]
