"""Taking in sealed records without a key."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import souspli
from export.collecting import collect as collecting
from export.collecting import index, quarantine
from export.collecting.collect import Collected
from export.collecting.intake import why
from export.study import Study, read_study
from export.unsealing.unseal import unseal_all
from interviewer import age, outbox
from interviewer.record import Record
from surveys.problems import Refusal

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
Put = Callable[..., None]
HandOver = Callable[..., Path]
Collect = Callable[..., Collected]

PASSPHRASE = b"correct horse battery"
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
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """The second time every record is known; no file differs, in the study or beside the bundle."""
    study = new_study(LINKED)
    bundle = hand_over(study, *(made_of(study, "A") for _ in range(3)))
    (bundle / f"{'f' * 32}.age").write_bytes(b"broken")
    first = collect(study, bundle)
    before = snapshot(study.folder), snapshot(bundle.parent)
    second = collect(study, bundle)
    assert (len(first.taken), first.known) == (3, ())
    assert (second.taken, second.known) == ((), first.taken)
    assert second.quarantined == first.quarantined
    assert (snapshot(study.folder), snapshot(bundle.parent)) == before


def test_a_record_is_collected_as_it_was_sealed(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """Both files of a record are copied byte for byte, and nothing else of the bundle."""
    study = new_study(LINKED)
    bundle = hand_over(study, made_of(study, "A"))
    collect(study, bundle)
    sealed = {name: held for name, held in snapshot(bundle).items() if name.endswith(".age")}
    assert snapshot(study.collected) == sealed
    assert len(sealed) == 2


@pytest.mark.parametrize("cut", [0, 1, 1000, -1])
def test_a_record_cut_short_is_set_aside_whole(
    cut: int, new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """Whatever the length left, the reason is the size, and the rest is taken in."""
    study = new_study(PLAIN)
    good, bad = made_of(study, "A"), made_of(study, "B")
    bundle = hand_over(study, good, bad)
    path = bundle / f"{bad.id}.age"
    path.write_bytes(path.read_bytes()[:cut])
    collected = collect(study, bundle)
    assert collected.taken == (good.id,)
    assert reasons(collected) == {path.name: "size"}
    kept = [
        one
        for name, one in snapshot(study.collected).items()
        if name.startswith(quarantine.NAME) and "." not in name
    ]
    assert kept == ([path.read_bytes()] if path.read_bytes() else [])


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    name=st.text(st.characters(codec="ascii", exclude_characters="/\0"), min_size=1, max_size=40)
)
def test_a_file_of_any_other_name_is_never_taken_in(
    name: str, new_study: NewStudy, collect: Collect, tmp_path: Path
) -> None:
    """Only 32 hexadecimal digits name a record; what does not end in .age is left alone."""
    folder = tmp_path / "study"
    study = read_study(folder) if folder.exists() else new_study(PLAIN)
    bundle = tmp_path / "names"
    shutil.rmtree(bundle, ignore_errors=True)
    bundle.mkdir()
    (bundle / f"x{name}.age").write_bytes(b"x")
    (bundle / f"x{name}.txt").write_bytes(b"x")
    collected = collect(study, bundle)
    assert (collected.taken, collected.bundles[0].others) == ((), 1)
    assert [one.reason for one in collected.quarantined] == ["name"]


def test_links_are_never_followed(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, tmp_path: Path
) -> None:
    """A symbolic link, a folder and a pipe under a record's name are named and left where they are."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    path = bundle / f"{one.id}.age"
    path.symlink_to(path.rename(tmp_path / "away.age"))
    (bundle / f"{'e' * 32}.age").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(bundle / f"{'d' * 32}.age")
    collected = collect(study, bundle)
    assert collected.taken == ()
    assert set(reasons(collected).values()) == {"kind"}
    assert snapshot(study.collected) == {}


def test_a_bundle_that_is_a_link_is_never_followed(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, tmp_path: Path
) -> None:
    """It may lead to any folder of the lead's. Refused where it was named; on a stick it is told."""
    study = new_study(PLAIN)
    bundle = hand_over(study, made_of(study, "A"), name="L01")
    link = bundle.with_name("souspli-L02")
    link.symlink_to(bundle.rename(tmp_path / "away"))
    with pytest.raises(Refusal, match="souspli-L02: is a link"):
        collect(study, link)
    good = hand_over(study, made_of(study, "B", device="L03"), name="L03")
    came = collect(study, good.parent)
    assert [(one.faults, len(one.taken)) for one in came.bundles] == [(("closed",), 0), ((), 1)]
    assert not came.is_clean
    assert len(snapshot(study.collected)) == 1


