"""A small study to collect into: made in the test's folder, its passphrases cheap to try."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from export import custody, founding
from export.collecting import collect as collecting
from export.collecting.collect import Collected
from export.custody import Public
from export.laptops import devices, kits
from export.study import Study, Unit, read_study
from interviewer import age, enrolment, outbox, record, vault
from interviewer.device import Device
from interviewer.files import write_durably
from interviewer.handover import handover
from interviewer.laptop import Laptop, unlocked
from interviewer.record import Record
from surveys import language
from surveys.check import check, errors
from tests.records import interview

PASSPHRASE = b"correct horse battery"
CHEAPEST = 1  # scrypt 2^1: nothing here is worth protecting
NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def new_study(tmp_path: Path) -> Callable[..., Study]:
    """A function from the text of a questionnaire to a study with it, one laptop L01, two recipients."""

    def make(form: str, *, practice: bool = False, unit: Unit = "person") -> Study:
        loaded = check(form, "form.yaml")
        assert loaded.instrument is not None
        assert errors(loaded) == ()
        folder = tmp_path / "study"
        holders = {
            role: custody.new_identity(tmp_path / f"{role}.key", PASSPHRASE, CHEAPEST)
            for role in ("custodian", "escrow")
        }
        founding.make(
            folder,
            study_id="small",
            title="Small",
            instruments=[(Path("form.yaml"), unit, loaded.instrument)],
            recipients={role: Public.of(identity) for role, identity in holders.items()},
            is_practice=practice,
            passphrases=(PASSPHRASE, PASSPHRASE),
            now=NOW,
            work_factor=CHEAPEST,
        )
        found = read_study(folder)
        enrol(found, tmp_path / "L01")
        return found

    return make


def enrol(study: Study, home: Path) -> None:
    """Set up a laptop in a folder, which names it, and write its kit there."""
    content, keys = vault.create(PASSPHRASE, vault.CHEAPEST)
    devices.add(study, enrolment.write(home.name, keys))
    made = kits.make(study, home.name, custody.open_signing_key(study.signing_key, PASSPHRASE))
    write_durably(Device(home).vault_path, content)
    Device(home).install(made, keys.identity)


@pytest.fixture
def laptop_of(tmp_path: Path) -> Callable[..., Laptop]:
    """A function that returns a laptop of a study, unlocked; one that it has not yet is enrolled."""

    def unlock(study: Study, name: str = "L01") -> Laptop:
        home = tmp_path / name
        if not home.exists():
            enrol(study, home)
        return unlocked(Device(home), PASSPHRASE)

    return unlock


@pytest.fixture
def hand_over(
    tmp_path: Path, put: Callable[..., None], laptop_of: Callable[..., Laptop]
) -> Callable[..., Path]:
    """A function that has a laptop seal records and hand over to a stick, and returns the bundle.

    In its ledger the records begin in the order in which they are given.
    """

    def write(
        study: Study,
        *made: Record,
        stick: str = "stick",
        name: str = "L01",
        links: Mapping[str, str] | None = None,
    ) -> Path:
        laptop = laptop_of(study, name)
        put(study, laptop.outbox, *made, links=links)
        for one in made:
            laptop.ledger.append("start", one.id, "", laptop.secrets.signing)
        (tmp_path / stick).mkdir(exist_ok=True)
        handover(laptop, tmp_path / stick, NOW)
        return tmp_path / stick / f"souspli-{laptop.signed.kit.device}"

    return write


@pytest.fixture
def collect() -> Callable[..., Collected]:
    """A function that collects from some folders into a study, with its signing key."""

    def take_in(study: Study, *paths: Path) -> Collected:
        key = custody.open_signing_key(study.signing_key, PASSPHRASE)
        return collecting.collect(study, paths, key)

    return take_in


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
def drew() -> Callable[..., None]:
    """A function that writes a sample.csv into a study, and the certificate that goes with it."""

    def write(study: Study, text: str, method: str = "stratified") -> None:
        (study.draw / "sample.csv").write_bytes(text.encode())
        strata: dict[str, dict[str, int]] = {}
        reserve: set[tuple[str, str]] = set()
        for line in [one for one in text.splitlines()[1:] if one.count(",") >= 5]:
            case, stratum, population, n_h, _order, status, *clusters = line.split(",")
            if stratum.isdigit():
                new = {"stratum": int(stratum), "N_h": int(population), "n_h": int(n_h)}
                found = strata.setdefault(stratum, new | {"reserve": 0})
                unit = clusters[0] if clusters else case
                is_next = status == "reserve" and (stratum, unit) not in reserve
                found["reserve"] += is_next and method != "two_stages"
                reserve.add((stratum, unit) if is_next else ("", ""))
        certificate = {
            "sample_hash": hashlib.sha256(text.encode()).hexdigest(),
            "design": {"method": method},
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
        usual: dict[str, Any] = {
            "study": study.id,
            "kit": kits[-1],
            "instrument": found.instrument.id,
            "instrument_version": found.instrument.version,
            "instrument_hash": found.instrument.digest,
            "unit": found.unit,
            "case": case,
            "is_practice": study.is_practice,
            "is_simulated": study.is_practice,
        }
        return interview(number, **(usual | otherwise))

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


@pytest.fixture
def typed() -> Callable[..., list[str]]:
    """A function that returns --passphrase-fd with a pipe that holds these passphrases."""

    def pipe(*secrets: str) -> list[str]:
        end, start = os.pipe()
        os.write(start, "".join(f"{secret}\n" for secret in secrets).encode())
        os.close(start)
        return ["--passphrase-fd", str(end)]

    return pipe


CARDS = """
souspli: 1
form: {id: plain, version: "1", title: Plain, languages: {en: English (en)}, default_language: en}
choices:
  yes_no: [{name: yes, label: Yes}, {name: no, label: No}]
survey:
  - {type: select_one, choices: yes_no, name: card, label: A card?}
  - {type: text, name: words, label: Words}
"""
DRAWN = "case,stratum,N_h,n_h,order,status\n" + "".join(
    f"C{n},1,200,32,,released\n" for n in range(1, 33)
)


@pytest.fixture
def answered(
    new_study: Callable[..., Study],
    made_of: Callable[..., Record],
    hand_over: Callable[..., Path],
    collect: Callable[..., Collected],
    drew: Callable[[Study, str], None],
) -> Callable[..., Study]:
    """A function that makes a study of 32 cases drawn, of which 30 answered: so many have a card."""

    def make(cards: int = 18, *, practice: bool = False) -> Study:
        study = new_study(CARDS, practice=practice)
        drew(study, DRAWN)
        answers = [{"card": "yes" if n <= cards else "no", "words": "CANARY"} for n in range(1, 31)]
        records = [made_of(study, f"C{n}", answers=one) for n, one in enumerate(answers, start=1)]
        collect(study, hand_over(study, *records))
        return study

    return make
