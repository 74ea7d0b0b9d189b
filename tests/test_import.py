"""Every module has its layer; `import textrepair` and `--help` stay light: the heavy libraries load late."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import textrepair

HEAVY = {"torch", "transformers", "spacy", "symspellpy", "sklearn"}
HEAVY |= {"rapidfuzz", "sqlite3", "tantivy"}
HEAVY |= {"datatrove", "filelock", "fsspec", "jinja2", "orjson", "pyarrow", "pypdf", "ray"}
HEAVY |= {"starlette", "uvicorn"}


def test_every_module_is_named_among_the_layers() -> None:
    package = Path(textrepair.__file__).parent
    names = {p.stem for p in package.glob("*.py")} | {p.parent.name for p in package.glob("*/__init__.py")}
    in_pipeline = {f"pipeline.{p.stem}" for p in package.glob("pipeline/*.py")}
    in_pipeline |= {f"pipeline.{p.parent.name}" for p in package.glob("pipeline/*/__init__.py")}
    project = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf8")
    layers = re.search(r"^layers = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)[1]
    named = set(re.findall(r"textrepair\.([\w.]+)", layers))
    assert (names | in_pipeline) - {"__init__", "pipeline", "pipeline.__init__"} == named


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
    assert not any(name.startswith("textrepair.damage") for name in done.stderr.split())
