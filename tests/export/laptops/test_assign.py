"""Which laptop has which cases: released ones, each on one laptop, and nobody told which."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export import custody
from export.drawing import steps
from export.drawing.drawn import Design, Unit
from export.drawing.frame import from_units
from export.drawing.sample import read_sample
from export.holders import destruction, keyring
from export.laptops import assign, assignable, devices
from export.study import Study, read_study
from export.verbs import assign as verb
from interviewer import age, enrolment, files, padded, vault
from interviewer.kit import Case
from surveys import codes
from surveys.problems import Refusal, Usage

FORM = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
PASSPHRASE = b"correct horse battery"
LAPTOPS = {name: vault.create(PASSPHRASE, vault.CHEAPEST)[1] for name in ("L02", "L03")}
HOTELS = ("H01", "H02", "H03")
NOW = datetime(2022, 4, 1, 12, tzinfo=UTC)
NewStudy = Callable[..., Study]


@pytest.fixture
def study(new_study: NewStudy) -> Study:
    """A study with two tested laptops, nothing drawn."""
    found = new_study(FORM)
    for name, keys in LAPTOPS.items():
        devices.write(
            found, replace(devices.add(found, enrolment.write(name, keys)), is_tested=True)
        )
    return found


@pytest.fixture
def drawn(study: Study) -> Study:
    """The same with a sample: twelve of thirty people in three hotels, six more in reserve."""
    units = from_units(
        Unit(f"P{number:03}", stratum=HOTELS[number % 3], cluster=HOTELS[number % 3])
        for number in range(30)
    )
    design = Design(method="stratified", announced="a lottery", size=12, reserve=2)
    steps.commit(study, units, design, NOW)
    steps.conclude(study, units, "a lottery: 1 2 3", "nowhere", NOW)
    return study


@pytest.fixture
def custodian(tmp_path: Path) -> Callable[[], Sequence[age.Identity]]:
    """A function that opens the custodian's key."""
    return lambda: custody.open_key(tmp_path / "custodian.key", PASSPHRASE)


Custodian = Callable[[], Sequence[age.Identity]]


def on(study: Study, device: str) -> tuple[Case, ...]:
    """Return the cases a laptop would read, () where it has none."""
    path = devices.cases_path(study, device)
    if not path.exists():
        return ()
    found = padded.unseal(path.read_bytes(), [LAPTOPS[device].identity])
    assert (found["study"], found["device"]) == (study.id, device)
    return tuple(Case(code, place) for code, place in found["cases"])


def everybody(study: Study, custodian: Custodian) -> dict[str, str]:
    """Return the hotel of every case drawn, as the crosswalk has it."""
    text = age.unseal((study.draw / "crosswalk.age").read_bytes(), custodian()).decode()
    return {row["case"]: row["cluster"] for row in csv.DictReader(io.StringIO(text))}


