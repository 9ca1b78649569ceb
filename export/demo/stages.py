"""A whole study on one machine: frame, keys, sample, interviews, collection, dataset, estimates.

Every step calls what the verbs call. Everybody in it is simulated, and every record, page and file
says so; its passphrases are public.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from export import custody, founding
from export.bars import Track
from export.collecting.collect import Collected, collect
from export.custody import Public
from export.demo import simulation
from export.drawing import frame, steps
from export.drawing.drawn import Design, Draw
from export.drawing.sample import read_sample
from export.drawing.table import Columns
from export.estimating import tabulation
from export.laptops import assign, devices, kits
from export.laptops.assignable import from_crosswalk
from export.modelling import reading, shipped
from export.study import Study, read_study
from interviewer import closing, enrolment, vault
from interviewer.device import Device
from interviewer.handover import handover
from interviewer.interview import begin
from interviewer.kit import KitInstrument, instrument_of
from interviewer.laptop import Laptop, unlocked
from interviewer.record import Attempt
from interviewer.respondent import Respondent, answer_all
from interviewer.scrub import Scrubber
from interviewer.sitting import Sitting
from surveys.language import _
from surveys.plan import Plan, plan

SEED = 2022
BEACON = "demo: 04 12 23 31 40"
INSTRUMENT = "assore_beneficiaires"
PASSPHRASE = b"public demo passphrase"
WORK_FACTOR = 12  # the passphrase is public: nothing is gained by making it slow to try
OPENED = datetime(2022, 4, 11, 10, 0).astimezone()


@dataclass(frozen=True, slots=True)
class Stage:
    """The study once its sample is drawn and its laptop enrolled."""

    study: Study
    drawn: Draw
    laptop: Laptop
    cases: tuple[str, ...]


def prepare(folder: Path) -> Stage:
    """Make frame, keys, study, sample and laptop in a folder."""
    chance = random.Random(SEED)  # noqa: S311 - a demonstration that is the same every time
    (folder / "frame.csv").write_text(simulation.frame_csv(chance), "utf-8")
    holders = {
        role: custody.new_identity(folder / role / f"{role}.key", PASSPHRASE, WORK_FACTOR)
        for role in ("custodian", "escrow")
    }
    founding.make(
        folder / "study",
        study_id="assore-demo",
        title="Demo",
        instruments=founding.given_instruments(None),
        recipients={role: Public.of(identity) for role, identity in holders.items()},
        is_practice=True,
        passphrases=(PASSPHRASE, PASSPHRASE),
        now=OPENED,
        work_factor=WORK_FACTOR,
    )
    (folder / "study" / tabulation.NAME).write_bytes(
        Path(__file__).with_name(tabulation.NAME).read_bytes()
    )
    (folder / "study" / reading.NAME).write_bytes((shipped.FOLDER / "assore.yaml").read_bytes())
    study = read_study(folder / "study")
    drawn = _draw(study, folder / "frame.csv")
    cases = _released(study)
    return Stage(study, drawn, _enrolled(study, folder), cases)


def _enrolled(study: Study, folder: Path) -> Laptop:
    """Enrol a laptop as it is done for real: its keys, a kit, its test record opened, its cases."""
    device = Device(folder / "laptop")
    path, _words = enrolment.begin(device, "L01", PASSPHRASE, vault.CHEAPEST, folder)
    devices.add(study, path.read_bytes())
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    identity = vault.unlock(device.vault_path.read_bytes(), PASSPHRASE).identity
    first = device.install(kits.make(study, "L01", key), identity)
    opening = custody.open_key(study.study_key, PASSPHRASE)
    devices.open_test(study, enrolment.sealed_test(first), opening, OPENED)
    custodian = custody.open_key(folder / "custodian" / "custodian.key", PASSPHRASE)
    assign.assign(study, "L01", from_crosswalk(study, custodian), custodian)
    device.install(kits.make(study, "L01", key), identity)
    return unlocked(device, PASSPHRASE)


def collected(stage: Stage, stick: Path, now: datetime, track: Track) -> Collected:
    """Hand the laptop's records over to a folder, collect them, and let the laptop take the receipt in."""
    stick.mkdir()
    handover(stage.laptop, stick, now)
    key = custody.open_signing_key(stage.study.signing_key, PASSPHRASE)
    taken = collect(stage.study, [stick], key, track)
    handover(stage.laptop, stick, now)
    return taken


