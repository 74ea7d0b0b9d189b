"""Whole corpora: `textrepair clean`, and the ways onto engines that run on many machines."""
