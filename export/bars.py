"""A progress bar on the error stream, for work long enough to be watched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

Track = Callable[[Sequence[str]], Iterable[str]]  # passes the names through, counting them


def quiet(names: Sequence[str]) -> Iterable[str]:
    """Return the names, showing nothing."""
    return names


def shown(what: str) -> Track:
    """Return what shows a bar while the names are gone through, where a person is watching."""

    def track(names: Sequence[str]) -> Iterable[str]:
        from rich.console import Console
        from rich.progress import track as bar

        console = Console(stderr=True)
        return bar(names, what, console=console, transient=True, disable=not console.is_terminal)

    return track
