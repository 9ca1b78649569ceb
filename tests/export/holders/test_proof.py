"""Each holder shows, before field work, that they can open what is sealed to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from export import custody, ledger
from export.custody import Public
from export.holders import keyring, proof
from export.study import Study, read_study
from interviewer import age, padded
from surveys.problems import Refusal

PASSPHRASE = b"correct horse battery"
NOW = datetime(2022, 5, 2, 12, tzinfo=UTC)


def key_of(study: Study, role: str) -> Sequence[age.Identity]:
    return custody.open_key(study.folder.parent / f"{role}.key", PASSPHRASE)


def signing(study: Study) -> Any:
    return custody.open_signing_key(study.signing_key, PASSPHRASE)


def shown(study: Study) -> dict[str, str]:
    """Return the day each holder last showed it."""
    noted = ledger.verified(study.ledger, study.signer)
    assert noted.faults == ()
    return {held.role: day for held, day in proof.tested(study, noted)}


def show(study: Study, role: str) -> None:
    """Have a holder show it, from challenge to ledger."""
    sealed = proof.challenge(study, role, bytes(32))
    _asked, words = proof.answer(sealed, key_of(study, role))
    proof.note(study, proof.heard(study, role, words), signing(study), NOW)


def test_a_challenge_answered_is_noted(study: Study) -> None:
    """By its day, for that holder; and the ledger knows from then on what they sign."""
    assert shown(study) == {"study": "", "escrow": "", "custodian": ""}
    show(study, "custodian")
    assert shown(study) == {"study": "", "escrow": "", "custodian": "2022-05-02"}
    ledger.append(
        study.ledger,
        "withdraw",
        "",
        1,
        key=custody.ledger_key(key_of(study, "custodian")),
        now=NOW,
    )
    noted = ledger.verified(study.ledger, study.signer)
    assert noted.faults == ()
    assert noted.signer(len(noted.lines)) == "custodian.key"


def test_shown_twice_its_signing_key_is_introduced_once(study: Study) -> None:
    """The day is that of the last time."""
    show(study, "escrow")
    show(study, "escrow")
    events = [one.event for one in ledger.verified(study.ledger, study.signer).sound]
    assert events == ["founded", "key", "tested", "tested"]


def test_the_leads_own_key_is_tested_at_once(study: Study) -> None:
    """It signs for itself."""
    held = proof.note_own(study, custody.open_key(study.study_key, PASSPHRASE), NOW)
    assert held.name == "study"
    assert shown(study)["study"] == "2022-05-02"
    with pytest.raises(Refusal, match="not the one that study"):
        proof.note_own(study, key_of(study, "escrow"), NOW)


def test_words_may_be_typed_as_one_likes(study: Study) -> None:
    """Capitals, commas, line breaks: what was heard is what counts."""
    sealed = proof.challenge(study, "escrow", bytes(32))
    _asked, words = proof.answer(sealed, key_of(study, "escrow"))
    assert proof.heard(study, "escrow", f" {words.upper().replace(' ', ', ')}.\n").name == "escrow"


@pytest.mark.parametrize("words", ["", "babab " * 6, "é\ud800"])
def test_other_words_prove_nothing(study: Study, words: str) -> None:
    """They may be heard again: the challenge stands."""
    sealed = proof.challenge(study, "escrow", bytes(32))
    with pytest.raises(Refusal, match="hear them again"):
        proof.heard(study, "escrow", words)
    _asked, right = proof.answer(sealed, key_of(study, "escrow"))
    assert proof.heard(study, "escrow", right)


def test_a_challenge_answered_or_replaced_proves_nothing_more(study: Study) -> None:
    """Nor does that of another role."""
    first, second = (proof.challenge(study, "escrow", bytes([n]) * 32) for n in (1, 2))
    (_one, old), (_two, new) = (
        proof.answer(one, key_of(study, "escrow")) for one in (first, second)
    )
    with pytest.raises(Refusal, match="hear them again"):
        proof.heard(study, "escrow", old)
    with pytest.raises(Refusal, match="no words are expected"):
        proof.heard(study, "custodian", new)
    proof.note(study, proof.heard(study, "escrow", new), signing(study), NOW)
    with pytest.raises(Refusal, match="no words are expected"):
        proof.heard(study, "escrow", new)


def test_only_its_holder_can_answer(study: Study) -> None:
    """Neither the lead nor another holder opens a challenge."""
    sealed = proof.challenge(study, "custodian", bytes(32))
    for identities in (
        key_of(study, "escrow"),
        custody.open_key(study.study_key, PASSPHRASE),
        [age.HybridIdentity.generate()],
    ):
        with pytest.raises(Refusal, match="another holder, or another key"):
            proof.answer(sealed, identities)


def test_what_is_kept_answers_nothing(study: Study) -> None:
    """The study folder holds neither the words nor what they follow from."""
    secret = bytes(range(32))
    sealed = proof.challenge(study, "custodian", secret)
    _asked, words = proof.answer(sealed, key_of(study, "custodian"))
    held = [path.read_bytes() for path in study.folder.rglob("*") if path.is_file()]
    for content in held:
        assert secret not in content
        assert secret.hex().encode() not in content
        assert words.encode() not in content
        assert words.replace(" ", "").encode() not in content


def test_a_key_that_took_its_place_has_shown_nothing(study: Study) -> None:
    """The proof is of the key that study.yaml names now; what was asked of the old one is void."""
    show(study, "escrow")
    sealed = proof.challenge(study, "escrow", bytes(32))
    _asked, words = proof.answer(sealed, key_of(study, "escrow"))
    new = Public.of(age.HybridIdentity.generate())
    (study.folder / "keys" / "escrow.pub").write_bytes(new.encode())
    study = read_study(study.folder)
    assert shown(study)["escrow"] == ""
    with pytest.raises(Refusal, match="any more; write a new challenge"):
        proof.heard(study, "escrow", words)


def test_two_holders_of_a_role_show_it_each(study: Study, tmp_path: Path) -> None:
    """One challenge, other words for each; who has not said theirs has shown nothing."""
    other = age.HybridIdentity.generate()
    (study.folder / "keys" / "institution.pub").write_bytes(Public.of(other).encode())
    path = study.folder / "study.yaml"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("keys/escrow.pub]", "keys/escrow.pub, keys/institution.pub]"), "utf-8"
    )
    study = read_study(study.folder)
    sealed = proof.challenge(study, "escrow", bytes(32))
    (_a, first), (_b, second) = (
        proof.answer(sealed, one) for one in (key_of(study, "escrow"), [other])
    )
    proof.note(study, proof.heard(study, "escrow", second), signing(study), NOW)
    noted = ledger.verified(study.ledger, study.signer)
    assert [(held.name, bool(day)) for held, day in proof.tested(study, noted)][1:3] == [
        ("escrow", False),
        ("institution", True),
    ]
    assert proof.heard(study, "escrow", first).name == "escrow"
    with pytest.raises(Refusal, match="hear them again"):
        proof.heard(study, "escrow", second)


def test_a_signing_key_put_in_the_place_of_the_holders_is_noticed_by_the_holder(
    study: Study,
) -> None:
    """Whoever changed the .pub file on its way would sign in the holder's name."""
    (held,) = keyring.current(study, "custodian")
    false = Public(held.public.recipient, bytes(32))
    (study.folder / "keys" / "custodian.pub").write_bytes(false.encode())
    sealed = proof.challenge(study, "custodian", bytes(32))
    with pytest.raises(Refusal, match="changed on its way"):
        proof.answer(sealed, key_of(study, "custodian"))


