"""What whoever has a laptop and its passphrase could sign and hand over: each attack by its name.

From outside such a record is like any other. It is named once it is opened, and not used; everything
else is.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from export import custody
from export.collecting.collect import collect as taken_in
from export.unsealing import unseal
from interviewer import age, outbox
from interviewer.device import Device
from interviewer.handover import handover
from interviewer.laptop import unlocked
from tests.attacked import (
    NOW,
    PASSPHRASE,
    Attack,
    Do,
    Scene,
    Typed,
    again_handed_over,
    attack,
    collected,
    enrolled,
    founded,
    ids,
    link_a,
    made_of,
    record_a,
    sealed,
)


def lies(**otherwise: Any) -> Do:
    """Return what has L01 seal and hand over, in all form, a record that says something else."""

    def do(scene: Scene) -> None:
        sealed(scene.laptop(), made_of(scene.study, "L01", 3, **otherwise))
        again_handed_over(scene)

    return do


def to_the_attacker(scene: Scene) -> None:
    own = age.HybridIdentity.generate().recipient
    sealed(scene.laptop(), made_of(scene.study, "L01", 3), to=[own, own])
    again_handed_over(scene)


def sealed_twice(scene: Scene) -> None:
    """Have L01 seal its record a again, under another id."""
    sealed(scene.laptop(), made_of(scene.study, "L01", 1), under="e" * 32)
    again_handed_over(scene)


def anothers(scene: Scene) -> None:
    """Have L02, which has seen the stick of L01, seal under the id of a, by its own ledger."""
    (scene.stick / "souspli-L01").rename(scene.folder / "held")
    sealed(scene.laptop("L02"), made_of(scene.study, "L02", 2, id=scene.ids["a"]))
    again_handed_over(scene, "L02")
    (scene.folder / "held").rename(scene.stick / "souspli-L01")


def a_copy_of_anothers(scene: Scene) -> None:
    """Have L02 hand over, by its own ledger and under an id of its own, the bytes of a."""
    laptop = scene.laptop("L02")
    laptop.ledger.append("start", "e" * 32, "5" * 64, laptop.secrets.signing)
    outbox.put(laptop.outbox, "e" * 32, record_a(scene).read_bytes(), link_a(scene).read_bytes())
    again_handed_over(scene, "L02")


def content(found: object) -> Do:
    """Return what has L01 seal to the study what is no record, and hand it over."""

    def do(scene: Scene) -> None:
        laptop = scene.laptop()
        signed = laptop.signed.kit
        written = found if isinstance(found, bytes) else json.dumps(found).encode()
        made = age.seal(written.ljust(signed.bucket, b"\0"), signed.answer_recipients)
        laptop.ledger.append("start", "e" * 32, "5" * 64, laptop.secrets.signing)
        outbox.put(laptop.outbox, "e" * 32, made, link_a(scene).read_bytes())
        again_handed_over(scene)

    return do


INSIDE = [
    attack("practice passed as real by its laptop", lies(is_practice=True), "practice"),
    attack("a simulation passed as real", lies(is_simulated=True), "simulated"),
    attack("a record of another study passed as one of this", lies(study="another"), "study"),
    attack("a record under a kit that nobody wrote", lies(kit="0" * 64), "kit"),
    attack("a record with another questionnaire", lies(instrument_hash="0" * 64), "instrument"),
    attack("a record attributed to another laptop", lies(device="L02"), "kit"),
    attack("a record that counts itself among others", lies(sequence=2), "ledger"),
    attack("a record that counts to 1e308", lies(sequence=10**308), "format"),
    attack("a record that counts backwards", lies(sequence=-1), "ledger"),
    attack("a test record passed as real", lies(kind="test", status="test"), "test"),
    attack("a withdrawal passed as a record", lies(kind="withdrawal", status=""), "format"),
    attack("an answer nobody could give", lies(answers={"days": "three"}), "answers"),
    attack("an answer to what nobody asked", lies(answers={"name": "3"}), "answers"),
    attack("a link among the answers", lies(answers={"card": "3"}), "answers"),
    attack("a record sealed to the attacker's keys", to_the_attacker, "sealed"),
    attack("a record under two ids", sealed_twice, "id"),
    attack("a record's bytes under another laptop's ledger", a_copy_of_anothers, "id"),
    attack("a deep record", content(b"[" * 16_000), "format"),
    attack("a record that is a number", content(b"1e308"), "format"),
    attack("a record that is a list", content([{}] * 1000), "format"),
    attack("a record of nothing", content(b""), "format"),
    attack("a record with no field", content({"v": 1}), "format"),
    attack("a record that is no text", content(b"\xff" * 100), "format"),
]


@pytest.mark.parametrize("one", INSIDE, ids=ids(INSIDE))
def test_what_an_enrolled_laptop_signs_is_named_once_it_is_opened(
    one: Attack, scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """From outside it is a record like any other; inside it disagrees, and is not used."""
    one.do(scene)
    came = collected(scene, typed, capsys)
    assert (came.status, came.said) == (0, one.said), came.told
    assert came.opened == frozenset(scene.ids.values())


def test_what_two_laptops_claim_is_taken_in_from_neither(
    scene: Scene, typed: Typed, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of them lies, and which cannot be told from outside; the rest of both is taken in."""
    anothers(scene)
    came = collected(scene, typed, capsys)
    assert (came.status, came.said) == (1, frozenset({"contested"}))
    assert came.opened == {scene.ids["b"], scene.ids["d"]}


@pytest.mark.parametrize("otherwise", [{}, {"is_practice": False}, {"is_simulated": False}])
def test_a_study_for_practice_takes_nothing_real(otherwise: dict[str, bool], scene: Scene) -> None:
    """Nor what was held for practice and was not simulated, where it says that it was not for practice."""
    study = founded(scene.folder / "practice", "practice", practice=True)
    enrolled(study, scene.folder / "P01")
    laptop = unlocked(Device(scene.folder / "P01"), PASSPHRASE)
    sealed(laptop, made_of(study, "P01", 1, **otherwise))
    (scene.folder / "p").mkdir()
    handover(laptop, scene.folder / "p", NOW)
    key = custody.open_signing_key(study.signing_key, PASSPHRASE)
    assert taken_in(study, [scene.folder / "p"], key).is_clean
    keys = custody.open_key(study.folder / "keys" / "study.key", PASSPHRASE)
    opened = unseal.unseal_all(study, keys, "attack", NOW)
    wanted = ["not_practice"] if otherwise.get("is_practice") is False else []
    assert [one.reason for one in opened.left_out] == wanted
