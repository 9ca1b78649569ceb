"""Withdrawn records: gone from every file of the study folder, wherever a crash came; told honestly."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from export import custody, ledger
from export.collecting import collect as collecting
from export.collecting import index, quarantine, refused
from export.collecting.collect import Collected
from export.collecting.withdrawal import Withdrawn, withdraw
from export.study import Study
from interviewer.files import Held
from interviewer.record import Record
from surveys.problems import Refusal

NewStudy = Callable[..., Study]
MadeOf = Callable[..., Record]
HandOver = Callable[..., Path]
Collect = Callable[..., Collected]

PASSPHRASE = b"correct horse battery"
NOW = datetime(2022, 5, 2, 12, tzinfo=UTC)
LINKED = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
survey:
  - {type: integer, name: days, label: Days}
  - {type: text, name: card, keep: link, label: Card}
"""


def withdrawn(study: Study, *ids: str) -> Withdrawn:
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    return withdraw(study, sorted(ids), key, NOW)


@pytest.fixture
def three(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> tuple[Study, Record, tuple[Record, ...], Path]:
    """A study that collected three records: the first to be withdrawn, the others, and the bundle."""
    study = new_study(LINKED)
    gone, *others = (made_of(study, case) for case in "ABC")
    bundle = hand_over(study, gone, *others)
    assert collect(study, bundle).is_clean
    return study, gone, tuple(others), bundle


def files_of(study: Study, record_id: str) -> list[bytes]:
    """Return what is sealed in the files of a record, the same for nobody else: the ends of both."""
    paths = (study.collected / f"{record_id}{ending}" for ending in (".age", ".link.age"))
    return [path.read_bytes() for path in paths]


def traces(folder: Path, record_id: str, sealed: list[bytes]) -> set[str]:
    """Return the files in which there is anything of a record: bytes of its files, or its id."""
    pieces = [piece for one in sealed for piece in (one[60:92], one[2000:2032], one[-32:])]
    pieces += [record_id.encode(), bytes.fromhex(record_id)]
    found = set()
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if any(piece in content for piece in pieces) or record_id in path.name:
            found.add(path.relative_to(folder).as_posix())
    return found


# --- what goes ----------------------------------------------------------------------------------


def test_nothing_of_a_withdrawn_record_is_left_but_its_id(
    three: tuple[Study, Record, tuple[Record, ...], Path],
) -> None:
    """In the refuse list, the study's ledger and the laptop's; the other records are as they were."""
    study, gone, others, _bundle = three
    sealed = files_of(study, gone.id)
    kept = [files_of(study, one.id) for one in others]
    assert f"collected/{index.NAME}" in traces(study.folder, gone.id, sealed)
    done = withdrawn(study, gone.id)
    assert done == Withdrawn((gone.id,), (), (), aside=0, nameless=0, exports=())
    assert traces(study.folder, gone.id, sealed) == {
        f"collected/withdrawn/{gone.id}",
        "ledger",
        "devices/L01.ledger",
    }
    assert refused.ids(study.collected) == {gone.id}
    assert [files_of(study, one.id) for one in others] == kept
    assert index.noted(study.collected) == sorted(one.id for one in others)


def test_it_is_noted_in_the_ledger_by_id_and_signed(
    three: tuple[Study, Record, tuple[Record, ...], Path],
) -> None:
    """With the study's signing key, which laptops know too."""
    study, gone, _others, _bundle = three
    withdrawn(study, gone.id, "f" * 32)
    found = ledger.verified(study.ledger, study.signer)
    assert found.faults == ()
    line = found.sound[-1]
    assert (line.event, line.what, line.count) == ("withdraw", f"{gone.id} {'f' * 32}", 2)
    assert found.names[line.key] == "signing.key"


def test_again_it_changes_nothing(three: tuple[Study, Record, tuple[Record, ...], Path]) -> None:
    """And says that they had been withdrawn before."""
    study, gone, _others, _bundle = three
    withdrawn(study, gone.id, "f" * 32)

    def contents() -> dict[Path, bytes]:
        files = (path for path in study.folder.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in files if index.NAME not in path.name}

    before = contents()
    again = withdrawn(study, gone.id, "f" * 32)
    assert again == Withdrawn((), (), (gone.id, "f" * 32), aside=0, nameless=0, exports=())
    assert contents() == before


def test_one_that_is_nowhere_here_is_refused_when_it_comes(
    new_study: NewStudy, made_of: MadeOf, hand_over: HandOver, collect: Collect
) -> None:
    """The custodian may have a newer copy of the folder; so may the participant be quicker than the stick."""
    study = new_study(LINKED)
    one, other = made_of(study, "A"), made_of(study, "B")
    done = withdrawn(study, one.id)
    assert (done.removed, done.absent) == ((), (one.id,))
    collected = collect(study, hand_over(study, one, other))
    assert collected.taken == (other.id,)
    assert (collected.refused, collected.quarantined) == ((one.id,), ())
    assert quarantine.count(study.collected) == 0


def test_an_old_copy_is_not_taken_in_again(
    three: tuple[Study, Record, tuple[Record, ...], Path], collect: Collect
) -> None:
    """The bundle it came in is still on the stick."""
    study, gone, others, bundle = three
    sealed = files_of(study, gone.id)
    withdrawn(study, gone.id)
    collected = collect(study, bundle)
    assert collected.known == tuple(one.id for one in others)
    assert (collected.refused, collected.quarantined) == ((gone.id,), ())
    assert traces(study.collected, gone.id, sealed) == {f"withdrawn/{gone.id}"}


# --- what was set aside -------------------------------------------------------------------------


def test_copies_set_aside_go_too(three: tuple[Study, Record, tuple[Record, ...], Path]) -> None:
    """Under its id, whatever they hold; under another name, if the bytes are the same. Others stay."""
    study, gone, others, _bundle = three
    record, link = files_of(study, gone.id)
    quarantine.put(study.collected, b"altered" * 999, gone.id, "altered")
    quarantine.put(study.collected, link, "", "name")
    quarantine.put(study.collected, record, others[0].id, "altered")
    quarantine.put(study.collected, b"of another", others[0].id, "size")
    quarantine.put(study.collected, b"of whom?", "", "name")
    done = withdrawn(study, gone.id)
    assert (done.removed, done.aside, done.nameless) == ((gone.id,), 3, 1)
    assert quarantine.count(study.collected) == 2
    assert len(list((study.collected / quarantine.NAME).iterdir())) == 4
    assert traces(study.collected, gone.id, [record, link]) == {f"withdrawn/{gone.id}"}


def test_one_that_was_only_ever_set_aside_is_removed(new_study: NewStudy) -> None:
    """No laptop's ledger vouched for it, and its participant withdraws all the same."""
    study = new_study(LINKED)
    quarantine.put(study.collected, b"unvouched", "a" * 32, "unvouched")
    done = withdrawn(study, "a" * 32)
    assert (done.removed, done.absent, done.aside) == (("a" * 32,), (), 1)
    assert list((study.collected / quarantine.NAME).iterdir()) == []


def test_what_a_crash_left_half_written_goes(
    three: tuple[Study, Record, tuple[Record, ...], Path],
) -> None:
    """A file without its note, or under a temporary name: nothing says whose it is, and its bundle has it."""
    study, gone, others, _bundle = three
    sealed = files_of(study, gone.id)
    quarantine.put(study.collected, b"of another", others[0].id, "size")
    aside = study.collected / quarantine.NAME
    (aside / ("e" * 64)).write_bytes(sealed[0][:-1])
    (aside / f".{'d' * 64}.tmp").write_bytes(sealed[0][:4000])
    (study.collected / f".{gone.id}.age.tmp").write_bytes(sealed[0])
    (study.collected / f".{gone.id}.link.age.tmp").write_bytes(sealed[1])
    withdrawn(study, gone.id)
    assert traces(study.collected, gone.id, sealed) == {f"withdrawn/{gone.id}"}
    assert len(list(aside.iterdir())) == 2


# --- what is out of reach -----------------------------------------------------------------------


def test_datasets_made_before_are_named(
    three: tuple[Study, Record, tuple[Record, ...], Path],
) -> None:
    """Those made after hold nothing of it; done again, it says the same."""
    study, gone, others, _bundle = three
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)

    def export(rows: int) -> None:
        ledger.append(study.ledger, "export", "plain", rows, key=key, sha256="ab" * 32, now=NOW)

    export(3)
    first = withdrawn(study, gone.id)
    assert [(one.day, one.instrument, one.rows) for one in first.exports] == [
        ("2022-05-02", "plain", 3)
    ]
    assert first.exports[0].sha256 == "ab" * 32
    export(2)
    assert withdrawn(study, gone.id).exports == first.exports
    assert len(withdrawn(study, others[0].id).exports) == 2


