"""Text, and the one text that is no words: the code of a participant's card."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import codes
from surveys.check import check
from surveys.codes import ALPHABET, card_of, is_card
from surveys.instrument import Question
from surveys.kinds import KINDS, WhyNot
from surveys.load import load
from surveys.overview.rehearsal import rehearse
from surveys.plan import plan

HEAD = 'souspli: 1\nform: {id: t, version: "1", title: T}\nsurvey:\n'
BODIES = st.text(ALPHABET, min_size=12, max_size=12)


def question(more: str) -> Question:
    """Return a question of type text with these keys."""
    found = load(f"{HEAD}  - {{type: text, name: a, label: A, {more}}}\n", "f.yaml")
    assert found.instrument is not None
    assert found.problems == ()
    return next(found.instrument.questions())


def problems(*items: str) -> list[str]:
    """Return what the check finds in a questionnaire of these items."""
    source = HEAD + "".join(f"  - {{{item}}}\n" for item in items)
    return [str(problem) for problem in check(source, "f.yaml").problems]


CARD = question("keep: link, format: card_code")
WORDS = question("keep: scrub")


def read(asked: Question, typed: str) -> str | WhyNot:
    return KINDS["text"].read(asked, typed, ())


@given(BODIES, st.sampled_from(["-", "", " ", "  "]), st.booleans())
def test_a_card_code_is_kept_as_it_is_printed(body: str, mark: str, is_lower: bool) -> None:
    """However it is typed: hyphens, spaces, capitals, and I, L and O for 1 and 0."""
    code = card_of(body)
    typed = code.replace("-", mark).replace("0", "O").replace("1", "l")
    assert read(CARD, typed.lower() if is_lower else typed) == code


@given(BODIES, st.integers(0, 13), st.sampled_from(ALPHABET))
def test_a_card_code_with_one_wrong_character_is_asked_again(
    body: str, place: int, letter: str
) -> None:
    """And what is said holds none of it."""
    plain = card_of(body).replace("-", "")
    wrong = plain[:place] + letter + plain[place + 1 :]
    found = read(CARD, wrong)
    if wrong == plain:
        assert found == card_of(body)
    else:
        assert found == WhyNot("A character of this code is wrong. Compare each one with the card.")


@given(BODIES, st.integers(0, 13), st.sampled_from(["", "77"]))
def test_a_card_code_with_a_character_too_few_or_too_many_is_asked_again(
    body: str, place: int, instead: str
) -> None:
    """It is said how many there are, for that is what is wrong."""
    plain = card_of(body).replace("-", "")
    told = "Type the 14 characters of the code on the card: one is missing, or too many."
    assert read(CARD, plain[:place] + instead + plain[place + 1 :]) == WhyNot(told)


@given(BODIES, st.integers(0, 12))
def test_a_card_code_with_two_characters_exchanged_is_asked_again(body: str, place: int) -> None:
    """Unless they are alike."""
    plain = card_of(body).replace("-", "")
    one, two = plain[place], plain[place + 1]
    found = read(CARD, plain[:place] + two + one + plain[place + 2 :])
    assert isinstance(found, str) == (one == two)


@given(st.text())
def test_no_other_text_is_taken_for_a_card_code(typed: str) -> None:
    """Whatever is typed: a code in its normal form, or what to type."""
    found = read(CARD, typed)
    assert isinstance(found, WhyNot) or is_card(found)


@given(BODIES)
def test_a_text_in_ones_own_words_is_no_card_code(body: str) -> None:
    """It stays as it was typed, were it a code or a wrong one."""
    assert read(WORDS, body.lower()) == body.lower()
    assert read(WORDS, card_of(body).lower()) == card_of(body).lower()


def test_a_card_code_has_room_for_itself_and_no_more() -> None:
    """So that links are as small as they can be."""
    assert CARD.max_length == codes.CARD_WRITTEN == len(codes.new_card())
    assert WORDS.max_length == 500


@pytest.mark.parametrize("rule", ["link", "never"])
def test_the_code_of_a_card_may_be_for_the_custodian_or_for_nobody(rule: str) -> None:
    """Required or not, with or without refusal, alone or in a group."""
    one = f"type: text, name: a, label: A, format: card_code, keep: {rule}"
    other = f"type: text, name: b, label: B, format: card_code, keep: {rule}, nonresponse: []"
    group = f"type: group, name: g, label: G, questions: [{{{other}}}]"
    assert problems(one + ", required: yes", group) == []


AMONG = "the code of a card among the answers tells whose they are; "
AMONG += "write “keep: link”, or “keep: never”"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("format: card_code", f"f.yaml:4:45: a: {AMONG}"),
        ("format: card_code, keep: scrub", f"f.yaml:4:62: a: {AMONG}"),
        ("keep: as_given, format: card_code", f"f.yaml:4:43: a: {AMONG}"),
        ("format: card_code, keep: {prefix: 4}", f"f.yaml:4:62: a: {AMONG}"),
        (
            "format: card_code, keep: link, max_length: 17",
            "f.yaml:4:80: a: the code of a card has a length of its own; remove “max_length”",
        ),
        (
            "keep: link, format: cart_code",
            "f.yaml:4:57: a: “cart_code” is not possible here; use one of: card_code",
        ),
    ],
)
def test_the_code_of_a_card_stays_away_from_the_answers(more: str, told: str) -> None:
    """With its place and what to write instead."""
    assert problems(f"type: text, name: a, label: A, {more}") == [told]


@pytest.mark.parametrize("kind", ["integer", "date", "note", "acknowledge", "hidden"])
def test_only_a_text_can_be_a_card_code(kind: str) -> None:
    """Another type says so at the key."""
    told = f"“format: card_code” does not suit an item of type {kind}; use text"
    found = problems(f"type: {kind}, name: a, label: A, keep: never, format: card_code")
    assert [one.partition(": a: ")[2] for one in found] == [told]


def test_a_questionnaire_gone_through_without_a_person_has_cards() -> None:
    """Drawn by its chance: the same seed draws the same."""
    item = "{type: text, name: a, label: A, keep: link, format: card_code, nonresponse: []}"
    loaded = load(f"{HEAD}  - {item}\n", "f.yaml").instrument
    assert loaded is not None

    def drawn(seed: int) -> str:
        route = rehearse(plan(loaded), random.Random(seed), datetime(2022, 4, 11))
        return route.stops[0].draw.value

    cards = [drawn(seed) for seed in range(20)]
    assert all(is_card(card) for card in cards)
    assert len(set(cards)) == 20
    assert cards == [drawn(seed) for seed in range(20)]
