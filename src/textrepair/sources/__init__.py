"""Where the original is at hand: an index, the likeliest originals of a text, what they restore."""
