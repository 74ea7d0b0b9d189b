"""One page on what was swapped in texts and what was done about it (the only room that names Jinja)."""
