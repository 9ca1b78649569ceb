"""What is where, seen from the study lead's desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from export.collecting.collect import Collected
from export.collecting.whereabouts import Whereabouts, of_study
from export.study import Study
from interviewer.record import Record

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
HandOver = Callable[..., Path]
Collect = Callable[..., Collected]

PLAIN = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""


def test_a_laptop_that_never_handed_over_is_there_with_nothing(new_study: NewStudy) -> None:
    """Enrolled, not tested, one kit written; no line of its ledger seen."""
    desk = of_study(new_study(PLAIN))
    [(enrolled, laptop)] = desk.laptops
    assert (enrolled.name, enrolled.is_tested, len(enrolled.kits)) == ("L01", False, 1)
    assert laptop == Whereabouts("L01", 0, "", 0, 0, (), 0, 0)
    assert (desk.records, desk.quarantined) == (0, 0)


def test_what_is_collected_missing_and_set_aside_is_told_by_laptop(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """Each by its own ledger; a file of no laptop counts among those set aside alone."""
    study = new_study(PLAIN)
    gone = made_of(study, "A")
    first = hand_over(study, gone, made_of(study, "B"))
    (first / f"{gone.id}.age").unlink()
    hand_over(study, made_of(study, "C", device="L02"), name="L02")
    (first / f"{'f' * 32}.age").write_bytes(b"broken")
    collect(study, first.parent)
    desk = of_study(study)
    assert [(one.device, one.collected, one.missing) for _enrolled, one in desk.laptops] == [
        ("L01", 1, (gone.id,)),
        ("L02", 1, ()),
    ]
    assert (desk.records, desk.quarantined) == (2, 1)
    assert [one.lines for _enrolled, one in desk.laptops] == [5, 3]
