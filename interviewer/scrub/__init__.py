"""Free text without what identifies people: numbers, addresses, dates, and the study's names.

Read `folded.py` (the one spelling everything is looked for in), `patterns.py` (what numbers, dates,
addresses and titles look like), `names.py` (the study's list), `scrubber.py` (all of it together).
"""

from interviewer.scrub.scrubber import LIMIT, Scrubbed, Scrubber, cut

__all__ = ["LIMIT", "Scrubbed", "Scrubber", "cut"]
