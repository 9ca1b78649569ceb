"""The custodian's list of records: read as it was written, refused whole if anything in it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export.collecting import withdrawal_file
from surveys.problems import Refusal

IDS = st.sets(st.integers(0, 2**128 - 1).map("{:032x}".format), min_size=1, max_size=6)
GOOD = "a" * 32
SECRET = b"7K3M-Q9TX-2B4H-RC"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=IDS, end=st.sampled_from([b"\n", b"\r\n", b" \n\n"]))
def test_what_was_written_is_read(ids: set[str], end: bytes, tmp_path: Path) -> None:
    """In the order of the ids, which says nothing; another system's line ends make no difference."""
    path = tmp_path / "list"
    path.write_bytes(withdrawal_file.written("small", ids).replace(b"\n", end))
    assert withdrawal_file.read(path, "small") == tuple(sorted(ids))


def test_it_names_its_format_its_study_and_random_ids_only() -> None:
    """Each once."""
    written = withdrawal_file.written("small", [GOOD, "1" * 32, GOOD])
    assert written == b"souspli-withdrawal/1 small\n" + b"1" * 32 + b"\n" + b"a" * 32 + b"\n"


def test_everything_wrong_is_told_at_once_and_nothing_is_quoted(tmp_path: Path) -> None:
    """The study and two lines; whatever stands there may be a participant's code."""
    path = tmp_path / "list"
    path.write_bytes(
        b"souspli-withdrawal/1 other\n%s\n%s\n\xff\xfe\n" % (SECRET, GOOD.encode("ascii"))
    )
    with pytest.raises(Refusal) as refused:
        withdrawal_file.read(path, "small")
    told = str(refused.value).splitlines()
    assert [line.removeprefix(f"{path}:").split(":")[0] for line in told] == ["1", "2", "4"]
    assert "another study than small" in told[0]
    assert SECRET.decode() not in str(refused.value)
    assert "other" not in str(refused.value).removeprefix(str(path)).replace("another", "")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no list of records"),
        (b"person,record\n1,%s\n" % GOOD.encode(), "is no list of records"),
        (b"souspli-withdrawal/2 small\n", "is no list of records"),
        (b"souspli-withdrawal/1 small\n\n", "no record is named"),
        (b"souspli-withdrawal/1\n%s\n" % GOOD.encode(), "another study"),
        (b"souspli-withdrawal/1 small\n%s\n" % GOOD.upper().encode(), ":2:1: this is no record"),
        (b"souspli-withdrawal/1 small\n../%s\n" % GOOD[3:].encode(), ":2:1: this is no record"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    """One wrong line is enough: half a withdrawal would look like one."""
    path = tmp_path / "list"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=told):
        withdrawal_file.read(path, "small")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """Missing, a folder, a link."""
    good = tmp_path / "good"
    good.write_bytes(withdrawal_file.written("small", [GOOD]))
    (tmp_path / "link").symlink_to(good)
    for path in (tmp_path / "missing", tmp_path, tmp_path / "link"):
        with pytest.raises(Refusal, match="cannot be read"):
            withdrawal_file.read(path, "small")


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200) | st.binary(max_size=99).map(b"souspli-withdrawal/1 ".__add__)
)
def test_any_bytes_are_read_or_refused(content: bytes, tmp_path: Path) -> None:
    """Nothing else is raised."""
    path = tmp_path / "list"
    path.write_bytes(content)
    with pytest.raises(Refusal):
        withdrawal_file.read(path, "small")
