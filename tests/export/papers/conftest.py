"""The study of Assore as it is founded, and the same with all that study.yaml can say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from export import custody, founding
from export.custody import Public
from export.declared import Papers, Party, Retention
from export.study import Study, read_study

PASSPHRASE = b"correct horse battery"


@pytest.fixture(scope="session")
def assore(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The shipped questionnaires, a custodian and an escrow holder; nothing completed."""
    folder = tmp_path_factory.mktemp("papers")
    holders = {
        role: custody.new_identity(folder / f"{role}.key", PASSPHRASE, 1)
        for role in ("custodian", "escrow")
    }
    founding.make(
        folder / "study",
        study_id="assore",
        title="",
        instruments=founding.given_instruments(None),
        recipients={role: Public.of(identity) for role, identity in holders.items()},
        is_practice=False,
        passphrases=(PASSPHRASE, PASSPHRASE),
        now=datetime(2026, 11, 23, tzinfo=UTC),
        work_factor=1,
    )
    return read_study(folder / "study")


@pytest.fixture(scope="session")
def completed(assore: Study) -> Study:
    """The same study with all that study.yaml can say."""
    said = {
        "purpose": {
            "fr": "savoir ce que l'hébergement change pour vous, pour vos soins et pour votre usage de crack.",
            "en": "to know what housing changes for you, your care and your use of crack.",
        },
        "population": {
            "fr": "les 536 personnes hébergées à l'hôtel par le dispositif Assore",
            "en": "the 536 people housed in hotels by Assore",
        },
        "legal_basis": {"fr": "mission d'intérêt public", "en": "task in the public interest"},
        "ethics": {"": "CEEI 22-001"},
        "processors": {"fr": "aucun", "en": "none"},
    }
    return replace(
        assore,
        controller=Party("Centre hospitalier Exemple", "1 rue Exemple, 75000 Paris"),
        retention=Retention("2027-12-31", "2032-12-31"),
        papers=Papers(
            **said,
            dpo=Party("Mme Exemple", "dpo@exemple.fr"),
            custodian=Party("Service des liens", "01 99 00 00 00"),
        ),
        words=("Hôtel Exemple",),
    )
