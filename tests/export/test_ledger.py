"""The study's ledger: signed, chained, and what is wrong with one that was touched."""

from __future__ import annotations

import json
import multiprocessing
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export import custody, ledger
from export.ledger import Event, Fault, Verified
from export.study import Study
from interviewer import age
from surveys.problems import Refusal

FORM = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
SIGNING, STUDY, STRANGER = (
    Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3)
)
PAGE = (Path(__file__).parents[2] / "docs" / "custody.md").read_text("utf-8")
NewStudy = Callable[..., Study]


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def note(
    path: Path,
    event: Event,
    what: str = "",
    *,
    key: Ed25519PrivateKey = STUDY,
    introduces: bytes = b"",
) -> None:
    ledger.append(path, event, what, 1, key=key, introduces=introduces, now=NOW)


def of(path: Path) -> Verified:
    return ledger.verified(path, public(SIGNING))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of four lines: founded, unseal, export, unseal."""
    path = tmp_path / "ledger"
    note(path, "founded", "small", key=SIGNING, introduces=public(STUDY))
    for event, what in (("unseal", "export"), ("export", "form"), ("unseal", "estimate")):
        note(path, event, what)  # type: ignore[arg-type]
    return path


def test_what_was_written_holds(path: Path) -> None:
    """Every line follows from the one before and is signed by who was introduced."""
    found = of(path)
    assert found.faults == ()
    assert [(one.event, one.what) for one in found.sound] == [
        ("founded", "small"),
        ("unseal", "export"),
        ("export", "form"),
        ("unseal", "estimate"),
    ]
    assert [found.names[one.key] for one in found.sound] == ["signing.key", *["study.key"] * 3]
    assert found.sound[1].time == "2022-05-01T12:00:00+00:00"
    assert (len(found.head), found.short) == (64, found.head[:8].upper())


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bit_changed_shows(path: Path, at: int, bit: int) -> None:
    """Wherever it is, but for the newline at the end, without which the last line was torn."""
    whole = path.read_bytes()
    at %= len(whole) - 1
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    try:
        assert of(path).faults
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize(
    ("order", "faults"),
    [
        ([0, 2, 3], [Fault(2, "chain")]),
        ([0, 2, 1, 3], [Fault(2, "chain"), Fault(3, "chain"), Fault(4, "chain")]),
        ([0, 1, 1, 2, 3], [Fault(3, "chain")]),
        (
            [1, 2, 3],
            [Fault(1, "founded"), Fault(1, "chain"), *(Fault(n, "stranger") for n in (1, 2, 3))],
        ),
        ([0, 0, 1, 2, 3], [Fault(2, "founded"), Fault(2, "chain")]),
        ([], [Fault(1, "founded")]),
    ],
)
def test_a_line_taken_out_moved_or_repeated_shows(
    path: Path, order: list[int], faults: list[Fault]
) -> None:
    """By its number, with the reason; the rest still says what it says."""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[number] for number in order))
    assert list(of(path).faults) == faults


def test_a_ledger_cut_at_its_end_does_not_show_but_its_head_differs(path: Path) -> None:
    """What was noted elsewhere tells."""
    head = of(path).short
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert of(path).faults == ()
    assert of(path).short != head


def test_a_count_made_smaller_is_a_false_signature(path: Path) -> None:
    """And the next line does not follow."""
    path.write_bytes(
        path.read_bytes().replace(b'"what":"form","count":1', b'"what":"form","count":0')
    )
    assert of(path).faults == (Fault(3, "signature"), Fault(4, "chain"))
    assert [one.what for one in of(path).sound] == ["small", "export"]


def test_who_was_not_introduced_cannot_sign(path: Path) -> None:
    """Until the signing key says so; and nobody else may."""
    note(path, "unseal", key=STRANGER)
    note(path, "key", "escrow", key=STUDY, introduces=public(STRANGER))
    note(path, "unseal", key=STRANGER)
    assert of(path).faults == (Fault(5, "stranger"), Fault(6, "introduced"), Fault(7, "stranger"))
    note(path, "key", "escrow", key=SIGNING, introduces=public(STRANGER))
    note(path, "unseal", key=STRANGER)
    found = of(path)
    assert [fault.line for fault in found.faults] == [5, 6, 7]
    assert found.names[found.lines[9].key] == "escrow"


def test_the_ledger_of_another_study_is_not_this_ones(path: Path) -> None:
    """The key that began it is the one the laptops know."""
    found = ledger.verified(path, public(STRANGER))
    assert Fault(1, "stranger") in found.faults
    assert found.sound == ()


def test_a_signature_made_for_something_else_is_false(path: Path) -> None:
    """A line signed without the ledger's own context."""
    last = list(of(path).lines.values())[-1]
    line = ledger.Line(of(path).head, last.time, "unseal", "x", 1, "", "", last.key)
    with path.open("ab") as file:
        file.write(ledger._signed(line, STUDY.sign(line.encode())) + b"\n")
    assert of(path).faults == (Fault(5, "signature"),)


