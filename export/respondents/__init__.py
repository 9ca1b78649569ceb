"""From records to people: who counts, for how many, and what they said, a row each.

Read `weight.py` (which record counts of each case) with `nonresponse.py` (N_h/r_h), `responses.py`
(records opened and joined with the sample, and what the lead must know of it), `part.py` (some of the
respondents), `table.py` (their answers in columns, without what never leaves).
"""
