"""What became of what each laptop began: nothing is lost on the way, nothing counted twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from export.auditing.starts import starts
from export.laptops.accounts import Account

IDS = [f"{number:032x}" for number in range(12)]
SOME = st.sets(st.sampled_from(IDS))


@given(SOME, SOME, SOME, SOME, SOME, SOME)
def test_everything_begun_has_one_fate(
    begun: set[str],
    ended: set[str],
    sealed: set[str],
    collected: set[str],
    left_out: set[str],
    withdrawn: set[str],
) -> None:
    """Whatever the folder holds: the fates of a laptop add up to what it began."""
    in_order = [one for one in IDS if one in begun]
    account = Account(
        dict.fromkeys(in_order, "d"), {one: "h" if one in sealed else "" for one in ended & begun}
    )
    (found,) = starts({"L01": account}, collected, left_out, withdrawn)
    listed = (
        *found.left_out,
        *found.withdrawn,
        *found.missing,
        *found.unsealed,
        *found.under_way,
    )
    assert found.used + len(listed) == found.begun == len(begun)
    assert len(set(listed)) == len(listed)
    assert set(found.withdrawn) == withdrawn & begun
    assert found.tally.count == len(found.unsealed) + len(found.under_way)


def test_each_fate_by_name() -> None:
    """A record withdrawn is no gap; one sealed and not here is; order is that of the ledger."""
    used, out, gone, missing, none, going = IDS[:6]
    account = Account(
        dict.fromkeys((going, used, out, gone, missing, none), "d"),
        {used: "h", out: "h", gone: "h", missing: "h", none: ""},
    )
    (found,) = starts({"L01": account}, {used, out}, {out}, {gone})
    assert (found.begun, found.used) == (6, 1)
    assert (found.left_out, found.withdrawn, found.missing) == ((out,), (gone,), (missing,))
    assert (found.unsealed, found.under_way) == ((none,), (going,))
    assert (found.tally.who, found.tally.of) == ("L01", 6)


def test_a_laptop_that_never_handed_over_began_nothing_that_is_known() -> None:
    """Its ledger has not been seen; laptops stand in order of name."""
    found = starts({"L02": Account({}, {}), "L01": Account({}, {})}, (), (), ())
    assert [(one.device, one.begun) for one in found] == [("L01", 0), ("L02", 0)]