@pytest.mark.parametrize("length", [1, 20, 400])
def test_a_ledger_torn_by_a_power_cut_goes_on(path: Path, length: int) -> None:
    """What was written of a line that was never whole does not count, and goes with the next."""
    whole = path.read_bytes()
    torn = whole.splitlines()[1][:length]
    path.write_bytes(whole + torn)
    assert of(path).faults == ()
    assert len(of(path).lines) == 4
    note(path, "unseal", "after")
    assert path.read_bytes().startswith(whole + b'{"previous"')
    assert of(path).faults == ()
    assert of(path).sound[-1].what == "after"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b'{"signature":"AAAA"}',
        b'{"previous":"","time":"","event":"unseal","what":"","count":1.0,"sha256":"","introduces":"",'
        b'"key":"","signature":""}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_a_line_that_is_none_shows(path: Path, line: bytes) -> None:
    """It is named, and stops nothing."""
    path.write_bytes(path.read_bytes() + line + b"\n")
    assert of(path).faults == (Fault(5, "unreadable"),)
    path.write_bytes(line + b"\n")
    assert of(path).faults == (Fault(1, "founded"),)


def test_one_line_has_one_spelling(path: Path) -> None:
    """A line written otherwise, though it says the same, is none."""
    lines = path.read_bytes().splitlines()
    lines[3] = json.dumps(json.loads(lines[3])).encode()
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert of(path).faults == (Fault(4, "unreadable"),)


@pytest.mark.parametrize("content", [None, b"", b'{"previous":"00","event":"unseal"}\n'])
def test_nothing_is_noted_in_a_ledger_that_does_not_begin_as_one(
    tmp_path: Path, content: bytes | None
) -> None:
    """One that is gone, and one of a version that signed nothing: what cannot be noted is not done."""
    path = tmp_path / "ledger"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refusal, match="does not begin with the founding"):
        note(path, "unseal")
    assert of(path).faults[0] == Fault(1, "founded")
    assert (path.read_bytes() if path.exists() else None) == content


def test_a_study_is_founded_once(path: Path) -> None:
    """A second beginning is refused."""
    before = path.read_bytes()
    with pytest.raises(Refusal, match="founding"):
        note(path, "founded", key=SIGNING)
    assert path.read_bytes() == before


def test_a_ledger_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """One sentence, with the reason."""
    (tmp_path / "ledger").mkdir()
    with pytest.raises(Refusal, match="could not be written"):
        note(tmp_path / "ledger", "founded", key=SIGNING)
    with pytest.raises(Refusal, match="cannot be read"):
        of(tmp_path / "ledger")


def test_what_it_says_may_be_any_text(path: Path) -> None:
    """Lines, quotes and halves of characters included."""
    for what in ("a\nb\u2028c\x85", '"', "é\ud800"):
        note(path, "override", what)
    assert of(path).faults == ()
    assert [one.what for one in of(path).sound[4:]] == ["a\nb\u2028c\x85", '"', "é?"]


def _many(path: Path, number: int) -> None:
    for count in range(10):
        note(path, "unseal", f"{number}.{count}")


def test_verbs_at_once_do_not_fork_it(path: Path) -> None:
    """Each waits for the others."""
    context = multiprocessing.get_context("spawn")
    working = [context.Process(target=_many, args=(path, number)) for number in range(2)]
    for one in working:
        one.start()
    for one in working:
        one.join()
    found = of(path)
    assert found.faults == ()
    assert len(found.lines) == 24


def test_a_new_study_begins_its_ledger(new_study: NewStudy) -> None:
    """By its signing key: the study, the key that laptops know, and who signs that records were opened."""
    study = new_study(FORM)
    found = ledger.verified(study.ledger, study.signer)
    (line,) = found.sound
    assert (line.event, line.what, line.time) == ("founded", "small", "2022-05-01T12:00:00+00:00")
    assert line.sha256 == custody.digest(study.recipients["study"][0])
    identities = custody.open_key(study.study_key, b"correct horse battery")
    signs = custody.ledger_key(identities).public_key().public_bytes_raw()
    assert found.names[ledger._base64(signs)] == "study.key"


def test_each_reason_and_event_is_told_in_words() -> None:
    """None is missing."""
    for reason in ("founded", "unreadable", "chain", "signature", "stranger", "introduced"):
        assert ledger.why(reason)
    for event in get_args(Event):
        assert ledger.event_in_words(event)


def table(header: str) -> list[str]:
    """Return what stands between backquotes in the first column of a table of docs/custody.md."""
    found = re.search(rf"^\| {header} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert found is not None
    return re.findall(r"^\| `([a-z0-9]+)` \|", found[1], flags=re.MULTILINE)


def test_the_page_on_custody_tells_the_lines_as_they_are() -> None:
    """Events, fields in their order, what is signed, where the keys that sign come from."""
    assert sorted(table("event")) == sorted(get_args(Event))
    assert table("field") == [*ledger.Line.__dataclass_fields__, "signature"]
    for told in (ledger._CONTEXT.removesuffix(b"\0"), custody._LEDGER_INFO):
        assert f"`{told.decode()}`" in PAGE


def test_the_key_that_signs_is_of_the_newest_that_opens() -> None:
    """The same seed gives the same key, another one another; what opens nothing of ours signs nothing."""
    old, new = age.HybridIdentity(bytes(32)), age.HybridIdentity(bytes([1]) * 32)
    keys = [public(custody.ledger_key(given)) for given in ([old], [new], [old, new])]
    assert keys[0] != keys[1] == keys[2]
    with pytest.raises(Refusal, match="none that Souspli makes"):
        custody.ledger_key([age.X25519Identity(bytes(32))])
