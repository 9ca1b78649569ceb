"""The terminal of the session: one question at a time, and nothing of it left afterwards.

Everything is shown in the alternate screen, erased before the next page and when the session ends: the
scrollback never holds a case, a place or an outcome. Left alone too long, it asks the passphrase again
before it shows anything. Ctrl-C goes back one level, which `Back` says; `Gone` says that the terminal
is gone, or that nobody gave the passphrase.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import questionary
from prompt_toolkit.application import Application, create_app_session, get_app_session
from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.output import Output, create_output
from questionary.question import Question

from interviewer.passphrases import TRIES
from interviewer.screen.page import wrapped
from interviewer.session.frame import STYLE, Page, dress
from surveys.language import _

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_ROOM = 6  # lines that a list of choices keeps, with its question and the key line
_SMALL = 3  # lines that one choice, or one line of text, keeps with the same


class Back(Exception):
    """The interviewer wants to go back one level."""


class Gone(Exception):
    """There is nobody at the terminal any more: the session ends."""


class _Idle(Exception):
    """Nobody pressed a key for too long."""


@dataclass(frozen=True, slots=True, repr=False)
class Option(Generic[T_co]):
    """A choice: what it stands for, and its words."""

    value: T_co
    words: str


@dataclass(frozen=True, slots=True, repr=False)
class Title:
    """A line over choices that is none itself."""

    words: str


@dataclass
class Dialogue:
    """The terminal while a session has it. `unlock` says whether a passphrase is this laptop's.

    `idle_minutes` of 0 never lock. `clock`, in seconds, goes on while the lid is closed.
    """

    title: str
    unlock: Callable[[bytearray], bool]
    idle_minutes: int
    clock: Callable[[], float] = time.time
    input: Input | None = None
    output: Output = field(default_factory=create_output)
    _remark: str = field(init=False, default="")
    _last_key: float = field(init=False, default=0.0)
    _is_left: bool = field(init=False, default=False)
    _is_gone: bool = field(init=False, default=False)
    _running: Application[Any] | None = field(init=False, default=None)

    @contextmanager
    def on_screen(self) -> Iterator[None]:
        """Have the alternate screen, and give it back empty, whatever happens meanwhile."""
        if hasattr(self.output, "enable_cpr"):
            self.output.enable_cpr = False  # pages begin at the top: nobody need ask where
        self.attended()
        with create_app_session(self.input, self.output), self._told_to_end():
            try:
                self.enter()
                yield
            finally:
                self.leave()

    def enter(self) -> None:
        """Take the alternate screen, empty; also after a child process has had the terminal."""
        self.output.enter_alternate_screen()
        self.output.set_title(self.title)
        self._clear()

    def leave(self) -> None:
        """Empty the alternate screen and leave it."""
        try:
            self._clear()
            self.output.clear_title()
            self.output.quit_alternate_screen()
            self.output.show_cursor()
            self.output.flush()
        except OSError:
            return  # the terminal is gone, and the screen with it

    def attended(self) -> None:
        """Reckon from now: whoever has the terminal has just been seen, or gave the passphrase."""
        self._last_key = self.clock()

    def lock(self) -> None:
        """Have the passphrase asked before anything is shown again."""
        self._is_left = True

    def remark(self, text: str) -> None:
        """Have something said on the next page, once."""
        self._remark = text

    # --- questions ------------------------------------------------------------------------------

    def select(
        self, page: Page, question: str, options: Sequence[Option[T] | Title], at: T | None = None
    ) -> T:
        """Return what was chosen; the pointer begins at `at`, else at the first choice."""
        values = {n: one.value for n, one in enumerate(options) if isinstance(one, Option)}
        start = next((n for n, value in values.items() if at is not None and value == at), None)

        def build() -> Question:
            choices = [
                questionary.Choice(one.words, value=n)
                if isinstance(one, Option)
                else questionary.Separator(f"── {one.words}")
                for n, one in enumerate(options)
            ]
            return questionary.select(
                question,
                choices,
                default=choices[start] if start is not None else None,
                qmark="",
                style=STYLE,
                instruction=" ",
                erase_when_done=True,
            )

        room = min(_ROOM, 2 + len(options))  # the question and the keys take a line each
        return values[self._answer(build, page, _("Enter: choose · Ctrl-C: back"), room)]

    def text(
        self, page: Page, question: str, wrong: Callable[[str], str], default: str = ""
    ) -> str:
        """Return a line that was typed, once `wrong` finds nothing wrong with it ('')."""

        def build() -> Question:
            return questionary.text(
                question,
                default=default,
                validate=lambda typed: wrong(typed.strip()) or True,
                validate_while_typing=False,
                qmark="",
                style=STYLE,
                erase_when_done=True,
            )

        typed = self._answer(build, page, _("Enter: done · Ctrl-C: back"), _ROOM)
        return str(typed).strip()

    def is_sure(self, page: Page, question: str, yes: str) -> bool:
        """Whether `yes` was chosen; the pointer begins at going back."""
        return self.select(page, question, [Option(False, _("No, go back")), Option(True, yes)])

    def tell(self, page: Page) -> None:
        """Show a page until it was read; a long one in several."""
        size = self.output.get_size()
        lines = [line for text in page.body for line in wrapped(text, size.columns - 1)]
        step = max(1, size.rows - _SMALL - 1)
        for start in range(0, max(1, len(lines)), step):
            shown = Page(page.heading, tuple(lines[start : start + step]))
            self.select(shown, "", [Option(True, _("Go on"))])

    # --- how they are asked ---------------------------------------------------------------------

    def _answer(self, build: Callable[[], Question], page: Page, keys: str, room: int) -> Any:
        """Ask, as often as the screen was locked meanwhile."""
        if self._remark:
            page = Page(page.heading, (self._remark, *page.body))
            self._remark = ""
        while True:
            self._require_somebody()
            try:
                answer = self._ask(build(), page, keys, room)
            except _Idle:
                continue
            if not self._is_left:
                return answer

    def _ask(self, question: Question, page: Page, keys: str, room: int) -> Any:
        application = question.application
        dress(application, page, keys, room)
        application.key_processor.before_key_press += lambda _sender: self._key_pressed()
        self._clear()
        if self._is_gone:
            raise Gone
        self._running = application
        try:
            return application.run(
                pre_run=lambda: self._watch(application), set_exception_handler=False
            )
        except KeyboardInterrupt as error:
            raise Back from error
        except (EOFError, OSError) as error:
            raise Gone from error
        finally:
            self._running = None
            self._clear()

    def _key_pressed(self) -> None:
        """Note that somebody is there; after too long, it may be somebody else."""
        self._is_left = self._is_left or self._is_idle()
        self.attended()

    def _is_idle(self) -> bool:
        now = self.clock()
        self._last_key = min(self._last_key, now)  # a clock that was set back: reckon from now
        return 0 < 60 * self.idle_minutes <= now - self._last_key

    def _watch(self, application: Application[Any]) -> None:
        """Look every second whether it is time to lock."""

        async def look() -> None:
            while not self._is_idle():
                await asyncio.sleep(1)
            self._is_left = True
            if not application.is_done:
                application.exit(exception=_Idle())

        if self._is_gone:  # told to end before there was a loop to tell
            application.exit(exception=EOFError())
        elif self.idle_minutes:
            application.create_background_task(look())

    # --- the lock -------------------------------------------------------------------------------

    def _require_somebody(self) -> None:
        """Ask the passphrase if the session was left alone; raises Gone after three wrong ones."""
        if not self._is_left and not self._is_idle():
            return
        clear_typeahead(get_app_session().input)
        page = Page(self.title, (_("Locked: nobody pressed a key for a while."),))
        minutes, self.idle_minutes = (
            self.idle_minutes,
            0,
        )  # the lock itself waits as long as it takes
        try:
            for _attempt in range(TRIES):
                if self.unlock(self._passphrase(page)):
                    self._is_left = False
                    self.attended()
                    return
                page = Page(self.title, (_("That is not the passphrase."),))
        except Back as error:
            raise Gone from error
        finally:
            self.idle_minutes = minutes
        raise Gone

    def _passphrase(self, page: Page) -> bytearray:
        question = questionary.password(
            _("Passphrase of {what}:").format(what=_("this laptop")),
            qmark="",
            style=STYLE,
            erase_when_done=True,
        )
        typed = self._ask(question, page, _("Enter: done · Ctrl-C: leave"), _SMALL)
        return bytearray(str(typed).encode("utf-8"))

    def _clear(self) -> None:
        self.output.erase_screen()
        self.output.cursor_goto(0, 0)
        self.output.flush()

    @contextmanager
    def _told_to_end(self) -> Iterator[None]:
        """Make a hang-up or a termination the end of the session, so that the terminal is restored.

        Between two questions Ctrl-C does nothing: what is being sealed is sealed.
        """

        def end(application: Application[Any]) -> None:
            if not application.is_done:
                application.exit(exception=EOFError())

        def handle(_number: int, _frame: object) -> None:
            self._is_gone = True
            application = self._running
            if application is not None and application.loop is not None:
                application.loop.call_soon_threadsafe(end, application)

        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread may handle signals
            return
        names = [name for name in ("SIGHUP", "SIGTERM") if hasattr(signal, name)]
        numbers = [getattr(signal, name) for name in names]
        before = {number: signal.signal(number, handle) for number in numbers}
        before[signal.SIGINT] = signal.signal(signal.SIGINT, lambda _number, _frame: None)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
