"""Rules of what is read on the screen: labels, languages, length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveys.checks.form import Form
from surveys.instrument import Choice, ChoiceList, Group, Item, Question
from surveys.kinds import KINDS
from surveys.language import _
from surveys.problems import Problem

LINES = 20  # of a terminal of 24, less its head, its foot and the line that is typed
COLUMNS = 76
CHOICES_SHOWN = 9  # a longer list scrolls


def labels(form: Form) -> Iterator[Problem]:
    """Whatever is shown has a label; a hint or a picture may stand for it, with a warning."""
    untyped = {problem.place for problem in form.problems if problem.check == "type"}
    for entry in form.entries:
        item = entry.item
        if item.label or not _is_shown(item) or item.place_of("type") in untyped:
            continue
        is_repeat = isinstance(item, Group)
        yield Problem(
            item.place,
            item.name,
            _("has no label"),
            _("add a label: it is asked before each") if is_repeat else _("add a label"),
            "label",
            "warning" if item.hint or _has_media(item.extra) else "error",
        )
    for found in form.instrument.lists.values():
        yield from _unlabelled(found)


def _is_shown(item: Item) -> bool:
    """Whether an item takes a place on the screen; a repeat does where it asks “another one?”."""
    if isinstance(item, Group):
        return item.kind == "repeat" and item.repeat_count is None
    return KINDS[item.kind].is_shown


def _has_media(columns: Mapping[str, str]) -> bool:
    return any(key.partition("::")[0] in {"media", "image", "audio", "video"} for key in columns)


def _unlabelled(found: ChoiceList) -> Iterator[Problem]:
    for choice in found.rows:
        if choice.name and not choice.label:
            yield Problem(
                choice.place,
                found.name,
                _("choice “{name}” has no label").format(name=choice.name),
                _("add a label; its name is shown meanwhile"),
                "label",
                "warning",
            )


def translations(form: Form) -> Iterator[Problem]:
    """A text that is translated is translated into every language of the form."""
    languages = tuple(form.instrument.languages)
    for _entry, subject, text in form.texts:
        written = text.by_language
        if len(written) >= len(languages) or "" in written:
            continue
        missing = [code for code in languages if code not in written]
        yield Problem(
            text.place,
            subject,
            _("a text is missing in: {languages}").format(languages=", ".join(missing)),
            _("translate it"),
            "translation",
            "warning",  # another language is shown; ODK shows nothing, or a dash
        )


def languages(form: Form) -> Iterator[Problem]:
    """The default language is one of the form's."""
    instrument = form.instrument
    if instrument.languages and instrument.default_language not in instrument.languages:
        yield Problem(
            instrument.places.get("default_language", instrument.place),
            "form",
            _("“{code}” is not a language of this form").format(code=instrument.default_language),
            _("use one of: {known}").format(known=", ".join(instrument.languages)),
            "language",
        )


def lengths(form: Form) -> Iterator[Problem]:
    """A question fits on a screen of 24 lines of 80: its text, its hint and up to nine choices."""
    tallest = {
        name: sum(sorted(_choice_height(choice) for choice in found.choices)[-CHOICES_SHOWN:])
        for name, found in form.instrument.lists.items()
    }
    for entry in form.entries:
        item = entry.item
        if not _is_shown(item) and not isinstance(item, Group):
            continue
        listed = item.choices.name if isinstance(item, Question) and item.choices else ""
        below = min(tallest.get(listed, 0), LINES)
        for language in item.label.by_language:
            label, hint = item.label.by_language[language], item.hint.by_language.get(language, "")
            if below <= CHOICES_SHOWN and len(label) + len(hint) < 304 and "\n" not in label + hint:
                continue  # four lines of 76, and nine: no need to count
            lines = _height(label) + (_height(hint) if hint else 0) + below
            if lines > LINES:
                yield Problem(
                    item.label.place,
                    item.name,
                    _("takes about {n} lines; a screen shows {most}").format(n=lines, most=LINES),
                    _("shorten it, or move part of it to guidance_hint"),
                    "long",
                    "warning",
                )
                break


def _choice_height(choice: Choice) -> int:
    texts = choice.label.by_language.values()
    return max((_height(text, COLUMNS - 6) for text in texts), default=1)


def _height(text: str, columns: int = COLUMNS) -> int:
    """Return about how many lines a text takes; each of its own lines takes at least one."""
    if len(text) <= columns and "\n" not in text:
        return 1
    return sum(max(1, -(-len(line) // columns)) for line in text.split("\n"))
