"""The laptop's ledger: what happened stays written, and a cut, fork or edit shows."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviewer import ledger
from interviewer.ledger import Event, Ledger, LedgerError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
quiet = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
EVENTS: list[tuple[Event, str]] = [
    ("start", "a" * 32),
    ("end", "a" * 32),
    ("start", "b" * 32),
    ("handover", "c" * 32),
]


def kept(folder: Path, events: list[tuple[Event, str]] = EVENTS) -> Ledger:
    for path in folder.glob("ledger*"):
        path.unlink()
    found = Ledger(folder, "L01")
    for event, record_id in events:
        found.append(event, record_id, "f" * 64 if event == "end" else "", KEY)
    return found


def verified(found: Ledger) -> None:
    head = (found.folder / "ledger.head").read_bytes()
    ledger.verify(found.lines(), head, found.device, KEY.public_key())


def test_what_was_appended_is_read_and_its_head_holds(tmp_path: Path) -> None:
    """Numbers from one, each line with the hash of the one before."""
    found = kept(tmp_path)
    assert [(line.event, line.id) for line in found.lines()] == EVENTS
    assert [line.number for line in found.lines()] == [1, 2, 3, 4]
    verified(found)
    assert len(ledger.short(found.lines())) == 8


def test_the_same_event_again_is_written_once(tmp_path: Path) -> None:
    """Finishing an interview can be redone after a crash; a hand-over is each time another."""
    found = kept(tmp_path)
    found.append("end", "a" * 32, "f" * 64, KEY)
    assert len(found.lines()) == 4
    found.append("handover", "c" * 32, "", KEY)
    assert len(found.lines()) == 5
    verified(found)


@quiet
@given(st.data())
def test_a_power_cut_loses_only_the_line_being_written(tmp_path: Path, data: st.DataObject) -> None:
    """Torn anywhere, or the head not yet signed: the next event goes on from the last whole line."""
    found = kept(tmp_path)
    whole = found.path.read_bytes()
    last = whole[:-1].rfind(b"\n") + 1
    found.path.write_bytes(whole[: data.draw(st.integers(last, len(whole) - 1))])
    assert len(found.lines()) == 3
    found.append("end", "b" * 32, "e" * 64, KEY)
    assert [line.event for line in found.lines()] == ["start", "end", "start", "end"]
    verified(found)


@quiet
@given(st.data())
def test_an_edited_ledger_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    """Any byte changed: the chain breaks, or the head is that of another."""
    found = kept(tmp_path)
    whole = bytearray(found.path.read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 6))
    found.path.write_bytes(bytes(whole))
    with pytest.raises(LedgerError):
        verified(found)


def test_a_line_taken_out_or_cut_off_is_noticed(tmp_path: Path) -> None:
    """In the middle by the chain, at the end by the head; the lead compares with what it saw before."""
    found = kept(tmp_path)
    whole = found.path.read_bytes()
    pieces = whole.splitlines(keepends=True)
    found.path.write_bytes(b"".join(pieces[:1] + pieces[2:]))
    with pytest.raises(LedgerError, match="does not follow"):
        verified(found)
    found.path.write_bytes(b"".join(pieces[:-1]))
    with pytest.raises(LedgerError):
        verified(found)


def test_another_laptop_s_signature_is_refused(tmp_path: Path) -> None:
    """Neither its key nor its name will do."""
    found = kept(tmp_path)
    head = (tmp_path / "ledger.head").read_bytes()
    with pytest.raises(LedgerError, match="not signed by that laptop"):
        ledger.verify(found.lines(), head, "L01", OTHER.public_key())
    with pytest.raises(LedgerError, match="not signed by that laptop"):
        ledger.verify(found.lines(), head, "L02", KEY.public_key())


@pytest.mark.parametrize("head", [b"", b"[]", b"[" * 100_000, b'{"n":1,"hash":"","signature":1}'])
def test_a_head_that_is_none_is_refused(tmp_path: Path, head: bytes) -> None:
    """Whatever lies on a stick under its name."""
    with pytest.raises(LedgerError, match="not signed by that laptop"):
        ledger.verify(kept(tmp_path).lines(), head, "L01", KEY.public_key())


def test_a_disk_that_refuses_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interview does not start where its start cannot be written."""
    found = kept(tmp_path)

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("interviewer.ledger.os.fsync", full)
    with pytest.raises(LedgerError, match="free some space"):
        found.append("start", "9" * 32, "", KEY)


@pytest.mark.parametrize(
    "record_id", ["", "a" * 31, "A" * 32, "../../study/keys/study", "/dev/zero", "\x1b[2J", "a\nb"]
)
def test_a_line_whose_id_is_none_is_not_read(record_id: str) -> None:
    """An id names files at the desk and is shown there, so it can lead nowhere and steer nothing."""
    line = ledger.Line(1, "start", record_id, "", "0" * 64)
    with pytest.raises(LedgerError, match="line 1 of the ledger"):
        ledger.read(line.encode() + b"\n")
    good = ledger.Line(1, "start", "a" * 32, "", "0" * 64)
    assert ledger.read(good.encode() + b"\n") == (good,)


def test_a_ledger_of_nothing_but_newlines_fills_no_memory() -> None:
    """The first line that is none ends the reading: what follows is not even taken apart."""
    content = b"\n" * 20_000_000
    tracemalloc.start()
    with pytest.raises(LedgerError, match="line 1 of the ledger"):
        ledger.read(content)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000
