"""Laws of the age file format, and what hostile files come to."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import age
from interviewer.age import bech32, header, keys

LEAD = age.HybridIdentity(b"\x01" * 32)
ESCROW = age.HybridIdentity(b"\x02" * 32)
STRANGER = age.HybridIdentity(b"\x03" * 32)
CHEAP = age.Passphrase(b"correct horse", work_factor=1)
CHUNK = 65536
MARGINS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1]

few = settings(max_examples=25)


@few
@given(st.binary(max_size=300), st.sampled_from([1, 300]))
def test_sealed_then_unsealed_is_identical(part: bytes, times: int) -> None:
    """Every recipient opens what was sealed, whatever its bytes and length."""
    content = part * times
    sealed = age.seal(content, [LEAD.recipient, ESCROW.recipient])
    assert age.unseal(sealed, [LEAD]) == content
    assert age.unseal(sealed, [ESCROW]) == content
    assert age.unseal(age.seal(content, [CHEAP]), [CHEAP]) == content


@pytest.mark.parametrize("length", MARGINS)
def test_lengths_at_the_margins_of_a_chunk_come_back(length: int) -> None:
    """A content that fills its chunks exactly has no empty chunk after it, and is read back."""
    content = bytes(range(256)) * (length // 256) + b"x" * (length % 256)
    assert age.unseal(age.seal(content, [LEAD.recipient]), [LEAD]) == content


@pytest.mark.parametrize("length", MARGINS)
@pytest.mark.parametrize(
    "recipients",
    [
        [LEAD.recipient],
        [LEAD.recipient, ESCROW.recipient],
        [CHEAP],
        [age.Passphrase(b"correct horse", work_factor=10)],
    ],
)
def test_the_sealed_size_is_known_beforehand(length: int, recipients: list[age.Recipient]) -> None:
    """The size follows from the length and the kinds of recipients alone."""
    assert len(age.seal(bytes(length), recipients)) == age.sealed_size(length, recipients)


def test_the_sealed_size_tells_no_content_and_no_recipient() -> None:
    """Other contents of one length, to other recipients of one kind, are as large."""
    sizes = {
        len(age.seal(content, [who.recipient]))
        for content in (b"yes", b"no ", b"\0\0\0")
        for who in (LEAD, ESCROW, STRANGER)
    }
    assert sizes == {age.sealed_size(3, [LEAD.recipient])}


def test_sealing_twice_shares_nothing() -> None:
    """File key, shares and nonce are new each time, so equal contents look unlike."""
    one, two = (age.seal(b"x" * 100, [LEAD.recipient]) for _ in range(2))
    assert one[60:1500] != two[60:1500]
    assert one[-132:] != two[-132:]


@pytest.mark.parametrize("who", [LEAD, CHEAP])
def test_any_flipped_bit_is_refused(who: age.HybridIdentity | age.Passphrase) -> None:
    """A change in any byte of header or payload is noticed; which bit changes with the place."""
    sealed = age.seal(b"an answer", [who if isinstance(who, age.Passphrase) else who.recipient])
    for place in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(age.AgeError):
            age.unseal(bytes(damaged), [who])


@pytest.mark.parametrize("who", [LEAD, CHEAP])
def test_any_truncation_is_refused(who: age.HybridIdentity | age.Passphrase) -> None:
    """A file cut short anywhere is noticed."""
    sealed = age.seal(b"an answer", [who if isinstance(who, age.Passphrase) else who.recipient])
    for length in range(len(sealed)):
        with pytest.raises(age.AgeError):
            age.unseal(sealed[:length], [who])


@few
@given(st.integers(0, 3 * (CHUNK + 16)), st.integers(0, 7))
def test_any_flipped_bit_of_a_long_payload_is_refused(place: int, bit: int) -> None:
    """Every chunk is authenticated, not only the first."""
    sealed = bytearray(age.seal(bytes(3 * CHUNK), [CHEAP]))
    sealed[-1 - place] ^= 1 << bit
    with pytest.raises(age.AgeError):
        age.unseal(bytes(sealed), [CHEAP])


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_payload_cut_between_chunks_is_refused(kept: int) -> None:
    """Whole chunks missing at the end are missed, though each that is left is good."""
    sealed = age.seal(bytes(3 * CHUNK), [CHEAP])
    payload = 3 * (CHUNK + 16)
    with pytest.raises(age.PayloadFailure):
        age.unseal(sealed[: len(sealed) - payload + kept * (CHUNK + 16)], [CHEAP])


def test_chunks_in_another_order_are_refused() -> None:
    """A chunk is authenticated at its place."""
    sealed = age.seal(bytes(3 * CHUNK), [CHEAP])
    start, size = len(sealed) - 3 * (CHUNK + 16), CHUNK + 16
    first, second = sealed[start : start + size], sealed[start + size : start + 2 * size]
    swapped = sealed[:start] + second + first + sealed[start + 2 * size :]
    with pytest.raises(age.PayloadFailure):
        age.unseal(swapped, [CHEAP])


@given(st.binary(min_size=1, max_size=100))
@few
def test_anything_after_the_end_is_refused(more: bytes) -> None:
    """Nothing can be appended, to a short last chunk or to a full one."""
    for length in (10, CHUNK):
        with pytest.raises(age.PayloadFailure):
            age.unseal(age.seal(bytes(length), [CHEAP]) + more, [CHEAP])


def test_the_payload_of_another_file_is_refused() -> None:
    """Header and payload of two files sealed to one key do not go together."""
    one, two = (age.seal(b"same length", [LEAD.recipient]) for _ in range(2))
    with pytest.raises(age.PayloadFailure):
        age.unseal(one[:-43] + two[-43:], [LEAD])


def test_a_removed_stanza_is_noticed() -> None:
    """Taking a recipient out of a header leaves a file that the others do not accept."""
    sealed = age.seal(b"an answer", [LEAD.recipient, ESCROW.recipient])
    size = ESCROW.recipient.stanza_size
    version = len("age-encryption.org/v1\n")
    with pytest.raises(age.HmacFailure):
        age.unseal(sealed[: version + size] + sealed[version + 2 * size :], [LEAD])


def test_another_identity_matches_nothing() -> None:
    """A stranger's key, another passphrase and no key at all open nothing."""
    to_key, to_passphrase = age.seal(b"x", [LEAD.recipient]), age.seal(b"x", [CHEAP])
    wrong = age.Passphrase(b"wrong horse", work_factor=1)
    hopeless: list[tuple[bytes, list[age.Identity], str]] = [
        (to_key, [STRANGER, CHEAP], "no key at hand"),
        (to_key, [], "no key at hand"),
        (to_passphrase, [wrong, LEAD], "type it again"),
        (to_passphrase, [LEAD], "give the passphrase"),
    ]
    for sealed, identities, remedy in hopeless:
        with pytest.raises(age.NoMatch, match=remedy):
            age.unseal(sealed, identities)