# --- what stops it ------------------------------------------------------------------------------


def test_another_key_removes_nothing(
    three: tuple[Study, Record, tuple[Record, ...], Path], tmp_path: Path
) -> None:
    """Refused before anything is noted."""
    study, gone, _others, _bundle = three
    key = custody.new_signing_key(tmp_path / "other.key", PASSPHRASE, 1)
    before = study.ledger.read_bytes()
    with pytest.raises(Refusal, match="not the key study"):
        withdraw(study, [gone.id], key, NOW)
    assert (study.collected / f"{gone.id}.age").exists()
    assert refused.ids(study.collected) == frozenset()
    assert study.ledger.read_bytes() == before


def test_it_is_refused_while_records_are_taken_in(
    three: tuple[Study, Record, tuple[Record, ...], Path],
) -> None:
    """Nothing comes back behind it."""
    study, gone, _others, bundle = three
    came: list[str] = []

    def meanwhile(names: Sequence[str]) -> Iterable[str]:
        with pytest.raises(Held):
            withdrawn(study, gone.id)
        came.extend(names)
        return names

    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    collecting.collect(study, [bundle], key, meanwhile)
    assert gone.id in came
    assert refused.ids(study.collected) == frozenset()
    assert (study.collected / f"{gone.id}.age").exists()


