"""A laptop in the hands of somebody who has its passphrase too: what can be read is what the page says.

Four cases: one interviewed, one who refused, one whose interview is under way, one not found yet; and a
practice interview. Everything said or noted is a text that occurs nowhere else. A program that has
all files, and then the passphrase, the kit and the custodian's list, opens all that any key at hand
opens and looks for those texts in every spelling. What it finds is compared with docs/threats.md,
sentence by sentence: no more, and no less.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from export import custody, founding
from export.collecting.collect import collect
from export.custody import Public
from export.laptops import assign, devices, kits
from export.study import Study, read_study
from export.unsealing.unseal import unseal_all
from interviewer import age, cases, draft, enrolment, ledger, outbox, record, vault
from interviewer.cases import Appointment, Attempted, Opened
from interviewer.device import Device
from interviewer.files import write_durably
from interviewer.handover import handover
from interviewer.kit import Case
from interviewer.laptop import Laptop, unlocked
from interviewer.record import Attempt, Record
from surveys import codes
from surveys.check import check
from tests.canaries import spellings

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SMALL = Path(__file__).with_name("small.yaml")
THREATS = Path(__file__).parents[2] / "docs" / "threats.md"
DEVICE = THREATS.with_name("device.md")
PASSPHRASE = b"three public words for tests"  # the fixture `souspli` types it
NOW = datetime(2022, 5, 1, 12, tzinfo=UTC)
INTERVIEWED, REFUSED, UNDER_WAY, ABSENT = CODES = codes.new_cases(4)
CARD, CARD_UNDER_WAY, CARD_OF_PRACTICE = codes.new_cards(3)
WEIGHED, REMARK = ["zinzolin-d'été", "amarante-brûlée", "garance-délavée"], "céruléen-noté"
COMMENT = f":comment {REMARK}"
SPENT, SPENT_UNDER_WAY = "7654321.25", "7654322.75"
TITLE, NAME, OTHER = "Enquête mordorée", "Quadrille7", "Passacaille8"
HOTELS = ("Hôtel Zinnober", "Hôtel Smaragdin", "Hôtel Nacarat", "Hôtel Pervenche")
STAFF, HELP = "Madame Chartreuse", "01-23-45-67-89-corail"
INTERVIEWER, DAY, NOTE = "I-OCRE", "2031-07-13", "sonner au vermeil"
PRACTISED, SAID, CHANGED = "indigo-répété", "turquoise-dit", "outremer-corrigé"


@dataclass(frozen=True)
class Claim:
    """A sentence of docs/threats.md, as far as it need be, and the texts that it gives away or keeps."""

    says: str
    texts: tuple[str, ...] = ()


WITHOUT_PASSPHRASE = (
    Claim(
        "the study, its questionnaires, the laptop's name", (TITLE, "Dites-le avec vos mots", NAME)
    ),
    Claim("those of the study's other laptops: the kit's public part has them", (OTHER,)),
)
NOT_WITHOUT_PASSPHRASE = Claim("It does not give away cases, hotels, visits, outcomes or answers.")
WITH_PASSPHRASE = (
    Claim("the cases of this laptop and their hotels", (*CODES, *HOTELS)),
    Claim("names of staff on the word list, the help numbers", (STAFF, HELP)),
    Claim("every visit with its day, its outcome and who made it", (DAY, INTERVIEWER)),
    Claim("appointments and their notes", (NOTE,)),
    Claim(
        "of interviews under way, at most two, the answers as far as they may be kept",
        (SAID,),
    ),
    Claim("and the card's code.", (CARD_UNDER_WAY,)),
    Claim("Answers that were changed stay in the draft until it ends", (CHANGED,)),
    Claim(
        "practice interviews, which are sealed to the laptop itself", (PRACTISED, CARD_OF_PRACTICE)
    ),
)
NEVER = (
    Claim(
        "Whoever has the laptop, the interviewer's help included, cannot open them.", tuple(WEIGHED)
    ),
    Claim("but not what anybody said", (REMARK, CARD)),
    Claim("the answers as far as they may be kept", (SPENT, SPENT_UNDER_WAY)),
)
BESIDES = (
    "counts: records that wait, events of the ledger since enrolment",
    "interviews under way and how many answers each has so far",
    "whether the kit carries cases",
    "**who was interviewed and who refused, but not what anybody said**",
    "With the contact sheets that is a list of people.",
    "its keys: with them somebody can seal records in the laptop's name, and go on with its ledger",
    "An old copy with the old passphrase opens what was there, and gives the key of what is written later too.",
    "**Lost are the visits noted of cases still open, and the card codes of interviews under way**",
    "and which sealed record is about which case",
    "What was asked and is not kept (`keep: never`) is nowhere",
    "Nothing on a laptop or in a record is made from who somebody is",
)


def texts(claims: tuple[Claim, ...]) -> set[str]:
    return {text for claim in claims for text in claim.texts}


EVERY_TEXT = texts((*WITHOUT_PASSPHRASE, *WITH_PASSPHRASE, *NEVER))


def test_every_claim_stands_on_the_page() -> None:
    """A sentence that is changed there must be changed here, and be true again."""
    page = " ".join(THREATS.read_text("utf-8").split())
    claims = (*WITHOUT_PASSPHRASE, NOT_WITHOUT_PASSPHRASE, *WITH_PASSPHRASE, *NEVER)
    said = [*(claim.says for claim in claims), *BESIDES]
    assert [one for one in said if one not in page] == []
    assert len(EVERY_TEXT) == sum(
        len(claim.texts) for claim in (*WITHOUT_PASSPHRASE, *WITH_PASSPHRASE, *NEVER)
    )


# --- a laptop after some days of work -----------------------------------------------------------


@dataclass(frozen=True)
class Seized:
    """The laptop's folder; what the others hold, for the comparison; the custodian's list of people."""

    home: Path
    study: Study
    lead: tuple[age.Identity, ...]
    custodian: age.HybridIdentity
    people: Mapping[str, str]

    @property
    def laptop(self) -> Laptop:
        return unlocked(Device(self.home), PASSPHRASE)


@pytest.fixture(scope="module")
def seized(souspli: Run, tmp_path_factory: pytest.TempPathFactory) -> Seized:
    """Enrol a laptop, give it four cases, and work on it by the real command."""
    folder = tmp_path_factory.mktemp("seized")
    custodian = age.HybridIdentity.generate()
    study = founded(folder / "study", custodian)
    home = folder / "home"
    for name in (OTHER, NAME):
        enrolled(study, home if name == NAME else folder / name, name)
    words, other, last = WEIGHED
    interview(souspli, home, INTERVIEWED, [*spoken(words, other, CARD, SPENT), COMMENT, last])
    interview(souspli, home, REFUSED, ["2"])
    under_way = spoken(CHANGED, "other", CARD_UNDER_WAY, SPENT_UNDER_WAY)
    under_way[2:2] = [":back", SAID]
    interview(souspli, home, UNDER_WAY, [*under_way, ":suspend"])
    practised = spoken(PRACTISED, "other", CARD_OF_PRACTICE, "1")
    interview(souspli, home, ABSENT, [*practised, "last"], "--practice")
    journal = cases.opened(Device(home).place(practice=False), opened_keys(home).vault_key)
    for event in (
        Opened(DAY, INTERVIEWER),
        Attempted(ABSENT, Attempt(DAY, "evening", "2.25"), INTERVIEWER),
        Appointment(ABSENT, DAY, "14:30", NOTE),
    ):
        journal.note(event)
    people = {code: f"frame-{number:03}" for number, code in enumerate(codes.new_cases(532))}
    people |= {code: f"frame-{number}" for number, code in enumerate(CODES, start=900)}
    lead = tuple(custody.open_key(study.folder / "keys" / "study.key", PASSPHRASE))
    return Seized(home, study, lead, custodian, people)


def founded(folder: Path, custodian: age.HybridIdentity) -> Study:
    small = check(SMALL.read_text("utf-8"), "small.yaml").instrument
    assert small is not None
    founding.make(
        folder,
        study_id="zeste",
        title=TITLE,
        instruments=[(Path("small.yaml"), "person", small)],
        recipients={"custodian": Public.of(custodian)},
        is_practice=False,
        passphrases=(PASSPHRASE, PASSPHRASE),
        now=NOW,
        work_factor=1,
    )
    path = folder / "study.yaml"
    listed = path.read_text("utf-8").replace("words: []", f"words: [{STAFF}]")
    listed = listed.replace("help_numbers: []", f"help_numbers: [{{label: SAMU, number: {HELP}}}]")
    path.write_text(listed, "utf-8")
    return read_study(folder)


def enrolled(study: Study, home: Path, name: str) -> None:
    """Enrol a laptop; the one in home/ has its test record opened, and its cases."""
    content, keys = vault.create(PASSPHRASE, vault.CHEAPEST)
    write_durably(Device(home).enrolment_path, enrolment.write(name, keys))
    write_durably(Device(home).vault_path, content)
    devices.add(study, enrolment.write(name, keys))
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    first = Device(home).install(kits.make(study, name, key), keys.identity)
    if name == NAME:
        lead = custody.open_key(study.folder / "keys" / "study.key", PASSPHRASE)
        devices.open_test(study, enrolment.sealed_test(first), lead, NOW)
        given = [Case(code, hotel) for code, hotel in zip(CODES, HOTELS, strict=True)]
        assign.assign_unlisted(study, name, given)
        Device(home).install(kits.make(study, name, key), keys.identity)


def spoken(words: str, other: str, card: str, spent: str) -> list[str]:
    """Return the lines of an interview up to its last question."""
    return ["1", words, "8", other, "7", card, "1", "04/2022", spent, "44"]


def interview(souspli: Run, home: Path, case: str, lines: list[str], *more: str) -> None:
    arguments = ["interview", "small", "--plain", "--interviewer", INTERVIEWER, "--home", str(home)]
    given = ["--case", case] if case else []
    done = souspli(*arguments, *given, *more, typed="\n".join([*lines, ""]), passphrases=1)
    assert done.returncode in ({130} if ":suspend" in lines else {0}), (done.stdout, done.stderr)


def opened_keys(home: Path) -> vault.Secrets:
    return vault.unlock(Device(home).vault_path.read_bytes(), PASSPHRASE)


# --- a program that opens all it can ------------------------------------------------------------


def files_of(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what stands in a file as it is, and as text once JSON and base64 are undone."""
    yield content
    for line in content.split(b"\n"):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        yield json.dumps(found, ensure_ascii=False).encode()
    for run in re.findall(rb"[A-Za-z0-9+/]{40,}={0,2}", content):
        yield base64.b64decode(run + b"=" * (-len(run) % 4))


