"""Batches of the reserve: in the order of the draw, whole, vouched for by the study's ledger."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import souspli
from export import custody, ledger
from export.drawing import releases, reserve
from export.drawing.sample import DrawnCase, base_weights, read_sample
from export.study import Study
from surveys import codes
from surveys.problems import Refusal

NewStudy = Callable[..., Study]
PASSWORD = "correct horse battery"
NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
FORM = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""
HEAD = "case,stratum,N_h,n_h,order,status\n"
PEOPLE = HEAD + (
    "A0,1,40,2,,released\nA1,1,40,2,,released\nA2,1,40,2,4,reserve\nA3,1,40,2,3,reserve\n"
    "B0,2,20,1,,released\nB1,2,20,1,2,reserve\n"
)
STAGES = HEAD.strip() + ",cluster,N_i,n_i\n"
TWO = STAGES + (
    "A0,1,9,2,,released,5,8,2\nA1,1,9,2,,released,5,8,2\nA2,1,9,2,3,reserve,5,8,2\n"
    "B0,1,9,2,,released,3,4,2\nB1,1,9,2,,released,3,4,2\nB2,1,9,2,3,reserve,3,4,2\n"
)
WHOLE = STAGES + (
    "A0,1,9,1,,released,5,2,2\nA1,1,9,1,,released,5,2,2\n"
    "B0,1,9,1,2,reserve,3,3,3\nB1,1,9,1,2,reserve,3,3,3\nB2,1,9,1,2,reserve,3,3,3\n"
)


def released(study: Study) -> set[str]:
    return {case for case, one in (read_sample(study) or {}).items() if one.is_released}


def release(study: Study, typed: Callable[..., list[str]], *words: str) -> int:
    return souspli.main(["release", *words, "--study", str(study.folder), *typed(PASSWORD)])


def test_a_batch_releases_the_next_ranks_of_each_stratum(
    new_study: NewStudy,
    drew: Callable[..., None],
    typed: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
    english: None,
) -> None:
    """Rank 3 before rank 4, whatever order the cases stand in; a second batch goes on from there."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    assert release(study, typed, "2", "--reason", "few in week 2") == 0
    assert released(study) == {"A0", "A1", "B0", "A3", "B1"}
    assert "Batch 1: 2 cases released." in capsys.readouterr().out
    assert release(study, typed, "1", "--reason", "still few") == 0
    sample = read_sample(study) or {}
    assert {case: one.batch for case, one in sample.items()} == {
        "A0": 0, "A1": 0, "B0": 0, "A3": 1, "B1": 1, "A2": 2,
    }  # fmt: skip
    events = [line.event for line in ledger.verified(study.ledger, study.signer).sound]
    assert events.count("release") == 2


def test_the_weights_of_a_released_reserve_are_those_of_a_larger_sample(
    new_study: NewStudy, drew: Callable[..., None], typed: Callable[..., list[str]]
) -> None:
    """N_h over all released: 40 of 3, 20 of 1."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    assert release(study, typed, "1", "--stratum", "1", "--reason", "x") == 0
    found = base_weights(read_sample(study) or {})
    assert found == {"A0": 40 / 3, "A1": 40 / 3, "A3": 40 / 3, "B0": 20.0}


def test_in_two_stages_people_are_released_within_their_cluster(
    new_study: NewStudy, drew: Callable[..., None], typed: Callable[..., list[str]]
) -> None:
    """Their weight is N_h/n_h clusters times N_i/n_i people."""
    study = new_study(FORM)
    drew(study, TWO, "two_stages")
    before = base_weights(read_sample(study) or {})
    assert before == {"A0": 18.0, "A1": 18.0, "B0": 9.0, "B1": 9.0}
    assert release(study, typed, "2", "--reason", "x") == 0
    after = base_weights(read_sample(study) or {})
    assert after["A2"] == pytest.approx(4.5 * 8 / 3)
    assert after["B2"] == pytest.approx(4.5 * 4 / 3)


def test_whole_clusters_are_released_whole(
    new_study: NewStudy, drew: Callable[..., None], typed: Callable[..., list[str]]
) -> None:
    """One cluster of the reserve brings all its people."""
    study = new_study(FORM)
    drew(study, WHOLE, "clusters")
    assert release(study, typed, "1", "--reason", "x") == 0
    assert released(study) == {"A0", "A1", "B0", "B1", "B2"}
    assert set(base_weights(read_sample(study) or {}).values()) == {4.5}


@pytest.mark.parametrize(
    "words", [["4", "--reason", "x"], ["1", "--stratum", "9", "--reason", "x"]]
)
def test_more_than_the_reserve_has_is_refused(
    new_study: NewStudy,
    drew: Callable[..., None],
    words: list[str],
    typed: Callable[..., list[str]],
) -> None:
    """And a stratum there is not; nothing is released."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    assert release(study, typed, *words) == 1
    assert released(study) == {"A0", "A1", "B0"}


