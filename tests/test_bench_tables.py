"""The tables of the READMEs are those of the committed results."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("tables", ROOT / "benchmarks/tables.py")
tables = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tables)


@pytest.mark.parametrize(("path", "mark"), tables.TABLES)
def test_a_table_says_what_was_measured(path, mark):
    name, table = tables.TABLES[path, mark]
    _, _, rest = path.read_text(encoding="utf8").partition(f"<!-- {mark} -->\n")
    assert rest.partition(f"<!-- /{mark} -->")[0].strip() == table(tables.results(name))


def test_a_table_is_put_between_its_marks(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("a\n<!-- x -->\nold\n<!-- /x -->\nb\n", encoding="utf8")
    tables.put(path, "x", "| new |")
    assert path.read_text(encoding="utf8") == "a\n<!-- x -->\n\n| new |\n\n<!-- /x -->\nb\n"
