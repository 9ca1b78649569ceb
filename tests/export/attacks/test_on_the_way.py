"""What somebody could do to bundles on their way to the desk: each attack by its name.

An attack changes something; then the stick is collected by the command, and what was taken in is
opened. Each attack says which reasons must be named, these and no others, and which records are lost
to it: every other one must be taken in and open. Nothing but collected/, the ledgers as last seen and
the receipts may be written, whatever names and links a bundle holds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export import custody
from export.collecting import intake, refused, vouching
from export.collecting.collect import collect as taken_in
from export.study import read_study
from export.unsealing import unseal
from interviewer import age, ledger, outbox, record
from interviewer.device import Device
from interviewer.handover import handover
from interviewer.laptop import Laptop, unlocked
from tests.attacked import (
    DEEP,
    ENDING,
    HUGE,
    NOW,
    OWNERS,
    PASSPHRASE,
    SCRYPT,
    STEERING,
    VERSION,
    Attack,
    Do,
    Scene,
    Typed,
    again_handed_over,
    attack,
    collected,
    copied,
    enrolled,
    flipped,
    ids,
    link_a,
    made_of,
    record_a,
    sealed,
)

BASE64 = (string.ascii_letters + string.digits + "+/").encode()
ENCODED = {"share", "body", "last stanza", "MAC"}  # a flipped bit there gives another such letter


def flip(letter: str, ending: str, part: str) -> Do:
    """Return what flips a bit in a named part of a sealed file."""

    def do(scene: Scene) -> None:
        path = scene.file(letter, ending)
        content = path.read_bytes()
        at = parts_of(content)[part]
        bits = (bit for bit in range(8) if content[at] ^ 1 << bit in BASE64)
        flipped(path, at, next(bits, 0) if part in ENCODED else 0)

    return do


def parts_of(sealed: bytes) -> dict[str, int]:
    """Return a place in each part of an age file."""
    mark = sealed.index(b"\n---")
    payload = sealed.index(b"\n", mark + 1) + 1
    stanza = sealed.rindex(b"\n-> ", 0, mark)
    return {
        "version": 5,
        "kind": 26,
        "share": 60,
        "body": sealed.index(b"\n", 60) + 3,
        "last stanza": stanza + 30,
        "mark": mark + 2,
        "MAC": mark + 10,
        "nonce": payload + 3,
        "payload": payload + 16 + 100,
        "zeros": len(sealed) - 100,
        "tag": len(sealed) - 1,
    }


def flip_in(name: str, at: int) -> Do:
    """Return what flips a bit in another file of the bundle of L01."""
    return lambda scene: flipped(scene.bundle() / name, at)


def cut(name: Callable[[Scene], Path], length: int) -> Do:
    """Return what cuts a file to a length; a negative one counts from the end."""

    def do(scene: Scene) -> None:
        path = name(scene)
        path.write_bytes(path.read_bytes()[:length])

    return do


def lengthened(scene: Scene) -> None:
    path = scene.file("a")
    path.write_bytes(path.read_bytes() + b"x")


def removed(*names: Callable[[Scene], Path]) -> Do:
    def do(scene: Scene) -> None:
        for name in names:
            name(scene).unlink()

    return do


def beside(name: str) -> Callable[[Scene], Path]:
    return lambda scene: scene.bundle() / name


LEDGER, HEAD, MANIFEST = (beside(name) for name in ("ledger", "ledger.head", "manifest.json"))


def exchanged(*endings: str) -> Do:
    """Return what gives a the files of b, and b those of a."""

    def do(scene: Scene) -> None:
        for ending in endings:
            one, other = scene.file("a", ending), scene.file("b", ending)
            held = one.read_bytes()
            one.write_bytes(other.read_bytes())
            other.write_bytes(held)

    return do


def moved(scene: Scene) -> None:
    """Put a into the bundle of L02, and rewrite its manifest; a is in its own no more."""
    for ending in (outbox.RECORD, outbox.LINK):
        path = scene.file("a", ending)
        path.rename(scene.bundle("L02") / path.name)
    for name in ("L01", "L02"):
        restated(scene, name)


def replayed(scene: Scene) -> None:
    """Put a copy of a into the bundle of L02, as if it were its own."""
    for ending in (outbox.RECORD, outbox.LINK):
        shutil.copy(scene.file("a", ending), scene.bundle("L02"))
    restated(scene, "L02")


def replayed_under_another_id(scene: Scene) -> None:
    for ending in (outbox.RECORD, outbox.LINK):
        shutil.copy(scene.file("a", ending), scene.bundle("L02") / f"{'e' * 32}{ending}")
    restated(scene, "L02")


def restated(scene: Scene, name: str, **otherwise: Any) -> None:
    """Write a manifest that says what is there: anybody can."""
    path = scene.bundle(name) / "manifest.json"
    found = json.loads(path.read_bytes())
    others = (one for one in scene.bundle(name).iterdir() if one != path and one.is_file())
    found["files"] = {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in others}
    path.write_text(json.dumps(found | otherwise), "utf-8")


def named_for_another(scene: Scene) -> None:
    """Hand in the bundle of L01 as that of L02, and that of L02 as that of L01."""
    one, other = scene.bundle("L01"), scene.bundle("L02")
    one.rename(scene.stick / "between")
    other.rename(one)
    (scene.stick / "between").rename(other)
    restated(scene, "L01", device="L01")
    restated(scene, "L02", device="L02")


def ledgers_exchanged(scene: Scene) -> None:
    for name in ("ledger", "ledger.head"):
        one, other = scene.bundle("L01") / name, scene.bundle("L02") / name
        held = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(held)
    for name in OWNERS.values():
        restated(scene, name)


def ledger_cut_and_not_signed(scene: Scene) -> None:
    """Take the last lines away, and restate the manifest; the head is that of the whole."""
    path = scene.bundle() / "ledger"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]))
    restated(scene, "L01")


def ledger_line_taken_out(scene: Scene) -> None:
    path = scene.bundle() / "ledger"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:1] + lines[2:]))
    restated(scene, "L01")


def ledger_set_back(scene: Scene) -> None:
    """Collect, then hand in what the laptop had signed before: an older copy of its ledger."""
    old = Path(shutil.copytree(scene.bundle(), scene.folder / "old"))
    sealed(scene.laptop(), made_of(scene.study, "L01", 3))
    again_handed_over(scene)
    taken_in(scene.study, [scene.stick], scene.lead)
    shutil.rmtree(scene.bundle())
    old.rename(scene.bundle())


def ledger_cut_by_its_laptop(scene: Scene) -> None:
    """Have the laptop sign anew a ledger without its last record, after both were seen."""
    taken_in(scene.study, [scene.stick], scene.lead)
    laptop = scene.laptop()
    lines = laptop.ledger.lines()[:3]
    rewritten(scene, laptop, lines)


def ledger_forked_by_its_laptop(scene: Scene) -> None:
    """Have the laptop, after it was seen, sign a ledger that says other things from its third line on."""
    taken_in(scene.study, [scene.stick], scene.lead)
    laptop = scene.laptop()
    lines = laptop.ledger.lines()
    lines = (*lines[:2], other := replace(lines[2], hash="7" * 64))
    rewritten(scene, laptop, (*lines, ledger.Line(4, "handover", "8" * 32, "", other.digest)))


def rewritten(scene: Scene, laptop: Laptop, lines: Sequence[ledger.Line]) -> None:
    written = b"".join(line.encode() + b"\n" for line in lines)
    (scene.bundle() / "ledger").write_bytes(written)
    signed = ledger.head(lines, laptop.ledger.device, laptop.secrets.signing)
    (scene.bundle() / "ledger.head").write_bytes(signed)
    restated(scene, "L01")


def ledger_naming(record_id: str) -> Do:
    """Return what has the laptop sign a ledger that says it sealed something under such an id."""

    def do(scene: Scene) -> None:
        laptop = scene.laptop()
        lines = laptop.ledger.lines()
        begun = ledger.Line(len(lines) + 1, "start", record_id, "5" * 64, lines[-1].digest)
        ended = ledger.Line(len(lines) + 2, "end", record_id, "6" * 64, begun.digest)
        rewritten(scene, laptop, (*lines, begun, ended))
        os.mkfifo(scene.stick / "x.age")

    return do


def laptop_copied(scene: Scene) -> None:
    """Collect; then have a copy of the laptop, made before, go on under the same name."""
    shutil.copytree(scene.folder / "L01", scene.folder / "copy")
    sealed(scene.laptop(), made_of(scene.study, "L01", 3))
    again_handed_over(scene)
    taken_in(scene.study, [scene.stick], scene.lead)
    shutil.rmtree(scene.bundle())
    copy = unlocked(Device(scene.folder / "copy"), PASSPHRASE)
    sealed(copy, made_of(scene.study, "L01", 3, id="f" * 32))
    handover(copy, scene.stick, NOW)


def by_a_laptop_nobody_added(scene: Scene) -> None:
    """Hand over, in all form, from a laptop that seals to the study's keys and is not enrolled."""
    study = scene.study
    enrolled(study, scene.folder / "L03")
    sealed(scene.laptop("L03"), made_of(study, "L03", 1))
    handover(scene.laptop("L03"), scene.stick, NOW)
    (study.devices / "L03.json").unlink()


