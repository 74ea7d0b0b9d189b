"""`import textrepair` and `textrepair --help` stay light: the heavy libraries load at first use."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"torch", "transformers", "spacy", "symspellpy", "sklearn"}
HEAVY |= {"datatrove", "filelock", "fsspec", "orjson", "pyarrow", "ray"}


@pytest.mark.parametrize("module", ["textrepair", "textrepair.cli", "textrepair.view", "textrepair.corpus"])
def test_import_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "textrepair" in loaded
    assert not loaded & HEAVY


def test_a_plain_repair_needs_none_of_the_slow_ones() -> None:
    code = "import sys, textrepair; print(textrepair.fix('A bosom peril.')); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    repaired, _, modules = done.stdout.partition("\n")
    assert repaired == "A breast cancer."
    assert not {name.partition(".")[0] for name in modules.split()} & {"torch", "transformers", "spacy"}


@pytest.mark.parametrize("command", ["fix", "clean"])
def test_help_loads_nothing_heavy(command: str) -> None:
    code = (
        "import sys, textrepair.cli as cli\n"
        "sys.argv = ['textrepair', sys.argv[1], '--help']\n"
        "try: cli.main()\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, command], capture_output=True, text=True, check=True)
    assert "Exit codes" in done.stdout
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "textrepair" in loaded
    assert not loaded & HEAVY