@pytest.mark.parametrize(
    "words", [["1"], ["1", "--reason", "  "], ["0", "--reason", "x"], ["-3", "--reason", "x"]]
)
def test_a_batch_needs_a_reason_and_a_number(
    new_study: NewStudy,
    drew: Callable[..., None],
    words: list[str],
    typed: Callable[..., list[str]],
) -> None:
    """The command line is wrong without."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    assert release(study, typed, *words) == 2


@pytest.mark.parametrize(
    "reason", ["Mme Durand is never in", "few, call 06 12 34 56 78", "few at the Hotel Bellevue"]
)
def test_a_reason_that_names_somebody_is_refused(
    new_study: NewStudy, drew: Callable[..., None], reason: str, typed: Callable[..., list[str]]
) -> None:
    """The ledger keeps it for good: titles, numbers, the study's own words, case codes."""
    study = new_study(FORM)
    path = study.folder / "study.yaml"
    text = re.sub(r"^words:.*$", "words: [Bellevue]", path.read_text("utf-8"), flags=re.MULTILINE)
    path.write_text(text, "utf-8")
    drew(study, PEOPLE)
    assert release(study, typed, "1", "--reason", reason) == 2
    case = codes.new_cases(1)[0]
    assert release(study, typed, "1", "--reason", f"in place of {case}") == 2


def batched(study: Study, typed: Callable[..., list[str]]) -> Path:
    """Return the file of a batch that is released."""
    assert release(study, typed, "1", "--reason", "x") == 0
    return study.draw / "release-1.json"


def test_a_batch_changed_or_taken_away_is_refused(
    new_study: NewStudy, drew: Callable[..., None], typed: Callable[..., list[str]]
) -> None:
    """Nothing is weighted by it, and nobody is taken out of the sample quietly."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    path = batched(study, typed)
    good = path.read_bytes()
    changed = json.loads(good)
    changed["released"] = {"2": 1}
    path.write_text(json.dumps(changed), "utf-8")
    with pytest.raises(Refusal, match=r"release-1\.json"):
        read_sample(study)
    path.unlink()
    with pytest.raises(Refusal, match=r"release-1\.json"):
        read_sample(study)
    path.write_bytes(good)
    assert len(released(study)) == 4


@pytest.mark.parametrize(
    "released",
    [
        *('{"1": 0}', '{"7": 0}', '{"1": -1}', '{"1": 1.0}', '{"1": true}', '{"1": "1"}'),
        *('{"1": 1e999}', '{"1": NaN}', '{"01": 1}', '{"x": 1}', '["1"]', "1" * 500, "null"),
    ],
)
def test_a_batch_that_no_verb_wrote_is_refused(
    released: str, new_study: NewStudy, drew: Callable[..., None]
) -> None:
    """Though the ledger vouches for its bytes: whoever holds a study key can sign a line of it."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    told = f'{{"format": "{releases.FORMAT}", "time": "2026-05-01", "reason": "x", "released": %s}}'
    noted(study, (told % '{"1": 1}').encode(), 1)
    assert len(read_sample(study) or {}) == 6
    noted(study, (told % released).encode(), 2)
    with pytest.raises(Refusal, match=r"release-2\.json"):
        read_sample(study)


def test_the_reason_of_a_batch_cannot_steer_a_terminal(
    new_study: NewStudy, drew: Callable[..., None]
) -> None:
    """It is printed as it stands; a verb takes no other either."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    batch = {"format": releases.FORMAT, "time": "2026-05-01", "released": {"1": 1}}
    noted(study, json.dumps(batch | {"reason": "\x1b[2J"}).encode(), 1)
    with pytest.raises(Refusal, match=r"release-1\.json"):
        releases.read(study)


def noted(study: Study, content: bytes, number: int) -> None:
    """Write the bytes of a batch and note them in the ledger."""
    (study.draw / f"release-{number}.json").write_bytes(content)
    key = custody.open_signing_key(study.signing_key, PASSWORD.encode())
    hashed, now = hashlib.sha256(content).hexdigest(), datetime(2026, 5, 1, tzinfo=UTC)
    ledger.append(study.ledger, "release", "x", 1, key=key, sha256=hashed, now=now)


def test_a_batch_without_its_line_in_the_ledger_releases_nobody(
    new_study: NewStudy, drew: Callable[..., None], typed: Callable[..., list[str]]
) -> None:
    """Power was cut before the line, or somebody put the file there: the next batch takes its place."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    noted = study.ledger.read_bytes()
    path = batched(study, typed)
    study.ledger.write_bytes(noted)
    assert released(study) == {"A0", "A1", "B0"}
    assert release(study, typed, "3", "--reason", "again") == 0
    assert json.loads(path.read_bytes())["released"] == {"1": 2, "2": 1}


