"""A small study to collect into: made in the test's folder, its passphrases cheap to try."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from export import custody, founding, kits
from export.study import Study, Unit, read_study
from interviewer import age, outbox, record
from interviewer.record import Record
from surveys import language
from surveys.check import check, errors

PASSPHRASE = b"correct horse battery"
CHEAPEST = 1  # scrypt 2^1: nothing here is worth protecting


@pytest.fixture
def new_study(tmp_path: Path) -> Callable[..., Study]:
    """A function from the text of a questionnaire to a study with it, one laptop L01, two recipients."""

    def make(form: str, *, practice: bool = False, unit: Unit = "person") -> Study:
        loaded = check(form, "form.yaml")
        assert loaded.instrument is not None
        assert errors(loaded) == ()
        folder = tmp_path / "study"
        custodian = custody.new_key(tmp_path / "custodian.key", PASSPHRASE, CHEAPEST)
        escrow = custody.new_key(tmp_path / "escrow.key", PASSPHRASE, CHEAPEST)
        founding.make(
            folder,
            study_id="small",
            title="Small",
            instruments=[(Path("form.yaml"), unit, loaded.instrument)],
            recipients={"custodian": custodian, "escrow": escrow},
            is_practice=practice,
            passphrases=(PASSPHRASE, PASSPHRASE),
            work_factor=CHEAPEST,
        )
        found = read_study(folder)
        kits.make(found, "L01", custody.open_signing_key(found.signing_key, PASSPHRASE))
        return found

    return make


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Speak English, whatever the machine's language, and leave it so."""
    monkeypatch.setenv("LANGUAGE", "en")
    yield
    language.use("en")


@pytest.fixture
def identities() -> Callable[[Study], Sequence[age.Identity]]:
    """A function that opens a study's key."""
    return lambda study: custody.open_key(study.study_key, PASSPHRASE)


@pytest.fixture
def drew() -> Callable[[Study, str], None]:
    """A function that writes a sample.csv into a study, and the certificate that goes with it."""

    def write(study: Study, text: str) -> None:
        (study.draw / "sample.csv").write_bytes(text.encode())
        strata: dict[str, dict[str, int]] = {}
        for line in [one for one in text.splitlines()[1:] if one.count(",") == 5]:
            _case, stratum, population, n_h, _order, status = line.split(",")
            if stratum.isdigit():
                new = {"stratum": int(stratum), "N_h": int(population), "n_h": int(n_h)}
                found = strata.setdefault(stratum, new | {"reserve": 0})
                found["reserve"] += status == "reserve"
        certificate = {
            "sample_hash": hashlib.sha256(text.encode()).hexdigest(),
            "strata": list(strata.values()),
        }
        (study.draw / "certificate.json").write_text(json.dumps(certificate), "utf-8")

    return write


@pytest.fixture
def made_of() -> Callable[..., Record]:
    """A function that returns a good record of a study, with whatever the test wants otherwise."""
    numbers = count(1)

    def make(study: Study, case: str = "", **otherwise: Any) -> Record:
        number = next(numbers)
        found = study.instruments[0]
        kits = json.loads((study.folder / "devices" / "L01.json").read_bytes())["kits"]
        plain: dict[str, Any] = {
            "id": f"{number:032x}",
            "study": study.id,
            "kit": kits[-1],
            "instrument": found.instrument.id,
            "instrument_version": found.instrument.version,
            "instrument_hash": found.instrument.digest,
            "device": "L01",
            "sequence": number,
            "kind": "interview",
            "unit": found.unit,
            "case": case,
            "interviewer": "I01",
            "outcome": "1.1",
            "status": "complete",
            "week": "2022-W15",
            "minutes": 30,
            "language": "en",
            "mode": "interviewer",
            "is_practice": study.is_practice,
            "is_simulated": study.is_practice,
        }
        return Record(**(plain | otherwise))

    return make


@pytest.fixture
def put() -> Callable[..., None]:
    """A function that seals records of a study into a folder, as a laptop's outbox holds them."""

    def seal(
        study: Study, folder: Path, *made: Record, links: Mapping[str, str] | None = None
    ) -> None:
        answers = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
        custodian = custody.recipients(study.recipients["custodian"])
        for one in made:
            sealed = record.seal(one, study.bucket, answers)
            link = record.seal_links(one.id, links or {}, custodian) if study.has_links else None
            outbox.put(folder, one.id, sealed, link)

    return seal
