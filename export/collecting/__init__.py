"""Sealed records taken in: all that can be checked without opening one. No key to an answer is needed here.

Read `collect.py` (all of it together), then what it calls: `bundles.py` (a folder on a stick, from
outside), `vouching.py` (whose it is, and whether its ledger goes on from the one seen before), `intake.py`
(one record at the door), `index.py` (what was taken in) and `quarantine.py` (what was set aside),
`receipts.py` (what the laptop may let go of), `whereabouts.py` (what is here of each, what is missing).
What is withdrawn goes and stays out: `withdrawal_file.py` (the custodian's list of ids), `withdrawal.py`
(records removed), `refused.py` (the ids of withdrawn records).
"""