def test_the_right_identity_is_found_among_others() -> None:
    """Identities are tried one after the other."""
    sealed = age.seal(b"x", [ESCROW.recipient, LEAD.recipient])
    assert age.unseal(sealed, [STRANGER, CHEAP, LEAD]) == b"x"


def test_whether_a_key_opens_is_told_by_the_header_alone() -> None:
    """Of a file cut right behind it too; a header that was altered, or is none, is refused."""
    sealed = age.seal(b"x", [ESCROW.recipient, LEAD.recipient])
    head = sealed[: sealed.index(b"\n--- ") + len("\n--- ") + 44]
    for content in (sealed, head):
        assert age.opens(BytesIO(content), [STRANGER, CHEAP, LEAD])
        assert not age.opens(BytesIO(content), [STRANGER, CHEAP])
        assert not age.opens(BytesIO(content), [])
    with pytest.raises(age.HmacFailure):
        age.opens(BytesIO(head[:-3] + (b"AA\n" if head[-3:-1] != b"AA" else b"BA\n")), [LEAD])
    for content in (b"", b"x", head[:-1], head[:100]):
        with pytest.raises(age.HeaderFailure):
            age.opens(BytesIO(content), [LEAD])


class Dribble(BytesIO):
    """A pipe: it gives fewer bytes than it is asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size if size is None or size < 0 else min(size, 1000))


def test_a_pipe_that_gives_bytes_in_parts_changes_nothing() -> None:
    """Chunks are filled before they are sealed, and before they are opened."""
    sealed, content = BytesIO(), BytesIO()
    age.seal_stream(Dribble(bytes(CHUNK + 5000)), sealed, [LEAD.recipient])
    assert len(sealed.getvalue()) == age.sealed_size(CHUNK + 5000, [LEAD.recipient])
    age.unseal_stream(Dribble(sealed.getvalue()), content, [LEAD])
    assert content.getvalue() == bytes(CHUNK + 5000)


@pytest.mark.parametrize(
    "recipients", [[], [CHEAP, LEAD.recipient], [LEAD.recipient, CHEAP], [CHEAP, CHEAP]]
)
def test_no_recipient_or_a_passphrase_in_company_is_refused(
    recipients: list[age.Recipient],
) -> None:
    """Nothing is sealed to nobody; a passphrase is alone; and nothing was written by then."""
    target = BytesIO()
    with pytest.raises(age.KeyFailure):
        age.seal_stream(BytesIO(b"an answer"), target, recipients)
    assert target.getvalue() == b""


@given(st.binary(max_size=200))
def test_random_bytes_are_no_age_file(data: bytes) -> None:
    """Whatever the bytes, the refusal is one of this package's, never another exception."""
    with pytest.raises(age.AgeError):
        age.unseal(data, [LEAD, CHEAP])


