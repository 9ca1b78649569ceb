"""Kits: what a laptop trusts, what it refuses, and what in them only it can read."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import age, kit, padded, signed
from interviewer.kit import Case, Kit, KitError, KitInstrument, Rules
from surveys.check import check

SOURCE = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n  - {type: integer, name: a, label: A}\n'
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LAPTOP, STUDY = age.HybridIdentity.generate(), age.HybridIdentity.generate()
RECIPIENT = STUDY.recipient.encode()


def encoded(sealed: bytes) -> str:
    return base64.b64encode(sealed).decode()


def private(study: str = "s", device: str = "L01") -> str:
    sealed = kit.seal_private(
        study,
        device,
        words=("Hôtel du Nord",),
        help_numbers=(("SAMU", "15"),),
        rules=Rules(attempts=6),
        recipient=LAPTOP.recipient,
    )
    return encoded(sealed)


def cases(*found: Case, study: str = "s", device: str = "L01") -> str:
    return encoded(kit.seal_cases(study, device, found, LAPTOP.recipient))


def sealed(value: Mapping[str, object]) -> str:
    return encoded(padded.seal({"study": "s", "device": "L01", **value}, [LAPTOP.recipient]))


def made(**changes: object) -> Kit:
    loaded = check(SOURCE, "t.yaml").instrument
    assert loaded is not None
    whole = Kit(
        study="s",
        title={"fr": "Enquête", "en": "Survey"},
        version=1,
        device="L01",
        roster=("L01",),
        is_practice=False,
        bucket=16384,
        has_links=False,
        recipients={"study": (RECIPIENT,), "escrow": (), "custodian": ()},
        instruments=(KitInstrument("t", "1", loaded.digest, "person", SOURCE),),
        private=PRIVATE,
        cases="",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


PRIVATE = private()
SIGNED = kit.sign(made(), KEY)


# --- signed and read ----------------------------------------------------------------------------


def test_a_kit_read_is_the_kit_signed() -> None:
    """Nothing is lost between the lead and the laptop."""
    assert kit.read(SIGNED).kit == made()
    assert kit.read(SIGNED).signer == KEY.public_key().public_bytes_raw()


@settings(max_examples=150)
@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(place: int, change: int) -> None:
    """Not one byte of a kit is outside its signature."""
    changed = SIGNED[:place] + bytes([SIGNED[place] ^ change]) + SIGNED[place + 1 :]
    with pytest.raises(KitError):
        kit.read(changed)


def test_a_key_spelt_otherwise_is_refused() -> None:
    """The last letter of its base64 has bits that say nothing: two files would be one kit."""
    first, line, payload = SIGNED.split(b"\n", 2)
    public, _space, signature = line.partition(b" ")
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spelt = [public[:-2] + bytes([letter]) + b"=" for letter in letters]
    same = [one for one in spelt if base64.b64decode(one) == base64.b64decode(public)]
    assert len(same) == 4
    for other in same:
        changed = b"\n".join((first, other + b" " + signature, payload))
        if other != public:
            with pytest.raises(KitError, match="signature"):
                kit.read(changed)


@settings(max_examples=50)
@given(st.integers(0, len(SIGNED) - 1))
def test_a_kit_cut_short_is_refused(length: int) -> None:
    """Half a kit is no kit."""
    with pytest.raises(KitError):
        kit.read(SIGNED[:length])


def test_a_kit_that_names_nobody_who_could_open_is_refused() -> None:
    """A record sealed to nobody is lost."""
    nobody = {"study": (), "escrow": (), "custodian": ()}
    with pytest.raises(KitError, match="nobody who could open"):
        kit.read(kit.sign(made(recipients=nobody), KEY))


def test_a_kit_with_links_and_no_custodian_is_refused() -> None:
    """Links have nowhere else to go."""
    with pytest.raises(KitError, match="nobody who could open"):
        kit.read(kit.sign(made(has_links=True), KEY))


def test_a_recipient_that_does_not_parse_is_refused() -> None:
    """Found when the kit is read, not when the first interview ends."""
    wrong = {"study": ("age1pq1notakey",), "escrow": (), "custodian": ()}
    with pytest.raises(KitError, match="recipient"):
        kit.read(kit.sign(made(recipients=wrong), KEY))


WHOLE = asdict(made())
INSTRUMENT = asdict(KitInstrument("t", "1", "0" * 64, "person", SOURCE))


@pytest.mark.parametrize(
    "payload",
    [
        b"not json",
        b"[]",
        b'{"study": "s", "later": 1}',
        b"[" * 100_000,
        json.dumps(WHOLE | {"recipients": []}).encode(),
        json.dumps(WHOLE | {"version": "1"}).encode(),
        json.dumps(WHOLE | {"device": "../L01"}).encode(),
        json.dumps(WHOLE | {"cases": None}).encode(),
        json.dumps(WHOLE | {"title": "Study"}).encode(),
        json.dumps(WHOLE | {"title": {"en": 1}}).encode(),
        json.dumps(WHOLE | {"title": {"en": "\ud800"}}).encode(),
        json.dumps(WHOLE | {"roster": [1]}).encode(),
        json.dumps(WHOLE | {"is_practice": 0}).encode(),
        json.dumps(WHOLE | {"has_links": ""}).encode(),
        json.dumps(WHOLE | {"instruments": [INSTRUMENT | {"source": 1}]}).encode(),
        json.dumps(WHOLE | {"instruments": [INSTRUMENT | {"hash": []}]}).encode(),
        json.dumps({key: value for key, value in WHOLE.items() if key != "private"}).encode(),
    ],
    ids=(
        "text list unknown deep recipients version device cases title titles half roster practice "
        "links source hash private"
    ).split(),
)
def test_a_signed_kit_of_another_version_says_so(payload: bytes) -> None:
    """A kit from the future, or none at all, is refused in words."""
    with pytest.raises(KitError, match="another version"):
        kit.read(signed.write(b"souspli-kit/1\n", b"souspli/kit/v1\0", payload, KEY))


# --- the private part ---------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=20),
    st.lists(st.text(max_size=20), max_size=20),
    st.builds(Rules, *[st.integers(1, 365)] * 4),
)
@settings(max_examples=40)
def test_what_is_sealed_for_a_laptop_is_what_it_reads(
    listed: list[tuple[str, str]], words: list[str], rules: Rules
) -> None:
    """Words, help numbers, rules and cases arrive as they were given."""
    given_cases = tuple(Case(*one) for one in listed)
    told = kit.seal_private(
        "s", "L01", words=words, help_numbers=listed, rules=rules, recipient=LAPTOP.recipient
    )
    found = kit.private_of(made(private=encoded(told), cases=cases(*given_cases)), LAPTOP)
    assert (found.words, found.help_numbers) == (tuple(words), tuple(listed))
    assert (found.rules, found.cases) == (rules, given_cases)


def test_a_kit_without_cases_has_none() -> None:
    """Before its test record was opened, a laptop has nobody to go to."""
    assert kit.private_of(made(), LAPTOP).cases == ()


@given(st.integers(0, 300))
@settings(max_examples=20)
def test_the_number_of_cases_cannot_be_told_from_the_size(count: int) -> None:
    """One case or three hundred: one grain of sixteen kilobytes, and what age adds."""
    many = cases(*[Case("K7Q2-M4T9", "H01")] * count)
    assert len(base64.b64decode(many)) == age.sealed_size(16384, [LAPTOP.recipient])


def test_the_private_part_opens_for_its_laptop_alone() -> None:
    """Not for another laptop, and not for the study's own key."""
    for other in (age.HybridIdentity.generate(), STUDY):
        with pytest.raises(KitError, match="not sealed to this laptop"):
            kit.private_of(made(), other)
        with pytest.raises(KitError, match="not sealed to this laptop"):
            kit.private_of(made(cases=cases()), other)