@pytest.mark.parametrize("name", ["stray", "a" * 32, "a" * 32 + ".link"])
def test_what_is_larger_than_a_record_is_left_where_it_is(
    name: str, new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """A stick full of strangers does not fill the lead's disk; it is named."""
    study = new_study(LINKED)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    size = max(path.stat().st_size for path in bundle.glob("*.age"))
    (bundle / f"{name}.age").write_bytes(bytes(size + 1))
    collected = collect(study, bundle)
    assert reasons(collected) == {f"{name}.age": "large"}
    assert collected.taken == (one.id,)
    assert not any(quarantine.NAME in held for held in snapshot(study.collected))
    (bundle / f"{name}.age").write_bytes(bytes(size - 1))
    collect(study, bundle)
    assert any(quarantine.NAME in held for held in snapshot(study.collected)) is (
        "link" not in name
    )


def test_a_file_for_other_recipients_is_set_aside(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """Sealed to a passphrase, or to fewer keys, and lengthened to the right size: the header tells."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    path = hand_over(study, one) / f"{one.id}.age"
    size = path.stat().st_size
    for sealed in (
        age.seal(b"\0" * study.bucket, [age.Passphrase(b"x" * 12, 1)]),
        age.seal(b"\0" * study.bucket, [age.HybridIdentity.generate().recipient]),
        b"age-encryption.org/v1\n-> mlkem768x25519 AAAA\n",
    ):
        path.write_bytes(sealed.ljust(size, b"\0"))
        assert reasons(collect(study, path.parent)) == {path.name: "header"}


def test_a_link_file_must_be_there_exactly_where_the_study_has_links(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """A missing, damaged or lone link file sets its record aside with it."""
    study = new_study(LINKED)
    whole, without, damaged, alone = (made_of(study, case) for case in "ABCD")
    bundle = hand_over(study, whole, without, damaged, alone)
    (bundle / f"{without.id}.link.age").unlink()
    (bundle / f"{damaged.id}.link.age").write_bytes(b"x")
    (bundle / f"{alone.id}.age").unlink()
    collected = collect(study, bundle)
    assert collected.taken == (whole.id,)
    assert reasons(collected) == {
        f"{without.id}.age": "link_missing",
        f"{damaged.id}.age": "link_missing",
        f"{damaged.id}.link.age": "size",
        f"{alone.id}.link.age": "link_alone",
    }


def test_a_study_without_links_takes_none(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """A link file it did not ask for is set aside; the record is good."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    custodian = age.HybridRecipient.parse(study.recipients["custodian"][0])
    (bundle / f"{one.id}.link.age").write_bytes(age.seal(bytes(4096), [custodian]))
    collected = collect(study, bundle)
    assert reasons(collected) == {f"{one.id}.link.age": "link_unwanted"}
    assert collected.taken == (one.id,)


def test_another_file_under_a_known_id_is_set_aside(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, put: Put
) -> None:
    """What the ledger says was sealed stays; anything else under its id is kept apart."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    sealed = (bundle / f"{one.id}.age").read_bytes()
    collect(study, bundle)
    put(study, bundle, one)  # sealed anew: other bytes
    collected = collect(study, bundle)
    assert (collected.taken, collected.known) == ((), ())
    assert reasons(collected) == {f"{one.id}.age": "altered"}
    assert (study.collected / f"{one.id}.age").read_bytes() == sealed


@pytest.mark.parametrize("ending", [".age", ".link.age"])
def test_what_is_not_as_its_laptop_sealed_it_gives_way_to_what_is(
    ending: str, new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """A file damaged in the study folder, or recovered there from a draft: set aside and replaced."""
    study = new_study(LINKED)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    collect(study, bundle)
    path = study.collected / f"{one.id}{ending}"
    sealed = path.read_bytes()
    other = sealed[:-1] + bytes([sealed[-1] ^ 1])
    path.write_bytes(other)
    collected = collect(study, bundle)
    assert reasons(collected) == {path.name: "replaced"}
    assert collected.taken == ((one.id,) if ending == ".age" else ())
    assert path.read_bytes() == sealed
    kept = snapshot(study.collected)
    assert other in [held for name, held in kept.items() if name.startswith(quarantine.NAME)]
    assert collect(study, bundle).is_clean


def test_a_good_copy_is_taken_in_after_a_bad_one(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """Quarantine does not bar an id."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    path = hand_over(study, one) / f"{one.id}.age"
    content = path.read_bytes()
    path.write_bytes(content[:-5])
    assert collect(study, path.parent).taken == ()
    path.write_bytes(content)
    assert collect(study, path.parent).taken == (one.id,)


def test_the_index_can_be_made_again_from_the_files(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """Without its index a study knows the same records."""
    study = new_study(LINKED)
    bundle = hand_over(study, made_of(study, "A"), made_of(study, "B"))
    collect(study, bundle)

    def content() -> list[tuple[str, ...]]:
        connection = sqlite3.connect(study.collected / "index.sqlite")
        try:
            return sorted(connection.execute("SELECT * FROM records"))
        finally:
            connection.close()

    before = content()
    for path in study.collected.glob("index.sqlite*"):
        path.unlink()
    assert len(collect(study, bundle).known) == 2
    assert content() == before
    assert len(before) == 2


@pytest.mark.parametrize("is_lost", [False, True])
def test_the_verb_says_what_an_index_made_again_misses(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    english: None,
    capsys: pytest.CaptureFixture[str],
    is_lost: bool,
) -> None:
    """Status 1 where a record is gone; without a bundle no passphrase is asked."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    collect(study, hand_over(study, one, made_of(study, "B")))
    if is_lost:
        (study.collected / f"{one.id}.age").unlink()
    status = souspli.main(["collect", "--rebuild-index", "--study", str(study.folder)])
    first, *more = capsys.readouterr().err.splitlines()
    assert (status, first) == (
        int(is_lost),
        f"index made again: {2 - is_lost} record{'s' * (not is_lost)}",
    )
    assert [line.startswith("1 record that was taken in before") for line in more] == [
        True
    ] * is_lost


def test_a_line_lost_from_the_index_is_found_again(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """After a crash between file and index, the files count."""
    study = new_study(PLAIN)
    bundle = hand_over(study, made_of(study, "A"))
    collect(study, bundle)
    connection = sqlite3.connect(study.collected / "index.sqlite")
    connection.execute("DELETE FROM records")
    connection.commit()
    connection.close()
    assert len(collect(study, bundle).known) == 1


def test_an_index_made_again_misses_what_is_gone(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    identities: Callable[[Study], Sequence[age.Identity]],
) -> None:
    """Its hashes are those of the files; a record that was taken in and is not here stays noted."""
    study = new_study(LINKED)
    bundle = hand_over(study, *(made_of(study, case) for case in "ABC"))
    collect(study, bundle)
    gone, changed, _same = outbox.ids(study.collected)
    for ending in (".age", ".link.age"):
        (study.collected / f"{gone}{ending}").unlink()
    (study.collected / f"{changed}.age").write_bytes(b"damaged since")
    for _again in range(2):
        assert index.rebuilt(study.collected) == (2, 1)
        assert gone in index.noted(study.collected)
    connection = sqlite3.connect(study.collected / "index.sqlite")
    try:
        noted = dict(connection.execute("SELECT id, sha256 FROM records").fetchall())
    finally:
        connection.close()
    assert noted[changed] == index.sha256(b"damaged since")
    found = unseal_all(study, identities(study), "test", datetime(2022, 5, 2, tzinfo=UTC))
    assert {one.id: one.reason for one in found.left_out} == {gone: "lost", changed: "sealed"}


@pytest.mark.parametrize("gone", [(".age",), (".link.age",), (".age", ".link.age")])
def test_a_file_that_has_gone_is_taken_in_again(
    gone: tuple[str, ...],
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
) -> None:
    """The index does not vouch for what is no longer there."""
    study = new_study(LINKED)
    one = made_of(study, "A")
    bundle = hand_over(study, one)
    collect(study, bundle)
    before = snapshot(study.collected)
    for ending in gone:
        (study.collected / f"{one.id}{ending}").unlink()
    again = collect(study, bundle)
    assert (again.taken, again.quarantined) == ((one.id,) if ".age" in gone else (), ())
    assert snapshot(study.collected) == before


@pytest.mark.parametrize("damage", ["cut", "text", "row", "page", "empty"])
def test_a_damaged_index_is_set_aside_and_made_again(
    damage: str, new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """No record depends on it; the damaged one is kept under another name."""
    study = new_study(PLAIN)
    bundle = hand_over(study, *(made_of(study, case) for case in "AB"))
    collect(study, bundle)
    path = study.collected / "index.sqlite"
    content = path.read_bytes()
    changed = {
        "cut": content[: len(content) // 2],
        "text": b"no database" * 500,
        "row": content.replace(outbox.ids(study.collected)[0].encode(), b"\xff" * 32),
        "page": content[:4096] + b"\xff" * (len(content) - 4096),
        "empty": b"",
    }
    path.write_bytes(changed[damage])
    again = collect(study, bundle)
    assert (len(again.known), again.quarantined) == (2, ())
    connection = sqlite3.connect(path)
    try:
        assert len(connection.execute("SELECT id FROM records").fetchall()) == 2
    finally:
        connection.close()
    kept = path.with_name("index.sqlite.damaged")
    assert kept.exists() is (damage != "empty")


def test_an_index_in_use_is_refused_not_replaced(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another program that writes is no damage."""
    study = new_study(PLAIN)
    collect(study, hand_over(study, made_of(study, "A")))
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path: connect(path, timeout=0))
    holder = connect(study.collected / "index.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    bundle = hand_over(study, made_of(study, "B"))
    try:
        with pytest.raises(Refusal, match=r"index\.sqlite: cannot be used"):
            collect(study, bundle)
    finally:
        holder.close()
    assert not (study.collected / "index.sqlite.damaged").exists()


def test_a_bundle_that_is_no_folder_is_refused_before_anything_is_taken_in(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect, tmp_path: Path
) -> None:
    """A slip of the hand in the second bundle leaves the first where it is."""
    study = new_study(PLAIN)
    bundle = hand_over(study, made_of(study, "A"))
    with pytest.raises(Refusal, match="no folder"):
        collect(study, bundle, tmp_path / "nowhere")
    assert snapshot(study.collected) == {}


def test_nothing_is_taken_in_where_the_receipt_could_not_be_signed_by_the_lead(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver
) -> None:
    """Laptops would not believe another key."""
    study = new_study(PLAIN)
    bundle = hand_over(study, made_of(study, "A"))
    with pytest.raises(Refusal, match="not the key"):
        collecting.collect(study, [bundle], Ed25519PrivateKey.generate())
    assert snapshot(study.collected) == {}


def test_a_collection_cut_off_anywhere_is_done_again(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    collect: Collect,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever file could not be put in its place, the next collection ends as an undisturbed one."""
    study = new_study(LINKED)
    bundle = hand_over(study, made_of(study, "A"), made_of(study, "B"))
    fresh = Path(shutil.copytree(study.folder, tmp_path / "fresh"))
    collect(study, bundle)
    expected = snapshot(study.folder), snapshot(bundle.parent)
    replace = os.replace
    for failing in range(7):  # the ledger and its head, two records with their links, the receipt
        shutil.rmtree(study.folder)
        shutil.copytree(fresh, study.folder)
        (bundle.parent / "souspli-L01.receipt").unlink()
        calls = iter(range(100))

        def refuse(source: Path, target: Path, at: int = failing, calls: Any = calls) -> None:
            if next(calls) == at:
                raise OSError(28, "No space left on device")
            replace(source, target)

        with monkeypatch.context() as context:
            context.setattr(os, "replace", refuse)
            with contextlib.suppress(Refusal):
                assert not collect(study, bundle).is_clean
        assert collect(study, bundle).is_clean
        assert (snapshot(study.folder), snapshot(bundle.parent)) == expected


def test_a_stick_with_the_bundles_of_several_laptops_is_collected_at_once(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """By its folder, or each bundle by itself."""
    study = new_study(PLAIN)
    first = hand_over(study, made_of(study, "A"))
    second = hand_over(study, made_of(study, "B", device="L02"), name="L02")
    collected = collect(study, first.parent)
    assert [(one.device, len(one.taken)) for one in collected.bundles] == [("L01", 1), ("L02", 1)]
    assert collected.is_clean
    assert len(collect(study, second, first).known) == 2


def test_the_verb_says_what_it_did(
    new_study: NewStudy,
    made_of: MadeOf,
    hand_over: HandOver,
    english: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Status 0 when all is in, 1 when anything is wrong; a hostile name cannot steer the terminal."""
    study = new_study(PLAIN)
    one = made_of(study, "A")
    bundle = hand_over(study, one)

    def verb(*more: str) -> tuple[int, str]:
        reading, writing = os.pipe()
        os.write(writing, PASSPHRASE + b"\n")
        os.close(writing)
        given = ["--study", str(study.folder), "--passphrase-fd", str(reading)]
        status = souspli.main(["collect", str(bundle), *given, *more])
        os.close(reading)
        return status, capsys.readouterr().out

    status, told = verb()
    assert status == 0
    assert told.startswith("Laptop L01: 1 collected in all; head of its ledger for the sheet: ")
    assert told.splitlines()[1:] == [
        "1 record taken in.",
        f"Receipt for the next hand-over: {bundle.parent / 'souspli-L01.receipt'}",
    ]
    (bundle / "\x1b[2J.age").write_bytes(b"x")
    (study.collected / f"{one.id}.age").unlink()
    (bundle / f"{one.id}.age").unlink()
    status, told = verb()
    assert status == 1
    assert "\x1b" not in told
    assert "?[2J.age: set aside; " + why("name") in told
    assert f"{bundle}: it was not written to its end" in told
    assert f"laptop L01: record {one.id} was sealed and is not here" in told
    status, told = verb("--json")
    assert status == 1
    found = json.loads(told)
    assert (found["taken"], found["known"], found["refused"]) == (0, 0, [])
    assert found["quarantined"] == [{"name": "\x1b[2J.age", "reason": "name"}]
    assert found["bundles"][0]["faults"] == ["torn"]
    assert found["devices"][0]["missing"] == [one.id]
