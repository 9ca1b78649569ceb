"""Keys and vaults under the cheapest passphrase there is, where a test opens them and not what it costs is tested."""

from __future__ import annotations

import os
from pathlib import Path

from interviewer import age, vault
from interviewer.files import FIXED_TIME

LEAST = 1  # scrypt 2^1


def key(path: Path, passphrase: bytes) -> None:
    """Seal a key file anew under the same passphrase."""
    content = age.unseal(path.read_bytes(), [age.Passphrase(passphrase)])
    path.write_bytes(age.seal(content, [age.Passphrase(passphrase, LEAST)]))


def laptop(home: Path, passphrase: bytes) -> None:
    """Write a laptop's vault anew under the same passphrase."""
    path = home / "vault"
    path.write_bytes(vault.changed(path.read_bytes(), passphrase, passphrase, vault.CHEAPEST))
    os.utime(path, (FIXED_TIME, FIXED_TIME))