def under(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def give(
    study: Study, device: str, custodian: Custodian, *hotels: str, move: bool = False
) -> assign.Assigned:
    """Give a laptop the released cases of some hotels."""
    found = assignable.from_crosswalk(study, custodian(), hotels)
    return assign.assign(study, device, found, custodian(), move=move)


# --- from the crosswalk -------------------------------------------------------------------------


def test_only_released_cases_are_given(drawn: Study, custodian: Custodian) -> None:
    """All of them, each with its hotel; nobody of the reserve."""
    sample, hotels = read_sample(drawn), everybody(drawn, custodian)
    assert sample is not None
    done = give(drawn, "L02", custodian)
    assert (done.given, done.total, done.moved, done.devices) == (12, 12, 0, ("L02",))
    given = {case.code: case.place for case in on(drawn, "L02")}
    assert given == {case: hotels[case] for case, one in sample.items() if one.is_released}
    assert len(sample) > 12


def test_the_cases_of_hotels_named_are_given(drawn: Study, custodian: Custodian) -> None:
    """A laptop's route; a second route comes beside the first."""
    hotels = everybody(drawn, custodian)
    give(drawn, "L02", custodian, "H01")
    assert {case.place for case in on(drawn, "L02")} == {"H01"}
    done = give(drawn, "L02", custodian, " H02", "H01")
    found = on(drawn, "L02")
    assert {case.place for case in found} == {"H01", "H02"}
    assert len(found) == len({case.code for case in found}) == done.total
    assert all(hotels[case.code] == case.place for case in found)


def test_a_hotel_that_is_not_in_the_crosswalk_is_refused(
    drawn: Study, custodian: Custodian
) -> None:
    """Its people would be on nobody's list; the message counts, and names nobody."""
    with pytest.raises(Refusal, match="2 of the hotels named are not") as raised:
        assignable.from_crosswalk(drawn, custodian(), ("H01", "H 02", "Bellevue"))
    assert "Bellevue" not in str(raised.value)


def test_the_reserve_is_given_only_once_released(
    drawn: Study, custodian: Custodian, drew: Callable[[Study, str], None]
) -> None:
    """Where a hotel has nobody else, it has no case yet."""
    rows = [[case, "1", "30", "12", "", "released"] for case in everybody(drawn, custodian)]
    hotels = everybody(drawn, custodian)
    reserve = [row for row in rows if hotels[row[0]] == "H03"]
    for rank, row in enumerate(reserve, start=13):
        row[4:] = [str(rank), "reserve"]
    for row in rows:
        row[3] = str(len(rows) - len(reserve))
    heading = "case,stratum,N_h,n_h,order,status\n"
    (drawn.draw / "commitment.json").unlink()  # what follows is another sample
    drew(drawn, heading + "".join(",".join(row) + "\n" for row in rows))
    with pytest.raises(Refusal, match="no case there is released"):
        assignable.from_crosswalk(drawn, custodian(), ("H03",))
    assert {case.place for case in assignable.from_crosswalk(drawn, custodian())} == {"H01", "H02"}


def test_a_crosswalk_of_another_draw_is_refused(drawn: Study, custodian: Custodian) -> None:
    """Its cases are not those of the sample."""
    walk = f"case,id,cluster,order\n{codes.new_case()},P001,H01,1\n"
    sealed = age.seal(walk.encode(), custody.recipients(drawn.recipients["custodian"]))
    (drawn.draw / "crosswalk.age").write_bytes(sealed)
    with pytest.raises(Refusal, match="not that of this study's sample"):
        assignable.from_crosswalk(drawn, custodian())


@pytest.mark.parametrize("content", ["", "case,id\n", '"', "case,id,cluster,order\nx,y\n"])
def test_what_is_no_crosswalk_is_refused(drawn: Study, custodian: Custodian, content: str) -> None:
    """Sealed to the custodian by anybody."""
    sealed = age.seal(content.encode(), custody.recipients(drawn.recipients["custodian"]))
    (drawn.draw / "crosswalk.age").write_bytes(sealed)
    with pytest.raises(Refusal, match="is not a crosswalk"):
        assignable.from_crosswalk(drawn, custodian())


def test_another_key_opens_no_crosswalk(drawn: Study, custodian: Custodian) -> None:
    """Not even the study's own."""
    with pytest.raises(age.NoMatch):
        assignable.from_crosswalk(drawn, custody.open_key(drawn.study_key, PASSPHRASE))


def test_without_a_draw_there_is_no_crosswalk(study: Study, custodian: Custodian) -> None:
    """It says what else can be given."""
    with pytest.raises(Refusal, match="--cases FILE"):
        assignable.from_crosswalk(study, custodian())


# --- one case, one laptop -----------------------------------------------------------------------


def test_a_case_is_on_one_laptop(drawn: Study, custodian: Custodian) -> None:
    """A second laptop is refused it, and nothing changes."""
    give(drawn, "L02", custodian, "H01", "H02")
    before = under(drawn.folder)
    count = len([case for case in on(drawn, "L02") if case.place == "H02"])
    with pytest.raises(Refusal, match=f"{count} of these cases (is|are) .*add --move"):
        give(drawn, "L03", custodian, "H02", "H03")
    assert under(drawn.folder) == before


def test_a_case_moved_leaves_the_laptop_that_had_it(drawn: Study, custodian: Custodian) -> None:
    """Both need a new kit; every case is still on exactly one."""
    give(drawn, "L02", custodian)
    taken = [case.code for case in on(drawn, "L02") if case.place == "H02"]
    done = give(drawn, "L03", custodian, "H02", move=True)
    assert (done.given, done.total, done.moved) == (len(taken), len(taken), len(taken))
    assert done.devices == ("L03", "L02")
    assert [case.code for case in on(drawn, "L03")] == taken
    assert len(on(drawn, "L02")) == 12 - len(taken)


def test_a_laptop_that_loses_every_case_has_no_file(drawn: Study, custodian: Custodian) -> None:
    """Its next kit has no case."""
    give(drawn, "L02", custodian)
    give(drawn, "L03", custodian, move=True)
    assert not devices.cases_path(drawn, "L02").exists()
    assert len(on(drawn, "L03")) == 12
    give(drawn, "L02", custodian, "H01", move=True)
    assert len(on(drawn, "L02")) + len(on(drawn, "L03")) == 12


@pytest.mark.parametrize("step", [1, 2, 3, 4])
@pytest.mark.parametrize("again", [("L03", "H02"), ("L02", "H01")])
def test_what_a_crash_leaves_undone_the_next_command_does(
    drawn: Study,
    custodian: Custodian,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    again: tuple[str, str],
) -> None:
    """Before any of its four writes; the same command, or another one for the other laptop."""
    give(drawn, "L02", custodian)
    written = files.write_durably
    done = 0

    def dies(path: Path, content: bytes) -> None:
        nonlocal done
        done += 1
        if done == step:
            raise KeyboardInterrupt
        written(path, content)

    with monkeypatch.context() as patched:
        patched.setattr("export.laptops.assign.write_durably", dies)
        with pytest.raises(KeyboardInterrupt):
            give(drawn, "L03", custodian, "H02", move=True)
    device, hotel = again
    healed = give(drawn, device, custodian, hotel, move=True)
    is_moved = step > 1 or device == "L03"
    assert set(healed.devices) == ({"L02", "L03"} if is_moved else {"L02"})
    assert {case.place for case in on(drawn, "L03")} == ({"H02"} if is_moved else set())
    assert len(on(drawn, "L02")) + len(on(drawn, "L03")) == 12


def test_a_laptop_not_added_or_not_tested_gets_no_case(drawn: Study, custodian: Custodian) -> None:
    """Nobody knows yet that its records can be opened."""
    for device, why in (("L01", "souspli device test L01"), ("L09", "device add FILE")):
        with pytest.raises(Refusal, match=why):
            give(drawn, device, custodian)
        with pytest.raises(Refusal, match=why):
            assign.assign_unlisted(drawn, device, (Case("K7Q2-M4T9", ""),))
    assert not list(drawn.devices.glob("*.age"))


def test_the_list_says_nothing_to_anybody_else(drawn: Study, custodian: Custodian) -> None:
    """Sealed to the custodian, of a size that does not tell how many cases there are."""
    give(drawn, "L02", custodian, "H01")
    path = drawn.devices / "assignments.age"
    recipients = custody.recipients(drawn.recipients["custodian"])
    assert path.stat().st_size == age.sealed_size(padded.GRAIN, recipients)
    with pytest.raises(age.NoMatch):
        padded.unseal(path.read_bytes(), custody.open_key(drawn.study_key, PASSPHRASE))


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"study": "other", "cases": [], "pending": []},
        {"study": "small", "cases": [["a"]], "pending": []},
        {"study": "small", "cases": []},
    ],
)
def test_a_list_of_another_study_is_refused(
    drawn: Study, custodian: Custodian, value: dict[str, object]
) -> None:
    """It is not read as an empty one: every case would seem free."""
    recipients = custody.recipients(drawn.recipients["custodian"])
    (drawn.devices / "assignments.age").write_bytes(padded.seal(value, recipients))
    with pytest.raises(Refusal, match="not this study's list"):
        give(drawn, "L02", custodian)


