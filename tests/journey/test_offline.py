"""The folder of `make offline`: made for three systems, then followed to the letter on this one.

Slow, and in need of the package index to be made: left out but for `make soak` and
SOUSPLI_REQUIRE_ALL=1. Windows and macOS can only be resolved here, not run.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename

from docs import make_offline

Shell = Callable[..., "subprocess.CompletedProcess[str]"]

# Of each system the oldest that the page promises: what it calls itself, and what it takes.
LAPTOPS = {
    "linux": (
        {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
        ["manylinux_2_17_x86_64", "manylinux2014_x86_64", "linux_x86_64"],
    ),
    "windows": (
        {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
        ["win_amd64"],
    ),
    "macos": (
        {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
        list(mac_platforms((11, 0), "arm64")),
    ),
}
MACHINES = {"linux": "x86_64", "windows": "AMD64", "macos": "arm64"}
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make offline` makes, in a place whose name has a space, as a stick's may."""
    folder = tmp_path_factory.mktemp("a stick") / "offline"
    make_offline.fill(folder)
    return folder


@pytest.fixture(scope="module")
def shell(environment: dict[str, str]) -> Shell:
    """A function that runs lines of the sheet where there is no network, in a home of one's own.

    Neither this machine's pip settings nor its index are seen. Without the right to take the network
    away, every way to it is made to lead nowhere.
    """
    if not sys.platform.startswith("linux"):
        pytest.skip("the sheet's lines for Linux")
    cut = ["unshare", "--net"]
    able = shutil.which("unshare") and subprocess.run([*cut, "true"], check=False).returncode == 0
    lost = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "PIP_INDEX_URL"), NOWHERE)
    here = {"PATH": f"{Path(sys.executable).parent}:{environment['PATH']}"}
    settings = {**environment, **lost, **here, "PIP_CONFIG_FILE": os.devnull}

    def run(lines: list[str], folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*(cut if able else ()), "sh", "-e", "-c", "\n".join(lines)],
            cwd=folder,
            env={**settings, "HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def lines_of(sheet: str, chapter: int, title: str) -> list[str]:
    """Return what stands under a title of a chapter, line by line, as it is to be typed."""
    text = re.split(r"^\d\. ", sheet, flags=re.M)[chapter]
    found = re.search(rf"^   [^\n]*{title}[^\n]*\n((?: {{7}}.+\n)+)", text, re.M)
    assert found is not None
    return [line.strip() for line in found[1].splitlines()]


def taken(system: str, python: str) -> set[Tag]:
    """Return the tags that a laptop's pip takes files of."""
    version, platforms = (3, int(python.split(".")[1])), LAPTOPS[system][1]
    universal = compatible_tags(version, f"cp{python.replace('.', '')}", platforms)
    return {*cpython_tags(version, platforms=platforms), *universal}


def required(wheel: Path, environment: dict[str, str]) -> list[Requirement]:
    """Return what a file requires on a laptop, by its own metadata."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = message_from_bytes(archive.read(name)).get_all("Requires-Dist", [])
    every = (Requirement(line) for line in lines)
    return [one for one in every if one.marker is None or one.marker.evaluate(environment)]


@pytest.mark.parametrize("python", make_offline.PYTHONS)
@pytest.mark.parametrize("system", make_offline.SYSTEMS)
def test_a_laptop_finds_every_file_and_all_that_these_require(
    folder: Path, system: str, python: str
) -> None:
    """For each system and Python: a file its pip takes, in the list by its SHA-256, and no gap."""
    listed = (folder / f"{system}.txt").read_text("utf-8")
    versions = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", listed, re.M))
    tags, files = taken(system, python), {}
    for wheel in (folder / "wheels").iterdir():
        name, version, _build, fits = parse_wheel_filename(wheel.name)
        if fits & tags:
            assert versions.get(name) == str(version)
            assert hashlib.sha256(wheel.read_bytes()).hexdigest() in listed
            files[name] = wheel
    assert files.keys() == versions.keys()
    laptop = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    cpython = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
    says = {**LAPTOPS[system][0], **laptop, **cpython, "platform_machine": MACHINES[system]}
    for wheel in files.values():
        for needed in required(wheel, says):
            assert needed.specifier.contains(versions[canonicalize_name(needed.name)])


def test_the_sheet_s_commands_set_up_a_laptop_without_network(
    folder: Path, shell: Shell, tmp_path: Path
) -> None:
    """The sum is the printed one; two commands; then `souspli` alone shows its verbs and checks."""
    sheet = (folder / "README.txt").read_text("utf-8")
    added = shell(["sha256sum linux.txt"], folder, tmp_path)
    assert f"\n   {added.stdout.split()[0]}\n" in sheet
    commands = lines_of(sheet, 3, "Linux")
    assert len(commands) == 2
    done = shell(commands, folder, tmp_path)
    assert done.returncode == 0, done.stderr
    checks = lines_of(sheet, 4, "Linux") + lines_of(sheet, 4, "terminal")
    told = shell(checks, tmp_path, tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    assert "souspli VERB" in told.stdout
    assert "good" in told.stdout
    where = shell([*checks[:1], "command -v souspli"], tmp_path, tmp_path).stdout.strip()
    assert where == str(tmp_path / "souspli/bin/souspli")


def test_a_changed_file_is_refused(folder: Path, shell: Shell, tmp_path: Path) -> None:
    """One file of the folder with one byte more: pip names the SHA-256, and installs nothing."""
    stick = Path(shutil.copytree(folder, tmp_path / "stick"))
    with next((stick / "wheels").glob("souspli-*.whl")).open("ab") as wheel:
        wheel.write(b"\0")
    commands = lines_of((stick / "README.txt").read_text("utf-8"), 3, "Linux")
    done = shell(commands, stick, tmp_path)
    assert done.returncode != 0
    assert "HASHES" in done.stderr
    installed = [path.name for path in (tmp_path / "souspli/bin").iterdir()]
    assert "pip" in installed
    assert "souspli" not in installed