PARTS = [b"age-encryption.org/v1\n", b"-> ", b"scrypt", b" ", b"mlkem768x25519", b"\n", b"---"]
PARTS += [b"A" * 64 + b"\n", b"A" * 43, b"X25519", b"=", b"\r\n", b"1", b"\xff", b"\0", b"A" * 22]


@given(st.lists(st.sampled_from(PARTS), max_size=20))
def test_a_header_patched_together_is_refused(parts: list[bytes]) -> None:
    """Pieces of a header in any order give a refusal of this package."""
    with pytest.raises(age.AgeError):
        age.unseal(b"age-encryption.org/v1\n" + b"".join(parts), [LEAD, CHEAP])


@given(
    st.lists(
        st.tuples(
            st.lists(
                st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), min_size=1
            ),
            st.binary(max_size=200),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_header_written_then_parsed_is_identical(parts: list[tuple[list[str], bytes]]) -> None:
    """Stanzas of any kind survive, and the file key vouches for them."""
    stanzas = tuple(header.Stanza(tuple(arguments), body) for arguments, body in parts)
    parsed = header.parse(header.write(stanzas, bytes(16)))
    assert parsed.stanzas == stanzas
    assert parsed.is_vouched_for(bytes(16))
    assert not parsed.is_vouched_for(b"\1" * 16)


@pytest.mark.parametrize(
    "hostile",
    [
        b"-> " + b"a " * 3_000_000,
        b"-> a\n" + (b"A" * 64 + b"\n") * 100_000,
        b"-> a\n\n" * 1_000_000,
        b"A" * 9_000_000,
    ],
)
def test_a_header_without_end_is_refused(hostile: bytes) -> None:
    """Reading stops at 4 MiB, and the grammar does not backtrack."""
    with pytest.raises(age.HeaderFailure):
        age.unseal(b"age-encryption.org/v1\n" + hostile, [LEAD])


def test_a_file_of_a_later_version_is_named_as_such() -> None:
    """Version 2 is not read as version 1."""
    with pytest.raises(age.HeaderFailure, match="newer"):
        age.unseal(b"age-encryption.org/v2\n-> x\n\n---", [LEAD])


@pytest.mark.parametrize("factor", ["21", "99", "100", "9" * 5000])
def test_a_file_that_asks_for_too_much_work_is_refused_at_once(factor: str) -> None:
    """The work factor is a stranger's; beyond the limit nothing is computed."""
    stanza = header.Stanza(("scrypt", "A" * 22, factor), bytes(32))
    with pytest.raises(age.HeaderFailure, match="too much work"):
        age.Passphrase(b"x").unwrap(stanza)


def test_the_limit_of_work_is_the_readers_choice() -> None:
    """A file at the limit opens, one above does not."""
    sealed = age.seal(b"x", [age.Passphrase(b"p", work_factor=3)])
    assert age.unseal(sealed, [age.Passphrase(b"p", 1, highest_work_factor=3)]) == b"x"
    with pytest.raises(age.HeaderFailure):
        age.unseal(sealed, [age.Passphrase(b"p", 1, highest_work_factor=2)])


def test_too_little_memory_for_a_passphrase_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old laptop is told how much a passphrase needs."""

    def fails(**_parameters: object) -> None:
        raise MemoryError

    monkeypatch.setattr(keys, "Scrypt", fails)
    with pytest.raises(age.AgeError, match="256 MiB"):
        age.seal(b"x", [age.Passphrase(b"p")])


def test_a_passphrase_is_not_copied() -> None:
    """A bytearray stays the caller's, to be wiped."""
    secret = bytearray(b"correct horse")
    passphrase = age.Passphrase(secret, work_factor=1)
    assert passphrase.secret is secret
    assert age.unseal(age.seal(b"x", [CHEAP]), [passphrase]) == b"x"
    secret[:] = bytes(len(secret))
    with pytest.raises(age.NoMatch):
        age.unseal(age.seal(b"x", [CHEAP]), [passphrase])


def test_an_empty_passphrase_is_refused() -> None:
    """Nobody seals to nothing."""
    with pytest.raises(age.KeyFailure):
        age.Passphrase(b"")


@pytest.mark.parametrize("factor", [0, -1, 21])
def test_a_work_factor_that_would_not_be_read_is_not_written(factor: int) -> None:
    """What is sealed here can be unsealed here."""
    with pytest.raises(ValueError, match="work factor"):
        age.Passphrase(b"x", work_factor=factor)


def test_a_key_is_itself_after_a_journey_as_text() -> None:
    """Identities and recipients parse from what they encode to."""
    identity = age.HybridIdentity.generate()
    assert age.HybridIdentity.parse(identity.encode()) == identity
    assert age.HybridRecipient.parse(identity.recipient.encode()) == identity.recipient
    assert identity != age.HybridIdentity.generate()


def key(public: bytes) -> str:
    return bech32.encode("age1pq", public)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1pq1",
        LEAD.recipient.encode()[:-1],
        LEAD.recipient.encode().upper(),
        LEAD.encode(),
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
        key(LEAD.recipient.public[:-1]),
        key(LEAD.recipient.public + b"\0"),
        key(b"\xff" * 1184 + LEAD.recipient.public[1184:]),
        key(LEAD.recipient.public[:1184] + bytes(32)),
    ],
    ids=[
        "nothing",
        "prefix",
        "cut",
        "capitals",
        "secret",
        "classic",
        "short",
        "long",
        "kem",
        "low",
    ],
)
def test_what_could_not_be_sealed_to_is_no_recipient(text: str) -> None:
    """A damaged key, and one whose X25519 half is of low order, are refused when they are read."""
    with pytest.raises(age.KeyFailure) as caught:
        age.HybridRecipient.parse(text)
    assert len(text) < 10 or text[7:20] not in str(caught.value)


