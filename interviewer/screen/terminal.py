"""The full-screen front end: one application for the whole interview, in the alternate screen.

The terminal meets the interview here and nowhere else. A key goes to `strokes.py`, which returns the
next view; the answer it gave, if any, is made durable; then `sheet.py` and `page.py` write the view on
the screen. Nothing of it is left on the terminal afterwards, and the end of input is never an answer.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from interviewer.interview import Interview, begin
from interviewer.screen.azerty import unshifted
from interviewer.screen.cover import is_locked, locked, paused, uncovered, unlocked
from interviewer.screen.keys import action_of
from interviewer.screen.page import Laid, lay_out
from interviewer.screen.secret import Secret
from interviewer.screen.sheet import sheet_of
from interviewer.screen.strokes import paste, press, type_in
from interviewer.screen.typed import Escape, cleaned
from interviewer.screen.view import View, actions, begun, is_unseen
from interviewer.sitting import Setting, Sitting

# A digit picks an answer and moves on by itself. Who presses Enter after it out of habit does so within
# this many seconds, and has not read the next question yet: that Enter must not leave it blank.
HABIT = 0.4

# Each style differs by weight, underline or reverse, or stands behind a sign: never by colour alone.
STYLE = Style.from_dict(
    {
        "heading": "",
        "progress": "",
        "card": "underline",
        "practice": "bold reverse ansiyellow",
        "section": "underline",
        "question": "bold",
        "hint": "italic ansicyan",
        "code": "bold",
        "answer": "",
        "picked": "bold",
        "prompt": "ansicyan",
        "typed": "bold",
        "error": "bold ansired",
        "note": "italic",
        "mark": "reverse",
        "footer": "reverse",
    }
)


def hold(
    interview: Interview,
    setting: Setting,
    input: Input | None = None,
    output: Output | None = None,
    clock: Callable[[], float] = time.time,
) -> Sitting:
    """Hold the interview on the whole screen, and return how far it went.

    The end of input, a hang-up and a termination end it as interrupted, with every answer given so
    far. What `setting.durable` raises ends it too, and is raised here. `clock`, in seconds, says how
    long no key was pressed; it should go on while the lid is closed.
    """
    screen = _Screen(begun(interview), setting, input, output, clock)
    return screen.run()


class _Screen:
    """The one mutable thing: which view is shown, and where the keyboard is in an escape sequence."""

    def __init__(
        self,
        view: View,
        setting: Setting,
        input: Input | None,
        output: Output | None,
        clock: Callable[[], float],
    ) -> None:
        self.view = view
        self.setting = setting
        self.laid = Laid((), 0, 1)
        self.escape = Escape()
        self.clock = clock
        self.last_key = clock()
        self.moved_on = -HABIT  # when a code that was typed moved on to another question
        self.secret = Secret()
        self.failure: BaseException | None = None
        bindings = KeyBindings()
        bindings.add(Keys.Any)(self.pressed)
        control = FormattedTextControl(self.fragments, focusable=True, show_cursor=True)
        self.application: Application[None] = Application(
            layout=Layout(Window(control, wrap_lines=False)),
            key_bindings=bindings,
            style=STYLE,
            include_default_pygments_style=False,
            full_screen=True,
            erase_when_done=True,
            input=input,
            output=output,
        )

    def run(self) -> Sitting:
        application = self.application
        application.output.set_title(self.setting.title)
        try:
            with _hangup_interrupts(application):
                application.run(pre_run=self.watch, set_exception_handler=False)
        except (EOFError, KeyboardInterrupt):
            pass
        except OSError:  # the terminal is gone; what durable raised comes out below
            pass
        finally:
            self.secret.wipe()
            clear_typeahead(application.input)
            _clear_title(application.output)
        if self.failure is not None:
            raise self.failure
        return _sitting(self.view)

    def fragments(self) -> StyleAndTextTuples:
        """Return the screen as prompt_toolkit takes it."""
        try:
            size = self.application.output.get_size()
            if self.view.size != (size.columns, size.rows):
                self.view = replace(self.view, size=(size.columns, size.rows))
            sheet = sheet_of(self.view, self.setting)
            self.laid = lay_out(
                sheet, size.columns, size.rows, self.view.page, follows=self.view.follows
            )
        except Exception as error:
            self.fail(error)
            return []
        written: StyleAndTextTuples = []
        for line in self.laid.lines:
            # prompt_toolkit would underline a no-break space in yellow; lines are broken by now
            written.extend((style, text.replace("\xa0", " ")) for style, text in line)
            written.append(("", "\n"))
        return written[:-1]

    def pressed(self, event: KeyPressEvent) -> None:
        """Take one key; what it does is `strokes.py`'s."""
        if self.view.ending is not None:
            return
        try:
            if not self.hide_if_idle():  # a key that comes back from a pause answers nothing
                self.show(self.after(event.key_sequence[0].key, event.data))
        except BaseException as error:
            self.fail(error)

    def after(self, key: Keys | str, data: str) -> View:
        """Return the view after a key; one that belongs to an escape sequence does nothing."""
        stroke = key.value if isinstance(key, Keys) else key
        now = self.application.loop.time() if self.application.loop else 0.0
        self.escape, is_swallowed = self.escape.after(stroke, now)
        if is_swallowed:
            return self.view
        action = action_of(stroke)
        if action in {"page_down", "page_up"} and (
            self.view.mode != "paused" or self.laid.pages > 1
        ):
            page = self.laid.page + (1 if action == "page_down" else -1)
            page = max(0, min(page, self.laid.pages - 1))
            return replace(self.view, page=page, follows=False)
        if self.view.mode == "paused":
            is_event = len(stroke) > 1 and stroke.startswith("<")  # a report, no key
            is_locking = self.setting.unlock is not None
            return self.view if is_event else uncovered(self.view, is_locking=is_locking)
        if self.view.mode == "locked":
            return self.behind_the_lock(key, data)
        if key == Keys.BracketedPaste:
            return paste(self.view, data)
        moved_on, self.moved_on = self.moved_on, -HABIT  # only the very next key is a habit
        if action == "enter" and now - moved_on < HABIT and is_unseen(self.view):
            return self.view
        if action is not None:
            return press(self.view, action, self.setting.scrubber)
        if isinstance(key, Keys) or len(stroke) != 1:
            return self.view
        typed = unshifted(self.view, stroke) if self.setting.keyboard == "azerty" else stroke
        view = type_in(self.view, typed, self.setting.scrubber)
        if view.step != self.view.step:
            self.moved_on = now
        return view

    def behind_the_lock(self, key: Keys | str, data: str) -> View:
        """Return the view after a key while the screen is locked: the passphrase is typed unseen."""
        action = action_of(key.value if isinstance(key, Keys) else key)
        if action == "enter" and self.setting.unlock is not None:
            return unlocked(self.view, is_right=self.secret.is_right(self.setting.unlock))
        if action == "backspace":
            self.secret.erase()
        elif key == Keys.BracketedPaste or not isinstance(key, Keys):
            self.secret.add(cleaned(data))
        elif action in actions(self.view):
            self.secret.wipe()
            return press(self.view, action, self.setting.scrubber) if action else self.view
        return self.view

    def watch(self) -> None:
        """Look every second whether it is time to lock."""

        async def look() -> None:
            while True:
                await asyncio.sleep(1)
                self.hide_if_idle(is_key=False)

        if self.setting.idle_minutes:
            self.application.create_background_task(look())

    def hide_if_idle(self, *, is_key: bool = True) -> bool:
        """Lock, or pause where there is no lock, after so long without a key; return whether it did."""
        now = self.clock()
        idle = now - self.last_key
        if is_key or idle < 0:  # the clock was set back: count from now
            self.last_key = now
        hide = paused if self.setting.unlock is None else locked
        is_hidden = self.view.mode == ("paused" if hide is paused else "locked")
        is_idle = 0 < 60 * self.setting.idle_minutes <= idle
        if not is_idle or is_hidden or self.view.ending is not None:
            return False
        self.show(hide(self.view))
        self.application.invalidate()
        return True

    def show(self, view: View) -> None:
        """Show the next view, once the answer that led to it is durable."""
        if view.given is not None:
            self.setting.durable(*view.given, view.interview.language)
        self.view = replace(view, given=None, size=self.view.size)
        if view.ending is not None:
            self.application.exit()

    def fail(self, error: BaseException) -> None:
        """End the sitting with an error, which `run` raises once the terminal is restored."""
        self.failure = self.failure or error
        if not self.application.is_done:
            self.application.exit()


def _sitting(view: View) -> Sitting:
    """Return what came of it; of an interview that was erased, the answers do not come out of here."""
    done = view.interview
    if view.ending == "erased":
        done = begin(done.plan, done.now, done.seed, done.language)
    return Sitting(done, view.ending or "interrupted", is_locked=is_locked(view))


def _clear_title(output: Output) -> None:
    try:
        output.clear_title()
        output.flush()
    except OSError:
        return  # the terminal is gone, and its title with it


@contextmanager
def _hangup_interrupts(application: Application[None]) -> Iterator[None]:
    """Make a hang-up or a termination the end of input, so that the terminal is restored."""

    def hang_up() -> None:
        if application.is_running and not application.is_done:
            application.exit(exception=EOFError())

    def handle(number: int, frame: object) -> None:
        if application.loop is not None:
            application.loop.call_soon_threadsafe(hang_up)

    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    names = [name for name in ("SIGHUP", "SIGTERM") if hasattr(signal, name)]
    before = {
        number: signal.signal(number, handle)
        for number in (getattr(signal, name) for name in names)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
