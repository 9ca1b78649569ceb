"""What hides the interview, and what ends it for good: pause, lock, stop, erase.

A pause or a lock lies over whatever was looked at and shows nothing of it. Behind either, a section
that the respondent fills in begins anew at its question: whoever comes back may be someone else.
"""

from __future__ import annotations

from dataclasses import replace

from interviewer.screen.entries import Entry
from interviewer.screen.sift import folded
from interviewer.screen.view import View, bottom, given_to, is_private, look_at, over
from surveys.language import _


def paused(view: View) -> View:
    """Return a neutral page; any key leaves it."""
    while view.mode in {"leave", "stop", "erase"} and view.below is not None:
        view = view.below
    return over(view, "paused")


def locked(view: View) -> View:
    """Return a neutral page that only the passphrase leaves."""
    under = view.below if view.mode == "paused" and view.below else view
    return _lock(view) or over(under, "locked")


def is_locked(view: View) -> bool:
    """Whether a lock lies anywhere over the interview."""
    return _lock(view) is not None


def _lock(view: View) -> View | None:
    """Return the lock that lies over an interview, None where there is none."""
    under: View | None = view
    while under is not None and under.mode != "locked":
        under = under.below
    return under


def uncovered(view: View, *, is_locking: bool) -> View:
    """Return what a key makes of a pause: what it hid, or the lock where there is one."""
    if view.below is None:
        return view
    return locked(view) if is_locking else replace(view.below, given=None)


def unlocked(view: View, *, is_right: bool) -> View:
    """Return what the lock hid, if the passphrase was right."""
    if view.below is None:
        return view
    if not is_right:
        return replace(view, message=_("That is not the passphrase."))
    under = bottom(view)
    if under.step is None or not is_private(under):
        return replace(view.below, given=None)
    again = look_at(under.interview, under.step, frozenset())
    return given_to(replace(again, sent_back=under.sent_back))


# --- stopping -----------------------------------------------------------------------------------


def ways_to_stop(*, is_trial: bool = False) -> tuple[Entry, ...]:
    """Return what can be done by someone who wants to stop; a trial is just ended."""
    pause = Entry("1", _("Pause: the screen is hidden, the interview goes on later"))
    if is_trial:
        return (pause, Entry("2", _("End the trial")))
    return (
        pause,
        Entry("2", _("Stop: what was answered is kept")),
        Entry("3", _("Stop and erase: nothing of the interview is kept")),
    )


def stopped(view: View, character: str) -> View:
    """Return what a code typed on the page of stopping does."""
    match character:
        case "1":
            return paused(view)
        case "2":
            return replace(view, ending="stopped")
        case "3":
            return over(view, "erase")
    return replace(view, message=_("Type 1, 2 or 3."))


def erased(view: View) -> View:
    """Return the end of an interview that leaves nothing, if the word that confirms it was typed."""
    if folded(view.typed.text.strip()) == folded(_("erase")):
        return replace(view, ending="erased")
    return replace(
        view, message=_("Nothing is erased without the word “{word}”.").format(word=_("erase"))
    )
