"""New keys for the next wave."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from export import custody, ledger
from export.custody import Public
from export.holders import keyring, proof, rotation
from export.study import Study, read_study
from interviewer import age, record
from interviewer.record import Record
from surveys.problems import Refusal

PASSPHRASE = b"correct horse battery"
CHEAPEST = 1
NOW = datetime(2022, 9, 1, 12, tzinfo=UTC)


def rotate(study: Study, **given: Public) -> Study:
    """Make the next wave of a study and return it as it is then."""
    signing = custody.open_signing_key(study.signing_key, PASSPHRASE)
    wave = rotation.prepare(study, given)
    rotation.rotate(study, wave, signing, PASSPHRASE, NOW, CHEAPEST)
    return read_study(study.folder)


def new_public() -> Public:
    return Public.of(age.HybridIdentity.generate())


def test_kits_seal_to_the_new_key_from_then_on(study: Study) -> None:
    """study.yaml names it; the others stay; its holder has shown nothing yet."""
    after = rotate(study)
    assert after.study_keys == tuple(
        study.folder / "keys" / name for name in ("study.key", "study-2.key")
    )
    assert after.study_key.name == "study-2.key"
    (own,) = custody.open_key(after.study_key, PASSPHRASE)
    assert isinstance(own, age.HybridIdentity)
    assert after.recipients["study"] == (own.recipient.encode(),) != study.recipients["study"]
    assert {role: after.recipients[role] for role in ("escrow", "custodian")} == {
        role: study.recipients[role] for role in ("escrow", "custodian")
    }
    noted = ledger.verified(after.ledger, after.signer)
    untested = [held.name for held, day in proof.tested(after, noted) if not day]
    assert untested == ["study-2", "escrow", "custodian"]


def test_the_ledger_says_so_and_knows_the_new_key(study: Study) -> None:
    """Introduced by the signing key, it signs what it opens."""
    after = rotate(study, escrow=new_public())
    identities = [one for path in after.study_keys for one in custody.open_key(path, PASSPHRASE)]
    ledger.append(after.ledger, "unseal", "x", 1, key=custody.ledger_key(identities), now=NOW)
    noted = ledger.verified(after.ledger, after.signer)
    assert noted.faults == ()
    assert [(one.event, one.what, one.count) for one in noted.sound[1:]] == [
        ("key", "study-2.key", 0),
        ("rotate", "study-2.key escrow-2.key", 2),
        ("unseal", "x", 1),
    ]
    assert noted.signer(4) == "study-2.key"


def test_records_of_all_waves_have_one_size_and_open_together(
    study: Study, made_of: Callable[..., Record]
) -> None:
    """From outside nobody tells one wave's from another's."""
    sealed = []
    for number in range(3):
        answers = custody.recipients((*study.recipients["study"], *study.recipients["escrow"]))
        sealed.append(record.seal(made_of(study, f"C{number}"), study.bucket, answers))
        study = rotate(study)
    assert len({len(one) for one in sealed}) == 1
    keys = [custody.open_key(path, PASSPHRASE) for path in study.study_keys]
    together = [one for key in keys for one in key]
    for number, one in enumerate(sealed):
        assert record.unseal(one, study.bucket, together).case == f"C{number}"
        with pytest.raises(age.NoMatch):
            record.unseal(
                one, study.bucket, [k for n, key in enumerate(keys) for k in key if n != number]
            )


def test_escrow_and_custodian_are_replaced_where_they_are_given(study: Study) -> None:
    """Their new public halves lie beside the old ones."""
    new = {"escrow": new_public(), "custodian": new_public()}
    after = rotate(study, **new)
    assert {role: after.recipients[role] for role in new} == {
        role: (public.recipient,) for role, public in new.items()
    }
    assert [(one.role, one.name) for one in keyring.of_study(after) if not one.is_current] == [
        ("study", "study"),
        ("escrow", "escrow"),
        ("custodian", "custodian"),
    ]
    third = rotate(after)
    assert [one.name for one in keyring.of_study(third) if one.is_current] == [
        "study-3",
        "escrow-2",
        "custodian-2",
    ]


@pytest.mark.parametrize("role", ["study", "escrow", "custodian"])
def test_a_key_that_was_the_studys_is_no_new_one(study: Study, role: str) -> None:
    """Whoever had it, in whatever role, would open two waves."""
    with pytest.raises(Refusal, match=rf"is {role}\.key already"):
        rotation.prepare(study, {"escrow": Public(study.recipients[role][0])})


def test_a_role_that_nobody_has_gets_none(study: Study) -> None:
    """A recipient more would make the records of this wave larger than those before."""
    path = study.folder / "study.yaml"
    path.write_text(path.read_text("utf-8").replace("[keys/escrow.pub]", "[]"), "utf-8")
    study = read_study(study.folder)
    with pytest.raises(Refusal, match="0 keys of the escrow holder"):
        rotation.prepare(study, {"escrow": new_public()})
    assert len(rotate(study).recipients["study"]) == 1


def test_what_cannot_be_done_changes_nothing(study: Study) -> None:
    """A signing key that is not the study's is found out before anything is written."""
    before = {path: path.read_bytes() for path in study.folder.rglob("*") if path.is_file()}
    wave = rotation.prepare(study, {})
    with pytest.raises(Refusal, match="not the key"):
        rotation.rotate(study, wave, Ed25519PrivateKey.generate(), PASSPHRASE, NOW, CHEAPEST)
    assert {path: path.read_bytes() for path in study.folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("calls", range(6))
def test_what_is_interrupted_leaves_the_wave_before(
    study: Study, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    """Until study.yaml names the new key, kits seal to the old one; run again, it makes another."""
    done: list[object] = []

    def interrupted(function: Callable[..., object]) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            if len(done) == calls:
                raise KeyboardInterrupt
            done.append(function)
            return function(*given, **named)

        return call

    signing = custody.open_signing_key(study.signing_key, PASSPHRASE)
    wave = rotation.prepare(study, {})
    with monkeypatch.context() as patched:
        for module, name in (
            (rotation, "write_durably"),
            (custody, "write_durably"),
            (ledger, "append"),
        ):
            patched.setattr(module, name, interrupted(getattr(module, name)))
        try:
            rotation.rotate(study, wave, signing, PASSPHRASE, NOW, CHEAPEST)
        except KeyboardInterrupt:
            assert read_study(study.folder).recipients == study.recipients
            introduced = ledger.verified(study.ledger, study.signer).names
            for key in study.study_keys:
                (identity,) = custody.open_key(key, PASSPHRASE)
                assert isinstance(identity, age.HybridIdentity)
                assert base64.b64encode(Public.of(identity).ledger).decode() in introduced
        else:
            assert calls == 5
    after = rotate(read_study(study.folder))
    assert after.recipients["study"] != study.recipients["study"]
    assert ledger.verified(after.ledger, after.signer).faults == ()


def test_the_file_keeps_its_words(study: Study) -> None:
    """Everything of study.yaml but the names."""
    before = (study.folder / "study.yaml").read_text("utf-8")
    after = (rotate(study).folder / "study.yaml").read_text("utf-8")
    assert after == before.replace("keys/study.pub", "keys/study-2.pub")
    assert Path(study.folder / "keys" / "study.pub").exists()
