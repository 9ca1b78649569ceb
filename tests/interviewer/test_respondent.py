"""The simulated respondent: what it says comes from its script and its chance, and from nothing else."""

from __future__ import annotations

import random
from datetime import datetime

from interviewer.interview import begin
from interviewer.respondent import Respondent, answer_all
from interviewer.scrub import Scrubber
from surveys.codes import is_card
from surveys.load import load
from surveys.plan import plan

FORM = """\
souspli: 1
form: {id: t, version: "1", title: T}
nonresponse: []
survey:
  - {type: text, name: card, label: Card, keep: link, format: card_code}
  - {type: integer, name: age, label: Age}
"""


def said(seed: int, card: str | None = None) -> dict[str, str]:
    """Return what a simulated person says in an interview of this form."""
    form = load(FORM, "t.yaml").instrument
    assert form is not None
    script = {} if card is None else {"card": card}
    person = Respondent(random.Random(seed), script)
    begun = begin(plan(form), datetime(2022, 4, 11), "s")
    answers = answer_all(begun, person, Scrubber()).interview.answers
    return {node.name: answer.value for node, answer in answers.items()}


def test_a_simulated_person_has_a_card_and_the_same_one_each_time() -> None:
    """Valid, drawn by the chance of the simulation: one seed gives one study."""
    cards = [said(seed)["card"] for seed in range(50)]
    assert all(is_card(card) for card in cards)
    assert len(set(cards)) == 50
    assert cards == [said(seed)["card"] for seed in range(50)]


def test_a_script_says_which_card_it_is() -> None:
    """As anyone types it."""
    assert said(1, "ooooOOOO000lzv")["card"] == "0000-0000-0001-ZV"
