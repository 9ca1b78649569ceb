"""What this machine cannot ensure, said plainly: what must be mended, and what is only to be known.

Each check is a function from what the system shows to one finding; the folders of the system are
arguments, so that every answer can be tried. What cannot be found out is said to be unknown.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from interviewer import age, enrolment
from interviewer.device import Device
from surveys.language import _, ngettext

Verdict = Literal["good", "warning", "unknown", "bad"]

LEAST_ROOM = 200 * 1024 * 1024  # bytes: some thousand records, and room to spare
LEAST_COLUMNS, LEAST_ROWS = 40, 12
BUILT = datetime(2026, 11, 1)


@dataclass(frozen=True, slots=True)
class Machine:
    """What is looked at: where system folders are, where records go, the clock, the terminal."""

    home: Path
    now: datetime
    columns: int
    rows: int
    encoding: str
    system: str = sys.platform
    proc: Path = Path("/proc")
    sys: Path = Path("/sys")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name, the verdict, and what it means."""

    name: str
    verdict: Verdict
    text: str


def sealing(machine: Machine) -> Finding:
    """Records are sealed with ML-KEM, the vault with Argon2."""
    if age.mlkem_is_available() and age.argon2_is_available():
        return Finding("sealing", "good", _("Records can be sealed here."))
    return Finding(
        "sealing",
        "bad",
        _("Nothing can be sealed here: install a wheel of cryptography 49 or newer."),
    )


def disk_encryption(machine: Machine) -> Finding:
    """A stolen laptop without it gives away which study it served, and what swap kept."""
    name = "disk"
    remedy = _("Switch full-disk encryption on (LUKS, BitLocker, FileVault).")
    if machine.system != "linux":
        return Finding(
            name, "unknown", _("Disk encryption cannot be seen from here.") + " " + remedy
        )
    device = _device_of(machine, machine.home)
    if device is None:
        return Finding(
            name, "unknown", _("Disk encryption cannot be seen from here.") + " " + remedy
        )
    if _is_encrypted(machine, device):
        return Finding(name, "good", _("The disk that records go to is encrypted."))
    return Finding(
        name, "warning", _("The disk that records go to is not encrypted.") + " " + remedy
    )


def swap(machine: Machine) -> Finding:
    """Answers in memory may be written to swap while an interview is held."""
    if machine.system != "linux":
        return Finding(
            "swap", "unknown", _("Swap cannot be seen from here; encrypt the whole disk.")
        )
    lines = _text(machine.proc / "swaps").splitlines()[1:]
    open_swaps = [line for line in lines if line and not _is_safe_swap(machine, line.split()[0])]
    if not open_swaps:
        return Finding("swap", "good", _("No swap could keep a readable answer."))
    return Finding(
        "swap",
        "warning",
        _(
            "Memory may be written to an unencrypted swap: switch it off (swapoff -a) or encrypt it."
        ),
    )


def hibernation(machine: Machine) -> Finding:
    """Hibernating in mid-interview writes all of memory to the disk."""
    if machine.system != "linux":
        text = _("Hibernation cannot be seen from here; switch it off.")
        return Finding("hibernation", "unknown", text)
    can = "disk" in _text(machine.sys / "power" / "state").split()
    has_swap = len(_text(machine.proc / "swaps").splitlines()) > 1
    if not (can and has_swap):
        return Finding("hibernation", "good", _("This machine does not hibernate."))
    return Finding(
        "hibernation",
        "warning",
        _("This machine can hibernate, which writes memory to the disk: switch it off."),
    )


def clock(machine: Machine) -> Finding:
    """Records carry the week; a clock before this program was made is wrong."""
    if machine.now.replace(tzinfo=None) >= BUILT:
        return Finding("clock", "good", _("The clock is plausible; compare it with a watch."))
    return Finding("clock", "bad", _("The clock is wrong: set date and time."))


def room(machine: Machine) -> Finding:
    """A full disk stops an interview; it never makes it go on unsealed."""
    folder = machine.home
    while not folder.exists():
        folder = folder.parent
    if shutil.disk_usage(folder).free >= LEAST_ROOM:
        return Finding("room", "good", _("There is room for records."))
    return Finding("room", "bad", _("The disk is nearly full: free some space."))


def terminal(machine: Machine) -> Finding:
    """The screen needs forty columns, twelve rows and accents."""
    if machine.encoding.lower().replace("-", "") != "utf8":
        return Finding(
            "terminal", "bad", _("The terminal is not set to UTF-8: accents would be lost.")
        )
    if machine.columns < LEAST_COLUMNS or machine.rows < LEAST_ROWS:
        small = _("The terminal is smaller than {columns} columns by {rows} rows: enlarge it.")
        return Finding("terminal", "bad", small.format(columns=LEAST_COLUMNS, rows=LEAST_ROWS))
    return Finding("terminal", "good", _("The terminal is large enough."))


def former(machine: Machine) -> Finding:
    """A laptop enrolled anew may still hold interviews under its former keys."""
    for home in enrolment.former(machine.home):
        count = enrolment.waiting(Device(home))
        if count:
            told = ngettext(
                "A former folder of this laptop holds {n} interview: "
                "souspli handover DEST --lost-passphrase --home {home}",
                "A former folder of this laptop holds {n} interviews: "
                "souspli handover DEST --lost-passphrase --home {home}",
                count,
            )
            return Finding("former", "warning", told.format(n=count, home=home))
    return Finding("former", "good", _("No interview is left in a former folder."))


CHECKS: tuple[Callable[[Machine], Finding], ...] = (
    sealing,
    disk_encryption,
    swap,
    hibernation,
    clock,
    room,
    terminal,
    former,
)


def examine(machine: Machine) -> tuple[Finding, ...]:
    """Return every finding, in a fixed order."""
    return tuple(check(machine) for check in CHECKS)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _device_of(machine: Machine, home: Path) -> str | None:
    """Return the number (major:minor) of the block device under a folder; None if it has none."""
    wanted, best, found = str(home.absolute()), "", None
    for line in _text(machine.proc / "self" / "mountinfo").splitlines():
        fields = line.split()
        if len(fields) < 5:
            continue
        mount = fields[4].rstrip("/")
        is_above = wanted == mount or wanted.startswith(f"{mount}/")
        if is_above and len(mount) >= len(best):
            best, found = mount, fields[2]
    return found if found and (machine.sys / "dev" / "block" / found).exists() else None


def _is_encrypted(machine: Machine, number: str) -> bool:
    """Whether a block device, or every one it is made of, is a dm-crypt device."""
    device = machine.sys / "dev" / "block" / number
    if _text(device / "dm" / "uuid").startswith("CRYPT-"):
        return True
    below = list(_below(machine, device))
    return bool(below) and all(_is_encrypted(machine, one) for one in below)


def _below(machine: Machine, device: Path) -> Iterator[str]:
    slaves = device / "slaves"
    for name in sorted(os.listdir(slaves)) if slaves.is_dir() else ():
        number = _text(machine.sys / "class" / "block" / name / "dev").strip()
        if number:
            yield number


def _is_safe_swap(machine: Machine, path: str) -> bool:
    """Whether a swap area is compressed memory or an encrypted device; a swap file is its disk."""
    name = Path(os.path.realpath(path)).name
    if name.startswith("zram"):
        return True
    number = _text(machine.sys / "class" / "block" / name / "dev").strip()
    if not number:
        number = _device_of(machine, Path(path)) or ""
    return bool(number) and _is_encrypted(machine, number)
