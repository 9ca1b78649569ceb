"""The custodian's two commands on a folder where not all is well: said, counted, and no code in a word of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import souspli
from export import custody
from export.collecting import quarantine
from export.collecting.collect import Collected
from export.study import Study
from interviewer import record
from interviewer.record import Record
from surveys.codes import new_card

PASSPHRASE = "correct horse battery"
LINKED = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
  - {type: text, name: card, keep: link, label: Card}
"""
MINE, YOURS = new_card(), new_card()

Collected3 = tuple[Study, list[Record]]


@pytest.fixture
def three(
    new_study: Callable[..., Study],
    made_of: Callable[..., Record],
    hand_over: Callable[..., Path],
    collect: Callable[..., Collected],
) -> Collected3:
    """Three records collected: one of mine, one of yours, one of mine whose link file was damaged since."""
    study = new_study(LINKED)
    made = [made_of(study, case) for case in "ABC"]
    hand_over(study, made[0], links={"card": MINE})
    hand_over(study, made[1], links={"card": YOURS})
    collect(study, hand_over(study, made[2], links={"card": MINE}))
    (study.collected / f"{made[2].id}.link.age").write_bytes(b"damaged")
    return study, made


def command(study: Study, verb: str, out: str) -> list[str]:
    folder = study.folder.parent
    return [
        *(verb, "--study", str(study.folder), "--json"),
        *("--key", str(folder / "custodian.key"), "--out", str(folder / out)),
    ]


def test_a_link_file_that_cannot_be_opened_is_named_and_the_rest_is_done(
    three: Collected3,
    typed: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
    english: None,
) -> None:
    """By its record's id, with what to do; status 1, since the code may be in it."""
    study, made = three
    found = [*command(study, "withdraw", "gone.ids"), *typed(PASSPHRASE, MINE, MINE, "", "x")]
    assert souspli.main(found) == 1
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["codes"] == [{"records": 1}, {"records": 1}]
    assert told["records"] == 1
    assert told["unopened"] == [{"id": made[2].id, "reason": "altered", "is_aside": False}]
    assert f"the link file of the record {made[2].id} is not used; it was altered" in said.err
    assert MINE[:4] not in said.out + said.err
    assert souspli.main([*command(study, "link", "persons.csv"), *typed(PASSPHRASE)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["link_files"], told["persons"], told["alone"]) == (2, 0, 2)
    assert (study.folder.parent / "persons.csv").read_bytes() == b"person,record\n"


def test_a_forged_copy_removes_nobody_elses_record(
    three: Collected3,
    typed: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
    english: None,
) -> None:
    """It is counted; a copy of one whose own link file is damaged counts for it."""
    study, made = three
    custodian = custody.recipients(study.recipients["custodian"])
    for one in made[1:]:
        forged = record.seal_links(one.id, {"card": MINE}, custodian)
        quarantine.put(study.collected, forged, one.id, "altered")
    found = [*command(study, "withdraw", "gone.ids"), *typed(PASSPHRASE, MINE)]
    assert souspli.main(found) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["codes"], told["doubtful"]) == ([{"records": 2}], 1)
    written = (study.folder.parent / "gone.ids").read_text("ascii").splitlines()[1:]
    assert written == sorted([made[0].id, made[2].id])


def test_the_key_of_somebody_else_finds_nothing(
    three: Collected3,
    typed: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
    english: None,
) -> None:
    """The escrow's opens no link; nothing is written."""
    study, _made = three
    folder = study.folder.parent
    for verb in ("withdraw", "link"):
        other = [*command(study, verb, "out"), "--key", str(folder / "escrow.key")]
        assert souspli.main([*other, *typed(PASSPHRASE, MINE)]) == 1
        assert "opens none of the link files" in capsys.readouterr().err
    assert not (folder / "out").exists()
