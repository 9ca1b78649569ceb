"""Identity files: written under a passphrase, read strictly, never repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer import age

LEAD = age.HybridIdentity(b"\x01" * 32)
CLASSIC = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
CHEAP = age.Passphrase(b"correct horse", work_factor=1)


def test_an_identity_comes_back_from_its_file() -> None:
    """What is written under a passphrase is read with it."""
    file = age.write_identity_file(LEAD, CHEAP)
    assert age.read_identities(age.unseal(file, [CHEAP])) == [LEAD]


def test_the_file_names_the_recipient_in_a_comment() -> None:
    """As age's own key files do, so that the public key can be found again."""
    text = age.unseal(age.write_identity_file(LEAD, CHEAP), [CHEAP]).decode()
    assert text == f"# public key: {LEAD.recipient.encode()}\n{LEAD.encode()}\n"


def test_nothing_of_the_key_is_readable_without_the_passphrase() -> None:
    """The file holds neither the secret nor the recipient in clear."""
    file = age.write_identity_file(LEAD, CHEAP)
    assert LEAD.encode().encode() not in file
    assert LEAD.recipient.encode().encode() not in file
    with pytest.raises(age.NoMatch):
        age.unseal(file, [age.Passphrase(b"wrong", work_factor=1)])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_comments_blank_lines_and_both_kinds_are_read(end: str) -> None:
    """Several identities may stand in one file."""
    lines = ["# créé à la main", "", LEAD.encode(), "", CLASSIC]
    found = age.read_identities(end.join(lines).encode())
    assert found == [LEAD, age.X25519Identity(b"\x42" * 32)]


@pytest.mark.parametrize("text", [b"", b"\n\n", b"# only a comment\n"])
def test_a_file_without_identity_is_refused(text: bytes) -> None:
    """No key is no list of keys."""
    with pytest.raises(age.KeyFailure, match="no secret key"):
        age.read_identities(text)


@pytest.mark.parametrize(
    "line",
    [
        LEAD.encode().lower(),
        " " + LEAD.encode(),
        LEAD.encode() + " ",
        LEAD.encode()[:-1],
        CLASSIC.replace("GFPYY", "GFPYZ", 1),
        "AGE-PLUGIN-YUBIKEY-1XXXXXXXX",
        LEAD.recipient.encode(),
    ],
)
def test_a_line_that_is_no_identity_is_named_by_its_number_alone(line: str) -> None:
    """The line may be a key with a slip in it, so it is never shown."""
    with pytest.raises(age.KeyFailure, match=r"^line 3 is") as caught:
        age.read_identities(f"# a comment\n\n{line}\n".encode())
    assert line.strip()[20:30] not in str(caught.value)
    assert caught.value.__suppress_context__


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    """Whatever stands in the file, the refusal is one of this package's."""
    with pytest.raises(age.KeyFailure):
        age.read_identities(text)
