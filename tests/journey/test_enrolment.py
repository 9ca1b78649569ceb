"""Enrolment from end to end, each step a process: keys, words, kits, test records, cases, passphrases."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export import custody, founding
from export.custody import Public
from export.drawing import steps
from export.drawing.drawn import Design, Unit
from export.drawing.frame import from_units
from export.study import read_study
from interviewer import age, enrolment, vault
from surveys.check import check
from surveys.load import source_of

SOUSPLI = Path(sys.executable).with_name("souspli")
SMALL = Path(__file__).with_name("small.yaml")
LEAD = "three public words for tests"
FIRST, SECOND, NEW = "passphrase of laptop one", "passphrase of laptop two", "another passphrase"
HOTELS = ("CANARI-HOTEL-NORD", "CANARI-HOTEL-SUD")
WORDS = re.compile(r"^  ((?:[a-z]{5} ?){6})$", re.MULTILINE)

Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Office:
    """A folder with study/, custodian.key, and the laptops one/ and two/; and how to work in it."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str | Path, given: tuple[str, ...] = (), typed: str = "") -> Done:
        """Run the installed command in the folder, with these passphrases, to its end."""
        reading, writing = os.pipe()
        os.write(writing, "".join(f"{one}\n" for one in given).encode())
        os.close(writing)
        piped = ["--passphrase-fd", str(reading)] if given else []
        try:
            return subprocess.run(
                [SOUSPLI, *arguments, *piped],
                cwd=self.folder,
                env=self.environment,
                input=typed,
                capture_output=True,
                text=True,
                pass_fds=[reading],
                timeout=120,
                check=False,
            )
        finally:
            os.close(reading)

    def does(self, *arguments: str | Path, given: tuple[str, ...] = ()) -> str:
        """Run a command that must succeed, and return what it printed."""
        done = self.run(*arguments, given=given)
        warns = (
            "Nobody knows yet" if arguments[0] == "kit" else ""
        )  # whether its keys can be opened
        assert (done.returncode, done.stderr[: len(warns) or None]) == (0, warns)
        return done.stdout

    def refuses(self, *arguments: str | Path, given: tuple[str, ...] = (), why: str) -> None:
        """Run a command that must refuse, in one sentence with a remedy, and change nothing."""
        before = under(self.folder)
        done = self.run(*arguments, given=given)
        assert (done.returncode, done.stdout) == (1, "")
        assert re.fullmatch(r"souspli: [^\n]*[;:] [^\n]+\n", done.stderr)
        assert why in done.stderr
        assert not any(secret in done.stderr for secret in (LEAD, FIRST, SECOND, NEW))
        assert under(self.folder) == before

    def kit(self, name: str) -> str:
        """Write the next kit of a laptop to its stick."""
        out = f"{name}.kit"
        return self.does("kit", name, "--study", "study", "--out", out, given=(LEAD,))

    def assign(self, name: str, *more: str) -> str:
        """Give a laptop cases, as the custodian does."""
        told = ("--study", "study", "--key", "custodian.key", *more)
        return self.does("assign", name, *told, given=(LEAD,))

    def crosswalk(self) -> dict[str, str]:
        """Return the hotel of each case."""
        identities = custody.open_key(self.folder / "custodian.key", LEAD.encode())
        text = age.unseal((self.folder / "study/draw/crosswalk.age").read_bytes(), identities)
        return {row["case"]: row["cluster"] for row in csv.DictReader(io.StringIO(text.decode()))}


def under(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def words_of(told: str) -> str:
    """Return the six words that a command printed."""
    found = WORDS.search(told)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def enrolled(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A study with a sample of twelve; two laptops that made their keys, added by their words."""
    if sys.platform == "win32":
        pytest.skip("passphrases cross to a child by descriptor, which Windows does not inherit")
    office = Office(tmp_path_factory.mktemp("office"), environment)
    folder = office.folder
    small = check(source_of(SMALL), "small.yaml").instrument
    assert small is not None
    cheap = {"passphrases": (LEAD.encode(), LEAD.encode()), "work_factor": 4}
    custodian = custody.new_identity(folder / "custodian.key", LEAD.encode(), 4)
    founding.make(
        folder / "study",
        study_id="office",
        title="Office",
        instruments=[(SMALL, "person", small)],
        recipients={"custodian": Public.of(custodian)},
        is_practice=False,
        now=datetime.now(UTC),
        **cheap,  # type: ignore[arg-type]
    )
    study = read_study(folder / "study")
    units = from_units(
        Unit(f"P{n:03}", stratum=HOTELS[n % 2], cluster=HOTELS[n % 2]) for n in range(40)
    )
    now = datetime.now(UTC)
    steps.commit(study, units, Design(method="stratified", announced="a lottery", size=12), now)
    steps.conclude(study, units, "a lottery: 1 2 3", "nowhere", now)
    for name, home, secret in (("L01", "one", FIRST), ("L02", "two", SECOND)):
        words = words_of(office.does("enrol", "--name", name, "--home", home, given=(secret,)))
        office.does("device", "add", f"{name}.enrolment", "--study", "study", "--words", words)
        path = folder / home / "vault"  # each test unlocks it: from here on the cheapest there is
        cheaper = vault.changed(path.read_bytes(), secret.encode(), secret.encode(), vault.CHEAPEST)
        path.write_bytes(cheaper)
    return office


@pytest.fixture(scope="module")
def ready(enrolled: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The same: each laptop with a first kit, tested, its hotel's cases, and a second kit installed.

    L01.kit and L02.kit are the second ones, L01.first the first one.
    """
    folder = tmp_path_factory.mktemp("ready") / "office"
    office = Office(Path(shutil.copytree(enrolled.folder, folder)), enrolled.environment)
    for name, home, secret, hotel in (
        ("L01", "one", FIRST, HOTELS[0]),
        ("L02", "two", SECOND, HOTELS[1]),
    ):
        office.kit(name)
        shutil.copy(folder / f"{name}.kit", folder / f"{name}.first")
        office.does("enrol", f"{name}.kit", "--home", home, given=(secret,))
        office.does("device", "test", f"{name}.test.age", "--study", "study", given=(LEAD,))
        office.assign(name, "--hotel", hotel)
        office.kit(name)
        office.does("enrol", f"{name}.kit", "--home", home, given=(secret,))
    return office


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Office], Office]:
    """A function that gives a test an office of its own."""
    return lambda office: Office(
        Path(shutil.copytree(office.folder, tmp_path / "office")), office.environment
    )


