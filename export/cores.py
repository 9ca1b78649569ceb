"""Work on many small things, spread over the cores: in order, with little of it under way at a time.

What is done to one batch is a plain function, known by name, so that it runs the same in this process
(where there is little to do, or one core) and in others. However many things there are, only a few
batches are in memory.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from surveys.language import _
from surveys.problems import Refusal

LITTLE = 2_000  # things that one core has done before others have started
BATCH = 128
_UNDER_WAY = 3  # batches for each core: one worked on, the others ready

About = TypeVar("About")
Thing = TypeVar("Thing")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Crew:
    """The processes that work; none where this one does it all."""

    pool: ProcessPoolExecutor | None
    cores: int

    def spread(
        self,
        work: Callable[[About, Sequence[Thing]], Sequence[Result]],
        about: About,
        things: Iterable[Thing],
    ) -> Iterator[Result]:
        """Yield what `work(about, batch)` returns for each thing, in the order of the things.

        `work` is a function of a module; `about`, things and results go from process to process.
        Raises Refusal where one of them was killed.
        """
        left = iter(things)
        batches = iter(lambda: list(islice(left, BATCH)), [])
        if self.pool is None:
            for batch in batches:
                yield from work(about, batch)
            return
        under_way: deque[Future[Sequence[Result]]] = deque()
        try:
            for batch in batches:
                under_way.append(self.pool.submit(work, about, batch))
                if len(under_way) >= _UNDER_WAY * self.cores:
                    yield from under_way.popleft().result()
            while under_way:
                yield from under_way.popleft().result()
        except BrokenProcessPool as error:
            raise Refusal(
                _("a process of this command was stopped from outside; free some memory, try again")
            ) from error


@contextmanager
def crew(count: int) -> Iterator[Crew]:
    """Give those who work on so many things in all: every core, where it is worth starting them."""
    cores = os.cpu_count() or 1
    if count < LITTLE or cores == 1:
        yield Crew(None, 1)
        return
    context = multiprocessing.get_context("spawn")  # the same everywhere, and safe beside threads
    pool = ProcessPoolExecutor(cores, mp_context=context, initializer=_begin)
    try:
        yield Crew(pool, cores)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
