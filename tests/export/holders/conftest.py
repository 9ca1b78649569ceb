"""A study made once and copied for each test: its holders' keys beside it, one laptop in its books."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export import custody, founding
from export.custody import Public
from export.laptops import devices
from export.laptops.devices import Enrolled
from export.study import Study, read_study
from interviewer import age
from surveys.check import check

FORM = """\
souspli: 1
form: {id: t, version: "1", title: T}
survey:
  - {type: integer, name: days, label: Days}
  - {type: text, name: card, label: Card, keep: link}
"""
PASSPHRASE = b"correct horse battery"
CHEAPEST = 1
NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """study/, custodian.key, escrow.key."""
    desk = tmp_path_factory.mktemp("desk")
    instrument = check(FORM, "form.yaml").instrument
    assert instrument is not None
    holders = {
        role: Public.of(custody.new_identity(desk / f"{role}.key", PASSPHRASE, CHEAPEST))
        for role in ("custodian", "escrow")
    }
    founding.make(
        desk / "study",
        study_id="small",
        title="Small",
        instruments=[(Path("form.yaml"), "person", instrument)],
        recipients=holders,
        is_practice=False,
        passphrases=(PASSPHRASE, PASSPHRASE),
        now=NOW,
        work_factor=CHEAPEST,
    )
    laptop = age.HybridIdentity(bytes(32)).recipient.encode()
    devices.write(
        read_study(desk / "study"),
        Enrolled("L01", laptop, bytes(32), is_tested=True, kits=("0" * 64,)),
    )
    return desk


@pytest.fixture
def study(desk: Path, tmp_path: Path) -> Study:
    """A copy of the study, its holders' keys beside it."""
    shutil.copytree(desk, tmp_path, dirs_exist_ok=True)
    return read_study(tmp_path / "study")