@pytest.mark.parametrize(
    "wrong", ["", "AGE-SECRET-KEY-PQ-1", LEAD.encode().lower(), LEAD.encode()[:-1]]
)
def test_what_is_no_identity_is_refused_without_being_repeated(wrong: str) -> None:
    """The message says what to do, and holds nothing of the key."""
    for parse in (age.HybridIdentity.parse, age.X25519Identity.parse):
        with pytest.raises(age.KeyFailure) as caught:
            parse(wrong)
        assert "1" not in str(caught.value)


def test_nothing_secret_is_shown() -> None:
    """The representation of an identity and of a passphrase holds neither."""
    shown = repr([LEAD, CHEAP, age.X25519Identity(b"\x42" * 32), LEAD.recipient])
    for secret in ("correct", "\\x01", "\\x42", "B" * 5, LEAD.encode()):
        assert secret not in shown


def test_a_machine_without_mlkem_refuses_to_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing could be sealed, no recipient is read and no key is made."""
    assert age.mlkem_is_available()
    assert age.argon2_is_available()
    monkeypatch.setattr(keys, "mlkem_is_available", lambda: False)
    with pytest.raises(age.AgeError, match="ML-KEM"):
        age.HybridRecipient.parse(LEAD.recipient.encode())
    with pytest.raises(age.AgeError, match="ML-KEM"):
        age.HybridIdentity.generate()


def test_nothing_is_released_of_a_file_that_is_not_vouched_for() -> None:
    """A bad header, and a bad first chunk, leave the target empty."""
    sealed = age.seal(b"an answer", [LEAD.recipient])
    for damaged in (sealed[:-1], sealed.replace(b"---", b"--- ", 1)):
        target: BinaryIO = BytesIO()
        with pytest.raises(age.AgeError):
            age.unseal_stream(BytesIO(damaged), target, [LEAD])
        assert target.tell() == 0
