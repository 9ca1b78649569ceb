"""Who may read, and what it means: keys, sample, records opened, estimates.

Read `study.py` and `custody.py` (the study folder and its keys), `frame.py`, `draw.py`, `strata.py`,
`certificate.py` and `sampling.py` (the sample), `collect.py` with `bundles.py`, `vouching.py`,
`intake.py` and `receipts.py` (records taken in), `unseal.py` with `agreement.py`, `amendments.py` and
`recovery.py` (records opened), `whereabouts.py` (what is where), `table.py` and `weight.py` (people as
rows), `design.py`, `estimate.py` and `intervals.py` (what they say of everybody), `dataset.py` and
`formats/` (what leaves), `demo.py` (all of it at once).
"""
