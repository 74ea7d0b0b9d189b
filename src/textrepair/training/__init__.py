"""How the default model and its candidate table are made; needs the extra `[train]`."""
