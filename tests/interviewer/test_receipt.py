"""The receipt: what it says is what was signed, and nothing else passes for it."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import receipt, signed
from interviewer.receipt import Receipt, ReceiptError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RECEIPT = Receipt("s", "L01", 4, "e" * 64, {"a" * 32: "f" * 64, "b" * 32: "0" * 64})
SIGNED = receipt.sign(RECEIPT, KEY)

hexadecimal = st.text("0123456789abcdef", min_size=1, max_size=8)


@settings(max_examples=50)
@given(
    st.builds(
        Receipt,
        study=st.text(max_size=8),
        device=st.text(max_size=8),
        lines=st.integers(0, 10**6),
        head=hexadecimal,
        records=st.dictionaries(hexadecimal, hexadecimal, max_size=5),
    )
)
def test_what_was_signed_is_read(made: Receipt) -> None:
    """Nothing is lost between the lead and the laptop, and the signer is named."""
    content = receipt.sign(made, KEY)
    assert receipt.read(content) == (made, KEY.public_key().public_bytes_raw())
    assert receipt.sign(made, KEY) == content


@settings(max_examples=200)
@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(place: int, change: int) -> None:
    """Not one byte of a receipt is outside its signature."""
    changed = SIGNED[:place] + bytes([SIGNED[place] ^ change]) + SIGNED[place + 1 :]
    with pytest.raises(ReceiptError):
        receipt.read(changed)


def test_every_bit_of_the_line_of_the_signature_counts() -> None:
    """Base64 has several spellings of the same bytes; one is accepted."""
    start, end = SIGNED.index(b"\n") + 1, SIGNED.index(b"\n{")
    for place in range(start, end):
        for bit in range(8):
            changed = bytearray(SIGNED)
            changed[place] ^= 1 << bit
            with pytest.raises(ReceiptError):
                receipt.read(bytes(changed))


@pytest.mark.parametrize("length", range(0, len(SIGNED), 7))
def test_a_receipt_cut_short_is_refused(length: int) -> None:
    """Half a receipt covers nothing."""
    with pytest.raises(ReceiptError):
        receipt.read(SIGNED[:length])


@settings(max_examples=100)
@given(st.binary(max_size=80))
def test_any_bytes_are_refused_in_words(content: bytes) -> None:
    """Whatever lies on a stick is read or refused; it raises nothing else."""
    for start in (b"", b"souspli-receipt/1\n", b"souspli-receipt/1\nAAAA AAAA\n"):
        with pytest.raises(ReceiptError):
            receipt.read(start + content)


MAGIC, CONTEXT = b"souspli-receipt/1\n", b"souspli/receipt/v1\0"
FIELDS = {"study": "s", "device": "L01", "lines": 1, "head": "", "records": {}}


@pytest.mark.parametrize(
    "changes",
    [
        {"study": 3},
        {"device": None},
        {"lines": "1"},
        {"head": ["e"]},
        {"records": [["a", "b"]]},
        {"records": {"a": 1}},
        {"more": "than this version knows"},
    ],
)
def test_a_signed_receipt_of_another_version_says_so(changes: dict[str, object]) -> None:
    """Signed, but with fields this version does not know or other types: nothing is guessed."""
    changed = json.dumps({**FIELDS, **changes}).encode()
    for payload in (changed, b"[]", b"3", b"\xff", b"[" * 100_000):
        with pytest.raises(ReceiptError, match="another version"):
            receipt.read(signed.write(MAGIC, CONTEXT, payload, KEY))


def test_a_signature_for_something_else_is_no_receipt() -> None:
    """The same key signs kits: what is signed begins with what it is."""
    payload = SIGNED[SIGNED.index(b"{") :]
    with pytest.raises(ReceiptError, match="does not verify"):
        receipt.read(signed.write(MAGIC, b"souspli/kit/v1\0", payload, KEY))
    assert receipt.read(signed.write(MAGIC, CONTEXT, payload, KEY))[0] == RECEIPT
