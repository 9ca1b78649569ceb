"""Whose the keys of a study are."""

from __future__ import annotations

import pytest

from export.custody import Public
from export.holders import keyring
from export.study import Study, read_study
from interviewer import age
from surveys.problems import Refusal


def public(number: int) -> Public:
    return Public.of(age.HybridIdentity(bytes([number]) * 32))


def test_a_new_study_has_a_key_for_each_role(study: Study) -> None:
    """All of them of now, with what their holders sign with."""
    found = keyring.of_study(study)
    assert [(one.role, one.name, one.is_current) for one in found] == [
        ("study", "study", True),
        ("escrow", "escrow", True),
        ("custodian", "custodian", True),
    ]
    assert all(len(one.public.ledger) == 32 for one in found)
    assert keyring.next_wave(study) == 2


def test_the_keys_of_earlier_waves_are_known(study: Study) -> None:
    """By the public halves that stay in keys/, in the order of their waves; whatever else lies there."""
    keys = study.folder / "keys"
    for name, number in (("study-2", 2), ("study-10", 10), ("escrow-10", 11), ("friend", 12)):
        (keys / f"{name}.pub").write_bytes(public(number).encode())
    (keys / "study-3.pub").write_text("nothing", "ascii")
    found = keyring.of_study(study)
    assert [one.name for one in found if not one.is_current] == ["study-2", "study-10", "escrow-10"]
    assert keyring.next_wave(study) == 11


def test_each_wave_has_its_recipients(study: Study) -> None:
    """Who was not replaced keeps the key they had; a key that is none of the study's is of now."""
    keys = study.folder / "keys"
    first = {role: study.recipients[role][0] for role in ("study", "escrow", "custodian")}
    path, text = study.folder / "study.yaml", ""
    for name, number in (("study-2", 2), ("study-3", 3), ("escrow-3", 4), ("study-4", 5)):
        (keys / f"{name}.pub").write_bytes(public(number).encode())
        role = name.partition("-")[0]
        text = text or path.read_text("utf-8")
        before = max((f"keys/{role}{end}.pub" for end in ("", "-2", "-3")), key=text.find)
        text = text.replace(f"[{before}]", f"[keys/{name}.pub]")
    path.write_text(text, "utf-8")
    study = read_study(study.folder)
    second, third, newer, now = (public(number).recipient for number in (2, 3, 4, 5))
    custodian = first["custodian"]
    for given, wanted in (
        (first["study"], (first["study"], first["escrow"], custodian)),
        (second, (second, first["escrow"], custodian)),
        (third, (third, newer, custodian)),
        (now, (now, newer, custodian)),
        ("age1pq1nobody", (now, newer, custodian)),
    ):
        found = keyring.of_wave(study, given)
        assert tuple(found[role] for role in ("study", "escrow", "custodian")) == tuple(
            (one,) for one in wanted
        )


def test_a_key_named_otherwise_is_its_roles(study: Study) -> None:
    """study.yaml says whose it is; the name is the file's."""
    (study.folder / "keys" / "institution.pub").write_bytes(public(3).encode())
    path = study.folder / "study.yaml"
    path.write_text(
        path.read_text("utf-8").replace("keys/escrow.pub", "keys/institution.pub"), "utf-8"
    )
    study = read_study(study.folder)
    (held,) = keyring.current(study, "escrow")
    assert (held.name, held.public) == ("institution", public(3))
    assert [one.name for one in keyring.of_study(study) if not one.is_current] == ["escrow"]


def test_a_role_without_key_is_told(study: Study) -> None:
    """In the words of the study."""
    path = study.folder / "study.yaml"
    path.write_text(path.read_text("utf-8").replace("[keys/escrow.pub]", "[]"), "utf-8")
    with pytest.raises(Refusal, match="no key of the escrow holder"):
        keyring.current(read_study(study.folder), "escrow")
