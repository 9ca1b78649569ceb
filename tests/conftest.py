"""What every test may ask for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

# A slow or busy machine is not a failure of what is tested.
hypothesis.settings.register_profile("souspli", deadline=None)
hypothesis.settings.load_profile("souspli")

Require = Callable[[str, bool, str], None]
Job = dict[str, object]
Typage = Callable[[list[Job]], list[dict[str, str]]]

NODE = Path(__file__).with_name("node")

# The files that take the longest, for several processes to begin with: in the order of their names, or
# of how many tests they have as pytest-xdist would have it, one could be left alone with them at the end.
LONGEST = (
    "test_install.py",
    "test_fuzz.py",
    "test_a_day.py",
    "test_offline.py",
    "test_every_question.py",
    "test_keys_of_holders.py",
    "test_export_killed.py",
    "test_r_script.py",
    "test_whole.py",
    "test_audit.py",
    "test_on_what_leaves.py",
    "test_demo.py",
    "test_session.py",
    "test_crash.py",
    "test_against_odk.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Have pytest-xdist take the files in the order of the next function."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the files that take the longest first."""
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session")
def require() -> Require:
    """A function that skips a test whose tool is absent; SOUSPLI_REQUIRE_ALL=1 makes it fail."""

    def check(tool: str, is_present: bool, how: str) -> None:
        if is_present:
            return
        notice = f"{tool} is absent: {how}"
        if os.environ.get("SOUSPLI_REQUIRE_ALL") == "1":
            pytest.fail(notice, pytrace=False)
        pytest.skip(notice)

    return check


@pytest.fixture(scope="session")
def node(require: Require) -> Path:
    """The folder of the independent implementations, once they are known to be there."""
    require("node", shutil.which("node") is not None, "install Node.js 20.19 or newer")
    installed = (NODE / "node_modules" / "age-encryption").is_dir()
    require("npm age-encryption", installed, "run `npm ci` in tests/node")
    return NODE


@pytest.fixture(scope="session")
def typage(node: Path) -> Typage:
    """A function that does jobs with npm age-encryption; see typage.mjs."""

    def run(jobs: list[Job]) -> list[dict[str, str]]:
        done = subprocess.run(
            ["node", "typage.mjs"],
            cwd=node,
            input=json.dumps(jobs).encode(),
            capture_output=True,
            check=True,
        )
        results: list[dict[str, str]] = json.loads(done.stdout)
        return results

    return run
