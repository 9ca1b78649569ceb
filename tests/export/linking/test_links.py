"""Link files opened: what was sealed comes back, what fails is named and holds nothing up."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export import cores
from export.collecting import quarantine
from export.linking import links
from export.linking.links import Opened, Unopened
from interviewer import age, outbox, record
from surveys.problems import Refusal

CUSTODIAN = age.HybridIdentity.generate()
OTHER = age.HybridIdentity.generate()
IDS = [f"{number:032x}" for number in range(1, 12)]
SECRET = "canari-jaune-4127"

Held = Mapping[str, str]
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
held_links = st.dictionaries(texts.filter(bool), texts, max_size=3)


def sealed(record_id: str, held: Held, to: age.HybridIdentity = CUSTODIAN) -> bytes:
    return record.seal_links(record_id, held, [to.recipient])


def put(folder: Path, record_id: str, held: Held) -> Path:
    """Put a record and its links into a folder; what stands for the record is never looked at."""
    outbox.put(folder, record_id, b"a record", sealed(record_id, held))
    return folder / f"{record_id}.link.age"


def found(folder: Path) -> list[tuple[str, object, bool]]:
    return [
        (one.id, one.links if isinstance(one, Opened) else one.reason, one.is_aside)
        for one in links.opened(folder, [CUSTODIAN])
    ]


@settings(max_examples=15)
@given(st.lists(held_links, max_size=4))
def test_what_was_sealed_is_opened_whole(
    tmp_path_factory: pytest.TempPathFactory, given_links: list[Held]
) -> None:
    """One a record, in order of id, an empty one like the others."""
    folder = tmp_path_factory.mktemp("collected")
    for record_id, held in reversed(list(zip(IDS, given_links, strict=False))):
        put(folder, record_id, held)
    assert found(folder) == [
        (one, held, False) for one, held in zip(IDS, given_links, strict=False)
    ]


def test_many_are_opened_on_several_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key and the links go from process to process; the order stays."""
    monkeypatch.setattr(cores, "LITTLE", 2)
    monkeypatch.setattr(cores, "BATCH", 2)
    for record_id in IDS:
        put(tmp_path, record_id, {"card": record_id})
    assert found(tmp_path) == [(one, {"card": one}, False) for one in IDS]


def _missing(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _to_another(path: Path) -> None:
    path.write_bytes(sealed(IDS[1], {"card": SECRET}, OTHER))


def _of_another_record(path: Path) -> None:
    path.write_bytes(sealed(IDS[2], {"card": SECRET}))


def _holding(value: object, size: int = record.LINK_BYTES) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        content = json.dumps(value).encode().ljust(size, b"\0")
        path.write_bytes(age.seal(content, [CUSTODIAN.recipient]))

    return write


def _large(path: Path) -> None:
    path.write_bytes(bytes(1024 * 1024))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _led_elsewhere(path: Path) -> None:
    (path.parent / "elsewhere").write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(path.parent / "elsewhere")


GOOD = {"v": 1, "id": IDS[1], "links": {"card": SECRET}}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_missing, "missing"),
        (_cut, "altered"),
        (_flipped, "altered"),
        (_to_another, "key"),
        (_of_another_record, "id"),
        (_large, "unreadable"),
        (_folder, "unreadable"),
        (_led_elsewhere, "unreadable"),
        (_holding(GOOD, record.LINK_BYTES + 1), "format"),
        (_holding(GOOD | {"v": 2}), "format"),
        (_holding(GOOD | {"links": [SECRET]}), "format"),
        (_holding(GOOD | {"links": {"card": 7}}), "format"),
        (_holding({"v": 1, "id": IDS[1]}), "format"),
        (_holding({"v": 1, "id": "../x", "links": {}}), "format"),
        (_holding([SECRET]), "format"),
    ],
)
def test_what_fails_is_named_and_the_rest_is_opened(
    tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    """By its record's id, with a reason; nothing of what it held is in the words."""
    for record_id in IDS[:3]:
        put(tmp_path, record_id, {"card": record_id})
    spoil(tmp_path / f"{IDS[1]}.link.age")
    first, bad, last = links.opened(tmp_path, [CUSTODIAN])
    assert isinstance(first, Opened)
    assert isinstance(last, Opened)
    assert bad == Unopened(IDS[1], reason, is_aside=False)  # type: ignore[arg-type]
    assert links.why(bad.reason)
    assert SECRET not in repr((bad, links.why(bad.reason)))


def test_copies_set_aside_are_opened_first_and_records_among_them_are_left(tmp_path: Path) -> None:
    """Each under the id it bore; one that bore none, under the id inside."""
    put(tmp_path, IDS[0], {"card": "a"})
    quarantine.put(tmp_path, sealed(IDS[0], {"card": "b"}), IDS[0], "altered")
    quarantine.put(tmp_path, sealed(IDS[1], {"card": "c"}), "", "name")
    quarantine.put(tmp_path, bytes(record.GRAIN), IDS[2], "unvouched")
    quarantine.put(tmp_path, b"torn", IDS[3], "size")
    assert found(tmp_path) == [
        (IDS[1], {"card": "c"}, True),
        (IDS[0], {"card": "b"}, True),
        (IDS[3], "altered", True),
        (IDS[0], {"card": "a"}, False),
    ]


def test_a_key_that_opens_none_is_refused(tmp_path: Path) -> None:
    """It is the study's, or another study's custodian's."""
    put(tmp_path, IDS[0], {})
    with pytest.raises(Refusal, match="the custodian's own"):
        list(links.opened(tmp_path, [OTHER]))


def test_a_folder_without_link_files_is_refused_before_a_key_is_opened(tmp_path: Path) -> None:
    """Nothing is collected, or the study asks nothing for the custodian."""
    outbox.put(tmp_path, IDS[0], b"a record", None)
    with pytest.raises(Refusal, match="holds no link file"):
        links.require_some(tmp_path)
    put(tmp_path, IDS[1], {})
    links.require_some(tmp_path)


def test_what_was_opened_is_in_no_traceback() -> None:
    """Printed whole, it says nothing."""
    assert SECRET not in repr(Opened(IDS[0], {"card": SECRET}, is_aside=False))
