"""textrepair puts back the words that article spinners swapped out of scientific text.

>>> import textrepair
>>> textrepair.fix("Two sufferers had lower antibody levels.")  # doctest: +SKIP
'Two patients had lower antibody levels.'
"""

from __future__ import annotations

from textrepair.edits import Edit, Held, Repair

__all__ = ["Edit", "Held", "Repair", "Repairer", "explain", "fix", "load"]
