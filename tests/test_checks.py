"""What stands in submission checks: the GitHub Action and the pre-commit hook, run as they are written."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpora import CLEAN

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
SPUN = (ROOT / "seeds/000_93fcc8338e17c8dc.txt").read_text(encoding="utf8")


@pytest.fixture(params=[(SPUN, 1), (CLEAN, 0)], ids=["spun", "clean"])
def document(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, int]:
    """A file, and how a check that reads it ends."""
    text, code = request.param
    path = tmp_path / "paper.txt"
    path.write_text(text, encoding="utf8")
    return path, code


def ends(command: str, code: int, **environment: str) -> None:
    env = {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", **environment}
    done = subprocess.run(["bash", "-ec", command], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == code, done.stderr
    assert ("::warning file=" in done.stdout) == bool(code)


def action() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf8"))


def test_the_action_annotates_and_fails(document: tuple[Path, int], tmp_path: Path) -> None:
    path, code = document
    place = tmp_path / "runner/textrepair/bin"
    place.mkdir(parents=True)
    (place / "textrepair").symlink_to(SCRIPTS / "textrepair")
    described = action()
    screen = described["runs"]["steps"][-1]
    given = {"files": f"{path.parent}/*.txt", "fail-on": described["inputs"]["fail-on"]["default"]}
    inputs = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: given.get(m[1], ""), value)
        for name, value in screen["env"].items()
    }
    ends(screen["run"], code, RUNNER_TEMP=str(tmp_path / "runner"), **inputs)


def test_no_input_of_the_action_is_pasted_into_a_script() -> None:
    assert all("${{" not in step["run"] for step in action()["runs"]["steps"])


def test_the_hook_fails(document: tuple[Path, int]) -> None:
    path, code = document
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf8"))
    assert re.search(hook["files"], path.name)
    ends(f"{hook['entry']} {shlex.quote(str(path))}", code)
