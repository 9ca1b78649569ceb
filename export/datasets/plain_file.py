"""A writer that knows only files, made to write to memory: nothing readable touches a disk.

The libraries for SPSS and Stata take a path. Here the path leads to no disk: on Linux to memory that
has no name (memfd), on other Unix systems to a named pipe, from which a second process reads. A
system that has neither is refused.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from surveys.language import _
from surveys.problems import Refusal

Write = Callable[[str], None]  # writes to the file at a path, from its beginning to its end

_READER = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"


def written_by(write: Write) -> bytes:
    """Return what `write` writes. Raises Refusal where the system can only write to a disk."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        return through_memory(write)
    if hasattr(os, "mkfifo"):
        return through_pipe(write)
    raise Refusal(
        _(
            "this system can write SPSS and Stata files only to a disk, readable by anybody; "
            "ask for the scripts instead (--format spss, --format stata), which make them where the data may lie"
        )
    )


def written_safely(write: Write, path: str) -> None:
    """Have a file written; Refusal where the library cannot, with nothing of what it was writing."""
    from pyreadstat import PyreadstatError

    try:
        write(path)
    except PyreadstatError as error:
        raise Refusal(_("the file could not be made in memory; try again")) from error


def through_memory(write: Write) -> bytes:
    """Return what is written to memory of the kernel that only this process has a hold of."""
    memory = os.memfd_create("dataset")  # closed on exec: no child inherits it
    try:
        written_safely(write, f"/proc/self/fd/{memory}")
        content = bytearray()
        while block := os.pread(memory, 1 << 24, len(content)):
            content += block
        return bytes(content)
    finally:
        os.close(memory)


def through_pipe(write: Write) -> bytes:
    """Return what is written to a named pipe: its bytes never leave the kernel's memory.

    The reader is another process, for a library may write without letting our threads run. It holds
    the pipe's end before the writer begins, so that neither can wait for the other for ever.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "pipe")
        os.mkfifo(path, 0o600)
        reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        kept_open = os.open(path, os.O_WRONLY)  # or the reader would see an end before the start
        os.set_blocking(reading, True)
        reader = subprocess.Popen(  # noqa: S603 - ourselves, and no word of anybody's
            [sys.executable, "-I", "-S", "-c", _READER], stdin=reading, stdout=subprocess.PIPE
        )
        os.close(reading)
        try:
            written_safely(write, path)
        except BaseException:
            reader.kill()
            raise
        finally:
            os.close(kept_open)
            content, _nothing = reader.communicate()
        if reader.returncode != 0:
            raise Refusal(_("the file could not be made in memory; try again"))
        return content
