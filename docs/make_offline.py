"""Make dist/offline, the folder that sets up a field laptop without network: `make offline`.

It holds, in the order in which a laptop meets them:

- `README.txt` and `LISEZMOI.txt`: one page each, to be printed before the folder leaves the desk;
- `linux.txt`, `windows.txt`, `macos.txt`: what to install, each file by its SHA-256;
- `wheels/`: the libraries of the base, from the locks `requirements/offline-*.txt`, and Souspli.

Making it needs the network and pip; setting up needs neither network nor Souspli's source. Only
Linux was run: for Windows and macOS the files are those whose names pip chooses for these systems.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHEETS = {"README.txt": "offline.en.txt", "LISEZMOI.txt": "offline.fr.txt"}

# Every version of Python for which all three systems have every file. cryptography and wcwidth
# have one file for them all (the stable ABI); cffi and pyyaml have one for each.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

# The oldest systems that every library still has a file for: glibc 2.17 (2012), macOS 11 (2020).
SYSTEMS: Mapping[str, tuple[str, ...]] = {
    "linux": ("manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "windows": ("win_amd64",),
    "macos": ("macosx_11_0_arm64",),
}

# In the list rather than in the command: nobody can forget them, and the command can be typed.
OPTIONS = "--no-index\n--find-links wheels\n--only-binary :all:\n--require-hashes\n"


def main() -> None:
    """Make dist/offline anew; a folder half made never bears that name."""
    folder, partial = ROOT / "dist" / "offline", ROOT / "dist" / "offline.partial"
    for old in (folder, partial):
        if old.exists():
            shutil.rmtree(old)
    fill(partial)
    partial.rename(folder)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(
        f"{folder}: {size / 1e6:.0f} MB. Print {' and '.join(SHEETS)} before it leaves this desk."
    )


def fill(folder: Path) -> None:
    """Write the wheels, then the lists that name them, then the sheets that vouch for the lists."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    for system in SYSTEMS:
        for python in PYTHONS:
            _download(system, python, wheels)
    own = _own_wheel(wheels)
    version = own.name.split("-")[1]
    for system in SYSTEMS:
        line = f"souspli=={version} --hash=sha256:{_digest(own)}\n"
        listed = OPTIONS + line + _lock(system).read_text("utf-8")
        (folder / f"{system}.txt").write_text(listed, "utf-8", newline="\n")
    digests = {system: _digest(folder / f"{system}.txt") for system in SYSTEMS}
    for name, source in SHEETS.items():
        text = sheet((ROOT / "docs" / source).read_text("utf-8"), version, digests)
        (folder / name).write_text(text, "utf-8", newline="\n")


def sheet(source: str, version: str, digests: Mapping[str, str]) -> str:
    """Return the page to print, with the version, the Pythons and the SHA-256 of each list."""
    return source.format(version=version, first=PYTHONS[0], last=PYTHONS[-1], **digests)


def _download(system: str, python: str, wheels: Path) -> None:
    """Fetch what a lock pins, for a system and a Python that are not this machine's."""
    platforms = [word for name in SYSTEMS[system] for word in ("--platform", name)]
    target = [*platforms, "--implementation", "cp", "--python-version", python]
    # Without dependencies: pip would choose them for the machine it runs on, not for the target.
    exact = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(_lock(system))]
    _pip("download", *exact, *target, "--dest", str(wheels))


def _own_wheel(wheels: Path) -> Path:
    """Build Souspli with the backend that is installed already, and return its file."""
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT))
    return next(wheels.glob("souspli-*.whl"))


def _lock(system: str) -> Path:
    return ROOT / "requirements" / f"offline-{system}.txt"


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _pip(*arguments: str) -> None:
    """Run pip; its own words say what failed, and nothing is made then."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False).returncode != 0:  # noqa: S603 (no word is a stranger's)
        raise SystemExit("dist/offline was not made: see what pip says above")


if __name__ == "__main__":
    main()
