"""A laptop enrolled in a study of its own, made in memory and on a disk in a few milliseconds."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewer import age, kit, record, vault
from interviewer.device import Device
from interviewer.kit import Case, Kit, KitInstrument, Rules
from interviewer.laptop import Laptop, opened
from surveys.check import check
from surveys.shipped import FOLDER

PASSPHRASE = b"a passphrase for tests"
STUDY = age.HybridIdentity.generate()
CUSTODIAN = age.HybridIdentity.generate()
LEAD = Ed25519PrivateKey.generate()
VAULT, SECRETS = vault.create(PASSPHRASE, vault.CHEAPEST)
CASES = (Case("K7Q2-M4T9", "H01"), Case("B4D2-F6H4", "H02"))
FORMS = {
    "whole": Path(__file__).with_name("whole.yaml"),
    "assore": FOLDER / "assore" / "beneficiaires.yaml",
}

Enrolled = Callable[..., Laptop]


@pytest.fixture(scope="session")
def enrolled() -> Enrolled:
    """A function that enrols a laptop in a folder, with the questionnaires named."""

    def make(
        home: Path,
        *forms: str,
        practice: bool = False,
        rules: Rules | None = None,
        version: int = 1,
    ) -> Laptop:
        device = Device(home)
        home.mkdir(parents=True, exist_ok=True)
        device.vault_path.write_bytes(VAULT)
        device.install(_kit(forms or ("whole",), rules or Rules(), version), SECRETS.identity)
        return opened(device, SECRETS, practice=practice)

    return make


def _kit(forms: tuple[str, ...], rules: Rules, version: int) -> bytes:
    found = [check(FORMS[name].read_text("utf-8"), f"{name}.yaml").instrument for name in forms]
    instruments = [one for one in found if one is not None]
    recipient = SECRETS.identity.recipient
    private = kit.seal_private(
        "trial",
        "L01",
        words=("Hôtel Bellevue",),
        help_numbers=(("SAMU", "15"),),
        rules=rules,
        recipient=recipient,
    )
    return kit.sign(
        Kit(
            study="trial",
            title={"fr": "Essai", "en": "Trial"},
            version=version,
            device="L01",
            roster=("L01",),
            is_practice=False,
            bucket=record.bucket_for(instruments),
            has_links=True,
            recipients={
                "study": (STUDY.recipient.encode(),),
                "escrow": (),
                "custodian": (CUSTODIAN.recipient.encode(),),
            },
            instruments=tuple(
                KitInstrument(one.id, one.version, one.digest, "person", one.source)
                for one in instruments
            ),
            private=base64.b64encode(private).decode(),
            cases=base64.b64encode(kit.seal_cases("trial", "L01", CASES, recipient)).decode(),
        ),
        LEAD,
    )


@pytest.fixture(scope="session")
def study_key() -> age.HybridIdentity:
    """The key that opens the records of these laptops."""
    return STUDY


@pytest.fixture(scope="session")
def custodian_key() -> age.HybridIdentity:
    """The key that opens their links."""
    return CUSTODIAN
