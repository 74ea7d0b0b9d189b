"""The main text of a web page, by trafilatura; textrepair never parses HTML of its own accord.

trafilatura stays quick and whole on pages nested 50,000 deep, where resiliparse, otherwise the lighter of
the two, takes time that grows with the square of the depth.
"""

from __future__ import annotations

from textrepair.errors import TextrepairError


def main_text(page: str) -> str:
    """The text of an HTML page without its menus, headers and footers; tables and all paragraphs stay.

    Raises `TextrepairError` when the page has no text, or trafilatura is not installed.

    >>> main_text("<nav>Home | Login</nav><main><p>The patients were treated.</p></main>")
    'The patients were treated.\\n'
    """
    try:
        from trafilatura import extract
    except ImportError:
        raise TextrepairError(
            "reading HTML needs trafilatura; install it with: pip install 'textrepair[html]'"
        ) from None
    text = extract(page, include_comments=False)
    if not text:
        raise TextrepairError("holds no text that could be told from a page's furniture; is it HTML?")
    return str(text) + "\n"
