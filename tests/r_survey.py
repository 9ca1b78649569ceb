"""R's survey package, run at test time: a script that writes what it found into a folder."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path


def run_r(require: Callable[[str, bool, str], None], script: str, folder: Path) -> None:
    """Run a script, which is given the folder; it ends with 9 where the package is not there."""
    rscript = shutil.which("Rscript")
    require("R's survey package", rscript is not None, "apt-get install r-base-core r-cran-survey")
    path = folder / "reference.R"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [str(rscript), "--vanilla", str(path), str(folder)], capture_output=True, check=False
    )
    require("R's survey package", done.returncode != 9, "apt-get install r-cran-survey")
    assert done.returncode == 0, done.stderr.decode()
