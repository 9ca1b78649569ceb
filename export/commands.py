"""Commands to go on with, as they can be copied: the study's folder is named where it must be."""

from __future__ import annotations

from pathlib import Path

from export.study import Study
from surveys.saying import quoted


def in_study(study: Study) -> str:
    """Return the option that names a study's folder, with the blank before it; '' for the current one."""
    return "" if study.folder == Path() else f" --study {quoted(study.folder)}"
