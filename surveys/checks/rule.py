"""What a rule of a whole instrument is: one invariant, one function, one name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from surveys.checks.form import Form
from surveys.problems import Problem


@dataclass(frozen=True, slots=True)
class Rule:
    """`find` yields each place where the invariant does not hold, under the check's `name`.

    What `is_acceptable` may stay where the file gives a reason under `accept`; the rest is mended.
    """

    name: str
    find: Callable[[Form], Iterator[Problem]]
    is_acceptable: bool = False

    @property
    def invariant(self) -> str:
        """What holds in a good instrument: the first line of the function's docstring."""
        return (inspect.getdoc(self.find) or "").partition("\n")[0]
