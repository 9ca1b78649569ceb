"""Who may read, and what it means: keys, sample, records opened, estimates.

Read `study.py` and `custody.py` (the study folder and its keys), `frame.py`, `draw.py`, `strata.py`,
`certificate.py` and `sampling.py` (the sample), `collect.py` and `unseal.py` (records taken in and
opened), `table.py` and `weight.py` (people as rows), `design.py`, `estimate.py` and `intervals.py`
(what they say of everybody), `dataset.py` and `formats/` (what leaves), `demo.py` (all of it at once).
"""
