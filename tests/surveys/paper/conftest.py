"""What the tests of the paper share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import pdf


@pytest.fixture(scope="session")
def text_of() -> Callable[[bytes], list[str]]:
    """Return what reads the text of each page of a PDF that Typst made."""
    return pdf.pages
