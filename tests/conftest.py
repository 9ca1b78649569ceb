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
