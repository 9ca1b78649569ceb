"""The vault: the passphrase opens it, nothing else does, and a new one opens the same keys."""

from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import vault
from interviewer.vault import CHEAPEST, Cost, VaultError

VAULT, SECRETS = vault.create(b"a passphrase", CHEAPEST)


def same(one: vault.Secrets, other: vault.Secrets) -> bool:
    return (one.vault_key, one.identity.encode(), one.signing.private_bytes_raw()) == (
        other.vault_key,
        other.identity.encode(),
        other.signing.private_bytes_raw(),
    )


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=1, max_size=40))
def test_what_was_put_in_comes_out_with_its_passphrase_alone(passphrase: bytes) -> None:
    """Any bytes are a passphrase; no other opens."""
    made, secrets = vault.create(passphrase, CHEAPEST)
    assert same(vault.unlock(made, bytearray(passphrase)), secrets)
    with pytest.raises(VaultError, match="does not open this laptop"):
        vault.unlock(made, passphrase + b"x")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(VAULT) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_in_words(place: int, change: int) -> None:
    """Damage never ends in a traceback, and never in other keys."""
    damaged = VAULT[:place] + bytes([VAULT[place] ^ change]) + VAULT[place + 1 :]
    try:
        assert same(vault.unlock(damaged, b"a passphrase"), SECRETS)
    except VaultError as refusal:
        assert str(refusal)  # noqa: PT017 - a changed space or unused base64 bit may still open


@pytest.mark.parametrize(
    "cost",
    [
        {"memory": 16 * 2**20},
        {"memory": 2**20, "iterations": 12},
        {"iterations": 10**6},
        {"lanes": 2**40},
        {"memory": -8, "iterations": -1},
        {"lanes": 0},
    ],
)
def test_a_cost_that_nobody_chose_is_not_tried(cost: dict[str, int]) -> None:
    """Whoever can write to the laptop could have a guess take all of its memory, or an hour."""
    found = json.loads(VAULT)
    found["kdf"] |= cost
    with pytest.raises(VaultError, match="is damaged"):
        vault.unlock(json.dumps(found).encode(), b"a passphrase")


def test_a_laptop_without_the_memory_says_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other programs have it."""

    def full(*_given: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(vault, "_derived", full)
    with pytest.raises(VaultError, match="needs 0 MiB of memory"):
        vault.unlock(VAULT, b"a passphrase")


def test_a_vault_nested_too_deep_is_damaged() -> None:
    """It is a file like any other."""
    with pytest.raises(VaultError, match="is damaged"):
        vault.unlock(b"[" * 100_000, b"a passphrase")


def test_a_new_passphrase_opens_the_same_keys_and_the_old_one_no_more() -> None:
    """Drafts stay readable when the passphrase changes."""
    changed = vault.changed(VAULT, b"a passphrase", b"another one", CHEAPEST)
    assert same(vault.unlock(changed, b"another one"), SECRETS)
    with pytest.raises(VaultError):
        vault.unlock(changed, b"a passphrase")
    with pytest.raises(VaultError):
        vault.changed(VAULT, b"not the old one", b"another one", CHEAPEST)


def test_a_secret_wrapped_for_one_draft_does_not_open_as_another_s() -> None:
    """What it is for is authenticated."""
    wrapped = vault.wrap(SECRETS.vault_key, b"key", "draft 1")
    assert vault.unwrap(SECRETS.vault_key, wrapped, "draft 1") == b"key"
    with pytest.raises(InvalidTag):
        vault.unwrap(SECRETS.vault_key, wrapped, "draft 2")


def test_no_repr_shows_a_key() -> None:
    """Secrets printed by mistake print nothing."""
    assert "Secrets()" in repr(SECRETS)


def test_the_cost_is_halved_on_a_slow_laptop_and_never_below_64_mib() -> None:
    """Calibrated by the clock it is given."""
    ticks = iter(range(0, 1000, 10))
    slow = vault.calibrated(clock=lambda: float(next(ticks)))
    assert slow == Cost(64 * 1024, 3, 4)
    assert vault.calibrated(clock=lambda: 0.0) == vault.FIELD
