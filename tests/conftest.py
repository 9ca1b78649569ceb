"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Callable

import hypothesis
import pytest

# A slow or busy machine is not a failure of what is tested.
hypothesis.settings.register_profile("souspli", deadline=None)
hypothesis.settings.load_profile("souspli")

Require = Callable[[str, bool, str], None]


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