def opened_with_the_passphrase(home: Path) -> Iterator[bytes]:
    """Yield, in clear, everything that the passphrase opens by any way our own program knows."""
    secrets = opened_keys(home)
    yield json.dumps([secrets.identity.encode(), secrets.vault_key.hex()]).encode()
    signed = Device(home).installed()
    for sealed in (signed.kit.private, signed.kit.cases):
        yield age.unseal(base64.b64decode(sealed), [secrets.identity])
    for place in (home / "field", home / "practice"):
        if (place / "journal").exists():
            yield from cases.opened(place, secrets.vault_key).frames.read()
        for path in place.glob("drafts/*.draft"):
            kept = draft.open_with_vault(path, secrets.vault_key)
            yield from kept.frames.read()
            yield repr([entry.kept for entry in draft.read(kept)[1]]).encode()
    for path in home.rglob("*.age"):
        for key in keys_at_hand(home):
            try:
                yield age.unseal(path.read_bytes(), [key])
            except age.AgeError:
                continue


def keys_at_hand(home: Path) -> list[age.Identity]:
    """Return every key there is on the laptop, and every secret of it tried as a key of any kind."""
    secrets = opened_keys(home)
    own = [secrets.vault_key, secrets.identity.seed, secrets.signing.private_bytes_raw()]
    for path in home.glob("*/drafts/*.draft"):
        own.append(draft.open_with_vault(path, secrets.vault_key).frames.key)
    for path in home.glob("*/journal"):
        own.append(cases.opened(path.parent, secrets.vault_key).frames.key)
    own += [hashlib.sha256(one).digest() for one in (*own, PASSPHRASE)]
    tried: list[age.Identity] = [
        age.Passphrase(one, highest_work_factor=18) for one in (*own, PASSPHRASE)
    ]
    for one in own:
        tried += [age.HybridIdentity(one), age.X25519Identity(one)]
    return tried


