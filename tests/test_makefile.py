"""What people see of the Makefile's work."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize("lock", ["run", "dev"])
def test_pip_is_quiet_and_one_line_says_what_is_fetched(lock: str, tmp_path: Path) -> None:
    (tmp_path / ".made").touch()
    goal = f"{tmp_path}/.{lock}"
    plan = subprocess.run(
        ["make", "-n", "-o", f"{tmp_path}/.made", f"VENV={tmp_path}", goal],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    (said,) = (line for line in plan.splitlines() if line.startswith("echo"))
    told = subprocess.run(
        ["/bin/sh", "-c", said], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    found = re.match(rf"Fetching (\d+) packages \(requirements/{lock}\.txt\)", told)
    assert found
    names = [
        line for line in (ROOT / "requirements" / f"{lock}.txt").read_text().splitlines() if "==" in line
    ]
    assert int(found[1]) == len(names) > 20
    assert all("--quiet" in line for line in plan.splitlines() if "pip install" in line)
