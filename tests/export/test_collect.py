"""Taking in sealed records without a key."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import souspli
from export.collect import Collected, collect, why
from export.index import QUARANTINE
from export.study import Study
from interviewer import age
from interviewer.record import Record
from surveys.problems import Refusal

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
Put = Callable[..., None]

PLAIN = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
"""
LINKED = PLAIN + "  - {type: text, name: card, keep: link, label: Card}\n"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "index.sqlite" not in path.name
    }


def reasons(collected: Collected) -> dict[str, str]:
    return {one.name: one.reason for one in collected.quarantined}


def test_collecting_twice_changes_nothing(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """The second time every record is known, and no file differs."""
    study, bundle = new_study(LINKED), tmp_path / "bundle"
    put(study, bundle, *(made_of(study, "A") for _ in range(3)))
    (bundle / f"{'f' * 32}.age").write_bytes(b"broken")
    first = collect(study, [bundle])
    before = snapshot(study.collected)
    second = collect(study, [bundle])
    assert (len(first.taken), first.known) == (3, ())
    assert (second.taken, second.known) == ((), first.taken)
    assert second.quarantined == first.quarantined
    assert snapshot(study.collected) == before


def test_a_record_is_collected_as_it_was_sealed(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """Both files of a record are copied byte for byte."""
    study, bundle = new_study(LINKED), tmp_path / "bundle"
    put(study, bundle, made_of(study, "A"))
    collect(study, [bundle])
    assert snapshot(study.collected) == snapshot(bundle)
    assert len(snapshot(bundle)) == 2


@pytest.mark.parametrize("cut", [0, 1, 1000, -1])
def test_a_record_cut_short_is_set_aside_whole(
    cut: int, new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """Whatever the length left, the reason is the size, and the rest is taken in."""
    study, bundle = new_study(PLAIN), tmp_path / "bundle"
    good, bad = made_of(study, "A"), made_of(study, "B")
    put(study, bundle, good, bad)
    path = bundle / f"{bad.id}.age"
    path.write_bytes(path.read_bytes()[:cut])
    collected = collect(study, [bundle])
    assert collected.taken == (good.id,)
    assert reasons(collected) == {path.name: "size"}
    kept = [
        one
        for name, one in snapshot(study.collected).items()
        if name.startswith(QUARANTINE) and "." not in name
    ]
    assert kept == ([path.read_bytes()] if path.read_bytes() else [])


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    name=st.text(st.characters(codec="ascii", exclude_characters="/\0"), min_size=1, max_size=40)
)
def test_a_file_of_any_other_name_is_never_taken_in(
    name: str, new_study: NewStudy, tmp_path: Path
) -> None:
    """Only 32 hexadecimal digits name a record; what does not end in .age is left alone."""
    folder = tmp_path / "study"
    study = new_study(PLAIN) if not folder.exists() else None
    if study is None:
        from export.study import read_study

        study = read_study(folder)
    bundle = tmp_path / "names"
    shutil.rmtree(bundle, ignore_errors=True)
    bundle.mkdir()
    (bundle / f"x{name}.age").write_bytes(b"x")
    (bundle / f"x{name}.txt").write_bytes(b"x")
    collected = collect(study, [bundle])
    assert (collected.taken, collected.others) == ((), 1)
    assert [one.reason for one in collected.quarantined] == ["name"]


def test_links_are_never_followed(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """A symbolic link, a folder and a pipe under a record's name are named and left where they are."""
    study, away, bundle = new_study(PLAIN), tmp_path / "away", tmp_path / "bundle"
    one = made_of(study, "A")
    put(study, away, one)
    bundle.mkdir()
    (bundle / f"{one.id}.age").symlink_to(away / f"{one.id}.age")
    (bundle / f"{'e' * 32}.age").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(bundle / f"{'d' * 32}.age")
    collected = collect(study, [bundle])
    assert collected.taken == ()
    assert set(reasons(collected).values()) == {"kind"}
    assert snapshot(study.collected) == {}


def test_a_file_for_other_recipients_is_set_aside(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """Sealed to a passphrase, or to fewer keys, and lengthened to the right size: the header tells."""
    study, bundle = new_study(PLAIN), tmp_path / "bundle"
    one = made_of(study, "A")
    put(study, bundle, one)
    path = bundle / f"{one.id}.age"
    size = path.stat().st_size
    for sealed in (
        age.seal(b"\0" * study.bucket, [age.Passphrase(b"x" * 12, 1)]),
        age.seal(b"\0" * study.bucket, [age.HybridIdentity.generate().recipient]),
        b"age-encryption.org/v1\n-> mlkem768x25519 AAAA\n",
    ):
        path.write_bytes(sealed.ljust(size, b"\0"))
        assert reasons(collect(study, [bundle])) == {path.name: "header"}


def test_a_link_file_must_be_there_exactly_where_the_study_has_links(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """A missing, damaged or lone link file sets its record aside with it."""
    study, bundle = new_study(LINKED), tmp_path / "bundle"
    whole, without, damaged, alone = (made_of(study, case) for case in "ABCD")
    put(study, bundle, whole, without, damaged, alone)
    (bundle / f"{without.id}.link.age").unlink()
    (bundle / f"{damaged.id}.link.age").write_bytes(b"x")
    (bundle / f"{alone.id}.age").unlink()
    collected = collect(study, [bundle])
    assert collected.taken == (whole.id,)
    assert reasons(collected) == {
        f"{without.id}.age": "link_missing",
        f"{damaged.id}.age": "link_missing",
        f"{damaged.id}.link.age": "size",
        f"{alone.id}.link.age": "link_alone",
    }


def test_a_study_without_links_takes_none(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """A link file it did not ask for is set aside; the record is good."""
    study, bundle = new_study(PLAIN), tmp_path / "bundle"
    one = made_of(study, "A")
    put(study, bundle, one)
    custodian = age.HybridRecipient.parse(study.recipients["custodian"][0])
    (bundle / f"{one.id}.link.age").write_bytes(age.seal(bytes(4096), [custodian]))
    collected = collect(study, [bundle])
    assert reasons(collected) == {f"{one.id}.link.age": "link_unwanted"}
    assert collected.taken == (one.id,)


def test_another_file_under_a_known_id_is_set_aside(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """What was taken in first stays; what came later is kept apart."""
    study, first, second = new_study(PLAIN), tmp_path / "first", tmp_path / "second"
    one = made_of(study, "A")
    put(study, first, one)
    put(study, second, one)  # sealed anew: other bytes
    collected = collect(study, [first, second])
    assert collected.taken == (one.id,)
    assert reasons(collected) == {f"{one.id}.age": "changed"}
    assert (study.collected / f"{one.id}.age").read_bytes() == (
        first / f"{one.id}.age"
    ).read_bytes()


def test_a_good_copy_is_taken_in_after_a_bad_one(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """Quarantine does not bar an id."""
    study, bundle = new_study(PLAIN), tmp_path / "bundle"
    one = made_of(study, "A")
    put(study, bundle, one)
    path = bundle / f"{one.id}.age"
    content = path.read_bytes()
    path.write_bytes(content[:-5])
    assert collect(study, [bundle]).taken == ()
    path.write_bytes(content)
    assert collect(study, [bundle]).taken == (one.id,)


def test_the_index_can_be_made_again_from_the_files(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """Without its index a study knows the same records and the same quarantine."""
    study, bundle = new_study(LINKED), tmp_path / "bundle"
    put(study, bundle, made_of(study, "A"), made_of(study, "B"))
    (bundle / f"{'f' * 32}.age").write_bytes(b"broken")
    collect(study, [bundle])

    def content() -> list[list[tuple[str, ...]]]:
        connection = sqlite3.connect(study.collected / "index.sqlite")
        try:
            return [
                sorted(connection.execute(f"SELECT * FROM {table}"))
                for table in ("records", "quarantine")
            ]
        finally:
            connection.close()

    before = content()
    for path in study.collected.glob("index.sqlite*"):
        path.unlink()
    assert len(collect(study, [bundle]).known) == 2
    assert content() == before
    assert [len(rows) for rows in before] == [2, 1]


def test_a_line_lost_from_the_index_is_found_again(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """After a crash between file and index, the files count."""
    study, bundle = new_study(PLAIN), tmp_path / "bundle"
    put(study, bundle, made_of(study, "A"))
    collect(study, [bundle])
    connection = sqlite3.connect(study.collected / "index.sqlite")
    connection.execute("DELETE FROM records")
    connection.commit()
    connection.close()
    assert len(collect(study, [bundle]).known) == 1


@pytest.mark.parametrize("gone", [(".age",), (".link.age",), (".age", ".link.age")])
def test_a_file_that_has_gone_is_taken_in_again(
    gone: tuple[str, ...], new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """The index does not vouch for what is no longer there."""
    study, bundle = new_study(LINKED), tmp_path / "bundle"
    one = made_of(study, "A")
    put(study, bundle, one)
    collect(study, [bundle])
    before = snapshot(study.collected)
    for ending in gone:
        (study.collected / f"{one.id}{ending}").unlink()
    again = collect(study, [bundle])
    assert (again.taken, again.quarantined) == ((one.id,) if ".age" in gone else (), ())
    assert snapshot(study.collected) == before


@pytest.mark.parametrize("damage", ["cut", "text", "page", "empty"])
def test_a_damaged_index_is_set_aside_and_made_again(
    damage: str, new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """No record depends on it; the damaged one is kept under another name."""
    study, bundle = new_study(PLAIN), tmp_path / "bundle"
    put(study, bundle, *(made_of(study, case) for case in "AB"))
    collect(study, [bundle])
    path = study.collected / "index.sqlite"
    content = path.read_bytes()
    changed = {
        "cut": content[: len(content) // 2],
        "text": b"no database" * 500,
        "page": content[:4096] + b"\xff" * (len(content) - 4096),
        "empty": b"",
    }
    path.write_bytes(changed[damage])
    again = collect(study, [bundle])
    assert (len(again.known), again.quarantined) == (2, ())
    connection = sqlite3.connect(path)
    try:
        assert len(connection.execute("SELECT id FROM records").fetchall()) == 2
    finally:
        connection.close()
    kept = path.with_name("index.sqlite.damaged")
    assert kept.exists() is (damage != "empty")


def test_an_index_in_use_is_refused_not_replaced(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program that writes is no damage."""
    study, bundle = new_study(PLAIN), tmp_path / "bundle"
    put(study, bundle, made_of(study, "A"))
    collect(study, [bundle])
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path: connect(path, timeout=0))
    holder = connect(study.collected / "index.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        put(study, bundle, made_of(study, "B"))
        with pytest.raises(Refusal, match=r"index\.sqlite: cannot be used"):
            collect(study, [bundle])
    finally:
        holder.close()
    assert not (study.collected / "index.sqlite.damaged").exists()


def test_a_bundle_that_is_no_folder_is_refused_before_anything_is_taken_in(
    new_study: NewStudy, made_of: MadeOf, put: Put, tmp_path: Path
) -> None:
    """A slip of the hand in the second bundle leaves the first where it is."""
    study, bundle = new_study(PLAIN), tmp_path / "bundle"
    put(study, bundle, made_of(study, "A"))
    with pytest.raises(Refusal, match="no folder"):
        collect(study, [bundle, tmp_path / "nowhere"])
    assert snapshot(study.collected) == {}


def test_the_verb_says_what_it_did(
    new_study: NewStudy,
    made_of: MadeOf,
    put: Put,
    tmp_path: Path,
    english: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Status 0 when all is in, 1 when anything was set aside; a hostile name cannot steer the terminal."""
    study, bundle = new_study(PLAIN), tmp_path / "bundle"
    put(study, bundle, made_of(study, "A"))
    assert souspli.main(["collect", str(bundle), "--study", str(study.folder)]) == 0
    assert capsys.readouterr().out == "1 record taken in.\n"
    (bundle / "\x1b[2J.age").write_bytes(b"x")
    assert souspli.main(["collect", str(bundle), "--study", str(study.folder)]) == 1
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "?[2J.age: set aside; " + why("name") in told
    assert souspli.main(["collect", str(bundle), "--study", str(study.folder), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {
        "taken": 0,
        "known": 1,
        "others": 0,
        "quarantined": [{"name": "\x1b[2J.age", "reason": "name"}],
    }