def found_in(contents: Iterator[bytes]) -> set[str]:
    """Return the texts that stand in some bytes, however they are spelled."""
    looked_for = {text: tuple(spellings(text)) for text in EVERY_TEXT}
    found: set[str] = set()
    for content in contents:
        for text in looked_for.keys() - found:
            if any(spelled in content for spelled in looked_for[text]):
                found.add(text)
    return found


def without_the_passphrase(home: Path) -> Iterator[bytes]:
    for content in files_of(home).values():
        yield from unpacked(content)


def with_the_passphrase(home: Path) -> Iterator[bytes]:
    yield from without_the_passphrase(home)
    for content in opened_with_the_passphrase(home):
        yield from unpacked(content)


def test_without_the_passphrase_the_laptop_gives_away_what_the_page_says(seized: Seized) -> None:
    """The study, its questionnaire and the laptops' names; no case, hotel, visit, outcome or answer."""
    assert found_in(without_the_passphrase(seized.home)) == texts(WITHOUT_PASSPHRASE)


def test_with_the_passphrase_the_laptop_gives_away_what_the_page_says(seized: Seized) -> None:
    """All that, cases, hotels, visits, the interview under way; nothing of one that is finished."""
    claimed = texts((*WITHOUT_PASSPHRASE, *WITH_PASSPHRASE))
    assert found_in(with_the_passphrase(seized.home)) == claimed
    assert EVERY_TEXT - claimed == texts(NEVER)