def test_a_list_that_is_gone_is_missed(drawn: Study, custodian: Custodian) -> None:
    """A laptop has cases that nobody listed: they could be given twice."""
    give(drawn, "L02", custodian, "H01")
    (drawn.devices / "assignments.age").unlink()
    with pytest.raises(Refusal, match="the cases of L02 are not on the list"):
        give(drawn, "L03", custodian, "H01")


# --- from a table -------------------------------------------------------------------------------


def test_a_table_gives_cases_and_places(study: Study) -> None:
    """However the codes are typed, whatever separates the columns, and in which order they stand."""
    one, two = codes.new_case(), codes.new_case()
    expected = (Case(one, "Hôtel du Nord"), Case(two, ""))
    typed = one.replace("-", "").lower()
    for text in (
        f"case,place\n{one},Hôtel du Nord\n{two},\n",
        f"place;note;Case\n Hôtel du Nord ;x;{typed}\n;;\n;;{two}\n",
        f"case\tplace\r\n{one}\tHo\u0302tel du Nord\r\n{two}\t",
    ):
        found = assignable.from_table(study, text, "cases.csv")
        assert [(case.code, case.place) for case in found] == [
            (case.code, case.place) for case in expected
        ]


def test_every_line_that_is_wrong_is_named_and_none_repeated(
    drawn: Study, custodian: Custodian
) -> None:
    """All at once, by line; no message holds a case or a place."""
    sample = read_sample(drawn)
    assert sample is not None
    good = next(case for case, one in sample.items() if one.is_released)
    reserve = next(case for case, one in sample.items() if not one.is_released)
    foreign = codes.new_case()
    wrong = good[:-1] + ("2" if good[-1] != "2" else "3")
    lines = (
        "case,place",
        f"{good},",
        f"{good},H01",
        f"{reserve},H01",
        f"{foreign},",
        f"{wrong},",
        "x",
    )
    with pytest.raises(Refusal) as raised:
        assignable.from_table(drawn, "\n".join(lines), "cases.csv")
    assert [line.split("; ")[0] for line in str(raised.value).splitlines()] == [
        "cases.csv:3:1: this case stands here twice",
        "cases.csv:4:1: this case is in reserve",
        "cases.csv:5:1: this case is not of the study's sample",
        "cases.csv:6:1: this is not a case code",
        "cases.csv:7:1: the line is too short",
    ]
    assert not any(code in str(raised.value) for code in (good, reserve, foreign, wrong, "H01"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must name the columns case and place"),
        ("case,hotel\n", "must name the columns case and place"),
        ("case,case,place\n", "must name the columns case and place"),
        ("case,place\n", "holds no case"),
        ('case,place\n"', "cannot be read as CSV"),
        ('"', "cannot be read as CSV"),
    ],
)
def test_a_table_that_is_none_is_refused(study: Study, text: str, why: str) -> None:
    """No heading, no column, no line, no CSV."""
    with pytest.raises(Refusal, match=why):
        assignable.from_table(study, text, "cases.csv")


