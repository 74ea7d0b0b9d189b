"""What a text passes through, in this order: segment, detect, candidates, score, decide, repair."""
