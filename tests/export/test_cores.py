"""Work spread over the cores: the same results in the same order, whoever did it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence

import pytest

from export import cores
from surveys.problems import Refusal


def tripled(by: int, batch: Sequence[int]) -> list[int]:
    """Return numbers times `by`."""
    return [by * one for one in batch]


def killed(_about: None, batch: Sequence[int]) -> list[int]:
    """Die as a process does that the system kills for its memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return list(batch)


def refused(_about: None, batch: Sequence[int]) -> list[int]:
    """Fail as a disk does."""
    raise Refusal("the disk is full; free some space")


@pytest.mark.parametrize("count", [0, 1, cores.BATCH, 1000])
@pytest.mark.parametrize("little", [0, 10**9])
def test_results_come_in_the_order_of_the_things(
    count: int, little: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process where there is little to do, in others where there is much."""
    monkeypatch.setattr(cores, "LITTLE", little)
    with cores.crew(count) as crew:
        assert (crew.pool is None) == (little > count or os.cpu_count() == 1)
        assert list(crew.spread(tripled, 3, range(count))) == [3 * n for n in range(count)]
        assert list(crew.spread(tripled, 2, range(5))) == [0, 2, 4, 6, 8]


def test_only_a_few_batches_are_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many things there are, those not yet worked on have not been asked for."""
    monkeypatch.setattr(cores, "LITTLE", 0)
    asked = 0

    def things() -> Iterator[int]:
        nonlocal asked
        for one in range(100_000):
            asked += 1
            yield one

    with cores.crew(100_000) as crew:
        results = crew.spread(tripled, 1, things())
        assert [next(results) for _first in range(3)] == [0, 1, 2]
        assert asked <= cores.BATCH * (3 * crew.cores + 1)


@pytest.mark.skipif(
    os.name != "posix" or os.cpu_count() == 1, reason="needs another process to kill"
)
def test_a_process_killed_from_outside_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence with a remedy; nothing hangs."""
    monkeypatch.setattr(cores, "LITTLE", 0)
    with cores.crew(10) as crew, pytest.raises(Refusal, match="stopped from outside"):
        list(crew.spread(killed, None, range(10)))


@pytest.mark.parametrize("little", [0, 10**9])
def test_what_the_work_refuses_is_refused_here(
    little: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk says so, whichever process met it."""
    monkeypatch.setattr(cores, "LITTLE", little)
    with cores.crew(10) as crew, pytest.raises(Refusal, match="free some space"):
        list(crew.spread(refused, None, range(10)))