def by_a_laptop_of_another_study(scene: Scene) -> None:
    laptop = unlocked(Device(scene.folder / "elsewhere" / "L01"), PASSPHRASE)
    sealed(laptop, made_of(scene.other, "L01", 7))
    (scene.folder / "another").mkdir()
    handover(laptop, scene.folder / "another", NOW)
    (scene.folder / "another" / "souspli-L01").rename(scene.stick / "souspli-L09")


def sealed_to_another(scene: Scene) -> None:
    """Put in the place of a record one of its size, sealed to the attacker's keys."""
    own = age.HybridIdentity.generate().recipient
    made = record.seal(made_of(scene.study, "L01", 1), scene.study.bucket, [own, own])
    assert len(made) == scene.file("a").stat().st_size
    scene.file("a").write_bytes(made)
    restated(scene, "L01")


def sealed_anew(scene: Scene) -> None:
    """Put in the place of a record another answer, sealed to the study: its keys are public."""
    study = scene.study
    recipients = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
    changed = made_of(study, "L01", 1, answers={"days": "99"})
    scene.file("a").write_bytes(record.seal(changed, study.bucket, recipients))
    restated(scene, "L01")


def of_practice(scene: Scene) -> None:
    """Put a practice record among the real ones: it is sealed to its laptop alone."""
    laptop = replace(scene.laptop(), is_practice=True)
    own = laptop.answer_recipients
    made = record.seal(
        made_of(scene.study, "L01", 9, is_practice=True), laptop.signed.kit.bucket, own
    )
    (scene.bundle() / f"{'e' * 32}.age").write_bytes(made)
    shutil.copy(link_a(scene), scene.bundle() / f"{'e' * 32}.link.age")
    restated(scene, "L01")