def test_what_the_disk_refuses_to_remove_is_removed_the_next_time(
    three: tuple[Study, Record, tuple[Record, ...], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named, with the reason; the record is refused already."""
    study, gone, _others, _bundle = three
    sealed = files_of(study, gone.id)

    real = os.unlink

    def refuse(path: Any) -> None:
        if str(path).endswith(".age"):
            raise OSError(30, "read-only")
        real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refuse)
        with pytest.raises(Refusal, match="could not be removed"):
            withdrawn(study, gone.id)
    assert withdrawn(study, gone.id).removed == (gone.id,)
    assert traces(study.collected, gone.id, sealed) == {f"withdrawn/{gone.id}"}


# --- killed -------------------------------------------------------------------------------------

DISK = ("open", "write", "fsync", "fdatasync", "replace", "unlink", "truncate", "utime", "mkdir")


class Looking:
    """Looks before every call that touches a file, and before every statement of the index."""

    def __init__(self, patch: pytest.MonkeyPatch, look: Callable[[], None]) -> None:
        self.look = look
        self.is_looking = False
        for name in DISK:
            patch.setattr(os, name, self.seen(getattr(os, name)))
        looking = self

        class Connection(sqlite3.Connection):
            def execute(self, *given: Any) -> Any:
                return looking.seen(super().execute)(*given)

            def executemany(self, *given: Any) -> Any:
                return looking.seen(super().executemany)(*given)

            def commit(self) -> None:
                looking.seen(super().commit)()

            def close(self) -> None:
                looking.seen(super().close)()

        real = sqlite3.connect
        patch.setattr(sqlite3, "connect", lambda path: real(path, factory=Connection))

    def seen(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if not self.is_looking:
                self.is_looking = True
                self.look()
                self.is_looking = False
            return real(*given, **named)

        return call


def test_killed_anywhere_it_goes_on_to_its_end(
    three: tuple[Study, Record, tuple[Record, ...], Path],
) -> None:
    """What a kill leaves is what the disk holds then: copied at every step, each copy ends with all gone."""
    study, gone, others, _bundle = three
    sealed = files_of(study, gone.id)
    quarantine.put(study.collected, sealed[0][:-1], gone.id, "altered")
    quarantine.put(study.collected, sealed[1], "", "name")
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    steps = 0

    def look() -> None:
        nonlocal steps
        steps += 1
        copy = Path(shutil.copytree(study.folder, study.folder.parent / f"copy{steps}"))
        there = replace(study, folder=copy)
        done = withdraw(there, [gone.id], key, NOW)
        assert (*done.removed, *done.before) == (gone.id,)
        assert traces(there.collected, gone.id, sealed) == {f"withdrawn/{gone.id}"}
        assert list((there.collected / quarantine.NAME).iterdir()) == []
        assert index.noted(there.collected) == sorted(one.id for one in others)
        found = ledger.verified(there.ledger, there.signer)
        assert found.faults == ()
        noted = [line.what for line in found.sound if line.event == "withdraw"]
        assert 1 <= len(noted) <= 2
        assert set(noted) == {gone.id}
        shutil.rmtree(copy)

    with pytest.MonkeyPatch.context() as patch:
        Looking(patch, look)
        withdraw(study, [gone.id], key, NOW)
    assert steps > 30
    assert traces(study.collected, gone.id, sealed) == {f"withdrawn/{gone.id}"}
