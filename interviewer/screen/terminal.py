"""The full-screen front end: one application for the whole interview, in the alternate screen.

The terminal meets the interview here and nowhere else. A key goes to `strokes.py`, which returns the
next view; the answer it gave, if any, is made durable; then `sheet.py` and `page.py` write the view on
the screen. Nothing of it is left on the terminal afterwards, and the end of input is never an answer.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
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

from interviewer.interview import Interview
from interviewer.screen.keys import action_of
from interviewer.screen.page import Laid, lay_out
from interviewer.screen.sheet import sheet_of
from interviewer.screen.strokes import paste, press, type_in
from interviewer.screen.typed import Escape
from interviewer.screen.view import View, begun
from interviewer.sitting import Setting, Sitting

# Each style differs by weight, underline or reverse, or stands behind a sign: never by colour alone.
STYLE = Style.from_dict(
    {
        "heading": "",
        "progress": "",
        "card": "underline",
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
    interview: Interview, setting: Setting, input: Input | None = None, output: Output | None = None
) -> Sitting:
    """Hold the interview on the whole screen, and return how far it went.

    The end of input, a hang-up and a termination end it as interrupted, with every answer given so
    far. What `setting.durable` raises ends it too, and is raised here.
    """
    screen = _Screen(begun(interview), setting, input, output)
    return screen.run()


class _Screen:
    """The one mutable thing: which view is shown, and where the keyboard is in an escape sequence."""

    def __init__(
        self, view: View, setting: Setting, input: Input | None, output: Output | None
    ) -> None:
        self.view = view
        self.setting = setting
        self.laid = Laid((), 0, 1)
        self.escape = Escape()
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
                application.run(set_exception_handler=False)
        except (EOFError, KeyboardInterrupt):
            pass
        except OSError:  # the terminal is gone; what durable raised comes out below
            pass
        finally:
            clear_typeahead(application.input)
            _clear_title(application.output)
        if self.failure is not None:
            raise self.failure
        return Sitting(self.view.interview, self.view.ending or "interrupted")

    def fragments(self) -> StyleAndTextTuples:
        """Return the screen as prompt_toolkit takes it."""
        try:
            size = self.application.output.get_size()
            sheet = sheet_of(self.view, self.setting)
            self.laid = lay_out(
                sheet, size.columns, size.rows, self.view.page, follows=self.view.follows
            )
        except Exception as error:
            self.fail(error)
            return []
        written: StyleAndTextTuples = []
        for line in self.laid.lines:
            written.extend(line)
            written.append(("", "\n"))
        return written[:-1]

    def pressed(self, event: KeyPressEvent) -> None:
        """Take one key; what it does is `strokes.py`'s."""
        if self.view.ending is not None:
            return
        try:
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
        if key == Keys.BracketedPaste:
            return paste(self.view, data)
        action = action_of(stroke)
        if action in {"page_down", "page_up"}:
            page = self.laid.page + (1 if action == "page_down" else -1)
            page = max(0, min(page, self.laid.pages - 1))
            return replace(self.view, page=page, follows=False)
        if action is not None:
            return press(self.view, action, self.setting.scrubber)
        is_character = not isinstance(key, Keys) and len(stroke) == 1
        return type_in(self.view, stroke, self.setting.scrubber) if is_character else self.view

    def show(self, view: View) -> None:
        """Show the next view, once the answer that led to it is durable."""
        if view.given is not None:
            self.setting.durable(*view.given)
        self.view = replace(view, given=None)
        if view.ending is not None:
            self.application.exit()

    def fail(self, error: BaseException) -> None:
        """End the sitting with an error, which `run` raises once the terminal is restored."""
        self.failure = self.failure or error
        if not self.application.is_done:
            self.application.exit()


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
