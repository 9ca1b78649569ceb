"""Who is asked: a sample that anyone can draw again, and that shows no one who is in it.

Read `frame.py` (the list drawn from, in its one canonical form), `strata.py` (how many from where),
`fraction.py` (a part of some people), `draw.py` (frame, design and public randomness → people),
`certificate.py` (what a third party needs to do it again), `sample.py` (the cases, for the lead) and
`crosswalk.py` (who they are, for the custodian), `steps.py` (commit, then draw, in the study's folder).
"""