Copied = Callable[[Office], Office]


@pytest.fixture(autouse=True)
def unchanged(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the tests of this file share stays as it was made."""
    shared: list[Office] = [
        request.getfixturevalue(name)
        for name in ("enrolled", "ready")
        if name in request.fixturenames
    ]
    before = [under(office.folder) for office in shared]
    yield
    assert [under(office.folder) for office in shared] == before


# --- the whole way ------------------------------------------------------------------------------


def test_the_whole_way_from_keys_to_cases(enrolled: Office, copied: Copied) -> None:
    """The lead's words are those the laptop shows; cases arrive with the second kit, not the first."""
    office = copied(enrolled)
    told = office.kit("L01")
    assert "This kit carries no cases yet." in told
    installed = office.does("enrol", "L01.kit", "--home", "one", given=(FIRST,))
    assert "L01: kit 1 installed, 1 questionnaire.\nNo case for this laptop.\n" in installed
    assert f"Words to compare aloud: {words_of(installed)}\n" in told
    given = ("--study", "study", "--key", "custodian.key", "--hotel", HOTELS[0])
    office.refuses(
        "assign", "L01", *given, given=(LEAD,), why="nobody has opened its test record yet"
    )
    told = office.does("device", "test", "L01.test.age", "--study", "study", given=(LEAD,))
    assert told.startswith("L01: what it seals, this study opens.\n")
    assert "L01: 6 cases given; it has 6." in office.assign("L01", "--hotel", HOTELS[0])
    assert "no cases yet" not in office.kit("L01")
    installed = office.does("enrol", "L01.kit", "--home", "one", given=(FIRST,))
    assert "L01: kit 2 installed, 1 questionnaire.\n6 cases for this laptop.\n" in installed


def test_a_laptop_interviews_its_own_cases_and_no_others(ready: Office, copied: Copied) -> None:
    """A case of the other laptop is refused before the first question."""
    office = copied(ready)
    asks = ("interview", "small", "--plain", "--interviewer", "I1", "--home", "one")
    hotels = office.crosswalk()
    mine = next(case for case, hotel in hotels.items() if hotel == HOTELS[0])
    theirs = next(case for case, hotel in hotels.items() if hotel == HOTELS[1])
    done = office.run(*asks, "--case", theirs, given=(FIRST,))
    assert done.returncode == 1
    assert "not one of this laptop's" in done.stderr
    assert theirs not in done.stderr
    done = office.run(*asks, "--case", mine, given=(FIRST,))
    assert done.returncode == 130  # the end of input, at the first question


def test_no_case_and_no_hotel_is_readable_anywhere(ready: Office) -> None:
    """Not in a kit, not on a laptop, not in the study folder but for the codes of sample.csv."""
    hotels = ready.crosswalk()
    for name, content in under(ready.folder).items():
        assert not any(hotel.encode() in content for hotel in HOTELS), name
        if name != "study/draw/sample.csv":
            assert not any(case.encode() in content for case in hotels), name
    sizes = {
        (ready.folder / f"study/devices/{name}.cases.age").stat().st_size for name in ("L01", "L02")
    }
    assert len(sizes) == 1


# --- refused ------------------------------------------------------------------------------------


def test_words_that_differ_add_no_laptop(enrolled: Office, copied: Copied) -> None:
    """A file replaced on its way is that of another laptop, with other words."""
    office = copied(enrolled)
    content = (office.folder / "L01.enrolment").read_bytes()
    heard = enrolment.words(content)
    keys = vault.create(b"a thief's", vault.CHEAPEST)[1]
    (office.folder / "L01.enrolment").write_bytes(enrolment.write("L03", keys))
    add = ("device", "add", "L01.enrolment", "--study", "study", "--words", heard)
    office.refuses(*add, why="the file was replaced on its way")
    (office.folder / "L01.enrolment").write_bytes(enrolment.write("L01", keys))
    office.refuses(
        *add[:-1], enrolment.words(enrolment.write("L01", keys)), why="a laptop L01 already"
    )
    (office.folder / "L01.enrolment").write_bytes(content)
    office.does(*add)


def test_a_laptop_nobody_added_has_no_kit_and_no_case(enrolled: Office) -> None:
    """The remedy is to enrol it."""
    why = "the study has no laptop of this name"
    enrolled.refuses("kit", "L09", "--study", "study", given=(LEAD,), why=why)
    cases = ("--study", "study", "--key", "custodian.key")
    enrolled.refuses("assign", "L09", *cases, given=(LEAD,), why=why)


def test_the_kit_of_another_laptop_is_refused(ready: Office) -> None:
    """It is sealed to that one."""
    why = "this kit is for another study or laptop"
    ready.refuses("enrol", "L02.kit", "--home", "one", given=(FIRST,), why=why)


def test_the_first_kit_of_another_laptop_is_refused(enrolled: Office, copied: Copied) -> None:
    """Also by a laptop that has none yet."""
    office = copied(enrolled)
    office.kit("L02")
    why = "not sealed to this laptop"
    office.refuses("enrol", "L02.kit", "--home", "one", given=(FIRST,), why=why)


def test_an_older_kit_is_refused(ready: Office) -> None:
    """It would bring back cases that may be another laptop's now."""
    why = "older than the one installed"
    ready.refuses("enrol", "L01.first", "--home", "one", given=(FIRST,), why=why)


def test_a_wrong_passphrase_installs_nothing(ready: Office) -> None:
    """Nor does it change the passphrase."""
    why = "this passphrase does not open this laptop"
    ready.refuses("enrol", "L01.kit", "--home", "one", given=(SECOND,), why=why)
    ready.refuses("passphrase", "--home", "one", given=(SECOND, NEW), why=why)


def test_a_case_is_given_to_a_second_laptop_only_when_it_is_moved(
    ready: Office, copied: Copied
) -> None:
    """Then the first one loses it with its next kit."""
    office = copied(ready)
    cases = ("--study", "study", "--key", "custodian.key", "--hotel", HOTELS[0])
    office.refuses(
        "assign", "L02", *cases, given=(LEAD,), why="6 of these cases are other laptops'"
    )
    told = office.assign("L02", "--hotel", HOTELS[0], "--move")
    assert "L02: 6 cases given; it has 12.\n6 cases taken from other laptops.\n" in told
    assert "Write a new kit for: L02, L01" in told
    for name, home, secret, count in (("L01", "one", FIRST, 0), ("L02", "two", SECOND, 12)):
        office.kit(name)
        told = office.does("enrol", f"{name}.kit", "--home", home, given=(secret,))
        assert f"\n{count or 'No'} case{'s' if count else ''} for this laptop.\n" in told


# --- passphrases --------------------------------------------------------------------------------


def test_a_passphrase_is_changed(ready: Office, copied: Copied) -> None:
    """The new one opens, the former one does not, and the laptop is the same."""
    office = copied(ready)
    office.does("passphrase", "--home", "one", given=(FIRST, NEW))
    why = "this passphrase does not open this laptop"
    office.refuses("enrol", "L01.kit", "--home", "one", given=(FIRST,), why=why)
    office.does("enrol", "L01.kit", "--home", "one", given=(NEW,))


def test_a_laptop_is_enrolled_anew_under_another_name(ready: Office, copied: Copied) -> None:
    """A passphrase is lost: the former folder stays whole, and the cases move."""
    office = copied(ready)
    why = "add --anew"
    office.refuses("enrol", "--name", "L01b", "--home", "one", given=(NEW,), why=why)
    (office.folder / "L01.enrolment").unlink()
    why = "its records bear it"
    office.refuses("enrol", "--name", "L01", "--anew", "--home", "one", given=(NEW,), why=why)
    told = office.does("enrol", "--name", "L01b", "--anew", "--home", "one", given=(NEW,))
    assert under(office.folder / "one.former-1") == under(ready.folder / "one")
    assert f"is now {office.folder / 'one.former-1'}." in told
    add = ("--study", "study", "--words", words_of(told))
    office.does("device", "add", "L01b.enrolment", *add)
    office.kit("L01b")
    office.does("enrol", "L01b.kit", "--home", "one", given=(NEW,))
    office.does("device", "test", "L01b.test.age", "--study", "study", given=(LEAD,))
    office.assign("L01b", "--hotel", HOTELS[0], "--move")
    office.kit("L01b")
    told = office.does("enrol", "L01b.kit", "--home", "one", given=(NEW,))
    assert "L01b: kit 2 installed, 1 questionnaire.\n6 cases for this laptop.\n" in told
