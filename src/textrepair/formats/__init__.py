"""Formats of markup: where the prose stands in a source, and how edits of it are edits of the source."""