def test_what_was_looked_for_is_in_the_records_and_the_right_keys_find_it(seized: Seized) -> None:
    """The study's key gives every answer of the finished interview; the custodian's gives the card."""
    box = seized.laptop.outbox
    answers = [
        age.unseal((box / f"{one}.age").read_bytes(), seized.lead) for one in outbox.ids(box)
    ]
    links = [age.unseal(path.read_bytes(), [seized.custodian]) for path in box.glob("*.link.age")]
    assert (len(answers), len(links)) == (2, 2)
    assert found_in(iter(answers)) == {
        *WEIGHED,
        REMARK,
        TITLE,
        NAME,
        INTERVIEWED,
        REFUSED,
        INTERVIEWER,
    } - {TITLE}
    assert found_in(iter(links)) == {CARD}


def test_no_key_on_the_laptop_opens_what_is_sealed(seized: Seized) -> None:
    """Each of them, and each secret made of them, tried as every kind of key there is."""
    tried = keys_at_hand(seized.home)
    assert len(tried) > 30
    sealed = [*seized.laptop.outbox.glob("*.age")]
    assert len(sealed) == 4
    for path in sealed:
        for key in tried:
            with pytest.raises(age.NoMatch):
                age.unseal(path.read_bytes(), [key])


def test_without_the_passphrase_counts_can_be_had(seized: Seized) -> None:
    """Records waiting, events, answers of each interview under way, whether there are cases."""
    held = files_of(seized.home)
    laptop = seized.laptop
    assert sum(name.startswith("field/outbox/") and ".link" not in name for name in held) == 2
    events = [line.event for line in ledger.read(held["field/ledger"])]
    assert events.count("start") - events.count("end") == 1
    journal = cases.opened(laptop.place, laptop.secrets.vault_key)
    start = journal.frames.start
    assert (len(held["field/journal"]) - start) / journal.frames.frame_size == len(journal.events())
    [path] = laptop.drafts.glob("*.draft")
    kept = draft.open_with_vault(path, laptop.secrets.vault_key)
    head = json.loads(path.read_bytes().split(b"\n", 1)[1][4:].split(b"}")[0] + b"}")
    frames = len(path.read_bytes()) - kept.frames.start
    assert frames / (head["capacity"] + 36) - 1 == len(draft.read(kept)[1])
    assert Device(seized.home).installed().kit.cases != ""


