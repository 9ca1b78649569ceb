"""Text: what is typed, whole, in one normal form; or the code of a participant's card."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from surveys import codes
from surveys.instrument import Choice, Question
from surveys.kinds.kind import Kind, WhyNot
from surveys.language import _
from surveys.problems import Problem


def read(question: Question, typed: str, choices: Sequence[Choice]) -> str | WhyNot:
    """Return the text in NFC without spaces around it; control characters are refused.

    Length is judged after scrubbing, by whoever keeps the answer: a mark may be shorter than a name.
    """
    if question.format == "card_code":
        return _card(typed)
    text = unicodedata.normalize("NFC", typed.strip())
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        return WhyNot(_("Type plain text on one line."))
    return text


def _card(typed: str) -> str | WhyNot:
    """Return a card code as it is printed: one that is mistyped could never be found again."""
    code = codes.normal_card(typed)
    if codes.is_card(code):
        return code
    if sum(map(str.isalnum, typed)) == codes.CARD_LENGTH:
        return WhyNot(_("A character of this code is wrong. Compare each one with the card."))
    message = _("Type the {n} characters of the code on the card: one is missing, or too many.")
    return WhyNot(message.format(n=codes.CARD_LENGTH))


def card_problems(question: Question) -> Iterator[Problem]:
    """Yield what is wrong with a question for a card's code: where it is kept, and how much of it."""
    if question.format != "card_code":
        return
    if question.keep.rule not in {"link", "never"}:
        yield Problem(
            question.places.get("keep", question.place_of("format")),
            question.name,
            _("the code of a card among the answers tells whose they are"),
            _("write “keep: link”, or “keep: never”"),
            "format",
        )
    if "max_length" in question.places:
        yield Problem(
            question.place_of("max_length"),
            question.name,
            _("the code of a card has a length of its own"),
            _("remove “max_length”"),
            "format",
        )


TEXT = Kind("text", storage="text", read=read, problems=card_problems)