def test_without_a_list_a_file_holds_all_of_a_laptops_cases(
    study: Study, custodian: Custodian
) -> None:
    """Given again, it replaces; and once a list is kept, the key is needed."""
    first, second = (Case(codes.new_case(), "") for _one in range(2))
    for case in (first, second):
        done = assign.assign_unlisted(study, "L02", (case,))
        assert (done.given, done.total, done.devices) == (1, 1, ("L02",))
    assert [case.code for case in on(study, "L02")] == [second.code]
    with pytest.raises(Refusal, match="the cases of L02 are not on the list"):
        assign.assign(study, "L03", (first,), custodian())
    devices.cases_path(study, "L02").unlink()
    assign.assign(study, "L03", (first,), custodian())
    with pytest.raises(Refusal, match="give --key"):
        assign.assign_unlisted(study, "L02", (second,))


# --- the verb -----------------------------------------------------------------------------------


def run(*arguments: str | Path, passphrase: bytes = b"") -> int:
    """Run the verb, with a passphrase through a descriptor where one is given."""
    parser = argparse.ArgumentParser()
    verb.describe(parser)
    reading, writing = os.pipe()
    os.write(writing, passphrase + b"\n")
    os.close(writing)
    given = ["--passphrase-fd", str(reading)] if passphrase else []
    try:
        return verb.run(parser.parse_args([*map(str, arguments), *given]))
    finally:
        os.close(reading)


