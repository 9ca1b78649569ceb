"""Records opened: from here on answers are readable, in memory alone.

Read `unseal.py` (all records), `opening.py` (the text inside each), `agreement.py` (what one says of itself,
against where it was found) and `amendments.py` (what interviewers corrected since). `recovery.py` makes
records of interviews that nobody can finish.
"""
