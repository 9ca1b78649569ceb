"""A file a verb writes for its user: never over another one unless that is asked for."""

from __future__ import annotations

from pathlib import Path

from surveys.language import _
from surveys.problems import Refusal


def write_out(path: Path, content: bytes, *, force: bool, or_force: bool = True) -> None:
    """Write a file; raise Refusal where it exists and not `force`, or cannot be written.

    `or_force`: the verb has --force, which the refusal then names.
    """
    try:
        with path.open("wb" if force else "xb") as file:
            file.write(content)
    except FileExistsError as error:
        exists = (
            _("{path}: exists already; give another name, or --force")
            if or_force
            else _("{path}: exists already; give another name")
        )
        raise Refusal(exists.format(path=path)) from error
    except OSError as error:
        raise Refusal(
            _("{path}: cannot be written ({why}); give another folder").format(
                path=path, why=error.strerror
            )
        ) from error
