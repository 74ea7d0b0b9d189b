"""Links and anchors of README and docs lead somewhere; the site is built without a warning."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin

ROOT = Path(__file__).parents[1]
PATTERNS = ("*.md", "benchmarks/README.md", "models/*/README.md", "docs/**/*.md")
PAGES = [page for pattern in PATTERNS for page in sorted(ROOT.glob(pattern))]
ELSEWHERE = ("http://", "https://", "mailto:")
MADE_BY_SITE = ROOT / "docs/reference/python.md"  # headings from docstrings, which the site's test sees to


@cache
def tokens(page: Path) -> list[Token]:
    """The parsed Markdown of a page; headings have the anchors that GitHub and mkdocs give them."""
    markdown = MarkdownIt("commonmark").enable("table").use(anchors_plugin, max_level=6)
    blocks = markdown.parse(page.read_text(encoding="utf8"))
    return [token for block in blocks for token in (block, *(block.children or ()))]


def links(page: Path) -> list[str]:
    """The targets of links and images."""
    return [str(t.attrs[a]) for t in tokens(page) for a in ("href", "src") if a in t.attrs]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in links(page):
        if link.startswith(ELSEWHERE):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link}: there is no {target}"
        if anchor and target != MADE_BY_SITE:
            assert anchor in {t.attrs.get("id") for t in tokens(target)}, f"{link}: no such heading"


def test_every_page_of_the_docs_is_in_the_menu():
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf8").partition("nav:")[2]
    for page in (ROOT / "docs").rglob("*.md"):
        assert f": {page.relative_to(ROOT / 'docs').as_posix()}\n" in menu


def test_every_benchmark_says_what_it_measures_what_it_needs_and_how_long_it_takes():
    readme = (ROOT / "benchmarks/README.md").read_text(encoding="utf8")
    section = readme.partition("\n## Scripts\n")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+\.py)` \|(.*)\|$", section, re.MULTILINE))
    scripts = {path.name for path in (ROOT / "benchmarks").glob("*.py")}
    assert rows.keys() == scripts, "a row for each script, under Scripts in benchmarks/README.md"
    for script, row in rows.items():
        assert [*map(bool, map(str.strip, row.split("|")))] == [True] * 3, f"{script}: measures, needs, takes"


@pytest.mark.site
def test_the_site_is_built_without_a_warning(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=True,
    )
    commands = (tmp_path / "reference/commands.html").read_text(encoding="utf8")
    assert "textrepair lexicon mine" in commands
    assert "--min-score" in commands
    assert 'src="http' not in commands  # nothing is fetched from elsewhere
    functions = (tmp_path / "reference/python.html").read_text(encoding="utf8")
    assert 'id="textrepair.fix"' in functions
