"""The key map of the screen: which key does what, and what the footer and the help page say of it.

Every action has a function key and a Ctrl key: old laptops hide the one, terminals take the other
(F11 is full screen in some).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from surveys.language import _

Action = Literal[
    "help",
    "back",
    "refused",
    "dont_know",
    "not_applicable",
    "comment",
    "pause",
    "stop",
    "jump",
    "everything",
    "turn",
    "suspend",
    "language",
    "enter",
    "interrupt",
    "page_down",
    "page_up",
    "left",
    "right",
    "home",
    "end",
    "backspace",
    "delete",
]
EDITING: tuple[Action, ...] = ("left", "right", "home", "end", "backspace", "delete")


@dataclass(frozen=True, slots=True)
class Key:
    """One action's keys: `strokes` as prompt_toolkit names them, `shown` as printed on a keyboard."""

    action: Action
    strokes: tuple[str, ...]
    shown: tuple[str, ...] = ()
    label: Callable[[], str] = str


# In the order of the footer; a key without `shown` is never listed.
KEYS: tuple[Key, ...] = (
    Key("help", ("f1", "c-g"), ("F1", "Ctrl-G"), lambda: _("help")),
    Key("back", ("f3", "s-tab"), ("F3", "Shift-Tab"), lambda: _("back")),
    Key("refused", ("f4", "c-r"), ("F4", "Ctrl-R"), lambda: _("refused")),
    Key("dont_know", ("f5", "c-k"), ("F5", "Ctrl-K"), lambda: _("don't know")),
    Key("not_applicable", ("f11", "c-y"), ("F11", "Ctrl-Y"), lambda: _("not applicable")),
    Key("suspend", ("f8", "c-x"), ("F8", "Ctrl-X"), lambda: _("suspend")),
    Key("stop", ("f10", "c-e"), ("F10", "Ctrl-E"), lambda: _("stop")),
    Key("comment", ("f6", "c-t"), ("F6", "Ctrl-T"), lambda: _("comment")),
    Key("language", ("c-l",), ("Ctrl-L",), lambda: _("language")),
    Key("pause", ("f7", "c-p"), ("F7", "Ctrl-P"), lambda: _("pause")),
    Key("jump", ("f2", "c-n"), ("F2", "Ctrl-N"), lambda: _("go to a question")),
    Key("everything", ("c-i",), ("Tab",), lambda: _("all the questions")),
    Key("turn", ("f9", "c-o"), ("F9", "Ctrl-O"), lambda: _("turn the screen")),
    Key("enter", ("c-m", "c-j")),
    Key("interrupt", ("c-c", "<sigint>")),
    Key("page_down", ("pagedown",)),
    Key("page_up", ("pageup",)),
    Key("left", ("left",)),
    Key("right", ("right",)),
    Key("home", ("home",)),
    Key("end", ("end",)),
    Key("backspace", ("c-h",)),
    Key("delete", ("delete",)),
)
_BY_STROKE: dict[str, Action] = {stroke: key.action for key in KEYS for stroke in key.strokes}


def action_of(stroke: str) -> Action | None:
    """Return what a key does; None for a character, or for a key that does nothing."""
    return _BY_STROKE.get(stroke)


def footer(available: Collection[Action]) -> tuple[str, ...]:
    """Return “F1 help” and its like for the actions that would do something now, most useful first."""
    return tuple(f"{key.shown[0]} {key.label()}" for key in _listed(available))


def help_lines(available: Collection[Action]) -> tuple[tuple[str, str], ...]:
    """Return (“F1, Ctrl-G”, “help”) and its like, as the help page lists them."""
    return tuple((", ".join(key.shown), key.label()) for key in _listed(available))


def _listed(available: Collection[Action]) -> list[Key]:
    return [key for key in KEYS if key.shown and key.action in available]
