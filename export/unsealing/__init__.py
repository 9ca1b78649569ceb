"""Records opened: from here on answers are readable, in memory alone.

Read `unseal.py` (all records), `reading.py` (the record inside each, by every core), `opening.py` (the
text inside each), `agreement.py` (what one says of itself, against where it was found) and `amendments.py` (what interviewers corrected since). `recovery.py` makes
records of interviews that nobody can finish.
"""
