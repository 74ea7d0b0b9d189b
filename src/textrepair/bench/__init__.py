"""Measure repairs: against gold on spun text, and as harm on clean text."""