def test_the_custodians_list_makes_it_a_list_of_people(seized: Seized) -> None:
    """Who was interviewed, who refused, who is to be visited: by the journal, joined by case."""
    laptop = seized.laptop
    journal = cases.opened(laptop.place, laptop.secrets.vault_key)
    states = cases.states(journal.events(), cases.sealed_in(laptop.ledger.lines()))
    told = {
        seized.people[code]: state.closing.outcome if state.closing else "open"
        for code, state in states.items()
    }
    assert told == {"frame-900": "1.1", "frame-901": "2.112", "frame-903": "open"}
    records = cases.as_sealed(journal.events(), outbox.ids(laptop.outbox))
    assert {one.case for one in records.values()} == {INTERVIEWED, REFUSED}


def test_the_laptops_keys_sign_and_seal_in_its_name(seized: Seized, tmp_path: Path) -> None:
    """A record made up with them is taken in and used like any other: only the daily sheet can tell."""
    home = Path(shutil.copytree(seized.home, tmp_path / "home"))
    study = read_study(Path(shutil.copytree(seized.study.folder, tmp_path / "study")))
    laptop = unlocked(Device(home), PASSPHRASE)
    signed = laptop.signed.kit
    asked = signed.instruments[0]
    begun = sum(line.event == "start" for line in laptop.ledger.lines())
    made_up = Record(
        id="e" * 32,
        study=signed.study,
        kit=laptop.signed.hash,
        instrument=asked.id,
        instrument_version=asked.version,
        instrument_hash=asked.hash,
        device=signed.device,
        sequence=begun + 1,
        kind="interview",
        unit=asked.unit,
        case=ABSENT,
        interviewer=INTERVIEWER,
        outcome="1.1",
        status="complete",
        week="2022-W15",
        minutes=30,
        language="fr",
        mode="interviewer",
        is_practice=False,
        is_simulated=False,
        answers={"words": "nobody said this"},
    )
    laptop.ledger.append("start", made_up.id, "5" * 64, laptop.secrets.signing)
    sealed = record.seal(made_up, signed.bucket, signed.answer_recipients)
    link = record.seal_links(made_up.id, {}, signed.link_recipients)
    outbox.put(laptop.outbox, made_up.id, sealed, link)
    (tmp_path / "stick").mkdir()
    handover(laptop, tmp_path / "stick", NOW)
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    collect(study, [tmp_path / "stick"], key)
    found = unseal_all(study, seized.lead, "drill", NOW)
    assert made_up in found.records
    assert found.left_out == ()


def test_an_old_copy_of_the_vault_opens_what_is_written_later(seized: Seized) -> None:
    """Under the old passphrase; the new one opens the same key."""
    old = Device(seized.home).vault_path.read_bytes()
    new = vault.changed(old, PASSPHRASE, b"another good passphrase", vault.CHEAPEST)
    one, other = vault.unlock(old, PASSPHRASE), vault.unlock(new, b"another good passphrase")
    assert one.vault_key == other.vault_key
    assert one.identity == other.identity