def withdrawn(scene: Scene) -> None:
    """Withdraw a, then bring its old copy back."""
    refused.add(scene.study.collected, [scene.ids["a"]])


def withdrawn_after_collecting(scene: Scene) -> None:
    taken_in(scene.study, [scene.stick], scene.lead)
    refused.add(scene.study.collected, [scene.ids["a"]])


def in_the_manifest(*names: str) -> Do:
    """Return what has the manifest name files elsewhere, digests and all."""

    def do(scene: Scene) -> None:
        path = scene.bundle() / "manifest.json"
        found = json.loads(path.read_bytes())
        for name in names:
            found["files"][name] = hashlib.sha256(b"").hexdigest()
        path.write_text(json.dumps(found), "utf-8")

    return do


def named(*names: bytes) -> Do:
    """Return what puts files of these names into the bundle."""

    def do(scene: Scene) -> None:
        for name in names:
            with open(os.fsencode(scene.bundle()) + b"/" + name, "wb") as file:
                file.write(b"x")

    return do


def stood_for(name: Callable[[Scene], Path], by: Callable[[Scene, Path], object]) -> Do:
    """Return what puts something else in the place of a file; the file itself is elsewhere."""

    def do(scene: Scene) -> None:
        path = name(scene)
        (scene.folder / "away").mkdir(exist_ok=True)
        if path.exists():
            path.rename(scene.folder / "away" / path.name)
        by(scene, path)

    return do