def _draw(study: Study, path: Path) -> Draw:
    columns = Columns(id="id", stratum="hotel", cluster="hotel", similarity="district")
    found, problems = frame.read(path, columns)
    if found is None or problems:
        raise AssertionError("the demonstration's own frame is refused")
    design = Design(
        method="stratified",
        announced=BEACON.split(":", maxsplit=1)[0],
        size=simulation.SAMPLE,
        reserve=simulation.RESERVE,
        similarity=found.similarity,
    )
    steps.commit(study, found, design, OPENED)
    return steps.conclude(study, found, BEACON, _("demo: nothing was published"), OPENED)


def _released(study: Study) -> tuple[str, ...]:
    return tuple(case for case, one in (read_sample(study) or {}).items() if one.is_released)


def fieldwork(stage: Stage, mine: Callable[[Plan], Sitting | None]) -> Iterator[int]:
    """Hold every interview and seal what came of each case; yield the number done so far.

    `mine` holds the first interview with whoever runs the demonstration; None leaves it to the
    simulated respondent.
    """
    # With this seed no cell of the two estimates has fewer people than may be shown.
    chance = random.Random(SEED + 4)  # noqa: S311 - as above
    found = stage.laptop.signed.kit.named(INSTRUMENT)
    if found is None:
        raise AssertionError("the demonstration's own kit lacks its questionnaire")
    ready = plan(instrument_of(found))
    # All of them first, so that no question drawn by the same chance changes what becomes of anybody.
    folk = list(simulation.people(len(stage.cases), chance))
    for number, (case, person) in enumerate(zip(stage.cases, folk, strict=True)):
        day = OPENED + timedelta(days=number // 6, hours=number % 6)
        mine_too = mine(ready) if number == 0 else None
        if number and person.fate in {"refusal", "non_contact"}:
            _seal_outcome(stage, found, person.fate, case, day)
        else:
            sitting = mine_too or _simulated(ready, person, chance, day, is_first=number == 0)
            ended = sitting.interview.now + timedelta(minutes=30)
            closing.seal_simulated(stage.laptop, found, sitting.interview, case, ended)
        yield number + 1


def _simulated(
    ready: Plan, person: simulation.Person, chance: random.Random, day: datetime, *, is_first: bool
) -> Sitting:
    leaves = chance.randint(10, 35) if person.fate == "break_off" and not is_first else None
    respondent = Respondent(chance, person.script, leaves_after=leaves)
    return answer_all(begin(ready, day, "demo"), respondent, Scrubber())


def _seal_outcome(stage: Stage, found: KitInstrument, fate: str, case: str, day: datetime) -> None:
    outcome = "2.112" if fate == "refusal" else "2.25"
    count = 1 if fate == "refusal" else 4
    attempts = tuple(
        Attempt(
            (day + timedelta(days=n)).date().isoformat(),
            ("morning", "afternoon", "evening")[n % 3],
            outcome,
        )
        for n in range(count)
    )
    closing.seal_outcome(
        stage.laptop,
        found,
        case=case,
        interviewer="I01",
        outcome=outcome,
        attempts=attempts,
        now=day,
        is_simulated=True,
    )


def sealed_size(stage: Stage) -> int:
    """Return the size of every sealed record collected in the demonstration, in bytes."""
    found = stage.study.collected.glob("*.age")
    sizes = {path.stat().st_size for path in found if not path.name.endswith(".link.age")}
    if len(sizes) != 1:
        raise AssertionError("records of one study differ in size")
    return sizes.pop()
