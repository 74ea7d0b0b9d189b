"""Damage that is no synonym: glued words, lost characters, spelled numbers, what pages have around a text.

One module a family; `families` names them all and runs them.
"""