def test_a_damaged_ledger_vouches_for_no_batch(
    new_study: NewStudy, drew: Callable[..., None], typed: Callable[..., list[str]]
) -> None:
    """A line that cannot be read may have been that of the batch: refused, not forgotten."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    batched(study, typed)
    lines = study.ledger.read_bytes().split(b"\n")
    study.ledger.write_bytes(b"\n".join([*lines[:-2], b"{}", b""]))
    with pytest.raises(Refusal, match="ledger"):
        read_sample(study)


def test_without_a_number_it_says_what_is_left(
    new_study: NewStudy,
    drew: Callable[..., None],
    typed: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
    english: None,
) -> None:
    """No passphrase is asked for; batches are told with their day and reason."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    batched(study, typed)
    capsys.readouterr()
    assert souspli.main(["release", "--study", str(study.folder)]) == 0
    told = capsys.readouterr().out
    assert "1 case; x" in told
    assert "2 left in reserve." in told


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=8),
    st.integers(1, 30),
)
def test_a_batch_is_shared_within_what_is_left(given: list[tuple[int, int]], count: int) -> None:
    """All of it is shared out, nobody gives more than is left, or it is refused."""
    cells = [
        reserve.Cell(number, number, drawn, left)
        for number, (drawn, left) in enumerate(given, start=1)
    ]
    if count > sum(cell.left for cell in cells):
        with pytest.raises(Refusal):
            reserve.shared(cells, count)
        return
    shared = reserve.shared(cells, count)
    assert sum(shared.values()) == count
    assert all(0 < n <= cells[number - 1].left for number, n in shared.items())


def test_cells_count_what_is_drawn_and_left() -> None:
    """By cluster within two stages; what a batch released is neither."""
    sample = {
        str(at): DrawnCase(str(at), 1, 9, order is None, order, cell, 8, cell, batch)
        for at, (cell, order, batch) in enumerate(
            [(5, None, 0), (5, None, 0), (5, 3, 1), (5, 4, None), (6, None, 0)]
        )
    }
    assert reserve.cells(sample) == (reserve.Cell(5, 1, 2, 1), reserve.Cell(6, 1, 1, 0))


def test_a_batch_shared_out_before_another_was_released_is_refused(
    new_study: NewStudy, drew: Callable[..., None], typed: Callable[..., list[str]]
) -> None:
    """Two leads at once: the second would write over the first one's file, and no sample be read again."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    sample = read_sample(study) or {}
    key = custody.open_signing_key(study.signing_key, PASSWORD.encode())
    shared = reserve.shared(reserve.cells(sample), 1)
    batched(study, typed)
    with pytest.raises(Refusal, match="another batch was released meanwhile"):
        releases.add(study, 1, releases.new_batch(shared, "mine", NOW), 1, key, NOW)
    assert len(released(study)) == 4


def test_batches_of_many_at_once_are_released_one_at_a_time(
    new_study: NewStudy, drew: Callable[..., None]
) -> None:
    """One is, the others are refused, and the sample can be read."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    key = custody.open_signing_key(study.signing_key, PASSWORD.encode())

    def add(reason: str) -> str:
        try:
            releases.add(study, 1, releases.new_batch({1: 1}, reason, NOW), 1, key, NOW)
        except Refusal:
            return ""
        return reason

    with ThreadPoolExecutor(4) as pool:
        done = [reason for reason in pool.map(add, "abcd") if reason]
    assert [batch.reason for batch in releases.read(study)] == done
    assert len(done) == 1


def test_nothing_is_released_beside_a_damaged_ledger(
    new_study: NewStudy, drew: Callable[..., None], typed: Callable[..., list[str]]
) -> None:
    """A line taken out may have been a batch, whose number and people the new one would take."""
    study = new_study(FORM)
    drew(study, PEOPLE)
    batched(study, typed).unlink()
    assert release_line_taken_out(study) == {"A0", "A1", "B0"}
    assert release(study, typed, "1", "--reason", "x") == 1


def release_line_taken_out(study: Study) -> set[str]:
    """Take the batch's line out of the middle of the ledger; return who is released then."""
    lines = study.ledger.read_bytes().split(b"\n")
    key = custody.open_signing_key(study.signing_key, PASSWORD.encode())
    ledger.append(study.ledger, "tested", "x", 0, key=key, now=NOW)
    after = study.ledger.read_bytes().split(b"\n")[-2]
    study.ledger.write_bytes(b"\n".join([*lines[:-2], after, b""]))
    return released(study)