def test_a_forgotten_passphrase_loses_what_the_page_says(seized: Seized) -> None:
    """The study's key opens the draft's answers, and neither its card code nor the journal."""
    [path] = seized.laptop.drafts.glob("*.draft")
    _about, entries = draft.read(draft.open_with_study(path, seized.lead))
    assert SAID in [entry.kept for entry in entries]
    assert [entry.kept for entry in entries if entry.is_link] == [None]
    stored = (seized.home / "field" / "journal").read_bytes()
    for key in seized.lead:
        assert isinstance(key, age.HybridIdentity)
        with pytest.raises(cases.CasesError):
            cases.opened(seized.home / "field", key.seed)
    assert found_in(unpacked(stored)) == set()


def test_every_file_of_the_laptop_is_on_its_page(seized: Seized) -> None:
    """docs/device.md has each of them; a file it does not name would be one nobody thought of."""
    page = DEVICE.read_text("utf-8")
    for name in files_of(seized.home):
        plain = re.sub(r"[0-9a-f]{64}", "HASH", name)
        plain = re.sub(r"[0-9a-f]{32}", "ID", plain)
        last = "kits/HASH" if plain.startswith("kits/") else plain.rpartition("/")[2]
        assert re.search(rf"`([a-z/]+/)?{re.escape(last)}`", page), name


# --- who somebody is, tried as what a name could have been made from ----------------------------


def pseudonyms(identity: str, salts: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what a program could make of a person's id: hashes, with whatever can be known as a key."""
    said = identity.encode()
    for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b"):
        yield hashlib.new(name, said).digest()
    for salt in salts:
        for name in ("sha1", "sha256"):
            yield hmac.digest(salt, said, name)
            yield hashlib.new(name, salt + said).digest()


def windows(contents: Iterator[bytes]) -> set[bytes]:
    """Return every run of eight bytes, and of what stands there in hexadecimal or base64."""
    found: set[bytes] = set()
    for content in contents:
        found |= {content[at : at + 8] for at in range(len(content) - 7)}
        for run in re.findall(rb"[0-9a-fA-F]{16,}", content):
            found |= {bytes.fromhex(run[at : at + 16].decode()) for at in range(len(run) - 15)}
    return found


def test_nothing_on_the_laptop_or_in_a_record_is_made_from_who_somebody_is(
    seized: Seized, tmp_path: Path
) -> None:
    """536 people, all that is public or on the laptop as a key: no id, code or byte comes from a name."""
    laptop = seized.laptop
    signed = laptop.signed
    salts = [
        *(
            text.encode()
            for text in ("zeste", NAME, TITLE, signed.hash, *outbox.ids(laptop.outbox))
        ),
        *(
            age.HybridRecipient.parse(one).public
            for role in signed.kit.recipients.values()
            for one in role
        ),
        *(signed.signer, bytes.fromhex(signed.hash), PASSPHRASE, laptop.secrets.vault_key),
        *(laptop.secrets.identity.seed, laptop.secrets.signing.private_bytes_raw()),
    ]
    (tmp_path / "stick").mkdir()
    handover(laptop, tmp_path / "stick", NOW)
    everything = [*files_of(seized.home).values(), *files_of(tmp_path / "stick").values()]
    assert len(seized.people) == 536
    made = {
        pseudonym[:8]
        for code, name in seized.people.items()
        for identity in (name, f"{name}{code}", name.upper())
        for pseudonym in pseudonyms(identity, iter(salts))
    }
    assert len(made) > 40_000
    assert not made & windows(iter(everything))
    planted = next(pseudonyms("frame-900", iter(())))
    for spelled in (planted, planted.hex().encode(), b"x" + planted.hex().encode()):
        assert made & windows(iter([spelled]))


def test_an_interview_and_a_refusal_look_the_same(seized: Seized) -> None:
    """One size for all records, one for all link files, one time, and ids that nobody chose."""
    box = seized.laptop.outbox
    for ending in ("[0-9a-f].age", ".link.age"):
        found = list(box.glob(f"*{ending}"))
        assert len(found) == 2
        assert len({path.stat().st_size for path in found}) == 1
        assert len({path.stat().st_mtime for path in found}) == 1