@pytest.mark.parametrize("other", [{"study": "t"}, {"device": "L02"}])
def test_the_private_part_of_another_study_or_laptop_is_refused(other: dict[str, str]) -> None:
    """A list of cases put into a kit that it was not made for."""
    for changed in ({"private": private(**other)}, {"cases": cases(**other)}):
        with pytest.raises(KitError, match="another study or laptop"):
            kit.private_of(made(**changed), LAPTOP)


@pytest.mark.parametrize("changed", [PRIVATE[:-8] + "AAAA" + PRIVATE[-4:], PRIVATE[:-4], "é", ""])
def test_a_private_part_that_is_damaged_is_refused(changed: str) -> None:
    """Changed, cut short, no base64, nothing at all."""
    with pytest.raises(KitError, match="damaged; ask for a new kit"):
        kit.private_of(made(private=changed), LAPTOP)


def test_what_follows_the_private_part_is_zeros() -> None:
    """Nothing hides behind it, and its size is a multiple of the grain."""
    value = b'{"study":"s","device":"L01","cases":[]}'
    for content in (value.ljust(16384, b"1"), value):
        hidden = encoded(age.seal(content, [LAPTOP.recipient]))
        with pytest.raises(KitError, match="damaged"):
            kit.private_of(made(cases=hidden), LAPTOP)


