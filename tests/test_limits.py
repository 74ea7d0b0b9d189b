"""What keeps the code easy to read: short modules, short functions, few parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "textrepair"
MODULES = sorted(SOURCE.rglob("*.py"))
MOST_LINES, MOST_LINES_OF_FUNCTION, MOST_PARAMETERS = 300, 60, 8


def is_entry(path: Path) -> bool:
    """Whether its functions are commands or the spaCy factory, which have a parameter for each option."""
    return "cli" in path.relative_to(SOURCE).parts or path.name in {"__main__.py", "spacy_component.py"}


def too_much(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf8")
    if (lines := source.count("\n")) > MOST_LINES:
        yield f"{path.name} has {lines} lines"
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef):
            continue
        lines = (node.end_lineno or 0) - node.lineno + 1
        given = node.args
        parameters = [a for a in (*given.posonlyargs, *given.args, *given.kwonlyargs) if a.arg != "self"]
        if is_entry(path) and len(parameters) > MOST_PARAMETERS:
            continue  # its options alone are as many lines
        if lines > MOST_LINES_OF_FUNCTION:
            yield f"{path.name}: {node.name} has {lines} lines"
        if len(parameters) > MOST_PARAMETERS:
            yield f"{path.name}: {node.name} has {len(parameters)} parameters"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_is_short_and_so_are_its_functions(path: Path) -> None:
    assert not [*too_much(path)]
