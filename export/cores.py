"""Work on many small things, spread over the cores: in order, with little of it under way at a time.

What is done to one batch is a plain function, known by name, so that it runs the same in this process
(where there is little to do, or one core) and in others. However many things there are, only a few
batches are in memory.
"""

from __future__ import annotations

import copyreg
import functools
import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

from surveys.language import _
from surveys.problems import Refusal

LITTLE = 2_000  # things that one core has done before others have started
BATCH = 128
_MOST = 60  # processes: Windows waits for no more than 61 at once
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

        As `batches`.
        """
        for results in self.batches(work, about, things):
            yield from results

    def batches(
        self,
        work: Callable[[About, Sequence[Thing]], Result],
        about: About,
        things: Iterable[Thing],
        size: int = BATCH,
    ) -> Iterator[Result]:
        """Yield what `work(about, batch)` returns for each batch of at most `size` things, in order.

        `work` is a function of a module; `about`, things and results go from process to process.
        Raises Refusal where one of them was killed.
        """
        left = iter(things)
        batches = iter(lambda: list(islice(left, size)), [])
        if self.pool is None:
            for batch in batches:
                yield work(about, batch)
            return
        packed = _packed(about)
        under_way: deque[Future[Result]] = deque()
        try:
            for batch in batches:
                under_way.append(self.pool.submit(_worked, work, packed, batch))
                if len(under_way) >= _UNDER_WAY * self.cores:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool as error:
            raise Refusal(
                _("a process of this command was stopped from outside; free some memory, try again")
            ) from error


@contextmanager
def crew(count: int) -> Iterator[Crew]:
    """Give those who work on so many things in all: every core, where it is worth starting them."""
    cores = min(os.cpu_count() or 1, _MOST)
    if count < LITTLE or cores == 1:
        yield Crew(None, 1)
        return
    context = multiprocessing.get_context("spawn")  # the same everywhere, and safe beside threads
    pool = ProcessPoolExecutor(cores, mp_context=context, initializer=_begin)
    try:
        yield Crew(pool, cores)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _worked(
    work: Callable[[About, Sequence[Thing]], Result], packed: bytes, batch: Sequence[Thing]
) -> Result:
    return work(_unpacked(packed), batch)


def _packed(about: object) -> bytes:
    """Return what work is about as bytes. A mapping that cannot be changed is one again elsewhere."""
    target = BytesIO()
    pickler = pickle.Pickler(target)
    pickler.dispatch_table = copyreg.dispatch_table | {
        MappingProxyType: lambda one: (_frozen, (dict(one),))
    }
    pickler.dump(about)
    return target.getvalue()


def _frozen(one: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(one)


@functools.lru_cache(maxsize=1)
def _unpacked(packed: bytes) -> Any:
    """Return what work is about: the same for every batch, and large enough to be unpacked once."""
    return pickle.loads(packed)  # noqa: S301 - of the process that started this one


def _begin() -> None:
    """Leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