@pytest.mark.parametrize(
    "value",
    [{}, {"cases": 1}, {"cases": [["K7Q2-M4T9"]]}, {"cases": [["K7Q2-M4T9", 1]]}, {"cases": None}],
)
def test_cases_of_another_version_are_refused(value: dict[str, object]) -> None:
    """A list that is none is not read as an empty one."""
    with pytest.raises(KitError, match="another version"):
        kit.private_of(made(cases=sealed(value)), LAPTOP)


@pytest.mark.parametrize("inside", [b"[" * 8_000, b'{"study":"\\ud800"}', b'{"a":' * 3_000])
def test_a_list_of_cases_that_is_no_json_is_damaged(inside: bytes) -> None:
    """Whoever has the laptop's enrolment file can seal one: nested too deep, half a character."""
    hidden = encoded(age.seal(inside.ljust(16384, b"\0"), [LAPTOP.recipient]))
    with pytest.raises(KitError, match="damaged"):
        kit.private_of(made(cases=hidden), LAPTOP)


@pytest.mark.parametrize("attempts", [0, -1, True, "4", None])
def test_rules_that_are_none_are_refused(attempts: object) -> None:
    """Every rule is a whole number from one up."""
    value = {"words": [], "help_numbers": [], "rules": asdict(Rules()) | {"attempts": attempts}}
    with pytest.raises(KitError, match="another version"):
        kit.private_of(made(private=sealed(value)), LAPTOP)


def test_nothing_private_shows_in_a_repr_or_in_the_kit_itself() -> None:
    """No case, hotel or word in a traceback, and none readable in the file."""
    # Each with a character that base64 lacks: three of its letters stand somewhere by chance.
    content = kit.sign(made(cases=cases(Case("K7Q2-M4T9", "Hotel-01"))), KEY)
    found = kit.private_of(kit.read(content).kit, LAPTOP)
    private = ("K7Q2-M4T9", "Hotel-01", "tel du Nord")
    assert not any(text in repr(found) + repr(found.cases) for text in private)
    assert not any(text.encode() in content for text in private)


# --- compared aloud -----------------------------------------------------------------------------


def test_a_key_is_six_words_that_can_be_said() -> None:
    """Five letters each, as proquints are; the words of this key never change."""
    words = kit.fingerprint(KEY.public_key().public_bytes_raw())
    assert len(words.split()) == 6
    assert all(len(word) == 5 for word in words.split())
    assert words == "gukit sajig zuhud hahuk disum pamup"
    assert kit.fingerprint(b"another") != words


def test_the_words_are_proquints() -> None:
    """127.0.0.1 is lusab babad in the paper that proposes them (Wilkerson 2009)."""
    assert kit.spoken(bytes([127, 0, 0, 1] * 3)).split()[:2] == ["lusab", "babad"]


def test_the_words_tell_every_digest_apart() -> None:
    """Sixteen bits a word, without a loss."""
    words = {kit.spoken(number.to_bytes(2, "big") + bytes(10)) for number in range(65536)}
    assert len(words) == 65536