def test_the_verb_tells_numbers_alone(
    drawn: Study, custodian: Custodian, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """How many, and for whom a kit is to be written; no case and no hotel."""
    keyed = ("--study", drawn.folder, "--key", tmp_path / "custodian.key")
    run("L02", *keyed, passphrase=PASSPHRASE)
    told = capsys.readouterr().out
    run("L03", *keyed, "--hotel", "H02", "H03", "--move", "--json", passphrase=PASSPHRASE)
    numbers = capsys.readouterr().out
    found = json.loads(numbers)
    assert "L02: 12 cases given; it has 12." in told
    assert "Write a new kit for: L02" in told
    assert found["given"] == found["moved"] == found["total"] == len(on(drawn, "L03"))
    assert found["devices"] == ["L03", "L02"]
    secrets = [*everybody(drawn, custodian), *HOTELS]
    assert not any(secret in told + numbers for secret in secrets)


def test_no_list_is_sealed_to_a_key_that_was_destroyed(drawn: Study, tmp_path: Path) -> None:
    """Before a passphrase is asked; nothing is written."""
    held = next(one for one in keyring.of_study(drawn) if one.role == "custodian")
    signing = custody.open_signing_key(drawn.signing_key, PASSPHRASE)
    now = datetime(2022, 9, 1, 12, tzinfo=UTC)
    destruction.note(drawn, held, 0, signing, now, told=True)
    with pytest.raises(Refusal, match=r"custodian\.key was destroyed on 2022-09-01"):
        run("L02", "--study", drawn.folder, "--key", tmp_path / "custodian.key")
    assert not (drawn.devices / "assignments.age").exists()


def test_the_verb_takes_a_table_without_a_key(study: Study, tmp_path: Path) -> None:
    """For a study whose sample was drawn elsewhere."""
    path = tmp_path / "cases.csv"
    path.write_text(f"case,place\n{codes.new_case()},Hôtel du Nord\n", "utf-8")
    assert run("L02", "--study", study.folder, "--cases", path) == 0
    assert [case.place for case in on(study, "L02")] == ["Hôtel du Nord"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "give --key"),
        (("--hotel", "H01"), "give --key"),
        (("--cases", "a.csv", "--move"), "give --key with --move"),
        (("--key", "a.key", "--cases", "a.csv", "--hotel", "H01"), "--hotel or --cases"),
    ],
)
def test_a_wrong_command_line_is_refused(arguments: tuple[str, ...], why: str) -> None:
    """Before anything is read."""
    with pytest.raises(Usage, match=why):
        run("L02", *arguments)


def test_a_study_without_a_custodian_keeps_no_list(study: Study, tmp_path: Path) -> None:
    """There is nobody to seal it to."""
    path = study.folder / "study.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("custodian: [keys/custodian.pub]", "custodian: []"), "utf-8")
    assert read_study(study.folder).recipients["custodian"] == ()
    with pytest.raises(Refusal, match="leave --key out"):
        run("L02", "--study", study.folder, "--key", tmp_path / "custodian.key")
