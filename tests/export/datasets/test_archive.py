"""The zip inside a dataset."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.datasets.archive import member, unpacked, zipped
from surveys.problems import Refusal

NAMES = st.from_regex(r"[a-z0-9_][a-z0-9_.-]{0,20}", fullmatch=True)


def zip_of(files: dict[str, bytes]) -> bytes:
    return zipped([member(*one) for one in files.items()])


@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=4))
def test_what_is_zipped_is_unpacked(files: dict[str, bytes]) -> None:
    """Names, contents and order come back; the same files are the same bytes."""
    assert list(unpacked(zip_of(files)).items()) == list(files.items())
    assert zip_of(files) == zip_of(dict(files))


def holding(*names: str) -> bytes:
    return zipped([member(name, b"content") for name in names])


def squeezed(method: int) -> bytes:
    """Return a zip of another method: some take much memory to unpack, or fail otherwise."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as file:
        file.writestr("good.csv", b"content")
    return target.getvalue()


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"no zip at all",
        holding("good.csv", "../evil"),
        holding("good.csv", "/etc/evil"),
        holding("good.csv", "a\\b"),
        holding("good.csv", "C:evil"),
        holding("good.csv", "folder/"),
        holding("good.csv", ".hidden"),
        holding("good.csv", ".."),
        holding("good.csv", "GOOD.csv"),
        holding("good.csv", "x" * 200),
        holding("good.csv")[:-5],
        squeezed(zipfile.ZIP_BZIP2),
        squeezed(zipfile.ZIP_LZMA),
        flipped(holding("good.csv"), 58),
        flipped(holding("good.csv"), 60),
    ],
)
def test_what_is_no_dataset_is_refused_whole(content: bytes) -> None:
    """A way out of the folder, two names that some systems take for one, damage: no file is given out."""
    with pytest.raises(Refusal, match="no dataset"):
        unpacked(content)


@given(st.binary(max_size=100))
def test_no_bytes_make_unpacking_fail_otherwise(content: bytes) -> None:
    """Whatever stands before or after a zip: it unpacks, or is refused."""
    for hostile in (content, holding("good.csv") + content, content + holding("good.csv")):
        try:
            unpacked(hostile)
        except Refusal:
            continue