def a_link(scene: Scene, path: Path) -> None:
    path.symlink_to(scene.folder / "away" / path.name)


def a_link_to_zeros(scene: Scene, path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_pipe(scene: Scene, path: Path) -> None:
    os.mkfifo(path)


def a_device(scene: Scene, path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("only root makes device files")


def a_folder(scene: Scene, path: Path) -> None:
    (path / "inside").mkdir(parents=True)


def a_hard_link(scene: Scene, path: Path) -> None:
    os.link(scene.study.folder / "study.yaml", path)


def zeros(scene: Scene, path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(HUGE)


def text(content: bytes) -> Callable[[Scene, Path], object]:
    return lambda _scene, path: path.write_bytes(content)


def head_with(**otherwise: Any) -> Do:
    """Return what has the head of the ledger say something else, its signature left."""

    def do(scene: Scene) -> None:
        path = scene.bundle() / "ledger.head"
        path.write_text(json.dumps(json.loads(path.read_bytes()) | otherwise), "utf-8")

    return do


def padded_to_size(content: bytes) -> Do:
    """Return what puts something of a record's size in the place of one."""

    def do(scene: Scene) -> None:
        path = record_a(scene)
        size = path.stat().st_size
        path.write_bytes(content[:size].ljust(size, b"\0"))

    return do


SEALED_PARTS = ("version", "kind", "share", "body", "last stanza", "mark", "MAC", "nonce")
FLIPS = [
    *(
        attack(
            f"a bit flipped in the {part} of a record",
            flip("a", outbox.RECORD, part),
            "torn header link_alone" if part in {"version", "kind", "mark"} else "torn altered",
            lost="a",
        )
        for part in (*SEALED_PARTS, "payload", "zeros", "tag")
    ),
    *(
        attack(
            f"a bit flipped in the {part} of a link file",
            flip("a", outbox.LINK, part),
            "torn header link_missing" if part in {"version", "kind", "mark"} else "torn altered",
            lost="a",
        )
        for part in (*SEALED_PARTS[:4], "mark", "MAC", "nonce", "payload", "tag")
    ),
    attack("a bit flipped in the ledger", flip_in("ledger", 20), "torn broken unvouched", "ab"),
    attack("a bit flipped in its last line", flip_in("ledger", -30), "torn broken unvouched", "ab"),
    attack(
        "a bit flipped in the count of the head",
        flip_in("ledger.head", 6),
        "torn unsigned unvouched",
        "ab",
    ),
    attack(
        "a bit flipped in the hash of the head",
        flip_in("ledger.head", 30),
        "torn unsigned unvouched",
        "ab",
    ),
    attack(
        "a bit flipped in the signature",
        flip_in("ledger.head", -20),
        "torn unsigned unvouched",
        "ab",
    ),
    attack("a bit flipped in the manifest", flip_in("manifest.json", 40), "torn"),
]
TRUNCATIONS = [
    attack("a record cut to nothing", cut(record_a, 0), "torn size link_alone", "a"),
    attack("a record cut in its header", cut(record_a, 1000), "torn size link_alone", "a"),
    attack("a record cut by a byte", cut(record_a, -1), "torn size link_alone", "a"),
    attack("a record longer by a byte", lengthened, "torn large link_alone", "a"),
    attack("a link file cut", cut(link_a, -1), "torn size link_missing", "a"),
    attack("a ledger cut to nothing", cut(LEDGER, 0), "torn unsigned unvouched", "ab"),
    attack("a ledger cut in mid-line", cut(LEDGER, -9), "torn unsigned unvouched", "ab"),
    attack("a head cut", cut(HEAD, -9), "torn unsigned unvouched", "ab"),
    attack("a manifest cut", cut(MANIFEST, -9), "torn"),
    attack("a manifest cut to nothing", cut(MANIFEST, 0), "torn"),
]
TAKEN_OUT = [
    attack("a record removed", removed(record_a, link_a), "torn missing", "a"),
    attack(
        "a record removed, its link file left", removed(record_a), "torn missing link_alone", "a"
    ),
    attack("a link file removed", removed(link_a), "torn link_missing", "a"),
    attack("a ledger removed", removed(LEDGER), "torn unsigned unvouched", "ab"),
    attack("a head removed", removed(HEAD), "torn unsigned unvouched", "ab"),
    attack("a manifest removed", removed(MANIFEST), "torn"),
]
PUT_ELSEWHERE = [
    attack("records reordered", exchanged(".age", ".link.age"), "torn altered", "ab"),
    attack("link files reordered", exchanged(".link.age"), "torn altered", "ab"),
    attack("replayed in another bundle", replayed, "unvouched"),
    attack("replayed there under another id", replayed_under_another_id, "unvouched"),
    attack("attributed to another laptop", moved, "unvouched missing", "a"),
    attack("bundles named for one another", named_for_another, "torn"),
    attack("ledgers exchanged", ledgers_exchanged, "torn unvouched missing", "abd"),
]
LEDGERS = [
    attack("a ledger cut, unsigned", ledger_cut_and_not_signed, "unsigned unvouched", "ab"),
    attack("a line taken out of a ledger", ledger_line_taken_out, "broken unvouched", "ab"),
    attack("a ledger set back", ledger_set_back, "older"),
    attack("a ledger cut by its laptop", ledger_cut_by_its_laptop, "older"),
    attack("a ledger forked by its laptop", ledger_forked_by_its_laptop, "forked"),
    attack("a laptop copied", laptop_copied, "forked"),
    *(
        attack(f"a ledger with {told}", ledger_naming(record_id), "broken unvouched", "ab")
        for told, record_id in (
            ("an id that leads to a pipe", "../../stick/x"),
            ("an id that is an absolute path", "/dev/zero"),
            ("an id that steers", "\x1b[2J"),
            ("an id of many lines", "a\nb"),
            ("an id longer than ids are", "a" * 10**6),
            ("an id of nothing", ""),
        )
    ),
]
FOREIGN = [
    attack("sealed by a laptop nobody enrolled", by_a_laptop_nobody_added, "unsigned unvouched"),
    attack(
        "sealed by a laptop of another study",
        by_a_laptop_of_another_study,
        "torn unsigned unvouched",
    ),
    attack("sealed to the attacker's keys", sealed_to_another, "altered", "a"),
    attack("sealed anew to the study's keys", sealed_anew, "altered", "a"),
    attack("practice passed as real", of_practice, "size link_alone"),
    attack("a withdrawn record brought back", withdrawn, "withdrawn", "a"),
    attack("a record withdrawn once it was taken in", withdrawn_after_collecting, "withdrawn", "a"),
]
NAMES = [
    attack(
        "a manifest that names what is above", in_the_manifest("../../study/study.yaml"), "torn"
    ),
    attack("a manifest that names an absolute path", in_the_manifest("/etc/passwd"), "torn"),
    attack("a manifest with a name of many lines", in_the_manifest("a\nb.age", "a\r\nb"), "torn"),
    attack("a manifest with a zero byte in a name", in_the_manifest("a\0b.age"), "torn"),
    attack("a manifest with a name that steers", in_the_manifest(STEERING), "torn"),
    attack("a manifest with half a character", in_the_manifest("\ud800.age"), "torn"),
    attack("a manifest that names itself", in_the_manifest("manifest.json"), "torn"),
    attack("a record's name with a line feed", named(b"a\nb.age"), "torn name"),
    attack("a record's name that steers", named(STEERING.encode() + b".age"), "torn name"),
    attack("a record's name that is no text", named(b"\xff\xfe.age", b"\xff.draft"), "torn name"),
    attack("a name as long as names are", named(b"a" * 250 + b".age"), "torn name"),
]
NO_FILES = [
    attack(f"{told} in the place of {what}", stood_for(path, by), said, lost)
    for what, path, said, lost in (
        ("a record", record_a, "torn kind link_alone", "a"),
        ("a link file", link_a, "torn kind link_missing", "a"),
        ("a ledger", LEDGER, "torn unsigned unvouched", "ab"),
        ("a head", HEAD, "torn unsigned unvouched", "ab"),
        ("a manifest", MANIFEST, "torn", ""),
    )
    for told, by in (
        ("a link", a_link),
        ("a link to zeros", a_link_to_zeros),
        ("a pipe", a_pipe),
        ("a device", a_device),
        ("a folder", a_folder),
    )
]
HARD_LINKS = [
    attack(
        "a hard link in the place of a record",
        stood_for(record_a, a_hard_link),
        "torn size link_alone",
        "a",
    ),
    attack(
        "a hard link in the place of a ledger",
        stood_for(LEDGER, a_hard_link),
        "torn broken unvouched",
        "ab",
    ),
    attack("a hard link in the place of a manifest", stood_for(MANIFEST, a_hard_link), "torn"),
]
ZEROS = [
    attack("zeros as a record", stood_for(record_a, zeros), "torn large link_alone", "a"),
    attack("zeros as a link file", stood_for(link_a, zeros), "torn large link_missing", "a"),
    attack("zeros as a ledger", stood_for(LEDGER, zeros), "torn unsigned unvouched", "ab"),
    attack("zeros as a head", stood_for(HEAD, zeros), "torn unsigned unvouched", "ab"),
    attack("zeros as a manifest", stood_for(MANIFEST, zeros), "torn"),
    attack("zeros as a draft", stood_for(beside(f"{'e' * 32}.draft"), zeros), "torn"),
]
COUNTS = [
    attack(
        "a header of a hundred thousand stanzas",
        padded_to_size(VERSION + b"-> x\n\n" * 100_000),
        "torn header link_alone",
        "a",
    ),
    attack(
        "a header that is one stanza of many lines",
        padded_to_size(VERSION + b"-> x\n" + (b"A" * 64 + b"\n") * 10_000),
        "torn header link_alone",
        "a",
    ),
    attack(
        "a header whose stanza has one long line",
        padded_to_size(VERSION + b"-> " + b"x" * 1_000_000),
        "torn header link_alone",
        "a",
    ),
    attack(
        "a header that asks for scrypt with 2^62",
        padded_to_size(VERSION + SCRYPT + ENDING),
        "torn header link_alone",
        "a",
    ),
    attack("a head that counts to 1e308", head_with(n=1e308), "torn unsigned unvouched", "ab"),
    attack(
        "a head that counts to infinity", head_with(n=float("inf")), "torn unsigned unvouched", "ab"
    ),
    attack(
        "a head that counts to no number",
        head_with(n=float("nan")),
        "torn unsigned unvouched",
        "ab",
    ),
    attack("a head that counts backwards", head_with(n=-1), "torn unsigned unvouched", "ab"),
    attack(
        "a head that counts to a word", head_with(n="4" * 4000), "torn unsigned unvouched", "ab"
    ),
    attack("a head that counts to a list", head_with(n=[1]), "torn unsigned unvouched", "ab"),
    attack("a head without a hash", head_with(hash=None), "torn unsigned unvouched", "ab"),
    attack(
        "a head with a deep signature",
        head_with(signature={"a": {"b": []}}),
        "torn unsigned unvouched",
        "ab",
    ),
    attack("a deep head", stood_for(HEAD, text(b"[" * 4000)), "torn unsigned unvouched", "ab"),
    attack(
        "a deep line in a ledger",
        stood_for(LEDGER, text(b"[" * DEEP + b"\n")),
        "torn broken unvouched",
        "ab",
    ),
    attack(
        "a ledger of line feeds",
        stood_for(LEDGER, text(b"\n" * 10**6)),
        "torn broken unvouched",
        "ab",
    ),
    attack(
        "a ledger that counts from 1e308",
        stood_for(LEDGER, text(b'{"n":1e308}\n')),
        "torn broken unvouched",
        "ab",
    ),
    attack("a deep manifest", stood_for(MANIFEST, text(b"[" * DEEP)), "torn"),
    attack("a deep map as manifest", stood_for(MANIFEST, text(b'{"files":' * DEEP)), "torn"),
    attack("a manifest that is a number", stood_for(MANIFEST, text(b"1e308")), "torn"),
]
ATTACKS = [
    *FLIPS,
    *TRUNCATIONS,
    *TAKEN_OUT,
    *PUT_ELSEWHERE,
    *LEDGERS,
    *FOREIGN,
    *NAMES,
    *NO_FILES,
    *HARD_LINKS,
    *ZEROS,
    *COUNTS,
]


@pytest.mark.parametrize("one", ATTACKS, ids=ids(ATTACKS))
def test_an_attack_on_a_bundle_is_named_and_holds_up_nothing_else(
    one: Attack, scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1, its reasons and no others in words, every record not lost to it taken in and open."""
    one.do(scene)
    came = collected(scene, typed, capsys)
    assert came.said == one.said, (sorted(came.said), came.told)
    assert came.status == 1
    genuine = {found for letter, found in scene.ids.items() if letter not in one.lost}
    assert came.opened >= genuine
    assert not came.opened & {scene.ids[letter] for letter in one.lost}


def test_a_study_folder_laid_over_the_stick_hides_no_bundle(
    scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever has the stick may make it look like another desk's copy: the bundles on it are there still."""
    (scene.stick / "collected").mkdir()
    (scene.stick / "study.yaml").write_bytes(b"souspli_study: 1\n")
    came = collected(scene, typed, capsys)
    assert came.opened == set(scene.ids.values())


def test_the_scene_itself_is_taken_in_whole(
    scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without an attack nothing is named: what the attacks are told by is theirs."""
    came = collected(scene, typed, capsys)
    assert (came.status, len(came.said)) == (0, 0)
    assert came.opened == set(scene.ids.values())


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    chosen=st.integers(0, 10**9), at=st.integers(0, 10**9), bit=st.integers(0, 7), by=st.booleans()
)
def test_a_bit_flipped_or_a_file_cut_anywhere_lets_nothing_else_be_opened(
    chosen: int, at: int, bit: int, by: bool, scene: Scene, tmp_path: Path
) -> None:
    """Whichever file of either bundle: something is wrong, and what is opened is what was sealed."""
    shutil.rmtree(tmp_path / "one", ignore_errors=True)
    one = copied(scene, tmp_path / "one")
    paths = sorted(path for path in one.stick.rglob("*") if path.is_file())
    path = paths[chosen % len(paths)]
    size = path.stat().st_size
    if by:
        flipped(path, at % size, bit)
    else:
        path.write_bytes(path.read_bytes()[: at % size])
    assert not taken_in(one.study, [one.stick], one.lead).is_clean
    found = unseal.unseal_all(one.study, one.keys, "attack", NOW)
    assert {
        record_id for letter, record_id in one.ids.items() if OWNERS[letter] not in str(path)
    } <= {record.id for record in found.records}
    assert all(record.answers == {"days": "3"} for record in found.records)


# --- every reason has a remedy ------------------------------------------------------------------


def reasons_of(literal: Any) -> Iterator[str]:
    for part in literal.__args__:
        yield from reasons_of(part) if hasattr(part, "__args__") else [str(part)]


@pytest.mark.parametrize(
    ("told", "literal"),
    [(vouching.why, vouching.Fault), (intake.why, intake.Reason), (unseal.why, unseal.Reason)],
)
def test_every_reason_says_what_to_do(told: Callable[[Any], str], literal: Any) -> None:
    """What is wrong, a semicolon or a colon, and what to do: to whoever reads the list at the desk."""
    found = list(reasons_of(literal))
    assert found
    without = [reason for reason in found if not {";", ":"} & set(told(reason))]
    assert without == []


# --- the attacks on another desk's copy ---------------------------------------------------------


def there(name: str) -> Callable[[Scene], Path]:
    """Return what finds a file of another desk's copy of the study folder; ID stands for that of a."""
    return lambda scene: scene.folder / "there" / name.replace("ID", scene.ids["a"])


def withdrawn_there(scene: Scene) -> None:
    refused.add(scene.folder / "there" / "collected", scene.ids.values())


def sealed_anew_there(scene: Scene) -> None:
    """Put in the place of a record another answer, sealed to the study: its keys are public."""
    study = scene.study
    recipients = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
    changed = made_of(study, "L01", 1, answers={"days": "99"})
    there("collected/ID.age")(scene).write_bytes(record.seal(changed, study.bucket, recipients))


DESK_RECORD, DESK_LEDGER = there("collected/ID.age"), there("devices/L01.ledger")
DESK_HEAD = there("devices/L01.ledger.head")
COPIES = [
    attack("a record altered there", lambda scene: flipped(DESK_RECORD(scene), -1), "altered", "a"),
    attack("a record cut there", cut(DESK_RECORD, 1000), "size link_alone", "a"),
    attack("a record removed there", removed(DESK_RECORD), "missing link_alone", "a"),
    attack("a record sealed anew there", sealed_anew_there, "altered", "a"),
    attack(
        "a ledger altered there",
        lambda scene: flipped(DESK_LEDGER(scene), 20),
        "broken unvouched",
        "ab",
    ),
    attack("a ledger cut there", cut(DESK_LEDGER, -9), "unsigned unvouched", "ab"),
    attack("a head removed there", removed(DESK_HEAD), "unsigned unvouched", "ab"),
    attack("all withdrawn there", withdrawn_there, "withdrawn", "abd"),
    *(
        attack(f"{told} in the place of a record there", stood_for(DESK_RECORD, by), said, "a")
        for told, by, said in (
            ("a link", a_link, "kind link_alone"),
            ("a pipe", a_pipe, "kind link_alone"),
            ("zeros", zeros, "large link_alone"),
        )
    ),
    *(
        attack(
            f"{told} in the place of a ledger there",
            stood_for(DESK_LEDGER, by),
            "unsigned unvouched",
            "ab",
        )
        for told, by in (("a link", a_link), ("a pipe", a_pipe), ("zeros", zeros))
    ),
    attack(
        "zeros in the place of a head there",
        stood_for(DESK_HEAD, zeros),
        "unsigned unvouched",
        "ab",
    ),
    attack(
        "a deep head there", stood_for(DESK_HEAD, text(b"[" * 4000)), "unsigned unvouched", "ab"
    ),
]


@pytest.mark.parametrize("one", COPIES, ids=ids(COPIES))
def test_an_attack_on_another_desks_copy_is_named_and_holds_up_nothing_else(
    one: Attack, scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy is believed as far as the ledgers of its laptops go, and is never written to."""
    desk = read_study(Path(shutil.copytree(scene.study.folder, scene.folder / "there")))
    taken_in(desk, [scene.stick], scene.lead)
    one.do(scene)
    came = collected(scene, typed, capsys, desk.folder)
    assert came.said == one.said, (sorted(came.said), came.told)
    assert came.status == 1
    lost = {scene.ids[letter] for letter in one.lost}
    assert came.opened == set(scene.ids.values()) - lost
    assert collected(scene, typed, capsys).opened == set(scene.ids.values())