def test_a_holder_without_a_known_signing_key_can_show_it(study: Study) -> None:
    """Where the lead was given the recipient alone, nothing is introduced."""
    (held,) = keyring.current(study, "custodian")
    (study.folder / "keys" / "custodian.pub").write_text(held.public.recipient, "ascii")
    show(study, "custodian")
    assert shown(study)["custodian"] == "2022-05-02"
    assert len(ledger.verified(study.ledger, study.signer).names) == 2


def test_the_signing_key_must_be_the_studys(study: Study, tmp_path: Path) -> None:
    """Nobody else notes that a holder showed it."""
    proof.challenge(study, "escrow", bytes(32))
    stranger = custody.new_signing_key(tmp_path / "other.key", PASSPHRASE, 1)
    (held,) = keyring.current(study, "escrow")
    with pytest.raises(Refusal, match="not the key"):
        proof.note(study, held, stranger, NOW)
    assert shown(study)["escrow"] == ""


GOOD = {
    "souspli_challenge": 1,
    "study": "small",
    "role": "custodian",
    "secret": "00" * 32,
    "keys": {},
}


@pytest.mark.parametrize(
    "changes",
    [
        {"souspli_challenge": 2},
        {"study": "../x"},
        {"study": 3},
        {"role": "director"},
        {"role": ["custodian"]},
        {"secret": "00"},
        {"keys": []},
        {"keys": {"a": 3}},
        {"keys": None},
        {"more": 1},
        {"keys": {}},
    ],
)
def test_a_challenge_that_is_none_is_refused(study: Study, changes: dict[str, object]) -> None:
    """Whatever somebody sealed to the holder."""
    recipients = custody.recipients(study.recipients["custodian"])
    sealed = padded.seal({**GOOD, **changes}, recipients)
    with pytest.raises(Refusal):
        proof.answer(sealed, key_of(study, "custodian"))


@pytest.mark.parametrize("content", [b"", b"age-encryption.org/v1\n", b"\xff" * 100])
def test_a_file_that_is_no_challenge_is_refused(study: Study, content: bytes) -> None:
    """Empty, cut, or anything else."""
    with pytest.raises(Refusal, match="ask for it again"):
        proof.answer(content, key_of(study, "custodian"))


def test_a_damaged_expectation_says_what_to_do(study: Study) -> None:
    """A new challenge replaces it."""
    proof.challenge(study, "escrow", bytes(32))
    path = study.folder / "keys" / "escrow.expected"
    assert json.loads(path.read_bytes())
    path.write_bytes(b"[1")
    with pytest.raises(Refusal, match="write a new challenge"):
        proof.heard(study, "escrow", "x")
    show(study, "escrow")
    assert shown(study)["escrow"]
